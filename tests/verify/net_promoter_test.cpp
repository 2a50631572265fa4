// Where satisfaction is known, the answer to "would you recommend us" is a rounded, clipped normal number, and shares of
// promoters and detractors are its tails (MODEL.md section 2, Recommendation).
#include <cmath>
#include <span>

#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

double upper_tail(double z) { return 0.5 * std::erfc(z * std::sqrt(0.5)); }

// Visits every day whose quality and expectation are the same: with memory 1, S = quality.
ModelParts delivered(double quality, double sd, double horizon = 0.5) {
  ModelParts parts =
      journey({place(Stage::purchase, {by_odds(1, 1.0)}), place(Stage::retention, {by_odds(1, 1.0)})}, horizon, 200'000);
  for (Touchpoint& touchpoint : parts.touchpoints) touchpoint.quality_mean = quality;
  parts.behaviour.memory = 1.0;
  parts.behaviour.recommend_sd = sd;
  trait(parts.personas[0], BuiltinTrait::expectation) = Fixed{quality};
  trait(parts.personas[0], BuiltinTrait::satisfaction) = Fixed{quality};
  return parts;
}

Sums horizon_sums(const ModelParts& parts) {
  const Model model(parts);
  const PlanId baseline(0);
  const Samples samples = collect_samples(run(model, std::span(&baseline, 1)));
  Sums sums;
  for (const Sums& sample : samples.plans[0].all) sums += sample;
  return sums;
}

Verdict judge_share(double share, double people, double expected) {
  return judge(share, std::sqrt(share * (1.0 - share) / people), expected, 0.01);
}

}  // namespace

TEST_CASE("net promoter score: closed form at known satisfaction", "[verify]") {
  for (const double s : {0.35, 0.5, 0.62, 0.8}) {
    INFO("satisfaction " << s);
    // r >= 9 where 10 x + 1/2 >= 9, r <= 6 where it is below 7; x = 0.7 + (s - 0.5) + sd z.
    const auto promoters = [&](double sd) { return upper_tail((0.85 - 0.7 - (s - 0.5)) / sd); };
    const auto detractors = [&](double sd) { return 1.0 - upper_tail((0.65 - 0.7 - (s - 0.5)) / sd); };
    const Sums right = horizon_sums(delivered(s, 0.22));
    REQUIRE(right.customers == 200'000.0);
    CHECK(right.satisfaction / right.customers == Approx(s).epsilon(1e-6));
    CHECK(right.promoters + right.passives + right.detractors == right.customers);
    CHECK(judge_share(right.promoters / right.customers, right.customers, promoters(0.22)));
    CHECK(judge_share(right.detractors / right.customers, right.customers, detractors(0.22)));
    const double nps = find_metric("nps")->value(right), expected = 100.0 * (promoters(0.22) - detractors(0.22));
    // The sd of promoter - detractor is at most 1.
    CHECK(judge(nps, 100.0 / std::sqrt(right.customers), expected, 2.0));

    const Sums twin = horizon_sums(delivered(s, 0.28));
    const bool noticed = !judge_share(twin.promoters / twin.customers, twin.customers, promoters(0.22)) ||
                         !judge_share(twin.detractors / twin.customers, twin.customers, detractors(0.22));
    CHECK(noticed);
    CHECK_FALSE(judge(find_metric("nps")->value(horizon_sums(delivered(s + 0.02, 0.22))), 100.0 / std::sqrt(right.customers),
                      expected, 2.0));
  }
}

TEST_CASE("net promoter score: the answer moves only when satisfaction does", "[verify]") {
  ModelParts parts = delivered(0.6, 0.22, 5.0);
  parts.settings.customers = 2000;
  std::size_t classes_seen[3] = {0, 0, 0};
  each_life(parts, [&](const ToldLife& life) {
    REQUIRE(life.after.size() == 6);
    for (const State& state : life.after) REQUIRE(state.promoter_class == life.after.front().promoter_class);
    ++classes_seen[life.after.front().promoter_class];
  });
  for (const std::size_t seen : classes_seen) CHECK(seen > 0);
  // Twin: a satisfaction that moves.
  for (Touchpoint& touchpoint : parts.touchpoints) touchpoint.quality_sd = 0.3;
  std::size_t moved = 0;
  each_life(parts,
            [&](const ToldLife& life) { moved += life.after.front().promoter_class != life.after.back().promoter_class; });
  CHECK(moved > 0);
}
