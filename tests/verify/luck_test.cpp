// One threshold per life decides when a person leaves for good (MODEL.md section 8). It must be exact in distribution: at
// every visit the share that leaves is that visit's probability, whatever happened before and by whatever path.
#include <array>
#include <cmath>

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
