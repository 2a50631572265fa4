#include "sojourn/engine/run.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "coupled_run.hpp"
#include "lock_step_tables.hpp"
#include "rank_exchange.hpp"
#include "rank_messages.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/parallel.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/engine/recorder.hpp"
#include "sojourn/engine/run_parts.hpp"
#include "sojourn/engine/shared_run.hpp"
#include "sojourn/population/arrivals.hpp"

namespace sojourn {
namespace {

/// A block: the unit of work. Its customers never depend on the number of threads, so neither does anything else.
struct Block {
  std::uint32_t replication;
  std::size_t batch;
  std::uint64_t begin, end;
};

std::vector<Block> blocks(const Settings& settings, std::uint32_t first, std::uint32_t replications, std::size_t batches) {
  std::vector<Block> result;
  for (std::uint32_t r = first; r < first + replications; ++r) {
    const std::vector<std::uint64_t> before = people_before(settings, Streams(settings.seed, r), batches);
    for (std::size_t b = 0; b < batches; ++b) {
      const std::uint64_t begin = before[b], end = before[b + 1];
      // A batch that is nobody by chance is a sample too.
      const bool nominal = settings.customers * b / batches < settings.customers * (b + 1) / batches;
      if (begin == end && nominal) result.push_back({r, b, begin, end});
      for (std::uint64_t at = begin; at < end; at += block_customers)
        result.push_back({r, b, at, std::min<std::uint64_t>(end, at + block_customers)});
    }
  }
  return result;
}

/// Workers that are not at work. Which block uses which changes nothing: they are cleared, and sums have no order.
class WorkerPool {
 public:
  explicit WorkerPool(const TallyShape& shape) : shape_(shape) {}
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

/// Records lives, and how each ends.
class EndRecorder {
 public:
  EndRecorder(Recorder& recorder, EndState* ends, const CarriedRules& carried)
      : recorder_(recorder), ends_(ends), carried_(carried) {}
  /// The next life is that of person `index` of the block.
  void watch(std::size_t index) { index_ = index; }

  void arrived(const Person& person) { recorder_.arrived(person); }
  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    recorder_.visited(person, visit, row, before, after);
  }
  void asked(const Person& person, const Asked& asked, const State& state) { recorder_.asked(person, asked, state); }
  void annoyed(const Person& person, std::size_t window, const State& before, const State& after) {
    recorder_.annoyed(person, window, before, after);
  }
  void stayed(const Person& person, const Visit& visit, const Stay& stay, const State& state) {
    recorder_.stayed(person, visit, stay, state);
  }
  void ended(const Life& life) {
    if (ends_ == nullptr) return;
    ends_[index_] = {fixed_score(life.state.satisfaction), static_cast<std::uint16_t>(life.person.persona),
                     end_standing(life.state.standing)};
    if (carried_.tiers() > 0) ends_[index_].membership = carried_.membership(life.carried);
  }

 private:
  Recorder& recorder_;
  EndState* ends_;
  const CarriedRules& carried_;
  std::size_t index_ = 0;
};

/// One customer after another, as the model's document says it.
void live_one_by_one(const Block& block, const lock_step::Compiled& compiled, const Streams& streams, Tally& tally,
                     EndState* ends) {
  Lives lives(compiled.program(), compiled.population(), streams);
  Recorder recorder(compiled.program(), tally);
  EndRecorder witness(recorder, ends, compiled.program().carried());
  for (std::uint64_t i = block.begin; i < block.end; ++i) {
    witness.watch(i - block.begin);
    lives.live(static_cast<std::uint32_t>(i), witness);
  }
}

/// `ends`, one for each person of the block, may be null.
void live_block(Engine engine, const Block& block, const lock_step::Compiled& compiled, lock_step::Worker& worker,
                EndState* ends) {
  const Streams streams(compiled.program().model().parts().settings.seed, block.replication);
  worker.life_ends = ends;
  if (engine != Engine::one_customer) {
    const bool ended = engine == Engine::lock_step ? worker.live(compiled, streams, block.begin, block.end)
                                                   : worker.live_by_windows(compiled, streams, block.begin, block.end);
    if (ended) return;
    worker.tally().clear();  // somebody's life never ends: the reference says whose
  }
  live_one_by_one(block, compiled, streams, worker.tally(), ends);
}

/// How the lives of some people end under each plan, one plan after another; not kept in a run of one plan.
class Ends {
 public:
  Ends(std::size_t plans, std::size_t people) : people_(plans > 1 ? people : 0), baseline_(people_), plan_(people_) {}
  /// Where those of `plan` are to be written, or null.
  [[nodiscard]] EndState* of(std::size_t plan) {
    if (people_ == 0) return nullptr;
    std::vector<EndState>& ends = plan == 0 ? baseline_ : plan_;
    std::fill(ends.begin(), ends.end(), EndState{});
    return ends.data();
  }
  /// Counts what was written last against the first plan's.
  void count(std::size_t plan, PairedOutcomes& outcomes) const { outcomes.count(baseline_, plan == 0 ? baseline_ : plan_); }

