#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "sim/map/journey_map_layout.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "tests/catch.hpp"

namespace {

using namespace sojourn;

constexpr std::size_t ad = 0, shop = 1, buy = 2, use = 3, help = 4, lost = 5, churned = 6, unreached = 7;

Exit exit_by_odds(std::size_t to, double odds, Distribution after = Fixed{0.5}) {
  Exit exit;
  exit.to = TouchpointId(to);
  exit.odds = odds;
  exit.after = after;
  return exit;
}

Exit exit_by_chance(std::size_t to, ExitProbability probability, Distribution after = Fixed{0.5}) {
  Exit exit;
  exit.to = TouchpointId(to);
  exit.probability = probability;
  exit.after = after;
  return exit;
}

Touchpoint touchpoint(std::string id, Stage stage, std::vector<Exit> next) {
  Touchpoint result;
  result.id = std::move(id);
  result.stage = stage;
  result.next = std::move(next);
  return result;
}

/// A small journey with one of everything that a map shows.
ModelParts small_journey() {
  ModelParts parts;
  parts.settings.title = "A small journey";
  parts.settings.question = "What is drawn?";
  parts.settings.horizon = Days(365.0);
  parts.settings.customers = 100;
  parts.traits.push_back({"restless", 0.0, 1.0, 0.0});
  for (const double share : {0.25, 0.75}) {
    Persona persona;
    persona.id = share < 0.5 ? "few" : "many";
    persona.name = persona.id;
    persona.share = share;
    persona.starts = share < 0.5
                         ? std::vector<std::pair<TouchpointId, double>>{{TouchpointId(ad), 1.0}}
                         : std::vector<std::pair<TouchpointId, double>>{{TouchpointId(ad), 0.2}, {TouchpointId(shop), 0.8}};
    for (const Trait& trait : parts.traits) persona.traits.emplace_back(Fixed{trait.standard});
    persona.traits.back() = Beta{1.0, share < 0.5 ? 1.0 : 9.0};  // means 0.5 and 0.1
    parts.personas.push_back(persona);
  }
  parts.channels = {{"web", "Web", true, true}, {"store", "Store", false, true}, {"friends", "Friends", false, false}};
  parts.teams = {{"sales", "Sales"}, {"care", "Care"}, {"idle", "Idle"}};
  parts.touchpoints = {
      touchpoint("ad", Stage::awareness, {exit_by_odds(shop, 3.0, Lognormal{14.0, 1.0}), exit_by_odds(lost, 1.0)}),
      touchpoint("shop", Stage::consideration,
                 {exit_by_chance(buy, 0.2, Fixed{4.0 / 24.0}), exit_by_chance(lost, TraitId(builtin_trait_count)),
                  exit_by_odds(ad, 1.0, Fixed{0.0}), exit_by_odds(shop, 3.0, Fixed{days_per_month})}),
      touchpoint("buy", Stage::purchase, {exit_by_odds(use, 1.0)}),
      touchpoint("use", Stage::retention,
                 {exit_by_odds(help, 1.0, Exponential{10.0}), exit_by_odds(churned, 3.0, Exponential{10.0}),
                  exit_by_odds(buy, 0.0, Exponential{10.0})}),
      touchpoint("help", Stage::retention, {exit_by_chance(use, 0.6), exit_by_chance(churned, 0.1)}),
      touchpoint("lost", Stage::consideration, {}),
      touchpoint("churned", Stage::retention, {}),
      touchpoint("unreached", Stage::retention, {}),
  };
  std::vector<Touchpoint>& t = parts.touchpoints;
  t[ad].channel = ChannelId(2);
  t[shop].channel = ChannelId(1);
  t[shop].team = TeamId(0);
  t[buy].channel = ChannelId(0);
  t[buy].team = TeamId(0);
  t[buy].weight = 2.5;
  t[use].exits = ExitRule::race;
  t[help].team = TeamId(1);
  t[help].quality_mean = 0.42;
  t[lost].end = End::lost;
  t[churned].end = End::churned;
  t[unreached].end = End::churned;
  return parts;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

/// True when every tag of `text` is closed by its own end, in order, and every < and & belongs to markup.
bool well_formed(const std::string& text) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '&') {
      const std::size_t end = text.find(';', at);
      if (end == std::string::npos || end - at > 6) return false;
    }
    if (text[at] != '<') continue;
    std::size_t end = at;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) {
      if (text[end] == '"') quoted = !quoted;
      if (end > at && text[end] == '<') return false;
    }
    if (end == text.size()) return false;
    const std::string tag = text.substr(at + 1, end - at - 1);
    at = end;
    if (tag.front() == '?' || tag.front() == '!' || tag.back() == '/') continue;
    if (tag.front() == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else {
      open.push_back(tag.substr(0, tag.find_first_of(" \n")));
    }
  }
  return open.empty();
}

}  // namespace

