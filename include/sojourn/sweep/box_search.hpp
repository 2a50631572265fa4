// Where in a space the points of interest lie: a box, found by the Patient Rule Induction Method (PRIM, Friedman & Fisher
// 1999).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace sojourn {

/// One coordinate of all points.
struct BoxKey {
  std::vector<double> values;  // by point, finite
  bool ordered = true;         // else numbers of kinds, of which a box may leave out any
};

/// One side of a box.
struct BoxLimit {
  enum class Side { below, above, kinds };  // values below `value` are inside, above it, or those of `kinds`

  std::size_t key = 0;
  Side side = Side::below;
  double value = 0.0;         // the shortest decimal between the neighbours at the two sides of the limit
  std::vector<double> kinds;  // rising
  /// The chance of as dense a box if this limit cut off points blindly: P(X >= wins inside) of a binomial X with as many
  /// trials as points inside, at the density without the limit (the quasi-p-value of Bryant & Lempert 2010).
  double quasi_p = 1.0;
  /// The share of bootstrap resamples whose box has a limit on this side of this key, and where 95 % of these lie.
  double kept = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN(), high = std::numeric_limits<double>::quiet_NaN();
};

/// A box and what it holds. Without a limit it is the whole space.
struct PointBox {
  std::vector<BoxLimit> limits;                                                    // by key, `above` before `below`
  double inside = 0.0, interesting_inside = 0.0, points = 0.0, interesting = 0.0;  // counts of points

  /// The share of the points inside that are of interest.
  [[nodiscard]] double density() const { return interesting_inside / inside; }
  /// The share of the points of interest that are inside.
  [[nodiscard]] double coverage() const { return interesting_inside / interesting; }
  /// The overlap of the box with the points of interest, 0 to 1 (Dice 1945): the harmonic mean of the two above.
  [[nodiscard]] double overlap() const { return 2.0 * interesting_inside / (inside + interesting); }
};

/// Limits whose quasi-p-value reaches this are dropped.
inline constexpr double most_quasi_p = 0.05;

/// The box with the largest overlap on the way of peeling and pasting. Peeling takes a twentieth of the points off that side
/// whose loss raises the density most for each point lost (of keys with few values: Kwakkel & Jaxa-Rozen 2016), down to a
/// tenth of the points of interest; pasting moves the sides of the best box out and in while the overlap grows. Of keys with
/// more than 1,024 values limits lie between their quantiles. `times` says how often each point counts; empty: once.
/// There is a point of interest and one that is none.
[[nodiscard]] PointBox search_box(std::span<const BoxKey> keys, std::span<const std::uint8_t> interesting,
                                  std::span<const std::uint32_t> times = {});

/// A box, and whether it may be chance.
struct JudgedBox {
  PointBox box;
  /// The share of shuffles of the points' labels in which the best box overlaps as much, (1 + k) / (1 + n) (Phipson & Smyth
  /// 2010).
  double chance = 1.0;

  /// Whether there is a box that chance does not make.
  [[nodiscard]] bool told() const { return !box.limits.empty() && chance <= 0.05; }
};
/// Bootstrap resamples, and shuffles.
inline constexpr std::size_t box_resamples = 200;

/// Of more points, resamples and shuffles take every second, third, ... block.
inline constexpr std::size_t most_judged_points = 20'000;

/// The best box, judged by resamples and shuffles of whole blocks of `block` neighbouring points, drawn by `seed`.
[[nodiscard]] JudgedBox judged_box(std::span<const BoxKey> keys, std::span<const std::uint8_t> interesting,
                                   std::size_t block, std::uint64_t seed, int threads);

}  // namespace sojourn
