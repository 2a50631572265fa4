// What a network looks like: degrees, clustering, homophily.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sojourn/population/network.hpp"

namespace sojourn {

struct NetworkFigures {
  std::uint32_t people = 0;
  std::uint64_t contacts = 0;  // over all people; of ties both ways, each counts twice
  double mean_degree = 0.0;
  std::uint32_t least_degree = 0, median_degree = 0, most_degree = 0;
  /// Each degree that occurs, ascending, with the number of people who have it.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> degrees;
  std::uint64_t without_contacts = 0;

  /// Of all pairs of contacts of one person (either order), the share of whom the first talks to the second (transitivity:
  /// Newman, Strogatz & Watts 2001), and the mean of that share over people with two contacts or more (Watts & Strogatz
  /// 1998). NaN where nobody has two.
  double transitivity = 0.0, mean_clustering = 0.0;
  std::uint32_t sampled = 0;  // people drawn at random for these two; 0: all, exactly

  /// Share of contacts who are of one's own persona; the share that contacts drawn at random from everybody else would have;
  /// and Newman's assortativity coefficient (2003), 1 where all contacts are, 0 where no more are than by chance. NaN
  /// without contacts, the last also where all contacts are of one persona.
  double own_persona = 0.0, own_persona_by_chance = 0.0, assortativity = 0.0;
  /// Share of messages that somebody of one's own persona hears, when everybody with contacts says as many: the same as
  /// `own_persona` but for mixing and unequal degrees.
  double messages_to_own_persona = 0.0;
  /// Share of people in the largest group that ties connect, whatever their direction.
  double largest_group = 0.0;
};

/// The figures of `network`, whose people are of `persona` (numbers below `personas`). Exact, but clustering is sampled from
/// `streams` where looking at every pair would take more than a few seconds.
[[nodiscard]] NetworkFigures network_figures(const SocialNetwork& network, std::span<const std::uint16_t> persona,
                                             std::size_t personas, const Streams& streams, int threads);

}  // namespace sojourn
