// A customer whom a plan never touches lives the same life under it, bit for bit: on every customer of the telecom scenario.
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/properties.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

bool same(float a, float b) { return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b); }
bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

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
         same(a.satisfaction, b.satisfaction) && same(a.expectation, b.expectation) && same(a.heard, b.heard) &&
         same(a.effort, b.effort);
}

// Whether the plan has a hand in this visit: anything that a life depends on differs. Money does not, and context only where
// it is handed over. An end is the same whatever its row says.
bool touched(const Program& baseline, const Program& plan, std::uint32_t persona, const Visit& visit, const State& before) {
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
  const auto a_exits = baseline.exits(a), b_exits = plan.exits(b);
  if (a_exits.size() != b_exits.size()) return true;
  for (std::size_t k = 0; k < a_exits.size(); ++k) {
    if (!same(a_exits[k], baseline.shifts(a_exits[k]), b_exits[k], plan.shifts(b_exits[k]))) return true;
  }
  return false;
}

bool same_life(const Life& a, const Life& b) {
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

std::vector<Life> lives_of(const Program& program, std::uint32_t replication = 0) {
  std::vector<Life> lives;
  each_life(
      program, [&](const Life& life) { lives.push_back(life); }, replication);
  return lives;
}

struct Counts {
  std::size_t touched = 0, untouched = 0, touched_same = 0, untouched_different = 0;
};

Counts compare_lives(const Program& baseline, const std::vector<Life>& base, const Program& plan,
                     const std::vector<Life>& other) {
  Counts counts;
  for (std::size_t i = 0; i < base.size(); ++i) {
    bool hand = false;
    for (const Life* life : {&base[i], &other[i]}) {
      for (std::size_t k = 0; k < life->visits.size(); ++k) {
        hand = hand || touched(baseline, plan, life->person.persona, life->visits[k], life->before[k]);
      }
    }
    const bool equal = same_life(base[i], other[i]);
    ++(hand ? counts.touched : counts.untouched);
    counts.touched_same += hand && equal;
    counts.untouched_different += !hand && !equal;
  }
  return counts;
}

}  // namespace

TEST_CASE("pairing: whom a plan does not touch lives the same life under it", "[verify]") {
  ModelParts parts = shipped("telecom.toml");
  parts.settings.customers = 4000;
  const Model model(parts);
  const Program baseline(model);
  const std::vector<Life> base = lives_of(baseline);
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
        const std::vector<Life> base = lives_of(baseline);
        for (std::size_t k = 1; k < parts.plans.size(); ++k) {
          const Program plan(apply(model, PlanId(k)));
          const Counts counts = compare_lives(baseline, base, plan, lives_of(plan, replication_of_plans));
          all.touched += counts.touched;
          all.untouched += counts.untouched;
          if (counts.untouched_different > 0) return std::to_string(counts.untouched_different) + " untouched lives differ";
        }
      } catch (const RunError&) {  // a life that never ends
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
  const std::vector<Life> base = lives_of(Program(Model(parts)));
  ModelParts grown = parts;
  add_trait(grown, "curiosity", Beta{2.0, 3.0});
  grown.touchpoints.push_back(finish(End::churned));
  grown.touchpoints.back().id = "elsewhere";
  const std::vector<Life> same_people = lives_of(Program(Model(grown)));
  REQUIRE(base.size() == same_people.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < base.size(); ++i) different += !same_life(base[i], same_people[i]);
  CHECK(different == 0);

  grown.settings.seed += 1;
  const std::vector<Life> strangers = lives_of(Program(Model(grown)));
  different = 0;
  for (std::size_t i = 0; i < base.size(); ++i) different += !same_life(base[i], strangers[i]);
  CHECK(different > 1900);
}
