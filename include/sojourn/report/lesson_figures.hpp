// The figures that a lesson shows, worked out from a run of its scenario: bars with their intervals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/model/lesson.hpp"
#include "sojourn/report/format.hpp"

namespace sojourn {

/// One bar, and what it is about: ids, empty where it is about all.
struct LessonBar {
  std::string group;  // what it shares with those beside it, where there are several groups: a touchpoint, a persona
  std::string label;
  std::string plan, touchpoint, persona, survey;
  std::optional<std::uint32_t> replication;
  Estimate value;
};

struct ShownFigure {
  std::string figure;  // its name
  std::string title;
  format::Kind kind = format::Kind::number;
  bool wait = false;    // days that people write as minutes or hours
  bool change = false;  // differences to the baseline
  std::string currency;
  std::vector<LessonBar> bars;
};

/// The plans that `lesson` runs: the baseline, and those that it names, or all of `parts`.
[[nodiscard]] std::vector<PlanId> plans_of(const Lesson& lesson, const ModelParts& parts);

/// All figures of `lesson`, from a run of the plans that it names, which kept its tables. Intervals are 95 %: those of
/// `estimate` and `difference`, and over replications where a figure is shown by replication or by extremes.
[[nodiscard]] std::vector<ShownFigure> shown_figures(const RunResult& run, const Lesson& lesson);

/// A bar's value as it is written: "43.0 %", of a change "+1.2 pt".
[[nodiscard]] std::string written_value(const ShownFigure& figure, const LessonBar& bar);
/// Half of its interval, on its longer side: "0.3"; empty where there is none, or none to be seen.
[[nodiscard]] std::string written_half(const ShownFigure& figure, const LessonBar& bar);

}  // namespace sojourn
