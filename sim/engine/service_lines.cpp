#include "sojourn/engine/service_lines.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

#include "sojourn/engine/clock.hpp"

namespace sojourn {
namespace {

constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

/// Takes the earliest time out of a heap and puts another in, which is half the work of doing both by themselves.
void replace_earliest(std::vector<double>& heap, double time) {
  std::size_t at = 0;
  for (std::size_t child = 1; child < heap.size(); child = 2 * at + 1) {
    child += child + 1 < heap.size() && heap[child + 1] < heap[child] ? 1 : 0;
    if (time <= heap[child]) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = time;
}

}  // namespace

/// The order of a heap with the earliest first.
struct ServiceLines::Later {
  bool operator()(const Expiry& a, const Expiry& b) const {
    if (a.time != b.time) return a.time > b.time;
    return std::tie(a.arrived, a.customer) > std::tie(b.arrived, b.customer);
  }
};

double value_at(const Timetable& timetable, double t) {
  if (timetable.size() == 1) return timetable.front().second;
  const auto after = std::upper_bound(timetable.begin(), timetable.end(), t,
                                      [](double time, const std::pair<double, double>& step) { return time < step.first; });
  assert(after != timetable.begin());
  return std::prev(after)->second;
}

ServiceLines::ServiceLines(Staffing staffing) : ServiceLines(std::make_shared<const Staffing>(std::move(staffing))) {}

ServiceLines::ServiceLines(std::shared_ptr<const Staffing> staffing)
    : staffing_(std::move(staffing)), waiting_at_(staffing_->queues.size(), 0) {
  for (const Timetable& servers : staffing_->pools) pools_.emplace_back().servers = &servers;
  for (const Staffing::Queue& queue : staffing_->queues) {
    const auto known = std::find(groups_.begin(), groups_.end(), queue.pools);
    group_of_.push_back(static_cast<std::uint32_t>(known - groups_.begin()));
    if (known == groups_.end()) groups_.push_back(queue.pools);
  }
  std::vector<int> lines_of_pool(pools_.size(), 0);
  for (const auto& group : groups_) {
    for (const std::uint32_t p : group) ++lines_of_pool[p];
  }
  foresees_ = staffing_->one_priority &&
              std::all_of(lines_of_pool.begin(), lines_of_pool.end(), [](int lines) { return lines < 2; }) &&
              std::all_of(staffing_->queues.begin(), staffing_->queues.end(), [](const Staffing::Queue& queue) {
                return queue.room == std::numeric_limits<std::uint64_t>::max();
              });
  resolved_until_.assign(groups_.size(), 0.0);
  // The servers of the beginning are there before anything happens.
  for (Pool& pool : pools_) {
    while (pool.next_change < pool.servers->size() && (*pool.servers)[pool.next_change].first <= 0.0) change(pool);
  }
}

namespace {

/// What has been in force up to `time`, then what `next` says. `seen`: entries of `past` that have come about.
Timetable joined(const Timetable& past, const Timetable& next, double time, std::size_t seen) {
  Timetable result;
  for (std::size_t k = 0; k < past.size() && (past[k].first < time || (k < seen && past[k].first <= time)); ++k)
    result.push_back(past[k]);
  if (const double now = value_at(next, time); result.empty() || result.back().second != now) result.emplace_back(time, now);
  for (const auto& entry : next) {
    if (entry.first > time) result.push_back(entry);
  }
  return result;
}

}  // namespace

void ServiceLines::renew(const Staffing& staffing, double time) {
  Staffing all = *staffing_;
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    all.pools[p] = joined(all.pools[p], staffing.pools[p], time, pools_[p].next_change);
  }
  for (std::size_t q = 0; q < all.queues.size(); ++q) {
    Timetable& handling = all.queues[q].handle_time;
    handling = joined(handling, staffing.queues[q].handle_time, time, 0);
  }
  staffing_ = std::make_shared<const Staffing>(std::move(all));
  for (std::size_t p = 0; p < pools_.size(); ++p) pools_[p].servers = &staffing_->pools[p];
}

std::optional<ResolvedCall> ServiceLines::step(double until) {
  while (waiting_ > 0) {
    // The earliest thing that happens to somebody who waits: a server comes or becomes free, or patience ends.
    Pool* next = nullptr;
    double time = forever;
    for (Pool& pool : pools_) {
      if (pool.waiting == 0) continue;
      const double event = next_event(pool);
      if (event < time) {
        time = event;
        next = &pool;
      }
    }
    const Expiry* const expiry = first_expiry();
    if (expiry != nullptr && expiry->time < time) {
      if (expiry->time > until) return std::nullopt;
      const Waiting& first = entries_[expiry->entry];
      const ResolvedCall gone{first.call, expiry->time, ResolvedCall::Outcome::gave_up};
      note_resolved(first.line, expiry->time);
      leave_line(expiry->entry);
      return gone;
    }
    if (next == nullptr || time > until) return std::nullopt;
    happen(*next, time);
    if (!has_free(*next)) continue;
    const std::uint32_t entry = first_waiting(*next);
    const Call call = entries_[entry].call;
    note_resolved(entries_[entry].line, time);
    leave_line(entry);
    begin_service(*next, call, time);
    return ResolvedCall{call, time, ResolvedCall::Outcome::served};
  }
  return std::nullopt;
}

OnArrival ServiceLines::arrive(const Call& call, double until) {
  const std::uint32_t group = group_of_[call.queue];
  // Those who came before may have been foreseen to wait until later.
  const bool first = resolved_until_[group] <= call.time;
  for (const std::uint32_t p : groups_[group]) {
    Pool& pool = pools_[p];
    // Where somebody waits for this pool, `step` has brought it up to date, and all its servers are busy.
    if (pool.waiting > 0 || !first) continue;
    happen(pool, call.time);
    if (!has_free(pool)) continue;
    begin_service(pool, call, call.time);
    return {true, ResolvedCall::Outcome::served, call.time};
  }
  if (foresees_ && until > call.time && pools_[groups_[group].front()].waiting == 0) {
    if (const OnArrival foreseen = foresee(call, group, until); foreseen.resolved) return foreseen;
  }
  if (waiting_at_[call.queue] >= staffing_->queues[call.queue].room) {
    return {true, ResolvedCall::Outcome::turned_away, call.time};
  }
  std::uint32_t entry = static_cast<std::uint32_t>(entries_.size());
  if (free_entries_.empty()) {
    entries_.emplace_back();
  } else {
    entry = free_entries_.back();
    free_entries_.pop_back();
  }
  const std::uint32_t line = line_of(group, call.priority);
  entries_[entry] = {call, line, ++serial_};
  lines_[line].order.emplace_back(entry, serial_);
  if (call.patience < forever) {
    expiries_.push_back({call.time + call.patience, call.time, call.customer, entry, serial_});
    std::push_heap(expiries_.begin(), expiries_.end(), Later());
  }
  for (const std::uint32_t p : groups_[group]) ++pools_[p].waiting;
  waiting_at_[call.queue] += call.of_somebody ? 1 : 0;
  ++waiting_;
  return {};
}

/// What becomes of a call that finds no free server and nobody in line, whoever comes later (Lindley 1952): the servers that
/// those before it have been given are busy until known times. Nothing where servers change before.
OnArrival ServiceLines::foresee(const Call& call, std::uint32_t group, double until) {
  double start = forever, change = forever;
  std::uint32_t by = 0;
  for (const std::uint32_t p : groups_[group]) {
    const Pool& pool = pools_[p];
    if (has_free(pool) || pool.slow_speed > 0.0) return {};
    if (pool.next_change < pool.servers->size()) change = std::min(change, (*pool.servers)[pool.next_change].first);
    if (pool.busy.empty()) continue;
    const double free = pool.busy.front();
    if (free > start || (free == start && p > by)) continue;
    start = free;
    by = p;
  }
  const double patience_ends = call.time + call.patience;
  if (start > patience_ends) {
    if (!(patience_ends < change && patience_ends <= until)) return {};
    return {true, ResolvedCall::Outcome::gave_up, patience_ends};
  }
  if (!(start < change && start <= until)) return {};
  Pool& pool = pools_[by];
  const double end = start + call.work * value_at(staffing_->queues[call.queue].handle_time, start);
  replace_earliest(pool.busy, end);
  pool.worked += counted(start, end);
  resolved_until_[group] = std::max(resolved_until_[group], start);
  return {true, ResolvedCall::Outcome::served, start};
}

double ServiceLines::worked(std::uint32_t pool) {
  // A pool to which nobody has come for a while has not yet seen servers leave.
  if (staffing_->horizon < forever) happen(pools_[pool], staffing_->horizon);
  return pools_[pool].worked;
}

/// The earliest time at which a server of the pool may be free; the time at hand where one is.
double ServiceLines::next_event(const Pool& pool) const {
  if (has_free(pool)) return pool.now;
  double time = pool.busy.empty() ? forever : pool.busy.front();
  if (pool.next_change < pool.servers->size()) time = std::min(time, (*pool.servers)[pool.next_change].first);
  if (!pool.slow_idle && pool.slow_speed > 0.0) time = std::min(time, pool.slow_free);
  return time;
}

/// Brings the pool's servers to `time`.
void ServiceLines::happen(Pool& pool, double time) {
  while (pool.next_change < pool.servers->size() && (*pool.servers)[pool.next_change].first <= time) {
    const double when = (*pool.servers)[pool.next_change].first;
    // Those who are free at the very time of a change come after it.
    release(pool, std::nextafter(when, -forever));
    pool.now = std::max(pool.now, when);
    change(pool);
  }
  pool.now = std::max(pool.now, time);
  if (!pool.slow_idle && pool.slow_free <= pool.now) pool.slow_idle = true;
}

/// As many servers as the next entry of the timetable says.
void ServiceLines::change(Pool& pool) {
  const auto [when, now] = (*pool.servers)[pool.next_change];
  const double before = pool.next_change == 0 ? 0.0 : (*pool.servers)[pool.next_change - 1].second;
  ++pool.next_change;
  const auto whole = [](double servers) { return static_cast<std::uint64_t>(servers); };
  const std::uint64_t had = whole(before), has = whole(now);
  if (has >= had) {
    pool.idle += has - had;
  } else {
    const std::uint64_t fewer = had - has, at_once = std::min(fewer, pool.idle);
    pool.idle -= at_once;
    // Those who will be free first finish whom they serve, and are not seen again.
    for (std::uint64_t k = at_once; k < fewer; ++k) {
      pool.worked -= counted(when, pool.busy.front());
      std::pop_heap(pool.busy.begin(), pool.busy.end(), std::greater<>());
      pool.busy.pop_back();
    }
  }
  // A fractional server who is at work finishes at the speed at which the work began.
  const double speed = now - static_cast<double>(has);
  if (pool.slow_free > when && speed < pool.slow_on_duty) {
    pool.worked -= (pool.slow_on_duty - speed) * counted(when, pool.slow_free);
    pool.slow_on_duty = speed;
  }
  if (pool.slow_speed == 0.0 && speed > 0.0 && pool.slow_free <= when) pool.slow_idle = true;
  pool.slow_speed = speed;
}

/// Servers who have finished by `time` are free, and counted as such.
void ServiceLines::release(Pool& pool, double time) {
  while (!pool.busy.empty() && pool.busy.front() <= time) {
    std::pop_heap(pool.busy.begin(), pool.busy.end(), std::greater<>());
    pool.busy.pop_back();
    ++pool.idle;
  }
  if (!pool.slow_idle && pool.slow_free <= time) pool.slow_idle = true;
}

/// The call that a free server of the pool takes.
std::uint32_t ServiceLines::first_waiting(const Pool& pool) {
  std::uint32_t best = nobody;
  for (const std::uint32_t l : pool.lines) {
    Line& line = lines_[l];
    while (line.head < line.order.size() && entries_[line.order[line.head].first].serial != line.order[line.head].second) {
      ++line.head;
    }
    // What is left behind is dropped once it is most of the line: an overloaded line is never empty.
    if (line.head == line.order.size() || line.head > 4096 + line.order.size() / 2) {
      line.order.erase(line.order.begin(), line.order.begin() + static_cast<std::ptrdiff_t>(line.head));
      line.head = 0;
    }
    if (line.order.empty()) continue;
    const std::uint32_t entry = line.order[line.head].first;
    if (best == nobody) {
      best = entry;
      continue;
    }
    const Call &a = entries_[entry].call, &b = entries_[best].call;
    if (std::tie(a.priority, a.time, a.customer) < std::tie(b.priority, b.time, b.customer)) best = entry;
  }
  assert(best != nobody);
  return best;
}

void ServiceLines::begin_service(Pool& pool, const Call& call, double time) {
  const double days = call.work * value_at(staffing_->queues[call.queue].handle_time, time);
  if (any_finished(pool)) {
    replace_earliest(pool.busy, time + days);
    pool.worked += counted(time, time + days);
  } else if (pool.idle > 0) {
    --pool.idle;
    pool.busy.push_back(time + days);
    std::push_heap(pool.busy.begin(), pool.busy.end(), std::greater<>());
    pool.worked += counted(time, time + days);
  } else {
    pool.slow_idle = false;
    pool.slow_free = time + days / pool.slow_speed;
    pool.slow_on_duty = pool.slow_speed;
    pool.worked += pool.slow_speed * counted(time, pool.slow_free);  // a fraction of a server, who takes longer
  }
}

void ServiceLines::leave_line(std::uint32_t entry) {
  Waiting& waiting = entries_[entry];
  for (const std::uint32_t p : groups_[lines_[waiting.line].group]) --pools_[p].waiting;
  waiting_at_[waiting.call.queue] -= waiting.call.of_somebody ? 1 : 0;
  waiting.serial = 0;
  free_entries_.push_back(entry);
  if (--waiting_ > 0) return;
  for (Line& line : lines_) {
    line.order.clear();
    line.head = 0;
  }
  expiries_.clear();
}

std::uint32_t ServiceLines::line_of(std::uint32_t group, std::int32_t priority) {
  for (std::uint32_t l = 0; l < lines_.size(); ++l) {
    if (lines_[l].group == group && lines_[l].priority == priority) return l;
  }
  const auto line = static_cast<std::uint32_t>(lines_.size());
  lines_.push_back({group, priority, {}, 0});
  for (const std::uint32_t p : groups_[group]) pools_[p].lines.push_back(line);
  return line;
}

/// The caller whose patience ends first; null where nobody's does.
const ServiceLines::Expiry* ServiceLines::first_expiry() {
  while (!expiries_.empty() && entries_[expiries_.front().entry].serial != expiries_.front().serial) {
    std::pop_heap(expiries_.begin(), expiries_.end(), Later());
    expiries_.pop_back();
  }
  return expiries_.empty() ? nullptr : &expiries_.front();
}

}  // namespace sojourn
