#include "first_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "doubt_section.hpp"
#include "first_picture.hpp"
#include "report_content.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/decide/verdict.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/happening_words.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "sojourn/report/ranking_report.hpp"

namespace sojourn::report_pages {
namespace {

/// Rows and marks of the first page; the appendix has all plans.
constexpr std::size_t most_plans = 7;

class FirstPage {
 public:
  explicit FirstPage(const Report& report)
      : report_(report),
        samples_(report.samples),
        comparison_(report.comparison),
        settings_(report.model.parts().settings),
        found_(sojourn::answer(report.comparison)) {
    const std::vector<GoalTerm>& terms = comparison_.goal.terms;
    const std::string_view decides = plain(terms) ? metrics()[terms.front().metric].name : "";
    goal_apart_ = decides != "npv" && decides != "retained";
    for (std::size_t k = 1; k < comparison_.plans.size(); ++k) shown_.push_back(k);
    if (shown_.size() > most_plans) {
      std::stable_sort(shown_.begin(), shown_.end(), [&](std::size_t a, std::size_t b) {
        return comparison_.goal.gains[a].mean > comparison_.goal.gains[b].mean;
      });
      shown_.resize(most_plans);
    }
  }

  std::string text() {
    const std::vector<std::string> sentences = answer(samples_, comparison_);
    for (std::size_t i = 0; i < sentences.size(); ++i)
      put("<p class=\"{}\">{}</p>\n", i == 0 ? "answer" : "answer second", html(sentences[i]));
    if (!shown_.empty()) {
      verdicts();
      out_ += "<div class=\"beside\">\n<div>";
      if (found_.money) out_ += worth_picture(samples_, comparison_, found_, shown_);
      paragraph("For whom", for_whom());
      out_ += "</div>\n";
      changes();
      out_ += "</div>\n";
    }
    out_ += "<div id=\"outcomes\"></div>\n";
    basis();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
  }

  // ---- a verdict for each plan
  void cell(std::string_view label, Verdict verdict, std::string_view word, const std::string& size,
            const std::string& interval, std::string_view name, double value) {
    put("<td data-label=\"{}\" data-metric=\"{}\" data-value=\"{}\"><span class=\"chip {}\">{}</span> ", label, name,
        std::isfinite(value) ? fmt::format("{}", value) : "", sojourn::name(verdict), word);
    if (verdict != Verdict::same) put("<strong>{}</strong>", html(size));
    if (!interval.empty() && verdict != Verdict::same) put("<span class=\"interval\">95 %: {}</span>", html(interval));
    out_ += "</td>";
  }

  [[nodiscard]] const Plan& plan_of(std::size_t k) const {
    const std::vector<Plan>& plans = report_.model.parts().plans;
    const auto found =
        std::find_if(plans.begin(), plans.end(), [&](const Plan& one) { return one.id == samples_.plans[k].id; });
    return found == plans.end() ? plans.front() : *found;
  }

  /// When what a plan buys begins: "starts 1 April 2026", "its parts start 1 April 2026 to 1 July 2026".
  [[nodiscard]] std::string starts(std::size_t k) const {
    const ModelParts& parts = report_.model.parts();
    double first = std::numeric_limits<double>::infinity(), last = 0.0;
    for (const ImprovementId id : plan_of(k).improvements) {
      const double start = parts.improvements[id.index()].change.start.value();
      first = std::min(first, start);
      last = std::max(last, start);
    }
    if (!std::isfinite(first)) return plan_of(k).rules.empty() ? "" : "starts when its rules say so";
    const std::string from = happening_words::short_date(settings_.start, first),
                      to = happening_words::short_date(settings_.start, last);
    const std::string on = happening_words::dated(settings_.start) ? "" : "on ";
    return from == to ? "starts " + on + from : "its parts start " + on + from + " to " + to;
  }

  /// What happens where no plan is chosen: the levels that all differences are from.
  void nothing_done() {
    const auto level = [&](std::string_view label, std::string_view name) {
      put("<td data-label=\"{}\">{}</td>", label,
          html(format::value(metric(name), comparison_.plans.front().metrics[metric_position(name)].mean,
                             samples_.currency)));
    };
    const bool bought = !plan_of(0).improvements.empty();
    put("<tr class=\"level\"><th scope=\"row\">{}<span class=\"interval\">{}</span></th>",
        html(comparison_.plans.front().name), bought ? "what plans are compared with" : "if nothing is done");
    const std::vector<GoalTerm>& terms = comparison_.goal.terms;
    if (goal_apart_ && plain(terms))
      level("Goal", metrics()[terms.front().metric].name);
    else if (goal_apart_)
      out_ += "<td data-label=\"Goal\">–</td>";
    if (found_.money) level("Net present value", "npv");
    level("Customers kept", "retained");
    if (found_.money) out_ += "<td data-label=\"Investment and payback\">–</td>";
    out_ += "</tr>\n";
  }

