#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "csv_text.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/decide/verdict.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/membership_words.hpp"
#include "sojourn/report/rule_words.hpp"
#include "sojourn/report/summary.hpp"
#include "table.hpp"

namespace sojourn {

namespace comparison_words {

std::string size_in_short(const Samples& samples) {
  return fmt::format("{} x {} over {}; ± 95 %", counted(samples.customers, "customer"), samples.replications,
                     format::duration(samples.horizon));
}

std::string break_even(const PlanComparison& plan) {
  if (!(plan.investment.mean > 0.0)) return "-";
  const auto day = [](const std::optional<double>& at) {
    return at ? fmt::format("{:.0f}", std::ceil(*at)) : std::string("never");
  };
  const std::string earliest = day(plan.payback_earliest), latest = day(plan.payback_latest);
  if (!plan.payback_days) {
    if (plan.payback_earliest) return fmt::format("not within the horizon ({} at best)", earliest);
    return plan.payback_undiscounted
               ? fmt::format("not within the horizon (day {} before discounting)", day(plan.payback_undiscounted))
               : "not within the horizon";
  }
  std::string text = "by day " + day(plan.payback_days);
  if (plan.payback_earliest && earliest != latest) {
    text += plan.payback_latest ? fmt::format(" ({} to {})", earliest, latest) : fmt::format(" ({} or later)", earliest);
  }
  return text;
}

std::string break_even_in_short(const PlanComparison& plan) {
  if (!(plan.investment.mean > 0.0)) return "-";
  if (!plan.payback_days) return "not yet";
  return fmt::format("day {:.0f}", std::ceil(*plan.payback_days));
}

std::string cost_per_extra(const PlanComparison& plan, const std::string& currency) {
  const Estimate& e = plan.cost_per_extra_customer;
  if (std::isnan(e.mean)) return "-";
  const std::string text = format::money(e.mean, currency);
  if (!std::isnan(e.low))
    return fmt::format("{} ({} to {})", text, format::money(e.low, currency), format::money(e.high, currency));
  // Where there may be no extra customers, there may be no such price.
  const Difference& kept = plan.differences[metric_position("retained")];
  return std::isnan(kept.low) || kept.told_apart() ? text : text + " (may be chance)";
}

std::string return_on_investment(const PlanComparison& plan) {
  if (std::isnan(plan.roi.mean)) return "-";
  const std::string point = fmt::format("{:.2f}", plan.roi.mean);
  return std::isnan(plan.roi.low) ? point : fmt::format("{} ± {:.2f}", point, 0.5 * (plan.roi.high - plan.roi.low));
}

std::string pay_of_servers(const Comparison& comparison, std::size_t plan, const std::string& currency) {
  const double more = comparison.plans[plan].staff_cost - comparison.plans.front().staff_cost;
  if (more == 0.0) return {};
  return fmt::format("{} {} pay of servers", format::money(std::fabs(more), currency), more > 0.0 ? "more" : "less");
}

std::string pay_of_servers(const Comparison& comparison, const std::string& currency) {
  std::string text;
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
    const std::string pay = pay_of_servers(comparison, k, currency);
    if (pay.empty()) continue;
    const PlanComparison& plan = comparison.plans[k];
    text += fmt::format("{} {} with {}", text.empty() ? "" : ";", pay, plan.name);
    if (plan.investment.mean > 0.0)
      text += fmt::format(", beside its investment of {}", format::money(plan.investment.mean, currency));
  }
  return text.empty() ? text : fmt::format("Part of this money:{}.", text);
}

namespace {

/// What loses the money of a plan that would lose even if it cost nothing.
std::string what_loses(const Comparison& comparison, std::size_t k, const std::string& currency) {
  const PlanComparison& plan = comparison.plans[k];
  const Contribution* most = nullptr;
  for (const Contribution& part : plan.npv_by_kind) {
    if (part.id != "investment" && (most == nullptr || part.change.mean < most->change.mean)) most = &part;
  }
  const std::string now = format::money(plan.investment.mean, currency);
  if (most != nullptr && most->id == "staff" && most->change.mean < 0.0)
    return fmt::format("Price: what loses the money of {} is {}; its cost of {} comes on top.", plan.name,
                       pay_of_servers(comparison, k, currency), now);
  const std::string more = most == nullptr || !(most->change.mean < 0.0) ? ""
                           : most->id == "revenue"                       ? ": revenue is lower"
                                                                         : ": it costs more to serve";
  return fmt::format("Price: {} would lose money even if it cost nothing{}.", plan.name, more);
}

}  // namespace

std::string switching_price(const Comparison& comparison, std::size_t k, const std::string& currency) {
  const PlanComparison& plan = comparison.plans[k];
  const double roi = plan.roi.mean, cost = plan.investment.mean;
  if (std::isnan(roi) || !(cost > 0.0)) return {};
  // At (1 + return) times its price, what a plan earns is just what it costs, all of it discounted.
  const double times = 1.0 + roi;
  // Never more than the verdict says of the plan.
  const bool open = verdict(plan.differences[metric_position("npv")]) == Verdict::open;
  if (times <= 0.0 && open) return fmt::format("Price: {} may lose money even if it cost nothing.", plan.name);
  if (times <= 0.0) return what_loses(comparison, k, currency);
  const std::string price = format::money(times * cost, currency), now = format::money(cost, currency);
  const std::string range =
      std::isnan(plan.roi.low)
          ? ""
          : fmt::format(" (95 %: {} to {})", format::money(std::max(0.0, 1.0 + plan.roi.low) * cost, currency),
                        format::money((1.0 + plan.roi.high) * cost, currency));
  const std::string pay = pay_of_servers(comparison, k, currency);
  const std::string subject =
      fmt::format("Price: {}{}{}", pay.empty() ? "" : "with ", pay, pay.empty() ? "" : ", ") + plan.name;
  if (open)
    return fmt::format("{} comes out even at a cost of {}{}; it is planned at {}, which leaves open whether it pays.",
                       subject, price, range, now);
  return roi >= 0.0 ? fmt::format("{} pays up to a cost of {}{}; it is planned at {}.", subject, price, range, now)
                    : fmt::format("{} would pay at a cost below {}{}; it is planned at {}.", subject, price, range, now);
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

std::string size_of_run(const Samples& samples) {
  std::string text = counted(samples.customers, "customer");
  if (samples.market != static_cast<double>(samples.customers))
    text += fmt::format(" for a market of {}", grouped(samples.market));
  return text + fmt::format(", {}, {}, seed {}", counted(samples.replications, "replication"),
                            format::duration(samples.horizon), samples.seed);
}

std::string heading(const Samples& samples, const Layout& layout) {
  return bold_prose(samples.scenario + "\n", layout) +
         prose((samples.question.empty() ? "" : samples.question + "\n") + size_of_run(samples) + "\n", layout);
}

std::string footnote(const Samples& samples, const std::vector<std::string>& cautions) {
  std::string text;
  for (const std::string& caution : cautions) text += caution + "\n";
  return text + caution_words::intervals(samples) + "\n";
}

/// "+1.23 pt ± 0.05", or "no change" where the two are the same to the bit.
std::string change(const Metric& of, const Estimate& e, const std::string& currency) {
  if (e.mean == 0.0 && (e.sd == 0.0 || std::isnan(e.sd))) return "0";
  const std::string text = format::difference(of, e, currency);
  return std::isnan(e.low) ? text : text + " ± " + format::half_width(of, e, currency);
}

/// The same with a mark "~" where the plan is not told apart from the baseline, aligned with those that are.
std::string verdict(const Metric& of, const Difference& e, const std::string& currency) {
  return change(of, e, currency) + (e.mean != 0.0 && !std::isnan(e.low) && !e.told_apart() ? " ~" : "  ");
}

std::string per_cent(const Estimate& share) {
  if (std::isnan(share.mean)) return "-";
  // Nobody is not the same as hardly anybody.
  if (share.mean > 0.0 && share.mean < 0.0005) return "< 0.1 %";
  return fmt::format("{:.1f} %", 100.0 * share.mean);
}

}  // namespace

std::string answer_text(const Samples& samples, const Comparison& comparison) {
  std::string text;
  for (const std::string& sentence : answer_words::sentences(samples, comparison)) text += sentence + "\n";
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

std::string contributions(const Comparison& comparison, const std::string& currency, const Layout& layout) {
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
  return kept.text(layout) + "\n" + where.text(layout) + "\n" + worth.text(layout) + "\n";
}

std::string one_by_one(const Comparison& comparison, const Layout& layout) {
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
  return table.text(layout) + "\n";
}

std::string chances(const Comparison& comparison, const Layout& layout) {
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
  return table.text(layout) + "\n";
}

/// Whether visits or stays of the plan earn or cost something.
bool pays(const PlanSamples& plan) {
  return std::any_of(plan.touch.begin(), plan.touch.end(), [](const std::vector<TouchSums>& samples) {
    return std::any_of(samples.begin(), samples.end(),
                       [](const TouchSums& s) { return s.revenue != 0.0 || s.cost_to_serve != 0.0; });
  });
}

/// `first` and the heads of the columns that `add_visits` fills.
std::vector<std::string> with_visits(std::vector<std::string> first, bool money) {
  first.insert(first.end(), {"visits", "quality", "satisfaction", "effort", "repeats"});
  if (money) first.insert(first.end(), {"revenue", "cost"});
  return first;
}

/// What visits to one touchpoint, or in one channel, were like.
void add_visits(std::vector<std::string>& cells, const std::vector<TouchSums>& samples, bool money) {
  const auto add = [&](std::string_view name, int decimals) {
    const double value = estimate(samples, *find_touch_metric(name)).mean;
    cells.push_back(std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, decimals));
  };
  for (const std::string_view name : {"visits", "quality", "satisfaction", "effort", "repeats"}) add(name, 3);
  if (money) {
    add("revenue_per_person", 2);
    add("cost_per_person", 2);
  }
}

/// What visits in each channel were like, under each plan; empty where there are no channels.
std::string channels_text(const Samples& samples, const Layout& layout) {
  if (samples.channels.empty()) return {};
  const bool plans = samples.plans.size() > 1;
  const bool money = std::any_of(samples.plans.begin(), samples.plans.end(), pays);
  Table channels;
  std::vector<std::string> head{"by channel"};
  if (plans) head.emplace_back("plan");
  channels.row(with_visits(std::move(head), money));
  for (std::size_t c = 0; c < samples.channels.size(); ++c) {
    for (std::size_t k = 0; k < samples.plans.size(); ++k) {
      const std::vector<TouchSums> sums = channel_sums(samples, samples.plans[k], ChannelId(c));
      if (sums.empty()) continue;
      std::vector<std::string> cells{k == 0 ? samples.channel_names[c] : ""};
      if (plans) cells.push_back(samples.plans[k].name);
      add_visits(cells, sums, money);
      channels.row(cells);
    }
  }
  return "\n" + channels.text(layout);
}

/// Whether the journey is consistent, under each plan; empty where nobody asked.
std::string spread_text(const Samples& samples, const Layout& layout) {
  if (samples.appraisal_spreads.empty() || std::isnan(samples.appraisal_spreads.front().within)) return {};
  const bool plans = samples.plans.size() > 1;
  Table spreads;
  std::vector<std::string> head{"spread of appraisals"};
  if (plans) head.emplace_back("plan");
  head.insert(head.end(), {"within a customer", "between customers"});
  spreads.row(head);
  for (std::size_t k = 0; k < samples.appraisal_spreads.size(); ++k) {
    const AppraisalSpread& spread = samples.appraisal_spreads[k];
    std::vector<std::string> cells{k == 0 ? "of " + counted(spread.customers, "customer") : ""};
    if (plans) cells.push_back(samples.plans[k].name);
    const double half = 0.5 * (spread.within_high - spread.within_low);
    cells.push_back(fmt::format("{:.3f} ± {:.3f}", spread.within, half));
    cells.push_back(fmt::format("{:.3f}", spread.between));
    spreads.row(cells);
  }
  return "\n" + spreads.text(layout) + "\n" +
         prose(
             "Standard deviations, on the scale of appraisals from 0 to 1: the smaller within a customer, the more "
             "consistent "
             "the journey.\n",
             layout);
}

/// A figure of content for a table.
std::string content_figure(const TouchMetric& metric, double value) {
  if (std::isnan(value)) return "-";
  return metric.name == "fit" ? fmt::format("{:.2f}", value) : fmt::format("{:.1f} %", 100.0 * value);
}

/// What a log counts as solved and what was, under each plan; empty where people bring no problems.
std::string solved_text(const Samples& samples, const Layout& layout) {
  if (!samples.mechanisms.has(Needs::solving)) return {};
  Table table;
  table.row({"problems solved", "plan", "logged", "solved"});
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    for (std::size_t k = 0; samples.solving[v] && k < samples.plans.size(); ++k) {
      std::vector<std::string> cells{k == 0 ? samples.touchpoint_names[v] : "", samples.plans[k].name};
      for (const TouchMetric& of : touch_metrics()) {
        if (of.needs == Needs::solving) cells.push_back(per_cent(estimate(samples, k, v, of)));
      }
      table.row(cells);
    }
  }
  return "\n" + table.text(layout) + "\n" +
         prose(
             "Logged: of all visits, those that a log counts as a success because they were served; solved: those after "
             "which the customer's problem was gone.\n",
             layout);
}

