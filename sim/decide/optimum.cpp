#include "sojourn/decide/optimum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "choice_space.hpp"
#include "many_plans.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/multiple_comparisons.hpp"

namespace sojourn {
namespace {

/// Rounds that `indifference` may add, each with twice the replications.
constexpr std::size_t extra_rounds = 3;
/// Choices that reach full precision by their rank, and points of the frontier.
constexpr std::size_t most_finalists = 16, most_frontier = 12;
/// Choices whose neighbours are tried where there are too many to try all.
constexpr std::size_t width_of_search = 8;
/// People of the smallest round.
constexpr double fewest_people = 2000.0;
/// Samples in which two choices must differ by more than a price before a round of few people tells them apart: where a
/// choice changed nobody there, that says little of what it changes among all.
constexpr std::size_t fewest_changed = 10;
/// Replications of a coupled model below which an interval is too wide to drop anything by.
constexpr std::uint32_t fewest_replications = 4;

/// How precisely a round simulates.
struct Precision {
  std::uint64_t customers = 0;
  std::uint32_t replications = 0;
  double share = 1.0;  // of the work of full precision
};

/// What a round found.
struct Round {
  Precision precision;
  double error = 0.0;  // that may be made in it
  std::size_t choices = 0;
  GoalValues baseline;
  std::map<std::size_t, GoalValues> goal;  // [choice]
  std::map<std::size_t, Choice> described;
  std::map<std::size_t, std::vector<double>> paid_by_quarter;  // per visit; see ChoiceSpace::by_quarter
};

/// Differences of samples that are defined for both.
std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isnan(a[i] - b[i])) result.push_back(a[i] - b[i]);
  }
  return result;
}

/// How many of `values` differ from the one that most of them share. Equal outcomes at different prices differ by rounding.
std::size_t unlike_most(const std::vector<double>& values) {
  double largest = 0.0;
  for (const double value : values) largest = std::max(largest, std::fabs(value));
  return shared_value(values, 1e-9 * (1.0 + largest)).unlike;
}

/// What `a` gains over `b`. Where samples agree and nothing is known of what is unseen, they are taken at their word.
Estimate gain_over(const GoalValues& a, const GoalValues& b, double error = 0.05) {
  Estimate e = difference(a, b, error);
  if (std::isnan(e.low) && e.samples > 1) e.low = e.high = e.mean;
  return e;
}

class Search {
 public:
  Search(Model model, const OptimizeOptions& how, const RunOptions& options)
      : model_(std::move(model)), how_(how), options_(options), space_(model_, how.limits) {
    optimum_.goal = how.goal;
    optimum_.budget = how.limits.total;
    optimum_.confidence = 1.0 - error_of_all;
  }

