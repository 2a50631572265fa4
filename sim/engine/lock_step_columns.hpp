// What the vectorised loop works in: columns of customers, and how rows of tables become columns. For lock_step.cpp alone,
// which is compiled for several vector widths: everything here has internal linkage or is forced inline.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__SSE4_1__)
#include <immintrin.h>
#endif

#include "lock_step.hpp"
#include "sojourn/base/each_lane.hpp"
#include "sojourn/base/numeric.hpp"

namespace sojourn::lock_step {
namespace {

typedef float Float4 __attribute__((vector_size(16), may_alias));
typedef float Float8 __attribute__((vector_size(32), may_alias));
typedef double Double4 __attribute__((vector_size(32), may_alias));
typedef double Double4Anywhere __attribute__((vector_size(32), may_alias, aligned(4)));
typedef double Double2 __attribute__((vector_size(16), may_alias));
typedef double Double2Anywhere __attribute__((vector_size(16), may_alias, aligned(8)));
typedef std::uint32_t Word4 __attribute__((vector_size(16), may_alias));
typedef std::int64_t Long2 __attribute__((vector_size(16), may_alias));

/// Two 32-bit integers as 64-bit ones. g++ 12 makes the conversion of so small a vector one number at a time.
SOJOURN_INLINE Long2 widen(const std::int32_t (&pair)[2]) {
#if defined(__SSE4_1__)
  return (Long2)_mm_cvtepi32_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(pair)));
#else
  return Long2{pair[0], pair[1]};
#endif
}

/// Columns: one customer a lane.
struct alignas(64) Columns {
  double time[lane_count], luck[lane_count], since[lane_count];  // `since` as in Kept
  double asked_at[lane_count];  // see SurveyRules::asked_at; only where surveys are asked at intervals
  std::uint32_t customer[lane_count], event[lane_count];
  float satisfaction[lane_count], expectation[lane_count];
  float answering[lane_count], loss_aversion[lane_count], effort_aversion[lane_count];
  float own[own_traits][lane_count];
  float heard[lane_count];  // only where customers are coupled, and so `introduced`
  std::int32_t persona[lane_count], place[lane_count], window[lane_count], regime[lane_count], row[lane_count];
  std::int32_t code[lane_count], bought[lane_count], counted_satisfaction[lane_count], counted_expectation[lane_count];
  std::int32_t stands[lane_count];  // as what a customer would answer where nothing is felt
  std::int32_t team[lane_count], flow_kind[lane_count];
  std::int32_t tenure_counted[lane_count];
  std::int32_t introduced[lane_count];  // 1 where somebody spoke well of the company to the customer before the purchase

  /// Does something with each column; of the own traits only with those that occur.
  template <class Use>
  SOJOURN_INLINE void each(int own_count, Use use) {
    use(time), use(luck), use(since), use(asked_at);
    use(customer), use(event), use(satisfaction), use(expectation);
    use(answering), use(loss_aversion), use(effort_aversion);
    for (int k = 0; k < own_count; ++k) use(own[k]);
    use(persona), use(place), use(window), use(regime), use(row);
    use(code), use(bought), use(counted_satisfaction), use(counted_expectation), use(stands);
    use(team), use(flow_kind), use(tenure_counted);
    use(heard), use(introduced);
  }
};

