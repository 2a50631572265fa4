// What will happen, as far as it can be said: forecasts over draws of what is not known, which plan to take with that, and
// what it is worth to know more.
#pragma once

#include <cstddef>
#include <vector>

#include "sojourn/decide/goal.hpp"
#include "sojourn/decide/value_of_information.hpp"
#include "sojourn/sweep/uncertain_draws.hpp"

namespace sojourn {

/// A figure over all draws. NaN where it is undefined.
struct Forecast {
  double mean = 0.0;
  double error = 0.0;            // of the mean, by simulating no more: from the scrambles' own means
  double low = 0.0, high = 0.0;  // between these it will lie with 95 %, if the inputs are as the scenario says
  double of_inputs = 0.0;        // standard deviation that the inputs make
  double of_chance = 0.0;        // standard deviation that chance makes in a market of that size, at known inputs
  /// Whether the draws' means vary by more than chance among the customers simulated makes them (F test at 5 %).
  bool inputs_shown = false;
};

/// The forecast from a figure [draw][replication]; draws at which it is undefined are left out.
///
/// The variance between the replications of a draw is chance among the customers simulated; what the draws' means vary by
/// beyond their part of it is the inputs' (one-way analysis of variance, Fisher 1925). In a market of `people_per_customer`
/// times as many customers chance has that part of its variance. The interval is that of the draws' means, drawn together or
/// apart around their mean until its variance is the sum of both.
[[nodiscard]] Forecast forecast_of(const std::vector<std::vector<double>>& figure, double people_per_customer);

/// `count` outcomes that are equally likely, ascending: quantiles of the same distribution as the forecast's interval, at
/// the middles of `count` equal shares. Empty where the figure is defined at fewer than two draws.
[[nodiscard]] std::vector<double> equally_likely(const std::vector<std::vector<double>>& figure, double people_per_customer,
                                                 std::size_t count);

/// Where what decides between plans stands among the outcomes of the draws: a goal of one metric at that metric's place, one
/// of several behind all metrics, where it is added, each metric times its weight.
[[nodiscard]] std::size_t place_of_goal(UncertainDraws& draws, const std::vector<GoalTerm>& goal);
/// What stands at `place` of the outcomes: a metric, or the goal of several, which counts money.
[[nodiscard]] const Metric& figure_at(std::size_t place);

/// A metric over the draws: of each plan, and of each its difference to the first on the same luck.
struct MetricForecast {
  std::size_t metric = 0;  // see `figure_at`
  std::vector<Forecast> plans, differences;
};
/// The difference of plan `plan` to the first on the same luck, [draw][replication].
[[nodiscard]] std::vector<std::vector<double>> difference_of_plan(const UncertainDraws& draws, std::size_t metric,
                                                                  std::size_t plan);
[[nodiscard]] MetricForecast metric_forecast(const UncertainDraws& draws, std::size_t metric);

/// Throws InputError where neither more nor less of a metric is better.
void require_decides(std::size_t metric);

/// What each plan is worth at each draw by a metric: of one of which less is better, its negative. Throws InputError where
/// there is one plan alone, or neither more nor less of the metric is better.
[[nodiscard]] ValueSample decision_sample(const UncertainDraws& draws, std::size_t metric);

/// The decision between the plans by a metric: which is worth most in the mean, and what it is worth to know more, in the
/// metric's unit. Throws as `decision_sample`, and where the metric is defined at too few draws.
[[nodiscard]] ValueOfInformation decision_by(const UncertainDraws& draws, std::size_t metric);

/// By how much one plan leads another where an input is low, and where it is high.
struct Swing {
  double low_at = 0.0, high_at = 0.0;  // means of the input over the fifth of the draws where it is least, and most
  double low = 0.0, high = 0.0;        // means of the lead over these draws, in the unit of worth
  double error = 0.0;                  // standard error of `high - low`
  /// Whether the two differ by more than chance makes them, all inputs allowed for: by their own spread (Welch 1947,
  /// Bonferroni, 5 %) and, as few draws are skewed, by what shuffled draws make of any input (`beyond_chance`).
  bool shown = false;
  /// Whether, beyond that, the lead is shown to be lost in one of them (Student's t, likewise): the input could then change
  /// the decision. A mean that chance alone may have brought below 0 does not count.
  bool turns = false;
};

/// The lead of choice `first` over `second` by input (the bars of a tornado diagram). Draws at which either is not finite
/// are left out; all NaN where fewer than 50 are left.
[[nodiscard]] std::vector<Swing> swings(const ValueSample& sample, std::size_t first, std::size_t second);

/// How likely each plan is the best where a customer kept at the horizon is worth `value_of_customer` beyond the net present
/// value within it.
struct Acceptability {
  double value_of_customer = 0.0;   // in the scenario's currency
  std::vector<double> chance_best;  // by plan: share of the draws at which npv + value * customers at the horizon is highest
};

/// The acceptability curve (van Hout, Al, Gordon & Rutten 1994) of a market of `market` people: from 0 to ten times the
/// value at which the plan with the highest mean npv and that which keeps most would be worth the same, in steps of 1, 2, 5;
/// of 0 alone where these are one plan. Empty where there is one plan alone.
[[nodiscard]] std::vector<Acceptability> acceptability(const UncertainDraws& draws, double market);

}  // namespace sojourn
