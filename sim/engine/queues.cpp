#include "queues.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <queue>

namespace sojourn {
namespace {

/// The diary of `customer`; null where there is none.
Diary* diary_of(std::span<Diary> diaries, std::uint32_t customer) {
  const auto found = std::lower_bound(diaries.begin(), diaries.end(), customer,
                                      [](const Diary& diary, std::uint32_t sought) { return diary.customer < sought; });
  return found != diaries.end() && found->customer == customer ? &*found : nullptr;
}

/// Tells the sums, the market and a diary, where there is one.
class QueueObserver {
 public:
  QueueObserver(VisitRecorder& visits, Recorder& recorder, std::span<Diary> diaries, const Lives& lives)
      : visits_(visits), recorder_(recorder), diaries_(diaries), lives_(lives) {}

  void watch(std::uint32_t customer) {
    visits_.watch(customer);
    diary_.reset();
    if (Diary* const found = diary_of(diaries_, customer)) diary_.emplace(*found, lives_);
  }
  void came(const Person& person, const Visit& visit, const State& before, const State& after) {
    recorder_.came(person, visit, before, after);
    if (diary_) diary_->came(person, visit, before, after);
  }
  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    visits_.visited(person, visit, row, before, after);
    if (diary_) diary_->visited(person, visit, row, before, after);
  }
  void asked(const Person& person, const Asked& asked, const State& state) {
    recorder_.asked(person, asked, state);
    if (diary_) diary_->asked(person, asked, state);
  }
  void stayed(const Person& person, const Visit& visit, const Stay& stay, const State& state) {
    recorder_.stayed(person, visit, stay, state);
    if (diary_) diary_->stayed(person, visit, stay, state);
  }

 private:
  VisitRecorder& visits_;
  Recorder& recorder_;
  std::span<Diary> diaries_;
  const Lives& lives_;
  std::optional<DiaryWriter> diary_;  // of the customer at hand, where there is one
};

/// Customers whose rows the memory is asked for before their turn.
constexpr std::size_t rows_ahead = 16;

/// The event under which the number of shadows that arrive is drawn.
constexpr std::uint32_t before_the_first_visit = 0xffffffffu;
/// Of those who are asked at the end of window w it is drawn under the window w + this.
constexpr std::uint32_t asked_at_end = 0x80000000u;

/// Nobody counts what shadows do.
struct NobodyObserves : NobodyIsTold {
  void came(const Person&, const Visit&, const State&, const State&) {}
  void visited(const Person&, const Visit&, const VisitRow&, const State&, const State&) {}
  void annoyed(const Person&, std::size_t, const State&, const State&) {}
};

}  // namespace

/// One window of one copy of the market at work.
class Queues::Window {
 public:
  Window(Queues& queues, std::size_t copy, std::size_t window, Tally& tally, WindowEvents& events)
      : queues_(queues),
        lines_(queues.lines_[copy]),
        window_(window),
        until_(queues.program_.windows().end(window)),
        regimes_(queues.regimes_of(window)),
        tally_(tally),
        events_(events),
        recorder_(queues.program_, tally),
        visits_(recorder_, events),
        lives_(queues.program_, queues.population_, queues.streams_, &queues.market_.market_state()),
        observer_(visits_, recorder_, queues.diaries_, lives_),
        first_(std::span(queues.first_)
                   .subspan(queues.first_of_copy_[copy], queues.first_of_copy_[copy + 1] - queues.first_of_copy_[copy])) {}

  void live() {
    for (;;) {
      come_in_turn();
      Heap* from = nullptr;
      const Coming next = this->next(from);
      if (lines_.any_waiting()) {
        if (const auto resolved = lines_.step(foresees_ ? until_ : std::min(next.time, until_))) {
          go_on(*resolved);
          continue;
        }
      }
      if (next.time > until_) break;
      if (from == nullptr) {
        prefetch();
        come(*first_[at_++].call);
        continue;
      }
      from->pop();
      if (next.shadow > 0) {
        come_as_shadow(next);
      } else {
        come(queues_.call_of(queues_.store_.next_visit(next.customer), regimes_));
      }
    }
    stay_in_line();
    count_waiting();
  }

