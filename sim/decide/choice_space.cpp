#include "choice_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "sojourn/model/budget.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/outcomes/collect.hpp"

namespace sojourn {
namespace {

bool contains(const std::vector<ImprovementId>& list, std::size_t improvement) {
  return std::find(list.begin(), list.end(), ImprovementId(improvement)) != list.end();
}

}  // namespace

std::vector<std::size_t> teams_of(const ModelParts& parts, const Change& change) {
  std::set<std::size_t> teams;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (!parts.touchpoints[v].team.valid()) continue;
    for (std::size_t p = 0; p < parts.personas.size(); ++p) {
      if (matches(parts, change.target, TouchpointId(v), PersonaId(p))) teams.insert(parts.touchpoints[v].team.index());
    }
  }
  return {teams.begin(), teams.end()};
}

ChoiceSpace::ChoiceSpace(const Model& model, const BudgetLimits& limits)
    : limits_(limits), parts_(model.parts()), per_quarter_(parts_.budget.per_quarter) {
  if (per_quarter_) quarters_ = quarters(parts_.settings);
  parts_.budget = {};  // `allowed` sees to it, also with what visits cost
  const ModelParts& given = model.parts();
  if (given.improvements.empty()) {
    throw InputError("there is nothing to buy: the scenario has no improvement",
                     "add an [[improvement]] with a target, an effect and a cost");
  }
  for (const ImprovementId id : limits.must) {
    if (contains(limits.never, id.index())) {
      throw InputError(fmt::format("\"{}\" must be bought and may never be", given.improvements[id.index()].change.id),
                       "leave it out of one of the two", {}, ErrorCode::contradicting_needs);
    }
  }
  of_improvement_.resize(given.improvements.size());
  for (std::size_t i = 0; i < given.improvements.size(); ++i) {
    must_.push_back(contains(limits.must, i));
    std::vector<double> levels = given.improvements[i].levels;
    if (levels.empty()) levels.push_back(1.0);
    std::sort(levels.begin(), levels.end());
    for (const double level : levels) {
      const Improvement& bought = given.improvements[i];
      if (!contains(limits.never, i)) of_improvement_[i].push_back(static_cast<std::uint32_t>(variants_.size()));
      variants_.push_back({{ImprovementId(i), level},
                           0.0,
                           spending_by_quarter(bought, level, parts_.settings, quarters_),
                           bought.price.per_visit > 0.0,
                           teams_of(given, bought.change)});
    }
  }
  parts_.plans.resize(1);
  // A results file or the words of a model do not matter here; one program a variant says what it costs whatever happens.
  ModelParts priced = parts_;
  for (std::uint32_t k = 0; k < variants_.size(); ++k) priced.plans.push_back(plan({k}));
  const Model prices(std::move(priced));
  for (std::size_t k = 0; k < variants_.size(); ++k)
    variants_[k].fixed_cost = fixed_investment(Program(apply(prices, PlanId(k + 1)))).total;
  if (!allowed(least())) {
    throw InputError(
        fmt::format(
            "what must be bought costs at least {:.0f}, and the budget of the company, of a quarter or of a team does not "
            "allow it",
            fixed_cost(least())),
        "allow more money, or leave out what must be bought", {}, ErrorCode::budget_too_small);
  }
}

Plan ChoiceSpace::plan(const Basket& basket) const {
  Plan plan{"choice", "choice", {}};
  for (const std::uint32_t k : basket) {
    plan.id += fmt::format("-{}", k);
    plan.improvements.push_back(variants_[k].purchase.improvement);
    plan.levels.push_back(variants_[k].purchase.level);
  }
  return plan;
}

double ChoiceSpace::fixed_cost(const Basket& basket) const {
  double cost = 0.0;
  for (const std::uint32_t k : basket) cost += variants_[k].fixed_cost;
  return cost;
}

bool ChoiceSpace::paid_by_visit(const Basket& basket) const {
  return std::any_of(basket.begin(), basket.end(), [&](std::uint32_t k) { return variants_[k].paid_by_visit; });
}

std::vector<double> ChoiceSpace::by_quarter(const std::vector<double>& window_ends,
                                            const std::vector<double>& windows) const {
  return per_quarter_ ? sojourn::by_quarter(window_ends, windows, quarters_) : std::vector<double>();
}

