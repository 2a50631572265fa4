#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "sojourn/report/format.hpp"
#include "sojourn/report/summary.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

const Metric& metric(std::string_view name) { return *find_metric(name); }
std::size_t position(std::string_view name) { return static_cast<std::size_t>(find_metric(name) - metrics().data()); }

bool clear(const Estimate& e) { return e.low > 0.0 || e.high < 0.0; }

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

std::string footnote(const Samples& samples) {
  const std::size_t count = samples.plans.front().all.size();
  if (count < 2) return "One replication: no intervals.\n";
  return fmt::format("Intervals are 95 % (Student t over {} {}): simulation error, not forecast uncertainty.\n", count,
                     samples.batches ? "batches of customers" : "replications");
}

/// "+1.23 pt ± 0.05", or "no change" where the two are the same to the bit.
std::string change(const Metric& of, const Estimate& e, const std::string& currency) {
  if (e.mean == 0.0 && (e.sd == 0.0 || std::isnan(e.sd))) return "0";
  const std::string text = format::difference(of, e.mean, currency);
  return std::isnan(e.low) ? text : text + " ± " + format::half_width(of, e, currency);
}

/// The same with a mark "~" where the interval includes 0, aligned with those that have none.
std::string verdict(const Metric& of, const Estimate& e, const std::string& currency) {
  return change(of, e, currency) + (e.mean != 0.0 && !std::isnan(e.low) && !clear(e) ? " ~" : "  ");
}

/// Who leads in a metric and by how much, on the same luck: over the baseline, and over the second best plan.
std::string leader(const Samples& samples, const Comparison& comparison, std::string_view name, const char* what,
                   const std::string& of_what, const char* none) {
  const std::size_t m = position(name);
  const Metric& of = metrics()[m];
  std::vector<std::size_t> order;
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) order.push_back(k);
  const auto gain = [&](std::size_t k) -> const Estimate& { return comparison.plans[k].differences[m]; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return gain(a).mean > gain(b).mean; });
  if (order.empty() || !(gain(order.front()).mean > 0.0)) return none;
  const Estimate& e = gain(order.front());
  std::string text = fmt::format("{} {}: {}{}", comparison.plans[order.front()].name, what,
                                 format::difference(of, e.mean, samples.currency), of_what);
  if (!std::isnan(e.low)) text += fmt::format(" (95 %: {})", format::interval(of, e, samples.currency));
  if (!std::isnan(e.low) && !clear(e)) return text + ", but the interval includes 0: this is not settled.\n";
  if (order.size() > 1) {
    const Estimate lead = difference(samples.plans[order[0]].all, samples.plans[order[1]].all, of);
    const std::string& second = comparison.plans[order[1]].name;
    text += std::isnan(lead.low) || clear(lead)
                ? fmt::format(", {} ahead of {}", format::difference(of, lead.mean, samples.currency), second)
                : fmt::format(", not told apart from {}", second);
  }
  return text + ".\n";
}

std::string answer(const Samples& samples, const Comparison& comparison) {
  return leader(samples, comparison, "retained",
                comparison.plans.size() > 2 ? "keeps most customers" : "keeps more customers", " of all who arrived",
                "No plan keeps more customers.\n") +
         leader(samples, comparison, "npv", comparison.plans.size() > 2 ? "is worth most" : "is worth its money",
                " " + samples.currency + " of net present value", "No plan is worth its money within the horizon.\n");
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
    const Estimate e = estimate(plan.all, of);
    if (of.name == "investment" && e.mean == 0.0) continue;
    figures.row({std::string(of.label), format::value(of, e.mean, samples.currency),
                 std::isnan(e.low) ? "" : "± " + format::half_width(of, e, samples.currency)});
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
      cells.push_back(format::value(metric(name), estimate(plan.by_persona[p], metric(name)).mean, samples.currency));
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
        cells.push_back(format::value(metric(name), estimate(plan.by_segment[s], metric(name)).mean, samples.currency));
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
  return text + footnote(samples);
}

std::string comparison_text(const Samples& samples, const Comparison& comparison, Colour colour) {
  std::string text = heading(samples, colour) + "\n" + bold(answer(samples, comparison), colour) + "\n";
  const std::string& currency = samples.currency;

  Table figures;
  std::vector<std::string> head{"difference to the baseline", comparison.plans.front().name};
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) head.push_back(comparison.plans[k].name);
  figures.row(head);
  const std::string_view shown[] = {"retention", "retained", "conversion", "nps",          "satisfaction",
                                    "effort",    "repeats",  "revenue",    "cost_to_serve"};
  const auto add = [&](std::string_view name) {
    const std::size_t m = position(name);
    const Metric& of = metrics()[m];
    std::vector<std::string> cells{std::string(of.label),
                                   format::value(of, comparison.plans.front().metrics[m].mean, currency)};
    for (std::size_t k = 1; k < comparison.plans.size(); ++k)
      cells.push_back(verdict(of, comparison.plans[k].differences[m], currency));
    figures.row(cells);
  };
  for (const std::string_view name : shown) add(name);
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
  money_row("Return on investment", [](const PlanComparison& plan) {
    if (std::isnan(plan.roi.mean)) return std::string("-");
    const std::string point = fmt::format("{:.2f}", plan.roi.mean);
    return std::isnan(plan.roi.low) ? point : fmt::format("{} ± {:.2f}", point, 0.5 * (plan.roi.high - plan.roi.low));
  });
  money_row("Payback", [&](const PlanComparison& plan) {
    if (!(plan.investment.mean > 0.0)) return std::string("-");
    return plan.payback_days ? fmt::format("day {:.0f}", std::ceil(*plan.payback_days))
                             : std::string("not within the horizon");
  });
  money_row("Investment per extra customer kept", [&](const PlanComparison& plan) {
    return plan.extra_customers > 0.0 ? format::money(plan.investment.mean / plan.extra_customers, currency)
                                      : std::string("-");
  });
  text += figures.text() + "\n";

  Table personas;
  personas.row({"winners and losers", "plan", "retained", "NPS", "value per person (" + currency + ")"});
  for (std::size_t p = 0; p < samples.personas.size(); ++p) {
    for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
      const PersonaEffect& effect = comparison.plans[k].personas[p];
      personas.row({k == 1 ? effect.name : "", comparison.plans[k].name,
                    verdict(metric("retained"), effect.retained, currency), verdict(metric("nps"), effect.nps, currency),
                    verdict(metric("clv"), effect.clv, currency)});
    }
  }
  if (comparison.plans.size() > 1) {
    text += personas.text() +
            "\nRetention is of those who bought, retained of all who arrived. NPS and satisfaction are of the customers "
            "present: keeping\n"
            "doubters lowers them. pt: percentage points. ~: the interval includes 0. Value per person leaves the "
            "investment out.\n";
  }
  return text + footnote(samples);
}

}  // namespace sojourn
