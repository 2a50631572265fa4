#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/summary.hpp"
#include "table.hpp"

namespace sojourn {

namespace comparison_words {

std::string break_even(const PlanComparison& plan) {
  if (!(plan.investment.mean > 0.0)) return "-";
  const auto day = [](const std::optional<double>& at) {
    return at ? fmt::format("{:.0f}", std::ceil(*at)) : std::string("never");
  };
  const std::string earliest = day(plan.payback_earliest), latest = day(plan.payback_latest);
  if (!plan.payback_days) {
    return plan.payback_earliest ? fmt::format("not within the horizon ({} at best)", earliest) : "not within the horizon";
  }
  std::string text = "by day " + day(plan.payback_days);
  if (plan.payback_earliest && earliest != latest) {
    text += plan.payback_latest ? fmt::format(" ({} to {})", earliest, latest) : fmt::format(" ({} or later)", earliest);
  }
  // Payback counts money as it is paid; a plan may pay back and still be worth nothing once interest is allowed for.
  return plan.differences[metric_position("npv")].mean > 0.0 ? text : text + ", before discounting";
}

std::string cost_per_extra(const PlanComparison& plan, const std::string& currency) {
  const Estimate& e = plan.cost_per_extra_customer;
  if (std::isnan(e.mean)) return "-";
  const std::string text = format::money(e.mean, currency);
  return std::isnan(e.low)
             ? text
             : fmt::format("{} ({} to {})", text, format::money(e.low, currency), format::money(e.high, currency));
}

std::string return_on_investment(const PlanComparison& plan) {
  if (std::isnan(plan.roi.mean)) return "-";
  const std::string point = fmt::format("{:.2f}", plan.roi.mean);
  return std::isnan(plan.roi.low) ? point : fmt::format("{} ± {:.2f}", point, 0.5 * (plan.roi.high - plan.roi.low));
}

std::string chance(double share) {
  if (std::isnan(share)) return "-";
  if (share > 0.995) return "> 99 %";
  if (share < 0.005) return "< 1 %";
  return fmt::format("{:.0f} %", 100.0 * share);
}

}  // namespace comparison_words

namespace {

using namespace comparison_words;

const Metric& metric(std::string_view name) { return *find_metric(name); }

std::string heading(const Samples& samples, Colour colour) {
  std::string text = bold(samples.scenario, colour) + "\n";
  if (!samples.question.empty()) text += samples.question + "\n";
  text += fmt::format("{} customers", format::count(static_cast<double>(samples.customers)));
  if (samples.market != static_cast<double>(samples.customers))
    text += fmt::format(" for a market of {}", format::count(samples.market));
  text += fmt::format(", {} replication{}, {}, seed {}\n", samples.replications, samples.replications == 1 ? "" : "s",
                      format::duration(samples.horizon), samples.seed);
  return text;
}

std::string footnote(const Samples& samples, const std::vector<std::string>& cautions) {
  std::string text;
  for (const std::string& caution : cautions) text += caution + "\n";
  return text + caution_words::intervals(samples) + "\n";
}

/// "+1.23 pt ± 0.05", or "no change" where the two are the same to the bit.
std::string change(const Metric& of, const Estimate& e, const std::string& currency) {
  if (e.mean == 0.0 && (e.sd == 0.0 || std::isnan(e.sd))) return "0";
  const std::string text = format::difference(of, e.mean, currency);
  return std::isnan(e.low) ? text : text + " ± " + format::half_width(of, e, currency);
}

/// The same with a mark "~" where the plan is not told apart from the baseline, aligned with those that are.
std::string verdict(const Metric& of, const Difference& e, const std::string& currency) {
  return change(of, e, currency) + (e.mean != 0.0 && !std::isnan(e.low) && !e.told_apart() ? " ~" : "  ");
}

const BestPlan& best_in(const Comparison& comparison, std::size_t m) {
  return *std::find_if(comparison.best.begin(), comparison.best.end(), [&](const BestPlan& b) { return b.metric == m; });
}

/// The plan that leads in a metric, or 0 where none is ahead of the baseline.
std::size_t leader(const Comparison& comparison, std::size_t m) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
    if (comparison.plans[k].differences[m].mean > comparison.plans[best].differences[m].mean) best = k;
  }
  return best;
}

