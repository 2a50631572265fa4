// How hazards change in time, as the vectorised loop reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lock_step.hpp"
#include "sojourn/engine/program.hpp"

namespace sojourn::lock_step {

[[nodiscard]] inline std::int32_t narrow(std::size_t x) { return static_cast<std::int32_t>(x); }

/// The rows of a program, and its exits, as the loop has them.
struct RowsOfLoop {
  std::span<const std::int32_t> row_of;  // Tables::row_of
  std::span<const Row> rows;
  std::span<const VisitRow* const> visit_rows;  // of each row
  std::span<const Exit> exits;
};

/// RaceHazards of a program, which must live as long.
class HazardTables {
 public:
  HazardTables() = default;
  HazardTables(const Program& program, const RowsOfLoop& loop);

  /// For the loop, as long as this is neither moved nor destroyed.
  [[nodiscard]] Hazards view() const;
  /// Whether hazards change at a place.
  [[nodiscard]] bool change_at(std::size_t place) const;

 private:
  /// The mean of the odds of an exit over the horizon, and the range of what they accumulate beyond it.
  struct Mean {
    double odds, range;
  };
  [[nodiscard]] const RaceHazards& race_hazards() const { return program_->hazards(); }
  void find_places();
  void add_stretches(std::size_t hazard_place);
  void add_laws(std::size_t hazard_place);
  void add_kinds(std::size_t hazard_place);
  void add_steps(std::size_t hazard_place);
  void add_guide(std::span<const double> sums, std::size_t exit);
  void add_course(const HazardCourse& course);
  void add_reach(std::size_t place, const RowsOfLoop& loop);
  [[nodiscard]] Mean mean_odds(std::uint32_t persona, std::uint32_t touchpoint, std::size_t exit) const;

  const Program* program_ = nullptr;
  std::size_t touchpoints_ = 1, kinds_ = 0;
  std::vector<std::size_t> changing_;  // places where hazards change
  // As in Hazards.
  std::vector<std::int32_t> place_of_, kinds_at_, next_, kind_, first_, sums_at_, guide_, steps_, steps_at_, steady_from_;
  std::vector<std::int32_t> course_guide_;
  std::vector<double> begin_, stretch_, rate_, most_rate_, parts_;
  std::vector<float> odds_;
  std::vector<Course> courses_;
  std::uint32_t steady_ = 0, by_mean_ = 0;
  std::vector<Reach> reach_;
};

}  // namespace sojourn::lock_step
