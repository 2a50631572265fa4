// The figures at the horizon (MODEL.md section 9, Metrics): every metric is one function of sums that can be pooled.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "sojourn/base/quantity.hpp"
#include "sojourn/outcomes/people_by_tenure.hpp"

namespace sojourn {

/// One sum over another; NaN where the other is not positive, since nobody was counted.
[[nodiscard]] inline double ratio(double numerator, double denominator) {
  return denominator > 0.0 ? numerator / denominator : std::numeric_limits<double>::quiet_NaN();
}

/// Sums over a group of people in one or more replications. Pooling is adding. Money is the simulated people's.
struct Sums {
  double replications = 0.0;  // 1 for a replication, a batch's share of the people for a batch
  double people_per_customer = 1.0;
  double arrived = 0.0, prospects = 0.0, lost = 0.0, customers = 0.0, churned = 0.0, bought = 0.0;
  double existing = 0.0;  // among those who arrived: they were customers already, and `bought` leaves them out
  double promoters = 0.0, passives = 0.0, detractors = 0.0;
  double satisfaction = 0.0, expectation = 0.0;  // over customers present
  double visits = 0.0, appraised = 0.0, repeats = 0.0, effort = 0.0;
  double days_to_purchase = 0.0;
  double heard_positive = 0.0, heard_negative = 0.0;
  double referred = 0.0, brought = 0.0, worth_referred = 0.0;  // purchases, and discounted money of those referred
  double accounts = 0.0, accounts_bought = 0.0, accounts_customers = 0.0, accounts_existing = 0.0;
  double revenue = 0.0, cost_to_serve = 0.0;          // undiscounted
  double worth_revenue = 0.0, worth_cost = 0.0;       // discounted
  double visit_price = 0.0, worth_visit_price = 0.0;  // of improvements
  double investment = 0.0, worth_investment = 0.0;  // once and per month: the market's, per replication, times replications
  double staff_cost = 0.0, worth_staff_cost = 0.0;  // of pools: the market's, likewise; part of no persona's sums
  double tenure_bin = 1.0;                          // days
  PeopleByTenure tenure_churned, tenure_censored;
  PeopleByTenure tenure_entered;  // of those who arrived as customers, at arrival; empty where nobody does

  /// Who might buy for the first time: all who arrived but those who were customers already.
  [[nodiscard]] double newcomers() const { return arrived - existing; }
  /// Who ever was a customer.
  [[nodiscard]] double ever_customers() const { return bought + existing; }