 private:
  std::size_t people_;
  std::vector<EndState> baseline_, plan_;
};

/// Tells how much is done, outside of every lock that others wait for: a worker that finds another one telling leaves its
/// share to it.
class Progress {
 public:
  explicit Progress(const std::function<void(double)>& told) : told_(told) {}

  void tell(double share) {
    if (!told_) return;
    double known = reached_.load();
    while (known < share && !reached_.compare_exchange_weak(known, share)) {
    }
    while (told_of_.load() < reached_.load()) {
      const std::unique_lock turn(telling_, std::try_to_lock);
      if (!turn) return;  // who tells looks again when it has done so
      const double now = reached_.load();
      if (!(told_of_.load() < now)) continue;
      told_of_.store(now);
      told_(now);
    }
  }

 private:
  const std::function<void(double)>& told_;
  std::atomic<double> reached_{0.0}, told_of_{0.0};
  std::mutex telling_;  // only ever tried
};

/// One replication of customers who act on one another, while its plans are lived, in any order and at the same time.
class CoupledReplication {
 public:
  /// `others` live it together with this process.
  CoupledReplication(const Model& model, const Streams& streams, std::size_t plans, const WindowExchange& others)
      : model_(model), streams_(streams), others_(others), waiting_(plans), left_(plans) {}

  [[nodiscard]] const Streams& streams() const { return streams_; }
  /// What all plans share; worked out for the first of them, by `threads` threads.
  const Relations& relations(int threads) {
    std::call_once(connected_,
                   [&] { relations_.emplace(connect(model_, streams_, threads, others_.rank(), others_.count())); });
    return *relations_;
  }
  /// `plan` has been lived; `ends` says how lives ended (empty where nobody asks). They are compared with the baseline's,
  /// into `outcomes(plan)`, as soon as both are known. True for the last plan.
  template <class OutcomesOf>
  bool ended(std::size_t plan, std::vector<EndState> ends, const OutcomesOf& outcomes) {
    const std::lock_guard lock(mutex_);
    waiting_[plan] = std::move(ends);
    if (plan == 0) {
      baseline_ = waiting_[0];
      baseline_known_ = true;
    }
    for (std::size_t each = 0; baseline_known_ && each < waiting_.size(); ++each) {
      if (waiting_[each].empty()) continue;
      outcomes(each).count(baseline_, waiting_[each]);
      waiting_[each] = {};
    }
    if (--left_ > 0) return false;
    relations_.reset();
    baseline_ = {};
    return true;
  }

  /// How lives ended under the first plan; empty where it has not been lived, or nobody asks. Plans are lived one after
  /// another.
  [[nodiscard]] std::vector<EndState>& baseline() { return baseline_; }
  /// The plans before `plan` were lived by a run before this one, which left `baseline`.
  void resume(std::size_t plan) {
    left_ -= plan;
    baseline_known_ = true;
  }

