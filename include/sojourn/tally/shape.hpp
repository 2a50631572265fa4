// What is counted: scores under filters (persona, touchpoint, exit, time, tenure), and where each cell of the table stands.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "sojourn/base/numeric.hpp"

namespace sojourn {

/// Scores by persona and window. The first ten are stocks: cells hold changes, `Sums` gives their running sums at window
/// ends.
enum class TimeScore {
  prospects,
  lost,
  customers,
  churned,
  bought,
  promoters,
  passives,
  detractors,
  satisfaction,    // summed over customers present
  expectation,     // likewise
  heard_positive,  // messages; flows from here on: per window
  heard_negative,
};
inline constexpr std::size_t time_score_count = 12;
inline constexpr std::size_t stock_score_count = 10;

/// Scores by persona and touchpoint, at the horizon. `unserved` are the visits to a queue that were not, or not yet, served:
/// they are not appraised; `gave_up` and `turned_away` are among them. `wait` is summed over waits that ended, quality,
/// satisfaction, effort, repeats and `solved` (visits that solved the problem) over appraised visits. Over these too, where
/// there is content: visits to which no variant would have fitted better (`matched`), those to which none at all would have
/// (`mistargeted`), and the `fit` of what was shown.
enum class TouchScore {
  visits,
  repeats,
  quality,
  satisfaction,
  effort,
  wait,
  unserved,
  gave_up,
  turned_away,
  solved,
  matched,
  mistargeted,
  fit
};
inline constexpr std::size_t touch_score_count = 13;

/// Scores by persona, at the horizon. `days_to_purchase` runs from arrival to the first purchase.
enum class PersonScore {
  arrived,
  days_to_purchase,
  referred,  // who bought after a customer had spoken well of the company to them
  brought,   // purchases of those to whom a person of this persona had spoken first
};
inline constexpr std::size_t person_score_count = 4;

/// Money is not added up but counted: what follows is multiplied by amounts at the end (engine/money_totals.hpp), so that no
/// amount is rounded, whatever its size and whatever other amounts there are. Amounts that are drawn at each visit cannot be
/// counted; they have sums of their own (AmountScore).

/// Whose money: everybody's, and once more that of referred customers from their purchase on (only with word of mouth).
enum class MoneyOf { everybody, referred };
/// Visits that pay, by paying place (a persona and a touchpoint) and piece of time (see Program::pieces): how many there
/// are, and the sum over them of 1 - e^(-rho (t - window's begin)), what discounting takes off within the window.
enum class PaidScore { visits, decay };
inline constexpr std::size_t paid_score_count = 2;
/// Time spent where money flows, by kind of flow (see Program::flow_kinds) and piece of time: what moves within the window
/// change in it, in days and in discounted days (e^(-rho (t - window's begin)) dt). Each is a sum of two cells, high x 2^24
/// + low, because days must be known to far less than 2^-31 of a window.
enum class FlowScore { days_high, days_low, discounted_high, discounted_low };
inline constexpr std::size_t flow_score_count = 4;
/// Amounts as they were drawn (see AmountRules), by place and piece of time, and what discounting takes off them within the
/// window; likewise in two cells each.
enum class AmountScore {
  revenue_high,
  revenue_low,
  revenue_decay_high,
  revenue_decay_low,
  cost_high,
  cost_low,
  cost_decay_high,
  cost_decay_low
};
inline constexpr std::size_t amount_score_count = 8;
inline constexpr int sum_low_bits = 24;

/// Accounts by segment at each window's end, as they stand then: those with a member who has arrived, with one who ever
/// bought or arrived as a customer, with one who is a customer, and with one who arrived as a customer.
enum class AccountScore { arrived, bought, customers, existing };
inline constexpr std::size_t account_score_count = 4;

/// Queues, by queue (a touchpoint with servers) and window: who came; of those whose wait ended in the window, who was
/// served, who of them within the time asked for, who gave up, who was turned away at once, and the days that the first and
/// third kind waited; and how many people of all copies of the market who take a server's time were in line at the window's
/// end.
enum class QueueScore { came, served, in_time, gave_up, turned_away, wait, waiting };
inline constexpr std::size_t queue_score_count = 7;
/// Waits that ended, by length: bin 0 holds those who did not wait; then 32 bins for each doubling from `shortest_wait` on,
/// as wide as one another within it, so that a wait is known to 3 per cent; the last holds all that are longer.
inline constexpr double shortest_wait = 1.0 / 86400.0;  // a second, in days
inline constexpr std::size_t wait_bins_per_doubling = 32, wait_doublings = 37;
inline constexpr std::size_t wait_bin_count = 2 + wait_bins_per_doubling * wait_doublings;

/// The bin of a wait of `days` >= 0, and the days at which a bin begins; bin 0 is of no wait.
[[nodiscard]] SOJOURN_INLINE std::size_t wait_bin_of(double days) {
  if (!(days > 0.0)) return 0;
  if (!(days >= shortest_wait)) return 1;
  // Of a number from 1 on the exponent counts doublings, and the first five bits of its fraction the bins within one.
  static_assert(wait_bins_per_doubling == 32);
  const std::uint64_t bins = (std::bit_cast<std::uint64_t>(days / shortest_wait) >> 47) - (std::uint64_t{1023} << 5);
  const std::size_t bin = 1 + static_cast<std::size_t>(bins);
  return bin < wait_bin_count ? bin : wait_bin_count - 1;
}
[[nodiscard]] double wait_bin_begin(std::size_t bin);

/// Surveys, by survey, persona and window. Numbers of occasions, and beside each the sum over them of what the true answer
/// counts (SurveyRules::value): of all visits, of those that the survey covers, of those at which somebody is invited, and
/// of those at which somebody answers. `recorded_value` and `recorded_square` are of the answers as they are written down;
/// `decay` is what discounting takes off the cost of the invitations within the window (see PaidScore); `referred` and
/// `referred_decay` are those of referred customers. `customers` and `customers_value`, of the customers at each window's
/// end, are there at the horizon alone (Totals::at_horizon).
enum class SurveyScore {
  visits,
  visits_value,
  covered,
  covered_value,
  invited,
  invited_value,
  answered,
  answered_value,
  recorded_value,
  recorded_square,
  decay,
  referred,
  referred_decay,
  customers,
  customers_value
};
inline constexpr std::size_t survey_score_count = 15;
/// Answers by survey, persona and point of the scale: how many, and the sum of one over their chances, in units of 1 /
/// answer_weight_scale.
enum class AnswerScore { answers, weight };
inline constexpr std::size_t answer_score_count = 2, answer_points = 11;
inline constexpr double answer_weight_scale = 0x1p16;

/// What rules that look at some touchpoints alone count there, by rule and persona: visits that are appraised, what they
/// count in the figure that is watched (its survey's, else of recommendation), those after which the customer is a promoter,
/// or a detractor; invitations and answers of the survey, and what these count.
enum class WatchScore { visits, value, promoters, detractors, invited, answered, recorded };
inline constexpr std::size_t watch_score_count = 7;

/// Days as a customer, by persona and tenure bin: at churn, or (censored) of those still customers at the horizon.
enum class TenureScore { churned, censored };
inline constexpr std::size_t tenure_score_count = 2;

/// Fixed-point scales: a sum of doubles x is kept as a sum of round(x * scale), which has no order. Each is a power of two.
struct Scales {
  double score = 0x1p24;  // numbers in [0, 1], see fixed_score
  double days = 1.0;
  double decay = 1.0;   // PaidScore::decay
  double flow = 1.0;    // FlowScore
  double copies = 1.0;  // of the market: QueueScore::waiting is of all together
};

/// Sizes of the filters, and the cell of each combination. A cell is a 64-bit integer.
struct TallyShape {
  std::size_t personas = 0, touchpoints = 0, exits = 0, windows = 0, tenure_bins = 0, account_segments = 0;
  std::size_t pieces = 0, paying_places = 0, flow_kinds = 0;  // of one program: other plans may have others
  std::size_t amount_places = 0;                              // see AmountRules
  bool referrals = false;                                     // money of referred customers is counted by itself
  std::size_t pools = 0;                                      // of servers
  std::size_t queues = 0;                                     // touchpoints with servers
  bool entries = false;  // somebody arrives as a customer, and so enters late (see `entered`)
  std::size_t surveys = 0;
  std::size_t tiers = 0;    // of the counter that has some: members are counted by how they end under two plans
  std::size_t watches = 0;  // see WatchScore
  double tenure_bin = 1.0;  // days; churned: bin b is (b, b + 1] tenure_bin, the first includes 0; censored: [b, b + 1)
  Scales scales;

