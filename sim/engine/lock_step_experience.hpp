// What a visit is like: its parameters and random words, quality, appraisal, satisfaction and expectation.
#pragma once

#include "lock_step_asking.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"
#include "sojourn/behaviour/recommendation.hpp"

namespace sojourn::lock_step {
namespace {

void fetch_groups(Block& b, int begin, int end) {
  const int padded = b.padded();
  for (int i = 0; i < padded; i += 8) {
    for (int group = begin; group < end; ++group) fetch_group(b.t.rows, b.c.row, group, b.s.row, i);
  }
}

void fetch(Block& b) {
  const int padded = b.padded();
  if (!b.t.still) fetch_groups(b, 0, 1);
  if (!b.t.constant_choice) fetch_groups(b, 1, 3);
  if (b.t.probabilities || b.t.constant_choice || b.t.trait_bound) {
    fetch_groups(b, 3, 4);
  } else {
    // Nobody has shares of exits that do not depend on a choice: their columns stay 0, as they are at first.
    for (int i = 0; i < padded; i += 8) fetch_half_group(b.t.rows, b.c.row, 3, b.s.row, i);
  }
  if (b.t.carries != nullptr || b.t.couples || b.t.solving || b.t.visit_survey_count > 0 || b.t.watches) {
    fetch_groups(b, 4, 5);
  }
  if (b.t.most_exits > 4) fetch_groups(b, 5, 7);
  if (b.t.most_exits > 4 || b.t.trait_bound) fetch_groups(b, 7, 8);
  if (b.t.hears) fetch_groups(b, 8, 9);
}

void draw_words(Block& b) {
  const auto purpose = static_cast<std::uint32_t>(Purpose::visit) | (b.task.replication << 8);
  philox_columns(b.c.customer, purpose, b.c.event, b.padded(), b.task.seed[0], b.task.seed[1],
                 {b.s.words[0], b.s.words[1], b.s.words[2], b.s.words[3]});
}

/// Whether context is lost on the way from one team to another.
void hand_over(Block& b) {
  const int padded = b.padded();
  const auto purpose = static_cast<std::uint32_t>(Purpose::visit) | (b.task.replication << 8);
  philox_columns(b.c.customer, purpose, b.c.event, b.padded(), b.task.seed[0], b.task.seed[1],
                 {b.s.more_words[0], b.s.more_words[1], b.s.more_words[2], b.s.more_words[3]}, 1);
  const std::int32_t *row_team = b.integers(Field::team), *row_carry = b.integers(Field::carry);
  const float* carries = b.t.carries;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t to = row_team[i], from = b.c.team[i], carry = row_carry[i] + from;
    const bool between = to >= 0 && from >= 0 && from != to;
    b.s.repeated[i] = between ? 1 : 0;
    b.s.carry_index[i] = between ? carry : 0;
    b.c.team[i] = to >= 0 ? to : from;
  }
  for (int i = 0; i < padded; ++i) b.s.x[i] = carries[b.s.carry_index[i]];
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.repeated[i] &= uniform(b.s.more_words[0][i]) >= b.s.x[i] ? 1 : 0;
}

/// Expectations rise from one visit to the next.
void drift(Block& b) {
  for (int i = 0; i < b.lanes; ++i) {
    double& last = b.carried(i)[b.t.last_met];
    b.c.expectation[i] = behaviour::drift(b.c.expectation[i], b.t.expectation_drift, b.c.time[i] - last);
    last = b.c.time[i];
  }
}

template <class Fit>
SOJOURN_INLINE void deliver(Block& b, Fit fit) {
  const int padded = b.padded();
  const float fit_weight = b.t.fit_weight;
  const float *mean = b.column(Field::quality), *sd = b.column(Field::quality_sd);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const NormalPair scores = normal_pair(b.s.words[0][i], b.s.words[2][i]);
    b.s.quality[i] = behaviour::deliver(mean[i], sd[i], scores.first, fit(i), fit_weight);
    b.s.score[i] = scores.second;
  }
}

/// Which content is shown, and how well it fits.
void show_content(Block& b) {
  const int padded = b.padded();
  if (b.t.content_by_chance) {
    const auto purpose = static_cast<std::uint32_t>(Purpose::content) | (b.task.replication << 8);
    philox_columns(b.c.customer, purpose, b.c.event, b.padded(), b.task.seed[0], b.task.seed[1],
                   {b.s.more_words[0], b.s.more_words[1], b.s.more_words[2], b.s.more_words[3]});
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.x[i] = sojourn::uniform(b.s.more_words[0][i]);
  } else {
    // Any number between 0 and 1 is below a chance of 1, and above one of 0.
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.x[i] = 0.5f;
  }
  for (int i = 0; i < padded; ++i) {
    const ShownContent& content = b.t.content[b.c.row[i]];
    const int shown = b.s.x[i] < content.personalisation ? 1 : 0;
    b.s.fit[i] = content.fit[shown];
    b.s.marks[i] = static_cast<std::uint8_t>(shown);
  }
  std::int64_t* const cells = b.task.cells + b.t.shape.touch(0, 0, TouchScore::matched);
  for (int i = 0; i < b.lanes; ++i) {
    std::int64_t* const at = cells + static_cast<std::size_t>(b.c.place[i]) * touch_score_count;
    const std::int32_t* const scores = b.t.content[b.c.row[i]].scores[b.s.marks[i]];
    for (int k = 0; k < 3; ++k) at[k] += scores[k];
  }
}

