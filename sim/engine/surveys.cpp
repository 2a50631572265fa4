#include "sojourn/engine/surveys.hpp"

#include <algorithm>
#include <cmath>

#include "sojourn/tally/tally.hpp"

namespace sojourn {
namespace {

constexpr double log_2 = 0.69314718055994530942;

template <class T>
bool contains(const std::vector<T>& list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

SurveyRules::SurveyRules(const ModelParts& parts, const Windows& windows)
    : windows_(windows),
      recommend_base_(static_cast<float>(parts.behaviour.recommend_base)),
      recommend_sd_(static_cast<float>(parts.behaviour.recommend_sd)),
      covering_(parts.touchpoints.size(), 0) {
  const bool tires =
      std::any_of(parts.surveys.begin(), parts.surveys.end(), [](const Survey& survey) { return survey.fatigue > 0.0; });
  if (tires) width_ = invited_at + 1;
  const auto place = [&] { return static_cast<std::int32_t>(width_++); };
  for (std::size_t s = 0; s < parts.surveys.size(); ++s) {
    const Survey& survey = parts.surveys[s];
    OfSurvey of;
    of.asks = survey.asks;
    of.sample = static_cast<float>(survey.sample);
    of.noise = static_cast<float>(survey.noise);
    of.annoyance = static_cast<float>(survey.annoyance);
    of.response = {static_cast<float>(survey.base), static_cast<float>(survey.extremity), static_cast<float>(survey.unmet),
                   static_cast<float>(survey.fatigue)};
    of.cost = survey.cost;
    if (survey.closed_loop) of.below = survey.closed_loop->below;
    annoys_ = annoys_ || survey.annoyance > 0.0;
    if (survey.fatigue > 0.0) {
      of.per_day = log_2 / survey.fatigue_half_life.value();
      // Surveys with one half-life share what is remembered: every invitation tires of all of them.
      const auto known =
          std::find_if(memories_.begin(), memories_.end(), [&](const auto& memory) { return memory.second == of.per_day; });
      of.fatigue = known != memories_.end() ? known->first : place();
      if (known == memories_.end()) memories_.emplace_back(of.fatigue, of.per_day);
    }
    const auto number = static_cast<std::uint32_t>(s);
    if (survey.every) {
      of.every = survey.every->value();
      interval_surveys_.push_back(number);
    } else {
      visit_surveys_.push_back(number);
      for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
        const Touchpoint& touchpoint = parts.touchpoints[v];
        const bool covered = contains(survey.after, TouchpointId(v)) ||
                             (touchpoint.channel.valid() && contains(survey.channels, touchpoint.channel));
        if (covered && !touchpoint.end) covering_[v] |= 1u << s;
      }
    }
    surveys_.push_back(of);
  }
  if (interval_surveys_.empty()) return;
  first_due_ = width_++;
  for (const std::uint32_t survey : interval_surveys_) surveys_[survey].due = place();
}

void SurveyRules::begin(const Streams& streams, std::uint32_t customer, double arrival, std::span<double> row) const {
  std::fill(row.begin(), row.end(), 0.0);
  for (const std::uint32_t survey : interval_surveys_) {
    const OfSurvey& of = surveys_[survey];
    const Words words = streams.draw(customer, Purpose::survey_due, survey);
    const double phase = of.every * uniform(words[0], words[1]);
    row[static_cast<std::size_t>(of.due)] = phase + of.every * std::max(0.0, std::ceil((arrival - phase) / of.every));
  }
  if (at_intervals()) find_next(row);
}

void SurveyRules::take_back(const Streams& streams, std::uint32_t customer, std::uint32_t event, std::uint32_t touchpoint,
                            std::span<double> row) const {
  double invitations = 0.0;
  for (const std::uint32_t survey : visit_surveys_) {
    if ((covering_[touchpoint] >> survey & 1u) == 0) continue;
    invitations += uniform(streams.draw(customer, Purpose::survey, event, survey)[0]) < surveys_[survey].sample ? 1.0 : 0.0;
  }
  for (const auto& [place, per_day] : memories_) {
    double& memory = row[static_cast<std::size_t>(place)];
    memory = std::max(0.0, memory - invitations);
  }
}

void SurveyRules::remember_invitation(double time, std::span<double> row) const {
  if (memories_.empty()) return;
  for (const auto& [place, per_day] : memories_) {
    double& memory = row[static_cast<std::size_t>(place)];
    memory = behaviour::remembered(memory, time - row[invited_at], per_day) + 1.0;
  }
  row[invited_at] = time;
}

bool SurveyRules::advance(std::uint32_t survey, double time, std::span<double> row) const {
  const OfSurvey& of = surveys_[survey];
  double& due = row[static_cast<std::size_t>(of.due)];
  if (due > time) return false;
  // Mostly one occasion has come; the division, which gives the same then, is for several.
  due += time - due < of.every ? of.every : of.every * (std::floor((time - due) / of.every) + 1.0);
  if (due <= time) due += of.every;  // rounding
  return true;
}

void SurveyRules::find_next(std::span<double> row) const {
  double next = no_occasion;
  for (const std::uint32_t survey : interval_surveys_) {
    const double due = row[static_cast<std::size_t>(surveys_[survey].due)];
    if (due <= windows_.ends().back()) next = std::min(next, windows_.end(windows_.of(due)));
  }
  row[first_due_] = next;
}

void SurveyRules::count(std::int64_t* cells, const TallyShape& shape, const Asked& asked, double decay) const {
  const std::int64_t truth = value(asked.survey, asked.truth);
  std::int64_t* const at = cells + shape.survey(asked.survey, asked.persona, asked.window, SurveyScore::covered);
  const auto add = [&](SurveyScore score, std::int64_t amount) {
    at[static_cast<std::size_t>(score) - static_cast<std::size_t>(SurveyScore::covered)] += amount;
  };
  add(SurveyScore::covered, 1);
  add(SurveyScore::covered_value, truth);
  if (!asked.invited) return;
  add(SurveyScore::invited, 1);
  add(SurveyScore::invited_value, truth);
  const std::int64_t discounted = fixed(decay, shape.scales.decay);
  add(SurveyScore::decay, discounted);
  if (asked.referred) {
    add(SurveyScore::referred, 1);
    add(SurveyScore::referred_decay, discounted);
  }
  if (!asked.answered) return;
  const std::int64_t recorded = value(asked.survey, asked.answer);
  add(SurveyScore::answered, 1);
  add(SurveyScore::answered_value, truth);
  add(SurveyScore::recorded_value, recorded);
  add(SurveyScore::recorded_square, recorded * recorded);
  const double weight = 1.0 / static_cast<double>(std::max(asked.probability, least_answering_chance));
  const auto answer = static_cast<std::size_t>(asked.answer);
  cells[shape.answers(asked.survey, asked.persona, answer, AnswerScore::answers)] += 1;
  cells[shape.answers(asked.survey, asked.persona, answer, AnswerScore::weight)] += fixed(weight, answer_weight_scale);
}

void SurveyRules::count_visit(std::int64_t* cells, const TallyShape& shape, std::uint32_t survey, std::uint32_t persona,
                              std::size_t window, const Feeling& feeling) const {
  std::int64_t* const at = cells + shape.survey(survey, persona, window, SurveyScore::visits);
  at[0] += 1;
  at[1] += value(survey, truth(survey, feeling));
}

}  // namespace sojourn