 private:
  /// Those who come first, as long as nothing else can happen before.
  void come_in_turn() {
    while (at_ < first_.size() && first_[at_].time <= until_ && !lines_.any_waiting() && again_.empty() &&
           queues_.shadows_coming_.empty()) {
      prefetch();
      come(*first_[at_++].call);
    }
  }
  /// Who comes next: of those who came first, those who come again within the window, and shadows; `from`: null, or where
  /// to take them from. Where nobody comes, the time is infinity.
  [[nodiscard]] Coming next(Heap*& from) {
    Coming next{std::numeric_limits<double>::infinity(), 0};
    if (at_ < first_.size()) next = {first_[at_].time, first_[at_].call->customer};
    for (Heap* heap : {&again_, &queues_.shadows_coming_}) {
      if (heap->empty() || !Earlier()(heap->top(), next)) continue;
      next = heap->top();
      from = heap;
    }
    return next;
  }

  /// Asks the memory for the calls that come soon, and for the rows of those who will be lived here.
  void prefetch() const {
    if (at_ + 2 * rows_ahead < first_.size()) {
      const auto* const call = reinterpret_cast<const char*>(first_[at_ + 2 * rows_ahead].call);
      __builtin_prefetch(call);
      __builtin_prefetch(call + sizeof(Call) - 1);
    }
    if (at_ + rows_ahead >= first_.size()) return;
    const Call& call = *first_[at_ + rows_ahead].call;
    if (!stays_away(call, call.time)) queues_.store_.prefetch(call.customer);
  }

  /// Whether who is served from `start` on surely comes to no queue again in this window. A billionth of a day is more than
  /// sums of times are off by.
  [[nodiscard]] bool stays_away(const Call& call, double start) const { return start + call.days_away - 1e-9 > until_; }

  /// The life of `customer` goes on here.
  Life take_up(std::uint32_t customer) {
    Life life = queues_.store_.take_up(customer, window_, recorder_);
    if (const std::int64_t persona = queues_.market_.introduced_by(customer); persona >= 0) {
      recorder_.introduced_by(static_cast<std::uint32_t>(persona));
    }
    lives_.load_traits(customer, life);
    observer_.watch(customer);
    return life;
  }

  void set_aside(std::uint32_t customer, const Life& life) {
    events_.set_aside(queues_.store_, customer, life, recorder_, queues_.market_.market_state().accounts != nullptr);
  }

  void come(const Call& call) {
    count(call, QueueScore::came);
    if (const OnArrival at_once = lines_.arrive(call, until_); at_once.resolved) {
      end_call(call, at_once.outcome, at_once.time);
      return;
    }
    queues_.in_line_[call.customer] = Stands::since_this_window;
    in_line_.push_back(call.customer);
  }
  /// What becomes of a call that came in this window, of which nothing is recorded yet.
  void end_call(const Call& call, ResolvedCall::Outcome outcome, double time) {
    if (outcome == ResolvedCall::Outcome::served && stays_away(call, time)) {
      count(call, outcome, time);
      const double wait = time - call.time;
      const bool strains = wait > 0.0 && !queues_.patience_varies();
      events_.served.push_back(
          {time, call.customer,
           strains ? behaviour::strain(static_cast<float>(wait), queues_.patience_of(call.customer, call.persona)) : 0.0f});
      return;
    }
    Life life = take_up(call.customer);
    stand_in_line(call.customer, life);
    leave_line(life, {call, time, outcome});
  }
  void stand_in_line(std::uint32_t customer, Life& life) {
    // The stay that ends here began at a visit, unless it is the first.
    if (life.stay.exit >= 0) observer_.stayed(life.person, life.visit, life.stay, life.state);
    lives_.come_to_queue(customer, life, observer_);
  }
  /// Whoever came in this window and is still in line.
  void stay_in_line() {
    for (const std::uint32_t customer : in_line_) {
      Stands& in_line = queues_.in_line_[customer];
      if (in_line != Stands::since_this_window) continue;
      in_line = Stands::since_before;
      Life life = take_up(customer);
      stand_in_line(customer, life);
      set_aside(customer, life);
    }
  }

