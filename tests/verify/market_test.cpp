// The market at work in the engine: messages, referrals, reviews and accounts, against closed forms.
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sojourn/engine/money_totals.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

Totals totals_of(const ModelParts& parts) {
  const PlanId baseline(0);
  return run(Model(parts), std::span(&baseline, 1), {}).totals[0][0];
}

double people(const Totals& totals, TimeScore score) {
  return static_cast<double>(totals.stock(0, totals.shape().windows - 1, score));
}

/// Adopters who recommend the company for ever, each `rate` times a day; the rest of the journey is the caller's.
ModelParts promoters(ModelParts parts, double rate, Network network = WellMixed{}) {
  parts.behaviour.memory = 0.0;
  parts.behaviour.recommend_base = 1.0;
  parts.behaviour.recommend_sd = 0.0;
  WordOfMouth talk;
  talk.network = std::move(network);
  talk.promoter_rate = rate;
  parts.word_of_mouth = talk;
  return parts;
}

Exit on_message(std::size_t to, double probability, Distribution after = Fixed{0.0}) {
  Exit exit = by_share(to, probability, after);
  exit.on = Trigger::heard;
  return exit;
}

/// Accounts of a user and two managers, who say yes at the gate with probabilities 0.5 and 0.8, and what they decide.
/// Either role comes within 10 days, the other at once.
enum class Late { managers, users };
double share_of_accounts_won(GateRule rule, std::uint64_t people, Late late = Late::managers) {
  ModelParts parts = journey({place(Stage::consideration, {by_share(1, 0.5), by_share(2, 0.5)}),
                              place(Stage::purchase, {by_odds(2, 1.0, Fixed{1000.0})}), finish(End::lost)},
                             30.0, people);
  parts.settings.window = Days(1.0);
  const TraitId wish = add_trait(parts, "wish", Fixed{0.5}), no_wish = add_trait(parts, "no_wish", Fixed{0.5});
  parts.personas = {persona("user", 0.5, parts.traits), persona("manager", 0.5, parts.traits)};
  parts.personas[0].traits[wish.index()] = Fixed{0.5};
  parts.personas[0].traits[no_wish.index()] = Fixed{0.5};
  parts.personas[1].traits[wish.index()] = Fixed{0.8};
  parts.personas[1].traits[no_wish.index()] = Fixed{0.2};
  // The account waits for whoever is asked; whoever is not, and comes late, follows what was decided.
  parts.personas[late == Late::managers ? 1 : 0].arrives = Uniform{0.0, 10.0};
  parts.touchpoints[0].next = {by_share(1, wish), by_share(2, no_wish)};
  Gate gate;
  gate.touchpoint = TouchpointId(0);
  gate.rule = rule;
  if (rule == GateRule::weighted) gate.weights = {{PersonaId(0), 1.0}, {PersonaId(1), 2.0}};
  if (rule == GateRule::veto) gate.veto = {PersonaId(1)};
  parts.account_segments = {{"firm", "Firm", 1.0, {{PersonaId(0), Fixed{1.0}}, {PersonaId(1), Fixed{2.0}}}, {gate}}};
  const Totals totals = totals_of(parts);
  const auto at_end = [&](AccountScore score) {
    return totals.value(totals.shape().account(0, totals.shape().windows - 1, score));
  };
  REQUIRE(at_end(AccountScore::arrived) == static_cast<double>(people) / 3.0);
  // An account decides for all of its people.
  double bought = 0.0;
  for (std::size_t p = 0; p < 2; ++p) {
    bought += static_cast<double>(totals.stock(p, totals.shape().windows - 1, TimeScore::bought));
  }
  CHECK(bought == 3.0 * at_end(AccountScore::bought));
  return at_end(AccountScore::bought) / at_end(AccountScore::arrived);
}