 private:
  const Model& model_;
  Streams streams_;
  const WindowExchange& others_;
  std::once_flag connected_;
  std::optional<Relations> relations_;
  std::mutex mutex_;
  std::vector<EndState> baseline_;
  bool baseline_known_ = false;
  std::vector<std::vector<EndState>> waiting_;  // [plan] ends that are not compared yet
  std::size_t left_;                            // plans that have not been lived
};

/// A run under way: what is to be lived, and the sums so far.
class RunJob {
 public:
  RunJob(const Model& model, std::span<const PlanId> plans, const RunOptions& options, const Sharing& sharing)
      : options_(options),
        keeper_(sharing.keeper),
        progress_(options.progress),
        parts_(model.parts()),
        population_(parts_),
        first_(options.first_replication),
        replications_(parts_.settings.replications - first_),
        threads_(thread_count(options.threads)) {
    if (sharing.ranks != nullptr) ranks_.emplace(*sharing.ranks);
    for (const PlanId plan : plans) {
      result_.programs.emplace_back(apply(model, plan));
      result_.shapes.push_back(tally_shape(result_.programs.back()));
    }
  }

  RunResult run();

 private:
  class CoupledWork;

  [[nodiscard]] bool interrupted() const { return options_.stop.stop_requested(); }
  [[nodiscard]] std::uint64_t seed() const { return parts_.settings.seed; }
  /// Whether this process has the sums of the whole run.
  [[nodiscard]] bool collects() const { return !ranks_ || ranks_->first(); }

  void finish(std::size_t replication) {
    finished_[replication] = true;
    if (options_.finished != nullptr) ++*options_.finished;
  }

  /// Of several errors, that of the lowest piece of work is the one to report.
  void fail(std::size_t index, std::exception_ptr failure) {
    const std::lock_guard lock(merging_);
    if (index >= failed_) return;
    failed_ = index;
    failure_ = std::move(failure);
  }

  /// Whether work of this index is of no use any more.
  [[nodiscard]] bool failed_before(std::size_t index) {
    const std::lock_guard lock(merging_);
    return index > failed_;
  }

  /// A batch of customers of one replication, of which some blocks are counted already.
  struct Batch {
    std::vector<Totals> sums;            // [plan] of what is counted
    std::uint64_t blocks = 0, left = 0;  // all, and where this process collects those that are not counted
    bool known = false;                  // it was finished by a run before this one
    /// Of other ranks than the first: blocks in the sums, and blocks that it has taken and not lived yet.
    std::uint64_t counted = 0, at_work = 0;
  };

  [[nodiscard]] std::size_t place(std::uint32_t replication, std::size_t batch) const {
    return (replication - first_) * division_.batches + batch;
  }

  void begin_batches(bool side_by_side) {
    batches_.resize(replications_ * division_.batches);
    left_.assign(replications_, 0);
    if (side_by_side) {
      for (Batch& batch : batches_) batch.blocks = 1;
    } else {
      work_ = blocks(parts_.settings, first_, replications_, division_.batches);
      for (const Block& block : work_) ++batches_[place(block.replication, block.batch)].blocks;
    }
    for (std::size_t at = 0; at < batches_.size(); ++at) {
      batches_[at].left = batches_[at].blocks;
      if (batches_[at].blocks > 0) ++left_[at / division_.batches];
    }
  }

  /// What all ranks know of states that are kept: whether they are, and which one was found.
  [[nodiscard]] std::string told_of_states() const {
    StateKeeper* const states = keeper_ != nullptr ? keeper_->states() : nullptr;
    if (states == nullptr) return {};
    const std::optional<StateKeeper::Place> found = states->found();
    return found ? fmt::format("{} {}", found->replication, found->plan) : "none";
  }
  void know_states(const std::string& told) {
    keeps_states_ = !told.empty() && queue_in(result_.programs.front().model()) == nullptr;
    StateKeeper::Place place;
    if (keeps_states_ && std::sscanf(told.c_str(), "%u %u", &place.replication, &place.plan) == 2) found_ = place;
  }

  /// Takes what was finished before, of which all ranks must know.
  void restore() {
    std::vector<std::string> places{told_of_states()};
    const auto batch_of = [&](const RunPart& part) -> Batch& {
      const bool inside =
          part.replication >= first_ && part.replication - first_ < replications_ && part.batch < division_.batches;
      Batch* const batch = inside ? &batches_[place(part.replication, part.batch)] : nullptr;
      if (batch == nullptr || part.blocks != batch->blocks || batch->known)
        throw RunError("what was kept of this run is not of this run");
      return *batch;
    };
    if (keeper_ != nullptr && collects()) {
      for (const std::string& bytes : keeper_->found()) {
        RunPart part = unpacked(bytes, result_.shapes);
        batch_of(part).known = true;
        places.push_back(packed({part.replication, part.batch, part.blocks, {}}));
        count(std::move(part));
      }
    }
    if (ranks_) places = ranks_->known(places);
    know_states(places.front());
    for (std::size_t k = 1; k < places.size() && !collects(); ++k) batch_of(unpacked(places[k], {})).known = true;
  }