  void come_as_shadow(const Coming& coming) {
    Shadow& shadow = queues_.shadows_[coming.shadow - 1];
    Lives lives = queues_.lives_of(shadow);
    lives.come_to_queue(shadow.customer, shadow.life, nobody_);
    const Visit& visit = shadow.life.visit;
    const std::uint32_t persona = shadow.life.person.persona;
    const bool patient = !queues_.may_give_up(visit.regime, persona, visit.touchpoint);
    Call call = call_for_service(queues_.program_, queues_.streams_of(shadow),
                                 {shadow.customer, visit.event, persona, visit.touchpoint, visit.time},
                                 patient ? -1.0f : lives.patience());
    call.shadow = coming.shadow;
    const OnArrival at_once = lines_.arrive(call, until_);
    if (at_once.resolved) leave_line_as_shadow({call, at_once.time, at_once.outcome});
  }
  void leave_line_as_shadow(const ResolvedCall& resolved) {
    Shadow& shadow = queues_.shadows_[resolved.call.shadow - 1];
    Lives lives = queues_.lives_of(shadow);
    lives.leave_line(shadow.customer, shadow.life, resolved, nobody_);
    if (shadow.life.stay.exit >= 0 && lives.leads_to_queue(shadow.life)) {
      queues_.shadows_coming_.push({shadow.life.stay.until, shadow.customer, resolved.call.shadow});
    } else {
      queues_.free_shadows_.push_back(resolved.call.shadow);
    }
  }
  void go_on(const ResolvedCall& resolved) {
    if (resolved.call.shadow > 0) {
      leave_line_as_shadow(resolved);
      return;
    }
    Stands& in_line = queues_.in_line_[resolved.call.customer];
    const bool came_before = in_line == Stands::since_before;
    in_line = Stands::nowhere;
    if (!came_before) {
      end_call(resolved.call, resolved.outcome, resolved.time);
      return;
    }
    Life life = take_up(resolved.call.customer);
    leave_line(life, resolved);
  }

  void leave_line(Life& life, const ResolvedCall& resolved) {
    const std::uint32_t customer = resolved.call.customer;
    lives_.leave_line(customer, life, resolved, observer_);
    count(resolved.call, resolved.outcome, resolved.time);
    while (life.stay.exit >= 0 && life.stay.until <= until_) {
      if (lives_.leads_to_queue(life)) {
        again_.push({life.stay.until, customer});
        break;
      }
      observer_.stayed(life.person, life.visit, life.stay, life.state);
      lives_.visit_next(customer, life, observer_);
      queues_.send_shadows(customer, life);
    }
    set_aside(customer, life);
  }

  void count(const Call& call, QueueScore score, std::int64_t amount = 1) {
    cells_[call.queue * cells_of_queue_ + static_cast<std::size_t>(score)] += amount;
  }
  void count(const Call& call, ResolvedCall::Outcome outcome, double time) {
    const double wait = time - call.time;
    if (outcome == ResolvedCall::Outcome::turned_away) {
      count(call, QueueScore::turned_away);
      return;
    }
    count(call, QueueScore::wait, fixed(wait, scale_));
    ++waited_[call.queue * wait_bin_count + wait_bin_of(wait)];
    if (outcome == ResolvedCall::Outcome::gave_up) {
      count(call, QueueScore::gave_up);
      return;
    }
    count(call, QueueScore::served);
    count(call, QueueScore::in_time, wait <= queues_.answer_within_[call.queue] ? 1 : 0);
  }

  void count_waiting() {
    const Staffing& staffing = queues_.program_.staffing();
    for (std::uint32_t q = 0; q < staffing.queues.size(); ++q) {
      tally_.add(tally_.shape().queue(q, window_, QueueScore::waiting), static_cast<std::int64_t>(lines_.waiting(q)));
    }
    if (window_ + 1 < queues_.program_.windows().count()) return;
    for (std::uint32_t pool = 0; pool < staffing.pools.size(); ++pool) {
      const double worked = lines_.worked(pool) / tally_.shape().scales.copies;
      tally_.add(tally_.shape().worked(pool), fixed(worked, tally_.shape().scales.days));
    }
  }

