#include "rank_exchange.hpp"

#include <utility>

namespace sojourn {

std::vector<std::string> RankExchange::swap(std::vector<std::string> for_each) {
  for (std::uint32_t other = 0; other < count(); ++other) {
    if (other != rank()) ranks_.tell_window(other, std::move(for_each[other]));
  }
  for (std::uint32_t other = 0; other < count(); ++other) {
    if (other != rank()) for_each[other] = ranks_.window_of(other, heard_);
  }
  return for_each;
}

}  // namespace sojourn
