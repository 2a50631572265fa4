#include "sojourn/decide/silos.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "choice_space.hpp"
#include "many_plans.hpp"
#include "sojourn/base/error.hpp"

namespace sojourn {
namespace {

/// Budgets of the teams with a goal, in their order.
void share_out(std::vector<TeamChoice>& teams, const BudgetLimits& limits) {
  double left = limits.total;
  std::size_t without = 0;
  for (TeamChoice& team : teams) {
    const auto own =
        std::find_if(limits.teams.begin(), limits.teams.end(), [&](const auto& limit) { return limit.first == team.team; });
    team.budget = own == limits.teams.end() ? -1.0 : own->second;
    if (own == limits.teams.end()) {
      ++without;
    } else {
      left -= own->second;
    }
  }
  if (left < 0.0)
    throw InputError("the teams' budgets are more than the budget", "raise --budget, or lower those of --team");
  for (TeamChoice& team : teams) {
    if (team.budget < 0.0) team.budget = left / static_cast<double>(without);
  }
}

/// Everything bought, in the order of the model.
std::vector<Purchase> all_bought(const std::vector<TeamChoice>& teams) {
  std::vector<Purchase> all;
  for (const TeamChoice& team : teams) all.insert(all.end(), team.bought.begin(), team.bought.end());
  std::sort(all.begin(), all.end(), [](const Purchase& a, const Purchase& b) { return a.improvement < b.improvement; });
  return all;
}

Plan plan_of(const std::string& id, const std::vector<Purchase>& bought) {
  Plan plan{id, id, {}};
  for (const Purchase& purchase : bought) {
    plan.improvements.push_back(purchase.improvement);
    plan.levels.push_back(purchase.level);
  }
  return plan;
}

/// What was simulated of one plan on the luck of judgement.
struct Judged {
  GoalValues company;
  std::vector<GoalValues> teams;
  Estimate investment;
};

}  // namespace

Silos compare_silos(const Model& model, const OptimizeOptions& how, const RunOptions& options) {
  const ModelParts& parts = model.parts();
  Silos silos;
  silos.goal = how.goal;
  silos.budget = how.limits.total;
  std::vector<TeamGoal> goals;
  for (std::size_t t = 0; t < parts.teams.size(); ++t) {
    if (parts.teams[t].goal.empty()) continue;
    goals.push_back(goal_of(parts, TeamId(t)));
    silos.teams.emplace_back();
    silos.teams.back().team = TeamId(t);
  }
  if (silos.teams.empty()) throw InputError("no team has a goal of its own", "give a [[team]] one: goal = \"satisfaction\"");
  if (!how.limits.must.empty())
    throw InputError("--must and --silos do not go together", "leave --must out: each team chooses for itself");
  if (parts.budget.per_quarter)
    throw InputError("a budget of quarters cannot be split between teams", "leave [budget] out of the scenario, or --silos");
  share_out(silos.teams, how.limits);

  std::vector<std::vector<std::size_t>> owners;
  for (std::size_t i = 0; i < parts.improvements.size(); ++i) {
    owners.push_back(teams_of(parts, parts.improvements[i].change));
    if (owners.back().size() > 1) silos.between.emplace_back(i);
  }
  // Every team's search is as long as that of the company at most, and judging is short.
  const auto searches = static_cast<double>(silos.teams.size()) + 1.0;
  double begun = 0.0;
  const auto part_of_work = [&] {
    RunOptions part = options;
    part.progress = [&options, begun, searches](double share) {
      if (options.progress) options.progress((begun + share) / (searches + 0.1));
    };
    begun += 1.0;
    return part;
  };
  for (std::size_t k = 0; k < silos.teams.size(); ++k) {
    TeamChoice& team = silos.teams[k];
    OptimizeOptions own = how;
    own.team = goals[k];
    own.limits = {team.budget, {}, {}, how.limits.never};
    for (std::size_t i = 0; i < owners.size(); ++i) {
      const bool its_own = owners[i].size() == 1 && owners[i].front() == team.team.index();
      if (!its_own) own.limits.never.emplace_back(i);
      const bool never =
          std::find(how.limits.never.begin(), how.limits.never.end(), ImprovementId(i)) != how.limits.never.end();
      team.for_sale += its_own && !never ? 1 : 0;
    }
    const RunOptions part = part_of_work();
    if (team.for_sale == 0) continue;
    const Optimum best = optimize(model, own, part);
    silos.events += best.events;
    // A team buys what seems best to it, as it would: what chance may have made is no reason to return the money.
    team.bought = best.finalists.front().bought;
    team.expected = best.gain;
  }
  silos.together = all_bought(silos.teams);
  OptimizeOptions common = how;
  common.limits.teams.clear();
  const Optimum best = optimize(model, common, part_of_work());
  silos.events += best.events;
  silos.common = best.finalists.front().bought;

  ModelParts judged_parts = parts;
  judged_parts.settings.seed = parts.settings.seed + 1;
  const std::vector<Plan> plans{plan_of("baseline", {}), plan_of("silos", silos.together), plan_of("common", silos.common)};
  std::vector<Judged> judged;
  RunOptions part = options;
  part.progress = [&](double share) {
    if (options.progress) options.progress((begun + 0.1 * share) / (searches + 0.1));
  };
  silos.events += each_plan(judged_parts, plans, part, [&](std::size_t k, const Samples& samples) {
    Judged found;
    const PlanSamples& plan = samples.plans.front();
    found.company = values_of(how.goal, plan);
    for (const TeamGoal& goal : goals) found.teams.push_back(values_of(goal, plan));
    found.investment = estimate(samples, 0, *find_metric("investment"));
    judged.push_back(std::move(found));
    if (k == 0) silos.samples = samples;
  });
  silos.gain_together = difference(judged[1].company, judged[0].company);
  silos.gain_common = difference(judged[2].company, judged[0].company);
  silos.cost = difference(judged[2].company, judged[1].company);
  silos.investment_together = judged[1].investment;
  silos.investment_common = judged[2].investment;
  for (std::size_t k = 0; k < silos.teams.size(); ++k) {
    silos.teams[k].in_silos = difference(judged[1].teams[k], judged[0].teams[k]);
    silos.teams[k].in_common = difference(judged[2].teams[k], judged[0].teams[k]);
  }
  return silos;
}

}  // namespace sojourn
