// Who talks to whom: one network for each replication, the same for all its plans.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/base/huge_pages.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// People [begin, end) of a replication.
struct Share {
  std::uint32_t begin = 0, end = 0;

  [[nodiscard]] std::uint32_t people() const { return end - begin; }
  [[nodiscard]] bool has(std::uint32_t person) const { return person - begin < end - begin; }
  friend bool operator==(const Share&, const Share&) = default;
};

/// The contacts of all people, or of some who follow one another, one row after another (compressed sparse rows). Positions
/// are 32-bit numbers where they fit.
class ContactRows {
 public:
  ContactRows() = default;

  /// Ties part by part: `make(part, ties)` puts part number `part` into the empty `ties`. It is called once for each part,
  /// from several threads at once.
  struct Ties {
    std::size_t parts = 0;
    std::function<void(std::size_t part, std::vector<Tie>& ties)> make;
  };
  enum class Direction { both, forward, backward };  // whether both ends talk, or only `from`, or only `to`
  /// Rows for `people` people; each is in ascending order. The memory needed while building is that of the rows and of the
  /// ties, 8 bytes each. `narrow_limit` is the number of contacts from which positions take 64 bits.
  ContactRows(std::uint32_t people, const Ties& ties, Direction direction, int threads,
              std::uint64_t narrow_limit = 0xffffffffu);
  /// The rows of the people of `of` alone, in the memory of these and of the ties that they have.
  [[nodiscard]] static ContactRows of_some(const Share& of, const Ties& ties, Direction direction, int threads);

  [[nodiscard]] std::uint32_t people() const { return people_; }
  [[nodiscard]] std::uint64_t contacts() const { return contacts_.size(); }
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] std::span<const std::uint32_t> row(std::uint32_t person) const {
    const std::uint64_t begin = position(person), end = position(std::uint64_t{person} + 1);
    return {contacts_.data() + begin, static_cast<std::size_t>(end - begin)};
  }
  /// Ask the memory for where a row begins, and for the row, which are to be read soon. (Always inlined: g++ drops calls to
  /// functions that do nothing else.)
  SOJOURN_INLINE void prefetch_position(std::uint32_t person) const {
    if (wide_.empty()) __builtin_prefetch(narrow_.data() + (person - first_));
  }
  SOJOURN_INLINE void prefetch_row(std::uint32_t person) const {
    if (!contacts_.empty()) __builtin_prefetch(contacts_.data() + position(person));
  }

 private:
  [[nodiscard]] std::uint64_t position(std::uint64_t person) const {
    return wide_.empty() ? narrow_[person - first_] : wide_[person - first_];
  }

  std::uint32_t people_ = 0, first_ = 0;
  Column<std::uint32_t> narrow_;  // people + 1 positions, or none where they are wide
  Column<std::uint64_t> wide_;
  Column<std::uint32_t> contacts_;
};

/// A network of people, or what some of them need to know of it: the contacts of these alone. Thread-safe once built: all
/// members are read only.
///
/// Every tie of the built kinds goes both ways; a file's go from `from` to `to`. Nobody is a contact of oneself or twice of
/// somebody. The same (seed, replication) gives the same network whatever the threads. How each kind is built, and what
/// `contacts` means in it: sim/MODEL.md.
class SocialNetwork {
 public:
  static constexpr std::uint32_t nobody = 0xffffffffu;

  /// The network of `parts.word_of_mouth`, which must be there, among as many people as `persona` has numbers; at most
  /// 4,000,000,000. `threads` >= 1 work on it. Throws std::bad_alloc where it does not fit into memory. Where `of` is given,
  /// only these people are asked about.
  SocialNetwork(const ModelParts& parts, std::span<const std::uint16_t> persona, const Streams& streams, int threads,
                std::optional<Share> of = {});

  [[nodiscard]] std::uint32_t people() const { return people_; }
  /// True where everybody may meet everybody, and no ties are kept.
  [[nodiscard]] bool well_mixed() const { return well_mixed_; }
  [[nodiscard]] std::uint64_t bytes() const;
  /// How many hear what `person` says: the contacts; of a well-mixed network everybody else.
  [[nodiscard]] std::uint32_t degree(std::uint32_t person) const {
    return well_mixed_ ? people_ - 1 : static_cast<std::uint32_t>(rows_.row(person).size());
  }
  /// The contacts in ascending order; none are kept for a well-mixed network.
  [[nodiscard]] std::span<const std::uint32_t> contacts(std::uint32_t person) const {
    return well_mixed_ ? std::span<const std::uint32_t>() : rows_.row(person);
  }
  [[nodiscard]] const ContactRows& rows() const { return rows_; }

  /// The contact that hears a message of `from`, by two random words: with mixing, each contact with probability
  /// proportional to the weight from one persona to the other; else each alike. `nobody` where there is none.
  [[nodiscard]] std::uint32_t contact(std::uint32_t from, std::uint32_t word_a, std::uint32_t word_b) const {
    if (well_mixed_ || !weights_.empty()) return mixed_contact(from, word_a, word_b);
    const std::span<const std::uint32_t> row = rows_.row(from);
    if (row.empty()) return nobody;
    return row[static_cast<std::size_t>((std::uint64_t{word_a} * row.size()) >> 32)];
  }
  /// The share of the messages of `from` that somebody of `persona` hears; NaN where nobody hears them. `persona_of` is the
  /// persona of each person.
  [[nodiscard]] double share_to(std::uint32_t from, std::size_t persona, std::span<const std::uint16_t> persona_of) const;

 private:
  [[nodiscard]] std::uint32_t mixed_contact(std::uint32_t from, std::uint32_t word_a, std::uint32_t word_b) const;
  [[nodiscard]] std::uint32_t weighted_contact(std::uint32_t from, std::uint32_t word) const;
  [[nodiscard]] double weight(std::size_t from, std::size_t to) const { return weights_[from * personas_ + to]; }

  std::uint32_t people_ = 0;
  std::size_t personas_ = 0;
  bool well_mixed_ = false;
  ContactRows rows_;
  // Kept only with mixing:
  std::vector<double> weights_;          // by persona that talks and persona that hears
  std::vector<std::uint16_t> persona_;   // of each person
  std::vector<std::uint32_t> together_;  // people in the order of their personas, where well mixed
  std::vector<std::uint32_t> first_;     // of each persona in it, and its end
};

}  // namespace sojourn
