#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sojourn/base/sha256.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/scenario_digest.hpp"
#include "sojourn/outcomes/version.hpp"
#include "sojourn/sweep/sweep_folder.hpp"

namespace sojourn {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view manifest_beginning = "{\n \"written_by\": \"Sojourn\",\n \"format\": 1,\n";
constexpr std::uint64_t most_manifest_bytes = std::uint64_t{1} << 30;

/// Points in a file: so many that there are neither many files nor much to lose with one.
std::uint64_t points_per_file(std::uint64_t points) {
  constexpr std::uint64_t most = 16, files_of_few = 64;
  const std::uint64_t needed = (points + most_point_files - 1) / most_point_files;
  return std::max({needed, std::min(most, (points + files_of_few - 1) / files_of_few), std::uint64_t{1}});
}

Json setting_json(const Setting& setting) { return {setting.number, setting.text}; }

/// Everything about a key that decides a number.
Json key_json(const VariedKey& key) {
  Json json = {{"key", key.key}, {"paths", key.paths}, {"whole", key.whole}, {"before", key.before}, {"after", key.after}};
  if (const auto* range = std::get_if<VariedKey::Range>(&key.values)) {
    json["range"] = {range->from, range->to, range->steps};
  } else if (const auto* list = std::get_if<VariedKey::List>(&key.values)) {
    Json values = Json::array();
    for (const Setting& each : list->settings) values.push_back(setting_json(each));
    json["values"] = std::move(values);
  } else {
    // The distribution by what it gives.
    Json quantiles = Json::array();
    for (const double share : {0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0}) quantiles.push_back(key.at(share).number);
    json["drawn"] = std::move(quantiles);
  }
  return json;
}

std::string design_digest(const SweepFile& sweep) {
  Json json = {{"design", name(sweep.design.kind)},
               {"samples", sweep.design.samples},
               {"trajectories", sweep.design.trajectories},
               {"levels", sweep.design.levels},
               {"rows", sweep.design.rows},
               {"seed", sweep.seed},
               {"series", sweep.series},
               {"plans", sweep.plans}};
  Json keys = Json::array();
  for (const VariedKey& key : sweep.keys) keys.push_back(key_json(key));
  json["keys"] = std::move(keys);
  return sha256_hex(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string written(const Manifest& manifest) {
  const Json json = {{"written_by", "Sojourn"},
                     {"format", 1},
                     {"identity", manifest.identity},
                     {"sojourn_version", manifest.version},
                     {"build", manifest.build},
                     {"points", manifest.points},
                     {"points_per_file", manifest.points_per_file},
                     {"design", manifest.design},
                     {"seed", manifest.seed},
                     {"keys", manifest.keys},
                     {"plans", manifest.plans},
                     {"title", manifest.title},
                     {"scenario_digest", manifest.scenario_digest},
                     {"design_digest", manifest.design_digest},
                     {"scenario_seed", manifest.scenario_seed},
                     {"scenario_name", manifest.scenario_name},
                     {"scenario_toml", manifest.scenario_toml},
                     {"sweep_name", manifest.sweep_name},
                     {"sweep_toml", manifest.sweep_toml},
                     {"table", manifest.table}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void require_same(const fs::path& folder, const Manifest& there, const Manifest& ours) {
  if (there.identity == ours.identity) return;
  std::string what = there.version != ours.version || there.build != ours.build
                         ? fmt::format("another version of Sojourn ({})", there.version)
                     : there.scenario_digest != ours.scenario_digest ? "another scenario"
                                                                     : "another design, seed, key or plan";
  throw InputError(fmt::format("the folder {} holds the points of {}", folder.string(), what),
                   "name another folder with -o: points of two sweeps must not mix");
}

/// Files of points in a folder that has no manifest.
bool has_points(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with("points-") && name.ends_with(".h5")) return true;
  }
  return false;
}

/// Whether the manifest is there; throws where the folder cannot be ours.
bool is_claimed(const fs::path& folder, const Manifest& manifest) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return false;
  if (status.type() != fs::file_type::directory)
    throw InputError(fmt::format("{} is not a folder", folder.string()),
                     "name a folder with -o: it is made where it is missing");
  if (fs::exists(folder / manifest_name, error)) {
    require_same(folder, read_manifest(folder), manifest);
    return true;
  }
  if (has_points(folder))
    throw InputError(fmt::format("the folder {} holds files of points, but no {}", folder.string(), manifest_name),
                     "name another folder with -o, or restore that file");
  return false;
}

}  // namespace

std::uint64_t Manifest::end_of(std::uint64_t file) const { return std::min(points, (file + 1) * points_per_file); }

std::string Manifest::file_name(std::uint64_t file) const {
  const std::size_t width = std::max<std::size_t>(6, std::to_string(points - 1).size());
  return fmt::format("points-{:0{}}-{:0{}}-{}.h5", first_of(file), width, end_of(file) - 1, width, identity.substr(0, 8));
}

std::string Manifest::partial_name(std::uint64_t file) const {
  std::string name = file_name(file);
  name.resize(name.size() - 3);
  return name + ".partial.h5";
}

Manifest manifest_of(const Design& design) {
  const SweepFile& sweep = design.sweep();
  Manifest manifest;
  manifest.version = version();
  manifest.build = build_description();
  manifest.points = design.points();
  manifest.points_per_file = points_per_file(design.points());
  manifest.design = name(sweep.design.kind);
  manifest.seed = sweep.seed;
  for (const VariedKey& key : sweep.keys) manifest.keys.push_back(key.key);
  manifest.plans = sweep.plans;
  manifest.title = sweep.scenario.parts.settings.title;
  manifest.scenario_seed = sweep.scenario.parts.settings.seed;
  manifest.scenario_name = sweep.scenario_name;
  manifest.scenario_toml = sweep.scenario.text;
  manifest.sweep_name = fs::path(sweep.name).filename().string();
  manifest.sweep_toml = sweep.text;
  manifest.table = sweep.table;
  manifest.scenario_digest = scenario_digest(sweep.scenario);
  manifest.design_digest = design_digest(sweep);
  manifest.identity = sha256_hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", manifest.version, manifest.build, results_schema,
                                             manifest.points_per_file, manifest.scenario_digest, manifest.design_digest));
  return manifest;
}

