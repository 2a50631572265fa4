// Surveys: who is asked when, and what they answer (MODEL.md section 5).
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/survey.hpp"
#include "sojourn/engine/clock.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/tally/shape.hpp"

namespace sojourn {

/// What a survey asks about: the state of a customer and, where it follows a visit, how that was.
struct Feeling {
  float satisfaction = 0.0f, answering = 0.0f;  // and the lasting style of answering
  float appraisal = 0.0f, effort = 0.0f;        // of the visit
};

/// One survey at one occasion: a visit that it covers, or the end of a window.
struct Asked {
  std::uint32_t survey = 0;
  std::uint32_t persona = 0;
  double time = 0.0;
  std::size_t window = 0;
  bool referred = false;  // a customer to whom another one had spoken well of the company first
  bool invited = false, answered = false;
  float probability = 0.0f;            // of answering, where invited
  std::int32_t truth = 0, answer = 0;  // on the survey's scale: without noise, and as it is written down where answered
  static constexpr std::uint32_t nowhere = 0xffffffffu;
  std::uint32_t touchpoint = nowhere;  // of the visit, where it is one
};

/// Answers with a smaller chance than this weigh as if they had it: a weight is one over the chance.
inline constexpr float least_answering_chance = 1e-4f;

/// The surveys of one model. What a customer carries of them stands in a row of numbers of which only this unit knows the
/// layout. Immutable; thread-safe.
class SurveyRules {
 public:
  SurveyRules(const ModelParts& parts, const Windows& windows);

  [[nodiscard]] std::size_t count() const { return surveys_.size(); }
  /// How many numbers a customer carries.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Whether some survey follows visits, and whether one is asked at intervals.
  [[nodiscard]] bool after_visits() const { return !visit_surveys_.empty(); }
  [[nodiscard]] bool at_intervals() const { return !interval_surveys_.empty(); }
  /// Whether being asked costs satisfaction: after visits, and at intervals.
  [[nodiscard]] bool annoys() const { return annoys_; }
  /// The surveys that follow visits.
  [[nodiscard]] std::span<const std::uint32_t> visit_surveys() const { return visit_surveys_; }
  /// Bit s: survey number s follows visits to the touchpoint.
  [[nodiscard]] std::uint32_t covering(std::uint32_t touchpoint) const { return covering_[touchpoint]; }
  [[nodiscard]] Question asks(std::uint32_t survey) const { return surveys_[survey].asks; }
  /// Whether the answer is one that the survey's closed loop follows up.
  [[nodiscard]] bool is_low(const Asked& asked) const {
    return asked.answered && asked.answer < surveys_[asked.survey].below;
  }
  [[nodiscard]] double cost(std::uint32_t survey) const { return surveys_[survey].cost; }
  /// Whether survey number `survey` follows visits.
  [[nodiscard]] bool follows_visits(std::uint32_t survey) const { return !(surveys_[survey].every > 0.0); }

  /// What a customer who arrives at `arrival` carries at first, into `row` of `width()` numbers.
  void begin(const Streams& streams, std::uint32_t customer, double arrival, std::span<double> row) const;

  /// The answer that a customer would give without noise, and what an answer counts in the survey's score.
  [[nodiscard]] std::int32_t truth(std::uint32_t survey, const Feeling& feeling) const {
    return point(surveys_[survey].asks, share_of(surveys_[survey].asks, feeling));
  }
  [[nodiscard]] std::int32_t value(std::uint32_t survey, std::int32_t answer) const {
    return scale_of(surveys_[survey].asks).net_promoter() ? behaviour::promoter_value(answer) : answer;
  }

  /// The surveys that follow visit number `event`, to `touchpoint`, one after another: calls `told` with each, and gives the
  /// satisfaction that all invitations together cost. `propensity()` is the trait, asked for where somebody is invited.
  template <class Propensity, class Told>
  float ask_after_visit(const Streams& streams, std::uint32_t customer, std::uint32_t event, std::uint32_t touchpoint,
                        const Asked& where, const Feeling& feeling, std::span<double> row, Propensity propensity,
                        Told told) const {
    float lost = 0.0f;
    for (const std::uint32_t survey : visit_surveys_) {
      if ((covering_[touchpoint] >> survey & 1u) == 0) continue;
      Asked asked = where;
      asked.survey = survey;
      asked.touchpoint = touchpoint;
      ask(streams.draw(customer, Purpose::survey, event, survey), feeling, row, propensity, asked);
      if (asked.invited) lost += surveys_[survey].annoyance;
      told(asked);
    }
    return lost;
  }

  /// Takes the invitations of the surveys that followed that visit out of what the customer remembers.
  void take_back(const Streams& streams, std::uint32_t customer, std::uint32_t event, std::uint32_t touchpoint,
                 std::span<double> row) const;

