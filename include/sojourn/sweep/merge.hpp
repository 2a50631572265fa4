// All points of a sweep in one file, and as a table.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "sojourn/sweep/sweep_folder.hpp"

namespace sojourn {

/// A sweep read back from what its files say: no scenario is needed, nor anything on the disk.
struct RecordedSweep {
  SweepFile sweep;  // without its scenario
  std::vector<std::string> plans;
};

/// The sweep that `sweep_toml` and `table` describe, as its manifest or its merged file have them. Throws InputError where
/// they describe none.
[[nodiscard]] RecordedSweep recorded_sweep(const std::string& sweep_toml, const std::string& table, const std::string& name);

/// Whether a results file holds points of a sweep, not a run.
[[nodiscard]] bool holds_points(const Outcomes& outcomes);
/// The text of an attribute of such a file. Throws InputError where it is missing.
[[nodiscard]] const std::string& attribute_of(const Outcomes& outcomes, std::string_view name);

/// The results of all points of the sweep in `folder`. Throws InputError, naming files and points, where points are missing,
/// stand twice or are not those that the design says; where a file in the folder is a stranger's or damaged; where
/// another version of Sojourn swept; Interrupted.
[[nodiscard]] Outcomes merged_points(const std::filesystem::path& folder, const std::stop_token& stop = {});

/// The same as comma-separated values (RFC 4180): a line for each point, plan and replication, with the varied keys and
/// every metric at the horizon; empty where a metric is undefined. `write` gets the text piece by piece.
void write_tidy_csv(const Outcomes& points, const std::function<void(std::string_view)>& write);
/// Its first line, with the line end.
[[nodiscard]] std::string tidy_csv_header(const Outcomes& points);

}  // namespace sojourn