/// What one visit makes on the way.
struct alignas(64) Scratch {
  float row[8 * row_groups][lane_count];
  std::uint32_t words[4][lane_count], more_words[4][lane_count];
  float score[lane_count];  // for the delay
  float quality[lane_count], effort[lane_count], appraisal[lane_count];
  float heard[lane_count];          // with what is read
  std::int32_t stands[lane_count];  // as what a customer would answer
  std::int32_t repeated[lane_count], code[lane_count], bought[lane_count];
  std::int32_t recovery[lane_count];  // number of the exit by which a closed loop leads away, or -1
  std::int32_t solved[lane_count];    // 1 where the visit solved the problem
  float fit[lane_count];              // of the content shown
  std::int32_t answer[lane_count];    // what it would count in a survey's score
  std::int32_t touch[lane_count][2], series[lane_count][2];
  float cumulative[fast_exits][lane_count];
  float sum[lane_count], total[lane_count], leaving[lane_count], going[lane_count];
  std::int32_t leaves[lane_count], chosen[lane_count];
  double a[lane_count], b[lane_count], time[lane_count];
  std::int64_t decay[lane_count];
  float sigma[lane_count], e[lane_count], x[lane_count];
  std::int32_t family[lane_count], to[lane_count], taken[lane_count], moves[lane_count], window[lane_count];
  std::int32_t extra_effort[lane_count];  // beyond the place's
  std::int32_t cell[lane_count];          // of a persona in a window
  std::int32_t carry_index[lane_count], exit_index[lane_count];
  std::uint64_t way[lane_count];           // see packed_way
  std::int32_t from[lane_count];           // where customers come from
  std::int32_t marked[lane_count];         // lanes listed by list_marked
  std::uint32_t due[2 * lane_count + 16];  // rows of the store that are due: of the next lanes
  std::uint32_t kept[lane_count], coming[lane_count], visits_and_exit[lane_count], who[lane_count];
  float strain[lane_count];  // of the wait in line; 0 but for those who were served in this window
  std::int32_t move_cell[lane_count], ends[lane_count];
  std::uint8_t marks[lane_count];   // 1: to be listed
  std::uint8_t due_in[lane_count];  // see due_number
};

/// What visits change now and then, kept until there is enough of it to be counted in one go. Sums do not depend on the
/// order. Each list has a place more than it counts: what may be nothing is written there without a branch.
struct alignas(64) Pending {
  static constexpr int room = 2 * lane_count;
  struct Purchase {
    double days;  // since the arrival
    std::int32_t persona, window;
  };
  struct Tenure {
    double days;
    std::int32_t persona;
    TenureScore score;
  };
  // Flows of money that change, in columns; `piece` and what follows is only for counting them.
  double time[room + 16];
  std::int32_t window[room + 16], regime[room + 16], from[room + 16], to[room + 16];
  MoneyOf whose[room + 16];
  std::int32_t piece[room + 16];
  double end[room + 16], window_begin[room + 16];
  std::int64_t days[room + 16], discounted_days[room + 16];
  Purchase purchases[room + 1];
  Tenure tenures[room + 1];
  int flow_count = 0, purchase_count = 0, tenure_count = 0;
};

/// Lanes whose customers do not choose where to go: they are held at a gate.
struct SetApart {
  std::int32_t lane[lane_count];
  double luck[lane_count];  // as it was before the choice
};

/// Those whose exits compete, close together.
struct alignas(64) Racers {
  float columns[8 * row_groups][lane_count];
  std::uint32_t words[4][lane_count], customer[lane_count], event[lane_count];
  std::int32_t lane[lane_count];  // of `Columns`
  std::int32_t row[lane_count], first_exit[lane_count], index[lane_count], first[lane_count];
  std::int32_t family[lane_count], to[lane_count], taken[lane_count];
  float satisfaction[lane_count], expectation[lane_count], heard[lane_count], effort[lane_count];
  float sigma[lane_count], e[lane_count], x[lane_count];
  double a[lane_count], b[lane_count], stretch[lane_count], delay[lane_count];
  // Of each exit: when it comes if its hazard does not change, and the hazard of its law that it needs, 2e30 where it never
  // comes.
  double delays[fast_exits][lane_count];
  float hazard[fast_exits][lane_count];
  // Of each exit, where hazards change: the draw, and what the customer's state makes of the odds.
  float threshold[fast_exits][lane_count], factor[fast_exits][lane_count];
};

