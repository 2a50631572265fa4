// The sweep file: which keys of a scenario vary, how, and where the points lie. TOML text in, a checked description out,
// every error at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/scenario/checked_text.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn {

/// One value of a varied key: the number that results keep, and the text that stands in the scenario for it.
struct Setting {
  double number = 0.0;  // in the key's unit; of values that are no numbers their place in the list, from 0
  std::string text;     // TOML, as after --set
};

/// A key that varies, and the values that it can take.
struct VariedKey {
  /// Evenly spaced: from at share 0, to at share 1; `steps` values of it in a grid, 0: not said.
  struct Range {
    double from = 0.0, to = 0.0;
    std::uint32_t steps = 0;
  };
  /// Listed, in the order of the file.
  struct List {
    std::vector<Setting> settings;
  };
  /// The quantiles of a distribution between two shares: what lies outside the key's own range is cut off.
  struct Drawn {
    Distribution distribution;
    double lowest = 0.0, highest = 1.0;  // shares of the distribution at the limits of the key's range
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();  // that range
  };

  std::string key;                 // as written: "touchpoint.first-bill.quality.mean", "handover.*.carry"
  std::vector<std::string> paths;  // of all keys that it stands for, as after --set
  std::string place;               // of the entry: "sweep.toml:14"
  std::string unit = "1";          // UDUNITS: "day" of durations, "day-1" of rates
  bool whole = false;              // rounded to whole numbers
  bool as_percent = false;         // a number from 0 to 1 that is written in percent
  bool money = false;              // an amount in the scenario's currency
  std::string before, after;       // of an effect: what stands around its number, "-" and "%"
  std::variant<Range, List, Drawn> values = Range{};

  /// Whether its values are numbers, which have an order; else `Setting::number` counts the values of the list.
  [[nodiscard]] bool ordered() const;
  /// How many values a grid has of it; 0 where the file does not say.
  [[nodiscard]] std::size_t steps() const;
  /// Value number `index` of a grid, or of a list.
  [[nodiscard]] Setting step(std::size_t index) const;
  /// The value at a share of [0,1]: of a range between its ends, of a list with m values number floor(m share), of a
  /// distribution its quantile, for which 0 and 1 are taken as 1e-9 and 1 - 1e-9.
  [[nodiscard]] Setting at(double share) const;
  /// The changes of the scenario that put this value in place.
  [[nodiscard]] std::vector<Override> changes(const Setting& setting) const;
};

/// Where the points lie.
struct DesignChoice {
  enum class Kind { grid, table, latin_hypercube, sobol, morris, saltelli };
  Kind kind = Kind::grid;
  std::uint64_t samples = 0;                   // of latin_hypercube, sobol and saltelli
  std::uint32_t trajectories = 0, levels = 0;  // of morris
  std::uint64_t rows = 0;                      // of a table
};
/// "grid", "latin_hypercube", ... as in the file.
[[nodiscard]] std::string_view name(DesignChoice::Kind kind);

/// What a sweep file says, with every problem found in it; complete only where there is no error.
struct SweepFile : CheckedText {
  std::string text;   // of the file
  std::string table;  // of the CSV file of a table
  DesignChoice design;
  std::vector<VariedKey> keys;
  std::vector<std::string> plans;  // ids, each once; the baseline stands first where it is among them
  std::uint64_t seed = 1;          // of the design
  bool series = false;
  std::filesystem::path scenario_path;
  std::string scenario_name;                 // its base name
  Scenario scenario;                         // with the sweep's customers and replications
  std::vector<Override> changes;             // those of the scenario
  std::vector<std::filesystem::path> files;  // all that were read

  // One source compiles these, as those of ModelParts.
  SweepFile();
  SweepFile(const SweepFile&);
  SweepFile(SweepFile&&) noexcept;
  SweepFile& operator=(const SweepFile&);
  SweepFile& operator=(SweepFile&&) noexcept;
  ~SweepFile();
};

/// The most points that a design may have.
inline constexpr std::uint64_t most_points = 100'000'000;

/// Reads a sweep file, the scenario that it names and a table of points, all within the sweep file's folder. Every key is
/// tried in the scenario at both ends of its values (of a list at each, up to 50). Never throws for what the files contain.
/// Limits as `read_scenario`; a table may have 256 MiB.
[[nodiscard]] SweepFile read_sweep(const std::filesystem::path& path);

/// The same from texts, without opening a file: `scenario` is the text of the scenario, `ties` those of its network, `table`
/// that of the points. Without a scenario nothing is held against it; the design is the same.
[[nodiscard]] SweepFile parse_sweep(std::string_view text, const std::string& name, std::string_view table = {},
                                    std::optional<std::string_view> scenario = std::nullopt,
                                    const std::vector<Tie>& ties = {});

/// The scenario with these settings, one for each varied key, and then with `more`.
[[nodiscard]] Scenario scenario_at(const SweepFile& sweep, const std::vector<Setting>& settings,
                                   const std::vector<Override>& more = {});

}  // namespace sojourn
