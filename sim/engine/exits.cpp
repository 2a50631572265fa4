#include "sojourn/engine/exits.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "hazard_stretches.hpp"

namespace sojourn {

namespace {

double trait(const Carrier& carrier, std::int32_t which) {
  return numeric::clip(static_cast<double>(carrier.traits[static_cast<std::size_t>(which)]), 0.0, 1e9);
}

/// The customer's own scale of the exit's law; infinite where a rate is 0.
double exit_scale(const ExitRow& exit, const Carrier& carrier) {
  if (exit.scale < 0) return 1.0;
  const double own = trait(carrier, exit.scale);
  if (!exit.per) return own;
  return own > 0.0 ? 1.0 / own : forever;
}

/// The cumulative hazard of a law at an age.
double hazard_at(const Inverse& law, double age) {
  return age <= 0.0 ? 0.0 : age < forever ? law.cumulative_hazard(age) : forever;
}

/// By how much the exit's law is stretched, by changes and by that scale.
double stretch_of(const ExitRow& exit, const Carrier& carrier) {
  if (exit.scale < 0) return exit.stretch;
  const double own = exit_scale(exit, carrier);
  return own < forever ? exit.stretch * own : forever;
}

/// Whether the exit is open to this customer.
bool is_open(const Program& program, const ExitRow& exit, const Carrier& carrier) {
  const CarriedRules& rules = program.carried();
  return exit.demand < 0 || rules.holds(carrier.carried, rules.demand(exit.demand), carrier.now);
}

/// Odds that a trait multiplies are cut to this.
constexpr float most_odds = 1e9f;

/// The odds bent by what the customer carries: the weight of an exit in a choice, the multiplier of its hazard in a race.
float weight_of(const Program& program, const ExitRow& exit, const Carrier& carrier, const behaviour::ChoiceState& mood) {
  float odds = exit.odds;
  float exponent = behaviour::utility(exit.slopes, mood), further = behaviour::further_utility(exit.slopes, mood);
  if (exit.times >= 0) odds = numeric::lesser(odds * static_cast<float>(trait(carrier, exit.times)), most_odds);
  if (exit.demand >= 0) {
    if (!is_open(program, exit, carrier)) return 0.0f;
    further = program.carried().exponent(carrier.carried, program.carried().demand(exit.demand), carrier.now.time, further);
  }
  return behaviour::weigh(odds, exponent + further);
}

/// The age of an exit's law at the visit, in days of its clock: 0 where it has none, negative where that stands still.
double age_at_visit(const Program& program, const ExitRow& exit, const Carrier& carrier) {
  return exit.clock < 0 ? 0.0 : program.carried().age(carrier.carried, exit.clock, carrier.now.time);
}

}  // namespace

double drawn_delay(const Program& program, const ExitRow& exit, const Carrier& carrier, const Words& words) {
  const double stretch = stretch_of(exit, carrier);
  if (!(stretch < forever)) return forever;
  const Inverse& after = program.delay(exit.delay);
  const float score = after.by_score() ? normal_pair(words[0], words[2]).second : 0.0f;
  const double delay = after.draw(words[3], score) * stretch;
  return delay > 0.0 ? delay : 0.0;
}

ExitShares share_exits(const Program& program, const VisitRow& row, const Carrier& carrier,
                       const behaviour::ChoiceState& mood, std::span<float> cumulative) {
  namespace b = behaviour;
  const std::span<const ExitRow> exits = program.exits(row);
  const std::span<const float> traits = carrier.traits;
  // Fixed probabilities take their share first; what remains is split by odds, or stays where there are none.
  const auto share_of = [&](const ExitRow& exit) {
    return row.conditional && !is_open(program, exit, carrier) ? 0.0f : probability(program, exit, traits);
  };
  float odds = 0.0f;
  for (std::size_t j = 0; j < exits.size(); ++j) {
    cumulative[j] = weight_of(program, exits[j], carrier, mood);
    odds += cumulative[j];
  }
  b::Shares shares = row.shares;
  if (row.trait_bound || row.conditional) {
    float fixed = 0.0f;
    for (const ExitRow& exit : exits) fixed += share_of(exit);
    shares = b::share_out(fixed, row.conditional ? odds > 0.0f : row.by_odds);
  }
  const float split = odds > 0.0f ? shares.rest / odds : 0.0f;
  ExitShares result;
  result.stay = shares.stay;
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const float share = cumulative[j] * split + share_of(exits[j]) * shares.shrink;
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
  luck = behaviour::condition_on_choice(luck, p);
  return {leaving, going, leaves};
}

ExitChoice choose(const Program& program, const VisitRow& row, const Carrier& carrier, const Words& words,
                  const behaviour::ChoiceState& mood, double& luck, std::span<float> cumulative) {
  const std::span<const ExitRow> exits = program.exits(row);
  const ExitShares shares = share_exits(program, row, carrier, mood, cumulative);
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
  return {static_cast<std::int32_t>(chosen), drawn_delay(program, exit, carrier, words)};
}

namespace {

/// Stretches of time between which hazards change, the first of which has begun, and the rows that they are of.
struct Stretches {
  std::span<const HazardStretch> all;
  std::span<const std::uint32_t> rows;  // may be none, see RaceHazards::rows
};

/// The stretch that begins next after a visit, where its hazards change.
auto next_stretch(const Program& program, const VisitAt& visit) {
  const std::span<const HazardStretch> all = program.hazards().stretches(visit.persona, visit.touchpoint);
  return std::upper_bound(all.begin(), all.end(), visit.time,
                          [](double time, const HazardStretch& stretch) { return time < stretch.begin; });
}

/// Those from the visit on.
Stretches stretches_at(const Program& program, const VisitAt& visit) {
  const std::span<const HazardStretch> all = program.hazards().stretches(visit.persona, visit.touchpoint);
  return {all.subspan(static_cast<std::size_t>(next_stretch(program, visit) - all.begin()) - 1),
          program.hazards().rows(visit.persona, visit.touchpoint)};
}

/// The end of the last of the stretches that begins less than `limit` days after `time`.
double end_of_stretches(std::span<const HazardStretch> stretches, double time, double limit) {
  const auto next = std::partition_point(stretches.begin() + 1, stretches.end(),
                                         [&](const HazardStretch& stretch) { return stretch.begin - time < limit; });
  return next == stretches.end() ? forever : next->begin;
}

/// What `delay_over_stretches` asks of a law.
struct LawOfDelay {
  explicit LawOfDelay(const Inverse& after)
      : inverse(after),
        law(after.formula()),
        begins(law.family == Inverse::Family::uniform ? law.a : -forever),
        per(1.0 / law.b) {}
  [[nodiscard]] double hazard_until(double age) const {
    // Many stretches may pass before such a law fires.
    if (law.family == Inverse::Family::exponential) return age / law.a;
    if (law.family == Inverse::Family::uniform) return UniformHazard::until(age, law.a, law.b, per);
    return inverse.cumulative_hazard(age);
  }
  [[nodiscard]] double age_at(float hazard) const { return inverse.at_hazard(hazard); }

