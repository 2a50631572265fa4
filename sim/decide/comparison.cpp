#include "sojourn/decide/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "sojourn/behaviour/money.hpp"
#include "sojourn/decide/multiple_comparisons.hpp"

namespace sojourn {
namespace {

/// Return on investment of one sample, or of pooled ones.
double roi(const Sums& plan, const Sums& baseline) {
  const Metric& npv = *find_metric("npv");
  const double worth = (plan.worth_visit_price * plan.people_per_customer + plan.worth_investment) / plan.replications;
  return worth > 0.0 ? (npv.value(plan) - npv.value(baseline)) / worth : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> pairing(const Samples& samples, const std::vector<PlanComparison>& plans) {
  std::vector<double> ratios;
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    double independent = 0.0, paired = 0.0;
    for (std::size_t k = 1; k < samples.plans.size(); ++k) {
      const double base = plans[0].metrics[m].sd, plan = plans[k].metrics[m].sd, both = plans[k].differences[m].sd;
      if (std::isnan(base + plan + both)) continue;
      independent += base * base + plan * plan;
      paired += both * both;
    }
    ratios.push_back(paired > 0.0 ? independent / paired : std::numeric_limits<double>::quiet_NaN());
  }
  return ratios;
}

double extra_customers(const Sums& plan, const Sums& baseline) {
  const auto of_market = [](const Sums& s) { return s.customers * s.people_per_customer / s.replications; };
  return of_market(plan) - of_market(baseline);
}

/// A figure of a plan and the baseline, pooled and sample by sample.
template <class S, class Figure>
Difference effect(const std::vector<S>& plan, const std::vector<S>& baseline, const Figure& figure) {
  S plan_sum, baseline_sum;
  std::vector<double> values;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    values.push_back(figure(plan[i], baseline[i]));
    plan_sum += plan[i];
    baseline_sum += baseline[i];
  }
  return tested(cautious_interval(figure(plan_sum, baseline_sum), values));
}

Estimate cost_per_extra_customer(const std::vector<Sums>& plan, const std::vector<Sums>& baseline) {
  const Metric& investment = *find_metric("investment");
  std::vector<double> costs, customers;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    costs.push_back(investment.value(plan[i]));
    customers.push_back(extra_customers(plan[i], baseline[i]));
  }
  const Sums all = pooled(plan);
  // What costs no investment, only pay of servers say, has no price in investment.
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (!(investment.value(all) > 0.0)) return {nan, nan, nan, nan, 0};
  return ratio(investment.value(all), costs, extra_customers(all, pooled(baseline)), customers);
}

/// The day of payback, and the earliest and the latest that the intervals of the balance allow.
void find_payback(PlanComparison& result, const Samples& samples, std::size_t number) {
  const PlanSamples &plan = samples.plans[number], &baseline = samples.plans.front();
  const Metric& npv = *find_metric("npv");
  const auto balance = [&](const std::vector<double>& cash, const std::vector<double>& before, double worth) {
    return discounted_balance(cash, before, samples.window_ends, samples.discount, worth);
  };
  result.balance = balance(plan.cash, baseline.cash, npv.value(pooled(plan.all)) - npv.value(pooled(baseline.all)));
  if (!(result.investment.mean > 0.0)) return;
  result.payback_days = payback(result.balance, samples.window_ends);
  std::vector<double> paid;
  double sum = 0.0;
  for (std::size_t w = 0; w < samples.window_ends.size(); ++w) paid.push_back(sum += plan.cash[w] - baseline.cash[w]);
  result.payback_undiscounted = payback(paid, samples.window_ends);
  const std::size_t count = plan.cash_of.size();
  if (count < 2) return;
  std::vector<std::vector<double>> balances;
  for (std::size_t i = 0; i < count; ++i) {
    balances.push_back(balance(plan.cash_of[i], baseline.cash_of[i], npv.value(plan.all[i]) - npv.value(baseline.all[i])));
  }
  std::vector<double> low, high, here(count);
  for (std::size_t w = 0; w < samples.window_ends.size(); ++w) {
    for (std::size_t i = 0; i < count; ++i) here[i] = balances[i][w];
    const Estimate at = interval(result.balance[w], here);
    low.push_back(at.low);
    high.push_back(at.high);
  }
  result.payback_earliest = payback(high, samples.window_ends);
  result.payback_latest = payback(low, samples.window_ends);
}

