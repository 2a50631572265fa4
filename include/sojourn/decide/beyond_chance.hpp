// Whether what a few draws show is more than chance makes: against the same draws in shuffled orders (Fisher 1935).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sojourn {

/// Orders of the numbers 0 to `count` - 1, each as likely as any other. Fixed random numbers: the same at every call.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> shuffled_orders(std::size_t count);

/// Of several things seen at once, which are more than chance makes: those that at most 5 % of the shuffles reach with any
/// of theirs (the largest of all, Westfall & Young 1993), so that all together are wrong in 5 % of the cases at most.
/// `shuffled` is [shuffle][thing], from each of `shuffled_orders`; larger is more.
[[nodiscard]] std::vector<bool> beyond_chance(const std::vector<double>& seen,
                                              const std::vector<std::vector<double>>& shuffled);

}  // namespace sojourn
