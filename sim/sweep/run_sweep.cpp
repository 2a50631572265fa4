#include "sojourn/sweep/run_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>

#include "sojourn/base/parallel.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/results_file.hpp"

namespace sojourn {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point begin) { return std::chrono::duration<double>(Steady::now() - begin).count(); }

std::string words_of(const Design& design, const std::vector<Setting>& settings) {
  std::string words;
  for (std::size_t k = 0; k < settings.size(); ++k)
    words += fmt::format("{}{} = {}", k == 0 ? "" : ", ", design.sweep().keys[k].key, settings[k].text);
  return words;
}

Scenario valid_scenario(const Design& design, std::uint64_t point) {
  const std::vector<Setting> settings = design.settings(point);
  Scenario scenario = scenario_at(design.sweep(), settings);
  if (scenario.errors() > 0) {
    throw InputError(fmt::format("{}\nsojourn: point {} of {} is no valid scenario: {}", diagnostics(scenario), point,
                                 design.points(), words_of(design, settings)),
                     {}, {}, ErrorCode::invalid_scenario);
  }
  return scenario;
}

std::vector<PlanId> plans_of(const Design& design, const ModelParts& parts) {
  std::vector<PlanId> plans;
  for (const std::string& id : design.sweep().plans) {
    const auto found = std::find_if(parts.plans.begin(), parts.plans.end(), [&](const Plan& plan) { return plan.id == id; });
    if (found == parts.plans.end()) throw InputError(fmt::format("there is no plan \"{}\" at every point", id));
    plans.emplace_back(static_cast<std::size_t>(found - parts.plans.begin()));
  }
  return plans;
}

/// The arrays of the results file that go by time, as those of a group.
void add_series(const RunResult& run, PointResult& result) {
  Outcomes outcomes = collect_outcomes(run, {});
  std::set<std::string> used;
  for (Array& array : outcomes.arrays) {
    const bool by_time = std::find(array.dimensions.begin(), array.dimensions.end(), "time") != array.dimensions.end();
    if (!by_time || array.name.find('/') != std::string::npos) continue;
    used.insert(array.dimensions.begin(), array.dimensions.end());
    array.name = "series/" + array.name;
    result.arrays.push_back(std::move(array));
  }
  result.dimensions.clear();
  for (Dimension& each : outcomes.dimensions) {
    if (used.contains(each.name) || each.name == "plan" || each.name == "replication")
      result.dimensions.push_back(std::move(each));
  }
}

}  // namespace

SimulatedPoint simulate_point(const Design& design, std::uint64_t point, int threads, std::stop_token stop) {
  const Scenario scenario = valid_scenario(design, point);
  const Model model = build(scenario);
  RunOptions options;
  options.threads = threads;
  options.stop = std::move(stop);
  options.samples = false;
  const auto began = Steady::now();
  const RunResult run = sojourn::run(model, plans_of(design, model.parts()), options);
  SimulatedPoint done;
  done.seconds = seconds_since(began);
  if (run.interrupted) throw Interrupted();
  done.events = run.events;
  done.result.point = point;
  std::vector<std::int64_t> replications(run.replications.begin(), run.replications.end());
  done.result.dimensions = {{"plan", design.sweep().plans.size(), design.sweep().plans, "", "investment plan"},
                            {"replication", replications.size(), replications, "1", "replication number"}};
  done.result.arrays = horizon_metrics(run);
  done.result.arrays.push_back({"events",
                                {},
                                "count",
                                "visits simulated, of all plans and replications",
                                std::vector<std::int64_t>{static_cast<std::int64_t>(run.events)}});
  if (design.sweep().series) add_series(run, done.result);
  return done;
}

void require_valid_points(const Design& design, std::uint64_t tried) {
  const std::uint64_t count = std::min(design.points(), std::max<std::uint64_t>(tried, 2));
  std::optional<Settings> first;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t point = count > 1 ? i * (design.points() - 1) / (count - 1) : 0;
    const Settings settings = valid_scenario(design, point).parts.settings;
    if (!first) first = settings;
    const bool same = settings.horizon.value() == first->horizon.value() &&
                      settings.window.value() == first->window.value() && settings.start == first->start;
    if (design.sweep().series && !same)
      throw InputError(fmt::format("series = true, but point {} has other windows than point 0", point),
                       "series = false keeps figures at the horizon alone", design.sweep().name);
  }
}

