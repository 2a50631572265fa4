#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

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

  [[nodiscard]] std::string heading(Colour colour) const {
    const Samples& samples = ranking_.samples;
    std::string text = bold(samples.scenario, colour) + "\n";
    text += fmt::format("{} customers, {} replication{}, {}, seed {}; {} plans on the same luck, each {} and one shift\n",
                        format::count(static_cast<double>(samples.customers)), samples.replications,
                        samples.replications == 1 ? "" : "s", format::duration(samples.horizon), samples.seed,
                        ranking_.plans, samples.plans.front().id);
    return text;
  }

  [[nodiscard]] std::string answer() const {
    const std::string label(by_.label);
    if (!ranking_.worth_fixing) {
      return fmt::format("As far as can be told, no standard improvement of one touchpoint {} the {}.{}\n",
                         by_.direction == Direction::lower ? "lowers" : "raises", lowered(label), weakest_sentence());
    }
    const TouchpointLeverage& worth = at(*ranking_.worth_fixing);
    const Pull& pull = worth.pulls[*worth.best];
    std::string text;
    if (ranking_.weakest == ranking_.worth_fixing) {
      text = fmt::format("The weakest touchpoint, {} (score {:.2f}{}), is also the one worth fixing: ", worth.name,
                         worth.score, also_weak());
    } else {
      text = fmt::format("The weakest touchpoint is {} (score {:.2f}{}); the one worth fixing is {} (score {:.2f}): ",
                         weakest().name, weakest().score, also_weak(), worth.name, worth.score);
    }
    Estimate change = worth.gain;
    if (by_.direction == Direction::lower) change = {-change.mean, -change.high, -change.low, change.sd, change.samples};
    text += fmt::format("{} there changes the {} by {}", shift(pull), lowered(label),
                        format::difference(by_, change.mean, currency_));
    if (std::isnan(change.low)) return text + "; one sample gives no interval, so this may be chance.\n";
    text += fmt::format(" (95 %: {})", format::interval(by_, change, currency_));
    if (!change.clear()) return text + ", but among so many this may be chance: more customers would settle it.\n";
    if (ranking_.weakest != ranking_.worth_fixing && weakest().best) {
      text += lead(ranking_.lead_over_weakest,
                   fmt::format("the best at {} ({})", weakest().name, shift(weakest().pulls[*weakest().best])));
    }
    text += ".\n";
    if (ranking_.runner_up && ranking_.runner_up != ranking_.weakest) {
      const TouchpointLeverage& second = at(*ranking_.runner_up);
      text += fmt::format(
          "Next comes {}: {}{}.\n", second.name, shift(second.pulls[*second.best]),
          ranking_.lead.clear()
              ? fmt::format(", {} behind", format::difference(by_, std::fabs(ranking_.lead.mean), currency_).substr(1))
              : std::string(", not told apart from it"));
    }
    return text;
  }

  [[nodiscard]] std::string table() const {
    Table table;
    std::vector<std::string> head{"best standard improvement", "shift", std::string(by_.label)};
    for (const std::string_view name : others()) head.emplace_back(metrics()[metric_position(name)].label);
    for (const char* column : {"score", "weight", "visits", "reach"}) head.emplace_back(column);
    table.row(head);
    for (const TouchpointLeverage& each : ranking_.touchpoints) {
      std::vector<std::string> cells{each.name + (each.ours ? "" : " *")};
      cells.push_back(each.best ? shift(each.pulls[*each.best]) : "-");
      cells.push_back(change(each, by_.name));
      for (const std::string_view name : others()) cells.push_back(change(each, name));
      cells.push_back(fmt::format("{:.2f}", each.score));
      cells.push_back(fmt::format("{:.3g}", each.weight));
      cells.push_back(fmt::format("{:.2f}", each.visits));
      cells.push_back(std::isnan(each.reach) ? "-" : fmt::format("{:.0f} %", 100.0 * each.reach));
      table.row(cells);
    }
    std::string text = table.text();
    text +=
        "\nScore: mean appraisal of a visit, 0 to 1. Visits per person who arrived; reach: share of people who ever come. "
        "~: the\n"
        "interval includes 0.";
    if (std::any_of(ranking_.touchpoints.begin(), ranking_.touchpoints.end(), [](const auto& each) { return !each.ours; }))
      text += " *: outside the company's reach.";
    return text + "\n";
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
      if (each.gain.low > 0.0) {
        const double change = each.pulls[*each.best].differences[ranking_.by].mean;
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
            what += fmt::format("{}{} {}", what.empty() ? "" : ", ", lowered(std::string(metric.label)),
                                format::difference(metric, pull.differences[metric_position(name)].mean, currency_));
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
    const Samples& samples = ranking_.samples;
    const std::size_t count = samples.plans.front().all.size();
    if (count < 2) return "One replication: no intervals.\n";
    return fmt::format(
        "Intervals in the table are 95 % each (Student t over {} {}): simulation error, not forecast uncertainty.\n"
        "What the first lines, moments of truth, enablers and barriers say holds for all touchpoints together.\n",
        count, samples.batches ? "batches of customers" : "replications");
  }

 private:
  [[nodiscard]] const TouchpointLeverage& at(std::size_t position) const { return ranking_.touchpoints[position]; }
  [[nodiscard]] const TouchpointLeverage& weakest() const { return at(*ranking_.weakest); }
  /// Where the weakest touchpoint shares its place.
  [[nodiscard]] std::string also_weak() const {
    return ranking_.as_weak == 0 ? "" : fmt::format(", not told apart from {} more", ranking_.as_weak);
  }
  [[nodiscard]] std::string weakest_sentence() const {
    return ranking_.weakest ? fmt::format(" The weakest touchpoint is {} (score {:.2f}).", weakest().name, weakest().score)
                            : "";
  }
  static std::string lowered(std::string label) {
    if (label.size() > 1 && std::islower(static_cast<unsigned char>(label[1])) != 0)
      label[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(label[0])));
    return label;
  }
  [[nodiscard]] std::string lead(const Estimate& lead, const std::string& other) const {
    if (std::isnan(lead.mean)) return "";
    if (!std::isnan(lead.low) && !lead.clear()) return ", not told apart from " + other;
    const std::string size = format::difference(by_, std::fabs(lead.mean), currency_);
    return fmt::format(", {} more than {}", size.starts_with("+") ? size.substr(1) : size, other);
  }
  [[nodiscard]] std::vector<std::string_view> others() const {
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
    const std::string text = format::difference(metric, e.mean, currency_);
    if (std::isnan(e.low)) return text + "  ";
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
    case Lever::wait:
      return fmt::format("wait -{:.3g} %", 100.0 * pull.step);
    case Lever::traffic:
      return fmt::format("traffic +{:.3g} %", 100.0 * pull.step);
  }
  return {};
}

std::string ranking_answer(const Ranking& ranking) { return RankingText(ranking).answer(); }

std::string ranking_text(const Ranking& ranking, Colour colour) {
  const RankingText text(ranking);
  return text.heading(colour) + "\n" + bold(text.answer(), colour) + "\n" + text.table() + "\n" + text.moments_of_truth() +
         text.barriers() + "\n" + text.footnote();
}

}  // namespace sojourn
