#include "sojourn/decide/assumed_journey.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "sojourn/base/error.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/multiple_comparisons.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/model/closed_loops.hpp"
#include "sojourn/outcomes/recorded.hpp"

namespace sojourn {
namespace {

constexpr std::size_t most_paths = 10;

using CountsByDestination = std::vector<double>;

/// What the company's map says of one touchpoint.
struct Drawn {
  std::map<TouchpointId, double> shares;
  [[nodiscard]] double open() const {
    double sum = 0.0;
    for (const auto& [to, share] : shares) sum += share;
    return std::max(0.0, 1.0 - sum);
  }
};

std::map<TouchpointId, Drawn> map_of(const ModelParts& parts) {
  std::map<TouchpointId, Drawn> map;
  for (const AssumedMove& move : parts.assumed) map[move.from].shares[move.to] = move.share;
  if (map.empty()) {
    throw InputError("the scenario does not say what the company believes of the journey",
                     "add moves with their shares: [[assumed]] from = \"first-bill\", to = \"use-service\", share = 0.95",
                     {}, ErrorCode::no_assumed_moves);
  }
  return map;
}

/// Moves from each touchpoint to each other in one replication.
using Moves = std::map<TouchpointId, std::map<TouchpointId, double>>;

/// [replication]
std::vector<Moves> moves_in(const ModelParts& parts, const Outcomes& results, std::size_t plan) {
  const Array& taken = recorded(results, "taken", {"plan", "replication", "persona", "exit"});
  const std::size_t replications = results.dimension("replication").size, personas = results.dimension("persona").size,
                    exits = results.dimension("exit").size;
  const auto taken_by = [&](std::size_t r, std::size_t exit) {
    double count = 0.0;
    for (std::size_t p = 0; p < personas; ++p) {
      const std::size_t at = ((plan * replications + r) * personas + p) * exits + exit;
      count += std::visit([&](const auto& values) { return std::max(0.0, static_cast<double>(values[at])); }, taken.values);
    }
    return count;
  };
  std::vector<Moves> moves(replications);
  for (std::size_t r = 0; r < replications; ++r) {
    std::size_t e = 0;
    for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
      for (const Exit& exit : parts.touchpoints[v].next) {
        moves[r][TouchpointId(v)][exit.to] += taken_by(r, e);
        ++e;
      }
    }
    // Where low answers were followed up: after the exits of the file.
    for (const Recovery& way : recoveries_of(parts))
      moves[r][TouchpointId(way.from)][TouchpointId(way.to)] += taken_by(r, e++);
  }
  return moves;
}

double sum_of(const std::map<TouchpointId, double>& counts) {
  double sum = 0.0;
  for (const auto& [to, count] : counts) sum += count;
  return sum;
}

/// The divergence at a touchpoint: what nobody drew against what the map leaves open.
double divergence_at(const Drawn& drawn, const std::map<TouchpointId, double>& counts) {
  CountsByDestination assumed, actual;
  double rest = sum_of(counts);
  for (const auto& [to, share] : drawn.shares) {
    const auto found = counts.find(to);
    assumed.push_back(share);
    actual.push_back(found == counts.end() ? 0.0 : found->second);
    rest -= actual.back();
  }
  assumed.push_back(drawn.open());
  actual.push_back(std::max(0.0, rest));
  return jensen_shannon(assumed, actual);
}

Moves pooled_without(const std::vector<Moves>& moves, std::size_t left_out) {
  Moves sum;
  for (std::size_t r = 0; r < moves.size(); ++r) {
    if (r == left_out) continue;
    for (const auto& [from, to_counts] : moves[r]) {
      for (const auto& [to, count] : to_counts) sum[from][to] += count;
    }
  }
  return sum;
}

/// The jackknife estimate of `figure` of pooled moves, kept within [0, 1].
template <class Figure>
Estimate jackknife(const Moves& all, const std::vector<Moves>& without, Figure figure) {
  const double point = figure(all);
  std::vector<double> pseudo;
  const auto n = static_cast<double>(without.size());
  if (without.size() > 1) {
    for (const Moves& some : without) pseudo.push_back(n * point - (n - 1.0) * figure(some));
  }
  const bool defined = !pseudo.empty() && std::none_of(pseudo.begin(), pseudo.end(), [](double x) { return std::isnan(x); });
  if (!defined) {
    Estimate plugged = cautious_interval(point, {});
    return plugged;
  }
  const double mean = std::accumulate(pseudo.begin(), pseudo.end(), 0.0) / n;
  Estimate e = cautious_interval(mean, pseudo);
  for (double* const each : {&e.mean, &e.low, &e.high}) *each = std::isnan(*each) ? *each : std::clamp(*each, 0.0, 1.0);
  return e;
}

const std::map<TouchpointId, double>& from(const Moves& moves, TouchpointId at) {
  static const std::map<TouchpointId, double> none;
  const auto found = moves.find(at);
  return found == moves.end() ? none : found->second;
}

/// The share of moves away from `at` that `counts` says, by replication, NaN where nobody left.
template <class Count>
std::vector<double> shares_by_replication(const std::vector<Moves>& moves, TouchpointId at, Count count) {
  std::vector<double> shares;
  for (const Moves& one : moves) {
    const double all = sum_of(from(one, at));
    shares.push_back(all > 0.0 ? count(from(one, at)) / all : nan);
  }
  return shares;
}

double at_most_one(double x) { return std::isnan(x) ? x : std::clamp(x, 0.0, 1.0); }

/// The share that `count` says, and whether it is told from `assumed` with `error`.
template <class Count>
std::pair<Estimate, bool> share_and_told(const Moves& all, const std::vector<Moves>& moves, TouchpointId at, Count count,
                                         std::optional<double> assumed, double error) {
  const double left = sum_of(from(all, at));
  const double point = left > 0.0 ? count(from(all, at)) / left : nan;
  const std::vector<double> shares = shares_by_replication(moves, at, count);
  Estimate e = cautious_interval(point, shares);
  const Estimate wide = cautious_interval(point, shares, error);
  bool told = assumed && (*assumed < wide.low || *assumed > wide.high);
  // Where all replications agree, as where a way is never taken or by all, moves count as if they were independent.
  if (std::isnan(wide.low) && shares.size() > 1 && left > 0.0) {
    e = share_estimate(point * left, left, shares, People::coupled);
    if (assumed && (point == 0.0 || point == 1.0))
      told = std::pow(point == 0.0 ? 1.0 - *assumed : *assumed, left) < 0.5 * error;
  }
  e.low = at_most_one(e.low);
  e.high = at_most_one(e.high);
  return {e, told};
}

}  // namespace

