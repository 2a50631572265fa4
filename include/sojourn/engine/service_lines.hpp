// Queues, simulated: calls wait for the servers of pools, first come, first served, whatever the windows (MODEL.md section
// 4).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sojourn {

/// A number that changes at given times: (time, value from then on), in ascending order; the first time is 0 or earlier.
using Timetable = std::vector<std::pair<double, double>>;

/// The value in force at time `t` >= 0.
[[nodiscard]] double value_at(const Timetable& timetable, double t);

/// Who serves whom. Times are in days.
struct Staffing {
  /// Servers of each pool, >= 0. A fraction is a server who works at that speed and is used last.
  std::vector<Timetable> pools;
  /// Work beyond it is not counted (`ServiceLines::worked`).
  double horizon = std::numeric_limits<double>::infinity();

  /// A touchpoint at which calls are served.
  struct Queue {
    std::vector<std::uint32_t> pools;                                // in order of preference; not empty
    Timetable handle_time;                                           // mean, days
    std::uint64_t room = std::numeric_limits<std::uint64_t>::max();  // who comes when so many wait here is turned away
  };
  std::vector<Queue> queues;
  bool one_priority = false;  // of all calls
};

/// A visit that comes to be served.
struct Call {
  double time = 0.0;                                          // of arrival
  std::uint32_t customer = 0;                                 // decides between calls of the same time
  std::uint32_t queue = 0;                                    // into Staffing::queues
  std::int32_t priority = 0;                                  // lower is served first
  bool of_somebody = true;                                    // else it waits like others, but takes no room (and no work)
  double patience = std::numeric_limits<double>::infinity();  // days after which the caller gives up
  double work = 1.0;  // in units of the handling time that is in force when service begins
  // Of no concern here:
  std::uint32_t shadow = 0;  // whose call it is
  std::uint32_t persona = 0;
  double days_away = 0.0;  // from the beginning of service at least until the customer comes to a queue again
};

/// What becomes of a call, and when: service begins, or the caller leaves.
struct ResolvedCall {
  enum class Outcome : std::uint8_t { served, gave_up, turned_away };
  Call call;
  double time = 0.0;
  Outcome outcome = Outcome::served;
};
/// The same of a call that comes, without the call, as what fits into two registers: or nothing is known yet.
struct OnArrival {
  bool resolved = false;
  ResolvedCall::Outcome outcome = ResolvedCall::Outcome::served;
  double time = 0.0;
};

/// All queues of one replication. A server who becomes free takes the waiting call with the lowest (priority, time of
/// arrival, customer) among those that the server's pool serves (a queue with priorities, not interrupted: Kleinrock 1976;
/// without them Kiefer & Wolfowitz 1955). A caller for whom a server is free at the very end of the patience is served.
/// Servers of a pool that shrinks finish whom they serve; those who are free first leave. At one time changes of servers
/// come first, then servers who become free, then callers who give up, then arrivals.
class ServiceLines {
 public:
  explicit ServiceLines(Staffing staffing);
  /// Lines whose staffing others share.
  explicit ServiceLines(std::shared_ptr<const Staffing> staffing);

  /// Whether nobody who comes later changes what becomes of a call: all wait in the order of their arrival, no pool serves
  /// two lines, and there is room for everybody.
  [[nodiscard]] bool foresees() const { return foresees_; }
  /// The next call that is resolved by what happens here up to time `until`, or nothing. To be asked until nothing is left
  /// before `arrive` with a call of that time or, where calls are foreseen, of any time. Times never go back.
  [[nodiscard]] std::optional<ResolvedCall> step(double until);
  /// A call comes. It is resolved at once where a server is free or there is no room, else it waits; where calls are
  /// foreseen it may also be resolved at once if something happens to it by `until`, before the servers change.
  [[nodiscard]] OnArrival arrive(const Call& call, double until);