/// Where nothing is felt only a purchase or a leave of absence can change how a person stands.
void stand_still(Block& b) {
  const int padded = b.padded();
  if ((b.t.families & (Family::normal | Family::lognormal)) != 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.score[i] = normal_pair(b.s.words[0][i], b.s.words[2][i]).second;
  }
  const std::int32_t* flag = b.integers(Field::facts);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t has_bought = b.c.bought[i] | (flag[i] & RowFlag::purchase);
    const std::int32_t away_code = has_bought != 0 ? Code::churned : Code::lost;
    const std::int32_t here_code = has_bought != 0 ? Code::promoter + b.c.stands[i] : Code::prospect;
    b.s.bought[i] = has_bought;
    b.s.code[i] = (flag[i] & RowFlag::away) != 0 ? away_code : here_code;
  }
}

void experience(Block& b) {
  const int padded = b.padded();
  if (b.t.still) {
    stand_still(b);
    return;
  }
  if (b.t.carries != nullptr) {
    hand_over(b);
  } else {
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.repeated[i] = 0;
  }
  if (b.t.last_met >= 0) drift(b);
  // Several short loops: the processor looks ahead over as many lanes as their instructions fit in its window.
  if (b.t.content != nullptr) {
    show_content(b);
    deliver(
        b, [&b](int i) __attribute__((always_inline)) { return b.s.fit[i]; });
  } else {
    deliver(
        b, [](int) __attribute__((always_inline)) { return 0.5f; });
  }
  const float *effort = b.column(Field::effort_mean), *weights = b.column(Field::weight);
  const float repeat_effort = b.t.repeat_effort;
  const behaviour::Appraisal appraisal = b.t.appraisal;
  const behaviour::Memory memory = b.t.memory;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const float f = behaviour::exert(effort[i], b.s.repeated[i] != 0 ? repeat_effort : 0.0f, b.s.strain[i]);
    const float score =
        behaviour::appraise(b.s.quality[i], b.c.expectation[i], f, b.c.loss_aversion[i], b.c.effort_aversion[i], appraisal);
    b.c.satisfaction[i] = behaviour::remember(b.c.satisfaction[i], score, weights[i], memory);
    b.s.effort[i] = f;
    b.s.appraisal[i] = score;
  }
  const float *promised = b.column(Field::promise), *by = b.column(Field::promise_weight), adapt = b.t.adapt;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.c.expectation[i] = behaviour::adapt(behaviour::adapt(b.c.expectation[i], b.s.quality[i], adapt), promised[i], by[i]);
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.touch[i][0] = fixed_score(b.s.quality[i]);
    b.s.touch[i][1] = fixed_score(b.s.appraisal[i]);
  }
  if (b.t.watches) watch_visits(b);
  if (b.t.visit_survey_count > 0) ask_after_visits(b);
  const std::int32_t* flag = b.integers(Field::facts);
  const float base = b.t.recommend_base, base_sd = b.t.recommend_sd;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t stands =
        behaviour::promoter_class(behaviour::recommend(b.c.satisfaction[i], b.c.answering[i], base, base_sd));
    const std::int32_t has_bought = b.c.bought[i] | (flag[i] & RowFlag::purchase);
    const std::int32_t away_code = has_bought != 0 ? Code::churned : Code::lost;
    const std::int32_t here_code = has_bought != 0 ? Code::promoter + stands : Code::prospect;
    b.s.stands[i] = stands;
    b.s.bought[i] = has_bought;
    b.s.code[i] = (flag[i] & RowFlag::away) != 0 ? away_code : here_code;
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t counts = b.s.code[i] >= Code::promoter ? -1 : 0;
    const std::int32_t counted_s = counts & fixed_score(b.c.satisfaction[i]);
    const std::int32_t counted_e = counts & fixed_score(b.c.expectation[i]);
    b.s.series[i][0] = counted_s - b.c.counted_satisfaction[i];
    b.s.series[i][1] = counted_e - b.c.counted_expectation[i];
    b.c.counted_satisfaction[i] = counted_s;
    b.c.counted_expectation[i] = counted_e;
  }
}

/// Which visits solve the problem that brought people there.
void solve(Block& b) {
  const int padded = b.padded();
  const auto purpose = static_cast<std::uint32_t>(Purpose::solve) | (b.task.replication << 8);
  philox_columns(b.c.customer, purpose, b.c.event, b.padded(), b.task.seed[0], b.task.seed[1],
                 {b.s.more_words[0], b.s.more_words[1], b.s.more_words[2], b.s.more_words[3]});
  const float* const chance = b.column(Field::solves);
  const std::int32_t* const by_trait = b.integers(Field::solves_trait);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.solved[i] = sojourn::uniform(b.s.more_words[0][i]) < chance[i] ? 1 : 0;
    b.s.marks[i] = by_trait[i] != 0 ? 1 : 0;
  }
  const int own = b.list_marked();
  for (int k = 0; k < own; ++k) {
    const int i = b.s.marked[k];
    const float here = b.t.solving_chance(b.task, b.c.customer[i], b.c.persona[i], b.c.row[i]);
    b.s.solved[i] = sojourn::uniform(b.s.more_words[0][i]) < here ? 1 : 0;
  }
  std::int64_t* const first = b.task.cells + b.t.shape.touch(0, 0, TouchScore::solved);
  for (int i = 0; i < b.lanes; ++i) first[static_cast<std::size_t>(b.c.place[i]) * touch_score_count] += b.s.solved[i];
}

}  // namespace
}  // namespace sojourn::lock_step