double jensen_shannon(const std::vector<double>& p, const std::vector<double>& q) {
  const double of_p = std::accumulate(p.begin(), p.end(), 0.0), of_q = std::accumulate(q.begin(), q.end(), 0.0);
  if (!(of_p > 0.0) || !(of_q > 0.0)) return nan;
  double bits = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double a = p[i] / of_p, b = q[i] / of_q, middle = 0.5 * (a + b);
    if (a > 0.0) bits += 0.5 * a * std::log2(a / middle);
    if (b > 0.0) bits += 0.5 * b * std::log2(b / middle);
  }
  return std::clamp(bits, 0.0, 1.0);
}

void require_assumed_moves(const Model& model) { static_cast<void>(map_of(model.parts())); }

AssumedJourney assumed_journey(const Model& model, const Outcomes& results, PlanId plan) {
  const ModelParts& parts = model.parts();
  const std::map<TouchpointId, Drawn> map = map_of(parts);
  if (recorded_texts(results, "exit") != exit_labels(parts)) throw InputError("these are the results of another journey");
  AssumedJourney journey;
  journey.plan = parts.plans.at(plan.index()).id;
  const std::vector<std::string>& plans = recorded_texts(results, "plan");
  const auto held = std::find(plans.begin(), plans.end(), journey.plan);
  if (held == plans.end()) throw InputError("the results do not hold the plan " + journey.plan);
  const std::vector<Moves> moves = moves_in(parts, results, static_cast<std::size_t>(held - plans.begin()));
  journey.replications = moves.size();
  const Moves all = pooled_without(moves, moves.size());
  std::vector<Moves> without;
  for (std::size_t r = 0; r < moves.size(); ++r) without.push_back(pooled_without(moves, r));

  double every_move = 0.0;
  std::size_t comparisons = 0;
  for (const auto& [at, counts] : all) every_move += sum_of(counts);
  for (const auto& [at, drawn] : map) comparisons += drawn.shares.size() + 1;
  const double error = error_of_all / static_cast<double>(comparisons);

  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    const TouchpointId at(v);
    const auto found = map.find(at);
    const std::map<TouchpointId, double>& counts = from(all, at);
    const double left = sum_of(counts);
    if (found == map.end() && !(left > 0.0)) continue;
    ComparedTouchpoint here;
    here.at = at;
    here.on_map = found != map.end();
    here.moves = every_move > 0.0 ? left / every_move : 0.0;
    std::set<TouchpointId> destinations;
    for (const auto& [to, count] : counts) destinations.insert(to);
    if (here.on_map) {
      const Drawn& drawn = found->second;
      here.open = drawn.open();
      here.divergence = jackknife(all, without, [&](const Moves& some) { return divergence_at(drawn, from(some, at)); });
      for (const auto& [to, share] : drawn.shares) destinations.insert(to);
      const auto elsewhere = [&](const std::map<TouchpointId, double>& some) {
        double sum = 0.0;
        for (const auto& [to, count] : some) sum += drawn.shares.count(to) > 0 ? 0.0 : count;
        return sum;
      };
      here.told = share_and_told(all, moves, at, elsewhere, here.open, error).second;
    } else {
      here.divergence.mean = here.divergence.low = here.divergence.high = nan;
    }
    for (const TouchpointId to : destinations) {
      ComparedMove move;
      move.to = to;
      if (here.on_map) {
        const auto share = found->second.shares.find(to);
        if (share != found->second.shares.end()) move.assumed = share->second;
      }
      move.exists = counts.count(to) > 0;
      const auto count_to = [&](const std::map<TouchpointId, double>& some) {
        const auto one = some.find(to);
        return one == some.end() ? 0.0 : one->second;
      };
      std::tie(move.actual, move.told) = share_and_told(all, moves, at, count_to, move.assumed, error);
      here.told = here.told || move.told;
      // What may happen and never did, and nobody believed in, says nothing.
      if (move.assumed || move.actual.mean > 0.0) here.next.push_back(std::move(move));
    }
    std::stable_sort(here.next.begin(), here.next.end(), [](const ComparedMove& a, const ComparedMove& b) {
      return (std::isnan(a.actual.mean) ? -1.0 : a.actual.mean) > (std::isnan(b.actual.mean) ? -1.0 : b.actual.mean);
    });
    journey.touchpoints.push_back(std::move(here));
  }
  std::stable_sort(journey.touchpoints.begin(), journey.touchpoints.end(),
                   [](const ComparedTouchpoint& a, const ComparedTouchpoint& b) {
                     const auto rank = [](const ComparedTouchpoint& t) {
                       return std::isnan(t.divergence.mean) ? -1.0 : t.divergence.mean;
                     };
                     return rank(a) > rank(b);
                   });

  journey.divergence = jackknife(all, without, [&](const Moves& some) {
    double bits = 0.0, weight = 0.0;
    for (const auto& [at, drawn] : map) {
      const double left = sum_of(from(some, at));
      if (!(left > 0.0)) continue;
      bits += left * divergence_at(drawn, from(some, at));
      weight += left;
    }
    return weight > 0.0 ? bits / weight : nan;
  });
  journey.undrawn = jackknife(all, without, [&](const Moves& some) {
    double off = 0.0, sum = 0.0;
    for (const auto& [at, counts] : some) {
      const auto drawn = map.find(at);
      for (const auto& [to, count] : counts) {
        sum += count;
        if (drawn == map.end() || drawn->second.shares.count(to) == 0) off += count;
      }
    }
    return sum > 0.0 ? off / sum : nan;
  });
  return journey;
}