  Queues& queues_;
  ServiceLines& lines_;
  std::size_t window_;
  double until_;
  RegimeSpan regimes_;
  Tally& tally_;
  WindowEvents& events_;
  Recorder recorder_;
  VisitRecorder visits_;
  Lives lives_;
  QueueObserver observer_;
  bool foresees_ = lines_.foresees();
  std::int64_t* cells_ = tally_.data() + tally_.shape().queue(0, window_, QueueScore::came);  // of this window
  std::size_t cells_of_queue_ = tally_.shape().windows * queue_score_count;
  std::int64_t* waited_ = tally_.data() + tally_.shape().waited(0, 0);
  double scale_ = tally_.shape().scales.days;
  std::span<const First> first_;
  std::size_t at_ = 0;  // into first_
  Heap again_;
  std::vector<std::uint32_t> in_line_;  // who came in this window and found no free server
  NobodyObserves nobody_;
};

Queues::RegimeSpan Queues::regimes_of(std::size_t window) const {
  const std::size_t first = program_.regime(program_.windows().begin(window));
  return {first, program_.regime(program_.windows().end(window), first)};
}

void Queues::draw_calls(std::size_t window, std::span<const VisitAt> coming, std::vector<Call>& calls) const {
  const RegimeSpan regimes = regimes_of(window);
  const bool diaries = !diaries_.empty();
  calls::Draws draws;
  if (calls.size() < coming.size()) calls.resize(coming.size());
  for (std::size_t begin = 0; begin < coming.size(); begin += calls::most_calls) {
    const std::span<const VisitAt> visits =
        coming.subspan(begin, std::min(coming.size() - begin, std::size_t{calls::most_calls}));
    const std::size_t padded = (visits.size() + 15) & ~std::size_t{15};
    for (std::size_t k = 0; k < padded; ++k) {
      draws.customer[k] = k < visits.size() ? visits[k].customer : 0;
      draws.event[k] = k < visits.size() ? visits[k].event : 0;
    }
    draw_words_(draws, static_cast<int>(padded), wanted_, streams_.replication(),
                static_cast<std::uint32_t>(streams_.seed()), static_cast<std::uint32_t>(streams_.seed() >> 32));
    const auto words = [](const auto& of, std::size_t k) { return Words{of[0][k], of[1][k], of[2][k], of[3][k]}; };
    for (std::size_t k = 0; k < visits.size(); ++k) {
      const VisitAt& visit = visits[k];
      const std::size_t regime = program_.regime(visit.time, regimes.first);
      const bool impatient = anybody_gives_up_ && may_give_up(regime, visit.persona, visit.touchpoint);
      CallDraws drawn;
      if (wanted_.service) drawn.service = words(draws.service, k), drawn.work = draws.work[k];
      if (wanted_.own_patience) {
        drawn.own_patience = words(draws.own_patience, k);
        drawn.exponential_own = draws.exponential_own[k];
      }
      if (wanted_.patience) drawn.patience = draws.patience[k];
      Call& call = calls[begin + k];
      call_for_service(program_, visit, impatient ? patience_of(visit.customer, visit.persona) : -1.0f, drawn, call);
      place(call);
      if (!look_ahead_ || (diaries && diary_of(diaries_, visit.customer) != nullptr)) continue;
      if (look_ahead_->nobody_comes_again()) {
        call.days_away = std::numeric_limits<double>::infinity();
        continue;
      }
      const Words of_visit = wanted_.visit ? words(draws.visit, k) : Words{};
      call.days_away = look_ahead_->days_away(streams_, visit, regime, regimes.last, &of_visit);
    }
  }
}

Call Queues::call_of(const VisitAt& visit, const RegimeSpan& regimes) const {
  const std::size_t regime = program_.regime(visit.time, regimes.first);
  const bool impatient = may_give_up(regime, visit.persona, visit.touchpoint);
  Call call = call_for_service(program_, streams_, visit, impatient ? patience_of(visit.customer, visit.persona) : -1.0f);
  place(call);
  if (look_ahead_ && diary_of(diaries_, visit.customer) == nullptr) {
    call.days_away = look_ahead_->days_away(streams_, visit, regime, regimes.last);
  }
  return call;
}

