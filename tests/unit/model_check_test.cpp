// Every rule of `check`: the example broken in one way must give exactly the findings listed, to the word.
#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/model.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {

using Break = std::function<void(ModelParts&)>;
using Lines = std::vector<std::string>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Lines lines(const std::vector<Finding>& findings) {
  Lines result;
  for (const Finding& finding : findings) {
    result.push_back((finding.severity == Severity::error ? "error: " : "warning: ") + finding.path + ": " +
                     finding.message);
  }
  return result;
}

Lines broken(const Break& break_it) {
  ModelParts parts = example::parts();
  break_it(parts);
  return lines(check(parts));
}

std::string error_at(const std::string& rest) { return "error: " + rest; }
std::string warning_at(const std::string& rest) { return "warning: " + rest; }

/// What is said of the other exit of `use`, where its first takes no time.
std::string beaten_by_an_instant_exit() {
  return warning_at(
      "touchpoint.use.next[1].after: hardly ever taken: at less than 0.1 % of visits no other exit comes "
      "within 25.67 days, and it nearly always takes longer");
}

Touchpoint& at(ModelParts& parts, TouchpointId id) { return parts.touchpoints[id.index()]; }
Change& change(ModelParts& parts, ImprovementId id) { return parts.improvements[id.index()].change; }

}  // namespace

TEST_CASE("check: the example gives no finding", "[model][check]") { CHECK(lines(check(example::parts())) == Lines{}); }