  /// The place in the row of the time that `asked_at` gives.
  [[nodiscard]] std::size_t place_of_next() const { return first_due_; }
  /// The end of the window in which the next occasion of a customer's surveys at intervals falls; infinite where there is
  /// none within the horizon. At that time the customer is asked, if one then.
  [[nodiscard]] double asked_at(std::span<const double> row) const { return at_intervals() ? row[first_due_] : no_occasion; }
  /// At that time: asks a customer whose occasions have come, where `customer_now`; the next ones are found. As
  /// `ask_after_visit` otherwise; `where.window` is the window that ends.
  template <class Propensity, class Told>
  float ask_at_interval(const Streams& streams, std::uint32_t customer, const Asked& where, bool customer_now,
                        const Feeling& feeling, std::span<double> row, Propensity propensity, Told told) const {
    float lost = 0.0f;
    for (const std::uint32_t survey : interval_surveys_) {
      if (!advance(survey, where.time, row) || !customer_now) continue;
      Asked asked = where;
      asked.survey = survey;
      ask(streams.draw(customer, Purpose::survey_asked, static_cast<std::uint32_t>(where.window), survey), feeling, row,
          propensity, asked);
      if (asked.invited) lost += surveys_[survey].annoyance;
      told(asked);
    }
    find_next(row);
    return lost;
  }

  /// Adds an occasion to the cells of a tally; `decay` is what discounting takes off within the window (PaidScore::decay).
  void count(std::int64_t* cells, const TallyShape& shape, const Asked& asked, double decay) const;
  /// Adds a visit, whether or not a survey covers it, for the survey's "everybody".
  void count_visit(std::int64_t* cells, const TallyShape& shape, std::uint32_t survey, std::uint32_t persona,
                   std::size_t window, const Feeling& feeling) const;

 private:
  struct OfSurvey {
    Question asks = Question::nps;
    float sample = 1.0f, noise = 0.0f, annoyance = 0.0f;
    behaviour::Response response{};
    double cost = 0.0;
    double below = 0.0;         // of its closed loop, on its scale; 0: no answer is low
    double every = 0.0;         // days; 0: after visits
    std::int32_t fatigue = -1;  // place in the row of the invitations remembered; -1: they matter to nobody
    double per_day = 0.0;       // of these, log 2 over the half-life
    std::int32_t due = -1;      // place in the row of the next occasion
  };
  static constexpr double no_occasion = 1e300;

  /// How far up the scale a customer feels to be.
  [[nodiscard]] float share_of(Question asks, const Feeling& feeling) const {
    switch (asks) {
      case Question::nps:
        return recommend_base_ + (feeling.satisfaction - 0.5f) + recommend_sd_ * feeling.answering;
      case Question::csat:
        return feeling.appraisal;
      case Question::ces:
        return 1.0f - feeling.effort;
    }
    return 0.0f;
  }
  [[nodiscard]] static std::int32_t point(Question asks, float share) {
    const QuestionScale& scale = scale_of(asks);
    return behaviour::point_on_scale(share, scale.first, scale.last - scale.first);
  }
  /// How many invitations, to any survey, the customer remembers at `time`, as the survey's half-life has it.
  [[nodiscard]] double remembered(const OfSurvey& survey, double time, std::span<const double> row) const {
    if (survey.fatigue < 0) return 0.0;
    return behaviour::remembered(row[static_cast<std::size_t>(survey.fatigue)], time - row[invited_at], survey.per_day);
  }
  template <class Propensity>
  void ask(const Words& words, const Feeling& feeling, std::span<double> row, Propensity propensity, Asked& asked) const {
    const OfSurvey& survey = surveys_[asked.survey];
    asked.truth = truth(asked.survey, feeling);
    asked.invited = uniform(words[0]) < survey.sample;
    if (!asked.invited) return;
    asked.probability = behaviour::answering_probability(
        feeling.satisfaction, static_cast<float>(remembered(survey, asked.time, row)), propensity(), survey.response);
    asked.answered = uniform(words[1]) < asked.probability;
    if (asked.answered) {
      const float noise = survey.noise > 0.0f ? survey.noise * normal(words[2]) : 0.0f;
      asked.answer = point(survey.asks, share_of(survey.asks, feeling) + noise);
    }
    remember_invitation(asked.time, row);
  }
  void remember_invitation(double time, std::span<double> row) const;
  /// Whether an occasion of the survey has come by `time`; then the next one after it is found.
  [[nodiscard]] bool advance(std::uint32_t survey, double time, std::span<double> row) const;
  void find_next(std::span<double> row) const;

  static constexpr std::size_t invited_at = 0;  // place in the row of the time of the last invitation, where they matter
  Windows windows_;
  std::size_t width_ = 0, first_due_ = 0;
  bool annoys_ = false;
  float recommend_base_, recommend_sd_;
  std::vector<OfSurvey> surveys_;
  std::vector<std::uint32_t> visit_surveys_, interval_surveys_;
  std::vector<std::uint32_t> covering_;                    // [touchpoint]
  std::vector<std::pair<std::int32_t, double>> memories_;  // place in the row, per day
};

}  // namespace sojourn
