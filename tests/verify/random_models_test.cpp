// What a failing property prints can be run: a random model written as a scenario file is read as the same model.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"
#include "tests/verify/properties.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/scenario_text.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

// How the model that is read from the text of `parts` differs from `original`.
std::string unlike(const ModelParts& parts, const ModelParts& original) {
  const Scenario read = parse_scenario(scenario_text(parts), "random.toml");
  if (read.errors() > 0) return diagnostics(read);
  const std::vector<PlanId> plans = all_plans(original);
  const Model model = build(read);
  if (model.parts().plans.size() != plans.size()) return "other plans";
  return difference(try_run(model, plans, {}), try_run(Model(original), plans, {}));
}

// Without what a file cannot say to the last bit, or at all.
ModelParts as_a_file_says_it(ModelParts parts) {
  parts.settings.seed &= ~(std::uint64_t{1} << 63);
  const auto whole_quarters = [](Change& change) {
    for (Effect& effect : change.effects) {
      if (effect.operation == Operation::multiply) effect.value = (1 + static_cast<int>(4.0 * effect.value)) / 4.0;
    }
  };
  for (Improvement& improvement : parts.improvements) whole_quarters(improvement.change);
  for (Change& event : parts.events) whole_quarters(event);
  return parts;
}

}  // namespace

TEST_CASE("random models: written as a scenario file they are read as the same model", "[verify]") {
  for (const Flavour flavour : {Flavour::any, Flavour::solvable}) {
    CHECK(falsify(flavour, 200, [](const ModelParts& drawn) {
            const ModelParts parts = as_a_file_says_it(drawn);
            return unlike(parts, parts);
          }) == "");
  }
  // Twin: a file that lacks something.
  const std::string found = falsify(Flavour::any, 200, [](const ModelParts& drawn) {
    const ModelParts parts = as_a_file_says_it(drawn);
    ModelParts poorer = parts;
    poorer.touchpoints.back().revenue += 1.0;
    return unlike(poorer, parts);
  });
  CHECK(found != "");
}

TEST_CASE("random models: a number names one model, and solvable ones have no slope", "[verify]") {
  for (std::uint64_t number = 0; number < 200; ++number) {
    const int size = static_cast<int>(number % 101);
    const ModelParts parts = random_model(number, size, Flavour::solvable);
    CHECK(scenario_text(parts) == scenario_text(random_model(number, size, Flavour::solvable)));
    for (const Touchpoint& touchpoint : parts.touchpoints) {
      for (const Exit& exit : touchpoint.next) CHECK(exit.slopes == Slopes{});
    }
    for (const Change& event : parts.events) CHECK((event.start == Days(0.0) && !event.end));
    for (const Persona& persona : parts.personas) {
      for (const Distribution& trait : persona.traits) CHECK(std::holds_alternative<Fixed>(trait));
    }
  }
}

TEST_CASE("random models: a step of simplification is valid and another model", "[verify]") {
  for (std::uint64_t number = 0; number < 20; ++number) {
    const ModelParts parts = random_model(number, 100, Flavour::any);
    const std::vector<ModelParts> steps = simpler(parts);
    CHECK(steps.size() > 10);
    for (const ModelParts& step : steps) {
      CHECK_NOTHROW(Model(step));
      CHECK(scenario_text(step) != scenario_text(parts));
    }
  }
}