  /// Nothing couples customers: whole lives, block by block, all plans of a block on the same luck.
  void run_independent() {
    std::erase_if(work_, [&](const Block& block) { return batches_[place(block.replication, block.batch)].known; });
    std::deque<lock_step::Compiled> compiled;
    std::deque<WorkerPool> crews;  // of each plan
    for (std::size_t plan = 0; plan < result_.programs.size(); ++plan) {
      compiled.emplace_back(result_.programs[plan], population_, result_.shapes[plan]);
      crews.emplace_back(result_.shapes[plan]);
    }
    all_ = work_.size();
    const auto live = [&](std::size_t index) {
      if (interrupted() || failed_before(index)) return;
      const Block& block = work_[index];
      Batch& batch = batches_[place(block.replication, block.batch)];
      try {
        Ends ends(compiled.size(), block.end - block.begin);
        for (std::size_t plan = 0; plan < compiled.size(); ++plan) {
          auto worker = crews[plan].take();
          live_block(options_.engine, block, compiled[plan], *worker, ends.of(plan));
          {
            const std::lock_guard lock(merging_);
            if (batch.sums.empty()) {
              for (const TallyShape& shape : result_.shapes) batch.sums.emplace_back(shape);
            }
            batch.sums[plan].add(worker->tally());
            ends.count(plan, batch.sums[plan].paired_outcomes);
          }
          crews[plan].give(std::move(worker));
        }
        lived(block, batch);
      } catch (...) {
        fail(index, std::current_exception());
      }
    };
    if (ranks_) {
      share(live);
    } else {
      parallel_for_each(work_.size(), threads_, live);
    }
  }

  /// A block of `batch` is counted in its sums.
  void lived(const Block& block, Batch& batch) {
    if (collects()) return count({block.replication, static_cast<std::uint32_t>(block.batch), 1, {}});
    RunPart part{block.replication, static_cast<std::uint32_t>(block.batch), 0, {}};
    {
      const std::lock_guard lock(merging_);
      ++batch.counted;
      --batch.at_work;
      if (batch.at_work > 0 || place(block.replication, block.batch) >= newest_) return;
      part = hand_over(part, batch);
    }
    ranks_->tell_part(packed(part));
  }

  /// What another rank than the first has counted of a batch and not told yet; guarded by the caller.
  static RunPart hand_over(RunPart part, Batch& batch) {
    part.blocks = std::exchange(batch.counted, 0);
    part.sums = std::exchange(batch.sums, {});
    return part;
  }

  /// Ranks take pieces of the work in turn: blocks that follow one another, so many that taking them costs nothing.
  void share(const std::function<void(std::size_t)>& live) {
    std::vector<std::size_t> begins{0};
    std::uint64_t people = 0;
    for (std::size_t index = 0; index < work_.size(); ++index) {
      people += (work_[index].end - work_[index].begin) * result_.programs.size();
      if (people < block_customers) continue;
      begins.push_back(index + 1);
      people = 0;
    }
    if (begins.back() < work_.size()) begins.push_back(work_.size());
    parallel_for_each(static_cast<std::size_t>(threads_), threads_, [&](std::size_t) {
      for (;;) {
        if (interrupted() || failed_before(work_.size())) return ranks_->close();
        const std::uint64_t piece = ranks_->take();
        if (piece + 1 >= begins.size()) return;
        if (!collects()) begin_piece(begins[piece], begins[piece + 1]);
        for (std::size_t index = begins[piece]; index < begins[piece + 1]; ++index) live(index);
        ranks_->serve(heard());
      }
    });
  }

  /// Of another rank than the first. Batches before it, at which nobody is at work here, are told to rank 0: this one takes
  /// hardly more of them, and memory stays flat.
  void begin_piece(std::size_t begin, std::size_t end) {
    std::vector<RunPart> parts;
    {
      const std::lock_guard lock(merging_);
      for (std::size_t index = begin; index < end; ++index) {
        const std::size_t at = place(work_[index].replication, work_[index].batch);
        ++batches_[at].at_work;
        newest_ = std::max(newest_, at);
      }
      parts = parts_to_tell(newest_);
    }
    for (const RunPart& part : parts) ranks_->tell_part(packed(part));
  }

