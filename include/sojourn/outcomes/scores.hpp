// What is counted, declared once: everything between the engine's cells and the results file follows from these tables by
// loops.
#pragma once

#include <span>
#include <string_view>

#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/tally/shape.hpp"

namespace sojourn {

/// How a score's cells are to be read.
enum class ScoreKind {
  stock,           // changes per window: running sums are integers, what there is at a window's end
  flow,            // of each window, integers
  level,           // of each window, integers, as it stands at its end; at the horizon the last one
  count,           // up to the horizon, an integer
  mean_of_people,  // a sum over customers present, changes per window: a mean over them
  mean_of_visits,  // a sum over appraised visits up to the horizon: a mean over them
  mean_of_waits,   // a sum over waits that ended: a mean over them
  total            // a sum up to the horizon, in the samples only
};

/// Units of a cell (see Scales).
enum class ScoreScale { one, score, days };
[[nodiscard]] inline double scale_of(ScoreScale scale, const Scales& scales) {
  return scale == ScoreScale::score ? scales.score : scale == ScoreScale::days ? scales.days : 1.0;
}

/// A number of the samples, a member of `S` (Sums or TouchSums): its name in the group "samples", where it has one.
template <class S>
struct SumField {
  double S::*member = nullptr;  // null: not in the samples
  std::string_view name;
  std::string_view unit;  // "" for the currency
  std::string_view long_name;
};

/// One score: a cell of the tally, a variable of the results file, a sum of the samples.
template <class Cell, class S>
struct Score {
  Cell cell;
  ScoreKind kind;
  ScoreScale scale;
  std::string_view name, unit, long_name;  // in the results file; no name: it is not there by itself
  Needs needs;                             // what the model must have for the file to have it
  SumField<S> sum;
};

[[nodiscard]] std::span<const Score<TimeScore, Sums>> time_scores();         // by persona and time
[[nodiscard]] std::span<const Score<PersonScore, Sums>> person_scores();     // by persona
[[nodiscard]] std::span<const Score<TouchScore, TouchSums>> touch_scores();  // by persona and touchpoint
[[nodiscard]] std::span<const Score<AccountScore, Sums>> account_scores();   // by account segment and time
/// Sums by persona that are made of others: of visits to all touchpoints, and money.
[[nodiscard]] std::span<const SumField<Sums>> made_sums();
/// Sums of the whole market: what improvements cost.
[[nodiscard]] std::span<const SumField<Sums>> market_sums();
/// Sums of the whole market that are there only where servers are paid: what they cost.
[[nodiscard]] std::span<const SumField<Sums>> staff_sums();
/// Sums by touchpoint that are made of others.
[[nodiscard]] std::span<const SumField<TouchSums>> made_touch_sums();

/// All sums that the samples keep by persona, in their order in the file; likewise by touchpoint and account segment.
[[nodiscard]] std::span<const SumField<Sums>> persona_sums();
[[nodiscard]] std::span<const SumField<TouchSums>> touch_sums();
[[nodiscard]] std::span<const SumField<Sums>> segment_sums();

}  // namespace sojourn
