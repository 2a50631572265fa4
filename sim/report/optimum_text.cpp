#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "csv_text.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

/// Choices in the table; the JSON has all that were simulated in full.
constexpr std::size_t shown = 6;

/// What a choice buys: names one after another, within a sentence in quotation marks.
std::string in_words(const Choice& choice, const ModelParts& parts, bool quoted = false) {
  std::string text;
  for (std::size_t k = 0; k < choice.bought.size(); ++k) {
    const Purchase& purchase = choice.bought[k];
    const Change& change = parts.improvements[purchase.improvement.index()].change;
    if (k > 0) text += k + 1 == choice.bought.size() ? " and " : ", ";
    const std::string& name = change.name.empty() ? change.id : change.name;
    text += quoted ? "“" + name + "”" : name;
    if (purchase.level != 1.0) text += fmt::format(" at {:.3g} %", 100.0 * purchase.level);
  }
  return text;
}

class OptimumText {
 public:
  OptimumText(const Optimum& optimum, const Model& model)
      : optimum_(optimum), parts_(model.parts()), currency_(optimum.samples.currency) {
    // A goal of several metrics has no unit of its own; it is written as the first would be where that is all.
    single_ = optimum.goal.size() == 1 && std::fabs(optimum.goal[0].weight) == 1.0;
  }

  [[nodiscard]] std::string title(const Layout& layout) const {
    return bold_prose(optimum_.samples.scenario + "\n", layout);
  }

  [[nodiscard]] std::string size_of_run() const {
    const Samples& samples = optimum_.samples;
    return fmt::format("{}, {}, {}, seed {}; goal: {}", counted(samples.customers, "customer"),
                       counted(samples.replications, "replication"), format::duration(samples.horizon), samples.seed,
                       goal());
  }

  [[nodiscard]] std::string answer() const {
    const Choice& best = optimum_.finalists.front();
    const bool limited = std::isfinite(optimum_.budget);
    const std::string budget = limited ? format::money(optimum_.budget, currency_) : "any amount";
    if (best.bought.empty())
      return fmt::format("As far as can be told, nothing that {} buys is better than buying nothing.\n", budget);
    const Estimate& gain = optimum_.gain;
    std::string what = fmt::format("{}: {}", quoted(best), format::money(best.investment.mean, currency_));
    if (limited) what += " of " + budget;
    what += fmt::format("; {} {} over the baseline", format::in_sentence(goal()), difference(best.gain.mean));
    if (!std::isnan(gain.low)) what += fmt::format(" (95 %: {} to {})", difference(gain.low), difference(gain.high));
    if (!(gain.clear() && gain.low > 0.0)) {
      if (gain.mean < 0.0 && gain.clear())
        return fmt::format(
            "Nothing that {} buys with what must be bought is better than buying nothing. Least is lost by {}.\n", budget,
            what);
      return fmt::format("Nothing that {} buys is shown to be better than buying nothing. {} is seen for {}, {}; {}.\n",
                         budget, gain.mean < 0.0 ? "The smallest loss" : "The largest gain", what,
                         gain.thin()      ? "which few people carry"
                         : gain.sd == 0.0 ? "but people so rare that none was simulated may undo it"
                                          : "but it may be chance",
                         caution_words::to_tell(optimum_.samples, times_to_tell(gain)));
    }
    std::string text = "Buy " + what + ".\n";
    if (optimum_.finalists.size() > 1) {
      const Choice& next = optimum_.finalists[1];
      const bool told = optimum_.lead.clear() && optimum_.lead.low > 0.0;
      text += fmt::format("Next best is {}{}.\n", next.bought.empty() ? "to buy nothing" : "to buy " + quoted(next),
                          told ? fmt::format(", {} behind", size(optimum_.lead.mean))
                               : fmt::format(", not told apart from it: {}",
                                             caution_words::to_tell(optimum_.samples, times_to_tell(optimum_.lead))));
    }
    return text;
  }

