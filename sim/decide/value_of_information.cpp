#include "sojourn/decide/value_of_information.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "covariance.hpp"
#include "smooth_fit.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/matrix.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/decide/beyond_chance.hpp"
#include "sojourn/decide/laws.hpp"

namespace sojourn {
namespace {

constexpr std::size_t fewest_draws = 50;
constexpr std::uint32_t posterior_draws = 100;

/// The draws at which all is finite, with worth as differences to the first choice.
struct Clean {
  Matrix inputs, differences;  // [input][draw], [choice][draw]; the first choice differs by 0
  std::vector<double> first;   // the worth of the first choice
};

Clean cleaned(const ValueSample& sample) {
  if (sample.choices.size() < 2 || sample.worth.size() != sample.choices.size())
    throw InputError("a decision needs two choices or more", "one column for each choice");
  if (sample.inputs.empty() || sample.values.size() != sample.inputs.size())
    throw InputError("there is no input whose value could become known", "one column for each uncertain input");
  const std::size_t draws = sample.worth.front().size();
  for (const Matrix* columns : {&sample.values, &sample.worth}) {
    for (const std::vector<double>& column : *columns) {
      if (column.size() != draws)
        throw InputError(fmt::format("one column has {} draws, another {}", column.size(), draws),
                         "the same draws stand in the same lines of both");
    }
  }
  Clean clean;
  clean.inputs.resize(sample.inputs.size());
  clean.differences.resize(sample.choices.size());
  for (std::size_t i = 0; i < draws; ++i) {
    const auto defined = [&](const Matrix& columns) {
      return std::all_of(columns.begin(), columns.end(), [&](const auto& column) { return std::isfinite(column[i]); });
    };
    if (!defined(sample.values) || !defined(sample.worth)) continue;
    for (std::size_t k = 0; k < clean.inputs.size(); ++k) clean.inputs[k].push_back(sample.values[k][i]);
    const double first = sample.worth.front()[i];
    clean.first.push_back(first);
    for (std::size_t d = 0; d < clean.differences.size(); ++d) clean.differences[d].push_back(sample.worth[d][i] - first);
  }
  if (clean.first.size() < fewest_draws)
    throw InputError(fmt::format("there are {} draws at which all is defined", clean.first.size()),
                     fmt::format("at least {} are needed, and some hundreds to tell small values", fewest_draws));
  return clean;
}

std::size_t highest_mean(const Matrix& differences) {
  std::size_t best = 0;
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t d = 0; d < differences.size(); ++d) {
    if (const double here = mean(differences[d]); here > most) {
      most = here;
      best = d;
    }
  }
  return best;
}

double highest(const Matrix& columns, std::size_t draw) {
  double most = columns.front()[draw];
  for (const auto& column : columns) most = std::max(most, column[draw]);
  return most;
}

/// At each draw: the best less `best`.
std::vector<double> gains(const Matrix& differences, std::size_t best) {
  std::vector<double> result(differences.front().size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = highest(differences, i) - differences[best][i];
  return result;
}

InformationValue of_gains(const std::vector<double>& gain) {
  return {mean(gain), std::sqrt(covariance(gain, gain) / static_cast<double>(gain.size()))};
}

/// What the inputs explain of the differences between choices.
struct Explained {
  Matrix values;  // [choice][draw]
  InformationValue value;
};

Explained explained_by(const Matrix& inputs, const Matrix& differences) {
  const SmoothFit regression(inputs);
  const std::size_t draws = inputs.front().size(), choices = differences.size();
  Matrix coefficients, residuals;
  Explained result;
  std::size_t most = 1;
  for (const std::vector<double>& y : differences) {
    coefficients.push_back(regression.fit(y));
    result.values.push_back(regression.values(coefficients.back()));
    residuals.push_back(y);
    for (std::size_t i = 0; i < draws; ++i) residuals.back()[i] -= result.values.back()[i];
    most = std::max(most, coefficients.back().size());
  }
  const std::vector<double> gain = gains(result.values, highest_mean(result.values));
  result.value = of_gains(gain);

  // The coefficients' posterior: normal around them, independent from column to column, with the residuals' covariance from
  // choice to choice, as the columns are orthonormal.
  Matrix spread(choices, std::vector<double>(choices, 0.0));
  const double freedom = static_cast<double>(draws - 1) / static_cast<double>(draws - most);
  for (std::size_t a = 0; a < choices; ++a) {
    for (std::size_t b = 0; b <= a; ++b) spread[a][b] = spread[b][a] = freedom * covariance(residuals[a], residuals[b]);
  }
  const Matrix lower = cholesky(spread);
  const Streams streams(0, 1);
  std::vector<double> values;
  Matrix drawn(choices);
  for (std::uint32_t draw = 0; draw < posterior_draws; ++draw) {
    Matrix moved = coefficients;
    for (std::size_t c = 0; c < most; ++c) {
      std::vector<double> z;
      for (std::size_t d = 0; d < choices; ++d) {
        const Words words =
            streams.draw(draw, Purpose::figure, static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(d));
        z.push_back(static_cast<double>(normal_pair(words[0], words[1]).first));
      }
      for (std::size_t d = 0; d < choices; ++d) {
        if (c >= moved[d].size()) continue;
        for (std::size_t k = 0; k <= d; ++k) moved[d][c] += lower[d][k] * z[k];
      }
    }
    for (std::size_t d = 0; d < choices; ++d) drawn[d] = regression.values(moved[d]);
    values.push_back(mean(gains(drawn, highest_mean(drawn))));
  }
  const double overfitted = std::max(0.0, mean(values) - result.value.value);
  result.value.value = std::max(0.0, result.value.value - overfitted);
  result.value.error = std::hypot(result.value.error, std::sqrt(covariance(values, values)));
  return result;
}

/// What an input seems worth by a regression on it, with what chance adds.
double seeming_worth(const SmoothFit& regression, const Matrix& differences) {
  Matrix values;
  for (const std::vector<double>& y : differences) values.push_back(regression.values(regression.fit(y)));
  return mean(gains(values, highest_mean(values)));
}

/// Tells of what each input is worth whether it is more than chance makes of any.
void hold_to_chance(const Clean& clean, std::vector<InformationValue>& of_input) {
  constexpr std::size_t many = 512;
  const std::size_t draws = clean.first.size();
  if (draws > many) {
    const double error = 0.025 / static_cast<double>(of_input.size());
    const double point = normal_point(error);
    for (InformationValue& one : of_input) one.beyond_chance = one.value > point * one.error;
    return;
  }
  std::vector<SmoothFit> regressions;
  std::vector<double> seen;
  for (const std::vector<double>& input : clean.inputs) {
    regressions.emplace_back(Matrix{input});
    seen.push_back(seeming_worth(regressions.back(), clean.differences));
  }
  Matrix by_chance, shuffled = clean.differences;
  for (const std::vector<std::uint32_t>& order : shuffled_orders(draws)) {
    for (std::size_t d = 0; d < shuffled.size(); ++d) {
      for (std::size_t i = 0; i < draws; ++i) shuffled[d][i] = clean.differences[d][order[i]];
    }
    std::vector<double>& values = by_chance.emplace_back();
    for (const SmoothFit& regression : regressions) values.push_back(seeming_worth(regression, shuffled));
  }
  const std::vector<bool> beyond = beyond_chance(seen, by_chance);
  for (std::size_t k = 0; k < of_input.size(); ++k) of_input[k].beyond_chance = beyond[k];
}

/// The other choices that are worth the same as `best` at every draw.
std::vector<std::size_t> same_as(const Matrix& differences, std::size_t best) {
  std::vector<std::size_t> same;
  for (std::size_t d = 0; d < differences.size(); ++d) {
    if (d != best && differences[d] == differences[best]) same.push_back(d);
  }
  return same;
}

/// Whether the mean worth of `best` is above that of each other choice that differs by more than the draws' own chance.
bool stands_out(const Matrix& differences, std::size_t best) {
  const std::size_t others = differences.size() - 1;
  bool another = false;
  const double degrees = static_cast<double>(differences.front().size()) - 1.0;
  const double t = student_t_point(degrees, 0.025 / static_cast<double>(others));
  for (std::size_t d = 0; d < differences.size(); ++d) {
    if (differences[d] == differences[best]) continue;
    another = true;
    std::vector<double> lead = differences[best];
    for (std::size_t i = 0; i < lead.size(); ++i) lead[i] -= differences[d][i];
    const double error = std::sqrt(covariance(lead, lead) / static_cast<double>(lead.size()));
    if (!(mean(lead) > t * error)) return false;
  }
  return another;
}

double total_variance(const Matrix& columns) {
  double sum = 0.0;
  for (const auto& column : columns) sum += covariance(column, column);
  return sum;
}

std::vector<ChoiceOutlook> outlooks(const Clean& clean, const Matrix& known) {
  std::vector<ChoiceOutlook> result(known.size());
  const auto draws = static_cast<double>(clean.first.size());
  for (std::size_t d = 0; d < known.size(); ++d) {
    std::vector<double> worth = clean.first;
    for (std::size_t i = 0; i < worth.size(); ++i) worth[i] += clean.differences[d][i];
    result[d].mean = mean(worth);
    result[d].error = std::sqrt(covariance(worth, worth) / draws);
    result[d].expected_loss = mean(gains(known, d));
  }
  for (std::size_t i = 0; i < clean.first.size(); ++i) {
    const double most = highest(known, i);
    const auto ties = std::count_if(known.begin(), known.end(), [&](const auto& column) { return column[i] == most; });
    for (std::size_t d = 0; d < known.size(); ++d) {
      if (known[d][i] == most) result[d].chance_best += 1.0 / (static_cast<double>(ties) * draws);
    }
  }
  return result;
}

/// The mean answer that a survey of `answers` people would have given at each draw.
std::vector<double> surveyed(const std::vector<double>& truth, const SurveyPlan& plan, std::uint64_t answers) {
  const Streams streams(0, 2);
  std::vector<double> result(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const Words words = streams.draw(static_cast<std::uint32_t>(i), Purpose::figure, 0);
    if (plan.sd > 0.0) {
      const auto z = static_cast<double>(normal_pair(words[0], words[1]).first);
      result[i] = truth[i] + plan.sd / std::sqrt(static_cast<double>(answers)) * z;
    } else {
      const auto people = static_cast<double>(answers);
      result[i] = binomial_quantile(people, truth[i], uniform(words[0], words[1])) / people;
    }
  }
  return result;
}

}  // namespace

ValueOfInformation value_of_information(const ValueSample& sample) {
  const Clean clean = cleaned(sample);
  ValueOfInformation result;
  result.draws = clean.first.size();
  result.best = highest_mean(clean.differences);
  result.same = same_as(clean.differences, result.best);
  result.best_shown = stands_out(clean.differences, result.best);
  Matrix known = clean.differences;
  if (sample.simulated) {
    Explained all = explained_by(clean.inputs, clean.differences);
    const double whole = total_variance(clean.differences);
    result.explained = whole > 0.0 ? total_variance(all.values) / whole : 1.0;
    result.perfect = all.value;
    known = std::move(all.values);
  } else {
    result.perfect = of_gains(gains(known, result.best));
  }
  result.choices = outlooks(clean, known);
  for (const std::vector<double>& input : clean.inputs)
    result.of_input.push_back(explained_by({input}, clean.differences).value);
  hold_to_chance(clean, result.of_input);
  // Nothing is worth more than to know everything.
  if (sample.simulated) {
    for (const InformationValue& one : result.of_input) {
      if (one.value > result.perfect.value) result.perfect = one;
    }
  }
  for (InformationValue& one : result.of_input) one.value = std::min(one.value, result.perfect.value);
  return result;
}

std::vector<SurveyValue> survey_values(const ValueSample& sample, const SurveyPlan& plan) {
  const Clean clean = cleaned(sample);
  const std::vector<double>& truth = clean.inputs.at(plan.input);
  if (!(plan.sd > 0.0) && std::any_of(truth.begin(), truth.end(), [](double x) { return x < 0.0 || x > 1.0; }))
    throw InputError(fmt::format("{} is not a share of people: it leaves 0 to 1", sample.inputs[plan.input]),
                     "give the standard deviation of single answers");
  const double most = explained_by({truth}, clean.differences).value.value;
  std::vector<SurveyValue> result;
  double before = 0.0;
  for (std::uint64_t ten = 10; ten <= plan.most_answers; ten *= 10) {
    for (const std::uint64_t times : {1, 2, 5}) {
      const std::uint64_t answers = times * ten;
      if (answers > plan.most_answers) break;
      InformationValue value = explained_by({surveyed(truth, plan, answers)}, clean.differences).value;
      before = value.value = std::clamp(value.value, before, std::max(before, most));
      result.push_back({answers, value,
                        plan.people * value.value - plan.fixed_cost - plan.cost_per_answer * static_cast<double>(answers)});
    }
  }
  return result;
}

std::size_t best_survey(const std::vector<SurveyValue>& surveys) {
  std::size_t best = surveys.size();
  double most = 0.0;
  for (std::size_t k = 0; k < surveys.size(); ++k) {
    if (surveys[k].net > most) {
      most = surveys[k].net;
      best = k;
    }
  }
  return best;
}

}  // namespace sojourn
