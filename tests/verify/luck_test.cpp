// One threshold per life decides when a person leaves for good (MODEL.md section 8). It must be exact in distribution: at
// every visit the share that leaves is that visit's probability, whatever happened before and by whatever path.
#include <array>
#include <cmath>

#include "sojourn/outcomes/collect.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr std::size_t calm = 1, rough = 2, later = 3, gone = 4, moved = 5, again = 6;

// 0: join -> calm or rough -> later -> again -> again ...; leaving is certain nowhere and easiest on the rough path.
ModelParts paths(double rough_leave) {
  ModelParts parts = journey(
      {place(Stage::purchase, {by_share(gone, 0.2), by_odds(calm, 3.0), by_odds(rough, 1.0)}),
       place(Stage::retention, {by_odds(later, 0.9), by_odds(gone, 0.1)}),
       place(Stage::retention, {by_share(gone, 0.3 * rough_leave), by_share(moved, 0.7 * rough_leave), by_odds(later, 1.0)}),
       place(Stage::retention, {by_share(gone, 0.3), by_odds(again, 1.0)}), finish(End::churned), finish(End::churned),
       place(Stage::retention, {by_share(moved, 0.05), by_odds(again, 1.0)})},
      12.0, 200'000);
  // The same visits under a changing probability: at the touchpoint `again` it doubles from day 6 on.
  parts.events = {change("worse", again, {Parameter::probability, Operation::multiply, 2.0}, 6.0)};
  return parts;
}

struct Observed {
  Sample first, path, calm_leave, rough_leave, rough_moved, later_after_calm, later_after_rough;
  std::array<Sample, 12> again_leave;  // by day
};

Observed watch(const ModelParts& parts) {
  Observed seen;
  each_life(parts, [&](const ToldLife& life) {
    const auto at = [&](std::size_t k) { return life.visits[k].touchpoint; };
    const auto leaves = [&](std::size_t k) { return at(k + 1) == gone || at(k + 1) == moved; };
    seen.first.add(leaves(0));
    if (leaves(0)) return;
    seen.path.add(at(1) == calm);
    (at(1) == calm ? seen.calm_leave : seen.rough_leave).add(leaves(1));
    if (at(1) == rough && leaves(1)) seen.rough_moved.add(at(2) == moved);
    if (leaves(1)) return;
    (at(1) == calm ? seen.later_after_calm : seen.later_after_rough).add(leaves(2));
    for (std::size_t k = 3; k + 1 < life.visits.size(); ++k) {
      if (at(k) == again) seen.again_leave[k].add(leaves(k));
    }
  });
  return seen;
}

}  // namespace

TEST_CASE("luck: the share that leaves at each visit is that visit's probability on every path", "[verify]") {
  const Observed right = watch(paths(0.4));
  CHECK(judge(right.first, 0.2, 0.01));
  CHECK(judge(right.path, 0.75, 0.01));
  CHECK(judge(right.calm_leave, 0.1, 0.01));
  CHECK(judge(right.rough_leave, 0.4, 0.025));
  CHECK(judge(right.rough_moved, 0.7, 0.035));
  CHECK(judge(right.later_after_calm, 0.3, 0.015));
  CHECK(judge(right.later_after_rough, 0.3, 0.03));
  for (std::size_t k = 3; k <= 10; ++k) {
    INFO("visit " << k);
    CHECK(judge(right.again_leave[k], k < 6 ? 0.05 : 0.1, 0.015));
  }

  const Observed twin = watch(paths(0.44));
  CHECK_FALSE(judge(twin.rough_leave, 0.4, 0.025));
}