/// Of the racers those over whose race hazards change, each at the racer's place.
struct alignas(64) Changing {
  std::int32_t changes[lane_count];               // 0: of nobody else
  std::int32_t place[lane_count];                 // among those where hazards change
  std::int32_t next[lane_count], at[lane_count];  // the stretch of time that begins next, and that they are in
  std::int32_t index[lane_count], chosen[lane_count];
  double time[lane_count], begins[lane_count];  // of the visit, and when the next stretch begins
  double limit[lane_count];                     // days after which some exit has come
  double soonest[fast_exits][lane_count];       // days before which an exit does not come
  std::int32_t steady[fast_exits][lane_count];  // 1: what changes is not the exit's own
  std::uint8_t marks[lane_count];
  std::int32_t listed[lane_count];
};

/// Exits of one law that may come first, of some racers: where each is on the way over the stretches of time, as
/// delay_over_stretches has it. Doubles and integers apart, so that one vector holds as many of each.
struct alignas(64) Walkers {
  double time[lane_count], limit[lane_count], a[lane_count], b[lane_count], sigma[lane_count];
  double per[lane_count];                                           // 1 / b
  double now[lane_count], left[lane_count], used[lane_count];       // at the beginning of the stretch
  double age[lane_count];                                           // likewise; only where delays are stretched
  double since[lane_count], age_since[lane_count], by[lane_count];  // Ageing, likewise
  double end[lane_count], m[lane_count], stretch[lane_count];       // of the stretch at hand
  double over[lane_count], delay[lane_count];                       // how the way ends there, and when
  float factor[lane_count], m_by_state[lane_count];
  std::int32_t at[lane_count], row[lane_count];       // the stretch; the exit in Hazards::odds, at the first kind
  std::int32_t steps[lane_count], after[lane_count];  // the exit in Hazards::steps; the stretch in which it changes next
  std::int32_t racer[lane_count], exit[lane_count];
  std::int32_t last[lane_count], probe[lane_count];  // of stretches that are looked for
  std::int32_t ended[lane_count];
  // Of exits whose accumulated hazard is known.
  double reached[lane_count], parts[lane_count];
  std::int32_t sums[lane_count], first[lane_count];
  // Of exits that have a HazardCourse: into its arrays, to how far the closed form has led, and what that looks for.
  double least_age[lane_count], jumps[lane_count], shape[lane_count], goal[lane_count], then[lane_count];
  double mean[lane_count], here[lane_count], hazard[lane_count];
  std::int32_t course[lane_count], stretches[lane_count], gone_to[lane_count], found[lane_count], until[lane_count];
};

/// Columns of `Row`, by the position of the field.
struct Field {
  enum {
    quality,
    quality_sd,
    effort_mean,
    weight,
    promise,
    promise_weight,
    rest,
    stay,
    odds,  // then slopes on satisfaction, expectation and effort: four columns each
    first_exit = 24,
    facts,
    flow_kind,
    constant_stay,
    probability,
    team = probability + 4,
    carry,
    race_exits,
    coupling,
    solves,
    solves_trait,
    surveys,
    watched,
    more = team + 8,  // the same as from `odds` on, for exits 5 to 8
    more_probability = more + 16,
    own = more_probability + 4,
    heard = own + 4,
    more_heard = heard + 4,
  };
};

