#include "sojourn/sweep/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sojourn/base/error.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/beyond_chance.hpp"
#include "sojourn/decide/laws.hpp"
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

/// What draws tell of a figure: means of draws, and how far apart they are to be drawn so that they are a market's.
struct Spread {
  std::vector<double> means;      // of draws, sorted
  std::vector<double> scrambled;  // means of each scramble
  double mean = 0.0;
  double inputs = 0.0, market = 0.0;  // variances: that of the inputs, and chance in the market
  double between = 0.0, of_means = 0.0;
  double stretch = 0.0;

  /// The quantile at `share` in a market.
  [[nodiscard]] double at(double share) const { return mean + stretch * (quantile_of(means, share) - mean); }
};

Spread spread_of(const std::vector<std::vector<double>>& figure, double people_per_customer) {
  Spread spread;
  std::vector<double> within;
  std::vector<std::vector<double>> by_scramble(scrambles);
  for (std::size_t draw = 0; draw < figure.size(); ++draw) {
    const std::vector<double>& replications = figure[draw];
    if (!std::all_of(replications.begin(), replications.end(), [](double x) { return std::isfinite(x); })) continue;
    spread.means.push_back(mean_of(replications));
    within.push_back(variance_of(replications));
    by_scramble[draw % scrambles].push_back(spread.means.back());
  }
  if (spread.means.size() < 2) return spread;
  for (const std::vector<double>& each : by_scramble) {
    if (!each.empty()) spread.scrambled.push_back(mean_of(each));
  }
  spread.mean = mean_of(spread.means);
  const double chance = mean_of(within);
  spread.between = variance_of(spread.means);
  spread.of_means = chance / static_cast<double>(figure.front().size());
  spread.inputs = std::max(0.0, spread.between - spread.of_means);
  spread.market = chance / people_per_customer;
  spread.stretch = spread.between > 0.0 ? std::sqrt((spread.inputs + spread.market) / spread.between) : 0.0;
  std::sort(spread.means.begin(), spread.means.end());
  return spread;
}

}  // namespace

Forecast forecast_of(const std::vector<std::vector<double>>& figure, double people_per_customer) {
  const Spread spread = spread_of(figure, people_per_customer);
  if (spread.means.size() < 2) return {nan, nan, nan, nan, nan, nan, false};
  const auto count = static_cast<double>(spread.means.size());
  const double within = count * (static_cast<double>(figure.front().size()) - 1.0);
  return {spread.mean,
          std::sqrt(variance_of(spread.scrambled) / static_cast<double>(spread.scrambled.size())),
          spread.at(0.025),
          spread.at(0.975),
          std::sqrt(spread.inputs),
          std::sqrt(spread.market),
          spread.between > fisher_f_quantile(count - 1.0, within, 0.95) * spread.of_means};
}

std::vector<double> equally_likely(const std::vector<std::vector<double>>& figure, double people_per_customer,
                                   std::size_t count) {
  const Spread spread = spread_of(figure, people_per_customer);
  std::vector<double> outcomes;
  for (std::size_t i = 0; i < count && spread.means.size() > 1; ++i)
    outcomes.push_back(spread.at((static_cast<double>(i) + 0.5) / static_cast<double>(count)));
  return outcomes;
}

std::size_t place_of_goal(UncertainDraws& draws, const std::vector<GoalTerm>& goal) {
  if (goal.size() == 1) return goal.front().metric;
  std::vector<std::vector<std::vector<double>>> sum = draws.outcomes.at(goal.front().metric);
  for (std::size_t plan = 0; plan < sum.size(); ++plan) {
    for (std::size_t draw = 0; draw < sum[plan].size(); ++draw) {
      for (std::size_t r = 0; r < sum[plan][draw].size(); ++r) {
        double value = 0.0;
        for (const GoalTerm& term : goal) value += term.weight * draws.outcomes.at(term.metric)[plan][draw][r];
        sum[plan][draw][r] = value;
      }
    }
  }
  draws.outcomes.resize(metrics().size());
  draws.outcomes.push_back(std::move(sum));
  return metrics().size();
}