TEST_CASE("map: the main path is the way of most people to the purchase and to where customers live", "[map]") {
  // 0 sees, 1 calls and hangs up, 2 buys, 3 lives here, 4 asks for help, 5 is gone.
  journey_map::MapContent map;
  const auto add = [&](Stage stage, double starts = 0.0, std::optional<End> end = {}) {
    journey_map::MapTouchpoint touchpoint;
    touchpoint.stage = stage;
    touchpoint.starts = starts;
    touchpoint.end = end;
    map.touchpoints.push_back(touchpoint);
  };
  add(Stage::awareness, 0.9);
  add(Stage::selection, 0.1);
  add(Stage::purchase);
  add(Stage::retention);
  add(Stage::retention);
  add(Stage::retention, 0.0, End::churned);
  std::vector<double> taken;
  const auto exit = [&](std::size_t from, std::size_t to, double people) {
    journey_map::MapExit one;
    one.to = to;
    map.touchpoints[from].exits.push_back(map.exits.size());
    map.exits.push_back(one);
    taken.push_back(people);
  };
  exit(0, 1, 60.0);
  exit(0, 2, 40.0);
  exit(1, 5, 55.0);
  exit(1, 2, 5.0);
  exit(2, 4, 30.0);
  exit(2, 3, 15.0);
  exit(4, 3, 28.0);
  exit(3, 4, 90.0);
  exit(3, 5, 20.0);
  const std::vector<double> visits{90.0, 70.0, 45.0, 150.0, 120.0, 75.0};
  // Most leave the start for the call, which leads most to the end; most who buy go there straight. Most then ask for help.
  CHECK(main_path(map, taken, visits) == std::vector<std::size_t>{0, 2, 4, 3});
  // Its twin: where more come to buy through the call than straight, the path goes through it.
  taken[3] = 50.0;
  taken[1] = 10.0;
  CHECK(main_path(map, taken, visits) == std::vector<std::size_t>{0, 1, 2, 4, 3});
  // Nobody gets anywhere.
  CHECK(main_path(map, std::vector<double>(taken.size(), 0.0), visits) == std::vector<std::size_t>{0});
}