bool ChoiceSpace::allowed(const Basket& basket, double by_visit, std::span<const double> profile) const {
  if (!within_budget(fixed_cost(basket) + by_visit, limits_.total)) return false;
  if (per_quarter_) {
    const double of_profile = std::accumulate(profile.begin(), profile.end(), 0.0);
    for (std::size_t q = 0; q < quarters_.size(); ++q) {
      double spent = of_profile > 0.0 ? by_visit * profile[q] / of_profile : 0.0;
      for (const std::uint32_t k : basket) spent += variants_[k].by_quarter[q];
      if (!within_budget(spent, *per_quarter_)) return false;
    }
  }
  return std::all_of(limits_.teams.begin(), limits_.teams.end(), [&](const auto& limit) {
    double spent = 0.0;
    bool visits = false;
    for (const std::uint32_t k : basket) {
      const Variant& variant = variants_[k];
      if (std::find(variant.teams.begin(), variant.teams.end(), limit.first.index()) == variant.teams.end()) continue;
      spent += variant.fixed_cost / static_cast<double>(variant.teams.size());
      visits = visits || variant.paid_by_visit;
    }
    return within_budget(spent + (visits ? by_visit : 0.0), limit.second);
  });
}

bool ChoiceSpace::complete(const Basket& basket) const {
  for (std::size_t i = 0; i < must_.size(); ++i) {
    if (must_[i] && std::none_of(basket.begin(), basket.end(),
                                 [&](std::uint32_t k) { return variants_[k].purchase.improvement.index() == i; }))
      return false;
  }
  return true;
}

std::vector<Basket> ChoiceSpace::all(std::size_t most) const {
  std::vector<Basket> found;
  Basket basket;
  collect(0, basket, most, found);
  return found;
}

void ChoiceSpace::collect(std::size_t improvement, Basket& basket, std::size_t most, std::vector<Basket>& found) const {
  // Prices are at least 0, so what is too dear only becomes dearer.
  if (found.size() >= most || !allowed(basket)) return;
  if (improvement == of_improvement_.size()) {
    found.push_back(basket);
    return;
  }
  if (!must_[improvement]) collect(improvement + 1, basket, most, found);
  for (const std::uint32_t k : of_improvement_[improvement]) {
    basket.push_back(k);
    collect(improvement + 1, basket, most, found);
    basket.pop_back();
  }
}

Basket ChoiceSpace::least() const {
  Basket basket;
  for (std::size_t i = 0; i < must_.size(); ++i) {
    if (must_[i]) basket.push_back(of_improvement_[i].front());
  }
  return basket;
}

Basket ChoiceSpace::filled(const Basket& start, std::span<const double> values) const {
  const auto improvement_of = [&](std::uint32_t k) { return variants_[k].purchase.improvement.index(); };
  Basket basket = start;
  std::vector<bool> there(of_improvement_.size(), false);
  for (const std::uint32_t k : basket) there[improvement_of(k)] = true;
  for (const std::uint32_t k : least()) {
    if (!there[improvement_of(k)]) basket.push_back(k);
    there[improvement_of(k)] = true;
  }
  Basket order;
  for (const std::vector<std::uint32_t>& variants : of_improvement_)
    order.insert(order.end(), variants.begin(), variants.end());
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return values[a] * variants_[b].fixed_cost > values[b] * variants_[a].fixed_cost;
  });
  for (const std::uint32_t k : order) {
    if (!(values[k] > 0.0) || there[improvement_of(k)]) continue;
    basket.push_back(k);
    if (allowed(basket)) {
      there[improvement_of(k)] = true;
    } else {
      basket.pop_back();
    }
  }
  std::sort(basket.begin(), basket.end());
  return basket;
}

std::vector<Basket> ChoiceSpace::neighbours(const Basket& basket) const {
  std::vector<Basket> found;
  const auto without = [&](std::size_t improvement) {
    Basket left;
    for (const std::uint32_t k : basket) {
      if (variants_[k].purchase.improvement.index() != improvement) left.push_back(k);
    }
    return left;
  };
  const auto offer = [&](Basket candidate) {
    std::sort(candidate.begin(), candidate.end());
    if (candidate != basket && complete(candidate) && allowed(candidate)) found.push_back(std::move(candidate));
  };
  for (std::size_t i = 0; i < of_improvement_.size(); ++i) {
    const Basket base = without(i);
    offer(base);
    for (const std::uint32_t k : of_improvement_[i]) {
      Basket with = base;
      with.push_back(k);
      offer(with);
      if (base.size() != basket.size()) continue;  // exchanged for one that is there
      for (const std::uint32_t other : basket) {
        Basket exchanged;
        for (const std::uint32_t kept : with) {
          if (kept != other) exchanged.push_back(kept);
        }
        offer(std::move(exchanged));
      }
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace sojourn
