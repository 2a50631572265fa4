// The folder of a sweep: a manifest that says whose it is, and files of points that are complete or not there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/sweep/design.hpp"

namespace sojourn {

/// However many points a sweep has, they come in at most this many files: shared file systems fail at many small ones.
inline constexpr std::uint64_t most_point_files = 1000;
/// Of the manifest, in the folder.
inline constexpr std::string_view manifest_name = "sweep.json";

/// What a sweep is, so that its files can be told from those of any other and its points made again without the sweep file.
struct Manifest {
  /// SHA-256 of all that decides a number: version and build, design, keys, values, seed, plans, the scenario as resolved.
  std::string identity;
  std::string version, build;
  std::uint64_t points = 0;
  std::uint64_t points_per_file = 1;
  std::string design;  // "saltelli"
  std::uint64_t seed = 0;
  std::vector<std::string> keys, plans;
  std::string title, scenario_name, scenario_toml;  // as resolved
  std::string scenario_digest;                      // of that and of what else the scenario reads
  std::string design_digest;                        // of all else
  std::string sweep_name, sweep_toml, table;        // the sweep file, and the points of a table
  std::uint64_t scenario_seed = 0;

  /// The number of files of points when all are there.
  [[nodiscard]] std::uint64_t files() const { return (points + points_per_file - 1) / points_per_file; }
  [[nodiscard]] std::uint64_t first_of(std::uint64_t file) const { return file * points_per_file; }
  /// One beyond the last.
  [[nodiscard]] std::uint64_t end_of(std::uint64_t file) const;
  /// "points-000032-000047-1a2b3c4d.h5"; of a file with some of its points "....partial.h5".
  [[nodiscard]] std::string file_name(std::uint64_t file) const;
  [[nodiscard]] std::string partial_name(std::uint64_t file) const;

  bool operator==(const Manifest&) const = default;
};

/// The manifest of a sweep.
[[nodiscard]] Manifest manifest_of(const Design& design);

/// Reads the manifest in `folder`. Throws InputError where there is none, or it is none of this format.
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& folder);

/// Makes the folder where it is missing, and puts the manifest into it unless it is there already. Many processes may do so
/// at once. Throws InputError where the folder belongs to another sweep (a different scenario, design or version, which the
/// message names), holds files of points without a manifest, is no folder, or cannot be written.
void claim_folder(const std::filesystem::path& folder, const Manifest& manifest);

/// Throws InputError where `claim_folder` would, and writes nothing.
void require_claimable(const std::filesystem::path& folder, const Manifest& manifest);

/// What was found at one point: arrays by plan and replication, of series by more, and the sizes of their dimensions.
struct PointResult {
  std::uint64_t point = 0;
  std::vector<Dimension> dimensions;  // but `point`
  std::vector<Array> arrays;          // without the dimension `point`
};

/// Results of points (sim/outcomes/FORMAT.md, "Sweeps"), in the order of their numbers: the dimension `point`, a coordinate
/// for each varied key, and every array with `point` in front. All points have the same arrays and dimensions; throws
/// InputError, naming the point and the dimension, where one has not.
[[nodiscard]] Outcomes point_outcomes(const Manifest& manifest, const Design& design, std::vector<PointResult> results);

/// The name of the coordinate of a key in results: "touchpoint.buy.next[2].odds" is "touchpoint.buy.next.2.odds", "*" is
/// "all".
[[nodiscard]] std::string coordinate_name(const std::string& key);

/// The results in a file of points. Throws InputError where it is damaged, or not of this sweep.
[[nodiscard]] Outcomes read_points(const std::filesystem::path& path, const Manifest& manifest);
/// The numbers of the points in such results.
[[nodiscard]] const std::vector<std::int64_t>& points_of(const Outcomes& outcomes);
/// Such results point by point.
[[nodiscard]] std::vector<PointResult> taken_apart(const Outcomes& outcomes);

}  // namespace sojourn