const Metric& figure_at(std::size_t place) {
  static const Metric goal = [] {
    Metric made = *find_metric("npv");
    made.name = "goal";
    made.label = "The goal";
    made.description = "what the scenario's goal weighs together";
    made.value = nullptr;
    return made;
  }();
  return place < metrics().size() ? metrics()[place] : goal;
}

std::vector<std::vector<double>> difference_of_plan(const UncertainDraws& draws, std::size_t metric, std::size_t plan) {
  std::vector<std::vector<double>> difference = draws.outcomes.at(metric).at(plan);
  for (std::size_t d = 0; d < difference.size(); ++d) {
    for (std::size_t r = 0; r < difference[d].size(); ++r) difference[d][r] -= draws.outcomes[metric].front()[d][r];
  }
  return difference;
}

MetricForecast metric_forecast(const UncertainDraws& draws, std::size_t metric) {
  MetricForecast result{metric, {}, {}};
  for (std::size_t p = 0; p < draws.plans.size(); ++p) {
    result.plans.push_back(forecast_of(draws.outcomes.at(metric)[p], draws.people_per_customer));
    result.differences.push_back(forecast_of(difference_of_plan(draws, metric, p), draws.people_per_customer));
  }
  return result;
}

void require_decides(std::size_t metric) {
  const Metric& by = figure_at(metric);
  if (by.direction == Direction::neutral)
    throw InputError(fmt::format("neither more nor less of {} is better by itself", by.name),
                     "npv, retained and nps can decide");
}

ValueSample decision_sample(const UncertainDraws& draws, std::size_t metric) {
  require_decides(metric);
  if (draws.plans.size() < 2)
    throw InputError("there is one plan alone: nothing is to be chosen", "add a [[plan]] to the scenario");
  const double sign = figure_at(metric).direction == Direction::lower ? -1.0 : 1.0;
  ValueSample sample{draws.keys, draws.values, draws.plans, {}, true};
  for (const auto& plan : draws.outcomes.at(metric)) {
    std::vector<double>& worth = sample.worth.emplace_back();
    for (const std::vector<double>& replications : plan) worth.push_back(sign * mean_of(replications));
  }
  return sample;
}

ValueOfInformation decision_by(const UncertainDraws& draws, std::size_t metric) {
  return value_of_information(decision_sample(draws, metric));
}

namespace {

/// Of which inputs the lead differs by more, between the fifths of the draws where they are least and most, than it does of
/// any where it is shuffled among the draws.
std::vector<bool> swings_beyond_chance(const ValueSample& sample, const std::vector<double>& lead,
                                       const std::vector<std::size_t>& defined) {
  const std::size_t fifth = defined.size() / 5;
  std::vector<std::vector<std::size_t>> rising;  // by input: places in `defined`
  for (const std::vector<double>& values : sample.values) {
    std::vector<std::size_t>& places = rising.emplace_back(defined.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t a, std::size_t b) { return values[defined[a]] < values[defined[b]]; });
  }
  const auto differences = [&](const auto& lead_at) {
    std::vector<double> result;
    for (const std::vector<std::size_t>& places : rising) {
      double low = 0.0, high = 0.0;
      for (std::size_t i = 0; i < fifth; ++i) {
        low += lead_at(places[i]);
        high += lead_at(places[places.size() - 1 - i]);
      }
      result.push_back(std::fabs(high - low));
    }
    return result;
  };
  std::vector<std::vector<double>> by_chance;
  for (const std::vector<std::uint32_t>& order : shuffled_orders(defined.size()))
    by_chance.push_back(differences([&](std::size_t place) { return lead[defined[order[place]]]; }));
  return beyond_chance(differences([&](std::size_t place) { return lead[defined[place]]; }), by_chance);
}

}  // namespace

