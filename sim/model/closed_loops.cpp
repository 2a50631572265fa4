#include "sojourn/model/closed_loops.hpp"

#include <algorithm>

namespace sojourn {

bool asks_after(const ModelParts& parts, const Survey& survey, TouchpointId touchpoint) {
  const ChannelId channel = parts.touchpoints[touchpoint.index()].channel;
  const auto named = [](const auto& list, auto id) { return std::find(list.begin(), list.end(), id) != list.end(); };
  return named(survey.after, touchpoint) || (channel.valid() && named(survey.channels, channel));
}

std::vector<Recovery> recoveries_of(const ModelParts& parts) {
  std::vector<Recovery> ways;
  for (std::uint32_t s = 0; s < parts.surveys.size(); ++s) {
    const Survey& survey = parts.surveys[s];
    if (!survey.closed_loop || survey.closed_loop->to.index() >= parts.touchpoints.size()) continue;
    const auto to = static_cast<std::uint32_t>(survey.closed_loop->to.index());
    for (std::uint32_t v = 0; v < parts.touchpoints.size(); ++v) {
      const bool asked = survey.every || asks_after(parts, survey, TouchpointId(v));
      if (asked && !parts.touchpoints[v].end && v != to) ways.push_back({v, to, s, survey.closed_loop->within.value()});
    }
  }
  return ways;
}

}  // namespace sojourn
