// The model as a value: refusal, normalisation, plans, what is coupled.
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "sojourn/model/model.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {

// Without what this version does not simulate.
ModelParts plain_parts() {
  ModelParts parts = example::parts();
  parts.word_of_mouth.reset();
  parts.reviews.reset();
  parts.surveys.clear();
  parts.rules.clear();
  parts.plans[1].rules.clear();
  parts.account_segments.clear();
  parts.touchpoints[4].content.clear();
  parts.touchpoints[5].servers.reset();
  parts.touchpoints[5].handle_time.reset();
  return parts;
}

double sum_of_shares(const ModelParts& parts) {
  double sum = 0.0;
  for (const Persona& persona : parts.personas) sum += persona.share;
  return sum;
}

}  // namespace

TEST_CASE("model: a wrong model is refused with every error and no warning", "[model]") {
  ModelParts parts = example::parts();
  parts.settings.horizon = Days(0.0);
  parts.touchpoints[0].effort = 2.0;
  parts.touchpoints[1].quality_mean = 0.99;  // a warning only
  try {
    const Model model(parts);
    FAIL("the model was accepted");
  } catch (const InvalidModel& invalid) {
    CHECK(invalid.findings().size() == 2);
    CHECK(std::string(invalid.what()) ==
          "scenario.horizon: horizon is 0, but must be more than 0 (horizon is counted in days)\n"
          "touchpoint.ad.effort: effort is 2, but must be between 0 and 1");
  }
  parts.settings.horizon = Days(730.0);
  parts.touchpoints[0].effort = 0.2;
  CHECK_NOTHROW(Model(parts));
}

TEST_CASE("model: shares and starts are made to sum to exactly 1", "[model]") {
  ModelParts parts = plain_parts();
  parts.personas[0].share = 0.6 + 5e-7;
  parts.personas[1].starts = {{example::ad, 0.3}, {example::shop, 0.3}, {example::use, 0.4 - 9e-7}};
  const Model model(parts);
  CHECK(sum_of_shares(model.parts()) == 1.0);
  CHECK(model.parts().personas[0].share == Approx(0.6).epsilon(1e-5));
  double starts = 0.0;
  for (const auto& [touchpoint, share] : model.parts().personas[1].starts) starts += share;
  CHECK(starts == 1.0);
}

TEST_CASE("model: whatever the shares, their running sum ends at exactly 1 and none is negative", "[model]") {
  std::mt19937 generator(11);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (int trial = 0; trial < 200; ++trial) {
    ModelParts parts = plain_parts();
    parts.personas.resize(1);
    const std::size_t count = 1 + generator() % 12;
    std::vector<double> shares(count);
    for (double& share : shares) share = unit(generator) * (generator() % 4 == 0 ? 1e-17 : 1.0);
    shares[generator() % count] += 0.1;
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      Persona persona = plain_parts().personas[1];
      persona.id = "p" + std::to_string(i);
      persona.share = shares[i] / sum;
      parts.personas.push_back(persona);
    }
    parts.personas.erase(parts.personas.begin());
    const Model model(parts);
    REQUIRE(sum_of_shares(model.parts()) == 1.0);
    for (std::size_t i = 0; i < count; ++i) {
      REQUIRE(model.parts().personas[i].share >= 0.0);
      REQUIRE(model.parts().personas[i].share == Approx(shares[i] / sum).margin(1e-14));
    }
  }
}

TEST_CASE("model: shares that sum to 1 already keep their bits", "[model]") {
  ModelParts parts = plain_parts();
  const Model model(parts);
  CHECK(model.parts().personas[0].share == 0.6);
  CHECK(model.parts().personas[1].share == 0.4);
}

TEST_CASE("model: a plan applied is another model over the same data", "[model]") {
  const Model baseline(plain_parts());
  CHECK(baseline.plan() == PlanId(0));
  const Model bold = apply(baseline, PlanId(2));
  CHECK(bold.plan() == PlanId(2));
  CHECK(baseline.plan() == PlanId(0));
  CHECK(&bold.parts() == &baseline.parts());
  CHECK(apply(bold, PlanId(1)).plan() == PlanId(1));
}

TEST_CASE("model: people for whom one simulated person stands", "[model]") {
  ModelParts parts = plain_parts();
  CHECK(Model(parts).people_per_customer() == 1.0);
  parts.settings.market = 2500.0;
  CHECK(Model(parts).people_per_customer() == 2.5);
}

TEST_CASE("model: what couples customers", "[model]") {
  const auto coupled = [](auto change) {
    ModelParts parts = plain_parts();
    change(parts);
    return Model(parts).coupled();
  };
  const ModelParts all = example::parts();
  CHECK_FALSE(coupled([](auto&) {}));
  CHECK(coupled([&](auto& p) { p.word_of_mouth = all.word_of_mouth; }));
  CHECK(coupled([&](auto& p) { p.reviews = all.reviews; }));
  CHECK(coupled([&](auto& p) { p.account_segments = all.account_segments; }));
  CHECK(coupled([&](auto& p) { p.touchpoints = all.touchpoints; }));
  CHECK(coupled([&](auto& p) {
    p.rules = all.rules;
    p.rules[0].survey = SurveyId();
    p.plans[1].rules = {RuleId(0)};
  }));
  // One that no plan goes by does nothing.
  CHECK_FALSE(coupled([&](auto& p) {
    p.rules = all.rules;
    p.rules[0].survey = SurveyId();
  }));
  // A survey only listens.
  CHECK_FALSE(coupled([&](auto& p) { p.surveys = all.surveys; }));
}

TEST_CASE("model: built-in traits stand at their positions", "[model]") {
  const std::vector<Trait> traits = builtin_traits();
  REQUIRE(traits.size() == builtin_trait_count);
  CHECK(traits[id(BuiltinTrait::expectation).index()].name == "expectation");
  CHECK(traits[id(BuiltinTrait::expectation).index()].standard == 0.6);
  CHECK(traits[id(BuiltinTrait::satisfaction).index()].standard == 0.5);
  CHECK(traits[id(BuiltinTrait::patience).index()].standard == 1.0);
  CHECK(traits[id(BuiltinTrait::effort_aversion).index()].standard == 0.2);
  CHECK(traits[id(BuiltinTrait::loss_aversion).index()].standard == 2.0);
  CHECK(traits[id(BuiltinTrait::talkativeness).index()].standard == 1.0);
  CHECK(traits[id(BuiltinTrait::response_propensity).index()].standard == 0.0);
  for (const Trait& trait : traits) CHECK((trait.low <= trait.standard && trait.standard <= trait.high));
}
