#include "sojourn/decide/beyond_chance.hpp"

#include <algorithm>
#include <numeric>

#include "sojourn/base/random.hpp"

namespace sojourn {

std::vector<std::vector<std::uint32_t>> shuffled_orders(std::size_t count) {
  constexpr std::uint32_t orders = 99;
  const Streams streams(0, 3);
  std::vector<std::vector<std::uint32_t>> result;
  for (std::uint32_t order = 0; order < orders; ++order) {
    std::vector<std::uint32_t>& numbers = result.emplace_back(count);
    std::iota(numbers.begin(), numbers.end(), 0u);
    for (std::size_t left = count; left > 1; --left) {
      const Words words = streams.draw(order, Purpose::figure, static_cast<std::uint32_t>(left));
      const auto chosen = static_cast<std::size_t>(uniform(words[0], words[1]) * static_cast<double>(left));
      std::swap(numbers[left - 1], numbers[chosen]);
    }
  }
  return result;
}

std::vector<bool> beyond_chance(const std::vector<double>& seen, const std::vector<std::vector<double>>& shuffled) {
  constexpr double share = 0.05;
  std::vector<bool> result;
  for (const double one : seen) {
    const auto reached = std::count_if(shuffled.begin(), shuffled.end(), [&](const std::vector<double>& things) {
      return std::any_of(things.begin(), things.end(), [&](double thing) { return thing >= one; });
    });
    result.push_back(static_cast<double>(reached + 1) <= share * static_cast<double>(shuffled.size() + 1));
  }
  return result;
}

}  // namespace sojourn
