// One scenario by hand; see the header. What is done here that a general engine cannot: effort never changes at a
// touchpoint, so its slopes and its toll are folded into the tables; no luck is carried from visit to visit; time is in
// single precision; two normal numbers come from one logarithm (Box & Muller 1958); fused multiply-add is allowed.
#include "bare_kernel.hpp"

#include <bit>
#include <cmath>
#include <cstddef>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "sojourn/base/numeric.hpp"
#include "sojourn/base/random.hpp"

#if defined(__AVX2__) && defined(__GLIBC__)
#define SOJOURN_BENCH_SYSTEM_MATHS 1
// glibc exports these to compilers that vectorise with -ffast-math; there is no header.
extern "C" {
#if defined(__AVX512F__)
typedef float Floats __attribute__((vector_size(64), may_alias));
Floats _ZGVeN16v_expf(Floats);
Floats _ZGVeN16v_logf(Floats);
Floats _ZGVeN16v_sinf(Floats);
Floats _ZGVeN16v_cosf(Floats);
#else
typedef float Floats __attribute__((vector_size(32), may_alias));
Floats _ZGVdN8v_expf(Floats);
Floats _ZGVdN8v_logf(Floats);
Floats _ZGVdN8v_sinf(Floats);
Floats _ZGVdN8v_cosf(Floats);
#endif
}
#endif

#if defined(__clang__)
#define EACH_LANE _Pragma("clang loop vectorize(assume_safety)")
#define EACH_ROUND _Pragma("clang loop unroll(full)")
#else
#define EACH_LANE _Pragma("GCC ivdep")
#define EACH_ROUND _Pragma("GCC unroll 10")
#endif