/// What is said of a headline metric.
struct Claim {
  std::string_view metric;
  const char* most;     // of a plan shown to be the best of several: "keeps most customers"
  const char* more;     // of a plan shown to be better than the baseline: "keeps more customers"
  const char* as_many;  // of those that may equal it: "may keep as many"
  const char* shown;    // of no plan that is: "keep more customers"
  std::string of_what;  // what a difference is of
};

/// Who leads in a metric and by how much, on the same luck: over the baseline, and over the other plans. Superlatives are
/// for what is shown of all plans at once; else it is said what would tell.
std::string leads(const Samples& samples, const Comparison& comparison, const Claim& claim) {
  const std::size_t m = metric_position(claim.metric), best = leader(comparison, m), others = comparison.plans.size() - 1;
  const Metric& of = metrics()[m];
  if (best == 0) {
    const bool open = std::any_of(comparison.plans.begin() + 1, comparison.plans.end(),
                                  [&](const PlanComparison& plan) { return !(plan.differences[m].high <= 0.0); });
    return open ? fmt::format("No plan is shown to {}; the intervals leave it open.\n", claim.shown)
                : fmt::format("No plan {}.\n", claim.more);
  }
  const Difference& e = comparison.plans[best].differences[m];
  const std::string &name = comparison.plans[best].name,
                    size = format::difference(of, e.mean, samples.currency) + claim.of_what;
  if (std::isnan(e.low)) {
    return fmt::format("No plan is shown to {}: {} leads by {}, without an interval, so this may be chance.\n", claim.shown,
                       name, size);
  }
  const std::string with_interval = fmt::format("{} (95 %: {})", size, format::interval(of, e, samples.currency));
  if (!e.told_apart()) {
    return fmt::format("No plan is shown to {}: {} leads by {}, which may be {}; {}.\n", claim.shown, name, with_interval,
                       e.thin()    ? "the luck of a few people"
                       : e.clear() ? "chance, as several plans were compared"
                                   : "chance",
                       caution_words::to_tell(samples, times_to_tell(e, others)));
  }
  // Who is nearest, and who might be as good.
  std::size_t second = 0;
  Difference ahead;
  std::string rivals;
  double times = 1.0;
  for (const Rivalry& pair : comparison.rivalries) {
    if (pair.metric != m || (pair.first != best && pair.second != best)) continue;
    const std::size_t other = pair.first == best ? pair.second : pair.first;
    if (other == 0) continue;
    if (!pair.lead.told_apart()) {
      rivals += (rivals.empty() ? "" : " and ") + comparison.plans[other].name;
      times = std::max(times, times_to_tell(pair.lead, others * (others + 1) / 2));
    }
    if (second != 0 && comparison.plans[other].differences[m].mean <= comparison.plans[second].differences[m].mean) continue;
    second = other;
    ahead = pair.lead;
  }
  if (!rivals.empty()) {
    return fmt::format("{} {}: {}; {} {}: {}.\n", name, claim.more, with_interval, rivals, claim.as_many,
                       caution_words::to_tell(samples, times));
  }
  std::string text = fmt::format("{} {}: {}", name, others > 1 ? claim.most : claim.more, with_interval);
  if (second != 0) {
    text += fmt::format(", {} ahead of {}", format::difference(of, std::fabs(ahead.mean), samples.currency),
                        comparison.plans[second].name);
  }
  const double sure = best_in(comparison, m).chances[best];
  if (others > 1 && sure <= 0.995)
    text += fmt::format("; best of all with {} probability, simulation error alone considered", chance(sure));
  return text + ".\n";
}

std::string per_cent(const Estimate& share) {
  if (std::isnan(share.mean)) return "-";
  // Nobody is not the same as hardly anybody.
  if (share.mean > 0.0 && share.mean < 0.0005) return "< 0.1 %";
  return fmt::format("{:.1f} %", 100.0 * share.mean);
}