  const Inverse& inverse;
  Inverse::Formula law;
  double begins, per;
};

/// Days until exit `j`, of an exponential law with that mean, fires for somebody who comes at `time` and by whose state its
/// hazard is multiplied by `factor`; `known` is what it accumulates.
double delay_by_sums(const Program& program, const Stretches& over, const HazardSums& known, std::size_t j, double mean,
                     float factor, float threshold, double time) {
  const std::span<const double> sums = known.sums.last(over.all.size() + 1);
  const auto stretch = [&](std::size_t k) {
    return SummedHazard{over.all[k].begin, sums[k], program.exits(program.row(over.all[k]))[j].rate() / known.most};
  };
  const double reached = stretch(0).at(time) + days_of_threshold(threshold, mean, factor, known.most);
  const auto end = std::lower_bound(sums.begin() + 1, sums.end(), reached);
  if (end == sums.end()) return forever;
  const auto k = static_cast<std::size_t>(end - sums.begin()) - 1;
  return stretch(k).days_until(reached, time, k + 1 < over.all.size() ? over.all[k + 1].begin : forever);
}

/// Days until an exit of a Weibull law whose odds repeat fires for somebody who comes at `time`: as `delay_over_stretches`,
/// but that it goes over all periods at once from an age on.
double delay_over_course(const HazardCourses& all, const HazardCourse& course, const LawOfDelay& law, double time,
                         double threshold, double limit) {
  const double* const begins = all.begins.data() + course.at;
  const float* const odds = all.odds.data() + course.at;
  const std::int32_t* const until = all.until.data() + course.at;
  const double shape = 1.0 / static_cast<double>(law.law.sigma);
  // The last stretch that has begun by then, and the first one for who comes before.
  const auto stretch_at = [&](double then) {
    const double* const next = std::upper_bound(begins + 1, begins + course.stretches, then);
    return static_cast<std::size_t>(next - begins) - 1;
  };
  const auto sum = [&](std::size_t k, double hazard) {
    const double* const of = all.terms.data() + (course.at + k) * HazardCourse::terms;
    return hazard * sum_of_terms<HazardCourse::terms>(begins[k] - time, shape, [of](int n) { return of[n]; });
  };
  const auto hazard_by = [&](std::size_t k) { return law.hazard_until(begins[k] - time); };
  std::size_t k = stretch_at(time);
  std::int32_t gone_to = 0;
  HazardWalk walk{time, 0.0, 0.0, threshold};
  double delay = forever;
  while (walk.now - time < limit) {
    const bool jumps = until[k] > 0 && until[k] != gone_to && walk.now - time >= course.least_age;
    if (!jumps) {
      if (walk.ends_in(law, {odds[k], 1.0, begins[k + 1]}, delay)) return delay;
      ++k;
      continue;
    }
    gone_to = until[k];
    const auto last = static_cast<std::size_t>(until[k]);
    const double* const terms = all.terms.data() + (course.at + k) * HazardCourse::terms;
    const double goal = sum(k, hazard_by(k)) + walk.left;
    const double then = time + law.age_at(static_cast<float>(goal / terms[0]));
    const std::size_t near = std::clamp(stretch_at(then), k, last);
    const double better = then - all.terms[(course.at + near) * HazardCourse::terms + 1] / terms[0];
    std::size_t found = std::clamp(stretch_at(better), k, last);
    // Not too far: the walk goes over what is left.
    while (found > k && !(sum(found, hazard_by(found)) < goal)) --found;
    if (found == k) continue;
    walk.used = hazard_by(found);
    walk.left = goal - sum(found, walk.used);
    walk.now = begins[found];
    walk.age = walk.now - time;
    k = found;
  }
  return forever;
}

/// When `exit` of a race would come if nothing changed, in days, from its draw; nothing where it never comes.
std::optional<double> race_delay(const Program& program, const ExitRow& exit, const Carrier& carrier,
                                 const behaviour::ChoiceState& mood, std::uint32_t word) {
  const float m = weight_of(program, exit, carrier, mood);
  if (!(m > 0.0f)) return std::nullopt;  // a hazard of zero never comes
  const float hazard = exponential(word) / m;
  if (!(hazard < 1e30f)) return std::nullopt;
  const double stretch = stretch_of(exit, carrier);
  if (!(stretch < forever)) return std::nullopt;
  const Inverse& after = program.delay(exit.delay);
  if (exit.clock >= 0) {
    const double age = age_at_visit(program, exit, carrier);
    if (age < 0.0) return std::nullopt;
    if (exit.anniversary >= 0) return program.carried().next_anniversary(carrier.carried, exit.anniversary, age) - age;
    const double own_age = age > 0.0 ? age / exit_scale(exit, carrier) : 0.0;
    if (after.constant()) return std::max(0.0, after.draw(0) - own_age) * stretch;
    // The law given that it has lasted so long.
    const double used = hazard_at(after, own_age);
    if (!(used < forever)) return 0.0;
    const double fires = after.at_hazard(static_cast<float>(used + static_cast<double>(hazard)));
    return std::max(0.0, fires - own_age) * stretch;
  }
  const double drawn = after.at_hazard(hazard) * stretch;
  return drawn > 0.0 ? drawn : 0.0;
}

/// Days until exit `j`, which draws `word`, fires for somebody who comes to `visit`, whose `row` saw the exit `as_seen`,
/// over stretches of time that differ; infinity where that is not before `limit`.
double delay_over(const Program& program, const ExitRow& as_seen, const VisitAt& visit, const Stretches& over, std::size_t j,
                  std::uint32_t word, const Carrier& carrier, const behaviour::ChoiceState& state, double limit) {
  const double time = visit.time;
  const std::span<const HazardStretch> stretches = over.all;
  const ExitRow& at_visit = program.exits(program.row(stretches.front()))[j];
  // Of each stretch from the visit on.
  const std::span<const std::int32_t> runs =
      program.hazards().runs(visit.persona, visit.touchpoint, j).last(stretches.size());
  // What changes are others'.
  const bool steady = as_seen.odds == at_visit.odds && as_seen.stretch == at_visit.stretch;
  if (steady && static_cast<std::size_t>(runs.front()) == stretches.size()) {
    return race_delay(program, as_seen, carrier, state, word).value_or(forever);
  }
  const float threshold = exponential(word);
  const Inverse& after = program.delay(at_visit.delay);
  const bool constant = after.constant();
  const double clock_age = age_at_visit(program, at_visit, carrier);
  if (clock_age < 0.0) return forever;
  const double own_scale = exit_scale(at_visit, carrier);
  if (!(own_scale < forever)) return forever;
  // In days as they would pass without a stretch. A scale of 0 leaves a clock's law no time at all.
  const double age = clock_age > 0.0 ? clock_age / own_scale : 0.0;
  const double used = hazard_at(after, age);  // hazard of the law at that age: none of it is left to come
  const HazardSums sums = program.hazards().sums(visit.persona, visit.touchpoint, j);
  // Rates are not cut, as odds are.
  const auto is_cut = [&](std::uint32_t of_hazards) {
    const float odds = std::max(1.0f, program.exits(program.row(of_hazards))[j].odds);
    return odds * static_cast<float>(trait(carrier, at_visit.times)) >= most_odds;
  };
  const bool cut = at_visit.times >= 0 && std::any_of(over.rows.begin(), over.rows.end(), is_cut);
  if (!sums.sums.empty() && own_scale > 0.0 && !cut) {
    ExitRow bare = at_visit;
    bare.odds = 1.0f;
    return delay_by_sums(program, over, sums, j, after.formula().a * own_scale, weight_of(program, bare, carrier, state),
                         threshold, time);
  }
  const HazardCourse course = program.hazards().course(visit.persona, visit.touchpoint, j);
  if (course.stretches > 0) {
    ExitRow bare = at_visit;
    bare.odds = 1.0f;
    const auto factor = static_cast<double>(weight_of(program, bare, carrier, state));
    return delay_over_course(program.hazards().courses(), course, LawOfDelay(after), time,
                             static_cast<double>(threshold) / factor, limit);
  }
  const auto of_row = [&](const VisitRow& row) {
    const ExitRow& exit = program.exits(row)[j];
    return HazardIn{weight_of(program, exit, carrier, state), stretch_of(exit, carrier), forever};
  };
  // Where the same hazards come again and again they are known beforehand, and most exits cannot fire before the limit.
  std::array<HazardIn, most_hazard_rows> known;
  HazardIn most{0.0f, forever, forever};  // the largest weight and the least stretch
  for (std::size_t k = 0; k < over.rows.size(); ++k) {
    known[k] = of_row(program.row(over.rows[k]));
    most = {std::max(most.m, known[k].m), std::min(most.stretch, known[k].stretch), forever};
  }
  if (!over.rows.empty() && !constant && used < forever && most.stretch > 0.0) {
    const double oldest = age + (end_of_stretches(stretches, time, limit) - time) / most.stretch;
    // More than sums over stretches are off by.
    constexpr double rounding = 1.0 + 1e-4;
    if (oldest < forever &&
        static_cast<double>(most.m) * (after.cumulative_hazard(oldest) - used) * rounding < static_cast<double>(threshold)) {
      return forever;
    }
  }
  const auto next = [&, k = std::size_t{0}]() mutable {
    HazardIn stretch = over.rows.empty() ? of_row(program.row(stretches[k])) : known[stretches[k].which];
    k += static_cast<std::size_t>(runs[k]);
    if (k < stretches.size()) stretch.end = stretches[k].begin;
    return stretch;
  };
  if (at_visit.anniversary >= 0) {
    const double due = program.carried().next_anniversary(carrier.carried, at_visit.anniversary, clock_age) - clock_age;
    return anniversary_over_stretches(due, time, limit, next);
  }
  if (constant) return fixed_delay_over_stretches(after.draw(0), time, age, limit, next);
  return delay_over_stretches(LawOfDelay(after), time, age, used, static_cast<double>(threshold), limit, next);
}

}  // namespace

ExitChoice race(const Program& program, const VisitRow& row, const Streams& streams, const VisitAt& visit,
                const Carrier& carrier, const behaviour::ChoiceState& state) {
  const std::span<const ExitRow> exits = program.exits(row);
  ExitChoice first;
  Words words{};
  const auto word_of = [&](std::size_t j) {
    if (j % 4 == 0) words = streams.draw(visit.customer, Purpose::race, visit.event, static_cast<std::uint32_t>(j / 4));
    return words[j % 4];
  };
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const std::uint32_t word = word_of(j);
    const std::optional<double> delay = race_delay(program, exits[j], carrier, state, word);
    if (!delay) continue;
    // Ties go to the first in the file.
    if (first.exit < 0 || *delay < first.delay) first = {static_cast<std::int32_t>(j), *delay};
  }
  // Where hazards change before the first exit comes, that is not yet the answer.
  const auto next = next_stretch(program, visit);
  const bool changes = next != program.hazards().stretches(visit.persona, visit.touchpoint).end();
  if (!changes || (first.exit >= 0 && visit.time + first.delay <= next->begin)) return first;
  return race_over_changes(program, row, streams, visit, carrier, state);
}

