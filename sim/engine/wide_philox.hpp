// Philox for many counters at once. Compilers vectorise the scalar function, but spend most of the time on moving halves of
// products about; the one instruction that multiplies every second 32-bit number does it in a third of that.
#pragma once

#include <cstdint>

#if defined(__SSE4_1__)
#include <immintrin.h>
#endif

#include "sojourn/base/random.hpp"

namespace sojourn {

#if defined(__SSE4_1__)

#if defined(__AVX512F__)
inline constexpr int philox_width = 16;
typedef std::uint32_t PhiloxWord __attribute__((vector_size(64), may_alias));
SOJOURN_INLINE PhiloxWord multiply_even(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}
SOJOURN_INLINE PhiloxWord odd_to_even(PhiloxWord a) { return (PhiloxWord)_mm512_srli_epi64((__m512i)a, 32); }
SOJOURN_INLINE PhiloxWord even_to_odd(PhiloxWord a) { return (PhiloxWord)_mm512_slli_epi64((__m512i)a, 32); }
SOJOURN_INLINE PhiloxWord odds_of_second(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm512_mask_blend_epi32(0xAAAA, (__m512i)a, (__m512i)b);
}
#elif defined(__AVX2__)
inline constexpr int philox_width = 8;
typedef std::uint32_t PhiloxWord __attribute__((vector_size(32), may_alias));
SOJOURN_INLINE PhiloxWord multiply_even(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}
SOJOURN_INLINE PhiloxWord odd_to_even(PhiloxWord a) { return (PhiloxWord)_mm256_srli_epi64((__m256i)a, 32); }
SOJOURN_INLINE PhiloxWord even_to_odd(PhiloxWord a) { return (PhiloxWord)_mm256_slli_epi64((__m256i)a, 32); }
SOJOURN_INLINE PhiloxWord odds_of_second(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm256_blend_epi32((__m256i)a, (__m256i)b, 0xAA);
}
#else
inline constexpr int philox_width = 4;
typedef std::uint32_t PhiloxWord __attribute__((vector_size(16), may_alias));
SOJOURN_INLINE PhiloxWord multiply_even(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm_mul_epu32((__m128i)a, (__m128i)b);
}
SOJOURN_INLINE PhiloxWord odd_to_even(PhiloxWord a) { return (PhiloxWord)_mm_srli_epi64((__m128i)a, 32); }
SOJOURN_INLINE PhiloxWord even_to_odd(PhiloxWord a) { return (PhiloxWord)_mm_slli_epi64((__m128i)a, 32); }
SOJOURN_INLINE PhiloxWord odds_of_second(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm_blend_epi16((__m128i)a, (__m128i)b, 0xCC);
}
#endif

/// `philox` of counters (first[i], second, third[i], call) for i in [0, count), count a multiple of 16, into four columns
/// aligned to 64.
SOJOURN_INLINE void philox_columns(const std::uint32_t* first, std::uint32_t second, const std::uint32_t* third, int count,
                                   std::uint32_t key0, std::uint32_t key1, std::uint32_t* const (&words)[4],
                                   std::uint32_t call = 0) {
  const PhiloxWord m0 = PhiloxWord{} + 0xD2511F53u, m1 = PhiloxWord{} + 0xCD9E8D57u;
  constexpr int together = philox_width == 16 ? 1 : 2;  // independent chains hide each other's latency
  for (int i = 0; i < count; i += together * philox_width) {
    PhiloxWord c[together][4];
    for (int k = 0; k < together; ++k) {
      c[k][0] = *reinterpret_cast<const PhiloxWord*>(first + i + k * philox_width);
      c[k][1] = PhiloxWord{} + second;
      c[k][2] = *reinterpret_cast<const PhiloxWord*>(third + i + k * philox_width);
      c[k][3] = PhiloxWord{} + call;
    }
    std::uint32_t k0 = key0, k1 = key1;
    for (int round = 0; round < 10; ++round) {
      for (int k = 0; k < together; ++k) {
        PhiloxWord* x = c[k];
        const PhiloxWord a_even = multiply_even(x[0], m0), a_odd = multiply_even(odd_to_even(x[0]), m0);
        const PhiloxWord b_even = multiply_even(x[2], m1), b_odd = multiply_even(odd_to_even(x[2]), m1);
        const PhiloxWord a_high = odds_of_second(odd_to_even(a_even), a_odd),
                         a_low = odds_of_second(a_even, even_to_odd(a_odd));
        const PhiloxWord b_high = odds_of_second(odd_to_even(b_even), b_odd),
                         b_low = odds_of_second(b_even, even_to_odd(b_odd));
        x[0] = b_high ^ x[1] ^ (PhiloxWord{} + k0);
        x[1] = b_low;
        x[2] = a_high ^ x[3] ^ (PhiloxWord{} + k1);
        x[3] = a_low;
      }
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    for (int k = 0; k < together; ++k) {
      for (int w = 0; w < 4; ++w) *reinterpret_cast<PhiloxWord*>(words[w] + i + k * philox_width) = c[k][w];
    }
  }
}

#else

SOJOURN_INLINE void philox_columns(const std::uint32_t* first, std::uint32_t second, const std::uint32_t* third, int count,
                                   std::uint32_t key0, std::uint32_t key1, std::uint32_t* const (&words)[4],
                                   std::uint32_t call = 0) {
  for (int i = 0; i < count; ++i) {
    const Words drawn = philox({first[i], second, third[i], call}, key0, key1);
    for (int w = 0; w < 4; ++w) words[w][i] = drawn[static_cast<std::size_t>(w)];
  }
}

#endif

}  // namespace sojourn
