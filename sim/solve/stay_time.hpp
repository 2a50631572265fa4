// How long a visit lasts, and by which exit it ends: the kernel of the semi-Markov chain (MODEL.md section 2, Delay and
// Race).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sojourn/base/distribution.hpp"

namespace sojourn {

/// One delay D >= 0: a distribution cut at 0 from below and stretched, its hazard multiplied by `weight` > 0 (proportional
/// hazards: Cox 1972; a constant stays what it is).
class Delay {
 public:
  Delay(const Distribution& distribution, double stretch, double weight = 1.0);

  /// The constant that D is, if it is one.
  [[nodiscard]] std::optional<double> constant() const { return constant_; }
  /// P(D = 0) of a delay that is no constant: what a normal has below 0.
  [[nodiscard]] double at_zero() const;
  /// -log P(D > t), t >= 0, for a delay that is no constant; infinite beyond its end.
  [[nodiscard]] double hazard(double t) const;
  /// The same by log t, for times too short or too long for a double; and its derivative by log t where it is finite.
  [[nodiscard]] double hazard_by_log(double log_time) const;
  [[nodiscard]] double log_rate_by_log(double log_time) const;
  /// The factor c of -log P(D > t) ~ -c log(end - t) just before the end of a bounded delay; 0 without an end.
  [[nodiscard]] double end_weight() const;
  /// Times at which the hazard rate jumps, and one in the middle of the distribution.
  [[nodiscard]] std::vector<double> landmarks() const;
  /// E D^k for k = 1, 2 at weight 1; infinite where it does not exist.
  [[nodiscard]] double moment(int k) const;
  /// log P(D > t) / log t as t grows, for a log-logistic; infinite for all others, which have every moment.
  [[nodiscard]] double tail_index() const;

 private:
  Distribution distribution_;
  double stretch_, weight_;
  std::optional<double> constant_;
};

/// Probability at a point of time.
struct Atom {
  double time = 0.0, mass = 0.0;
};

/// The probability of one way out by the time at which it is taken, on the grid of multiples of a step.
struct Kernel {
  std::vector<double> cells;  // [k]: from k to k + 1 steps, what is not in atoms
  std::vector<Atom> atoms;
};

/// What one way out adds up to: its probability and the parts of E D and E D^2 (integrals over the times at which it is
/// taken).
struct Passage {
  double probability = 0.0, first = 0.0, second = 0.0;
};

/// [way], and what a probability may be off by: rounding in choices, quadrature in races.
struct Passages {
  std::vector<Passage> ways;
  double error = 0.0;
};

/// A way out of a touchpoint: in a choice taken with `share` and then after `delay`, in a race when `delay` is the shortest.
struct RouteOption {
  std::size_t exit = 0, to = 0;
  double share = 1.0;
  Delay delay;
};

/// The ways out of one touchpoint for one persona.
struct Departure {
  bool race = false;
  std::vector<RouteOption> ways;  // in file order, none impossible
  double stays = 0.0;             // probability of staying until the horizon

  /// A race by adaptive Gauss-Kronrod quadrature of at most 2,000 panels. Moments too large for a double are infinite.
  [[nodiscard]] Passages passages() const;
  /// [way], on a grid of `count` cells of `step` days. Atoms later than the grid are left out. The winners of a race are
  /// right to 2e-6 in sum, by bounded work; throws InputError where that is not enough.
  [[nodiscard]] std::vector<Kernel> kernels(double step, std::size_t count) const;
  /// Whether some time is spread, not at atoms only.
  [[nodiscard]] bool spread() const;
  /// Times of the atoms.
  [[nodiscard]] std::vector<double> atom_times() const;
};

}  // namespace sojourn