std::vector<Swing> swings(const ValueSample& sample, std::size_t first, std::size_t second) {
  constexpr std::size_t fewest = 50;
  std::vector<std::size_t> defined;
  std::vector<double> lead(sample.worth[first].size());
  for (std::size_t d = 0; d < lead.size(); ++d) {
    lead[d] = sample.worth[first][d] - sample.worth[second][d];
    if (std::isfinite(lead[d])) defined.push_back(d);
  }
  if (defined.size() < fewest) return std::vector<Swing>(sample.inputs.size(), {nan, nan, nan, nan, nan, false, false});
  const std::size_t fifth = defined.size() / 5;
  const std::vector<bool> beyond = swings_beyond_chance(sample, lead, defined);
  std::vector<Swing> result;
  for (const std::vector<double>& values : sample.values) {
    std::stable_sort(defined.begin(), defined.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    const auto of = [&](std::size_t begin, const std::vector<double>& what) {
      std::vector<double> some;
      for (std::size_t i = begin; i < begin + fifth; ++i) some.push_back(what[defined[i]]);
      return some;
    };
    const std::size_t top = defined.size() - fifth;
    const std::vector<double> low = of(0, lead), high = of(top, lead);
    const auto n = static_cast<double>(fifth);
    const double a = variance_of(low) / n, b = variance_of(high) / n;
    Swing swing{
        mean_of(of(0, values)), mean_of(of(top, values)), mean_of(low), mean_of(high), std::sqrt(a + b), false, false};
    if (swing.error > 0.0 && std::isfinite(swing.error)) {
      // Degrees of freedom by Satterthwaite (1946).
      const double of_low = a / (a + b), of_high = b / (a + b);
      const double degrees = (n - 1.0) / (of_low * of_low + of_high * of_high);
      const double error = 0.05 / static_cast<double>(sample.inputs.size());
      const double point = student_t_point(degrees, 0.5 * error);
      swing.shown = std::fabs(swing.high - swing.low) > point * swing.error && beyond[result.size()];
      const double lost = student_t_point(n - 1.0, 0.5 * error);
      swing.turns = swing.shown && (swing.low < -lost * std::sqrt(a) || swing.high < -lost * std::sqrt(b));
    }
    result.push_back(swing);
  }
  return result;
}

std::vector<Acceptability> acceptability(const UncertainDraws& draws, double market) {
  const std::size_t plans = draws.plans.size();
  if (plans < 2) return {};
  const auto by_draw = [&](std::string_view metric) {
    std::vector<std::vector<double>> result;  // [plan][draw]
    for (const auto& plan : draws.outcomes[metric_position(metric)]) {
      std::vector<double>& means = result.emplace_back();
      for (const std::vector<double>& replications : plan) means.push_back(mean_of(replications));
    }
    return result;
  };
  const auto money = by_draw("npv"), kept = by_draw("customers");
  const auto most = [](const std::vector<std::vector<double>>& of) {
    std::size_t best = 0;
    for (std::size_t p = 1; p < of.size(); ++p) {
      if (mean_of(of[p]) > mean_of(of[best])) best = p;
    }
    return best;
  };
  const std::size_t richest = most(money), largest = most(kept);
  std::vector<double> values{0.0};
  if (richest != largest) {
    const double even =
        (mean_of(money[richest]) - mean_of(money[largest])) / (market * (mean_of(kept[largest]) - mean_of(kept[richest])));
    // From a tenth of it to ten times it, in round numbers.
    for (double power = std::pow(10.0, std::floor(std::log10(even) - 1.0)); power <= 10.0 * even; power *= 10.0) {
      for (const double step : {1.0, 2.0, 5.0}) {
        if (step * power >= 0.1 * even && step * power <= 10.0 * even) values.push_back(step * power);
      }
    }
  }
  std::vector<Acceptability> curve;
  for (const double value : values) {
    Acceptability at{value, std::vector<double>(plans, 0.0)};
    std::size_t defined = 0;
    for (std::size_t d = 0; d < money.front().size(); ++d) {
      std::vector<double> worth;
      for (std::size_t p = 0; p < plans; ++p) worth.push_back(money[p][d] + value * market * kept[p][d]);
      if (!std::all_of(worth.begin(), worth.end(), [](double x) { return std::isfinite(x); })) continue;
      ++defined;
      const double best = *std::max_element(worth.begin(), worth.end());
      const auto ties = static_cast<double>(std::count(worth.begin(), worth.end(), best));
      for (std::size_t p = 0; p < plans; ++p) at.chance_best[p] += worth[p] == best ? 1.0 / ties : 0.0;
    }
    for (double& chance : at.chance_best) chance /= static_cast<double>(defined);
    curve.push_back(std::move(at));
  }
  return curve;
}

}  // namespace sojourn
