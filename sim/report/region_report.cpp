#include "sojourn/report/region_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "json_figures.hpp"
#include "region_words.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/report/format.hpp"
#include "table.hpp"

namespace sojourn {
namespace region_words {

std::string value(const VariedKey& key, double number) {
  return fmt::format("{}{}", number, key.unit == "day" ? " days" : key.unit == "day-1" ? " per day" : "");
}

namespace {

std::string kinds_of(const VariedKey& key, const std::vector<double>& kinds) {
  std::string words;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    std::string text = fmt::format("{}", kinds[i]);
    if (const auto* list = std::get_if<VariedKey::List>(&key.values)) {
      const auto found = std::find_if(list->settings.begin(), list->settings.end(),
                                      [&](const Setting& each) { return each.number == kinds[i]; });
      if (found != list->settings.end()) text = found->text;
    }
    words += (i == 0 ? "" : i + 1 < kinds.size() ? ", " : " or ") + text;
  }
  return words;
}

}  // namespace

std::string limit(const PlanRegions& regions, const BoxLimit& limit) {
  const VariedKey& key = regions.keys[limit.key];
  switch (limit.side) {
    case BoxLimit::Side::below:
      return fmt::format("{} < {}", key.key, value(key, limit.value));
    case BoxLimit::Side::above:
      return fmt::format("{} > {}", key.key, value(key, limit.value));
    case BoxLimit::Side::kinds:
      break;
  }
  return fmt::format("{} is {}", key.key, kinds_of(key, limit.kinds));
}

std::string sentence(const PlanRegions& regions, const PointBox& box, PointVerdict standing) {
  const bool better = standing == PointVerdict::better;
  std::string where;
  for (std::size_t i = 0; i < box.limits.size(); ++i) {
    const BoxLimit& here = box.limits[i];
    const bool between = i + 1 < box.limits.size() && box.limits[i + 1].key == here.key;
    std::string words = limit(regions, here);
    if (between) words = fmt::format("{} < {}", value(regions.keys[here.key], here.value), limit(regions, box.limits[++i]));
    where += (where.empty() ? "" : " and ") + words;
  }
  return fmt::format("{} beats {} in {:.0f} % of the points where {}: covers {:.0f} % of its wins.",
                     better ? regions.plan : regions.against, better ? regions.against : regions.plan, 100.0 * box.density(),
                     where, 100.0 * box.coverage());
}

std::string goal(const PlanRegions& regions) {
  if (regions.goal.size() == 1) {
    const Metric& metric = metrics()[regions.goal.front().metric];
    return (regions.goal.front().weight < 0.0 ? "less " : "") + format::in_sentence(metric.label);
  }
  std::string words;
  for (const GoalTerm& term : regions.goal)
    words += fmt::format("{}{} x {}", words.empty() ? "" : " + ", term.weight, metrics()[term.metric].name);
  return words;
}

}  // namespace region_words

