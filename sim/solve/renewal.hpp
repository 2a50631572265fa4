// The Markov renewal equation on a grid of time: when visits happen (Cinlar 1969).
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "stay_time.hpp"

namespace sojourn {

/// Which way times are moved to the grid. With all times moved down nothing happens later than in truth, and at least as
/// much happens by any time; with all moved up the reverse.
enum class Rounding { down, up };

/// Multiples of `step` up to `last` times it. `ends` says that the horizon is the last of them: a visit there is the last of
/// its life.
struct Grid {
  double step = 1.0;
  std::size_t last = 0;
  bool ends = true;
  [[nodiscard]] std::size_t points() const { return last + 1; }
  [[nodiscard]] double time(std::size_t k) const { return static_cast<double>(k) * step; }
  /// The point at which a time stands after rounding; times within a billionth of a step of a point stand on it.
  [[nodiscard]] std::size_t point(double time, Rounding rounding) const;
  [[nodiscard]] bool on_point(double time) const;
};

/// Probability by point: the cells and atoms of `kernel`, added to `series` with `factor`.
void place(const Kernel& kernel, const Grid& grid, Rounding rounding, double factor, std::vector<double>& series);

/// Steps between states, with the time that each takes.
struct TimedStep {
  std::size_t from = 0, to = 0;
  const Kernel* kernel = nullptr;
};

/// Expected visits by [state][point] of the grid, when `start` (of the same shape) are those with which lives begin:
///   m_j(t) = start_j(t) + sum over i of integral of m_i(t - u) dQ_ij(u).
/// Spread times by fast convolution, halves feeding halves (Fischer & Stockmeyer 1974). Empty where the times moved to 0
/// make a circle that nobody leaves: the grid is too coarse then.
[[nodiscard]] std::vector<std::vector<double>> solve_renewal(const std::vector<TimedStep>& steps,
                                                             std::vector<std::vector<double>> start, const Grid& grid,
                                                             Rounding rounding);

}  // namespace sojourn