/// Parts of two differences by persona.
void split_by_persona(PlanComparison& result, const Samples& samples, std::size_t number) {
  const PlanSamples &plan = samples.plans[number], &baseline = samples.plans.front();
  // What a part is of, in each sample: everybody who arrived, or one market.
  const std::vector<Sums>& all = baseline.all;
  const auto part = [&](const std::vector<Sums>& of_plan, const std::vector<Sums>& of_baseline, const auto& of,
                        const Unseen& not_seen = {}) {
    std::vector<double> values;
    for (std::size_t i = 0; i < all.size(); ++i) values.push_back(of(of_plan[i], all[i]) - of(of_baseline[i], all[i]));
    const Sums whole = pooled(all);
    return tested(cautious_interval(of(pooled(of_plan), whole) - of(pooled(of_baseline), whole), values, 0.05, not_seen));
  };
  const auto not_seen = [&](Group group) { return unseen(samples, number, 0, *find_metric("npv"), group); };
  const auto retained = [](const Sums& s, const Sums& whole) { return s.customers / whole.arrived; };
  const auto of_market = [](double amount, const Sums& whole) {
    return amount * whole.people_per_customer / whole.replications;
  };
  const auto revenue = [&](const Sums& s, const Sums& whole) { return of_market(s.worth_revenue, whole); };
  const auto cost = [&](const Sums& s, const Sums& whole) { return of_market(-s.worth_cost, whole); };
  const auto money = [&](const Sums& s, const Sums& whole) { return revenue(s, whole) + cost(s, whole); };
  const auto investment = [&](const Sums& s, const Sums& whole) {
    return of_market(-s.worth_visit_price, whole) - s.worth_investment / whole.replications;
  };
  const auto staff = [](const Sums& s, const Sums& whole) { return -s.worth_staff_cost / whole.replications; };
  // Chance has no part in what is paid whatever happens: one replication tells it exactly.
  const auto fixed_part = [&](Contribution contribution) {
    if (!std::isnan(contribution.change.low)) return contribution;
    const double paid = contribution.change.mean;
    static_cast<Estimate&>(contribution.change) = {paid, paid, paid, 0.0, all.size()};
    contribution.change.p = paid == 0.0 ? 1.0 : 0.0;
    return contribution;
  };
  for (std::size_t p = 0; p < samples.personas.size(); ++p) {
    const auto &now = plan.by_persona[p], &before = baseline.by_persona[p];
    Changed kept = changed_by(samples, number, *find_metric("retained"), {Group::persona, p});
    if (kept.people > 0.0) kept.people = pooled(all).arrived;
    result.retained_by_persona.push_back({samples.personas[p], samples.persona_names[p],
                                          share_difference(part(now, before, retained), kept, people_in(samples))});
    result.npv_by_persona.push_back(
        {samples.personas[p], samples.persona_names[p], part(now, before, money, not_seen({Group::persona, p}))});
  }
  const bool by_visit = plan.all.front().worth_visit_price != 0.0 || all.front().worth_visit_price != 0.0;
  Contribution invested{"investment", "Investment", part(plan.all, all, investment, by_visit ? not_seen({}) : Unseen{})};
  if (!by_visit) invested = fixed_part(invested);
  const bool paid = plan.all.front().worth_staff_cost != 0.0 || all.front().worth_staff_cost != 0.0;
  const Contribution servers = fixed_part({"staff", "Servers of pools", part(plan.all, all, staff)});
  result.npv_by_kind = {
      {"revenue", "Revenue", part(plan.all, all, revenue, not_seen({}))},
      {"cost_to_serve", paid ? "Cost of visits and stays" : "Cost to serve", part(plan.all, all, cost, not_seen({}))}};
  for (std::vector<Contribution>* parts_of : {&result.npv_by_persona, &result.npv_by_kind}) {
    if (paid) parts_of->push_back(servers);
    parts_of->push_back(invested);
  }
}