TEST_CASE("neutral exits: probabilities first, the remainder by odds") {
  const Model model(small_journey());
  SECTION("odds alone") {
    const NeutralExits exits = neutral_exits(model.parts(), TouchpointId(ad));
    CHECK(exits.shares[0] == Approx(0.75));
    CHECK(exits.shares[1] == Approx(0.25));
    CHECK(exits.stays == 0.0);
  }
  SECTION("a constant, a trait's mean over all people, odds") {
    const NeutralExits exits = neutral_exits(model.parts(), TouchpointId(shop));
    CHECK(exits.shares[0] == Approx(0.2));
    CHECK(exits.shares[1] == Approx(0.25 * 0.5 + 0.75 * 0.1));
    CHECK(exits.shares[2] == Approx(0.6 / 4.0));
    CHECK(exits.shares[3] == Approx(3.0 * 0.6 / 4.0));
  }
  SECTION("without odds the remainder stays") {
    CHECK(neutral_exits(model.parts(), TouchpointId(help)).stays == Approx(0.3));
  }
  SECTION("a race of exponential delays is won by hazard; odds of zero never win") {
    const NeutralExits exits = neutral_exits(model.parts(), TouchpointId(use));
    CHECK(exits.shares[0] == Approx(0.25).margin(1e-9));
    CHECK(exits.shares[1] == Approx(0.75).margin(1e-9));
    CHECK(exits.shares[2] == 0.0);
    // The earliest of exponential clocks comes at the same time whoever wins.
    CHECK(exits.days[0] == Approx(exits.days[1]).epsilon(0.002));
  }
  SECTION("an end has no exits") {
    CHECK(neutral_exits(model.parts(), TouchpointId(lost)).shares.empty());
    CHECK(neutral_exits(model.parts(), TouchpointId(lost)).stays == 1.0);
  }
  SECTION("the shares of every touchpoint sum to one, and the printed ones to 100 % within rounding") {
    const journey_map::MapContent map = journey_map::content(model);
    for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
      const NeutralExits exits = neutral_exits(model.parts(), TouchpointId(v));
      double sum = exits.stays;
      double printed = std::round(100.0 * exits.stays);
      for (const double share : exits.shares) sum += share;
      for (const std::size_t e : map.touchpoints[v].exits) {
        const std::string text = journey_map::short_share(map.exits[e]);
        const std::size_t digits = text.find_first_of("0123456789");
        printed += std::stod(text.substr(digits));
      }
      CHECK(sum == Approx(1.0));
      CHECK(printed == Approx(100.0).margin(0.5 * static_cast<double>(exits.shares.size()) + 0.5));
    }
  }
}

TEST_CASE("neutral exits: in a race of equals the first in the file wins, and an exact race is exact") {
  ModelParts parts = small_journey();
  parts.touchpoints[use].next = {exit_by_odds(help, 1.0, Fixed{3.0}), exit_by_odds(churned, 1.0, Fixed{3.0})};
  CHECK(neutral_exits(parts, TouchpointId(use)).shares == std::vector<double>{1.0, 0.0});
  // P(uniform on [0, 4] < fixed 1) = 1/4.
  parts.touchpoints[use].next = {exit_by_odds(help, 1.0, Uniform{0.0, 4.0}), exit_by_odds(churned, 1.0, Fixed{1.0})};
  const NeutralExits exits = neutral_exits(parts, TouchpointId(use));
  CHECK(exits.shares[0] == Approx(0.25).margin(1e-9));
  CHECK(exits.days[0] == Approx(0.5).epsilon(0.01));  // of those before 1
  CHECK(exits.days[1] == 1.0);
}

TEST_CASE("labels are short and in the units that people use") {
  using namespace journey_map;
  CHECK(share_text(0.45) == "45 %");
  CHECK(share_text(1.0) == "100 %");
  CHECK(share_text(0.0325) == "3.2 %");
  CHECK(share_text(0.03) == "3 %");
  CHECK(share_text(0.0998) == "10 %");
  CHECK(share_text(0.0004) == "<0.1 %");
  CHECK(share_text(0.0) == "0 %");
  CHECK(duration_text(0.0).empty());
  CHECK(duration_text(10.0 / 1440.0) == "10 min");
  CHECK(duration_text(4.0 / 24.0) == "4 h");
  CHECK(duration_text(1.0) == "1 d");
  CHECK(duration_text(2.0) == "2 d");
  CHECK(duration_text(21.0) == "3 wk");
  CHECK(duration_text(30.0) == "1 mo");
  CHECK(duration_text(45.0) == "1.5 mo");
  CHECK(duration_text(18.0 * days_per_month) == "18 mo");
  CHECK(duration_text(365.0) == "1 yr");
  CHECK(duration_text(730.5) == "2 yr");
  CHECK(number_text(2.0) == "2");
  CHECK(number_text(2.5) == "2.5");
  const MapContent map = content(Model(small_journey()));
  CHECK(label(map.exits[map.touchpoints[ad].exits[0]]) == "75 % · 2 wk");
  CHECK(label(map.exits[map.touchpoints[shop].exits[1]]) == "restless 20 % · 12 h");
  CHECK(label(map.exits[map.touchpoints[shop].exits[2]]) == "15 %");
  CHECK(contains(label(map.exits[map.touchpoints[use].exits[1]]), "race 7"));
  CHECK(map.touchpoints[ad].starts == Approx(0.4));
  CHECK(map.touchpoints[help].weak);
  CHECK_FALSE(map.touchpoints[use].weak);
  CHECK(map.teams == std::vector<std::string>{"Sales", "Care"});
}

