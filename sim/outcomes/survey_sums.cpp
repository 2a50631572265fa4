#include "sojourn/outcomes/survey_sums.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sojourn/base/special_values.hpp"
#include "sojourn/behaviour/survey.hpp"
#include "sojourn/model/closed_loops.hpp"
#include "sojourn/outcomes/metrics.hpp"

namespace sojourn {
namespace {

double everybody(const SurveyCells& c) { return ratio(c.everybody_value, c.everybody); }
double of_visits(const SurveyCells& c) { return ratio(c.visits_value, c.visits); }
double covered(const SurveyCells& c) { return ratio(c.covered_value, c.covered); }
double invited(const SurveyCells& c) { return ratio(c.invited_value, c.invited); }
double answered(const SurveyCells& c) { return ratio(c.answered_value, c.answered); }
double recorded(const SurveyCells& c) { return ratio(c.recorded_value, c.answered); }

/// What an answer at this point of the scale counts.
double value_of(Question asks, std::size_t answer) {
  return scale_of(asks).net_promoter() ? behaviour::promoter_value(static_cast<std::int32_t>(answer))
                                       : static_cast<double>(answer);
}

/// Each answer counts as many times as it stands for people who would not answer (Horvitz & Thompson 1952; Hajek 1971).
double weighted_by_chance(const SurveySums& s) {
  const SurveyCells all = s.all();
  double sum = 0.0, weight = 0.0;
  for (std::size_t answer = 0; answer < answer_points; ++answer) {
    sum += all.weights[answer] * value_of(s.asks, answer);
    weight += all.weights[answer];
  }
  return ratio(sum, weight);
}

/// Each persona counts as it does among everybody (post-stratification: Holt & Smith 1979); those of whom nobody answered
/// are left out.
double weighted_by_persona(const SurveySums& s) {
  double sum = 0.0, weight = 0.0;
  for (const SurveyCells& persona : s.personas) {
    if (!(persona.answered > 0.0)) continue;
    sum += persona.everybody * recorded(persona);
    weight += persona.everybody;
  }
  return ratio(sum, weight);
}

constexpr std::array all_fields{
    SurveyField{&SurveyCells::everybody, "survey_everybody", "count", "customers at each window's end (nps), or visits"},
    SurveyField{&SurveyCells::everybody_value, "survey_everybody_value", "1", "sum of what their true answers count"},
    SurveyField{&SurveyCells::visits, "survey_visits", "count", "visits; of a survey at intervals as survey_everybody"},
    SurveyField{&SurveyCells::visits_value, "survey_visits_value", "1", "sum of what the true answers there count"},
    SurveyField{&SurveyCells::covered, "survey_covered", "count", "occasions that the survey covers"},
    SurveyField{&SurveyCells::covered_value, "survey_covered_value", "1", "sum of what the true answers there count"},
    SurveyField{&SurveyCells::invited, "survey_invitations", "count", "invitations"},
    SurveyField{&SurveyCells::invited_value, "survey_invitations_value", "1", "sum of what the true answers count"},
    SurveyField{&SurveyCells::answered, "survey_answers", "count", "answers"},
    SurveyField{&SurveyCells::answered_value, "survey_answers_value", "1", "sum of what the true answers count"},
    SurveyField{&SurveyCells::recorded_value, "survey_recorded", "1", "sum of what answers count as they are written down"},
    SurveyField{&SurveyCells::recorded_square, "survey_recorded_square", "1", "sum of the squares of that"},
    SurveyField{&SurveyCells::low, "survey_low", "count", "answers that a closed loop follows up"},
    SurveyField{&SurveyCells::recovered, "survey_recovered", "count", "people whom the closed loop led away"},
};

constexpr std::array all_survey_metrics{
    SurveyMetric{"measured", "Measured", "the score that the answers give",
                 [](const SurveySums& s) { return recorded(s.all()); }},
    SurveyMetric{"true", "True", "what is true of everybody", [](const SurveySums& s) { return everybody(s.all()); }},
    SurveyMetric{"response_rate", "Response rate", "answers / invitations",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return ratio(c.answered, c.invited);
                 }},
    SurveyMetric{"invited", "Invitations", "invitations per person who arrived",
                 [](const SurveySums& s) { return ratio(s.all().invited, s.arrived); }},
    SurveyMetric{"answered", "Answers", "answers per person who arrived",
                 [](const SurveySums& s) { return ratio(s.all().answered, s.arrived); }},
    SurveyMetric{"gap", "Perception gap", "measured - true",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return recorded(c) - everybody(c);
                 }},
    SurveyMetric{"true_visits", "True of all visits", "what is true at all visits, each as often as it happens",
                 [](const SurveySums& s) { return of_visits(s.all()); }},
    SurveyMetric{"true_covered", "True of those covered", "what is true at the occasions that the survey covers",
                 [](const SurveySums& s) { return covered(s.all()); }},
    SurveyMetric{"true_invited", "True of those invited", "what is true of those invited",
                 [](const SurveySums& s) { return invited(s.all()); }},
    SurveyMetric{"true_answered", "True of those who answer", "what is true of those who answer",
                 [](const SurveySums& s) { return answered(s.all()); }},
    SurveyMetric{"gap_visits", "Who visits, and how often", "true at all visits - true of everybody",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return of_visits(c) - everybody(c);
                 }},
    SurveyMetric{"gap_coverage", "Where is asked", "true of those covered - true at all visits",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return covered(c) - of_visits(c);
                 }},
    SurveyMetric{"gap_sampling", "Who is drawn", "true of those invited - true of those covered",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return invited(c) - covered(c);
                 }},
    SurveyMetric{"gap_response", "Who answers", "true of those who answer - true of those invited",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return answered(c) - invited(c);
                 }},
    SurveyMetric{"gap_noise", "What is written down", "measured - true of those who answer",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return recorded(c) - answered(c);
                 }},
    SurveyMetric{"weighted_propensity", "Weighted by chance to answer",
                 "the score where each answer counts one over its true chance", weighted_by_chance},
    SurveyMetric{"weighted_persona", "Weighted by persona", "the score where each persona counts as it does among everybody",
                 weighted_by_persona},
    SurveyMetric{"recovered", "Led to recovery", "people whom the closed loop led away, per person who arrived",
                 [](const SurveySums& s) { return ratio(s.all().recovered, s.arrived); }},
    SurveyMetric{"reached", "Low scorers reached", "people whom the closed loop led away / answers that it follows up",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return ratio(c.recovered, c.low);
                 }},
    SurveyMetric{"covered", "Share covered", "occasions that the survey covers / all visits",
                 [](const SurveySums& s) {
                   const SurveyCells c = s.all();
                   return ratio(c.covered, c.visits);
                 }},
};