MarketCopies::Place Queues::place_of(std::uint32_t customer) const {
  const Accounts* const accounts = market_.market_state().accounts;
  if (accounts == nullptr) return program_.copies().place(customer);
  // Accounts follow one another, so that each copy has as many people as the market, to a few.
  return program_.copies().place_at(static_cast<double>(accounts->first(accounts->account_of(customer))) /
                                    static_cast<double>(accounts->people()));
}

void Queues::place(Call& call) const {
  if (program_.copies().single()) return;
  call.of_somebody = place_of(call.customer).takes_time;
  if (!call.of_somebody) call.work = 0.0;
}

/// The calls of all blocks: first into as many equal stretches of the window as there are calls.
void Queues::put_in_order(std::span<const WindowEvents> blocks, double begin, double end) {
  std::size_t count = 0;
  for (const WindowEvents& block : blocks) count += block.coming.size();
  const double per_day = static_cast<double>(count) / (end - begin);
  begins_.assign(count + 2, 0);
  stretch_.resize(count);
  std::size_t at = 0;
  for (const WindowEvents& block : blocks) {
    for (const VisitAt& visit : block.coming) {
      const auto stretch = static_cast<std::size_t>(std::max(0.0, (visit.time - begin) * per_day));
      stretch_[at] = static_cast<std::uint32_t>(std::min(stretch, count - 1));
      ++begins_[stretch_[at++] + 2];
    }
  }
  for (std::size_t k = 2; k < begins_.size(); ++k) begins_[k] += begins_[k - 1];
  first_.resize(count);
  at = 0;
  for (const WindowEvents& block : blocks) {
    for (std::size_t k = 0; k < block.coming.size(); ++k) {
      first_[begins_[stretch_[at++] + 1]++] = {block.coming[k].time, &block.calls[k]};
    }
  }
  const auto before = [](const First& a, const First& b) {
    return a.time != b.time ? a.time < b.time : a.call->customer < b.call->customer;
  };
  // Where many come at once they are sorted; all others are a few places from where they belong.
  constexpr std::uint32_t many = 16;
  for (std::size_t k = 0; k < count; ++k) {
    if (begins_[k + 1] - begins_[k] > many) std::sort(first_.data() + begins_[k], first_.data() + begins_[k + 1], before);
  }
  for (std::size_t k = 1; k < count; ++k) {
    const First one = first_[k];
    std::size_t place = k;
    for (; place > 0 && before(one, first_[place - 1]); --place) first_[place] = first_[place - 1];
    if (place < k) first_[place] = one;
  }
}

/// Those who come first to each copy of the market, one copy after the other.
void Queues::part_by_copies() {
  if (lines_.size() == 1) {
    first_of_copy_ = {0, first_.size()};
    return;
  }
  const auto copy_of = [&](const First& one) { return place_of(one.call->customer).copy; };
  first_of_copy_.assign(lines_.size() + 2, 0);
  for (const First& one : first_) ++first_of_copy_[copy_of(one) + 2];
  for (std::size_t copy = 2; copy < first_of_copy_.size(); ++copy) first_of_copy_[copy] += first_of_copy_[copy - 1];
  of_copies_.resize(first_.size());
  for (const First& one : first_) of_copies_[first_of_copy_[copy_of(one) + 1]++] = one;
  first_.swap(of_copies_);
}

/// The trait of that name.
float Queues::patience_of(std::uint32_t customer, std::uint32_t persona) const {
  if (!patience_varies_) return patience_of_persona_[persona];
  const auto patience = static_cast<std::size_t>(BuiltinTrait::patience);
  const Accounts* accounts = market_.market_state().accounts;
  return accounts != nullptr
             ? population_.trait_of_member(streams_, customer, accounts->account_of(customer), persona, patience)
             : population_.trait(streams_, customer, persona, patience);
}

float Queues::strain_of(const lock_step::Served& served) const {
  const double wait = served.start - store_.next_time(served.customer);
  if (!(wait > 0.0)) return 0.0f;
  return behaviour::strain(static_cast<float>(wait), patience_of(served.customer, store_.persona(served.customer)));
}

