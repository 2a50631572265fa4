// How long customers wait for busy servers in the long run: MODEL.md section 4, one equation a function. The engine serves
// them one by one; tests hold it to these. Times are in days, rates per day.
#pragma once

#include <limits>

#include "sojourn/base/numeric.hpp"
#include "sojourn/base/special.hpp"

namespace sojourn::behaviour {

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

/// The mean wait of M/M/c in its steady state, in days: C(a, c) / (c mu - lambda) (Erlang 1917), for `arrivals` lambda >= 0
/// a day. Infinite from full load on and where nobody serves, 0 without arrivals.
SOJOURN_INLINE double steady_wait(double arrivals, double servers, double handle_time) {
  if (!(arrivals > 0.0)) return 0.0;
  const double served = capacity(servers, handle_time);
  if (!(arrivals < served)) return std::numeric_limits<double>::infinity();
  return waiting_probability(arrivals * handle_time, servers) / (served - arrivals);
}

}  // namespace sojourn::behaviour
