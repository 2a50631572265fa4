// Surveys and rules that look at visits, and the closed loops that follow low answers.
#pragma once

#include "lock_step_recording.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/behaviour/survey.hpp"

namespace sojourn::lock_step {
namespace {

[[nodiscard]] Asking asking(const Block& b, int i) {
  return {b.c.customer[i],
          b.c.event[i],
          b.c.persona[i],
          b.c.place[i] - b.c.persona[i] * b.t.touchpoints,
          b.c.window[i],
          b.c.time[i],
          b.c.satisfaction[i],
          b.c.answering[i],
          b.s.appraisal[i],
          b.s.effort[i],
          referred(b, i),
          b.c.code[i],
          -1};
}

/// Surveys that follow visits: what everybody would say, and what those say who are asked.
void ask_after_visits(Block& b) {
  const int padded = b.padded();
  const float base = b.t.recommend_base, sd = b.t.recommend_sd;
  for (std::int32_t k = 0; k < b.t.visit_survey_count; ++k) {
    const VisitSurvey& survey = b.t.visit_surveys[k];
    const std::int32_t steps = survey.last - survey.first;
    if (survey.asks == 0) {
      EACH_LANE
      for (int i = 0; i < padded; ++i) {
        b.s.answer[i] = behaviour::promoter_value(behaviour::recommend(b.c.satisfaction[i], b.c.answering[i], base, sd));
      }
    } else if (survey.asks == 1) {
      EACH_LANE
      for (int i = 0; i < padded; ++i) b.s.answer[i] = behaviour::point_on_scale(b.s.appraisal[i], survey.first, steps);
    } else {
      EACH_LANE
      for (int i = 0; i < padded; ++i) b.s.answer[i] = behaviour::point_on_scale(1.0f - b.s.effort[i], survey.first, steps);
    }
    std::int64_t* const cells =
        b.task.cells + b.t.shape.survey(static_cast<std::size_t>(survey.number), 0, 0, SurveyScore::visits);
    for (int i = 0; i < b.lanes; ++i) {
      std::int64_t* const at = cells + b.cell(b.c.persona[i], b.c.window[i]) * survey_score_count;
      at[0] += 1;
      at[1] += b.s.answer[i];
    }
  }
  const std::int32_t *covered = b.integers(Field::surveys), *facts = b.integers(Field::facts);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.marks[i] = covered[i] != 0 ? 1 : 0;
    b.s.recovery[i] = -1;
  }
  const int count = b.list_marked();
  for (int k = 0; k < count; ++k) {
    const int i = b.s.marked[k];
    const bool bought = b.c.bought[i] != 0 || (facts[i] & RowFlag::purchase) != 0;
    Asking at = asking(b, i);
    at.referred = b.c.introduced[i] != 0 && bought;
    const float lost = b.t.ask_after_visit(b.task, &at, b.t.carried_width > 0 ? b.carried(i) : nullptr);
    b.s.recovery[i] = at.recovery;
    if (lost > 0.0f) b.c.satisfaction[i] = behaviour::annoyed(b.c.satisfaction[i], lost);
  }
}

/// Visits at which rules look.
void watch_visits(Block& b) {
  const std::int32_t* const watched = b.integers(Field::watched);
  for (int i = 0; i < b.lanes; ++i) {
    if (watched[i] != 0) b.t.watch_visit(b.task, asking(b, i));
  }
}

/// The way of a closed loop, to a touchpoint that is no end.
void lead_away(Block& b, int i, std::int32_t way) {
  b.s.to[i] = b.c.persona[i] * b.t.touchpoints + b.t.recoveries[way - b.t.file_exits].to;
  b.s.taken[i] = b.c.persona[i] * b.t.exit_count + way;
}

/// Surveys at intervals: nothing else happens to a customer until the next visit.
void ask_while_staying(Block& b) {
  const int padded = b.padded();
  const double horizon = b.t.horizon;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const bool comes = b.c.asked_at[i] <= horizon && (b.s.moves[i] == 0 || b.c.asked_at[i] < b.s.time[i]);
    b.s.marks[i] = comes ? 1 : 0;
  }
  const int count = b.list_marked();
  for (int k = 0; k < count; ++k) {
    const int i = b.s.marked[k];
    Asking at = asking(b, i);
    b.t.ask_while_staying(b.task, &at, b.s.moves[i] == 0 ? never : b.s.time[i], b.carried(i));
    if (at.recovery >= 0) {
      b.s.time[i] = at.time + b.t.recoveries[at.recovery - b.t.file_exits].within;
      b.s.moves[i] = b.s.time[i] > b.task.until ? 2 : 1;
      lead_away(b, i, at.recovery);
    }
    b.c.asked_at[i] = b.carried(i)[b.t.first_asked];
    b.c.satisfaction[i] = at.satisfaction;
    b.c.code[i] = at.code;
    if (at.code >= Code::promoter) b.c.counted_satisfaction[i] = fixed_score(at.satisfaction);
  }
}

/// Closed loops lead away who is still there when they come.
void recover(Block& b) {
  for (int i = 0; i < b.lanes; ++i) {
    if (b.s.recovery[i] < 0) continue;
    const double within = b.t.recoveries[b.s.recovery[i] - b.t.file_exits].within;
    const double delay = b.s.a[i] > 0.0 ? b.s.a[i] : 0.0;
    if (b.s.chosen[i] >= 0 && b.c.time[i] + delay <= b.c.time[i] + within) continue;
    b.s.chosen[i] = 0;
    b.s.a[i] = within;
    lead_away(b, i, b.s.recovery[i]);
  }
}

}  // namespace
}  // namespace sojourn::lock_step
