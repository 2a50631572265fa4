// Traits that go together within a person (`Persona::correlate`): rank correlations of a Gaussian copula, distributions that
// stay what they are, draws that stay what they were, and what the whole program makes of them.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "sojourn/base/inverse.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double pi = 3.14159265358979323846;
double tau_of(double rho) { return 2.0 / pi * std::asin(rho); }             // Kruskal 1958
double spearman_of(double rho) { return 6.0 / pi * std::asin(0.5 * rho); }  // Pearson 1907
double covariance_of_uniforms(double rho) { return std::asin(0.5 * rho) / (2.0 * pi); }

TraitId built_in(BuiltinTrait which) { return id(which); }

/// Adds a trait that may be any number from 0 on.
TraitId add_amount(ModelParts& parts, std::string name, Distribution distribution) {
  const TraitId trait = add_trait(parts, std::move(name), std::move(distribution));
  parts.traits[trait.index()].high = 1e9;
  return trait;
}

/// People with a trait of each family, each of them correlated with some other.
struct Crowd {
  ModelParts parts;
  std::vector<TraitId> traits;
  std::vector<std::array<double, 3>> pairs;  // places in `traits`, and the correlation; 0 of those that are not named
};

Crowd crowd() {
  Crowd made{journey({place(Stage::awareness, {by_odds(1, 1.0)}), finish(End::lost)}, 100.0, 200'000), {}, {}};
  ModelParts& parts = made.parts;
  trait(parts.personas[0], BuiltinTrait::expectation) = Beta{3.0, 2.0};
  trait(parts.personas[0], BuiltinTrait::patience) = Exponential{2.0};
  trait(parts.personas[0], BuiltinTrait::effort_aversion) = Uniform{0.1, 0.7};
  trait(parts.personas[0], BuiltinTrait::loss_aversion) = Lognormal{2.0, 0.5};
  made.traits = {built_in(BuiltinTrait::expectation), built_in(BuiltinTrait::patience),
                 built_in(BuiltinTrait::effort_aversion), built_in(BuiltinTrait::loss_aversion)};
  made.traits.push_back(add_amount(parts, "buying", Gamma{0.4, 0.03}));
  made.traits.push_back(add_amount(parts, "gap", Loglogistic{3.0, 2.5}));
  made.traits.push_back(add_amount(parts, "stay", Weibull{10.0, 1.5}));
  made.traits.push_back(add_amount(parts, "wealth", Tabulated{{{0.0, 0.0}, {1.0, 0.4}, {9.0, 1.0}}}));
  made.pairs = {{0, 1, 0.4},  {0, 3, -0.5}, {1, 2, 0.6},  {2, 3, 0.3}, {4, 5, 0.7},
                {4, 6, -0.6}, {4, 7, 0.5},  {6, 7, -0.4}, {1, 3, 0.0}, {3, 4, 0.0}};
  for (const auto& [a, b, rho] : made.pairs) {
    if (rho != 0.0)
      parts.personas[0].correlate.push_back(
          {made.traits[static_cast<std::size_t>(a)], made.traits[static_cast<std::size_t>(b)], rho});
  }
  return made;
}

/// The traits of everybody, [trait][person].
std::vector<std::vector<float>> traits_of(const ModelParts& parts, const std::vector<TraitId>& which) {
  const Population population{Model(parts).parts()};
  const Streams streams(parts.settings.seed, 0);
  std::vector<std::vector<float>> result(which.size());
  std::vector<float> traits(population.trait_count());
  for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
    population.traits(streams, i, 0, traits);
    for (std::size_t k = 0; k < which.size(); ++k) result[k].push_back(traits[which[k].index()]);
  }
  return result;
}

double sign(float x) { return x > 0.0f ? 1.0 : x < 0.0f ? -1.0 : 0.0; }

/// Kendall's tau, of people two by two.
Sample concordance(const std::vector<float>& x, const std::vector<float>& y) {
  Sample sample;
  for (std::size_t i = 0; i + 1 < x.size(); i += 2) sample.add(sign(x[i] - x[i + 1]) * sign(y[i] - y[i + 1]));
  return sample;
}

/// Spearman's rho, of people three by three: 3 E sign (x1 - x2) (y1 - y3).
Sample rank_correlation(const std::vector<float>& x, const std::vector<float>& y) {
  Sample sample;
  for (std::size_t i = 0; i + 2 < x.size(); i += 3) sample.add(3.0 * sign(x[i] - x[i + 1]) * sign(y[i] - y[i + 2]));
  return sample;
}

/// The largest distance between what was drawn and the distribution, times the root of the number (Kolmogorov 1933). Above
/// 2.7 with a chance of one in a million.
double distance(std::vector<float> drawn, const Distribution& distribution) {
  const Inverse law(distribution);
  std::sort(drawn.begin(), drawn.end());
  const auto n = static_cast<double>(drawn.size());
  double most = 0.0;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double share = -std::expm1(-law.cumulative_hazard(static_cast<double>(drawn[i])));
    most = std::max(
        {most, std::fabs(share - static_cast<double>(i) / n), std::fabs(share - (static_cast<double>(i) + 1.0) / n)});
  }
  return most * std::sqrt(n);
}