void add_undrawn_paths(AssumedJourney& journey, const Model& model, std::size_t customers, const RunOptions& options) {
  const ModelParts& parts = model.parts();
  const std::map<TouchpointId, Drawn> map = map_of(parts);
  const auto drawn = [&](TouchpointId at, TouchpointId to) {
    const auto found = map.find(at);
    return found != map.end() && found->second.shares.count(to) > 0;
  };
  std::map<std::vector<TouchpointId>, std::size_t> paths;
  const std::vector<std::uint32_t> who = first_to_arrive(model, customers, options.stop);
  for (const Diary& diary : write_diaries(model, who, options)) {
    std::set<std::vector<TouchpointId>> taken;
    std::vector<TouchpointId> path;
    const auto close = [&] {
      if (path.size() > 1) taken.insert(path);
      path.clear();
    };
    for (std::size_t i = 1; i < diary.visits.size(); ++i) {
      const TouchpointId at(diary.visits[i - 1].visit.touchpoint), to(diary.visits[i].visit.touchpoint);
      if (drawn(at, to)) {
        close();
        continue;
      }
      if (path.empty()) path.push_back(at);
      path.push_back(to);
    }
    close();
    ++journey.journeys;
    if (taken.empty()) ++journey.on_map;
    for (const std::vector<TouchpointId>& each : taken) ++paths[each];
  }
  for (const auto& [touchpoints, journeys] : paths) journey.paths.push_back({touchpoints, journeys});
  std::stable_sort(journey.paths.begin(), journey.paths.end(),
                   [](const UndrawnPath& a, const UndrawnPath& b) { return a.journeys > b.journeys; });
  if (journey.paths.size() > most_paths) journey.paths.resize(most_paths);
}

}  // namespace sojourn
