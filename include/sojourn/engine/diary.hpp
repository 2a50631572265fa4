// Lives written down visit by visit: what single customers did, felt and met.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/engine/life.hpp"
#include "sojourn/engine/run.hpp"

namespace sojourn {

/// One visit, and the stay that followed it.
struct DiaryEntry {
  Visit visit;
  State before, after;
  float reviews = 0.0f;  // social proof taken from reviews read there
  Stay stay;             // its exit is -1 where nothing followed within the horizon
};

/// The life of one customer under one plan.
struct Diary {
  std::uint32_t customer = 0;
  std::int64_t account = -1;  // -1: of none
  Person person;
  std::vector<float> traits;       // in the order of ModelParts::traits
  std::vector<DiaryEntry> visits;  // in the order of time; none: not arrived within the horizon
};

/// The lives of `customers` (ascending, each below the model's number) in replication 0 under the model's plan. They have
/// the same luck under every plan, and here they live as in `run`. Where customers act on one another all of the replication
/// are lived, on the threads of `options` and with its progress; else only those asked for. Throws
/// as `run`, and Interrupted.
[[nodiscard]] std::vector<Diary> write_diaries(const Model& model, std::span<const std::uint32_t> customers,
                                               const RunOptions& options = {});

/// The first `count` customers of replication 0 who arrive within the horizon, or as many as there are, ascending.
[[nodiscard]] std::vector<std::uint32_t> first_to_arrive(const Model& model, std::size_t count,
                                                         const std::stop_token& stop = {});

}  // namespace sojourn
