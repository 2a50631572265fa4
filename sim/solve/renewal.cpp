#include "renewal.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <map>
#include <optional>

#include "fourier.hpp"
#include "linear_system.hpp"

namespace sojourn {
namespace {

using Complex = std::complex<double>;
using Series = std::vector<double>;

constexpr std::size_t leaf = 64;  // below this length, direct sums are faster than transforms

class Renewal {
 public:
  Renewal(const std::vector<TimedStep>& steps, std::vector<Series> start, const Grid& grid, Rounding rounding)
      : grid_(grid), visits_(std::move(start)), states_(visits_.size()), at_once_(SquareMatrix::identity(states_)) {
    std::map<std::pair<std::size_t, std::size_t>, Series> lagged;
    bool immediate = false;
    for (const TimedStep& step : steps) {
      Kernel spread;
      spread.cells = step.kernel->cells;
      if (!spread.cells.empty()) {
        Series& series = lagged[{step.from, step.to}];
        series.resize(grid.points(), 0.0);
        place(spread, grid, rounding, 1.0, series);
      }
      for (const Atom& atom : step.kernel->atoms) {
        const std::size_t lag = grid.point(atom.time, rounding);
        if (lag == 0) {
          at_once_.at(step.to, step.from) -= atom.mass;
          immediate = true;
        } else if (lag <= grid.last) {
          jumps_.push_back({step.from, step.to, lag, atom.mass});
        }
      }
    }
    for (auto& [ends, series] : lagged) {
      if (series[0] > 0.0) {
        at_once_.at(ends.second, ends.first) -= series[0];
        immediate = true;
        series[0] = 0.0;
      }
      edges_.push_back({ends.first, ends.second, std::move(series)});
    }
    if (immediate) {
      at_once_solved_.emplace(at_once_);
      const LinearSystem& system = *at_once_solved_;
      regular_ = system.regular();
      // A circle of times that all became 0 and that nobody leaves has no finite, non-negative solution.
      for (std::size_t i = 0; regular_ && i < states_; ++i) {
        Series unit(states_, 0.0);
        unit[i] = 1.0;
        for (const double x : system.solve(unit)) regular_ = regular_ && x >= -1e-9 && x < 1e9;
      }
    }
  }

  [[nodiscard]] bool regular() const { return regular_; }

  std::vector<Series> solve() {
    std::size_t length = leaf;
    while (length < grid_.points()) length *= 2;
    advance(0, length);
    return std::move(visits_);
  }

 private:
  struct Edge {
    std::size_t from, to;
    Series kernel;
  };
  struct Jump {
    std::size_t from, to, lag;
    double mass;
  };
  /// The kernels' transforms at one length, made when first needed.
  struct Level {
    explicit Level(std::size_t length) : fourier(length) {}
    Fourier fourier;
    std::vector<std::vector<Complex>> kernels;
  };

  void advance(std::size_t begin, std::size_t end) {
    if (begin > grid_.last) return;
    if (end - begin <= leaf) {
      for (std::size_t t = begin; t < std::min(end, grid_.points()); ++t) settle(begin, t);
      return;
    }
    const std::size_t middle = begin + (end - begin) / 2;
    advance(begin, middle);
    if (middle <= grid_.last) {
      feed(begin, middle, end);
      advance(middle, end);
    }
  }

  /// What happened in [begin, middle) adds to [middle, end).
  void feed(std::size_t begin, std::size_t middle, std::size_t end) {
    if (edges_.empty()) return;
    const std::size_t length = end - begin;
    Level& level = levels_.try_emplace(length, length).first->second;
    if (level.kernels.empty()) {
      for (const Edge& edge : edges_)
        level.kernels.push_back(level.fourier.forward(edge.kernel.data(), std::min(length, edge.kernel.size())));
    }
    std::vector<std::vector<Complex>> from(states_), to(states_);
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      auto& source = from[edges_[e].from];
      auto& sink = to[edges_[e].to];
      // Half a length of visits into a length that wraps round: only the half that is not needed is spoilt.
      if (source.empty()) source = level.fourier.forward(visits_[edges_[e].from].data() + begin, middle - begin);
      if (sink.empty()) sink.resize(length / 2 + 1);
      const std::vector<Complex>& kernel = level.kernels[e];
      for (std::size_t k = 0; k < sink.size(); ++k) {
        const Complex a = source[k], b = kernel[k];
        sink[k] += Complex(a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real());
      }
    }
    for (std::size_t j = 0; j < states_; ++j) {
      if (to[j].empty()) continue;
      const Series added = level.fourier.backward(to[j]);
      for (std::size_t t = middle; t < std::min(end, grid_.points()); ++t) visits_[j][t] += added[t - begin];
    }
  }

  /// The visits at point t, when all before `begin` have been fed.
  void settle(std::size_t begin, std::size_t t) {
    for (const Edge& edge : edges_) {
      const Series& source = visits_[edge.from];
      double sum = 0.0;
      for (std::size_t s = begin; s < t; ++s) sum += source[s] * edge.kernel[t - s];
      visits_[edge.to][t] += sum;
    }
    for (const Jump& jump : jumps_) {
      if (jump.lag <= t) visits_[jump.to][t] += jump.mass * visits_[jump.from][t - jump.lag];
    }
    if (!at_once_solved_ || (grid_.ends && t == grid_.last)) return;
    Series now(states_);
    double sum = 0.0;
    for (std::size_t j = 0; j < states_; ++j) sum += std::fabs(now[j] = visits_[j][t]);
    if (sum == 0.0) return;
    now = at_once_solved_->solve(now);
    for (std::size_t j = 0; j < states_; ++j) visits_[j][t] = now[j];
  }

  const Grid& grid_;
  std::vector<Series> visits_;
  std::size_t states_;
  SquareMatrix at_once_;  // I - Q(0), transposed
  std::optional<LinearSystem> at_once_solved_;
  bool regular_ = true;
  std::vector<Edge> edges_;
  std::vector<Jump> jumps_;
  std::map<std::size_t, Level> levels_;
};

}  // namespace

bool Grid::on_point(double time) const {
  const double steps = time / step;
  return std::fabs(steps - std::round(steps)) <= 1e-9 * std::max(1.0, std::fabs(steps));
}

std::size_t Grid::point(double time, Rounding rounding) const {
  const double steps = time / step;
  if (steps > 1e15) return static_cast<std::size_t>(1e15);
  if (on_point(time)) return static_cast<std::size_t>(std::round(steps));
  return static_cast<std::size_t>(rounding == Rounding::down ? std::floor(steps) : std::ceil(steps));
}

void place(const Kernel& kernel, const Grid& grid, Rounding rounding, double factor, std::vector<double>& series) {
  const std::size_t late = rounding == Rounding::down ? 0 : 1;
  for (std::size_t k = 0; k < kernel.cells.size() && k + late < series.size(); ++k)
    series[k + late] += factor * kernel.cells[k];
  for (const Atom& atom : kernel.atoms) {
    const std::size_t at = grid.point(atom.time, rounding);
    if (at < series.size()) series[at] += factor * atom.mass;
  }
}

std::vector<std::vector<double>> solve_renewal(const std::vector<TimedStep>& steps, std::vector<std::vector<double>> start,
                                               const Grid& grid, Rounding rounding) {
  Renewal renewal(steps, std::move(start), grid, rounding);
  if (!renewal.regular()) return {};
  return renewal.solve();
}

}  // namespace sojourn
