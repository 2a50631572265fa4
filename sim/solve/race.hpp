// The ways out of a race: who wins, and when (MODEL.md sections 2 and 10).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stay_time.hpp"

namespace sojourn {

/// What the ways out of a race share: the time at which a constant ends it, and the hazards of the others.
class Race {
 public:
  explicit Race(const std::vector<RouteOption>& ways);

  [[nodiscard]] const std::vector<double>& start() const { return start_; }         // [way] taken at time 0
  [[nodiscard]] const std::vector<std::size_t>& spread() const { return spread_; }  // ways with a delay that is no constant
  [[nodiscard]] std::optional<std::size_t> last() const { return last_; }           // of constants, the first to come
  [[nodiscard]] double end() const { return end_; }                                 // its time; infinite without one
  /// Probability that nothing but a constant has happened by t.
  [[nodiscard]] double survival(double t) const;

  /// Probabilities and moments of all ways, with what quadrature may leave of a probability. Bounded work for every race: at
  /// most 2,000 panels, whatever the weights.
  [[nodiscard]] Passages passages() const;

  /// Adds to `won[i]` the probability that spread way i wins between a and b. Shares in proportion to the hazards gained are
  /// right to the second order of the length; two lengths give the fourth (Richardson 1911). Halved until the two differ by
  /// less than `tolerance` and less than half of those alive win, or until `pieces`, of which each halving takes one, are
  /// used up. Returns the difference left.
  [[nodiscard]] double split(double a, double b, double tolerance, std::size_t& pieces, std::vector<double>& won) const;

 private:
  struct Instant;
  class Quadrature;
  [[nodiscard]] double hazard(double t) const;
  [[nodiscard]] double gained(double log_time) const;
  [[nodiscard]] Instant instant(double log_gain, double low, double high) const;
  [[nodiscard]] Instant instant(double log_gain) const;
  [[nodiscard]] std::vector<double> shares_at(const Instant& instant) const;
  [[nodiscard]] std::vector<double> shares(double a, double b) const;
  double halve(double a, double b, double tolerance, int depth, std::size_t& pieces, std::vector<double>& won) const;

  const std::vector<RouteOption>& ways_;
  std::vector<double> start_;
  std::vector<std::size_t> spread_;
  std::optional<std::size_t> last_;
  double end_;
  double hazard_at_zero_ = 0.0;
};

}  // namespace sojourn