/// What the rules of plans did; empty where no plan goes by one.
std::string rules_text(const Samples& samples, const Layout& layout) {
  std::string text;
  for (std::size_t k = 0; k < samples.plans.size(); ++k) {
    for (const std::string& sentence : rule_words::sentences(samples, k))
      text +=
          prose((samples.plans.size() > 1 ? fmt::format("Plan {}. ", samples.plans[k].name) : "") + sentence + "\n", layout);
  }
  return text.empty() ? text : "\n" + text;
}

std::string content_words(const Layout& layout) {
  return prose(
      "Best fit: share of visits that saw the content that fits their needs best; worse than none: share that saw content "
      "that fits them worse than no content would. Fit is from 0 to 1, and 0.5 without content.\n",
      layout);
}

/// How well content fitted, under each plan; empty where there is none.
std::string content_text(const Samples& samples, const Layout& layout) {
  if (!samples.mechanisms.has(Needs::content)) return {};
  Table table;
  table.row({"content", "plan", "best fit", "worse than none", "mean fit"});
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    for (std::size_t k = 0; samples.content[v] && k < samples.plans.size(); ++k) {
      std::vector<std::string> cells{k == 0 ? samples.touchpoint_names[v] : "", samples.plans[k].name};
      for (const TouchMetric& of : touch_metrics()) {
        if (of.needs == Needs::content) cells.push_back(content_figure(of, estimate(samples, k, v, of).mean));
      }
      table.row(cells);
    }
  }
  return "\n" + table.text(layout) + "\n" + content_words(layout);
}

