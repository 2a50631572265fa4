#include "sojourn/engine/run.hpp"

#include <sched.h>
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>

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

/// Block tables that are not in use. Which block uses which table changes nothing: they are cleared, and sums have no order.
class TallyPool {
 public:
  explicit TallyPool(const TallyShape& shape) : shape_(shape) {}
  std::unique_ptr<Tally> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Tally>(shape_);
    auto tally = std::move(free_.back());
    free_.pop_back();
    return tally;
  }
  void give(std::unique_ptr<Tally> tally) {
    tally->clear();
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(tally));
  }

 private:
  TallyShape shape_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Tally>> free_;
};

void live_block(const Block& block, const Program& program, const Population& population, Tally& tally) {
  Lives lives(program, population, Streams(program.model().parts().settings.seed, block.replication));
  Recorder recorder(program, tally);
  for (std::uint64_t i = block.begin; i < block.end; ++i) lives.live(static_cast<std::uint32_t>(i), recorder);
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
  return tbb::this_task_arena::max_concurrency();
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

  TallyPool pool(result.shape);
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
        auto tally = pool.take();
        live_block(block, result.programs[plan], population, *tally);
        {
          const std::lock_guard lock(merging);
          sums[plan][block.sample].add(*tally);
        }
        pool.give(std::move(tally));
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
  const int threads = thread_count(options.threads);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, work.size(), 1), [&](const tbb::blocked_range<std::size_t>& range) {
      for (std::size_t index = range.begin(); index < range.end(); ++index) live(index);
    });
  });
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