  /// What another rank than the first has counted of batches before place `end`; guarded by the caller.
  std::vector<RunPart> parts_to_tell(std::size_t end) {
    std::vector<RunPart> parts;
    for (std::size_t at = untold_; at < end; ++at) {
      Batch& batch = batches_[at];
      if (batch.at_work == 0 && batch.counted > 0) {
        parts.push_back(hand_over({static_cast<std::uint32_t>(first_ + at / division_.batches),
                                   static_cast<std::uint32_t>(at % division_.batches),
                                   0,
                                   {}},
                                  batch));
      }
      if (at == untold_ && batch.at_work == 0) ++untold_;
    }
    return parts;
  }

  /// What rank 0 does with what it hears.
  [[nodiscard]] RankMessages::Heard heard() {
    return {[this](const std::string& bytes) { count(unpacked(bytes, result_.shapes)); },
            [this](std::uint64_t index, std::exception_ptr error) { fail(index, std::move(error)); }};
  }

  /// Ranks end together.
  void meet() {
    if (interrupted() || failure_) ranks_->close();
    if (!collects()) {
      for (Batch& batch : batches_) batch.at_work = 0;  // of blocks that were left out
      for (const RunPart& part : parts_to_tell(batches_.size())) ranks_->tell_part(packed(part));
      if (failure_) ranks_->tell_failure(failed_, std::exchange(failure_, nullptr));
      ranks_->tell_end();
      return ranks_->meet();
    }
    bool stopped = false;
    ranks_->hear_all(heard(), [&] {
      if (stopped || !interrupted()) return;
      stopped = true;
      ranks_->close();
      // Another rank may be dead, and this one be about to be killed because of it.
      if (keeper_ != nullptr) keeper_->save();
    });
    ranks_->meet();
  }

  /// Whether all ranks live each replication together, because there are fewer than ranks. Queues have one order of time.
  [[nodiscard]] bool splits_replications() const {
    const auto left = std::count_if(batches_.begin(), batches_.end(), [](const Batch& batch) { return !batch.known; });
    return ranks_ && lived_together(result_.programs.front().model(), static_cast<std::uint64_t>(left), ranks_->count());
  }

  /// Adds what was counted of a batch, and blocks that are in its sums already; keeps the batch when that is all of it.
  void count(RunPart part) {
    Batch& batch = batches_[place(part.replication, part.batch)];
    bool finished = false;
    double share = 0.0;
    {
      const std::lock_guard lock(merging_);
      if (batch.sums.empty()) {
        batch.sums = std::move(part.sums);
      } else {
        for (std::size_t plan = 0; plan < part.sums.size(); ++plan) {
          batch.sums[plan].add(part.sums[plan]);
        }
      }
      batch.left -= part.blocks;
      finished = batch.left == 0;
      if (all_ > 0) share = static_cast<double>(done_ += part.blocks) / static_cast<double>(all_);
    }
    if (finished) keep(part.replication, part.batch, batch);
    if (share > 0.0) progress_.tell(share);
  }

  /// Keeps what was counted of a whole batch.
  void keep(std::uint32_t replication, std::uint32_t number, Batch& batch) {
    const std::uint64_t first_place = std::uint64_t{replication} * batch_count + (std::uint64_t{number} << division_.level);
    const std::uint64_t customers = parts_.settings.customers;
    const std::uint64_t people = customers * (number + 1) / division_.batches - customers * number / division_.batches;
    RunPart whole{replication, number, batch.blocks, std::move(batch.sums)};
    if (keeper_ != nullptr && !batch.known) keeper_->keep(packed(whole));
    for (std::size_t plan = 0; plan < whole.sums.size(); ++plan) {
      BatchSums sums(result_.programs[plan], whole.sums[plan], people);
      const std::lock_guard lock(merging_);
      result_.batches[plan].add(first_place, division_.level, std::move(sums));
      if (!options_.tables) continue;
      std::optional<Totals>& table = tables_[plan][replication - first_];
      if (table) {
        table->add(whole.sums[plan]);
      } else {
        table = std::move(whole.sums[plan]);
      }
    }
    const std::lock_guard lock(merging_);
    if (--left_[replication - first_] == 0) finish(replication - first_);
  }