TEST_CASE("wrapping loses no words, keeps to its width and cuts between characters") {
  using namespace journey_map;
  CHECK(wrap("", 100.0, 3, 10.0) == std::vector<std::string>{""});
  const std::string text = "the quick brown fox jumps over the lazy dog";
  std::string joined;
  for (const std::string& line : wrap(text, 80.0, 20, 10.0)) {
    CHECK(text_width(line, 10.0) <= 80.0);
    joined += (joined.empty() ? "" : " ") + line;
  }
  CHECK(joined == text);
  const std::vector<std::string> cut = wrap(text, 80.0, 2, 10.0);
  REQUIRE(cut.size() == 2);
  CHECK(contains(cut.back(), "…"));
  for (const std::string& line : wrap(std::string(40, 'w') + "éééééééééééééééééé", 50.0, 3, 10.0)) {
    CHECK(shown(line) == line);
    CHECK(text_width(line, 10.0) <= 50.0);
  }
}

TEST_CASE("columns keep the order of the stages and are all used") {
  const journey_map::MapContent map = journey_map::content(Model(small_journey()));
  const std::vector<char> placed(map.touchpoints.size(), 1);
  const std::vector<std::size_t> column = journey_map::columns(map, placed);
  std::vector<int> used(map.touchpoints.size(), 0);
  for (std::size_t v = 0; v < column.size(); ++v) {
    ++used.at(column[v]);
    for (std::size_t w = 0; w < column.size(); ++w) {
      if (map.touchpoints[v].stage < map.touchpoints[w].stage) CHECK(column[v] < column[w]);
    }
  }
  bool ended = false;
  for (const int n : used) {
    ended |= n == 0;
    CHECK_FALSE((ended && n > 0));
  }
}

TEST_CASE("the map in DOT has every touchpoint, exit, start and team") {
  const Model model(small_journey());
  const std::string dot = journey_dot(model);
  std::size_t exits = 0;
  for (const Touchpoint& t : model.parts().touchpoints) {
    CHECK(contains(dot, "    \"" + t.id + "\" [label="));
    for (const Exit& exit : t.next) {
      CHECK(contains(dot, "  \"" + t.id + "\" -> \"" + model.parts().touchpoints[exit.to.index()].id + "\" [label="));
      ++exits;
    }
  }
  CHECK(count(dot, "-> ") == exits + 2 + 3);  // with two starts and three unseen links between four stages
  CHECK(contains(dot, "40 % start"));
  CHECK(contains(dot, "cluster_awareness"));
  CHECK_FALSE(contains(dot, "cluster_advocacy"));
  CHECK(contains(dot, "weak quality 0.42"));
  CHECK(contains(dot, "★ ×2.5 weight"));
  CHECK(contains(dot, "shape=octagon"));
  CHECK(contains(dot, "shape=ellipse"));
  CHECK(contains(dot, "\"Sales\""));
  CHECK_FALSE(contains(dot, "\"Idle\""));
}