TEST_CASE("check: settings out of range", "[model][check]") {
  CHECK(broken([](auto& p) { p.settings.horizon = Days(0.0); }) ==
        Lines{error_at("scenario.horizon: horizon is 0, but must be more than 0")});
  CHECK(broken([](auto& p) { p.settings.window = Days(-1.0); }) ==
        Lines{error_at("scenario.window: window is -1, but must be more than 0")});
  CHECK(broken([](auto& p) { p.settings.window = Days(not_a_number); }) ==
        Lines{error_at("scenario.window: window is nan, but must be a finite number")});
  CHECK(broken([](auto& p) { p.settings.window = Days(0.001); }) ==
        Lines{error_at("scenario.window: the horizon has 730000 windows, but may have 100000")});
  CHECK(broken([](auto& p) { p.settings.window = Days(731.0); }) ==
        Lines{warning_at("scenario.window: window is 731 days, longer than the horizon of 730")});
  CHECK(broken([](auto& p) { p.settings.customers = 4'000'000'001; }) ==
        Lines{error_at("scenario.customers: customers is 4000000001, but must be 4000000000 or less")});
  CHECK(broken([](auto& p) { p.settings.replications = 0; }) ==
        Lines{error_at("scenario.replications: replications is 0, but must be 1 or more")});
  CHECK(broken([](auto& p) { p.settings.replications = 100'001; }).size() == 1);
  CHECK(broken([](auto& p) { p.settings.market = 0.0; }) ==
        Lines{error_at("scenario.market: market is 0, but must be more than 0")});
  CHECK(broken([](auto& p) { p.settings.discount = -1.0; }) ==
        Lines{error_at("scenario.discount: discount is -1, but must be more than -1")});
  CHECK(broken([](auto& p) { p.settings.start = "2026-02-29"; }) ==
        Lines{error_at("scenario.start: \"2026-02-29\" is no date")});
  CHECK(broken([](auto& p) { p.settings.start = "2026-1-1"; }).size() == 1);
}

TEST_CASE("check: one window of 100,000 too many", "[model][check]") {
  const auto windows = [](double count) {
    return broken([=](auto& p) {
      p.settings.horizon = Days(1000.0);
      p.settings.window = Days(1000.0 / count);
    });
  };
  CHECK(windows(100'000) == Lines{});
  CHECK(windows(100'001).size() == 1);
}

TEST_CASE("check: the hint about windows gives a window that is long enough", "[model][check]") {
  ModelParts parts = example::parts();
  parts.settings.window = Days(1e-6);
  const std::vector<Finding> findings = check(parts);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].hint == "make the window 0.0073 days or longer");
}

TEST_CASE("check: behaviour and traits out of range", "[model][check]") {
  CHECK(broken([](auto& p) { p.behaviour.memory = 1.5; }) ==
        Lines{error_at("behaviour.memory: memory is 1.5, but must be between 0 and 1")});
  CHECK(broken([](auto& p) { p.behaviour.peak = -1.0; }) ==
        Lines{error_at("behaviour.peak: peak is -1, but must be between 0 and 100")});
  CHECK(broken([](auto& p) { p.traits[7].low = 0.5; }).front() ==
        error_at("behaviour.traits.restless: restless is 0.02, but must be between 0.5 and 1"));
  CHECK(broken([](auto& p) { p.traits[7].low = 2.0; }).front() ==
        error_at("behaviour.traits.restless: range of restless is 2 to 1"));
  CHECK(broken([](auto& p) { p.traits[7].name = "patience"; }) ==
        Lines{error_at("behaviour.traits.patience: another trait is named \"patience\"")});
  CHECK(broken([](auto& p) { std::swap(p.traits[0], p.traits[1]); }).size() == 2);
}

TEST_CASE("check: every constant of behaviour is checked", "[model][check]") {
  double BehaviourSettings::*const constants[] = {
      &BehaviourSettings::performance,   &BehaviourSettings::disconfirmation, &BehaviourSettings::memory,
      &BehaviourSettings::peak,          &BehaviourSettings::adapt,           &BehaviourSettings::promise_weight,
      &BehaviourSettings::forgiveness,   &BehaviourSettings::recommend_base,  &BehaviourSettings::recommend_sd,
      &BehaviourSettings::repeat_effort, &BehaviourSettings::fit_weight};
  for (const auto constant : constants) {
    for (const double wrong : {-0.1, 101.0, infinity, not_a_number}) {
      CHECK(broken([=](auto& p) { p.behaviour.*constant = wrong; }).size() == 1);
    }
  }
}

TEST_CASE("check: ids", "[model][check]") {
  CHECK(broken([](auto& p) { p.touchpoints[3].id.clear(); }) == Lines{error_at("touchpoint[3].id: id is empty")});
  CHECK(broken([](auto& p) { p.touchpoints[3].id = "my use"; }) == Lines{error_at("touchpoint[3].id: \"my use\" is no id")});
  CHECK(broken([](auto& p) { p.touchpoints[3].id = "ad"; }) ==
        Lines{error_at("touchpoint[3].id: another touchpoint has the id \"ad\"")});
  CHECK(broken([](auto& p) { p.personas[1].id = "young"; }) ==
        Lines{error_at("persona[1].id: another persona has the id \"young\"")});
  CHECK(broken([](auto& p) { p.channels[1].id = "web"; }) ==
        Lines{error_at("channel[1].id: another channel has the id \"web\"")});
  CHECK(broken([](auto& p) { p.teams[1].id = "sales"; }) ==
        Lines{error_at("team[1].id: another team has the id \"sales\"")});
  CHECK(broken([](auto& p) { p.improvements[1].change.id = "plain-bill"; }) ==
        Lines{error_at("improvement[1].id: another improvement has the id \"plain-bill\"")});
  CHECK(broken([](auto& p) { p.events.push_back(p.events[0]); }) ==
        Lines{error_at("event[1].id: another event has the id \"outage\"")});
  CHECK(broken([](auto& p) { p.surveys.push_back(p.surveys[0]); }) ==
        Lines{error_at("survey[1].id: another survey has the id \"after-bill\"")});
  CHECK(broken([](auto& p) {
          p.account_segments[0].share = 0.5;
          p.account_segments.push_back(p.account_segments[0]);
        }) == Lines{error_at("account_segment[1].id: another account_segment has the id \"enterprise\"")});
  // Plans count from the first in the file: the baseline is not there.
  CHECK(broken([](auto& p) { p.plans[2].id = "careful"; }) ==
        Lines{error_at("plan[1].id: another plan has the id \"careful\"")});
  CHECK(broken([](auto& p) { p.plans[1].id = "baseline"; }) ==
        Lines{error_at("plan[0].id: \"baseline\" is the empty plan, which every scenario has")});
}

TEST_CASE("check: what is wrong inside an entity without a usable id is found by its index", "[model][check]") {
  CHECK(broken([](auto& p) {
          p.touchpoints[3].id = "ad";
          p.touchpoints[3].effort = 2.0;
        }).back() == error_at("touchpoint[3].effort: effort is 2, but must be between 0 and 1"));
}

TEST_CASE("check: personas", "[model][check]") {
  CHECK(broken([](auto& p) { p.personas[0].share = 0.7; }) ==
        Lines{error_at("persona.family.share: shares of the personas sum to 1.1, but must sum to 1")});
  CHECK(broken([](auto& p) { p.personas[0].share = -0.6; }) ==
        Lines{error_at("persona.young.share: share is -0.6, but must be between 0 and 1")});
  CHECK(broken([](auto& p) {
          p.personas[0].share = 0.995;
          p.personas[1].share = 0.005;
        }) == Lines{warning_at("persona.family.share: share is 0.005, under 1 %")});
  CHECK(broken([](auto& p) {
          p.personas[0].share = 1.0;
          p.personas[1].share = 0.0;
        }) == Lines{warning_at("persona.family.share: share is 0: there is nobody like this")});
  CHECK(broken([](auto& p) { p.personas[0].starts[0].second = 0.7; }) ==
        Lines{error_at("persona.young.starts: starts sum to 0.95, but must sum to 1")});
  CHECK(broken([](auto& p) { p.personas[0].starts[0].second = 1.75; }) ==
        Lines{error_at("persona.young.starts.ad: share of \"ad\" is 1.75, but must be between 0 and 1")});
  CHECK(broken([](auto& p) { p.personas[0].starts[1].first = example::ad; }) ==
        Lines{error_at("persona.young.starts: \"ad\" is named twice")});
  CHECK(broken([](auto& p) { p.personas[0].starts.clear(); }) ==
        Lines{error_at("persona.young.starts: the persona starts nowhere")});
  CHECK(broken([](auto& p) { p.personas[0].arrives = Fixed{-1.0}; }) ==
        Lines{error_at("persona.young.arrives: arrives is -1, but must be 0 or more")});
  CHECK(broken([](auto& p) {
          p.personas[0].arrives = Uniform{731.0, 800.0};
        }) == Lines{warning_at("persona.young.arrives: nobody arrives before day 731, after the horizon of 730 days")});
  CHECK(broken([](auto& p) { p.personas[0].traits[0] = Fixed{1.4}; }) ==
        Lines{error_at("persona.young.traits.expectation: expectation is 1.4, but must be between 0 and 1")});
  CHECK(broken([](auto& p) { p.personas[0].traits.pop_back(); }) ==
        Lines{error_at("persona.young.traits: trait \"restless\" has no value")});
  CHECK(broken([](auto& p) { p.personas[0].traits.emplace_back(Fixed{0.0}); }) ==
        Lines{error_at("persona.young.traits: there are 9 values for 8 traits")});
  CHECK(broken([](auto& p) { p.personas[0].needs[0].second = -0.7; }) ==
        Lines{error_at("persona.young.needs.price: price is -0.7, but must be 0 or more")});
  CHECK(broken([](auto& p) { p.personas[0].channels[0].second = -2.0; }) ==
        Lines{error_at("persona.young.channels.web: preference for \"web\" is -2, but must be 0 or more")});
  CHECK(broken([](auto& p) { p.personas[0].odds[0].times = -1.0; }) ==
        Lines{error_at("persona.young.odds[0].times: times is -1, but must be 0 or more")});
  CHECK(broken([](auto& p) { p.personas[0].odds.push_back(p.personas[0].odds[0]); }) ==
        Lines{error_at("persona.young.odds[1]: \"ad\" to \"shop\" is named twice")});
  CHECK(broken([](auto& p) { p.personas[0].odds[0].to = example::use; }) ==
        Lines{warning_at("persona.young.odds[0]: no exit with odds leads from \"ad\" to \"use\"")});
}

TEST_CASE("check: shares may miss 1 by rounding only, and the hint says by how much", "[model][check]") {
  CHECK(broken([](auto& p) { p.personas[0].share = 0.6 + 0.9e-6; }) == Lines{});
  CHECK(broken([](auto& p) { p.personas[0].share = 0.6 + 1.1e-6; }).size() == 1);
  ModelParts parts = example::parts();
  parts.personas[0].share = 0.5;
  REQUIRE(check(parts).size() == 1);
  CHECK(check(parts)[0].hint == "add 0.1 in all");
  parts.personas[0].share = 0.75;
  REQUIRE(check(parts).size() == 1);
  CHECK(check(parts)[0].hint == "take away 0.15 in all");
}

TEST_CASE("check: a model needs a persona and a touchpoint", "[model][check]") {
  const Lines found = lines(check(ModelParts{}));
  CHECK(found == Lines{error_at("scenario.horizon: horizon is 0, but must be more than 0"),
                       error_at("scenario.customers: customers is 0, but must be 1 or more"),
                       error_at("persona: there is no persona"), error_at("touchpoint: there is no touchpoint")});
}

TEST_CASE("check: numbers of a touchpoint", "[model][check]") {
  const auto with = [](const std::function<void(Touchpoint&)>& break_it) {
    return broken([&](auto& p) { break_it(p.touchpoints[4]); });
  };
  CHECK(with([](auto& t) { t.quality_mean = 1.4; }) ==
        Lines{error_at("touchpoint.bill.quality.mean: mean quality is 1.4, but must be between 0 and 1")});
  CHECK(with([](auto& t) { t.quality_sd = -0.1; }) ==
        Lines{error_at("touchpoint.bill.quality.sd: sd of quality is -0.1, but must be between 0 and 100")});
  CHECK(with([](auto& t) { t.effort = 2.0; }) ==
        Lines{error_at("touchpoint.bill.effort: effort is 2, but must be between 0 and 1")});
  CHECK(with([](auto& t) { t.weight = -1.0; }) ==
        Lines{error_at("touchpoint.bill.weight: weight is -1, but must be 0 or more")});
  CHECK(with([](auto& t) { t.promise = 1.1; }) ==
        Lines{error_at("touchpoint.bill.promise: promise is 1.1, but must be between 0 and 1")});
  CHECK(with([](auto& t) { t.cost = infinity; }) ==
        Lines{error_at("touchpoint.bill.cost: cost is inf, but must be a finite number")});
  CHECK(with([](auto& t) { t.revenue = not_a_number; }).size() == 1);
  CHECK(with([](auto& t) { t.cost_per_month = infinity; }).size() == 1);
  CHECK(with([](auto& t) { t.revenue_per_month = 2e12; }) ==
        Lines{error_at(
            "touchpoint.bill.revenue_per_month: revenue_per_month is 2000000000000, but must be 1000000000000 or less")});
  CHECK(with([](auto& t) { t.personalisation = -0.2; }).size() == 1);
  CHECK(with([](auto& t) { t.solves = 1.2; }).size() == 1);
  CHECK(with([](auto& t) { t.content[1].theme[0].second = -1.0; }) ==
        Lines{error_at("touchpoint.bill.content[1].theme.speed: speed is -1, but must be 0 or more")});
  CHECK(with([](auto& t) { t.servers = 2.0; }) == Lines{error_at("touchpoint.bill.servers: servers without handle_time")});
  CHECK(with([](auto& t) { t.handle_time = Exponential{1.0}; }) ==
        Lines{error_at("touchpoint.bill.handle_time: handle_time without servers")});
  CHECK(broken([](auto& p) { at(p, example::support).servers = 0.0; }) ==
        Lines{error_at("touchpoint.support.servers: servers is 0, but must be more than 0")});
  CHECK(broken([](auto& p) { at(p, example::support).handle_time = Fixed{0.0}; }) ==
        Lines{error_at("touchpoint.support.handle_time: handle_time is 0, but must be more than 0")});
}

TEST_CASE("check: ends and dead ends", "[model][check]") {
  CHECK(broken([](auto& p) { at(p, example::lost).next.push_back(example::by_odds(example::ad, 1.0)); }) ==
        Lines{error_at("touchpoint.lost.next: an end has 1 exit")});
  CHECK(broken([](auto& p) { at(p, example::lost).end.reset(); }) ==
        Lines{error_at("touchpoint.lost: neither an end nor an exit")});
  CHECK(broken([](auto& p) { p.touchpoints.push_back(example::touchpoint("island", Stage::awareness, {}, {}, {})); }) ==
        Lines{error_at("touchpoint.island: neither an end nor an exit"),
              warning_at("touchpoint.island: nobody can reach this touchpoint")});
  CHECK(broken([](auto& p) { at(p, example::lost).counts_as = End::churned; }) ==
        Lines{error_at("touchpoint.lost.counts_as: counts_as at an end")});
  CHECK(broken([](auto& p) { at(p, example::bill).counts_as = End::lost; }) ==
        Lines{error_at("touchpoint.bill.counts_as: counts_as is \"lost\", but must be \"churned\"")});
  CHECK(broken([](auto& p) { at(p, example::bill).counts_as = End::churned; }) == Lines{});
}

TEST_CASE("check: how an exit is taken", "[model][check]") {
  const auto exit = [](TouchpointId touchpoint, std::size_t position, const std::function<void(Exit&)>& break_it) {
    return broken([&](auto& p) { break_it(at(p, touchpoint).next[position]); });
  };
  CHECK(exit(example::shop, 1, [](auto& e) { e.odds = -1.0; }) ==
        Lines{error_at("touchpoint.shop.next[1].odds: odds is -1, but must be 0 or more")});
  CHECK(exit(example::shop, 1, [](auto& e) { e.odds = infinity; }) ==
        Lines{error_at("touchpoint.shop.next[1].odds: odds is inf, but must be a finite number")});
  CHECK(exit(example::shop, 1, [](auto& e) { e.odds.reset(); }) ==
        Lines{error_at("touchpoint.shop.next[1]: neither odds nor a probability")});
  CHECK(exit(example::shop, 1, [](auto& e) { e.probability = 0.2; }) ==
        Lines{error_at("touchpoint.shop.next[1].probability: both odds and a probability")});
  CHECK(exit(example::use, 0, [](auto& e) {
          e.odds.reset();
          e.probability = 0.2;
        }) == Lines{error_at("touchpoint.use.next[0].probability: probability in a race")});
  CHECK(exit(example::use, 0, [](auto& e) { e.odds.reset(); }) == Lines{});
  CHECK(exit(example::bill, 1, [](auto& e) { e.probability = 1.5; }).front() ==
        error_at("touchpoint.bill.next[1].probability: probability is 1.5, but must be between 0 and 1"));
  CHECK(exit(example::bill, 0, [](auto& e) { e.probability = TraitId(8); }) ==
        Lines{error_at("touchpoint.bill.next[0].probability: names trait number 9, but there are 8")});
  CHECK(exit(example::bill, 1, [](auto& e) { e.slopes.heard = 0.5; }) ==
        Lines{error_at("touchpoint.bill.next[1].heard: a slope on heard beside a probability")});
  CHECK(exit(example::shop, 0, [](auto& e) { e.slopes.effort = not_a_number; }) ==
        Lines{error_at("touchpoint.shop.next[0].effort: slope on effort is nan, but must be a finite number")});
  CHECK(exit(example::shop, 0, [](auto& e) { e.slopes.satisfaction = 101.0; }) ==
        Lines{error_at(
            "touchpoint.shop.next[0].satisfaction: slope on satisfaction is 101, but must be between -100 and 100")});
  CHECK(exit(example::ad, 2, [](auto& e) { e.probability = std::monostate{}; }) ==
        Lines{error_at("touchpoint.ad.next[2]: an exit that waits for a message has no probability")});
  CHECK(exit(example::ad, 2, [](auto& e) { e.odds = 1.0; }) ==
        Lines{error_at("touchpoint.ad.next[2].odds: odds at an exit that waits for a message")});
  CHECK(exit(example::support, 1, [](auto& e) { e.odds = 1.0; }) ==
        Lines{error_at("touchpoint.support.next[1].odds: odds at an exit that waits for patience to end")});
  CHECK(exit(example::support, 1, [](auto& e) { e.probability = 1.0; }) ==
        Lines{error_at("touchpoint.support.next[1].probability: probability at an exit that waits for patience to end")});
  CHECK(exit(example::support, 1, [](auto& e) { e.slopes.effort = 1.0; }) ==
        Lines{error_at("touchpoint.support.next[1].effort: a slope on effort at an exit that waits for patience to end")});
  CHECK(broken([](auto& p) { at(p, example::support).next.push_back(at(p, example::support).next[1]); }) ==
        Lines{error_at("touchpoint.support.next: 2 exits wait for patience to end, but one takes all who give up")});
  CHECK(broken([](auto& p) {
          at(p, example::support).servers.reset();
          at(p, example::support).handle_time.reset();
        }) == Lines{warning_at("touchpoint.support.next[1].on: nobody gives up where nobody queues")});
  // A heard exit may interrupt a race.
  const auto add_heard = [](auto& p) {
    Exit heard = example::by_probability(example::churned, 0.1);
    heard.on = Trigger::heard;
    at(p, example::use).next.push_back(heard);
  };
  CHECK(broken(add_heard) == Lines{});
  const Lines silent = broken([&](auto& p) {
    add_heard(p);
    p.word_of_mouth.reset();
  });
  CHECK(std::any_of(silent.begin(), silent.end(), [](const auto& line) {
    return line == warning_at("touchpoint.use.next[2].on: nobody hears anything where nobody talks");
  }));
}

TEST_CASE("check: constant probabilities of one touchpoint sum to 1 at most", "[model][check]") {
  const auto with = [](double probability) {
    return broken([=](auto& p) { at(p, example::bill).next.push_back(example::by_probability(example::use, probability)); });
  };
  CHECK(with(0.9) == Lines{});
  CHECK(with(0.95) == Lines{error_at("touchpoint.bill.next: probabilities sum to 1.05, but must sum to 1 or less")});
  // So do those of exits that wait for a message, which leave the others alone.
  const auto on_message = [](double probability) {
    return broken([=](auto& p) {
      for (const double each : {0.3, probability}) {
        Exit heard = example::by_probability(example::churned, each);
        heard.on = Trigger::heard;
        at(p, example::use).next.push_back(heard);
      }
    });
  };
  CHECK(on_message(0.7) == Lines{});
  CHECK(on_message(0.75) ==
        Lines{error_at("touchpoint.use.next: probabilities of exits that wait for a message sum to 1.05, but must "
                       "sum to 1 or less: a message moves a customer by one of them")});
}

TEST_CASE("check: delays", "[model][check]") {
  const auto delay = [](Distribution after) { return broken([=](auto& p) { at(p, example::shop).next[1].after = after; }); };
  const std::string path = "touchpoint.shop.next[1].after";
  CHECK(delay(Fixed{-1.0}) == Lines{error_at(path + ": delay is -1, but must be 0 or more")});
  CHECK(delay(Fixed{infinity}) == Lines{error_at(path + ": delay is inf, but must be a finite number")});
  CHECK(delay(Uniform{-1.0, 2.0}) ==
        Lines{error_at(path + ".uniform[0]: lower limit of delay is -1, but must be 0 or more")});
  CHECK(delay(Uniform{3.0, 2.0}) == Lines{error_at(path + ".uniform: lower limit of delay is 3, above its upper limit 2")});
  CHECK(delay(Normal{1.0, -1.0}) == Lines{error_at(path + ".normal.sd: sd of delay is -1, but must be 0 or more")});
  CHECK(delay(Normal{not_a_number, 1.0}).size() == 1);
  CHECK(delay(Normal{1.0, 3.0}) == Lines{});
  CHECK(delay(Beta{2.0, 3.0}) == Lines{});
  CHECK(
      delay(Beta{0.0, -1.0}) ==
      Lines{error_at(path + ".beta[0]: first parameter of the beta distribution of delay is 0, but must be more than 0"),
            error_at(path + ".beta[1]: second parameter of the beta distribution of delay is -1, but must be more than 0")});
  CHECK(delay(Exponential{0.0}) == Lines{error_at(path + ".exponential.mean: mean of delay is 0, but must be more than 0")});
  CHECK(delay(Weibull{0.0, 0.0}) == Lines{error_at(path + ".weibull.scale: scale of delay is 0, but must be more than 0"),
                                          error_at(path + ".weibull.shape: shape of delay is 0, but must be more than 0")});
  CHECK(delay(Lognormal{0.0, -1.0}) ==
        Lines{error_at(path + ".lognormal.median: median of delay is 0, but must be more than 0"),
              error_at(path + ".lognormal.sigma: sigma of delay is -1, but must be between 0 and 100")});
  CHECK(delay(Lognormal{1.0, 0.0}) == Lines{});
  CHECK(delay(Loglogistic{-1.0, 0.0}).size() == 2);
}

TEST_CASE("check: a cycle that takes no time", "[model][check]") {
  const auto instant = [](ModelParts& p, TouchpointId from, std::size_t exit) { at(p, from).next[exit].after = Fixed{0.0}; };
  CHECK(broken([&](auto& p) {
          instant(p, example::use, 0);
          instant(p, example::bill, 1);
          instant(p, example::support, 0);
        }) ==
        Lines{error_at(
            "touchpoint.use.next[0]: use -> bill -> support -> use takes no time: people would go round for ever")});
  CHECK(broken([&](auto& p) {
          instant(p, example::use, 0);
          instant(p, example::bill, 1);
        }) == Lines{beaten_by_an_instant_exit()});
  CHECK(broken([&](auto& p) {
          at(p, example::shop).next.push_back(example::by_odds(example::shop, 1.0, Uniform{0.0, 0.0}));
        }) == Lines{error_at("touchpoint.shop.next[2]: shop -> shop takes no time: people would go round for ever")});
}

TEST_CASE("check: a cycle that takes no time through a change of delays", "[model][check]") {
  const auto with = [](Operation operation, double value) {
    return broken([=](auto& p) {
      at(p, example::use).next[0].after = Fixed{0.0};
      change(p, example::plain_bill).effects.push_back({Parameter::delay, operation, value});
    });
  };
  const Lines expected{
      error_at("improvement.plain-bill.effect.delay: use -> bill -> use can take no time under plan \"careful\": "
               "people would go round for ever")};
  CHECK(with(Operation::set, 0.0) == expected);
  CHECK(with(Operation::multiply, 0.0) == expected);
  CHECK(with(Operation::add, -1.0) == expected);
  CHECK(with(Operation::add, -0.9) == Lines{beaten_by_an_instant_exit()});
  CHECK(with(Operation::multiply, 0.1) == Lines{beaten_by_an_instant_exit()});
  // Two cuts that are harmless alone may meet.
  CHECK(broken([](auto& p) {
          at(p, example::use).next[0].after = Fixed{0.0};
          change(p, example::plain_bill).effects.push_back({Parameter::delay, Operation::add, -0.5});
          p.events[0].target = change(p, example::plain_bill).target;
          p.events[0].effects = {{Parameter::delay, Operation::add, -0.5}};
        }) == expected);
}

TEST_CASE("check: handovers", "[model][check]") {
  CHECK(broken([](auto& p) { p.handovers[0].carry = 1.4; }) ==
        Lines{error_at("handover[0].carry: carry is 1.4, but must be between 0 and 1")});
  CHECK(broken([](auto& p) { p.handovers.push_back(p.handovers[0]); }) ==
        Lines{error_at("handover[1]: another handover leads from \"sales\" to \"care\"")});
  CHECK(broken([](auto& p) { p.handovers[0].to = example::sales; }) ==
        Lines{warning_at("handover[0]: a team hands over to itself")});
}

TEST_CASE("check: ids that name nothing are passed over, ids beyond the list are not", "[model][check]") {
  CHECK(broken([](auto& p) {
          at(p, example::shop).next[1].to = TouchpointId();
          p.personas[0].starts[0].first = TouchpointId();
          p.handovers[0].to = TeamId();
          p.plans[1].improvements.push_back(ImprovementId());
          change(p, example::training).target.teams.push_back(TeamId());
          p.rules[0].switch_on = ImprovementId();
        }) == Lines{});
  CHECK(broken([](auto& p) { at(p, example::shop).next[1].to = TouchpointId(8); }) ==
        Lines{error_at("touchpoint.shop.next[1].to: names touchpoint number 9, but there are 8")});
  CHECK(broken([](auto& p) { p.personas[0].starts[0].first = TouchpointId(8); }) ==
        Lines{error_at("persona.young.starts: names touchpoint number 9, but there are 8")});
  CHECK(broken([](auto& p) { p.plans[1].improvements.push_back(ImprovementId(2)); }) ==
        Lines{error_at("plan.careful.improvements[1]: names improvement number 3, but there are 2")});
  CHECK(broken([](auto& p) { change(p, example::training).target.channels.push_back(ChannelId(2)); }).front() ==
        error_at("improvement.training.target.channel: names channel number 3, but there are 2"));
  CHECK(broken([](auto& p) { at(p, example::bill).team = TeamId(2); }) ==
        Lines{error_at("touchpoint.bill.team: names team number 3, but there are 2")});
}

TEST_CASE("check: changes", "[model][check]") {
  const auto training = [](const std::function<void(Improvement&)>& break_it) {
    return broken([&](auto& p) { break_it(p.improvements[1]); });
  };
  const auto effect = [&](Effect wrong) { return training([=](auto& i) { i.change.effects.push_back(wrong); }); };
  CHECK(training([](auto& i) { i.change.start = Days(-1.0); }) ==
        Lines{error_at("improvement.training.start: start is -1, but must be 0 or more")});
  CHECK(training([](auto& i) {
          i.change.start = Days(5.0);
          i.change.end = Days(5.0);
        }) == Lines{error_at("improvement.training.end: ends on day 5, but starts on day 5")});
  CHECK(training([](auto& i) {
          i.change.ramp = {RampShape::s_curve, Days(-3.0)};
        }) == Lines{error_at("improvement.training.ramp.s_curve: ramp is -3, but must be 0 or more")});
  CHECK(training([](auto& i) { i.price.once = -1.0; }) ==
        Lines{error_at("improvement.training.cost.once: once is -1, but must be 0 or more")});
  CHECK(training([](auto& i) { i.price.per_month = infinity; }).size() == 1);
  CHECK(training([](auto& i) { i.price.per_visit = not_a_number; }).size() == 1);
  CHECK(training([](auto& i) {
          i.levels = {0.5, 0.0};
        }) == Lines{error_at("improvement.training.levels[1]: level is 0, but must be more than 0 and at most 1")});
  CHECK(training([](auto& i) { i.levels = {1.5}; }).size() == 1);
  CHECK(training([](auto& i) {
          i.levels = {0.5, 0.5};
        }) == Lines{error_at("improvement.training.levels[1]: level 0.5 is named twice")});
  CHECK(effect({Parameter::effort, Operation::set, 1.4}) ==
        Lines{error_at("improvement.training.effect.effort: effort is 1.4, but must be between 0 and 1")});
  CHECK(effect({Parameter::effort, Operation::add, -15.0}) ==
        Lines{error_at("improvement.training.effect.effort: shift of effort is -15, but must be between -1 and 1")});
  CHECK(effect({Parameter::effort, Operation::multiply, -0.2}) ==
        Lines{error_at("improvement.training.effect.effort: factor of effort is -0.2, but must be 0 or more")});
  CHECK(effect({Parameter::odds, Operation::set, -1.0}) ==
        Lines{error_at("improvement.training.effect.odds: odds is -1, but must be 0 or more")});
  CHECK(effect({Parameter::cost, Operation::add, -1.0}) == Lines{});
  CHECK(effect({Parameter::cost, Operation::set, infinity}).size() == 1);
  CHECK(training([](auto& i) {
          i.change.target.personas = {example::young};
          i.change.effects.push_back({Parameter::servers, Operation::add, 2.0});
        }) == Lines{error_at("improvement.training.effect.servers: servers cannot change for some personas only")});
  CHECK(training([](auto& i) { i.change.target.exit_to = {example::churned}; }) ==
        Lines{error_at("improvement.training.target.exit_to: exit_to narrows exits, but no effect is on an exit")});
  CHECK(broken([](auto& p) { p.events[0].start = Days(200.0); }) ==
        Lines{error_at("event.outage.end: ends on day 103, but starts on day 200")});
}

TEST_CASE("check: plans", "[model][check]") {
  CHECK(broken([](auto& p) {
          p.plans[1].improvements.clear();
          p.plans[1].rules.clear();
          p.rules.clear();
        }) == Lines{error_at("plan.careful.improvements: the plan names no improvement")});
  CHECK(broken([](auto& p) { p.plans[1].improvements.push_back(example::plain_bill); }) ==
        Lines{error_at("plan.careful.improvements[1]: \"plain-bill\" is named twice")});
  CHECK(broken([](auto& p) { p.plans[0].improvements.push_back(example::plain_bill); }) ==
        Lines{error_at("plan: the first plan is not the empty plan \"baseline\"")});
  CHECK(broken([](auto& p) { p.plans.clear(); }).size() == 3);  // and plain-bill and the rule in no plan
  CHECK(broken([](auto& p) {
          p.plans[2].improvements = {example::plain_bill};
          p.rules.clear();
          p.plans[1].rules.clear();
        }) == Lines{warning_at("improvement.training: no plan names this improvement"),
                    warning_at("plan.bold: buys the same as plan \"careful\"")});
  // A rule may switch it on instead.
  CHECK(broken([](auto& p) { p.plans[2].improvements = {example::plain_bill}; }) == Lines{});
}

TEST_CASE("check: what couples customers", "[model][check]") {
  CHECK(broken([](auto& p) {
          p.word_of_mouth->network = SmallWorld{0.5, 0.1};
        }) == Lines{error_at("word_of_mouth.network.small_world.contacts: contacts is 0.5, but must be 1 or more")});
  CHECK(broken([](auto& p) {
          p.word_of_mouth->network = SmallWorld{12.0, 1.1};
        }) == Lines{error_at("word_of_mouth.network.small_world.rewire: rewire is 1.1, but must be between 0 and 1")});
  CHECK(broken([](auto& p) { p.word_of_mouth->network = ScaleFree{1000.0}; }) ==
        Lines{error_at("word_of_mouth.network.scale_free.contacts: contacts is 1000, but there are 1000 people")});
  CHECK(broken([](auto& p) { p.word_of_mouth->network = RandomNetwork{}; }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->network = Communities{5.0, -0.1}; }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->network = NetworkFile{}; }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->promoter_rate = -1.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->detractor_rate = infinity; }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->passive_rate = -1.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->negativity = -1.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->talks_after_churn = Days(-1.0); }).size() == 1);
  CHECK(broken([](auto& p) { p.word_of_mouth->remembered = Days(0.0); }) ==
        Lines{error_at("word_of_mouth.remembered: remembered is 0, but must be more than 0")});
  CHECK(broken([](auto& p) { p.word_of_mouth->mixing[0].weight = -1.0; }) ==
        Lines{error_at("word_of_mouth.mixing[0].weight: weight is -1, but must be 0 or more")});
  CHECK(broken([](auto& p) { p.word_of_mouth->mixing.push_back(p.word_of_mouth->mixing[0]); }).size() == 1);
  CHECK(broken([](auto& p) { p.reviews->probability = 1.1; }).size() == 1);
  CHECK(broken([](auto& p) { p.reviews->extremity = -1.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.reviews->weight = infinity; }).size() == 1);
}

TEST_CASE("check: surveys and rules", "[model][check]") {
  CHECK(broken([](auto& p) { p.surveys[0].after.clear(); }) ==
        Lines{error_at("survey.after-bill: nothing sets off the survey")});
  CHECK(broken([](auto& p) { p.surveys[0].sample = 1.1; }) ==
        Lines{error_at("survey.after-bill.sample: sample is 1.1, but must be between 0 and 1")});
  CHECK(broken([](auto& p) {
          p.surveys[0].after.clear();
          p.surveys[0].every = Days(0.0);
        }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].every = Days(90.0); }) ==
        Lines{error_at("survey.after-bill.every: both every and visits set off the survey")});
  CHECK(broken([](auto& p) {
          p.surveys[0].after.clear();
          p.surveys[0].every = Days(90.0);
          p.surveys[0].asks = Question::csat;
          p.plans[1].rules.clear();
          p.rules.clear();
        }) == Lines{error_at("survey.after-bill.asks: csat asks about a visit, but the survey is asked at intervals")});
  CHECK(broken([](auto& p) { p.surveys[0].annoyance = 1.5; }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].cost = -1.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].base = not_a_number; }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].extremity = 200.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].fatigue = -1.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].fatigue_half_life = Days(0.0); }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].noise = -1.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].closed_loop->below = 11.0; }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].closed_loop->within = Days(-1.0); }).size() == 1);
  CHECK(broken([](auto& p) { p.surveys[0].closed_loop->to = example::lost; }) ==
        Lines{error_at("survey.after-bill.closed_loop.to: \"lost\" is an end")});
  CHECK(broken([](auto& p) { p.surveys[0].after.push_back(TouchpointId(8)); }) ==
        Lines{error_at("survey.after-bill.after[1]: names touchpoint number 9, but there are 8")});
  CHECK(broken([](auto& p) { p.rules[0].below.reset(); }) == Lines{error_at("rule.alarm.when: neither below nor above")});
  CHECK(broken([](auto& p) { p.rules[0].windows = 0; }) ==
        Lines{error_at("rule.alarm.when.windows: windows is 0, but must be 1 or more")});
  CHECK(broken([](auto& p) { p.rules[0].windows = 99'999; }).size() == 1);  // more than there are
  CHECK(broken([](auto& p) { p.rules[0].above = infinity; }).size() == 1);
  CHECK(broken([](auto& p) { p.rules[0].metric.clear(); }) ==
        Lines{error_at("rule.alarm.when.metric: the rule watches no metric")});
  CHECK(broken([](auto& p) { p.rules[0].metric = "csat"; }) ==
        Lines{error_at("rule.alarm.when.metric: survey \"after-bill\" asks nps, not csat")});
  CHECK(broken([](auto& p) { p.rules[0].metric = "retained"; }) ==
        Lines{error_at("rule.alarm.when.metric: no survey measures \"retained\"")});
  CHECK(broken([](auto& p) {
          p.rules[0].metric = "gap";
          p.rules[0].survey = {};
        }) == Lines{error_at("rule.alarm.when.metric: \"gap\" is a survey's")});
  CHECK(broken([](auto& p) {
          p.rules[0].team = TeamId(0);
          p.rules[0].touchpoint = TouchpointId(0);
        }) == Lines{error_at("rule.alarm.when: a touchpoint and a team")});
  CHECK(broken([](auto& p) { p.rules[0].switch_off = p.rules[0].switch_on; }).front() ==
        error_at("rule.alarm.switch_off: the rule switches one improvement on and off at once"));
  // What a rule cannot do.
  CHECK(broken([](auto& p) { p.rules[0].below = -100.0; }) ==
        Lines{warning_at("rule.alarm.when.below: the rule never comes into force: \"nps\" is between -100 and 100, and the "
                         "level is -100")});
  CHECK(
      broken([](auto& p) { p.rules[0].below = 101.0; }) ==
      Lines{warning_at("rule.alarm.when.below: the rule is in force all the time: \"nps\" is between -100 and 100, and the "
                       "level is 101")});
  CHECK(
      broken([](auto& p) { p.rules[0].off_above = 5.0; }) ==
      Lines{warning_at("rule.alarm.off_when: off_when contradicts when: a figure may keep to both, and the rule flickers")});
  CHECK(broken([](auto& p) { p.rules[0].off_above = 15.0; }) == Lines{});
  CHECK(broken([](auto& p) { p.plans[1].rules.clear(); }) == Lines{warning_at("rule.alarm: no plan goes by this rule")});
  CHECK(broken([](auto& p) { p.plans[2].rules = {RuleId(0)}; }) ==
        Lines{warning_at("rule.alarm.switch_on: \"training\" is on anyway in plan \"bold\"")});
  CHECK(broken([](auto& p) { p.rules[0].switch_off = example::plain_bill; }) == Lines{});
  CHECK(broken([](auto& p) {
          p.rules[0].survey = {};
          p.rules[0].min_answers = 5;
        }) == Lines{warning_at("rule.alarm.when.min_answers: min_answers changes nothing: no survey is named")});
  CHECK(broken([](auto& p) { p.plans[1].rules.push_back(RuleId(0)); }) ==
        Lines{error_at("plan.careful.rules[1]: \"alarm\" is named twice")});
  CHECK(broken([](auto& p) { p.surveys[0].closed_loop->below = 0.0; }) ==
        Lines{warning_at("survey.after-bill.closed_loop.below: no answer is low: the scale begins at 0")});
  CHECK(broken([](auto& p) { p.surveys[0].closed_loop->within = Days(1e5); }) ==
        Lines{warning_at("survey.after-bill.closed_loop.within: nobody is led away: that is beyond the horizon")});
  CHECK(broken([](auto& p) { p.surveys[0].closed_loop->to = example::bill; }) ==
        Lines{warning_at("survey.after-bill.closed_loop.to: nobody is led away: who is asked is there already")});
}

TEST_CASE("check: accounts", "[model][check]") {
  const auto segment = [](const std::function<void(AccountSegment&)>& break_it) {
    return broken([&](auto& p) { break_it(p.account_segments[0]); });
  };
  CHECK(segment([](auto& s) { s.share = 0.9; }) ==
        Lines{error_at("account_segment.enterprise.share: shares of the account segments sum to 0.9, but must sum to 1")});
  CHECK(segment([](auto& s) { s.share = 1.1; }).size() == 1);
  CHECK(segment([](auto& s) { s.roles[0].second = Fixed{-8.0}; }) ==
        Lines{error_at("account_segment.enterprise.roles.young: number of \"young\" is -8, but must be 0 or more")});
  CHECK(segment([](auto& s) { s.roles.push_back(s.roles[0]); }) ==
        Lines{error_at("account_segment.enterprise.roles: \"young\" is named twice")});
  CHECK(segment([](auto& s) {
          s.roles.clear();
          s.gates.clear();
        }) == Lines{error_at("account_segment.enterprise.roles: the segment has no roles")});
  CHECK(segment([](auto& s) { s.roles.pop_back(); }) ==
        Lines{error_at("account_segment.enterprise.gates[0].weights.family: \"family\" is no role of the segment"),
              warning_at("persona.family: nobody is of this persona: no account has it as a role")});
  CHECK(segment([](auto& s) { s.gates[0].weights.clear(); }) ==
        Lines{error_at("account_segment.enterprise.gates[0].weights: no role has a weight above 0")});
  CHECK(segment([](auto& s) { s.gates[0].weights[0].second = -1.0; }).size() == 1);
  CHECK(segment([](auto& s) { s.gates[0].rule = GateRule::veto; }) ==
        Lines{error_at("account_segment.enterprise.gates[0].rule.veto: nobody has the veto")});
  // Where an account may have nobody of those who are asked, all are.
  const auto veto = [&](const Distribution& first, const Distribution& second) {
    return segment([&](auto& s) {
      s.roles[0].second = first;
      s.roles[1].second = second;
      s.gates[0].rule = GateRule::veto;
      s.gates[0].weights.clear();
      s.gates[0].veto = {s.roles[0].first, s.roles[1].first};
    });
  };
  CHECK(
      veto(Uniform{0.0, 2.0}, Fixed{0.0}) ==
      Lines{warning_at("account_segment.enterprise.gates[0].rule: an account of \"enterprise\" may have no \"young\" and no "
                       "\"family\": then all its members are asked, and each has the veto")});
  CHECK(veto(Uniform{0.5, 2.0}, Fixed{0.0}).empty());
  CHECK(veto(Uniform{0.0, 2.0}, Fixed{1.0}).empty());
  CHECK(segment([](auto& s) {
          for (auto& role : s.roles) role.second = Uniform{0.0, 5.0};
        }) ==
        Lines{warning_at("account_segment.enterprise.gates[0].weights: an account of \"enterprise\" may have no \"young\" "
                         "and no \"family\": then all its members are asked, and count alike")});
  CHECK(segment([](auto& s) { s.gates.push_back(s.gates[0]); }).size() == 1);
  CHECK(segment([](auto& s) { s.gates[0].touchpoint = example::churned; }) ==
        Lines{error_at("account_segment.enterprise.gates[0].touchpoint: \"churned\" is an end, where nobody decides")});
  CHECK(segment([](auto& s) { s.roles[0].second = Fixed{2000.0}; }).front().find("but only 1000 are simulated") !=
        std::string::npos);
  CHECK(segment([](auto& s) {
          for (auto& role : s.roles) role.second = Fixed{0.4};
        }) == Lines{error_at("account_segment.enterprise.roles: the segment's accounts have nobody in them")});
  CHECK(broken([](auto& p) { p.account_correlation = 1.5; }) ==
        Lines{error_at("accounts.correlation: correlation is 1.5, but must be between 0 and 1")});
  CHECK(broken([](auto& p) {
          p.account_segments[0].roles = {{example::young, Fixed{3.0}}};
          p.account_segments[0].gates.clear();
        }) == Lines{warning_at("persona.family: nobody is of this persona: no account has it as a role")});
}

TEST_CASE("check: touchpoints that nobody can reach", "[model][check]") {
  const std::string support = "touchpoint.support: nobody can reach this touchpoint";
  CHECK(broken([](auto& p) {
          at(p, example::bill).next[1].probability = 0.0;
          p.surveys.clear();
          p.rules.clear();
          p.plans[1].rules.clear();
        }) == Lines{warning_at(support)});
  // A change that opens the way makes it reachable.
  CHECK(broken([](auto& p) {
          at(p, example::bill).next[1].probability = 0.0;
          p.surveys.clear();
          p.rules.clear();
          p.plans[1].rules.clear();
          change(p, example::plain_bill).effects.push_back({Parameter::probability, Operation::add, 0.1});
        }) == Lines{});
  // So does a survey that sends people there.
  CHECK(broken([](auto& p) { at(p, example::bill).next[1].probability = 0.0; }) == Lines{});
  CHECK(broken([](auto& p) {
          for (Persona& persona : p.personas) persona.starts = {{example::shop, 1.0}};
        }) == Lines{warning_at("touchpoint.ad: nobody can reach this touchpoint")});
  CHECK(broken([](auto& p) {
          for (Persona& persona : p.personas) persona.starts = {{example::shop, 1.0}, {example::ad, 0.0}};
        }) == Lines{warning_at("touchpoint.ad: nobody can reach this touchpoint")});
}

TEST_CASE("check: what is entered and never left", "[model][check]") {
  CHECK(
      broken([](auto& p) {
        at(p, example::support).next[1].to = example::use;
        at(p, example::bill).next[0].to = example::use;
        at(p, example::use).next[1].to = example::bill;
      }) ==
      Lines{warning_at("touchpoint.churned: nobody can reach this touchpoint"),
            warning_at("touchpoint.use.next: whoever gets to \"use\", \"bill\" and \"support\" stays among them for ever")});
  CHECK(broken([](auto& p) { at(p, example::support).next = {example::by_odds(example::support, 1.0)}; }) ==
        Lines{warning_at("touchpoint.support.next: whoever gets to \"support\" never leaves it")});
  CHECK(broken([](auto& p) { at(p, example::support).next = {example::by_odds(example::use, 0.0)}; }) ==
        Lines{warning_at("touchpoint.support.next: whoever gets to \"support\" never leaves it")});
}

TEST_CASE("check: ends whose label cannot be right", "[model][check]") {
  const std::string churned =
      "touchpoint.churned.end: \"churned\" can be reached before any purchase; whoever never bought counts as lost";
  CHECK(broken([](auto& p) {
          p.surveys.clear();
          p.rules.clear();
          p.plans[1].rules.clear();
          at(p, example::buy).stage = Stage::selection;
        }).front() == warning_at("persona.young: its people never pass a touchpoint of stage \"purchase\": they count as "
                                 "prospects for ever, at \"use\" too"));
  CHECK(broken([](auto& p) { at(p, example::shop).next.push_back(example::by_odds(example::churned, 0.1)); }) ==
        Lines{warning_at(churned)});
  CHECK(broken([](auto& p) { at(p, example::churned).end = End::lost; }) ==
        Lines{warning_at(
            "touchpoint.churned.end: \"lost\" is reached only after a purchase; whoever bought counts as churned")});
  // Reached both ways, `lost` may be right.
  CHECK(broken([](auto& p) {
          at(p, example::use).next.push_back(example::by_odds(example::lost, 0.1, Exponential{5.0}));
        }) == Lines{});
}

TEST_CASE("check: changes that can never act", "[model][check]") {
  const auto training = [](const std::function<void(Improvement&)>& break_it) {
    return broken([&](auto& p) { break_it(p.improvements[1]); });
  };
  const auto effect = [&](TouchpointId touchpoint, Effect idle) {
    return training([=](auto& i) {
      i.change.target = {};
      i.change.target.touchpoints = {touchpoint};
      i.change.effects = {idle};
    });
  };
  CHECK(training([](auto& i) { i.change.target.stages = {Stage::advocacy}; }) ==
        Lines{warning_at("improvement.training.target: never acts: no touchpoint and persona meet its target")});
  CHECK(
      training([](auto& i) { i.change.start = Days(730.0); }) ==
      Lines{warning_at("improvement.training.start: never acts: it starts on day 730, but the simulation ends on day 730")});
  CHECK(training([](auto& i) { i.change.effects.clear(); }) ==
        Lines{warning_at("improvement.training: never acts: it has neither an effect nor a cost")});
  CHECK(training([](auto& i) {
          i.change.effects.clear();
          i.price.once = 5.0;
        }) == Lines{});
  CHECK(broken([](auto& p) { p.events[0].effects.clear(); }) ==
        Lines{warning_at("event.outage: never acts: it has no effect")});
  CHECK(broken([](auto& p) {
          for (Persona& persona : p.personas) persona.starts = {{example::shop, 1.0}};
          change(p, example::training).target.touchpoints = {example::ad};
          change(p, example::training).target.teams = {};
        }).back() == warning_at("improvement.training.target: never acts: nobody reaches its target"));

  const std::string path = "improvement.training.effect.";
  const auto idle_effect = [&](Parameter parameter, Operation operation = Operation::add) {
    return [=](TouchpointId touchpoint) { return effect(touchpoint, {parameter, operation, 0.1}); };
  };
  CHECK(idle_effect(Parameter::quality)(example::lost) ==
        Lines{warning_at(
            path + "quality: never acts: its target has only ends, where nothing is experienced and no time is spent")});
  CHECK(idle_effect(Parameter::revenue)(example::lost) == Lines{});
  CHECK(idle_effect(Parameter::carry)(example::lost) ==
        Lines{warning_at(path + "carry: never acts: its target is handed over to by no other team")});
  CHECK(idle_effect(Parameter::personalisation)(example::ad) ==
        Lines{warning_at(path + "personalisation: never acts: its target has no content to personalise")});
  CHECK(idle_effect(Parameter::personalisation)(example::bill) == Lines{});
  CHECK(idle_effect(Parameter::promise)(example::bill) ==
        Lines{warning_at(path + "promise: never acts: its target makes no promise that could be shifted")});
  CHECK(idle_effect(Parameter::promise, Operation::set)(example::bill) == Lines{});
  CHECK(idle_effect(Parameter::promise)(example::ad) == Lines{});
  CHECK(idle_effect(Parameter::servers)(example::ad) ==
        Lines{warning_at(path + "servers: never acts: its target has no servers")});
  CHECK(idle_effect(Parameter::handle_time)(example::support) == Lines{});
  CHECK(idle_effect(Parameter::probability)(example::shop) ==
        Lines{warning_at(path + "probability: never acts: its target has no exit with a probability")});
  CHECK(idle_effect(Parameter::probability)(example::bill) == Lines{});
  CHECK(idle_effect(Parameter::odds)(example::lost) ==
        Lines{warning_at(path + "odds: never acts: its target has no exit with odds")});
  CHECK(idle_effect(Parameter::odds)(example::use) == Lines{});
  CHECK(broken([](auto& p) {
          at(p, example::buy).next[0].after = Fixed{0.0};
          change(p, example::training).target = {};
          change(p, example::training).target.touchpoints = {example::buy};
          change(p, example::training).effects = {{Parameter::delay, Operation::multiply, 0.5}};
        }) == Lines{warning_at(path + "delay: never acts: its target has no exit that takes time")});
  // Nothing is multiplied, or is set to what it is, unless something else changes it first.
  const auto as_it_was = [&](Parameter parameter, Effect changes, bool another_adds) {
    return broken([&](auto& p) {
      Touchpoint& bill = at(p, example::bill);
      bill.effort = bill.cost = bill.revenue = bill.revenue_per_month = bill.cost_per_month = 0.0;
      bill.quality_mean = 0.25;
      change(p, example::plain_bill).effects = {{Parameter::quality_sd, Operation::add, 0.1}};
      change(p, example::training).target = {};
      change(p, example::training).target.touchpoints = {example::bill};
      change(p, example::training).effects = {changes};
      if (another_adds) {
        Change event;
        event.id = "another";
        event.target.touchpoints = {example::bill};
        event.effects = {{parameter, Operation::add, 0.1}};
        p.events.push_back(event);
      }
    });
  };
  for (const Parameter parameter :
       {Parameter::effort, Parameter::cost, Parameter::revenue, Parameter::cost_per_month, Parameter::revenue_per_month}) {
    const std::string what(name(parameter));
    INFO(what);
    const Lines told{
        warning_at(path + what + ": never acts: " + what + " is 0 at its target, which stays 0 however it is multiplied")};
    CHECK(as_it_was(parameter, {parameter, Operation::multiply, 0.8}, false) == told);
    CHECK(as_it_was(parameter, {parameter, Operation::multiply, 0.8}, true) == Lines{});
    CHECK(as_it_was(parameter, {parameter, Operation::add, 0.1}, false) == Lines{});
    CHECK(as_it_was(parameter, {parameter, Operation::set, 0.2}, false) == Lines{});
  }
  CHECK(as_it_was(Parameter::quality, {Parameter::quality, Operation::set, 0.25}, false) ==
        Lines{warning_at(path + "quality: never acts: quality is 0.25 there already")});
  CHECK(as_it_was(Parameter::quality, {Parameter::quality, Operation::set, 0.25}, true) == Lines{});
  CHECK(as_it_was(Parameter::quality, {Parameter::quality, Operation::set, 0.3}, false) == Lines{});
  // Narrowed to an exit that has no odds.
  CHECK(training([](auto& i) {
          i.change.target = {};
          i.change.target.touchpoints = {example::bill};
          i.change.target.exit_to = {example::churned};
          i.change.effects = {{Parameter::odds, Operation::multiply, 0.5}};
        }) == Lines{warning_at(path + "odds: never acts: its target has no exit with odds")});
}

TEST_CASE("check: quality beyond clipping", "[model][check]") {
  CHECK(broken([](auto& p) { at(p, example::shop).quality_mean = 0.94; }) == Lines{});
  CHECK(broken([](auto& p) { at(p, example::shop).quality_mean = 0.97; }) ==
        Lines{warning_at(
            "touchpoint.shop.quality: quality of \"shop\" with mean 0.97 and sd 0.15 is clipped to [0, 1] at 42 % of "
            "visits")});
  CHECK(broken([](auto& p) {
          p.events[0].effects = {{Parameter::quality, Operation::add, -0.5}};
        }) ==
        Lines{warning_at(
            "event.outage.effect.quality: quality of \"ad\" with mean 0 and sd 0.15 is clipped to [0, 1] at 50 % of "
            "visits, and 3 touchpoints more")});
  // Each alone stays within, the two together do not; one after the other they never meet.
  const auto together = [](double end_of_first) {
    return broken([=](auto& p) {
      at(p, example::bill).quality_mean = 0.7;
      change(p, example::plain_bill).effects = {{Parameter::quality, Operation::add, 0.24}};
      change(p, example::training).effects = {{Parameter::quality, Operation::add, 0.24}};
      change(p, example::plain_bill).end = Days(end_of_first);
      change(p, example::training).target.touchpoints = {example::bill};
      change(p, example::training).start = Days(200.0);
      p.plans[1].rules.clear();  // which would switch the one on beside the other
      p.rules.clear();
    });
  };
  CHECK(together(700.0) ==
        Lines{warning_at("plan.bold: quality of \"bill\" with mean 0.988 and sd 0.15 is clipped to [0, 1] at 47 % "
                         "of visits")});
  CHECK(together(200.0) == Lines{});
}

TEST_CASE("check: every problem is found at once", "[model][check]") {
  CHECK(broken([](auto& p) {
          p.settings.horizon = Days(-1.0);
          p.personas[0].share = 2.0;
          at(p, example::ad).effort = 2.0;
          at(p, example::use).next[0].after = Lognormal{-1.0, -1.0};
          p.plans[1].improvements.clear();
          p.plans[1].rules.clear();
          p.rules.clear();
          p.improvements[0].price.once = -1.0;
        }) ==
        Lines{error_at("scenario.horizon: horizon is -1, but must be more than 0"),
              error_at("persona.young.share: share is 2, but must be between 0 and 1"),
              error_at("touchpoint.ad.effort: effort is 2, but must be between 0 and 1"),
              error_at("touchpoint.use.next[0].after.lognormal.median: median of delay is -1, but must be more than 0"),
              error_at("touchpoint.use.next[0].after.lognormal.sigma: sigma of delay is -1, but must be between 0 and 100"),
              error_at("improvement.plain-bill.cost.once: once is -1, but must be 0 or more"),
              error_at("plan.careful.improvements: the plan names no improvement")});
}

TEST_CASE("check: errors come with a hint where there is something to do", "[model][check]") {
  ModelParts parts = example::parts();
  at(parts, example::lost).end.reset();
  const std::vector<Finding> findings = check(parts);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].hint == "add next = [ ... ], or end = \"lost\" or \"churned\"");
}

