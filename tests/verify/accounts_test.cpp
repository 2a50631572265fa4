// Accounts: who makes them up, how alike their members are, and what their gates decide.
#include "sojourn/population/accounts.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include "sojourn/behaviour/gate.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr auto propensity = static_cast<std::size_t>(BuiltinTrait::response_propensity);
constexpr auto patience = static_cast<std::size_t>(BuiltinTrait::patience);

/// Firms of two roles; response_propensity is standard normal, patience exponential for one and lognormal for the other.
ModelParts firms(std::uint64_t people, double correlation) {
  ModelParts parts = journey({place(Stage::awareness, {by_odds(1, 1.0)}), finish(End::lost)}, 100.0, people);
  parts.personas = {persona("user", 0.5, parts.traits), persona("cfo", 0.5, parts.traits)};
  for (Persona& each : parts.personas) each.traits[propensity] = Normal{0.0, 1.0};
  parts.personas[0].traits[patience] = Exponential{2.0};
  parts.personas[1].traits[patience] = Lognormal{3.0, 0.7};
  parts.account_segments = {{"small", "Small", 0.7, {{PersonaId(0), Fixed{1.0}}, {PersonaId(1), Fixed{1.0}}}, {}},
                            {"large", "Large", 0.3, {{PersonaId(0), Uniform{2.5, 7.5}}, {PersonaId(1), Fixed{1.0}}}, {}}};
  parts.account_correlation = correlation;
  return parts;
}

/// How alike the first and the last member of an account are, and how the first one's patience is distributed.
struct Likeness {
  Sample product;      // of two standard normal traits of a user and the account's cfo
  Sample other_trait;  // of one's trait and the other's other trait
  Sample strangers;    // of members of two accounts
  Sample both_above;   // both above the median of their own patience
  Sample mean, short_of_one;
};

Likeness likeness(double correlation) {
  const ModelParts parts = firms(500'000, correlation);
  const Population population(parts);
  const Streams streams(parts.settings.seed, 0);
  const Accounts accounts(parts, streams);
  std::vector<float> first(population.trait_count()), last(first), before(first);
  Likeness found;
  for (std::uint32_t account = 0; account + 1 < accounts.count(); ++account) {
    before = last;
    const std::uint32_t a = accounts.first(account), b = accounts.end(account) - 1;
    population.traits(streams, a, account, accounts.persona_of(a), first);
    population.traits(streams, b, account, accounts.persona_of(b), last);
    const auto times = [](float x, float y) { return static_cast<double>(x) * static_cast<double>(y); };
    found.product.add(times(first[propensity], last[propensity]));
    const double above = last[patience] > 3.0f ? 1.0 : -1.0;
    found.other_trait.add(static_cast<double>(first[propensity]) * above);
    if (account > 0) found.strangers.add(times(first[propensity], before[propensity]));
    found.both_above.add(first[patience] > 1.3862944f && last[patience] > 3.0f);
    found.mean.add(static_cast<double>(first[patience]));
    found.short_of_one.add(first[patience] < 1.0f);
  }
  return found;
}

}  // namespace

