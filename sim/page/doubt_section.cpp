#include "doubt_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report_content.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/value_words.hpp"

namespace sojourn::report_pages {
namespace {

constexpr std::size_t dots = 50;

class Doubtful {
 public:
  explicit Doubtful(const ForecastReport& doubt)
      : doubt_(doubt),
        parts_(doubt.inputs.inputs.scenario.parts),
        by_(figure_at(doubt.by)),
        sign_(by_.direction == Direction::lower ? -1.0 : 1.0),
        worth_{[this](double value) { return format::value(by_, value, parts_.settings.currency); }} {
    for (const std::string& plan : doubt.draws.plans) {
      const auto found =
          std::find_if(parts_.plans.begin(), parts_.plans.end(), [&](const Plan& one) { return one.id == plan; });
      names_.push_back(found == parts_.plans.end() ? plan : found->name);
    }
    if (!doubt.decision) return;
    // The plan to take beside the baseline or, where that is the baseline, the next best.
    const std::size_t best = doubt.decision->value.best;
    told_ = best > 0 ? best : doubt.decision->runner_up;
    outcomes_ = equally_likely(difference_of_plan(doubt.draws, doubt.by, told_), doubt.draws.people_per_customer, dots);
  }

  [[nodiscard]] std::string answer() const {
    if (outcomes_.empty()) {
      const Forecast& forecast = doubt_.forecasts.front().plans.front();
      return fmt::format("With what is not known, {} is forecast between {} and {} (95 %).", label(), value(forecast.low),
                         value(forecast.high));
    }
    const Forecast& gain = doubt_.forecasts.front().differences[told_];
    return fmt::format(
        "With what is not known, {} changes {} by {} (95 %: {} to {}) against {}: better in {} of {} equally likely "
        "outcomes.",
        names_[told_], label(), change(gain.mean), bare(gain.low), bare(gain.high), names_.front(), better(), dots);
  }

  [[nodiscard]] std::string first() const {
    const ValueOfInformation& value = doubt_.decision->value;
    const std::vector<std::size_t> order =
        value_words::by_falling(value.of_input.size(), [&](std::size_t i) { return value.of_input[i].value; });
    const std::string all = fmt::format("To know all {} uncertain inputs before choosing is worth {}.",
                                        doubt_.draws.keys.size(), worth_.of(value.perfect));
    if (order.empty() || !value.of_input[order.front()].shown())
      return "No single uncertain input is shown to be worth finding out before choosing. " + all;
    const std::size_t k = order.front();
    const std::string why = shown_on_one_line(doubt_.inputs.why[k]);
    return fmt::format("{}{}: to know it before choosing is worth {}. {}", doubt_.input_names[k],
                       why.empty() ? "" : " (" + why + ")", worth_.of(value.of_input[k]), all);
  }

  std::string section() {
    put("<p class=\"lead\">{}</p>\n", html(answer()));
    put("<p class=\"note\">{}</p>\n",
        html(fmt::format("{} draws of {} uncertain input{}, {} replications of {} each. Forecasts hold if the inputs "
                         "are as the scenario believes.",
                         doubt_.draws.values.front().size(), doubt_.draws.keys.size(),
                         doubt_.draws.keys.size() == 1 ? "" : "s", replications_of_a_draw,
                         counted(doubt_.draws.customers, "customer"))));
    if (doubt_.by >= metrics().size())
      put("<p class=\"note\">The goal is {}.</p>\n", html(answer_words::goal(goal_of(parts_.settings))));
    if (!outcomes_.empty()) picture();
    forecasts();
    if (doubt_.decision) {
      decision();
      swings();
      knowledge();
    }
    if (doubt_.acceptability.size() > 1) acceptability();
    return std::move(out_);
  }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
  }