/// A figure of a survey with half the width of its interval.
std::string of_survey(const std::vector<SurveySums>& sums, std::string_view name, bool half_width = true) {
  const Estimate e = estimate(sums, survey_metric(name));
  if (std::isnan(e.mean)) return "-";
  if (name == "response_rate") return per_cent(e);
  const int digits = scale_of(sums.front().asks).net_promoter() && name != "invited" ? 1 : 2;
  std::string text = fmt::format("{:.{}f}", e.mean, digits);
  if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);
  return std::isnan(e.low) || !half_width ? text : text + fmt::format(" ± {:.{}f}", 0.5 * (e.high - e.low), digits);
}

/// What surveys measured under each plan, beside what is true; empty where there are none.
std::string surveys_text(const Samples& samples, const Layout& layout) {
  if (samples.surveys.empty()) return {};
  const bool plans = samples.plans.size() > 1;
  Table surveys, parts, weights;
  const auto head = [&](std::string first, std::initializer_list<const char*> rest) {
    std::vector<std::string> cells{std::move(first)};
    if (plans) cells.emplace_back("plan");
    cells.insert(cells.end(), rest.begin(), rest.end());
    return cells;
  };
  surveys.row(head("by survey", {"asked", "invitations", "answered", "measured", "true", "gap"}));
  parts.row(head("the gap in parts", {"who visits", "where asked", "who is drawn", "who answers", "noise"}));
  weights.row(
      head("answers weighed", {"as they are", "by chance to answer", "by persona", "own interval", "holds the truth"}));
  for (std::size_t s = 0; s < samples.surveys.size(); ++s) {
    for (std::size_t k = 0; k < samples.plans.size(); ++k) {
      const std::vector<SurveySums>& sums = samples.plans[k].surveys[s];
      const auto row = [&](Table& table, std::vector<std::string> rest) {
        std::vector<std::string> cells{k == 0 ? samples.survey_names[s] : ""};
        if (plans) cells.push_back(samples.plans[k].name);
        cells.insert(cells.end(), rest.begin(), rest.end());
        table.row(cells);
      };
      row(surveys,
          {k == 0 ? std::string(scale_of(samples.survey_questions[s]).label) : "", of_survey(sums, "invited", false),
           of_survey(sums, "response_rate"), of_survey(sums, "measured"), of_survey(sums, "true"), of_survey(sums, "gap")});
      row(parts, {of_survey(sums, "gap_visits"), of_survey(sums, "gap_coverage"), of_survey(sums, "gap_sampling"),
                  of_survey(sums, "gap_response"), of_survey(sums, "gap_noise")});
      const auto& all = samples.plans[k].survey_intervals;
      const SurveyIntervals own = all.empty() ? SurveyIntervals{} : all[s];
      row(weights,
          {of_survey(sums, "measured", false), of_survey(sums, "weighted_propensity", false),
           of_survey(sums, "weighted_persona", false),
           std::isnan(own.half_width) || all.empty() ? "-" : fmt::format("± {:.2f}", own.half_width),
           all.empty() || std::isnan(own.cover) ? "-" : fmt::format("{:.0f} % of {:.0f}", 100.0 * own.cover, own.windows)});
    }
  }
  std::string loops;
  for (std::size_t s = 0; s < samples.surveys.size(); ++s) {
    for (std::size_t k = 0; k < samples.plans.size() && samples.closed_loops[s]; ++k) {
      const std::vector<SurveySums>& sums = samples.plans[k].surveys[s];
      loops +=
          prose(fmt::format("{}{}: the closed loop led {} of 100 people who arrived to recovery, {} of those who answered "
                            "low.\n",
                            plans ? fmt::format("Plan {}. ", samples.plans[k].name) : "", samples.survey_names[s],
                            fmt::format("{:.1f}", 100.0 * estimate(sums, survey_metric("recovered")).mean),
                            per_cent(estimate(sums, survey_metric("reached")))),
                layout);
    }
  }
  if (!loops.empty()) loops += "\n";
  return "\n" + loops + surveys.text(layout) + "\n" + parts.text(layout) + "\n" + weights.text(layout) + "\n" +
         prose(
             "Invitations are per person who arrived. Measured: what the answers give; true: of all customers at the "
             "windows' ends (NPS) or at all visits. The parts add up to the gap. Own interval: as the company works it out "
             "from the answers of one replication; the last column says how often that of a window with 30 answers or more "
             "holds what is true then.\n",
             layout);
}

