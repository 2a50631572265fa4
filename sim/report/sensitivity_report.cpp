#include "sojourn/report/sensitivity_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json_figures.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;

constexpr std::string_view unresolved = "not resolved: four times as many points";

bool is_saltelli(const Sensitivity& one) { return one.design == DesignChoice::Kind::saltelli; }

/// Neither here nor in any resample; there is no index of a figure that is the same at every point.
bool is_nothing(const Index& index) { return !std::isfinite(index.value) || (index.low == 0.0 && index.high == 0.0); }

/// What is to be said of an effect beside its numbers.
std::string remark(const KeyEffect& key, bool saltelli) {
  const Index& main = saltelli ? key.total : key.mu_star;
  if (is_nothing(main)) return "no effect at any point";
  if (!main.resolved()) return std::string(unresolved);
  return saltelli && !key.first.resolved() ? "first order " + std::string(unresolved) : std::string();
}

std::string interval(const Index& index, bool share) {
  if (!std::isfinite(index.value)) return "-";
  return share ? fmt::format("{:.3f} ({:.3f} to {:.3f})", index.value, index.low, index.high)
               : fmt::format("{:.3g} ({:.3g} to {:.3g})", index.value, index.low, index.high);
}

std::string figure(const Sensitivity& one) {
  const std::string of = one.baseline.empty() ? fmt::format("under {}", one.plan)
                                              : fmt::format("of {} less that of {}", one.plan, one.baseline);
  return fmt::format("{} {}", one.metric, of);
}

std::string table_of(const Sensitivity& one, const Layout& layout) {
  const bool saltelli = is_saltelli(one);
  std::vector<const KeyEffect*> keys;
  for (const KeyEffect& each : one.keys) keys.push_back(&each);
  const auto weight = [&](const KeyEffect* key) { return saltelli ? key->total.value : key->mu_star.value; };
  std::stable_sort(keys.begin(), keys.end(), [&](const auto* a, const auto* b) { return weight(a) > weight(b); });
  Table table;
  if (saltelli) {
    table.row({"key", "first order (95 %)", "total (95 %)", ""});
  } else {
    table.row({"key", "mu* (95 %)", "mu", "sigma", ""});
  }
  for (const KeyEffect* key : keys) {
    if (saltelli) {
      table.row({key->key, interval(key->first, true), interval(key->total, true), remark(*key, true)});
    } else {
      table.row({key->key, interval(key->mu_star, false), fmt::format("{:+.3g}", key->mu), fmt::format("{:.3g}", key->sigma),
                 remark(*key, false)});
    }
  }
  return table.text(layout);
}

std::string caution(const Sensitivity& one) {
  return fmt::format("Intervals of fewer than {} {} miss more often than 5 %.",
                     is_saltelli(one) ? fewest_samples : fewest_trajectories, is_saltelli(one) ? "samples" : "trajectories");
}

Json of(const Index& index) {
  return {{"value", number(index.value)},
          {"low", number(index.low)},
          {"high", number(index.high)},
          {"resolved", index.resolved()}};
}

}  // namespace

std::string sensitivity_text(const std::vector<Sensitivity>& all, const std::string& title, const Layout& layout) {
  std::string text = bold_prose(title + "\n", layout);
  if (all.empty()) return text;
  for (const Sensitivity& one : all) {
    const char* const blocks = is_saltelli(one) ? "samples" : "trajectories";
    std::string head = fmt::format("{}: mean {:.4g}, standard deviation {:.3g}{} over {} {}", figure(one), one.mean,
                                   std::sqrt(one.variance), one.unit == "1" ? "" : " " + one.unit, one.blocks, blocks);
    if (one.left_out > 0) head += fmt::format("; {} where it is undefined are left out", one.left_out);
    text += "\n" + prose(head + "\n", layout) + table_of(one, layout);
    if (few_samples(one)) text += prose("  " + caution(one) + "\n", layout);
  }
  std::string notes =
      is_saltelli(all.front())
          ? "First order: share of the variance that a key explains alone; total: alone and together with others.\n"
          : "mu*: mean size of the change when the key moves over its whole range; mu: the same with signs; sigma: how much "
            "it differs from place to place, by interplay or curvature.\n";
  notes += "The ranges are the sweep file's, each as likely as it says there; intervals are bootstrap ones.\n";
  return text + "\n" + prose(notes, layout);
}

std::string sensitivity_json(const std::vector<Sensitivity>& all, const std::vector<PlanRegions>& regions,
                             const std::string& title, const std::string& file, const std::string& design) {
  Json json = {{"scenario", title}, {"file", file}, {"design", design}, {"figures", Json::array()}};
  for (const Sensitivity& one : all) {
    Json figure = {{"metric", one.metric},
                   {"plan", one.plan},
                   {"baseline", one.baseline.empty() ? Json(nullptr) : Json(one.baseline)},
                   {"unit", one.unit},
                   {"mean", number(one.mean)},
                   {"variance", number(one.variance)},
                   {is_saltelli(one) ? "samples" : "trajectories", one.blocks},
                   {"left_out", one.left_out},
                   {"cautions", few_samples(one) ? Json::array({caution(one)}) : Json::array()}};
    for (const KeyEffect& key : one.keys) {
      Json& entry = figure["keys"][key.key];
      if (is_saltelli(one)) {
        entry = {{"first", of(key.first)}, {"total", of(key.total)}};
      } else {
        entry = {{"mu_star", of(key.mu_star)}, {"mu", number(key.mu)}, {"sigma", number(key.sigma)}};
      }
    }
    json["figures"].push_back(std::move(figure));
  }
  json["boxes"] = Json::parse(regions_json(regions));
  return json_figures::text(json);
}

}  // namespace sojourn
