// Where in the space of a sweep one plan beats another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/decide/goal.hpp"
#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/sweep/box_search.hpp"
#include "sojourn/sweep/design.hpp"

namespace sojourn {

/// How a plan does against another at one point.
enum class PointVerdict : std::int8_t {
  worse = -1,
  not_told = 0,  // the 95 % interval of the paired difference (Student's t over replications) holds 0
  better = 1
};

/// What the points of a sweep say of two plans.
struct PlanRegions {
  std::vector<GoalTerm> goal;  // by which they are judged
  std::string plan, against;   // ids
  std::string currency;
  std::uint64_t replications = 0;  // with one there is no interval: the sign of the difference decides

  std::vector<VariedKey> keys;      // in the order of the sweep file
  std::vector<BoxKey> coordinates;  // [key], as are the next two of all points that count
  std::vector<double> differences;  // of the goal, plan less `against`, mean over replications
  std::vector<PointVerdict> standings;
  std::uint64_t left_out = 0;  // points at which the goal is undefined, and those of the same sample or trajectory

  std::optional<JudgedBox> better, worse;  // where at least `fewest_to_place` points are so, and as many are not

  [[nodiscard]] std::uint64_t count(PointVerdict standing) const;
};

/// The fewest points of a kind of which it is asked where they lie.
inline constexpr std::uint64_t fewest_to_place = 10;

/// Where `plan` beats `against`, of a merged sweep: by `goal`, or where that is empty by the scenario's, or where it has
/// none by net present value, or where there is no money by the share of all who arrived that are customers. Boxes are
/// `judged_box` of the points at which it is better, or worse; others, told or not, are none of these. Throws InputError for
/// unknown ids, naming the nearest, where both plans are the same one, and where the file is no merged sweep.
[[nodiscard]] PlanRegions plan_regions(const Outcomes& points, const std::string& plan, const std::string& against,
                                       std::vector<GoalTerm> goal, int threads);

}  // namespace sojourn