/// Eight rows become eight columns of one of their groups.
template <class Row>
SOJOURN_INLINE void fetch_group(const Row* rows, const std::int32_t* row, int group, float (*columns)[lane_count],
                                int lane) {
  const auto load = [&](int k) __attribute__((always_inline)) {
    return reinterpret_cast<const Float8*>(rows + row[lane + k])[group];
  };
  const Float8 r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3), r4 = load(4), r5 = load(5), r6 = load(6),
               r7 = load(7);
  const Float8 a0 = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a1 = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
  const Float8 a2 = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a3 = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
  const Float8 a4 = __builtin_shufflevector(r4, r5, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a5 = __builtin_shufflevector(r4, r5, 2, 10, 3, 11, 6, 14, 7, 15);
  const Float8 a6 = __builtin_shufflevector(r6, r7, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a7 = __builtin_shufflevector(r6, r7, 2, 10, 3, 11, 6, 14, 7, 15);
  const Float8 b0 = __builtin_shufflevector(a0, a2, 0, 1, 8, 9, 4, 5, 12, 13);
  const Float8 b1 = __builtin_shufflevector(a0, a2, 2, 3, 10, 11, 6, 7, 14, 15);
  const Float8 b2 = __builtin_shufflevector(a1, a3, 0, 1, 8, 9, 4, 5, 12, 13);
  const Float8 b3 = __builtin_shufflevector(a1, a3, 2, 3, 10, 11, 6, 7, 14, 15);
  const Float8 b4 = __builtin_shufflevector(a4, a6, 0, 1, 8, 9, 4, 5, 12, 13);
  const Float8 b5 = __builtin_shufflevector(a4, a6, 2, 3, 10, 11, 6, 7, 14, 15);
  const Float8 b6 = __builtin_shufflevector(a5, a7, 0, 1, 8, 9, 4, 5, 12, 13);
  const Float8 b7 = __builtin_shufflevector(a5, a7, 2, 3, 10, 11, 6, 7, 14, 15);
  const auto store = [&](int k, Float8 column) __attribute__((always_inline)) {
    *reinterpret_cast<Float8*>(columns[group * 8 + k] + lane) = column;
  };
  store(0, __builtin_shufflevector(b0, b4, 0, 1, 2, 3, 8, 9, 10, 11));
  store(1, __builtin_shufflevector(b1, b5, 0, 1, 2, 3, 8, 9, 10, 11));
  store(2, __builtin_shufflevector(b2, b6, 0, 1, 2, 3, 8, 9, 10, 11));
  store(3, __builtin_shufflevector(b3, b7, 0, 1, 2, 3, 8, 9, 10, 11));
  store(4, __builtin_shufflevector(b0, b4, 4, 5, 6, 7, 12, 13, 14, 15));
  store(5, __builtin_shufflevector(b1, b5, 4, 5, 6, 7, 12, 13, 14, 15));
  store(6, __builtin_shufflevector(b2, b6, 4, 5, 6, 7, 12, 13, 14, 15));
  store(7, __builtin_shufflevector(b3, b7, 4, 5, 6, 7, 12, 13, 14, 15));
}

/// The same of the first half of a group: four columns.
template <class Row>
SOJOURN_INLINE void fetch_half_group(const Row* rows, const std::int32_t* row, int group, float (*columns)[lane_count],
                                     int lane) {
  const auto load = [&](int k) __attribute__((always_inline)) {
    const auto half = [&](int at) __attribute__((always_inline)) {
      return *reinterpret_cast<const Float4*>(reinterpret_cast<const Float8*>(rows + row[lane + at]) + group);
    };
    return __builtin_shufflevector(half(k), half(k + 4), 0, 1, 2, 3, 4, 5, 6, 7);
  };
  const Float8 r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3);
  const Float8 a0 = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a1 = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
  const Float8 a2 = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a3 = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
  const auto store = [&](int k, Float8 column) __attribute__((always_inline)) {
    *reinterpret_cast<Float8*>(columns[group * 8 + k] + lane) = column;
  };
  store(0, __builtin_shufflevector(a0, a2, 0, 1, 8, 9, 4, 5, 12, 13));
  store(1, __builtin_shufflevector(a0, a2, 2, 3, 10, 11, 6, 7, 14, 15));
  store(2, __builtin_shufflevector(a1, a3, 0, 1, 8, 9, 4, 5, 12, 13));
  store(3, __builtin_shufflevector(a1, a3, 2, 3, 10, 11, 6, 7, 14, 15));
}