  [[nodiscard]] std::string sureness() const {
    std::string text;
    if (optimum_.counted) {
      text = optimum_.in_full == optimum_.tried
                 ? fmt::format("Searched: all {} choices that the budget and other limits allow, each in full.\n",
                               grouped(static_cast<double>(optimum_.tried)))
                 : fmt::format("Searched: {} choices {}, all of them, {} in full.\n",
                               grouped(static_cast<double>(optimum_.tried)), "that the budget and other limits allow",
                               optimum_.in_full);
    } else {
      text = fmt::format(
          "Searched: {} choices of at least {} that the budget and other limits allow, by neighbours and value for money; "
          "{} "
          "in "
          "full. What was not tried may be better.\n",
          grouped(static_cast<double>(optimum_.tried)), grouped(static_cast<double>(optimum_.possible)), optimum_.in_full);
    }
    if (const auto limit = parts_.budget.per_quarter)
      text += fmt::format("No choice costs more than {} in any calendar quarter.\n", format::money(*limit, currency_));
    if (!parts_.rules.empty()) text += "Rules take no part: what is chosen is bought for good.\n";
    for (const SearchRound& round : optimum_.rounds) {
      text += fmt::format("  {} x {}: {}, {} beaten{}\n", counted(round.customers, "person", "people"), round.replications,
                          counted(round.choices, "choice"), round.beaten,
                          round.set_aside > 0 ? fmt::format(", {} set aside", round.set_aside) : "");
    }
    if (optimum_.over_budget > 0)
      text += fmt::format("  {} left out: what is paid per visit may break a limit.\n", optimum_.over_budget);
    if (std::isnan(optimum_.at_most_missed)) {
      text += "One sample: nothing can be said of the error of this selection; add replications.\n";
    } else {
      const char* const within = optimum_.over_budget > 0 ? " and is surely within the limits" : "";
      text += fmt::format("Selection error: with {:.0f} %, ", 100.0 * optimum_.confidence);
      if (optimum_.at_most_missed > 0.0) {
        text += fmt::format("no choice that was tried{} is better than this one by more than {}; {} {} not told from it.\n",
                            within, size(optimum_.at_most_missed), optimum_.rivals, optimum_.rivals == 1 ? "is" : "are");
      } else {
        text += fmt::format("this is the best of all that were tried{}.\n",
                            optimum_.over_budget > 0 ? " and are surely within the limits" : "");
      }
      if (optimum_.unjudged > 0) {
        text += fmt::format("  {} set aside unjudged: among few people they changed hardly anybody.\n", optimum_.unjudged);
      }
    }
    if (optimum_.interplay) {
      const Estimate& e = *optimum_.interplay;
      const bool none = std::isnan(e.low) || (e.low <= 0.0 && e.high >= 0.0);
      text += fmt::format("Together its parts gain {} {} than each alone in sum{}.\n", size(e.mean),
                          e.mean < 0.0 ? "less" : "more", none ? ", within chance" : "");
    }
    return text;
  }

  /// Names are long and choices many: letters stand for improvements.
  [[nodiscard]] std::string tables(const Layout& layout) const {
    std::string text = "  ";
    for (std::size_t i = 0; i < parts_.improvements.size(); ++i)
      text += fmt::format("{}{} {}", i > 0 ? "\n  " : "", sign(i), name(i));
    return prose(text + "\n\n", layout) + table("best choices", optimum_.finalists, shown, layout) + "\n" +
           table("best for less money", optimum_.frontier, optimum_.frontier.size(), layout);
  }

  /// What each amount of money buys best, `most` rows of it, the dearest kept.
  [[nodiscard]] std::string short_table(const Layout& layout, std::size_t most) const {
    Table table;
    table.wide_labels();
    table.row({"best for what it costs", "investment", goal()});
    const std::size_t all = optimum_.frontier.size();
    for (std::size_t k = all - std::min(most, all); k < all; ++k) {
      const Choice& choice = optimum_.frontier[k];
      table.row({choice.bought.empty() ? "Nothing" : bought(choice), format::money(choice.investment.mean, currency_),
                 gain(choice)});
    }
    return table.text(layout);
  }

  /// A plan to paste.
  [[nodiscard]] std::string plan() const {
    std::string list;
    for (const Purchase& purchase : optimum_.finalists.front().bought) {
      const std::string& id = parts_.improvements[purchase.improvement.index()].change.id;
      list += list.empty() ? "" : ", ";
      list += purchase.level == 1.0 ? fmt::format("\"{}\"", id)
                                    : fmt::format("{{ id = \"{}\", level = {} }}", id, purchase.level);
    }
    if (list.empty()) return "";
    return fmt::format("\nAs a plan of the scenario:\n  [[plan]]\n  id = \"best-buy\"\n  improvements = [{}]\n", list);
  }

  [[nodiscard]] std::string footnote() const {
    return "\nDifferences are to the baseline, on the same luck. Investment is once and per month over the horizon, "
           "undiscounted, and "
           "what is paid per visit as simulated. Intervals are 95 %: simulation error, not forecast uncertainty.\n";
  }

