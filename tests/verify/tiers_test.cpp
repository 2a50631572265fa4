// Members of a programme: what it does to them and who they are, against a closed form; with any engine.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

/// Two personas of whom `share` and the rest leave at `rate` and `other_rate` a day; the plan lets `join` and `other_join`
/// of them join, and members leave at `times` the rate.
struct Programme {
  double share = 0.3, rate = 0.002, other_rate = 0.008, join = 0.8, other_join = 0.1, times = 0.5, horizon = 200.0;

  [[nodiscard]] double stays(double at) const { return std::exp(-at * horizon); }
  [[nodiscard]] double members() const { return share * join + (1.0 - share) * other_join; }
  [[nodiscard]] double mix(double of_first, double of_second) const { return share * of_first + (1.0 - share) * of_second; }
  [[nodiscard]] double kept() const {
    return mix(join * stays(times * rate), other_join * stays(times * other_rate)) / members();
  }
  [[nodiscard]] double without() const { return mix(join * stays(rate), other_join * stays(other_rate)) / members(); }
  [[nodiscard]] double others() const {
    return mix((1.0 - join) * stays(rate), (1.0 - other_join) * stays(other_rate)) / (1.0 - members());
  }
};

constexpr std::size_t joins = 2, gone = 3;

Exit leaving(double rate, Relation relation) {
  Exit exit = by_odds(gone, 1.0, Exponential{1.0 / rate});
  exit.only_if.counters = {{CounterId(0), relation, 1.0}};
  return exit;
}

ModelParts journey_of(const Programme& programme, std::uint64_t customers, std::uint32_t replications, double window) {
  // A door for each persona, so that rates and chances are constants.
  ModelParts parts = journey({place(Stage::purchase, {by_share(joins, 0.0, Fixed{0.0}), by_odds(1, 1.0, Fixed{0.0})}),
                              place(Stage::retention, {}, ExitRule::race),
                              place(Stage::retention, {by_odds(1, 1.0, Fixed{0.0})}), finish(End::churned)},
                             programme.horizon, customers);
  parts.settings.replications = replications;
  parts.settings.window = Days(window);
  parts.personas = {persona("first", programme.share, parts.traits), persona("second", 1.0 - programme.share, parts.traits)};
  parts.touchpoints[1].next = {leaving(programme.times, Relation::at_least), leaving(1.0, Relation::below)};
  for (std::size_t p = 0; p < 2; ++p) {
    const double rate = p == 0 ? programme.rate : programme.other_rate;
    parts.personas[p].odds = {{TouchpointId(1), TouchpointId(gone), rate}};
    Improvement card;
    card.change = change("card" + std::to_string(p), 0,
                         {Parameter::probability, Operation::set, p == 0 ? programme.join : programme.other_join}, 0.0);
    card.change.target.exit_to = {TouchpointId(joins)};
    card.change.target.personas = {PersonaId(p)};
    parts.improvements.push_back(card);
  }
  Counter points;
  points.id = "points";
  points.touchpoints = {TouchpointId(joins)};
  points.tiers = {1.0, 2.0};
  parts.counters = {points};
  parts.plans.push_back({"programme", "Programme", {ImprovementId(0), ImprovementId(1)}});
  return parts;
}

Samples samples_of(const ModelParts& parts, Engine engine = Engine::lock_step) {
  const Model model(parts);
  const std::vector<PlanId> plans{PlanId(0), PlanId(1)};
  RunOptions options;
  options.engine = engine;
  return collect_samples(run(model, plans, options));
}

/// Within one and a half times the width of the interval: chance alone goes beyond it once in 300 times.
bool near(const Estimate& e, double value) { return std::fabs(e.mean - value) <= 0.75 * (e.high - e.low); }

}  // namespace