/// What the plan that leads in a headline does to customers one by one.
std::string winners(const PlanComparison& plan) {
  if (plan.winners_and_losers.empty()) return {};
  const BetterOrWorse& all = plan.winners_and_losers.front().overall;
  return fmt::format("Customer by customer, {} leaves {} better off than the baseline, {} the same and {} worse off.\n",
                     plan.name, per_cent(all.better), per_cent(all.same), per_cent(all.worse));
}

}  // namespace

std::string answer_text(const Samples& samples, const Comparison& comparison) {
  std::string text = leads(samples, comparison,
                           {"retained", "keeps most customers", "keeps more customers", "may keep as many",
                            "keep more customers", " of all who arrived"}) +
                     leads(samples, comparison,
                           {"npv", "is worth most", "is worth its money within the horizon", "may be worth as much",
                            "be worth its money within the horizon", " " + samples.currency + " of net present value"});
  const std::size_t keeps = leader(comparison, metric_position("retained")),
                    pays = leader(comparison, metric_position("npv"));
  if (keeps != 0) text += winners(comparison.plans[keeps]);
  if (pays != 0 && pays != keeps) text += winners(comparison.plans[pays]);
  return text;
}

namespace {

std::vector<std::string> head_of(const Comparison& comparison, const std::string& first) {
  std::vector<std::string> head{first};
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) head.push_back(comparison.plans[k].name);
  return head;
}

/// A difference in parts that add up to it.
void add_parts(const Comparison& comparison, std::vector<Contribution> PlanComparison::*parts, const Metric& of,
               const std::string& currency, Table& table) {
  for (std::size_t i = 0; i < (comparison.plans.front().*parts).size(); ++i) {
    std::vector<std::string> cells{(comparison.plans.front().*parts)[i].name};
    for (std::size_t k = 1; k < comparison.plans.size(); ++k)
      cells.push_back(verdict(of, (comparison.plans[k].*parts)[i].change, currency));
    table.row(cells);
  }
}

void add_whole(const Comparison& comparison, std::string_view name, const std::string& currency, Table& table) {
  std::vector<std::string> cells{"Sum"};
  for (std::size_t k = 1; k < comparison.plans.size(); ++k)
    cells.push_back(verdict(metric(name), comparison.plans[k].differences[metric_position(name)], currency));
  table.row(cells);
}

std::string contributions(const Comparison& comparison, const std::string& currency) {
  Table kept;
  kept.row(head_of(comparison, "retained, in parts by persona"));
  add_parts(comparison, &PlanComparison::retained_by_persona, metric("retained"), currency, kept);
  add_whole(comparison, "retained", currency, kept);
  Table where;
  where.row(head_of(comparison, "retained, by where fewer leave"));
  add_parts(comparison, &PlanComparison::retained_by_stage, metric("retained"), currency, where);
  add_whole(comparison, "retained", currency, where);
  Table worth;
  worth.row(head_of(comparison, "net present value, in parts"));
  add_parts(comparison, &PlanComparison::npv_by_persona, metric("npv"), currency, worth);
  add_whole(comparison, "npv", currency, worth);
  return kept.text() + "\n" + where.text() + "\n" + worth.text() + "\n";
}

std::string one_by_one(const Comparison& comparison) {
  if (comparison.plans.back().winners_and_losers.empty()) return {};
  Table table;
  table.row(head_of(comparison, "customer by customer"));
  const auto row = [&](const std::string& label, const auto& share) {
    std::vector<std::string> cells{label};
    for (std::size_t k = 1; k < comparison.plans.size(); ++k) cells.push_back(share(comparison.plans[k]));
    table.row(cells);
  };
  using Of = BetterOrWorse WinnersAndLosers::*;
  const auto all = [&](const std::string& label, Of of, Estimate BetterOrWorse::*which) {
    row(label, [&](const PlanComparison& plan) { return per_cent(plan.winners_and_losers.front().*of.*which); });
  };
  all("Better off", &WinnersAndLosers::overall, &BetterOrWorse::better);
  all("The same", &WinnersAndLosers::overall, &BetterOrWorse::same);
  all("Worse off", &WinnersAndLosers::overall, &BetterOrWorse::worse);
  all("Customer under the plan only", &WinnersAndLosers::outcome, &BetterOrWorse::better);
  all("Customer under the baseline only", &WinnersAndLosers::outcome, &BetterOrWorse::worse);
  all("More satisfied at the end", &WinnersAndLosers::satisfaction, &BetterOrWorse::better);
  all("Less satisfied at the end", &WinnersAndLosers::satisfaction, &BetterOrWorse::worse);
  const std::size_t personas = comparison.plans.back().winners_and_losers.size();
  for (std::size_t p = 1; p < personas && personas > 2; ++p) {
    row(comparison.plans.back().winners_and_losers[p].name + ", better / worse off", [&](const PlanComparison& plan) {
      const BetterOrWorse& of = plan.winners_and_losers[p].overall;
      return per_cent(of.better) + " / " + per_cent(of.worse);
    });
  }
  return table.text() + "\n";
}

