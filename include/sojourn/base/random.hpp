// Counter-based random numbers: a draw is named by (seed, replication, customer, purpose, index, call), never by a thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sojourn/base/numeric.hpp"

namespace sojourn {

/// What a draw is for. Values are part of the contract with results of the same version; gaps leave room.
enum class Purpose : std::uint32_t {
  visit = 0,  // index = event number: [0] and [2] a pair of normals, for quality and delay; [1] choice; [3] delays of other
              // families; call 1, [0]: whether context is carried
  race = 8,   // index = event number, call = exit / 4: one word per competing exit
  patience = 16,  // index = event number: [1] patience with a queue; [0], [2], [3] the delay of who leaves it, as at a visit
  shadow = 19,    // index = event number: [0], [1] how many shadows leave with the customer; of a shadow: its exit threshold
  service = 18,  // index = event number: [0], [2], [3] the work of a call; [1] whether it needs a server where one simulated
                 // customer is less than a real one; call 1: patience of a law of its own
  review = 17,   // index = event number: [0] whether a review is written
  heard = 24,    // index = window, call = message: [1] which exit it makes one take; [0], [2], [3] its delay
  gate = 25,     // agent = account, index = window, call = gate: [0], [1] the account's decision
  person = 32,   // index 0: persona, start, arrival, answering style; index 1: the life's luck
  trait = 48,    // index = trait / 4 for built-in traits, a hash of the name for others
  network = 64,  // who knows whom, per person; see sim/population/tie_generators.cpp
  talk = 72,     // customer = person / 4, index = window; word person % 4: how many messages that person says
  message = 73,  // customer = speaker, index = window, call = message / 2; words 0 and 1 or 2 and 3: who hears it
  account = 80,  // of an account, not a person; index 0: segment; index 1 + r / 4: number of people in role r
  account_trait = 88,  // of an account; index as of `trait`: the part of its members' traits that they share
  figure = 96,         // people sampled for the figures of a network
  clock = 104,         // index = a hash of the clock's name: how old it is at arrival
  counter = 105,       // index = a hash of the counter's name: what it holds at arrival
  amount = 106,        // index = event number: [0] revenue, [1] cost where these are drawn
  arrivals = 112,      // customer = nominal person / 4; word person % 4: how many there are, where numbers are Poisson
  solve = 107,         // index = event number: [0] whether the visit solves the problem
  survey = 108,        // index = event number, call = survey: [0] whether one is asked, [1] whether one answers, [2] noise
  survey_due = 109,    // index = survey: [0], [1] the phase of one that is asked at intervals
  survey_asked = 110,  // index = window, call = survey: of these, as `survey`
  content = 111,       // index = event number: [0] whether the content that fits best is shown, not the default
};

/// Four independent 32-bit words.
using Words = std::array<std::uint32_t, 4>;

/// FNV-1a (Fowler, Noll & Vo): the index of draws that belong to something with a name. The top bit keeps clear of numbers.
[[nodiscard]] constexpr std::uint32_t index_of_name(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash | 0x80000000u;
}

/// Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011): a bijection of the counter, keyed; passes BigCrush.
SOJOURN_INLINE Words philox(Words counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key0, static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key1, static_cast<std::uint32_t>(a)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// The streams of one replication. key = seed; the replication, at most 2^24 - 1, shares a counter word with the purpose.
class Streams {
 public:
  constexpr Streams(std::uint64_t seed, std::uint32_t replication) : seed_(seed), replication_(replication) {}

  /// Four words for `customer`, at `index` of `purpose`; `call` numbers further words of the same index.
  [[nodiscard]] SOJOURN_INLINE Words draw(std::uint32_t customer, Purpose purpose, std::uint32_t index,
                                          std::uint32_t call = 0) const {
    return philox({customer, static_cast<std::uint32_t>(purpose) | (replication_ << 8), index, call},
                  static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32));
  }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] std::uint32_t replication() const { return replication_; }

 private:
  std::uint64_t seed_;
  std::uint32_t replication_;
};

/// A uniform number in (0, 1) from one word; 31 bits, finest near 0, never 0 or 1.
SOJOURN_INLINE float uniform(std::uint32_t word) {
  const float u = static_cast<float>(static_cast<std::int32_t>(word >> 1)) * 0x1p-31f + 0x1p-32f;
  return numeric::lesser(u, 1.0f - 0x1p-24f);
}

/// A uniform number in (0, 1) from two words; 52 bits.
SOJOURN_INLINE double uniform(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 12;
  return (numeric::number(bits) + 0.5) * 0x1p-52;
}

/// A standard exponential number from one word: -log u.
SOJOURN_INLINE float exponential(std::uint32_t word) { return -numeric::log(uniform(word)); }

/// A standard normal number from one word: a bit for the sign, 31 for the tail, so exactly symmetric, within +-6.4.
SOJOURN_INLINE float normal(std::uint32_t word) {
  const float tail = static_cast<float>(static_cast<std::int32_t>(word & 0x7fffffffu)) * 0x1p-32f + 0x1p-33f;
  const float z = numeric::normal_upper(numeric::lesser(tail, 0.5f));
  return (word >> 31) != 0 ? -z : z;
}

/// Two independent standard normal numbers from two words, one logarithm and one square root (Box & Muller 1958), within
/// +-6.7.
struct NormalPair {
  float first, second;
};
SOJOURN_INLINE NormalPair normal_pair(std::uint32_t distance, std::uint32_t direction) {
  const float radius = __builtin_sqrtf(-2.0f * numeric::log(uniform(distance)));
  // A direction in the right half of the plane, and a bit that points it the other way.
  const float t = static_cast<float>(static_cast<std::int32_t>(direction & 0x7fffffffu)) * 0x1p-31f - 0.5f;
  const float signed_radius = (direction >> 31) != 0 ? -radius : radius;
  return {signed_radius * numeric::cosine_of_half_turns(t), signed_radius * numeric::sine_of_half_turns(t)};
}

}  // namespace sojourn
