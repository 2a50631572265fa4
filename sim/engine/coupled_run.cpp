#include "coupled_run.hpp"

#include <algorithm>
#include <bit>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "queues.hpp"
#include "rule_watch.hpp"
#include "sojourn/base/parallel.hpp"
#include "sojourn/engine/run_parts.hpp"
#include "sojourn/population/arrivals.hpp"
#include "sojourn/population/personas.hpp"
#include "sums_of_others.hpp"
#include "waiting_customers.hpp"

namespace sojourn {
namespace {

/// Bits of the number of customers that a thread takes at a time: at most as many as one loop is made for, and so few that
/// all threads end together; a power of two, so that the block of a customer takes no division.
int bits_of_block(std::uint64_t customers, int threads) {
  const std::uint64_t shares = threads > 1 ? 4 * static_cast<std::uint64_t>(threads) : 1;
  return static_cast<int>(std::bit_width(std::clamp<std::uint64_t>(customers / shares, 1024, block_customers))) - 1;
}

/// Visits after which a table of sums is emptied, so that none of its cells can overflow (see tally.hpp).
constexpr std::uint64_t visits_per_table = std::uint64_t{block_customers} * visits_per_life / 2;

/// One replication under one plan.
class Replication {
 public:
  Replication(const lock_step::Compiled& compiled, const Relations& relations, const Streams& streams,
              const CoupledOptions& options)
      : ruled_(compiled.program().ruled() ? std::make_unique<Ruled>(compiled) : nullptr),
        compiled_(ruled_ ? *ruled_->compiled : compiled),
        program_(compiled_.program()),
        relations_(relations),
        streams_(streams),
        options_(options),
        others_(options.others != nullptr ? *options.others : alone_),
        share_(relations.shares[others_.rank()]),
        block_bits_(bits_of_block(share_.people(), options.threads)),
        store_(compiled_, share_.begin, share_.people(), static_cast<std::size_t>(options.threads)),
        market_(compiled_, relations, streams, store_, options.threads, others_),
        totals_(compiled.tables().shape) {
    const std::size_t blocks = store_.customers() > 0 ? block_of(share_.end - 1) + 1 : 1;
    events_.resize(blocks);
    if (compiled.tables().shape.queues > 0) {
      queues_.emplace(program_, compiled.population(), streams_, market_, store_, options.diaries, !options.one_by_one);
    }
    if (relations.accounts) account_standings_.emplace(*relations.accounts, compiled.population(), share_);
    if (queues_) market_.set_lines([this](std::uint32_t customer) { return queues_->in_line(customer); });
    endless_.assign(blocks, 0);
    // As many workers as threads may be at work, and never a matter of which: sums have no order.
    const std::size_t workers = std::min(blocks, static_cast<std::size_t>(options.threads));
    for (std::size_t k = 0; k < workers; ++k) workers_.emplace_back(compiled.tables().shape);
  }

  /// Whether somebody's life never ends: then the sums are worthless.
  [[nodiscard]] bool endless() const { return somebody_is_endless_; }

