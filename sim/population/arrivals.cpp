#include "sojourn/population/arrivals.hpp"

#include <array>

namespace sojourn {
namespace {

/// The largest words that stand for 0, 1, 2, ... people: 2^32 times the Poisson distribution function of mean 1.
constexpr std::array<double, 12> make_poisson_limits() {
  std::array<double, 12> limits{};
  double term = 0.36787944117144232160, sum = 0.0;  // e^-1
  for (std::size_t k = 0; k < limits.size(); ++k) {
    sum += term;
    limits[k] = sum * 0x1p32;
    term /= static_cast<double>(k + 1);
  }
  return limits;
}
constexpr std::array<double, 12> poisson_limits = make_poisson_limits();

std::uint32_t poisson_of_mean_1(std::uint32_t word) {
  std::uint32_t number = 0;
  while (number < poisson_limits.size() && static_cast<double>(word) >= poisson_limits[number]) ++number;
  return number;
}

}  // namespace

std::vector<std::uint64_t> people_before(const Settings& settings, const Streams& streams, std::size_t batches) {
  const std::uint64_t customers = settings.customers;
  std::vector<std::uint64_t> before;
  std::uint64_t people = 0, nominal = 0;
  Words words{};
  for (std::size_t b = 0; b <= batches; ++b) {
    const std::uint64_t end = customers * b / batches;
    if (settings.arrivals == PeopleNumber::fixed) {
      before.push_back(end);
      continue;
    }
    for (; nominal < end; ++nominal) {
      if (nominal % 4 == 0) words = streams.draw(static_cast<std::uint32_t>(nominal / 4), Purpose::arrivals, 0);
      people += poisson_of_mean_1(words[nominal % 4]);
    }
    before.push_back(people);
  }
  return before;
}

std::uint64_t people_in(const Settings& settings, const Streams& streams) {
  return people_before(settings, streams, 1).back();
}

}  // namespace sojourn