bool Queues::may_give_up(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint) const {
  return !program_.gave_up_exits(program_.row(regime, persona, touchpoint)).empty();
}

/// A shadow has draws of its own.
Streams Queues::streams_of(const Shadow& shadow) const {
  return {streams_.seed() + shadow.number * 0x9E3779B97F4A7C15u, streams_.replication()};
}

Lives Queues::lives_of(const Shadow& shadow) const {
  const Streams streams = streams_of(shadow);
  Lives lives(program_, population_, shadow.own_person ? streams : streams_, streams, &market_.market_state());
  lives.load_traits(shadow.customer, shadow.life);
  return lives;
}

/// How many shadows leave with a customer: in the mean as many as it takes, drawn where that is no whole number.
/// They leave with a visit, or at the beginning of a later window, from 1.
std::uint32_t Queues::number_of_shadows(std::uint32_t customer, std::uint32_t event, std::uint32_t window) const {
  const Words words = streams_.draw(customer, Purpose::shadow, event, window);
  return static_cast<std::uint32_t>(program_.shadows() + uniform(words[0], words[1]));
}

void Queues::send(const Shadow& shadow) {
  std::uint32_t position = static_cast<std::uint32_t>(shadows_.size()) + 1;
  if (free_shadows_.empty()) {
    shadows_.emplace_back();
  } else {
    position = free_shadows_.back();
    free_shadows_.pop_back();
  }
  shadows_[position - 1] = shadow;
  shadows_coming_.push({shadow.life.stay.until, shadow.customer, position});
}

void Queues::send_shadows_of_arrivals() {
  const auto begins_at_queue = [&](const Persona& persona) {
    return std::any_of(persona.starts.begin(), persona.starts.end(), [&](const auto& start) {
      return program_.place(static_cast<std::uint32_t>(start.first.index())).queues;
    });
  };
  const auto& personas = program_.model().parts().personas;
  if (!(program_.shadows() > 0.0) || std::none_of(personas.begin(), personas.end(), begins_at_queue)) return;
  for (std::uint32_t customer = store_.first(); customer < store_.end(); ++customer) {
    const std::uint32_t number = number_of_shadows(customer, before_the_first_visit);
    for (std::uint32_t k = 1; k <= number; ++k) {
      Shadow shadow{{}, customer, k, true};
      const Streams streams = streams_of(shadow);
      Lives lives(program_, population_, streams, streams, &market_.market_state());
      shadow.life = lives.begin(customer);
      if (shadow.life.stay.until <= program_.horizon() && lives.leads_to_queue(shadow.life)) send(shadow);
    }
  }
}

void Queues::send_shadows(std::uint32_t customer, const Life& life) {
  if (!(program_.shadows() > 0.0) || !life.visit.appraised || life.visit.held ||
      !program_.leads_to_queue(life.visit.touchpoint))
    return;
  const std::uint32_t number = number_of_shadows(customer, life.visit.event);
  for (std::uint32_t k = 1; k <= number; ++k) {
    Shadow shadow{life, customer, k, false};
    const Words own = streams_of(shadow).draw(customer, Purpose::shadow, life.visit.event);
    shadow.life.luck = uniform(own[0], own[1]);
    Lives lives = lives_of(shadow);
    lives.choose_again(streams_, customer, shadow.life);
    if (shadow.life.stay.exit >= 0 && lives.leads_to_queue(shadow.life)) send(shadow);
  }
}

void Queues::send_shadows_of_asked(std::size_t window, std::uint32_t customer) {
  const Life life = store_.look_at(customer, window);
  if (!program_.asked_into_queue(life.visit.touchpoint)) return;
  const std::uint32_t number =
      number_of_shadows(customer, life.visit.event, asked_at_end + static_cast<std::uint32_t>(window));
  NobodyObserves nobody;
  for (std::uint32_t k = 1; k <= number; ++k) {
    Shadow shadow{life, customer, k, false};
    Lives lives = lives_of(shadow);
    lives.ask_at_end_of(window, customer, shadow.life, nobody);
    // Whoever is on the way by a closed loop already is led nowhere anew.
    if (shadow.life.stay.exit != life.stay.exit && lives.leads_to_queue(shadow.life)) send(shadow);
  }
}

