// What queues do in closed form or by their exact birth-and-death equations: the oracle of queues that are simulated. Times
// are in any one unit, rates in one over it; lambda arrivals, mu services of one server, theta impatience of one who waits.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace sojourn::verify {

struct QueueFigures {
  double wait = 0.0;     // mean over all who come and are not turned away, those who give up included
  double waits = 0.0;    // share of all who come that find no free server
  double within = 0.0;   // share of all who come that is served within the time asked for
  double gave_up = 0.0;  // share of all who come that gives up
  double turned_away = 0.0;
  double line_at_end = 0.0;  // of `queue_from_empty`: mean number in line at the horizon
};

/// Birth and death of the number in M/M/c/K+M in its steady state, and of what an arrival that finds n people meets (Palm
/// 1957; Gross, Shortle, Thompson & Harris 2008, chapter 2; Garnett, Mandelbaum & Reiman 2002). `room` is how many may wait;
/// `answer_within` is the time of `within`.
inline QueueFigures steady_queue(double lambda, double mu, int servers, double theta = 0.0, int room = 100'000,
                                 double answer_within = 0.0) {
  // Probabilities of n in the system, up to where nothing is left of them.
  std::vector<double> p{1.0};
  double sum = 1.0;
  const auto out = [&](int n) { return n <= servers ? n * mu : servers * mu + (n - servers) * theta; };
  for (int n = 1; n <= servers + room; ++n) {
    p.push_back(p.back() * lambda / out(n));
    sum += p.back();
    if (n > servers && p.back() < 1e-17 * sum) break;
  }
  QueueFigures figures;
  double queue = 0.0, given_up = 0.0;
  for (std::size_t n = 0; n < p.size(); ++n) {
    p[n] /= sum;
    const double waiting = std::fmax(0.0, static_cast<double>(n) - servers);
    queue += waiting * p[n];
    given_up += waiting * theta * p[n];
    if (static_cast<int>(n) >= servers) figures.waits += p[n];
  }
  const bool full = p.size() == static_cast<std::size_t>(servers) + static_cast<std::size_t>(room) + 1;
  figures.turned_away = full ? p.back() : 0.0;
  figures.wait = queue / (lambda * (1.0 - figures.turned_away));  // Little 1961
  figures.gave_up = given_up / lambda;
  // An arrival with k before it in line is served within t if k + 1 people leave (served, or given up before it) by then and
  // it has not given up itself: a pure death chain with rates c mu + j theta, of which the arrival's own patience is a part.
  for (std::size_t n = 0; n < p.size(); ++n) {
    if (static_cast<int>(n) < servers) {
      figures.within += p[n];
      continue;
    }
    if (answer_within <= 0.0) break;
    if (full && n + 1 == p.size()) break;
    const auto ahead = static_cast<int>(n) - servers;
    // State j: j people before it; by uniformisation.
    std::vector<double> state(static_cast<std::size_t>(ahead) + 2, 0.0);  // [j], the last: being served
    const std::size_t served = state.size() - 1;
    state[static_cast<std::size_t>(ahead)] = 1.0;
    const double rate = servers * mu + (ahead + 1) * theta;
    const double steps_mean = rate * answer_within;
    double weight = std::exp(-steps_mean), done = 0.0, total = weight;
    std::vector<double> now = state;
    for (int step = 1; total < 1.0 - 1e-12 && step < 100'000; ++step) {
      std::vector<double> next(now.size(), 0.0);
      next[served] = now[served];
      for (int j = 0; j <= ahead; ++j) {
        const double leave = servers * mu + j * theta;
        (j == 0 ? next[served] : next[static_cast<std::size_t>(j - 1)]) += now[static_cast<std::size_t>(j)] * leave / rate;
        next[static_cast<std::size_t>(j)] += now[static_cast<std::size_t>(j)] * (rate - leave - theta) / rate;
      }
      now = next;
      weight *= steps_mean / step;
      total += weight;
      done += weight * now[served];
    }
    figures.within += p[n] * done;
  }
  return figures;
}

/// M/M/c+G, first come first served, in its steady state, whatever the law of patience: who gives up and the mean wait over
/// all who come (Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum 2005, section 3). `patience_up_to(x)` is the integral over
/// [0, x] of the share whose patience is longer; its law must have a mean, of which x = `longest` leaves nothing.
template <class PatienceUpTo>
QueueFigures any_patience(double lambda, double mu, int servers, const PatienceUpTo& patience_up_to, double longest) {
  // Of one who waits x the density is proportional to this, as long as the wait of somebody of endless patience lasts.
  const auto density = [&](double x) { return std::exp(lambda * patience_up_to(x) - servers * mu * x); };
  double line = 0.0, waits = 0.0;  // integrals of it, and of it times patience_up_to, by Simpson's rule
  constexpr int steps = 2'000;
  const double h = longest / steps;
  for (int k = 0; k <= steps; ++k) {
    const double x = k * h, weight = (k == 0 || k == steps ? 1.0 : k % 2 == 1 ? 4.0 : 2.0) * h / 3.0;
    line += weight * density(x);
    waits += weight * density(x) * patience_up_to(x);
  }
  double free = 0.0;  // of fewer than c - 1 in the system, over c - 1
  for (int j = servers - 1, k = 0; j >= 0; --j, ++k) {
    double ratio = 1.0;
    for (int i = 0; i < k; ++i) ratio *= (servers - 1 - i) * mu / lambda;
    free += ratio;
  }
  QueueFigures figures;
  figures.waits = lambda * line / (free + lambda * line);
  figures.gave_up = (1.0 + (lambda - servers * mu) * line) / (free + lambda * line);
  figures.wait = lambda * waits / (free + lambda * line);
  return figures;
}