  Optimum find() {
    std::vector<Basket> all = space_.all(how_.most_tried + 1);
    optimum_.counted = all.size() <= how_.most_tried;
    optimum_.possible = all.size();
    plan_rounds(all.size());
    if (optimum_.counted) {
      baskets_ = std::move(all);
      simulate(0, every());
    } else {
      search_by_neighbours();
    }
    optimum_.tried = baskets_.size();
    // What may be run in full: all of few, else a quarter of what was tried.
    const std::size_t quota = precisions_.size() == 1 ? baskets_.size() : std::max<std::size_t>(2, baskets_.size() / 4);
    const std::size_t finalists = std::min(most_finalists, std::max<std::size_t>(1, quota / 2));
    std::vector<std::size_t> alive = every();
    for (std::size_t r = 0; r + 1 < precisions_.size(); ++r) {
      if (r > 0) simulate(r, alive);
      const auto fair = static_cast<double>(baskets_.size()) * precisions_[0].share / precisions_[r + 1].share;
      const std::size_t most =
          r + 2 == precisions_.size() ? finalists : std::max(finalists, static_cast<std::size_t>(std::ceil(fair)));
      alive = survivors(r, alive, most);
    }
    const std::size_t full = precisions_.size() - 1;
    if (full > 0) {
      for (const std::size_t c : promising(std::min(most_frontier, quota - std::min(quota, finalists)))) {
        if (std::find(alive.begin(), alive.end(), c) == alive.end()) alive.push_back(c);
      }
      simulate(full, alive);
    }
    optimum_.in_full = alive.size();
    const std::vector<std::size_t> in_full = alive;
    alive = survivors(full, alive, alive.size());
    std::size_t best = best_of_affordable(full, in_full);
    for (std::size_t extra = 0; extra < extra_rounds && how_.indifference > 0.0; ++extra) {
      const std::vector<std::size_t> open = rivals(best, how_.indifference);
      if (open.empty()) break;
      Precision next = rounds_.back().precision;
      next.replications *= 2;
      next.share *= 2.0;
      precisions_.push_back(next);
      std::vector<std::size_t> again{best};
      for (const std::size_t c : open) {
        if (rounds_[full].goal.contains(c)) again.push_back(c);
      }
      if (again.size() < 2) break;
      simulate(precisions_.size() - 1, again);
      const std::vector<std::size_t> left = survivors(rounds_.size() - 1, again, again.size());
      best = dear_.contains(best) ? best_of_affordable(full, in_full) : best_of(rounds_.size() - 1, left);
    }
    conclude(best, in_full);
    return std::move(optimum_);
  }

