// Sojourn for other programs: load a scenario, run or compare its plans, rank touchpoints, spend a budget, solve, and read
// figures by name. This header alone is enough; it needs nothing but the standard library.
//
//   const sojourn::Study study = sojourn::load("telecom.toml", {{"scenario.customers", "20000"}});
//   const sojourn::Results results = sojourn::compare(study);
//   const sojourn::PlanDifference gain = results.plan("care-first").difference("npv");
//   std::printf("%.3g (%.3g to %.3g)\n", gain.mean, gain.low, gain.high);
//
// Metrics have the names that `--json` and results files use; `metric_names` lists them. Whatever goes wrong is a
// `sojourn::Error` (sojourn/base/error.hpp): InputError for what was asked, RunError for the world, Interrupted where a stop
// was requested. Objects are values that share what they hold; they may be used by many threads at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/base/error.hpp"

namespace sojourn {

/// How to work. Nothing here changes a number.
struct Execution {
  int threads = 0;  // 0: SLURM_CPUS_PER_TASK, else the processors that this process may use
  /// Told the share done in [0, 1], rising, by one thread at a time that holds up no other. What it throws ends the work.
  std::function<void(double)> progress = {};
  /// Once a stop is requested, `run` and `compare` give the replications that were finished (see `Results::interrupted`), or
  /// throw Interrupted where there is none; all else throws Interrupted.
  std::stop_token stop = {};
};

/// A key of the scenario set to another value, as after `--set`: {"touchpoint.first-bill.quality.mean", "0.7"}. The value is
/// TOML; what is not TOML is a text: {"scenario.horizon", "12 weeks"}.
struct ScenarioChange {
  std::string path, value;
};

/// A figure with its 95 % interval; low and high are NaN where there is none, all are NaN where the figure is undefined.
struct Figure {
  double mean = 0.0, low = 0.0, high = 0.0;
};

/// A difference to the baseline on the same luck. `p`: two-sided, of Student's t test that it is 0; `p_holm`: the same with
/// all plans compared in that figure allowed for (Holm 1979).
struct PlanDifference : Figure {
  double p = 0.0, p_holm = 0.0;
};

struct ResultsContent;  // of the library alone

/// A scenario that is ready: without errors, its changes applied.
class Study {
 public:
  struct Content;
  explicit Study(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  [[nodiscard]] const std::string& title() const;
  /// Ids in the order of the file; the first of `plans` is "baseline".
  [[nodiscard]] std::vector<std::string> plans() const;
  [[nodiscard]] std::vector<std::string> personas() const;
  [[nodiscard]] std::vector<std::string> touchpoints() const;
  [[nodiscard]] std::vector<std::string> improvements() const;
  /// What `check` would warn of.
  [[nodiscard]] std::vector<Finding> warnings() const;
  /// The scenario as TOML, changes applied.
  [[nodiscard]] const std::string& text() const;

  [[nodiscard]] const Content& content() const { return *content_; }

 private:
  std::shared_ptr<const Content> content_;
};

/// Reads a scenario (.toml), or the scenario inside a results file (.h5). Throws InputError with every error of the scenario
/// (code `invalid_scenario`), each with its place and a hint.
[[nodiscard]] Study load(const std::filesystem::path& path, const std::vector<ScenarioChange>& changes = {});
/// The same from TOML; `name` stands in messages, relative paths inside are resolved against the present folder.
[[nodiscard]] Study load_text(std::string_view toml, const std::string& name = "scenario",
                              const std::vector<ScenarioChange>& changes = {});

/// Every error and warning of a scenario file, in the order of their positions; never throws for what the file contains.
[[nodiscard]] std::vector<Finding> check(const std::filesystem::path& path, const std::vector<ScenarioChange>& changes = {});

/// The metrics at the horizon, in the order of files and JSON: "conversion", "retention", "retained", "nps", "npv", ...
[[nodiscard]] std::vector<std::string> metric_names();

/// One plan of some results.
class PlanResults {
 public:
  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] const std::string& name() const;
  /// The metric at the horizon, of all people. Throws InputError with the nearest name where there is no such metric.
  [[nodiscard]] Figure operator[](std::string_view metric) const;
  /// The same of the people of one persona. Throws InputError too where the metric is of the whole market only.
  [[nodiscard]] Figure persona(std::string_view id, std::string_view metric) const;
  /// "visits" per person, "repeats", "quality", "satisfaction", "effort", "wait_days", "gave_up" at one touchpoint.
  [[nodiscard]] Figure touchpoint(std::string_view id, std::string_view metric) const;
  /// The metric less the baseline's, on the same luck. Throws InputError where the results do not hold the baseline.
  [[nodiscard]] PlanDifference difference(std::string_view metric) const;
  /// The day from which the money gained over the baseline covers the money spent, both discounted as net present value is;
  /// none within the horizon.
  [[nodiscard]] std::optional<double> payback_days() const;
  /// The difference of net present value over the discounted investment.
  [[nodiscard]] Figure return_on_investment() const;
  /// The chance that this plan is the best of all in "retained", "npv" or "nps"; NaN without intervals.
  [[nodiscard]] double chance_of_best(std::string_view metric) const;

