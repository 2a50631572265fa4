// What customers carry from visit to visit, against closed forms: individual rates, counters, clocks and anniversaries.
#include "sojourn/engine/carried.hpp"

#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/quadrature/exp_sinh.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr ExitRule racing = ExitRule::race;

/// A trait without an upper limit that matters, for every persona.
TraitId add_amount(ModelParts& parts, Distribution distribution) {
  parts.traits.push_back({"amount" + std::to_string(parts.traits.size()), 0.0, 1e9, 0.0});
  for (Persona& each : parts.personas) each.traits.push_back(distribution);
  return TraitId(parts.traits.size() - 1);
}

Exit at_rate_of(std::size_t to, TraitId rate) {
  Exit exit = by_odds(to, 1.0, Exponential{1.0});
  exit.scale = ScaleTrait{rate, true};
  return exit;
}
Exit by_clock(std::size_t to, ClockId clock, Distribution after) {
  Exit exit = by_odds(to, 1.0, after);
  exit.clock = clock;
  return exit;
}
Exit if_count(Exit exit, Relation relation, double value) {
  exit.only_if.counters = {{CounterId(0), relation, value}};
  return exit;
}
Counter counter_of(std::vector<std::size_t> touchpoints) {
  Counter counter;
  counter.id = "visits";
  for (const std::size_t touchpoint : touchpoints) counter.touchpoints.emplace_back(touchpoint);
  return counter;
}
ClockId add_clock(ModelParts& parts, std::size_t starts_at) {
  parts.clocks.push_back({"contract", "", {TouchpointId(starts_at)}});
  return ClockId(parts.clocks.size() - 1);
}

std::size_t visits_to(const ToldLife& life, std::uint32_t touchpoint) {
  std::size_t count = 0;
  for (const Visit& visit : life.visits) count += visit.touchpoint == touchpoint;
  return count;
}

/// The mean of a positive time with this survival function.
double mean_of(const std::function<double(double)>& survival) {
  boost::math::quadrature::exp_sinh<double> integrator;
  return integrator.integrate(survival, 1e-10);
}

}  // namespace