/// Parts of the difference of `retained` by the stage that people were lost at, or not.
void split_by_stage(PlanComparison& result, const Samples& samples, const PlanSamples& plan, const PlanSamples& baseline) {
  const std::vector<Sums>& all = baseline.all;
  if (samples.touchpoint_stages.empty() || plan.touch.size() != samples.touchpoint_stages.size()) return;
  for (std::size_t stage = 0; stage < stage_names.size(); ++stage) {
    std::vector<TouchSums> now(all.size()), before(all.size());
    bool there = false;
    for (std::size_t v = 0; v < plan.touch.size(); ++v) {
      if (static_cast<std::size_t>(samples.touchpoint_stages[v]) != stage) continue;
      there = true;
      for (std::size_t i = 0; i < all.size(); ++i) {
        now[i] += plan.touch[v][i];
        before[i] += baseline.touch[v][i];
        // Of everybody, not of each touchpoint in turn.
        now[i].arrived = before[i].arrived = all[i].arrived;
      }
    }
    if (!there) continue;
    result.retained_by_stage.push_back(
        {std::string(stage_names[stage]), "Left at " + std::string(stage_names[stage]),
         effect(now, before, [](const TouchSums& a, const TouchSums& b) { return (b.gone - a.gone) / b.arrived; })});
  }
  result.retained_by_stage.push_back(
      {"undecided", "Still undecided",
       effect(plan.all, all, [](const Sums& a, const Sums& b) { return (b.prospects - a.prospects) / b.arrived; })});
}

/// ChangeCounts of one group in one sample.
struct ChangeCounts {
  double people = 0.0;
  double outcome[3] = {}, satisfaction[3] = {}, overall[3] = {};

  void add(const PairedOutcomes& outcomes, std::size_t persona) {
    for (std::size_t o = 0; o < customer_change_count; ++o) {
      for (std::size_t f = 0; f < satisfaction_change_count; ++f) {
        const auto which = static_cast<CustomerChange>(o);
        const auto n = static_cast<double>(outcomes.people(persona, which, static_cast<SatisfactionChange>(f)));
        const std::size_t by_outcome = which == CustomerChange::gained ? 0 : which == CustomerChange::given_up ? 2 : 1;
        people += n;
        outcome[by_outcome] += n;
        satisfaction[f] += n;
        overall[by_outcome == 1 ? f : by_outcome] += n;
      }
    }
  }
};

using Triple = double (ChangeCounts::*)[3];

BetterOrWorse better_or_worse(const std::vector<ChangeCounts>& samples, Triple which, People how) {
  Estimate shares[3];
  for (std::size_t k = 0; k < 3; ++k) {
    double sum = 0.0, people = 0.0;
    std::vector<double> values;
    for (const ChangeCounts& counts : samples) {
      sum += (counts.*which)[k];
      people += counts.people;
      values.push_back(counts.people > 0.0 ? (counts.*which)[k] / counts.people : std::numeric_limits<double>::quiet_NaN());
    }
    shares[k] = share_estimate(sum, people, values, how);
  }
  return {shares[0], shares[1], shares[2]};
}

std::vector<WinnersAndLosers> winners_and_losers_of(const Samples& samples, const PlanSamples& plan) {
  std::vector<WinnersAndLosers> result;
  const std::size_t personas = samples.personas.size();
  const auto group = [&](std::string id, std::string name, std::size_t begin, std::size_t end) {
    std::vector<ChangeCounts> counts(plan.paired_outcomes.size());
    WinnersAndLosers of;
    of.id = std::move(id);
    of.name = std::move(name);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      for (std::size_t p = begin; p < end; ++p) counts[i].add(plan.paired_outcomes[i], p);
      of.people += counts[i].people;
    }
    of.outcome = better_or_worse(counts, &ChangeCounts::outcome, people_in(samples));
    of.satisfaction = better_or_worse(counts, &ChangeCounts::satisfaction, people_in(samples));
    of.overall = better_or_worse(counts, &ChangeCounts::overall, people_in(samples));
    result.push_back(std::move(of));
  };
  if (plan.paired_outcomes.empty()) return result;
  group("all", "All", 0, personas);
  if (!(result.front().people > 0.0)) return {};
  for (std::size_t p = 0; p < personas; ++p) group(samples.personas[p], samples.persona_names[p], p, p + 1);
  return result;
}

/// People of one persona in one sample: members of a tier, how many of them had left without the plan before they reach it,
/// who of them are customers at the horizon under the plan and without it; and all people, and those who are customers.
struct MemberCounts {
  double members = 0.0, followed = 0.0, kept = 0.0, kept_of_followed = 0.0, without = 0.0, people = 0.0, all_kept = 0.0;

  MemberCounts& operator+=(const MemberCounts& other) {
    for (double MemberCounts::*each :
         {&MemberCounts::members, &MemberCounts::followed, &MemberCounts::kept, &MemberCounts::kept_of_followed,
          &MemberCounts::without, &MemberCounts::people, &MemberCounts::all_kept})
      this->*each += other.*each;
    return *this;
  }
};

/// [persona]
using MembersByPersona = std::vector<MemberCounts>;

