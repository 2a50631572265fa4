#include "long_run.hpp"

#include <algorithm>
#include <cmath>

#include "linear_system.hpp"
#include "sojourn/base/special_values.hpp"

namespace sojourn {
namespace {

/// The chain of visits with its probabilities, and which states are passed through only.
class VisitMatrix {
 public:
  explicit VisitMatrix(const VisitChain& chain) : chain_(chain), passages_(chain.departures.size()) {
    const std::size_t n = chain.states.size();
    for (std::size_t v = 0; v < passages_.size(); ++v) {
      passages_[v] = chain.departures[v].passages();
      error_ = std::max(error_, passages_[v].error);
    }
    std::vector<std::vector<std::size_t>> next(n);
    for (const ChainStep& step : chain.steps) next[step.from].push_back(step.to);
    std::vector<std::vector<bool>> reaches(n, std::vector<bool>(n, false));
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<std::size_t> open{i};
      while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        for (const std::size_t j : next[at]) {
          if (reaches[i][j]) continue;
          reaches[i][j] = true;
          open.push_back(j);
        }
      }
    }
    // A state is one of a circle for ever when all that it reaches leads back to it and nobody drops out on the way.
    const auto absorbs = [&](std::size_t i) { return next[i].empty() || departure(i).stays > 0.0; };
    for (std::size_t i = 0; i < n; ++i) {
      bool circle = !absorbs(i);
      for (std::size_t j = 0; j < n; ++j) circle = circle && (!reaches[i][j] || (reaches[j][i] && !absorbs(j)));
      circles_.push_back(circle);
      ends_.push_back(next[i].empty() && departure(i).stays == 0.0);
    }
  }

  [[nodiscard]] const VisitChain& chain() const { return chain_; }
  [[nodiscard]] const Departure& departure(std::size_t state) const {
    return chain_.departures[chain_.states[state].touchpoint];
  }
  [[nodiscard]] const Passage& passage(const ChainStep& step) const {
    return passages_[chain_.states[step.from].touchpoint].ways[step.way];
  }
  /// What a probability may be off by.
  [[nodiscard]] double error() const { return error_; }
  [[nodiscard]] bool circles(std::size_t state) const { return circles_[state]; }
  [[nodiscard]] bool ends(std::size_t state) const { return ends_[state]; }

  /// I - P among the states for which `inside` holds; the others have a row of the identity.
  [[nodiscard]] LinearSystem system(const std::vector<bool>& inside) const {
    SquareMatrix matrix = SquareMatrix::identity(chain_.states.size());
    for (const ChainStep& step : chain_.steps) {
      if (inside[step.from] && inside[step.to]) matrix.at(step.from, step.to) -= passage(step).probability;
    }
    return LinearSystem(std::move(matrix));
  }

  /// From the first visit to the first one in a state of `target`.
  [[nodiscard]] Reach reach(const std::vector<bool>& target) const {
    const std::size_t n = chain_.states.size();
    std::vector<bool> inside(n);
    for (std::size_t i = 0; i < n; ++i) inside[i] = !target[i] && !circles_[i];
    const LinearSystem matrix = system(inside);
    std::vector<double> chance(n, 0.0), first(n, 0.0), second(n, 0.0);
    for (const ChainStep& step : chain_.steps) {
      if (inside[step.from] && target[step.to]) chance[step.from] += passage(step).probability;
    }
    chance = matrix.solve(chance);
    for (std::size_t i = 0; i < n; ++i) {
      if (target[i]) chance[i] = 1.0;
    }
    bool no_mean = false, no_variance = false;
    const auto part = [](double moment, bool& missing) {
      missing = missing || std::isinf(moment);
      return std::isinf(moment) ? 0.0 : moment;
    };
    for (const ChainStep& step : chain_.steps) {
      if (inside[step.from] && chance[step.to] > 0.0)
        first[step.from] += part(passage(step).first, no_mean) * chance[step.to];
    }
    first = matrix.solve(first);
    for (const ChainStep& step : chain_.steps) {
      if (!inside[step.from] || !(chance[step.to] > 0.0)) continue;
      second[step.from] += part(passage(step).second, no_variance) * chance[step.to] +
                           2.0 * part(passage(step).first, no_mean) * first[step.to];
    }
    second = matrix.solve(second);
    Reach sum;
    for (const auto& [state, share] : chain_.starts)
      sum += {share * chance[state], share * first[state], share * second[state]};
    if (no_mean) sum.first = infinity;
    if (no_mean || no_variance) sum.second = infinity;
    return sum;
  }