TEST_CASE("luck: who meant to leave and is called back leaves the next time as often as anybody", "[verify]") {
  // Half of all decide at 0 to go. A closed loop calls everybody to 1 before they do, where three in ten leave.
  constexpr std::size_t help = 1, home = 2, left = 3;
  const auto leaves_help = [&](double probability, double first) {
    ModelParts parts =
        journey({place(Stage::purchase, {by_share(left, first, Fixed{10.0}), by_odds(help, 1.0, Fixed{10.0})}),
                 place(Stage::retention, {by_share(left, probability), by_odds(home, 1.0)}),
                 place(Stage::retention, {by_odds(home, 1.0, Fixed{1000.0})}), finish(End::churned)},
                20.0, 200'000);
    parts.behaviour.recommend_base = 0.0;
    parts.behaviour.recommend_sd = 0.0;
    Survey survey;
    survey.id = "after-use";
    survey.after = {TouchpointId(0)};
    survey.base = 100.0;
    survey.closed_loop = ClosedLoop{10.0, TouchpointId(help), Days(1.0)};
    parts.surveys = {survey};
    Sample leaves;
    each_life(parts, [&](const ToldLife& life) {
      REQUIRE(life.visits[1].touchpoint == help);
      REQUIRE(life.visits[1].time == 1.0);
      leaves.add(life.visits[2].touchpoint == left);
    });
    return leaves;
  };
  CHECK(judge(leaves_help(0.3, 0.5), 0.3, 0.02));
  CHECK(judge(leaves_help(0.6, 0.5), 0.6, 0.02));
  CHECK(judge(leaves_help(0.3, 1.0), 0.3, 0.02));  // who had to leave, too
  CHECK_FALSE(judge(leaves_help(0.33, 0.5), 0.3, 0.02));
}

TEST_CASE("luck: survival through many small risks is their product", "[verify]") {
  const auto survivors = [](double p) {
    Sample stayed;
    each_life(journey({place(Stage::purchase, {by_odds(1, 1.0)}), place(Stage::retention, {by_share(2, p), by_odds(1, 1.0)}),
                       finish(End::churned)},
                      61.0, 50'000),
              [&](const ToldLife& life) { stayed.add(life.visits.back().touchpoint == 1); });
    return stayed;
  };
  // 60 draws of 0.015 happen before day 61: the one on day 60 shows on day 61, which is the horizon and still counts.
  CHECK(judge(survivors(0.015), std::pow(0.985, 60.0), 0.02));
  CHECK_FALSE(judge(survivors(0.0165), std::pow(0.985, 60.0), 0.02));
}

namespace {

/// 0: leaves after ten days with probability 1/2, else goes on to 1: leaves with 0.4, else is kept. Whoever is led to 4
/// comes to 1 as well.
ModelParts in_doubt(double later_leave) {
  Touchpoint kept = place(Stage::retention, {by_odds(2, 1.0, Fixed{1000.0})});
  ModelParts parts = journey({place(Stage::purchase, {by_odds(2, 1.0, Fixed{10.0}), by_odds(1, 1.0, Fixed{10.0})}),
                              place(Stage::retention, {by_odds(2, later_leave), by_odds(3, 1.0 - later_leave)}),
                              finish(End::churned), kept, place(Stage::retention, {by_odds(1, 1.0)})},
                             30.0, 40'000);
  parts.behaviour.memory = 0.0;
  parts.behaviour.recommend_sd = 0.0;
  return parts;
}

Verdict keeps(const ModelParts& parts, double expected) {
  const PlanId baseline(0);
  const RunResult result = run(Model(parts), std::span(&baseline, 1), {});
  const auto people = static_cast<double>(parts.settings.customers);
  const double share =
      static_cast<double>(result.totals[0][0].stock(0, result.totals[0][0].shape().windows - 1, TimeScore::customers)) /
      people;
  return judge(share, std::sqrt(expected * (1.0 - expected) / people), expected, 0.02);
}

}  // namespace

TEST_CASE("luck: who is kept from leaving by a closed loop leaves later as anybody does", "[verify]") {
  // Half of all are asked, answer low and are led away after a day: whatever they had decided, 0.4 of them leave at 1.
  const auto parts = [](double later_leave) {
    ModelParts made = in_doubt(later_leave);
    trait(made.personas.front(), BuiltinTrait::satisfaction) = Fixed{0.1};
    Survey survey;
    survey.id = survey.name = "survey";
    survey.after = {TouchpointId(0)};
    survey.sample = 0.5;
    survey.base = 100.0;
    survey.closed_loop = ClosedLoop{10.0, TouchpointId(4), Days(1.0)};
    made.surveys = {survey};
    return made;
  };
  const double expected = 0.5 * 0.5 * 0.6 + 0.5 * 0.6;
  CHECK(keeps(parts(0.4), expected));
  CHECK_FALSE(keeps(parts(0.45), expected));
}

TEST_CASE("luck: who is kept from leaving by a good word leaves later as anybody does", "[verify]") {
  const auto parts = [](double later_leave) {
    ModelParts made = in_doubt(later_leave);
    made.behaviour.recommend_base = 1.0;
    made.settings.window = Days(1.0);
    Exit told = by_share(4, 1.0, Fixed{0.0});
    told.on = Trigger::heard;
    made.touchpoints[0].next.push_back(told);
    WordOfMouth talk;
    talk.promoter_rate = 10.0;  // so that everybody hears within a few days
    made.word_of_mouth = talk;
    return made;
  };
  CHECK(keeps(parts(0.4), 0.6));
  CHECK_FALSE(keeps(parts(0.45), 0.6));
}