namespace sojourn::bench {
namespace {

// The scenario.

constexpr int lost = -1, churned = -2;
constexpr float no_promise = -1.0f;
constexpr int exits = 4, personas = 3, places = personas * bare_touchpoints;
constexpr int first_of_customers = 3;  // touchpoints from here on come after a purchase
constexpr float horizon = 730.5f, arrivals = 90.0f;

struct ExitChoice {
  int to;
  float odds, on_satisfaction, on_expectation, on_effort, median, sigma;
};
struct Touchpoint {
  float quality, quality_sd, effort, weight, promise;
  ExitChoice ways[exits];
};
constexpr Touchpoint touchpoints[bare_touchpoints] = {
    {0.6f,
     0.12f,
     0.0f,
     1.0f,
     0.7f,
     {{1, 4.0f, 1.0f, 0.5f, -0.5f, 3.0f, 0.8f},
      {2, 2.0f, 1.0f, 0.5f, -0.5f, 4.0f, 0.9f},
      {3, 1.0f, 1.0f, 0.5f, -0.5f, 6.0f, 0.7f},
      {lost, 1.0f, -2.0f, -0.5f, 1.0f, 10.0f, 0.8f}}},  // see
    {0.55f,
     0.13f,
     0.05f,
     1.25f,
     no_promise,
     {{2, 3.0f, 1.0f, 0.5f, -0.5f, 3.0f, 0.8f},
      {3, 2.0f, 1.0f, 0.5f, -0.5f, 4.0f, 0.8f},
      {0, 1.0f, 1.0f, 0.5f, -0.5f, 6.0f, 0.9f},
      {lost, 0.9f, -2.0f, -0.5f, 1.0f, 9.0f, 0.8f}}},  // read
    {0.62f,
     0.14f,
     0.1f,
     1.5f,
     no_promise,
     {{3, 5.0f, 1.0f, 0.5f, -0.5f, 2.0f, 0.9f},
      {1, 1.0f, 1.0f, 0.5f, -0.5f, 3.0f, 0.7f},
      {0, 0.5f, 1.0f, 0.5f, -0.5f, 5.0f, 0.8f},
      {lost, 1.0f, -2.0f, -0.5f, 1.0f, 7.0f, 0.9f}}},  // ask
    {0.66f,
     0.15f,
     0.15f,
     1.0f,
     no_promise,
     {{4, 6.0f, 1.0f, 0.5f, -0.5f, 2.0f, 0.6f},
      {5, 2.0f, 1.0f, 0.5f, -0.5f, 3.0f, 0.8f},
      {7, 0.6f, 1.0f, 0.5f, -0.5f, 3.0f, 0.9f},
      {8, 0.4f, -2.0f, -0.5f, 1.0f, 4.0f, 0.8f}}},  // buy
    {0.58f,
     0.16f,
     0.2f,
     1.25f,
     no_promise,
     {{5, 6.0f, 1.0f, 0.5f, -0.5f, 3.0f, 0.8f},
      {7, 1.0f, 1.0f, 0.5f, -0.5f, 2.0f, 0.9f},
      {8, 0.7f, -2.0f, -0.5f, 1.0f, 3.0f, 0.8f},
      {churned, 0.05f, -2.0f, -0.5f, 1.0f, 12.0f, 0.7f}}},  // set-up
    {0.68f,
     0.12f,
     0.25f,
     1.5f,
     no_promise,
     {{6, 5.0f, 1.0f, 0.5f, -0.5f, 12.0f, 0.5f},
      {7, 1.0f, 1.0f, 0.5f, -0.5f, 9.0f, 0.8f},
      {11, 0.6f, 1.0f, 0.5f, -0.5f, 10.0f, 0.9f},
      {churned, 0.03f, -2.0f, -0.5f, 1.0f, 14.0f, 0.8f}}},  // use
    {0.55f,
     0.13f,
     0.0f,
     1.0f,
     no_promise,
     {{5, 6.0f, 1.0f, 0.5f, -0.5f, 6.0f, 0.6f},
      {8, 0.7f, -2.0f, -0.5f, 1.0f, 4.0f, 0.9f},
      {10, 0.5f, 1.0f, 0.5f, -0.5f, 8.0f, 0.8f},
      {churned, 0.05f, -2.0f, -0.5f, 1.0f, 12.0f, 0.8f}}},  // bill
    {0.5f,
     0.14f,
     0.05f,
     1.25f,
     no_promise,
     {{5, 5.0f, 1.0f, 0.5f, -0.5f, 3.0f, 0.8f},
      {8, 1.2f, -2.0f, -0.5f, 1.0f, 2.0f, 0.9f},
      {9, 0.4f, -2.0f, -0.5f, 1.0f, 3.0f, 0.8f},
      {churned, 0.05f, -2.0f, -0.5f, 1.0f, 9.0f, 0.8f}}},  // help
    {0.52f,
     0.15f,
     0.1f,
     1.5f,
     no_promise,
     {{5, 5.0f, 1.0f, 0.5f, -0.5f, 4.0f, 0.8f},
      {9, 0.8f, -2.0f, -0.5f, 1.0f, 3.0f, 0.9f},
      {7, 0.5f, 1.0f, 0.5f, -0.5f, 3.0f, 0.8f},
      {churned, 0.08f, -2.0f, -0.5f, 1.0f, 9.0f, 0.8f}}},  // call
    {0.48f,
     0.16f,
     0.15f,
     1.0f,
     no_promise,
     {{8, 2.0f, -2.0f, -0.5f, 1.0f, 3.0f, 0.8f},
      {5, 3.0f, 1.0f, 0.5f, -0.5f, 5.0f, 0.8f},
      {10, 0.3f, 1.0f, 0.5f, -0.5f, 7.0f, 0.9f},
      {churned, 0.3f, -2.0f, -0.5f, 1.0f, 8.0f, 0.8f}}},  // complain
    {0.6f,
     0.12f,
     0.2f,
     1.25f,
     no_promise,
     {{5, 5.0f, 1.0f, 0.5f, -0.5f, 4.0f, 0.7f},
      {6, 2.0f, 1.0f, 0.5f, -0.5f, 6.0f, 0.8f},
      {11, 0.5f, 1.0f, 0.5f, -0.5f, 6.0f, 0.9f},
      {churned, 0.2f, -2.0f, -0.5f, 1.0f, 9.0f, 0.8f}}},  // renew
    {0.7f,
     0.13f,
     0.25f,
     1.5f,
     no_promise,
     {{5, 5.0f, 1.0f, 0.5f, -0.5f, 4.0f, 0.8f},
      {6, 2.0f, 1.0f, 0.5f, -0.5f, 5.0f, 0.8f},
      {10, 0.5f, 1.0f, 0.5f, -0.5f, 8.0f, 0.7f},
      {churned, 0.02f, -2.0f, -0.5f, 1.0f, 15.0f, 0.8f}}},  // recommend
};

struct Segment {
  float share_before, first_start;  // running shares; the share that starts at `see`
  float loss_aversion, effort_aversion;
  double alpha, beta;  // of the expectation brought along
};
constexpr Segment segments[personas] = {
    {0.0f, 0.7f, 2.0f, 0.2f, 6.0, 4.0}, {0.5f, 1.0f, 2.0f, 0.3f, 7.0, 4.0}, {0.8f, 0.0f, 1.5f, 0.2f, 5.0, 5.0}};

constexpr float first_satisfaction = 0.5f, memory = 0.2f, peak = 1.0f, forgiveness = 0.5f, adaptation = 0.1f,
                promise_weight = 0.3f, disconfirmation = 0.5f;

// Random numbers.

constexpr std::uint32_t of_visits = 0, of_people = 32;

#if defined(__AVX512F__)
constexpr int width = 16;
typedef __m512i Words8;
SOJOURN_INLINE Words8 multiply(Words8 a, Words8 b) { return _mm512_mul_epu32(a, b); }
SOJOURN_INLINE Words8 upper(Words8 a) { return _mm512_srli_epi64(a, 32); }
SOJOURN_INLINE Words8 both(Words8 a, Words8 b) { return _mm512_mask_blend_epi32(0xAAAA, a, _mm512_slli_epi64(b, 32)); }
SOJOURN_INLINE Words8 mixed(Words8 a, Words8 b, Words8 c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }
SOJOURN_INLINE Words8 all(std::uint32_t a) { return _mm512_set1_epi64(a); }
#elif defined(__AVX2__)
constexpr int width = 8;
typedef __m256i Words8;
SOJOURN_INLINE Words8 multiply(Words8 a, Words8 b) { return _mm256_mul_epu32(a, b); }
SOJOURN_INLINE Words8 upper(Words8 a) { return _mm256_srli_epi64(a, 32); }
SOJOURN_INLINE Words8 both(Words8 a, Words8 b) { return _mm256_blend_epi32(a, _mm256_slli_epi64(b, 32), 0xAA); }
SOJOURN_INLINE Words8 mixed(Words8 a, Words8 b, Words8 c) { return _mm256_xor_si256(_mm256_xor_si256(a, b), c); }
SOJOURN_INLINE Words8 all(std::uint32_t a) { return _mm256_set1_epi64x(a); }
#endif

/// Philox4x32-10 of (first[i], purpose, third[i], 0); three words of the four.
SOJOURN_INLINE void draw(const std::uint32_t* first, std::uint32_t purpose, const std::uint32_t* third, int count,
                         std::uint64_t seed, std::uint32_t* w0, std::uint32_t* w1, std::uint32_t* w2) {
  const auto low = static_cast<std::uint32_t>(seed), high = static_cast<std::uint32_t>(seed >> 32);
#if defined(__AVX2__)
  // Lanes of 64 bits of which the upper halves do not matter: nothing needs to be put together before the end.
  const Words8 m0 = all(0xD2511F53u), m1 = all(0xCD9E8D57u);
  Words8 k0[10], k1[10];
  for (std::uint32_t round = 0; round < 10; ++round) {
    k0[round] = all(low + round * 0x9E3779B9u);
    k1[round] = all(high + round * 0xBB67AE85u);
  }
  for (int i = 0; i < count; i += width) {
    Words8 a[2], b[2], c[2], d[2];  // even lanes, odd lanes
    a[0] = *reinterpret_cast<const Words8*>(first + i);
    a[1] = upper(a[0]);
    c[0] = *reinterpret_cast<const Words8*>(third + i);
    c[1] = upper(c[0]);
    b[0] = b[1] = all(purpose);
    d[0] = d[1] = all(0);
    EACH_ROUND
    for (int round = 0; round < 10; ++round) {
      for (int half = 0; half < 2; ++half) {
        const Words8 p = multiply(a[half], m0), q = multiply(c[half], m1);
        a[half] = mixed(upper(q), b[half], k0[round]);
        b[half] = q;
        c[half] = mixed(upper(p), d[half], k1[round]);
        d[half] = p;
      }
    }
    *reinterpret_cast<Words8*>(w0 + i) = both(a[0], a[1]);
    *reinterpret_cast<Words8*>(w1 + i) = both(b[0], b[1]);
    *reinterpret_cast<Words8*>(w2 + i) = both(c[0], c[1]);
  }
#else
  for (int i = 0; i < count; ++i) {
    const Words words = philox({first[i], purpose, third[i], 0}, low, high);
    w0[i] = words[0];
    w1[i] = words[1];
    w2[i] = words[2];
  }
#endif
}

/// Uniform on [0, 1) with 23 bits.
SOJOURN_INLINE float uniform(std::uint32_t word) { return std::bit_cast<float>(word >> 9 | 0x3f800000u) - 1.0f; }

// Elementary functions without limits that this scenario cannot reach.

SOJOURN_INLINE float quick_exp(float x) {
  const float rounder = 12582912.0f;  // 1.5 * 2^23
  const float shifted = x * 1.44269504f + rounder;
  const float n = shifted - rounder;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  const float r2 = r * r;
  const float p = ((1.0f + r) + (0.5f + (1.0f / 6.0f) * r) * r2) +
                  ((1.0f / 24.0f + (1.0f / 120.0f) * r) + (1.0f / 720.0f) * r2) * (r2 * r2);
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(p) + (std::bit_cast<std::int32_t>(shifted) << 23));
}

/// Sine and cosine of pi t for t in [-1/2, 1/2), error below 1e-6.
SOJOURN_INLINE float sine(float t) {
  const float x = t * t;
  return t * ((3.14159265f + -5.16771278f * x) + ((2.55016404f + -0.599264529f * x) + 0.0821458866f * (x * x)) * (x * x));
}
SOJOURN_INLINE float cosine(float t) {
  const float x = t * t;
  return (1.0f + -4.93480220f * x) +
         ((4.05871213f + -1.33526277f * x) + (0.235330630f + -0.0258068913f * x) * (x * x)) * (x * x);
}

// Tables.

typedef float Float8 __attribute__((vector_size(32), may_alias));
typedef float Float4 __attribute__((vector_size(16), may_alias));

/// Of one persona at one touchpoint: five groups of four floats.
struct alignas(16) Row {
  float quality, quality_sd, toll, loss;
  float trace, promise, promised, unused;
  float on_satisfaction[exits], on_expectation[exits], log_odds[exits];
};
static_assert(sizeof(Row) == 80);
struct alignas(16) Exit {
  float log_median, sigma;
  std::int32_t to, unused;
};
struct alignas(16) Thresholds {
  float up_to[exits - 1], unused;
};

constexpr int quantiles = 1024;

struct Tables {
  Row rows[places];
  Exit ways[places][exits];
  float expectation[personas][quantiles + 2];
  Thresholds thresholds[bare_touchpoints];  // of the chain
  Exit steps[bare_touchpoints][exits];      // likewise: mean delay in `log_median`

