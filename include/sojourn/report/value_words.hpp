// How decisions over draws are written, by `voi`, `compare --uncertain` and the page alike.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "sojourn/decide/value_of_information.hpp"

namespace sojourn::value_words {

/// An amount of worth as it is written, in full and as the end of an interval.
struct Worth {
  std::function<std::string(double)> amount;

  /// A mean with its 95 % interval.
  [[nodiscard]] std::string of(double mean, double error) const {
    return fmt::format("{} ({} to {})", amount(mean), amount(mean - 1.96 * error), amount(mean + 1.96 * error));
  }
  /// The same of a value of information, which is never negative; what chance could have made is called that.
  [[nodiscard]] std::string of(const InformationValue& value) const {
    if (value.value == 0.0 && value.error == 0.0) return "nothing";
    const double reach = 1.96 * value.error;
    if (!value.shown()) return fmt::format("below {}, not told from 0", amount(value.value + reach));
    return fmt::format("{} ({} to {})", amount(value.value), amount(std::max(0.0, value.value - reach)),
                       amount(value.value + reach));
  }
};

/// The places 0 .. count-1 by falling value.
template <class Value>
[[nodiscard]] std::vector<std::size_t> by_falling(std::size_t count, const Value& value) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
  return order;
}

/// Which choice is worth most, without a full stop.
[[nodiscard]] inline std::string best(const ValueOfInformation& value, const std::vector<std::string>& names) {
  return fmt::format("{}: {}",
                     value.best_shown ? "Worth most in the mean" : "These draws do not tell which is worth most; first",
                     names[value.best]);
}

}  // namespace sojourn::value_words