MembersByPersona members_of(const PairedOutcomes& outcomes, std::size_t tier) {
  MembersByPersona personas(outcomes.personas());
  for (std::size_t p = 0; p < personas.size(); ++p) {
    MemberCounts& counts = personas[p];
    for (std::size_t a = 0; a < end_standing_count; ++a) {
      const auto after = static_cast<EndStanding>(a);
      const bool customer = after == EndStanding::customer;
      for (std::size_t b = 0; b < end_standing_count; ++b) {
        const auto people = static_cast<double>(outcomes.people(p, static_cast<EndStanding>(b), after));
        counts.people += people;
        if (customer) counts.all_kept += people;
      }
      for (std::size_t w = 0; w < without_plan_count; ++w) {
        const auto without = static_cast<WithoutPlan>(w);
        const auto members = static_cast<double>(outcomes.people(tier, p, without, after));
        counts.members += members;
        if (customer) counts.kept += members;
        if (without == WithoutPlan::customer) counts.without += members;
        if (without == WithoutPlan::left_before) continue;
        counts.followed += members;
        if (customer) counts.kept_of_followed += members;
      }
    }
  }
  return personas;
}

/// What a tier's members come to.
struct MemberShares {
  double members, kept, others, lift, left_before;
};

/// Who reaches a tier has not left before. Of the same people without the plan only those are followed who had not left by
/// then, either (the landmark method: Anderson, Cain & Gelber 1983), and compared with themselves under the plan: both have
/// the same time to go. Persona by persona, each weighing as it does among the members.
MemberShares shares_of(const MembersByPersona& personas) {
  const auto share = [](double part, double whole) {
    return whole > 0.0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
  };
  MemberCounts all;
  double lift = 0.0, weight = 0.0;
  for (const MemberCounts& one : personas) {
    all += one;
    if (!(one.followed > 0.0)) continue;
    lift += one.members * (one.kept_of_followed - one.without) / one.followed;
    weight += one.members;
  }
  return {share(all.members, all.people), share(all.kept, all.members),
          share(all.all_kept - all.kept, all.people - all.members), share(lift, weight),
          share(all.members - all.followed, all.members)};
}

std::vector<TierEffect> tier_effects(const Samples& samples, const PlanSamples& plan) {
  std::vector<TierEffect> result;
  for (std::size_t tier = 0; tier < samples.tiers.size(); ++tier) {
    std::vector<MemberShares> shares;
    MembersByPersona all(samples.personas.size());
    for (const PairedOutcomes& outcomes : plan.paired_outcomes) {
      const MembersByPersona counts = members_of(outcomes, tier);
      shares.push_back(shares_of(counts));
      for (std::size_t p = 0; p < counts.size(); ++p) all[p] += counts[p];
    }
    const MemberShares pooled_shares = shares_of(all);
    if (!(pooled_shares.members > 0.0)) continue;
    const auto figure = [&](auto of) {
      std::vector<double> values;
      for (const MemberShares& each : shares) values.push_back(of(each));
      return cautious_interval(of(pooled_shares), values);
    };
    TierEffect effect;
    effect.from = samples.tiers[tier];
    effect.members = figure([](const MemberShares& s) { return s.members; });
    effect.kept = figure([](const MemberShares& s) { return s.kept; });
    effect.others = figure([](const MemberShares& s) { return s.others; });
    effect.without = figure([](const MemberShares& s) { return s.kept - s.lift; });
    effect.apart = figure([](const MemberShares& s) { return s.kept - s.others; });
    effect.lift = figure([](const MemberShares& s) { return s.lift; });
    effect.selection = figure([](const MemberShares& s) { return s.kept - s.lift - s.others; });
    effect.left_before = figure([](const MemberShares& s) { return s.left_before; });
    result.push_back(effect);
  }
  return result;
}

/// Tests a family together.
void hold(const std::vector<Difference*>& family) {
  std::vector<double> p;
  for (const Difference* each : family) p.push_back(each->p);
  const std::vector<double> adjusted = holm(p);
  for (std::size_t k = 0; k < family.size(); ++k) family[k]->p_holm = adjusted[k];
}