/// Four rows of four become four columns; it is its own inverse.
SOJOURN_INLINE void transpose(const Double4 (&row)[4], Double4 (&column)[4]) {
  const Double4 a = __builtin_shufflevector(row[0], row[1], 0, 4, 2, 6);
  const Double4 b = __builtin_shufflevector(row[0], row[1], 1, 5, 3, 7);
  const Double4 c = __builtin_shufflevector(row[2], row[3], 0, 4, 2, 6);
  const Double4 d = __builtin_shufflevector(row[2], row[3], 1, 5, 3, 7);
  column[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  column[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  column[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  column[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

/// Eight pairs of 32-bit numbers become two columns.
SOJOURN_INLINE void split(const Double4& first, const Double4& second, void* low, void* high) {
  const Float8 a = reinterpret_cast<const Float8&>(first), b = reinterpret_cast<const Float8&>(second);
  *static_cast<Float8*>(low) = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
  *static_cast<Float8*>(high) = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/// Two columns become four pairs of 32-bit numbers.
SOJOURN_INLINE Double4 pair(const void* low, const void* high) {
  const auto a = *static_cast<const Float4*>(low), b = *static_cast<const Float4*>(high);
  const Float8 both = __builtin_shufflevector(a, b, 0, 4, 1, 5, 2, 6, 3, 7);
  return reinterpret_cast<const Double4&>(both);
}

/// Eight exits become columns of their fields.
SOJOURN_INLINE void fetch_exits(const Exit* exits, const std::int32_t* index, int lane, double* a, double* b, float* sigma,
                                std::int32_t* family, std::int32_t* to, std::int32_t* taken) {
  Double4 columns[2][4];
  for (int half = 0; half < 2; ++half) {
    const int at = lane + 4 * half;
    const auto load = [&](int k) __attribute__((always_inline)) {
      return *reinterpret_cast<const Double4*>(exits + index[at + k]);
    };
    transpose({load(0), load(1), load(2), load(3)}, columns[half]);
    *reinterpret_cast<Double4*>(a + at) = columns[half][0];
    *reinterpret_cast<Double4*>(b + at) = columns[half][1];
  }
  split(columns[0][2], columns[1][2], sigma + lane, family + lane);
  split(columns[0][3], columns[1][3], to + lane, taken + lane);
}

/// table[index[i]] of each lane. A table of few numbers fits a vector, of which others are made at once.
SOJOURN_INLINE void read_table(const float* table, [[maybe_unused]] int size, const std::int32_t* index, int lanes,
                               float* to) {
#if defined(__AVX512F__)
  if (size <= 16) {
    const __m512 all = _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << size) - 1), table);
    for (int i = 0; i < lanes; i += 16) {
      _mm512_storeu_ps(to + i, _mm512_permutexvar_ps(_mm512_loadu_si512(index + i), all));
    }
    return;
  }
#elif defined(__AVX2__)
  if (size <= 8) {
    alignas(32) float all[8] = {};
    for (int k = 0; k < size; ++k) all[k] = table[k];
    for (int i = 0; i < lanes; i += 8) {
      const __m256i which = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(index + i));
      _mm256_storeu_ps(to + i, _mm256_permutevar8x32_ps(_mm256_load_ps(all), which));
    }
    return;
  }
#endif
  for (int i = 0; i < lanes; ++i) to[i] = table[index[i]];
}

/// Lists the numbers of the bits that are set, counted from `first`, and returns how many they are: by fours, most of which
/// the processor foresees, so that it writes up to three more than there are. A list for 64 bits that follow one another
/// needs no place for these.
template <class Number>
SOJOURN_INLINE int list_bits(std::uint64_t bits, Number first, Number* list) {
  const int count = std::popcount(bits);
  for (int k = 0; k < count; k += 4) {
    for (int each = 0; each < 4; ++each) {
      list[k + each] = first + static_cast<Number>(std::countr_zero(bits));
      bits &= bits - 1;
    }
  }
  return count;
}

/// Lists the marked of the first `lanes` lanes; `padded`, a multiple of 16, is how many marks there are, 0 or 1. Returns how
/// many they are.
SOJOURN_INLINE int list_marked(const std::uint8_t* marks, int lanes, int padded, std::int32_t* list) {
  int count = 0;
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i sixteen_on = _mm512_set1_epi32(16);
  for (int i = 0; i < padded; i += 16) {
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(marks + i));
    const int left = lanes > i ? lanes - i : 0;
    const auto here = static_cast<__mmask16>(left < 16 ? (1 << left) - 1 : 0xffff);
    const __mmask16 mask = _mm_mask_test_epi8_mask(here, sixteen, sixteen);
    _mm512_storeu_si512(list + count, _mm512_maskz_compress_epi32(mask, numbers));
    count += std::popcount(static_cast<unsigned>(mask));
    numbers = _mm512_add_epi32(numbers, sixteen_on);
  }
#else
  for (int i = 0; i < lanes; i += 64) {
    std::uint64_t bits = 0;
    const int here = padded - i < 64 ? padded - i : 64;
#if defined(__SSE4_1__)
    for (int k = 0; k < here; k += 16) {
      const __m128i sixteen =
          _mm_cmpgt_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(marks + i + k)), _mm_setzero_si128());
      bits |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(sixteen))} << k;
    }