  std::optional<Totals> live(const std::function<bool(double)>& go_on) {
    const std::size_t windows = program_.windows().count();
    const Accounts* accounts = relations_.accounts ? &*relations_.accounts : nullptr;
    over_blocks(
        [&](std::size_t, std::uint32_t begin, std::uint32_t end) { store_.populate(streams_, accounts, begin, end); });
    if (queues_) queues_->send_shadows_of_arrivals();
    for (std::size_t window = windows_kept(); window < windows; ++window) {
      if (window > 0) {
        market_.exchange(
            window, events_, [&](const auto& work) { over_blocks(work); },
            [&](std::size_t block) -> Tally& { return worker_of(block).tally(); });
        if (queues_) queues_->send_shadows(window, market_.departures());
      }
      for (Diary& diary : options_.diaries) write_down(diary, window);
      over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) { live(block, begin, end, window); });
      if (queues_ && !any_endless_here()) serve(window);
      const bool endless_here = any_endless_here(), last = window + 1 == windows;
      if (program_.surveys().at_intervals() && !endless_here) ask(window);
      if (account_standings_ && !endless_here) count_accounts(window);
      // Where it is worthless here, others wait for it all the same.
      if (ruled_ && !last && !(endless_here && others_.alone())) switch_improvements(window);
      const bool stops_here = !endless_here && !go_on(static_cast<double>(window + 1) / static_cast<double>(windows));
      const bool due = options_.kept != nullptr && options_.kept->keeper != nullptr && options_.kept->keeper->due();
      const auto [endless, stops, keeps] = others_.any({endless_here, stops_here, due || stops_here});
      somebody_is_endless_ = endless;
      if (endless) return std::nullopt;
      if (options_.kept != nullptr && keeps && !last) keep_window(window);
      if (stops) return std::nullopt;
    }
    over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) {
      count_unfinished_tenures(worker_of(block).tally(), begin, end);
      for (std::uint32_t i = begin; options_.ends != nullptr && i < end; ++i) options_.ends[i - share_.begin] = end_of(i);
    });
    for (lock_step::Worker& worker : workers_) empty(worker);
    if (ruled_) totals_.switches = program_.switches();
    for (Diary& diary : options_.diaries) diary.switches = program_.switches();
    return std::move(totals_);
  }

 private:
  /// Windows that were lived by a run before this one, from which this one goes on.
  std::size_t windows_kept() {
    if (options_.kept == nullptr || !options_.kept->found) return 0;
    KeptState& kept = *options_.kept;
    std::uint64_t pieces = kept.keeper != nullptr ? kept.keeper->pieces() : 0;
    others_.add_up({&pieces, 1});
    std::uint64_t windows = 0;
    for (std::uint64_t k = 0; k < pieces; ++k) {
      const std::vector<std::string> texts = others_.gather(kept.keeper != nullptr ? kept.keeper->piece(k) : std::string());
      StateReader piece(texts.front());
      pass(piece, windows);
      kept.read(piece);
      piece.require_end();
    }
    return static_cast<std::size_t>(windows);
  }

  /// Keeps what stands at the end of `window`.
  void keep_window(std::size_t window) {
    KeptState& kept = *options_.kept;
    constexpr std::uint32_t customers_of_a_piece = 1u << 22;
    for (lock_step::Worker& worker : workers_) empty(worker);
    // Every process writes as many pieces as the one with most customers, some of them empty.
    std::vector<std::uint64_t> people(others_.count(), 0);
    people[others_.rank()] = share_.people();
    others_.add_up(people);
    const std::uint64_t pieces = std::max<std::uint64_t>(
        1, (*std::max_element(people.begin(), people.end()) + customers_of_a_piece - 1) / customers_of_a_piece);
    if (kept.keeper != nullptr) kept.keeper->begin(kept.place);
    for (std::uint64_t k = 0; k < pieces; ++k) {
      const auto at = [&](std::uint64_t piece) {
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(share_.end, share_.begin + piece * customers_of_a_piece));
      };
      StateWriter piece({at(k), at(k + 1)}, k == 0);
      std::uint64_t windows = window + 1;
      pass(piece, windows);
      kept.write(piece);
      std::vector<std::string> texts(others_.count());
      texts.front() = piece.finish();
      texts = others_.swap(std::move(texts));
      for (std::string& text : texts) {
        if (kept.keeper != nullptr) kept.keeper->add(std::move(text));
      }
    }
    if (kept.keeper != nullptr) kept.keeper->finish();
  }

  /// What stands between two windows; `windows` are those that have been lived.
  template <class State>
  void pass(State& state, std::uint64_t& windows) {
    const auto block_of = [this](std::uint32_t customer) { return this->block_of(customer); };
    state.value(windows);
    store_.keep(state);
    market_.keep(state, events_.size(), block_of);
    if (account_standings_) account_standings_->keep(state);
    if (!state.has_all_else()) return;
    keep_events(state, block_of);
    std::string sums;
    if constexpr (!State::reads) {
      sums = packed({0, 0, 0, {totals_}});
    }
    state.text(sums);
    if constexpr (State::reads) {
      // Each process counts its own from here on; what was counted before is for one of them to keep.
      if (others_.rank() == 0) totals_.add(unpacked(sums, {&totals_.shape(), 1}).sums.front());
    }
    if (!ruled_) return;
    std::vector<Switch> switches = program_.switches();
    state.list(switches);
    if constexpr (State::reads) ruled_->renew(std::move(switches));
    ruled_->watch.keep(state);
  }

  /// What happened in the window that is over and its end has not dealt with.
  template <class State, class BlockOf>
  void keep_events(State& state, const BlockOf& block_of) {
    std::uint64_t reviews = 0, stars = 0;
    std::vector<Held> held;
    std::vector<std::uint32_t> churned, ended;
    if constexpr (!State::reads) {
      for (const WindowEvents& events : events_) {
        reviews += events.reviews;
        stars += events.stars;
        held.insert(held.end(), events.held.begin(), events.held.end());
        churned.insert(churned.end(), events.churned.begin(), events.churned.end());
        ended.insert(ended.end(), events.ended.begin(), events.ended.end());
      }
    }
    state.value(reviews);
    state.value(stars);
    state.list(held);
    state.list(churned);
    state.list(ended);
    if constexpr (State::reads) {
      if (others_.rank() == 0) {
        events_.front().reviews += reviews;
        events_.front().stars += stars;
      }
      for (const Held& one : held) {
        if (store_.has(one.customer)) events_[block_of(one.customer)].held.push_back(one);
      }
      for (const std::uint32_t customer : churned) {
        if (store_.has(customer)) events_[block_of(customer)].churned.push_back(customer);
      }
      for (const std::uint32_t customer : ended) {
        if (store_.has(customer)) events_[block_of(customer)].ended.push_back(customer);
      }
    }
  }

  /// The program of a plan whose rules switch is one's own, made anew in the same place whenever they do.
  struct Ruled {
    explicit Ruled(const lock_step::Compiled& begun)
        : program(begun.program()), population(begun.population()), shape(begun.tables().shape), watch(program) {
      compiled.emplace(program, population, shape);
    }
    void renew(Switches switches) {
      program = Program(program.model(), std::move(switches));
      compiled.emplace(program, population, shape);
    }
    Program program;
    const Population& population;
    TallyShape shape;
    std::optional<lock_step::Compiled> compiled;
    RuleWatch watch;
  };

  /// The end of `window`: the rules of the plan look at what happened in it.
  void switch_improvements(std::size_t window) {
    SumsSoFar now{totals_, {}};
    for (lock_step::Worker& worker : workers_) {
      worker.flush();
      now.in_use.push_back(&worker.tally());
    }
    if (!others_.alone()) {
      if (!sums_of_others_) sums_of_others_.emplace(totals_.shape());
      sums_of_others_->renew(now, others_);
      now.elsewhere = &sums_of_others_->sums();
    }
    Switches switches = program_.switches();
    if (!ruled_->watch.look(window, now, switches)) return;
    ruled_->renew(std::move(switches));
    if (queues_) queues_->renew(program_.windows().end(window));
    if (!program_.any_race_may_switch()) return;
    over_blocks([&](std::size_t, std::uint32_t begin, std::uint32_t end) {
      WaitingCustomers waiting(compiled_, streams_, market_.market_state().accounts, store_);
      for (std::uint32_t customer = begin; customer < end; ++customer) waiting.race_on(customer, window + 1);
    });
  }

  [[nodiscard]] bool any_endless_here() const {
    return std::any_of(endless_.begin(), endless_.end(), [](char any) { return any != 0; });
  }
  [[nodiscard]] std::size_t block_of(std::uint32_t customer) const { return (customer - share_.begin) >> block_bits_; }
  [[nodiscard]] bool in_line(std::uint32_t customer) const { return queues_ && queues_->in_line(customer); }
  [[nodiscard]] Lives lives() const { return {program_, compiled_.population(), streams_, &market_.market_state()}; }
  /// Block k always has the same worker, and blocks that share one have the same thread (see `over_blocks`).
  [[nodiscard]] lock_step::Worker& worker_of(std::size_t block) { return workers_[block % workers_.size()]; }

  /// Calls `work(block, begin, end)` for all blocks. Of several errors the lowest block's is the one to report.
  template <class Work>
  void over_blocks(const Work& work) {
    std::vector<std::exception_ptr> failures(events_.size());
    parallel_for_each(workers_.size(), options_.threads, [&](std::size_t worker) {
      for (std::size_t block = worker; block < events_.size(); block += workers_.size()) {
        const auto begin = static_cast<std::uint32_t>(share_.begin + (block << block_bits_));
        try {
          work(block, begin, begin + std::min(std::uint32_t{1} << block_bits_, share_.end - begin));
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
    lock_step::Worker& worker = worker_of(block);
    WindowEvents& events = events_[block];
    events.clear();
    // Shadows leave with each visit of the reference.
    if (options_.one_by_one || program_.shadows() > 0.0) {
      live_one_by_one(events, worker.tally(), begin, end, window);
    } else {
      live_in_lock_step(block, begin, end, window, {});
    }
    if (queues_) queues_->draw_calls(window, events.coming, events.calls);
    if (worker.tally().events >= visits_per_table) empty(worker);
  }

  void live_in_lock_step(std::size_t block, std::uint32_t begin, std::uint32_t end, std::size_t window,
                         std::span<lock_step::Served> served) {
    const lock_step::MarketView view = market_.view(events_[block]);
    const lock_step::WindowOfBlock work{&store_, begin, end, block % workers_.size(), window, &view, served};
    if (!worker_of(block).live_window(compiled_, streams_, work)) endless_[block] = 1;
  }

  /// The visits of one window to queues, and what follows them, in the order of time.
  void serve(std::size_t window) {
    for (const WindowEvents& events : events_) {
      for (const auto& [customer, life] : events.near_queues) queues_->send_shadows(customer, life);
    }
    told_.clear();
    queues_->live(window, events_, workers_.front().tally(), told_);
    // Each block learns who of its own customers churned, because it goes on to speak for them; the rest has no place.
    std::vector<std::uint32_t> churned;
    churned.swap(told_.churned);
    for (const std::uint32_t customer : churned) events_[block_of(customer)].churned.push_back(customer);
    // What those do who will come to no queue again in this window has no order: it is lived in lock step.
    if (events_.size() == 1) {
      events_.front().served.swap(told_.served);
    } else {
      for (const lock_step::Served& each : told_.served) events_[block_of(each.customer)].served.push_back(each);
    }
    told_.served.clear();
    events_.front().append(told_);
    over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) {
      WindowEvents& of_block = events_[block];
      if (of_block.served.empty()) return;
      constexpr std::size_t ahead = 16;  // rows that the memory is asked for before their turn
      for (std::size_t k = 0; queues_->patience_varies() && k < of_block.served.size(); ++k) {
        if (k + ahead < of_block.served.size()) store_.prefetch(of_block.served[k + ahead].customer);
        of_block.served[k].strain = queues_->strain_of(of_block.served[k]);
      }
      of_block.coming.clear();
      live_in_lock_step(block, begin, end, window, of_block.served);
      // A visit would be lost without a word.
      if (!of_block.coming.empty()) throw std::logic_error("a customer came back to a queue before the bound said so");
      lock_step::Worker& worker = worker_of(block);
      if (worker.tally().events >= visits_per_table) empty(worker);
    });
  }

  void empty(lock_step::Worker& worker) {
    worker.flush();
    const std::lock_guard lock(merging_);
    totals_.add(worker.tally());
    worker.tally().clear();
  }

  void live_one_by_one(WindowEvents& events, Tally& tally, std::uint32_t begin, std::uint32_t end, std::size_t window) {
    Recorder recorder(program_, tally);
    VisitRecorder recorder_of_visits(recorder, events);
    Lives lives = this->lives();
    const double until = program_.windows().end(window);
    for (std::uint32_t customer = begin; customer < end; ++customer) {
      if (!store_.due(customer, until)) continue;
      if (store_.comes_to_queue(customer)) {
        events.coming.push_back(store_.next_visit(customer));
        continue;
      }
      Life life = store_.take_up(customer, window, recorder);
      if (const std::int64_t persona = market_.introduced_by(customer); persona >= 0) {
        recorder.introduced_by(static_cast<std::uint32_t>(persona));
      }
      lives.load_traits(customer, life);
      recorder_of_visits.watch(customer);
      bool comes_to_queue = false;
      do {
        // The stay that ends here began at a visit, unless it is the first.
        if (life.stay.exit >= 0) recorder.stayed(life.person, life.visit, life.stay, life.state);
        lives.visit_next(customer, life, recorder_of_visits);
        if (program_.shadows() > 0.0 && program_.leads_to_queue(life.visit.touchpoint))
          events.near_queues.emplace_back(customer, life);
        comes_to_queue = life.stay.exit >= 0 && life.stay.until <= until && lives.leads_to_queue(life);
      } while (life.stay.exit >= 0 && life.stay.until <= until && !comes_to_queue);
      events.set_aside(store_, customer, life, recorder, account_standings_.has_value());
      if (comes_to_queue) events.coming.push_back(store_.next_visit(customer));
    }
  }

  /// What a watched customer does in `window`: the reference lives a copy of the customer through it, with the same market.
  void write_down(Diary& diary, std::size_t window) {
    const double until = program_.windows().end(window);
    if (!store_.due(diary.customer, until)) return;
    Lives lives = this->lives();
    Life life = store_.look_at(diary.customer, window);
    if (lives.leads_to_queue(life)) return;  // what happens at queues is written down there
    lives.load_traits(diary.customer, life);
    DiaryWriter writer(diary, lives);
    do {
      if (life.stay.exit >= 0) writer.stayed(life.person, life.visit, life.stay, life.state);
      lives.visit_next(diary.customer, life, writer);
    } while (life.stay.exit >= 0 && life.stay.until <= until && !lives.leads_to_queue(life));
  }

  /// Surveys at intervals whose occasions come at the end of `window`.
  void ask(std::size_t window) {
    const double now = program_.windows().end(window);
    const auto due = [&](std::uint32_t customer) { return store_.present(customer) && store_.asked_at(customer) <= now; };
    if (shadows_may_be_asked()) {
      for (std::uint32_t customer = store_.first(); customer < store_.end(); ++customer) {
        if (due(customer) && !in_line(customer)) queues_->send_shadows_of_asked(window, customer);
      }
    }
    for (Diary& diary : options_.diaries) {
      if (!due(diary.customer)) continue;
      Lives lives = this->lives();
      Life life = store_.look_at(diary.customer, window);
      lives.load_traits(diary.customer, life);
      DiaryWriter writer(diary, lives);
      lives.ask_at_end_of(window, diary.customer, life, writer, in_line(diary.customer));
      writer.asked_while_staying();
    }
    over_blocks([&](std::size_t block, std::uint32_t begin, std::uint32_t end) {
      if (!options_.one_by_one) return ask_quickly(window, begin, end, worker_of(block).tally());
      Recorder recorder(program_, worker_of(block).tally());
      Lives lives = this->lives();
      for (std::uint32_t customer = begin; customer < end; ++customer) {
        if (!due(customer)) continue;
        Life life = store_.take_up(customer, window, recorder);
        if (const std::int64_t persona = market_.introduced_by(customer); persona >= 0) {
          recorder.introduced_by(static_cast<std::uint32_t>(persona));
        }
        lives.load_traits(customer, life);
        const std::int64_t before = life.stay.exit;
        lives.ask_at_end_of(window, customer, life, recorder, in_line(customer));
        store_.asked(customer, life);
        if (life.stay.exit != before) store_.redirect(customer, static_cast<std::uint32_t>(life.stay.exit), life.stay.until);
      }
    });
  }
  /// Whether customers stand for several real ones whom a survey at intervals may lead to a queue.
  [[nodiscard]] bool shadows_may_be_asked() const {
    return queues_ && program_.shadows() > 0.0 &&
           std::any_of(program_.recoveries().begin(), program_.recoveries().end(), [&](const Recovery& way) {
             return !program_.surveys().follows_visits(way.survey) && program_.place(way.to).queues;
           });
  }
  /// The same without a life for each customer: what Lives::ask_at_end_of does, on the store's own columns.
  void ask_quickly(std::size_t window, std::uint32_t begin, std::uint32_t end, Tally& tally) {
    const double now = program_.windows().end(window), decay = program_.discount().decay(now, window);
    const SurveyRules& surveys = program_.surveys();
    const Population& population = compiled_.population();
    const Accounts* const accounts = market_.market_state().accounts;
    constexpr auto propensity = static_cast<std::size_t>(BuiltinTrait::response_propensity);
    std::vector<std::uint32_t> due;
    store_.due_to_be_asked(begin, end, now, due);
    constexpr std::size_t ahead = 16;  // rows that the memory is asked for before their turn
    for (std::size_t k = 0; k < due.size(); ++k) {
      if (k + ahead < due.size()) store_.prefetch(due[k + ahead]);
      const std::uint32_t customer = due[k];
      if (!store_.present(customer)) continue;
      const std::span<double> carried = store_.carried_of_surveys(customer);
      const std::uint32_t persona = store_.persona(customer);
      const bool is_customer = store_.standing(customer) == Standing::customer;
      const bool referred = store_.bought(customer) && market_.introduced_by(customer) >= 0;
      const float satisfaction = store_.satisfaction(customer);
      std::int32_t way = -1;
      const float lost = surveys.ask_at_interval(
          streams_, customer, {0, persona, now, window, referred}, is_customer, {satisfaction, store_.answering(customer)},
          carried,
          [&] {
            return accounts != nullptr
                       ? population.trait_of_member(streams_, customer, accounts->account_of(customer), persona, propensity)
                       : population.trait(streams_, customer, persona, propensity);
          },
          [&](const Asked& asked) {
            surveys.count(tally.data(), tally.shape(), asked, decay);
            if (surveys.is_low(asked)) {
              way = program_.sooner(way, program_.recovery_exit(asked.survey, store_.touchpoint(customer)));
            }
          });
      store_.note_next_survey(customer);
      if (way >= 0 && !in_line(customer) && !at_gate(customer, store_.touchpoint(customer))) {
        const double then = now + program_.recovery(way).within;
        if (now < program_.horizon() && then <= program_.horizon() && !(store_.next_time(customer) <= then))
          store_.redirect(customer, static_cast<std::uint32_t>(way), then);
      }
      if (lost > 0.0f && window + 1 < program_.windows().count()) annoy(customer, window, lost, tally);
    }
  }
  [[nodiscard]] bool at_gate(std::uint32_t customer, std::uint32_t touchpoint) const {
    const MarketState& state = market_.market_state();
    if (state.accounts == nullptr) return false;
    const std::size_t segment = state.accounts->segment(state.accounts->account_of(customer));
    return state.gates[segment * program_.model().parts().touchpoints.size() + touchpoint] != 0;
  }
  /// Being asked has cost a customer satisfaction, from the next window on.
  void annoy(std::uint32_t customer, std::size_t window, float lost, Tally& tally) {
    const TallyShape& shape = tally.shape();
    const std::uint32_t persona = store_.persona(customer);
    const auto count = [&](std::int64_t sign) {
      const auto of_class =
          static_cast<TimeScore>(static_cast<std::int32_t>(TimeScore::promoters) + store_.promoter_class(customer));
      tally.add(shape.time(persona, window + 1, of_class), sign);
      tally.add(shape.time(persona, window + 1, TimeScore::satisfaction), sign * fixed_score(store_.satisfaction(customer)));
    };
    count(-1);
    store_.annoy(customer, behaviour::annoyed(store_.satisfaction(customer), lost));
    count(1);
  }
  /// The horizon: who is still a customer has a tenure that nobody saw the end of.
  void count_unfinished_tenures(Tally& tally, std::uint32_t begin, std::uint32_t end) const {
    const TallyShape& shape = tally.shape();
    for (std::uint32_t customer = begin; customer < end; ++customer) {
      if (!store_.bought(customer) || store_.tenure_counted(customer)) continue;
      const double days = program_.horizon() - store_.since(customer);
      tally.add(
          shape.tenure(store_.persona(customer), shape.tenure_bin_of(days, TenureScore::censored), TenureScore::censored),
          1);
    }
  }

  [[nodiscard]] EndState end_of(std::uint32_t customer) const {
    const Standing standing = store_.standing(customer);
    if (standing == Standing::absent) return {};
    EndState end{fixed_score(store_.satisfaction(customer)), static_cast<std::uint16_t>(store_.persona(customer)),
                 end_standing(standing)};
    if (program_.carried().tiers() > 0) end.membership = program_.carried().membership(store_.carried(customer));
    return end;
  }

  void count_accounts(std::size_t window) {
    for (const WindowEvents& events : events_) account_standings_->change(events.standing_changes);
    account_standings_->count(window, workers_.front().tally());
  }

  std::unique_ptr<Ruled> ruled_;
  const lock_step::Compiled& compiled_;
  const Program& program_;
  const Relations& relations_;
  Streams streams_;
  CoupledOptions options_;
  WindowExchange alone_;
  WindowExchange& others_;
  Share share_;  // the customers of this process
  int block_bits_;
  CustomerStore store_;
  Market market_;
  std::optional<Queues> queues_;
  std::optional<AccountStandings> account_standings_;
  std::vector<WindowEvents> events_;            // of each block
  WindowEvents told_;                           // of what happened at queues
  std::vector<char> endless_;                   // of each block; not bits, which threads would share
  bool somebody_is_endless_ = false;            // wherever they are lived
  std::optional<SumsOfOthers> sums_of_others_;  // where rules look at them
  std::deque<lock_step::Worker> workers_;
  std::mutex merging_;
  Totals totals_;
};

}  // namespace