  Tables() {
    for (int p = 0; p < personas; ++p) {
      for (int v = 0; v < bare_touchpoints; ++v) tabulate(p, v);
      quantile_table(p);
    }
    for (int v = 0; v < bare_touchpoints; ++v) {
      float sum = 0.0f, running = 0.0f;
      for (const ExitChoice& way : touchpoints[v].ways) sum += way.odds;
      for (int j = 0; j < exits; ++j) {
        const ExitChoice& way = touchpoints[v].ways[j];
        running += way.odds / sum;
        if (j < exits - 1) thresholds[v].up_to[j] = running;
        steps[v][j] = {way.median, 0.0f, way.to, 0};
      }
    }
  }

 private:
  void tabulate(int p, int v) {
    const Touchpoint& at = touchpoints[v];
    const Segment& who = segments[p];
    Row& row = rows[p * bare_touchpoints + v];
    row = {};
    row.quality = at.quality;
    row.quality_sd = at.quality_sd;
    row.toll = who.effort_aversion * at.effort;
    row.loss = disconfirmation * who.loss_aversion;
    row.trace = memory * at.weight;
    row.promise = at.promise;
    row.promised = at.promise == no_promise ? 0.0f : promise_weight;
    for (int j = 0; j < exits; ++j) {
      const ExitChoice& way = at.ways[j];
      row.on_satisfaction[j] = way.on_satisfaction;
      row.on_expectation[j] = way.on_expectation;
      row.log_odds[j] =
          std::log(way.odds) + way.on_effort * (at.effort - 0.5f) - 0.5f * (way.on_satisfaction + way.on_expectation);
      const int to = way.to < 0 ? way.to : p * bare_touchpoints + way.to;
      ways[p * bare_touchpoints + v][j] = {std::log(way.median), way.sigma, to, 0};
    }
  }

