#include "sojourn/sweep/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <set>
#include <system_error>
#include <utility>
#include <variant>

#include "sojourn/base/error.hpp"
#include "sojourn/base/huge_pages.hpp"
#include "sojourn/base/parallel.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/version.hpp"

namespace sojourn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sweep_again = "run the sweep again: only what is missing is simulated";

/// "0 to 15, 32" of [first, end) stretches; the first few.
std::string stretches(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& all) {
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
    const auto& [first, end] = all[i];
    text += (i == 0 ? "" : ", ") + (end - first == 1 ? fmt::to_string(first) : fmt::format("{} to {}", first, end - 1));
  }
  return all.size() > most ? text + ", ..." : text;
}

/// Refuses files of points that are not among those that the sweep has.
void refuse_strangers(const fs::path& folder, const std::set<std::string>& known) {
  std::error_code error;
  std::vector<std::string> strangers;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (entry->path().extension() == ".h5" && !known.contains(name)) strangers.push_back(name);
  }
  if (strangers.empty()) return;
  std::sort(strangers.begin(), strangers.end());
  throw InputError(fmt::format("the folder {} holds {}, which {} not to its sweep{}", folder.string(), strangers.front(),
                               strangers.size() == 1 ? "belongs" : "belong",
                               strangers.size() == 1 ? "" : fmt::format(", and {} more such files", strangers.size() - 1)),
                   "take it out of the folder");
}

/// Refuses a file whose points are not exactly those that its name says, at the values that the design says.
void require_points(const Outcomes& file, const fs::path& path, const Manifest& manifest, const Design& design,
                    std::uint64_t number) {
  const std::vector<std::int64_t>& points = points_of(file);
  const auto first = static_cast<std::int64_t>(manifest.first_of(number));
  const auto count = manifest.end_of(number) - manifest.first_of(number);
  const auto refuse = [&](const std::string& why) {
    throw InputError(why, "take it out of the folder, and " + std::string(sweep_again), path.string());
  };
  if (points.front() != first || points.size() != count || points.back() != first + static_cast<std::int64_t>(count) - 1)
    refuse(fmt::format("this file holds points {} to {}, and not those that its name says", points.front(), points.back()));
  for (std::size_t k = 0; k < design.sweep().keys.size(); ++k) {
    const Array& array = recorded(file, coordinate_name(design.sweep().keys[k].key), {"point"});
    const auto* values = std::get_if<std::vector<double>>(&array.values);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double expected = design.settings(static_cast<std::uint64_t>(points[i]))[k].number;
      if (values == nullptr || (*values)[i] != expected)
        refuse(fmt::format("point {} of this file has another {} than the design", points[i], design.sweep().keys[k].key));
    }
  }
}

/// The points of one file after another. A process that reads files (outcomes) may begin as a copy of this one:
/// values that are many stand in huge pages, of which there are few to copy.
class JoinedPoints {
 public:
  /// There will be so many points.
  explicit JoinedPoints(std::uint64_t points) : points_(points) {}

  /// Throws InputError, naming the file, where its arrays or dimensions are not those of the files before it.
  void append(Outcomes more, const fs::path& path) {
    if (columns_.empty()) {
      begin(std::move(more));
      return;
    }
    const auto refuse = [&] {
      throw InputError("this file has other arrays than those before it",
                       "points of one sweep have the same arrays: series = false keeps figures at the horizon alone",
                       path.string());
    };
    if (all_.arrays.size() != more.arrays.size() || all_.dimensions.size() != more.dimensions.size()) refuse();
    for (std::size_t d = 1; d < all_.dimensions.size(); ++d) {
      if (all_.dimensions[d].name != more.dimensions[d].name || all_.dimensions[d].values != more.dimensions[d].values)
        refuse();
    }
    auto& points = std::get<std::vector<std::int64_t>>(all_.dimensions.front().values);
    const std::vector<std::int64_t>& further = points_of(more);
    points.insert(points.end(), further.begin(), further.end());
    for (std::size_t a = 0; a < all_.arrays.size(); ++a) {
      if (all_.arrays[a].name != more.arrays[a].name || columns_[a].index() != more.arrays[a].values.index()) refuse();
      add(a, more.arrays[a]);
    }
  }