#else
    for (int k = 0; k < here; ++k) bits |= std::uint64_t{marks[i + k]} << k;
#endif
    const int left = lanes - i;
    if (left < 64) bits &= (std::uint64_t{1} << left) - 1;
    count += list_bits(bits, i, list + count);
  }
#endif
  return count;
}

/// A column of lanes, and one of those that are marked, close together, or the other way.
template <class Number>
struct Moved {
  const Number* from;
  Number* to;
};
template <class Number>
Moved(const Number*, Number*) -> Moved<Number>;  // clang 14 does not find it

/// The marked of the lanes, as list_marked lists them, and that list. Packed columns may be written, and read, up to a
/// vector beyond the last number.
struct MarkedLanes {
  const std::uint8_t* marks;
  const std::int32_t* list;
  int lanes, count;

  template <class... Numbers>
  SOJOURN_INLINE void pack(Moved<Numbers>... columns) const {
#if defined(__AVX512BW__) && defined(__AVX512VL__)
    for (int i = 0, at = 0; i < lanes; i += 16) {
      const __mmask16 mask = of(i);
      (compress(mask, columns.from + i, columns.to + at), ...);
      at += std::popcount(static_cast<unsigned>(mask));
    }
#else
    for (int k = 0; k < count; ++k) {
      const std::int32_t i = list[k];
      ((columns.to[k] = columns.from[i]), ...);
    }
#endif
  }

  template <class... Numbers>
  SOJOURN_INLINE void unpack(Moved<Numbers>... columns) const {
#if defined(__AVX512BW__) && defined(__AVX512VL__)
    for (int i = 0, at = 0; i < lanes; i += 16) {
      const __mmask16 mask = of(i);
      (expand(mask, columns.from + at, columns.to + i), ...);
      at += std::popcount(static_cast<unsigned>(mask));
    }
#else
    for (int k = 0; k < count; ++k) {
      const std::int32_t i = list[k];
      ((columns.to[i] = columns.from[k]), ...);
    }
#endif
  }

 private:
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  /// Those marked among lane `i` and the 15 after it.
  [[nodiscard]] SOJOURN_INLINE __mmask16 of(int i) const {
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(marks + i));
    const int left = lanes - i;
    return _mm_mask_test_epi8_mask(static_cast<__mmask16>(left < 16 ? (1 << left) - 1 : 0xffff), sixteen, sixteen);
  }
  template <class Number>
  SOJOURN_INLINE static void compress(__mmask16 mask, const Number* from, Number* to) {
    if constexpr (sizeof(Number) == 4) {
      _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(mask, _mm512_loadu_si512(from)));
    } else {
      const auto low = static_cast<__mmask8>(mask), high = static_cast<__mmask8>(mask >> 8);
      _mm512_storeu_si512(to, _mm512_maskz_compress_epi64(low, _mm512_loadu_si512(from)));
      to += std::popcount(static_cast<unsigned>(low));
      _mm512_storeu_si512(to, _mm512_maskz_compress_epi64(high, _mm512_loadu_si512(from + 8)));
    }
  }
  template <class Number>
  SOJOURN_INLINE static void expand(__mmask16 mask, const Number* from, Number* to) {
    if constexpr (sizeof(Number) == 4) {
      const __m512i before = _mm512_loadu_si512(to);
      _mm512_storeu_si512(to, _mm512_mask_expand_epi32(before, mask, _mm512_loadu_si512(from)));
    } else {
      const auto low = static_cast<__mmask8>(mask), high = static_cast<__mmask8>(mask >> 8);
      const __m512i first = _mm512_loadu_si512(to), second = _mm512_loadu_si512(to + 8);
      _mm512_storeu_si512(to, _mm512_mask_expand_epi64(first, low, _mm512_loadu_si512(from)));
      from += std::popcount(static_cast<unsigned>(low));
      _mm512_storeu_si512(to + 8, _mm512_mask_expand_epi64(second, high, _mm512_loadu_si512(from)));
    }
  }