ExitChoice race_over_changes(const Program& program, const VisitRow& row, const Streams& streams, const VisitAt& visit,
                             const Carrier& carrier, const behaviour::ChoiceState& state) {
  const std::size_t exits = program.exits(row).size();
  const Stretches stretches = stretches_at(program, visit);
  double earliest = program.horizon() - visit.time;  // beyond the horizon nobody asks
  earliest = std::nextafter(earliest, forever);
  ExitChoice first;
  Words words{};
  for (std::size_t j = 0; j < exits; ++j) {
    if (j % 4 == 0) words = streams.draw(visit.customer, Purpose::race, visit.event, static_cast<std::uint32_t>(j / 4));
    const double delay =
        delay_over(program, program.exits(row)[j], visit, stretches, j, words[j % 4], carrier, state, earliest);
    if (delay < earliest) first = {static_cast<std::int32_t>(j), earliest = delay};
  }
  return first;
}

std::optional<double> race_delay(const Program& program, const VisitRow& row, const Streams& streams, const VisitAt& visit,
                                 const Carrier& carrier, const behaviour::ChoiceState& state, std::size_t exit) {
  const std::uint32_t word =
      streams.draw(visit.customer, Purpose::race, visit.event, static_cast<std::uint32_t>(exit / 4))[exit % 4];
  const std::optional<double> delay = race_delay(program, program.exits(row)[exit], carrier, state, word);
  const auto next = next_stretch(program, visit);
  const bool changes = next != program.hazards().stretches(visit.persona, visit.touchpoint).end();
  if (!changes || (delay && visit.time + *delay <= next->begin)) return delay;
  const Stretches stretches = stretches_at(program, visit);
  const double over = delay_over(program, program.exits(row)[exit], visit, stretches, exit, word, carrier, state, forever);
  return over < forever ? std::optional(over) : std::nullopt;
}

