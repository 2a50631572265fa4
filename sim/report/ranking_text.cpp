#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "csv_text.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/decide/goal.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/ranking_report.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

/// Touchpoints named in a list of words; the table and the JSON have all.
constexpr std::size_t named = 5;
/// Share of visits elsewhere that lie behind a touchpoint from which on it is named.
constexpr double gate_named = 0.05;

std::string shift(const Pull& pull) { return shift_words(pull); }

class RankingText {
 public:
  explicit RankingText(const Ranking& ranking)
      : ranking_(ranking), by_(metrics()[ranking.by]), currency_(ranking.samples.currency) {}

  [[nodiscard]] std::string title(const Layout& layout) const {
    return bold_prose(ranking_.samples.scenario + "\n", layout);
  }

  [[nodiscard]] std::string size_of_run() const {
    const Samples& samples = ranking_.samples;
    return fmt::format("{}, {}, {}, seed {}; {} plans on the same luck, each {} and one shift",
                       counted(samples.customers, "customer"), counted(samples.replications, "replication"),
                       format::duration(samples.horizon), samples.seed, ranking_.plans, samples.plans.front().id);
  }

  /// Superlatives are for what is shown of all touchpoints at once; else it is said what would tell.
  [[nodiscard]] std::string answer() const { return finding() + by_what(); }

  [[nodiscard]] std::string finding() const {
    if (!ranking_.leader) {
      return fmt::format("As far as can be told, no standard improvement of one touchpoint {} the {}. {}\n",
                         by_.direction == Direction::lower ? "lowers" : "raises", format::in_sentence(by_.label),
                         lowest_sentence());
    }
    if (!ranking_.worth_fixing) return nothing_stands_out();
    const TouchpointLeverage& worth = at(*ranking_.worth_fixing);
    std::string text;
    if (ranking_.weakest == ranking_.worth_fixing) {
      text =
          fmt::format("The weakest touchpoint, {} (score {:.2f}), is also the one worth fixing: ", worth.name, worth.score);
    } else if (ranking_.weakest) {
      text = fmt::format("The weakest touchpoint is {} (score {:.2f}); the one worth fixing is {} (score {:.2f}): ",
                         lowest().name, lowest().score, worth.name, worth.score);
    } else {
      text = fmt::format("{} The one worth fixing is {} (score {:.2f}): ", lowest_sentence(), worth.name, worth.score);
    }
    text += gain_of(worth);
    if (ranking_.lowest != ranking_.worth_fixing && lowest().best) {
      text += fmt::format(", {} more than the best at {} ({})", size(ranking_.lead_over_lowest.mean), lowest().name,
                          shift(best_of(lowest())));
    }
    text += ".\n";
    if (ranking_.runner_up && ranking_.runner_up != ranking_.lowest) {
      const TouchpointLeverage& second = at(*ranking_.runner_up);
      text += fmt::format("Next comes {}: {}, {} behind.\n", second.name, shift(best_of(second)), size(ranking_.lead.mean));
    }
    return text;
  }

  [[nodiscard]] std::string table(const Layout& layout) const {
    Table table;
    std::vector<std::string> head{"best standard improvement", "shift", std::string(by_.label)};
    for (const std::string_view name : other_headlines()) head.emplace_back(metrics()[metric_position(name)].label);
    for (const char* column : {"score", "weight", "visits"}) head.emplace_back(column);
    if (followed()) head.emplace_back("reach");
    table.row(head);
    for (const TouchpointLeverage& each : ranking_.touchpoints) {
      std::vector<std::string> cells{each.name + (each.ours ? "" : " *")};
      cells.push_back(each.best ? shift(each.pulls[*each.best]) : "-");
      cells.push_back(change(each, by_.name));
      for (const std::string_view name : other_headlines()) cells.push_back(change(each, name));
      cells.push_back(fmt::format("{:.2f}", each.score));
      cells.push_back(fmt::format("{:.3g}", each.weight));
      cells.push_back(fmt::format("{:.2f}", each.visits));
      if (followed()) cells.push_back(fmt::format("{:.0f} %", 100.0 * each.reach));
      table.row(cells);
    }
    std::string text = "Score: mean appraisal of a visit, 0 to 1. Visits per person who arrived";
    text += followed() ? "; reach: share of people who ever come. "
                       : ". There is no reach: who ever comes where is not followed where customers act on one another. ";
    text += "~: may be no gain and no loss.";
    text += fmt::format(" The weakest is sought among those with {:g} visits per person or more.", fewest_visits);
    if (std::any_of(ranking_.touchpoints.begin(), ranking_.touchpoints.end(), [](const auto& each) { return !each.ours; }))
      text += " *: outside the company's reach.";
    return table.text(layout) + "\n" + prose(text + "\n", layout);
  }

