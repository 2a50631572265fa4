// A small model that uses every mechanism and gives no finding: the tests of the model break it one way at a time.
#pragma once

#include <string>
#include <string_view>

#include "sojourn/model/model.hpp"

namespace sojourn::example {

// Positions in `parts()`.
inline constexpr TouchpointId ad{0}, shop{1}, buy{2}, use{3}, bill{4}, support{5}, lost{6}, churned{7};
inline constexpr PersonaId young{0}, family{1};
inline constexpr ChannelId web{0}, mail{1};
inline constexpr TeamId sales{0}, care{1};
inline constexpr TraitId restless{builtin_trait_count};
inline constexpr ImprovementId plain_bill{0}, training{1};

inline Exit by_odds(TouchpointId to, double odds, Distribution after = Fixed{1.0}) {
  Exit exit;
  exit.to = to;
  exit.odds = odds;
  exit.after = after;
  return exit;
}

inline Exit by_probability(TouchpointId to, ExitProbability probability, Distribution after = Fixed{1.0}) {
  Exit exit;
  exit.to = to;
  exit.probability = probability;
  exit.after = after;
  return exit;
}

inline Touchpoint touchpoint(std::string id, Stage stage, ChannelId channel, TeamId team, std::vector<Exit> next) {
  Touchpoint made;
  made.id = std::move(id);
  made.stage = stage;
  made.channel = channel;
  made.team = team;
  made.next = std::move(next);
  return made;
}

inline Persona persona(std::string id, double share, const std::vector<Trait>& traits) {
  Persona made;
  made.id = std::move(id);
  made.share = share;
  made.starts = {{ad, 0.75}, {shop, 0.25}};
  made.arrives = Uniform{0.0, 30.0};
  for (const Trait& trait : traits) made.traits.emplace_back(Fixed{trait.standard});
  return made;
}

inline ModelParts parts() {
  ModelParts made;
  made.settings.title = "Example";
  made.settings.horizon = Days(730.0);
  made.settings.customers = 1000;
  made.traits.push_back({"restless", 0.0, 1.0, 0.02});
  made.channels = {{"web", "Web", true, true}, {"mail", "Mail", false, true}};
  made.teams = {{"sales", "Sales"}, {"care", "Care"}};
  made.handovers = {{sales, care, 0.4}};

  made.personas = {persona("young", 0.6, made.traits), persona("family", 0.4, made.traits)};
  made.personas[0].traits[0] = Beta{6.0, 4.0};
  made.personas[0].needs = {{"price", 0.3}, {"speed", 0.7}};
  made.personas[0].channels = {{web, 2.0}};
  made.personas[0].odds = {{ad, shop, 1.4}};

  Touchpoint at_ad =
      touchpoint("ad", Stage::awareness, web, sales, {by_odds(shop, 2.0), by_odds(lost, 1.0, Lognormal{3.0, 0.8})});
  at_ad.promise = 0.8;
  Exit heard = by_probability(shop, 0.1);
  heard.on = Trigger::heard;
  at_ad.next.push_back(heard);
  Touchpoint at_shop = touchpoint("shop", Stage::selection, web, sales, {by_odds(buy, 3.0), by_odds(lost, 1.0)});
  at_shop.next[0].slopes.expectation = 1.0;
  at_shop.next[0].slopes.heard = 0.5;
  at_shop.reads_reviews = true;
  Touchpoint at_buy = touchpoint("buy", Stage::purchase, web, sales, {by_odds(use, 1.0)});
  Touchpoint at_use = touchpoint("use", Stage::retention, web, care,
                                 {by_odds(bill, 1.0, Exponential{30.0}), by_odds(churned, 0.1, Weibull{300.0, 1.5})});
  at_use.exits = ExitRule::race;
  Touchpoint at_bill = touchpoint("bill", Stage::retention, mail, care,
                                  {by_probability(churned, restless), by_probability(support, 0.1), by_odds(use, 1.0)});
  at_bill.content = {{{{"price", 1.0}}}, {{{"speed", 1.0}}}};
  at_bill.personalisation = 0.2;
  at_bill.effort = 0.2;
  Touchpoint at_support = touchpoint("support", Stage::retention, mail, care, {by_odds(use, 1.0, Loglogistic{2.0, 3.0})});
  at_support.servers = 3.0;
  at_support.handle_time = Exponential{0.01};
  at_support.solves = 0.5;
  Exit gave_up;
  gave_up.to = churned;
  gave_up.on = Trigger::gave_up;
  at_support.next.push_back(gave_up);
  Touchpoint at_lost = touchpoint("lost", Stage::selection, {}, {}, {});
  at_lost.end = End::lost;
  Touchpoint at_churned = touchpoint("churned", Stage::retention, {}, {}, {});
  at_churned.end = End::churned;
  made.touchpoints = {at_ad, at_shop, at_buy, at_use, at_bill, at_support, at_lost, at_churned};

  Improvement plain;
  plain.change.id = "plain-bill";
  plain.change.target.touchpoints = {bill};
  plain.change.effects = {{Parameter::quality, Operation::add, 0.15}, {Parameter::effort, Operation::multiply, 0.6}};
  plain.change.start = Days(30.0);
  plain.change.end = Days(700.0);
  plain.change.ramp = {RampShape::linear, Days(90.0)};
  plain.price = {250000.0, 8000.0, 0.02};
  plain.levels = {0.5, 1.0};
  Improvement trained;
  trained.change.id = "training";
  trained.change.target.teams = {care};
  trained.change.effects = {{Parameter::quality, Operation::add, 0.1}, {Parameter::carry, Operation::set, 0.9}};
  made.improvements = {plain, trained};
  Change outage;
  outage.id = "outage";
  outage.target.channels = {web};
  outage.effects = {{Parameter::quality, Operation::multiply, 0.5}};
  outage.start = Days(100.0);
  outage.end = Days(103.0);
  made.events = {outage};
  made.plans.push_back({"careful", "Careful", {plain_bill}});
  made.plans.push_back({"bold", "Bold", {plain_bill, training}});

  made.word_of_mouth = WordOfMouth{};
  made.word_of_mouth->network = SmallWorld{12.0, 0.1};
  made.word_of_mouth->promoter_rate = 0.02;
  made.word_of_mouth->mixing = {{young, family, 0.3}};
  made.reviews = Reviews{0.02, 2.0, 1.0};
  Survey survey;
  survey.id = "after-bill";
  survey.after = {bill};
  survey.closed_loop = ClosedLoop{7.0, support, Days(0.5)};
  made.surveys = {survey};
  Rule rule;
  rule.id = "alarm";
  rule.metric = "nps";
  rule.survey = SurveyId(0);
  rule.below = 10.0;
  rule.switch_on = training;
  made.rules = {rule};
  made.plans[1].rules = {RuleId(0)};
  AccountSegment segment;
  segment.id = "enterprise";
  segment.share = 1.0;
  segment.roles = {{young, Fixed{8.0}}, {family, Uniform{1.0, 3.0}}};
  segment.gates = {{buy, GateRule::weighted, {{young, 1.0}, {family, 5.0}}, {}}};
  made.account_segments = {segment};
  return made;
}

}  // namespace sojourn::example