  /// From `time` on, which is no earlier than anything that has happened, servers and handling times are those of
  /// `staffing`, of the same pools and queues. Who is in service is finished.
  void renew(const Staffing& staffing, double time);
  /// Whether any call waits.
  [[nodiscard]] bool any_waiting() const { return waiting_ > 0; }
  /// Calls of somebody that wait at a queue.
  [[nodiscard]] std::uint64_t waiting(std::uint32_t queue) const { return waiting_at_[queue]; }
  /// Server days worked by a pool for calls whose service has begun, also what lies beyond the time at hand, up to the
  /// horizon. Only time on duty counts: what servers who leave take to finish whom they serve is overtime. So this is never
  /// more than the servers' time.
  /// To be asked when all that happens up to the horizon has happened.
  [[nodiscard]] double worked(std::uint32_t pool);

 private:
  struct Pool {
    const Timetable* servers = nullptr;  // of the staffing
    std::size_t next_change = 0;         // into `servers`
    double now = 0.0;                    // of the last thing that happened
    std::uint64_t idle = 0;              // servers of full speed who are not in `busy`
    std::vector<double> busy;            // when each of those who stay becomes free, or became: a heap, earliest first
    double slow_speed = 0.0;             // of the fractional server, 0: there is none
    double slow_free = 0.0;              // when that one becomes free
    double slow_on_duty = 0.0;           // the speed at which the work at hand counts as worked
    bool slow_idle = false;
    std::uint64_t waiting = 0;  // calls that this pool could serve
    std::vector<std::uint32_t> lines;
    double worked = 0.0;
  };
  struct Waiting {
    Call call;
    std::uint32_t line = 0;
    std::uint64_t serial = 0;  // 0: nobody
  };
  /// Calls that wait for the same pools with the same priority, in the order of their arrival.
  struct Line {
    std::uint32_t group = 0;
    std::int32_t priority = 0;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> order;  // (entry, serial); some have left
    std::size_t head = 0;
  };
  struct Expiry {
    double time;
    double arrived;
    std::uint32_t customer, entry;
    std::uint64_t serial;
  };
  struct Later;

  [[nodiscard]] double next_event(const Pool& pool) const;
  void happen(Pool& pool, double time);
  void change(Pool& pool);
  void release(Pool& pool, double time);
  [[nodiscard]] static bool any_finished(const Pool& pool) { return !pool.busy.empty() && pool.busy.front() <= pool.now; }
  [[nodiscard]] static bool has_free(const Pool& pool) {
    return pool.idle > 0 || any_finished(pool) || (pool.slow_idle && pool.slow_speed > 0.0);
  }
  [[nodiscard]] OnArrival foresee(const Call& call, std::uint32_t group, double until);
  /// Those foreseen to give up leave before those who came earlier are served, so the latest counts.
  void note_resolved(std::uint32_t line, double time) {
    double& until = resolved_until_[lines_[line].group];
    until = std::max(until, time);
  }
  [[nodiscard]] std::uint32_t first_waiting(const Pool& pool);
  void begin_service(Pool& pool, const Call& call, double time);
  /// The part of [from, to) that lies within the horizon, in days.
  [[nodiscard]] double counted(double from, double to) const {
    return std::max(0.0, std::min(to, staffing_->horizon) - from);
  }
  void leave_line(std::uint32_t entry);
  [[nodiscard]] std::uint32_t line_of(std::uint32_t group, std::int32_t priority);
  [[nodiscard]] const Expiry* first_expiry();

  std::shared_ptr<const Staffing> staffing_;
  std::vector<Pool> pools_;
  std::vector<std::vector<std::uint32_t>> groups_;  // pools in order of preference; queues with the same ones share lines
  std::vector<std::uint32_t> group_of_;             // [queue]
  bool foresees_ = false;
  std::vector<double> resolved_until_;  // [group] what has happened to those who waited, where they are foreseen
  std::vector<Line> lines_;
  std::vector<Waiting> entries_;
  std::vector<std::uint32_t> free_entries_;
  std::vector<Expiry> expiries_;  // a heap, earliest first
  std::vector<std::uint64_t> waiting_at_;
  std::uint64_t waiting_ = 0, serial_ = 0;
};

}  // namespace sojourn
