// Many customers side by side: what the vectorised loop reads and writes. Raw pointers and plain data only, because the loop
// is compiled once for each vector width, and nothing that the linker could share between those objects may be in it.
#pragma once

#include <cstdint>

#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/behaviour/word_of_mouth.hpp"
#include "sojourn/tally/paired_outcomes.hpp"
#include "sojourn/tally/shape.hpp"

namespace sojourn::lock_step {

/// Customers held in columns at a time, a multiple of 16. Measured alike from 64 to 128; 256 are slower.
inline constexpr int lane_count = 128;
/// Exits that the vectorised choice and race know. Touchpoints with more, and races between delays whose hazard takes more
/// than a formula, are decided one customer at a time.
inline constexpr int fast_exits = 8;
/// Traits that are probabilities of exits and have a column of their own; exits bound to others are chosen one customer at a
/// time.
inline constexpr int own_traits = 4;
/// As in sojourn/model/market.hpp.
inline constexpr int most_surveys = 32;
/// Packed stocks hold 16 bits: a person adds at most 1 to any, so they are emptied after this many.
inline constexpr std::uint32_t customers_per_flush = 16384;

/// Later than any horizon.
inline constexpr double never = 1e300;

/// Where a person stands, and how an advocate answers: the filter of the stocks.
struct Code {
  enum : std::int32_t { absent, prospect, lost, churned, promoter, passive, detractor, code_count };
};
/// Where a life with this code ends.
[[nodiscard]] SOJOURN_INLINE constexpr decltype(EndState::standing) end_standing(std::int32_t code) {
  return code >= Code::promoter ? EndState::customer : static_cast<decltype(EndState::standing)>(code);
}

/// What is true of a row.
struct RowFlag {
  enum : std::int32_t {
    purchase = 1,
    away = 2,
    one_by_one = 4,
    end = 16,
    competes = 32,
    trait_bound = 64,
    hazards_change = 128
  };
};

/// What couples the visits of a row with other customers.
struct Coupling {
  enum : std::int32_t { gate = 4, reads_reviews = 8, gate_of_all = 16 };  // the last with `gate`: of every account
};

/// A visit's parameters: groups of eight 32-bit columns, fetched eight lanes at a time.
struct alignas(32) Row {
  float quality, quality_sd, effort, weight, promise, promise_weight, rest, stay;
  float odds[4], satisfaction[4];
  float expectation[4], effort_slope[4];
  std::int32_t first_exit;
  std::int32_t facts;  // flags, and from bits 8, 16 and 24 on: ways to ends, the last exit possible, exits
  std::int32_t flow_kind;
  float constant_stay;   // `stay` again, for programs that need nothing of the first group
  float probability[4];  // where choices are constant: running sums of the shares instead
  std::int32_t team, carry, race_exits;
  std::int32_t coupling;      // see Coupling
  float solves;               // chance that the visit solves the problem
  std::int32_t solves_trait;  // 1: that is a trait of the customer instead
  std::int32_t surveys;       // whether some survey follows visits
  std::int32_t watched;       // whether a rule looks at visits here
  float more_odds[4], more_satisfaction[4];
  float more_expectation[4], more_effort_slope[4];
  float more_probability[4];
  std::int32_t own[4];  // which own trait is the probability of each of the first four exits, or -1
  float heard[4], more_heard[4];
};
inline constexpr int row_groups = 9;

/// The content of a row's touchpoint, as one persona sees it: how well it fits, and what that counts (TouchScore::matched
/// and on), by whether the best fit is shown (1) or the default (0).
struct ShownContent {
  float personalisation;  // the chance of the best fit
  float fit[2];
  std::int32_t scores[2][3];
  std::int32_t unused;
};
static_assert(sizeof(Row) == 32 * row_groups);

/// Families of delays that occur, as a set.
struct Family {
  enum : std::int32_t {
    constant = 0,
    uniform = 1,
    normal = 2,
    lognormal = 4,
    exponential = 8,
    weibull = 16,
    loglogistic = 32,
    // Of a person's quantities alone:
    one_by_one = 64,  // any that has no vectorised form
    beta = 128,
    gamma = 256,
    by_score = normal | lognormal | beta | gamma  // functions of a normal score
  };
};

/// A way from one touchpoint to another, for one persona: delay = (a e + b x) stretch, see base/inverse.hpp.
struct alignas(32) Exit {
  double a, b;
  float sigma;
  std::int32_t family;
  std::int32_t to;     // place (persona x touchpoints + touchpoint); negative where the touchpoint is an end: -1 - place
  std::int32_t taken;  // persona x exits + exit
};

/// A quantity of a person: its draws for each persona, and the limits of a trait.
struct Draw {
  double a, b;
  float sigma;
  std::int32_t family;
  const double* table;  // see quantiles::Table; where some persona's draws need one, never null
};
struct Quantity {
  const Draw* of;         // [persona]
  std::int32_t families;  // that occur, as a set
  std::int32_t index;     // of a trait; -1: of arrival
  double low, high;
};
/// Satisfaction, expectation, loss aversion and effort aversion; last, where people differ in it and talk, talkativeness.
inline constexpr int felt_traits = 4, drawn_traits = felt_traits + 1;

/// A first touchpoint, up to the running share.
struct Start {
  double share;
  std::int32_t touchpoint;
};

/// People before their first visit, in columns.
struct People {
  /// Those who arrive, the others are to be left out.
  alignas(64) std::int32_t chosen[lane_count];
  /// Random words: of the person, of luck, and of the first eight traits; what members of an account share of these.
  alignas(64) std::uint32_t words[4][4][lane_count], shared[2][4][lane_count], index[2][lane_count];
  alignas(64) std::uint32_t customer[lane_count], account[lane_count];
  alignas(64) std::int32_t persona[lane_count], start[lane_count];
  alignas(64) double arrival[lane_count], luck[lane_count];
  alignas(64) double since[lane_count];  // the arrival; of who arrives as a customer, the purchase
  alignas(64) float answering[lane_count], satisfaction[lane_count], expectation[lane_count], loss_aversion[lane_count],
      effort_aversion[lane_count], talkativeness[lane_count], own[own_traits][lane_count];
};

/// What is kept of a customer between visits: 48 bytes, of which the loop takes 32 at once. One or two lines of memory, and
/// no other is asked for by most visits.
struct Kept {
  double luck;
  /// The time of arrival; from the first purchase on, of that, also where it was before the arrival; once the tenure is
  /// counted, of the last churn.
  double since;
  float satisfaction, expectation, answering;
  std::uint16_t event;  // number of the next visit, modulo 65,536
  std::uint16_t exit;   // into Tables::passages: where the customer waits, and where that leads
  std::uint16_t persona;
  std::uint16_t standing;  // the Code; 8 times the last team met (from 1; 0: none yet); and `tenure_counted`
  /// See Hearers in engine/talk.hpp; `came_alone`: of who bought before hearing of the company. Only where customers talk.
  std::uint32_t introduced_by;
  double time;  // of the next visit, or `never`
};
static_assert(sizeof(Kept) == 48);
/// A flag of Kept::standing, and how many teams leave room for it.
inline constexpr std::uint32_t tenure_counted = 0x8000;
inline constexpr std::uint32_t most_teams = tenure_counted / 8 - 1;

/// What the race that a customer is in saw of its visit: enough to decide it anew where a rule changes its hazards.
struct Raced {
  double time;
  behaviour::ChoiceState state;
  std::int32_t event;  // of the visit
  bool bought;
  std::int32_t team;
};

/// Customers between visits, one a row, and a row or more for padding lanes. The columns of traits are null where they are
/// the same for all of a persona, or where nothing asks for them; so are those of word of mouth.
struct Store {
  std::uint8_t* due_in;  // see due_number; apart, because every window looks for those that are due in it
  Kept* kept;
  float *loss_aversion, *effort_aversion, *own[own_traits];
  float* heard;  // social proof
  float* talkativeness;
  Voice* voice;
  double* carried;  // [row x Tables::carried_width]; null where nothing is carried
  Raced* raced;     // null where no rule may change a race
};
/// In which window the next visit comes, as a number of eight bits: windows are numbered in turns of `not_due`
/// (Tables::due_in_turns), so that few of one number are not due; `not_due` itself is for who has no next visit.
inline constexpr std::uint8_t not_due = 255;
[[nodiscard]] SOJOURN_INLINE std::uint8_t due_number(std::int32_t window) {
  return static_cast<std::uint8_t>(static_cast<std::uint32_t>(window) % not_due);
}

/// Smaller than any introduction of the window at hand, so that none counts any more.
inline constexpr std::uint32_t came_alone = 0x7fffffffu;

/// A customer who came to a queue in the window at hand, and when service began there, in that window too.
struct Served {
  double start;
  std::uint32_t customer;
  float strain;  // of the wait (behaviour::strain)
};

/// A visit that begins at a queue.
struct Arrival {
  double time;
  std::uint32_t customer, event, persona, touchpoint;
};

/// What customers who act on one another find in the window at hand, and where what they do is told. Null pointers stand for
/// what the model does not have.
struct MarketView {
  float reviews;  // social proof that a prospect takes from reading reviews
  bool posting;   // customers post reviews
  float posting_probability, posting_extremity;
  std::uint64_t *reviews_posted, *stars_posted;
  const void* market;  // of type Market, for the call below: the persona of anybody, also of who is lived elsewhere
  std::uint32_t (*persona_of)(const MarketView& market, std::uint32_t customer);
  const void* accounts;  // of type Accounts, for the calls below
  bool (*at_gate)(const MarketView& market, std::uint32_t customer, std::int32_t touchpoint);
  const std::uint8_t* gates;  // [account segment x touchpoints + touchpoint]
  std::int32_t touchpoints;
  void* events;  // for the calls below
  void (*come_to_queues)(void* events, const Arrival* arrivals, int count);
  void (*held)(void* events, std::uint32_t customer, float effort, std::uint32_t touchpoint, bool solved);
  void (*standing_changes)(void* events, std::uint32_t customer, std::int32_t from, std::int32_t to);  // Codes
  void (*ended)(void* events, std::uint32_t customer);    // the journey of a member of an account is over
  void (*churned)(void* events, std::uint32_t customer);  // or visited once more as somebody who churned
};

/// Packed sums of a block in progress; emptied into a Tally. What every visit to a place counts alike, its effort and, where
/// neither discounting nor a change makes visits differ, its money, follows from the moves.
struct Packed {
  std::int64_t* touch;                     // [place][2]: quality, appraisal
  std::int64_t* extra_effort_and_repeats;  // [place][2]: effort beyond the place's, repeats
  std::int64_t* series;                    // [persona x windows + window][2]: satisfaction, expectation
  std::int64_t* paid;     // [paying place][piece][2]: visits, decay (see PaidScore); last, a place for those that do not pay
  std::int64_t* decays;   // [place][window]: decay alone (see Tables::discounts_paid)
  std::int16_t* codes;    // [persona x windows + window][8]: changes of the stocks
  std::uint32_t* moves;   // [persona x exits + exit][window]; one more for who does not move
  std::uint32_t* firsts;  // [place][window]: first visits, which no exit tells of
};

/// What a visit to a place counts whoever comes: in the first regime, where visits differ.
struct PlaceScores {
  std::int32_t quality, appraisal;  // 0 unless nothing is felt (see Tables::still)
  std::int32_t effort, unused;
};

/// Touchpoints that a passage leads from, -1 before a first visit, and to, with whether that is an end. There is one for
/// each exit, one for each touchpoint's first visits, and one for those who wait at each touchpoint for good, or until
/// somebody else makes them leave; that one leads nowhere.
struct Passage {
  std::int32_t from, to, ends;
  std::int32_t queues;  // visits there wait for servers
  std::int32_t hears;   // what customers heard bears on where they go from there
};

/// What a persona's passage means in one word: where it leads from, plus 1, where it leads to, whether that is an end, and
/// the kind of the flow of money at the place that it leads from. There are at most 65,535 passages (see CustomerStore), two
/// of each touchpoint among them.
[[nodiscard]] constexpr std::uint64_t packed_way(const Passage& by, std::int32_t flow_kind) {
  return static_cast<std::uint64_t>(by.from + 1) | static_cast<std::uint64_t>(by.to) << 15 |
         static_cast<std::uint64_t>(by.ends) << 30 | static_cast<std::uint64_t>(flow_kind) << 32;
}

/// What flows of money need of a piece of time (Program::pieces).
struct FlowPiece {
  double end, window_begin;
  std::int64_t days, discounted_days;
};

class Compiled;
struct Task;

/// One choice that is not vectorised. `words` are the visit's; `luck` is read and written, `delay` written.
struct Moment {
  const Task* task;
  std::uint32_t customer, event;
  std::int32_t touchpoint;
  double time;
  std::uint32_t words[4];
  behaviour::ChoiceState state;
  const double* carried;  // of Tables::carried_width numbers
  std::int32_t bought, team;
  bool changes_first;  // of a race: hazards change before any exit comes
  double luck;
  double delay;
};

/// Somebody whom a survey may ask, after a visit or while they stay; see Asked and Feeling.
struct Asking {
  std::uint32_t customer, event;
  std::int32_t persona, touchpoint, window;
  double time;
  float satisfaction, answering, appraisal, effort;
  bool referred;
  std::int32_t code;      // of who stays
  std::int32_t recovery;  // of a closed loop: the number of its exit, or -1
};

/// A way of a closed loop, which leads from a touchpoint that its exit knows.
struct RecoveryWay {
  double within;    // days
  std::int32_t to;  // touchpoint, which is no end
};

/// A survey that follows visits: its number, what it asks, as the enumerators of Question, and the points of its scale.
struct VisitSurvey {
  std::int32_t number, asks, first, last;
};

/// A visit that may pay what is drawn for it.
struct Payment {
  std::uint32_t customer, event;
  std::int32_t persona, amount_place;  // see Tables::amount_place_of; -1: nothing is drawn
  double time;
};

/// When an exit of a race comes, whatever changes there are: not before `soon` times the delay that it has without any; and
/// if it is the first without any, some exit has come by `late` times that delay, where `late` is not 0, and by `latest`.
/// Odds that change for a short time at a time have hardly more than their mean after a while, which bounds both more
/// closely: not before `soon_far` times the delay, where that is `far` days or more, and by `late_far` times it or by `far`.
struct Reach {
  float soon, late;
  float soon_far, late_far, far;
  float latest;      // days
  std::int32_t way;  // a Way
};
/// How the loop finds when an exit comes whose hazard changes: one of the laws that it walks by, or more directly.
struct Way {
  enum : std::int32_t { fixed, by_sums, uniform, exponential, weibull, periodic, count };
};

/// A HazardCourse, and how many parts of the guide to its stretches there are to the day.
struct Course {
  std::int32_t at, stretches;
  double least_age, parts;
};
inline constexpr std::int32_t course_terms = 12;

/// HazardCourses, and a guide to their stretches as Hazards::guide, by time.
struct Courses {
  const double* begins;
  const float* odds;
  const std::int32_t* until;
  const double* terms;
  const std::int32_t* guide;
  const Course* of;  // [hazard place x fast_exits + exit]; without stretches where there is none
};

/// How the hazards of races change in time: stretches of time, of few kinds, as RaceHazards::stretches has them.
struct Hazards {
  const std::int32_t* place_of;  // [place], of those where hazards change; null: they change nowhere
  std::int32_t places, kinds;    // at one place, at most
  const std::int32_t* kinds_at;  // [hazard place]; 0 where they are more than RaceHazards::rows tells apart
  bool unknown_kinds;            // that is so somewhere
  const std::int32_t* next;      // [regime x places + hazard place] the stretch that begins next
  /// Of each stretch, and its kind. After the last of a place comes one that begins at infinity.
  const double* begin;
  const std::int32_t* kind;
  /// [(hazard place x kinds + kind) x fast_exits + exit]: odds, and what delays are multiplied by.
  const float* odds;
  const double* stretch;
  const Reach* reach;         // of each of Tables::exits
  const std::int32_t* first;  // [hazard place]: its first stretch; last, the number of all
  /// RaceHazards::runs and the kind of each stretch, see `step_of`: of the exit of a hazard place at
  /// `steps_at`[hazard place x fast_exits + exit], less the place's first stretch; and the stretch from which on nothing
  /// changes for the exit.
  const std::int32_t *steps, *steps_at, *steady_from;
  std::uint32_t steady,
      by_mean;          // exits, as a set: that somewhere change no more before others do; whose Reach::far is used
  std::int32_t search;  // the least power of two that is not below the stretches of any place
  /// RaceHazards::sums: of the exit of a hazard place at `sums_at`[hazard place x fast_exits + exit], less the place's
  /// first stretch; `no_sums` where there are none. `rate`, as `odds`, is a share of `most_rate`.
  const double* sums;
  const std::int32_t* sums_at;
  /// The sums are cut into as many equal parts as there are stretches, `parts` to the unit: at the position of the part in
  /// `sums` the last stretch of the place, from 0 on, that begins in an earlier part (a guide table: Chen & Asau 1974).
  const std::int32_t* guide;
  const double* parts;  // as `most_rate`
  const double *rate, *most_rate;
  Courses courses;
};
/// By how many stretches the exit's hazard stays from one on, and the kind of that one, in one number.
constexpr std::int32_t step_of(std::int32_t run, std::int32_t kind) { return run << 4 | kind; }
constexpr std::int32_t run_of(std::int32_t step) { return step >> 4; }
constexpr std::int32_t kind_of(std::int32_t step) { return step & 15; }

/// The part of Hazards::guide, of so many, in which a sum of hazards lies.
SOJOURN_INLINE std::int32_t part_of(double sum, double parts, std::int32_t count) {
  const double part = sum * parts, last = static_cast<double>(count - 1);
  return static_cast<std::int32_t>(part < last ? part : last);
}
inline constexpr std::int32_t no_sums = -0x7fffffff;

/// Everything that a loop needs to know of a program; never changes while it runs.
struct Tables {
  const void* owner;  // for the calls below
  const Row* rows;
  const std::int32_t* paid_of;        // [place]: its beginning in Packed::paid, in pieces
  const std::int32_t* piece_of;       // [window]: what a regime's stretch of money is to be added to for the piece
  const std::int32_t* money_of;       // [regime]: Program::money_stretch
  const FlowPiece* flow_pieces;       // [piece]
  const std::int32_t* last_piece_of;  // [window]
  const std::int32_t* row_of;         // [state x places + place]
  const std::int32_t* state_of;       // [regime]: Program::state
  const Exit* exits;
  const double* stretch;                               // of each exit; null where none is stretched
  const float* carries;                                // null where context is never lost
  const float *loss_aversion_of, *effort_aversion_of;  // [persona], where a constant; else null
  const double* regime_begins;                         // of each regime; last, infinity
  const std::int32_t* regime_of_cell;                  // see Program::cell_of
  double cells_per_day;
  std::int32_t cells;
  std::int32_t regime_steps;  // that begin in one cell, at most
  Hazards hazards;
  const Passage* passages;  // [exits + touchpoints + touchpoints], see `Passage`
  std::int32_t passage_count;
  const std::uint64_t* ways;            // [persona x passages + passage], see packed_way
  const std::int32_t* flow_kind_of;     // [place + 1]; first: of nowhere
  const std::uint8_t* is_end;           // [touchpoint]
  const std::int32_t* amount_place_of;  // [place]: see AmountRules; null where nothing is drawn
  std::int32_t personas, touchpoints, places, exit_count, windows, regimes;
  std::int32_t due_in_turns;  // whether several windows have one due_number
  std::int32_t families;      // of all delays, as a set
  std::int32_t most_exits;
  std::int32_t own_count;      // traits with a column
  std::int32_t race_calls;     // of the random generator, for the races of most exits; 0: no races
  std::int32_t race_exits;     // of these
  std::int32_t race_families;  // of their delays, as a set
  bool constant_choice;        // no choice depends on a customer: running sums of shares are ready
  /// Nothing is felt: satisfaction and expectation never change, and quality, effort and appraisal are constants of a place,
  /// whose sums follow from its visits.
  bool still;
  const PlaceScores* place_scores;
  bool tame;                    // no exponent of a choice can leave [-60, 60]
  bool hears;                   // some slope on what is heard
  bool couples;                 // some row has a Coupling
  bool queues;                  // visits of some touchpoint wait for servers
  bool solving;                 // visits of some touchpoint may solve a problem
  const ShownContent* content;  // [row]; null where nothing is shown
  bool content_by_chance;       // somewhere chance decides what is shown
  bool slopes, probabilities, any_one_by_one, trait_bound, flows;
  bool counts_paid;            // visits that pay are counted one by one, because a change makes them differ
  bool discounts_paid;         // no change does, so that the moves count them; only what discounting takes off is summed
  bool small_discount;         // see Discount::small
  bool effort_varies;          // a place's effort or repeats from visit to visit
  std::int32_t carried_width;  // numbers that a customer carries, see Program::begin_carrying
  std::int32_t last_met;       // CarriedRules::last_met
  bool tiers;                  // a counter has tiers
  double expectation_drift;    // per day
  bool carries_rules;          // clocks, counters or anniversaries among them
  bool asks_at_intervals;      // surveys at intervals
  std::int32_t first_asked;    // place of the time of SurveyRules::asked_at among them
  std::int32_t visit_survey_count;
  VisitSurvey visit_surveys[most_surveys];
  const RecoveryWay* recoveries;  // [number of the exit - file_exits]; null: no survey has a closed loop
  std::int32_t file_exits;
  bool watches;  // some rule looks at visits to some touchpoints
  double horizon, window_width, windows_per_day, force_of_interest;
  behaviour::Appraisal appraisal;
  behaviour::Memory memory;
  float adapt, repeat_effort, fit_weight, recommend_base, recommend_sd;
  TallyShape shape;
  std::uint32_t visits_per_life;

