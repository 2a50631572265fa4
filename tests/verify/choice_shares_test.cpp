// With a memory that keeps only the last encounter and a quality that never varies, satisfaction is known by hand, and with
// it the shares of a multinomial logit (McFadden 1974) and the hazards of a race.
#include <cmath>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

struct Case {
  double quality, effort, start, memory;
  double satisfaction, expectation;  // after the visit, by hand from E = 0.6, loss aversion 2, effort aversion 0.2
};

// quality 0.8: d = 0.2, s = 0.5 + 0.3 + 0.1 - 0.06 = 0.84.
// quality 0.4: d = -0.2 counts twice, s = 0.5 - 0.1 - 0.2 - 0.04 = 0.16.
// memory 0.2: S = 0.5 + 0.2 * (1 + 0.34) * 0.34 = 0.59112.
// start 0.9: the same 0.16, but forgiven 1 - 0.5 * (1.8 - 1) = 0.6 of the way from 0.9: S = 0.9 - 0.6 * 0.74 = 0.456.
const std::vector<Case> cases{{0.8, 0.3, 0.5, 1.0, 0.84, 0.62},
                              {0.4, 0.2, 0.5, 1.0, 0.16, 0.58},
                              {0.8, 0.3, 0.5, 0.2, 0.59112, 0.62},
                              {0.4, 0.2, 0.9, 1.0, 0.456, 0.58}};

struct Option {
  double odds, persona, channel;
  Slopes slopes;
};
const std::vector<Option> options{{1.0, 1.0, 1.0, {-3.0, 0.0, 0.0, 0.0}},
                                  {2.0, 1.7, 1.0, {0.0, 2.0, 0.0, -1.0}},
                                  {0.5, 1.0, 0.6, {1.5, 0.0, 5.0, 2.0}},
                                  {1.5, 1.0, 1.0, {}}};

double weight(const Option& option, const Case& at) {
  return option.odds * option.persona * option.channel *
         std::exp(option.slopes.satisfaction * (at.satisfaction - 0.5) + option.slopes.expectation * (at.expectation - 0.5) +
                  option.slopes.effort * (at.effort - 0.5));
}

// A purchase with the options as exits, each to an end of its own; the last one leads on instead.
ModelParts crossroads(const Case& at, std::vector<Exit> exits, ExitRule rule) {
  ModelParts parts = journey({place(Stage::purchase, std::move(exits), rule), finish(End::churned), finish(End::churned),
                              finish(End::churned), place(Stage::retention, {by_odds(1, 1.0, Fixed{1e5})})},
                             1e4, 200'000);
  parts.behaviour.memory = at.memory;
  parts.channels = {{"web", "", true, true}};
  parts.touchpoints[0].quality_mean = at.quality;
  parts.touchpoints[0].effort = at.effort;
  parts.touchpoints[3].channel = ChannelId(0);
  Persona& persona = parts.personas[0];
  trait(persona, BuiltinTrait::satisfaction) = Fixed{at.start};
  persona.odds = {{TouchpointId(0), TouchpointId(2), options[1].persona}};
  persona.channels = {{ChannelId(0), options[2].channel}};
  return parts;
}

std::vector<Exit> exits(const std::vector<Distribution>& delays) {
  std::vector<Exit> made;
  for (std::size_t j = 0; j < options.size(); ++j)
    made.push_back(by_odds(j + 1, options[j].odds, delays[j], options[j].slopes));
  return made;
}

std::vector<Sample> shares(const ModelParts& parts) {
  std::vector<Sample> samples(options.size());
  each_life(parts, [&](const ToldLife& life) {
    for (std::size_t j = 0; j < samples.size(); ++j) samples[j].add(life.visits.back().touchpoint == j + 1);
  });
  return samples;
}

constexpr double detectable = 0.01;

}  // namespace

TEST_CASE("choice: satisfaction and expectation after one visit are those worked out by hand", "[verify]") {
  for (const Case& at : cases) {
    ModelParts parts = crossroads(at, exits(std::vector<Distribution>(4, Fixed{1.0})), ExitRule::choice);
    parts.settings.customers = 10;
    each_life(parts, [&](const ToldLife& life) {
      CHECK(life.after[0].satisfaction == Approx(at.satisfaction).epsilon(1e-6));
      CHECK(life.after[0].expectation == Approx(at.expectation).epsilon(1e-6));
      CHECK(life.visits[0].effort == Approx(at.effort));
    });
  }
}

