#include "sojourn/sweep/sweep_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sojourn/base/error.hpp"
#include "sojourn/outcomes/results_file.hpp"

namespace sojourn {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& each : texts) all += (all.empty() ? "" : " ") + each;
  return all;
}

bool same(const Dimension& one, const Dimension& other) {
  return one.name == other.name && one.size == other.size && one.values == other.values && one.unit == other.unit;
}

/// What a reader must know of a key beside its numbers.
std::string long_name_of(const VariedKey& key) {
  std::string text = key.key;
  const auto* list = std::get_if<VariedKey::List>(&key.values);
  if (list == nullptr) return text;
  const bool numbers = std::all_of(list->settings.begin(), list->settings.end(), [](const Setting& each) {
    return !each.text.empty() && each.text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  });
  if (numbers) return text;
  std::vector<const Setting*> once;
  for (const Setting& each : list->settings) {
    const auto has = [&](const Setting* other) { return other->number == each.number; };
    if (std::none_of(once.begin(), once.end(), has)) once.push_back(&each);
    if (once.size() > 20) break;
  }
  for (std::size_t i = 0; i < once.size(); ++i)
    text += fmt::format("{}{} = {}", i == 0 ? ": " : ", ", once[i]->number, once[i]->text);
  return text;
}

void require_same_shape(const PointResult& first, const PointResult& other) {
  const auto refuse = [&](std::string_view what) {
    throw InputError(fmt::format("point {} has other {} than point {}", other.point, what, first.point),
                     "points of one sweep have the same arrays: series = false keeps figures at the horizon alone");
  };
  if (first.dimensions.size() != other.dimensions.size()) refuse("dimensions");
  for (std::size_t i = 0; i < first.dimensions.size(); ++i) {
    if (!same(first.dimensions[i], other.dimensions[i]))
      refuse(fmt::format("places along the dimension \"{}\"", first.dimensions[i].name));
  }
  if (first.arrays.size() != other.arrays.size()) refuse("arrays");
  for (std::size_t i = 0; i < first.arrays.size(); ++i) {
    if (first.arrays[i].name != other.arrays[i].name || first.arrays[i].values.index() != other.arrays[i].values.index())
      refuse("arrays");
  }
}

}  // namespace

std::string coordinate_name(const std::string& key) {
  std::string name;
  for (const char c : key) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain) name += c;
    if (c == '[') name += '.';
    if (c == '*') name += "all";
  }
  return name;
}

Outcomes point_outcomes(const Manifest& manifest, const Design& design, std::vector<PointResult> results) {
  std::sort(results.begin(), results.end(), [](const PointResult& a, const PointResult& b) { return a.point < b.point; });
  Outcomes outcomes;
  Provenance& from = outcomes.provenance;
  from.title = manifest.title;
  from.request = {"sweep", {}, manifest.plans};
  from.history = "sojourn sweep " + manifest.sweep_name;
  from.version = manifest.version;
  from.build = manifest.build;
  from.scenario_toml = manifest.scenario_toml;
  from.scenario_name = manifest.scenario_name;
  from.seed = manifest.scenario_seed;
  std::vector<std::string> coordinates;
  for (const VariedKey& key : design.sweep().keys) coordinates.push_back(coordinate_name(key.key));
  from.more = {{"coordinates", joined(coordinates)},
               {"design", manifest.design},
               {"design_seed", fmt::to_string(manifest.seed)},
               {"points", fmt::to_string(manifest.points)},
               {"sweep_identity", manifest.identity},
               {"sweep_name", manifest.sweep_name},
               {"sweep_toml", manifest.sweep_toml},
               {"table", manifest.table}};

  std::vector<std::int64_t> numbers;
  std::vector<std::vector<double>> settings(coordinates.size());
  for (const PointResult& each : results) {
    require_same_shape(results.front(), each);
    numbers.push_back(static_cast<std::int64_t>(each.point));
    const std::vector<Setting> here = design.settings(each.point);
    for (std::size_t k = 0; k < here.size(); ++k) settings[k].push_back(here[k].number);
  }
  outcomes.dimensions.push_back({"point", numbers.size(), std::move(numbers), "1", "number of the point in its design"});
  outcomes.dimensions.insert(outcomes.dimensions.end(), results.front().dimensions.begin(),
                             results.front().dimensions.end());
  for (std::size_t k = 0; k < coordinates.size(); ++k) {
    const VariedKey& key = design.sweep().keys[k];
    outcomes.arrays.push_back({coordinates[k], {"point"}, key.unit, long_name_of(key), std::move(settings[k])});
  }
  for (std::size_t a = 0; a < results.front().arrays.size(); ++a) {
    Array all = std::move(results.front().arrays[a]);
    all.dimensions.insert(all.dimensions.begin(), "point");
    for (std::size_t i = 1; i < results.size(); ++i) {
      std::visit(
          [&](auto& values) {
            const auto& more = std::get<std::decay_t<decltype(values)>>(results[i].arrays[a].values);
            values.insert(values.end(), more.begin(), more.end());
          },
          all.values);
    }
    outcomes.arrays.push_back(std::move(all));
  }
  return outcomes;
}

Outcomes read_points(const std::filesystem::path& path, const Manifest& manifest) {
  Outcomes outcomes = read_results(path);
  const auto& more = outcomes.provenance.more;
  const bool ours = std::find(more.begin(), more.end(),
                              std::pair<std::string, std::string>("sweep_identity", manifest.identity)) != more.end();
  if (!ours) throw InputError("this file does not hold points of this sweep", "take it out of the folder", path.string());
  static_cast<void>(points_of(outcomes));
  return outcomes;
}

const std::vector<std::int64_t>& points_of(const Outcomes& outcomes) {
  const auto* points = std::get_if<std::vector<std::int64_t>>(&outcomes.dimension("point").values);
  if (points == nullptr || points->empty() ||
      std::adjacent_find(points->begin(), points->end(), std::greater_equal<>()) != points->end())
    throw InputError("the points of this file are not numbered", "take it out of the folder, and sweep again");
  return *points;
}

std::vector<PointResult> taken_apart(const Outcomes& outcomes) {
  const std::vector<std::int64_t>& points = points_of(outcomes);
  std::vector<PointResult> results(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    results[i].point = static_cast<std::uint64_t>(points[i]);
    for (const Dimension& each : outcomes.dimensions) {
      if (each.name != "point") results[i].dimensions.push_back(each);
    }
  }
  for (const Array& array : outcomes.arrays) {
    if (array.dimensions.empty() || array.dimensions.front() != "point") continue;
    const bool coordinate = array.dimensions.size() == 1 && array.name != "events";
    if (coordinate) continue;
    for (std::size_t i = 0; i < points.size(); ++i) {
      Array one{array.name, {array.dimensions.begin() + 1, array.dimensions.end()}, array.unit, array.long_name, {}};
      std::visit(
          [&](const auto& values) {
            const std::size_t size = values.size() / points.size();
            using Values = std::decay_t<decltype(values)>;
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * size);
            one.values = Values(begin, begin + static_cast<std::ptrdiff_t>(size));
          },
          array.values);
      results[i].arrays.push_back(std::move(one));
    }
  }
  return results;
}

}  // namespace sojourn
