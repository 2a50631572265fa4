// A customer whom a plan never touches lives the same life under it, bit for bit: on every customer of the telecom scenario.
// And two plans are paired as closely as MODEL.md section 8 says.
#include <array>
#include <bit>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/keyed_lives.hpp"
#include "tests/verify/paired_figures.hpp"
#include "tests/verify/properties.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

bool same(float a, float b) { return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b); }
bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

bool same(const behaviour::ChoiceSlopes& a, const behaviour::ChoiceSlopes& b) {
  using Bits = std::array<std::uint32_t, sizeof(behaviour::ChoiceSlopes) / sizeof(std::uint32_t)>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

bool same(const ExitRow& a, std::span<const Shift> a_shifts, const ExitRow& b, std::span<const Shift> b_shifts) {
  if (a_shifts.size() != b_shifts.size()) return false;
  for (std::size_t k = 0; k < a_shifts.size(); ++k) {
    if (a_shifts[k].operation != b_shifts[k].operation || !same(a_shifts[k].value, b_shifts[k].value) ||
        !same(a_shifts[k].fraction, b_shifts[k].fraction)) {
      return false;
    }
  }
  return a.to == b.to && a.exit == b.exit && a.delay == b.delay && a.trait == b.trait && a.to_end == b.to_end &&
         same(a.odds, b.odds) && same(a.probability, b.probability) && same(a.stretch, b.stretch) &&
         same(a.slopes, b.slopes);
}

bool same_exits(const Program& baseline, const VisitRow& a, const Program& plan, const VisitRow& b) {
  const auto a_exits = baseline.exits(a), b_exits = plan.exits(b);
  if (a_exits.size() != b_exits.size()) return false;
  for (std::size_t k = 0; k < a_exits.size(); ++k) {
    if (!same(a_exits[k], baseline.shifts(a_exits[k]), b_exits[k], plan.shifts(b_exits[k]))) return false;
  }
  return true;
}

// Whether the plan has a hand in this visit: anything that a life depends on differs. Money does not, and context only where
// it is handed over. An end is the same whatever its row says.
bool touched(const Program& baseline, const Program& plan, std::uint32_t persona, const Visit& visit, const State& before,
             double until) {
  if (!visit.appraised) return false;
  const VisitRow& a = baseline.row(baseline.regime(visit.time), persona, visit.touchpoint);
  const VisitRow& b = plan.row(plan.regime(visit.time), persona, visit.touchpoint);
  if (!same(a.quality, b.quality) || !same(a.quality_sd, b.quality_sd) || !same(a.effort, b.effort) ||
      !same(a.weight, b.weight) || !same(a.promise, b.promise) || !same(a.promise_weight, b.promise_weight)) {
    return true;
  }
  const std::int32_t team = baseline.place(visit.touchpoint).team;
  if (team >= 0 && before.team >= 0 && before.team != team &&
      !same(baseline.carry(a, before.team), plan.carry(b, before.team)))
    return true;
  if (!same_exits(baseline, a, plan, b)) return true;
  if (!baseline.place(visit.touchpoint).race) return false;
  // Exits that compete follow what changes during the stay.
  for (const Program* program : {&baseline, &plan}) {
    for (const double begin : program->regime_begins()) {
      if (begin <= visit.time || begin > until) continue;
      if (!same_exits(baseline, baseline.row(baseline.regime(begin), persona, visit.touchpoint), plan,
                      plan.row(plan.regime(begin), persona, visit.touchpoint)))
        return true;
    }
  }
  return false;
}

bool same_life(const ToldLife& a, const ToldLife& b) {
  if (a.visits.size() != b.visits.size()) return false;
  for (std::size_t k = 0; k < a.visits.size(); ++k) {
    const Visit &x = a.visits[k], &y = b.visits[k];
    const State &s = a.after[k], &t = b.after[k];
    const Stay &m = a.stays[k], &n = b.stays[k];
    if (x.touchpoint != y.touchpoint || !same(x.time, y.time) || x.repeated != y.repeated || !same(x.quality, y.quality) ||
        !same(x.effort, y.effort) || !same(x.appraisal, y.appraisal) || !same(s.satisfaction, t.satisfaction) ||
        !same(s.expectation, t.expectation) || s.team != t.team || s.standing != t.standing ||
        s.promoter_class != t.promoter_class || m.exit != n.exit || m.to != n.to || !same(m.until, n.until)) {
      return false;
    }
  }
  return true;
}

std::vector<ToldLife> lives_of(const Program& program, std::uint32_t replication = 0) {
  std::vector<ToldLife> lives;
  each_life(
      program, [&](const ToldLife& life) { lives.push_back(life); }, replication);
  return lives;
}

struct Counts {
  std::size_t touched = 0, untouched = 0, touched_same = 0, untouched_different = 0;
};

Counts compare_lives(const Program& baseline, const std::vector<ToldLife>& base, const Program& plan,
                     const std::vector<ToldLife>& other) {
  Counts counts;
  for (std::size_t i = 0; i < base.size(); ++i) {
    bool hand = false;
    for (const ToldLife* life : {&base[i], &other[i]}) {
      for (std::size_t k = 0; k < life->visits.size(); ++k) {
        hand = hand || touched(baseline, plan, life->person.persona, life->visits[k], life->before[k], life->stays[k].until);
      }
    }
    const bool equal = same_life(base[i], other[i]);
    ++(hand ? counts.touched : counts.untouched);
    counts.touched_same += hand && equal;
    counts.untouched_different += !hand && !equal;
  }
  return counts;
}

// What the engine's own lives come to; money is counted elsewhere.
std::vector<Outcome> outcomes_of(const Program& program) {
  std::vector<Outcome> outcomes;
  each_life(program, [&](const ToldLife& life) {
    if (life.visits.empty()) return;
    const State& last = life.after.back();
    outcomes.push_back({true, last.bought, last.standing == Standing::customer, last.promoter_class});
  });
  return outcomes;
}

std::vector<Outcome> outcomes_of(const Program& program, Keying keying) {
  const ModelParts& parts = program.model().parts();
  const Population population(parts);
  KeyedLives lives(program, population, Streams(parts.settings.seed, 0), keying);
  std::vector<Outcome> outcomes;
  for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
    const Outcome outcome = lives.live(i);
    if (outcome.arrived) outcomes.push_back(outcome);
  }
  return outcomes;
}

