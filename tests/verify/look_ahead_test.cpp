// How soon a customer who is served can be back at a queue: never later than the choice says, whatever the state of the
// customer, and far enough for most to be of use.
#include "sim/engine/look_ahead.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "sojourn/engine/exits.hpp"
#include "sojourn/engine/program.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

Slopes on_satisfaction(double slope) {
  Slopes slopes;
  slopes.satisfaction = slope;
  return slopes;
}

/// A desk with servers, from where one comes home, comes back soon, or leaves for good; from home one comes to the desk
/// after at least a day.
ModelParts desk(const std::vector<Exit>& exits) {
  ModelParts parts = journey({place(Stage::consideration, exits),
                              place(Stage::consideration, {by_odds(0, 1.0, Uniform{1.0, 3.0})}), finish(End::lost)},
                             100.0, 1000);
  parts.touchpoints[0].servers = 2.0;
  parts.touchpoints[0].handle_time = Exponential{0.01};
  return parts;
}

struct Checked {
  std::uint32_t customers = 0, back_before_bound = 0, away_for_a_day = 0;
};

/// Choices of many customers in states drawn at random, beside the bound for the visit `later` visits on.
Checked choices_of(const ModelParts& parts, std::uint32_t later = 0, float heard = 0.0f) {
  const Model model(parts);
  const Program program(model);
  const LookAhead look_ahead(program);
  const Streams streams(7, 0);
  const VisitRow& row = program.row(0, 0, 0);
  const std::vector<float> traits(parts.traits.size(), 0.5f);
  std::vector<float> cumulative(program.most_exits());
  Checked checked;
  for (std::uint32_t customer = 0; customer < 20'000; ++customer, ++checked.customers) {
    const Words words = streams.draw(customer, Purpose::visit, 0), state = streams.draw(customer, Purpose::person, 0);
    double luck = uniform(state[3], state[2]);
    const ExitChoice way = choose(program, row, {traits}, words,
                                  {uniform(state[0]), uniform(state[1]), heard, uniform(state[2]), 0.0f}, luck, cumulative);
    double back = never;
    if (way.exit >= 0) {
      const ExitRow& exit = program.exits(row)[static_cast<std::size_t>(way.exit)];
      if (exit.to == 0) back = way.delay;
      if (exit.to == 1) back = way.delay + 1.0;
    }
    const double bound = look_ahead.days_away(streams, {customer, later, 0, 0, 0.0}, 0, 0);
    checked.back_before_bound += back < bound - 1e-9 ? 1 : 0;
    checked.away_for_a_day += bound > 1.0 - 1e-9 ? 1 : 0;
  }
  return checked;
}

}  // namespace

TEST_CASE("nobody is back at a queue before the look-ahead says") {
  const std::vector<Exit> journeys[] = {
      {by_odds(1, 6.0, Exponential{0.5}, on_satisfaction(1.0)), by_odds(0, 1.5, Exponential{2.0}, on_satisfaction(-1.0)),
       by_odds(2, 0.5, Fixed{1.0}, on_satisfaction(-4.0))},
      {by_share(2, 0.2), by_odds(1, 1.0, Fixed{0.0}), by_odds(0, 0.5, Uniform{0.0, 4.0}, on_satisfaction(3.0))},
      {by_share(0, 0.25, Exponential{1.0}), by_share(2, 0.25)},  // the others stay
  };
  for (const std::vector<Exit>& exits : journeys) {
    const Checked checked = choices_of(desk(exits));
    CHECK(checked.back_before_bound == 0);
    CHECK(checked.away_for_a_day > checked.customers / 2);
    // The bound is of these words: that of other words is broken.
    CHECK(choices_of(desk(exits), 1).back_before_bound > checked.customers / 50);
  }
}

TEST_CASE("what was heard may be anything") {
  Slopes on_heard;
  on_heard.heard = 2.5;
  const ModelParts parts =
      desk({by_odds(0, 1.0, Fixed{0.5}, on_satisfaction(-4.0)), by_odds(1, 1.0, Exponential{0.5}, on_heard)});
  for (const float heard : {-20.0f, 0.0f, 20.0f}) CHECK(choices_of(parts, 0, heard).back_before_bound == 0);
}

TEST_CASE("where words do not decide the look-ahead takes the nearest way to a queue") {
  // In a race the delays compete, so that no word chooses.
  ModelParts race = desk({by_odds(1, 1.0, Exponential{0.5}), by_odds(2, 1.0, Exponential{0.5})});
  race.touchpoints[0].exits = ExitRule::race;
  const Program program{Model(race)};
  CHECK(LookAhead(program).days_away(Streams(7, 0), {0, 0, 0, 0, 0.0}, 0, 0) == 1.0);
}

TEST_CASE("where a trait of the customer decides the look-ahead takes the nearest way to a queue") {
  // A desk from where one comes home in any case, by a law or by odds of one's own; `soon`: or is back at once.
  const auto bound = [](bool soon, const std::function<void(Exit&, TraitId)>& bend) {
    std::vector<Exit> exits{by_odds(1, 1.0, Exponential{0.5})};
    if (soon) exits.push_back(by_odds(0, 0.5, Uniform{0.5, 4.0}));
    ModelParts parts = desk(exits);
    const TraitId trait = add_trait(parts, "own", Fixed{0.5});
    for (Exit& exit : parts.touchpoints[0].next) bend(exit, trait);
    const Checked checked = choices_of(parts);
    CHECK(checked.back_before_bound == 0);
    return LookAhead(Program(Model(parts))).days_away(Streams(7, 0), {0, 0, 0, 0, 0.0}, 0, 0);
  };
  const auto times = [](Exit& exit, TraitId trait) { exit.times = trait; };
  const auto scale = [](Exit& exit, TraitId trait) { exit.scale = ScaleTrait{trait, false}; };
  CHECK(bound(false, times) == 1.0);
  CHECK(bound(false, scale) == 1.0);
  CHECK(bound(true, times) == 0.0);
  CHECK(bound(true, scale) == 0.0);
}

TEST_CASE("where a clock has run for long the look-ahead does not count on its law") {
  // At least a day from home to the desk by the file, but not once the clock has run for a day; at the desk likewise.
  for (const bool at_desk : {false, true}) {
    ModelParts parts = desk({by_odds(1, 1.0, Fixed{0.5})});
    parts.clocks.push_back({"policy", "", {TouchpointId(2)}});
    Touchpoint& where = parts.touchpoints[at_desk ? 0 : 1];
    const auto bound = [&] { return LookAhead(Program(Model(parts))).days_away(Streams(7, 0), {0, 0, 0, 0, 0.0}, 0, 0); };
    where.exits = ExitRule::race;
    where.next = {by_odds(at_desk ? 1 : 0, 1.0, Uniform{1.0, 3.0})};
    CHECK(bound() == (at_desk ? 1.0 : 1.5));  // hazards may change while one is at a race
    where.next[0].clock = ClockId(1);
    CHECK(bound() == (at_desk ? 1.0 : 0.5));
    where.next[0].after = Fixed{0.0};
    where.next[0].every = Days(30.0);
    CHECK(bound() == (at_desk ? 1.0 : 0.5));
  }
}

TEST_CASE("who goes to no queue any more is away for good") {
  const Program program{Model(desk({by_odds(2, 1.0, Fixed{0.0})}))};
  CHECK(LookAhead(program).days_away(Streams(7, 0), {0, 0, 0, 0, 0.0}, 0, 0) == never);
}
