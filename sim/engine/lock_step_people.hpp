// The next people of a block, many at a time: what Population makes of their random words, in columns.
#pragma once

#include <bit>

#include "lock_step.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"

namespace sojourn::lock_step {

/// A 52-bit uniform number (see base/random.hpp). The exponent of 2^52 makes the integer a double: vector instructions
/// before AVX-512 cannot convert it.
SOJOURN_INLINE double wide_uniform(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 12;
  const double integer = std::bit_cast<double>(bits | 0x4330000000000000u) - 0x1p52;
  return (integer + 0.5) * 0x1p-52;
}

/// Draws of a quantity, one for each person, from `words`: Inverse::draw, a family at a time.
SOJOURN_INLINE void draw_quantity(const Tables& tables, const Quantity& quantity, const std::int32_t* persona,
                                  const std::uint32_t* words, double* drawn) {
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
      const double x = drawn[k] + b[k] * static_cast<double>(normal(words[k]));
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
      const double x = drawn[k] * static_cast<double>(numeric::exp(sigma[k] * normal(words[k])));
      drawn[k] = family[k] == Family::lognormal ? x : drawn[k];
    }
  }
  if ((families & Family::one_by_one) != 0) {
    for (int k = 0; k < lane_count; ++k) {
      if (family[k] == Family::one_by_one) drawn[k] = tables.draw_one(tables.owner, persona[k], quantity.index, words[k]);
    }
  }
}

/// A trait: the same within its limits.
SOJOURN_INLINE void draw_trait(const Tables& tables, const Quantity& trait, const std::int32_t* persona,
                               const std::uint32_t* words, float* drawn) {
  alignas(64) double unlimited[lane_count];
  draw_quantity(tables, trait, persona, words, unlimited);
  for (int k = 0; k < lane_count; ++k) drawn[k] = static_cast<float>(numeric::clip(unlimited[k], trait.low, trait.high));
}

/// Persona, first touchpoint, arrival, way of answering and luck: Population::person.
SOJOURN_INLINE void draw_persons(const Tables& tables, People* people) {
  const auto& words = people->words;
  for (int k = 0; k < lane_count; ++k) people->persona[k] = people->start[k] = 0;
  for (int p = 0; p + 1 < tables.personas; ++p) {
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
  draw_quantity(tables, tables.arrives, people->persona, words[0][2], people->arrival);
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
    draw_persons(tables, people);
    float* const traits[] = {people->satisfaction, people->expectation, people->loss_aversion, people->effort_aversion};
    for (int t = 0; t < felt_traits; ++t) {
      const Quantity& trait = tables.felt[t];
      draw_trait(tables, trait, people->persona, people->words[2 + trait.index / 4][trait.index % 4], traits[t]);
    }
    for (int k = 0; tables.mixed != nullptr && k < count; ++k) {
      for (int t = 0; t < felt_traits; ++t) {
        if ((tables.mixed[people->persona[k]] >> t & 1) == 0) continue;
        traits[t][k] = tables.draw_felt(task, people->customer[k], people->persona[k], t);
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
