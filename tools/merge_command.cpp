#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/sweep/merge.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int merge_command(const CommandLine& line) {
  namespace fs = std::filesystem;
  fs::path folder(line.input);
  if (!folder.has_filename()) folder = folder.parent_path();
  const bool dots = folder.filename() == "." || folder.filename() == "..";  // which have no name to call a file by
  const fs::path named = dots ? fs::weakly_canonical(folder) : folder;
  const std::string path = results_path(line, named.filename().string() + ".h5");
  Replacing may;
  may.force = line.force;
  std::error_code error;
  if (fs::is_regular_file(folder, error))
    throw InputError("this is a file, not the folder of a sweep",
                     looks_like_results(folder) ? "sojourn sensitivity and sojourn explore take a sweep that is merged"
                                                : "sojourn sweep SWEEP.toml -o FOLDER fills a folder; name that",
                     line.input);
  // Within the folder it would be a stranger at the next merge.
  if (fs::exists(folder / manifest_name, error) && fs::equivalent(fs::absolute(path).parent_path(), folder, error))
    throw InputError(fmt::format("{} lies in the folder of the points", path), "name a file elsewhere with -o");
  require_replaceable(path, may);
  std::optional<Outcomes> points;
  under_way(line, [&](const RunOptions& options) { points = merged_points(folder, options.stop); });
  const std::string header = tidy_csv_header(*points);
  std::optional<FileReplacement> table;
  if (!line.csv.empty()) {
    Replacing may_csv = may;
    may_csv.beginning = header;
    require_replaceable(line.csv, may_csv);
    table.emplace(line.csv, may_csv);
  }
  write_results(*points, path, may);
  if (table) {
    write_tidy_csv(*points, [&](std::string_view text) { table->write(text); });
    table->finish();
  }
  if (!line.quiet) {
    print(stderr, "%s points of %s: %s%s\n", fmt::to_string(points->dimension("point").size).c_str(),
          folder.string().c_str(), path.c_str(), line.csv.empty() ? "" : (", " + line.csv).c_str());
  }
  return done;
}

}  // namespace sojourn::tools
