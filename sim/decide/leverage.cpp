#include "sojourn/decide/leverage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "many_plans.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/model/graph.hpp"
#include "sojourn/outcomes/run_size.hpp"

namespace sojourn {
namespace {

/// People whose lives tell how many ever come to a touchpoint.
constexpr std::uint64_t watched = 20'000;

/// Who ever came where.
class Reach {
 public:
  explicit Reach(std::size_t touchpoints) : here_(touchpoints, false), people_(touchpoints, 0) {}
  void arrived(const Person&) {
    std::fill(here_.begin(), here_.end(), false);
    ++arrived_;
  }
  void asked(const Person&, const Asked&, const State&) {}
  void annoyed(const Person&, std::size_t, const State&, const State&) {}
  void visited(const Person&, const Visit& visit, const VisitRow&, const State&, const State&) {
    people_[visit.touchpoint] += !here_[visit.touchpoint];
    here_[visit.touchpoint] = true;
  }
  void stayed(const Person&, const Visit&, const Stay&, const State&) {}
  [[nodiscard]] double share(std::size_t touchpoint) const {
    return static_cast<double>(people_[touchpoint]) / static_cast<double>(arrived_);
  }

 private:
  std::vector<bool> here_;
  std::vector<std::uint64_t> people_;
  std::uint64_t arrived_ = 0;
};

Reach reach_of(const Program& program) {
  const ModelParts& parts = program.model().parts();
  const Population population(parts);
  Lives lives(program, population, Streams(parts.settings.seed, 0));
  Reach reach(parts.touchpoints.size());
  for (std::uint32_t i = 0; i < std::min(watched, parts.settings.customers); ++i) lives.live(i, reach);
  return reach;
}

/// The counts that no metric holds, over all replications of the run's only plan.
class HorizonCounts {
 public:
  explicit HorizonCounts(const RunResult& result) : totals_(Totals(result.shapes.front()).at_horizon()) {
    result.batches.front().each_sample([&](const BatchSums& sample) { totals_.add(sample.totals); });
  }
  [[nodiscard]] double visits(std::size_t persona, std::size_t touchpoint) const {
    return totals_.value(totals_.shape().touch(persona, touchpoint, TouchScore::visits));
  }
  [[nodiscard]] double visits(std::size_t touchpoint) const {
    return sum([&](std::size_t p) { return visits(p, touchpoint); });
  }
  [[nodiscard]] double taken(std::size_t exit) const {
    return sum([&](std::size_t p) { return totals_.value(totals_.shape().taken(p, exit)); });
  }
  [[nodiscard]] double arrived(std::size_t persona) const {
    return totals_.value(totals_.shape().person(persona, PersonScore::arrived));
  }

 private:
  template <class Value>
  [[nodiscard]] double sum(Value value) const {
    double total = 0.0;
    for (std::size_t p = 0; p < totals_.shape().personas; ++p) total += value(p);
    return total;
  }
  Totals totals_;
};

/// Shares of visits and people that the shape of the journey gives to each touchpoint (dominators: Lengauer & Tarjan 1979).
void add_dominance(const Program& program, const HorizonCounts& counts, std::vector<TouchpointLeverage>& all) {
  // What the plan does not buy opens no way.
  ModelParts parts = program.model().parts();
  std::vector<Improvement> bought;
  for (const ImprovementId id : parts.plans[program.model().plan().index()].improvements)
    bought.push_back(parts.improvements[id.index()]);
  parts.improvements = std::move(bought);
  const std::size_t touchpoints = parts.touchpoints.size();
  std::vector<double> behind(touchpoints, 0.0), buyers(touchpoints, 0.0);
  double visits = 0.0, people = 0.0;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    JourneyGraph graph = open_journey(parts, PersonaId(p));
    // Every purchase leads to one place more, so that what dominates it dominates all of them.
    graph.touchpoints = touchpoints + 1;
    for (std::uint32_t v = 0; v < touchpoints; ++v) {
      if (program.place(v).purchase) graph.edges.push_back({TouchpointId(v), TouchpointId(touchpoints)});
    }
    std::vector<TouchpointId> starts;
    for (const auto& [start, share] : parts.personas[p].starts) {
      if (share > 0.0) starts.push_back(start);
    }
    const std::vector<TouchpointId> dominators = immediate_dominators(graph, starts);
    people += counts.arrived(p);
    for (TouchpointId v = dominators[touchpoints]; v.valid(); v = dominators[v.index()])
      buyers[v.index()] += counts.arrived(p);
    for (std::size_t u = 0; u < touchpoints; ++u) {
      visits += counts.visits(p, u);
      for (TouchpointId v = dominators[u]; v.valid(); v = dominators[v.index()]) behind[v.index()] += counts.visits(p, u);
    }
  }
  for (TouchpointLeverage& each : all) {
    const std::size_t v = each.touchpoint.index();
    const double elsewhere = visits - counts.visits(v);
    each.must_pass = people > 0.0 ? buyers[v] / people : nan;
    each.gates = elsewhere > 0.0 ? behind[v] / elsewhere : nan;
  }
}

void add_leavers(const ModelParts& parts, const HorizonCounts& counts, std::vector<TouchpointLeverage>& all) {
  std::vector<double> left(parts.touchpoints.size(), 0.0);
  double total = 0.0;
  std::size_t number = 0;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    for (const Exit& exit : parts.touchpoints[v].next) {
      if (parts.touchpoints[exit.to.index()].end) left[v] += counts.taken(number);
      ++number;
    }
    total += left[v];
  }
  for (TouchpointLeverage& each : all) {
    const std::size_t v = each.touchpoint.index();
    each.leaves = left[v] / counts.visits(v);
    each.leavers = total > 0.0 ? left[v] / total : nan;
  }
}