/// Where the accounts of a user and two managers go from a gate by odds: shares of the second touchpoint, which alone is a
/// yes, and of the ends after it. `user` and `manager` multiply the odds of 1 of each exit.
std::vector<double> ways_of_accounts(const Gate& rule, const std::vector<double>& user, const std::vector<double>& manager,
                                     double window) {
  constexpr std::uint64_t people = 90'000;
  std::vector<Touchpoint> touchpoints{place(Stage::consideration, {}),
                                      place(Stage::purchase, {by_odds(2, 1.0, Fixed{1000.0})})};
  for (std::size_t k = 1; k < user.size(); ++k) touchpoints.push_back(finish(End::lost));
  for (std::size_t k = 0; k < user.size(); ++k) touchpoints[0].next.push_back(by_odds(k + 1, 1.0));
  ModelParts parts = journey(touchpoints, 30.0, people);
  parts.settings.window = Days(window);
  parts.personas = {persona("user", 0.5, parts.traits), persona("manager", 0.5, parts.traits)};
  for (std::size_t k = 0; k < user.size(); ++k) {
    parts.personas[0].odds.push_back({TouchpointId(0), TouchpointId(k + 1), user[k]});
    parts.personas[1].odds.push_back({TouchpointId(0), TouchpointId(k + 1), manager[k]});
  }
  Gate gate = rule;
  gate.touchpoint = TouchpointId(0);
  parts.account_segments = {{"firm", "Firm", 1.0, {{PersonaId(0), Fixed{1.0}}, {PersonaId(1), Fixed{2.0}}}, {gate}}};
  const Totals totals = totals_of(parts);
  std::vector<double> shares;
  for (std::size_t k = 0; k < user.size(); ++k) {
    double visits = 0.0;
    for (std::size_t p = 0; p < 2; ++p) visits += totals.value(totals.shape().touch(p, k + 1, TouchScore::visits));
    shares.push_back(visits / static_cast<double>(people));
  }
  return shares;
}

}  // namespace

TEST_CASE("market: as many messages are heard as are said, one window later", "[verify]") {
  // Everybody buys at once and sends 0.3 messages a day for 20 days; what is said in the last window nobody hears.
  constexpr std::uint64_t customers = 50'000;
  const auto heard = [&](double rate) {
    return totals_of(promoters(
        journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{1000.0})}), finish(End::churned)}, 20.0, customers), rate));
  };
  const auto windows = [&](double rate) {
    ModelParts parts = promoters(
        journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{1000.0})}), finish(End::churned)}, 20.0, customers), rate);
    parts.settings.window = Days(1.0);
    return totals_of(parts);
  };
  CHECK(heard(0.3).value(heard(0.3).shape().time(0, 0, TimeScore::heard_positive)) == 0.0);
  const Totals totals = windows(0.3);
  double messages = 0.0;
  for (std::size_t k = 0; k < 20; ++k) messages += totals.value(totals.shape().time(0, k, TimeScore::heard_positive));
  const double expected = 0.3 * 19.0, error = std::sqrt(expected / static_cast<double>(customers));
  CHECK(judge(messages / static_cast<double>(customers), error, expected, 0.1));
  CHECK_FALSE(judge(messages / static_cast<double>(customers), error, 0.3 * 20.0, 0.1));
  CHECK(totals.value(totals.shape().time(0, 0, TimeScore::heard_positive)) == 0.0);
}

TEST_CASE("market: who churned talks on for a while", "[verify]") {
  // Everybody leaves on day 5, and talks until day 5 + 4: at the ends of windows 5 to 9.
  constexpr std::uint64_t customers = 20'000;
  ModelParts parts = promoters(
      journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{4.5})}), finish(End::churned)}, 20.0, customers), 1.0);
  parts.settings.window = Days(1.0);
  parts.word_of_mouth->talks_after_churn = Days(4.0);
  const Totals totals = totals_of(parts);
  const auto in_window = [&](std::size_t k) { return totals.value(totals.shape().time(0, k, TimeScore::heard_positive)); };
  for (const std::size_t k : {1u, 5u, 8u}) CHECK(in_window(k) == Approx(static_cast<double>(customers)).epsilon(0.05));
  // On day 8 they had been away for 3.5 days, on day 9 for 4.5.
  CHECK(in_window(9) == 0.0);
}