  /// The touchpoints with the largest gains, `most` of them.
  [[nodiscard]] std::string short_table(const Layout& layout, std::size_t most) const {
    Table table;
    std::vector<std::string> head{"best standard improvement", "shift", std::string(by_.label), "score"};
    if (followed()) head.emplace_back("reach");
    table.row(head);
    for (const TouchpointLeverage& each : ranking_.touchpoints) {
      if (most-- == 0) break;
      std::vector<std::string> cells{shortened(each.name, 24) + (each.ours ? "" : " *"),
                                     each.best ? shift(each.pulls[*each.best]) : "-", change(each, by_.name),
                                     fmt::format("{:.2f}", each.score)};
      if (followed()) cells.push_back(fmt::format("{:.0f} %", 100.0 * each.reach));
      table.row(cells);
    }
    return table.text(layout);
  }

  [[nodiscard]] std::string moments_of_truth() const {
    std::vector<const TouchpointLeverage*> gates;
    for (const TouchpointLeverage& each : ranking_.touchpoints) {
      if (each.must_pass > 0.0 || each.gates >= gate_named) gates.push_back(&each);
    }
    std::stable_sort(gates.begin(), gates.end(),
                     [](const auto* a, const auto* b) { return a->gates + a->must_pass > b->gates + b->must_pass; });
    std::string text = "Moments of truth\n  by the shape of the journey: ";
    std::vector<std::string> words;
    for (const TouchpointLeverage* each : gates) {
      std::string word = each->name;
      if (each->must_pass > 0.0) {
        word += each->must_pass >= 1.0 - 1e-9
                    ? " (nobody buys without it"
                    : fmt::format(" ({:.0f} % of people cannot buy without it", 100.0 * each->must_pass);
        word +=
            each->gates >= gate_named ? fmt::format(", {:.0f} % of other visits lie behind it)", 100.0 * each->gates) : ")";
      } else {
        word += fmt::format(" ({:.0f} % of other visits lie behind it)", 100.0 * each->gates);
      }
      words.push_back(word);
    }
    text += list(words, "none: every touchpoint can be passed by") + "\n  by leverage: ";
    words.clear();
    for (const TouchpointLeverage& each : ranking_.touchpoints) {
      if (!each.best) continue;
      if (each.gain.clear() && each.gain.low > 0.0) {
        const Estimate& change = each.pulls[*each.best].differences[ranking_.by];
        words.push_back(fmt::format("{} ({})", each.name, format::difference(by_, change, currency_)));
      }
    }
    return text + list(words, "none is clear of chance") + "\n";
  }