TEST_CASE("accounts: shares of segments and people per role", "[verify]") {
  const auto watch = [](double share) {
    ModelParts parts = firms(400'000, 0.0);
    parts.account_segments[0].share = share;
    parts.account_segments[1].share = 1.0 - share;
    const Accounts accounts(parts, Streams(42, 0));
    std::vector<Sample> found(2);
    for (std::uint32_t account = 0; account + 1 < accounts.count(); ++account) {
      found[0].add(accounts.segment(account) == 0);
      if (accounts.segment(account) == 1) found[1].add(static_cast<double>(accounts.size(account)));
    }
    return found;
  };
  const std::vector<Sample> found = watch(0.7);
  CHECK(judge(found[0], 0.7, 0.015));
  CHECK(judge(found[1], 6.0, 0.07));  // five users in the mean, and the cfo
  CHECK_FALSE(judge(found[1], 6.1, 0.07));
  CHECK_FALSE(judge(watch(0.715)[0], 0.7, 0.015));
}

TEST_CASE("accounts: members resemble each other by the correlation, and each trait keeps its distribution", "[verify]") {
  const Likeness alike = likeness(0.3);
  CHECK(judge(alike.product, 0.3, 0.025));
  CHECK(judge(alike.strangers, 0.0, 0.025));
  CHECK(judge(alike.other_trait, 0.0, 0.025));
  // Of two normal scores that correlate by rho, both are above the middle with 1/4 + asin(rho) / (2 pi).
  CHECK(judge(alike.both_above, 0.25 + std::asin(0.3) / (2.0 * 3.14159265358979323846), 0.012));
  CHECK(judge(alike.mean, 2.0, 0.05));
  CHECK(judge(alike.short_of_one, 1.0 - std::exp(-0.5), 0.012));
  const Likeness alone = likeness(0.0);
  CHECK(judge(alone.product, 0.0, 0.025));
  CHECK(judge(alone.both_above, 0.25, 0.012));
  const Likeness twin = likeness(0.33);
  CHECK_FALSE(judge(twin.product, 0.3, 0.025));
  CHECK_FALSE(judge(likeness(0.38).both_above, 0.25 + std::asin(0.3) / (2.0 * 3.14159265358979323846), 0.012));
  // Marginals are kept up to full likeness.
  const Likeness same = likeness(0.9);
  CHECK(judge(same.product, 0.9, 0.04));
  CHECK(judge(same.mean, 2.0, 0.05));
  CHECK(judge(same.short_of_one, 1.0 - std::exp(-0.5), 0.012));
}

TEST_CASE("gates: the rules are what independent members would vote", "[verify]") {
  // Five members; the exits are buy, think again (both a yes) and leave; what is missing to 1 stays and is a no.
  const std::vector<float> chances{0.5f, 0.2f, 0.3f, 0.7f, 0.1f, 0.1f, 0.2f, 0.4f, 0.4f, 0.6f, 0.3f, 0.1f, 0.3f, 0.3f, 0.2f};
  const std::vector<float> weights{1.0f, 1.0f, 1.0f, 2.0f, 5.0f}, veto{0.0f, 0.0f, 0.0f, 1.0f, 1.0f},
      all{1.0f, 1.0f, 1.0f, 1.0f, 1.0f};
  const std::vector<std::uint8_t> yes{1, 1, 0};
  const Streams streams(3, 0);
  Sample unanimous, majority, vetoed, weighted;
  for (std::uint32_t round = 0; round < 100'000; ++round) {
    int votes = 0, important = 0, favourite = -1;
    // Weighted is a lottery: a member drawn by weight decides alone.
    const float lot = 10.0f * uniform(streams.draw(round, Purpose::visit, 9)[0]);
    const int dictator = lot < 3.0f ? static_cast<int>(lot) : lot < 5.0f ? 3 : 4;
    for (int i = 0; i < 5; ++i) {
      const float u = uniform(streams.draw(round, Purpose::visit, static_cast<std::uint32_t>(i))[0]);
      const float* p = &chances[static_cast<std::size_t>(3 * i)];
      const int wish = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : u < p[0] + p[1] + p[2] ? 2 : -1;
      const bool in_favour = wish == 0 || wish == 1;
      votes += in_favour;
      important += in_favour && i >= 3;
      if (i == dictator) favourite = wish;
    }
    unanimous.add(votes == 5);
    majority.add(votes >= 3);
    vetoed.add(important == 2);
    weighted.add(favourite == 1);
  }
  std::vector<double> result(3), room(6);
  const auto wishes = [&](const std::vector<float>& voices) { return behaviour::Wishes{chances, voices, 3}; };
  CHECK(judge(unanimous, behaviour::unanimous_yes(wishes(all), yes), 0.012));
  CHECK(judge(majority, behaviour::majority_yes(wishes(all), yes, room), 0.015));
  CHECK(judge(vetoed, behaviour::unanimous_yes(wishes(veto), yes), 0.015));
  CHECK_FALSE(judge(unanimous, behaviour::majority_yes(wishes(all), yes, room), 0.012));
  CHECK_FALSE(judge(vetoed, behaviour::unanimous_yes(wishes(all), yes), 0.015));
  behaviour::mean_wishes(wishes(weights), behaviour::Mean::weighed, result);
  CHECK(judge(weighted, result[1], 0.015));
  behaviour::mean_wishes(wishes(all), behaviour::Mean::weighed, result);
  CHECK_FALSE(judge(weighted, result[1], 0.015));
}