 private:
  [[nodiscard]] std::vector<std::size_t> every() const {
    std::vector<std::size_t> all(baskets_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }

  [[nodiscard]] GoalValues values(const PlanSamples& plan) const {
    return how_.team ? values_of(*how_.team, plan) : values_of(how_.goal, plan);
  }

  void plan_rounds(std::size_t choices) {
    const Settings& settings = model_.parts().settings;
    const Precision full{settings.customers, settings.replications, 1.0};
    if (choices > how_.all_in_full) {
      if (model_.coupled()) {
        // Fewer people would be another market, so only replications can be saved.
        const std::uint32_t fewer = full.replications / 4;
        if (fewer >= fewest_replications)
          precisions_.push_back(
              {full.customers, fewer, static_cast<double>(fewer) / static_cast<double>(full.replications)});
      } else {
        const double people = static_cast<double>(full.customers) * static_cast<double>(full.replications);
        for (const double share : {1.0 / 64.0, 1.0 / 16.0, 1.0 / 4.0}) {
          const double fewer = std::max(fewest_people, std::floor(people * share));
          const bool more = precisions_.empty() || fewer > 1.5 * static_cast<double>(precisions_.back().customers);
          if (fewer <= 0.5 * people && more) precisions_.push_back({static_cast<std::uint64_t>(fewer), 1, fewer / people});
        }
      }
    }
    precisions_.push_back(full);
    work_ = static_cast<double>(std::min(choices, how_.most_tried)) * precisions_[0].share *
            static_cast<double>(precisions_.size());
    error_per_round_ = error_of_all / static_cast<double>(precisions_.size() + (how_.indifference > 0.0 ? extra_rounds : 0));
  }

  /// Simulates `choices` in round `r`, or adds them to it.
  void simulate(std::size_t r, const std::vector<std::size_t>& choices) {
    if (rounds_.size() <= r) {
      rounds_.resize(r + 1);
      rounds_[r].precision = precisions_[r];
      rounds_[r].error = error_per_round_;
      optimum_.rounds.push_back({precisions_[r].customers, precisions_[r].replications, 0, 0, 0});
    }
    Round& round = rounds_[r];
    const bool in_full = round.precision.share >= 1.0;
    ModelParts parts = space_.parts();
    parts.settings.market = model_.people_per_customer() * static_cast<double>(model_.parts().settings.customers);
    parts.settings.customers = round.precision.customers;
    parts.settings.replications = round.precision.replications;
    std::vector<Plan> plans{{"nothing", "nothing", {}}};
    for (const std::size_t c : choices) plans.push_back(space_.plan(baskets_[c]));
    RunOptions part = options_;
    const double work = static_cast<double>(plans.size()) * round.precision.share;
    work_ = std::max(work_, done_ + work);
    part.progress = [&](double share) {
      if (options_.progress) options_.progress(std::min(1.0, (done_ + share * work) / work_));
    };
    std::vector<Sums> nothing;
    optimum_.events += each_plan(parts, plans, part, [&](std::size_t k, const Samples& samples) {
      const std::vector<Sums>& all = samples.plans.front().all;
      if (k == 0) {
        nothing = all;
        round.baseline = values(samples.plans.front());
        if (in_full && optimum_.samples.plans.empty()) optimum_.samples = samples;
        return;
      }
      const std::size_t c = choices[k - 1];
      GoalValues found = values(samples.plans.front());
      Choice choice;
      choice.full = in_full;
      for (const std::uint32_t variant : baskets_[c]) choice.bought.push_back(space_.variants()[variant].purchase);
      choice.fixed_cost = space_.fixed_cost(baskets_[c]);
      choice.investment = estimate(samples, 0, *find_metric("investment"));
      choice.gain = gain_over(found, round.baseline);
      if (in_full) {
        for (const Metric& metric : metrics()) choice.differences.push_back(difference(all, nothing, metric));
      }
      if (choice.bought.empty()) {  // the baseline itself: whoever may come, nothing about that is uncertain
        choice.gain.low = choice.gain.high = choice.gain.mean;
        for (Estimate& none : choice.differences) none.low = none.high = nan;
      }
      round.paid_by_quarter[c] = space_.by_quarter(samples.window_ends, samples.plans.front().visit_price);
      round.described[c] = std::move(choice);
      round.goal[c] = std::move(found);
    });
    done_ += work;
    round.choices = round.goal.size();
    optimum_.rounds[r].choices = round.choices;
  }

  /// What choice `c` gains, of all people pooled.
  [[nodiscard]] double mean(std::size_t r, std::size_t c) const {
    const double gain = rounds_[r].described.at(c).gain.mean;
    return std::isnan(gain) ? -infinity : gain;
  }
  /// By goal; where it is the same, what costs less.
  [[nodiscard]] bool better(std::size_t r, std::size_t a, std::size_t b) const {
    const double x = mean(r, a), y = mean(r, b);
    if (x != y) return x > y;
    return space_.fixed_cost(baskets_[a]) < space_.fixed_cost(baskets_[b]);
  }
  [[nodiscard]] std::size_t best_of(std::size_t r, const std::vector<std::size_t>& choices) const {
    return *std::min_element(choices.begin(), choices.end(), [&](std::size_t a, std::size_t b) { return better(r, a, b); });
  }
  [[nodiscard]] std::size_t best_of_affordable(std::size_t r, std::vector<std::size_t> choices) const {
    std::erase_if(choices, [&](std::size_t c) { return dear_.contains(c); });
    if (choices.empty()) {
      throw InputError("no choice is within the budget once visits are paid for", "allow more money, or lower per_visit", {},
                       ErrorCode::budget_too_small);
    }
    return best_of(r, choices);
  }
  /// What choice `a` may be off against `b` in round `r`, with the round's error for all comparisons with the best together.
  /// NaN where the round cannot tell.
  [[nodiscard]] double margin(std::size_t r, std::size_t a, std::size_t b) const {
    const Round& round = rounds_[r];
    const auto comparisons = static_cast<double>(std::max<std::size_t>(2, round.choices) - 1);
    const GoalValues &here = round.goal.at(a), &there = round.goal.at(b);
    if (round.precision.share < 1.0 && !model_.coupled() &&
        unlike_most(differences(here.samples, there.samples)) < fewest_changed)
      return nan;
    // A one-sided bound.
    const Estimate apart = gain_over(here, there, 2.0 * round.error / comparisons);
    return apart.high - apart.mean;
  }

  /// Of `choices`, simulated in round `r`, those that may be the best; at most `most`. What visits cost is seen here: until
  /// the last round a choice stays while it may be within the limits, then only if it is, with 97.5 %.
  std::vector<std::size_t> survivors(std::size_t r, std::vector<std::size_t> choices, std::size_t most) {
    const bool last = rounds_[r].precision.share >= 1.0;
    std::erase_if(choices, [&](std::size_t c) {
      if (!space_.paid_by_visit(baskets_[c])) return false;
      const Estimate& investment = rounds_[r].described.at(c).investment;
      const double end = std::isnan(investment.low) ? investment.mean : last ? investment.high : investment.low;
      if (space_.allowed(baskets_[c], std::max(0.0, end - space_.fixed_cost(baskets_[c])), rounds_[r].paid_by_quarter.at(c)))
        return false;
      dear_.insert(c);
      return true;
    });
    optimum_.over_budget = dear_.size();
    if (choices.empty()) return choices;
    std::sort(choices.begin(), choices.end(), [&](std::size_t a, std::size_t b) { return better(r, a, b); });
    const std::size_t leader = choices.front();
    std::erase_if(choices, [&](std::size_t c) {
      if (c == leader || !(mean(r, leader) - mean(r, c) > margin(r, leader, c))) return false;
      beaten_.insert(c);
      ++optimum_.rounds[r].beaten;
      return true;
    });
    if (choices.size() > most) {
      optimum_.rounds[r].set_aside = choices.size() - most;
      choices.resize(most);
    }
    return choices;
  }

  /// By how much choice `c` may be better than `best`, from every round that saw both and can tell; NaN where none can.
  [[nodiscard]] double may_be_better(std::size_t c, std::size_t best) const {
    double least = nan;
    for (std::size_t r = 0; r < rounds_.size(); ++r) {
      if (!rounds_[r].goal.contains(c) || !rounds_[r].goal.contains(best)) continue;
      least = std::fmin(least, mean(r, c) - mean(r, best) + margin(r, best, c));
    }
    return least;
  }
  [[nodiscard]] bool out(std::size_t c) const { return beaten_.contains(c) || dear_.contains(c); }
  [[nodiscard]] std::vector<std::size_t> rivals(std::size_t best, double by) const {
    std::vector<std::size_t> found;
    for (std::size_t c = 0; c < baskets_.size(); ++c) {
      if (c != best && !out(c) && !(may_be_better(c, best) <= by)) found.push_back(c);
    }
    return found;
  }

  /// What it costs in round `r`, visits and all.
  [[nodiscard]] double cost(std::size_t r, std::size_t c) const { return rounds_[r].described.at(c).investment.mean; }

  /// The best for each of `levels` budgets from the least that can be spent to the most, by the first round, without what is
  /// too dear.
  [[nodiscard]] std::vector<std::size_t> promising(std::size_t levels) const {
    double least = infinity, dearest = 0.0;
    for (const std::size_t c : every()) {
      if (dear_.contains(c)) continue;
      least = std::min(least, cost(0, c));
      dearest = std::max(dearest, cost(0, c));
    }
    std::vector<std::size_t> found;
    for (std::size_t k = 0; k < levels; ++k) {
      const double share = levels > 1 ? static_cast<double>(k) / static_cast<double>(levels - 1) : 1.0;
      const double budget = least + share * (dearest - least);
      std::optional<std::size_t> best;
      for (const std::size_t c : every()) {
        if (dear_.contains(c) || cost(0, c) > budget * (1.0 + 1e-9)) continue;
        if (!best || better(0, c, *best)) best = c;
      }
      if (best && std::find(found.begin(), found.end(), *best) == found.end()) found.push_back(*best);
    }
    return found;
  }

  /// From what must be bought to what is better among the neighbours and among budgets filled by value for money, while
  /// there is something better.
  void search_by_neighbours() {
    std::map<Basket, std::size_t> known;
    const auto add = [&](const std::vector<Basket>& candidates) {
      std::vector<std::size_t> fresh;
      for (const Basket& candidate : candidates) {
        if (baskets_.size() >= how_.most_tried || known.contains(candidate)) continue;
        known[candidate] = baskets_.size();
        fresh.push_back(baskets_.size());
        baskets_.push_back(candidate);
      }
      if (!fresh.empty()) simulate(0, fresh);
    };
    add({space_.least()});
    std::set<std::size_t> looked_around;
    for (;;) {
      // The best few, as the first round's luck may have put the very best second.
      std::vector<std::size_t> leaders = every();
      const std::size_t count = std::min(width_of_search, leaders.size());
      const auto end = leaders.begin() + static_cast<std::ptrdiff_t>(count);
      std::partial_sort(leaders.begin(), end, leaders.end(), [&](std::size_t a, std::size_t b) { return better(0, a, b); });
      const auto next = std::find_if(leaders.begin(), end, [&](std::size_t c) { return !looked_around.contains(c); });
      if (next == end) return;
      looked_around.insert(*next);
      add(space_.neighbours(baskets_[*next]));
      add(fillings(baskets_[*next], known));
    }
  }

  /// Budgets filled by what each variant adds to `basket`, where that was simulated, else to what must be bought; each with
  /// one variant chosen beforehand, or left out. Values are guesses where to look: what is found is simulated.
  [[nodiscard]] std::vector<Basket> fillings(const Basket& basket, const std::map<Basket, std::size_t>& known) const {
    const auto value = [&](const Basket& of) {
      const auto found = known.find(of);
      return found == known.end() ? nan : mean(0, found->second);
    };
    const auto with = [](Basket of, std::uint32_t variant) {
      of.insert(std::lower_bound(of.begin(), of.end(), variant), variant);
      return of;
    };
    const Basket least = space_.least();
    std::vector<double> values;
    for (std::uint32_t k = 0; k < space_.variants().size(); ++k) {
      Basket without = basket;
      std::erase(without, k);
      const double here =
          without.size() < basket.size() ? value(basket) - value(without) : value(with(basket, k)) - value(basket);
      const double first = value(with(least, k)) - value(least);
      values.push_back(!std::isnan(here) ? here : std::isnan(first) ? 0.0 : first);
    }
    std::vector<Basket> found{space_.filled({}, values)};
    for (std::uint32_t k = 0; k < values.size(); ++k) {
      if (!(values[k] > 0.0)) continue;
      std::vector<double> others = values;
      others[k] = 0.0;
      found.push_back(space_.filled({}, others));
      if (space_.allowed({k})) found.push_back(space_.filled({k}, values));
    }
    std::erase_if(found, [&](const Basket& each) { return !space_.allowed(each); });
    return found;
  }

  /// The last round that saw a choice which was simulated in full.
  [[nodiscard]] std::size_t latest(std::size_t c) const {
    std::size_t last = 0;
    for (std::size_t r = 0; r < rounds_.size(); ++r) {
      if (rounds_[r].goal.contains(c)) last = r;
    }
    return last;
  }

  void conclude(std::size_t best, const std::vector<std::size_t>& in_full) {
    std::vector<std::size_t> order;
    for (const std::size_t c : in_full) {
      if (!dear_.contains(c)) order.push_back(c);
    }
    const auto gain = [&](std::size_t c) { return mean(latest(c), c); };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (a == best || b == best) return a == best && b != best;
      return gain(a) > gain(b);
    });
    for (const std::size_t c : order) optimum_.finalists.push_back(rounds_[latest(c)].described.at(c));
    // The best of several looks better than it is, so that what is said of it holds for all of them together.
    const Round& last = rounds_[latest(best)];
    optimum_.gain = gain_over(last.goal.at(best), last.baseline, error_of_all / static_cast<double>(order.size()));
    optimum_.lead = {nan, nan, nan, nan, 0};
    if (order.size() > 1) {
      const std::size_t r = std::min(latest(order[0]), latest(order[1]));
      optimum_.lead = gain_over(rounds_[r].goal.at(order[0]), rounds_[r].goal.at(order[1]),
                                error_of_all / static_cast<double>(order.size() - 1));
    }
    for (std::size_t c = 0; c < baskets_.size(); ++c) {
      if (c == best || out(c)) continue;
      const double bound = may_be_better(c, best);
      if (std::isnan(bound)) {
        ++optimum_.unjudged;
        continue;
      }
      if (bound > 0.0) ++optimum_.rivals;
      optimum_.at_most_missed = std::max(optimum_.at_most_missed, bound);
    }
    if (optimum_.unjudged > 0 && std::isnan(optimum_.gain.low)) optimum_.at_most_missed = nan;