  // People.
  const double* cumulative_share;  // [persona]
  const Start* starts;             // [persona][most_starts], the last one again where there are fewer
  std::int32_t most_starts;
  std::int32_t trait_words;  // bit k: some built-in trait of 4 k to 4 k + 3 is drawn
  Quantity arrives, drawn[drawn_traits];
  std::int32_t drawn_count;         // of these traits, those that are drawn
  float shared_weight, own_weight;  // see Population::trait_of_member; the first is 0 where members share nothing
  double (*draw_one)(const void* owner, std::int32_t persona, std::int32_t quantity, std::uint32_t word);
  float (*draw_own)(const Task& task, std::uint32_t customer, std::int32_t persona, std::int32_t own);
  const std::uint8_t* mixed;  // [persona] bit t: drawn trait t goes with other traits, see Population; null: nobody's does
  float (*draw_trait)(const Task& task, std::uint32_t customer, std::int32_t persona, std::int32_t which);
  /// The personas of `count` people from number `first` on, and the accounts that they are members of.
  void (*find_members)(const Task& task, std::uint32_t first, std::int32_t count, std::int32_t* persona,
                       std::uint32_t* account);
  const std::uint8_t* existing;  // [persona] 1 where its people arrive as customers; null: nowhere
  double (*draw_since)(const Task& task, std::uint32_t customer, std::int32_t persona, double arrival);