TEST_CASE("check: nonsense everywhere is reported, not followed", "[model][check]") {
  const auto spoil = [](std::size_t index) {
    ModelParts parts = example::parts();
    const TouchpointId touchpoint(index);
    for (Touchpoint& each : parts.touchpoints) {
      each.channel = ChannelId(index);
      each.team = TeamId(index);
      for (Exit& exit : each.next) {
        exit.to = touchpoint;
        if (std::holds_alternative<TraitId>(exit.probability)) exit.probability = TraitId(index);
      }
    }
    for (Persona& persona : parts.personas) {
      persona.traits.clear();
      for (auto& start : persona.starts) start.first = touchpoint;
      for (auto& preference : persona.channels) preference.first = ChannelId(index);
      for (PersonaOdds& odds : persona.odds) odds.from = odds.to = touchpoint;
    }
    for (Improvement& improvement : parts.improvements) {
      improvement.change.target = {{touchpoint},       {ChannelId(index)}, {TeamId(index)}, {},
                                   {PersonaId(index)}, {touchpoint},       {PoolId(index)}, {OutsideId(index)}};
      for (Effect& effect : improvement.change.effects) effect.value = not_a_number;
      improvement.change.start = Days(not_a_number);
      improvement.levels = {not_a_number, not_a_number};
    }
    for (Effect& effect : parts.events[0].effects) effect.value = not_a_number;
    parts.plans[0].improvements = parts.plans[1].improvements = {ImprovementId(index), ImprovementId(index)};
    parts.handovers[0] = {TeamId(index), TeamId(index), not_a_number};
    parts.word_of_mouth->mixing[0] = {PersonaId(index), PersonaId(index), not_a_number};
    parts.surveys[0].after = {touchpoint};
    parts.surveys[0].channels = {ChannelId(index)};
    parts.surveys[0].closed_loop->to = touchpoint;
    parts.rules[0].survey = SurveyId(index);
    parts.rules[0].switch_on = ImprovementId(index);
    parts.account_segments[0].roles[0].first = PersonaId(index);
    parts.account_segments[0].gates[0].veto = {PersonaId(index)};
    parts.settings.horizon = Days(not_a_number);
    return check(parts).size();
  };
  CHECK(spoil(100) > 50);
  CHECK(spoil(7) > 30);  // a touchpoint, and nothing else
  CHECK(spoil(0xffffffffu) > 10);
  ModelParts parts = example::parts();
  parts.plans.clear();
  parts.traits.clear();
  parts.teams.clear();
  parts.channels.clear();
  parts.improvements.clear();
  CHECK(check(parts).size() > 20);
}

