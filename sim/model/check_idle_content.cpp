// Warnings about content, needs and personalisation that can do nothing.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "findings.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/content.hpp"

namespace sojourn::checking {
namespace {

bool says_something(const std::vector<std::pair<std::string, double>>& themes) {
  return std::any_of(themes.begin(), themes.end(), [](const auto& theme) { return theme.second > 0.0; });
}

// The themes that some persona needs, in the order of the file.
std::vector<std::string> needed_themes(const ModelParts& parts) {
  std::vector<std::string> result;
  for (const Persona& persona : parts.personas) {
    for (const auto& [theme, weight] : persona.needs) {
      if (weight > 0.0 && std::find(result.begin(), result.end(), theme) == result.end()) result.push_back(theme);
    }
  }
  return result;
}

std::string listed(const std::vector<std::string>& themes) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(themes.size(), 6); ++i)
    text += (i > 0 ? ", " : "") + in_quotes(themes[i]);
  return themes.size() > 6 ? text + ", ..." : text;
}

// Whether some change may show at `touchpoint` more than the default.
bool personalised_by_change(const ModelParts& parts, TouchpointId touchpoint) {
  const auto does = [&](const Change& change) {
    const bool moves = std::any_of(change.effects.begin(), change.effects.end(),
                                   [](const Effect& effect) { return effect.parameter == Parameter::personalisation; });
    if (!moves) return false;
    for (std::size_t p = 0; p < parts.personas.size(); ++p) {
      if (matches(parts, change.target, touchpoint, PersonaId(p))) return true;
    }
    return false;
  };
  return std::any_of(parts.events.begin(), parts.events.end(), does) ||
         std::any_of(parts.improvements.begin(), parts.improvements.end(),
                     [&](const Improvement& improvement) { return does(improvement.change); });
}

// What the variants of one touchpoint say. Whether somebody ever sees them is asked by `idle_variants`.
void idle_themes(const Context& context, const Touchpoint& touchpoint, const std::string& path,
                 const std::vector<std::string>& needed) {
  for (std::size_t k = 0; k < touchpoint.content.size(); ++k) {
    const std::string here = fmt::format("{}.content[{}].theme", path, k);
    const Content& content = touchpoint.content[k];
    if (!says_something(content.theme)) {
      context.findings.warning(here, "this variant says nothing, and counts as no content: no theme has a weight above 0",
                               "give one a weight: theme = { price = 1.0 }");
    }
    for (const auto& [theme, weight] : content.theme) {
      if (weight > 0.0 && std::find(needed.begin(), needed.end(), theme) == needed.end()) {
        context.findings.warning(fmt::format("{}.{}", here, theme),
                                 fmt::format("nobody needs {}: it only makes the variant fit less", in_quotes(theme)),
                                 fmt::format("personas need {}", listed(needed)));
      }
    }
  }
}

// Which variants of the touchpoint in position `v` somebody may see, of those who get there.
void idle_variants(const Context& context, const Reach& reach, std::size_t v) {
  const ModelParts& parts = context.parts;
  const Touchpoint& touchpoint = parts.touchpoints[v];
  const std::string& path = context.paths.touchpoints[v];
  const bool by_change = personalised_by_change(parts, TouchpointId(v));
  if (touchpoint.content.size() == 1) {
    if (touchpoint.personalisation > 0.0)
      context.findings.warning(path + ".personalisation", "personalisation changes nothing: there is only one variant",
                               "add a variant to content, or remove it");
    return;
  }
  if (touchpoint.personalisation == 0.0 && !by_change) {
    context.findings.warning(fmt::format("{}.content[1]", path),
                             "variants after the first are never shown: personalisation is 0, and nothing raises it",
                             "write personalisation = 0.5, or an improvement with the effect personalisation");
    return;
  }
  std::set<std::uint32_t> best;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    if (reach.by_persona[p][v]) best.insert(content_fit(parts.personas[p], touchpoint).variant);
  }
  if (best == std::set<std::uint32_t>{0}) {
    // An effect has a warning of its own.
    if (touchpoint.personalisation > 0.0)
      context.findings.warning(path + ".personalisation",
                               "personalisation changes nothing: the first variant fits everybody best who comes here",
                               "compare the themes of content with the needs of personas");
    return;
  }
  for (std::size_t k = 1; k < touchpoint.content.size(); ++k) {
    if (!says_something(touchpoint.content[k].theme) || best.contains(static_cast<std::uint32_t>(k))) continue;
    context.findings.warning(fmt::format("{}.content[{}]", path, k),
                             "this variant is never shown: of nobody who comes here does it fit the needs best",
                             "compare its themes with the needs of personas, or remove it");
  }
}

}  // namespace

void check_idle_content(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  const auto shown = std::find_if(parts.touchpoints.begin(), parts.touchpoints.end(),
                                  [](const Touchpoint& touchpoint) { return touchpoint.shows_content(); });
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    if (parts.personas[p].needs.empty()) continue;
    const std::string here = context.paths.personas[p] + ".needs";
    if (shown == parts.touchpoints.end()) {
      context.findings.warning(here, "needs change nothing: no touchpoint has content", "remove them");
    } else if (!says_something(parts.personas[p].needs)) {
      context.findings.warning(here, "needs change nothing: no theme has a weight above 0",
                               "give one a weight: needs = { price = 0.7 }");
    }
  }
  if (shown == parts.touchpoints.end()) return;
  if (parts.behaviour.fit_weight == 0.0) {
    context.findings.warning("behaviour.fit_weight", "content changes nothing: how well it fits has no weight",
                             "write fit_weight = 0.3, or remove content");
    return;
  }
  const std::vector<std::string> needed = needed_themes(parts);
  if (needed.empty()) {
    const auto v = static_cast<std::size_t>(shown - parts.touchpoints.begin());
    context.findings.warning(context.paths.touchpoints[v] + ".content", "content changes nothing: no persona has needs",
                             "give personas needs = { price = 0.7, speed = 0.3 }");
    return;
  }
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (!parts.touchpoints[v].shows_content() || !reach.any[v]) continue;
    idle_themes(context, parts.touchpoints[v], context.paths.touchpoints[v], needed);
    idle_variants(context, reach, v);
  }
}

}  // namespace sojourn::checking
