#include "first_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "doubt_section.hpp"
#include "report_content.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/decide/verdict.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "sojourn/report/ranking_report.hpp"

namespace sojourn::report_pages {
namespace {

/// Rows and marks of the first page; the appendix has all plans.
constexpr std::size_t most_plans = 7;

const Metric& metric(std::string_view name) { return *find_metric(name); }
std::string html(const std::string& text) { return escape_markup(typographic(text)); }

/// "1 November 2026": the date of a day since the start.
std::string date(const Settings& settings, double day) {
  const auto number = [&](std::size_t begin, std::size_t count) { return std::stoi(settings.start.substr(begin, count)); };
  const std::chrono::sys_days first = std::chrono::year{number(0, 4)} / number(5, 2) / number(8, 2);
  const std::chrono::year_month_day on(first + std::chrono::days(static_cast<long>(std::floor(day + 1e-9))));
  constexpr const char* months[] = {"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};
  return fmt::format("{} {} {}", static_cast<unsigned>(on.day()), months[static_cast<unsigned>(on.month()) - 1],
                     static_cast<int>(on.year()));
}

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
      out_ += "<div class=\"beside\">\n";
      if (found_.money) picture();
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
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  // ---- a verdict for each plan
  void cell(std::string_view label, Verdict verdict, std::string_view word, const std::string& size,
            const std::string& interval, const std::string& level, std::string_view name, double value) {
    put("<td data-label=\"{}\" data-metric=\"{}\" data-value=\"{}\"><span class=\"chip {}\">{}</span> ", label, name,
        std::isfinite(value) ? fmt::format("{}", value) : "", sojourn::name(verdict), word);
    if (verdict != Verdict::same) put("<strong>{}</strong>", html(size));
    if (!interval.empty() && verdict != Verdict::same) put("<span class=\"interval\">95 %: {}</span>", html(interval));
    if (!level.empty()) put("<span class=\"interval\">baseline {}</span>", html(level));
    out_ += "</td>";
  }

  /// The difference of one metric, with its currency.
  void metric_cell(std::string_view label, std::size_t k, std::string_view name, Verdict verdict, std::string_view word) {
    const Metric& of = metric(name);
    const Difference& e = comparison_.plans[k].differences[metric_position(name)];
    const bool money = format::kind(of) == format::Kind::money;
    cell(label, verdict, word, (money ? samples_.currency + " " : "") + format::difference(of, e, samples_.currency),
         std::isnan(e.low) ? "" : format::interval(of, e, samples_.currency),
         k == shown_.front()
             ? format::value(of, comparison_.plans.front().metrics[metric_position(name)].mean, samples_.currency)
             : "",
         name, e.mean);
  }

  void verdicts() {
    put("<table class=\"verdicts\" id=\"verdicts\"><caption>Each plan against the baseline after {}, on the same customers "
        "and the same luck</caption>\n<thead><tr><th scope=\"col\">Plan</th>",
        format::duration(samples_.horizon));
    const auto head = [&](std::string_view name) { put("<th scope=\"col\">{}</th>", escape_markup(name)); };
    const std::string goal = "Goal: " + answer_words::goal(comparison_);
    if (goal_apart_) head(goal);
    if (found_.money) head("Net present value");
    out_ += "<th scope=\"col\">Customers kept<span class=\"interval\">of all who arrived</span></th>";
    if (found_.money) head("Investment and payback");
    out_ += "</tr></thead>\n<tbody>\n";
    for (const std::size_t k : shown_) {
      const PlanComparison& plan = comparison_.plans[k];
      put("<tr><th scope=\"row\">{}</th>", html(plan.name));
      if (goal_apart_) {
        cell(escape_markup(goal), found_.plans[k].goal, answer_words::of_goal(found_.plans[k].goal),
             answer_words::gain(samples_, comparison_, k), answer_words::gain_interval(samples_, comparison_, k), "", "goal",
             comparison_.goal.gains[k].mean);
      }
      if (found_.money)
        metric_cell("Net present value", k, "npv", found_.plans[k].worth, answer_words::worth(found_.plans[k].worth));
      metric_cell("Customers kept", k, "retained", found_.plans[k].kept, answer_words::kept(found_.plans[k].kept));
      if (found_.money) {
        put("<td data-label=\"Investment and payback\">{}<span class=\"interval\">payback: {}</span></td>",
            html(format::money(plan.investment.mean, samples_.currency)), html(comparison_words::break_even(plan)));
      }
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table>\n";
    const std::size_t more = comparison_.plans.size() - 1 - shown_.size();
    if (more > 0) put("<p class=\"note\">The best {} by the goal; {} more below.</p>\n", shown_.size(), more);
  }

  // ---- one picture: what a plan is worth, and whom it keeps
  struct Scale {
    double low = 0.0, high = 0.0, from = 0.0, to = 0.0;
    [[nodiscard]] double at(double value) const { return from + (to - from) * (value - low) / (high - low); }
  };

  [[nodiscard]] Scale scale_of(std::size_t m, double from, double to) const {
    Scale scale{0.0, 0.0, from, to};
    for (const std::size_t k : shown_) {
      const Difference& e = comparison_.plans[k].differences[m];
      scale.low = std::min({scale.low, e.mean, std::isnan(e.low) ? e.mean : e.low});
      scale.high = std::max({scale.high, e.mean, std::isnan(e.high) ? e.mean : e.high});
    }
    const double margin = 0.12 * (scale.high > scale.low ? scale.high - scale.low : 1.0);
    scale.low -= margin;
    scale.high += margin;
    return scale;
  }

  struct Box {
    double left, top, right, bottom;
    [[nodiscard]] bool meets(const Box& other) const {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  };
  struct Label {
    double x, y;
    bool left;  // of its mark
    Box box;
  };

  /// Where the name of the mark at (x, y) meets nothing that is taken, near it; where there is no such place, above it.
  [[nodiscard]] static Label place(const std::string& name, double x, double y, double width,
                                   const std::vector<Box>& taken) {
    constexpr double letter = 7.6, above = 11.0, below = 4.0, aside = 9.0;
    const double length = letter * static_cast<double>(character_count(name));
    std::optional<Label> first;
    for (const double by : {-10.0, 19.0, 4.5, -25.0, 34.0, -40.0, 49.0, -55.0, 64.0}) {
      for (const bool left : {x > 0.62 * width, x <= 0.62 * width}) {
        const double from = left ? x - aside - length : x + aside;
        if (from < 0.0 || from + length > width) continue;
        const Label label{left ? x - aside : x + aside, y + by, left, {from, y + by - above, from + length, y + by + below}};
        if (!first) first = label;
        if (std::none_of(taken.begin(), taken.end(), [&](const Box& other) { return label.box.meets(other); })) return label;
      }
    }
    return first ? *first : Label{x, y - 10.0, x > 0.5 * width, {x, y, x, y}};
  }

  void picture() {
    constexpr double width = 520.0, height = 330.0;
    const std::size_t npv = metric_position("npv"), retained = metric_position("retained");
    const Scale x = scale_of(npv, 16.0, width - 16.0), y = scale_of(retained, height - 48.0, 42.0);
    put("<figure class=\"picture\"><h2>{}</h2>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"", html(takeaway()),
        width, height);
    for (const std::size_t k : shown_) {
      put("{}: {} {}, {} customers kept. ", html(comparison_.plans[k].name), samples_.currency,
          html(format::difference(metric("npv"), comparison_.plans[k].differences[npv], "")),
          html(format::difference(metric("retained"), comparison_.plans[k].differences[retained], "")));
    }
    out_ += "\">\n";
    const double zero_x = x.at(0.0), zero_y = y.at(0.0);
    put("<rect class=\"good\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", zero_x, y.to, x.to - zero_x,
        std::max(0.0, zero_y - y.to));
    put("<path class=\"axis\" d=\"M{:.1f} {:.1f}H{:.1f}M{:.1f} {:.1f}V{:.1f}\"/>\n", x.from, zero_y, x.to, zero_x, y.from,
        y.to);
    const auto corner = [&](double at_x, double at_y, const char* anchor, const std::string& words) {
      put("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", at_x, at_y, anchor, html(words));
    };
    if (width - 16.0 - zero_x > 130.0) corner(x.to, y.to - 6.0, "end", "pays and keeps more");
    if (zero_x - 16.0 > 150.0) corner(x.from, y.to - 6.0, "start", "keeps more, but loses money");
    // Marks first, then names where they hide none.
    std::vector<Box> taken;
    for (const std::size_t k : shown_) {
      const Difference &worth = comparison_.plans[k].differences[npv], &kept = comparison_.plans[k].differences[retained];
      const double at_x = x.at(worth.mean), at_y = y.at(kept.mean);
      taken.push_back({at_x - 7.0, at_y - 7.0, at_x + 7.0, at_y + 7.0});
      if (!std::isnan(worth.low)) {
        put("<path class=\"whisker\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", x.at(worth.low), at_y, x.at(worth.high));
        taken.push_back({x.at(worth.low), at_y - 2.0, x.at(worth.high), at_y + 2.0});
      }
      if (!std::isnan(kept.low)) {
        put("<path class=\"whisker\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>\n", at_x, y.at(kept.low), y.at(kept.high));
        taken.push_back({at_x - 2.0, y.at(kept.high), at_x + 2.0, y.at(kept.low)});
      }
      put("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\"/>\n", sojourn::name(found_.plans[k].worth), at_x, at_y);
    }
    for (const std::size_t k : shown_) {
      const std::string name = shortened_name(comparison_.plans[k].name);
      const Label label = place(name, x.at(comparison_.plans[k].differences[npv].mean),
                                y.at(comparison_.plans[k].differences[retained].mean), width, taken);
      taken.push_back(label.box);
      put("<text class=\"name\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", label.x, label.y,
          label.left ? "end" : "start", html(name));
    }
    corner(zero_x + 5.0, std::min(zero_y + 15.0, height - 34.0), "start", "baseline");
    corner(x.to, height - 8.0, "end",
           fmt::format("net present value, {} ({} to {})  →", samples_.currency,
                       format::difference(metric("npv"), x.low, ""), format::difference(metric("npv"), x.high, "")));
    corner(x.from, 14.0, "start",
           fmt::format("↑  customers kept ({} to {})", format::difference(metric("retained"), y.low, ""),
                       format::difference(metric("retained"), y.high, "")));
    out_ +=
        "</svg>\n<figcaption>Each mark is a plan; its lines are the 95 % intervals of the table.</figcaption></figure>\n";
  }

  [[nodiscard]] static std::string shortened_name(const std::string& name) {
    constexpr std::size_t most = 30;
    return character_count(name) <= most ? name : name.substr(0, bytes_of_characters(name, most - 1)) + "…";
  }

  /// What the picture shows, no more than is shown of each plan.
  [[nodiscard]] std::string takeaway() const {
    const auto named = [&](const Lead& lead) { return comparison_.plans[lead.leader].name; };
    const bool pays = found_.worth.over_baseline == Verdict::better, keeps = found_.kept.over_baseline == Verdict::better;
    const char* const most = found_.kept.shown() && shown_.size() > 1 ? "keeps most customers" : "keeps more customers";
    if (pays && keeps) {
      return found_.worth.leader == found_.kept.leader
                 ? named(found_.worth) + " is ahead in money and in customers kept"
                 : fmt::format("{} is ahead in money, {} in customers kept", named(found_.worth), named(found_.kept));
    }
    if (pays) return named(found_.worth) + " pays; no plan is shown to keep more customers";
    if (keeps) return fmt::format("{} {}; no plan is shown to pay", named(found_.kept), most);
    return "No plan is shown to pay or to keep more customers";
  }

  // ---- what would change the answer
  void changes() {
    std::vector<std::string> items;
    const auto add = [&](const std::string& sentence) {
      if (!sentence.empty()) items.push_back(sentence);
    };
    if (found_.money) {
      for (const std::size_t k : {found_.worth.leader, found_.kept.leader}) {
        if (k == 0 || (k == found_.worth.leader && !items.empty())) continue;
        add(comparison_words::switching_price(comparison_.plans[k], samples_.currency));
      }
    }
    const Lead& lead = found_.goal;
    if (lead.leader != 0 && comparison_.plans.size() > 2 && !std::isnan(lead.chance)) {
      add(fmt::format(
          "Luck: {} is the best of all {} with a chance of {} (goal: {}), as far as the simulation's own luck goes.",
          comparison_.plans[lead.leader].name, comparison_.plans.size(), comparison_words::chance(lead.chance),
          answer_words::goal(comparison_)));
    }
    if (report_.optimum != nullptr) {
      const std::string best =
          optimum_answer(report_.affordable != nullptr ? *report_.affordable : *report_.optimum, report_.model);
      add("Other sets of these improvements: " + best.substr(0, best.find('\n')));
    }
    if (report_.ranking != nullptr) {
      const std::string fix = ranking_answer(*report_.ranking);
      add("Elsewhere in the journey: " + fix.substr(0, fix.find('\n')));
    }
    if (report_.doubt != nullptr) add(doubt_answer(*report_.doubt));
    add("The assumptions: intervals hold the luck of the simulation, not how well the scenario fits your customers. Change "
        "a "
        "figure of the scenario and compare again.");
    out_ += "<div class=\"changes\"><h2>What would change the answer</h2>\n<ul>\n";
    for (const std::string& item : items) put("<li>{}</li>\n", html(item));
    out_ += "</ul></div>\n";
  }

  // ---- what it rests on
  void basis() {
    const ModelParts& parts = report_.model.parts();
    std::string text = fmt::format("A market of {} people from {} to {}; money in {}", format::count(samples_.market),
                                   date(settings_, 0.0), date(settings_, samples_.horizon), samples_.currency);
    text += settings_.discount != 0.0 ? fmt::format(", discounted at {:g} % a year. ", 100.0 * settings_.discount)
                                      : ", not discounted. ";
    std::string happenings;
    for (const Change& event : parts.events) {
      happenings +=
          fmt::format("{}{} from {}{}", happenings.empty() ? "" : "; ", event.name.empty() ? event.id : event.name,
                      date(settings_, event.start.value()), event.end ? " to " + date(settings_, event.end->value()) : "");
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
