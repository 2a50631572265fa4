// People by days as a customer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace sojourn {

/// People in bins of days as a customer. A small sample has somebody in few of its hundreds of bins: then these alone are
/// kept.
class PeopleByTenure {
 public:
  PeopleByTenure() = default;
  /// One number >= 0 for each bin.
  explicit PeopleByTenure(std::span<const double> people);
  PeopleByTenure(std::initializer_list<double> people) : PeopleByTenure(std::span(people.begin(), people.size())) {}

  /// The number of bins.
  [[nodiscard]] std::size_t size() const { return bins_; }
  [[nodiscard]] bool empty() const { return bins_ == 0; }
  /// People in a bin, which there must be. Where few bins are kept, the search takes as many steps as their number has bits.
  [[nodiscard]] double operator[](std::size_t bin) const;
  /// One number for each bin: those that are kept or, where few bins are, written to `room`, which is to outlive them.
  [[nodiscard]] std::span<const double> all(std::vector<double>& room) const;
  /// Calls `use` with each bin in which somebody is, ascending, and the people in it.
  template <class Use>
  void each(Use use) const {
    for (std::size_t k = 0; k < people_.size(); ++k) {
      if (people_[k] != 0.0) use(packed() ? where_[k] : k, people_[k]);
    }
  }
  /// Adds people bin by bin; the longer of both says how many bins there are.
  PeopleByTenure& operator+=(const PeopleByTenure& other);
  /// Keeps only the bins in which somebody is, where that takes less memory: for sums that are complete.
  void pack();

 private:
  [[nodiscard]] bool packed() const { return people_.size() != bins_; }

  std::uint32_t bins_ = 0;
  std::vector<double> people_;
  std::vector<std::uint32_t> where_;  // of each of `people_`, ascending, where these are not all bins
};

}  // namespace sojourn
