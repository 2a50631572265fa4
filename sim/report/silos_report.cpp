#include "sojourn/report/silos_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json_figures.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

class SilosText {
 public:
  SilosText(const Silos& silos, const Model& model)
      : silos_(silos),
        model_(model),
        parts_(model.parts()),
        currency_(silos.samples.currency),
        single_(silos.goal.size() == 1 && std::fabs(silos.goal[0].weight) == 1.0) {}

  [[nodiscard]] std::string answer() const {
    const Estimate& cost = silos_.cost;
    std::string text;
    if (cost.clear() && cost.low > 0.0) {
      text =
          fmt::format("The silos cost {} of {} (95 %: {} to {}).", size(cost.mean), goal(), size(cost.low), size(cost.high));
    } else if (cost.clear()) {
      text = fmt::format("The teams' own goals lead to more than the common one: {} of {}.", size(cost.mean), goal());
    } else if (cost.mean == 0.0) {
      text = "The silos cost nothing: the teams buy what the company would.";
    } else {
      text = fmt::format("Whether the silos cost anything is not told from chance: {} of {}, from {} to {}.",
                         difference(cost.mean), goal(), difference(cost.low), difference(cost.high));
    }
    return text + fmt::format(" One common goal buys {} and gains {}; each team by its own goal, they buy {} and gain {}.",
                              bought(silos_.common), with_error(silos_.gain_common), bought(silos_.together),
                              with_error(silos_.gain_together));
  }

  [[nodiscard]] std::string teams(const Layout& layout) const {
    Table table;
    table.row({"team", "its goal", "budget", "buys", "expects alone", "gets in silos", "under one goal"});
    for (const TeamChoice& team : silos_.teams) {
      const Team& of = parts_.teams[team.team.index()];
      const auto own = [](const Estimate& e) {
        if (std::isnan(e.mean)) return std::string("-");
        if (std::isnan(e.low)) return fmt::format("{:+.4g}", e.mean);
        const double half = 0.5 * (e.high - e.low);
        const int decimals = half > 0.0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, 6) : 3;
        return fmt::format("{:+.{}f} ± {:.{}f}{}", e.mean, decimals, half, decimals, e.clear() ? "" : " ~");
      };
      table.row({shown_on_one_line(of.name.empty() ? of.id : of.name), answer_words::goal(of.goal),
                 std::isfinite(team.budget) ? format::money(team.budget, currency_) : "any",
                 team.for_sale == 0 ? "nothing is its own" : bought(team.bought),
                 team.bought.empty() ? "-" : own(team.expected), own(team.in_silos), own(team.in_common)});
    }
    return table.text(layout);
  }

  /// What no team buys alone, and how all this was judged.
  [[nodiscard]] std::string notes() const {
    std::string text;
    if (!silos_.between.empty()) {
      text += "Between teams, so that none buys it alone: ";
      for (std::size_t i = 0; i < silos_.between.size(); ++i) text += (i > 0 ? ", " : "") + name(silos_.between[i]);
      text += ".\n";
    }
    text += fmt::format("Spent: {} under one goal, {} in silos.\n", format::money(silos_.investment_common.mean, currency_),
                        format::money(silos_.investment_together.mean, currency_));
    text += fmt::format(
        "Each team chose as if the others bought nothing; gains of a team's goal are in its own unit, more is better; ~ may "
        "be chance. All "
        "was "
        "judged on the luck of seed {}, on which nobody chose.\n",
        silos_.samples.seed);
    return text;
  }

 private:
  [[nodiscard]] std::string goal() const {
    const std::string words = format::in_sentence(answer_words::goal(silos_.goal));
    return single_ ? words : "the goal (" + words + ")";
  }
  [[nodiscard]] std::string difference(double value) const {
    if (!single_) return format::difference(*find_metric("npv"), value, "");
    const GoalTerm& term = silos_.goal[0];
    return format::difference(metrics()[term.metric], term.weight * value, currency_);
  }
  [[nodiscard]] std::string size(double value) const { return difference(std::fabs(value)).substr(1); }
  [[nodiscard]] std::string with_error(const Estimate& e) const {
    if (e.mean == 0.0) return "nothing";
    const std::string text = difference(e.mean);
    return std::isnan(e.low) ? text : fmt::format("{} ({} to {})", text, difference(e.low), difference(e.high));
  }
  [[nodiscard]] std::string name(ImprovementId improvement) const {
    const Change& change = parts_.improvements[improvement.index()].change;
    return shown_on_one_line(change.name.empty() ? change.id : change.name);
  }
  [[nodiscard]] std::string bought(const std::vector<Purchase>& purchases) const {
    Choice choice;
    choice.bought = purchases;
    return purchases.empty() ? "nothing" : choice_words(choice, model_);
  }

  const Silos& silos_;
  const Model& model_;
  const ModelParts& parts_;
  const std::string& currency_;
  bool single_;
};

json_figures::Json bought(const std::vector<Purchase>& purchases, const ModelParts& parts) {
  json_figures::Json list = json_figures::Json::array();
  for (const Purchase& purchase : purchases)
    list.push_back({{"id", parts.improvements[purchase.improvement.index()].change.id}, {"level", purchase.level}});
  return list;
}

}  // namespace

std::string silos_text(const Silos& silos, const Model& model, const Layout& layout) {
  const SilosText text(silos, model);
  return bold_prose(text.answer() + "\n", layout) + "\n" + text.teams(layout) + "\n" + prose(text.notes(), layout);
}

std::string silos_json(const Silos& silos, const Model& model, const std::string& file) {
  using json_figures::Json;
  using json_figures::number;
  using json_figures::of;
  const ModelParts& parts = model.parts();
  Json json = json_figures::header(silos.samples, file);
  json["budget"] = number(silos.budget);
  for (const GoalTerm& term : silos.goal) json["goal"][std::string(metrics()[term.metric].name)] = term.weight;
  json["answer"] = SilosText(silos, model).answer();
  json["cost"] = of(silos.cost);
  json["cost_is_clear"] = silos.cost.clear() && silos.cost.low > 0.0;
  json["common"] = {{"improvements", bought(silos.common, parts)},
                    {"gain", of(silos.gain_common)},
                    {"investment", of(silos.investment_common)}};
  json["silos"] = {{"improvements", bought(silos.together, parts)},
                   {"gain", of(silos.gain_together)},
                   {"investment", of(silos.investment_together)}};
  for (const TeamChoice& team : silos.teams) {
    const Team& of_team = parts.teams[team.team.index()];
    Json goal = Json::object();
    for (const GoalWeight& one : of_team.goal) goal[one.figure] = one.weight;
    json["teams"][of_team.id] = {{"goal", std::move(goal)},        {"budget", number(team.budget)},
                                 {"for_sale", team.for_sale},      {"improvements", bought(team.bought, parts)},
                                 {"expected", of(team.expected)},  {"in_silos", of(team.in_silos)},
                                 {"in_common", of(team.in_common)}};
  }
  json["between"] = Json::array();
  for (const ImprovementId id : silos.between) json["between"].push_back(parts.improvements[id.index()].change.id);
  json["events"] = silos.events;
  return json_figures::text(json);
}

}  // namespace sojourn
