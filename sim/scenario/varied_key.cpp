#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sojourn/base/number_text.hpp"
#include "sojourn/scenario/sweep_file.hpp"

namespace sojourn {
namespace {

Setting numbered(const VariedKey& key, double number) {
  if (key.whole) number = std::round(number);
  return {number, fmt::format("{}{}{}", key.before, number, key.after)};
}

}  // namespace

std::string_view name(DesignChoice::Kind kind) {
  switch (kind) {
    case DesignChoice::Kind::grid:
      return "grid";
    case DesignChoice::Kind::table:
      return "table";
    case DesignChoice::Kind::latin_hypercube:
      return "latin_hypercube";
    case DesignChoice::Kind::sobol:
      return "sobol";
    case DesignChoice::Kind::morris:
      return "morris";
    case DesignChoice::Kind::saltelli:
      return "saltelli";
  }
  return "";
}

bool VariedKey::ordered() const {
  const auto* list = std::get_if<List>(&values);
  if (list == nullptr) return true;
  return std::all_of(list->settings.begin(), list->settings.end(), [&](const Setting& each) {
    const std::string_view text = each.text;
    const bool around = text.size() > before.size() + after.size() && text.starts_with(before) && text.ends_with(after);
    const auto number =
        around ? parse_number(text.substr(before.size(), text.size() - before.size() - after.size())) : std::nullopt;
    return number.has_value() && *number == each.number;
  });
}

std::size_t VariedKey::steps() const {
  if (const auto* range = std::get_if<Range>(&values)) return range->steps;
  if (const auto* list = std::get_if<List>(&values)) return list->settings.size();
  return 0;
}

Setting VariedKey::step(std::size_t index) const {
  if (const auto* list = std::get_if<List>(&values)) return list->settings[index];
  const Range& range = std::get<Range>(values);
  // The last one is the end itself, whatever the rounding.
  if (index + 1 == range.steps) return numbered(*this, range.to);
  return numbered(*this, range.from + (range.to - range.from) * static_cast<double>(index) / (range.steps - 1.0));
}

Setting VariedKey::at(double share) const {
  if (const auto* list = std::get_if<List>(&values)) {
    const auto count = static_cast<double>(list->settings.size());
    return list->settings[static_cast<std::size_t>(std::clamp(std::floor(count * share), 0.0, count - 1.0))];
  }
  if (const auto* range = std::get_if<Range>(&values)) {
    return numbered(*this, share == 1.0 ? range->to : range->from + share * (range->to - range->from));
  }
  const Drawn& drawn = std::get<Drawn>(values);
  constexpr double least = 1e-9;
  const double q = drawn.lowest + share * (drawn.highest - drawn.lowest);
  // A quantile at the limit itself may miss it by its rounding.
  return numbered(*this, std::clamp(quantile(drawn.distribution, std::clamp(q, least, 1.0 - least)), drawn.low, drawn.high));
}

std::vector<Override> VariedKey::changes(const Setting& setting) const {
  std::vector<Override> result;
  for (const std::string& path : paths)
    result.push_back({fmt::format("{}: {} = {}", place, path, setting.text), path, setting.text});
  return result;
}

Scenario scenario_at(const SweepFile& sweep, const std::vector<Setting>& settings,
                     const std::vector<Override>& more_changes) {
  std::vector<Override> changes = sweep.changes;
  for (std::size_t k = 0; k < sweep.keys.size(); ++k) {
    std::vector<Override> more = sweep.keys[k].changes(settings[k]);
    std::move(more.begin(), more.end(), std::back_inserter(changes));
  }
  changes.insert(changes.end(), more_changes.begin(), more_changes.end());
  static const std::vector<Tie> no_ties;
  const std::vector<Tie>* ties = &no_ties;
  if (const auto& talk = sweep.scenario.parts.word_of_mouth) {
    if (const auto* file = std::get_if<NetworkFile>(&talk->network); file != nullptr && file->ties) ties = file->ties.get();
  }
  return parse_scenario(sweep.scenario.source, sweep.scenario_name, sweep.scenario_path.parent_path(), changes, *ties,
                        NamedFiles::none);
}

}  // namespace sojourn