TEST_CASE("the map marks what a plan changes of amounts that are drawn, by their means") {
  const auto changes_of = [](DrawnAmount amount) {
    ModelParts parts = small_journey();
    parts.touchpoints[buy].drawn_revenue = std::move(amount);
    Improvement dearer;
    dearer.change.id = "dearer";
    dearer.change.effects = {{Parameter::revenue, Operation::multiply, 1.1}};
    dearer.change.target.touchpoints = {TouchpointId(buy)};
    parts.improvements = {dearer};
    Plan plan = parts.plans.front();
    plan.id = "plan";
    plan.improvements = {ImprovementId(0)};
    parts.plans.push_back(plan);
    JourneyView view;
    view.plan = PlanId(parts.plans.size() - 1);
    return journey_map::content(Model(parts), view).touchpoints[buy].changes;
  };
  CHECK(changes_of({Gamma{2.0, 40.0}, {}}) == std::vector<std::string>{"revenue 40.00 → 44.00"});
  // In units of a trait with means 0.5 and 0.1 of a quarter and three quarters of the people.
  CHECK(changes_of({Gamma{2.0, 40.0}, TraitId(builtin_trait_count)}) == std::vector<std::string>{"revenue 8.00 → 8.80"});
}

namespace {

/// The small journey as the map shows it under a plan that makes these changes.
journey_map::MapContent under_a_plan(ModelParts parts, const std::vector<Change>& changes) {
  Plan plan = parts.plans.front();
  plan.id = plan.name = "plan";
  for (const Change& change : changes) {
    plan.improvements.emplace_back(parts.improvements.size());
    Improvement improvement;
    improvement.change = change;
    improvement.change.id = "change-" + std::to_string(parts.improvements.size());
    parts.improvements.push_back(improvement);
  }
  parts.plans.push_back(plan);
  JourneyView view;
  view.plan = PlanId(parts.plans.size() - 1);
  return journey_map::content(Model(parts), view);
}

Change change_of(std::size_t at, std::size_t exit_to, Effect effect) {
  Change change;
  change.target.touchpoints = {TouchpointId(at)};
  change.target.exit_to = {TouchpointId(exit_to)};
  change.effects = {effect};
  return change;
}

}  // namespace

TEST_CASE("the map under a plan has the shares and times of a race under that plan") {
  ModelParts parts = small_journey();
  parts.touchpoints[use].next[0].odds.reset();  // in a race as odds of 1
  const auto exits_of = [&](const std::vector<Change>& changes) {
    const journey_map::MapContent map = under_a_plan(parts, changes);
    std::vector<std::string> texts;
    for (const std::size_t e : map.touchpoints[use].exits)
      texts.push_back(journey_map::label(map.exits[e]) + (map.exits[e].changed ? " !" : ""));
    return texts;
  };
  // Exponential clocks: hazards of 1/10 and 3/10 a day, so 1/4 and 3/4, and whoever wins does so with the median log 2 /
  // 0.4.
  CHECK(exits_of({change_of(help, use, {Parameter::delay, Operation::multiply, 1.0})}) ==
        std::vector<std::string>{"race 25 % · 1.7 d", "race 75 % · 1.7 d", "race 0 % · 7 d"});
  // 4/10 and 3/10: 4/7, median log 2 / 0.7.
  CHECK(exits_of({change_of(use, help, {Parameter::odds, Operation::multiply, 4.0})}) ==
        std::vector<std::string>{"25 % → 57 % · 1.7 d → 1 d !", "75 % → 43 % · 1.7 d → 1 d !", "race 0 % · 7 d"});
  // A delay three times as long has a third of the hazard: 1/10 and 1/10, median log 2 / 0.2.
  CHECK(exits_of({change_of(use, churned, {Parameter::delay, Operation::multiply, 3.0})}) ==
        std::vector<std::string>{"25 % → 50 % · 1.7 d → 3.5 d !", "75 % → 50 % · 1.7 d → 3.5 d !", "race 0 % · 7 d"});
  // Nobody is let into a touchpoint that is closed; an exit that nobody takes any more has no new time.
  Change closed;
  closed.target.touchpoints = {TouchpointId(help)};
  closed.effects = {{Parameter::traffic, Operation::set, 0.0}};
  CHECK(exits_of({closed}) ==
        std::vector<std::string>{"25 % → 0 % · 1.7 d !", "75 % → 100 % · 1.7 d → 2.3 d !", "race 0 % · 7 d"});
}