std::string chances(const Comparison& comparison) {
  Table table;
  std::vector<std::string> head{"chance of being best", comparison.plans.front().name};
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) head.push_back(comparison.plans[k].name);
  table.row(head);
  for (const BestPlan& best : comparison.best) {
    if (std::all_of(best.chances.begin(), best.chances.end(), [](double c) { return std::isnan(c); })) continue;
    std::vector<std::string> cells{std::string(metrics()[best.metric].label)};
    for (const double share : best.chances) cells.push_back(chance(share));
    table.row(cells);
  }
  return table.text() + "\n";
}

/// What queues did, under each plan; empty where there are none.
std::string queues_text(const Samples& samples) {
  if (samples.plans.front().queues.empty()) return {};
  const bool plans = samples.plans.size() > 1;
  bool turned_away = false;
  for (const PlanSamples& plan : samples.plans) {
    for (const QueueFigures& queue : plan.queues) turned_away = turned_away || queue.turned_away > 0.0;
  }
  Table queues;
  std::vector<std::string> head{"by queue"};
  if (plans) head.emplace_back("plan");
  head.insert(head.end(), {"wait", "median", "90 %", "95 %", "answered", "gave up"});
  if (turned_away) head.emplace_back("turned away");
  head.insert(head.end(), {"servers busy", "still waiting"});
  queues.row(head);
  const auto share = [](double value) {
    return std::isnan(value) ? std::string("-") : fmt::format("{:.1f} %", 100.0 * value);
  };
  const auto days = [](double value) { return std::isnan(value) ? std::string("-") : format::wait(value); };
  for (std::size_t q = 0; q < samples.plans.front().queues.size(); ++q) {
    for (std::size_t k = 0; k < samples.plans.size(); ++k) {
      const PlanSamples& plan = samples.plans[k];
      const QueueFigures& queue = plan.queues[q];
      double mean = 0.0;
      for (const TouchMetric& of : touch_metrics()) {
        if (of.name == "wait_days") mean = estimate(plan.touch[queue.touchpoint], of).mean;
      }
      std::vector<std::string> cells{k == 0 ? samples.touchpoint_names[queue.touchpoint] : ""};
      if (plans) cells.push_back(plan.name);
      cells.insert(cells.end(),
                   {days(mean), days(queue.median), days(queue.p90), days(queue.p95),
                    share(queue.service_level) + " in " + format::wait(queue.answer_within), share(queue.abandonment)});
      if (turned_away) cells.push_back(share(queue.turned_away));
      cells.insert(cells.end(), {share(queue.utilisation), fmt::format("{:.1f}", queue.still_waiting)});
      queues.row(cells);
    }
  }
  std::string text = "\n" + queues.text();
  // A touchpoint with servers of its own has told already how busy they are.
  std::vector<std::string> ids;
  for (const QueueFigures& queue : samples.plans.front().queues) ids.push_back(samples.touchpoints[queue.touchpoint]);
  if (ids != samples.pools) {
    Table pools;
    std::vector<std::string> names{"by pool, servers busy"};
    for (const PlanSamples& plan : samples.plans) names.push_back(plans ? plan.name : "share of their time");
    pools.row(names);
    for (std::size_t pool = 0; pool < samples.pools.size(); ++pool) {
      std::vector<std::string> cells{samples.pool_names[pool]};
      for (const PlanSamples& plan : samples.plans) cells.push_back(share(plan.utilisation[pool]));
      pools.row(cells);
    }
    text += "\n" + pools.text();
  }
  return text +
         "\nWaits that ended, by length; answered, gave up: of all who came; servers busy: of the time that they were "
         "there.\n";
}

}  // namespace

