// Queues event by event, as plainly as they can be written: the oracle of sojourn/engine/service_lines.hpp. Nothing is
// shared with it but the description of who serves whom. Every event looks at every server and at everybody who waits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

#include "sojourn/engine/service_lines.hpp"

namespace sojourn::verify {

class QueueByEvents {
 public:
  /// What became of a call; `again` may send a caller back: it is given each call that is resolved, and returns calls to
  /// come.
  using Again = std::function<std::vector<Call>(const ResolvedCall&)>;
  /// At the times `at`, in ascending order, when all that comes about then has, `look` may say who serves from then on.
  struct Looks {
    std::vector<double> at;
    std::function<std::optional<Staffing>(double time)> look;
  };

  explicit QueueByEvents(Staffing staffing)
      : staffing_(std::move(staffing)), servers_(staffing_.pools.size()), worked_(staffing_.pools.size(), 0.0) {}

  /// All calls that are resolved up to `until`, in the order of their resolution.
  std::vector<ResolvedCall> run(const std::vector<Call>& calls, double until, const Again& again, const Looks& looks = {}) {
    const auto later = [](const Call& a, const Call& b) {
      return std::tie(a.time, a.customer) > std::tie(b.time, b.customer);
    };
    std::priority_queue<Call, std::vector<Call>, decltype(later)> coming(later, calls);
    std::vector<ResolvedCall> resolved;
    const auto done = [&](const ResolvedCall& call) {
      resolved.push_back(call);
      for (const Call& next : again(call)) coming.push(next);
    };
    for (std::size_t p = 0; p < servers_.size(); ++p) staff(p, value_at(staffing_.pools[p], 0.0));
    double now = 0.0;
    std::size_t looked = 0;
    for (;;) {
      // Everything that is due at this very time, in the order of the rules.
      bool again_now = true;
      while (again_now) {
        again_now = serve_one(now, done);
      }
      // The next thing that happens.
      double time = never;
      int kind = 4;
      const auto earlier = [&](double t, int what) {
        if (t < time || (t == time && what < kind)) time = t, kind = what;
      };
      for (std::size_t p = 0; p < servers_.size(); ++p) {
        for (const auto& [when, servers] : staffing_.pools[p]) {
          if (when > changed_until_) earlier(when, 0);
        }
        for (const Server& server : servers_[p]) {
          if (server.busy) earlier(server.free, 1);
        }
      }
      for (const Call& call : waiting_) earlier(call.time + call.patience, 2);
      if (!coming.empty()) earlier(coming.top().time, 3);
      if (looked < looks.at.size()) earlier(looks.at[looked], 4);
      work(std::min(time, until) - now);
      if (!(time <= until)) return resolved;
      now = time;
      if (kind == 0) {
        for (std::size_t p = 0; p < servers_.size(); ++p) {
          for (const auto& [when, servers] : staffing_.pools[p]) {
            if (when == now) staff(p, servers);
          }
        }
        changed_until_ = now;
      } else if (kind == 1) {
        for (std::vector<Server>& pool : servers_) {
          for (Server& server : pool) {
            if (server.busy && server.free == now) server.busy = false;
          }
          std::erase_if(pool, [](const Server& server) { return server.leaves && !server.busy; });
        }
      } else if (kind == 2) {
        const auto gone = std::min_element(waiting_.begin(), waiting_.end(), [](const Call& a, const Call& b) {
          return std::tuple(a.time + a.patience, a.time, a.customer) < std::tuple(b.time + b.patience, b.time, b.customer);
        });
        const Call call = *gone;
        waiting_.erase(gone);
        done({call, now, ResolvedCall::Outcome::gave_up});
      } else if (kind == 4) {
        ++looked;
        if (auto staffing = looks.look(now)) {
          staffing_ = std::move(*staffing);
          for (std::size_t p = 0; p < servers_.size(); ++p) staff(p, value_at(staffing_.pools[p], now));
          changed_until_ = now;
        }
      } else {
        const Call call = coming.top();
        coming.pop();
        bool served = false;
        for (const std::uint32_t p : staffing_.queues[call.queue].pools) {
          Server* const server = free_server(p);
          if (server == nullptr) continue;
          serve(*server, call, now);
          served = true;
          break;
        }
        if (served) {
          done({call, now, ResolvedCall::Outcome::served});
        } else if (waiting_at(call.queue) >= staffing_.queues[call.queue].room) {
          done({call, now, ResolvedCall::Outcome::turned_away});
        } else {
          waiting_.push_back(call);
        }
      }
    }
  }

