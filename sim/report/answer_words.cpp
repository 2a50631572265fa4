#include "sojourn/report/answer_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sojourn/base/number_text.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"

namespace sojourn::answer_words {
namespace {

/// What is said of a figure of which more is better.
struct Claim {
  const char* most;      // of a plan shown to be the best of several: "keeps most customers"
  const char* more;      // of a plan shown to be better than the baseline: "keeps more customers"
  const char* less;      // of a plan shown to be worse: "keeps fewer customers"
  const char* all_less;  // of several: "keep fewer customers"
  const char* as_many;   // of those that may equal the best: "may keep as many"
  const char* shown;     // of no plan that is: "keep more customers"
  const char* same;      // of a plan that changes nothing, of several in `all_same`
  const char* all_same;
  std::string of_what;  // what a difference is of
};

Claim claim_of(std::string_view metric, const std::string& currency) {
  if (metric == "npv") {
    return {"is worth most",
            "pays",
            "loses money",
            "lose money",
            "may be worth as much",
            "pay",
            "is worth as much as the baseline",
            "are worth as much as the baseline",
            " " + currency + " of net present value"};
  }
  if (metric == "retained") {
    return {"keeps most customers",
            "keeps more customers",
            "keeps fewer customers",
            "keep fewer customers",
            "may keep as many",
            "keep more customers",
            "keeps as many customers as the baseline",
            "keep as many customers as the baseline",
            " of all who arrived"};
  }
  if (metric == "retention") {
    return {"keeps most of its buyers",
            "keeps more of its buyers",
            "keeps fewer of its buyers",
            "keep fewer of their buyers",
            "may keep as many",
            "keep more of its buyers",
            "keeps as many of its buyers as the baseline",
            "keep as many of their buyers as the baseline",
            " of all who were customers"};
  }
  if (metric == "nps") {
    return {"is recommended most",
            "is recommended more",
            "is recommended less",
            "are recommended less",
            "may be recommended as much",
            "be recommended more",
            "is recommended as much as the baseline",
            "are recommended as much as the baseline",
            " points of net promoter score"};
  }
  return {"earns most per person",
          "earns more per person",
          "earns less per person",
          "earn less per person",
          "may earn as much",
          "earn more per person",
          "earns as much per person as the baseline",
          "earn as much per person as the baseline",
          " " + currency + " of lifetime value"};
}

Claim claim_of_goal(const Samples& samples, const Comparison& comparison) {
  const std::vector<GoalTerm>& terms = comparison.goal.terms;
  if (plain(terms)) return claim_of(metrics()[terms.front().metric].name, samples.currency);
  return {"reaches the goal best",
          "does better by the goal",
          "does worse by the goal",
          "do worse by the goal",
          "may do as well",
          "do better by the goal",
          "does as well by the goal as the baseline",
          "do as well by the goal as the baseline",
          " of the goal (" + goal(comparison) + ")"};
}

/// How differences of the goal are written: as its figure is, or as an amount.
const Metric& unit_of_goal(const Comparison& comparison) {
  return plain(comparison.goal.terms) ? metrics()[comparison.goal.terms.front().metric] : *find_metric("npv");
}

/// Names in a sentence; of many, the first two and how many others there are.
std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3;
  if (names.size() > most) return fmt::format("{}, {} and {} others", names[0], names[1], names.size() - 2);
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

/// Where no plan is above the baseline as far as seen: what is shown is said of each, apart from what is open.
std::string none_better(const Samples& samples, const Comparison& comparison, const std::vector<Difference>& gains,
                        const Metric& unit, const Claim& claim) {
  std::vector<std::string> worse, open, same;
  std::size_t first_worse = 0;
  for (std::size_t k = 1; k < gains.size(); ++k) {
    const Verdict found = verdict(gains[k]);
    if (found == Verdict::worse && worse.empty()) first_worse = k;
    (found == Verdict::worse ? worse : found == Verdict::same ? same : open).push_back(comparison.plans[k].name);
  }
  const std::size_t plans = gains.size() - 1;
  if (same.size() == plans) {
    // Money that nobody was seen to move may be moved by people whom nobody met.
    double most = 0.0;
    for (std::size_t k = 1; k < gains.size(); ++k) most = std::fmax(most, gains[k].high);
    const std::string size = format::difference(unit, most, samples.currency);
    const bool within = format::kind(unit) == format::Kind::money && size.starts_with('+');
    return fmt::format("{} {}{}.", plans == 1 ? same.front() : "Each plan", claim.same,
                       within ? fmt::format(", to within {}{} (95 %)", size.substr(1), claim.of_what) : "");
  }
  if (worse.size() == plans && plans == 1) {
    return fmt::format("{} {}: {}{} (95 %: {}).", worse.front(), claim.less,
                       format::difference(unit, gains[first_worse], samples.currency), claim.of_what,
                       format::interval(unit, gains[first_worse], samples.currency));
  }
  if (worse.size() == plans) return fmt::format("No plan {}: each {}.", claim.more, claim.less);
  std::string text = worse.empty() && open.size() == plans
                         ? fmt::format("No plan is shown to {}; the intervals leave it open.", claim.shown)
                         : fmt::format("No plan is shown to {}:", claim.shown);
  if (text.back() == '.') return text;
  std::string parts;
  const auto add = [&](const std::vector<std::string>& names, const std::string& what) {
    if (!names.empty()) parts += fmt::format("{} {} {}", parts.empty() ? "" : ";", list(names), what);
  };
  add(worse, worse.size() == 1 ? claim.less : claim.all_less);
  add(open, open.size() == 1 ? "is open" : "are open");
  add(same, same.size() == 1 ? claim.same : claim.all_same);
  return text + parts + ".";
}

std::string sentence(const Samples& samples, const Comparison& comparison, const std::vector<Difference>& gains,
                     const Lead& lead, const Metric& unit, const Claim& claim) {
  if (lead.leader == 0) return none_better(samples, comparison, gains, unit, claim);
  const Difference& e = gains[lead.leader];
  const std::string &name = comparison.plans[lead.leader].name,
                    size = format::difference(unit, e, samples.currency) + claim.of_what;
  const std::size_t others = gains.size() - 1;
  std::vector<std::string> worse;
  for (std::size_t k = 1; k < gains.size(); ++k) {
    if (verdict(gains[k]) == Verdict::worse) worse.push_back(comparison.plans[k].name);
  }
  if (lead.over_baseline != Verdict::better) {
    const std::string losers =
        worse.empty() ? "" : fmt::format(" {} {}.", list(worse), worse.size() == 1 ? claim.less : claim.all_less);
    if (std::isnan(e.low)) {
      return fmt::format("No plan is shown to {}: {} leads by {}, without an interval, so this may be chance.{}",
                         claim.shown, name, size, losers);
    }
    return fmt::format("No plan is shown to {}: {} leads by {} (95 %: {}), which may be {}; {}.{}", claim.shown, name, size,
                       format::interval(unit, e, samples.currency),
                       e.thin()      ? "the luck of a few people"
                       : e.sd == 0.0 ? "undone by people so rare that none was simulated"
                       : e.clear()   ? "chance, as several plans were compared"
                                     : "chance",
                       caution_words::to_tell(samples, lead.times_to_tell), losers);
  }
  const std::string with_interval = fmt::format("{} (95 %: {})", size, format::interval(unit, e, samples.currency));
  if (!lead.rivals.empty()) {
    std::vector<std::string> twins, names;
    bool open = false;  // whether more people would tell some of them
    for (const std::size_t rival : lead.rivals) {
      const auto among = [&](const std::vector<std::size_t>& some) {
        return std::find(some.begin(), some.end(), rival) != some.end();
      };
      (among(lead.twins) ? twins : names).push_back(comparison.plans[rival].name);
      open = open || !among(lead.equal);
    }
    const bool most = names.empty() && others > twins.size() + 1;  // of all but those who do the same
    std::string text = fmt::format("{} {}: {}", name, most ? claim.most : claim.more, with_interval);
    if (!twins.empty()) {
      text += fmt::format(
          "; {} {}", list(twins),
          twins.size() == 1 ? "has the same effects: either will do" : "have the same effects: any of them will do");
    }
    if (!names.empty()) text += fmt::format("; {} {}", list(names), claim.as_many);
    if (open) text += ": " + caution_words::to_tell(samples, lead.times_to_tell);
    return text + ".";
  }
  std::string text = fmt::format("{} {}: {}", name, others > 1 ? claim.most : claim.more, with_interval);
  if (lead.second != 0) {
    text += fmt::format(", {} ahead of {}", format::difference(unit, lead.ahead, samples.currency),
                        comparison.plans[lead.second].name);
  }
  if (others > 1 && lead.chance <= 0.995) {
    text += fmt::format("; best of all with a chance of {}", comparison_words::chance(lead.chance));
  }
  return text + ".";
}

/// A queue under all plans.
struct Waits {
  std::size_t touchpoint = 0;
  double most = 0.0;               // days that all customers simulated wait less or more under some plan
  std::vector<std::size_t> plans;  // that are shown to change the mean wait
};

/// The queue where plans are shown to change waits most; without plans where they change none. Shown is what holds for all
/// plans and queues together (Bonferroni).
Waits most_changed_waits(const Samples& samples) {
  const TouchMetric& wait = *find_touch_metric("wait_days");
  const std::vector<PlanSamples>& plans = samples.plans;
  const double tests = static_cast<double>((plans.size() - 1) * plans.front().queues.size());
  Waits found;
  for (const QueueFigures& queue : plans.front().queues) {
    const std::vector<TouchSums>& baseline = plans.front().touch[queue.touchpoint];
    Waits here{queue.touchpoint, 0.0, {}};
    for (std::size_t k = 1; k < plans.size(); ++k) {
      const Difference change = tested(difference(plans[k].touch[queue.touchpoint], baseline, wait));
      if (!(change.p * tests < 0.05) || change.thin()) continue;
      here.plans.push_back(k);
      here.most = std::max(here.most, std::fabs(change.mean) * pooled(baseline).visits);
    }
    if (here.most > found.most) found = here;
  }
  return found;
}

std::string sentence(const Samples& samples, const Waits& waits) {
  const TouchMetric& wait = *find_touch_metric("wait_days");
  const auto under = [&](std::size_t plan) {
    return format::wait(estimate(samples, plan, waits.touchpoint, wait).mean) + " under " +
           (plan == 0 ? "the baseline" : samples.plans[plan].name);
  };
  constexpr std::size_t most = 4;
  std::string text = fmt::format("Mean wait at {}: {}", samples.touchpoint_names[waits.touchpoint], under(0));
  for (std::size_t i = 0; i < std::min(most, waits.plans.size()); ++i) text += ", " + under(waits.plans[i]);
  return text + ".";
}

}  // namespace

std::string goal(const std::vector<GoalWeight>& goal) {
  std::string text;
  for (const GoalWeight& one : goal) {
    text += text.empty() ? "" : " + ";
    if (one.weight != 1.0) text += (one.weight >= 1e4 ? grouped(one.weight) : fmt::format("{:g}", one.weight)) + " x ";
    text += one.figure;
  }
  return text;
}

std::string goal(const std::vector<GoalTerm>& goal) {
  if (goal.size() == 1 && std::fabs(goal.front().weight) == 1.0) return std::string(metrics()[goal.front().metric].label);
  std::vector<GoalWeight> weights;
  for (const GoalTerm& term : goal) weights.push_back({std::string(metrics()[term.metric].name), term.weight});
  return answer_words::goal(weights);
}

std::string goal(const Comparison& comparison) { return format::in_sentence(goal(comparison.goal.terms)); }

std::string spends(const OverBudget& over, const std::string& currency, std::string_view how) {
  return fmt::format("spends {} in {}{}, of a budget of {}", format::money(over.spent, currency), over.quarter, how,
                     format::money(over.budget, currency));
}

std::vector<std::string> sentences(const Samples& samples, const Comparison& comparison) {
  const Answer found = answer(comparison);
  std::vector<std::string> result{sentence(samples, comparison, comparison.goal.gains, found.goal, unit_of_goal(comparison),
                                           claim_of_goal(samples, comparison))};
  const auto about = [&](std::string_view name, const Lead& lead) {
    std::vector<Difference> gains;
    for (const PlanComparison& plan : comparison.plans) gains.push_back(plan.differences[metric_position(name)]);
    result.push_back(sentence(samples, comparison, gains, lead, *find_metric(name), claim_of(name, samples.currency)));
  };
  /// Whoever leads beyond the scenario's budget is no choice as it stands.
  const auto dear = [&](std::size_t leader) {
    if (leader == 0 || !samples.plans[leader].over_budget) return;
    result.back() += fmt::format(" But it {}.", spends(*samples.plans[leader].over_budget, samples.currency));
  };
  dear(found.goal.leader);
  const bool plain_goal = plain(comparison.goal.terms);
  const std::string_view decides = plain_goal ? metrics()[comparison.goal.terms.front().metric].name : "";
  if (found.money && decides != "npv") {
    about("npv", found.worth);
    if (found.worth.leader != found.goal.leader) dear(found.worth.leader);
  } else if (decides != "retained") {
    about("retained", found.kept);
    if (found.kept.leader != found.goal.leader) dear(found.kept.leader);
  }
  if (const Waits waits = most_changed_waits(samples); !waits.plans.empty()) result.push_back(sentence(samples, waits));
  return result;
}

std::string_view worth(Verdict verdict) {
  constexpr std::string_view words[] = {"pays", "loses", "open", "no change"};
  return words[static_cast<std::size_t>(verdict)];
}

std::string_view kept(Verdict verdict) {
  constexpr std::string_view words[] = {"more", "fewer", "open", "no change"};
  return words[static_cast<std::size_t>(verdict)];
}

std::string_view of_goal(Verdict verdict) {
  constexpr std::string_view words[] = {"better", "worse", "open", "no change"};
  return words[static_cast<std::size_t>(verdict)];
}

std::string gain(const Samples& samples, const Comparison& comparison, std::size_t plan) {
  return format::difference(unit_of_goal(comparison), comparison.goal.gains[plan], samples.currency);
}

std::string gain_interval(const Samples& samples, const Comparison& comparison, std::size_t plan) {
  const Difference& e = comparison.goal.gains[plan];
  return std::isnan(e.low) ? "" : format::interval(unit_of_goal(comparison), e, samples.currency);
}

}  // namespace sojourn::answer_words
