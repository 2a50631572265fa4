#include "sojourn/outcomes/run_size.hpp"

#include <fmt/format.h>

#include <cmath>

#include "results_layout.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/memory.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/scores.hpp"

namespace sojourn {
namespace {

std::string gigabytes(std::uint64_t bytes) { return fmt::format("{:.3g} GB", static_cast<double>(bytes) / 1e9); }

}  // namespace

RunSize run_size(const Model& model, std::size_t plans) {
  const ModelParts& parts = model.parts();
  const double horizon = parts.settings.horizon.value();
  const auto personas = static_cast<double>(parts.personas.size());
  const auto touchpoints = static_cast<double>(parts.touchpoints.size());
  const auto segments = static_cast<double>(parts.account_segments.size());
  double exits = 0.0;
  for (const Touchpoint& touchpoint : parts.touchpoints) exits += static_cast<double>(touchpoint.next.size());
  const double windows = std::ceil(horizon / parts.settings.window.value());
  const double bins = std::ceil(horizon / (horizon > 4096.0 ? 5.0 : 1.0)) + 1.0;  // of tenure
  const auto replications = static_cast<double>(parts.settings.replications);
  const auto samples = static_cast<double>(sample_count(parts.settings.replications, model.coupled()));

  // Series by persona, occupancy, visits, exits, tenure; and once more what estimates are made from, by sample.
  const double figures = static_cast<double>(metrics().size());
  const double by_replication = 14.0 * personas * windows + touchpoints * windows + 8.0 * personas * touchpoints +
                                personas * exits + 2.0 * personas * bins + 3.0 * segments * windows +
                                figures * (1.0 + personas) +
                                (mechanisms_in(parts).queues ? queue_score_count * touchpoints * windows : 0.0);
  const auto count = [](auto fields) { return static_cast<double>(fields.size()); };
  const double paired =
      static_cast<double>(customer_change_count * satisfaction_change_count + end_standing_count * end_standing_count);
  const double by_sample = windows + personas * (2.0 * bins + count(persona_sums()) + count(made_sums()) + paired) +
                           count(market_sums()) + count(staff_sums()) +
                           touchpoints * (count(touch_sums()) + count(made_touch_sums())) + segments * count(segment_sums());
  const double values = static_cast<double>(plans) * (replications * by_replication + samples * by_sample) * sizeof(double);

  constexpr double bytes_of_a_sum = 16.0;
  const double cells = 14.0 * personas * windows + 7.0 * personas * touchpoints + personas * exits + 2.0 * personas * bins;
  double memory = static_cast<double>(plans) * samples * cells * bytes_of_a_sum;
  if (model.coupled()) memory += 64.0 * static_cast<double>(parts.settings.customers);
  // The values, the image of the file in memory, and the same as the bytes that are written, which are packed.
  return {static_cast<std::uint64_t>(values), static_cast<std::uint64_t>(memory + 2.25 * values)};
}

void require_room(const RunSize& size) {
  const char* const hint = "simulate fewer replications or plans at a time, or take a longer window";
  if (size.value_bytes > most_value_bytes) {
    throw RunError(
        fmt::format("the results would be about {}, more than a results file holds (4 GiB)", gigabytes(size.value_bytes)),
        hint, {}, ErrorCode::too_large);
  }
  if (const std::uint64_t available = available_memory(); size.memory_bytes > available) {
    throw RunError(fmt::format("this run would take at least {} of memory, and {} can be had", gigabytes(size.memory_bytes),
                               gigabytes(available)),
                   hint, {}, ErrorCode::too_large);
  }
}

}  // namespace sojourn