CallNeeds call_needs(const Program& program, std::uint32_t touchpoint, bool may_give_up) {
  const ServiceRow& service = program.service(touchpoint);
  return {!service.work.constant(), may_give_up && service.patience.has_value(),
          may_give_up && !service.patience.has_value()};
}

void call_for_service(const Program& program, const VisitAt& visit, float patience, const CallDraws& draws, Call& call) {
  const ServiceRow& service = program.service(visit.touchpoint);
  call = Call();
  call.time = visit.time;
  call.customer = visit.customer;
  call.persona = visit.persona;
  call.queue = service.queue;
  call.priority = service.priority + program.priority_of_persona(visit.persona);
  const auto draw = [](const Inverse& law, const Words& from, float exponential) {
    const Inverse::Formula formula = law.formula();
    if (formula.family == Inverse::Family::exponential) return std::max(0.0, formula.a * exponential);
    return std::max(0.0, law.draw(from[3], law.by_score() ? normal_pair(from[0], from[2]).first : 0.0f));
  };
  call.work = draw(service.work, draws.service, draws.work) * service.work_unit;
  if (patience >= 0.0f) {
    call.patience = service.patience ? draw(*service.patience, draws.own_patience, draws.exponential_own)
                                     : static_cast<double>(patience * draws.patience);
  }
}