  [[nodiscard]] std::string barriers() const {
    const auto of = [&](Role role) {
      std::vector<std::string> words;
      for (const TouchpointLeverage& each : ranking_.touchpoints) {
        std::string what;
        const auto add = [&](Role here, std::string_view name) {
          if (here != role) return;
          for (const Pull& pull : each.pulls) {
            if (pull.lever != Lever::traffic) continue;
            const Metric& metric = metrics()[metric_position(name)];
            what += fmt::format("{}{} {}", what.empty() ? "" : ", ", format::in_sentence(metric.label),
                                format::difference(metric, pull.differences[metric_position(name)], currency_));
          }
        };
        add(each.on_purchase, "conversion");
        add(each.on_retention, "retention");
        if (!what.empty()) words.push_back(fmt::format("{} ({})", each.name, what));
      }
      return words;
    };
    std::string text;
    if (ranking_.sizes.traffic > 0.0) {
      text += fmt::format("Where {:.3g} % more find their way\n  enablers: {}\n  barriers: {}\n",
                          100.0 * ranking_.sizes.traffic, list(of(Role::enabler), "none is clear of chance"),
                          list(of(Role::barrier), "none is clear of chance"));
    }
    std::vector<const TouchpointLeverage*> left;
    for (const TouchpointLeverage& each : ranking_.touchpoints) {
      if (each.leavers > 0.0) left.push_back(&each);
    }
    std::stable_sort(left.begin(), left.end(), [](const auto* a, const auto* b) { return a->leavers > b->leavers; });
    std::vector<std::string> words;
    for (const TouchpointLeverage* each : left) {
      words.push_back(fmt::format("{} ({:.0f} % of them; {:.2g} % of visits there)", each->name, 100.0 * each->leavers,
                                  100.0 * each->leaves));
    }
    return text + "Where those who leave come from: " + list(words, "nobody leaves") + "\n";
  }

  [[nodiscard]] std::string footnote() const {
    std::string text;
    for (const std::string& caution : caution_words::cautions(ranking_.samples)) text += caution + "\n";
    const std::size_t count = ranking_.samples.plans.front().all.size();
    if (count < 2) return text + caution_words::intervals(ranking_.samples) + "\n";
    return text +
           fmt::format(
               "Intervals in the table are 95 % each (Student t over {} {}): simulation error, not forecast uncertainty.\n"
               "What the first lines, moments of truth, enablers and barriers say holds for all touchpoints together.\n",
               count, ranking_.samples.batches ? "batches of customers" : "replications");
  }

 private:
  /// Whether it is known who ever comes where.
  [[nodiscard]] bool followed() const {
    return std::none_of(ranking_.touchpoints.begin(), ranking_.touchpoints.end(),
                        [](const TouchpointLeverage& each) { return std::isnan(each.reach); });
  }

  /// A goal of several figures does not rank: gains of one figure have a unit that people know.
  [[nodiscard]] std::string by_what() const {
    const std::vector<GoalTerm> goal = goal_of(ranking_.samples);
    if (goal.size() < 2) return {};
    return fmt::format("This is by {} alone (--by); the goal of the scenario is {}.\n", format::in_sentence(by_.label),
                       answer_words::goal(goal));
  }