TEST_CASE("carried: buying at rates that differ between people is negative binomial", "[verify]") {
  // Ehrenberg (1959): counts in a time T are Poisson with a rate that is gamma over people.
  constexpr double shape = 0.8, alpha = 20.0, horizon = 60.0;
  const auto shop = [&](const Distribution& rates) {
    ModelParts parts = journey({place(Stage::purchase, {}, racing)}, horizon, 200'000);
    const TraitId rate = add_amount(parts, rates);
    parts.touchpoints[0].next = {at_rate_of(0, rate)};
    return parts;
  };
  const boost::math::negative_binomial theory(shape, alpha / (alpha + horizon));
  struct Seen {
    Sample none, mean, at_least_5;
  };
  const auto buy = [&](const Distribution& rates) {
    Seen seen;
    each_life(shop(rates), [&](const ToldLife& life) {
      const std::size_t repeat = life.visits.size() - 1;
      seen.none.add(repeat == 0);
      seen.mean.add(static_cast<double>(repeat));
      seen.at_least_5.add(repeat >= 5);
    });
    return seen;
  };
  const Seen right = buy(Gamma{shape, shape / alpha});
  CHECK(judge(right.none, boost::math::pdf(theory, 0.0), 0.01));
  CHECK(judge(right.at_least_5, 1.0 - boost::math::cdf(theory, 4.0), 0.01));
  CHECK(judge(right.mean, shape * horizon / alpha, 0.08));
  // Twins: everybody has the mean rate, and people differ less.
  CHECK_FALSE(judge(buy(Fixed{shape / alpha}).none, boost::math::pdf(theory, 0.0), 0.01));
  CHECK_FALSE(judge(buy(Gamma{0.9, shape / alpha}).none, boost::math::pdf(theory, 0.0), 0.01));
}

TEST_CASE("carried: with a chance to leave after each repeat purchase it is BG/NBD", "[verify]") {
  // Fader, Hardie & Lee (2005), their estimates for CDNOW; time in weeks.
  constexpr double r = 0.2426, alpha = 4.4136, a = 0.7929, b = 2.4259;
  const std::vector<std::pair<double, double>> published{{1.0, 0.0532}, {3.0, 0.1506}, {32.0, 1.0437}, {78.0, 1.8580}};
  const auto shop = [&](double shape, double leaving) {
    ModelParts parts = journey({place(Stage::purchase, {}, racing), place(Stage::retention, {}),
                                place(Stage::retention, {}, racing), finish(End::churned)},
                               78.0, 400'000);
    const TraitId rate = add_amount(parts, Gamma{shape, r / alpha});
    const TraitId stops = add_trait(parts, "stops", Beta{a, leaving});
    parts.touchpoints[0].next = {at_rate_of(1, rate)};
    parts.touchpoints[1].next = {by_share(3, stops, Fixed{0.0}), by_odds(2, 1.0, Fixed{0.0})};
    parts.touchpoints[2].next = {at_rate_of(1, rate)};
    return parts;
  };
  const auto repeat_purchases = [&](const ModelParts& parts) {
    std::vector<Sample> seen(published.size());
    each_life(parts, [&](const ToldLife& life) {
      for (std::size_t k = 0; k < published.size(); ++k) {
        double count = 0.0;
        for (const Visit& visit : life.visits) count += visit.touchpoint == 1 && visit.time <= published[k].first;
        seen[k].add(count);
      }
    });
    return seen;
  };
  const std::vector<Sample> right = repeat_purchases(shop(r, b));
  for (std::size_t k = 0; k < published.size(); ++k) {
    CAPTURE(published[k].first);
    // The figures are printed to four places.
    CHECK(judge(right[k], published[k].second, 0.05 * published[k].second + 0.002, 5e-5));
  }
  CHECK_FALSE(judge(repeat_purchases(shop(r, 2.0))[3], published[3].second, 0.1));
}

TEST_CASE("carried: an exit that opens at the fifth purchase", "[verify]") {
  constexpr double gap = 10.0, horizon = 45.0;
  // The first visit counts, so four gaps pass.
  const double expected = 1.0 - boost::math::cdf(boost::math::poisson(horizon / gap), 3.0);
  const auto open_at = [&](ExitRule rule, double least) {
    std::vector<Exit> exits;
    if (rule == racing) {
      exits = {by_odds(0, 1.0, Exponential{gap}), if_count(by_odds(1, 1.0, Fixed{0.0}), Relation::at_least, least)};
    } else {
      // Closed, its share goes to the odds.
      exits = {if_count(by_share(1, 1.0, Fixed{0.0}), Relation::at_least, least), by_odds(0, 1.0, Exponential{gap})};
    }
    ModelParts parts = journey({place(Stage::purchase, exits, rule), finish(End::churned)}, horizon, 100'000);
    parts.counters = {counter_of({0})};
    Sample reached;
    each_life(parts, [&](const ToldLife& life) { reached.add(life.visits.back().touchpoint == 1); });
    return reached;
  };
  for (const ExitRule rule : {racing, ExitRule::choice}) {
    CHECK(judge(open_at(rule, 5.0), expected, 0.013));
    CHECK_FALSE(judge(open_at(rule, 6.0), expected, 0.013));
  }
}

TEST_CASE("carried: whoever meets no condition stays", "[verify]") {
  ModelParts parts = journey({place(Stage::purchase, {}), finish(End::churned)}, 100.0, 50);
  parts.counters = {counter_of({0})};
  parts.touchpoints[0].next = {if_count(by_odds(1, 1.0, Fixed{1.0}), Relation::above, 1.0)};
  each_life(parts, [](const ToldLife& life) {
    CHECK(life.visits.size() == 1);
    CHECK(life.stays.back().exit == -1);
  });
  parts.touchpoints[0].next.front().only_if.counters.front().value = 0.0;
  each_life(parts, [](const ToldLife& life) { CHECK(life.visits.size() == 2); });
}

TEST_CASE("carried: a counter fades by its half-life, exactly, to the visit at hand", "[verify]") {
  constexpr double half_life = 7.0;
  ModelParts parts = journey({place(Stage::purchase, {}), finish(End::churned)}, 100.0, 1);
  Counter counter = counter_of({0});
  counter.half_life = Days(half_life);
  counter.initial = Fixed{3.0};
  parts.counters = {counter};
  parts.touchpoints[0].next = {if_count(by_odds(1, 1.0), Relation::at_least, 0.0)};
  const CarriedRules rules(parts);
  const Population population(parts);
  std::vector<double> carried(rules.width());
  REQUIRE(carried.size() == 2);
  rules.begin(population, Streams(1, 0), nullptr, 0, 0, 2.0, carried);
  double expected = 3.0, before = 2.0;
  for (const double time : {2.0, 2.5, 9.0, 40.0, 40.0, 99.0}) {
    rules.reach(carried, 0, -1, time);
    expected = expected * std::exp2(-(time - before) / half_life) + 1.0;
    before = time;
    CHECK(rules.count(carried, 0, time) == Approx(expected).epsilon(1e-14));
  }
  CHECK(rules.count(carried, 0, before + half_life) == Approx(0.5 * expected).epsilon(1e-14));
}

TEST_CASE("carried: odds rise with what a counter holds", "[verify]") {
  constexpr double slope = 0.7, gap = 10.0;
  const auto share = [&](double half_life) {
    Exit bent = by_odds(2, 1.0);
    bent.counters = {{CounterId(0), slope}};
    ModelParts parts =
        journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{gap})}), place(Stage::retention, {bent, by_odds(3, 1.0)}),
                 finish(End::churned), finish(End::churned)},
                100.0, 200'000);
    Counter counter = counter_of({0, 1});
    counter.half_life = Days(half_life);
    parts.counters = {counter};
    Sample taken;
    each_life(parts, [&](const ToldLife& life) { taken.add(life.visits.back().touchpoint == 2); });
    return taken;
  };
  const double odds = std::pow(1.0 + 1.0 + std::exp2(-gap / 10.0), slope);
  CHECK(judge(share(10.0), odds / (1.0 + odds), 0.0092));
  CHECK_FALSE(judge(share(20.0), odds / (1.0 + odds), 0.0092));
}

