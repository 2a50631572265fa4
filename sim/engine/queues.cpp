#include "queues.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

namespace sojourn {
namespace {

/// Tells the sums, the market and a diary, where there is one.
class QueueObserver {
 public:
  QueueObserver(VisitRecorder& visits, Recorder& recorder, std::span<Diary> diaries)
      : visits_(visits), recorder_(recorder), diaries_(diaries) {}

  void watch(std::uint32_t customer) {
    visits_.watch(customer);
    const auto found = std::lower_bound(diaries_.begin(), diaries_.end(), customer,
                                        [](const Diary& diary, std::uint32_t sought) { return diary.customer < sought; });
    diary_ = found != diaries_.end() && found->customer == customer ? &*found : nullptr;
  }
  void came(const Person& person, const Visit& visit, const State& before, const State& after) {
    recorder_.came(person, visit, before, after);
  }
  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    visits_.visited(person, visit, row, before, after);
    if (diary_ != nullptr) diary_->visits.push_back({visit, before, after, 0.0f, {}});
  }
  void stayed(const Person& person, const Visit& visit, const Stay& stay, const State& state) {
    recorder_.stayed(person, visit, stay, state);
    if (diary_ != nullptr && !diary_->visits.empty()) diary_->visits.back().stay = stay;
  }
  [[nodiscard]] Diary* diary() const { return diary_; }

 private:
  VisitRecorder& visits_;
  Recorder& recorder_;
  std::span<Diary> diaries_;
  Diary* diary_ = nullptr;
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
        recorder_(queues.program_, tally),
        visits_(recorder_, events),
        observer_(visits_, recorder_, diaries),
        lives_(queues.program_, queues.population_, queues.streams_, &queues.market_.market_state()) {
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
      come(take());
    }
    count_waiting();
  }

 private:
  static bool earlier(const Coming& a, const Coming& b) { return std::tie(a.time, a.customer) < std::tie(b.time, b.customer); }
  struct Later {
    bool operator()(const Coming& a, const Coming& b) const { return earlier(b, a); }
  };

  [[nodiscard]] bool again_is_next() const {
    return !again_.empty() && (at_ == first_.size() || earlier(again_.top(), first_[at_]));
  }
  /// Who comes next; null where nobody does.
  [[nodiscard]] const Coming* next() const {
    if (again_is_next()) return &again_.top();
    return at_ < first_.size() ? &first_[at_] : nullptr;
  }
  Coming take() {
    if (!again_is_next()) return first_[at_++];
    const Coming coming = again_.top();
    again_.pop();
    return coming;
  }

  /// The life of `customer` goes on here.
  Life take_up(std::uint32_t customer) {
    Life life = queues_.store_.take_up(lives_, customer, window_, recorder_);
    if (const std::int64_t persona = queues_.market_.introduced_by(customer); persona >= 0) {
      recorder_.introduced_by(static_cast<std::uint32_t>(persona));
    }
    lives_.meet(customer, life);
    observer_.watch(customer);
    return life;
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
    queues_.store_.set_aside(coming.customer, life, recorder_);
  }

  void go_on(const ResolvedCall& resolved) {
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
    }
    queues_.store_.set_aside(customer, life, recorder_);
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
    tally_.add(shape.waited(call.queue, shape.wait_bin_of(visit.wait)), 1);
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
      tally_.add(tally_.shape().queue(q, window_, QueueScore::waiting), static_cast<std::int64_t>(queues_.lines_.waiting(q)));
    }
  }

  Queues& queues_;
  std::size_t window_;
  double until_;
  Tally& tally_;
  Recorder recorder_;
  VisitRecorder visits_;
  QueueObserver observer_;
  Lives lives_;
  std::vector<Coming> first_;
  std::size_t at_ = 0;  // into first_
  std::priority_queue<Coming, std::vector<Coming>, Later> again_;
};

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
