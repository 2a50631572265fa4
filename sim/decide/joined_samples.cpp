#include "sojourn/decide/joined_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "sojourn/base/error.hpp"

namespace sojourn {
namespace {

std::string list_of(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

std::string enumerated(const std::vector<std::string>& words) {
  if (words.size() < 2) return words.empty() ? "" : words.front();
  return fmt::format("{} and {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

/// What keeps runs from being paired, and what to do about it.
struct Obstacles {
  std::vector<std::string> runs;                          // of each run that cannot be paired: all that keeps it from that
  std::vector<std::string> options, settings, sentences;  // each once

  [[nodiscard]] std::string hint() const {
    std::vector<std::string> parts;
    if (!options.empty()) parts.push_back(fmt::format("run them again with one {}", enumerated(options)));
    if (!settings.empty())
      parts.push_back(fmt::format("set {} in {}", enumerated(settings), runs.size() > 1 ? "all" : "both"));
    parts.insert(parts.end(), sentences.begin(), sentences.end());
    return fmt::format("{}", fmt::join(parts, "; "));
  }
};

/// Adds to `found` everything that keeps `other` from being paired with `first`.
void find_obstacles(const NamedSamples& first, const NamedSamples& other, Obstacles& found) {
  const Samples &a = first.samples, &b = other.samples;
  std::vector<std::string> differ;
  const auto must = [&](bool same, const char* what, const std::string& here, const std::string& there,
                        std::vector<std::string>& hints, const char* hint) {
    if (same) return;
    differ.push_back(fmt::format("{} {} and {}", what, here, there));
    if (std::find(hints.begin(), hints.end(), hint) == hints.end()) hints.emplace_back(hint);
  };
  const auto must_be = [&](const auto& here, const auto& there, const char* what, std::vector<std::string>& hints,
                           const char* hint) {
    must(here == there, what, fmt::format("{}", here), fmt::format("{}", there), hints, hint);
  };
  must_be(a.seed, b.seed, "the seeds", found.options, "--seed");
  must_be(a.customers, b.customers, "customers", found.options, "--customers");
  must_be(a.replications, b.replications, "replications", found.options, "--replications");
  // A market that nobody set is as many as are simulated, which is told already.
  const auto set = [](const Samples& s) { return s.market != static_cast<double>(s.customers); };
  if (a.customers == b.customers || set(a) || set(b))
    must_be(a.market, b.market, "a market of", found.settings, "scenario.market");
  must_be(a.horizon, b.horizon, "horizons in days of", found.options, "--horizon");
  // The last window ends with the horizon: of several the first is as long as it was asked for.
  const bool several = a.window_ends.size() > 1 && b.window_ends.size() > 1;
  if (a.horizon == b.horizon || (several && a.window_ends.front() != b.window_ends.front())) {
    must(a.window_ends == b.window_ends, "windows in days of", fmt::format("{}", a.window_ends.front()),
         fmt::format("{}", b.window_ends.front()), found.settings, "scenario.window");
  }
  must_be(a.currency, b.currency, "the currencies", found.settings, "scenario.currency");
  must_be(a.discount, b.discount, "the discounts", found.settings, "scenario.discount");
  must(a.personas == b.personas, "the personas", list_of(a.personas), list_of(b.personas), found.sentences,
       "a variant may change personas, but has the same ones in the same order");
  must(a.segments == b.segments, "the account segments", list_of(a.segments), list_of(b.segments), found.sentences,
       "a variant may change segments, but has the same ones in the same order");
  const auto coupling = [](const Samples& s) { return s.batches ? "each on their own" : "acting on one another"; };
  must(a.batches == b.batches, "customers", coupling(a), coupling(b), found.sentences,
       "compare scenarios that both have queues, word of mouth or accounts, or neither");
  if (differ.empty()) return;
  found.runs.push_back(
      fmt::format("{} and {} do not share their luck: they have {}", first.name, other.name, fmt::join(differ, "; ")));
}

/// Where each of `names` stands in `all`, to which new ones are added with their `titles`.
std::vector<std::size_t> places_in(std::vector<std::string>& all, std::vector<std::string>& all_titles,
                                   const std::vector<std::string>& names, const std::vector<std::string>& titles) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(all.begin(), all.end(), names[i]);
    places.push_back(static_cast<std::size_t>(found - all.begin()));
    if (found != all.end()) continue;
    all.push_back(names[i]);
    all_titles.push_back(titles[i]);
  }
  return places;
}

/// Visits to a touchpoint that is not there: none of the people of each sample.
std::vector<TouchSums> no_visits(const std::vector<Sums>& people) {
  std::vector<TouchSums> none(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) none[i].arrived = people[i].arrived;
  return none;
}

/// How a plan of `run`, which is not the first, is called beside those of the others: by `own`, its id or its name.
std::string name_beside(const NamedSamples& run, const std::string& own) {
  return run.samples.plans.size() == 1 ? run.name : fmt::format("{}/{}", run.name, own);
}

}  // namespace

void require_pairable(const std::vector<NamedSamples>& runs) {
  Obstacles found;
  for (std::size_t k = 1; k < runs.size(); ++k) find_obstacles(runs.front(), runs[k], found);
  if (!found.runs.empty()) throw InputError(fmt::format("{}", fmt::join(found.runs, ". ")), found.hint());
}

std::vector<std::string> joined_plans(const std::vector<NamedSamples>& runs) {
  std::vector<std::string> ids;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    for (const PlanSamples& plan : runs[k].samples.plans) ids.push_back(k == 0 ? plan.id : name_beside(runs[k], plan.id));
  }
  return ids;
}

Samples joined(std::vector<NamedSamples> runs) {
  std::vector<std::string> ids = joined_plans(runs);
  Samples all = std::move(runs.front().samples);
  for (std::size_t k = 1; k < runs.size(); ++k) {
    Samples& run = runs[k].samples;
    const std::size_t known = all.touchpoints.size();
    const std::vector<std::size_t> touchpoints =
        places_in(all.touchpoints, all.touchpoint_names, run.touchpoints, run.touchpoint_names);
    const std::vector<std::size_t> channels = places_in(all.channels, all.channel_names, run.channels, run.channel_names);
    all.solving.resize(all.touchpoints.size());
    all.content.resize(all.touchpoints.size());
    for (std::size_t v = 0; v < touchpoints.size(); ++v) {
      all.solving[touchpoints[v]] = all.solving[touchpoints[v]] || run.solving[v];
      all.content[touchpoints[v]] = all.content[touchpoints[v]] || run.content[v];
      if (touchpoints[v] < known) continue;
      const ChannelId channel = run.touchpoint_channels[v];
      all.touchpoint_stages.push_back(run.touchpoint_stages[v]);
      all.touchpoint_channels.push_back(channel.valid() ? ChannelId(channels[channel.index()]) : channel);
    }
    // Told of all plans, or of none.
    const bool spreads = !all.appraisal_spreads.empty() && !run.appraisal_spreads.empty();
    if (!spreads) all.appraisal_spreads.clear();
    if (spreads) {
      all.appraisal_spreads.insert(all.appraisal_spreads.end(), run.appraisal_spreads.begin(), run.appraisal_spreads.end());
    }
    const std::vector<std::size_t> pools = places_in(all.pools, all.pool_names, run.pools, run.pool_names);
    const std::vector<std::size_t> rules = places_in(all.rules, all.rule_names, run.rules, run.rule_names);
    for (PlanSamples& plan : run.plans) {
      plan.id = std::move(ids[all.plans.size()]);
      plan.name = name_beside(runs[k], plan.name);
      std::vector<std::vector<TouchSums>> touch(all.touchpoints.size(), no_visits(plan.all));
      for (std::size_t v = 0; v < touchpoints.size(); ++v) touch[touchpoints[v]] = std::move(plan.touch[v]);
      plan.touch = std::move(touch);
      for (QueueFigures& queue : plan.queues) queue.touchpoint = touchpoints[queue.touchpoint];
      std::vector<double> utilisation(all.pools.size(), std::numeric_limits<double>::quiet_NaN());
      for (std::size_t p = 0; p < pools.size(); ++p) utilisation[pools[p]] = plan.utilisation[p];
      plan.utilisation = std::move(utilisation);
      for (RuleTrace& trace : plan.rules) trace.rule = rules[trace.rule];
      for (PairedOutcomes& pairs : plan.paired_outcomes) pairs = PairedOutcomes(all.personas.size());
      all.plans.push_back(std::move(plan));
    }
    all.mechanisms = all.mechanisms | run.mechanisms;
    all.replications_asked = std::max(all.replications_asked, run.replications_asked);
    all.events += run.events;
    all.seconds += run.seconds;
  }
  // Members are told from the same people under a plan of their own scenario.
  all.tiers.clear();
  for (PlanSamples& plan : all.plans) {
    plan.touch.resize(all.touchpoints.size(), no_visits(plan.all));
    plan.utilisation.resize(all.pools.size(), std::numeric_limits<double>::quiet_NaN());
  }
  return all;
}

}  // namespace sojourn