  /// Pools another group or replication; the constants must be the same.
  Sums& operator+=(const Sums& other);
  /// The same without people by tenure, which have hundreds of bins and which only Kaplan & Meier's metrics read.
  Sums& add_all_but_tenures(const Sums& other);
};

/// Whether a rise is good news for the company, bad news, or neither.
enum class Direction { higher, lower, neutral };
/// Where a metric makes sense.
enum class Scope { persona, market };  // by persona too, or for the whole market only
/// What a model must have for a metric to say something.
enum class Needs { nothing, talk, accounts, queues, paid_servers, existing, solving, content };
/// Whether that is something that some touchpoints have and others lack.
[[nodiscard]] constexpr bool of_some_touchpoints(Needs needs) { return needs == Needs::solving || needs == Needs::content; }
/// Whether JSON and results files always have a metric, or only where the model has what it needs. Tables never show others.
enum class Written { always, where_used };

/// What a model has of `Needs`: customers who talk, who belong to accounts, who wait in queues; servers who are paid; people
/// who arrive as customers; visits that may solve a problem; content at touchpoints.
class Mechanisms {
 public:
  void add(Needs needs) { bits_ |= bit(needs); }
  [[nodiscard]] bool has(Needs needs) const { return needs == Needs::nothing || (bits_ & bit(needs)) != 0; }
  /// What either of two models has.
  friend Mechanisms operator|(Mechanisms a, const Mechanisms& b) {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  static constexpr std::uint32_t bit(Needs needs) { return std::uint32_t{1} << static_cast<int>(needs); }
  std::uint32_t bits_ = 0;
};

struct Metric {
  std::string_view name;         // as in files, JSON and `--precision`
  std::string_view label;        // for tables
  std::string_view unit;         // "1", "day", "currency"
  std::string_view description;  // one line
  Direction direction;
  Scope scope;
  Range range;                   // the least and the most that it can be; infinite where nothing bounds it
  double (*value)(const Sums&);  // NaN where undefined (nobody bought, nobody present)
  Needs needs = Needs::nothing;
  Written written = Written::always;
};

/// All metrics in the order of `horizon` in sim/outcomes/FORMAT.md.
[[nodiscard]] std::span<const Metric> metrics();
/// The metric of that name, or nullptr.
[[nodiscard]] const Metric* find_metric(std::string_view name);
/// The position in `metrics()` of the metric of that name, which there must be.
[[nodiscard]] std::size_t metric_position(std::string_view name);

/// Share of buyers still customers `days` after the purchase (Kaplan & Meier 1958), from counts by tenure bin. Who arrived
/// as a customer is at risk from the tenure at arrival on (left truncation: Klein & Moeschberger 2003, section 4.6). The
/// order within a bin is not kept: those whose following ends in it are taken to be spread over it and count half (the
/// actuarial convention), but where ten people or more end there, over three times as many as in both neighbours together,
/// they came together, and left the count at one moment: that is taken to be before the bin's churn, which fixed times put
/// at its end. Entries count by the same rule. `days` is a bin's edge. NaN where nobody was followed that long, or nobody at
/// some time before.
[[nodiscard]] double survival(const Sums& sums, double days);
/// The same at each of `days`, which ascend: all in the time that the last takes alone.
[[nodiscard]] std::vector<double> survival(const Sums& sums, std::span<const double> days);
/// Days after which `metric` asks who is still a customer (Kaplan & Meier's metrics); 0 of all others.
[[nodiscard]] double survival_days(const Metric& metric);
/// The fewest people at risk in any bin before `days`.
[[nodiscard]] double fewest_at_risk(const Sums& sums, double days);

/// Sums over visits to one touchpoint.
struct TouchSums {
  double arrived = 0.0;  // of people, in the journey as a whole
  double visits = 0.0, repeats = 0.0, appraised = 0.0;
  double quality = 0.0, satisfaction = 0.0, effort = 0.0;   // over appraised visits
  double wait = 0.0;                                        // days of the waits that ended: of who was served or gave up
  double unserved = 0.0, gave_up = 0.0, turned_away = 0.0;  // visits without service, among them those that ended so
  double solved = 0.0;                                      // visits that solved the problem
  double matched = 0.0, mistargeted = 0.0, fit = 0.0;       // see TouchScore
  /// People lost or churned at the horizon who left from here: by an exit to an end, or, where the touchpoint is an end, as
  /// it was their first; or who stand here, where nobody counts as a customer. Over touchpoints: all lost and churned.
  double gone = 0.0;
  double revenue = 0.0, cost_to_serve = 0.0;  // undiscounted, of visits and of stays; the simulated people's

  TouchSums& operator+=(const TouchSums& other);
};

struct TouchMetric {
  std::string_view name;
  std::string_view title;  // above a chart
  std::string_view description;
  Direction direction;
  double (*value)(const TouchSums&);
  Needs needs = Needs::nothing;
};
/// visits, repeats, quality, satisfaction, effort, wait_days; gave_up, which needs queues; revenue_per_person,
/// cost_per_person; solved_logged and solved_true, which need touchpoints that solve problems; matched, mistargeted and fit,
/// which need touchpoints with content.
[[nodiscard]] std::span<const TouchMetric> touch_metrics();
/// The one of that name, nullptr where there is none.
[[nodiscard]] const TouchMetric* find_touch_metric(std::string_view name);

}  // namespace sojourn