double touch_metric(const Samples& samples, std::size_t touchpoint, std::string_view name) {
  return estimate(samples.plans.front().touch[touchpoint], *find_touch_metric(name)).mean;
}

bool takes_time(const Touchpoint& touchpoint) {
  return std::any_of(touchpoint.next.begin(), touchpoint.next.end(), [](const Exit& exit) {
    const Fixed* fixed = std::get_if<Fixed>(&exit.after);
    return exit.on == Trigger::none && (fixed == nullptr || fixed->value > 0.0);
  });
}

/// A shift that is asked for: what a plan must buy, and whose it is.
struct Shifting {
  std::size_t position;  // of the touchpoint in the ranking
  Lever lever;
  double step;
  Change change;
};

/// Every shift that can do something.
std::vector<Shifting> shiftings(const Program& program, const std::vector<TouchpointLeverage>& all,
                                const StandardImprovement& sizes) {
  const ModelParts& parts = program.model().parts();
  const std::size_t last = program.regime_begins().size() - 1;
  std::vector<Shifting> result;
  for (std::size_t position = 0; position < all.size(); ++position) {
    const TouchpointId id = all[position].touchpoint;
    const Touchpoint& touchpoint = parts.touchpoints[id.index()];
    const auto add = [&](Lever lever, double step, std::vector<Effect> effects, bool into = false) {
      if (!(step > 0.0)) return;
      Change change;
      change.id = fmt::format("shift-{}", result.size());
      change.name = change.id;
      change.effects = std::move(effects);
      (into ? change.target.exit_to : change.target.touchpoints) = {id};
      result.push_back({position, lever, step, std::move(change)});
    };
    // What the range leaves under the plan, once its changes are complete, for the persona that has most.
    double room = 0.0, effort = 0.0;
    for (std::uint32_t p = 0; p < parts.personas.size(); ++p) {
      const VisitRow& row = program.row(last, p, static_cast<std::uint32_t>(id.index()));
      room = std::max(room, 1.0 - static_cast<double>(row.quality));
      effort = std::max(effort, static_cast<double>(row.effort));
    }
    add(Lever::quality, std::min(sizes.quality, room), {{Parameter::quality, Operation::add, sizes.quality}});
    add(Lever::effort, std::min(sizes.effort, effort), {{Parameter::effort, Operation::add, -sizes.effort}});
    const Effect cut{Parameter::delay, Operation::multiply, 1.0 - sizes.delay};
    if (touchpoint.queues()) {
      add(Lever::handle_time, sizes.delay, {{Parameter::handle_time, Operation::multiply, 1.0 - sizes.delay}});
    } else if (touchpoint.revenue_per_month == 0.0 && touchpoint.cost_per_month == 0.0 && takes_time(touchpoint)) {
      add(Lever::delay, sizes.delay, {cut});
    }
    bool entered = false, by_share = false;
    for (const Touchpoint& from : parts.touchpoints) {
      for (const Exit& exit : from.next) {
        if (exit.to != id) continue;
        // An exit without a rival leads here whatever its odds.
        entered = entered || from.next.size() > 1 || !std::holds_alternative<std::monostate>(exit.probability);
        by_share = by_share || !std::holds_alternative<std::monostate>(exit.probability);
      }
    }
    std::vector<Effect> more{{Parameter::odds, Operation::multiply, 1.0 + sizes.traffic}};
    if (by_share) more.push_back({Parameter::probability, Operation::multiply, 1.0 + sizes.traffic});
    if (entered) add(Lever::traffic, sizes.traffic, std::move(more), true);
  }
  return result;
}