void Queues::send_shadows(std::size_t window, std::span<const Departure> departures) {
  for (const Departure& departure : departures) {
    const std::uint32_t customer = departure.customer;
    const Life life = store_.look_at(customer, window);
    const std::uint32_t number = number_of_shadows(customer, life.visit.event, static_cast<std::uint32_t>(window));
    for (std::uint32_t k = 1; k <= number; ++k) {
      Shadow shadow{life, customer, k, false};
      const Lives lives_of_shadow = lives_of(shadow);
      if (departure.messages > 0) {
        lives_of_shadow.hear(customer, shadow.life, window, departure.messages);
      } else {
        lives_of_shadow.leave_gate(customer, shadow.life, window, departure.exit);
      }
      if (shadow.life.stay.exit >= 0 && lives_of_shadow.leads_to_queue(shadow.life)) send(shadow);
    }
  }
}

Queues::Queues(const Program& program, const Population& population, const Streams& streams, const Market& market,
               CustomerStore& store, std::span<Diary> diaries, bool looks_ahead)
    : program_(program),
      population_(population),
      streams_(streams),
      market_(market),
      store_(store),
      lines_(program.copies().count(), ServiceLines(std::make_shared<const Staffing>(program.staffing()))),
      diaries_(diaries),
      in_line_(store.customers(), Stands::nowhere),
      answer_within_(program.staffing().queues.size()) {
  // Shadows leave with visits of the reference; clocks and counters take note of arrival and of service, one after the
  // other.
  if (looks_ahead && !(program.shadows() > 0.0) && program.carried().width() == 0) look_ahead_.emplace(program);
  for (std::uint32_t v = 0; v < program.model().parts().touchpoints.size(); ++v) {
    if (program.place(v).queues) answer_within_[program.service(v).queue] = program.service(v).answer_within;
  }
  constexpr auto patience = static_cast<std::size_t>(BuiltinTrait::patience);
  const auto& personas = program.model().parts().personas;
  patience_varies_ = std::any_of(personas.begin(), personas.end(), [](const Persona& persona) {
    return !std::holds_alternative<Fixed>(persona.traits[patience]);
  });
  for (std::uint32_t p = 0; p < personas.size() && !patience_varies_; ++p) {
    patience_of_persona_.push_back(population.trait(p, patience, 0));
  }
  prepare();
}

/// Finds out which words the calls of the program need.
void Queues::prepare() {
  wanted_ = {};
  anybody_gives_up_ = false;
  wanted_.visit = look_ahead_ && look_ahead_->by_words();
  for (std::uint32_t v = 0; v < program_.model().parts().touchpoints.size(); ++v) {
    if (!program_.place(v).queues) continue;
    bool gives_up = false;
    for (std::size_t regime = 0; regime < program_.regime_begins().size() && !gives_up; ++regime) {
      for (std::uint32_t p = 0; p < program_.model().parts().personas.size(); ++p) {
        gives_up = gives_up || may_give_up(regime, p, v);
      }
    }
    anybody_gives_up_ = anybody_gives_up_ || gives_up;
    const CallNeeds needs = call_needs(program_, v, gives_up);
    wanted_.service = wanted_.service || needs.service;
    wanted_.own_patience = wanted_.own_patience || needs.own_patience;
    wanted_.patience = wanted_.patience || needs.patience;
  }
}

void Queues::renew(double time) {
  for (ServiceLines& lines : lines_) lines.renew(program_.staffing(), time);
  if (look_ahead_) look_ahead_.emplace(program_);
  prepare();
}

void Queues::live(std::size_t window, std::span<const WindowEvents> blocks, Tally& tally, WindowEvents& events) {
  put_in_order(blocks, program_.windows().begin(window), program_.windows().end(window));
  part_by_copies();
  for (std::size_t copy = 0; copy < lines_.size(); ++copy) Window(*this, copy, window, tally, events).live();
}

}  // namespace sojourn