constexpr double furthest = 2.7;

}  // namespace

TEST_CASE("correlated traits: ranks go together as a Gaussian copula says, each trait keeps its distribution", "[verify]") {
  const Crowd people = crowd();
  const auto drawn = traits_of(people.parts, people.traits);
  for (const auto& [a, b, rho] : people.pairs) {
    CAPTURE(a, b, rho);
    const auto &x = drawn[static_cast<std::size_t>(a)], &y = drawn[static_cast<std::size_t>(b)];
    CHECK(judge(concordance(x, y), tau_of(rho), 0.03));
    CHECK(judge(rank_correlation(x, y), spearman_of(rho), 0.1));
    // A twin that is a little more correlated.
    CHECK_FALSE(judge(concordance(x, y), tau_of(rho + 0.05), 0.03));
  }
  for (std::size_t k = 0; k < people.traits.size(); ++k) {
    CAPTURE(k);
    const Distribution& own = people.parts.personas[0].traits[people.traits[k].index()];
    CHECK(distance(drawn[k], own) < furthest);
  }
  // Twins whose distribution is another.
  CHECK(distance(drawn[0], Beta{3.05, 2.0}) > furthest);
  CHECK(distance(drawn[4], Gamma{0.41, 0.03}) > furthest);
}

TEST_CASE("correlated traits: what is not correlated keeps its draws, and so does the first of a group", "[verify]") {
  Crowd people = crowd();
  people.parts.settings.customers = 2'000;
  people.parts.personas.push_back(people.parts.personas[0]);
  people.parts.personas[1].id = "others";
  people.parts.personas[1].correlate.clear();
  people.parts.personas[0].share = people.parts.personas[1].share = 0.5;
  // Of the first group alone, and of a correlation that is 0.
  people.parts.personas[0].correlate = {{people.traits[3], people.traits[0], 0.5},
                                        {people.traits[4], people.traits[5], 0.0}};
  const Population population{Model(people.parts).parts()};
  const Streams streams(people.parts.settings.seed, 0);
  std::vector<float> mixed(population.trait_count()), plain(mixed);
  std::size_t moved = 0;
  for (std::uint32_t i = 0; i < people.parts.settings.customers; ++i) {
    population.traits(streams, i, 0, mixed);
    population.traits(streams, i, 1, plain);
    for (std::size_t k = 0; k < mixed.size(); ++k) {
      REQUIRE(mixed[k] == population.trait(streams, i, 0, k));
      const bool last = TraitId(k) == people.traits[3];
      moved += last && mixed[k] != plain[k] ? 1 : 0;
      if (!last) REQUIRE(mixed[k] == plain[k]);
    }
  }
  CHECK(moved > 1'990);
}

TEST_CASE("correlated traits: members of an account resemble one another, and each trait goes with the other", "[verify]") {
  constexpr double within = 0.5, alike = 0.4;
  ModelParts parts = crowd().parts;
  const std::size_t a = built_in(BuiltinTrait::patience).index(), b = built_in(BuiltinTrait::loss_aversion).index();
  parts.personas[0].correlate = {{TraitId(a), TraitId(b), within}};
  AccountSegment segment;
  segment.id = "firm";
  segment.share = 1.0;
  segment.roles = {{PersonaId(0), Fixed{2.0}}};
  parts.account_segments = {segment};
  parts.account_correlation = alike;
  const Population population{Model(parts).parts()};
  const Streams streams(parts.settings.seed, 0);
  // [member][trait][account]
  std::array<std::array<std::vector<float>, 2>, 2> drawn;
  std::vector<float> traits(population.trait_count());
  for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
    population.traits(streams, i, i / 2, 0, traits);
    REQUIRE(traits[b] == population.trait_of_member(streams, i, i / 2, 0, b));
    drawn[i % 2][0].push_back(traits[a]);
    drawn[i % 2][1].push_back(traits[b]);
  }
  CHECK(judge(concordance(drawn[0][0], drawn[0][1]), tau_of(within), 0.04));
  CHECK(judge(concordance(drawn[0][0], drawn[1][0]), tau_of(alike), 0.04));
  CHECK(judge(concordance(drawn[0][1], drawn[1][1]), tau_of(alike), 0.04));
  CHECK(judge(concordance(drawn[0][0], drawn[1][1]), tau_of(alike * within), 0.04));
  CHECK_FALSE(judge(concordance(drawn[0][1], drawn[1][1]), tau_of(alike * within), 0.04));
  CHECK(distance(drawn[0][1], parts.personas[0].traits[b]) < furthest);
}