/// `ruled`: the plan goes by rules.
Pull pull(const Shifting& shifting, const std::vector<Sums>& with, const std::vector<Sums>& without, bool ruled) {
  Pull result{shifting.lever, shifting.step, {}, {}, {}};
  for (const Metric& metric : metrics()) {
    result.unseen.push_back(ruled ? Unseen{} : either(unseen(with, metric), unseen(without, metric)));
    result.differences.push_back(difference(with, without, metric, result.unseen.back()));
    std::vector<double> samples;
    for (std::size_t i = 0; i < with.size(); ++i) samples.push_back(metric.value(with[i]) - metric.value(without[i]));
    result.samples.push_back(std::move(samples));
  }
  return result;
}

Role role(const Pull& traffic, std::string_view metric, double error) {
  const auto m = metric_position(metric);
  const Estimate all = cautious_interval(traffic.differences[m].mean, traffic.samples[m], error);
  if (!all.clear()) return Role::none;
  return all.low > 0.0 ? Role::enabler : Role::barrier;
}

void check_sizes(const StandardImprovement& sizes) {
  const auto check = [](const char* what, double size, double most) {
    if (!(size >= 0.0 && size <= most))
      throw InputError(fmt::format("a standard improvement of {} by {:g} is not possible", what, size),
                       fmt::format("0 to {:g}; 0 leaves it out", most));
  };
  check("quality", sizes.quality, 1.0);
  check("effort", sizes.effort, 1.0);
  check("delay", sizes.delay, 0.99);
  check("traffic", sizes.traffic, 100.0);
}

/// Gains with the better direction upwards.
class Gains {
 public:
  Gains(const Ranking& ranking, std::size_t metric)
      : ranking_(ranking), metric_(metric), sign_(metrics()[metric].direction == Direction::lower ? -1.0 : 1.0) {}
  [[nodiscard]] double mean(const Pull& pull) const {
    const double gain = sign_ * pull.differences[metric_].mean;
    return std::isnan(gain) ? -std::numeric_limits<double>::infinity() : gain;
  }
  [[nodiscard]] double best(const TouchpointLeverage& touchpoint) const {
    return touchpoint.best ? mean(touchpoint.pulls[*touchpoint.best]) : -std::numeric_limits<double>::infinity();
  }
  /// Of one pull, or what it gains more than another.
  [[nodiscard]] Estimate estimate(const Pull& pull, const Pull* other, double error) const {
    std::vector<double> samples = pull.samples[metric_];
    double point = mean(pull);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      samples[i] = sign_ * (samples[i] - (other != nullptr ? other->samples[metric_][i] : 0.0));
    }
    if (other != nullptr) point -= mean(*other);
    const Unseen& here = pull.unseen[metric_];
    return cautious_interval(point, samples, error, other != nullptr ? either(here, other->unseen[metric_]) : here);
  }
  [[nodiscard]] const Pull& best_pull(std::size_t position) const {
    const TouchpointLeverage& touchpoint = ranking_.touchpoints[position];
    return touchpoint.pulls[*touchpoint.best];
  }

 private:
  const Ranking& ranking_;
  std::size_t metric_;
  double sign_;
};

/// Whether a touchpoint may be called the weakest.
bool may_be_weakest(const TouchpointLeverage& each) { return each.ours && each.visits >= fewest_visits; }

/// Whether the lowest score is told from all others, sample by sample; together with 95 %.
void judge_weakest(Ranking& ranking) {
  if (!ranking.lowest) return;
  const auto& touch = ranking.samples.plans.front().touch;
  const TouchMetric& score = *std::find_if(touch_metrics().begin(), touch_metrics().end(),
                                           [](const TouchMetric& metric) { return metric.name == "satisfaction"; });
  const auto ours = std::count_if(ranking.touchpoints.begin(), ranking.touchpoints.end(), may_be_weakest);
  const double error = 0.05 / static_cast<double>(std::max<std::ptrdiff_t>(ours, 2) - 1);
  const std::vector<TouchSums>& lowest = touch[ranking.touchpoints[*ranking.lowest].touchpoint.index()];
  for (const TouchpointLeverage& each : ranking.touchpoints) {
    if (!may_be_weakest(each) || &each == &ranking.touchpoints[*ranking.lowest]) continue;
    const std::vector<TouchSums>& here = touch[each.touchpoint.index()];
    std::vector<double> above;
    for (std::size_t i = 0; i < here.size(); ++i) above.push_back(score.value(here[i]) - score.value(lowest[i]));
    const Estimate lead = cautious_interval(score.value(pooled(here)) - score.value(pooled(lowest)), above, error);
    if (!(lead.clear() && lead.low > 0.0)) ++ranking.as_weak;
  }
  if (ranking.as_weak == 0) ranking.weakest = ranking.lowest;
}

