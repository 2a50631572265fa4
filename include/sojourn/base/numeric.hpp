// Our own elementary functions: plain arithmetic, so that every compiler, vector width and machine gives the same bits.
// (The C library's log and exp pick fused instructions by machine.) Compile with -ffp-contract=off.
// Everything is forced inline: an out-of-line copy from an object built for a newer machine must never be linked in.
#pragma once

#include <bit>
#include <cstdint>

#define SOJOURN_INLINE [[gnu::always_inline]] inline

namespace sojourn::numeric {

/// The smaller and the larger of two numbers, as the vector instructions have them.
SOJOURN_INLINE float lesser(float a, float b) { return a < b ? a : b; }
SOJOURN_INLINE float greater(float a, float b) { return a > b ? a : b; }
/// x, or 0 where it is below; and x limited to [0, 1]. Floats that are not negative have the order of their bits, and
/// negative ones have negative bits. One instruction a limit, where g++ makes two of a comparison of floats, which NaN may
/// be among.
SOJOURN_INLINE float not_negative(float x) {
  const auto bits = std::bit_cast<std::int32_t>(x);
  return std::bit_cast<float>(bits > 0 ? bits : 0);
}
SOJOURN_INLINE float clip_to_one(float x) {
  constexpr std::int32_t one = 0x3f800000;
  const auto bits = std::bit_cast<std::int32_t>(not_negative(x));
  return std::bit_cast<float>(bits < one ? bits : one);
}
/// x limited to [low, high].
SOJOURN_INLINE float clip(float x, float low, float high) { return lesser(greater(x, low), high); }
SOJOURN_INLINE double clip(double x, double low, double high) {
  const double raised = x > low ? x : low;
  return raised < high ? raised : high;
}

// Polynomials are summed by pairs (Estrin 1960), not one coefficient after another: what matters in a vector loop is the
// length of the chain of operations that wait for each other.

/// e^r for |r| <= 0.347, relative error below 1e-8 before rounding: (e^r - 1 - r) / r^2 interpolated at Chebyshev points.
/// Exactly 1 at 0.
SOJOURN_INLINE float exp_reduced(float r) {
  const float r2 = r * r;
  const float low = 0.5f + 0.16666575f * r, high = (0.041666463f + 0.008363422f * r) + 0.0013934013f * r2;
  return (1.0f + r) + (low + high * r2) * r2;
}

/// e^x in single precision, relative error below 2e-7, for x in [-87, 88].
SOJOURN_INLINE float exp_within(float x) {
  const float rounder = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, which its low bits then hold
  const float shifted = x * 1.44269504f + rounder;
  const float n = shifted - rounder;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  const auto power = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127u) << 23);
  return exp_reduced(r) * power;
}

/// The same for every x, limited to [-87, 88], so the result is a finite positive number.
SOJOURN_INLINE float exp(float x) { return exp_within(clip(x, -87.0f, 88.0f)); }

/// Natural logarithm in single precision of a positive normal number, error below 2e-7 * max(1, |log x|).
SOJOURN_INLINE float log(float x) {
  const auto bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits - 0x3f3504f3) >> 23;  // x = m 2^exponent with m in [sqrt(1/2), sqrt(2))
  const auto m = std::bit_cast<float>(bits - (exponent << 23));
  const auto e = static_cast<float>(exponent);
  const float s = (m - 1.0f) / (m + 1.0f);  // log m = 2 atanh s
  const float s2 = s * s;
  const float p = (2.0f / 3.0f + (2.0f / 5.0f) * s2) + (2.0f / 7.0f + (2.0f / 9.0f) * s2) * (s2 * s2);
  return e * 0.693359375f + ((p * (s2 * s) + e * -2.12194440e-4f) + 2.0f * s);
}

/// e^x - 1 in single precision, relative error below 4e-7 also near 0; x limited as in `exp`.
SOJOURN_INLINE float expm1(float x) {
  float p = 1.0f / 5040.0f;
  p = p * x + 1.0f / 720.0f;
  p = p * x + 1.0f / 120.0f;
  p = p * x + 1.0f / 24.0f;
  p = p * x + 1.0f / 6.0f;
  p = p * x + 0.5f;
  const float near_zero = (p * x) * x + x;
  const float magnitude = x < 0.0f ? -x : x;
  return magnitude < 0.36f ? near_zero : exp(x) - 1.0f;
}