TEST_CASE("carried: what counts is the visit, the exit or the revenue", "[verify]") {
  ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0)}),
                              place(Stage::retention, {by_odds(0, 1.0), by_odds(2, 1.0)}), finish(End::churned)},
                             100.0, 1);
  Counter back = counter_of({});
  back.id = "back";
  back.exits = {{TouchpointId(1), TouchpointId(0)}};
  Counter spent = counter_of({0});
  spent.id = "spent";
  spent.adds_revenue = true;
  parts.counters = {back, spent};
  parts.touchpoints[0].next[0].counters = {{CounterId(0), 1.0}, {CounterId(1), 1.0}};
  const CarriedRules rules(parts);
  std::vector<double> carried(rules.width());
  rules.begin(Population(parts), Streams(1, 0), nullptr, 0, 0, 0.0, carried);
  rules.reach(carried, 0, -1, 0.0);
  rules.serve(carried, 0, 0.0, 12.5);
  rules.reach(carried, 1, 0, 1.0);  // the exit 0 -> 1
  rules.serve(carried, 1, 1.0, 99.0);
  rules.reach(carried, 0, 1, 2.0);  // 1 -> 0
  rules.serve(carried, 0, 2.0, 2.5);
  CHECK(rules.count(carried, 0, 2.0) == 1.0);
  CHECK(rules.count(carried, 1, 2.0) == 15.0);
}