Call call_for_service(const Program& program, const Streams& streams, const VisitAt& visit, float patience) {
  const CallNeeds needs = call_needs(program, visit.touchpoint, patience >= 0.0f);
  CallDraws draws;
  if (needs.service) {
    draws.service = streams.draw(visit.customer, Purpose::service, visit.event);
    draws.work = exponential(draws.service[3]);
  }
  if (needs.own_patience) {
    draws.own_patience = streams.draw(visit.customer, Purpose::service, visit.event, 1);
    draws.exponential_own = exponential(draws.own_patience[3]);
  }
  if (needs.patience) draws.patience = exponential(streams.draw(visit.customer, Purpose::patience, visit.event)[1]);
  Call call;
  call_for_service(program, visit, patience, draws, call);
  return call;
}

ExitChoice leave_on_hearing(const Program& program, const VisitRow& row, const Carrier& carrier, const Streams& streams,
                            std::uint32_t customer, std::size_t window, std::uint32_t messages) {
  const std::span<const ExitRow> exits = program.heard_exits(row);
  float all = 0.0f;
  for (const ExitRow& exit : exits) all += probability(program, exit, carrier.traits);
  const float scale = std::max(1.0f, all);  // above 1 in sum they are divided by it, as those of a choice
  for (std::uint32_t message = 0; message < messages && !exits.empty(); ++message) {
    const Words words = streams.draw(customer, Purpose::heard, static_cast<std::uint32_t>(window), message);
    const float u = uniform(words[1]) * scale;
    float sum = 0.0f;
    for (std::size_t j = 0; j < exits.size(); ++j) {
      sum += probability(program, exits[j], carrier.traits);
      if (u < sum) return {static_cast<std::int32_t>(j), drawn_delay(program, exits[j], carrier, words)};
    }
  }
  return {};
}

}  // namespace sojourn