  /// CarriedRules::begin; and `reach` and `serve` of a visit to `touchpoint` by `exit`, its number in the file or -1.
  void (*carry_first)(const Task& task, std::uint32_t customer, std::int32_t persona, double arrival, double* carried);
  void (*carry_on)(const Task& task, const Payment& at, std::int32_t row, std::int32_t touchpoint, std::int32_t exit,
                   double* carried);
  /// CarriedRules::membership.
  Membership (*membership)(const Task& task, const double* carried);
  /// The chance that a visit by `row` solves the problem, where that is a trait of the customer.
  float (*solving_chance)(const Task& task, std::uint32_t customer, std::int32_t persona, std::int32_t row);
  /// Asks by the surveys that follow a visit, and counts; the satisfaction that it costs.
  /// Asking::recovery is where a low answer leads.
  float (*ask_after_visit)(const Task& task, Asking* at, double* carried);
  /// Counts a visit at which a rule looks.
  void (*watch_visit)(const Task& task, const Asking& at);
  /// Asks, at intervals, who stays until `until`, and counts; Asking::satisfaction and Asking::code become those after it,
  /// and Asking::recovery, where a low answer leads away, the way by which it does; Asking::time is when it was given.
  void (*ask_while_staying)(const Task& task, Asking* at, double until, double* carried);
  /// Draws the amounts of a visit and counts them, those of a referred customer once more.
  void (*pay_drawn)(const Task& task, const Payment& at, std::int32_t window, std::int32_t regime, bool referred);
  /// The position of the exit taken, or -1 to stay.
  std::int32_t (*choose)(const void* owner, std::int32_t persona, std::int32_t row, Moment* moment);
};

/// The steps of the loop, for who wants to know how long each takes.
enum class Step { fetch, draw, experience, record, choose, delay, move, count };

/// One piece of work: people `begin` to `end` of a replication, up to time `until`.
struct Task {
  const Compiled* compiled;
  /// Adds the packed stocks to the tally and clears them, before they could overflow.
  void (*flush)(void* worker);
  void* worker;
  std::int64_t* cells;  // of the tally
  Packed packed;
  const Store* store;        // null: whole lives
  double* carried;           // [lane x Tables::carried_width], of whole lives
  const MarketView* market;  // null: nothing couples customers
  const void* accounts;      // of type Accounts, whose members are drawn; null: there are none, or nobody is drawn
  std::uint32_t begin, end;
  std::uint32_t first, padding;  // the customer of the store's first row; the row for padding lanes
  std::uint32_t unflushed;       // how much of `customers_per_flush` is used already
  std::uint32_t seed[2], replication;
  double until;         // end of the window, or the horizon
  std::int32_t window;  // that one; of no use for whole lives
  /// Null: all who are due live until the window's end, or until they come to a queue. Else only these do, from the visit at
  /// which they were served on; none of them comes to a queue again. The loop writes over them.
  Served* served;
  std::uint32_t served_count;
  EndState* ends;        // of `begin` and on: how each life ends; null: nobody asks
  std::uint64_t* ticks;  // [Step] processor ticks spent, added to; null: nobody asks
};

struct Done {
  std::uint64_t visits = 0;
  std::uint32_t unflushed = 0;  // as in the task, now
  bool endless = false;         // somebody made more visits than a life may have; the sums are worthless
};

/// The loop, for one vector width.
using Live = Done (*)(const Tables&, const Task&);

/// The loop for the widest vectors that this processor has.
[[nodiscard]] Live widest_live();

/// Fills `people` with the next of the task's people who arrive within the horizon, from number `*next` on, which moves on.
/// Returns how many, 0 when there are no more.
using DrawPeople = int (*)(const Tables&, const Task&, std::uint32_t* next, People* people);
/// The same.
[[nodiscard]] DrawPeople widest_people();

}  // namespace sojourn::lock_step