  void collect() {
    for (std::uint32_t r = 0; r < replications_; ++r) {
      if (finished_[r]) result_.replications.push_back(first_ + r);
    }
    result_.interrupted = result_.replications.size() < replications_;
    result_.totals.resize(tables_.size());
    for (std::size_t plan = 0; plan < tables_.size(); ++plan) {
      for (const std::uint32_t r : result_.replications) {
        if (options_.tables) result_.totals[plan].push_back(std::move(*tables_[plan][r - first_]));
      }
      result_.batches[plan].keep_replications(result_.replications);
      result_.events += result_.batches[plan].events();
    }
  }

  const RunOptions& options_;
  RunKeeper* keeper_;
  Progress progress_;
  const ModelParts& parts_;
  Population population_;
  std::uint32_t first_, replications_;  // the first one, and how many
  int threads_;
  Division division_;
  RunResult result_;
  std::vector<std::vector<std::optional<Totals>>> tables_;  // [plan][replication], where they are kept
  std::vector<char> finished_;                              // replications; not bits, which threads would share
  std::optional<RankMessages> ranks_;                       // where there are other ranks
  std::vector<Block> work_;                                 // where nothing couples customers
  bool keeps_states_ = false;                               // replications that are under way are kept
  std::optional<StateKeeper::Place> found_;                 // the one from which this run goes on
  std::mutex merging_;
  std::vector<Batch> batches_;           // [replication][batch]
  std::vector<std::uint64_t> left_;      // [replication] batches that are not finished
  std::size_t all_ = 0, done_ = 0;       // blocks, where progress goes by them
  std::size_t newest_ = 0, untold_ = 0;  // of other ranks: places of batches
  std::size_t failed_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr failure_;
};

/// Customers act on one another: replications and plans side by side where there are as many as threads, else one after
/// another, each on all threads. Ranks share whole replications, or the customers of each.
class RunJob::CoupledWork {
 public:
  explicit CoupledWork(RunJob& run)
      : run_(run),
        split_(run.splits_replications()),
        others_(split_ ? std::make_unique<RankExchange>(*run.ranks_, run.heard()) : std::make_unique<WindowExchange>()),
        plans_(run.result_.programs.size()),
        keeps_states_(run.keeps_states_ && (split_ || !run.ranks_)),
        one_by_one_(run.options_.engine == Engine::one_customer || run.options_.engine == Engine::one_customer_by_windows) {
    for (std::uint32_t r = 0; r < run.replications_; ++r) {
      if (run.batches_[r].known) continue;
      if (split_) run.batches_[r].left = run.ranks_->count();  // each tells of its customers
      if (split_ || !run.ranks_ || r % run.ranks_->count() == run.ranks_->rank()) mine_.push_back(r);
    }
    const bool alone = keeps_states_ && (run.threads_ == 1 || fewer_than_threads());
    side_by_side_ = !split_ && !alone && jobs() >= static_cast<std::size_t>(run.threads_);
    counted_.assign(mine_.size(), std::vector<std::optional<Totals>>(plans_));
    done_.assign(jobs(), 0.0);
  }

  void live_all() {
    for (std::size_t plan = 0; plan < plans_; ++plan) {
      compiled_.emplace_back(run_.result_.programs[plan], run_.population_, run_.result_.shapes[plan]);
    }
    for (const std::uint32_t r : mine_) {
      replications_.emplace_back(run_.result_.programs.front().model(), Streams(run_.seed(), run_.first_ + r), plans_,
                                 *others_);
      // Few replications cannot make threads busy with their networks, one each.
      if (!split_ && fewer_than_threads() && !run_.interrupted()) replications_.back().relations(run_.threads_);
    }
    if (side_by_side_) return parallel_for_each(jobs(), run_.threads_, [this](std::size_t job) { live_job(job); });
    // Ranks that live replications together do so in the same order.
    for (std::size_t job = 0; job < jobs(); ++job) live_job(job);
  }