/// Tests every figure of every plan; a family is one figure under all plans.
void hold_figures(std::vector<PlanComparison>& plans) {
  const auto each = [&](std::size_t count, const auto& at) {
    for (std::size_t i = 0; i < count; ++i) {
      at(plans.front(), i).p = at(plans.front(), i).p_holm = 1.0;
      std::vector<Difference*> family;
      for (std::size_t k = 1; k < plans.size(); ++k) family.push_back(&at(plans[k], i));
      hold(family);
    }
  };
  const PlanComparison& any = plans.front();
  each(any.differences.size(), [](PlanComparison& c, std::size_t i) -> Difference& { return c.differences[i]; });
  each(any.personas.size(), [](PlanComparison& c, std::size_t i) -> Difference& { return c.personas[i].retained; });
  each(any.personas.size(), [](PlanComparison& c, std::size_t i) -> Difference& { return c.personas[i].nps; });
  each(any.personas.size(), [](PlanComparison& c, std::size_t i) -> Difference& { return c.personas[i].clv; });
  each(any.segments.size(), [](PlanComparison& c, std::size_t i) -> Difference& { return c.segments[i].conversion; });
  each(any.segments.size(), [](PlanComparison& c, std::size_t i) -> Difference& { return c.segments[i].retention; });
  for (const auto parts : {&PlanComparison::retained_by_persona, &PlanComparison::retained_by_stage,
                           &PlanComparison::npv_by_persona, &PlanComparison::npv_by_kind}) {
    each((any.*parts).size(), [parts](PlanComparison& c, std::size_t i) -> Difference& { return (c.*parts)[i].change; });
  }
}

Difference opposite(Difference d) {
  d.mean = -d.mean;
  std::swap(d.low, d.high);
  d.low = -d.low;
  d.high = -d.high;
  d.p_holm = d.p;
  return d;
}

/// Every pair of plans in a figure, tested together, and how likely each plan is the best. `gain` gives the tested
/// difference of a plan to the baseline, `lead` that of one plan to another, `value` the figure of a sample.
struct Best {
  std::vector<Rivalry> pairs;
  std::vector<double> chances;
};
template <class Gain, class Lead, class Value>
Best find_best(const Samples& samples, const Gain& gain, const Lead& lead, const Value& value) {
  Best result;
  std::vector<double> points, not_seen(samples.plans.size(), 0.0);
  std::vector<std::vector<double>> values;
  for (std::size_t a = 0; a < samples.plans.size(); ++a) {
    points.push_back(value(pooled(samples.plans[a].all)));
    values.emplace_back();
    for (const Sums& sample : samples.plans[a].all) values.back().push_back(value(sample));
    for (std::size_t b = a + 1; b < samples.plans.size(); ++b) {
      // Who is changed is counted against the baseline alone.
      result.pairs.push_back({0, a, b, a == 0 ? opposite(gain(b)) : tested(lead(a, b))});
      const Difference& pair = result.pairs.back().lead;
      if (a == 0 && pair.sd == 0.0 && !std::isnan(pair.low)) not_seen[b] = 0.5 * (pair.high - pair.low);
    }
  }
  std::vector<Difference*> family;
  for (Rivalry& pair : result.pairs) family.push_back(&pair.lead);
  hold(family);
  result.chances = chance_of_best(points, values, not_seen);
  return result;
}

/// Who is best in a headline metric.
void find_best(const Samples& samples, std::size_t m, Comparison& comparison) {
  const Metric& metric = metrics()[m];
  Best best = find_best(
      samples, [&](std::size_t b) { return comparison.plans[b].differences[m]; },
      [&](std::size_t a, std::size_t b) {
        return difference(samples.plans[a].all, samples.plans[b].all, metric, unseen(samples, a, b, metric));
      },
      [&](const Sums& sums) { return metric.value(sums); });
  for (Rivalry& pair : best.pairs) {
    pair.metric = m;
    comparison.rivalries.push_back(pair);
  }
  comparison.best.push_back({m, best.chances});
}

