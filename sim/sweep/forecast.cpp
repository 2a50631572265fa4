#include "sojourn/sweep/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "sojourn/base/error.hpp"
#include "sojourn/outcomes/metrics.hpp"

namespace sojourn {
namespace {

double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double variance_of(const std::vector<double>& x) {
  const double centre = mean_of(x);
  double sum = 0.0;
  for (const double value : x) sum += (value - centre) * (value - centre);
  return x.size() > 1 ? sum / static_cast<double>(x.size() - 1) : 0.0;
}

/// The share-quantile of sorted values, linear between them (Hyndman & Fan 1996, type 7).
double quantile_of(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Forecast forecast_of(const std::vector<std::vector<double>>& figure, double people_per_customer) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> means, within;
  std::vector<std::vector<double>> by_scramble(scrambles);
  for (std::size_t draw = 0; draw < figure.size(); ++draw) {
    const std::vector<double>& replications = figure[draw];
    if (!std::all_of(replications.begin(), replications.end(), [](double x) { return std::isfinite(x); })) continue;
    means.push_back(mean_of(replications));
    within.push_back(variance_of(replications));
    by_scramble[draw % scrambles].push_back(means.back());
  }
  if (means.size() < 2) return {nan, nan, nan, nan, nan, nan, false};
  Forecast result;
  result.mean = mean_of(means);
  std::vector<double> of_scrambles;
  for (const std::vector<double>& each : by_scramble) {
    if (!each.empty()) of_scrambles.push_back(mean_of(each));
  }
  result.error = std::sqrt(variance_of(of_scrambles) / static_cast<double>(of_scrambles.size()));
  const double chance = mean_of(within), between = variance_of(means);
  const double of_means = chance / static_cast<double>(figure.front().size());
  const double inputs = std::max(0.0, between - of_means), market = chance / people_per_customer;
  result.of_inputs = std::sqrt(inputs);
  result.of_chance = std::sqrt(market);
  const auto count = static_cast<double>(means.size());
  const boost::math::fisher_f law(count - 1.0, count * (static_cast<double>(figure.front().size()) - 1.0));
  result.inputs_shown = between > boost::math::quantile(law, 0.95) * of_means;
  const double stretch = between > 0.0 ? std::sqrt((inputs + market) / between) : 0.0;
  std::sort(means.begin(), means.end());
  result.low = result.mean + stretch * (quantile_of(means, 0.025) - result.mean);
  result.high = result.mean + stretch * (quantile_of(means, 0.975) - result.mean);
  return result;
}

MetricForecast metric_forecast(const UncertainDraws& draws, std::size_t metric) {
  MetricForecast result{metric, {}, {}};
  const auto& plans = draws.outcomes.at(metric);
  for (const auto& plan : plans) {
    result.plans.push_back(forecast_of(plan, draws.people_per_customer));
    std::vector<std::vector<double>> difference = plan;
    for (std::size_t d = 0; d < difference.size(); ++d) {
      for (std::size_t r = 0; r < difference[d].size(); ++r) difference[d][r] -= plans.front()[d][r];
    }
    result.differences.push_back(forecast_of(difference, draws.people_per_customer));
  }
  return result;
}

ValueOfInformation decision_by(const UncertainDraws& draws, std::size_t metric) {
  const Metric& by = metrics()[metric];
  if (by.direction == Direction::neutral)
    throw InputError(fmt::format("neither more nor less of {} is better by itself", by.name),
                     "npv, retained and nps can decide");
  if (draws.plans.size() < 2)
    throw InputError("there is one plan alone: nothing is to be chosen", "add a [[plan]] to the scenario");
  const double sign = by.direction == Direction::lower ? -1.0 : 1.0;
  ValueSample sample{draws.keys, draws.values, draws.plans, {}, true};
  for (const auto& plan : draws.outcomes.at(metric)) {
    std::vector<double>& worth = sample.worth.emplace_back();
    for (const std::vector<double>& replications : plan) worth.push_back(sign * mean_of(replications));
  }
  return value_of_information(sample);
}

}  // namespace sojourn
