#include "queues.hpp"

#include <algorithm>
#include <optional>
#include <queue>
#include <tuple>

namespace sojourn {
namespace {

/// Tells the sums, the market and a diary, where there is one.
class QueueObserver {
 public:
  QueueObserver(VisitRecorder& visits, Recorder& recorder, std::span<Diary> diaries, const Lives& lives)
      : visits_(visits), recorder_(recorder), diaries_(diaries), lives_(lives) {}

  void watch(std::uint32_t customer) {
    visits_.watch(customer);
    const auto found = std::lower_bound(diaries_.begin(), diaries_.end(), customer,
                                        [](const Diary& diary, std::uint32_t sought) { return diary.customer < sought; });
    diary_.reset();
    if (found != diaries_.end() && found->customer == customer) diary_.emplace(*found, lives_);
  }
  void came(const Person& person, const Visit& visit, const State& before, const State& after) {
    recorder_.came(person, visit, before, after);
    if (diary_) diary_->came(person, visit, before, after);
  }
  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    visits_.visited(person, visit, row, before, after);
    if (diary_) diary_->visited(person, visit, row, before, after);
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

/// The event under which the number of shadows that arrive is drawn.
constexpr std::uint32_t before_the_first_visit = 0xffffffffu;

/// Nobody counts what shadows do.
struct NobodyObserves {
  void came(const Person&, const Visit&, const State&, const State&) {}
  void visited(const Person&, const Visit&, const VisitRow&, const State&, const State&) {}
};

}  // namespace

/// One window at work.
class Queues::Window {
 public:
  Window(Queues& queues, std::size_t window, std::span<const std::uint32_t> coming, Tally& tally, WindowEvents& events,
         std::span<Diary> diaries)
      : queues_(queues),
        window_(window),
        until_(queues.program_.windows().end(window)),
        tally_(tally),
        events_(events),
        recorder_(queues.program_, tally),
        visits_(recorder_, events),
        lives_(queues.program_, queues.population_, queues.streams_, &queues.market_.market_state()),
        observer_(visits_, recorder_, diaries, lives_) {
    for (const std::uint32_t customer : coming) first_.push_back({queues.store_.next_time(customer), customer});
    std::sort(first_.begin(), first_.end(), earlier);
  }

  void live() {
    for (;;) {
      const Coming* const next = this->next();
      const double limit = next != nullptr ? std::min(next->time, until_) : until_;
      if (const auto resolved = queues_.lines_.step(limit)) {
        go_on(*resolved);
        continue;
      }
      if (next == nullptr || next->time > until_) break;
      const Coming coming = take();
      if (coming.shadow > 0) {
        come_as_shadow(coming);
      } else {
        come(coming);
      }
    }
    count_waiting();
  }

 private:
  /// Who comes next: of those who came first, those who come again within the window, and shadows; null where nobody does.
  [[nodiscard]] const Coming* next() const {
    const Coming* best = at_ < first_.size() ? &first_[at_] : nullptr;
    for (const Heap* heap : {static_cast<const Heap*>(&again_), static_cast<const Heap*>(&queues_.shadows_coming_)}) {
      if (!heap->empty() && (best == nullptr || earlier(heap->top(), *best))) best = &heap->top();
    }
    return best;
  }
  Coming take() {
    const Coming* const next = this->next();
    const Coming coming = *next;
    if (at_ < first_.size() && next == &first_[at_]) {
      ++at_;
    } else {
      (!again_.empty() && next == &again_.top() ? again_ : queues_.shadows_coming_).pop();
    }
    return coming;
  }