 private:
  /// Plans of replications.
  [[nodiscard]] std::size_t jobs() const { return plans_ * mine_.size(); }
  [[nodiscard]] bool fewer_than_threads() const { return mine_.size() < static_cast<std::size_t>(run_.threads_); }

  void live_job(std::size_t job) {
    const std::size_t at = job / plans_, plan = job % plans_;
    // Of a replication that ranks live together the lowest customers are those of the lowest rank.
    const std::size_t index = (mine_[at] * plans_ + plan) * others_->count() + others_->rank();
    if (ended_early_ || run_.failed_before(index) || (!split_ && run_.interrupted())) return;
    if (was_lived(at, plan)) return;
    try {
      if (split_ && others_->any({run_.interrupted(), false, false})[0]) return;
      live_plan(at, plan);
    } catch (const RankEndedEarly&) {
      ended_early_ = true;
    } catch (...) {
      run_.fail(index, std::current_exception());
      if (split_) run_.ranks_->tell_early_end();
      if (run_.ranks_) run_.ranks_->close();
    }
  }

  [[nodiscard]] StateKeeper::Place here(std::size_t at, std::size_t plan) const {
    return {run_.first_ + mine_[at], static_cast<std::uint32_t>(plan)};
  }
  /// Whether the replication goes on from a state that was kept, and whether the plan was lived before that.
  [[nodiscard]] bool goes_on(std::size_t at) const {
    return keeps_states_ && !side_by_side_ && run_.found_ && run_.found_->replication == here(at, 0).replication;
  }
  [[nodiscard]] bool was_lived(std::size_t at, std::size_t plan) const { return goes_on(at) && plan < run_.found_->plan; }

  void live_plan(std::size_t at, std::size_t plan) {
    CoupledReplication& replication = replications_[at];
    const int threads = side_by_side_ ? 1 : run_.threads_;
    const Relations& relations = replication.relations(threads);
    const Share& own = relations.shares[others_->rank()];
    KeptState kept{run_.collects() && run_.keeper_ != nullptr ? run_.keeper_->states() : nullptr, here(at, plan),
                   goes_on(at) && plan == run_.found_->plan, [&](StateWriter& state) { keep_plans(state, at, plan, own); },
                   [&](StateReader& state) { keep_plans(state, at, plan, own); }};
    if (kept.found) replication.resume(plan);
    std::vector<EndState> ends(plans_ > 1 ? own.people() : 0);
    const CoupledOptions options{threads, one_by_one_,   plans_ > 1 ? ends.data() : nullptr,
                                 {},      others_.get(), keeps_states_ && !side_by_side_ ? &kept : nullptr};
    auto totals = run_coupled(compiled_[plan], relations, replication.streams(), options,
                              [&](double share) { return tell(at * plans_ + plan, share); });
    if (!totals) return;
    std::vector<std::optional<Totals>>& counted = counted_[at];
    counted[plan] = std::move(*totals);
    const auto outcomes = [&](std::size_t each) -> PairedOutcomes& { return counted[each]->paired_outcomes; };
    if (replication.ended(plan, std::move(ends), outcomes)) hand_over(at);
  }

  /// All plans of a replication have been lived.
  void hand_over(std::size_t at) {
    RunPart whole{run_.first_ + mine_[at], 0, 1, {}};
    for (std::optional<Totals>& of_plan : counted_[at]) {
      whole.sums.push_back(std::move(*of_plan));
      of_plan.reset();
    }
    if (run_.collects()) {
      run_.count(std::move(whole));
    } else {
      run_.ranks_->tell_part(packed(whole));
    }
  }

  /// So much of a job is done; false to stop.
  bool tell(std::size_t job, double share) {
    double sum = 0.0;
    {
      const std::lock_guard lock(run_.merging_);
      done_[job] = share;
      sum = std::accumulate(done_.begin(), done_.end(), 0.0);
    }
    run_.progress_.tell(sum / static_cast<double>(jobs()));
    if (!run_.ranks_ || split_) return !run_.interrupted();
    run_.ranks_->serve(run_.heard());
    if (run_.interrupted()) run_.ranks_->close();
    return !run_.ranks_->closed();
  }