  [[nodiscard]] std::uint64_t waiting_at(std::uint32_t queue) const {
    return static_cast<std::uint64_t>(std::count_if(
        waiting_.begin(), waiting_.end(), [&](const Call& call) { return call.queue == queue && call.of_somebody; }));
  }
  /// Server days that a pool has worked on duty, of whole servers.
  [[nodiscard]] double worked(std::size_t pool) const { return worked_[pool]; }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();
  struct Server {
    double speed = 1.0;
    bool busy = false;
    double free = 0.0;
    bool leaves = false;
    double on_duty = 1.0;  // the part of a whole server that the work at hand counts as: the least speed since it began
  };

  /// So many days pass in which nothing happens.
  void work(double days) {
    for (std::size_t p = 0; p < servers_.size(); ++p) {
      for (const Server& server : servers_[p]) worked_[p] += server.busy && !server.leaves ? server.on_duty * days : 0.0;
    }
  }

  /// The pool has so many servers now.
  void staff(std::size_t p, double wanted) {
    std::vector<Server>& pool = servers_[p];
    const auto stays = [](const Server& s) { return !s.leaves && s.speed == 1.0; };
    auto now = std::count_if(pool.begin(), pool.end(), stays);
    const auto whole = static_cast<std::ptrdiff_t>(std::floor(wanted));
    for (; now < whole; ++now) pool.push_back({});
    for (; now > whole; --now) {
      auto idle = std::find_if(pool.begin(), pool.end(), [&](const Server& s) { return stays(s) && !s.busy; });
      if (idle != pool.end()) {
        pool.erase(idle);
        continue;
      }
      auto first = pool.end();
      for (auto s = pool.begin(); s != pool.end(); ++s) {
        if (stays(*s) && (first == pool.end() || s->free < first->free)) first = s;
      }
      first->leaves = true;
    }
    const double speed = wanted - std::floor(wanted);
    const auto slow = std::find_if(pool.begin(), pool.end(), [](const Server& s) { return s.speed != 1.0; });
    if (slow == pool.end()) {
      if (speed > 0.0) pool.push_back({speed, false, 0.0, false, speed});
    } else {
      slow->speed = speed;  // who is at work has been told when to be free
      slow->on_duty = std::min(slow->on_duty, speed);
    }
  }

  Server* free_server(std::size_t p) {
    Server* best = nullptr;
    for (Server& server : servers_[p]) {
      if (server.busy || server.speed == 0.0) continue;
      if (best == nullptr || server.speed > best->speed) best = &server;
    }
    return best;
  }

  void serve(Server& server, const Call& call, double now) {
    server.busy = true;
    server.on_duty = server.speed;
    server.free = now + call.work * value_at(staffing_.queues[call.queue].handle_time, now) / server.speed;
  }

  template <class Done>
  bool serve_one(double now, const Done& done) {
    for (std::size_t p = 0; p < servers_.size(); ++p) {
      Server* const server = free_server(p);
      if (server == nullptr) continue;
      auto best = waiting_.end();
      for (auto call = waiting_.begin(); call != waiting_.end(); ++call) {
        const auto& pools = staffing_.queues[call->queue].pools;
        if (std::find(pools.begin(), pools.end(), p) == pools.end()) continue;
        if (best == waiting_.end() ||
            std::tie(call->priority, call->time, call->customer) < std::tie(best->priority, best->time, best->customer)) {
          best = call;
        }
      }
      if (best == waiting_.end()) continue;
      const Call call = *best;
      waiting_.erase(best);
      serve(*server, call, now);
      done({call, now, ResolvedCall::Outcome::served});
      return true;
    }
    return false;
  }

  Staffing staffing_;
  std::vector<std::vector<Server>> servers_;
  std::vector<Call> waiting_;
  std::vector<double> worked_;  // [pool]
  double changed_until_ = 0.0;
};

}  // namespace sojourn::verify