  /// The life of `customer` goes on here.
  Life take_up(std::uint32_t customer) {
    Life life = queues_.store_.take_up(lives_, customer, window_, recorder_);
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

  void come(const Coming& coming) {
    Life life = take_up(coming.customer);
    // The stay that ends here began at a visit, unless it is the first.
    if (life.stay.exit >= 0) observer_.stayed(life.person, life.visit, life.stay, life.state);
    const Call call = lives_.come_to_queue(coming.customer, life, observer_);
    count(call, QueueScore::came);
    if (const auto at_once = queues_.lines_.arrive(call)) {
      leave_line(life, *at_once);
      return;
    }
    queues_.in_line_[coming.customer] = 1;
    set_aside(coming.customer, life);
  }

  void come_as_shadow(const Coming& coming) {
    Shadow& shadow = queues_.shadows_[coming.shadow - 1];
    Lives lives = queues_.lives_of(shadow);
    Call call = lives.come_to_queue(shadow.customer, shadow.life, nobody_);
    call.shadow = coming.shadow;
    if (const auto at_once = queues_.lines_.arrive(call)) leave_line_as_shadow(*at_once);
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
    queues_.in_line_[resolved.call.customer] = 0;
    Life life = take_up(resolved.call.customer);
    leave_line(life, resolved);
  }

  void leave_line(Life& life, const ResolvedCall& resolved) {
    const std::uint32_t customer = resolved.call.customer;
    lives_.leave_line(customer, life, resolved, observer_);
    count(resolved, life.visit);
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
    tally_.add(tally_.shape().queue(call.queue, window_, score), amount);
  }
  void count(const ResolvedCall& resolved, const Visit& visit) {
    const TallyShape& shape = tally_.shape();
    const Call& call = resolved.call;
    if (resolved.outcome == ResolvedCall::Outcome::turned_away) {
      count(call, QueueScore::turned_away);
      return;
    }
    count(call, QueueScore::wait, fixed(visit.wait, shape.scales.days));
    tally_.add(shape.waited(call.queue, wait_bin_of(visit.wait)), 1);
    if (resolved.outcome == ResolvedCall::Outcome::gave_up) {
      count(call, QueueScore::gave_up);
      return;
    }
    count(call, QueueScore::served);
    if (visit.wait <= queues_.program_.service(visit.touchpoint).answer_within) count(call, QueueScore::in_time);
  }

  void count_waiting() {
    const Staffing& staffing = queues_.program_.staffing();
    for (std::uint32_t q = 0; q < staffing.queues.size(); ++q) {
      tally_.add(tally_.shape().queue(q, window_, QueueScore::waiting),
                 static_cast<std::int64_t>(queues_.lines_.waiting(q)));
    }
    if (window_ + 1 < queues_.program_.windows().count()) return;
    for (std::uint32_t pool = 0; pool < staffing.pools.size(); ++pool) {
      tally_.add(tally_.shape().worked(pool), fixed(queues_.lines_.worked(pool), tally_.shape().scales.days));
    }
  }

  Queues& queues_;
  std::size_t window_;
  double until_;
  Tally& tally_;
  WindowEvents& events_;
  Recorder recorder_;
  VisitRecorder visits_;
  Lives lives_;
  QueueObserver observer_;
  std::vector<Coming> first_;
  std::size_t at_ = 0;  // into first_
  Heap again_;
  NobodyObserves nobody_;
};

bool Queues::earlier(const Coming& a, const Coming& b) {
  return std::tie(a.time, a.customer, a.shadow) < std::tie(b.time, b.customer, b.shadow);
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
    lives.choose_again(customer, shadow.life);
    if (shadow.life.stay.exit >= 0 && lives.leads_to_queue(shadow.life)) send(shadow);
  }
}

void Queues::send_shadows(std::size_t window, std::span<const Departure> departures) {
  const Lives lives(program_, population_, streams_, &market_.market_state());
  for (const Departure& departure : departures) {
    const std::uint32_t customer = departure.customer;
    const Life life = store_.look_at(lives, customer, window);
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
               CustomerStore& store)
    : program_(program),
      population_(population),
      streams_(streams),
      market_(market),
      store_(store),
      lines_(program.staffing()),
      in_line_(store.customers(), 0) {}

void Queues::live(std::size_t window, std::span<const std::uint32_t> coming, Tally& tally, WindowEvents& events,
                  std::span<Diary> diaries) {
  Window(*this, window, coming, tally, events, diaries).live();
}

}  // namespace sojourn
