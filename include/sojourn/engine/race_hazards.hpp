// How the hazards of exits that race change in time, for each persona at each touchpoint, compiled for speed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sojourn {

class Program;

/// From `begin` on the exits of a race compete as `row` says.
struct HazardStretch {
  double begin = 0.0;  // days
  std::uint32_t row = 0;
  std::uint32_t which = 0;  // into RaceHazards::rows
};
/// Rows of a place that are told apart in RaceHazards::rows: nights and days are two.
inline constexpr std::size_t most_hazard_rows = 8;

/// What an exit of a race has accumulated by the beginning of each of the stretches of its place, and last, after the end of
/// time: of a law that is exponential it is all that decides when it comes.
struct HazardSums {
  std::span<const double> sums;  // days as they would count with the largest rate; none where they are not known
  double most = 0.0;             // the largest rate: odds / stretch
};

/// How the odds of an exit of a race go on from stretch to stretch of its own, of a Weibull law: where they repeat with a
/// period, the hazard over many periods has a closed form (`sum_of_terms`, sim/engine/hazard_stretches.hpp).
struct HazardCourse {
  static constexpr int terms = 12;
  std::size_t at = 0,
              stretches = 0;  // into HazardCourses, where after the last stretch comes one that begins at infinity; how many
  double least_age = 0.0;     // days after a visit from which on the closed form is off by less than 1e-9
};
/// Those of all exits, one after the other, those that are alike once.
struct HazardCourses {
  std::vector<double> begins;
  std::vector<float> odds;
  /// The last stretch at whose beginning the closed form of this one still holds; 0 where it does not hold here.
  std::vector<std::int32_t> until;
  /// Of each stretch HazardCourse::terms numbers: the mean of the odds over a period, then its antiderivatives P1, P2, ...
  /// at the stretch's beginning, those of mean 0, of what the odds are more than that mean.
  std::vector<double> terms;
};

/// Immutable once built; thread-safe. Persona and touchpoint are positions in ModelParts, an exit is its position in
/// Program::exits.
class RaceHazards {
 public:
  RaceHazards() = default;
  /// Of a program whose rows are compiled.
  explicit RaceHazards(const Program& program);

  /// Of a place, persona x touchpoints + touchpoint.
  [[nodiscard]] std::uint32_t persona(std::size_t place) const { return static_cast<std::uint32_t>(place / touchpoints_); }
  [[nodiscard]] std::uint32_t touchpoint(std::size_t place) const {
    return static_cast<std::uint32_t>(place % touchpoints_);
  }

  /// The stretches of time between which the hazards of a race change for one persona at one touchpoint, in order; empty
  /// where they never do, and where exits are a choice, which is made at the visit.
  [[nodiscard]] std::span<const HazardStretch> stretches(std::uint32_t persona, std::uint32_t touchpoint) const {
    const std::size_t at = place(persona, touchpoint);
    return {stretches_.data() + stretches_begin_[at], stretches_.data() + stretches_begin_[at + 1]};
  }
  /// The rows (Program::row_number) that the hazards of these stretches are of, each once; none where they are more than
  /// `most_hazard_rows`.
  [[nodiscard]] std::span<const std::uint32_t> rows(std::uint32_t persona, std::uint32_t touchpoint) const {
    const std::size_t at = place(persona, touchpoint);
    return {rows_.data() + rows_begin_[at], rows_.data() + rows_begin_[at + 1]};
  }
  /// Of an exit of such a race: for how many stretches, from each of its place on, its odds and its stretch stay as they
  /// are, up to the last.
  [[nodiscard]] std::span<const std::int32_t> runs(std::uint32_t persona, std::uint32_t touchpoint, std::size_t exit) const {
    const std::size_t at = place(persona, touchpoint);
    return {runs_.data() + runs_of_exit_[runs_begin_[at] + exit], stretches_begin_[at + 1] - stretches_begin_[at]};
  }
  /// The sums of an exit of such a race: integral of rate / most over time. None where the law is not exponential, the rows
  /// of the place are not told apart, a delay is stretched to nothing, or rounding would put off a time by more than 1e-9
  /// days.
  [[nodiscard]] HazardSums sums(std::uint32_t persona, std::uint32_t touchpoint, std::size_t exit) const {
    const std::size_t of_place = place(persona, touchpoint), at = sums_begin_[of_place] + exit;
    if (at >= sums_begin_[of_place + 1]) return {};
    const SumsOfExit& of = sums_of_exit_[at];
    return {{sums_.data() + of.begin, of.size}, of.most};
  }
  /// The sums of all exits, those that are alike once.
  [[nodiscard]] const std::vector<double>& all_sums() const { return sums_; }
  /// The course of an exit of such a race, if its law is a Weibull one, its odds alone change, with some period, and nothing
  /// of a customer but the state decides about it; without stretches else.
  [[nodiscard]] HazardCourse course(std::uint32_t persona, std::uint32_t touchpoint, std::size_t exit) const {
    const std::size_t of_place = place(persona, touchpoint), at = courses_begin_[of_place] + exit;
    return at < courses_begin_[of_place + 1] ? courses_of_exit_[at] : HazardCourse{};
  }
  [[nodiscard]] const HazardCourses& courses() const { return courses_; }

 private:
  [[nodiscard]] std::size_t place(std::uint32_t persona, std::uint32_t touchpoint) const {
    return persona * touchpoints_ + touchpoint;
  }
  void find_stretches(const Program& program);
  void find_rows(const Program& program);
  void find_runs(const Program& program);
  void find_sums(const Program& program);
  void find_courses(const Program& program);
  [[nodiscard]] std::size_t alike_from(const std::vector<std::size_t>& begins, std::size_t place) const;

  struct SumsOfExit {
    std::size_t begin = 0, size = 0;  // in sums_
    double most = 0.0;                // 0: there are none
  };
  std::size_t personas_ = 0, touchpoints_ = 0;
  // Those that end in `begin_` have an element for each place (persona x touchpoints + touchpoint), and their number.
  std::vector<HazardStretch> stretches_;
  std::vector<std::size_t> stretches_begin_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::size_t> rows_begin_;
  std::vector<std::int32_t> runs_;
  std::vector<std::size_t> runs_of_exit_, runs_begin_;  // into runs_; into runs_of_exit_
  std::vector<double> sums_;
  std::vector<SumsOfExit> sums_of_exit_;
  std::vector<std::size_t> sums_begin_;  // into sums_of_exit_
  HazardCourses courses_;
  std::vector<HazardCourse> courses_of_exit_;
  std::vector<std::size_t> courses_begin_;  // into courses_of_exit_
};

}  // namespace sojourn