TEST_CASE("the map under a plan shows chances above 1 in sum, those of traits, of messages and of staying") {
  ModelParts parts = small_journey();
  Exit moved = exit_by_chance(buy, 0.2);
  moved.on = Trigger::heard;
  parts.touchpoints[shop].next.push_back(moved);
  const auto text_of = [](const journey_map::MapContent& map, std::size_t at, std::size_t exit) {
    return map.exits[map.touchpoints[at].exits[exit]].share_text;
  };
  // 0.6 and 0.1 of which the plan makes 1 and 0.8: they share what there is, and nobody stays.
  const journey_map::MapContent full =
      under_a_plan(parts, {change_of(help, use, {Parameter::probability, Operation::set, 1.0}),
                           change_of(help, churned, {Parameter::probability, Operation::set, 0.8})});
  CHECK(text_of(full, help, 0) == "60 % → 56 %");
  CHECK(text_of(full, help, 1) == "10 % → 44 %");
  CHECK(full.touchpoints[help].changes == std::vector<std::string>{"stays 30 % → 0 %"});
  // A trait with mean 0.2; and the chance with which a message moves somebody.
  const journey_map::MapContent halved =
      under_a_plan(parts, {change_of(shop, lost, {Parameter::probability, Operation::multiply, 0.5}),
                           change_of(shop, buy, {Parameter::probability, Operation::set, 0.5})});
  CHECK(text_of(halved, shop, 1) == "20 % → 10 %");
  CHECK(text_of(halved, shop, 4) == "heard 20 % → 50 %");
}

TEST_CASE("the map as SVG shows what a strategist must see, and the same every time") {
  const Model model(small_journey());
  const std::string svg = journey_svg(model);
  CHECK(svg == journey_svg(Model(small_journey())));
  CHECK(well_formed(svg));
  for (const char* words : {">Awareness<",
                            ">Consideration<",
                            ">Purchase<",
                            ">Retention<",
                            ">ad<",
                            ">shop<",
                            ">buy<",
                            ">use<",
                            ">help<",
                            ">unreached<",
                            ">lost 25 % · 12 h<",
                            ">40 % start<",
                            ">weak 0.42<",
                            ">×2.5<",
                            ">stays 30 %<",
                            ">Sales<",
                            ">Care<",
                            ">A small journey<",
                            ">What is drawn?<",
                            "<title id=",
                            "<desc id=",
                            ">again 45 % · 1 mo<",
                            ">outside the organisation<"}) {
    INFO(words);
    CHECK(contains(svg, words));
  }
  CHECK_FALSE(contains(svg, ">Advocacy<"));
  // Drawn as lines: all exits but the self-loop and the four to ends.
  CHECK(count(svg, "class=\"head\"") == 7);
  for (const char* foreign : {"href", "url(", "<image", "script", "nan", "inf,", "%Gen"}) {
    INFO(foreign);
    CHECK_FALSE(contains(svg, foreign));
  }
  CHECK(count(svg, "<!--") == 1);  // the mark of files that Sojourn may replace
}