namespace {

using json_figures::Json;
using json_figures::number;

std::string points_of(std::uint64_t count) { return fmt::format("{} point{}", count, count == 1 ? "" : "s"); }

double three_digits(double value) { return std::strtod(fmt::format("{:.3g}", value).c_str(), nullptr); }

/// What there is to say of one side.
std::string side(const PlanRegions& regions, PointVerdict standing, const Layout& layout) {
  const bool better = standing == PointVerdict::better;
  const std::string &winner = better ? regions.plan : regions.against, &loser = better ? regions.against : regions.plan;
  const std::uint64_t count = regions.count(standing);
  const std::optional<JudgedBox>& judged = better ? regions.better : regions.worse;
  if (count == 0) return {};
  if (!judged) {
    if (count == regions.standings.size()) return prose(fmt::format("{} beats {} at every point.\n", winner, loser), layout);
    const bool few = count < fewest_to_place;
    return prose(fmt::format("{} of {}: too few to say where.\n",
                             few ? fmt::format("{} beats {} at {}", winner, loser, points_of(count))
                                 : fmt::format("{} does not beat {} at {}", winner, loser,
                                               points_of(regions.standings.size() - count)),
                             regions.standings.size()),
                 layout);
  }
  if (judged->box.limits.empty())
    return prose(fmt::format("No limit tells where {} beats {}: its wins lie all over the space.\n", winner, loser), layout);
  if (!judged->told())
    return prose(
        fmt::format("Where {} beats {} is not told: with the points' labels shuffled, a box as good as the best one "
                    "is found in {:.0f} % of the shuffles.\n",
                    winner, loser, 100.0 * judged->chance),
        layout);
  std::string text = prose(region_words::sentence(regions, judged->box, standing) + "\n", layout);
  Table table;
  table.row({"limit", "in 95 % of resamples", "kept by", "quasi-p"});
  for (const BoxLimit& limit : judged->box.limits) {
    const VariedKey& key = regions.keys[limit.key];
    table.row({region_words::limit(regions, limit),
               limit.side == BoxLimit::Side::kinds || !std::isfinite(limit.low)
                   ? "-"
                   : fmt::format("{} to {}", three_digits(limit.low), region_words::value(key, three_digits(limit.high))),
               fmt::format("{:.0f} %", 100.0 * limit.kept),
               limit.quasi_p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", limit.quasi_p)});
  }
  return text + table.text(layout);
}

std::string text_of(const PlanRegions& regions, const Layout& layout) {
  const std::uint64_t better = regions.count(PointVerdict::better), worse = regions.count(PointVerdict::worse),
                      untold = regions.count(PointVerdict::not_told);
  std::string head = fmt::format("{} against {} by {}: better at {} of {}, worse at {}", regions.plan, regions.against,
                                 region_words::goal(regions), better, points_of(regions.standings.size()), worse);
  if (regions.replications > 1) {
    head += fmt::format("; at {} the difference is within the noise of {} replications", untold, regions.replications);
    if (untold > 0 && regions.replications < 5) head += ", which so few know badly: five tell more";
  } else {
    head += fmt::format("{}; with one replication nobody knows what is noise",
                        untold > 0 ? fmt::format(", the same at {}", untold) : "");
  }
  if (regions.left_out > 0) head += fmt::format("; {} left out, where it is undefined", points_of(regions.left_out));
  std::string text = prose(head + ".\n", layout);
  if (better == 0 && worse == 0)
    return text + prose(fmt::format("Nowhere is one of them shown to beat the other: {}.\n",
                                    regions.replications > 1 ? "more customers or replications may tell"
                                                             : "what differs between them does nothing to it"),
                        layout);
  return text + side(regions, PointVerdict::better, layout) + side(regions, PointVerdict::worse, layout);
}

Json json_of(const PlanRegions& regions, const std::optional<JudgedBox>& judged) {
  if (!judged) return nullptr;
  const PointBox& box = judged->box;
  Json limits = Json::array();
  for (const BoxLimit& limit : box.limits) {
    const VariedKey& key = regions.keys[limit.key];
    Json entry = {{"key", key.key}, {"unit", key.unit}};
    if (limit.side == BoxLimit::Side::kinds) {
      entry["among"] = limit.kinds;
    } else {
      entry[limit.side == BoxLimit::Side::below ? "below" : "above"] = limit.value;
    }
    entry["quasi_p"] = number(limit.quasi_p);
    entry["kept"] = number(limit.kept);
    entry["low"] = number(limit.low);
    entry["high"] = number(limit.high);
    limits.push_back(std::move(entry));
  }
  return {{"told", judged->told()},           {"chance", number(judged->chance)},
          {"density", number(box.density())}, {"coverage", number(box.coverage())},
          {"points_inside", box.inside},      {"wins_inside", box.interesting_inside},
          {"limits", std::move(limits)}};
}

}  // namespace

std::string regions_text(const std::vector<PlanRegions>& all, const Layout& layout) {
  std::string text;
  bool boxes = false;
  for (const PlanRegions& regions : all) {
    text += (text.empty() ? "" : "\n") + text_of(regions, layout);
    boxes = boxes || (regions.better && regions.better->told()) || (regions.worse && regions.worse->told());
  }
  if (!boxes) return text;
  return text + "\n" +
         prose(fmt::format(
                   "Boxes are found by peeling and pasting (PRIM). Kept by: of {} bootstrap resamples of the points, those "
                   "whose box has this limit too. Quasi-p: how likely a blind limit makes the box as dense.\n",
                   box_resamples),
               layout);
}

std::string regions_json(const std::vector<PlanRegions>& all) {
  Json boxes = Json::array();
  for (const PlanRegions& regions : all) {
    Json goal = Json::object();
    for (const GoalTerm& term : regions.goal) goal[std::string(metrics()[term.metric].name)] = term.weight;
    boxes.push_back({{"plan", regions.plan},
                     {"against", regions.against},
                     {"goal", std::move(goal)},
                     {"points", regions.standings.size()},
                     {"better_at", regions.count(PointVerdict::better)},
                     {"worse_at", regions.count(PointVerdict::worse)},
                     {"not_told_at", regions.count(PointVerdict::not_told)},
                     {"left_out", regions.left_out},
                     {"replications", regions.replications},
                     {"better", json_of(regions, regions.better)},
                     {"worse", json_of(regions, regions.worse)}});
  }
  return boxes.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sojourn
