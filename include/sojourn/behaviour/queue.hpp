// How long customers wait for busy servers: MODEL.md section 4, one equation a function. Times are in days, rates per day.
#pragma once

#include <cstdint>
#include <limits>

#include "sojourn/base/numeric.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/special.hpp"

namespace sojourn::behaviour {

/// No wait is reported longer: the longest horizon. Where nobody serves, who cannot give up stays until the horizon.
inline constexpr double longest_wait = 1e6;

/// The probability C(a, c) that a customer of M/M/c must wait (Erlang 1917), for an offered load a = lambda / mu >= 0 and
/// c >= 0 servers; 1 where a >= c, 0 where a is 0. c may be any real number: 1 / B(a, c) = a integral of e^(-a x) (1 + x)^c
/// dx from 0 to infinity is Erlang's loss function continued (Jagerman 1974), and C = 1 / ((1 - a / c) / B + a / c).
/// Relative error below 1e-10. The series has about 9 sqrt(c) terms, none where nobody waits: 9,000 for a million servers.
SOJOURN_INLINE double waiting_probability(double load, double servers) {
  if (!(load > 1e-300)) return 0.0;
  if (!(load < servers)) return 1.0;
  // 1 / B(a, c) = e^a a^-c (Gamma(c + 1) - gamma(c + 1, a)); the first part by its logarithm, which for many servers is
  // Stirling's (DLMF 5.11.1) with the large terms taken away from each other first, the second by its series (DLMF 8.7.1).
  const double spare = (servers - load) / servers;
  double log_whole;
  if (servers < 16.0) {
    log_whole = special::log_gamma(servers + 1.0) + load - servers * numeric::log(load);
  } else {
    const double distance = (spare < 0.5 ? -numeric::log1p(-spare) : numeric::log(servers / load)) - spare;
    const double r = 1.0 / (servers * servers);
    const double stirling = (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0) * r) * r) / servers;
    log_whole = servers * distance + 0.5 * numeric::log(6.28318530717958647693 * servers) + stirling;
  }
  if (log_whole > 700.0) return 0.0;
  double term = load / (servers + 1.0), sum = term;
  for (double next = servers + 2.0; term > 1e-17 * sum; next += 1.0) {
    term *= load / next;
    sum += term;
  }
  const double blocked_once_in = numeric::exp(log_whole) - sum;
  return 1.0 / (blocked_once_in * spare + (1.0 - spare));
}

/// How many customers a day c >= 0 servers finish who take handle_time >= 0 each: c mu = c / handle_time. 0 without servers,
/// infinite where handling takes no time.
SOJOURN_INLINE double capacity(double servers, double handle_time) {
  if (!(servers > 0.0)) return 0.0;
  return handle_time > 0.0 ? servers / handle_time : std::numeric_limits<double>::infinity();
}

/// The wait that randomness makes at |lambda - c mu| from full load, in the long run: C(a, c) / |c mu - lambda|. Below full
/// load this is the mean wait of M/M/c in its steady state (Erlang 1917), above it what a queue that began empty exceeds the
/// fluid limit by (drift and variance of the number waiting as in `wait_by_chance`). Infinite at lambda = c mu and where
/// nobody serves, 0 without arrivals.
SOJOURN_INLINE double steady_wait(double arrivals, double servers, double handle_time) {
  if (!(arrivals > 0.0)) return 0.0;
  const double served = capacity(servers, handle_time);
  const double distance = arrivals < served ? served - arrivals : arrivals - served;
  if (!(served > 0.0) || !(distance > 0.0)) return std::numeric_limits<double>::infinity();
  return waiting_probability(arrivals * handle_time, servers) / distance;
}

/// The wait that chance alone can have built up in a queue that opened, empty, `elapsed` days ago: at full load the number
/// waiting is a reflected Brownian motion of variance 2 c mu a day (Kingman 1962; Harrison 1985), whose mean over that time
/// is (4/3) sqrt(c mu elapsed / pi): divided by c mu. `served` = c mu > 0.
SOJOURN_INLINE double wait_by_chance(double served, double elapsed) {
  return 4.0 / 3.0 * __builtin_sqrt(elapsed / (3.14159265358979323846 * served));
}

/// Backlog after `width` days, in customers: B' = max(0, B + (lambda - c mu) width), the fluid limit (Newell 1982).
SOJOURN_INLINE double next_backlog(double backlog, double arrivals, double served, double width) {
  const double left = backlog + (arrivals - served) * width;
  return left > 0.0 ? left : 0.0;
}

/// What a customer who comes to a queue finds there. `arrivals` lambda >= 0 are those who stay in the queue, per day;
/// `backlog` B >= 0 customers at the beginning of the window, `width` its length; `elapsed` > 0 days since the queue opened.
struct QueueState {
  double arrivals;
  double backlog;
  double width;
  double elapsed;
};

/// The wait of a visit in [0, 1e6] days, before service begins:
///   W = max((B + B') / (2 c mu), min(C(a, c) / |c mu - lambda|, wait by chance))
/// The first part is the fluid's, in the middle of the window; the second is what randomness adds where there is no backlog
/// to keep all servers busy. Nothing jumps where arrivals meet the capacity. `longest_wait` without servers, 0 where
/// handling takes no time.
SOJOURN_INLINE double wait(const QueueState& queue, double servers, double handle_time) {
  const double served = capacity(servers, handle_time);
  if (served == 0.0) return longest_wait;
  if (served == std::numeric_limits<double>::infinity()) return 0.0;
  const double after = next_backlog(queue.backlog, queue.arrivals, served, queue.width);
  const double fluid = (queue.backlog + after) / (2.0 * served);
  const double steady = steady_wait(queue.arrivals, servers, handle_time);
  const double chance = wait_by_chance(served, queue.elapsed);
  const double without_backlog = steady < chance ? steady : chance;
  return numeric::clip(fluid > without_backlog ? fluid : without_backlog, 0.0, longest_wait);
}

/// Whether a customer whose wait would be `wait` days gives up: W > patience e, e standard exponential from a random word
/// (as in Erlang A: Palm 1957; Garnett, Mandelbaum & Reiman 2002). `patience` >= 0 is the trait, the mean in days. Nobody
/// gives up without a wait.
SOJOURN_INLINE bool gives_up(float wait, float patience, std::uint32_t word) { return wait > patience * exponential(word); }

}  // namespace sojourn::behaviour
