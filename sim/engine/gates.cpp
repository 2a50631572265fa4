#include "gates.hpp"

#include <algorithm>
#include <iterator>

#include "sojourn/behaviour/gate.hpp"

namespace sojourn {

Gates::Gates(const Program& program, const Accounts& accounts, const Streams& streams)
    : program_(program), accounts_(accounts), streams_(streams) {
  const ModelParts& parts = program.model().parts();
  places_.resize(parts.account_segments.size() * parts.touchpoints.size());
  for (std::size_t s = 0; s < parts.account_segments.size(); ++s) {
    std::vector<Rule>& rules = rules_.emplace_back();
    for (const Gate& gate : parts.account_segments[s].gates) {
      Rule rule;
      rule.touchpoint = gate.touchpoint.index();
      rule.rule = gate.rule;
      const bool all = gate.rule == GateRule::majority || gate.rule == GateRule::unanimous;
      rule.voices.assign(parts.personas.size(), all ? 1.0f : 0.0f);
      for (const auto& [persona, weight] : gate.weights) {
        if (gate.rule == GateRule::weighted) rule.voices[persona.index()] = static_cast<float>(weight);
      }
      for (const PersonaId persona : gate.veto) rule.voices[persona.index()] = 1.0f;
      rule.yes = yes_of(rule.touchpoint);
      places_[s * parts.touchpoints.size() + rule.touchpoint] = 1;
      rules.push_back(std::move(rule));
    }
  }
  for (std::uint32_t account = 0; account < accounts.count(); ++account) {
    first_gate_.push_back(decided_.size());
    decided_.resize(decided_.size() + rules_[accounts.segment(account)].size(), undecided);
  }
  rounds_.resize(decided_.size());
  for (const std::vector<Rule>& rules : rules_) most_gates_ = std::max(most_gates_, rules.size());
  followed_.resize(parts.settings.customers * most_gates_);
}

/// Where some exits lead away for good and others do not, the others are a yes; else the first of the file is.
std::vector<std::uint8_t> Gates::yes_of(std::size_t touchpoint) const {
  const VisitRow& row = program_.row(0, 0, static_cast<std::uint32_t>(touchpoint));
  const std::span<const ExitRow> exits = program_.exits(row);
  std::vector<std::uint8_t> yes;
  std::size_t first = 0;
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const Place& to = program_.place(exits[j].to);
    yes.push_back(to.end || to.away ? 0 : 1);
    if (exits[j].exit < exits[first].exit) first = j;
  }
  if (std::all_of(yes.begin(), yes.end(), [&](std::uint8_t each) { return each == yes.front(); })) {
    for (std::size_t j = 0; j < yes.size(); ++j) yes[j] = j == first ? 1 : 0;
  }
  return yes;
}

void Gates::decide(std::size_t window, const std::vector<Held>& arrived, WaitingCustomers& waiting,
                   const CustomerStore& store) {
  // Who was led away from a gate by a message and came back stands twice in the list; the later visit counts.
  std::vector<Held> all;
  std::merge(arrived.begin(), arrived.end(), held_.begin(), held_.end(), std::back_inserter(all),
             [](const Held& a, const Held& b) { return a.customer < b.customer; });
  all.erase(std::unique(all.begin(), all.end(), [](const Held& a, const Held& b) { return a.customer == b.customer; }),
            all.end());
  held_.clear();
  for (auto at = all.begin(); at != all.end();) {
    const std::uint32_t account = accounts_.account_of(at->customer);
    const auto end = std::find_if(at, all.end(), [&](const Held& held) { return held.customer >= accounts_.end(account); });
    const std::vector<Rule>& rules = rules_[accounts_.segment(account)];
    for (std::size_t gate = 0; gate < rules.size(); ++gate) {
      here_.clear();
      std::copy_if(at, end, std::back_inserter(here_), [&](const Held& held) {
        return store.touchpoint(held.customer) == rules[gate].touchpoint && !store.leaving(held.customer);
      });
      if (!here_.empty()) decide(window, account, gate, waiting, store);
    }
    at = end;
  }
  std::sort(held_.begin(), held_.end(), [](const Held& a, const Held& b) { return a.customer < b.customer; });
}

void Gates::decide(std::size_t window, std::uint32_t account, std::size_t gate, WaitingCustomers& waiting,
                   const CustomerStore& store) {
  const Rule& rule = rules_[accounts_.segment(account)][gate];
  const auto is_here = [&](std::uint32_t customer) {
    const auto found = std::lower_bound(here_.begin(), here_.end(), customer,
                                        [](const Held& held, std::uint32_t number) { return held.customer < number; });
    return found != here_.end() && found->customer == customer;
  };
  std::size_t asked = 0, missing = 0;
  for (std::uint32_t customer = accounts_.first(account); customer < accounts_.end(account); ++customer) {
    if (!(rule.voices[accounts_.persona_of(customer)] > 0.0f) || !store.alive(customer)) continue;
    ++asked;
    missing += is_here(customer) ? 0 : 1;
  }
  std::int32_t& decided = decided_[first_gate_[account] + gate];
  std::uint16_t& round = rounds_[first_gate_[account] + gate];
  const auto followed = [&](const Held& held) -> std::uint16_t& { return followed_[held.customer * most_gates_ + gate]; };
  if (missing == asked && decided != undecided) {
    // Nobody who is asked is here, because they have decided and gone: who comes late follows them. Who has followed that
    // decision already has come for the next one, if anybody is left to make it.
    if (asked > 0) {
      const auto early =
          std::stable_partition(here_.begin(), here_.end(), [&](const Held& held) { return followed(held) != round; });
      held_.insert(held_.end(), early, here_.end());
      here_.erase(early, here_.end());
    }
  } else if (missing > 0) {
    held_.insert(held_.end(), here_.begin(), here_.end());
    return;
  } else {
    decided = verdict(rule, window, account, gate, waiting);
    ++round;
  }
  for (const Held& held : here_) {
    followed(held) = round;
    if (decided != stays) waiting.leave_gate(held.customer, window, static_cast<std::uint32_t>(decided));
  }
}

std::int32_t Gates::verdict(const Rule& rule, std::size_t window, std::uint32_t account, std::size_t gate,
                            WaitingCustomers& waiting) {
  const std::size_t exits = rule.yes.size();
  std::vector<float> chances, voices;
  for (const Held& held : here_) {
    float before = 0.0f;
    for (const float sum : waiting.shares_at_gate(held.customer, window, held.effort)) {
      chances.push_back(sum - before);
      before = sum;
    }
    voices.push_back(rule.voices[accounts_.persona_of(held.customer)]);
  }
  const behaviour::Wishes wishes{chances, voices, exits};
  std::vector<double> result(exits), room(voices.size() + 1);
  double stay = 0.0;
  switch (rule.rule) {
    case GateRule::weighted:
      stay = behaviour::mean_wishes(wishes, behaviour::Mean::weighed, result);
      break;
    case GateRule::majority:
      stay = behaviour::share_verdict(behaviour::majority_yes(wishes, rule.yes, room), wishes, rule.yes, result);
      break;
    case GateRule::unanimous:
    case GateRule::veto:
      stay = behaviour::share_verdict(behaviour::unanimous_yes(wishes, rule.yes), wishes, rule.yes, result);
      break;
  }
  const Words words =
      streams_.draw(account, Purpose::gate, static_cast<std::uint32_t>(window), static_cast<std::uint32_t>(gate));
  return behaviour::decide(result, stay, uniform(words[0], words[1]));
}

}  // namespace sojourn
