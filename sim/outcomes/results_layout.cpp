#include "results_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sojourn/base/sha256.hpp"
#include "sojourn/outcomes/results_file.hpp"

namespace sojourn {
namespace {

Attributes described(std::string_view unit, const std::string& long_name) {
  Attributes attributes;
  if (!long_name.empty()) attributes.emplace_back("long_name", long_name);
  if (!unit.empty()) attributes.emplace_back("units", unit);
  return attributes;
}

std::vector<Axis> axes_of(const Array& array, const Outcomes& outcomes) {
  std::vector<Axis> axes;
  for (const std::string& name : array.dimensions) axes.emplace_back(name, outcomes.dimension(name).size);
  return axes;
}

std::string list_text(const std::vector<std::string>& texts) {
  using Json = nlohmann::ordered_json;
  return Json(texts).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Attributes file_attributes(const Provenance& from) {
  Attributes attributes{{"Conventions", "CF-1.11"},
                        {"title", from.title},
                        {"history", from.history},
                        {"command", from.request.command},
                        {"changes", list_text(from.request.changes)},
                        {"plans", list_text(from.request.plans)},
                        {"sojourn_version", from.version},
                        {"schema", fmt::to_string(results_schema)},
                        {"seed", fmt::to_string(from.seed)},
                        {"seed_text", fmt::to_string(from.seed)},
                        {"scenario_name", from.scenario_name},
                        {"scenario_sha256", sha256_hex(from.scenario_toml)},
                        {"scenario_toml", from.scenario_toml},
                        {"build", from.build}};
  attributes.insert(attributes.end(), from.more.begin(), from.more.end());
  return attributes;
}

std::uint64_t most_read_bytes(std::uint64_t image_bytes) {
  constexpr std::uint64_t best_packing = 1032, others = std::uint64_t{1} << 20;
  return std::min(most_value_bytes + image_bytes, best_packing * image_bytes) + others;
}

Attributes attributes_of(const Array& array) { return described(array.unit, array.long_name); }

Attributes attributes_of(const Dimension& dimension) {
  Attributes attributes = described(dimension.unit, dimension.long_name);
  if (dimension.unit.find(" since ") != std::string::npos) {  // a time axis of the CF conventions, section 4.4
    attributes.emplace_back("standard_name", "time");
    attributes.emplace_back("calendar", "proleptic_gregorian");
    attributes.emplace_back("axis", "T");
  }
  return attributes;
}

std::uint64_t value_bytes(const Outcomes& outcomes) {
  std::uint64_t bytes = 0;
  for (const Array& array : outcomes.arrays) {
    bytes += std::visit([](const auto& values) { return std::uint64_t{8} * values.size(); }, array.values);
  }
  return bytes;
}

std::string content_sha256(const Outcomes& outcomes) {
  ContentDigest digest;
  digest.add("/", {}, file_attributes(outcomes.provenance), std::monostate());
  for (const Dimension& dimension : outcomes.dimensions) {
    const std::vector<Axis> axes = {{dimension.name, dimension.size}};
    std::visit([&](const auto& values) { digest.add("/" + dimension.name, axes, attributes_of(dimension), values); },
               dimension.values);
  }
  for (const Array& array : outcomes.arrays) {
    std::visit(
        [&](const auto& values) { digest.add("/" + array.name, axes_of(array, outcomes), attributes_of(array), values); },
        array.values);
  }
  return digest.hex();
}

}  // namespace sojourn
