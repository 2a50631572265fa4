// What will happen, as far as it can be said: forecasts over draws of what is not known, which plan to take with that, and
// what it is worth to know more.
#pragma once

#include <cstddef>
#include <vector>

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

/// A metric over the draws: of each plan, and of each its difference to the first on the same luck.
struct MetricForecast {
  std::size_t metric = 0;  // place in `metrics()`
  std::vector<Forecast> plans, differences;
};
[[nodiscard]] MetricForecast metric_forecast(const UncertainDraws& draws, std::size_t metric);

/// The decision between the plans by a metric: which is worth most in the mean, and what it is worth to know more, in the
/// metric's unit. Of a metric of which less is better, worth is its negative. Throws InputError where there is one plan
/// alone, or neither more nor less of the metric is better, or it is defined at too few draws.
[[nodiscard]] ValueOfInformation decision_by(const UncertainDraws& draws, std::size_t metric);

}  // namespace sojourn
