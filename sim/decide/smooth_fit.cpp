#include "smooth_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "covariance.hpp"

namespace sojourn {
namespace {

double product(const std::vector<double>& x, const std::vector<double>& y) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

/// At mean 0 and standard deviation 1; all 0 where the input does not vary.
std::vector<double> standardised(const std::vector<double>& x) {
  const double centre = mean(x), sd = std::sqrt(covariance(x, x));
  std::vector<double> z(x.size(), 0.0);
  if (!(sd > 0.0)) return z;
  for (std::size_t i = 0; i < x.size(); ++i) z[i] = (x[i] - centre) / sd;
  return z;
}

template <class Function>
std::vector<double> each(const std::vector<double>& x, Function function) {
  std::vector<double> y(x.size());
  std::transform(x.begin(), x.end(), y.begin(), function);
  return y;
}

}  // namespace

SmoothFit::SmoothFit(const std::vector<std::vector<double>>& inputs) : draws_(inputs.front().size()) {
  std::vector<std::vector<double>> z, sorted;
  for (const std::vector<double>& input : inputs) {
    z.push_back(standardised(input));
    sorted.push_back(z.back());
    std::sort(sorted.back().begin(), sorted.back().end());
  }
  // At least ten draws for each column.
  const std::size_t most = std::max<std::size_t>(2, draws_ / 10);
  add(std::vector<double>(draws_, 1.0));
  end_block();
  for (const auto& x : z) add(x);
  end_block();
  if (columns_.size() + z.size() * (z.size() + 1) / 2 > most) return;
  for (std::size_t a = 0; a < z.size(); ++a) {
    for (std::size_t b = a; b < z.size(); ++b) {
      std::vector<double> both = z[a];
      for (std::size_t i = 0; i < draws_; ++i) both[i] *= z[b][i];
      add(std::move(both));
    }
  }
  end_block();
  const auto cubes = [&](double share) {
    if (columns_.size() + z.size() > most) return false;
    for (std::size_t k = 0; k < z.size(); ++k) {
      // Share 0 is the whole cube.
      const bool whole = share == 0.0;
      const double from = whole ? 0.0 : sorted[k][static_cast<std::size_t>(share * static_cast<double>(draws_))];
      add(each(z[k], [=](double x) { return whole || x > from ? std::pow(x - from, 3) : 0.0; }));
    }
    return true;
  };
  for (const std::vector<double>& shares : {std::vector{0.0}, {0.5}, {0.25, 0.75}, {0.125, 0.375, 0.625, 0.875}}) {
    for (const double share : shares) {
      if (!cubes(share)) return;
    }
    end_block();
  }
}

void SmoothFit::add(std::vector<double> column) {
  const double size = std::sqrt(product(column, column));
  // Twice is enough (Giraud, Langou & Rozloznik 2005).
  for (int pass = 0; pass < 2; ++pass) {
    for (const std::vector<double>& before : columns_) {
      const double share = product(before, column);
      for (std::size_t i = 0; i < draws_; ++i) column[i] -= share * before[i];
    }
  }
  const double left = std::sqrt(product(column, column));
  if (!(left > 1e-8 * size)) return;  // those before say it all
  for (double& value : column) value /= left;
  columns_.push_back(std::move(column));
}

void SmoothFit::end_block() {
  if (ends_.empty() || ends_.back() < columns_.size()) ends_.push_back(columns_.size());
}

std::vector<double> SmoothFit::fit(const std::vector<double>& y) const {
  const auto n = static_cast<double>(draws_);
  std::vector<double> coefficients, residual = y;
  const std::size_t straight = ends_[std::min<std::size_t>(1, ends_.size() - 1)];
  std::size_t chosen = straight;
  double least = std::numeric_limits<double>::infinity();
  const double centre = mean(y);
  double nothing = 0.0;  // the smallest rest that is not rounding
  for (const double value : y) nothing += 1e-24 * (value - centre) * (value - centre);
  for (const std::size_t end : ends_) {
    while (coefficients.size() < end) {
      const std::vector<double>& column = columns_[coefficients.size()];
      coefficients.push_back(product(column, residual));
      for (std::size_t i = 0; i < draws_; ++i) residual[i] -= coefficients.back() * column[i];
    }
    const double rest = std::max(product(residual, residual), nothing);
    if (!(rest > 0.0)) break;
    const double criterion = n * std::log(rest / n) + static_cast<double>(end) * std::log(n);
    if (end >= straight && criterion < least) {
      least = criterion;
      chosen = end;
    }
  }
  coefficients.resize(chosen);
  return coefficients;
}

std::vector<double> SmoothFit::values(const std::vector<double>& coefficients) const {
  std::vector<double> result(draws_, 0.0);
  for (std::size_t c = 0; c < coefficients.size(); ++c) {
    for (std::size_t i = 0; i < draws_; ++i) result[i] += coefficients[c] * columns_[c][i];
  }
  return result;
}

}  // namespace sojourn