    const auto spent = [&](std::size_t c) { return cost(latest(c), c); };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return spent(a) < spent(b); });
    std::vector<std::size_t> frontier;
    for (const std::size_t c : order) {
      if (!frontier.empty() && !(gain(c) > gain(frontier.back()))) continue;
      if (!frontier.empty() && spent(c) <= spent(frontier.back())) frontier.pop_back();
      frontier.push_back(c);
    }
    for (const std::size_t c : frontier) optimum_.frontier.push_back(rounds_[latest(c)].described.at(c));
    add_interplay(best);
  }

  void add_interplay(std::size_t best) {
    if (baskets_[best].size() < 2) return;
    const Round& first = rounds_.front();
    const std::vector<double>& nothing = first.baseline.samples;
    std::vector<double> beyond = first.goal.at(best).samples;
    for (std::size_t i = 0; i < beyond.size(); ++i) beyond[i] -= nothing[i];
    double point = first.described.at(best).gain.mean;
    for (const std::uint32_t part : baskets_[best]) {
      const auto alone = std::find(baskets_.begin(), baskets_.end(), Basket{part});
      if (alone == baskets_.end()) return;
      const auto c = static_cast<std::size_t>(alone - baskets_.begin());
      for (std::size_t i = 0; i < beyond.size(); ++i) beyond[i] -= first.goal.at(c).samples[i] - nothing[i];
      point -= first.described.at(c).gain.mean;
    }
    optimum_.interplay = cautious_interval(point, beyond, 0.05, either(first.goal.at(best).unseen, first.baseline.unseen));
  }

  Model model_;
  const OptimizeOptions& how_;
  const RunOptions& options_;
  ChoiceSpace space_;
  std::vector<Precision> precisions_;
  double error_per_round_ = error_of_all;
  double work_ = 1.0, done_ = 0.0;
  std::vector<Basket> baskets_;
  std::vector<Round> rounds_;
  std::set<std::size_t> beaten_, dear_;
  Optimum optimum_;
};

}  // namespace

bool buys_just(const Plan& plan, const std::vector<Purchase>& bought) {
  if (!plan.rules.empty() || plan.improvements.size() != bought.size()) return false;
  return std::all_of(bought.begin(), bought.end(), [&](const Purchase& one) {
    const auto at = std::find(plan.improvements.begin(), plan.improvements.end(), one.improvement);
    return at != plan.improvements.end() &&
           plan.level(static_cast<std::size_t>(at - plan.improvements.begin())) == one.level;
  });
}

Optimum optimize(const Model& model, const OptimizeOptions& how, const RunOptions& options) {
  for (const GoalTerm& term : how.goal) require_mechanism(metrics()[term.metric], model.parts());
  // What is chosen is bought for good: no plan of the scenario and no rule takes part.
  ModelParts parts = model.parts();
  parts.plans.resize(1);
  parts.rules.clear();
  return Search(Model(std::move(parts)), how, options).find();
}

}  // namespace sojourn
