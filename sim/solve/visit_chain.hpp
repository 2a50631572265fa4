// The journey of one persona as a semi-Markov chain: what a compiled program says when no slope acts.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/engine/program.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "stay_time.hpp"

namespace sojourn {

/// A state of the chain: a touchpoint, and how far the purchase is.
enum class Purchase : std::uint8_t { before, now, after };  // now: the first visit to a purchase touchpoint
struct ChainState {
  std::size_t touchpoint = 0;
  Purchase purchase = Purchase::before;
};

/// A step of the chain: state `from` leaves by the way out `way` of its touchpoint to state `to`.
struct ChainStep {
  std::size_t from = 0, to = 0, way = 0;
};

/// The chain of one persona. Only what it can reach.
struct VisitChain {
  std::vector<ChainState> states;  // those before or at the purchase come first
  std::size_t until_purchase = 0;  // how many of them
  std::vector<std::pair<std::size_t, double>> starts;
  std::vector<ChainStep> steps;
  std::vector<Departure> departures;  // [touchpoint]; empty at ends and where nobody comes
};

/// What prevents the closed form of one persona, and the chain where nothing does.
struct ReadChain {
  std::vector<Obstacle> obstacles;
  VisitChain chain;
};
[[nodiscard]] ReadChain read_chain(const Program& program, std::uint32_t persona);

/// Whether what visits or stays earn and cost changes within the horizon at a touchpoint that `chain` reaches.
/// Whether invitations to surveys cost money, which has no closed form here.
[[nodiscard]] bool surveys_cost(const ModelParts& parts);
[[nodiscard]] bool money_changes(const Program& program, std::uint32_t persona, const VisitChain& chain);

/// Position of the first exit of each touchpoint among all exits, and at the end their number.
[[nodiscard]] std::vector<std::size_t> first_exits(const ModelParts& parts);

}  // namespace sojourn
