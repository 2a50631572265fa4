#include "sojourn/engine/run.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "lock_step_tables.hpp"
#include "parallel.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/engine/recorder.hpp"

namespace sojourn {
namespace {

/// A block: the unit of work. Its customers never depend on the number of threads, so neither does anything else.
struct Block {
  std::uint32_t replication;
  std::size_t sample;  // replication, or batch where there is one replication
  std::uint64_t begin, end;
};

std::vector<Block> blocks(std::uint64_t customers, std::uint32_t replications) {
  const std::size_t batches = replications == 1 ? batch_count : 1;
  std::vector<Block> result;
  for (std::uint32_t r = 0; r < replications; ++r) {
    for (std::size_t b = 0; b < batches; ++b) {
      const std::uint64_t end = customers * (b + 1) / batches;
      for (std::uint64_t at = customers * b / batches; at < end; at += block_customers) {
        result.push_back({r, batches > 1 ? b : r, at, std::min<std::uint64_t>(end, at + block_customers)});
      }
    }
  }
  return result;
}

/// Workers that are not at work. Which block uses which changes nothing: they are cleared, and sums have no order.
class Crew {
 public:
  explicit Crew(const TallyShape& shape) : shape_(shape) {}
  std::unique_ptr<lock_step::Worker> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<lock_step::Worker>(shape_);
    auto worker = std::move(free_.back());
    free_.pop_back();
    return worker;
  }
  void give(std::unique_ptr<lock_step::Worker> worker) {
    worker->tally().clear();
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(worker));
  }

 private:
  TallyShape shape_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<lock_step::Worker>> free_;
};

/// One customer after another, as the model's document says it.
void live_one_by_one(const Block& block, const lock_step::Compiled& compiled, const Streams& streams, Tally& tally) {
  Lives lives(compiled.program(), compiled.population(), streams);
  Recorder recorder(compiled.program(), tally);
  for (std::uint64_t i = block.begin; i < block.end; ++i) lives.live(static_cast<std::uint32_t>(i), recorder);
}

void live_block(Engine engine, const Block& block, const lock_step::Compiled& compiled, lock_step::Worker& worker) {
  const Streams streams(compiled.program().model().parts().settings.seed, block.replication);
  if (engine != Engine::one_customer) {
    const bool ended = engine == Engine::lock_step ? worker.live(compiled, streams, block.begin, block.end)
                                                   : worker.live_by_windows(compiled, streams, block.begin, block.end);
    if (ended) return;
    worker.tally().clear();  // somebody's life never ends: the reference says whose
  }
  live_one_by_one(block, compiled, streams, worker.tally());
}

}  // namespace

int thread_count(int threads) {
  if (threads > 0) return threads;
  if (const char* slurm = std::getenv("SLURM_CPUS_PER_TASK")) {
    const int count = std::atoi(slurm);
    if (count > 0) return count;
  }
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) return std::max(1, CPU_COUNT(&mask));
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

RunResult run(const Model& model, std::span<const PlanId> plans, const RunOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const ModelParts& parts = model.parts();
  RunResult result;
  {
    // The scales hold for every plan of the model, so that a plan run alone gives the same bits as in a comparison.
    std::vector<Program> all;
    for (std::size_t plan = 0; plan < parts.plans.size(); ++plan) all.emplace_back(apply(model, PlanId(plan)));
    result.shape = tally_shape(all);
    for (const PlanId plan : plans) result.programs.push_back(all[plan.index()]);
  }
  const Population population(parts);
  const std::uint32_t replications = parts.settings.replications;
  const std::vector<Block> work = blocks(parts.settings.customers, replications);
  const std::size_t samples = replications == 1 ? batch_count : replications;
  std::vector<std::vector<Totals>> sums(plans.size(), std::vector<Totals>(samples, Totals(result.shape)));
  std::vector<std::uint64_t> unfinished(replications, 0);
  for (const Block& block : work) ++unfinished[block.replication];

  std::deque<lock_step::Compiled> compiled;
  for (const Program& program : result.programs) compiled.emplace_back(program, population, result.shape);
  Crew crew(result.shape);
  std::mutex merging;
  std::size_t finished = 0;
  std::size_t failed_block = work.size();
  std::exception_ptr failure;

  const auto live = [&](std::size_t index) {
    if (options.interrupt != nullptr && options.interrupt->load(std::memory_order_relaxed)) return;
    {
      const std::lock_guard lock(merging);
      if (index > failed_block) return;  // a lower block failed: its error is the one to report
    }
    const Block& block = work[index];
    try {
      for (std::size_t plan = 0; plan < plans.size(); ++plan) {
        auto worker = crew.take();
        live_block(options.engine, block, compiled[plan], *worker);
        {
          const std::lock_guard lock(merging);
          sums[plan][block.sample].add(worker->tally());
        }
        crew.give(std::move(worker));
      }
    } catch (...) {
      const std::lock_guard lock(merging);
      if (index < failed_block) {
        failed_block = index;
        failure = std::current_exception();
      }
      return;
    }
    const std::lock_guard lock(merging);
    --unfinished[block.replication];
    ++finished;
    if (options.progress) options.progress(static_cast<double>(finished) / static_cast<double>(work.size()));
  };
  parallel_for_each(work.size(), thread_count(options.threads), live);
  if (failure) std::rethrow_exception(failure);

  result.interrupted = finished < work.size();
  for (std::uint32_t r = 0; r < replications; ++r) {
    if (unfinished[r] == 0) result.replications.push_back(r);
  }
  result.totals.resize(plans.size());
  for (std::size_t plan = 0; plan < plans.size(); ++plan) {
    if (replications == 1) {
      if (result.replications.empty()) continue;
      Totals whole(result.shape);
      for (const Totals& batch : sums[plan]) whole.add(batch);
      result.totals[plan].push_back(std::move(whole));
    } else {
      for (const std::uint32_t r : result.replications) result.totals[plan].push_back(std::move(sums[plan][r]));
    }
    for (const Totals& total : result.totals[plan]) result.events += total.events();
  }
  if (replications == 1 && !result.replications.empty()) result.batches = std::move(sums);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return result;
}

}  // namespace sojourn
