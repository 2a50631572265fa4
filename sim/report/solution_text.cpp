#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "sojourn/base/number_text.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/solution.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

/// "± 0.01", or "exact" where the bounds meet or are nearer than what is printed.
std::string bounds(const Metric& metric, const Bracket& value, const std::string& currency) {
  if (std::isnan(value.mean)) return "";
  if (std::isinf(value.high)) return "at least " + format::value(metric, value.low, currency);
  const double half = std::max(value.high - value.mean, value.mean - value.low);
  const std::string text = format::half_width(metric, {value.mean, value.mean - half, value.mean + half, 0.0, 0}, currency);
  return text.find_first_of("123456789") == std::string::npos ? "exact" : "± " + text;
}

std::string times_or_dash(double value) {
  if (std::isnan(value)) return "-";
  return std::isinf(value) ? "infinite" : fmt::format("{:.3f}", value);
}

/// "79.0 d, sd 100 d".
std::string days(const Moments& moments) {
  if (std::isnan(moments.mean)) return "-";
  const auto text = [](double value) {
    return std::isinf(value) ? std::string("infinite") : fmt::format("{:.3g} d", value);
  };
  return fmt::format("{}, sd {}", text(moments.mean), text(moments.sd));
}

/// A step of the grid in a unit that makes it a number to read.
std::string step_text(double days) {
  if (days >= 1.0) return fmt::format("{:.4g} days", days);
  return days >= 1.0 / 24.0 ? fmt::format("{:.3g} hours", 24.0 * days) : fmt::format("{:.3g} minutes", 1440.0 * days);
}

std::string long_run_table(const ClosedForm& solved, const Layout& layout) {
  Table table;
  std::vector<const Solution*> columns{&solved.pooled};
  std::vector<std::string> head{"if the horizon never came", "everybody"};
  if (solved.personas.size() > 1) {
    for (const Solution& persona : solved.personas) {
      columns.push_back(&persona);
      head.push_back(persona.name);
    }
  }
  table.row(head);
  const auto row = [&](const char* label, auto cell) {
    std::vector<std::string> cells{label};
    for (const Solution* column : columns) cells.push_back(cell(column->long_run));
    table.row(cells);
  };
  const LongRun& all = solved.pooled.long_run;
  row("Ever buy", [](const LongRun& l) { return share_or_dash(l.buys); });
  row("Days from arrival to the purchase, of buyers", [](const LongRun& l) { return days(l.time_to_purchase); });
  row("Reach an end", [](const LongRun& l) {
    double sum = 0.0;
    for (const double end : l.ends) sum += end;
    return share_or_dash(sum);
  });
  row("Days from arrival to the end, of those", [](const LongRun& l) { return days(l.life); });
  if (all.stays > 0.0) row("Stay at a touchpoint for ever", [](const LongRun& l) { return share_or_dash(l.stays); });
  if (all.circles > 0.0)
    row("Go round for ever, nothing ends it", [](const LongRun& l) { return share_or_dash(l.circles); });
  return table.text(layout);
}

}  // namespace

std::string obstacle_words(const Obstacle& obstacle) {
  using Kind = Obstacle::Kind;
  const auto text = [&](std::string_view why) { return fmt::format("{}: {}", obstacle.place, why); };
  switch (obstacle.kind) {
    case Kind::word_of_mouth:
      return text("what customers hear couples their lives");
    case Kind::reviews:
      return text("public ratings couple the customers' lives");
    case Kind::queues:
      return text("queues couple the customers' lives");
    case Kind::accounts:
      return text("the members of an account decide together");
    case Kind::rules:
      return text("rules switch improvements when a figure asks for it");
    case Kind::closed_loop:
      return text("a closed loop sends customers where their answer sends them");
    case Kind::slope: {
      const std::string state = obstacle.follows == "heard"    ? "what the customer heard"
                                : obstacle.follows == "effort" ? "the effort of the visit"
                                : obstacle.follows == "solved" ? "whether the visit solved the problem"
                                                               : "the customer's " + obstacle.follows;
      return fmt::format("{} = {:g}: the odds of {} -> {} follow {}", obstacle.place, obstacle.value, obstacle.touchpoint,
                         obstacle.to, state);
    }
    case Kind::varying_trait:
      return fmt::format("{} = \"{}\": the trait varies within persona \"{}\", so people are sorted as time goes by",
                         obstacle.place, obstacle.follows, obstacle.persona);
    case Kind::carried:
      return text(fmt::format("{} -> {} depends on what the customer did before", obstacle.touchpoint, obstacle.to));
    case Kind::change_on_the_way: {
      std::string when;
      const auto add = [&](const std::string& what) { when += (when.empty() ? "" : ", ") + what; };
      if (obstacle.start) add(fmt::format("starts on day {:g}", *obstacle.start));
      if (obstacle.ramp) add("comes in by a ramp");
      if (obstacle.end) add(fmt::format("ends on day {:g}", *obstacle.end));
      if (when.empty()) add("comes and goes");
      return text(fmt::format("{} and changes the exits of {} on the way", when, obstacle.touchpoint));
    }
    case Kind::exits_on_the_way:
      return text("its exits change within the horizon");
  }
  return obstacle.place;
}