 private:
  const VisitChain& chain_;
  std::vector<Passages> passages_;  // [touchpoint]
  double error_ = 0.0;
  std::vector<bool> circles_, ends_;
};

}  // namespace

Reach& Reach::operator+=(const Reach& other) {
  chance += other.chance;
  first += other.first;
  second += other.second;
  return *this;
}

Moments Reach::moments() const {
  if (!(chance > 0.0)) return {std::nan(""), std::nan("")};
  const double mean = first / chance;
  if (std::isinf(second)) return {mean, infinity};
  return {mean, std::sqrt(std::max(0.0, second / chance - mean * mean))};
}

SolvedLongRun solve_long_run(const VisitChain& chain, std::size_t exits) {
  const VisitMatrix matrix(chain);
  const std::size_t n = chain.states.size();
  SolvedLongRun result;
  result.error = matrix.error();
  LongRun& figures = result.figures;
  figures.visits.assign(chain.departures.size(), 0.0);
  figures.ends.assign(chain.departures.size(), 0.0);
  figures.taken.assign(exits, 0.0);

  // Expected visits are the start's row of the fundamental matrix; ends have no way on, so they stand in it like the others.
  std::vector<bool> inside(n), ends(n), bought(n);
  std::vector<double> start(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    inside[i] = !matrix.circles(i);
    ends[i] = matrix.ends(i);
    bought[i] = chain.states[i].purchase == Purchase::now;
  }
  for (const auto& [state, share] : chain.starts) (inside[state] ? start[state] : figures.circles) += share;
  const std::vector<double> visits = matrix.system(inside).solve_transposed(start);
  for (const ChainStep& step : chain.steps) {
    const double taken = inside[step.from] ? visits[step.from] * matrix.passage(step).probability : infinity;
    figures.taken[matrix.departure(step.from).ways[step.way].exit] += taken;
    if (inside[step.from] && !inside[step.to]) figures.circles += taken;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t v = chain.states[i].touchpoint;
    figures.visits[v] += inside[i] ? visits[i] : infinity;
    if (ends[i]) figures.ends[v] += visits[i];
    if (inside[i]) figures.stays += visits[i] * matrix.departure(i).stays;
  }
  result.purchase = matrix.reach(bought);
  result.end = matrix.reach(ends);
  figures.buys = result.purchase.chance;
  figures.time_to_purchase = result.purchase.moments();
  figures.life = result.end.moments();
  return result;
}

LongRun pool(const std::vector<SolvedLongRun>& personas, const std::vector<double>& shares) {
  LongRun sum;
  Reach purchase, end;
  const auto add = [](std::vector<double>& to, const std::vector<double>& from, double share) {
    to.resize(from.size(), 0.0);
    for (std::size_t i = 0; i < from.size(); ++i) to[i] += share * from[i];
  };
  for (std::size_t p = 0; p < personas.size(); ++p) {
    if (!(shares[p] > 0.0)) continue;
    const LongRun& from = personas[p].figures;
    add(sum.visits, from.visits, shares[p]);
    add(sum.taken, from.taken, shares[p]);
    add(sum.ends, from.ends, shares[p]);
    sum.stays += shares[p] * from.stays;
    sum.circles += shares[p] * from.circles;
    const auto weighted = [&](const Reach& r) {
      return Reach{shares[p] * r.chance, shares[p] * r.first, shares[p] * r.second};
    };
    purchase += weighted(personas[p].purchase);
    end += weighted(personas[p].end);
  }
  sum.buys = purchase.chance;
  sum.time_to_purchase = purchase.moments();
  sum.life = end.moments();
  return sum;
}

}  // namespace sojourn