TEST_CASE("check: one customer for several callers is told, with the number that is exact", "[model]") {
  const auto told = [](double market, std::uint64_t customers, PeopleNumber number = PeopleNumber::fixed) {
    return broken([&](auto& p) {
      p.settings.arrivals = number;
      p.settings.customers = customers;
      p.settings.market = market;
      for (Survey& survey : p.surveys) survey.closed_loop.reset();  // whose line has a warning of its own
      Touchpoint& served = p.touchpoints.front();
      served.servers = 3.0;
      served.handle_time = Exponential{0.01};
      for (Touchpoint& touchpoint : p.touchpoints) {
        for (Exit& exit : touchpoint.next) exit.after = Exponential{1.0};  // calls that do not fall together
      }
    });
  };
  const auto warnings = [&](double market, std::uint64_t customers) { return told(market, customers).size(); };
  CHECK(warnings(40'000.0, 10'000) == warnings(10'000.0, 10'000) + 1);
  // Where the number of people varies so does that of few, by more than that of many.
  const auto varies = [&](std::uint64_t customers, PeopleNumber number) {
    const Lines lines = told(40'000.0, customers, number);
    return std::any_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.find("waits come out too long") != line.npos; });
  };
  CHECK(varies(500, PeopleNumber::poisson));
  CHECK_FALSE(varies(500, PeopleNumber::fixed));
  CHECK_FALSE(varies(2'000, PeopleNumber::poisson));
  CHECK(warnings(5'000.0, 10'000) == warnings(10'000.0, 10'000));
}