/// Whether the largest gain is told from chance and from every other touchpoint's, and what it would take. Of all others at
/// most 5 % of such claims are wrong, whichever leads: comparisons with the best (Hsu 1984) at 5 % over their number.
void judge_leader(Ranking& ranking, const Gains& gains, std::size_t shifts) {
  const TouchpointLeverage& leader = ranking.touchpoints[*ranking.leader];
  const Pull& best = gains.best_pull(*ranking.leader);
  // Of every touchpoint the best of its shifts was picked.
  const double error = 0.05 / static_cast<double>(std::max<std::size_t>(shifts, 2) - 1);
  const bool gained = leader.gain.clear() && leader.gain.low > 0.0;
  if (!gained) ranking.times_to_tell = times_to_tell(leader.gain);
  for (std::size_t position = 0; position < ranking.touchpoints.size(); ++position) {
    const TouchpointLeverage& other = ranking.touchpoints[position];
    if (!other.ours || !other.best || position == *ranking.leader) continue;
    const Estimate lead = gains.estimate(best, &gains.best_pull(position), error);
    if (ranking.runner_up == position) ranking.lead = lead;
    if (ranking.lowest == position) ranking.lead_over_lowest = lead;
    if (lead.clear() && lead.low > 0.0) continue;
    ++ranking.as_good;
    ranking.times_to_tell = std::max(ranking.times_to_tell, times_to_tell(lead));
  }
  if (gained && ranking.as_good == 0) ranking.worth_fixing = ranking.leader;
}

/// Who is weakest, who is worth fixing, and by how much.
void conclude(Ranking& ranking) {
  const Gains gains(ranking, ranking.by);
  std::size_t shifts = 0, roads = 0;
  for (TouchpointLeverage& each : ranking.touchpoints) {
    for (std::size_t k = 0; k < each.pulls.size(); ++k) {
      if (each.pulls[k].lever == Lever::traffic) {
        ++roads;
        continue;
      }
      ++shifts;
      if (!each.best || gains.mean(each.pulls[k]) > gains.best(each)) each.best = k;
    }
  }
  for (TouchpointLeverage& each : ranking.touchpoints) {
    for (const Pull& pull : each.pulls) {
      if (pull.lever != Lever::traffic) continue;
      const double error = 0.05 / static_cast<double>(2 * roads);
      each.on_purchase = role(pull, "conversion", error);
      each.on_retention = role(pull, "retention", error);
    }
  }
  std::stable_sort(ranking.touchpoints.begin(), ranking.touchpoints.end(),
                   [&](const TouchpointLeverage& a, const TouchpointLeverage& b) { return gains.best(a) > gains.best(b); });
  for (TouchpointLeverage& each : ranking.touchpoints) {
    if (each.best) each.gain = gains.estimate(each.pulls[*each.best], nullptr, 0.05 / static_cast<double>(shifts));
  }
  for (std::size_t position = 0; position < ranking.touchpoints.size(); ++position) {
    const TouchpointLeverage& each = ranking.touchpoints[position];
    if (!each.ours) continue;
    if (may_be_weakest(each) && (!ranking.lowest || each.score < ranking.touchpoints[*ranking.lowest].score))
      ranking.lowest = position;
    if (!each.best) continue;
    if (!ranking.leader && gains.best(each) > 0.0) {
      ranking.leader = position;
    } else if (ranking.leader && !ranking.runner_up) {
      ranking.runner_up = position;
    }
  }
  judge_weakest(ranking);
  if (ranking.leader) judge_leader(ranking, gains, shifts);
}

}  // namespace

std::string_view name(Lever lever) {
  switch (lever) {
    case Lever::quality:
      return "quality";
    case Lever::effort:
      return "effort";
    case Lever::delay:
      return "delay";
    case Lever::handle_time:
      return "handle_time";
    case Lever::traffic:
      return "traffic";
  }
  return "";
}

