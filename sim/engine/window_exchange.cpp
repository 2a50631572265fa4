#include "window_exchange.hpp"

#include <algorithm>
#include <cstring>

namespace sojourn {

std::vector<std::string> WindowExchange::gather(const std::string& bytes) {
  return swap(std::vector<std::string>(count(), bytes));
}

void WindowExchange::add_up(std::span<std::uint64_t> numbers) {
  if (alone()) return;
  const std::vector<std::string> all =
      gather(std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()));
  std::fill(numbers.begin(), numbers.end(), 0);
  for (const std::string& bytes : all) {
    for (std::size_t k = 0; k < numbers.size() && (k + 1) * sizeof numbers[k] <= bytes.size(); ++k) {
      std::uint64_t number = 0;
      std::memcpy(&number, bytes.data() + k * sizeof number, sizeof number);
      numbers[k] += number;
    }
  }
}

std::array<bool, 3> WindowExchange::any(const std::array<bool, 3>& here) {
  std::array<std::uint64_t, 3> holds{here[0], here[1], here[2]};
  add_up(holds);
  return {holds[0] > 0, holds[1] > 0, holds[2] > 0};
}

std::vector<Share> shares(std::uint32_t customers, const Accounts* accounts, std::uint32_t count) {
  std::vector<Share> all;
  std::uint32_t begin = 0;
  for (std::uint32_t k = 1; k <= count; ++k) {
    auto end = static_cast<std::uint32_t>(std::uint64_t{customers} * k / count);
    // The first that begins here or later; the last one ends with everybody.
    if (accounts != nullptr && k < count && end > 0 && end < customers) end = accounts->end(accounts->account_of(end - 1));
    all.push_back({begin, std::max(begin, end)});
    begin = all.back().end;
  }
  return all;
}

Share accounts_of(const Accounts& accounts, const Share& of) {
  if (of.people() == 0) return {};
  return {accounts.account_of(of.begin), accounts.account_of(of.end - 1) + 1};
}

}  // namespace sojourn