// How much of the ceiling the pairing of a share reaches. Samples are so large that whoever is right, far above the goal, is
// called wrong with probability 1e-6; who is just at the goal is called right with probability 1e-3.
struct Reach {
  double share = 0.0, error = 0.0;
  static constexpr double goal = 0.35;

  Reach(Measure measure, const std::vector<Outcome>& base, const std::vector<Outcome>& plan) {
    const Paired paired = pair(measure, base, plan);
    share = paired.ratio() / ceiling(paired.base, paired.difference);
    error = share * paired.reach_error;
  }
  [[nodiscard]] bool attained() const { return share - power_z * error > goal; }
  [[nodiscard]] bool missed() const { return share + power_z * error < goal; }
  friend std::ostream& operator<<(std::ostream& out, const Reach& reach) {
    return out << 100.0 * reach.share << " % of the ceiling +- " << 100.0 * reach.error;
  }
};

// A subscription that renews itself every month; who needs help may need more, and help is where people turn away from it.
// Better help keeps few people, but changes in nearly every life how often help is needed, and so the number of every later
// visit.
ModelParts subscription() {
  constexpr std::size_t use = 1, help = 2, gone = 3;
  Slopes unhappy;
  unhappy.satisfaction = -3.0;
  Slopes slightly;
  slightly.satisfaction = -0.5;
  ModelParts parts =
      journey({place(Stage::purchase, {by_odds(use, 1.0)}),
               place(Stage::retention, {by_odds(use, 1.0, Fixed{20.0}), by_odds(help, 1.0, Fixed{10.0}, unhappy),
                                        by_odds(gone, 0.02, Fixed{5.0}, slightly)}),
               place(Stage::retention, {by_odds(use, 1.0)}), finish(End::churned)},
              730.0, 80'000);
  for (Touchpoint& touchpoint : parts.touchpoints) touchpoint.quality_sd = 0.15;
  Improvement better;
  better.change = change("better-help", help, {Parameter::quality, Operation::add, 0.1}, 0.0);
  parts.improvements = {better};
  parts.plans.push_back({"better", "Better help", {ImprovementId(0)}});
  return parts;
}

}  // namespace

TEST_CASE("pairing: the engine keys its draws as the study's first scheme", "[verify]") {
  for (const char* file : {"telecom.toml", "coffee.toml"}) {
    INFO(file);
    ModelParts parts = shipped(file);
    parts.settings.customers = 1000;
    const Model model(parts);
    for (std::size_t k = 0; k < parts.plans.size(); ++k) {
      const Program program(apply(model, PlanId(k)));
      const std::vector<Outcome> engine = outcomes_of(program);
      const auto agree = [&](Keying keying) {
        const std::vector<Outcome> study = outcomes_of(program, keying);
        std::size_t count = 0;
        for (std::size_t i = 0; i < engine.size(); ++i) {
          count += engine[i].bought == study[i].bought && engine[i].customer == study[i].customer &&
                   engine[i].promoter_class == study[i].promoter_class;
        }
        return count;
      };
      CHECK(agree({}) == engine.size());
      CHECK(agree({Key::slot, LeavingBy::life}) < engine.size());
    }
  }
}