  /// Points of the beta distribution's inverse, from a running sum over a fine grid.
  void quantile_table(int p) {
    constexpr int cells = 20000;
    double sums[cells + 1] = {};
    for (int c = 0; c < cells; ++c) {
      const double x = (c + 0.5) / cells;
      sums[c + 1] = sums[c] + std::pow(x, segments[p].alpha - 1.0) * std::pow(1.0 - x, segments[p].beta - 1.0);
    }
    int c = 0;
    for (int k = 0; k <= quantiles + 1; ++k) {
      const double aim = sums[cells] * (k + 0.5) / (quantiles + 2);
      while (sums[c + 1] < aim) ++c;
      expectation[p][k] = static_cast<float>((c + (aim - sums[c]) / (sums[c + 1] - sums[c])) / cells);
    }
  }
};

const Tables& tables() {
  static const Tables made;
  return made;
}

/// Groups of four floats, one for each of eight lanes, become four columns. `at(k)` is the group of lane k.
template <class At>
SOJOURN_INLINE void transpose(At at, float* c0, float* c1, float* c2, float* c3) {
  const auto pair = [&](int k) __attribute__((always_inline)) {
    const Float4 low = *reinterpret_cast<const Float4*>(at(k)), high = *reinterpret_cast<const Float4*>(at(k + 4));
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
  };
  const Float8 r0 = pair(0), r1 = pair(1), r2 = pair(2), r3 = pair(3);
  const Float8 a0 = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a1 = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
  const Float8 a2 = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
  const Float8 a3 = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
  *reinterpret_cast<Float8*>(c0) = __builtin_shufflevector(a0, a1, 0, 1, 8, 9, 4, 5, 12, 13);
  *reinterpret_cast<Float8*>(c1) = __builtin_shufflevector(a0, a1, 2, 3, 10, 11, 6, 7, 14, 15);
  *reinterpret_cast<Float8*>(c2) = __builtin_shufflevector(a2, a3, 0, 1, 8, 9, 4, 5, 12, 13);
  *reinterpret_cast<Float8*>(c3) = __builtin_shufflevector(a2, a3, 2, 3, 10, 11, 6, 7, 14, 15);
}

// The lives. Columns are so long that everything stays in the first-level cache.

#ifndef LANES
#define LANES 128
#endif
constexpr int lanes = LANES;

enum class Maths { inlined, system };
enum class Process { journey, chain };

template <Process process, Maths maths>
class Kernel {
 public:
  Kernel(std::uint64_t seed, std::uint32_t begin, std::uint32_t end, std::uint64_t* ticks)
      : seed_(seed), next_(begin), end_(end), ticks_(ticks) {}