  [[nodiscard]] Outcomes outcomes() && {
    all_.dimensions.front().size = points_of(all_).size();
    for (std::size_t a = 0; a < columns_.size(); ++a) {
      std::visit(
          [&](auto& column) {
            all_.arrays[a].values = std::vector(column.begin(), column.end());
            column = {};
          },
          columns_[a]);
    }
    return std::move(all_);
  }

 private:
  void begin(Outcomes first) {
    const std::size_t here = points_of(first).size();
    for (const Array& array : first.arrays) {
      std::visit(
          [&](const auto& values) {
            Column<typename std::decay_t<decltype(values)>::value_type> column;
            column.reserve(values.size() / here * points_);
            columns_.emplace_back(std::move(column));
          },
          array.values);
    }
    for (std::size_t a = 0; a < first.arrays.size(); ++a) add(a, first.arrays[a]);
    all_ = std::move(first);
    for (Array& array : all_.arrays) array.values = std::vector<double>();
  }

  void add(std::size_t a, const Array& array) {
    std::visit(
        [&](auto& column) {
          using Number = typename std::decay_t<decltype(column)>::value_type;
          const auto& values = std::get<std::vector<Number>>(array.values);
          column.insert(column.end(), values.begin(), values.end());
        },
        columns_[a]);
  }

  std::uint64_t points_;
  Outcomes all_;  // without the values of its arrays
  std::vector<std::variant<Column<double>, Column<std::int64_t>>> columns_;
};

bool is_metric(const Array& array) { return array.dimensions == std::vector<std::string>{"point", "plan", "replication"}; }

std::vector<const Array*> metrics_of(const Outcomes& points) {
  std::vector<const Array*> metrics;
  for (const Array& array : points.arrays) {
    if (is_metric(array) && std::holds_alternative<std::vector<double>>(array.values)) metrics.push_back(&array);
  }
  return metrics;
}

std::vector<const Array*> coordinates_of(const Outcomes& points) {
  std::vector<const Array*> coordinates;
  for (const Array& array : points.arrays) {
    if (array.dimensions == std::vector<std::string>{"point"} && std::holds_alternative<std::vector<double>>(array.values))
      coordinates.push_back(&array);
  }
  return coordinates;
}

}  // namespace

RecordedSweep recorded_sweep(const std::string& sweep_toml, const std::string& table, const std::string& name) {
  RecordedSweep recorded{parse_sweep(sweep_toml, name, table), {}};
  require_no_errors(recorded.sweep);
  return recorded;
}

bool holds_points(const Outcomes& outcomes) { return outcomes.provenance.request.command == "sweep"; }

const std::string& attribute_of(const Outcomes& outcomes, std::string_view name) {
  for (const auto& [key, text] : outcomes.provenance.more) {
    if (key == name) return text;
  }
  throw InputError(fmt::format("this file has no attribute {}: it is not a merged sweep", name),
                   "sojourn merge FOLDER -o all.h5 writes one");
}

