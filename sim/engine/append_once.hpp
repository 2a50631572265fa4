// Lists of numbers in one array, those that are alike once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace sojourn {

/// Where `numbers` stand in `all`: at the first of the places `place(k)`, for k from `first` up to `last`, where they do;
/// otherwise they are added at its end.
template <class Number, class Place>
std::size_t append_once(std::vector<Number>& all, std::span<const Number> numbers, std::size_t first, std::size_t last,
                        Place place) {
  for (std::size_t k = first; k < last; ++k) {
    const std::size_t at = place(k);
    if (at + numbers.size() > all.size()) continue;
    if (std::equal(numbers.begin(), numbers.end(), all.begin() + static_cast<std::ptrdiff_t>(at))) return at;
  }
  all.insert(all.end(), numbers.begin(), numbers.end());
  return all.size() - numbers.size();
}

}  // namespace sojourn
