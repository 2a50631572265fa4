#include "sojourn/model/content.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace sojourn {
namespace {

using Themes = std::vector<std::pair<std::string, double>>;

/// The vector's weights over the largest of them, so that no square is too large or too small for a number; all 0 stay 0.
Themes scaled(const Themes& themes) {
  double largest = 0.0;
  for (const auto& [theme, weight] : themes) largest = std::max(largest, weight);
  Themes result = themes;
  if (largest > 0.0) {
    for (auto& [theme, weight] : result) weight /= largest;
  }
  return result;
}

double product(const Themes& a, const Themes& b) {
  double sum = 0.0;
  for (const auto& one : a) {
    const auto same = std::find_if(b.begin(), b.end(), [&](const auto& other) { return other.first == one.first; });
    if (same != b.end()) sum += one.second * same->second;
  }
  return sum;
}

}  // namespace

double fit(const Persona& persona, const Content& content) {
  const Themes needs = scaled(persona.needs), says = scaled(content.theme);
  const double squares = product(needs, needs) * product(says, says);
  return squares > 0.0 ? std::min(1.0, product(needs, says) / std::sqrt(squares)) : neutral_fit;
}

ContentFit content_fit(const Persona& persona, const Touchpoint& touchpoint) {
  ContentFit result;
  for (std::size_t k = 0; k < touchpoint.content.size(); ++k) {
    const double own = fit(persona, touchpoint.content[k]);
    if (k == 0) result.standard = result.best = own;
    if (!(own > result.best)) continue;
    result.best = own;
    result.variant = static_cast<std::uint32_t>(k);
  }
  return result;
}

}  // namespace sojourn