Outcomes merged_points(const fs::path& folder, const std::stop_token& stop) {
  const Manifest manifest = read_manifest(folder);
  if (manifest.version != version() || manifest.build != build_description())
    throw InputError(fmt::format("the points in {} are of Sojourn {} ({}), and this is {} ({})", folder.string(),
                                 manifest.version, manifest.build, version(), build_description()),
                     "merge them with the version that swept, or sweep into another folder");
  const RecordedSweep of_folder = recorded_sweep(manifest.sweep_toml, manifest.table, manifest.sweep_name);
  const Design design(of_folder.sweep);
  if (design.points() != manifest.points)
    throw InputError("the manifest's design has another number of points than it says", "restore it from a copy",
                     (folder / manifest_name).string());
  std::set<std::string> known;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;
  std::error_code error;
  std::uint64_t missing = 0;
  for (std::uint64_t file = 0; file < manifest.files(); ++file) {
    known.insert(manifest.file_name(file));
    known.insert(manifest.partial_name(file));
    if (fs::exists(folder / manifest.file_name(file), error)) continue;
    const std::uint64_t first = manifest.first_of(file), end = manifest.end_of(file);
    missing += end - first;
    if (!gaps.empty() && gaps.back().second == first) {
      gaps.back().second = end;
    } else {
      gaps.emplace_back(first, end);
    }
  }
  refuse_strangers(folder, known);
  if (!gaps.empty())
    throw InputError(
        fmt::format("{} of {} points are missing in {}: {}", missing, manifest.points, folder.string(), stretches(gaps)),
        std::string(sweep_again));
  JoinedPoints all(manifest.points);
  // Reading is most of the work. A few files a thread are in memory at a time, and are put together in their order.
  const int threads = thread_count(0);
  const std::uint64_t at_a_time = 4 * static_cast<std::uint64_t>(threads);
  for (std::uint64_t first = 0; first < manifest.files(); first += at_a_time) {
    throw_if_stopped(stop);
    struct Read {
      Outcomes points;
      std::exception_ptr failure;
    };
    std::vector<Read> files(std::min(at_a_time, manifest.files() - first));
    const auto path_of = [&](std::size_t k) { return folder / manifest.file_name(first + k); };
    parallel_for_each(files.size(), threads, [&](std::size_t k) {
      try {
        files[k].points = read_points(path_of(k), manifest);
        require_points(files[k].points, path_of(k), manifest, design, first + k);
      } catch (...) {
        files[k].failure = std::current_exception();
      }
    });
    for (std::size_t k = 0; k < files.size(); ++k) {
      if (files[k].failure) std::rethrow_exception(files[k].failure);
      all.append(std::move(files[k].points), path_of(k));
    }
  }
  return std::move(all).outcomes();
}

std::string tidy_csv_header(const Outcomes& points) {
  std::string line = "point";
  for (const Array* each : coordinates_of(points)) line += "," + csv_field(each->name);
  line += ",plan,replication";
  for (const Array* each : metrics_of(points)) line += "," + csv_field(each->name);
  return line + "\r\n";
}

void write_tidy_csv(const Outcomes& points, const std::function<void(std::string_view)>& write) {
  const std::vector<const Array*> coordinates = coordinates_of(points), metrics = metrics_of(points);
  const std::vector<std::int64_t>& numbers = points_of(points);
  const std::vector<std::string>& plans = recorded_texts(points, "plan");
  const auto* replications = std::get_if<std::vector<std::int64_t>>(&points.dimension("replication").values);
  if (replications == nullptr) throw InputError("the replications of this file are not numbered");
  const auto real = [](const Array& array, std::size_t at) { return std::get<std::vector<double>>(array.values)[at]; };
  write(tidy_csv_header(points));
  std::string text;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::string begin = fmt::to_string(numbers[i]);
    for (const Array* each : coordinates) begin += fmt::format(",{}", real(*each, i));
    for (std::size_t p = 0; p < plans.size(); ++p) {
      for (std::size_t r = 0; r < replications->size(); ++r) {
        text += fmt::format("{},{},{}", begin, csv_field(plans[p]), (*replications)[r]);
        for (const Array* each : metrics) {
          const double value = real(*each, (i * plans.size() + p) * replications->size() + r);
          text += std::isnan(value) ? std::string(",") : fmt::format(",{}", value);
        }
        text += "\r\n";
      }
    }
    if (text.size() < std::size_t{1} << 16) continue;
    write(text);
    text.clear();
  }
  write(text);
}

}  // namespace sojourn
