// Touchpoints and the exits between them: the journey graph, as the scenario describes it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/id.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/model/stage.hpp"

namespace sojourn {

/// A way to meet the customer. `controlled` is false outside the organisation (peers, press, reviews).
struct Channel {
  std::string id;
  std::string name;
  bool online = false;
  bool controlled = true;
};

/// A figure that decides, and what one unit of it counts, in the direction in which it is better.
struct GoalWeight {
  std::string figure;   // one of `goal_figures`; of a team also one of `team_figures`
  double weight = 1.0;  // > 0
};
/// A figure by its name in results, and what it is, for the reference page.
struct GoalFigure {
  std::string_view name, meaning;
};
/// The figures that a goal may name. More is better in all of them.
inline constexpr std::array goal_figures{
    GoalFigure{"npv", "net present value; 1 counts money as money"},
    GoalFigure{"retained", "share of all who arrived that are still customers, 0 to 1"},
    GoalFigure{"retention", "share of all who bought or arrived as customers that are still customers, 0 to 1"},
    GoalFigure{"nps", "net promoter score, a point of -100 to 100"},
    GoalFigure{"clv", "lifetime value per person who arrived"},
};
/// The figures that a team's goal may name besides: of visits to the team's own touchpoints, as results have them by
/// touchpoint (`touch_metrics`), and, the last, conversion of the whole market.
inline constexpr std::array team_figures{
    GoalFigure{"visits", "visits per person who arrived"},
    GoalFigure{"quality", "mean quality, 0 to 1"},
    GoalFigure{"satisfaction", "mean appraisal of a visit, 0 to 1"},
    GoalFigure{"effort", "mean effort of a visit, 0 to 1: less is better"},
    GoalFigure{"repeats", "visits at which context was lost, per person who arrived: less is better"},
    GoalFigure{"wait_days", "mean wait in days: less is better"},
    GoalFigure{"gave_up", "share of visits that ended in giving up: less is better"},
    GoalFigure{"revenue_per_person", "revenue per person who arrived"},
    GoalFigure{"cost_per_person", "cost to serve per person who arrived: less is better"},
    GoalFigure{"solved_true", "share of visits that solved the customer's problem"},
    GoalFigure{"conversion", "share of all who arrived that ever bought"},
};

/// Who runs touchpoints: a silo.
struct Team {
  std::string id;
  std::string name;
  std::vector<GoalWeight> goal = {};  // what the team itself is measured by; empty: nothing of its own
};

/// How many serve: (days since Monday 0:00, servers from then on), ascending, over a week that repeats; the first entry is
/// of 0. A single entry is as many all the time. Servers are >= 0; fractions may be written.
using Staff = std::vector<std::pair<double, double>>;

/// Servers, shared by all touchpoints that name the pool.
struct Pool {
  std::string id;
  std::string name;
  Staff servers{{0.0, 1.0}};
  double cost_per_hour = 0.0;  // of one server on duty, 0 .. 1e12
};

/// The chance, in [0,1], that context survives from a touchpoint of one team to one of another.
struct Handover {
  TeamId from, to;
  double carry = 1.0;
};

/// A move that the company believes its customers make, and the share of those at `from` who make it: [0,1]. Nothing that is
/// simulated follows it. There need be no such exit.
struct AssumedMove {
  TouchpointId from, to;
  double share = 0.0;
};

/// How an exit's odds bend (MODEL.md section 2, Choice): slopes of the logit on the customer's satisfaction, expectation,
/// social proof heard and effort, on whether the visit solved the problem (1 or 0), on the price (see `price_of`), per unit
/// of money, and on what customers could have elsewhere. Each -100 .. 100.
struct Slopes {
  double satisfaction = 0.0, expectation = 0.0, heard = 0.0, effort = 0.0, solved = 0.0, price = 0.0, outside = 0.0;
  bool operator==(const Slopes&) const = default;
};
/// A slope on something about the customer: its key, and where the model and the engine have it. Those on the price and on
/// what is outside, the same for everybody of a persona at a time, become part of the odds.
struct StateSlope {
  std::string_view key;
  double Slopes::*slope;
  float behaviour::ByState::*state;
};
inline constexpr std::array state_slopes{
    StateSlope{"satisfaction", &Slopes::satisfaction, &behaviour::ByState::satisfaction},
    StateSlope{"expectation", &Slopes::expectation, &behaviour::ByState::expectation},
    StateSlope{"heard", &Slopes::heard, &behaviour::ByState::heard},
    StateSlope{"effort", &Slopes::effort, &behaviour::ByState::effort},
    StateSlope{"solved", &Slopes::solved, &behaviour::ByState::solved},
};

/// An ordinary exit takes part in the choice; the others interrupt it.
enum class Trigger { none, heard, gave_up, turned_away };

/// A probability that may be left out: none, a constant in [0,1], or a trait of the customer (clipped to [0,1]).
using Chance = std::variant<std::monostate, double, TraitId>;
/// A share of a choice that is taken before the odds.
using ExitProbability = Chance;

/// A time that a customer carries: visits to `starts_at` start it, again and again; until then it stands still.
struct Clock {
  std::string id;
  std::string name;
  std::vector<TouchpointId> starts_at;
};
/// The clock that every customer has from the first purchase on, the first of ModelParts::clocks.
inline constexpr ClockId tenure_clock{0};
inline constexpr const char* tenure_id = "tenure";

/// A number >= 0 that a customer carries: visits and exits that add to it when their destination is reached.
struct Counter {
  std::string id;
  std::string name;
  std::vector<TouchpointId> touchpoints;
  std::vector<std::pair<TouchpointId, TouchpointId>> exits;  // all exits from the one to the other
  bool adds_revenue = false;                                 // of the visit, instead of 1; without exits
  std::optional<Days> half_life;                             // > 0; none: it does not fade
  Distribution initial = Fixed{0.0};                         // at arrival, >= 0
  std::optional<TraitId> initial_trait;                      // instead
  std::vector<double> tiers;  // rising, each > 0, at most 3: who ever held so much is a member of that tier; of one counter
};

/// What must be true of a counter.
enum class Relation { at_least, above, at_most, below, equal };
struct CounterTest {
  CounterId counter;
  Relation relation = Relation::at_least;
  double value = 0.0;
  bool operator==(const CounterTest&) const = default;
};

/// Who may take an exit: all of this must hold after the visit.
struct OnlyIf {
  std::vector<CounterTest> counters;
  std::optional<bool> bought;
  TeamId team;                 // the last one met; may name nothing
  std::optional<bool> solved;  // whether this visit solved the problem
  [[nodiscard]] bool any() const { return !counters.empty() || bought || team.valid() || solved; }
  bool operator==(const OnlyIf&) const = default;
};

/// A trait that is the time unit of a law or, with `rate`, its inverse: a number of days, or per day.
struct ScaleTrait {
  TraitId trait;
  bool rate = false;
  bool operator==(const ScaleTrait&) const = default;
};

/// An edge of the journey graph.
struct Exit {
  TouchpointId to;
  std::optional<double> odds;  // 0 .. 1e9; in a race a hazard multiplier, default 1
  ExitProbability probability;
  Trigger on = Trigger::none;
  Distribution after = Fixed{0.0};  // days; with `scale` in units of what that says
  std::optional<ScaleTrait> scale;
  std::optional<TraitId> times;  // multiplies the odds, clipped to 0 .. 1e9
  ClockId clock;                 // in a race: `after` is the law of this clock's time; may name nothing
  std::optional<Days> every;     // in a race: at anniversaries of `clock`, instead of `after`
  OnlyIf only_if;
  std::vector<std::pair<CounterId, double>> counters;  // odds times (1 + count)^slope, slopes -100 .. 100
  Slopes slopes;
  std::vector<std::pair<OutsideId, double>>
      rivals;  // odds times exp(slope (attraction of this one - 1/2)), slopes -100 .. 100
  /// Whether what is outside moves its odds.
  [[nodiscard]] bool bends_outside() const { return slopes.outside != 0.0 || !rivals.empty(); }
};

/// The law of an exit as it is from the visit on: `every` as a fixed time.
[[nodiscard]] inline Distribution law_of(const Exit& exit) {
  return exit.every ? Distribution(Fixed{exit.every->value()}) : exit.after;
}

/// The traits that decide about an exit: its probability, the scale of its law, what its odds are multiplied by.
[[nodiscard]] std::vector<TraitId> traits_of(const Exit& exit);

/// How the exits of a touchpoint decide: multinomial logit, or competing risks.
enum class ExitRule { choice, race };
/// Where a life ends, or counts as ended while it stays.
enum class End { lost, churned };

/// A variant of content: what it says, as weights over themes, non-negative.
struct Content {
  std::vector<std::pair<std::string, double>> theme;
};

/// An amount of money that is drawn at each visit; with a trait, in units of its value for the customer.
struct DrawnAmount {
  Distribution law = Fixed{1.0};
  std::optional<TraitId> trait;
};
/// No amount is larger.
inline constexpr double largest_money = 1e12;

/// One encounter between customer and company. Defaults: scenarios/README.md; money is in currency per visit or per month,
/// within -1e12 .. 1e12.
struct Touchpoint {
  std::string id;
  std::string name;
  Stage stage = Stage::awareness;
  ChannelId channel;              // may name nothing
  TeamId team;                    // may name nothing
  double quality_mean = 0.5;      // [0,1]
  double quality_sd = 0.15;       // 0 .. 100
  double effort = 0.0;            // [0,1]
  double weight = 1.0;            // of the visit in memory, 0 .. 1e6
  std::optional<double> promise;  // [0,1]
  double cost = 0.0, revenue = 0.0, revenue_per_month = 0.0, cost_per_month = 0.0;
  std::optional<DrawnAmount> drawn_cost, drawn_revenue;  // instead of cost and revenue, which are 0 then
  std::optional<double> price;                           // instead of revenue: earned at a visit, 0 .. 1e12
  ExitRule exits = ExitRule::choice;
  std::optional<double> servers;            // > 0, a pool of its own
  std::vector<PoolId> pools;                // instead of servers: who serves here, in order of preference
  std::optional<Distribution> handle_time;  // days, with servers or pools; its mean is finite and > 0
  std::optional<Distribution> patience;     // days; without one the trait is the mean of an exponential
  Days answer_within{20.0 / 86400.0};       // the service level counts who is served so soon, >= 0
  std::optional<std::uint64_t> room;        // who comes when so many wait here is turned away
  std::int32_t priority = 0;                // -100 .. 100, added to the persona's; lower is served first
  std::vector<Content> content;
  double personalisation = 0.0;  // [0,1]
  bool reads_reviews = false;
  Chance solves;                 // the problem, at each visit that is served; none: no problem is brought here
  std::optional<End> end;        // a terminal touchpoint: it has no exits
  std::optional<End> counts_as;  // churned, at a touchpoint that is no end
  std::vector<Exit> next;

  /// Whether a visit earns or costs something by itself.
  [[nodiscard]] bool earns() const { return revenue != 0.0 || drawn_revenue || price.value_or(0.0) != 0.0; }
  [[nodiscard]] bool costs() const { return cost != 0.0 || drawn_cost; }
  /// Whether visits may solve the problem that brought the customer.
  [[nodiscard]] bool solves_problems() const { return solves != Chance() && !end; }
  /// Whether visits show content.
  [[nodiscard]] bool shows_content() const { return !content.empty() && !end; }
  /// Whether visits wait for servers.
  [[nodiscard]] bool queues() const { return servers.has_value() || !pools.empty(); }
};

/// What customers could have instead of the company: a rival. Points (day >= 0, attraction in [0,1]), at least one,
/// days rising, straight between them, constant before the first and after the last.
struct Outside {
  std::string id;
  std::string name;
  std::vector<std::pair<double, double>> attraction{{0.0, 0.5}};
};

}  // namespace sojourn
