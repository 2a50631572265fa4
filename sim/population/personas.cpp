#include "sojourn/population/personas.hpp"

#include <algorithm>
#include <memory>

#include "personas_draws.hpp"

namespace sojourn {

std::vector<std::uint16_t> personas_of(const ModelParts& parts, std::uint32_t customers, const Accounts* accounts,
                                       const Streams& streams) {
  std::vector<std::uint16_t> personas(customers);
  if (accounts != nullptr) {
    for (std::uint32_t i = 0; i < customers; ++i) personas[i] = static_cast<std::uint16_t>(accounts->persona_of(i));
    return personas;
  }
  std::vector<double> cumulative_share;
  double share = 0.0;
  for (const Persona& persona : parts.personas) cumulative_share.push_back(share += persona.share);
  const personas::DrawPersonas draw = personas::widest_draws();
  const auto draws = std::make_unique<personas::Draws>();
  constexpr auto together = std::uint32_t{personas::together};
  draws->count = personas::together;
  std::fill(std::begin(draws->index[0]), std::end(draws->index[0]), 0u);
  std::fill(std::begin(draws->index[1]), std::end(draws->index[1]), 1u);
  const std::uint32_t second = static_cast<std::uint32_t>(Purpose::person) | (streams.replication() << 8);
  for (std::uint32_t first = 0; first < customers; first += std::min(together, customers - first)) {
    for (std::uint32_t k = 0; k < together; ++k) draws->customer[k] = first + k;
    draw(*draws, cumulative_share.data(), static_cast<int>(cumulative_share.size()), second,
         static_cast<std::uint32_t>(streams.seed()), static_cast<std::uint32_t>(streams.seed() >> 32));
    const std::uint32_t count = std::min(together, customers - first);
    for (std::uint32_t k = 0; k < count; ++k) personas[first + k] = static_cast<std::uint16_t>(draws->persona[k]);
  }
  return personas;
}

}  // namespace sojourn