TEST_CASE("pairing: an improvement of one touchpoint is paired to 35 % of the ceiling of retention", "[verify]") {
  SECTION("the first bill of the telecom scenario") {
    ModelParts parts = shipped("telecom.toml");
    parts.settings.customers = 100'000;
    const Model model(parts);
    const Program baseline(model), plan(apply(model, PlanId(1)));
    REQUIRE(parts.plans[1].id == "clear-bill");
    const auto base = outcomes_of(baseline), with = outcomes_of(plan);
    for (const Measure measure : {Measure::retention, Measure::retained}) {
      const Reach reach(measure, base, with);
      INFO(reach);
      CHECK(reach.attained());
    }
    // Twin: draws named by the touchpoint and the day. Who is a day late is another person.
    const Keying by_day{Key::day, LeavingBy::visit};
    parts.settings.customers = 30'000;
    const Model fewer(parts);
    const Reach twin(Measure::retention, outcomes_of(Program(fewer), by_day),
                     outcomes_of(Program(apply(fewer, PlanId(1))), by_day));
    INFO(twin);
    CHECK_FALSE(twin.attained());
    CHECK(twin.missed());
  }
  SECTION("help for a subscription") {
    const Model model(subscription());
    const Program baseline(model), plan(apply(model, PlanId(1)));
    const Reach reach(Measure::retention, outcomes_of(baseline), outcomes_of(plan));
    INFO(reach);
    CHECK(reach.attained());
    // Twin: no threshold; each visit decides by a draw of its own whether it is the last.
    const Keying by_visit{Key::event, LeavingBy::visit};
    const Reach twin(Measure::retention, outcomes_of(baseline, by_visit), outcomes_of(plan, by_visit));
    INFO(twin);
    CHECK_FALSE(twin.attained());
    CHECK(twin.missed());
  }
}

TEST_CASE("pairing: whom a plan does not touch lives the same life under it", "[verify]") {
  ModelParts parts = shipped("telecom.toml");
  parts.settings.customers = 4000;
  const Model model(parts);
  const Program baseline(model);
  const std::vector<ToldLife> base = lives_of(baseline);
  REQUIRE(parts.plans.size() > 2);
  for (std::size_t k = 1; k < parts.plans.size(); ++k) {
    INFO("plan " << parts.plans[k].id);
    const Program plan(apply(model, PlanId(k)));
    const Counts counts = compare_lives(baseline, base, plan, lives_of(plan));
    CHECK(counts.untouched_different == 0);
    CHECK(counts.untouched > 100);
    CHECK(counts.touched > 100);
    CHECK(counts.touched_same < counts.touched);

    // Twin: a plan whose people have other luck. Now those whom it does not touch differ too.
    CHECK(compare_lives(baseline, base, plan, lives_of(plan, 1)).untouched_different > 100);
  }
}

TEST_CASE("pairing: on random models too, whom no plan touches lives the same life", "[verify]") {
  Counts all;
  const auto pairs = [&](std::uint32_t replication_of_plans) {
    return falsify(Flavour::any, 400, [&, replication_of_plans](const ModelParts& parts) {
      if (parts.plans.size() < 2 || parts.settings.replications < 2) return std::string();
      const Model model(parts);
      const Program baseline(model);
      try {
        const std::vector<ToldLife> base = lives_of(baseline);
        for (std::size_t k = 1; k < parts.plans.size(); ++k) {
          const Program plan(apply(model, PlanId(k)));
          const Counts counts = compare_lives(baseline, base, plan, lives_of(plan, replication_of_plans));
          all.touched += counts.touched;
          all.untouched += counts.untouched;
          if (counts.untouched_different > 0) return std::to_string(counts.untouched_different) + " untouched lives differ";
        }
      } catch (const InputError& error) {
        if (error.code() != ErrorCode::endless_life) throw;
      }
      return std::string();
    });
  };
  CHECK(pairs(0) == "");
  CHECK(all.touched > 2000);
  CHECK(all.untouched > 2000);
  CHECK(pairs(1) != "");  // the twin: the plan's people have other luck
}

TEST_CASE("pairing: a new touchpoint, trait or persona at the end leaves other lives as they were", "[verify]") {
  ModelParts parts = shipped("coffee.toml");
  parts.settings.customers = 2000;
  const std::vector<ToldLife> base = lives_of(Program(Model(parts)));
  ModelParts grown = parts;
  add_trait(grown, "curiosity", Beta{2.0, 3.0});
  grown.touchpoints.push_back(finish(End::churned));
  grown.touchpoints.back().id = "elsewhere";
  const std::vector<ToldLife> same_people = lives_of(Program(Model(grown)));
  REQUIRE(base.size() == same_people.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < base.size(); ++i) different += !same_life(base[i], same_people[i]);
  CHECK(different == 0);

  grown.settings.seed += 1;
  const std::vector<ToldLife> strangers = lives_of(Program(Model(grown)));
  different = 0;
  for (std::size_t i = 0; i < base.size(); ++i) different += !same_life(base[i], strangers[i]);
  CHECK(different > 1900);
}