  BareLives live() {
    count_ = 0;
    while (count_ < lanes && load(count_)) ++count_;
    while (count_ > 0) {
      padded_ = (count_ + 15) / 16 * 16;
      result_.visits += static_cast<std::uint64_t>(count_);
      if (ticks_ != nullptr) tick_ = now();
      draw(customer_, of_visits, event_, padded_, seed_, w0_, w1_, w2_);
      lap(Step::draw);
      if constexpr (process == Process::journey) {
        fetch();
        lap(Step::fetch);
        make_normals();
        experience();
        lap(Step::experience);
        choose();
      } else {
        count_visits();
        lap(Step::record);
        step();
      }
      lap(Step::choose);
      wait();
      lap(Step::wait);
      move();
      lap(Step::move);
    }
    for (const auto& part : visits_) {
      for (int v = 0; v < bare_touchpoints; ++v) result_.at[v] += part[v];
    }
    return result_;
  }

 private:
  enum class Step { fetch, draw, experience, record, choose, wait, move };
  void lap(Step step) {
    if (ticks_ == nullptr) return;
    const std::uint64_t before = tick_;
    tick_ = now();
    ticks_[static_cast<int>(step)] += tick_ - before;
  }
  static std::uint64_t now() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
  }

  void fetch() {
    for (int i = 0; i < padded_; i += 8) {
      const auto group = [&](std::size_t byte) __attribute__((always_inline)) {
        return [ this, i, byte ](int k) __attribute__((always_inline)) {
          return reinterpret_cast<const char*>(&t_.rows[place_[i + k]]) + byte;
        };
      };
      transpose(group(0), quality_ + i, quality_sd_ + i, toll_ + i, loss_ + i);
      transpose(group(16), trace_ + i, promise_ + i, promised_ + i, unused_ + i);
      transpose(group(32), a_[0] + i, a_[1] + i, a_[2] + i, a_[3] + i);
      transpose(group(48), b_[0] + i, b_[1] + i, b_[2] + i, b_[3] + i);
      transpose(group(64), x_[0] + i, x_[1] + i, x_[2] + i, x_[3] + i);
    }
  }