namespace {

/// Adds a file of points to the work, unless it is complete.
void add_missing(const fs::path& folder, const Manifest& manifest, std::uint64_t file, SweepWork& work) {
  const std::uint64_t points = manifest.end_of(file) - manifest.first_of(file);
  work.points += points;
  const fs::path path = folder / manifest.file_name(file), partial = folder / manifest.partial_name(file);
  std::error_code error;
  if (fs::exists(path, error)) {
    if (is_sealed(path)) return;
    require_replaceable(path);
  }
  work.files.push_back(file);
  work.missing += points;
  if (!fs::exists(partial, error)) return;
  require_replaceable(partial);
  if (!is_sealed(partial)) return;
  for (PointResult& each : taken_apart(read_points(partial, manifest))) {
    if (each.point < manifest.first_of(file) || each.point >= manifest.end_of(file)) continue;
    work.at_hand.push_back(std::move(each));
    --work.missing;
  }
}

}  // namespace

SweepWork missing_work(const fs::path& folder, const Manifest& manifest, const Shard& shard) {
  SweepWork work;
  for (std::uint64_t file = shard.index - 1; file < manifest.files(); file += shard.count)
    add_missing(folder, manifest, file, work);
  return work;
}

namespace {

class SweepJob {
 public:
  SweepJob(const Design& design, const fs::path& folder, const SweepOptions& options)
      : design_(design), folder_(folder), options_(options), manifest_(manifest_of(design)) {}

  SweepDone run() {
    const auto began = Steady::now();
    claim_folder(folder_, manifest_);
    if (options_.ranks == nullptr) {
      add(missing_work(folder_, manifest_, options_.shard));
      all_ = points_.size();
    }
    simulate();
    keep_the_rest();
    if (options_.ranks != nullptr) {
      if (failure_) options_.ranks->close();
      const bool stopped = options_.stop.stop_requested();
      const Ranks::Totals all =
          options_.ranks->sums({done_.points, done_.before, done_.now, done_.events, stopped ? 1u : 0u});
      std::tie(done_.points, done_.before, done_.now, done_.events) = std::tie(all[0], all[1], all[2], all[3]);
      if (all[4] > 0) done_.points = points_of_shard();  // what nobody took is part of it
      done_.interrupted = all[4] > 0;
    }
    if (failure_) std::rethrow_exception(failure_);
    const bool stopped = done_.interrupted || options_.stop.stop_requested();
    done_.interrupted = stopped && done_.before + done_.now < done_.points;
    done_.seconds = seconds_since(began);
    return done_;
  }

 private:
  /// Points of one file.
  struct File {
    std::mutex mutex;
    std::vector<PointResult> results;
    std::uint64_t left = 0;  // not finished yet
    std::uint64_t kept = 0;  // finished points that are on the disk
    Steady::time_point written = Steady::now();
  };

  /// What is missing of some files.
  void add(SweepWork work) {
    done_.points += work.points;
    done_.before += work.points - work.missing;
    std::set<std::uint64_t> known;
    for (const std::uint64_t file : work.files) files_[file].left = manifest_.end_of(file) - manifest_.first_of(file);
    for (PointResult& each : work.at_hand) {
      known.insert(each.point);
      File& file = files_.at(each.point / manifest_.points_per_file);
      --file.left;
      file.results.push_back(std::move(each));
    }
    for (const std::uint64_t file : work.files) {
      for (std::uint64_t point = manifest_.first_of(file); point < manifest_.end_of(file); ++point) {
        if (!known.contains(point)) points_.push_back(point);
      }
      // All of its points may be at hand already.
      if (files_[file].left == 0) write(file, files_[file]);
    }
  }

  [[nodiscard]] std::uint64_t files_of_shard() const {
    const std::uint64_t first = options_.shard.index - 1, files = manifest_.files();
    return first < files ? (files - first + options_.shard.count - 1) / options_.shard.count : 0;
  }
  [[nodiscard]] std::uint64_t points_of_shard() const {
    std::uint64_t points = 0;
    for (std::uint64_t k = 0; k < files_of_shard(); ++k) {
      const std::uint64_t file = options_.shard.index - 1 + k * options_.shard.count;
      points += manifest_.end_of(file) - manifest_.first_of(file);
    }
    return points;
  }

