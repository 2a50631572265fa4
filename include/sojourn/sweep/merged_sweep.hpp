// A merged sweep taken apart for analysis.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/sweep/design.hpp"
#include "sojourn/sweep/merge.hpp"

namespace sojourn {

/// All points of a sweep with their metrics by plan and replication. Throws InputError where the file is no merged sweep, or
/// lacks points.
class MergedSweep {
 public:
  /// `points` must outlive this.
  explicit MergedSweep(const Outcomes& points);
  MergedSweep(const MergedSweep&) = delete;
  MergedSweep& operator=(const MergedSweep&) = delete;

  [[nodiscard]] const Design& design() const { return design_; }
  [[nodiscard]] std::uint64_t points() const { return design_.points(); }
  [[nodiscard]] std::size_t replications() const { return replications_; }
  /// The position of a plan. Throws InputError, naming the nearest, where there is none of that id.
  [[nodiscard]] std::size_t plan(const std::string& id) const;

  /// A metric at every point. Throws InputError, naming the nearest, where the sweep has none of that name.
  class Figures {
   public:
    [[nodiscard]] double at(std::size_t point, std::size_t plan, std::size_t replication) const {
      return (*values_)[(point * plans_ + plan) * replications_ + replication];
    }
    [[nodiscard]] const std::string& unit() const { return *unit_; }

   private:
    friend class MergedSweep;
    const std::vector<double>* values_ = nullptr;
    const std::string* unit_ = nullptr;
    std::size_t plans_ = 0, replications_ = 0;
  };
  [[nodiscard]] Figures figures(const std::string& metric) const;

  /// The coordinate of a key.
  struct Coordinate {
    const std::vector<double>& values;  // by point
    const std::string& unit;
  };
  [[nodiscard]] Coordinate coordinate(const VariedKey& key) const;

 private:
  const Outcomes& outcomes_;
  RecordedSweep recorded_;
  Design design_;
  const std::vector<std::string>& plans_;
  std::size_t replications_;
};

}  // namespace sojourn