Relations connect(const Model& model, const Streams& streams, int threads, std::uint32_t rank, std::uint32_t count) {
  const ModelParts& parts = model.parts();
  Relations relations;
  if (!parts.account_segments.empty()) relations.accounts.emplace(parts, streams);
  const Accounts* accounts = relations.accounts ? &*relations.accounts : nullptr;
  const auto customers = static_cast<std::uint32_t>(people_in(parts.settings, streams));
  relations.shares = shares(customers, accounts, count);
  if (!parts.word_of_mouth) return relations;
  const std::optional<Share> asked = count > 1 ? std::optional(relations.shares[rank]) : std::nullopt;
  relations.network.emplace(parts, personas_of(parts, customers, accounts, streams), streams, threads, asked);
  return relations;
}

std::optional<Totals> run_coupled(const lock_step::Compiled& compiled, const Relations& relations, const Streams& streams,
                                  const CoupledOptions& options, const std::function<bool(double)>& go_on) {
  {
    Replication replication(compiled, relations, streams, options);
    std::optional<Totals> totals = replication.live(go_on);
    if (!replication.endless()) return totals;
  }
  // Somebody's life never ends: the reference says whose.
  for (Diary& diary : options.diaries) diary.visits.clear();
  CoupledOptions plain = options;
  plain.one_by_one = true;
  plain.kept = nullptr;
  return Replication(compiled, relations, streams, plain).live(go_on);
}

}  // namespace sojourn
