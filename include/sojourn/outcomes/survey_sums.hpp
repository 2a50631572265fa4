// What surveys come to: who was asked, what they said, what is true, and why the two differ (MODEL.md section 5).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// One survey among the people of one persona. Numbers of occasions, each with the sum over them of what the true answer
/// counts: 100, 0 or -100 of the net promoter score, else the point of the scale. `everybody` are the customers at each
/// window's end (nps) or all visits; each of the next is among the one before.
struct SurveyCells {
  double everybody = 0.0, everybody_value = 0.0;
  double visits = 0.0, visits_value = 0.0;  // of a survey at intervals the same as everybody
  double covered = 0.0, covered_value = 0.0;
  double invited = 0.0, invited_value = 0.0;
  double answered = 0.0, answered_value = 0.0;
  double recorded_value = 0.0, recorded_square = 0.0;  // of answers as they are written down
  double low = 0.0, recovered = 0.0;                   // answers that a closed loop follows up, and people whom it led away
  std::array<double, answer_points> answers{},
      weights{};  // by point of the scale; a weight is one over the chance to answer
};

/// One survey in one sample.
struct SurveySums {
  Question asks = Question::nps;
  double arrived = 0.0;  // people
  std::vector<SurveyCells> personas;

  SurveySums& operator+=(const SurveySums& other);
  /// All personas together.
  [[nodiscard]] SurveyCells all() const;
};

/// A number of SurveyCells, as the results file names it.
struct SurveyField {
  double SurveyCells::*member;
  std::string_view name, unit, long_name;
};
/// All of them but those by point of the scale.
[[nodiscard]] std::span<const SurveyField> survey_fields();

/// A figure of a survey; NaN where undefined (nobody was invited, nobody answered).
struct SurveyMetric {
  std::string_view name, label, description;
  double (*value)(const SurveySums&);
};
/// measured, true, response_rate, invited, answered, gap; what is true of the visits, of those covered, of those invited and
/// of those who answered; the parts of the gap, which add up to it; estimates with weights.
[[nodiscard]] std::span<const SurveyMetric> survey_metrics();
/// The one of that name, which there must be.
[[nodiscard]] const SurveyMetric& survey_metric(std::string_view name);

/// The intervals that a company would work out from its answers alone: mean ± 1.96 sd / sqrt(n), as if they were a random
/// sample of what is asked about.
struct SurveyIntervals {
  double half_width = 0.0;  // of a replication's answers, all windows together; mean over replications
  double windows = 0.0;     // windows, of all replications, with `fewest_answers` or more, of which each has an interval
  double cover = 0.0;       // share of these that hold what is true of everybody in the window; NaN without any
};
inline constexpr double fewest_answers = 30.0;

/// A number of SurveyIntervals, as the results file names it.
struct SurveyIntervalField {
  double SurveyIntervals::*member;
  std::string_view name, unit, long_name;
};
[[nodiscard]] std::span<const SurveyIntervalField> survey_interval_fields();

/// The sums of survey number `survey` in totals at the horizon (Totals::at_horizon).
[[nodiscard]] SurveySums survey_sums(const Totals& totals, std::size_t survey, const Survey& described);
/// Adds what its closed loop, if it has one, did: `totals` at the horizon, of programs of `parts`.
void add_recoveries(SurveySums& sums, const Totals& totals, std::size_t survey, const ModelParts& parts);
/// What it comes to in each window of a replication's totals, over all personas; without answers by point of the scale.
[[nodiscard]] std::vector<SurveyCells> survey_by_window(const Totals& totals, std::size_t survey, const Survey& described);
/// The intervals of a survey in all replications.
[[nodiscard]] SurveyIntervals survey_intervals(const std::vector<Totals>& replications, std::size_t survey,
                                               const Survey& described);

}  // namespace sojourn