constexpr std::array all_interval_fields{
    SurveyIntervalField{&SurveyIntervals::half_width, "half_width", "1",
                        "half the width of a 95 % interval from the answers of a replication"},
    SurveyIntervalField{&SurveyIntervals::windows, "windows", "count", "windows with 30 answers or more"},
    SurveyIntervalField{&SurveyIntervals::cover, "cover", "1",
                        "share of these whose interval holds what is true of everybody"},
};

/// Half the width of the interval of a mean of answers.
double half_width(const SurveyCells& c) {
  if (!(c.answered > 1.0)) return nan;
  const double mean = c.recorded_value / c.answered;
  const double variance = std::max(0.0, c.recorded_square / c.answered - mean * mean) * c.answered / (c.answered - 1.0);
  return 1.96 * std::sqrt(variance / c.answered);
}

void add(SurveyCells& to, const SurveyCells& from) {
  for (const SurveyField& field : all_fields) to.*field.member += from.*field.member;
  for (std::size_t answer = 0; answer < answer_points; ++answer) {
    to.answers[answer] += from.answers[answer];
    to.weights[answer] += from.weights[answer];
  }
}

/// The cells of one persona in one window; `customers` and their value are what nps is of.
SurveyCells cells_of(const Totals& totals, std::size_t survey, const Survey& described, std::size_t persona,
                     std::size_t window, double customers, double customers_value) {
  const auto sum = [&](SurveyScore score) { return totals.value(totals.shape().survey(survey, persona, window, score)); };
  SurveyCells c;
  c.visits = sum(SurveyScore::visits);
  c.visits_value = sum(SurveyScore::visits_value);
  const bool of_customers = scale_of(described.asks).net_promoter();
  c.everybody = of_customers ? customers : c.visits;
  c.everybody_value = of_customers ? customers_value : c.visits_value;
  if (described.every) {
    c.visits = c.everybody;
    c.visits_value = c.everybody_value;
  }
  c.covered = sum(SurveyScore::covered);
  c.covered_value = sum(SurveyScore::covered_value);
  c.invited = sum(SurveyScore::invited);
  c.invited_value = sum(SurveyScore::invited_value);
  c.answered = sum(SurveyScore::answered);
  c.answered_value = sum(SurveyScore::answered_value);
  c.recorded_value = sum(SurveyScore::recorded_value);
  c.recorded_square = sum(SurveyScore::recorded_square);
  return c;
}

}  // namespace

