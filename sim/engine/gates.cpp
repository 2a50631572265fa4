#include "gates.hpp"

#include <algorithm>

#include "sojourn/behaviour/gate.hpp"
#include "window_exchange.hpp"

namespace sojourn {
namespace {

std::uint8_t bit_of(std::size_t gate) { return static_cast<std::uint8_t>(1u << std::min<std::size_t>(gate, 7)); }

}  // namespace

Gates::Gates(const Program& program, const Accounts& accounts, const Streams& streams, const Share& of)
    : program_(program),
      accounts_(accounts),
      streams_(streams),
      of_(of),
      accounts_of_(accounts_of(accounts, of)),
      members_(of.people(), Member{not_held, 0, 0, 0}),
      noted_(accounts_of_.people(), 0) {
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
  for (std::uint32_t account = accounts_of_.begin; account < accounts_of_.end; ++account) {
    first_gate_.push_back(decided_.size());
    decided_.resize(decided_.size() + rules_[accounts.segment(account)].size(), undecided);
  }
  rounds_.resize(decided_.size());
  for (const std::vector<Rule>& rules : rules_) most_gates_ = std::max(most_gates_, rules.size());
  followed_.resize(of.people() * most_gates_);
}

/// The gates of the accounts before those at hand.
std::uint64_t Gates::gates_before() const {
  std::uint64_t gates = 0;
  for (std::uint32_t account = 0; account < accounts_of_.begin; ++account)
    gates += rules_[accounts_.segment(account)].size();
  return gates;
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

/// Whether the shares of the exits of a visit sum to 1 for every customer.
bool Gates::surely_leaves(const VisitRow& row) const {
  if (row.trait_bound || row.conditional || row.shares.stay > 0.0f) return false;
  // The smallest weight that utility can leave of such odds is still above 0 (behaviour::weigh).
  const auto has_weight = [](const ExitRow& exit) { return exit.odds >= 1e-9f && exit.times < 0 && exit.demand < 0; };
  return !row.by_odds || std::ranges::any_of(program_.exits(row), has_weight);
}

/// Those who are not asked have weight 0 in a weighed mean. Elsewhere the wishes of all share out a yes among the exits that
/// are one, and a no among the others and staying: where there is one of each, and nobody stays, there is nothing to share.
void Gates::find_whose_wishes_count(std::size_t window) {
  const std::size_t regime = program_.regime_at_begin(window);
  const auto personas = static_cast<std::uint32_t>(program_.model().parts().personas.size());
  for (std::vector<Rule>& rules : rules_) {
    for (Rule& rule : rules) {
      rule.asks_all = rule.rule != GateRule::weighted;
      if (!rule.asks_all || rule.yes.size() != 2 || rule.yes[0] == rule.yes[1]) continue;
      rule.asks_all = false;
      for (std::uint32_t persona = 0; persona < personas; ++persona) {
        const VisitRow& row = program_.row(regime, persona, static_cast<std::uint32_t>(rule.touchpoint));
        rule.asks_all = rule.asks_all || !surely_leaves(row);
      }
    }
  }
}

void Gates::look_again(std::uint32_t customer) { noted_[row_of_account(accounts_.account_of(customer))] = all_gates; }

void Gates::leave(std::uint32_t customer) {
  member(customer).effort = not_held;
  look_again(customer);
}

void Gates::end(std::uint32_t customer) {
  member(customer).over = 1;
  look_again(customer);
}

void Gates::hold(std::span<const Held> arrived) {
  constexpr std::size_t ahead = 16;  // members whom the memory is asked for before their turn
  for (std::size_t k = 0; k < arrived.size(); ++k) {
    if (k + ahead < arrived.size()) {
      accounts_.prefetch(arrived[k + ahead].customer);
      __builtin_prefetch(&member(arrived[k + ahead].customer), 1);
    }
    hold(arrived[k]);
  }
}

/// An arrival is news at one gate; at the others the account stands as it stood.
void Gates::hold(const Held& arrived) {
  member(arrived.customer) = {arrived.effort, static_cast<std::uint16_t>(arrived.touchpoint),
                              static_cast<std::uint8_t>(arrived.solved ? 1 : 0), 0};
  const std::uint32_t account = accounts_.account_of(arrived.customer);
  const std::vector<Rule>& rules = rules_[accounts_.segment(account)];
  for (std::size_t gate = 0; gate < rules.size(); ++gate) {
    if (rules[gate].touchpoint == arrived.touchpoint) noted_[row_of_account(account)] |= bit_of(gate);
  }
}

/// Asks the memory for what is known of an account's members.
void Gates::prefetch(std::uint32_t account) const {
  constexpr std::uint32_t line = 64 / sizeof(Member);
  const std::uint32_t first = accounts_.first(account) - of_.begin, end = accounts_.end(account) - of_.begin;
  for (std::uint32_t row = first; row < end; row += line) __builtin_prefetch(members_.data() + row);
}

/// Who does not arrive before the horizon is waited for by nobody.
void Gates::find_absent(const CustomerStore& store) {
  for (std::uint32_t customer = of_.begin; customer < of_.end; ++customer) {
    if (!store.alive(customer)) member(customer).over = 1;
  }
  knows_absent_ = true;
}

void Gates::decide(std::size_t window, WaitingCustomers& waiting, const CustomerStore& store) {
  if (!knows_absent_) find_absent(store);
  find_whose_wishes_count(window);
  to_look_at_.resize(noted_.size());
  std::size_t count = 0;  // without a branch, which the processor could not foresee
  for (std::uint32_t account = accounts_of_.begin; account < accounts_of_.end; ++account) {
    to_look_at_[count] = account;
    count += noted_[row_of_account(account)] != 0 ? 1 : 0;
  }
  constexpr std::size_t ahead = 8;       // accounts whose members the memory is asked for before their turn
  constexpr std::size_t together = 128;  // members who leave, whose rows the memory is asked for before all of them do
  for (std::size_t k = 0; k < count; ++k) {
    if (k + ahead < count) prefetch(to_look_at_[k + ahead]);
    const std::uint32_t account = to_look_at_[k];
    std::uint8_t& noted = noted_[row_of_account(account)];
    const std::size_t gates = rules_[accounts_.segment(account)].size();
    for (std::size_t gate = 0; gate < gates; ++gate) {
      if ((noted & bit_of(gate)) != 0) meet(account, gate, store);
    }
    noted = 0;
    if (leaving_.size() < together && k + 1 < count) continue;
    for (const Meeting& meeting : meetings_) settle(meeting, window, waiting);
    meetings_.clear();
    leaving_.clear();
  }
}

/// Finds out whether an account decides, or has decided, at a gate, and who leaves it then.
void Gates::meet(std::uint32_t account, std::size_t gate, const CustomerStore& store) {
  const Rule& rule = rules_[accounts_.segment(account)][gate];
  const std::size_t number = first_gate_[row_of_account(account)] + gate;
  const bool has_decided = decided_[number] != undecided;
  const std::uint32_t first = accounts_.first(account), end = accounts_.end(account);
  std::size_t asked = 0, missing = 0;
  for (std::uint32_t customer = first; customer < end; ++customer) {
    if (!(rule.voices[accounts_.persona_of(customer)] > 0.0f)) continue;
    const bool is_here = member(customer).is_held(rule);
    if (!is_here && member(customer).over != 0) continue;
    ++asked;
    missing += is_here ? 0 : 1;
    // Somebody is missing, and nobody can be late: those who come first wait.
    if (missing > 0 && (!has_decided || asked > missing)) return;
  }
  const bool late = missing == asked && has_decided;
  const std::size_t begin = leaving_.size();
  for (std::uint32_t customer = first; customer < end; ++customer) {
    // Nobody who is asked is here, because they have decided and gone: who comes late follows them. Who has followed that
    // decision already has come for the next one, if anybody is left to make it.
    if (late && asked > 0 && followed(customer, gate) == rounds_[number]) continue;
    if (!member(customer).is_held(rule)) continue;
    leaving_.push_back(customer);
    store.prefetch(customer);
  }
  if (leaving_.size() > begin) meetings_.push_back({account, gate, begin, leaving_.size(), late});
}

WaitingCustomers::AtGate Gates::at_gate(const Meeting& meeting, std::size_t k, std::size_t window) const {
  const Rule& rule = rules_[accounts_.segment(meeting.account)][meeting.gate];
  return {leaving_[k], accounts_.persona_of(leaving_[k]), static_cast<std::uint32_t>(rule.touchpoint), window};
}

/// An account decides, or has decided: its members who are held at the gate leave it.
void Gates::settle(const Meeting& meeting, std::size_t window, WaitingCustomers& waiting) {
  const std::size_t number = first_gate_[row_of_account(meeting.account)] + meeting.gate;
  if (!meeting.late) {
    decided_[number] = verdict(meeting, window, waiting);
    ++rounds_[number];
  }
  const std::int32_t decided = decided_[number];
  for (std::size_t k = meeting.begin; k < meeting.end; ++k) {
    member(leaving_[k]).effort = not_held;
    followed(leaving_[k], meeting.gate) = rounds_[number];
    if (decided != stays) waiting.leave_gate(at_gate(meeting, k, window), static_cast<std::uint32_t>(decided));
  }
}

std::int32_t Gates::verdict(const Meeting& meeting, std::size_t window, WaitingCustomers& waiting) {
  const Rule& rule = rules_[accounts_.segment(meeting.account)][meeting.gate];
  const std::size_t exits = rule.yes.size();
  chances_.clear();
  voices_.clear();
  bool all = rule.asks_all;
  if (!all) {
    // Where the roles that are asked are empty in this account, everybody is.
    const auto is_asked = [&](std::uint32_t customer) { return rule.voices[accounts_.persona_of(customer)] > 0.0f; };
    all = std::none_of(leaving_.begin() + static_cast<std::ptrdiff_t>(meeting.begin),
                       leaving_.begin() + static_cast<std::ptrdiff_t>(meeting.end), is_asked);
  }
  for (std::size_t k = meeting.begin; k < meeting.end; ++k) {
    const WaitingCustomers::AtGate who = at_gate(meeting, k, window);
    if (!all && !(rule.voices[who.persona] > 0.0f)) continue;
    const Member& visit = member(who.customer);
    float before = 0.0f;
    for (const float sum : waiting.shares_at_gate(who, visit.effort, visit.solved != 0)) {
      chances_.push_back(sum - before);
      before = sum;
    }
    voices_.push_back(rule.voices[who.persona]);
  }
  const behaviour::Wishes wishes{chances_, voices_, exits};
  result_.resize(exits);
  room_.resize(voices_.size() + 1);
  double stay = 0.0;
  switch (rule.rule) {
    case GateRule::weighted:
      stay = behaviour::mean_wishes(wishes, behaviour::Mean::weighed, result_);
      break;
    case GateRule::majority:
      stay = behaviour::share_verdict(behaviour::majority_yes(wishes, rule.yes, room_), wishes, rule.yes, result_);
      break;
    case GateRule::unanimous:
    case GateRule::veto:
      stay = behaviour::share_verdict(behaviour::unanimous_yes(wishes, rule.yes), wishes, rule.yes, result_);
      break;
  }
  const Words words = streams_.draw(meeting.account, Purpose::gate, static_cast<std::uint32_t>(window),
                                    static_cast<std::uint32_t>(meeting.gate));
  return behaviour::decide(result_, stay, uniform(words[0], words[1]));
}

}  // namespace sojourn