TEST_CASE("hostile names stay text in every form of the map") {
  const std::vector<std::string> names{"\"><script>alert(1)</script>",
                                       "back\\n slash\\",
                                       "line\nbreak & <b>bold</b>",
                                       "&amp; &#60; ]]>",
                                       "\xf0\x9f\x98\x80 \xe5\xae\xa2\xe6\x88\xb7 caf\xc3\xa9",
                                       std::string(300, 'x'),
                                       "\x01\xff",
                                       "\\N \\G \\l %s {} {0}"};
  ModelParts parts = small_journey();
  parts.settings.title = names[0];
  parts.settings.question = names[1] + names[2];
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) parts.touchpoints[v].name = names[v % names.size()];
  parts.channels[0].name = names[0];
  parts.channels[1].name = names[1];
  parts.teams[0].name = names[2];
  parts.teams[1].name = names[3];
  const Model model(parts);
  const std::string svg = journey_svg(model), html = journey_html(model), dot = journey_dot(model);
  CHECK(well_formed(svg));
  CHECK_FALSE(contains(svg, "<script"));
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(contains(html, "<b>"));
  CHECK(contains(svg, "&amp;amp; &amp;#60;"));
  CHECK(contains(dot, "\\\"><script>"));
  CHECK(contains(dot, "back\\\\n"));
  CHECK(contains(dot, "&amp;amp;"));
  CHECK(shown(svg) == svg);
}

TEST_CASE("the page stands alone") {
  const std::string html = journey_html(Model(small_journey()));
  CHECK(contains(html,
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\""));
  CHECK(contains(html, "<h1>A small journey</h1>"));
  CHECK(contains(html, "<p class=\"question\">What is drawn?</p>"));
  for (const char* column : {"Stage", "Touchpoint", "Channel", "Team", "Quality", "Effort", "Weight", "Starts", "Exits"}) {
    CHECK(contains(html, ">" + std::string(column) + "</th>"));
  }
  CHECK(count(html, "<svg ") == 1);
  CHECK(count(html, "<th scope=\"row\">") == 8);
  for (const char* foreign : {"src=", "href", "@import", "<script", "http://localhost"})
    CHECK_FALSE(contains(html, foreign));
}

TEST_CASE("a journey of two touchpoints and one of many are drawn too") {
  ModelParts parts = small_journey();
  parts.personas.resize(1);
  parts.personas[0].share = 1.0;
  parts.personas[0].starts = {{TouchpointId(0), 1.0}};
  parts.touchpoints = {touchpoint("only", Stage::retention, {exit_by_odds(1, 1.0)}),
                       touchpoint("end", Stage::retention, {})};
  parts.touchpoints[1].end = End::churned;
  parts.teams.clear();
  parts.channels.clear();
  CHECK(well_formed(journey_svg(Model(parts))));
  parts.touchpoints.clear();
  constexpr std::size_t many = 60;
  for (std::size_t v = 0; v < many; ++v) {
    parts.touchpoints.push_back(touchpoint("t" + std::to_string(v), static_cast<Stage>(v * 6 / many),
                                           {exit_by_odds((v * 7 + 3) % many, 1.0), exit_by_odds((v + 1) % many, 2.0)}));
  }
  const std::string svg = journey_svg(Model(parts));
  CHECK(well_formed(svg));
  CHECK(contains(svg, ">t59<"));
}

namespace {

/// A journey of `count` touchpoints over six stages, three exits each, some of them far and some backwards.
ModelParts large_journey(std::size_t count) {
  ModelParts parts = small_journey();
  parts.personas.resize(1);
  parts.personas[0].share = 1.0;
  parts.personas[0].starts = {{TouchpointId(0), 1.0}};
  parts.teams.clear();
  parts.channels.clear();
  parts.touchpoints.clear();
  for (std::size_t v = 0; v < count; ++v) {
    parts.touchpoints.push_back(touchpoint(
        "t" + std::to_string(v), static_cast<Stage>(v * 6 / count),
        {exit_by_odds((v + 1) % count, 3.0), exit_by_odds((v + 5) % count, 1.0), exit_by_odds((v * 7 + 2) % count, 1.0)}));
  }
  return parts;
}

}  // namespace