TEST_CASE("correlated traits: who passes one gate passes the next, in closed form, by each engine", "[verify]") {
  // Two exits in turn, each taken with the probability that a uniform trait is: the share that takes both is the mean of the
  // product of the traits.
  const auto share = [](double rho, Engine engine, double window) {
    ModelParts parts = journey({place(Stage::awareness, {}), place(Stage::consideration, {}), finish(End::lost),
                                place(Stage::purchase, {by_odds(3, 1.0, Fixed{1.0})})},
                               20.0, 60'000);
    const TraitId first = add_trait(parts, "first", Uniform{0.0, 1.0});
    const TraitId second = add_trait(parts, "second", Uniform{0.0, 1.0});
    parts.touchpoints[0].next = {by_share(1, first), by_odds(2, 1.0)};
    parts.touchpoints[1].next = {by_share(3, second), by_odds(2, 1.0)};
    parts.settings.window = Days(window);
    parts.settings.replications = 2;
    if (rho != 0.0) parts.personas[0].correlate = {{second, first, rho}};
    RunOptions options;
    options.engine = engine;
    options.threads = 1;
    const Model model(parts);
    const RunResult result = run(model, std::vector<PlanId>{PlanId(0)}, options);
    const Samples samples = collect_samples(result);
    double bought = 0.0, arrived = 0.0;
    for (const Sums& sums : samples.plans[0].all) {
      bought += sums.bought;
      arrived += sums.arrived;
    }
    return std::pair(bought / arrived, std::sqrt(0.25 / arrived));
  };
  for (const double rho : {-0.7, 0.3, 0.9}) {
    CAPTURE(rho);
    const auto [both, error] = share(rho, Engine::lock_step, 20.0);
    const double expected = 0.25 + covariance_of_uniforms(rho);
    CHECK(judge(both, error, expected, 0.015));
    CHECK_FALSE(judge(both, error, 0.25, 0.015));
    CHECK(share(rho, Engine::one_customer, 20.0).first == both);
    CHECK(share(rho, Engine::window_by_window, 3.0).first == both);
  }
}

TEST_CASE("correlated traits: who buys often spends more, in closed form", "[verify]") {
  // Purchases at a lognormal rate, each of a lognormal amount of one's own: revenue per person is
  //   horizon E[rate basket] = horizon m_r m_b exp((s_r^2 + 2 rho s_r s_b + s_b^2) / 2).
  constexpr double s_r = 0.5, s_b = 0.6, rate = 0.05, basket = 40.0;
  const auto made = [&](double rho, double horizon) {
    ModelParts parts = journey({place(Stage::purchase, {}, ExitRule::race)}, horizon, 40'000);
    const TraitId buying = add_amount(parts, "buying", Lognormal{rate, s_r});
    const TraitId usual = add_amount(parts, "usual-basket", Lognormal{basket, s_b});
    Exit again = by_odds(0, 1.0, Exponential{1.0});
    again.scale = ScaleTrait{buying, true};
    parts.touchpoints[0].next = {again};
    parts.touchpoints[0].drawn_revenue = DrawnAmount{Fixed{1.0}, usual};
    parts.settings.window = Days(horizon / 3.0);
    parts.settings.replications = 2;
    if (rho != 0.0) parts.personas[0].correlate = {{buying, usual, rho}};
    return parts;
  };
  const auto earned = [](const ModelParts& parts) {
    RunOptions options;
    options.threads = 1;
    const Samples samples = collect_samples(run(Model(parts), std::vector<PlanId>{PlanId(0)}, options));
    Sample sample;
    for (const Sums& sums : samples.plans[0].all) sample.add(sums.revenue / sums.arrived);
    return sample;
  };
  for (const double rho : {-0.5, 0.6}) {
    for (const double horizon : {100.0, 400.0}) {
      CAPTURE(rho, horizon);
      const Sample sample = earned(made(rho, horizon));
      // The first purchase is at arrival.
      const double first = basket * std::exp(0.5 * s_b * s_b);
      const auto mean = [&](double r) {
        return first + horizon * rate * basket * std::exp(0.5 * (s_r * s_r + s_b * s_b) + r * s_r * s_b);
      };
      CHECK(judge(sample.mean(), sample.standard_error(), mean(rho), 0.15 * mean(rho)));
      CHECK_FALSE(judge(sample.mean(), sample.standard_error(), mean(0.0), 0.15 * mean(rho)));
    }
  }
}
