// The next people of a block, many at a time: what Population makes of their random words, in columns.
#pragma once

#include "lock_step.hpp"
#include "sojourn/base/quantile_table.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"

namespace sojourn::lock_step {

/// Those of a beta and a gamma distribution: Inverse::interpolate.
SOJOURN_INLINE void draw_from_table(const Quantity& quantity, const std::int32_t* persona, const std::int32_t* family,
                                    const float* score, double* drawn) {
  alignas(64) std::int32_t node[lane_count];
  alignas(64) double t[lane_count], y[4][lane_count], l[lane_count];
  for (int k = 0; k < lane_count; ++k) {
    const double position = quantiles::position(score[k]);
    node[k] = static_cast<std::int32_t>(position);
    t[k] = position - static_cast<double>(node[k]);
  }
  for (int k = 0; k < lane_count; ++k) {
    const double* const at = quantity.of[persona[k]].table + node[k];
    for (int j = 0; j < 4; ++j) y[j][k] = at[j - 1];
  }
  for (int k = 0; k < lane_count; ++k) l[k] = quantiles::interpolate(y[0][k], y[1][k], y[2][k], y[3][k], t[k]);
  if ((quantity.families & Family::beta) != 0) {
    for (int k = 0; k < lane_count; ++k) drawn[k] = family[k] == Family::beta ? quantiles::sigmoid(l[k]) : drawn[k];
  }
  if ((quantity.families & Family::gamma) != 0) {
    for (int k = 0; k < lane_count; ++k) drawn[k] = family[k] == Family::gamma ? drawn[k] * numeric::exp(l[k]) : drawn[k];
  }
}

/// Draws of a quantity, one for each person, from `words` or, where the family is a function of a normal score, from
/// `score`: Inverse::draw, a family at a time.
SOJOURN_INLINE void draw_quantity(const Tables& tables, const Quantity& quantity, const std::int32_t* persona,
                                  const std::uint32_t* words, const float* score, double* drawn) {
  for (int k = 0; k < lane_count; ++k) drawn[k] = quantity.of[persona[k]].a;
  const std::int32_t families = quantity.families;
  if (families == Family::constant) return;
  alignas(64) double b[lane_count];
  alignas(64) float sigma[lane_count];
  alignas(64) std::int32_t family[lane_count];
  for (int k = 0; k < lane_count; ++k) {
    const Draw& draw = quantity.of[persona[k]];
    b[k] = draw.b;
    sigma[k] = draw.sigma;
    family[k] = draw.family;
  }
  if ((families & Family::uniform) != 0) {
    for (int k = 0; k < lane_count; ++k) {
      const double x = drawn[k] + b[k] * static_cast<double>(uniform(words[k]));
      drawn[k] = family[k] == Family::uniform ? x : drawn[k];
    }
  }
  if ((families & Family::normal) != 0) {
    for (int k = 0; k < lane_count; ++k) {
      const double x = drawn[k] + b[k] * static_cast<double>(score[k]);
      drawn[k] = family[k] == Family::normal ? x : drawn[k];
    }
  }
  if ((families & Family::exponential) != 0) {
    for (int k = 0; k < lane_count; ++k) {
      const double x = drawn[k] * static_cast<double>(exponential(words[k]));
      drawn[k] = family[k] == Family::exponential ? x : drawn[k];
    }
  }
  if ((families & Family::lognormal) != 0) {
    for (int k = 0; k < lane_count; ++k) {
      const double x = drawn[k] * static_cast<double>(numeric::exp(sigma[k] * score[k]));
      drawn[k] = family[k] == Family::lognormal ? x : drawn[k];
    }
  }
  if ((families & (Family::beta | Family::gamma)) != 0) draw_from_table(quantity, persona, family, score, drawn);
  if ((families & Family::one_by_one) != 0) {
    for (int k = 0; k < lane_count; ++k) {
      if (family[k] == Family::one_by_one) drawn[k] = tables.draw_one(tables.owner, persona[k], quantity.index, words[k]);
    }
  }
}

/// A trait: the same within its limits. `shared` are the words of the account, null where members share nothing.
SOJOURN_INLINE void draw_trait(const Tables& tables, const Quantity& trait, const std::int32_t* persona,
                               const std::uint32_t* words, const std::uint32_t* shared, float* drawn) {
  alignas(64) double unlimited[lane_count];
  alignas(64) float score[lane_count];
  if ((trait.families & Family::by_score) != 0) {
    for (int k = 0; k < lane_count; ++k) score[k] = normal(words[k]);
  }
  if ((trait.families & Family::by_score) != 0 && shared != nullptr) {
    // As Population::member_score and at_score.
    const float of_account = tables.shared_weight, own = tables.own_weight, most = normal(0);
    for (int k = 0; k < lane_count; ++k) {
      const float both = numeric::lesser(of_account * normal(shared[k]) + own * score[k], most);
      score[k] = both < -most ? -most : both;
    }
  }
  draw_quantity(tables, trait, persona, words, score, unlimited);
  for (int k = 0; k < lane_count; ++k) drawn[k] = static_cast<float>(numeric::clip(unlimited[k], trait.low, trait.high));
}

/// Persona, unless it is the role in an account, first touchpoint, arrival, way of answering and luck: Population::person.
SOJOURN_INLINE void draw_persons(const Tables& tables, bool members, People* people) {
  const auto& words = people->words;
  for (int k = 0; k < lane_count; ++k) people->start[k] = 0;
  if (!members) {
    for (int k = 0; k < lane_count; ++k) people->persona[k] = 0;
  }
  for (int p = 0; !members && p + 1 < tables.personas; ++p) {
    const double share = tables.cumulative_share[p];
    for (int k = 0; k < lane_count; ++k) {
      people->persona[k] += wide_uniform(words[0][0][k], words[1][2][k]) >= share ? 1 : 0;
    }
  }
  for (int s = 0; s + 1 < tables.most_starts; ++s) {
    alignas(64) double share[lane_count];
    for (int k = 0; k < lane_count; ++k) share[k] = tables.starts[people->persona[k] * tables.most_starts + s].share;
    for (int k = 0; k < lane_count; ++k) {
      people->start[k] += wide_uniform(words[0][1][k], words[1][3][k]) >= share[k] ? 1 : 0;
    }
  }
  for (int k = 0; k < lane_count; ++k) {
    people->start[k] = tables.starts[people->persona[k] * tables.most_starts + people->start[k]].touchpoint;
  }
  alignas(64) float score[lane_count];
  if ((tables.arrives.families & Family::by_score) != 0) {
    for (int k = 0; k < lane_count; ++k) score[k] = normal(words[0][2][k]);
  }
  draw_quantity(tables, tables.arrives, people->persona, words[0][2], score, people->arrival);
  for (int k = 0; k < lane_count; ++k) {
    people->arrival[k] = people->arrival[k] > 0.0 ? people->arrival[k] : 0.0;
    people->luck[k] = wide_uniform(words[1][0][k], words[1][1][k]);
  }
  for (int k = 0; k < lane_count; ++k) people->answering[k] = normal(words[0][3][k]);
}

/// Fills `people` with the next of the task's people who arrive within the horizon, from number `*next` on, which moves on.
/// Returns how many, 0 when there are no more.
SOJOURN_INLINE int draw_people(const Tables& tables, const Task& task, std::uint32_t* next, People* people) {
  while (*next < task.end) {
    const std::uint32_t left = task.end - *next;
    const int count = left < static_cast<std::uint32_t>(lane_count) ? static_cast<int>(left) : lane_count;
    for (int k = 0; k < lane_count; ++k) {
      people->customer[k] = *next + static_cast<std::uint32_t>(k);
      people->index[0][k] = 0;
      people->index[1][k] = 1;
    }
    *next += static_cast<std::uint32_t>(count);
    for (int use = 0; use < 4; ++use) {
      if (use >= 2 && (tables.trait_words >> (use - 2) & 1) == 0) continue;
      const auto purpose = static_cast<std::uint32_t>(use < 2 ? Purpose::person : Purpose::trait) | (task.replication << 8);
      philox_columns(people->customer, purpose, people->index[use % 2], lane_count, task.seed[0], task.seed[1],
                     {people->words[use][0], people->words[use][1], people->words[use][2], people->words[use][3]});
    }
    const bool members = task.accounts != nullptr, shares = members && tables.shared_weight > 0.0f;
    if (members) {
      for (int k = count; k < lane_count; ++k) people->persona[k] = 0, people->account[k] = 0;
      tables.find_members(task, people->customer[0], count, people->persona, people->account);
    }
    for (int use = 0; shares && use < 2; ++use) {
      if ((tables.trait_words >> use & 1) == 0) continue;
      const auto purpose = static_cast<std::uint32_t>(Purpose::account_trait) | (task.replication << 8);
      philox_columns(people->account, purpose, people->index[use], lane_count, task.seed[0], task.seed[1],
                     {people->shared[use][0], people->shared[use][1], people->shared[use][2], people->shared[use][3]});
    }
    draw_persons(tables, members, people);
    float* const traits[] = {people->satisfaction, people->expectation, people->loss_aversion, people->effort_aversion,
                             people->talkativeness};
    for (int t = 0; t < tables.drawn_count; ++t) {
      const Quantity& trait = tables.drawn[t];
      const int use = trait.index / 4, word = trait.index % 4;
      draw_trait(tables, trait, people->persona, people->words[2 + use][word], shares ? people->shared[use][word] : nullptr,
                 traits[t]);
      // What members share is a score: the other families' words are found from it one by one.
      const bool apart = shares && (trait.families & ~Family::by_score) != 0;
      for (int k = 0; (apart || tables.mixed != nullptr) && k < count; ++k) {
        const std::int32_t persona = people->persona[k], family = trait.of[persona].family;
        const bool mixed = tables.mixed != nullptr && (tables.mixed[persona] >> t & 1) != 0;
        if (!mixed && !(apart && family != Family::constant && (family & Family::by_score) == 0)) continue;
        traits[t][k] = tables.draw_trait(task, people->customer[k], persona, t);
      }
    }
    for (int own = 0; own < tables.own_count; ++own) {
      for (int k = 0; k < count; ++k) {
        people->own[own][k] = tables.draw_own(task, people->customer[k], people->persona[k], own);
      }
    }
    for (int k = 0; k < lane_count; ++k) people->since[k] = people->arrival[k];
    for (int k = 0; tables.existing != nullptr && k < count; ++k) {
      if (tables.existing[people->persona[k]] == 0) continue;
      people->since[k] = tables.draw_since(task, people->customer[k], people->persona[k], people->arrival[k]);
    }
    int arrived = 0;
    for (int k = 0; k < count; ++k) {
      people->chosen[arrived] = k;
      arrived += people->arrival[k] <= tables.horizon ? 1 : 0;
    }
    if (arrived > 0) return arrived;
  }
  return 0;
}

}  // namespace sojourn::lock_step
