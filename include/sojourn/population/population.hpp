// Who the customers are: customer i comes from (seed, replication, i) alone and could be made anywhere again.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sojourn/base/inverse.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// A person before the journey begins. Traits are written apart (see `Population::traits`).
struct Person {
  std::uint32_t persona = 0;
  std::uint32_t start = 0;  // first touchpoint
  double arrival = 0.0;     // days; beyond the horizon for who never arrives
  float answering = 0.0f;   // standard normal: lasting way of answering surveys and "would you recommend us"
  double luck = 0.5;        // uniform in (0, 1): decides when the person leaves for good
  bool existing = false;    // arrives as a customer, who bought at `since`, before the arrival
  double since = 0.0;       // days, negative before day 0; of no use for others
};

/// Draws people. Thread-safe once built: all members are read only.
class Population {
 public:
  explicit Population(const ModelParts& parts);

  [[nodiscard]] std::size_t trait_count() const { return ranges_.size(); }

  /// Person number `customer` of the replication that `streams` names.
  [[nodiscard]] Person person(const Streams& streams, std::uint32_t customer) const;
  /// The persona of that person alone.
  [[nodiscard]] std::uint32_t persona(const Streams& streams, std::uint32_t customer) const;

  /// The same where the persona is known: the role in an account. The other draws are those of the person without accounts.
  [[nodiscard]] Person person(const Streams& streams, std::uint32_t customer, std::uint32_t persona) const;

  /// Whether people of the persona arrive as customers.
  [[nodiscard]] bool existing(std::uint32_t persona) const { return personas_[persona].existing; }
  /// When a person of such a persona, who arrives at `arrival`, bought: the tenure, in [0, longest_tenure] days, is drawn
  /// with the word of Purpose::clock at the index of "tenure".
  [[nodiscard]] double since(const Streams& streams, std::uint32_t customer, std::uint32_t persona, double arrival) const;
  /// The longest tenure that a person of the persona may arrive with, in days; 0 of prospects.
  [[nodiscard]] double longest_tenure_of(std::uint32_t persona) const { return personas_[persona].longest_tenure; }

  /// The traits of that person, of `persona`, in the order of `ModelParts::traits`, clipped to their ranges; `traits` has
  /// `trait_count()` places. A trait's draw depends on its name only, so a new trait leaves the others as they were.
  /// Traits that the persona correlates (`Persona::correlate`) have normal scores
  ///   z = L z_own,
  /// z_own being the independent scores that they have otherwise and L L' the correlation matrix (a Gaussian copula: Nelsen
  /// 2006, section 2.3): each keeps its own distribution. The first of them, in that order, keeps its draw too.
  void traits(const Streams& streams, std::uint32_t customer, std::uint32_t persona, std::span<float> traits) const;
  /// Whether the score of the trait at `index` is made of more than its own word.
  [[nodiscard]] bool mixed(std::uint32_t persona, std::size_t index) const {
    return !personas_[persona].mixed.empty() && !personas_[persona].mixed[index].empty();
  }
  /// The trait at `index` of a person whose random word for it is `word`; a built-in one's is word index % 4 of
  /// Purpose::trait at index / 4. Not for traits that are `mixed`.
  [[nodiscard]] float trait(std::uint32_t persona, std::size_t index, std::uint32_t word) const;

  /// One of those traits.
  [[nodiscard]] float trait(const Streams& streams, std::uint32_t customer, std::uint32_t persona, std::size_t index) const;

  /// How alike the traits of people in one account are, rho in [0, 1]; 0 without accounts.
  [[nodiscard]] double correlation() const { return correlation_; }

  /// The same for a member of an account. With rho > 0 a trait's own normal score is
  ///   z_own = sqrt(rho) z_account + sqrt(1 - rho) z_person,
  /// z_account being shared by all members (a Gaussian copula: Li 2000; Nelsen 2006, section 2.3): each trait keeps its own
  /// distribution, and two members' scores of it correlate by rho, whatever their personas, unless these correlate it
  /// differently with other traits. A larger score is a larger trait. With rho = 0 exactly what the functions above give.
  void traits(const Streams& streams, std::uint32_t customer, std::uint32_t account, std::uint32_t persona,
              std::span<float> traits) const;
  [[nodiscard]] float trait_of_member(const Streams& streams, std::uint32_t customer, std::uint32_t account,
                                      std::uint32_t persona, std::size_t index) const;

 private:
  struct Start {
    double cumulative;
    std::uint32_t touchpoint;
  };
  struct Segment {
    double cumulative_share;
    std::vector<Start> starts;
    Inverse arrives;
    bool existing = false;
    Inverse tenure;
    double longest_tenure = 0.0;
    std::vector<Inverse> traits;
    /// Of each trait the row of L, of traits and their weights; empty where the score is the trait's own. Empty altogether
    /// where no trait is correlated.
    std::vector<std::vector<std::pair<std::uint32_t, float>>> mixed;
  };
  struct Range {
    float low, high;
    std::uint32_t index, word;  // of the trait's draw
  };
  // From the words of Purpose::person at indices 0 and 1.
  [[nodiscard]] std::uint32_t persona(const Words& words, const Words& luck) const;
  [[nodiscard]] Person person(const Words& words, const Words& luck, std::uint32_t persona) const;
  [[nodiscard]] float clipped(std::size_t index, double drawn) const;
  static void correlate(Segment& segment, const Persona& persona);
  /// The own normal score of a trait, a larger one of a larger trait: of a person, and of a member of an account.
  [[nodiscard]] float person_score(const Streams& streams, std::uint32_t customer, std::uint32_t persona,
                                   std::size_t index) const;
  [[nodiscard]] float member_score(const Streams& streams, std::uint32_t customer, std::uint32_t account,
                                   std::size_t index) const;
  [[nodiscard]] float member_score(std::uint32_t word, std::uint32_t shared) const {
    return shared_weight_ * normal(shared) + own_weight_ * normal(word);
  }
  /// The trait whose normal score is `score`.
  [[nodiscard]] float at_score(std::uint32_t persona, std::size_t index, float score) const;

  std::vector<Segment> personas_;
  std::vector<Range> ranges_;
  double correlation_ = 0.0;
  float shared_weight_ = 0.0f, own_weight_ = 1.0f;  // of the two normal scores
};

}  // namespace sojourn