  [[nodiscard]] SOJOURN_INLINE std::size_t time(std::size_t persona, std::size_t window, TimeScore score) const {
    return (persona * windows + window) * time_score_count + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t touch(std::size_t persona, std::size_t touchpoint, TouchScore score) const {
    return touch_begin() + (persona * touchpoints + touchpoint) * touch_score_count + static_cast<std::size_t>(score);
  }
  /// People at a touchpoint: a stock, changes per window.
  [[nodiscard]] SOJOURN_INLINE std::size_t present(std::size_t persona, std::size_t touchpoint, std::size_t window) const {
    return present_begin() + (persona * touchpoints + touchpoint) * windows + window;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t taken(std::size_t persona, std::size_t exit) const {
    return taken_begin() + persona * exits + exit;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t tenure(std::size_t persona, std::size_t bin, TenureScore score) const {
    return tenure_begin() + (persona * tenure_bins + bin) * tenure_score_count + static_cast<std::size_t>(score);
  }
  /// The bin of a tenure of `days`. Who is still a customer after exactly b + 1 bins was at risk through all of bin b, and
  /// stands in the next.
  [[nodiscard]] SOJOURN_INLINE std::size_t tenure_bin_of(double days, TenureScore score) const {
    const double bins = days / tenure_bin;
    const double bin = score == TenureScore::churned ? __builtin_ceil(bins) - 1.0 : __builtin_floor(bins);
    return static_cast<std::size_t>(numeric::clip(bin, 0.0, static_cast<double>(tenure_bins - 1)));
  }
  /// Those who arrived as customers, by the tenure that they came with: they are at risk from then on.
  [[nodiscard]] SOJOURN_INLINE std::size_t entered(std::size_t persona, std::size_t bin) const {
    return person_begin() - (personas - persona) * tenure_bins + bin;
  }
  /// The bin of a tenure at arrival, [b, b + 1). Times are differences, which miss the edge of a bin by rounding.
  [[nodiscard]] SOJOURN_INLINE std::size_t entry_bin_of(double days) const {
    return tenure_bin_of(days + 1e-6 * tenure_bin, TenureScore::censored);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t person(std::size_t persona, PersonScore score) const {
    return person_begin() + persona * person_score_count + static_cast<std::size_t>(score);
  }
  /// How many of AccountScore are counted: the last one only where somebody arrives as a customer.
  [[nodiscard]] SOJOURN_INLINE std::size_t account_scores() const { return account_score_count - (entries ? 0 : 1); }
  [[nodiscard]] SOJOURN_INLINE std::size_t account(std::size_t segment, std::size_t window, AccountScore score) const {
    return account_begin() + (segment * windows + window) * account_scores() + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t queue(std::size_t queue, std::size_t window, QueueScore score) const {
    return queue_begin() + (queue * windows + window) * queue_score_count + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t waited(std::size_t queue, std::size_t bin) const {
    return queue_begin() + queues * windows * queue_score_count + queue * wait_bin_count + bin;
  }
  /// Days worked by the servers of a pool, in units of 1 / Scales::days, for calls whose service began within the horizon.
  [[nodiscard]] SOJOURN_INLINE std::size_t worked(std::size_t pool) const {
    return queue_begin() + queues * (windows * queue_score_count + wait_bin_count) + pool;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t survey(std::size_t survey, std::size_t persona, std::size_t window,
                                                  SurveyScore score) const {
    return survey_begin() + ((survey * personas + persona) * windows + window) * survey_score_count +
           static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t answers(std::size_t survey, std::size_t persona, std::size_t answer,
                                                   AnswerScore score) const {
    return survey_begin() + surveys * personas * windows * survey_score_count +
           ((survey * personas + persona) * answer_points + answer) * answer_score_count + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t watch(std::size_t slot, std::size_t persona, WatchScore score) const {
    return watch_begin() + (slot * personas + persona) * watch_score_count + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t paid(MoneyOf whose, std::size_t place, std::size_t piece, PaidScore score) const {
    return money_begin(whose) + (place * pieces + piece) * paid_score_count + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t flow(MoneyOf whose, std::size_t kind, std::size_t piece, FlowScore score) const {
    return money_begin(whose) + paying_places * pieces * paid_score_count + (kind * pieces + piece) * flow_score_count +
           static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t amount(MoneyOf whose, std::size_t place, std::size_t piece,
                                                  AmountScore score) const {
    return money_begin(whose) + pieces * (paying_places * paid_score_count + flow_kinds * flow_score_count) +
           (place * pieces + piece) * amount_score_count + static_cast<std::size_t>(score);
  }
  /// Referred customers where a kind of flow flows: a stock, changes per window.
  [[nodiscard]] SOJOURN_INLINE std::size_t referred_present(std::size_t kind, std::size_t window) const {
    return money_begin(MoneyOf::everybody) + 2 * money_cells() + kind * windows + window;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t cells() const {
    return money_begin(MoneyOf::everybody) + (referrals ? 2 * money_cells() + flow_kinds * windows : money_cells());
  }

 private:
  [[nodiscard]] SOJOURN_INLINE std::size_t touch_begin() const { return personas * windows * time_score_count; }
  [[nodiscard]] SOJOURN_INLINE std::size_t present_begin() const {
    return touch_begin() + personas * touchpoints * touch_score_count;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t taken_begin() const { return present_begin() + personas * touchpoints * windows; }
  [[nodiscard]] SOJOURN_INLINE std::size_t tenure_begin() const { return taken_begin() + personas * exits; }
  [[nodiscard]] SOJOURN_INLINE std::size_t person_begin() const {
    return tenure_begin() + personas * tenure_bins * (tenure_score_count + (entries ? 1 : 0));
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t account_begin() const { return person_begin() + personas * person_score_count; }
  [[nodiscard]] SOJOURN_INLINE std::size_t queue_begin() const {
    return account_begin() + account_segments * windows * account_scores();
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t survey_begin() const {
    return queue_begin() + queues * (windows * queue_score_count + wait_bin_count) + pools;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t watch_begin() const {
    return survey_begin() + surveys * personas * (windows * survey_score_count + answer_points * answer_score_count);
  }
  /// One set of cells for money; last in the table, because it is the only part that differs from plan to plan.
  [[nodiscard]] SOJOURN_INLINE std::size_t money_cells() const {
    return pieces * (paying_places * paid_score_count + flow_kinds * flow_score_count + amount_places * amount_score_count);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t money_begin(MoneyOf whose) const {
    const std::size_t begin = watch_begin() + watches * personas * watch_score_count;
    return whose == MoneyOf::everybody ? begin : begin + money_cells();
  }
};

}  // namespace sojourn