std::string run_text(const Samples& samples, Colour colour) {
  const PlanSamples& plan = samples.plans.front();
  std::string text = heading(samples, colour);
  text += fmt::format("Plan: {}\n\n", plan.name == plan.id ? plan.id : fmt::format("{} ({})", plan.name, plan.id));

  Table figures;
  figures.row({"at the horizon", "value", "95 % interval"});
  for (const Metric& of : metrics()) {
    if (!samples.mechanisms.has(of.needs)) continue;
    const Estimate e = estimate(samples, 0, of);
    if (of.name == "investment" && e.mean == 0.0) continue;
    figures.row({std::string(of.label), format::value(of, e.mean, samples.currency),
                 std::isnan(e.low) ? "" : (e.thin() ? "? ± " : "± ") + format::half_width(of, e, samples.currency)});
  }
  text += figures.text() + "\n";

  Table personas;
  const std::string_view shown[] = {"conversion", "retention", "nps", "satisfaction", "clv"};
  std::vector<std::string> head{"by persona"};
  for (const std::string_view name : shown) head.emplace_back(metric(name).label);
  personas.row(head);
  for (std::size_t p = 0; p < samples.personas.size(); ++p) {
    std::vector<std::string> cells{samples.persona_names[p]};
    for (const std::string_view name : shown) {
      cells.push_back(
          format::value(metric(name), estimate(samples, 0, metric(name), {Group::persona, p}).mean, samples.currency));
    }
    personas.row(cells);
  }
  text += personas.text() + "\n";

  if (samples.mechanisms.accounts) {
    Table segments;
    segments.row({"by account segment", std::string(metric("account_conversion").label),
                  std::string(metric("account_retention").label)});
    for (std::size_t s = 0; s < samples.segments.size(); ++s) {
      std::vector<std::string> cells{samples.segment_names[s]};
      for (const std::string_view name : {"account_conversion", "account_retention"}) {
        cells.push_back(
            format::value(metric(name), estimate(samples, 0, metric(name), {Group::segment, s}).mean, samples.currency));
      }
      segments.row(cells);
    }
    text += segments.text() + "\n";
  }

  Table touchpoints;
  std::vector<std::string> columns{"by touchpoint", "visits", "quality", "satisfaction", "effort", "repeats"};
  if (samples.mechanisms.queues) columns.insert(columns.end(), {"wait", "gave up"});
  touchpoints.row(columns);
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    std::vector<std::string> cells{samples.touchpoint_names[v]};
    for (const std::string_view name : {"visits", "quality", "satisfaction", "effort", "repeats"}) {
      for (const TouchMetric& of : touch_metrics()) {
        if (of.name != name) continue;
        const double value = estimate(plan.touch[v], of).mean;
        cells.push_back(std::isnan(value) ? "-" : fmt::format("{:.3f}", value));
      }
    }
    if (samples.mechanisms.queues) {
      for (const TouchMetric& of : touch_metrics()) {
        const double value = estimate(plan.touch[v], of).mean;
        if (of.name == "wait_days") cells.push_back(value == 0.0 ? "-" : format::wait(value));
        if (of.name == "gave_up") cells.push_back(!(value > 0.0) ? "-" : fmt::format("{:.2f} %", 100.0 * value));
      }
    }
    touchpoints.row(cells);
  }
  text += touchpoints.text() +
          "\nVisits and repeats are per person who arrived; quality, satisfaction and effort are means per visit, 0 to 1.\n";
  text += queues_text(samples);
  return text + footnote(samples, caution_words::cautions(samples));
}

