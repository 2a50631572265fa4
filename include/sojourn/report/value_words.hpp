// How decisions over draws are written, by `voi`, `compare --uncertain` and the page alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "sojourn/decide/value_of_information.hpp"

namespace sojourn::value_words {

/// Amounts of worth, in whatever unit `amount` writes.
struct Worth {
  std::function<std::string(double)> amount;

  /// A mean with its 95 % interval.
  [[nodiscard]] std::string of(double mean, double error) const;
  /// The same of a value of information, which is never negative; what chance could have made is called that.
  [[nodiscard]] std::string of(const InformationValue& value) const;
};

/// The places 0 .. count-1 by falling `value`, equals in their order.
template <class Value>
[[nodiscard]] std::vector<std::size_t> by_falling(std::size_t count, const Value& value) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
  return order;
}

/// Which choice is worth most, or that the draws do not tell, without a full stop.
[[nodiscard]] std::string best(const ValueOfInformation& value, const std::vector<std::string>& names);

}  // namespace sojourn::value_words
