#include "sojourn/engine/exits.hpp"

#include <algorithm>

#include "sojourn/behaviour/queue.hpp"

namespace sojourn {

double drawn_delay(const Program& program, const ExitRow& exit, const Words& words) {
  const Inverse& after = program.delay(exit.delay);
  const float score = after.by_score() ? normal_pair(words[0], words[2]).second : 0.0f;
  const double delay = after.draw(words[3], score) * exit.stretch;
  return delay > 0.0 ? delay : 0.0;
}

ExitShares share_exits(const Program& program, const VisitRow& row, std::span<const float> traits,
                       const behaviour::ChoiceState& mood, std::span<float> cumulative) {
  namespace b = behaviour;
  const std::span<const ExitRow> exits = program.exits(row);
  // Fixed probabilities take their share first; what remains is split by odds, or stays where there are none.
  b::Shares shares = row.shares;
  if (row.trait_bound) {
    float fixed = 0.0f;
    for (const ExitRow& exit : exits) fixed += probability(program, exit, traits);
    shares = b::share_out(fixed, row.by_odds);
  }
  float odds = 0.0f;
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const ExitRow& exit = exits[j];
    cumulative[j] = b::weigh(exit.odds, b::utility(exit.satisfaction, exit.expectation, exit.heard, exit.effort, mood));
    odds += cumulative[j];
  }
  const float split = odds > 0.0f ? shares.rest / odds : 0.0f;
  ExitShares result;
  result.stay = shares.stay;
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const float share = cumulative[j] * split + probability(program, exits[j], traits) * shares.shrink;
    if (share > 0.0f) result.last = static_cast<std::uint32_t>(j);
    result.total += share;
    cumulative[j] = result.total;
  }
  return result;
}

Leaving decide_leaving(const VisitRow& row, const ExitShares& shares, std::span<const float> cumulative, double& luck) {
  // Exits to ends come first. One number, drawn once for the whole life, decides whether this visit is the last.
  const float leaving = row.ends > 0 ? cumulative[row.ends - 1] : 0.0f;
  const float going = (shares.total - leaving) + shares.stay;
  const auto p = static_cast<double>(leaving);
  const bool leaves = leaving > 0.0f && (luck < p || going <= 0.0f);
  if (!leaves) luck = behaviour::condition_on_staying(luck, p);
  return {leaving, going, leaves};
}

ExitChoice choose(const Program& program, const VisitRow& row, std::span<const float> traits, const Words& words,
                  const behaviour::ChoiceState& mood, double& luck, std::span<float> cumulative) {
  const std::span<const ExitRow> exits = program.exits(row);
  const ExitShares shares = share_exits(program, row, traits, mood, cumulative);
  const auto [leaving, going, leaves] = decide_leaving(row, shares, cumulative, luck);

  // Among the exits of the kind that luck decided; staying comes after all exits.
  const float u = uniform(words[1]);
  const float point = leaves ? u * leaving : leaving + u * going;
  std::uint32_t chosen = 0;
  for (std::size_t j = 0; j < exits.size(); ++j) chosen += cumulative[j] <= point;
  if (chosen == exits.size() && shares.stay > 0.0f) return {};
  if (exits.empty() || shares.total <= 0.0f) return {};
  chosen = std::min(chosen, shares.last);  // the point may be a rounding error beyond the last sum
  const ExitRow& exit = exits[chosen];
  return {static_cast<std::int32_t>(chosen), drawn_delay(program, exit, words)};
}

std::optional<double> race_delay(const Program& program, const ExitRow& exit, const behaviour::ChoiceState& mood,
                                 std::uint32_t word) {
  namespace b = behaviour;
  const float m = b::weigh(exit.odds, b::utility(exit.satisfaction, exit.expectation, exit.heard, exit.effort, mood));
  if (!(m > 0.0f)) return std::nullopt;  // a hazard of zero never comes
  const float hazard = exponential(word) / m;
  if (!(hazard < 1e30f)) return std::nullopt;
  const double drawn = program.delay(exit.delay).at_hazard(hazard) * exit.stretch;
  return drawn > 0.0 ? drawn : 0.0;
}

ExitChoice race(const Program& program, const VisitRow& row, const Streams& streams, std::uint32_t customer,
                std::uint32_t event, const behaviour::ChoiceState& mood) {
  const std::span<const ExitRow> exits = program.exits(row);
  ExitChoice first;
  Words words{};
  for (std::size_t j = 0; j < exits.size(); ++j) {
    if (j % 4 == 0) words = streams.draw(customer, Purpose::race, event, static_cast<std::uint32_t>(j / 4));
    const std::optional<double> delay = race_delay(program, exits[j], mood, words[j % 4]);
    if (!delay) continue;
    if (first.exit < 0 || *delay < first.delay)
      first = {static_cast<std::int32_t>(j), *delay};  // ties: the first in the file
  }
  return first;
}

std::optional<GivenUp> give_up(const Program& program, const VisitRow& row, const Streams& streams, std::uint32_t customer,
                               std::uint32_t event, double wait, float patience) {
  const Words words = streams.draw(customer, Purpose::patience, event);
  if (!behaviour::gives_up(static_cast<float>(wait), patience, words[1])) return std::nullopt;
  const ExitRow& exit = program.gave_up_exits(row).front();
  return GivenUp{&exit, static_cast<double>(patience * exponential(words[1])), drawn_delay(program, exit, words)};
}

ExitChoice leave_on_hearing(const Program& program, const VisitRow& row, std::span<const float> traits,
                            const Streams& streams, std::uint32_t customer, std::size_t window, std::uint32_t messages) {
  const std::span<const ExitRow> exits = program.heard_exits(row);
  for (std::uint32_t message = 0; message < messages && !exits.empty(); ++message) {
    const Words words = streams.draw(customer, Purpose::heard, static_cast<std::uint32_t>(window), message);
    const float u = uniform(words[1]);
    float sum = 0.0f;
    for (std::size_t j = 0; j < exits.size(); ++j) {
      sum += probability(program, exits[j], traits);
      if (u < sum) return {static_cast<std::int32_t>(j), drawn_delay(program, exits[j], words)};
    }
  }
  return {};
}

}  // namespace sojourn