std::string comparison_text(const Samples& samples, const Comparison& comparison, Colour colour) {
  std::string text = heading(samples, colour) + "\n" + bold(answer_text(samples, comparison), colour) + "\n";
  const std::string& currency = samples.currency;

  Table figures;
  std::vector<std::string> head{"difference to the baseline", comparison.plans.front().name};
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) head.push_back(comparison.plans[k].name);
  figures.row(head);
  const auto add = [&](std::string_view name) {
    const std::size_t m = metric_position(name);
    const Metric& of = metrics()[m];
    std::vector<std::string> cells{std::string(of.label),
                                   format::value(of, comparison.plans.front().metrics[m].mean, currency)};
    for (std::size_t k = 1; k < comparison.plans.size(); ++k)
      cells.push_back(verdict(of, comparison.plans[k].differences[m], currency));
    figures.row(cells);
  };
  // What is reached, what it takes, and the money.
  for (const std::string_view name :
       {"retention", "retained", "conversion", "promoters_per_start", "nps", "satisfaction", "effort", "repeats",
        "effort_per_purchase", "time_to_purchase", "cost_per_purchase", "revenue", "cost_to_serve"})
    add(name);
  for (const Metric& of : metrics()) {
    if (of.needs != Needs::nothing && samples.mechanisms.has(of.needs)) add(of.name);
  }
  const auto money_row = [&](const char* label, auto cell) {
    std::vector<std::string> cells{label, "-"};
    for (std::size_t k = 1; k < comparison.plans.size(); ++k) cells.push_back(cell(comparison.plans[k]));
    figures.row(cells);
  };
  money_row("Investment", [&](const PlanComparison& plan) { return format::money(plan.investment.mean, currency); });
  add("npv");
  money_row("Return on investment", return_on_investment);
  money_row("Payback", break_even);
  money_row("Investment per extra customer kept",
            [&](const PlanComparison& plan) { return cost_per_extra(plan, currency); });
  text += figures.text() + "\n";
  if (comparison.plans.size() < 2) return text + footnote(samples, caution_words::cautions(samples, comparison));
  if (!std::isnan(comparison.best.front().chances.front())) text += chances(comparison);
  text += one_by_one(comparison) + contributions(comparison, currency);

  Table personas;
  personas.row({"by persona", "plan", "retained", "NPS", "value per person (" + currency + ")"});
  for (std::size_t p = 0; p < samples.personas.size(); ++p) {
    for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
      const PersonaEffect& effect = comparison.plans[k].personas[p];
      personas.row({k == 1 ? effect.name : "", comparison.plans[k].name,
                    verdict(metric("retained"), effect.retained, currency), verdict(metric("nps"), effect.nps, currency),
                    verdict(metric("clv"), effect.clv, currency)});
    }
  }
  text += personas.text();
  if (!samples.segments.empty()) {
    Table segments;
    segments.row({"by account segment", "plan", std::string(metric("account_conversion").label),
                  std::string(metric("account_retention").label)});
    for (std::size_t s = 0; s < samples.segments.size(); ++s) {
      for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
        const SegmentEffect& effect = comparison.plans[k].segments[s];
        segments.row({k == 1 ? effect.name : "", comparison.plans[k].name,
                      verdict(metric("account_conversion"), effect.conversion, currency),
                      verdict(metric("account_retention"), effect.retention, currency)});
      }
    }
    text += "\n" + segments.text();
  }
  text += queues_text(samples);
  text +=
      "\nRetention is of those who bought, retained of all who arrived. NPS and satisfaction are of the customers "
      "present: keeping\n"
      "doubters lowers them. pt: percentage points. Value per person leaves the investment out. Better off: kept, "
      "where the baseline\n"
      "loses the same person on the same luck, or as well kept or lost and more satisfied at the end, by more than "
      "0.01;\n"
      "once two lives part they meet other luck too, so that only better less worse is the plan's doing.\n";
  text += comparison.plans.size() > 2
              ? fmt::format("~: not told apart from the baseline at 5 %, allowing for {} plans compared (Holm 1979).\n",
                            comparison.plans.size() - 1)
              : std::string("~: not told apart from the baseline at 5 %.\n");
  return text + footnote(samples, caution_words::cautions(samples, comparison));
}

}  // namespace sojourn