#endif
};

/// Lists the rows, from number `row` on, that are due by `number` (see due_number): at most `lane_count` are looked at, and
/// the list has place for four more. Where windows are numbered in turns, those that may be: who has been led away at the
/// end of a window is due in the next one. Returns how many these are.
template <bool in_turns>
SOJOURN_INLINE int list_due(const std::uint8_t* due_in, int count, std::uint8_t number, std::uint32_t row,
                            std::uint32_t* list) {
  [[maybe_unused]] const auto before = static_cast<std::uint8_t>(number == 0 ? not_due - 1 : number - 1);
  int due = 0, k = 0;
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  const __m512i sixteen = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i limit = _mm_set1_epi8(static_cast<char>(number)), last = _mm_set1_epi8(static_cast<char>(before));
  for (; k + 16 <= count; k += 16) {
    const __m128i numbers = _mm_loadu_si128(reinterpret_cast<const __m128i*>(due_in + k));
    const auto mask =
        static_cast<__mmask16>(in_turns ? _mm_cmpeq_epi8_mask(numbers, limit) | _mm_cmpeq_epi8_mask(numbers, last)
                                        : _mm_cmple_epu8_mask(numbers, limit));
    const __m512i rows = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(row) + k), sixteen);
    _mm512_storeu_si512(list + due, _mm512_maskz_compress_epi32(mask, rows));
    due += std::popcount(static_cast<unsigned>(mask));
  }
#elif defined(__SSE4_1__)
  const __m128i limit = _mm_set1_epi8(static_cast<char>(number)), last = _mm_set1_epi8(static_cast<char>(before));
  for (; k + 64 <= count; k += 64) {
    std::uint64_t bits = 0;
    for (int part = 0; part < 64; part += 16) {
      const __m128i numbers = _mm_loadu_si128(reinterpret_cast<const __m128i*>(due_in + k + part));
      const __m128i are_due = in_turns ? _mm_or_si128(_mm_cmpeq_epi8(numbers, limit), _mm_cmpeq_epi8(numbers, last))
                                       : _mm_cmpeq_epi8(_mm_min_epu8(numbers, limit), numbers);
      bits |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(are_due))} << part;
    }
    due += list_bits(bits, row + static_cast<std::uint32_t>(k), list + due);
  }
#endif
  for (; k < count; ++k) {
    list[due] = row + static_cast<std::uint32_t>(k);
    const bool is_due = in_turns ? due_in[k] == number || due_in[k] == before : due_in[k] <= number;
    due += is_due ? 1 : 0;
  }
  return due;
}

/// Windows::of in arithmetic alone, of times up to the horizon. The guess is the window or the one before: a millionth of a
/// window is far more than rounding makes of either product.
SOJOURN_INLINE std::int32_t window_of(double time, double width, double per_day, std::int32_t last) {
  const auto guess = static_cast<std::int32_t>(time * per_day - 1e-6);
  const double end = (static_cast<double>(guess) + 1.0) * width;
  const std::int32_t window = guess + (time > end ? 1 : 0);
  return window < last ? window : last;
}

SOJOURN_INLINE std::uint64_t processor_ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  return 0;
#endif
}

}  // namespace
}  // namespace sojourn::lock_step
