// Philox for many counters at once. Compilers vectorise the scalar function, but spend most of the time on moving halves of
// products about; the one instruction that multiplies every second 32-bit number does it in a third of that.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__SSE4_1__)
#include <immintrin.h>
#endif

#include "sojourn/base/random.hpp"

namespace sojourn {

#if defined(__SSE4_1__)

#if defined(__clang__)
#define EACH_ROUND _Pragma("clang loop unroll(full)")
#else
#define EACH_ROUND _Pragma("GCC unroll 10")
#endif

// Products are made in even and odd places apart. `high_halves` and `low_halves` put them together; before AVX-512 they
// leave, in every 16 bytes, those in even places first: done twice, everybody is in place again. `low_product` leaves the
// low halves where the factors are.
#if defined(__AVX512F__)
inline constexpr int philox_width = 16;
typedef std::uint32_t PhiloxWord __attribute__((vector_size(64), may_alias));
SOJOURN_INLINE PhiloxWord multiply_even(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}
SOJOURN_INLINE PhiloxWord odd_to_even(PhiloxWord a) { return (PhiloxWord)_mm512_srli_epi64((__m512i)a, 32); }
SOJOURN_INLINE PhiloxWord high_halves(PhiloxWord even, PhiloxWord odd) {
  return (PhiloxWord)_mm512_mask_shuffle_epi32((__m512i)odd, 0x5555, (__m512i)even, _MM_PERM_DDBB);
}
SOJOURN_INLINE PhiloxWord low_halves(PhiloxWord even, PhiloxWord odd) {
  return (PhiloxWord)_mm512_mask_shuffle_epi32((__m512i)even, 0xAAAA, (__m512i)odd, _MM_PERM_CCAA);
}
SOJOURN_INLINE PhiloxWord low_product(PhiloxWord, PhiloxWord, PhiloxWord even, PhiloxWord odd) {
  return low_halves(even, odd);
}
#elif defined(__AVX2__)
inline constexpr int philox_width = 8;
typedef std::uint32_t PhiloxWord __attribute__((vector_size(32), may_alias));
SOJOURN_INLINE PhiloxWord multiply_even(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}
SOJOURN_INLINE PhiloxWord odd_to_even(PhiloxWord a) { return (PhiloxWord)_mm256_srli_epi64((__m256i)a, 32); }
SOJOURN_INLINE PhiloxWord high_halves(PhiloxWord even, PhiloxWord odd) {
  return (PhiloxWord)_mm256_shuffle_ps((__m256)even, (__m256)odd, 0xDD);
}
SOJOURN_INLINE PhiloxWord low_halves(PhiloxWord even, PhiloxWord odd) {
  return (PhiloxWord)_mm256_shuffle_ps((__m256)even, (__m256)odd, 0x88);
}
SOJOURN_INLINE PhiloxWord low_product(PhiloxWord a, PhiloxWord b, PhiloxWord, PhiloxWord) {
  return (PhiloxWord)_mm256_mullo_epi32((__m256i)a, (__m256i)b);
}
#else
inline constexpr int philox_width = 4;
typedef std::uint32_t PhiloxWord __attribute__((vector_size(16), may_alias));
SOJOURN_INLINE PhiloxWord multiply_even(PhiloxWord a, PhiloxWord b) {
  return (PhiloxWord)_mm_mul_epu32((__m128i)a, (__m128i)b);
}
SOJOURN_INLINE PhiloxWord odd_to_even(PhiloxWord a) { return (PhiloxWord)_mm_srli_epi64((__m128i)a, 32); }
SOJOURN_INLINE PhiloxWord high_halves(PhiloxWord even, PhiloxWord odd) {
  return (PhiloxWord)_mm_shuffle_ps((__m128)even, (__m128)odd, 0xDD);
}
SOJOURN_INLINE PhiloxWord low_halves(PhiloxWord even, PhiloxWord odd) {
  return (PhiloxWord)_mm_shuffle_ps((__m128)even, (__m128)odd, 0x88);
}
SOJOURN_INLINE PhiloxWord low_product(PhiloxWord a, PhiloxWord b, PhiloxWord, PhiloxWord) {
  return (PhiloxWord)_mm_mullo_epi32((__m128i)a, (__m128i)b);
}
#endif

/// `philox` of counters (first[i], second, third[i], call) for i in [0, count), count a multiple of 16, into four columns
/// aligned to 64; of those only the ones in the set `wanted` (1, 2, 4, 8).
template <int wanted = 15>
SOJOURN_INLINE void philox_columns(const std::uint32_t* first, std::uint32_t second, const std::uint32_t* third, int count,
                                   std::uint32_t key0, std::uint32_t key1, std::uint32_t* const (&words)[4],
                                   std::uint32_t call = 0) {
  const PhiloxWord m0 = PhiloxWord{} + 0xD2511F53u, m1 = PhiloxWord{} + 0xCD9E8D57u;
  PhiloxWord k0[10], k1[10];
  for (std::uint32_t round = 0; round < 10; ++round) {
    k0[round] = PhiloxWord{} + (key0 + round * 0x9E3779B9u);
    k1[round] = PhiloxWord{} + (key1 + round * 0xBB67AE85u);
  }
  constexpr int together = philox_width == 16 ? 1 : 2;  // independent chains hide each other's latency
  for (int i = 0; i < count; i += together * philox_width) {
    PhiloxWord c[together][4];
    for (int k = 0; k < together; ++k) {
      c[k][0] = *reinterpret_cast<const PhiloxWord*>(first + i + k * philox_width);
      c[k][1] = PhiloxWord{} + second;
      c[k][2] = *reinterpret_cast<const PhiloxWord*>(third + i + k * philox_width);
      c[k][3] = PhiloxWord{} + call;
    }
    EACH_ROUND
    for (int round = 0; round < 10; ++round) {
      for (auto& x : c) {
        const PhiloxWord a_even = multiply_even(x[0], m0), a_odd = multiply_even(odd_to_even(x[0]), m0);
        const PhiloxWord b_even = multiply_even(x[2], m1), b_odd = multiply_even(odd_to_even(x[2]), m1);
        const PhiloxWord a_low = round < 9 ? low_product(x[0], m0, a_even, a_odd) : low_halves(a_even, a_odd);
        const PhiloxWord b_low = round < 9 ? low_product(x[2], m1, b_even, b_odd) : low_halves(b_even, b_odd);
        x[0] = high_halves(b_even, b_odd) ^ (x[1] ^ k0[round]);
        x[1] = b_low;
        x[2] = high_halves(a_even, a_odd) ^ (x[3] ^ k1[round]);
        x[3] = a_low;
      }
    }
    for (int k = 0; k < together; ++k) {
      for (int w = 0; w < 4; ++w) {
        if ((wanted >> w & 1) != 0) *reinterpret_cast<PhiloxWord*>(words[w] + i + k * philox_width) = c[k][w];
      }
    }
  }
}

#else

template <int wanted = 15>
SOJOURN_INLINE void philox_columns(const std::uint32_t* first, std::uint32_t second, const std::uint32_t* third, int count,
                                   std::uint32_t key0, std::uint32_t key1, std::uint32_t* const (&words)[4],
                                   std::uint32_t call = 0) {
  for (int i = 0; i < count; ++i) {
    const Words drawn = philox({first[i], second, third[i], call}, key0, key1);
    for (int w = 0; w < 4; ++w) {
      if ((wanted >> w & 1) != 0) words[w][i] = drawn[static_cast<std::size_t>(w)];
    }
  }
}

#endif

/// A 52-bit uniform number (see uniform in base/random.hpp). The exponent of 2^52 makes the integer a double: vector
/// instructions before AVX-512 cannot convert it.
SOJOURN_INLINE double wide_uniform(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 12;
  const double integer = std::bit_cast<double>(bits | 0x4330000000000000u) - 0x1p52;
  return (integer + 0.5) * 0x1p-52;
}

}  // namespace sojourn