  /// Two from a radius and half a turn; the word's lowest bit says which half.
  void make_normals() {
#if defined(SOJOURN_BENCH_SYSTEM_MATHS)
    if constexpr (maths == Maths::system) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        z1_[i] = 1.0f - uniform(w0_[i]);
        z2_[i] = 6.28318531f * uniform(w1_[i]);
      }
      for (int i = 0; i < padded_; i += floats) {
        at(z1_, i) = logs(at(z1_, i));
        at(unused_, i) = sines(at(z2_, i));
        at(z2_, i) = cosines(at(z2_, i));
      }
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        const float radius = __builtin_sqrtf(-2.0f * z1_[i]);
        z1_[i] = radius * unused_[i];
        z2_[i] = radius * z2_[i];
      }
      return;
    }
#endif
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float radius = __builtin_sqrtf(-2.0f * numeric::log(1.0f - uniform(w0_[i])));
      const float t = uniform(w1_[i]) - 0.5f;
      z1_[i] = radius * sine(t);
      z2_[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(radius * cosine(t)) ^ w1_[i] << 31);
    }
  }

  void experience() {
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float q = numeric::clip(quality_[i] + quality_sd_[i] * z1_[i], 0.0f, 1.0f);
      const float e = expectation_[i], s = satisfaction_[i], gap = q - e;
      const float felt = numeric::clip(q + (gap < 0.0f ? loss_[i] : disconfirmation) * gap - toll_[i], 0.0f, 1.0f);
      const float change = felt - s, size = change < 0.0f ? -change : change;
      const float rate = numeric::lesser(1.0f, trace_[i] * (1.0f + peak * size));
      const float forgiven = 1.0f - forgiveness * numeric::greater(0.0f, 2.0f * s - 1.0f);
      satisfaction_[i] = s + rate * change * (change < 0.0f ? forgiven : 1.0f);
      const float adapted = e + adaptation * gap;
      expectation_[i] = adapted + promised_[i] * (promise_[i] - adapted);
    }
  }

  void choose() {
#if defined(SOJOURN_BENCH_SYSTEM_MATHS)
    if constexpr (maths == Maths::system) {
      for (int j = 0; j < exits; ++j) {
        EACH_LANE
        for (int i = 0; i < padded_; ++i) x_[j][i] += a_[j][i] * satisfaction_[i] + b_[j][i] * expectation_[i];
        for (int i = 0; i < padded_; i += floats) at(x_[j], i) = exps(at(x_[j], i));
      }
      EACH_LANE
      for (int i = 0; i < padded_; ++i) {
        const float c0 = x_[0][i], c1 = c0 + x_[1][i], c2 = c1 + x_[2][i], point = uniform(w2_[i]) * (c2 + x_[3][i]);
        way_[i] = exits * place_[i] + (c0 <= point ? 1 : 0) + (c1 <= point ? 1 : 0) + (c2 <= point ? 1 : 0);
      }
      return;
    }
#endif
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float s = satisfaction_[i], e = expectation_[i];
      const float c0 = quick_exp(x_[0][i] + a_[0][i] * s + b_[0][i] * e);
      const float c1 = c0 + quick_exp(x_[1][i] + a_[1][i] * s + b_[1][i] * e);
      const float c2 = c1 + quick_exp(x_[2][i] + a_[2][i] * s + b_[2][i] * e);
      const float c3 = c2 + quick_exp(x_[3][i] + a_[3][i] * s + b_[3][i] * e);
      const float point = uniform(w2_[i]) * c3;
      way_[i] = exits * place_[i] + (c0 <= point ? 1 : 0) + (c1 <= point ? 1 : 0) + (c2 <= point ? 1 : 0);
    }
  }

  /// Into several tables in turn, so that no addition waits for the one before.
  void count_visits() {
    for (int i = 0; i < count_; ++i) ++visits_[i & 3][place_[i]];
  }

  /// The chain's choice.
  void step() {
    for (int i = 0; i < padded_; i += 8) {
      transpose(
          [&](int k) __attribute__((always_inline)) { return &t_.thresholds[place_[i + k]]; }, x_[0] + i, x_[1] + i,
          x_[2] + i, x_[3] + i);
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float u = uniform(w2_[i]);
      way_[i] = exits * place_[i] + (x_[0][i] <= u ? 1 : 0) + (x_[1][i] <= u ? 1 : 0) + (x_[2][i] <= u ? 1 : 0);
    }
  }

  void wait() {
    const Exit* ways = process == Process::journey ? t_.ways[0] : t_.steps[0];
    for (int i = 0; i < padded_; i += 8) {
      transpose(
          [&](int k) __attribute__((always_inline)) { return ways + way_[i + k]; }, scale_ + i, sigma_ + i,
          reinterpret_cast<float*>(to_) + i, unused_ + i);
    }
    if constexpr (process == Process::chain) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) time_[i] -= scale_[i] * numeric::log(1.0f - uniform(w0_[i]));