  [[nodiscard]] std::string label() const {
    std::string text(by_.label);
    if (text.size() > 1 && text[1] >= 'a' && text[1] <= 'z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
  }
  [[nodiscard]] std::string value(double x) const { return format::value(by_, x, parts_.settings.currency); }
  [[nodiscard]] std::string change(double x) const {
    const bool money = format::kind(by_) == format::Kind::money;
    return (money ? parts_.settings.currency + " " : "") + bare(x);
  }
  /// A change within a sentence that named the currency before.
  [[nodiscard]] std::string bare(double x) const { return format::difference(by_, x, parts_.settings.currency); }
  [[nodiscard]] std::size_t better() const {
    return static_cast<std::size_t>(
        std::count_if(outcomes_.begin(), outcomes_.end(), [&](double x) { return sign_ * x > 0.0; }));
  }

  /// A table with a caption; the first cell of each row is its head.
  void table(const std::string& caption, const std::vector<std::string>& head,
             const std::vector<std::vector<std::string>>& rows) {
    put("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table "
        "class=\"doubt\"><caption>{0}</caption>\n<thead><tr>",
        html(caption));
    for (const std::string& each : head) put("<th scope=\"col\">{}</th>", html(each));
    out_ += "</tr></thead>\n<tbody>\n";
    for (const std::vector<std::string>& row : rows) {
      put("<tr><th scope=\"row\">{}</th>", html(row.front()));
      for (std::size_t i = 1; i < row.size(); ++i) put("<td>{}</td>", html(row[i]));
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table></div>\n";
  }

  /// Quantile dots (Kay, Kola, Hullman & Munson 2016): each stands for an equal chance, in columns as wide as a dot.
  void picture() {
    constexpr double width = 520.0, radius = 7.0, margin = 24.0, ground = 34.0;
    const double least = std::min(0.0, outcomes_.front()), most = std::max(0.0, outcomes_.back());
    const double range = most > least ? most - least : 1.0;
    const auto at = [&](double x) { return margin + radius + (width - 2.0 * (margin + radius)) * (x - least) / range; };
    std::vector<std::pair<double, std::size_t>> placed;  // column and height
    std::size_t highest = 0;
    for (const double x : outcomes_) {
      const double column = std::floor(at(x) / (2.0 * radius));
      std::size_t height = 0;
      if (!placed.empty() && placed.back().first == column) height = placed.back().second + 1;
      placed.emplace_back(column, height);
      highest = std::max(highest, height);
    }
    const double top = 26.0 + 2.0 * radius * static_cast<double>(highest + 1), height = top + ground;
    const Forecast& gain = doubt_.forecasts.front().differences[told_];
    put("<figure class=\"picture dots\" data-mean=\"{}\" data-low=\"{}\" data-high=\"{}\"><h3>{}</h3>\n<svg viewBox=\"0 0 "
        "{:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n",
        gain.mean, gain.low, gain.high,
        html(fmt::format("{} of {} equally likely outcomes are better than {}", better(), dots, names_.front())), width,
        height, html(answer()));
    for (std::size_t i = 0; i < placed.size(); ++i) {
      put("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>", sign_ * outcomes_[i] > 0.0 ? "better" : "worse",
          (placed[i].first + 0.5) * 2.0 * radius, top - radius - 2.0 * radius * static_cast<double>(placed[i].second),
          radius - 0.8);
    }
    put("\n<path class=\"axis\" d=\"M{:.1f} {:.1f}H{:.1f}M{:.1f} {:.1f}V{:.1f}\"/>\n", margin, top + 1.0, width - margin,
        at(0.0), top + 6.0, 12.0);
    const auto word = [&](double x, const char* anchor, const std::string& words) {
      put("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, top + 20.0, anchor,
          html(words));
    };
    word(margin, "start", least < 0.0 ? change(least) : "as " + names_.front());
    word(width - margin, "end", most > 0.0 ? change(most) : "as " + names_.front());
    if (at(0.0) > margin + 110.0 && at(0.0) < width - margin - 110.0) word(at(0.0), "middle", "as " + names_.front());
    put("</svg>\n<figcaption>{}</figcaption></figure>\n",
        html(fmt::format("What {} changes {} by. Each dot is one of {} equally likely outcomes.", names_[told_], label(),
                         dots)));
  }

  void forecasts() {
    std::vector<std::vector<std::string>> rows;
    for (const MetricForecast& forecast : doubt_.forecasts) {
      const Metric& metric = figure_at(forecast.metric);
      for (std::size_t p = 0; p < forecast.plans.size(); ++p) {
        const auto written = [&](double x) {
          return std::isfinite(x) ? format::value(metric, x, parts_.settings.currency) : std::string("–");
        };
        const Forecast& of = forecast.plans[p];
        rows.push_back(
            {fmt::format("{}, {}", metric.label, names_[p]), written(of.mean), written(of.low), written(of.high)});
      }
    }
    table("What may come", {"Figure", "Forecast", "95 % from", "to"}, rows);
  }

  void decision() {
    const ValueOfInformation& value = doubt_.decision->value;
    std::vector<std::vector<std::string>> rows;
    for (const std::size_t d : value_words::by_falling(names_.size(), [&](std::size_t p) { return value.choices[p].mean; }))
      rows.push_back({names_[d], fmt::format("{:.0f} % of draws", 100.0 * value.choices[d].chance_best),
                      worth_.amount(value.choices[d].expected_loss)});
    table("Which plan to take, by " + label(), {"Plan", "Best in", "Expected loss of taking it"}, rows);
    put("<p>{}.{}</p>\n", html(value_words::best(value, names_)), html(beyond_budget(doubt_, names_)));
  }

  void swings() {
    const Decision& decision = *doubt_.decision;
    std::vector<std::vector<std::string>> rows;
    std::string turns;
    for (const std::size_t k : value_words::by_falling(decision.swings.size(), [&](std::size_t i) {
           return std::fabs(decision.swings[i].high - decision.swings[i].low);
         })) {
      const Swing& swing = decision.swings[k];
      if (!swing.shown) continue;
      rows.push_back({doubt_.input_names[k], change(sign_ * swing.low), change(sign_ * swing.high)});
      if (swing.turns) turns += fmt::format("<p>{} could change the decision.</p>\n", html(doubt_.input_names[k]));
    }
    const std::string &first = names_[decision.value.best], &second = names_[decision.runner_up];
    if (rows.empty()) {
      put("<p>{}</p>\n", html(fmt::format("No input by itself is shown to change the lead of {} over {}.", first, second)));
      return;
    }
    table(fmt::format("Lead of {} over {}, where an input is", first, second), {"Input", "lowest", "highest"}, rows);
    out_ += turns;
  }

  void knowledge() {
    const ValueOfInformation& value = doubt_.decision->value;
    put("<p>{}</p>\n", html(fmt::format("To know all inputs before choosing is worth {}.", worth_.of(value.perfect))));
    std::vector<std::vector<std::string>> rows;
    for (const std::size_t k :
         value_words::by_falling(value.of_input.size(), [&](std::size_t i) { return value.of_input[i].value; })) {
      std::string why = doubt_.inputs.why[k];
      rows.push_back({doubt_.input_names[k], worth_.of(value.of_input[k]), shown_on_one_line(why)});
    }
    table("What it is worth to find out", {"Input", "Worth (95 %)", "What is known"}, rows);
  }

  void acceptability() {
    std::vector<std::string> head{"A customer kept is worth"};
    head.insert(head.end(), names_.begin(), names_.end());
    std::vector<std::vector<std::string>> rows;
    for (const Acceptability& at : doubt_.acceptability) {
      std::vector<std::string> row{format::money(at.value_of_customer, parts_.settings.currency)};
      for (const double chance : at.chance_best) row.push_back(fmt::format("{:.0f} %", 100.0 * chance));
      rows.push_back(std::move(row));
    }
    table("Share of the draws in which each plan is best, by what a customer kept is worth beyond the horizon", head, rows);
  }

  const ForecastReport& doubt_;
  const ModelParts& parts_;
  const Metric& by_;
  double sign_;
  value_words::Worth worth_;
  std::vector<std::string> names_;
  std::size_t told_ = 0;
  std::vector<double> outcomes_;
  std::string out_;
};

}  // namespace

std::string doubt_answer(const ForecastReport& doubt) { return Doubtful(doubt).answer(); }

std::string doubt_first(const ForecastReport& doubt) { return Doubtful(doubt).first(); }

std::string doubt_section(const ForecastReport& doubt) { return Doubtful(doubt).section(); }

}  // namespace sojourn::report_pages
