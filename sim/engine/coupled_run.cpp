#include "coupled_run.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <mutex>
#include <vector>

#include "sojourn/base/parallel.hpp"

namespace sojourn {
namespace {

/// Customers that a thread takes at a time: small enough that two threads end together.
constexpr std::uint32_t block_size = 8192;

/// Visits after which a table of sums is emptied, so that none of its cells can overflow (see tally.hpp).
constexpr std::uint64_t visits_per_table = std::uint64_t{block_customers} * visits_per_life / 2;

/// One replication under one plan.
class Replication {
 public:
  Replication(const Program& program, const Population& population, const Relations& relations, const Streams& streams,
              const TallyShape& shape, int threads)
      : program_(program),
        population_(population),
        relations_(relations),
        streams_(streams),
        threads_(threads),
        store_(program, static_cast<std::uint32_t>(program.model().parts().settings.customers)),
        market_(program, population, relations, streams, store_),
        totals_(shape) {
    const std::size_t blocks = (std::size_t{store_.customers()} + block_size - 1) / block_size;
    events_.resize(blocks);
    for (WindowEvents& events : events_) events.arrivals.resize(program.model().parts().touchpoints.size());
    // As many tables as threads may be at work, and never a matter of which: sums have no order.
    for (std::size_t k = 0; k < std::min(blocks, static_cast<std::size_t>(threads)); ++k) tallies_.emplace_back(shape);
  }