std::string no_closed_form_text(const NoClosedForm& error) {
  constexpr std::size_t shown = 12;
  std::string text = error.code() == ErrorCode::no_closed_form ? "this journey has no closed form, because"
                                                               : "this scenario has no solvable twin";
  const std::vector<Obstacle>& all = error.obstacles();
  for (std::size_t i = 0; i < std::min(shown, all.size()); ++i) text += "\n  " + obstacle_words(all[i]);
  if (all.size() > shown) text += fmt::format("\n  and {} more", all.size() - shown);
  return text;
}

std::string solution_text(const ClosedForm& solved, const Program& program, const Layout& layout) {
  const ModelParts& parts = program.model().parts();
  const Settings& settings = parts.settings;
  const Plan& plan = parts.plans[program.model().plan().index()];
  std::string text = bold(settings.title, layout.colour) + "\n";
  if (!settings.question.empty()) text += settings.question + "\n";
  text += fmt::format("In closed form: no luck, no customers simulated. Market of {}, {}\n",
                      grouped(settings.market.value_or(static_cast<double>(settings.customers))),
                      format::duration(program.horizon()));
  text += fmt::format("Plan: {}\n\n", plan.name == plan.id ? plan.id : fmt::format("{} ({})", plan.name, plan.id));

  Table figures;
  figures.row({"at the horizon", "value", "bounds"});
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    const Metric& of = metrics()[m];
    const Bracket& value = solved.pooled.at_horizon.metrics[m];
    if (of.needs != Needs::nothing) continue;  // what couples customers has no closed form
    if (std::isnan(value.mean) || (of.name == "investment" && value.mean == 0.0)) continue;
    figures.row(
        {std::string(of.label), format::value(of, value.mean, settings.currency), bounds(of, value, settings.currency)});
  }
  text += figures.text(layout) + "\n";

  Table personas;
  const std::string_view shown[] = {"conversion", "retention", "retained", "time_to_purchase", "visits", "clv"};
  std::vector<std::string> head{"by persona"};
  for (const std::string_view name : shown) head.emplace_back(find_metric(name)->label);
  personas.row(head);
  for (const Solution& persona : solved.personas) {
    std::vector<std::string> cells{persona.name};
    for (const std::string_view name : shown)
      cells.push_back(
          format::value(*find_metric(name), persona.at_horizon.metrics[metric_position(name)].mean, settings.currency));
    personas.row(cells);
  }
  text += personas.text(layout) + "\n";

  Table touchpoints;
  touchpoints.row({"visits per person who arrived", "by the horizon", "if it never came", "there at the horizon"});
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    touchpoints.row({parts.touchpoints[v].name, times_or_dash(solved.pooled.at_horizon.visits[v].mean),
                     times_or_dash(solved.pooled.long_run.visits[v]),
                     share_or_dash(solved.pooled.at_horizon.occupancy.back()[v].mean)});
  }
  text += touchpoints.text(layout) + "\n" + long_run_table(solved, layout) + "\n";
  for (const std::string& note : solved.notes) text += note + "\n";
  text += "Scores (satisfaction, NPS, effort, repeats) and Kaplan-Meier retention have no closed form here: sojourn run.\n";
  text += (solved.exact ? fmt::format("Exact: all times are multiples of {}.\n", step_text(solved.step))
                        : fmt::format("Bounds are certain, not statistical (exact: to the digits shown): all delays "
                                      "rounded down, then up, to one of {} "
                                      "steps of {}.\n",
                                      grouped(static_cast<double>(solved.steps)), step_text(solved.step)));
  return wrapped(text, layout.width);
}

std::string control_variate_text(const Samples& samples, const ControlVariate& control, const Layout& layout) {
  const PlanSamples& plan = samples.plans.front();
  Table table;
  table.row({"with the solved twin as control variate", "value", "95 % interval", "variance", "at equal cost"});
  bool any = false;
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    const Metric& of = metrics()[m];
    const ControlledEstimate& c = control.metrics[m];
    if (std::isnan(c.mean) || of.needs != Needs::nothing) continue;
    any = true;
    const auto times = [](double ratio) { return std::isnan(ratio) ? std::string("-") : fmt::format("1 / {:.2f}", ratio); };
    const Estimate e{c.mean, c.low, c.high, 0.0, plan.all.size()};
    table.row({std::string(of.label), format::value(of, e, samples.currency),
               "± " + format::half_width(of, e, samples.currency), times(c.variance_ratio), times(c.net_ratio)});
  }
  std::string text = "\n";
  if (!any) return text + "No control variate: it takes at least 4 samples: more customers or replications.\n";
  text += table.text(layout) + "\nThe twin is the same journey without ";
  for (std::size_t i = 0; i < control.without.size(); ++i) text += (i == 0 ? "" : ", ") + control.without[i];
  if (control.without.empty()) text += "anything taken out: it is solved as it stands";
  text += fmt::format(
      ".\nIt is solved, and simulated on the same luck. Variance: of this estimate, as a part of the plain "
      "one's; at equal cost: the same when the twin's visits ({:.0f} % of the run's) are spent on more "
      "customers instead.\n",
      100.0 * control.twin_visits / control.run_visits);
  return layout.format == Format::markdown ? text : wrapped(text, layout.width);
}

}  // namespace sojourn