/// What queues did, under each plan; empty where there are none.
std::string queues_text(const Samples& samples, const Layout& layout) {
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
      const double mean = estimate(plan.touch[queue.touchpoint], *find_touch_metric("wait_days")).mean;
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
  std::string text = "\n" + queues.text(layout);
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
    text += "\n" + pools.text(layout);
  }
  std::string notes =
      "Waits that ended, by length; answered, gave up: of all who came; servers busy: of the time that they were there.";
  if (samples.mechanisms.has(Needs::paid_servers))
    notes += " The pay of servers is in the cost to serve and the value of all, not in those of single personas or places.";
  return text + "\n" + prose(notes + "\n", layout);
}

}  // namespace

std::string run_text(const Samples& samples, const Layout& layout) {
  if (layout.format == Format::csv) return run_csv(samples);
  const PlanSamples& plan = samples.plans.front();
  std::string text = heading(samples, layout);
  text += prose(fmt::format("Plan: {}\n\n", plan.name == plan.id ? plan.id : fmt::format("{} ({})", plan.name, plan.id)),
                layout);

  Table figures;
  figures.row({"at the horizon", "value", "95 % interval"});
  for (const Metric& of : metrics()) {
    if (!samples.mechanisms.has(of.needs)) continue;
    const Estimate e = estimate(samples, 0, of);
    if (of.name == "investment" && e.mean == 0.0) continue;
    figures.row({std::string(of.label), format::value(of, e, samples.currency),
                 std::isnan(e.low) ? "" : (e.thin() ? "? ± " : "± ") + format::half_width(of, e, samples.currency)});
  }
  text += figures.text(layout) + "\n";

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
  text += personas.text(layout) + "\n";

  if (samples.mechanisms.has(Needs::accounts)) {
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
    text += segments.text(layout) + "\n";
  }

  const bool money = pays(plan);
  Table touchpoints;
  std::vector<std::string> columns = with_visits({"by touchpoint"}, money);
  if (samples.mechanisms.has(Needs::queues)) columns.insert(columns.end(), {"wait", "gave up"});
  if (samples.mechanisms.has(Needs::solving)) columns.insert(columns.end(), {"logged as solved", "solved"});
  if (samples.mechanisms.has(Needs::content)) columns.insert(columns.end(), {"best fit", "worse than none", "fit"});
  touchpoints.row(columns);
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    std::vector<std::string> cells{samples.touchpoint_names[v]};
    add_visits(cells, plan.touch[v], money);
    if (samples.mechanisms.has(Needs::queues)) {
      for (const TouchMetric& of : touch_metrics()) {
        const double value = estimate(plan.touch[v], of).mean;
        if (of.name == "wait_days") cells.push_back(value == 0.0 ? "-" : format::wait(value));
        if (of.name == "gave_up") cells.push_back(!(value > 0.0) ? "-" : fmt::format("{:.2f} %", 100.0 * value));
      }
    }
    for (const TouchMetric& of : touch_metrics()) {
      if (of.needs != Needs::solving || !samples.mechanisms.has(Needs::solving)) continue;
      const double value = estimate(samples, 0, v, of).mean;
      cells.push_back(std::isnan(value) ? "-" : fmt::format("{:.1f} %", 100.0 * value));
    }
    for (const TouchMetric& of : touch_metrics()) {
      if (of.needs == Needs::content && samples.mechanisms.has(Needs::content))
        cells.push_back(content_figure(of, estimate(samples, 0, v, of).mean));
    }
    touchpoints.row(cells);
  }
  text += touchpoints.text(layout) + "\n" +
          prose(fmt::format(
                    "Visits and repeats{} are per person who arrived; quality, satisfaction and effort are means per visit, "
                    "0 to 1.\n",
                    money ? fmt::format(", revenue and cost to serve ({})", samples.currency) : ""),
                layout);
  if (samples.mechanisms.has(Needs::content)) text += content_words(layout);
  if (!samples.channels.empty()) text += channels_text(samples, layout) + (samples.appraisal_spreads.empty() ? "\n" : "");
  text += spread_text(samples, layout);
  text += queues_text(samples, layout) + surveys_text(samples, layout) + rules_text(samples, layout);
  return text + prose(footnote(samples, caution_words::cautions(samples)), layout);
}

