// Each step and each equation by itself, in Google Benchmark. Built with -DSOJOURN_BENCH=ON, for this machine's vectors; run
// it in the root of the source tree, where it finds scenarios/telecom.toml. `items_per_second` counts lanes, or what the
// name says.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench_scenarios.hpp"
#include "sim/engine/lock_step_tables.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "sojourn/solve/closed_form.hpp"

#if defined(__clang__)
#define EACH_LANE _Pragma("clang loop vectorize(assume_safety)")
#else
#define EACH_LANE _Pragma("GCC ivdep")
#endif

namespace {

using namespace sojourn;

constexpr int lanes = 128;  // as in the engine's loop: the columns stay in the first-level cache

template <class Number>
struct alignas(64) Column {
  Number lane[lanes];
};
using Floats = Column<float>;
using Words32 = Column<std::uint32_t>;

Words32 words(std::uint32_t purpose) {
  Words32 column;
  for (std::uint32_t i = 0; i < lanes; ++i) column.lane[i] = philox({i, purpose, 0, 0}, 42, 0)[0];
  return column;
}

Floats uniforms(std::uint32_t purpose, float low, float high) {
  const Words32 column = words(purpose);
  Floats floats;
  for (int i = 0; i < lanes; ++i) floats.lane[i] = low + (high - low) * uniform(column.lane[i]);
  return floats;
}

void count_lanes(benchmark::State& state) {
  benchmark::ClobberMemory();
  state.SetItemsProcessed(state.iterations() * lanes);
}

void philox_words(benchmark::State& state) {
  const Words32 customers = words(0), events = words(1);
  Words32 out[4];
  for (auto _ : state) {
    philox_columns(customers.lane, 0, events.lane, lanes, 42, 0, {out[0].lane, out[1].lane, out[2].lane, out[3].lane});
    benchmark::ClobberMemory();
  }
  benchmark::DoNotOptimize(out);
  count_lanes(state);
}
BENCHMARK(philox_words);

/// One function of one column.
template <class In, class Function>
void column(benchmark::State& state, const In& in, Function function) {
  Floats out{};
  benchmark::DoNotOptimize(&out);
  for (auto _ : state) {
    EACH_LANE
    for (int i = 0; i < lanes; ++i) out.lane[i] = function(in.lane[i]);
    benchmark::ClobberMemory();
  }
  count_lanes(state);
}

void normal_column(benchmark::State& state) {
  column(
      state, words(0), [](std::uint32_t word) __attribute__((always_inline)) { return normal(word); });
}
BENCHMARK(normal_column);

void exp_column(benchmark::State& state) {
  column(
      state, uniforms(0, -4.0f, 4.0f), [](float x) __attribute__((always_inline)) { return numeric::exp(x); });
}
BENCHMARK(exp_column);

void log_column(benchmark::State& state) {
  column(
      state, uniforms(0, 0.0f, 1.0f), [](float x) __attribute__((always_inline)) { return numeric::log(x); });
}
BENCHMARK(log_column);

void appraise_and_remember(benchmark::State& state) {
  const Floats quality = uniforms(0, 0.0f, 1.0f), expectation = uniforms(1, 0.0f, 1.0f), effort = uniforms(2, 0.0f, 0.3f);
  const Floats before = uniforms(3, 0.0f, 1.0f);
  Floats satisfaction{};  // not fed back: it would settle, and differences too small to be normal numbers are slow
  benchmark::DoNotOptimize(&satisfaction);
  for (auto _ : state) {
    EACH_LANE
    for (int i = 0; i < lanes; ++i) {
      const float score =
          behaviour::appraise(quality.lane[i], expectation.lane[i], effort.lane[i], 2.0f, 0.2f, {1.0f, 0.5f});
      satisfaction.lane[i] = behaviour::remember(before.lane[i], score, 1.0f, {0.2f, 1.0f, 0.5f});
    }
    benchmark::ClobberMemory();
  }
  count_lanes(state);
}
BENCHMARK(appraise_and_remember);

void weigh_four_exits(benchmark::State& state) {
  const Floats satisfaction = uniforms(0, 0.0f, 1.0f), expectation = uniforms(1, 0.0f, 1.0f),
               effort = uniforms(2, 0.0f, 0.3f);
  const Floats a = uniforms(3, -2.0f, 1.0f), b = uniforms(4, -0.5f, 0.5f), g = uniforms(5, -0.5f, 1.0f);
  const Floats odds = uniforms(6, 0.1f, 5.0f);
  Floats weight[4];
  benchmark::DoNotOptimize(&weight);
  for (auto _ : state) {
    for (Floats& out : weight) {
      EACH_LANE
      for (int i = 0; i < lanes; ++i) {
        out.lane[i] = behaviour::weigh(
            odds.lane[i],
            behaviour::utility(a.lane[i], b.lane[i], g.lane[i], satisfaction.lane[i], expectation.lane[i], effort.lane[i]));
      }
      benchmark::ClobberMemory();
    }
  }
  count_lanes(state);
}
BENCHMARK(weigh_four_exits);

/// Four 64-bit sums at a place for each lane, in a table of `range` KiB: within the first-level cache and beyond it.
void tally_scatter(benchmark::State& state) {
  typedef std::int64_t Long4 __attribute__((vector_size(32)));
  struct alignas(32) Cell {
    Long4 sums;
  };
  const auto cells = static_cast<std::uint32_t>(state.range(0) * 1024 / static_cast<std::int64_t>(sizeof(Cell)));
  std::vector<Cell> table(cells);
  std::vector<std::uint32_t> places(std::size_t{64} * lanes);  // so many that the processor cannot learn them
  for (std::uint32_t k = 0; k < places.size(); ++k) places[k] = philox({k, 0, 0, 0}, 42, 0)[0] % cells;
  const Long4 amount = {1, 2, 3, 4};
  std::size_t block = 0;
  for (auto _ : state) {
    const std::uint32_t* at = &places[block * lanes];
    for (int i = 0; i < lanes; ++i) table[at[i]].sums += amount;
    block = (block + 1) % 64;
    benchmark::ClobberMemory();
  }
  count_lanes(state);
}
BENCHMARK(tally_scatter)->Arg(16)->Arg(256)->Arg(4096);

Model benchmark_model(const char* text) { return build(parse_scenario(text, "benchmark")); }

/// People per second.
void population_draw(benchmark::State& state) {
  const Model model = benchmark_model(bench::twelve);
  const Population population(model.parts());
  const Streams streams(42, 0);
  std::vector<float> traits(population.trait_count());
  std::uint32_t customer = 0;
  for (auto _ : state) {
    const Person person = population.person(streams, customer);
    population.traits(streams, customer, person.persona, traits);
    benchmark::DoNotOptimize(traits.data());
    ++customer;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(population_draw);

/// The engine's loop on 1,024 people; visits per second, and ticks per visit of its steps, `fetch` among them.
void live(benchmark::State& state, const char* text) {
  const Model model = benchmark_model(text);
  const Program program(model);
  const Population population(model.parts());
  const TallyShape shape = tally_shape(program);
  const lock_step::Compiled compiled(program, population, shape);
  lock_step::Worker worker(shape);
  constexpr auto steps = static_cast<std::size_t>(lock_step::Step::count);
  std::array<double, steps> fewest;  // each step's, because ticks go on where another process takes the processor
  fewest.fill(1e300);
  std::uint64_t visits = 0;
  for (auto _ : state) {
    std::array<std::uint64_t, steps> ticks{};
    worker.ticks = ticks.data();
    worker.tally().clear();
    if (!worker.live(compiled, Streams(42, 0), 0, 1024)) state.SkipWithError("a life without end");
    const std::uint64_t events = worker.tally().events;
    visits += events;
    for (std::size_t k = 0; k < steps; ++k) {
      fewest[k] = std::min(fewest[k], static_cast<double>(ticks[k]) / static_cast<double>(events));
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(visits));
  const char* names[steps] = {"fetch", "draw", "experience", "record", "choose", "delay", "move"};
  for (std::size_t k = 0; k < steps; ++k) state.counters[names[k]] = fewest[k];
}
BENCHMARK_CAPTURE(live, twelve, bench::twelve)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(live, chain, bench::chain)->Unit(benchmark::kMillisecond);

const std::filesystem::path telecom = "scenarios/telecom.toml";

void program_compile(benchmark::State& state) {
  if (!std::filesystem::exists(telecom)) return state.SkipWithError("no scenarios/telecom.toml here");
  const Model model = build(read_scenario(telecom));
  const Population population(model.parts());
  for (auto _ : state) {
    const Program program(model);
    const lock_step::Compiled compiled(program, population, tally_shape(program));
    benchmark::DoNotOptimize(&compiled);
  }
}
BENCHMARK(program_compile)->Unit(benchmark::kMicrosecond);

void results_write(benchmark::State& state) {
  if (!std::filesystem::exists(telecom)) return state.SkipWithError("no scenarios/telecom.toml here");
  const Model model = build(read_scenario(telecom, {{"--customers", "scenario.customers", "2000"}}));
  const PlanId plans[] = {PlanId(0)};
  const Outcomes outcomes = collect_outcomes(run(model, plans), {});
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("sojourn-benchmark-" + std::to_string(getpid()) + ".h5");
  for (auto _ : state) write_results(outcomes, path);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(std::filesystem::file_size(path)));
  std::filesystem::remove(path);
}
BENCHMARK(results_write)->Unit(benchmark::kMillisecond);

/// A journey of `count` touchpoints over six stages; the first has `exits` more exits.
ModelParts large_journey(std::size_t count, std::size_t exits) {
  ModelParts parts = benchmark_model(bench::twelve).parts();
  const Touchpoint any = parts.touchpoints.front();
  const auto exit = [](std::size_t to, double odds) {
    Exit result;
    result.to = TouchpointId(to);
    result.odds = odds;
    result.after = Fixed{1.0};
    return result;
  };
  parts.touchpoints.assign(count, any);
  for (std::size_t v = 0; v < count; ++v) {
    parts.touchpoints[v].id = "t" + std::to_string(v);
    parts.touchpoints[v].stage = static_cast<Stage>(v * 6 / count);
    parts.touchpoints[v].next = {exit((v + 1) % count, 3.0), exit((v + 5) % count, 1.0), exit((v * 7 + 2) % count, 1.0)};
  }
  parts.touchpoints.back().next.clear();
  parts.touchpoints.back().end = End::churned;
  for (std::size_t e = 0; e < exits; ++e) {
    parts.touchpoints.front().next.push_back(exit(1 + e % (count - 1), 1.0));
    parts.touchpoints.front().next.back().after = Fixed{static_cast<double>(e % 30)};
  }
  parts.personas.resize(1);
  parts.personas[0].share = 1.0;
  parts.personas[0].starts = {{TouchpointId(0), 1.0}};
  parts.personas[0].odds.clear();
  parts.improvements.clear();
  parts.events.clear();
  parts.plans.resize(1);
  parts.plans[0].improvements.clear();
  parts.handovers.clear();
  return parts;
}

void map_touchpoints(benchmark::State& state) {
  const Model model(large_journey(static_cast<std::size_t>(state.range(0)), 0));
  for (auto _ : state) benchmark::DoNotOptimize(journey_svg(model));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(map_touchpoints)->Arg(75)->Arg(150)->Arg(300)->Arg(600)->Unit(benchmark::kMillisecond)->Complexity();

void solve_exits(benchmark::State& state) {
  const Program program(Model(large_journey(12, static_cast<std::size_t>(state.range(0)))));
  for (auto _ : state) benchmark::DoNotOptimize(solve(program));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(solve_exits)->Arg(4'000)->Arg(16'000)->Arg(64'000)->Unit(benchmark::kMillisecond)->Complexity();

}  // namespace

BENCHMARK_MAIN();