TEST_CASE("choice: logit shares with slopes, persona odds and channel preferences", "[verify]") {
  for (const Case& at : cases) {
    const ModelParts parts = crossroads(at, exits(std::vector<Distribution>(4, Fixed{1.0})), ExitRule::choice);
    double total = 0.0;
    for (const Option& option : options) total += weight(option, at);
    const std::vector<Sample> right = shares(parts);
    for (std::size_t j = 0; j < options.size(); ++j) {
      INFO("exit " << j << " at satisfaction " << at.satisfaction);
      CHECK(judge(right[j], weight(options[j], at) / total, detectable));
    }
  }

  // Twins of the first case: one parameter off at a time, and one equation: losses that loom no larger.
  const Case& at = cases[0];
  double total = 0.0;
  for (const Option& option : options) total += weight(option, at);
  const ModelParts parts = crossroads(at, exits(std::vector<Distribution>(4, Fixed{1.0})), ExitRule::choice);
  const std::vector<std::pair<std::size_t, std::function<void(ModelParts&)>>> twins{
      {0, [](ModelParts& twin) { twin.touchpoints[0].next[0].slopes.satisfaction = -2.4; }},
      {1, [](ModelParts& twin) { twin.touchpoints[0].next[1].slopes.expectation = 1.5; }},
      {2, [](ModelParts& twin) { twin.touchpoints[0].next[2].slopes.effort = 1.6; }},
      {1, [](ModelParts& twin) { twin.personas[0].odds.clear(); }},
      {2, [](ModelParts& twin) { twin.personas[0].channels[0].second = 0.7; }},
      {3, [](ModelParts& twin) { twin.touchpoints[0].next[3].odds = 1.6; }}};
  for (std::size_t k = 0; k < twins.size(); ++k) {
    INFO("twin " << k);
    ModelParts twin = parts;
    twins[k].second(twin);
    CHECK_FALSE(judge(shares(twin)[twins[k].first], weight(options[twins[k].first], at) / total, detectable));
  }
  const Case& loss = cases[1];
  ModelParts twin = crossroads(loss, exits(std::vector<Distribution>(4, Fixed{1.0})), ExitRule::choice);
  trait(twin.personas[0], BuiltinTrait::loss_aversion) = Fixed{1.0};
  total = 0.0;
  for (const Option& option : options) total += weight(option, loss);
  CHECK_FALSE(judge(shares(twin)[0], weight(options[0], loss) / total, detectable));
}

TEST_CASE("choice: probabilities take their share before the logit splits the rest", "[verify]") {
  const Case& at = cases[0];
  const auto observed = [&](double probability) {
    std::vector<Exit> made = exits(std::vector<Distribution>(4, Fixed{1.0}));
    made[3] = by_share(4, probability);
    return shares(crossroads(at, made, ExitRule::choice));
  };
  const double total = weight(options[0], at) + weight(options[1], at) + weight(options[2], at);
  const std::vector<Sample> right = observed(0.35);
  CHECK(judge(right[3], 0.35, detectable));
  for (std::size_t j = 0; j < 3; ++j) CHECK(judge(right[j], 0.65 * weight(options[j], at) / total, detectable));
  CHECK_FALSE(judge(observed(0.37)[1], 0.65 * weight(options[1], at) / total, detectable));
}

TEST_CASE("choice: trait-bound probabilities above 1 in sum are divided by the sum", "[verify]") {
  const auto observed = [](double low) {
    ModelParts parts = journey(
        {place(Stage::purchase, {}), finish(End::churned), finish(End::churned), finish(End::churned)}, 10.0, 100'000);
    const TraitId first = add_trait(parts, "first", Fixed{low}), second = add_trait(parts, "second", Fixed{0.9});
    parts.touchpoints[0].next = {by_share(1, first), by_share(2, second), by_odds(3, 1.0)};
    std::vector<Sample> samples(3);
    each_life(parts, [&](const ToldLife& life) {
      for (std::size_t j = 0; j < 3; ++j) samples[j].add(life.visits.back().touchpoint == j + 1);
    });
    return samples;
  };
  const std::vector<Sample> right = observed(0.6);
  CHECK(judge(right[0], 0.4, 0.015));
  CHECK(judge(right[1], 0.6, 0.015));
  CHECK(right[2].mean() == 0.0);
  CHECK_FALSE(judge(observed(0.65)[0], 0.4, 0.015));
}

TEST_CASE("race: slopes multiply hazards", "[verify]") {
  const std::vector<Distribution> delays{Weibull{9.0, 1.4}, Weibull{20.0, 1.4}, Weibull{12.0, 1.4}, Weibull{15.0, 1.4}};
  for (const Case& at : cases) {
    const ModelParts parts = crossroads(at, exits(delays), ExitRule::race);
    double total = 0.0;
    std::vector<double> hazards;
    for (std::size_t j = 0; j < options.size(); ++j) {
      hazards.push_back(weight(options[j], at) * std::pow(std::get<Weibull>(delays[j]).scale, -1.4));
      total += hazards.back();
    }
    Sample time;
    std::vector<Sample> samples(options.size());
    const auto watch = [&](const ModelParts& who) {
      time = {};
      samples.assign(options.size(), {});
      each_life(who, [&](const ToldLife& life) {
        for (std::size_t j = 0; j < samples.size(); ++j) samples[j].add(life.visits.back().touchpoint == j + 1);
        time.add(life.visits[1].time);
      });
    };
    const double mean = std::pow(total, -1.0 / 1.4) * std::tgamma(1.0 + 1.0 / 1.4);
    watch(parts);
    for (std::size_t j = 0; j < options.size(); ++j) {
      INFO("exit " << j << " at satisfaction " << at.satisfaction);
      CHECK(judge(samples[j], hazards[j] / total, detectable));
    }
    CHECK(judge(time, mean, 0.03 * mean));

    ModelParts twin = parts;
    twin.touchpoints[0].next[1].slopes.expectation = 1.4;
    watch(twin);
    CHECK_FALSE(judge(samples[1], hazards[1] / total, detectable));
  }
}
