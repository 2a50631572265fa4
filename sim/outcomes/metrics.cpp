#include "sojourn/outcomes/metrics.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "sojourn/model/journey.hpp"
#include "sojourn/outcomes/scores.hpp"

namespace sojourn {
namespace {

/// An amount of the simulated people as the market's, per replication.
double of_market(double amount, const Sums& s) { return ratio(amount * s.people_per_customer, s.replications); }

/// Cost to serve, undiscounted: of visits and stays, and of the servers of pools, who are the whole market's.
double cost_to_serve(const Sums& s) { return of_market(s.cost_to_serve, s) + ratio(s.staff_cost, s.replications); }

/// Revenue less cost to serve, discounted, in the money of the simulated people.
double worth(const Sums& s) { return s.worth_revenue - s.worth_cost - s.worth_staff_cost / s.people_per_customer; }

constexpr auto persona = Scope::persona;
constexpr auto market = Scope::market;
constexpr auto higher = Direction::higher;
constexpr auto lower = Direction::lower;
constexpr auto neutral = Direction::neutral;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Range share{0.0, 1.0}, not_negative{0.0, infinity}, of_nps{-100.0, 100.0}, unbounded{-infinity, infinity};

constexpr std::array all_metrics{
    Metric{"prospects", "Still prospects", "1", "people who have not bought and not left, share of all who arrived", neutral,
           persona, share, [](const Sums& s) { return ratio(s.prospects, s.arrived); }},
    Metric{"lost", "Lost before buying", "1", "people who left before buying, share of all who arrived", lower, persona,
           share, [](const Sums& s) { return ratio(s.lost, s.arrived); }},
    Metric{"customers", "Customers", "1", "customers present at the horizon, share of all who arrived", higher, persona,
           share, [](const Sums& s) { return ratio(s.customers, s.arrived); }},
    Metric{"churned", "Churned", "1", "people who left after buying, share of all who arrived", lower, persona, share,
           [](const Sums& s) { return ratio(s.churned, s.arrived); }},
    Metric{"conversion", "Conversion", "1", "bought / arrived as prospects", higher, persona, share,
           [](const Sums& s) { return ratio(s.bought, s.newcomers()); }},
    Metric{"retention", "Retention", "1", "still customers at the horizon / bought or arrived as customers", higher, persona,
           share, [](const Sums& s) { return ratio(s.customers, s.ever_customers()); }},
    Metric{"retained", "Retained", "1", "still customers at the horizon / arrived", higher, persona, share,
           [](const Sums& s) { return ratio(s.customers, s.arrived); }},
    Metric{"retention_90", "Retention at 90 days", "1",
           "still customers 90 days after the purchase (Kaplan-Meier); who arrived as a customer counts from then on",
           higher, persona, share, [](const Sums& s) { return survival(s, 90.0); }},
    Metric{"retention_365", "Retention at 365 days", "1",
           "still customers 365 days after the purchase (Kaplan-Meier); who arrived as a customer counts from then on",
           higher, persona, share, [](const Sums& s) { return survival(s, 365.0); }},
    Metric{"nps", "Net promoter score", "1", "100 (promoters - detractors) / customers present, true value", higher, persona,
           of_nps, [](const Sums& s) { return 100.0 * ratio(s.promoters - s.detractors, s.customers); }},
    Metric{"promoters", "Promoters", "1", "share of customers present who answer 9 or 10", higher, persona, share,
           [](const Sums& s) { return ratio(s.promoters, s.customers); }},
    Metric{"passives", "Passives", "1", "share of customers present who answer 7 or 8", neutral, persona, share,
           [](const Sums& s) { return ratio(s.passives, s.customers); }},
    Metric{"detractors", "Detractors", "1", "share of customers present who answer 0 to 6", lower, persona, share,
           [](const Sums& s) { return ratio(s.detractors, s.customers); }},
    Metric{"satisfaction", "Satisfaction", "1", "mean over customers present, 0 to 1", higher, persona, share,
           [](const Sums& s) { return ratio(s.satisfaction, s.customers); }},
    Metric{"expectation", "Expectation", "1", "mean over customers present, 0 to 1", neutral, persona, share,
           [](const Sums& s) { return ratio(s.expectation, s.customers); }},
    Metric{"effort", "Effort per visit", "1", "mean customer effort per visit, 0 to 1", lower, persona, share,
           [](const Sums& s) { return ratio(s.effort, s.appraised); }},
    Metric{"revenue", "Revenue", "currency", "undiscounted, for the market", higher, persona, unbounded,
           [](const Sums& s) { return of_market(s.revenue, s); }},
    Metric{"cost_to_serve", "Cost to serve", "currency", "undiscounted, for the market", lower, persona, unbounded,
           [](const Sums& s) { return cost_to_serve(s); }},
    Metric{"investment", "Investment", "currency", "undiscounted price of the plan's improvements", neutral, market,
           unbounded, [](const Sums& s) { return of_market(s.visit_price, s) + ratio(s.investment, s.replications); }},
    Metric{"npv", "Net present value", "currency", "discounted revenue - cost to serve - investment, for the market", higher,
           market, unbounded,
           [](const Sums& s) {
             return of_market(s.worth_revenue - s.worth_cost - s.worth_visit_price, s) -
                    ratio(s.worth_staff_cost, s.replications) - ratio(s.worth_investment, s.replications);
           }},
    Metric{"clv", "Lifetime value", "currency", "discounted revenue - cost to serve per person who arrived", higher, persona,
           unbounded, [](const Sums& s) { return ratio(worth(s), s.arrived); }},
    Metric{"time_to_purchase", "Days to purchase", "day", "mean days from arrival to first purchase, of those who bought",
           lower, persona, not_negative, [](const Sums& s) { return ratio(s.days_to_purchase, s.bought); }},
    Metric{"visits", "Visits per person", "1", "visits per person who arrived", neutral, persona, not_negative,
           [](const Sums& s) { return ratio(s.visits, s.arrived); }},
    Metric{"repeats", "Repeats per person", "1", "visits at which context was lost, per person who arrived", lower, persona,
           not_negative, [](const Sums& s) { return ratio(s.repeats, s.arrived); }},
    Metric{"promoters_per_start", "Promoters per start", "1", "promoters present at the horizon / arrived", higher, persona,
           share, [](const Sums& s) { return ratio(s.promoters, s.arrived); }},
    Metric{"effort_per_purchase", "Effort per purchase", "1",
           "effort of all visits, of an existing book too / people who bought", lower, persona, not_negative,
           [](const Sums& s) { return ratio(s.effort, s.bought); }},
    Metric{"cost_per_purchase", "Cost per purchase", "currency",
           "undiscounted cost to serve and investment, of an existing book too / people who bought", lower, market,
           unbounded,
           [](const Sums& s) {
             const double investment = of_market(s.visit_price, s) + ratio(s.investment, s.replications);
             return ratio(cost_to_serve(s) + investment, of_market(s.bought, s));
           }},
    Metric{"heard_positive", "Good word heard", "1", "positive messages heard per person who arrived", higher, persona,
           not_negative, [](const Sums& s) { return ratio(s.heard_positive, s.arrived); }, Needs::talk},
    Metric{"heard_negative", "Bad word heard", "1", "negative messages heard per person who arrived", lower, persona,
           not_negative, [](const Sums& s) { return ratio(s.heard_negative, s.arrived); }, Needs::talk},
    Metric{"referred", "Referred purchases", "1",
           "share of buyers to whom a customer had spoken well of the company before they bought", higher, persona, share,
           [](const Sums& s) { return ratio(s.referred, s.bought); }, Needs::talk, Written::where_used},
    Metric{"brought", "Buyers brought", "1",
           "buyers to whom one of these had spoken first, per person who bought or arrived as a customer", higher, persona,
           not_negative, [](const Sums& s) { return ratio(s.brought, s.ever_customers()); }, Needs::talk,
           Written::where_used},
    Metric{"referral_value", "Value of the referred", "currency",
           "discounted revenue - cost to serve of referred buyers from their purchase on, for the market", higher, persona,
           unbounded, [](const Sums& s) { return of_market(s.worth_referred, s); }, Needs::talk, Written::where_used},
    Metric{"account_conversion", "Accounts won", "1", "accounts of which somebody ever bought / accounts that arrived",
           higher, market, share,
           [](const Sums& s) { return ratio(s.accounts_bought - s.accounts_existing, s.accounts - s.accounts_existing); },
           Needs::accounts, Written::where_used},
    Metric{"account_retention", "Accounts retained", "1",
           "accounts of which somebody is a customer at the horizon / accounts of which somebody ever bought", higher,
           market, share, [](const Sums& s) { return ratio(s.accounts_customers, s.accounts_bought); }, Needs::accounts,
           Written::where_used},
};

/// A mean over visits that saw content: each of them fits worse than none, or above 0. NaN where none was shown.
double of_shown(const TouchSums& s, double sum) { return ratio(sum, s.mistargeted + s.fit > 0.0 ? s.appraised : 0.0); }

/// A figure that a team's goal may name, by the name that it has there: any other does not compile.
consteval std::string_view of_team(std::string_view name) {
  for (const GoalFigure& figure : team_figures) {
    if (figure.name == name) return figure.name;
  }
  throw "team_figures of model/journey.hpp has no such name";
}

constexpr std::array all_touch_metrics{
    TouchMetric{of_team("visits"), "Visits per person", "visits per person who arrived", higher,
                [](const TouchSums& s) { return ratio(s.visits, s.arrived); }},
    TouchMetric{of_team("repeats"), "Visits at which customers had to repeat themselves, per person",
                "visits at which context was lost, per person who arrived", lower,
                [](const TouchSums& s) { return ratio(s.repeats, s.arrived); }},
    TouchMetric{of_team("quality"), "Quality delivered at a visit, 0 to 1", "mean delivered quality per visit", higher,
                [](const TouchSums& s) { return ratio(s.quality, s.appraised); }},
    TouchMetric{of_team("satisfaction"), "Satisfaction with a visit, 0 to 1", "mean appraisal per visit", higher,
                [](const TouchSums& s) { return ratio(s.satisfaction, s.appraised); }},
    TouchMetric{of_team("effort"), "Effort of a visit, 0 to 1", "mean customer effort per visit", lower,
                [](const TouchSums& s) { return ratio(s.effort, s.appraised); }},
    TouchMetric{of_team("wait_days"), "Mean wait", "mean wait in days, over waits that ended", lower,
                [](const TouchSums& s) { return ratio(s.wait, s.appraised + s.gave_up); }},
    TouchMetric{of_team("gave_up"), "Gave up waiting", "share of visits that ended when the customer gave up waiting", lower,
                [](const TouchSums& s) { return ratio(s.gave_up, s.visits); }, Needs::queues},
    TouchMetric{of_team("revenue_per_person"), "Revenue per person who arrived",
                "undiscounted revenue of visits and stays, per person who arrived", higher,
                [](const TouchSums& s) { return ratio(s.revenue, s.arrived); }},
    TouchMetric{of_team("cost_per_person"), "Cost to serve per person who arrived",
                "undiscounted cost to serve of visits and stays, per person who arrived", lower,
                [](const TouchSums& s) { return ratio(s.cost_to_serve, s.arrived); }},
    TouchMetric{"solved_logged", "Solved, as the log has it",
                "share of visits that a log counts as a success: those that were served", higher,
                [](const TouchSums& s) { return ratio(s.appraised, s.visits); }, Needs::solving},
    TouchMetric{of_team("solved_true"), "Solved in truth", "share of visits that solved the customer's problem", higher,
                [](const TouchSums& s) { return ratio(s.solved, s.visits); }, Needs::solving},
    TouchMetric{"matched", "Saw what fits them best",
                "share of visits at which the content shown was the best fit to the customer's needs", higher,
                [](const TouchSums& s) { return of_shown(s, s.matched); }, Needs::content},
    TouchMetric{"mistargeted", "Saw what fits them worse than nothing",
                "share of visits at which the content shown fits worse than none would", lower,
                [](const TouchSums& s) { return of_shown(s, s.mistargeted); }, Needs::content},
    TouchMetric{"fit", "Fit of what was shown to what is needed, 0 to 1",
                "mean fit of content to needs per visit; 0.5 is that of no content", higher,
                [](const TouchSums& s) { return of_shown(s, s.fit); }, Needs::content},
};

/// Every figure of a team is one of touchpoints, or of all people.
constexpr bool every_figure_is_a_metric() {
  const auto names = [](const auto& list, std::string_view name) {
    for (const auto& metric : list) {
      if (metric.name == name) return true;
    }
    return false;
  };
  for (const GoalFigure& figure : team_figures) {
    if (!names(all_touch_metrics, figure.name) && !names(all_metrics, figure.name)) return false;
  }
  for (const GoalFigure& figure : goal_figures) {
    if (!names(all_metrics, figure.name)) return false;
  }
  return true;
}
static_assert(every_figure_is_a_metric());

}  // namespace

Sums& Sums::add_all_but_tenures(const Sums& other) {
  replications += other.replications;
  for (const auto& fields : {persona_sums(), market_sums(), staff_sums(), segment_sums()}) {
    for (const SumField<Sums>& field : fields) this->*field.member += other.*field.member;
  }
  existing += other.existing;
  accounts_existing += other.accounts_existing;
  people_per_customer = other.people_per_customer;
  tenure_bin = other.tenure_bin;
  return *this;
}

Sums& Sums::operator+=(const Sums& other) {
  add_all_but_tenures(other);
  tenure_churned += other.tenure_churned;
  tenure_censored += other.tenure_censored;
  tenure_entered += other.tenure_entered;
  return *this;
}

TouchSums& TouchSums::operator+=(const TouchSums& other) {
  arrived += other.arrived;
  for (const SumField<TouchSums>& field : touch_sums()) this->*field.member += other.*field.member;
  return *this;
}

std::span<const Metric> metrics() { return all_metrics; }

const Metric* find_metric(std::string_view name) {
  const auto found = std::find_if(all_metrics.begin(), all_metrics.end(), [&](const Metric& m) { return m.name == name; });
  return found == all_metrics.end() ? nullptr : &*found;
}

std::size_t metric_position(std::string_view name) {
  const Metric* const metric = find_metric(name);
  assert(metric != nullptr);
  return static_cast<std::size_t>(metric - all_metrics.data());
}

std::span<const TouchMetric> touch_metrics() { return all_touch_metrics; }

const TouchMetric* find_touch_metric(std::string_view name) {
  const auto found = std::find_if(all_touch_metrics.begin(), all_touch_metrics.end(),
                                  [&](const TouchMetric& metric) { return metric.name == name; });
  return found == all_touch_metrics.end() ? nullptr : &*found;
}

namespace {

/// A bin of tenure in which somebody churns, is no longer followed or, as a customer already, arrives.
struct TenureBin {
  std::size_t bin = 0;
  double churned = 0.0, censored = 0.0, entered = 0.0;
};

std::vector<TenureBin> bins_with_somebody(const Sums& sums) {
  std::vector<TenureBin> bins;
  const auto add = [&](const PeopleByTenure& people, double TenureBin::*kind) {
    const std::size_t known = bins.size();
    std::size_t at = 0;
    people.each([&](std::size_t bin, double count) {
      while (at < known && bins[at].bin < bin) ++at;
      const bool is_known = at < known && bins[at].bin == bin;
      if (!is_known) bins.push_back({bin});
      TenureBin& here = is_known ? bins[at] : bins.back();
      here.*kind = count;
    });
    const auto by_bin = [](const TenureBin& one, const TenureBin& other) { return one.bin < other.bin; };
    std::inplace_merge(bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(known), bins.end(), by_bin);
  };
  add(sums.tenure_churned, &TenureBin::churned);
  add(sums.tenure_censored, &TenureBin::censored);
  add(sums.tenure_entered, &TenureBin::entered);
  return bins;
}

/// Calls `use` with who is at risk, as they count, who of them churns, and the bin after, as long as there is somebody: for
/// each bin before `bins` or, where these follow one another without anybody, for some of them at once. The number of bins
/// that were gone over.
template <class Use>
std::size_t each_tenure_bin(const Sums& sums, std::size_t bins, Use use) {
  const std::vector<TenureBin> list = bins_with_somebody(sums);
  // People who came together are followed equally long: they stand in one bin, many times as many as in those around it.
  const auto together = [&](std::size_t k, double TenureBin::*kind) {
    const double here = list[k].*kind;
    double around = 0.0;
    if (k > 0 && list[k - 1].bin + 1 == list[k].bin) around += list[k - 1].*kind;
    if (k + 1 < list.size() && list[k + 1].bin == list[k].bin + 1) around += list[k + 1].*kind;
    return here >= 10.0 && here > 3.0 * around;
  };
  double at_risk = 0.0;
  for (const TenureBin& each : list) at_risk += each.churned + each.censored - each.entered;
  const std::size_t end = std::min(bins, sums.tenure_churned.size());
  std::size_t b = 0;
  for (std::size_t k = 0; k < list.size() && list[k].bin < end; ++k) {
    const TenureBin& here = list[k];
    if (b < here.bin) {
      if (!(at_risk > 0.0)) return b;
      b = here.bin;
      use(at_risk, 0.0, b);
    }
    if (!(at_risk + here.entered > 0.0)) return b;
    const double before = (together(k, &TenureBin::censored) ? 1.0 : 0.5) * here.censored;
    const double late = (together(k, &TenureBin::entered) ? 0.0 : 0.5) * here.entered;
    use(at_risk + here.entered - before - late, here.churned, ++b);
    at_risk += here.entered - here.churned - here.censored;
  }
  if (b == end) return end;
  if (!(at_risk > 0.0)) return b;
  use(at_risk, 0.0, end);
  return end;
}

/// The share of buyers who are left at the end of `bins` bins, as `survival` says.
double survival_over(const Sums& sums, std::size_t bins) {
  double surviving = 1.0;
  const std::size_t known = each_tenure_bin(sums, bins, [&](double exposed, double churned, std::size_t) {
    if (exposed > 0.0) surviving *= 1.0 - std::min(1.0, churned / exposed);
  });
  return known == bins || surviving == 0.0 ? surviving : std::numeric_limits<double>::quiet_NaN();
}

std::size_t bins_before(const Sums& sums, double days) { return static_cast<std::size_t>(days / sums.tenure_bin); }

}  // namespace

double survival_days(const Metric& metric) {
  return metric.name == "retention_90" ? 90.0 : metric.name == "retention_365" ? 365.0 : 0.0;
}

double survival(const Sums& sums, double days) { return survival_over(sums, bins_before(sums, days)); }

std::vector<double> survival(const Sums& sums, std::span<const double> days) {
  std::vector<double> result;
  double surviving = 1.0;
  const auto note = [&](std::size_t known) {
    while (result.size() < days.size() && bins_before(sums, days[result.size()]) <= known) result.push_back(surviving);
  };
  note(0);
  each_tenure_bin(sums, days.empty() ? 0 : bins_before(sums, days.back()),
                  [&](double exposed, double churned, std::size_t after) {
                    if (exposed > 0.0) surviving *= 1.0 - std::min(1.0, churned / exposed);
                    note(after);
                  });
  // Nobody is followed longer; where all have churned that is known all the same.
  result.resize(days.size(), surviving == 0.0 ? 0.0 : std::numeric_limits<double>::quiet_NaN());
  return result;
}

double fewest_at_risk(const Sums& sums, double days) {
  const std::size_t bins = bins_before(sums, days);
  double fewest = std::numeric_limits<double>::infinity();
  const std::size_t known =
      each_tenure_bin(sums, bins, [&](double exposed, double, std::size_t) { fewest = std::min(fewest, exposed); });
  return known < bins ? 0.0 : fewest;
}

}  // namespace sojourn
