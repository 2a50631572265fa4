#include "sojourn/outcomes/run_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <variant>

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

/// Contacts of a person that are kept in memory.
double contacts_kept(const ModelParts& parts) {
  if (!parts.word_of_mouth) return 0.0;
  return std::visit(
      [&]<class Kind>(const Kind& network) {
        if constexpr (std::is_same_v<Kind, WellMixed>) {
          return 0.0;
        } else if constexpr (std::is_same_v<Kind, NetworkFile>) {
          return static_cast<double>(network.ties->size()) / static_cast<double>(parts.settings.customers);
        } else {
          return network.contacts;
        }
      },
      parts.word_of_mouth->network);
}

/// So many bytes a customer.
RunSize of_customers(const ModelParts& parts, double bytes) {
  const auto all = static_cast<std::uint64_t>(bytes * static_cast<double>(parts.settings.customers));
  return {0, all, all, 0};
}

}  // namespace

RunSize network_size(const Model& model) {
  const ModelParts& parts = model.parts();
  // Who is of which persona, where a row begins; and of each contact its place in the row and a part of the tie it is from.
  return parts.word_of_mouth ? of_customers(parts, 6.0 + 7.0 * contacts_kept(parts)) : RunSize{};
}

RunSize people_size(const Model& model) {
  if (!model.coupled()) return {};
  const ModelParts& parts = model.parts();
  const RunSize living = of_customers(parts, 50.0 + 4.0 * contacts_kept(parts)), meeting = network_size(model);
  RunSize size = living.memory_bytes > meeting.memory_bytes ? living : meeting;
  if (mechanisms_in(parts).has(Needs::queues)) {
    const auto customers = static_cast<double>(parts.settings.customers);
    const double others = std::max(0.0, customers * (model.people_per_customer() - 1.0));
    size.real_bytes = static_cast<std::uint64_t>(others * bytes_per_real_customer);
    size.memory_bytes += size.real_bytes;
    // The lines of each copy of the market, and whom its servers are busy with.
    constexpr double bytes_of_copy = 500.0, bytes_of_pool = 200.0;
    const double pools = static_cast<double>(ids_of_pools(parts).size());
    size.memory_bytes +=
        static_cast<std::uint64_t>(copies_of_market(parts.settings).count() * (bytes_of_copy + bytes_of_pool * pools));
  }
  return size;
}

RunSize run_size(const Model& model, std::size_t plans) {
  const ModelParts& parts = model.parts();
  const double horizon = parts.settings.horizon.value();
  const auto personas = static_cast<double>(parts.personas.size());
  const auto touchpoints = static_cast<double>(parts.touchpoints.size());
  const auto segments = static_cast<double>(parts.account_segments.size());
  double exits = 0.0;
  for (const Touchpoint& touchpoint : parts.touchpoints) exits += static_cast<double>(touchpoint.next.size());
  const double windows = std::ceil(horizon / parts.settings.window.value());
  const Mechanisms mechanisms = mechanisms_in(parts);
  const auto bins = static_cast<double>(tenure_bins(parts).count);
  const double tenures = (mechanisms.has(Needs::existing) ? 3.0 : 2.0) * bins;
  const auto replications = static_cast<double>(parts.settings.replications);
  const auto samples = static_cast<double>(sample_count(parts.settings.replications, model.coupled()));

  // Series by persona, occupancy, visits, exits, tenure; and once more what estimates are made from, by sample.
  const double figures = static_cast<double>(metrics().size());
  const double by_replication = 14.0 * personas * windows + touchpoints * windows + 8.0 * personas * touchpoints +
                                personas * exits + personas * tenures + 4.0 * segments * windows +
                                figures * (1.0 + personas) +
                                (mechanisms.has(Needs::queues) ? queue_score_count * touchpoints * windows : 0.0);
  const auto count = [](auto fields) { return static_cast<double>(fields.size()); };
  const double paired =
      static_cast<double>(customer_change_count * satisfaction_change_count + end_standing_count * end_standing_count);
  const double by_sample = windows + personas * (tenures + count(persona_sums()) + count(made_sums()) + paired) +
                           count(market_sums()) + count(staff_sums()) +
                           touchpoints * (count(touch_sums()) + count(made_touch_sums())) + segments * count(segment_sums());
  const double values = static_cast<double>(plans) * (replications * by_replication + samples * by_sample) * sizeof(double);

  constexpr double bytes_of_a_sum = 16.0;
  const double cells = 14.0 * personas * windows + 7.0 * personas * touchpoints + personas * exits + personas * tenures;
  const double memory = static_cast<double>(plans) * samples * cells * bytes_of_a_sum;
  RunSize size = people_size(model);
  size.value_bytes = static_cast<std::uint64_t>(values);
  // The values, the image of the file in memory, and the same as the bytes that are written, which are packed.
  size.memory_bytes += static_cast<std::uint64_t>(memory + 2.25 * values);
  return size;
}

void require_room(const RunSize& size) {
  const char* const fewer = "simulate fewer replications or plans at a time, or take a longer window";
  if (size.value_bytes > most_value_bytes) {
    throw RunError(
        fmt::format("the results would be about {}, more than a results file holds (4 GiB)", gigabytes(size.value_bytes)),
        fewer, {}, ErrorCode::too_large);
  }
  if (const std::uint64_t available = available_memory(); size.memory_bytes > available) {
    const bool real = size.real_bytes > size.memory_bytes / 2, people = size.people_bytes > size.memory_bytes / 2;
    throw RunError(fmt::format("this would take about {} of memory, and {} can be had", gigabytes(size.memory_bytes),
                               gigabytes(available)),
                   real ? fmt::format("lower scenario.market: each of its real customers may take {:.0f} bytes at a queue",
                                      bytes_per_real_customer)
                   : people ? std::string("simulate fewer customers")
                            : std::string(fewer),
                   {}, ErrorCode::too_large);
  }
}

}  // namespace sojourn