 private:
  [[nodiscard]] std::string goal() const { return answer_words::goal(optimum_.goal); }
  /// More is better, also of a metric of which less is: there the words say what it falls by.
  [[nodiscard]] std::string difference(double value) const {
    if (single_) {
      const GoalTerm& term = optimum_.goal[0];
      return format::difference(metrics()[term.metric], term.weight * value, currency_);
    }
    return format::difference(*find_metric("npv"), value, "");  // an amount without a unit
  }
  /// Without a sign.
  [[nodiscard]] std::string size(double value) const {
    const std::string text = difference(value);
    return text.starts_with('+') || text.starts_with('-') ? text.substr(1) : text;
  }
  [[nodiscard]] const std::string& name(std::size_t improvement) const {
    const Change& change = parts_.improvements[improvement].change;
    return change.name.empty() ? change.id : change.name;
  }
  /// A to Z, then A1 to Z1, and so on.
  [[nodiscard]] static std::string sign(std::size_t improvement) {
    const std::size_t round = improvement / 26;
    return static_cast<char>('A' + improvement % 26) + (round > 0 ? std::to_string(round) : "");
  }
  [[nodiscard]] std::string bought(const Choice& choice) const { return in_words(choice, parts_); }
  [[nodiscard]] std::string quoted(const Choice& choice) const { return in_words(choice, parts_, true); }
  /// "A + C at 50 %".
  [[nodiscard]] static std::string signs(const Choice& choice) {
    std::string text;
    for (const Purchase& purchase : choice.bought) {
      text += (text.empty() ? "" : " + ") + sign(purchase.improvement.index());
      if (purchase.level != 1.0) text += fmt::format(" at {:.3g} %", 100.0 * purchase.level);
    }
    return text.empty() ? "Nothing" : text;
  }
  [[nodiscard]] std::string gain(const Choice& choice) const {
    const Estimate& e = choice.gain;
    if (e.mean == 0.0 && !(e.sd > 0.0)) return "0";
    const std::string text = difference(e.mean);
    if (std::isnan(e.low)) return text;
    return text + " ± " +
           (single_ ? format::half_width(metrics()[optimum_.goal[0].metric], e, currency_)
                    : format::half_width(*find_metric("npv"), e, ""));
  }
  [[nodiscard]] std::string change(const Choice& choice, std::size_t metric) const {
    const Estimate& e = choice.differences[metric];
    if (e.mean == 0.0 && !(e.sd > 0.0)) return "0";
    const std::string text = format::difference(metrics()[metric], e, currency_);
    return std::isnan(e.low) ? text : text + " ± " + format::half_width(metrics()[metric], e, currency_);
  }
  /// The goal, and the headline metrics that it is not.
  [[nodiscard]] std::string table(const std::string& heading, const std::vector<Choice>& choices, std::size_t most,
                                  const Layout& layout) const {
    std::vector<std::size_t> beside;
    for (const std::string_view each : headline_metrics) {
      const auto metric = metric_position(each);
      if (!single_ || metric != optimum_.goal[0].metric) beside.push_back(metric);
    }
    Table table;
    std::vector<std::string> row{heading, "investment", goal()};
    for (const std::size_t metric : beside) row.emplace_back(metrics()[metric].label);
    table.row(row);
    for (std::size_t k = 0; k < std::min(most, choices.size()); ++k) {
      row = {signs(choices[k]), format::money(choices[k].investment.mean, currency_), gain(choices[k])};
      for (const std::size_t metric : beside) row.push_back(change(choices[k], metric));
      table.row(row);
    }
    return table.text(layout);
  }

  const Optimum& optimum_;
  const ModelParts& parts_;
  const std::string& currency_;
  bool single_ = false;
};

}  // namespace

std::string choice_words(const Choice& choice, const Model& model) { return in_words(choice, model.parts()); }

std::string limit_words(const Optimum& optimum, const Model& model) {
  const std::string& currency = optimum.samples.currency;
  std::string text = std::isfinite(optimum.budget) ? format::money(optimum.budget, currency) : "";
  if (const auto limit = model.parts().budget.per_quarter)
    text += fmt::format("{}{} in a calendar quarter", text.empty() ? "" : ", and ", format::money(*limit, currency));
  return text;
}

std::string optimum_answer(const Optimum& optimum, const Model& model) { return OptimumText(optimum, model).answer(); }

std::string optimum_sureness(const Optimum& optimum, const Model& model) { return OptimumText(optimum, model).sureness(); }

std::string optimum_text(const Optimum& optimum, const Model& model, const Layout& layout) {
  if (layout.format == Format::csv) return optimum_csv(optimum, model);
  const OptimumText text(optimum, model);
  if (layout.full) {
    return text.title(layout) + prose(text.size_of_run() + "\n", layout) + "\n" + bold_prose(text.answer(), layout) + "\n" +
           text.tables(layout) + "\n" + prose(text.sureness() + text.plan() + text.footnote(), layout);
  }
  const std::string head = text.title(layout) + bold_prose(text.answer(), layout),
                    foot = prose(comparison_words::size_in_short(optimum.samples) + ". The rest: --full\n", layout);
  for (std::size_t rows = optimum.frontier.size();; --rows) {
    const std::string all = head + text.short_table(layout, rows) + foot;
    const auto lines = static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
    if (lines <= most_first_lines || rows <= 1) return all;
  }
}

}  // namespace sojourn
