// One synchronous step of word of mouth over columns: everybody speaks, then everybody has heard (MODEL.md section 3).
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/word_of_mouth.hpp"
#include "sojourn/model/market.hpp"
#include "sojourn/population/network.hpp"

namespace sojourn {

/// Who speaks: columns over people who follow one another.
struct Speakers {
  std::uint32_t first = 0;  // the number of the first of them
  const Voice* voice = nullptr;
  const float* talkativeness = nullptr;       // >= 0; null: that of the persona
  const std::uint16_t* persona = nullptr;     // needed where `talkativeness` is null and there are several personas
  std::vector<float> talkativeness_of{1.0f};  // of each persona
};

/// Messages that somebody heard in the window at hand, modulo 65,536.
struct MessageCounts {
  std::uint16_t positive = 0, negative = 0;
  friend bool operator==(const MessageCounts&, const MessageCounts&) = default;
};

/// Those of the few who hear 65,536 messages or more in a window. Thread-safe.
class ManyMessages {
 public:
  /// What one person heard beside the counts.
  struct Further {
    std::uint32_t person = 0;
    std::uint64_t positive = 0, negative = 0;
  };
  /// `person` heard another 65,536, good or bad ones.
  void add(std::uint32_t person, bool positive);
  /// Takes out the people [begin, end), in ascending order.
  [[nodiscard]] std::vector<Further> take(std::uint32_t begin, std::uint32_t end);

 private:
  std::mutex mutex_;
  std::vector<Further> further_;  // several of one person, in any order
};

/// Something that one person says to another.
struct Message {
  std::uint32_t hearer = 0, speaker = 0;
  bool positive = false;
};

/// Messages of a window to others than the hearers at hand, in any order. Thread-safe.
class MessagesAbroad {
 public:
  void add(std::span<const Message> messages) {
    const std::lock_guard lock(mutex_);
    messages_.insert(messages_.end(), messages.begin(), messages.end());
  }
  /// Takes them all.
  [[nodiscard]] std::vector<Message> take() { return std::exchange(messages_, {}); }

 private:
  std::mutex mutex_;
  std::vector<Message> messages_;
};

/// Who hears: columns over people who follow one another, the counts 0 at first.
struct Hearers {
  MessageCounts* messages = nullptr;  // of this window
  ManyMessages* many = nullptr;
  float* social_proof = nullptr;  // H; 0 for who never heard anything
  /// Who said the first positive message ever; 0xffffffff: nobody. May be null; needs fewer than 2^31 - 1 people.
  std::uint32_t* introduced_by = nullptr;
  std::size_t introductions_apart = 1;  // that of the k-th person stands at introduced_by[k introductions_apart]
  Share people{0, 0xffffffffu};         // who they are
  MessagesAbroad* abroad = nullptr;     // where messages to others go; may be null where they are all people

  [[nodiscard]] MessageCounts& counts(std::uint32_t person) const { return messages[person - people.begin]; }
  [[nodiscard]] float& proof(std::uint32_t person) const { return social_proof[person - people.begin]; }
  [[nodiscard]] std::uint32_t& introduction(std::uint32_t person) const {
    return introduced_by[(person - people.begin) * introductions_apart];
  }
};
inline constexpr std::uint32_t introduced_by_nobody = 0xffffffffu;

struct Said {
  std::uint64_t positive = 0, negative = 0;
  friend bool operator==(const Said&, const Said&) = default;
};

/// Somebody who heard something in this window, and what.
struct Heard {
  std::uint32_t person = 0, positive = 0, negative = 0;
  friend bool operator==(const Heard&, const Heard&) = default;
};

/// The talk of one replication. Both members may run for disjoint stretches of people on many threads at once, but nobody
/// hears before all have spoken. Whatever the stretches and the threads, the columns are the same: draws are keyed by
/// person, window and message; counts are whole numbers.
class Talk {
 public:
  /// `network` must outlive this. `alone` promises that one thread at a time calls `speak`, which is faster.
  Talk(const WordOfMouth& word_of_mouth, const SocialNetwork& network, const Streams& streams, bool alone = false);

  /// The people [begin, end) speak for the `days` (>= 0) of window number `window`. Counts and introductions of the hearers,
  /// anywhere, grow; within one window the first to be met is introduced by the speaker with the lowest number.
  Said speak(std::uint32_t begin, std::uint32_t end, std::uint32_t window, double days, const Speakers& speakers,
             const Hearers& hearers) const;

  /// Messages that others than the speakers at hand have said in the same window reach their hearers, who are at hand.
  void arrive(std::span<const Message> messages, const Hearers& hearers) const;

  /// The people [begin, end) have heard: their social proof is brought to the window's end, who heard anything is appended
  /// to `heard` in ascending order, and the counts are 0 again.
  void hear(std::uint32_t begin, std::uint32_t end, double days, const Hearers& hearers, std::vector<Heard>& heard) const;

 private:
  class Speaking;

  const SocialNetwork& network_;
  Streams streams_;
  std::array<double, 4> rate_;  // by voice, messages a day
  float negativity_;
  double remembered_;
  bool alone_;
};

}  // namespace sojourn