/// Who is best in the scenario's goal.
void find_best_of_goal(const Samples& samples, Comparison& comparison) {
  GoalComparison& goal = comparison.goal;
  goal.terms = goal_of(samples);
  const auto value = [&](const Sums& sums) { return value_of(goal.terms, sums); };
  const auto lead = [&](std::size_t a, std::size_t b) {
    const std::vector<Sums>&one = samples.plans[a].all, &other = samples.plans[b].all;
    if (plain(goal.terms)) {
      const Metric& metric = metrics()[goal.terms.front().metric];
      return difference(one, other, metric, unseen(samples, a, b, metric));
    }
    std::vector<double> values;
    for (std::size_t i = 0; i < one.size(); ++i) values.push_back(value(one[i]) - value(other[i]));
    const Unseen not_seen = samples.rules.empty() ? either(unseen(goal.terms, one), unseen(goal.terms, other)) : Unseen{};
    return cautious_interval(value(pooled(one)) - value(pooled(other)), values, 0.05, not_seen);
  };
  for (std::size_t k = 0; k < samples.plans.size(); ++k) {
    // A goal of one figure has the interval and the test that this figure has.
    goal.gains.push_back(plain(goal.terms) ? comparison.plans[k].differences[goal.terms.front().metric]
                                           : tested(lead(k, 0)));
  }
  goal.gains.front().p = goal.gains.front().p_holm = 1.0;
  if (!plain(goal.terms)) {
    std::vector<Difference*> family;
    for (std::size_t k = 1; k < goal.gains.size(); ++k) family.push_back(&goal.gains[k]);
    hold(family);
  }
  Best best = find_best(
      samples, [&](std::size_t b) { return goal.gains[b]; }, lead, value);
  goal.pairs = std::move(best.pairs);
  goal.chances = std::move(best.chances);
}

}  // namespace

Comparison compare(const Samples& samples) {
  const PlanSamples& baseline = samples.plans.front();
  const Metric &retained = *find_metric("retained"), &nps = *find_metric("nps"), &clv = *find_metric("clv"),
               &investment = *find_metric("investment");
  Comparison comparison;
  for (std::size_t k = 0; k < samples.plans.size(); ++k) {
    const PlanSamples& plan = samples.plans[k];
    PlanComparison result;
    result.id = plan.id;
    result.name = plan.name;
    for (const Metric& metric : metrics()) {
      result.metrics.push_back(estimate(samples, k, metric));
      result.differences.push_back(difference(samples, k, metric));
    }
    result.investment = estimate(samples, k, investment);
    const Sums all = pooled(plan.all);
    result.staff_cost = ratio(all.staff_cost, all.replications);
    result.roi = effect(plan.all, baseline.all, [](const Sums& a, const Sums& b) { return roi(a, b); });
    find_payback(result, samples, k);
    result.extra_customers = extra_customers(pooled(plan.all), pooled(baseline.all));
    result.cost_per_extra_customer = cost_per_extra_customer(plan.all, baseline.all);
    for (std::size_t p = 0; p < samples.personas.size(); ++p) {
      const auto change = [&](const Metric& metric) { return difference(samples, k, metric, {Group::persona, p}); };
      result.personas.push_back({samples.personas[p], samples.persona_names[p], change(retained), change(nps), change(clv)});
    }
    for (std::size_t s = 0; s < samples.segments.size(); ++s) {
      const auto change = [&](std::string_view metric) {
        return difference(samples, k, *find_metric(metric), {Group::segment, s});
      };
      result.segments.push_back(
          {samples.segments[s], samples.segment_names[s], change("account_conversion"), change("account_retention")});
    }
    split_by_persona(result, samples, k);
    split_by_stage(result, samples, plan, baseline);
    result.winners_and_losers = winners_and_losers_of(samples, plan);
    result.tiers = tier_effects(samples, plan);
    comparison.plans.push_back(std::move(result));
  }
  hold_figures(comparison.plans);
  comparison.pairing = pairing(samples, comparison.plans);
  for (const std::string_view name : headline_metrics) {
    find_best(samples, metric_position(name), comparison);
  }
  find_best_of_goal(samples, comparison);
  return comparison;
}

std::vector<double> discounted_balance(const std::vector<double>& cash, const std::vector<double>& baseline,
                                       const std::vector<double>& window_ends, double discount, double npv) {
  std::vector<double> balance;
  const double rho = behaviour::force_of_interest(discount);
  double sum = 0.0, begin = 0.0;
  for (std::size_t w = 0; w < cash.size(); ++w) {
    const double middle = 0.5 * (begin + window_ends[w]);
    begin = window_ends[w];
    balance.push_back(sum += (cash[w] - baseline[w]) * behaviour::present_value(rho, middle));
  }
  if (!balance.empty()) balance.back() = npv;
  return balance;
}

std::optional<double> payback(const std::vector<double>& balance, const std::vector<double>& window_ends) {
  double most = 0.0;
  std::optional<double> since;
  for (std::size_t w = 0; w < balance.size(); ++w) {
    most = std::max(most, std::fabs(balance[w]));
    // What is paid back to the cent is paid back, whatever rounding says.
    if (balance[w] < -1e-12 * most) {
      since.reset();
    } else if (!since) {
      since = window_ends[w];
    }
  }
  return since;
}

}  // namespace sojourn