TEST_CASE("tiers: lift and selection are those of the closed form, and the company sees their sum", "[verify]") {
  const Programme programme;
  // A programme that does nothing, and is taken for this one: the twin.
  const Programme idle{.times = 1.0};
  for (const auto& [customers, replications, window] :
       {std::tuple{40'000u, 4u, 200.0}, std::tuple{10'000u, 12u, 7.0}, std::tuple{120'000u, 1u, 30.0}}) {
    const Comparison comparison = compare(samples_of(journey_of(programme, customers, replications, window)));
    REQUIRE(comparison.plans[1].tiers.size() == 1);  // nobody joins twice
    CHECK(comparison.plans[0].tiers.empty());
    const TierEffect& member = comparison.plans[1].tiers[0];
    CHECK(near(member.members, programme.members()));
    CHECK(near(member.kept, programme.kept()));
    CHECK(near(member.without, programme.without()));
    CHECK(near(member.others, programme.others()));
    CHECK(near(member.lift, programme.kept() - programme.without()));
    CHECK(near(member.selection, programme.without() - programme.others()));
    CHECK_FALSE(near(member.lift, idle.kept() - idle.without()));
    CHECK_THAT(member.apart.mean, Catch::Matchers::WithinAbs(member.lift.mean + member.selection.mean, 1e-12));

    const Comparison nothing = compare(samples_of(journey_of(idle, customers, replications, window)));
    const TierEffect& selected = nothing.plans[1].tiers[0];
    CHECK(near(selected.lift, 0.0));
    CHECK(near(selected.apart, idle.without() - idle.others()));
    CHECK(selected.selection.low > 0.1);
  }
}

TEST_CASE("tiers: who joins at random is no selection", "[verify]") {
  const Programme random{.join = 0.4, .other_join = 0.4};
  const Comparison comparison = compare(samples_of(journey_of(random, 40'000, 4, 50.0)));
  CHECK(near(comparison.plans[1].tiers[0].selection, 0.0));
  CHECK(near(comparison.plans[1].tiers[0].lift, random.kept() - random.without()));
}

TEST_CASE("tiers: who had to stay long to become a member gains nothing by that alone", "[verify]") {
  // Half of the purchases lead to a card that does nothing; gold takes six purchases with it.
  constexpr double leaves = 0.008, buys = 0.1;
  constexpr std::size_t home = 1, joins_here = 2, without_card = 3, with_card = 4, gone_here = 5;
  const auto if_points = [](Exit exit, Relation relation) {
    exit.only_if.counters = {{CounterId(0), relation, 1.0}};
    return exit;
  };
  ModelParts parts =
      journey({place(Stage::purchase, {by_odds(home, 1.0, Fixed{0.0})}),
               place(Stage::retention,
                     {if_points(by_odds(without_card, 1.0, Exponential{1.0 / buys}), Relation::below),
                      if_points(by_odds(with_card, 1.0, Exponential{1.0 / buys}), Relation::at_least),
                      by_odds(gone_here, 1.0, Exponential{1.0 / leaves})},
                     ExitRule::race),
               place(Stage::retention, {by_odds(home, 1.0, Fixed{0.0})}),
               place(Stage::retention, {by_share(joins_here, 0.0, Fixed{0.0}), by_odds(home, 1.0, Fixed{0.0})}),
               place(Stage::retention, {by_odds(home, 1.0, Fixed{0.0})}), finish(End::churned)},
              200.0, 60'000);
  parts.settings.replications = 4;
  Improvement card;
  card.change = change("card", without_card, {Parameter::probability, Operation::set, 0.5}, 0.0);
  parts.improvements = {card};
  Counter points;
  points.id = "points";
  points.touchpoints = {TouchpointId(joins_here), TouchpointId(with_card)};
  points.tiers = {1.0, 7.0};
  parts.counters = {points};
  parts.plans.push_back({"programme", "Programme", {ImprovementId(0)}});
  const Samples samples = samples_of(parts);
  const std::vector<TierEffect> tiers = compare(samples).plans[1].tiers;
  REQUIRE(tiers.size() == 2);
  for (const TierEffect& tier : tiers) CHECK(near(tier.lift, 0.0));
  CHECK(tiers[1].selection.low > 0.05);  // they stayed, or would not be gold
  // The twin: all of the same people, those who had left before among them.
  double members = 0.0, without = 0.0, kept = 0.0;
  for (const PairedOutcomes& outcomes : samples.plans[1].paired_outcomes) {
    for (std::size_t w = 0; w < without_plan_count; ++w) {
      for (std::size_t a = 0; a < end_standing_count; ++a) {
        const auto people =
            static_cast<double>(outcomes.people(1, 0, static_cast<WithoutPlan>(w), static_cast<EndStanding>(a)));
        members += people;
        without += static_cast<WithoutPlan>(w) == WithoutPlan::customer ? people : 0.0;
        kept += static_cast<EndStanding>(a) == EndStanding::customer ? people : 0.0;
      }
    }
  }
  CHECK((kept - without) / members > 0.1);
}

TEST_CASE("tiers: every engine counts the same members", "[verify]") {
  ModelParts parts = journey_of({}, 3'000, 2, 20.0);
  const Samples reference = samples_of(parts, Engine::one_customer);
  REQUIRE(reference.plans[1].paired_outcomes.front().tiers() == 2);
  for (const Engine engine : {Engine::lock_step, Engine::window_by_window}) {
    CHECK(samples_of(parts, engine).plans[1].paired_outcomes == reference.plans[1].paired_outcomes);
  }
  // And among customers who act on one another.
  parts.word_of_mouth = WordOfMouth{};
  const Samples coupled = samples_of(parts, Engine::one_customer);
  CHECK(samples_of(parts).plans[1].paired_outcomes == coupled.plans[1].paired_outcomes);
  parts.counters[0].tiers = {1.5};
  CHECK(samples_of(parts).plans[1].paired_outcomes != coupled.plans[1].paired_outcomes);
}