namespace {

/// Everything beside the answer.
std::string all_figures(const Samples& samples, const Comparison& comparison, const Layout& layout) {
  std::string text;
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
  if (samples.mechanisms.has(Needs::paid_servers)) {
    const double before = comparison.plans.front().staff_cost;
    std::vector<std::string> cells{"of that, pay of servers", format::money(before, currency)};
    for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
      const double more = comparison.plans[k].staff_cost - before;
      cells.push_back(more == 0.0 ? "0" : format::difference(metric("cost_to_serve"), more, currency));
    }
    figures.row(cells);
  }
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
  text += figures.text(layout) + "\n";
  if (comparison.plans.size() < 2)
    return text + prose(footnote(samples, caution_words::cautions(samples, comparison)), layout);
  if (!std::isnan(comparison.best.front().chances.front())) text += chances(comparison, layout);
  text += one_by_one(comparison, layout);
  for (const std::string& sentence : membership_words::sentences(samples, comparison))
    text += prose(sentence + "\n", layout);
  if (!comparison.plans.back().tiers.empty()) text += "\n";
  text += contributions(comparison, currency, layout);

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
  text += personas.text(layout);
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
    text += "\n" + segments.text(layout);
  }
  text += channels_text(samples, layout);
  text += spread_text(samples, layout);
  text += queues_text(samples, layout);
  text += solved_text(samples, layout) + content_text(samples, layout) + surveys_text(samples, layout) +
          rules_text(samples, layout);
  std::string notes = samples.mechanisms.has(Needs::existing)
                          ? "Conversion is of those who arrived as prospects; retention of those who bought or arrived as "
                            "customers, retained of all who arrived. "
                          : "Retention is of those who bought, retained of all who arrived. ";
  notes +=
      "NPS and satisfaction are of the customers present: "
      "keeping doubters lowers them. pt: percentage points. Value per person leaves the investment out. Better off: kept, "
      "where the baseline loses the same person on the same luck, or as well kept or lost and more satisfied at the end, by "
      "more than 0.01; once two lives part they meet other luck too, so that only better less worse is the plan's doing.\n"
      "Payback is the day from which the money gained covers the money spent, both discounted as net present value is.\n";
  notes += comparison.plans.size() > 2
               ? fmt::format(
                     "~: the plan may be no better and no worse than the baseline (not told apart at 5 %, allowing for "
                     "{} plans compared, Holm 1979).\n",
                     comparison.plans.size() - 1)
               : std::string("~: the plan may be no better and no worse than the baseline (not told apart at 5 %).\n");
  text += "\n" + prose(notes, layout);
  return text + prose(footnote(samples, caution_words::cautions(samples, comparison)), layout);
}

