#include "sojourn/population/gates.hpp"

#include "sojourn/model/graph.hpp"

namespace sojourn {

Gates::Gates(const ModelParts& parts)
    : touchpoints_(parts.touchpoints.size()), place_(parts.account_segments.size() * parts.touchpoints.size(), -1) {
  for (std::size_t segment = 0; segment < parts.account_segments.size(); ++segment) {
    for (const Gate& gate : parts.account_segments[segment].gates) {
      CompiledGate compiled{gate.rule, {}, {}};
      // Only the rules that name roles tell them apart.
      const bool named = gate.rule == GateRule::weighted || gate.rule == GateRule::veto;
      compiled.voices.assign(parts.personas.size(), named ? 0.0f : 1.0f);
      if (gate.rule == GateRule::weighted) {
        for (const auto& [persona, weight] : gate.weights) compiled.voices[persona.index()] = static_cast<float>(weight);
      }
      if (gate.rule == GateRule::veto) {
        for (const PersonaId persona : gate.veto) compiled.voices[persona.index()] = 1.0f;
      }
      for (const bool yes : yes_exits(parts, gate.touchpoint)) compiled.yes.push_back(yes ? 1 : 0);
      place_[segment * touchpoints_ + gate.touchpoint.index()] = static_cast<std::int32_t>(gates_.size());
      gates_.push_back(std::move(compiled));
    }
  }
}

double verdict(GateRule rule, const behaviour::Wishes& wishes, std::span<const std::uint8_t> yes, std::span<double> room,
               std::span<double> result) {
  switch (rule) {
    case GateRule::weighted:
      return behaviour::mean_wishes(wishes, behaviour::Mean::weighed, result);
    case GateRule::unanimous:
    case GateRule::veto:
      return behaviour::share_verdict(behaviour::unanimous_yes(wishes, yes), wishes, yes, result);
    case GateRule::majority:
      return behaviour::share_verdict(behaviour::majority_yes(wishes, yes, room), wishes, yes, result);
  }
  return 1.0;
}

}  // namespace sojourn