  /// A point that nobody has; of ranks, of the next file that has one.
  [[nodiscard]] std::optional<std::uint64_t> next_point() {
    const std::lock_guard lock(mutex_);
    while (next_ == points_.size() && options_.ranks != nullptr && !taken_all_) {
      const std::uint64_t taken = options_.ranks->take();
      taken_all_ = taken >= files_of_shard();
      if (taken_all_) break;
      if (options_.progress) options_.progress(static_cast<double>(taken) / static_cast<double>(files_of_shard()));
      SweepWork work;
      add_missing(folder_, manifest_, options_.shard.index - 1 + taken * options_.shard.count, work);
      points_.clear();
      next_ = 0;
      add(std::move(work));
    }
    if (next_ == points_.size()) return std::nullopt;
    return points_[next_++];
  }

  void simulate() {
    const auto threads = static_cast<std::size_t>(thread_count(options_.threads));
    const bool packed = options_.ranks != nullptr || points_.size() >= threads;
    const std::size_t workers = packed ? threads : 1;
    parallel_for_each(workers, static_cast<int>(workers), [&](std::size_t) {
      while (!options_.stop.stop_requested() && !failed_) {
        std::optional<std::uint64_t> point;
        try {
          point = next_point();
          if (!point) return;
          finish(simulate_point(design_, *point, packed ? 1 : static_cast<int>(threads), options_.stop));
          if (options_.ranks != nullptr) options_.ranks->serve();
        } catch (const Interrupted&) {
          return;
        } catch (...) {
          fail(point);
          return;
        }
      }
    });
  }

  /// Of several errors, that of the first point is the one to report; what went wrong with a file comes before them.
  void fail(std::optional<std::uint64_t> point) {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    if (failure_ && (!failed_point_ || (point && *point > *failed_point_))) return;
    failed_point_ = point;
    try {
      throw;
    } catch (const RunError& error) {
      failure_ = std::make_exception_ptr(
          point && error.code() == ErrorCode::run_failed
              ? RunError(fmt::format("point {}: {}", *point, error.message()), error.hint(), error.place(), error.code())
              : error);
    } catch (const InputError& error) {
      failure_ = std::make_exception_ptr(
          point && error.code() == ErrorCode::endless_life
              ? InputError(fmt::format("point {}: {}", *point, error.message()), error.hint(), error.place(), error.code())
              : error);
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  [[nodiscard]] File& file_of(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    return files_.at(number);
  }

  void finish(SimulatedPoint point) {
    const std::uint64_t number = point.result.point / manifest_.points_per_file;
    File& file = file_of(number);
    {
      const std::lock_guard lock(file.mutex);
      file.results.push_back(std::move(point.result));
      --file.left;
      if (file.left == 0) {
        write(number, file);
      } else if (seconds_since(file.written) > options_.keep_every) {
        write_partial(number, file);
      }
    }
    const std::lock_guard lock(mutex_);
    ++done_.now;
    done_.events += point.events;
    done_.simulating += point.seconds;
    if (options_.progress && options_.ranks == nullptr)
      options_.progress(static_cast<double>(done_.now) / static_cast<double>(all_));
  }

  void write(std::uint64_t number, File& file) {
    write_results(point_outcomes(manifest_, design_, std::move(file.results)), folder_ / manifest_.file_name(number));
    file.results = {};
    file.kept = manifest_.points_per_file;
    std::error_code error;
    fs::remove(folder_ / manifest_.partial_name(number), error);
  }

  void write_partial(std::uint64_t number, File& file) {
    write_results(point_outcomes(manifest_, design_, file.results), folder_ / manifest_.partial_name(number));
    file.kept = file.results.size();
    file.written = Steady::now();
  }

  void keep_the_rest() {
    for (auto& [number, file] : files_) {
      if (file.left == 0 || file.results.empty() || file.results.size() == file.kept) continue;
      try {
        write_partial(number, file);
      } catch (...) {
        if (!failure_) throw;  // what failed first says more
      }
    }
  }

  const Design& design_;
  const fs::path& folder_;
  const SweepOptions& options_;
  Manifest manifest_;
  std::map<std::uint64_t, File> files_;
  std::mutex mutex_;                   // of `files_` and of what follows
  std::vector<std::uint64_t> points_;  // to be simulated, from `next_` on
  std::size_t next_ = 0, all_ = 0;
  bool taken_all_ = false;
  SweepDone done_;
  std::atomic<bool> failed_ = false;
  std::optional<std::uint64_t> failed_point_;
  std::exception_ptr failure_;
};

}  // namespace

SweepDone run_sweep(const Design& design, const fs::path& folder, const SweepOptions& options) {
  return SweepJob(design, folder, options).run();
}

}  // namespace sojourn
