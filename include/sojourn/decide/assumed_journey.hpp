// The company's own map held against the journey that customers take: where they differ, by how much, and the paths that
// nobody drew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// The Jensen-Shannon divergence of two distributions in bits (Lin 1991, equation 4.1 with equal weights): the mean of what
/// each tells against their mixture, in [0, 1]. 0: they are the same; 1: whatever one does the other never does. `p` and `q`
/// have equal length; each is >= 0 and is scaled to sum to 1. NaN where one of them sums to 0.
[[nodiscard]] double jensen_shannon(const std::vector<double>& p, const std::vector<double>& q);

/// A move from one touchpoint to another, whatever exits lead there.
struct ComparedMove {
  TouchpointId to;
  std::optional<double> assumed;  // share that the company believes in; none: it drew no such move
  Estimate actual;                // share of those who moved on; its interval is Student's t over replications
  bool exists = true;             // an exit of the journey leads there
  bool told = false;  // the shares differ by more than chance, all moves of the map compared at once (Bonferroni)
};

/// A touchpoint that people left.
struct ComparedTouchpoint {
  TouchpointId at;
  bool on_map = false;             // the company's map says where people go from here
  double moves = 0.0;              // away from here, share of all moves
  double open = 0.0;               // share that the map leaves open; what nobody drew is compared with it
  Estimate divergence;             // in bits; NaN where the touchpoint is not on the map or nobody left it
  std::vector<ComparedMove> next;  // the most frequent first, then those that are only believed in
  /// Whether one of its moves, or what the map leaves open, is told from chance.
  bool told = false;
};

/// A way of several moves in a row that the company's map does not have, and how many of the journeys looked at took it.
struct UndrawnPath {
  std::vector<TouchpointId> touchpoints;  // at least two
  std::size_t journeys = 0;
};

struct AssumedJourney {
  std::string plan;  // id
  std::size_t replications = 0;
  std::vector<ComparedTouchpoint> touchpoints;  // those that people left or that the map has; the largest divergence first
  Estimate divergence;                          // mean over moves away from touchpoints on the map, in bits
  Estimate undrawn;                             // share of all moves that the map does not have
  std::size_t journeys = 0, on_map = 0;         // of single customers: looked at; with no move that the map does not have
  std::vector<UndrawnPath> paths;               // the most frequent first, at most ten
};

/// Throws InputError (`no_assumed_moves`) where the scenario has no [[assumed]].
void require_assumed_moves(const Model& model);

/// The company's map of `model` (`[[assumed]]`) against what customers did in `results`, which are of this model and hold
/// the plan `plan`. Divergences are jackknife estimates over replications (Quenouille 1956; Tukey 1958), as what is plugged
/// in is too large with few moves; with one replication they are plugged in and have no interval. `paths` stay empty. Throws
/// InputError (`no_assumed_moves`) where the scenario has no [[assumed]], and where the results are of another journey, do
/// not hold the plan, or are damaged.
[[nodiscard]] AssumedJourney assumed_journey(const Model& model, const Outcomes& results, PlanId plan);

/// Adds to `journey` the paths that nobody drew, of the first `customers` people who arrive in replication 0 under the plan
/// of `model` (engine/diary.hpp): each longest run of moves that the map does not have, once a journey. Throws as `run`.
void add_undrawn_paths(AssumedJourney& journey, const Model& model, std::size_t customers, const RunOptions& options = {});

}  // namespace sojourn