  /// The difference of one metric, with its currency.
  void metric_cell(std::string_view label, std::size_t k, std::string_view name, Verdict verdict, std::string_view word) {
    const Metric& of = metric(name);
    const Difference& e = comparison_.plans[k].differences[metric_position(name)];
    const bool money = format::kind(of) == format::Kind::money;
    cell(label, verdict, word, (money ? samples_.currency + " " : "") + format::difference(of, e, samples_.currency),
         std::isnan(e.low) ? "" : format::interval(of, e, samples_.currency), name, e.mean);
  }

  void verdicts() {
    put("<table class=\"verdicts\" id=\"verdicts\"><caption>Each plan against the baseline after {}, on the same customers "
        "and the same luck{}</caption>\n<thead><tr><th scope=\"col\">Plan</th>",
        format::duration(samples_.horizon),
        found_.money && happening_words::dated(settings_.start)
            ? "; days count from " + html(happening_words::date(settings_.start, 0.0))
            : "");
    const auto head = [&](std::string_view name) { put("<th scope=\"col\">{}</th>", escape_markup(name)); };
    const std::string goal = "Goal: " + answer_words::goal(comparison_);
    if (goal_apart_) head(goal);
    if (found_.money) head("Net present value");
    out_ += "<th scope=\"col\">Customers kept<span class=\"interval\">of all who arrived</span></th>";
    if (found_.money) head("Investment and payback");
    out_ += "</tr></thead>\n<tbody>\n";
    nothing_done();
    for (const std::size_t k : shown_) {
      const PlanComparison& plan = comparison_.plans[k];
      put("<tr><th scope=\"row\">{}</th>", html(plan.name));
      if (goal_apart_) {
        cell(escape_markup(goal), found_.plans[k].goal, answer_words::of_goal(found_.plans[k].goal),
             answer_words::gain(samples_, comparison_, k), answer_words::gain_interval(samples_, comparison_, k), "goal",
             comparison_.goal.gains[k].mean);
      }
      if (found_.money)
        metric_cell("Net present value", k, "npv", found_.plans[k].worth, answer_words::worth(found_.plans[k].worth));
      metric_cell("Customers kept", k, "retained", found_.plans[k].kept, answer_words::kept(found_.plans[k].kept));
      if (found_.money) {
        const std::string pay = comparison_words::pay_of_servers(comparison_, k, samples_.currency);
        put("<td data-label=\"Investment and payback\">{}{}<span class=\"interval\">payback: {}{}</span>",
            html(format::money(plan.investment.mean, samples_.currency)),
            pay.empty() ? "" : "<span class=\"interval\">and " + html(pay) + "</span>",
            html(comparison_words::break_even(plan)),
            plan.payback_days && happening_words::dated(settings_.start)
                ? ", " + happening_words::short_date(settings_.start, std::ceil(*plan.payback_days))
                : "");
        const std::string begins = starts(k);
        if (!begins.empty()) put("<span class=\"interval\">{}</span>", html(begins));
        out_ += "</td>";
      }
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table>\n";
    const std::size_t more = comparison_.plans.size() - 1 - shown_.size();
    if (more > 0) put("<p class=\"note\">The best {} by the goal; {} more below.</p>\n", shown_.size(), more);
  }

  // ---- what would change the answer
  void changes() {
    std::vector<std::string> items;
    const auto add = [&](const std::string& sentence) {
      if (!sentence.empty()) items.push_back(sentence);
    };
    const bool better = another_set_is_better();
    if (better) add(other_sets());
    if (found_.money) {
      for (const std::size_t k : std::set{found_.worth.leader, found_.kept.leader}) {
        if (k != 0) add(price(k));
      }
    }
    const Lead& lead = found_.goal;
    if (lead.leader != 0 && comparison_.plans.size() > 2 && !std::isnan(lead.chance)) {
      add(fmt::format(
          "Luck: {} is the best of all {}, the baseline among them, with a chance of {} (goal: {}), as far as the "
          "simulation's own luck goes.",
          comparison_.plans[lead.leader].name, comparison_.plans.size(), comparison_words::chance(lead.chance),
          answer_words::goal(comparison_)));
    }
    if (!better) add(other_sets());
    if (report_.ranking != nullptr) {
      const std::string fix = ranking_answer(*report_.ranking);
      add("Elsewhere in the journey: " + fix.substr(0, fix.find('\n')));
    }
    if (report_.doubt != nullptr) add(doubt_answer(*report_.doubt));
    if (items.empty()) add("Other assumptions than those of the scenario: change a figure of it and compare again.");
    out_ += "<div class=\"changes\"><h2>What would change the answer</h2>\n<ul>\n";
    for (const std::string& item : items) put("<li>{}</li>\n", html(item));
    out_ += "</ul>\n";
    paragraph("What to find out first", find_out());
    out_ += "</div>\n";
  }

  /// At which price the worth of a plan turns.
  [[nodiscard]] std::string price(std::size_t k) const {
    std::string text = comparison_words::switching_price(comparison_, k, samples_.currency);
    const std::string planned = format::money(comparison_.plans[k].investment.mean, samples_.currency) + ".";
    // What is spent and earned later counts less in the net present value: the sum of both would not be the price.
    if (settings_.discount != 0.0 && text.ends_with(planned)) text.replace(text.size() - 1, 1, ", both before discounting.");
    return text;
  }

  /// What the money buys that there is, as far as the page simulates; null where it was not looked for.
  [[nodiscard]] const Optimum* best_set() const {
    return report_.affordable != nullptr ? report_.affordable : report_.optimum;
  }

  /// The plan that buys just what `best` does; the number of plans where none does.
  [[nodiscard]] std::size_t plan_of(const Choice& best) const {
    std::size_t k = 1;
    while (k < comparison_.plans.size() && !buys_just(plan_of(k), best.bought)) ++k;
    return k;
  }

  /// Whether a set that no plan buys is shown to be better than buying nothing.
  [[nodiscard]] bool another_set_is_better() const {
    const Optimum* const found = best_set();
    return found != nullptr && found->gain.clear() && found->gain.low > 0.0 &&
           plan_of(found->finalists.front()) == comparison_.plans.size();
  }

  /// Whether another set of improvements is better than the plan that leads; never at odds with what is said of that plan,
  /// which was simulated with more people.
  [[nodiscard]] std::string other_sets() const {
    if (best_set() == nullptr) return {};
    const Optimum& found = *best_set();
    const std::size_t leader = found_.goal.leader;
    const std::size_t same = plan_of(found.finalists.front());
    const std::string limits = limit_words(found, report_.model);
    const std::string tried = fmt::format("Other sets of these improvements: of {} that were tried{}, ", found.tried,
                                          limits.empty() ? "" : " within " + limits);
    const std::string beyond = leader != 0 && beyond_limits(leader, found)
                                   ? fmt::format(" {} is beyond that.", comparison_.plans[leader].name)
                                   : "";
    if (another_set_is_better()) {
      std::string set = optimum_answer(found, report_.model);
      set = set.substr(0, set.find('\n'));
      if (set.starts_with("Buy ")) set.erase(0, 4);
      const Difference& plan = comparison_.goal.gains[leader];
      const bool more = leader == 0 || found.gain.low > (std::isnan(plan.high) ? plan.mean : plan.high);
      if (!beyond.empty())
        return fmt::format("Within {}, which {} is beyond, a set that is no plan here: {} Make it a plan to see it in full.",
                           limits, comparison_.plans[leader].name, set);
      return fmt::format("A set that is no plan here{}: {} Make it a plan to see it in full.",
                         more ? ", and worth more than those by the goal" : "", set) +
             (more ? "" : fmt::format(" It may be no more than {} is.", comparison_.plans[leader].name));
    }
    if (same == leader && leader != 0)
      return fmt::format("{}{} itself is seen to be best.", tried, comparison_.plans[leader].name);
    if (same < comparison_.plans.size() && found.gain.clear() && found.gain.low > 0.0)
      return fmt::format("{}{} is seen to be best{}.{}", tried, comparison_.plans[same].name,
                         people(found.samples) < people(samples_) ? "; what is said of it above rests on more people" : "",
                         beyond);
    const std::string than =
        leader == 0 || found_.goal.over_baseline != Verdict::better ? "buying nothing" : comparison_.plans[leader].name;
    return fmt::format("{}none is shown to be better than {}, as far as a page simulates.{}", tried, than, beyond);
  }

  [[nodiscard]] static double people(const Samples& samples) {
    return static_cast<double>(samples.customers) * samples.replications;
  }

  /// Whether a plan spends more than the search might.
  [[nodiscard]] bool beyond_limits(std::size_t k, const Optimum& found) const {
    return samples_.plans[k].over_budget || comparison_.plans[k].investment.mean > found.budget * (1.0 + 1e-9);
  }

  void paragraph(std::string_view heading, const std::string& text) {
    if (!text.empty()) put("<h2>{}</h2>\n<p>{}</p>\n", heading, html(text));
  }

  /// The plan that the page speaks of where it speaks of one: ahead by the goal, or else in customers kept.
  [[nodiscard]] std::size_t told() const {
    return found_.goal.leader != 0 ? found_.goal.leader : found_.kept.leader != 0 ? found_.kept.leader : shown_.front();
  }

  // ---- for whom
  [[nodiscard]] std::string for_whom() const {
    const PlanComparison& plan = comparison_.plans[told()];
    std::string text;
    if (plan.personas.size() > 1) {
      std::vector<const PersonaEffect*> order;
      for (const PersonaEffect& one : plan.personas) order.push_back(&one);
      std::stable_sort(order.begin(), order.end(),
                       [](const auto* a, const auto* b) { return a->retained.mean > b->retained.mean; });
      const auto those = [&](Verdict wanted) {
        constexpr std::size_t most = 4;
        std::string list;
        std::size_t count = 0;
        for (const PersonaEffect* one : order) {
          if (verdict(one->retained) != wanted || ++count > most) continue;
          list += (list.empty() ? "" : ", ") + one->name;
          if (wanted != Verdict::same)
            list += fmt::format(" ({})", format::difference(metric("retained"), one->retained, samples_.currency));
        }
        return count > most ? fmt::format("{} and {} more", list, count - most) : list;
      };
      const auto add = [&](const char* what, Verdict wanted) {
        const std::string list = those(wanted);
        if (!list.empty()) text += fmt::format("{}{} {}", text.empty() ? "" : "; ", what, list);
      };
      add("more are kept of", Verdict::better);
      add("fewer of", Verdict::worse);
      add("open for", Verdict::open);
      add("no change for", Verdict::same);
      text = plan.name + ": " + text + ". ";
    }
    if (!plan.winners_and_losers.empty()) {
      const BetterOrWorse& all = plan.winners_and_losers.front().overall;
      text +=
          fmt::format("{} leaves {:.1f} % of all who arrived better off (kept, or more satisfied) and {:.1f} % worse off{}.",
                      text.empty() ? plan.name : "It", 100.0 * all.better.mean, 100.0 * all.worse.mean,
                      plan.personas.size() > 1 ? "" : "; all are of one persona");
    }
    return text;
  }

  // ---- what to find out first
  [[nodiscard]] std::string find_out() const {
    const PlanComparison& plan = comparison_.plans[told()];
    if (report_.doubt != nullptr && report_.doubt->decision) return doubt_first(*report_.doubt);
    const ModelParts& parts = report_.model.parts();
    constexpr std::size_t most = 3;
    std::string list;
    const std::vector<ImprovementId>& bought = plan_of(told()).improvements;
    for (std::size_t i = 0; i < std::min(bought.size(), most); ++i) {
      const Change& change = parts.improvements[bought[i].index()].change;
      list += fmt::format("{}“{}” ({})",
                          list.empty()             ? ""
                          : i + 1 == bought.size() ? " and "
                                                   : ", ",
                          change.name.empty() ? change.id : change.name, happening_words::effects(change));
    }
    if (bought.size() > most) list += fmt::format(" and {} more", bought.size() - most);
    if (list.empty()) return {};
    return fmt::format(
        "Whether {} really {} what is assumed of {}. Intervals hold the luck of the simulation, not how well the scenario "
        "fits your customers; the scenario marks no figure as uncertain, so the page cannot say what knowing more is worth.",
        list, bought.size() > 1 ? "do" : "does", plan.name);
  }

  // ---- what it rests on
  void basis() {
    const ModelParts& parts = report_.model.parts();
    const std::string time = happening_words::dated(settings_.start)
                                 ? fmt::format("from {} to {}", happening_words::date(settings_.start, 0.0),
                                               happening_words::date(settings_.start, samples_.horizon))
                                 : fmt::format("over {} from day 0 on", format::duration(samples_.horizon));
    std::string text =
        fmt::format("A market of {} {}; money in {}", counted(samples_.market, "person", "people"), time, samples_.currency);
    text += settings_.discount != 0.0 ? fmt::format(", discounted at {:g} % a year. ", 100.0 * settings_.discount)
                                      : ", not discounted. ";
    std::string happenings;
    for (const Change& event : parts.events) {
      happenings += fmt::format("{}{} {}", happenings.empty() ? "" : "; ", event.name.empty() ? event.id : event.name,
                                happening_words::when(event, settings_.start));
    }
    text += happenings.empty() ? "" : "Under every plan happens: " + happenings + ". ";
    put("<p class=\"basis\">{}{}</p>\n", html(text), html(report_pages::basis(samples_, comparison_)));
  }

  const Report& report_;
  const Samples& samples_;
  const Comparison& comparison_;
  const Settings& settings_;
  Answer found_;
  bool goal_apart_ = false;
  std::vector<std::size_t> shown_;
  std::string out_;
};

}  // namespace

std::string first_page(const Report& report) { return FirstPage(report).text(); }

}  // namespace sojourn::report_pages