 private:
  friend class Results;
  PlanResults(std::shared_ptr<const ResultsContent> content, std::size_t plan) : content_(std::move(content)), plan_(plan) {}
  std::shared_ptr<const ResultsContent> content_;
  std::size_t plan_;
};

/// An array of a results file (sim/outcomes/FORMAT.md says which there are), in row-major order.
struct ResultsArray {
  std::vector<std::string> dimensions;
  std::vector<std::size_t> shape;
  std::vector<double> values;
  std::string unit;
};

/// What `run` and `compare` found, or what a results file holds. No simulation is needed to read figures from it.
class Results {
 public:
  explicit Results(std::shared_ptr<const ResultsContent> content) : content_(std::move(content)) {}

  /// Ids of the plans that were run.
  [[nodiscard]] std::vector<std::string> plans() const;
  /// Throws InputError with the nearest id where the plan was not run.
  [[nodiscard]] PlanResults plan(std::string_view id) const;
  /// A metric of the first plan: of `run` the plan that was asked for, of `compare` the baseline.
  [[nodiscard]] Figure operator[](std::string_view metric) const;

  [[nodiscard]] std::uint64_t customers() const;      // simulated per replication
  [[nodiscard]] double market() const;                // real people whom they stand for
  [[nodiscard]] std::uint32_t replications() const;   // finished
  [[nodiscard]] bool interrupted() const;             // fewer than were asked for
  [[nodiscard]] const std::string& currency() const;  // of money
  /// Names of all arrays, and one of them: "customers" by plan, replication, persona and time. Throws InputError where there
  /// is no such array.
  [[nodiscard]] std::vector<std::string> arrays() const;
  [[nodiscard]] ResultsArray array(std::string_view name) const;
  /// Coordinates along a dimension as text: ids, days, numbers.
  [[nodiscard]] std::vector<std::string> labels(std::string_view dimension) const;

  /// The tables and the JSON that the commands print.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string json() const;

  /// Writes the results file that the commands write (HDF5, which netCDF-4 readers open), as a whole or not at all. A file
  /// that Sojourn did not write is never replaced. Throws InputError for that, RunError where it cannot be written.
  void write(const std::filesystem::path& path) const;

 private:
  std::shared_ptr<const ResultsContent> content_;
};

/// Simulates one plan. Throws InputError for a plan that there is not, for mechanisms that cannot be simulated, and for a
/// life that never ends.
[[nodiscard]] Results run(const Study& study, std::string_view plan = "baseline", const Execution& how = {});
/// Simulates the baseline and `plans` (none: all) on the same luck. Throws as `run`, and InputError without a plan to
/// compare.
[[nodiscard]] Results compare(const Study& study, const std::vector<std::string>& plans = {}, const Execution& how = {});
/// Reads a results file. Throws InputError where it is none, or damaged.
[[nodiscard]] Results read_results_file(const std::filesystem::path& path);

/// What one standard improvement at a touchpoint gains: the best of quality + 0.1, effort - 0.1 and, of delays or handling
/// times, - 20 %.
struct TouchpointGain {
  std::string id, name;
  std::string lever;          // "quality", "effort", "delay", "handle_time"; empty where nothing can be improved
  Figure gain;                // in the better direction of the metric; the interval holds for all touchpoints together
  double satisfaction = 0.0;  // mean appraisal of a visit there, [0,1]
  double visits = 0.0;        // per person who arrived
};
/// Touchpoints by what improving each alone gains in `metric`, the most first; all on the same luck.
[[nodiscard]] std::vector<TouchpointGain> rank(const Study& study, std::string_view metric = "npv",
                                               std::string_view plan = "baseline", const Execution& how = {});

/// The best set of improvements that a budget buys.
struct BestBuy {
  struct Part {
    std::string improvement;
    double level = 1.0;  // (0,1]
  };
  std::vector<Part> bought;
  Figure gain;        // in `metric`, over buying nothing
  Figure investment;  // over the horizon, undiscounted, in the market's money
  /// With 95 %, no choice that was tried is better by more than this; 0: it is the best of them; NaN without intervals.
  double at_most_missed = 0.0;
  std::size_t tried = 0;  // choices
};
/// Searches all sets of improvements that cost at most `budget` (infinity: no limit). Throws InputError where there is
/// nothing to buy, or nothing that fits.
[[nodiscard]] BestBuy optimize(const Study& study, double budget, std::string_view metric = "npv",
                               const Execution& how = {});

/// The closed form of a plan: expectations between certain bounds, without luck.
class Solved {
 public:
  struct Content;
  explicit Solved(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  /// A metric at the horizon; low and high are bounds of the expectation. NaN for those that have no closed form.
  [[nodiscard]] Figure operator[](std::string_view metric) const;
  /// Expected visits per person within the horizon.
  [[nodiscard]] Figure visits(std::string_view touchpoint) const;

 private:
  std::shared_ptr<const Content> content_;
};
/// Solves a plan. Throws InputError (NoClosedForm in sojourn/solve/closed_form.hpp, which lists what prevents it).
[[nodiscard]] Solved solve(const Study& study, std::string_view plan = "baseline");

}  // namespace sojourn