TEST_CASE("market: a message moves each hearer with its probability", "[verify]") {
  // 1 and 0 say something to each other. 0 has bought; 1 waits for a message.
  constexpr std::uint64_t customers = 100'000;
  std::vector<Tie> ties;
  for (std::uint32_t i = 0; i < customers; i += 2) {
    ties.push_back({i, i + 1});
    ties.push_back({i + 1, i});
  }
  ModelParts parts =
      promoters(journey({place(Stage::awareness, {by_odds(1, 1.0, Fixed{1000.0}), on_message(1, 0.25, Fixed{2.0})}),
                         place(Stage::purchase, {by_odds(2, 1.0, Fixed{1000.0})}), finish(End::churned)},
                        10.0, customers),
                0.5, NetworkFile{"pairs.csv", std::make_shared<const std::vector<Tie>>(ties)});
  parts.settings.window = Days(1.0);
  parts.personas = {persona("buyer", 0.5, parts.traits), persona("waits", 0.5, parts.traits)};
  parts.personas[0].starts = {{TouchpointId(1), 1.0}};
  parts.touchpoints[1].revenue = 100.0;
  parts.touchpoints[1].revenue_per_month = 30.0;
  parts.touchpoints[0].cost_per_month = 7.0;  // of those who have not bought: nobody's who was referred
  parts.settings.discount = 0.1;
  const Totals totals = totals_of(parts);
  const TallyShape& shape = totals.shape();
  // Half of those who wait have a contact who has bought. Who is moved at the beginning of window k + 1 buys 2 days later:
  // those moved on days 1 to 8 count. Each day is a Poisson number of messages, each of which may do it.
  const double waiting = totals.value(shape.person(1, PersonScore::arrived));
  const auto bought = static_cast<double>(totals.stock(1, 9, TimeScore::bought));
  const double expected = 0.5 * (1.0 - std::exp(-0.25 * 0.5 * 8.0)),
               error = std::sqrt(expected * (1.0 - expected) / waiting);
  CHECK(judge(bought / waiting, error, expected, 0.02, 0.003));
  CHECK_FALSE(judge(bought / waiting, error, 0.5 * (1.0 - std::exp(-0.3 * 0.5 * 8.0)), 0.02, 0.003));
  // All of them were referred, by the buyers, who had nobody to thank.
  CHECK(totals.value(shape.person(1, PersonScore::referred)) == bought);
  CHECK(totals.value(shape.person(0, PersonScore::referred)) == 0.0);
  CHECK(totals.value(shape.person(0, PersonScore::brought)) == bought);
  const PersonaMoney money = money_of(Program(Model(parts)), totals, 1);
  CHECK(money.worth.revenue.value() > 0.0);
  CHECK(money.referred_worth.revenue.value() == money.worth.revenue.value());
  CHECK(money.worth.cost.value() > 0.0);
  CHECK(money.referred_worth.cost.value() == 0.0);
  // By odds none would have left: what is taken is the heard exit, two days before.
  const auto moved = totals.value(shape.taken(1, 1));
  CHECK(moved == bought);
}

TEST_CASE("market: exits that wait for a message and have more than 1 in sum share those who leave", "[verify]") {
  // All who wait hear from somebody who bought, and leave: two to buy for each who is lost, whichever stands first.
  constexpr std::uint64_t customers = 30'000;
  for (const bool lost_first : {false, true}) {
    ModelParts parts = promoters(journey({place(Stage::awareness, {by_odds(2, 1.0, Fixed{1000.0})}),
                                          place(Stage::purchase, {by_odds(2, 1.0, Fixed{1000.0})}), finish(End::lost)},
                                         10.0, customers),
                                 5.0);
    parts.settings.window = Days(1.0);
    const TraitId surely = add_trait(parts, "surely", Fixed{1.0});
    parts.personas = {persona("buyer", 0.5, parts.traits), persona("waits", 0.5, parts.traits)};
    parts.personas[0].starts = {{TouchpointId(1), 1.0}};
    for (Persona& each : parts.personas) each.traits[surely.index()] = Fixed{1.0};
    Exit buys = by_share(1, surely);
    buys.on = Trigger::heard;
    std::vector<Exit>& exits = parts.touchpoints[0].next;
    exits.insert(exits.end(), {buys, on_message(2, 0.5)});
    if (lost_first) std::swap(exits[1], exits[2]);
    const Totals totals = totals_of(parts);
    const double waiting = totals.value(totals.shape().person(1, PersonScore::arrived));
    const double bought = static_cast<double>(totals.stock(1, totals.shape().windows - 1, TimeScore::bought)) / waiting;
    const double error = std::sqrt(2.0 / 9.0 / waiting);
    CHECK(judge(bought, error, 2.0 / 3.0, 0.04, 0.003));
    CHECK_FALSE(judge(bought, error, lost_first ? 0.5 : 1.0, 0.04, 0.003));
  }
}