#if defined(SOJOURN_BENCH_SYSTEM_MATHS)
    } else if constexpr (maths == Maths::system) {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) scale_[i] += sigma_[i] * z2_[i];
      for (int i = 0; i < padded_; i += floats) at(scale_, i) = exps(at(scale_, i));
      EACH_LANE
      for (int i = 0; i < padded_; ++i) time_[i] += scale_[i];
#endif
    } else {
      EACH_LANE
      for (int i = 0; i < padded_; ++i) time_[i] += quick_exp(scale_[i] + sigma_[i] * z2_[i]);
    }
  }

  void move() {
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      over_[i] = static_cast<std::uint8_t>((to_[i] < 0 ? 1 : 0) | (time_[i] > horizon ? 1 : 0));
      event_[i] += 1;
    }
    // From the back, so that the lane that fills a gap is one that goes on.
    for (int i = padded_ - 8; i >= 0; i -= 8) {
      auto word = *reinterpret_cast<const Eight*>(over_ + i);
      while (word != 0) {
        const int k = 63 - __builtin_clzll(word);
        word &= ~(std::uint64_t{0xff} << (k & ~7));
        if (i + k / 8 < count_) finish(i + k / 8);
      }
    }
    // Idle lanes at the end stand anywhere that exists.
    EACH_LANE
    for (int i = 0; i < padded_; ++i) place_[i] = to_[i] > 0 ? to_[i] : 0;
  }

  void finish(int i) {
    ++result_.lives;
    if (time_[i] > horizon) {
      if (place_[i] % bare_touchpoints >= first_of_customers) {
        ++result_.customers;
        result_.satisfaction += static_cast<double>(satisfaction_[i]);
        result_.expectation += static_cast<double>(expectation_[i]);
      }
    } else {
      ++result_.visits;
      ++(to_[i] == lost ? result_.lost : result_.churned);
    }
    if (load(i)) return;
    --count_;
    time_[i] = time_[count_];
    satisfaction_[i] = satisfaction_[count_];
    expectation_[i] = expectation_[count_];
    customer_[i] = customer_[count_];
    event_[i] = event_[count_];
    to_[i] = to_[count_];
  }

  /// The next person, at the first touchpoint.
  bool load(int i) {
    if (ready_ == drawn_ && !meet()) return false;
    const int k = ready_++;
    customer_[i] = new_customer_[k];
    event_[i] = 0;
    time_[i] = new_time_[k];
    satisfaction_[i] = first_satisfaction;
    expectation_[i] = new_expectation_[k];
    place_[i] = to_[i] = new_place_[k];
    return true;
  }

  bool meet() {
    drawn_ = static_cast<int>(end_ - next_ < lanes ? end_ - next_ : lanes);
    ready_ = 0;
    if (drawn_ == 0) return false;
    for (int i = 0; i < lanes; ++i) {
      new_customer_[i] = next_ + static_cast<std::uint32_t>(i);
      zero_[i] = 0;
    }
    next_ += static_cast<std::uint32_t>(drawn_);
    draw(new_customer_, of_people, zero_, lanes, seed_, n0_, n1_, n2_);
    EACH_LANE
    for (int i = 0; i < lanes; ++i) {
      const float u = uniform(n0_[i]);
      const int p = (u >= segments[1].share_before ? 1 : 0) + (u >= segments[2].share_before ? 1 : 0);
      const float sees = p == 0 ? segments[0].first_start : p == 1 ? segments[1].first_start : segments[2].first_start;
      // The lowest bits of the word for time are free.
      const float start = static_cast<float>(n1_[i] & 0x1ffu) * 0x1p-9f;
      int place = p * bare_touchpoints + (start >= sees ? 1 : 0);
      if constexpr (process == Process::chain) place = start >= sees ? 1 : 0;
      new_place_[i] = place;
      new_time_[i] = arrivals * uniform(n1_[i]);
      const float x = uniform(n2_[i]) * static_cast<float>(quantiles);
      const int k = static_cast<int>(x);
      const float low = t_.expectation[p][k], high = t_.expectation[p][k + 1];
      new_expectation_[i] = low + (x - static_cast<float>(k)) * (high - low);
    }
    return true;
  }

