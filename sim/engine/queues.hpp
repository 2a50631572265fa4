// The queues of one replication: customers come, wait, are served, give up or are turned away, in the order of time,
// whatever the windows (MODEL.md section 4). What they do until they come is lived elsewhere, many side by side, and so is
// what those do after they were served who surely come to no queue again in the same window. What others do after a wait is
// lived here, one customer at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "call_draws.hpp"
#include "customer_store.hpp"
#include "look_ahead.hpp"
#include "market_exchange.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/engine/service_lines.hpp"

namespace sojourn {

class Queues {
 public:
  /// All outlive this. What the customers of `diaries`, in ascending order, do is written down. `looks_ahead`: those who
  /// come to no queue again are told of in WindowEvents::served, else none are.
  Queues(const Program& program, const Population& population, const Streams& streams, const Market& market,
         CustomerStore& store, std::span<Diary> diaries, bool looks_ahead);

  /// Makes the first of `calls`, of which there are more where there is no need of all, of the visits `coming` in `window`,
  /// which are to queues. Threads may do so at once.
  void draw_calls(std::size_t window, std::span<const VisitAt> coming, std::vector<Call>& calls) const;
  /// Everything that happens at queues, and because of them, up to the end of `window`, in which the calls of all `blocks`
  /// come. What the callers do is counted in `tally` and told in `events`.
  void live(std::size_t window, std::span<const WindowEvents> blocks, Tally& tally, WindowEvents& events);

  /// Before anybody comes: where one simulated customer stands for several real ones and people begin at a queue, the others
  /// arrive there as well, as persons of their own.
  void send_shadows_of_arrivals();
  /// A visit without a queue that may lead to one is over, as `life` says. Where one simulated customer stands for several
  /// real ones the others, shadows, leave it as well, each by an exit and after a delay of its own; those bound for a queue
  /// will be served there, and go on only to another queue (MODEL.md section 4).
  void send_shadows(std::uint32_t customer, const Life& life);
  /// The same for a customer whom a survey at intervals asks at the end of `window`, and who is not in line: before it does.
  void send_shadows_of_asked(std::size_t window, std::uint32_t customer);
  /// The same for those who wait for a message or for their account, and may leave for a queue at the beginning of `window`.
  void send_shadows(std::size_t window, std::span<const Departure> departures);

  /// The program is another one from `time` on, the end of a window: a rule has switched.
  void renew(double time);
  /// Whether the customer waits in line.
  [[nodiscard]] bool in_line(std::uint32_t customer) const { return in_line_[customer] != Stands::nowhere; }
  /// Whether somebody's patience is not that of all of a persona: then WindowEvents::served is without the strain of waits.
  [[nodiscard]] bool patience_varies() const { return patience_varies_; }
  /// The strain of the wait of somebody told of in WindowEvents::served, who is still in the store as before the visit.
  [[nodiscard]] float strain_of(const lock_step::Served& served) const;

 private:
  struct Coming {
    double time;
    std::uint32_t customer;
    std::uint32_t shadow = 0;  // 0: the customer; else a position, from 1, in shadows_
  };
  /// Whether a customer stands in line, since the window at hand or an earlier one: then the store says so.
  enum class Stands : std::uint8_t { nowhere, since_this_window, since_before };
  struct Earlier {
    bool operator()(const Coming& a, const Coming& b) const {
      if (a.time != b.time) return a.time < b.time;
      return a.customer != b.customer ? a.customer < b.customer : a.shadow < b.shadow;
    }
  };
  struct Later {
    bool operator()(const Coming& a, const Coming& b) const { return Earlier()(b, a); }
  };
  using Heap = std::priority_queue<Coming, std::vector<Coming>, Later>;
  /// Somebody for whom a simulated customer stands, on the way to a queue or in line.
  struct Shadow {
    Life life;
    std::uint32_t customer = 0;
    std::uint32_t number = 0;  // of the customer's shadows, from 1
    bool own_person = false;   // else the customer's
  };
  /// A call that comes first in the window at hand.
  struct First {
    double time;
    const Call* call;
  };
  /// The first and the last regime of a window.
  struct RegimeSpan {
    std::size_t first, last;
  };
  [[nodiscard]] RegimeSpan regimes_of(std::size_t window) const;
  [[nodiscard]] Call call_of(const VisitAt& visit, const RegimeSpan& regimes) const;
  /// In which copy of the market somebody queues. Members of an account do so together.
  [[nodiscard]] MarketCopies::Place place_of(std::uint32_t customer) const;
  void place(Call& call) const;
  void prepare();
  void put_in_order(std::span<const WindowEvents> blocks, double begin, double end);
  void part_by_copies();
  [[nodiscard]] float patience_of(std::uint32_t customer, std::uint32_t persona) const;
  [[nodiscard]] bool may_give_up(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint) const;
  [[nodiscard]] Streams streams_of(const Shadow& shadow) const;
  [[nodiscard]] Lives lives_of(const Shadow& shadow) const;
  [[nodiscard]] std::uint32_t number_of_shadows(std::uint32_t customer, std::uint32_t event, std::uint32_t window = 0) const;
  void send(const Shadow& shadow);
  class Window;

  const Program& program_;
  const Population& population_;
  Streams streams_;
  const Market& market_;
  CustomerStore& store_;
  std::vector<ServiceLines> lines_;  // [copy of the market]
  std::span<Diary> diaries_;
  std::optional<LookAhead> look_ahead_;
  std::vector<Stands> in_line_;        // [customer]
  std::vector<double> answer_within_;  // [queue]
  calls::DrawWords draw_words_ = calls::widest_draws();
  calls::Wanted wanted_;
  bool anybody_gives_up_ = false;
  std::vector<float> patience_of_persona_;  // that of all of them, where there is one
  bool patience_varies_ = false;
  std::vector<First> first_;                     // of the window at hand, by (copy of the market, time, customer)
  std::vector<std::size_t> first_of_copy_;       // into first_, by copy, and where the last one's end
  std::vector<First> of_copies_;                 // room for `part_by_copies`
  std::vector<std::uint32_t> begins_, stretch_;  // room for `put_in_order`
  std::vector<Shadow> shadows_;
  std::vector<std::uint32_t> free_shadows_;  // positions, from 1
  Heap shadows_coming_;                      // of any window
};

}  // namespace sojourn