namespace {

Ranking rank_under_plan(const Model& model, const RankOptions& how, const RunOptions& options) {
  check_sizes(how.sizes);
  const Metric* by = find_metric(how.by);
  if (by == nullptr || by->direction == Direction::neutral) {
    throw InputError(
        fmt::format("touchpoints cannot be ranked by \"{}\"", how.by),
        "npv, retained, retention, nps, conversion, satisfaction or another metric of which more or less is better");
  }
  const ModelParts& parts = model.parts();
  require_mechanism(*by, parts);
  Ranking ranking;
  ranking.by = static_cast<std::size_t>(by - metrics().data());
  ranking.sizes = how.sizes;

  RunOptions quiet = options;
  quiet.progress = nullptr;
  const PlanId under = model.plan();
  require_room(people_size(model));
  const RunResult plain = run(model, {&under, 1}, quiet);
  if (plain.interrupted) throw Interrupted();
  const Program& program = plain.programs.front();
  const HorizonCounts counts(plain);
  ranking.samples = collect_samples(plain);
  std::optional<Reach> reach;
  if (!model.coupled()) reach = reach_of(program);
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    const Touchpoint& touchpoint = parts.touchpoints[v];
    if (touchpoint.end || !(counts.visits(v) > 0.0)) continue;
    TouchpointLeverage each;
    each.touchpoint = TouchpointId(v);
    each.id = touchpoint.id;
    each.name = touchpoint.name.empty() ? touchpoint.id : touchpoint.name;
    each.ours =
        touchpoint.team.valid() || !touchpoint.channel.valid() || parts.channels[touchpoint.channel.index()].controlled;
    each.visits = touch_metric(ranking.samples, v, "visits");
    each.score = touch_metric(ranking.samples, v, "satisfaction");
    each.quality = touch_metric(ranking.samples, v, "quality");
    each.effort = touch_metric(ranking.samples, v, "effort");
    each.weight = touchpoint.weight;
    each.reach = reach ? reach->share(v) : nan;
    ranking.touchpoints.push_back(std::move(each));
  }
  add_leavers(parts, counts, ranking.touchpoints);
  add_dominance(program, counts, ranking.touchpoints);

  const std::vector<Shifting> asked = shiftings(program, ranking.touchpoints, how.sizes);
  if (std::none_of(asked.begin(), asked.end(), [](const Shifting& each) { return each.lever != Lever::traffic; })) {
    throw InputError(
        "there is nothing to improve: no touchpoint that anybody visits has quality below 1, effort, a delay or a handling "
        "time",
        "ends are never improved; a warning of the scenario says what nobody can reach, and a size of 0 leaves a lever out",
        {}, ErrorCode::nothing_to_improve);
  }
  ModelParts shifted = parts;
  std::vector<Plan> plans;
  // The plan as it is once more, beside its shifts: so that where a shift changes nothing they are equal to the last bit.
  const bool beside = !model.coupled();
  if (beside) plans.push_back(parts.plans[under.index()]);
  for (const Shifting& each : asked) {
    Plan plan = parts.plans[under.index()];
    plan.id = each.change.id;
    plan.name = each.change.name;
    plan.improvements.emplace_back(shifted.improvements.size());
    shifted.improvements.push_back({each.change, {}, {}, {}});
    plans.push_back(std::move(plan));
  }
  std::vector<Sums> without = ranking.samples.plans.front().all;
  const auto use = [&](std::size_t k, const Samples& samples) {
    if (beside && k == 0) {
      without = samples.plans.front().all;
      return;
    }
    const Shifting& shifting = asked[beside ? k - 1 : k];
    ranking.touchpoints[shifting.position].pulls.push_back(
        pull(shifting, samples.plans.front().all, without, !samples.rules.empty()));
  };
  ranking.samples.events += each_plan(shifted, plans, options, use, Wanted::horizon);
  ranking.plans = 1 + asked.size();
  conclude(ranking);
  return ranking;
}

}  // namespace

Ranking rank(const Model& model, const RankOptions& how, const RunOptions& options) {
  // Other plans take no part: their rules would make everybody act on everybody.
  ModelParts parts = model.parts();
  const Plan under = parts.plans[model.plan().index()];
  parts.plans.resize(1);
  if (model.plan().index() > 0) parts.plans.push_back(under);
  const PlanId last(parts.plans.size() - 1);
  return rank_under_plan(apply(Model(std::move(parts)), last), how, options);
}

}  // namespace sojourn