/// e^x in double precision, relative error below 4e-16; x is limited to [-708, 709].
SOJOURN_INLINE double exp(double x) {
  x = clip(x, -708.0, 709.0);
  const double rounder = 6755399441055744.0;  // 1.5 * 2^52
  const double shifted = x * 1.4426950408889634 + rounder;
  const double n = shifted - rounder;
  const double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  // Taylor polynomial of degree 14.
  const double r2 = r * r, r4 = r2 * r2;
  const double p0 = (1.0 + r) + (0.5 + (1.0 / 6.0) * r) * r2;
  const double p4 = (1.0 / 24.0 + (1.0 / 120.0) * r) + (1.0 / 720.0 + (1.0 / 5040.0) * r) * r2;
  const double p8 = (1.0 / 40320.0 + (1.0 / 362880.0) * r) + (1.0 / 3628800.0 + (1.0 / 39916800.0) * r) * r2;
  const double p12 = (1.0 / 479001600.0 + (1.0 / 6227020800.0) * r) + (1.0 / 87178291200.0) * r2;
  const double p = (p0 + p4 * r4) + (p8 + p12 * r4) * (r4 * r4);
  // The low bits of `shifted` hold n; converting a double to a 64-bit integer has no vector instruction before AVX-512.
  const auto power = std::bit_cast<double>((std::bit_cast<std::int64_t>(shifted) + 1023) << 52);
  return p * power;
}

/// A whole number below 2^52 in double precision, exactly: as the last bits of 2^52 and more, since AVX2 has no instruction
/// for it.
SOJOURN_INLINE double number(std::uint64_t whole) { return std::bit_cast<double>(whole | 0x4330000000000000) - 0x1p52; }

/// Natural logarithm in double precision of a positive normal number, error below 3e-16 * max(1, |log x|).
SOJOURN_INLINE double log(double x) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)); AVX2 does not shift signed words of 64 bits to the right, so that e is raised
  // above 0.
  constexpr std::uint64_t half_root = 0x3fe6a09e667f3bcd, above_zero = 1024;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t raised = (bits - half_root + (above_zero << 52)) >> 52;
  const auto m = std::bit_cast<double>(bits - ((raised - above_zero) << 52));
  const double e = number(raised) - static_cast<double>(above_zero);
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double p = 0.0;
  for (int k = 21; k >= 3; k -= 2) p = (p + 2.0 / k) * s2;
  return e * 6.93147180369123816490e-01 + ((p * s + e * 1.90821492927058770002e-10) + 2.0 * s);
}

/// log(1 + x) in double precision for x > -1, accurate near 0 (Kahan's correction).
SOJOURN_INLINE double log1p(double x) {
  const double y = 1.0 + x;
  return y == 1.0 ? x : log(y) * x / (y - 1.0);
}

/// The standard normal's point with upper-tail probability `tail` in (0, 1/2], a number >= 0; relative error below 1e-6 for
/// tails down to 1e-10. Rational approximations of Wichura (1988, algorithm AS 241, PPND7).
SOJOURN_INLINE float normal_upper(float tail) {
  const float q = 0.5f - tail;
  const float r = 0.180625f - q * q;
  const float r2 = r * r;
  const float centre = ((3.3871327179f + 50.434271938f * r) + (159.29113202f + 59.109374720f * r) * r2) * q;
  const float under_centre = (1.0f + 17.895169469f * r) + (78.757757664f + 67.187563600f * r) * r2;
  const float d = __builtin_sqrtf(-log(tail)) - 1.6f;
  const float d2 = d * d;
  const float far = (1.4234372777f + 2.7568153900f * d) + (1.3067284816f + 0.17023821103f * d) * d2;
  const float under_far = (1.0f + 0.73700164250f * d) + 0.12021132975f * d2;
  const bool near = q <= 0.425f;
  return (near ? centre : far) / (near ? under_centre : under_far);
}

/// Sine and cosine of pi t for t in [-1/2, 1/2], error below 4e-6.
SOJOURN_INLINE float sine_of_half_turns(float t) {
  const float x = t * t;
  return t * ((3.14159265f + -5.16771278f * x) + ((2.55016404f + -0.599264529f * x) + 0.0821458866f * (x * x)) * (x * x));
}
SOJOURN_INLINE float cosine_of_half_turns(float t) {
  const float x = t * t;
  return (1.0f + -4.93480220f * x) +
         ((4.05871213f + -1.33526277f * x) + (0.235330630f + -0.0258068913f * x) * (x * x)) * (x * x);
}

/// The standard normal quantile of p in (0, 1), single precision.
SOJOURN_INLINE float normal_quantile(float p) {
  const float tail = p < 0.5f ? p : 1.0f - p;
  const float z = normal_upper(tail);
  return p < 0.5f ? -z : z;
}

}  // namespace sojourn::numeric