  [[nodiscard]] const TouchpointLeverage& at(std::size_t position) const { return ranking_.touchpoints[position]; }
  [[nodiscard]] const TouchpointLeverage& lowest() const { return at(*ranking_.lowest); }
  [[nodiscard]] static const Pull& best_of(const TouchpointLeverage& touchpoint) {
    return touchpoint.pulls[*touchpoint.best];
  }
  /// "delay -20 % there changes the net present value by +12.1 k (95 %: +8.0 k to +16.2 k)".
  [[nodiscard]] std::string gain_of(const TouchpointLeverage& touchpoint) const {
    Estimate change = touchpoint.gain;
    if (by_.direction == Direction::lower) {
      change.mean = -touchpoint.gain.mean;
      change.low = -touchpoint.gain.high;
      change.high = -touchpoint.gain.low;
    }
    return fmt::format("{} there changes the {} by {}{}", shift(best_of(touchpoint)), format::in_sentence(by_.label),
                       format::difference(by_, change, currency_),
                       std::isnan(change.low) ? ", without an interval"
                                              : fmt::format(" (95 %: {})", format::interval(by_, change, currency_)));
  }
  [[nodiscard]] std::string nothing_stands_out() const {
    const TouchpointLeverage& leader = at(*ranking_.leader);
    std::string text = fmt::format("No single touchpoint stands out: the largest gain is seen at {}, where {}, ",
                                   leader.name, gain_of(leader));
    if (!leader.gain.clear()) {
      text += "but among so many this may be chance";
    } else {
      text += fmt::format("but {} may gain as much", others(ranking_.as_good));
    }
    return text +
           fmt::format("; {}.\n{}\n", caution_words::to_tell(ranking_.samples, ranking_.times_to_tell), lowest_sentence());
  }
  [[nodiscard]] static std::string others(std::size_t count) {
    return count == 1 ? "one other" : fmt::format("{} others", count);
  }
  [[nodiscard]] std::string lowest_sentence() const {
    if (!ranking_.lowest) return "";
    if (ranking_.weakest) return fmt::format("The weakest touchpoint is {} (score {:.2f}).", lowest().name, lowest().score);
    return fmt::format("The lowest score is seen at {} ({:.2f}), not told apart from {}.", lowest().name, lowest().score,
                       others(ranking_.as_weak));
  }
  /// A gain or lead without its sign.
  [[nodiscard]] std::string size(double value) const {
    const std::string text = format::difference(by_, std::fabs(value), currency_);
    return text.starts_with("+") ? text.substr(1) : text;
  }
  [[nodiscard]] std::vector<std::string_view> other_headlines() const {
    std::vector<std::string_view> names;
    for (const std::string_view name : {"npv", "retained", "nps"}) {
      if (name != by_.name) names.push_back(name);
    }
    return names;
  }
  [[nodiscard]] std::string change(const TouchpointLeverage& each, std::string_view name) const {
    if (!each.best) return "-";
    const Metric& metric = metrics()[metric_position(name)];
    const Estimate& e = each.pulls[*each.best].differences[metric_position(name)];
    if (e.mean == 0.0 && !(e.sd > 0.0)) return "0  ";
    const std::string text = format::difference(metric, e, currency_);
    if (std::isnan(e.low)) return text + " ~";
    return text + " ± " + format::half_width(metric, e, currency_) + (e.clear() ? "  " : " ~");
  }
  static std::string list(const std::vector<std::string>& words, const char* none) {
    if (words.empty()) return none;
    std::string text;
    for (std::size_t i = 0; i < std::min(named, words.size()); ++i) text += (i > 0 ? "; " : "") + words[i];
    return words.size() > named ? text + fmt::format("; {} more", words.size() - named) : text;
  }

  const Ranking& ranking_;
  const Metric& by_;
  const std::string& currency_;
};

}  // namespace

std::string shift_words(const Pull& pull) {
  switch (pull.lever) {
    case Lever::quality:
      return fmt::format("quality +{:.3g}", pull.step);
    case Lever::effort:
      return fmt::format("effort -{:.3g}", pull.step);
    case Lever::delay:
      return fmt::format("delay -{:.3g} %", 100.0 * pull.step);
    case Lever::handle_time:
      return fmt::format("handling time -{:.3g} %", 100.0 * pull.step);
    case Lever::traffic:
      return fmt::format("traffic +{:.3g} %", 100.0 * pull.step);
  }
  return {};
}

std::string ranking_answer(const Ranking& ranking) { return RankingText(ranking).answer(); }

std::string ranking_text(const Ranking& ranking, const Layout& layout) {
  if (layout.format == Format::csv) return ranking_csv(ranking);
  const RankingText text(ranking);
  if (layout.full) {
    return text.title(layout) + prose(text.size_of_run() + "\n", layout) + "\n" + bold_prose(text.answer(), layout) + "\n" +
           text.table(layout) + "\n" + prose(text.moments_of_truth() + text.barriers() + "\n" + text.footnote(), layout);
  }
  const std::string head = text.title(layout) + bold_prose(text.answer(), layout),
                    foot = prose(comparison_words::size_in_short(ranking.samples) + ". The rest: --full\n", layout);
  for (std::size_t rows = ranking.touchpoints.size();; --rows) {
    const std::string all = head + text.short_table(layout, rows) + foot;
    const auto lines = static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
    if (lines <= most_first_lines || rows <= 1) return all;
  }
}

}  // namespace sojourn