TEST_CASE("carried: a law of a clock goes on where visits interrupt it", "[verify]") {
  // Home, from which people go away every five days and are back at once; they leave by the law of the contract's time.
  const auto leave = [](const Distribution& after, bool clock, double age, bool doubled) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{0.0})}), place(Stage::retention, {}, racing),
                                place(Stage::retention, {by_odds(1, 1.0, Fixed{0.0})}), finish(End::churned)},
                               2000.0, 60'000);
    const ClockId contract = add_clock(parts, 0);
    if (age > 0.0) {
      // Nothing starts the clock anew.
      parts.clocks.back().starts_at = {TouchpointId(3)};
      parts.personas[0].ages = {{contract, Fixed{age}}};
    }
    parts.touchpoints[1].next = {by_odds(2, 1.0, Exponential{5.0}),
                                 clock ? by_clock(3, contract, after) : by_odds(3, 1.0, after)};
    if (doubled) {
      Change twice = change("twice", 1, {Parameter::odds, Operation::multiply, 2.0}, 15.0);
      twice.target.exit_to = {TouchpointId(3)};
      parts.events = {twice};
    }
    Sample time;
    each_life(parts, [&](const ToldLife& life) { time.add(life.visits.back().time); });
    return time;
  };
  SECTION("Weibull") {
    const double mean = 40.0 * std::tgamma(1.0 + 1.0 / 1.8);
    CHECK(judge(leave(Weibull{40.0, 1.8}, true, 0.0, false), mean, 0.8));
    CHECK_FALSE(judge(leave(Weibull{40.0, 1.8}, false, 0.0, false), mean, 4.5));  // anew at each visit
    CHECK_FALSE(judge(leave(Weibull{41.5, 1.8}, true, 0.0, false), mean, 0.8));
  }
  SECTION("Gompertz, given that it has lasted so long") {
    constexpr double rate = 0.004, shape = 0.03, age = 30.0;
    const auto survival = [](double t) {
      return std::exp(-rate / shape * (std::exp(shape * (age + t)) - std::exp(shape * age)));
    };
    const double mean = mean_of(survival);
    CHECK(judge(leave(Gompertz{rate, shape}, true, age, false), mean, 0.8));
    CHECK_FALSE(judge(leave(Gompertz{rate, shape}, true, age - 5.0, false), mean, 0.8));
  }
  SECTION("gamma, with a hazard that doubles on the way") {
    const auto hazard = [](double t) { return -std::log(boost::math::gamma_q(3.0, t / 12.0)); };
    const auto survival = [&](double t) {
      if (t < 15.0) return std::exp(-hazard(t));
      const double tail = boost::math::gamma_q(3.0, t / 12.0);
      return tail > 1e-200 ? std::exp(hazard(15.0) - 2.0 * hazard(t)) : 0.0;
    };
    const double mean = mean_of(survival);
    CHECK(judge(leave(Gamma{3.0, 36.0}, true, 0.0, true), mean, 0.7));
    CHECK_FALSE(judge(leave(Gamma{3.0, 36.0}, true, 0.0, false), mean, 0.7));
  }
}

TEST_CASE("carried: a clock stands still until it is started, and tenure starts with the first purchase", "[verify]") {
  const auto lives = [](bool buys) {
    ModelParts parts = journey({place(Stage::awareness, {by_odds(1, 1.0, Fixed{10.0})}),
                                place(buys ? Stage::purchase : Stage::selection, {}, racing), finish(End::churned)},
                               500.0, 200);
    parts.touchpoints[1].next = {by_odds(1, 1.0, Exponential{20.0}), by_clock(2, tenure_clock, Fixed{100.0})};
    std::vector<double> ends;
    each_life(parts, [&](const ToldLife& life) {
      ends.push_back(life.visits.back().touchpoint == 2 ? life.visits.back().time : -1.0);
    });
    return ends;
  };
  for (const double end : lives(true)) CHECK(end == Approx(110.0));
  for (const double end : lives(false)) CHECK(end == -1.0);
}

TEST_CASE("carried: anniversaries come once a year, whatever else happens", "[verify]") {
  constexpr double year = 365.25;
  const auto policy = [](bool by_clock) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{0.0})}), place(Stage::retention, {}, racing),
                                place(Stage::retention, {by_odds(1, 1.0, Exponential{60.0})}),
                                place(Stage::retention, {by_odds(1, 1.0, Fixed{2.0})})},
                               5.5 * year, 3000);
    const ClockId clock = add_clock(parts, 0);
    Exit letter = by_odds(3, 1.0, Fixed{0.0});
    letter.clock = clock;
    letter.every = Days(year);
    if (!by_clock) letter = by_odds(3, 1.0, Fixed{year});
    parts.touchpoints[1].next = {by_odds(2, 1.0, Exponential{45.0}), letter};
    parts.personas[0].arrives = Uniform{0.0, 40.0};
    return parts;
  };
  Sample letters;
  std::size_t late = 0;
  each_life(policy(true), [&](const ToldLife& life) {
    const double start = life.visits.front().time;
    double kept = 0.0;
    for (std::size_t k = 0; k < life.visits.size(); ++k) {
      if (life.visits[k].touchpoint != 1) continue;
      const double here = life.visits[k].time, passed = std::floor((here - start) / year);
      const double due = passed > kept ? here : start + (kept + 1.0) * year;
      const bool sent = k + 1 < life.visits.size() && life.visits[k + 1].touchpoint == 3;
      if (sent) {
        CHECK(life.visits[k + 1].time == Approx(due).epsilon(1e-12));
        late += passed > kept;
        kept = std::max(kept + 1.0, passed);
      } else {
        CHECK(life.stays[k].until <= due);
      }
    }
    letters.add(static_cast<double>(visits_to(life, 3)));
    CHECK(visits_to(life, 3) <= 5);
  });
  CHECK(late > 1000);
  // Only who is away over an anniversary until the next, or at the horizon, has one letter less.
  CHECK(letters.mean() > 4.9);
  Sample twin;
  each_life(policy(false), [&](const ToldLife& life) { twin.add(static_cast<double>(visits_to(life, 3))); });
  CHECK(twin.mean() < 0.1);
}