#if defined(SOJOURN_BENCH_SYSTEM_MATHS)
  static constexpr int floats = static_cast<int>(sizeof(Floats) / sizeof(float));
  static Floats& at(float* column, int i) { return *reinterpret_cast<Floats*>(column + i); }
#if defined(__AVX512F__)
  static Floats exps(Floats x) { return _ZGVeN16v_expf(x); }
  static Floats logs(Floats x) { return _ZGVeN16v_logf(x); }
  static Floats sines(Floats x) { return _ZGVeN16v_sinf(x); }
  static Floats cosines(Floats x) { return _ZGVeN16v_cosf(x); }
#else
  static Floats exps(Floats x) { return _ZGVdN8v_expf(x); }
  static Floats logs(Floats x) { return _ZGVdN8v_logf(x); }
  static Floats sines(Floats x) { return _ZGVdN8v_sinf(x); }
  static Floats cosines(Floats x) { return _ZGVdN8v_cosf(x); }
#endif
#endif
  typedef std::uint64_t Eight __attribute__((may_alias));

  const Tables& t_ = tables();
  // A life.
  alignas(64) float time_[lanes] = {}, satisfaction_[lanes] = {}, expectation_[lanes] = {};
  alignas(64) std::uint32_t customer_[lanes] = {}, event_[lanes] = {};
  alignas(64) std::int32_t place_[lanes] = {}, to_[lanes] = {};
  // A visit.
  alignas(64) std::uint32_t w0_[lanes], w1_[lanes], w2_[lanes];
  alignas(64) float quality_[lanes], quality_sd_[lanes], toll_[lanes], loss_[lanes];
  alignas(64) float trace_[lanes], promise_[lanes], promised_[lanes], unused_[lanes];
  alignas(64) float a_[exits][lanes], b_[exits][lanes], x_[exits][lanes];
  alignas(64) float z1_[lanes], z2_[lanes], scale_[lanes], sigma_[lanes];
  alignas(64) std::int32_t way_[lanes];
  alignas(64) std::uint8_t over_[lanes];
  // People to come.
  alignas(64) std::uint32_t new_customer_[lanes], zero_[lanes], n0_[lanes], n1_[lanes], n2_[lanes];
  alignas(64) std::int32_t new_place_[lanes];
  alignas(64) float new_time_[lanes], new_expectation_[lanes];
  std::uint64_t visits_[4][bare_touchpoints] = {};

  std::uint64_t seed_;
  std::uint32_t next_, end_;
  std::uint64_t* ticks_;
  std::uint64_t tick_ = 0;
  int count_ = 0, padded_ = 0, ready_ = 0, drawn_ = 0;
  BareLives result_;
};

template <Process process, Maths maths>
BareLives live(std::uint64_t seed, std::uint32_t begin, std::uint32_t end, std::uint64_t* ticks) {
  return Kernel<process, maths>(seed, begin, end, ticks).live();
}

}  // namespace

#define SOJOURN_TEXT(x) #x
#define SOJOURN_NAME(width) bare_##width
#define SOJOURN_KERNELS(width) SOJOURN_NAME(width)
#define SOJOURN_WIDTH_TEXT(width) SOJOURN_TEXT(width)

BareKernels SOJOURN_KERNELS(SOJOURN_BARE_WIDTH)();

BareKernels SOJOURN_KERNELS(SOJOURN_BARE_WIDTH)() {
  BareKernels kernels{SOJOURN_WIDTH_TEXT(SOJOURN_BARE_WIDTH), nullptr, live<Process::journey, Maths::inlined>,
                      live<Process::chain, Maths::inlined>};
#if defined(SOJOURN_BENCH_SYSTEM_MATHS)
  kernels.system_maths = live<Process::journey, Maths::system>;
#endif
  return kernels;
}

}  // namespace sojourn::bench
