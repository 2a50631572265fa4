// The ties of the built networks, part by part, from keyed draws: the same whatever the threads.
//
// Boost.Graph has generators for two of these kinds (small_world_iterator, sorted_erdos_renyi_iterator). They draw from one
// sequential stream, so threads cannot share them; the first makes doubles, and filling a Boost graph takes several times
// the memory of the rows. Boost.Graph is the judge of these networks in tests/verify/network_test.cpp instead.
#pragma once

#include <cstdint>
#include <span>

#include "sojourn/population/network.hpp"

namespace sojourn {

/// A ring on which everybody knows the `contacts` nearest, each tie then led elsewhere with probability `rewire` (Watts &
/// Strogatz 1998).
[[nodiscard]] ContactRows::Ties small_world_ties(const SmallWorld& network, std::uint32_t people, const Streams& streams,
                                                 int threads);

/// Newcomers who prefer who has many contacts (Barabasi & Albert 1999).
[[nodiscard]] ContactRows::Ties scale_free_ties(const ScaleFree& network, std::uint32_t people, const Streams& streams);

/// Every pair alike (Erdos & Renyi 1959; Gilbert 1959).
[[nodiscard]] ContactRows::Ties random_ties(const RandomNetwork& network, std::uint32_t people, const Streams& streams);

/// Every pair of a persona alike, and every pair of two personas alike (Holland, Laskey & Leinhardt 1983; Condon & Karp
/// 2001).
[[nodiscard]] ContactRows::Ties community_ties(const Communities& network, std::span<const std::uint16_t> persona,
                                               std::size_t personas, const Streams& streams);

/// Those of a list, which must outlive what is returned.
[[nodiscard]] ContactRows::Ties listed_ties(std::span<const Tie> ties);

/// People in the order of their personas, then of their numbers, and where each persona begins (one more: the end).
struct ByPersona {
  std::vector<std::uint32_t> people;
  std::vector<std::uint32_t> first;
};
[[nodiscard]] ByPersona by_persona(std::span<const std::uint16_t> persona, std::size_t personas);

}  // namespace sojourn
