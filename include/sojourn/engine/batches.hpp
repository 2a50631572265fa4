// The samples of a run: sums of batches of customers, few and small however many replications there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "sojourn/engine/fixed_costs.hpp"
#include "sojourn/engine/money_totals.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Intervals come from batches of customers, where nothing couples them: this many in a replication at most.
inline constexpr std::size_t batch_count = 32;
/// Samples kept of a run, at most.
inline constexpr std::size_t most_samples = 128;

/// The sums of one sample: people who follow one another in a replication, or several whole replications.
struct BatchSums {
  Totals totals;                      // at the horizon (see Totals::at_horizon)
  std::vector<PersonaMoney> money;    // of each persona, without windows and touchpoints
  std::vector<MoneySum> windows;      // of all personas, undiscounted
  std::vector<MoneySum> touchpoints;  // likewise
  std::uint64_t people = 0;           // simulated, arrived or not
  /// Where rules switch improvements: what the plan paid whatever its customers did, summed over replications. Of any other
  /// plan it is the same in all.
  std::optional<FixedCosts> costs;

  /// What is counted of `people` people under `program`.
  BatchSums(const Program& program, const Totals& counted, std::uint64_t people);
  /// Pools two samples.
  void add(const BatchSums& other);
};

/// Samples of one plan. Neighbours are pooled, two and two, until there are few enough; which with which depends on their
/// places alone, so that a run continued by another has the samples of one run of all.
class Batches {
 public:
  /// Up to 2^limit places are pooled. A replication has `batch_count` places.
  explicit Batches(int limit = 0) : limit_(limit) {}
  /// Adds what lies at places `first` to first + 2^level - 1; first is a multiple of 2^level.
  void add(std::uint64_t first, int level, BatchSums sums);
  /// Adds the samples of other replications, and pools as many places as both or the coarser of them does.
  void append(Batches more);
  /// Leaves out all replications but these, in ascending order: of the others only some batches were lived.
  void keep_replications(const std::vector<std::uint32_t>& finished);
  /// Visits in all of them.
  [[nodiscard]] std::uint64_t events() const;
  /// Calls `use` with the samples, one after another and in order; those without people are left out.
  void each_sample(const std::function<void(const BatchSums&)>& use) const;
  /// All of them.
  [[nodiscard]] std::vector<BatchSums> samples() const;

 private:
  struct Node {
    int level;
    BatchSums sums;  // packed
  };
  int limit_;
  std::map<std::uint64_t, Node> nodes_;  // by the first place
};

/// How a run of `replications` is divided: batches of a replication, a power of two, and the limit of `Batches`. Where
/// customers are coupled a sample is a replication at least.
struct Division {
  std::size_t batches = 1;
  int level = 0;  // of a batch
  int limit = 0;
};
[[nodiscard]] Division division(std::uint32_t replications, bool coupled);
/// How many samples such a run keeps.
[[nodiscard]] std::size_t sample_count(std::uint32_t replications, bool coupled);

}  // namespace sojourn