TEST_CASE("market: reviews move those who read them", "[verify]") {
  // Everybody who buys posts five stars; prospects who come later read them and buy by e^(2 H).
  const auto buyers = [](double weight, double probability) {
    ModelParts parts =
        journey({place(Stage::consideration, {by_odds(1, 1.0, Fixed{0.0}, {0.0, 0.0, 2.0, 0.0}), by_odds(2, 1.0)}),
                 place(Stage::purchase, {by_odds(3, 1.0, Fixed{1000.0})}), finish(End::lost), finish(End::churned)},
                50.0, 100'000);
    parts.settings.window = Days(1.0);
    parts.touchpoints[0].reads_reviews = true;
    parts.touchpoints[1].quality_mean = 1.0;
    parts.personas[0].arrives = Uniform{0.0, 50.0};
    parts.reviews = Reviews{probability, 0.0, weight};
    return people(totals_of(parts), TimeScore::bought) / 100'000.0;
  };
  // The record fills at once (1,000 buyers a day): H is the weight within a per cent, from the second day on. Appraisals of
  // a quality of 1 are 1.
  const double expected = (0.5 + 49.0 / (1.0 + std::exp(-2.0 * 0.5))) / 50.0, error = std::sqrt(0.25 / 100'000.0);
  CHECK(judge(buyers(0.5, 1.0), error, expected, 0.02, 0.004));
  CHECK_FALSE(judge(buyers(0.6, 1.0), error, expected, 0.02, 0.004));
  CHECK(judge(buyers(0.5, 0.0), error, 0.5, 0.02));
  CHECK(judge(buyers(0.0, 1.0), error, 0.5, 0.02));
}

TEST_CASE("market: accounts decide by their rules", "[verify]") {
  constexpr std::uint64_t customers = 90'000;
  const double error = std::sqrt(0.25 / 30'000.0);
  const double weighted = share_of_accounts_won(GateRule::weighted, customers);
  const double unanimous = share_of_accounts_won(GateRule::unanimous, customers);
  const double veto = share_of_accounts_won(GateRule::veto, customers);
  const double majority = share_of_accounts_won(GateRule::majority, customers);
  CHECK(judge(weighted, error, (0.5 + 2.0 * 0.8 + 2.0 * 0.8) / 5.0, 0.03));
  CHECK(judge(unanimous, error, 0.5 * 0.8 * 0.8, 0.03));
  CHECK(judge(veto, error, 0.8 * 0.8, 0.03));
  CHECK(judge(share_of_accounts_won(GateRule::veto, customers, Late::users), error, 0.8 * 0.8, 0.03));
  CHECK(judge(share_of_accounts_won(GateRule::unanimous, customers, Late::users), error, 0.5 * 0.8 * 0.8, 0.03));
  CHECK(judge(majority, error, 0.8 * 0.8 + 2.0 * 0.8 * 0.2 * 0.5, 0.03));
  CHECK_FALSE(judge(unanimous, error, 0.8 * 0.8, 0.03));
  CHECK_FALSE(judge(majority, error, (0.5 + 0.8 + 0.8) / 3.0, 0.03));
}

TEST_CASE("market: accounts that leave by odds go where those who are asked, or all of them, wish", "[verify]") {
  const double error = std::sqrt(0.25 / 30'000.0);
  Gate veto, weighted, unanimous, majority;
  veto.rule = GateRule::veto;
  veto.veto = {PersonaId(1)};
  weighted.rule = GateRule::weighted;
  weighted.weights = {{PersonaId(1), 2.0}};
  unanimous.rule = GateRule::unanimous;
  majority.rule = GateRule::majority;
  for (const double window : {1.0, 10.0}) {
    INFO("window " << window);
    // One yes and one no: users say yes with probability 1/2, managers 0.8, and users are not always asked.
    const auto yes = [&](const Gate& gate) { return ways_of_accounts(gate, {1.0, 1.0}, {4.0, 1.0}, window)[0]; };
    CHECK(judge(yes(veto), error, 0.8 * 0.8, 0.03));
    CHECK(judge(yes(weighted), error, 0.8, 0.03));
    CHECK(judge(yes(unanimous), error, 0.5 * 0.8 * 0.8, 0.03));
    CHECK(judge(yes(majority), error, 0.8 * 0.8 + 2.0 * 0.8 * 0.2 * 0.5, 0.03));
    CHECK_FALSE(judge(yes(weighted), error, (0.5 + 0.8 + 0.8) / 3.0, 0.03));  // were users asked
    // Two ways to say no: the veto of managers is shared out as all wish, users 1/4 and 1/2, managers 1/10 each.
    const std::vector<double> ways = ways_of_accounts(veto, {1.0, 1.0, 2.0}, {8.0, 1.0, 1.0}, window);
    const double no = 1.0 - 0.8 * 0.8, here = 0.25 + 0.1 + 0.1, there = 0.5 + 0.1 + 0.1;
    CHECK(judge(ways[0], error, 1.0 - no, 0.03));
    CHECK(judge(ways[1], error, no * here / (here + there), 0.03));
    CHECK(judge(ways[2], error, no * there / (here + there), 0.03));
    CHECK_FALSE(judge(ways[2], error, no / 2.0, 0.03));  // were only managers' wishes counted
  }
}

TEST_CASE("market: each round of a gate that comes again is decided anew", "[verify]") {
  // Users are back at the gate 10 days after they left it, the chief, who alone is asked, 300 days after: on days 0, 303,
  // 605 and 907. The users' 10 days are over long before, and they wait.
  const auto uses_of_users = [](PersonaId asked) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{1.0})}), place(Stage::retention, {}),
                                place(Stage::retention, {by_odds(0, 1.0, Fixed{300.0})})},
                               1000.0, 400);
    parts.settings.window = Days(1.0);
    const TraitId quick = add_trait(parts, "quick", Fixed{1.0}), slow = add_trait(parts, "slow", Fixed{0.0});
    parts.personas = {persona("user", 0.5, parts.traits), persona("chief", 0.5, parts.traits)};
    parts.personas[0].traits[quick.index()] = Fixed{1.0};
    parts.personas[0].traits[slow.index()] = Fixed{0.0};
    parts.personas[1].traits[quick.index()] = Fixed{0.0};
    parts.personas[1].traits[slow.index()] = Fixed{1.0};
    parts.touchpoints[1].next = {by_share(0, quick, Fixed{10.0}), by_share(2, slow, Fixed{1.0})};
    Gate gate;
    gate.touchpoint = TouchpointId(0);
    gate.rule = GateRule::veto;
    gate.veto = {asked};
    parts.account_segments = {{"firm", "Firm", 1.0, {{PersonaId(0), Fixed{1.0}}, {PersonaId(1), Fixed{1.0}}}, {gate}}};
    const Totals totals = totals_of(parts);
    return totals.value(totals.shape().touch(0, 1, TouchScore::visits)) / 200.0;
  };
  CHECK(uses_of_users(PersonaId(1)) == 4.0);
  CHECK(uses_of_users(PersonaId(0)) > 50.0);  // the twin: users decide for themselves
}