  /// The plans before `plan`, of a replication of which the customers of this process are `own`.
  template <class State>
  void keep_plans(State& state, std::size_t at, std::size_t plan, const Share& own) {
    if (plan == 0) return;
    std::vector<EndState>& baseline = replications_[at].baseline();
    baseline.resize(own.people());
    state.customers(own, baseline.data());
    if (!state.has_all_else()) return;
    for (std::size_t before = 0; before < plan; ++before) {
      std::optional<Totals>& counted = counted_[at][before];
      const std::span<const TallyShape> shape{&run_.result_.shapes[before], 1};
      std::string sums;
      if constexpr (!State::reads) sums = packed({0, 0, 0, {*counted}});
      state.text(sums);
      if constexpr (State::reads) {
        Totals found = std::move(unpacked(sums, shape).sums.front());
        if (!counted) {
          counted.emplace(shape.front());
          counted->switches = found.switches;
        }
        if (run_.collects()) counted->add(found);  // on one process alone
      }
    }
  }

  RunJob& run_;
  bool split_;  // ranks live each replication together
  std::unique_ptr<WindowExchange> others_;
  std::size_t plans_;
  bool keeps_states_;  // of ranks that share whole replications none does
  bool one_by_one_;    // the reference
  bool side_by_side_ = false;
  std::vector<std::uint32_t> mine_;  // replications, from the first of the run
  std::deque<lock_step::Compiled> compiled_;
  std::deque<CoupledReplication> replications_;              // [of mine_]
  std::vector<std::vector<std::optional<Totals>>> counted_;  // [of mine_][plan]
  std::vector<double> done_;                                 // [job] share
  bool ended_early_ = false;                                 // another rank, of those that live replications together
};

RunResult RunJob::run() {
  const auto began = std::chrono::steady_clock::now();
  const bool side_by_side = result_.programs.front().model().coupled() || options_.engine == Engine::one_customer_by_windows;
  division_ = division(parts_.settings.replications, side_by_side || !options_.samples);
  result_.batches.assign(result_.programs.size(), Batches(division_.limit));
  tables_.resize(result_.programs.size(), std::vector<std::optional<Totals>>(options_.tables ? replications_ : 0));
  finished_.assign(replications_, false);
  begin_batches(side_by_side);
  restore();
  if (side_by_side) {
    CoupledWork(*this).live_all();
  } else {
    run_independent();
  }
  if (ranks_) meet();
  if (failure_) std::rethrow_exception(failure_);
  collect();
  result_.threads = threads_;
  result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return std::move(result_);
}

}  // namespace

int thread_count(int threads) {
  if (threads > 0) return threads;
  if (const char* slurm = std::getenv("SLURM_CPUS_PER_TASK")) {
    char* end = nullptr;
    const long count = std::strtol(slurm, &end, 10);  // the largest number there is where it is larger
    if (*end == '\0' && count > 0) return static_cast<int>(std::min<long>(count, most_threads));
  }
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) return std::max(1, CPU_COUNT(&mask));
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

void append(RunResult& result, RunResult more) {
  for (std::size_t plan = 0; plan < result.totals.size(); ++plan) {
    std::move(more.totals[plan].begin(), more.totals[plan].end(), std::back_inserter(result.totals[plan]));
    result.batches[plan].append(std::move(more.batches[plan]));
  }
  result.replications.insert(result.replications.end(), more.replications.begin(), more.replications.end());
  result.programs = std::move(more.programs);
  result.events += more.events;
  result.seconds += more.seconds;
  result.interrupted = result.interrupted || more.interrupted;
}

const Touchpoint* queue_in(const Model& model) {
  const std::vector<Touchpoint>& places = model.parts().touchpoints;
  const auto found = std::find_if(places.begin(), places.end(), [](const Touchpoint& place) { return place.queues(); });
  return found != places.end() ? &*found : nullptr;
}

bool lived_together(const Model& model, std::uint64_t replications, std::uint32_t ranks) {
  return model.coupled() && replications < ranks && queue_in(model) == nullptr;
}

RunResult run(const Model& model, std::span<const PlanId> plans, const RunOptions& options) {
  return RunJob(model, plans, options, {}).run();
}

RunResult run(const Model& model, std::span<const PlanId> plans, const RunOptions& options, const Sharing& sharing) {
  return RunJob(model, plans, options, sharing).run();
}

}  // namespace sojourn