/// A gain with its verdict: "pays +4.77 M ± 0.11 M".
std::string with_verdict(std::string_view word, const Metric& of, const Difference& e, const std::string& currency) {
  if (verdict(e) == Verdict::same) return std::string(word);
  return fmt::format("{} {}", word, change(of, e, currency));
}

/// Columns that the labels of rows may take so that all figures stand beside them; at least 20.
std::size_t room_for_labels(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows,
                            const Layout& layout) {
  constexpr std::size_t margin = 2, between = 2, least = 20;
  std::size_t taken = margin;
  for (std::size_t c = 1; c < head.size(); ++c) {
    std::size_t widest = columns(head[c]);
    for (const std::vector<std::string>& row : rows) widest = std::max(widest, columns(row[c - 1]));
    taken += between + widest;
  }
  return std::max(least, std::min(layout.width - std::min(layout.width, taken), Table::widest_label(layout.width)));
}

/// The plans, a row each with their verdicts; at most `most` rows, the best by the goal.
std::string verdicts(const Samples& samples, const Comparison& comparison, const Layout& layout, std::size_t most) {
  const Answer found = answer(comparison);
  const std::vector<GoalTerm>& terms = comparison.goal.terms;
  const bool plain_goal = plain(terms);
  const std::string_view decides = plain_goal ? metrics()[terms.front().metric].name : "";
  const bool goal_apart = decides != "npv" && decides != "retained";
  const std::size_t npv = metric_position("npv"), retained = metric_position("retained");
  std::vector<std::string> head{"against the baseline"};
  if (goal_apart) head.push_back(plain_goal ? std::string(metrics()[terms.front().metric].label) : "the goal");
  if (found.money) head.emplace_back("Net present value");
  if (!goal_apart || !found.money) head.emplace_back("Customers kept");
  if (found.money) head.emplace_back("Payback");
  std::vector<std::size_t> order;
  for (std::size_t k = 1; k < comparison.plans.size(); ++k) order.push_back(k);
  if (order.size() > most) {
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return comparison.goal.gains[a].mean > comparison.goal.gains[b].mean;
    });
    order.resize(most);
  }
  std::vector<std::vector<std::string>> rows;
  for (const std::size_t k : order) {
    const PlanComparison& plan = comparison.plans[k];
    std::vector<std::string> cells;
    if (goal_apart) {
      cells.push_back(with_verdict(answer_words::of_goal(found.plans[k].goal),
                                   plain_goal ? metrics()[terms.front().metric] : metrics()[npv], comparison.goal.gains[k],
                                   samples.currency));
    }
    if (found.money)
      cells.push_back(
          with_verdict(answer_words::worth(found.plans[k].worth), metrics()[npv], plan.differences[npv], samples.currency));
    if (!goal_apart || !found.money)
      cells.push_back(with_verdict(answer_words::kept(found.plans[k].kept), metrics()[retained], plan.differences[retained],
                                   samples.currency));
    if (found.money) cells.push_back(break_even_in_short(plan));
    rows.push_back(std::move(cells));
  }
  const std::size_t left = room_for_labels(head, rows, layout);
  Table table;
  table.row(head);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string& name = comparison.plans[order[i]].name;
    rows[i].insert(rows[i].begin(), layout.format == Format::markdown ? name : shortened(name, left));
    table.row(rows[i]);
  }
  return table.text(layout);
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// The answer on a screen's first lines: where not all fits, what is said of more than goals is left out, then plans, then
/// the second sentence.
std::string first_lines(const Samples& samples, const Comparison& comparison, const Layout& layout) {
  const std::string head =
      bold_prose(samples.scenario + "\n", layout) + prose(samples.question.empty() ? "" : samples.question + "\n", layout);
  const std::vector<std::string> sentences = answer_words::sentences(samples, comparison);
  const auto said = [&](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += sentences[i] + "\n";
    return bold_prose(text, layout);
  };
  const std::size_t cautions = caution_words::cautions(samples, comparison).size();
  const std::string pay = pay_of_servers(comparison, samples.currency);
  const auto foot = [&](std::size_t left_out, bool pay_is_said) {
    std::string rest;
    if (left_out > 0) rest += fmt::format("{} more plan{} and ", left_out, left_out == 1 ? "" : "s");
    if (cautions > 0) rest += fmt::format("{} caution{}, ", cautions, cautions == 1 ? "" : "s");
    return prose(
        fmt::format("{}{}. {}: --full\n", size_in_short(samples), pay_is_said ? "" : "; money includes servers' pay",
                    rest.empty() ? "The rest" : rest + "the rest"),
        layout);
  };
  const auto fits = [&](const std::string& text) {
    return layout.format == Format::markdown || lines_in(text) <= most_first_lines;
  };
  const std::size_t plans = comparison.plans.size() - 1;
  constexpr std::size_t on_goals = 2;  // sentences; the others are left out first
  std::size_t rows = plans, count = sentences.size();
  const std::string all = head + said(count) + verdicts(samples, comparison, layout, rows) +
                          (pay.empty() ? "" : prose(pay + "\n", layout)) + foot(0, true);
  if (fits(all)) return all;
  for (;;) {
    const std::string above = head + said(count) + verdicts(samples, comparison, layout, rows);
    // No plan is left out for a word about pay.
    for (const bool pay_is_said : {pay.empty(), true}) {
      const std::string text = above + foot(plans - rows, pay_is_said);
      if (fits(text) || (rows <= 1 && count <= 1)) return text;
    }
    if (rows > 1 && count <= on_goals) {
      --rows;
    } else {
      --count;
    }
  }
}

}  // namespace

std::string comparison_text(const Samples& samples, const Comparison& comparison, const Layout& layout) {
  if (layout.format == Format::csv) return comparison_csv(samples, comparison);
  if (!layout.full) return first_lines(samples, comparison, layout);
  const std::string pay = pay_of_servers(comparison, samples.currency);
  return heading(samples, layout) + "\n" + bold_prose(answer_text(samples, comparison), layout) + "\n" +
         verdicts(samples, comparison, layout, comparison.plans.size()) + (pay.empty() ? "" : prose(pay + "\n", layout)) +
         "\n" + all_figures(samples, comparison, layout);
}

}  // namespace sojourn