Manifest read_manifest(const fs::path& folder) {
  const fs::path path = folder / manifest_name;
  std::error_code error;
  if (fs::is_directory(folder, error) && !fs::exists(path, error))
    throw InputError(fmt::format("the folder has no {}, so it is not that of a sweep", manifest_name),
                     "sojourn sweep SWEEP.toml -o FOLDER makes one", folder.string());
  const std::string text = read_whole_file(path, most_manifest_bytes);
  const auto refuse = [&](const std::string& why) {
    return InputError(why, "restore it from a copy, or sweep into another folder", path.string());
  };
  try {
    const Json json = Json::parse(text);
    if (json.at("written_by") != "Sojourn") throw refuse("this is not the manifest of a sweep");
    if (json.at("format") != 1) throw refuse("this manifest is of another format: another version of Sojourn wrote it");
    Manifest manifest;
    json.at("identity").get_to(manifest.identity);
    json.at("sojourn_version").get_to(manifest.version);
    json.at("build").get_to(manifest.build);
    json.at("points").get_to(manifest.points);
    json.at("points_per_file").get_to(manifest.points_per_file);
    json.at("design").get_to(manifest.design);
    json.at("seed").get_to(manifest.seed);
    json.at("keys").get_to(manifest.keys);
    json.at("plans").get_to(manifest.plans);
    json.at("title").get_to(manifest.title);
    json.at("scenario_digest").get_to(manifest.scenario_digest);
    json.at("design_digest").get_to(manifest.design_digest);
    json.at("scenario_seed").get_to(manifest.scenario_seed);
    json.at("scenario_name").get_to(manifest.scenario_name);
    json.at("scenario_toml").get_to(manifest.scenario_toml);
    json.at("sweep_name").get_to(manifest.sweep_name);
    json.at("sweep_toml").get_to(manifest.sweep_toml);
    json.at("table").get_to(manifest.table);
    if (manifest.points == 0 || manifest.points > most_points || manifest.points_per_file == 0 ||
        manifest.identity.size() != 64)
      throw refuse("this manifest was edited");
    return manifest;
  } catch (const nlohmann::json::exception&) {
    throw refuse("this is not the manifest of a sweep, or it is damaged");
  }
}

void require_claimable(const fs::path& folder, const Manifest& manifest) { static_cast<void>(is_claimed(folder, manifest)); }

void claim_folder(const fs::path& folder, const Manifest& manifest) {
  if (is_claimed(folder, manifest)) return;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw InputError(fmt::format("cannot make the folder {}: {}", folder.string(), error.message()), "name another with -o",
                     {}, ErrorCode::cannot_write);
  Replacing may;
  may.only_new = true;
  may.beginning = manifest_beginning;
  try {
    require_replaceable(folder / manifest_name, may);
    replace_file(folder / manifest_name, written(manifest), may);
  } catch (const Error&) {
    // Another process of the same sweep may have been faster.
    if (!fs::exists(folder / manifest_name, error)) throw;
    require_same(folder, read_manifest(folder), manifest);
  }
}

}  // namespace sojourn