TEST_CASE("journeys with many exits between neighbours in a column are drawn") {
  // Graphviz 2.42 freed twice what it had moved for the label of an exit within a column: eight of these ended the program.
  for (const std::size_t many : {std::size_t{6}, std::size_t{20}, std::size_t{37}}) {
    for (std::size_t step = 1; step < 8; ++step) {
      ModelParts parts = large_journey(many);
      for (std::size_t v = 0; v < many; ++v) {
        Touchpoint& here = parts.touchpoints[v];
        here.stage = Stage::retention;
        here.next.push_back(exit_by_odds((v * step + 3) % many, 1.0, Fixed{1.0 + static_cast<double>(step)}));
      }
      INFO(many << " touchpoints, step " << step);
      CHECK(well_formed(journey_svg(Model(parts))));
    }
  }
}

TEST_CASE("a journey of 300 touchpoints is laid out without overlaps, every exit between its two boxes") {
  // With Graphviz, and with a search for columns, this took hours.
  constexpr std::size_t many = 300;
  const journey_map::MapContent map = journey_map::content(Model(large_journey(many)));
  const journey_map::Room room{true, 150, 10, 60, 20};
  const std::vector<journey_map::Room> rooms(many, room);
  std::vector<char> drawn(map.exits.size(), 1);
  drawn[5] = 0;
  const journey_map::Layout layout = journey_map::lay_out(map, rooms, drawn);
  std::size_t overlaps = 0, wrong_order = 0, loose = 0;
  for (std::size_t v = 0; v < many; ++v) {
    const journey_map::Point a = layout.centres[v];
    REQUIRE(a.x >= room.width / 2.0);
    REQUIRE(a.x <= layout.width - room.width / 2.0);
    REQUIRE(a.y >= 45.0);
    REQUIRE(a.y <= layout.height - 45.0);
    for (std::size_t w = 0; w < v; ++w) {
      const journey_map::Point b = layout.centres[w];
      if (std::abs(a.x - b.x) < room.width && std::abs(a.y - b.y) < 90.0) ++overlaps;
      if (map.touchpoints[w].stage < map.touchpoints[v].stage && b.x >= a.x) ++wrong_order;
    }
  }
  CHECK(overlaps == 0);
  CHECK(wrong_order == 0);
  for (std::size_t e = 0; e < map.exits.size(); ++e) {
    const journey_map::Curve& curve = layout.curves[e];
    if (e == 5) {
      CHECK(curve.points.empty());
      continue;
    }
    REQUIRE(curve.points.size() == 4);
    const auto at_box = [&](journey_map::Point p, std::size_t v) {
      return std::abs(std::abs(p.x - layout.centres[v].x) - 75.0) < 0.01 &&
             std::abs(p.y - (layout.centres[v].y - 5.0)) < 0.01;
    };
    loose += !at_box(curve.points.front(), map.exits[e].from) || !at_box(curve.tip, map.exits[e].to);
  }
  CHECK(loose == 0);
  const std::string svg = journey_svg(Model(large_journey(many)));
  CHECK(well_formed(svg));
  CHECK(contains(svg, ">t299<"));
}

TEST_CASE("a stage of many touchpoints fills its columns in the order of its exits") {
  ModelParts parts = large_journey(40);
  for (Touchpoint& touchpoint : parts.touchpoints) touchpoint.stage = Stage::retention;
  const journey_map::MapContent map = journey_map::content(Model(parts));
  const std::vector<std::size_t> column = journey_map::columns(map, std::vector<char>(40, 1));
  std::vector<std::size_t> members(7, 0);
  for (const std::size_t c : column) ++members.at(c);
  CHECK(members == std::vector<std::size_t>{6, 6, 6, 6, 6, 6, 4});
  CHECK(column[0] == 0);
  CHECK(column[1] == 0);  // the first exits of touchpoint 0
  CHECK(column[5] == 0);
}