  std::optional<Totals> live(const Wanted& wanted, const std::function<bool(double)>& go_on) {
    diaries_ = wanted.diaries;
    const std::size_t windows = program_.windows().count();
    over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) { store_.arrive(lives(), begin, end); });
    for (std::size_t window = 0; window < windows; ++window) {
      if (window > 0) {
        market_.exchange(
            window, events_, [&](const auto& work) { over_blocks(work); },
            [&](std::size_t block) -> Tally& { return tally_of(block); });
      }
      over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) { live(block, begin, end, window); });
      if (relations_.accounts) count_accounts(window);
      if (!go_on(static_cast<double>(window + 1) / static_cast<double>(windows))) return std::nullopt;
    }
    over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) {
      part(block, begin, end);
      for (std::uint32_t i = begin; wanted.ends != nullptr && i < end; ++i) wanted.ends[i] = end_of(i);
    });
    for (Tally& tally : tallies_) totals_.add(tally);
    return std::move(totals_);
  }

 private:
  [[nodiscard]] Lives lives() const { return {program_, population_, streams_, &market_.market_state()}; }
  /// Block k always has the same table, and blocks that share one have the same thread (see `over_blocks`).
  [[nodiscard]] Tally& tally_of(std::size_t block) { return tallies_[block % tallies_.size()]; }

  /// Calls `work(block, begin, end)` for all blocks. Of several errors the lowest block's is the one to report.
  template <class Work>
  void over_blocks(const Work& work) {
    std::vector<std::exception_ptr> failures(events_.size());
    parallel_for_each(tallies_.size(), threads_, [&](std::size_t table) {
      for (std::size_t block = table; block < events_.size(); block += tallies_.size()) {
        const auto begin = static_cast<std::uint32_t>(block * block_size);
        try {
          work(block, begin, std::min(begin + block_size, store_.customers()));
        } catch (...) {
          failures[block] = std::current_exception();
          return;
        }
      }
    });
    for (const std::exception_ptr& failure : failures) {
      if (failure) std::rethrow_exception(failure);
    }
  }

  /// The visits of one window.
  void live(std::size_t block, std::uint32_t begin, std::uint32_t end, std::size_t window) {
    Tally& tally = tally_of(block);
    WindowEvents& events = events_[block];
    events.clear();
    Recorder recorder(program_, tally);
    VisitRecorder recorder_of_visits(recorder, events);
    Lives lives = this->lives();
    const double until = program_.windows().end(window);
    for (std::uint32_t customer = begin; customer < end; ++customer) {
      if (!store_.due(customer, until)) continue;
      Life life = store_.take_up(lives, customer, window, recorder);
      if (const std::int64_t persona = market_.introduced_by(customer); persona >= 0) {
        recorder.introduced_by(static_cast<std::uint32_t>(persona));
      }
      lives.meet(customer, life);
      Diary* const diary = diary_of(customer);
      recorder_of_visits.watch(customer, diary);
      bool ended = false;
      do {
        // The stay that ends here began at a visit, unless it is the first.
        if (life.stay.exit >= 0) {
          recorder.stayed(life.person, life.visit, life.stay, life.state);
          if (diary != nullptr) diary->visits.back().stay = life.stay;
        }
        lives.visit_next(customer, life, recorder_of_visits);
        if (diary != nullptr && lives.reads_reviews(life)) {
          diary->visits.back().reviews = market_.market_state().reviews;
        }
        ended = program_.place(life.visit.touchpoint).end;
      } while (!ended && life.stay.exit >= 0 && life.stay.until <= until);
      store_.set_aside(customer, life, ended, recorder);
    }
    if (tally.events < visits_per_table) return;
    const std::lock_guard lock(merging_);
    totals_.add(tally);
    tally.clear();
  }

  /// The horizon: who is still a customer has a tenure that nobody saw the end of.
  void part(std::size_t block, std::uint32_t begin, std::uint32_t end) {
    Recorder recorder(program_, tally_of(block));
    const Lives lives = this->lives();
    const std::size_t last = program_.windows().count() - 1;
    for (std::uint32_t customer = begin; customer < end; ++customer) {
      if (!store_.present(customer)) continue;
      const Life life = store_.take_up(lives, customer, last, recorder);
      Stay for_good;
      for_good.until = program_.horizon();
      recorder.stayed(life.person, life.visit, for_good, life.state);
    }
  }

  [[nodiscard]] EndState end_of(std::uint32_t customer) const {
    const Standing standing = store_.standing(customer);
    if (standing == Standing::absent) return {};
    return {fixed_score(store_.satisfaction(customer)), store_.personas()[customer], end_standing(standing)};
  }

  /// Where the life of `customer` is written down; null: nowhere.
  [[nodiscard]] Diary* diary_of(std::uint32_t customer) const {
    const auto found = std::lower_bound(diaries_.begin(), diaries_.end(), customer,
                                        [](const Diary& diary, std::uint32_t sought) { return diary.customer < sought; });
    return found != diaries_.end() && found->customer == customer ? &*found : nullptr;
  }

  void count_accounts(std::size_t window) {
    const Accounts& accounts = *relations_.accounts;
    Tally& tally = tallies_.front();
    for (std::uint32_t account = 0; account < accounts.count(); ++account) {
      bool arrived = false, bought = false, customer = false;
      for (std::uint32_t i = accounts.first(account); i < accounts.end(account); ++i) {
        arrived = arrived || store_.present(i);
        bought = bought || store_.bought(i);
        customer = customer || store_.standing(i) == Standing::customer;
      }
      const auto add = [&](AccountScore score, bool counts) {
        if (counts) tally.add(tally.shape().account(accounts.segment(account), window, score), 1);
      };
      add(AccountScore::arrived, arrived);
      add(AccountScore::bought, bought);
      add(AccountScore::customers, customer);
    }
  }

  const Program& program_;
  const Population& population_;
  const Relations& relations_;
  Streams streams_;
  int threads_;
  CustomerStore store_;
  Market market_;
  std::vector<WindowEvents> events_;  // of each block
  std::deque<Tally> tallies_;
  std::span<Diary> diaries_;
  std::mutex merging_;
  Totals totals_;
};

}  // namespace

Relations connect(const Model& model, const Population& population, const Streams& streams, int threads) {
  const ModelParts& parts = model.parts();
  Relations relations;
  if (!parts.account_segments.empty()) relations.accounts.emplace(parts, streams);
  if (!parts.word_of_mouth) return relations;
  std::vector<std::uint16_t> personas(parts.settings.customers);
  for (std::uint32_t i = 0; i < personas.size(); ++i) {
    personas[i] = static_cast<std::uint16_t>(relations.accounts ? relations.accounts->persona_of(i)
                                                                : population.person(streams, i).persona);
  }
  relations.network.emplace(parts, personas, streams, threads);
  return relations;
}

std::optional<Totals> run_coupled(const Program& program, const Population& population, const Relations& relations,
                                  const Streams& streams, const TallyShape& shape, int threads, const Wanted& wanted,
                                  const std::function<bool(double)>& go_on) {
  return Replication(program, population, relations, streams, shape, threads).live(wanted, go_on);
}

}  // namespace sojourn