/// Mean wait of M/G/1: lambda E[S^2] / (2 (1 - rho)) (Pollaczek 1930, Khinchine 1932).
inline double wait_of_mg1(double lambda, double mean, double squared_variation) {
  const double rho = lambda * mean;
  return lambda * mean * mean * (1.0 + squared_variation) / (2.0 * (1.0 - rho));
}

/// Mean waits of two classes of M/M/1 with the same service rate, the first served first, not interrupted (Cobham 1954;
/// Kleinrock 1976).
inline std::vector<double> waits_by_priority(double first, double second, double mu) {
  const double rho1 = first / mu, rho = (first + second) / mu, left = rho / mu;
  return {left / (1.0 - rho1), left / ((1.0 - rho1) * (1.0 - rho))};
}

/// Mean wait of those who come to an M/M/c+M in [0, horizon], empty at first, and share that gives up, by integrating the
/// birth-and-death equations (Runge & Kutta, fourth order). The wait of somebody is counted where it falls: the integral of
/// the number waiting over lambda horizon, which is the mean wait when the line is nearly empty at the horizon or the
/// horizon is long.
inline QueueFigures queue_from_empty(double lambda, double mu, int servers, double theta, double horizon) {
  const double load = lambda / mu;
  const auto states = static_cast<std::size_t>(
      servers + 60 + 12 * std::sqrt(load) +
      (theta > 0.0 ? std::fmax(0.0, lambda - servers * mu) / theta * 1.5
                   : std::fmax(0.0, lambda - servers * mu) * horizon * 1.3) +
      (theta > 0.0 ? 10 * std::sqrt(lambda / theta) : 12 * std::sqrt(lambda * std::fmin(horizon, 2000 / mu))));
  std::vector<double> p(states + 1, 0.0), k1, k2, k3, k4, at;
  p[0] = 1.0;
  const auto out = [&](std::size_t n) {
    const auto people = static_cast<double>(n);
    return people <= servers ? people * mu : servers * mu + (people - servers) * theta;
  };
  const auto slope = [&](const std::vector<double>& x) {
    std::vector<double> dx(x.size(), 0.0);
    for (std::size_t n = 0; n < x.size(); ++n) {
      const double up = n + 1 < x.size() ? lambda * x[n] : 0.0, down = out(n) * x[n];
      dx[n] -= up + down;
      if (n + 1 < x.size()) dx[n + 1] += up;
      if (n > 0) dx[n - 1] += down;
    }
    return dx;
  };
  const double fastest = lambda + out(states);
  const auto steps = static_cast<std::size_t>(std::ceil(horizon * fastest / 1.2));
  const double h = horizon / static_cast<double>(steps);
  double queue = 0.0, waits = 0.0;
  const auto add = [&](double weight) {
    for (std::size_t n = static_cast<std::size_t>(servers); n < p.size(); ++n) {
      queue += weight * (static_cast<double>(n) - servers) * p[n];
      waits += weight * p[n];
    }
  };
  const auto plus = [&](const std::vector<double>& k, double by) {
    at = p;
    for (std::size_t n = 0; n < p.size(); ++n) at[n] += by * k[n];
    return at;
  };
  for (std::size_t step = 0; step < steps; ++step) {
    add(0.5 * h);
    k1 = slope(p);
    k2 = slope(plus(k1, 0.5 * h));
    k3 = slope(plus(k2, 0.5 * h));
    k4 = slope(plus(k3, h));
    for (std::size_t n = 0; n < p.size(); ++n) p[n] += h / 6.0 * (k1[n] + 2.0 * k2[n] + 2.0 * k3[n] + k4[n]);
    add(0.5 * h);
  }
  QueueFigures figures;
  figures.wait = queue / (lambda * horizon);
  figures.waits = waits / horizon;
  figures.gave_up = theta * queue / (lambda * horizon);
  for (std::size_t n = static_cast<std::size_t>(servers); n < p.size(); ++n) {
    figures.line_at_end += (static_cast<double>(n) - servers) * p[n];
  }
  return figures;
}

}  // namespace sojourn::verify
