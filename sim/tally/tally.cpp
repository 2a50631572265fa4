#include "sojourn/tally/tally.hpp"

#include <algorithm>
#include <cmath>

namespace sojourn {

double fixed_point_scale(double largest) {
  if (!(largest > 0.0)) return 1.0;
  int exponent = 0;
  std::frexp(largest_amount / largest, &exponent);  // in [2^(exponent - 1), 2^exponent)
  return std::ldexp(1.0, exponent - 1);
}

void Tally::clear() {
  std::fill(cells_.begin(), cells_.end(), 0);
  events = 0;
}

void Totals::add(const Tally& tally) {
  assert(tally.cells().size() == cells_.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i] += tally.cells()[i];
  events_ += tally.events;
}

void Totals::add(const Totals& other) {
  assert(other.cells_.size() == cells_.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i] += other.cells_[i];
  events_ += other.events_;
  fortunes += other.fortunes;
}

Totals::Wide Totals::stock(std::size_t persona, std::size_t window, TimeScore score) const {
  Wide sum = 0;
  for (std::size_t w = 0; w <= window; ++w) sum += cells_[shape_.time(persona, w, score)];
  return sum;
}

std::vector<std::int64_t> Totals::present(std::size_t persona, std::size_t touchpoint) const {
  std::vector<std::int64_t> people(shape_.windows);
  Wide sum = 0;
  for (std::size_t w = 0; w < shape_.windows; ++w) {
    sum += cells_[shape_.present(persona, touchpoint, w)];
    people[w] = static_cast<std::int64_t>(sum);
  }
  return people;
}

}  // namespace sojourn