SurveySums& SurveySums::operator+=(const SurveySums& other) {
  asks = other.asks;
  arrived += other.arrived;
  personas.resize(std::max(personas.size(), other.personas.size()));
  for (std::size_t p = 0; p < other.personas.size(); ++p) add(personas[p], other.personas[p]);
  return *this;
}

SurveyCells SurveySums::all() const {
  SurveyCells sum;
  for (const SurveyCells& persona : personas) add(sum, persona);
  return sum;
}

std::span<const SurveyField> survey_fields() { return all_fields; }
std::span<const SurveyMetric> survey_metrics() { return all_survey_metrics; }
std::span<const SurveyIntervalField> survey_interval_fields() { return all_interval_fields; }

const SurveyMetric& survey_metric(std::string_view name) {
  const auto found = std::find_if(all_survey_metrics.begin(), all_survey_metrics.end(),
                                  [&](const SurveyMetric& m) { return m.name == name; });
  assert(found != all_survey_metrics.end());
  return *found;
}

SurveySums survey_sums(const Totals& totals, std::size_t survey, const Survey& described) {
  const TallyShape& shape = totals.shape();
  assert(shape.windows == 1);
  SurveySums sums;
  sums.asks = described.asks;
  for (std::size_t p = 0; p < shape.personas; ++p) {
    sums.arrived += totals.value(shape.person(p, PersonScore::arrived));
    const auto customers = [&](SurveyScore score) { return totals.value(shape.survey(survey, p, 0, score)); };
    SurveyCells c = cells_of(totals, survey, described, p, 0, customers(SurveyScore::customers),
                             customers(SurveyScore::customers_value));
    for (std::size_t answer = 0; answer < answer_points; ++answer) {
      c.answers[answer] = totals.value(shape.answers(survey, p, answer, AnswerScore::answers));
      c.weights[answer] = totals.value(shape.answers(survey, p, answer, AnswerScore::weight), answer_weight_scale);
    }
    sums.personas.push_back(c);
  }
  return sums;
}

void add_recoveries(SurveySums& sums, const Totals& totals, std::size_t survey, const ModelParts& parts) {
  const Survey& described = parts.surveys[survey];
  if (!described.closed_loop) return;
  const std::vector<Recovery> ways = recoveries_of(parts);
  const std::size_t first = totals.shape().exits - ways.size();
  for (std::size_t p = 0; p < sums.personas.size(); ++p) {
    for (std::size_t answer = 0; answer < answer_points; ++answer) {
      if (static_cast<double>(answer) < described.closed_loop->below)
        sums.personas[p].low += sums.personas[p].answers[answer];
    }
    for (std::size_t k = 0; k < ways.size(); ++k) {
      if (ways[k].survey == survey) sums.personas[p].recovered += totals.value(totals.shape().taken(p, first + k));
    }
  }
}

std::vector<SurveyCells> survey_by_window(const Totals& totals, std::size_t survey, const Survey& described) {
  const TallyShape& shape = totals.shape();
  std::vector<SurveyCells> windows(shape.windows);
  for (std::size_t p = 0; p < shape.personas; ++p) {
    Totals::Wide customers = 0, value = 0;
    for (std::size_t w = 0; w < shape.windows; ++w) {
      const auto change = [&](TimeScore score) { return totals.cell(shape.time(p, w, score)); };
      customers += change(TimeScore::customers);
      value += 100 * (change(TimeScore::promoters) - change(TimeScore::detractors));
      add(windows[w], cells_of(totals, survey, described, p, w, static_cast<double>(customers), static_cast<double>(value)));
    }
  }
  return windows;
}

SurveyIntervals survey_intervals(const std::vector<Totals>& replications, std::size_t survey, const Survey& described) {
  double widths = 0.0, counted = 0.0, windows = 0.0, cover = 0.0;
  for (const Totals& totals : replications) {
    SurveyCells whole;
    for (const SurveyCells& window : survey_by_window(totals, survey, described)) {
      add(whole, window);
      if (window.answered < fewest_answers || !(window.everybody > 0.0)) continue;
      windows += 1.0;
      // A rounding error is no miss.
      cover += std::fabs(recorded(window) - everybody(window)) <= half_width(window) + 1e-9 ? 1.0 : 0.0;
    }
    if (const double half = half_width(whole); !std::isnan(half)) {
      widths += half;
      counted += 1.0;
    }
  }
  return {ratio(widths, counted), windows, ratio(cover, windows)};
}

}  // namespace sojourn
