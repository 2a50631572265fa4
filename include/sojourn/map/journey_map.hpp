// The journey map: stages as lanes, touchpoints in them, exits with their odds. The one door to Graphviz.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sojourn/base/id.hpp"
#include "sojourn/decide/assumed_journey.hpp"
#include "sojourn/decide/leverage.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/solve/neutral_exits.hpp"

namespace sojourn {

/// What a map shows beyond the scenario.
struct JourneyView {
  /// What this plan changes is marked, with values before and after at its full effect (ramps complete). The baseline
  /// changes nothing.
  std::optional<PlanId> plan;
  /// A results file of the model: bars are the satisfaction measured at each touchpoint, exits have the shares that took
  /// them, and a line follows the satisfaction along the main path. Of `plan`, else of the file's first plan; with a plan
  /// and the baseline both in the file, before and after. `plan` must be in the file.
  const Outcomes* results = nullptr;
  /// Of the same journey: what the best standard improvement of each touchpoint gains, and which one is worth fixing.
  const Ranking* ranking = nullptr;
  /// Of the same journey, with `results`: the company's own map beside it. Moves that nobody drew stand out, moves that only
  /// the company believes in are dotted.
  const AssumedJourney* assumed = nullptr;
};

/// The journey of `model` in the DOT language, to edit or to draw with Graphviz: one cluster per lifecycle stage in order,
/// shapes by channel, colours by team (with a legend), moments of truth outlined, weak touchpoints (mean quality below 1/2)
/// marked, exits labelled with their share in the neutral state and their median delay. UTF-8; equal models give equal text.
[[nodiscard]] std::string journey_dot(const Model& model);

/// The same as an SVG picture: Graphviz places touchpoints and routes exits, Sojourn draws. No external references, readable
/// in light and dark, text as text, with a title and a description for screen readers. Exits to an end are shown as a
/// terminal at their touchpoint. Throws RunError when Graphviz cannot lay it out. Calls wait for each other; nobody else may
/// use Graphviz in the meantime.
[[nodiscard]] std::string journey_svg(const Model& model, const JourneyView& view = {});

/// One self-contained page around the SVG with the title, the question and a table of touchpoints. Throws as `journey_svg`.
[[nodiscard]] std::string journey_html(const Model& model, const JourneyView& view = {});

}  // namespace sojourn
