// Runs the points of a sweep that are missing in its folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "sojourn/base/ranks.hpp"
#include "sojourn/sweep/sweep_folder.hpp"

namespace sojourn {

/// One part of a sweep: every count-th file of points, from file index - 1 on.
struct Shard {
  std::uint32_t index = 1, count = 1;  // 1 <= index <= count
};

/// How to sweep; nothing here changes a number.
struct SweepOptions {
  Shard shard;
  int threads = 0;                       // as RunOptions
  std::function<void(double)> progress;  // told the share of what was missing that is done, rising, by one thread at a time
  std::stop_token stop;                  // points under way are given up, finished ones are written
  Ranks* ranks = nullptr;                // share the files of the shard among them; each calls `run_sweep`
  double keep_every = 60.0;              // seconds after which finished points of a file that is not complete are written
};

/// What is to be done in a folder.
struct SweepWork {
  std::vector<std::uint64_t> files;  // that are not complete, in their order
  std::uint64_t points = 0;          // of the shard
  std::uint64_t missing = 0;         // of these, those that are to be simulated
  std::vector<PointResult> at_hand;  // finished points of files that are not complete
};

/// Looks at the folder. Complete files of points are those whose name is right and whose last line fits their bytes; others
/// that Sojourn wrote are made again. Throws InputError where a file of somebody else has the name of one of ours.
[[nodiscard]] SweepWork missing_work(const std::filesystem::path& folder, const Manifest& manifest, const Shard& shard);

/// What was done.
struct SweepDone {
  std::uint64_t points = 0;  // of the shard
  std::uint64_t before = 0;  // of these, finished already
  std::uint64_t now = 0;     // finished by this call
  std::uint64_t events = 0;  // visits simulated by this call
  double seconds = 0.0;      // of wall-clock time
  double simulating = 0.0;   // of all threads, spent in simulation itself
  bool interrupted = false;
};

/// Simulates one point. Throws InputError where it is no valid scenario, Interrupted, and as `run`.
struct SimulatedPoint {
  PointResult result;
  std::uint64_t events = 0;
  double seconds = 0.0;  // of simulation
};
[[nodiscard]] SimulatedPoint simulate_point(const Design& design, std::uint64_t point, int threads,
                                            std::stop_token stop = {});

/// Throws InputError, with what the scenario says, where one of the first, the last or up to `tried` points between them is
/// no valid scenario, or where series are kept and the windows differ.
void require_valid_points(const Design& design, std::uint64_t tried);

/// Claims the folder and simulates what is missing of the shard, on all threads; points are packed one to a thread while
/// there are as many. Where there are ranks, each takes the next file of points when a thread of it has nothing to do, and
/// what was done is told of all of them. Points that were finished are kept whatever happens, files of points are whole or
/// not there. Where a point fails, the error says which.
SweepDone run_sweep(const Design& design, const std::filesystem::path& folder, const SweepOptions& options = {});

}  // namespace sojourn
