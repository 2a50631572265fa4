// Which exit a customer takes: weights, shares, and where the draw falls.
#pragma once

#include "lock_step_block.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/choice.hpp"

namespace sojourn::lock_step {
namespace {

/// Weights of exits `first` to `first + 3`, added to their sum.
template <int first, bool slopes, bool tame, bool hears>
SOJOURN_INLINE void weigh(Block& b) {
  const int padded = b.padded();
  constexpr int at = first == 0 ? int{Field::odds} : int{Field::more};
  const float(*columns)[lane_count] = b.s.row + at;
  const float(*on_heard)[lane_count] = b.s.row + (first == 0 ? int{Field::heard} : int{Field::more_heard});
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const float satisfaction = b.c.satisfaction[i], expectation = b.c.expectation[i], effort = b.s.effort[i];
    float sum = first == 0 ? 0.0f : b.s.sum[i];
    EACH_EXIT
    for (int j = 0; j < 4; ++j) {
      float weight = columns[j][i];
      if constexpr (slopes) {
        float exponent =
            behaviour::utility(columns[4 + j][i], columns[8 + j][i], columns[12 + j][i], satisfaction, expectation, effort);
        if constexpr (hears) exponent = exponent + on_heard[j][i] * b.s.heard[i];
        weight = tame ? behaviour::weight_in_range(weight, exponent) : behaviour::weigh(weight, exponent);
      }
      b.s.cumulative[first + j][i] = weight;
      sum += weight;
    }
    b.s.sum[i] = sum;
  }
}

template <int first>
void weigh(Block& b) {
  if (!b.t.slopes) {
    weigh<first, false, true, false>(b);
  } else if (b.t.hears) {
    weigh<first, true, false, true>(b);
  } else if (b.t.tame) {
    weigh<first, true, true, false>(b);
  } else {
    weigh<first, true, false, false>(b);
  }
}

/// The shares of those for whom a probability is a trait of their own.
void share_out(Block& b) {
  const std::int32_t* flag = b.integers(Field::facts);
  for (int i = 0; i < b.lanes; ++i) {
    if ((flag[i] & RowFlag::trait_bound) == 0) continue;
    float probability[4], fixed_sum = 0.0f;
    for (int j = 0; j < 4; ++j) {
      const std::int32_t own = b.integers(Field::own + j)[i];
      probability[j] = own >= 0 ? numeric::clip_to_one(b.c.own[own][i]) : b.column(Field::probability + j)[i];
      fixed_sum += probability[j];
    }
    const behaviour::Shares shares = behaviour::share_out(fixed_sum, b.s.sum[i] > 0.0f);
    b.s.row[Field::rest][i] = shares.rest;
    b.s.row[Field::stay][i] = shares.stay;
    std::int32_t last = 0;
    for (int j = 0; j < 4; ++j) {
      probability[j] *= shares.shrink;
      b.s.row[Field::probability + j][i] = probability[j];
      if (probability[j] > 0.0f || b.column(Field::odds + j)[i] > 0.0f) last = j;
    }
    auto& facts = reinterpret_cast<std::int32_t*>(b.s.row[Field::facts])[i];
    facts = (facts & ~0xff0000) | last << 16;
  }
}

/// From weights to running sums of the exits' shares.
template <int slots, bool fixed_shares>
void accumulate(Block& b) {
  const float *share_rest = b.column(Field::rest), *share_stay = b.column(Field::stay);
  const std::int32_t* facts = b.integers(Field::facts);
  const float* shares = b.column(Field::probability);
  const float* more_shares = b.column(Field::more_probability);
  const int padded = b.padded();
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const float split = b.s.sum[i] > 0.0f ? share_rest[i] / b.s.sum[i] : 0.0f;
    const std::int32_t end_count = facts[i] >> 8 & 0xff;
    float total = 0.0f, leaving = 0.0f;
    EACH_EXIT
    for (int j = 0; j < slots; ++j) {
      total += b.s.cumulative[j][i] * split;
      if constexpr (fixed_shares) total += j < 4 ? shares[j * lane_count + i] : more_shares[(j - 4) * lane_count + i];
      b.s.cumulative[j][i] = total;
      leaving = j < end_count ? total : leaving;
    }
    b.s.total[i] = total;
    b.s.leaving[i] = leaving;
    b.s.going[i] = (total - leaving) + share_stay[i];
  }
}

void weigh_up(Block& b) {
  weigh<0>(b);
  if (b.t.most_exits > 4) weigh<4>(b);
  if (b.t.trait_bound) share_out(b);
  if (b.t.most_exits > 4) {
    accumulate<8, true>(b);
  } else if (b.t.probabilities) {
    accumulate<4, true>(b);
  } else {
    accumulate<4, false>(b);
  }
}

/// Running sums that do not depend on the customer.
void look_up(Block& b) {
  const int padded = b.padded();
  const float(*cumulative)[lane_count] = b.s.row + Field::probability;
  const float* share_stay = b.column(Field::constant_stay);
  const std::int32_t* facts = b.integers(Field::facts);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t end_count = facts[i] >> 8 & 0xff;
    float leaving = 0.0f;
    EACH_EXIT
    for (int j = 0; j < 4; ++j) {
      const float share = cumulative[j][i];  // read in any case: a condition around it would be a branch
      leaving = j < end_count ? share : leaving;
    }
    b.s.total[i] = cumulative[3][i];
    b.s.leaving[i] = leaving;
    b.s.going[i] = (cumulative[3][i] - leaving) + share_stay[i];
  }
}

/// The exit whose share the draw falls in.
template <int slots>
void pick(Block& b, const float (*cumulative)[lane_count]) {
  const float* share_stay = b.column(b.t.constant_choice ? Field::constant_stay : Field::stay);
  const std::int32_t* facts = b.integers(Field::facts);
  const int padded = b.padded();
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const float u = sojourn::uniform(b.s.words[1][i]);
    const float point = b.s.leaves[i] != 0 ? u * b.s.leaving[i] : b.s.leaving[i] + u * b.s.going[i];
    std::int32_t chosen = 0;
    EACH_EXIT
    for (int j = 0; j < slots; ++j) chosen += cumulative[j][i] <= point ? 1 : 0;
    // Places for exits that a row does not have hold its whole sum.
    const std::int32_t count = facts[i] >> 24, last = facts[i] >> 16 & 0xff;
    const bool beyond = chosen >= count;
    const bool stays = (beyond && share_stay[i] > 0.0f) || b.s.total[i] <= 0.0f;
    const std::int32_t exit = chosen < last ? chosen : last;
    b.s.chosen[i] = stays ? -1 : exit;
  }
}

void choose(Block& b) {
  const int padded = b.padded();
  if (b.t.constant_choice) {
    look_up(b);
  } else {
    weigh_up(b);
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const auto p = static_cast<double>(b.s.leaving[i]);
    const double luck = b.c.luck[i];
    // Without a way to an end p is 0, and luck is not below it.
    const bool leaves = luck < p || (p > 0.0 && b.s.going[i] <= 0.0f);
    b.c.luck[i] = behaviour::condition_on_choice(luck, p);
    b.s.leaves[i] = leaves ? 1 : 0;
  }
  if (b.t.most_exits > 4) {
    pick<8>(b, b.s.cumulative);
  } else {
    pick<4>(b, b.t.constant_choice ? b.s.row + Field::probability : b.s.cumulative);
  }
}

}  // namespace
}  // namespace sojourn::lock_step
