#include "sojourn/report/caution_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sojourn/base/number_text.hpp"
#include "sojourn/decide/shares.hpp"
#include "sojourn/report/format.hpp"

namespace sojourn::caution_words {
namespace {

/// Beyond so many times the people, telling is out of reach.
constexpr double most_times = 1000.0;

std::vector<std::string> rare_personas(const Samples& samples) {
  std::vector<std::string> sentences;
  for (std::size_t p = 0; p < samples.personas.size(); ++p) {
    const double people = pooled(samples.plans.front().by_persona[p]).arrived;
    if (!(people < few_changed)) continue;
    sentences.push_back(
        fmt::format("{} of persona {} arrived: intervals do not allow for what so few may bring, to the whole neither.",
                    people == 0.0 ? "Nobody" : fmt::format("Only {:.0f} {}", people, people == 1.0 ? "person" : "people"),
                    samples.persona_names[p].empty() ? samples.personas[p] : samples.persona_names[p]));
  }
  return sentences;
}

/// Names in a sentence: "A, B and C".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

/// Servers with too much to do, or nearly nothing: a sentence for each pool and kind of strain, whatever the plans are.
std::vector<std::string> strained_pools(const Samples& samples) {
  constexpr double saturated = 0.98, idle = 0.05;
  std::vector<std::string> sentences;
  const auto unserved = [](const PlanSamples& plan) {
    return std::any_of(plan.queues.begin(), plan.queues.end(),
                       [](const QueueFigures& queue) { return queue.abandonment + queue.turned_away > 0.05; });
  };
  const auto add = [&](std::size_t pool, auto&& strained, const char* what) {
    std::vector<std::string> under;
    double low = 100.0, high = 0.0;
    for (const PlanSamples& plan : samples.plans) {
      if (pool >= plan.utilisation.size() || !strained(plan, plan.utilisation[pool])) continue;
      under.push_back(plan.name);
      low = std::min(low, 100.0 * plan.utilisation[pool]);
      high = std::max(high, 100.0 * plan.utilisation[pool]);
    }
    if (under.empty()) return;
    const bool single = samples.plans.size() == 1, all = under.size() == samples.plans.size();
    const std::string from = fmt::format("{:.1f}", low), to = fmt::format("{:.1f}", std::max(low, high));
    sentences.push_back(fmt::format("The servers of {} work {} % of their time{}: {}", samples.pool_names[pool],
                                    from == to ? from : from + " to " + to,
                                    single ? ""
                                    : all  ? " under every plan"
                                           : " under " + listed(under),
                                    what));
  };
  const std::size_t pools = samples.plans.front().utilisation.size();
  for (std::size_t pool = 0; pool < pools; ++pool) {
    add(
        pool, [&](const PlanSamples&, double busy) { return busy >= saturated; },
        "more comes than they can do, and the wait is what the horizon, patience or room allow.");
    add(
        pool, [&](const PlanSamples& plan, double busy) { return busy < idle && unserved(plan); },
        "people go unserved all the same; do they come while nobody is on duty?");
    add(
        pool, [&](const PlanSamples& plan, double busy) { return busy < idle && !unserved(plan); },
        "they hardly bear on anybody, unless the scenario means other servers or other numbers.");
  }
  return sentences;
}

std::string few(double effective) {
  const double people = std::max(1.0, std::round(effective));
  return fmt::format("about {:.0f}", people);
}

std::string thin_figures(const std::string& list) {
  return "So few people carry these that their intervals cannot be trusted (the effective number in brackets): " + list +
         ". More customers would settle them.";
}

/// Which plan spends more in a quarter than there is.
std::vector<std::string> dear_quarters(const Samples& samples) {
  std::vector<std::string> sentences;
  for (const PlanSamples& plan : samples.plans) {
    if (!plan.over_budget) continue;
    sentences.push_back(fmt::format("{} spends {} in {}, with what is paid per visit; the budget of a quarter is {}.",
                                    plan.name, format::money(plan.over_budget->spent, samples.currency),
                                    plan.over_budget->quarter, format::money(plan.over_budget->budget, samples.currency)));
  }
  return sentences;
}

/// Tiers without a member under any plan.
std::vector<std::string> empty_tiers(const Samples& samples, const Comparison& comparison) {
  std::vector<std::string> sentences;
  if (comparison.plans.size() < 2) return sentences;
  for (const double tier : samples.tiers) {
    const bool reached = std::any_of(comparison.plans.begin(), comparison.plans.end(), [&](const PlanComparison& plan) {
      return std::any_of(plan.tiers.begin(), plan.tiers.end(), [&](const TierEffect& of) { return of.from == tier; });
    });
    if (reached) continue;
    sentences.push_back(fmt::format("Nobody reaches tier {:g} of {} under any plan: of its members nothing can be told.",
                                    tier,
                                    samples.tier_counter_name.empty() ? samples.tier_counter : samples.tier_counter_name));
  }
  return sentences;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::string intervals(const Samples& samples) {
  const std::size_t count = samples.plans.front().all.size();
  if (people_in(samples) == People::coupled) {
    if (count < 2) return "One replication: no intervals, as customers act on one another.";
    return fmt::format("Intervals are 95 % (Student t over {} replications): simulation error, not forecast uncertainty.",
                       count);
  }
  return fmt::format(
      "Intervals are 95 % (of shares exact, from counts of people; else Student t over {} batches of customers): simulation "
      "error, not forecast uncertainty.",
      count);
}

std::vector<std::string> cautions(const Samples& samples) {
  std::vector<std::string> sentences = dear_quarters(samples);
  append(sentences, rare_personas(samples));
  append(sentences, strained_pools(samples));
  std::string list;
  for (const Metric& metric : metrics()) {
    if (!samples.mechanisms.has(metric.needs)) continue;
    const Estimate e = estimate(samples, 0, metric);
    if (e.thin()) list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", metric.label, few(e.effective));
  }
  if (!list.empty()) sentences.push_back(thin_figures(list));
  return sentences;
}

std::vector<std::string> cautions(const Samples& samples, const Comparison& comparison,
                                  std::span<const std::string_view> figures) {
  std::vector<std::string> sentences = dear_quarters(samples);
  append(sentences, rare_personas(samples));
  append(sentences, empty_tiers(samples, comparison));
  append(sentences, strained_pools(samples));
  std::string list;
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    const Metric& metric = metrics()[m];
    if (!samples.mechanisms.has(metric.needs)) continue;
    if (!figures.empty() && std::find(figures.begin(), figures.end(), metric.name) == figures.end()) continue;
    for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
      const Difference& d = comparison.plans[k].differences[m];
      if (!d.thin()) continue;
      list += fmt::format("{}{} under {} ({})", list.empty() ? "" : ", ", metric.label, comparison.plans[k].name,
                          few(d.effective));
    }
  }
  if (!list.empty()) sentences.push_back(thin_figures(list));
  return sentences;
}

namespace {

/// How many customers were simulated or, where they are coupled, how many replications.
double simulated(const Samples& samples) {
  const bool coupled = people_in(samples) == People::coupled;
  return static_cast<double>(samples.replications) * (coupled ? 1.0 : static_cast<double>(samples.customers));
}

}  // namespace

double to_simulate(const Samples& samples, double times) {
  if (!(times < most_times)) return std::numeric_limits<double>::infinity();
  const bool coupled = people_in(samples) == People::coupled;
  const double now = simulated(samples);
  const double exact = std::max(now + 1.0, now * times), digits = std::pow(10.0, std::floor(std::log10(exact)) - 1.0);
  return coupled && exact < 100.0 ? std::ceil(exact) : std::ceil(exact / digits) * digits;
}

std::string to_tell(const Samples& samples, double times) {
  const double number = to_simulate(samples, times);
  const bool coupled = people_in(samples) == People::coupled;
  if (!std::isfinite(number)) {
    return fmt::format("too little to tell with a thousand times as many {}", coupled ? "replications" : "customers");
  }
  const std::string more = grouped(number), now = grouped(simulated(samples));
  return coupled ? fmt::format("run about {} replications to tell, not {}", more, now)
                 : fmt::format("simulate about {} customers to tell, not {}", more, now);
}

}  // namespace sojourn::caution_words
