// The steps of talk that are compiled for each vector width: random words for people and who of them may say something, and
// what people make of what they heard.
#pragma once

#include <cstdint>

#include "sojourn/behaviour/word_of_mouth.hpp"
#include "sojourn/engine/talk.hpp"

namespace sojourn::talk {

/// Groups of four people whose words are drawn at once, and these people.
inline constexpr int most_groups = 64, most_people = 4 * most_groups;

struct Draws {
  alignas(64) std::uint32_t group[most_groups];     // in: the groups' numbers
  alignas(64) std::uint32_t index[most_groups];     // in: the window, once for each
  std::uint32_t call = 0;                           // in: the counter's last word
  alignas(64) std::uint32_t words[4][most_groups];  // out: word k of a group is that of its person k
};

/// Who of the groups' people may say something. Persons are numbered here as they come in the groups: person k of the group
/// in position g is 4 g + k.
struct Talkers {
  alignas(64) Voice voice[most_people];          // in
  alignas(64) float talkativeness[most_people];  // in
  float rate[4];                                 // in: by voice, messages in the window
  std::int32_t people;                           // in: how many, a multiple of 4
  std::int32_t count;                            // out: how many may say something
  std::int32_t person[most_people];              // out: who they are, ascending
  alignas(64) float u[most_people];              // out: their uniform numbers
  alignas(64) float rates[most_people];          // out: their rates
  alignas(64) double nothing[most_people];       // out: `nothing_said` at these
  alignas(64) std::int32_t said[most_people];    // out: `messages_said`, or below 0 where that is to be asked
};

/// Draws for `count` groups, a multiple of 16; `purpose` is the counter's second word. Where `talkers` is not null the
/// groups follow each other, and those are looked at.
using DrawWords = void (*)(Draws& draws, int count, std::uint32_t purpose, std::uint32_t key0, std::uint32_t key1,
                           Talkers* talkers);

/// Brings the social proof of `count` people, at most `most_people`, to the window's end, and lists who heard anything.
/// Returns how many they are.
using Hear = std::int32_t (*)(const MessageCounts* messages, float* social_proof, std::int32_t count, float decay,
                              float negativity, std::int32_t* listed);

/// The functions for the widest vectors that this processor has.
[[nodiscard]] DrawWords widest_draws();
[[nodiscard]] Hear widest_hear();

}  // namespace sojourn::talk