TEST_CASE("carried: a policy that has run at arrival keeps its date, and starts anew with a contract", "[verify]") {
  constexpr double year = 365.25, age = 100.0;
  ModelParts parts =
      journey({place(Stage::purchase, {}, racing), place(Stage::retention, {by_odds(0, 1.0, Fixed{1.0})})}, 2.9 * year, 20);
  parts.clocks.push_back({"policy", "", {TouchpointId(1)}});
  parts.personas[0].ages = {{ClockId(1), Fixed{age + year}}};
  Exit letter = by_odds(1, 1.0, Fixed{0.0});
  letter.clock = ClockId(1);
  letter.every = Days(year);
  parts.touchpoints[0].next = {letter};
  each_life(parts, [&](const ToldLife& life) {
    REQUIRE(life.visits.size() == 7);
    CHECK(life.visits[1].time == Approx(year - age));
    CHECK(life.visits[3].time == Approx(2.0 * year - age));  // the clock began anew at visit 1
  });
}

TEST_CASE("carried: hazards times a gamma trait leave a Lomax time", "[verify]") {
  // Frailty (Vaupel, Manton & Stallard 1979): S(t) = (1 + t / (shape mean))^-shape.
  constexpr double shape = 2.5, mean = 12.0;
  const auto last = [](double frailty) {
    ModelParts parts = journey({place(Stage::purchase, {}, racing), finish(End::churned)}, 1000.0, 100'000);
    const TraitId trait = add_amount(parts, Gamma{shape, frailty});
    parts.touchpoints[0].next = {by_odds(1, 1.0, Exponential{mean})};
    parts.touchpoints[0].next[0].times = trait;
    Sample beyond;
    each_life(parts, [&](const ToldLife& life) { beyond.add(life.visits.size() < 2 || life.visits[1].time > 15.0); });
    return beyond;
  };
  const double expected = std::pow(1.0 + 15.0 / (shape * mean), -shape);
  CHECK(judge(last(1.0), expected, 0.013));
  CHECK_FALSE(judge(last(1.07), expected, 0.013));
}

TEST_CASE("carried: odds times a trait, and a mean that is one", "[verify]") {
  const auto choose = [](double factor, double gap) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Exponential{1.0}), by_odds(2, 1.0)}),
                                finish(End::churned), finish(End::churned)},
                               1e5, 100'000);
    parts.touchpoints[0].next[0].times = add_amount(parts, Fixed{factor});
    parts.touchpoints[0].next[0].scale = ScaleTrait{add_amount(parts, Uniform{0.5 * gap, 1.5 * gap}), false};
    std::pair<Sample, Sample> seen;
    each_life(parts, [&](const ToldLife& life) {
      const bool first = life.visits.back().touchpoint == 1;
      seen.first.add(first);
      if (first) seen.second.add(life.visits.back().time);
    });
    return seen;
  };
  const auto [share, time] = choose(3.0, 8.0);
  CHECK(judge(share, 0.75, 0.012));
  CHECK(judge(time, 8.0, 0.27));
  CHECK_FALSE(judge(choose(3.3, 8.0).first, 0.75, 0.012));
  CHECK_FALSE(judge(choose(3.0, 8.4).second, 8.0, 0.27));
}
