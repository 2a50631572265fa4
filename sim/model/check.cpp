#include <utility>

#include "findings.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {
namespace {

// An id that names nothing where one is due: a reader has complained already, and what follows from the gap is not news.
bool has_gaps(const ModelParts& parts) {
  for (const Persona& persona : parts.personas) {
    for (const auto& [touchpoint, share] : persona.starts) {
      if (!touchpoint.valid()) return true;
    }
  }
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    for (const Exit& exit : touchpoint.next) {
      if (!exit.to.valid()) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Finding> check(const ModelParts& parts) {
  checking::Findings findings;
  const checking::Paths paths = checking::name_entities(parts, findings);
  const checking::Context context{parts, paths, findings};
  checking::check_settings(context);
  checking::check_personas(context);
  checking::check_journey(context);
  checking::check_market(context);
  checking::check_changes(context);
  checking::check_plans(context);
  checking::check_instant_cycles(context);
  if (!has_gaps(parts)) {
    const checking::Reach reach = checking::find_reach(parts);
    checking::check_routes(context, reach);
    checking::check_use_of_changes(context, reach);
    checking::check_clipping(context);
    // What is wrong may be meant otherwise: nothing is said about what it does.
    if (!findings.has_errors()) {
      checking::check_idle_keys(context, reach);
      checking::check_races(context, reach);
    }
  }
  return std::move(findings).take();
}

}  // namespace sojourn
