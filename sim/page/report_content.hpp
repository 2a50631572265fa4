// What the report says, before anybody lays it out: numbers of groups of people, thinned series, flows between stages.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/base/text.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/page/report.hpp"

namespace sojourn::report_pages {

/// The figures that stand first, of the chosen plan; all others are in tables further down.
inline constexpr std::string_view first_figures[] = {"retained",   "retention", "nps", "satisfaction",
                                                     "conversion", "npv",       "clv"};

/// The metric called `name`, which must be one.
[[nodiscard]] inline const Metric& metric(std::string_view name) { return *find_metric(name); }

/// The people whom a figure is about: everybody (no persona), or one persona.
struct Group {
  std::string name;
  std::vector<std::size_t> personas;  // positions
};
/// Everybody first, then each persona where there is more than one.
[[nodiscard]] std::vector<Group> groups(const Samples& samples);

/// The samples of a group under a plan.
[[nodiscard]] const std::vector<Sums>& sums_of(const PlanSamples& plan, std::size_t group);

/// The integers or numbers of the array `name`, as numbers. Throws as `recorded`.
[[nodiscard]] std::vector<double> numbers(const Outcomes& outcomes, const std::string& name,
                                          std::initializer_list<std::string_view> dimensions);

/// People by (plan, time) of a group: the sum over its personas and all replications of a stock such as `customers`.
[[nodiscard]] std::vector<std::vector<double>> stock(const Report& report, const std::string& name, const Group& group);

/// The net promoter score over time by plan, each with its interval over replications (none with one replication).
[[nodiscard]] std::vector<std::vector<Estimate>> promoter_score(const Report& report, const Group& group);

/// A flow between two nodes of the journey, in people per replication; net of those who went back.
struct Flow {
  std::string from, to;
  double people = 0.0;
};
/// The journey of a group unrolled by stage: arrivals, net flows from stage to stage, those who left, and those still there.
[[nodiscard]] std::vector<Flow> stage_flow(const Report& report, std::size_t plan, const Group& group);

/// The answer in words: who keeps most customers, what is worth its money; or the one plan's figures. One or two sentences,
/// each on its own.
[[nodiscard]] std::vector<std::string> answer(const Samples& samples, const Comparison& comparison);

/// What the file's numbers rest on: "10 replications of 20,000 customers ..." and what the intervals mean.
[[nodiscard]] std::string basis(const Samples& samples, const Comparison& comparison);

/// The best choices found for what they cost, costs and gains rising; up to the budget, where there is one, as searched
/// within it. None without an optimum.
[[nodiscard]] std::vector<const Choice*> frontier(const Report& report);

/// Hyphens in front of numbers as minus signs, and figures not torn from their units at the end of a line.
[[nodiscard]] std::string typographic(const std::string& text);
/// The same as markup.
[[nodiscard]] inline std::string html(const std::string& text) { return escape_markup(typographic(text)); }

/// At most `most` of 0 .. count - 1, evenly, always with the last.
[[nodiscard]] std::vector<std::size_t> thinned(std::size_t count, std::size_t most);

}  // namespace sojourn::report_pages
