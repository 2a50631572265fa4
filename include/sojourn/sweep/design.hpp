// Designs: where the points of a sweep lie. A pure function of the sweep file, so that every shard computes its own points.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sojourn/scenario/sweep_file.hpp"

namespace sojourn {

/// Points of the unit cube [0,1)^d, number by number: Sobol's sequence (Sobol 1967; direction numbers of Joe & Kuo 2008 as
/// in Boost.Random) with a digital shift: each coordinate's binary digits are exchanged by the same random ones (Cranley &
/// Patterson 1976; L'Ecuyer & Lemieux 2002). The first 2^m points fill the cube evenly, and each is uniform by itself.
class SobolSequence {
 public:
  /// 1 <= dimensions <= 2,000; the shift follows from `seed`.
  SobolSequence(std::size_t dimensions, std::uint64_t seed);
  /// Coordinate `dimension` of point `index`, from 0, below 2^32.
  [[nodiscard]] double operator()(std::uint64_t index, std::size_t dimension) const;

 private:
  static constexpr std::size_t digits = 32;
  std::size_t dimensions_;
  std::vector<std::uint64_t> directions_;  // [digit][dimension]
  std::vector<std::uint64_t> shift_;       // [dimension]
};

/// The points of a sweep.
///
/// grid: every combination, the last key's values changing fastest. table: its lines. latin_hypercube: n points, of which
/// each key has one in each n-th of its values (McKay, Beckman & Conover 1979). sobol: see SobolSequence.
///
/// morris: trajectories of k + 1 points, in which one key after another moves by p / (2 (p - 1)) of its range on a lattice
/// of p levels (Morris 1991). Distributions have their levels at shares (j + 1/2) / p.
///
/// saltelli: for each of n samples k + 2 points: A, then A with the value of B in one key after another, then B; A and B are
/// halves of Sobol points of 2 k dimensions (Saltelli et al. 2010).
class Design {
 public:
  /// `sweep` has no error, and must outlive this.
  explicit Design(const SweepFile& sweep);

  [[nodiscard]] std::uint64_t points() const { return points_; }
  [[nodiscard]] const SweepFile& sweep() const { return *sweep_; }
  /// Point `index` as shares of [0,1], one for each key; not of a grid or table.
  [[nodiscard]] std::vector<double> shares(std::uint64_t index) const;
  /// Point `index` as values, one for each key.
  [[nodiscard]] std::vector<Setting> settings(std::uint64_t index) const;
  /// The points that belong together in an analysis: k + 1 of morris, k + 2 of saltelli, else 1.
  [[nodiscard]] std::uint64_t block() const;

 private:
  [[nodiscard]] std::vector<double> morris(std::uint64_t index) const;

  const SweepFile* sweep_;
  std::uint64_t points_ = 0;
  std::vector<std::vector<std::uint32_t>> strata_;  // of a Latin hypercube: [key][point]
  std::vector<SobolSequence> sobol_;                // one, where the design has it
};

/// What a number of a sweep is drawn for: the digital shift of a Sobol sequence; the order of a Latin hypercube's strata,
/// and the place within one; a trajectory of Morris; a bootstrap of indices; resamples of points, and shuffles of them, for
/// a box.
enum class DesignDraw : std::uint32_t {
  shift = 0,
  strata = 1,
  within = 2,
  trajectory = 3,
  bootstrap = 4,
  resample = 5,
  shuffle = 6
};

/// A uniform number in (0,1) named by (seed, purpose, index, part); 52 bits. Any number may stand for a purpose of one's
/// own.
[[nodiscard]] double design_draw(std::uint64_t seed, DesignDraw purpose, std::uint64_t index, std::uint32_t part);

}  // namespace sojourn
