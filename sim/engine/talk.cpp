#include "sojourn/engine/talk.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "talk_draws.hpp"

namespace sojourn {
namespace {

constexpr std::uint32_t said_this_window = 0x80000000u;

/// Adds one to `number`, which other threads may do at the same time unless this one is `alone`; the number before.
std::uint16_t count_up(std::uint16_t& number, bool alone) {
  return alone ? number++ : std::atomic_ref(number).fetch_add(1, std::memory_order_relaxed);
}

/// The second word of the counter, as `Streams::draw` makes it.
std::uint32_t second_word(const Streams& streams, Purpose purpose) {
  return static_cast<std::uint32_t>(purpose) | (streams.replication() << 8);
}

/// Somebody who says something, chosen by the first look and the count.
struct Talker {
  std::uint32_t person, messages;
  bool positive;
};

/// What messages do to those who hear them, in any order.
class Ears {
 public:
  /// `alone`: no other thread does so at the same time.
  Ears(const Hearers& hearers, bool alone) : hearers_(hearers), alone_(alone) {}

  /// Whether the hearer is one of those at hand.
  [[nodiscard]] bool has(std::uint32_t hearer) const { return hearers_.people.has(hearer); }
  void prefetch(const Message& message) const {
    __builtin_prefetch(&hearers_.counts(message.hearer), 1);
    if (introduces(message)) __builtin_prefetch(&hearers_.introduction(message.hearer), 1);
  }
  void hear(const Message& message) const {
    MessageCounts& counts = hearers_.counts(message.hearer);
    const std::uint16_t before = count_up(message.positive ? counts.positive : counts.negative, alone_);
    if (before == 0xffffu) hearers_.many->add(message.hearer, message.positive);
    if (introduces(message)) introduce(message);
  }

 private:
  [[nodiscard]] bool introduces(const Message& message) const {
    return message.positive && hearers_.introduced_by != nullptr;
  }
  // The smallest wins: an introduction of an earlier window, without the mark, stands before any of this one.
  void introduce(const Message& message) const {
    const std::uint32_t mine = said_this_window | message.speaker;
    if (alone_) {
      std::uint32_t& known = hearers_.introduction(message.hearer);
      known = std::min(known, mine);
      return;
    }
    const std::atomic_ref by(hearers_.introduction(message.hearer));
    std::uint32_t known = by.load(std::memory_order_relaxed);
    while (mine < known && !by.compare_exchange_weak(known, mine, std::memory_order_relaxed)) {
    }
  }

  const Hearers& hearers_;
  bool alone_;
};

/// Messages on their way, some dozens at a time and step by step, because each waits for the memory of three far places:
/// where the speaker's contacts begin, the contacts, the hearer's counts. What some dozens said is heard when the next some
/// dozens have spoken. How many messages somebody has is no branch, which the processor could not foresee: most have one or
/// two, whose words are drawn together.
class Messages {
 public:
  Messages(const SocialNetwork& network, const Streams& streams, std::uint32_t window, const Hearers& hearers, bool alone)
      : rows_(network.well_mixed() ? nullptr : &network.rows()),
        network_(network),
        streams_(streams),
        draw_words_(talk::widest_draws()),
        window_(window),
        ears_(hearers, alone),
        abroad_(hearers.abroad) {
    for (talk::Draws& draws : draws_) std::fill(std::begin(draws.index), std::end(draws.index), window);
    draws_[1].call = 1;
  }

  /// Somebody who says nothing is taken and forgotten, without a branch that the processor could not foresee.
  void send(const Talker& talker) {
    if (rows_ != nullptr) rows_->prefetch_position(talker.person);
    draws_[0].group[talking_] = talker.person;
    talkers_[talking_] = talker;
    talking_ += talker.messages > 0 ? 1 : 0;
    if (talking_ == talkers_.size()) deliver();
  }

  /// To be called at the end.
  void finish() {
    deliver();
    hand_over();
    if (!leaving_.empty()) abroad_->add(leaving_);
    leaving_.clear();
  }

 private:
  void deliver() {
    for (std::size_t t = 0; t < talking_ && rows_ != nullptr; ++t) rows_->prefetch_row(talkers_[t].person);
    draw(draws_[0], talking_);
    hand_over();
    std::size_t further = 0;
    for (std::size_t t = 0; t < talking_; ++t) {
      const Talker& talker = talkers_[t];
      say(talker, draws_[0], t, talker.messages);
      further_[further] = static_cast<std::uint32_t>(t);
      draws_[1].group[further] = talker.person;
      further += talker.messages > 2 ? 1 : 0;
    }
    draw(draws_[1], further);
    for (std::size_t k = 0; k < further; ++k) {
      const Talker& talker = talkers_[further_[k]];
      say(talker, draws_[1], k, talker.messages - 2);
      if (talker.messages > 4) say_on(talker);
    }
    talking_ = 0;
  }

  void draw(talk::Draws& draws, std::size_t count) const {
    const std::size_t drawn = (count + 15) / 16 * 16;
    for (std::size_t t = count; t < drawn; ++t) draws.group[t] = 0;
    draw_words_(draws, static_cast<int>(drawn), second_word(streams_, Purpose::message),
                static_cast<std::uint32_t>(streams_.seed()), static_cast<std::uint32_t>(streams_.seed() >> 32), nullptr);
  }

  /// The two messages whose words are those of place `at`, or the first of them where there is no other.
  void say(const Talker& talker, const talk::Draws& draws, std::size_t at, std::uint32_t messages) {
    address(talker, draws.words[0][at], draws.words[1][at], true);
    address(talker, draws.words[2][at], draws.words[3][at], messages > 1);
  }

  /// The messages after the first four.
  void say_on(const Talker& talker) {
    Words words{};
    for (std::uint32_t k = 4; k < talker.messages; ++k) {
      if (k % 2 == 0) words = streams_.draw(talker.person, Purpose::message, window_, k / 2);
      address(talker, words[k % 2 * 2], words[k % 2 * 2 + 1], true);
      if (waiting_ >= messages_.size() - 4 * talk::most_groups) hand_over();
    }
  }

  /// Finds the hearer of a message, which counts where it is `said`.
  void address(const Talker& talker, std::uint32_t word_a, std::uint32_t word_b, bool said) {
    const std::uint32_t hearer = network_.contact(talker.person, word_a, word_b);
    if (hearer == SocialNetwork::nobody) return;
    const Message message{hearer, talker.person, talker.positive};
    if (!ears_.has(hearer)) {
      if (said) leaving_.push_back(message);
      return;
    }
    ears_.prefetch(message);
    messages_[waiting_] = message;
    waiting_ += said ? 1 : 0;
  }

  void hand_over() {
    for (std::size_t m = 0; m < waiting_; ++m) ears_.hear(messages_[m]);
    waiting_ = 0;
  }

  const ContactRows* rows_;
  const SocialNetwork& network_;
  const Streams& streams_;
  talk::DrawWords draw_words_;
  std::uint32_t window_;
  Ears ears_;
  MessagesAbroad* abroad_;
  std::vector<Message> leaving_;
  talk::Draws draws_[2];  // of the first two messages, and of two more
  std::array<Talker, talk::most_groups> talkers_;
  std::array<std::uint32_t, talk::most_groups> further_;     // who of them has more than two
  std::array<Message, 8 * talk::most_groups + 1> messages_;  // four of each, one that is not said, and room for `say_on`
  std::size_t talking_ = 0, waiting_ = 0;
};

}  // namespace

void ManyMessages::add(std::uint32_t person, bool positive) {
  const std::lock_guard lock(mutex_);
  further_.push_back({person, positive ? 65'536u : 0u, positive ? 0u : 65'536u});
}

std::vector<ManyMessages::Further> ManyMessages::take(std::uint32_t begin, std::uint32_t end) {
  std::vector<Further> mine;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(further_, [&](const Further& one) {
      const bool is_mine = begin <= one.person && one.person < end;
      if (is_mine) mine.push_back(one);
      return is_mine;
    });
  }
  std::sort(mine.begin(), mine.end(), [](const Further& a, const Further& b) { return a.person < b.person; });
  std::vector<Further> sums;
  for (const Further& one : mine) {
    if (sums.empty() || sums.back().person != one.person) sums.push_back({one.person, 0, 0});
    sums.back().positive += one.positive;
    sums.back().negative += one.negative;
  }
  return sums;
}

Talk::Talk(const WordOfMouth& word_of_mouth, const SocialNetwork& network, const Streams& streams, bool alone)
    : network_(network),
      streams_(streams),
      rate_{0.0, word_of_mouth.promoter_rate, word_of_mouth.passive_rate, word_of_mouth.detractor_rate},
      negativity_(static_cast<float>(word_of_mouth.negativity)),
      remembered_(word_of_mouth.remembered.value()),
      alone_(alone) {}

/// People who may speak, some dozens of groups at a time. Whoever is in a group of four silent people is passed over.
class Talk::Speaking {
 public:
  Speaking(const Talk& talk, std::uint32_t window, double days, const Speakers& speakers, const Hearers& hearers)
      : streams_(talk.streams_),
        speakers_(speakers),
        draw_words_(talk::widest_draws()),
        messages_(talk.network_, talk.streams_, window, hearers, talk.alone_) {
    std::fill(std::begin(draws_.index), std::end(draws_.index), window);
    std::fill(std::begin(talkers_.talkativeness), std::end(talkers_.talkativeness), speakers.talkativeness_of.front());
    for (std::size_t k = 0; k < talk.rate_.size(); ++k) talkers_.rate[k] = static_cast<float>(talk.rate_[k] * days);
  }

  /// The people [begin, end) speak.
  Said speak(std::uint32_t begin, std::uint32_t end) {
    // Whole groups between what the edges cut off.
    const std::uint32_t first = std::min((begin + 3) / 4 * 4, end), last = std::max(end / 4 * 4, first);
    if (begin < first) ask(begin, first);
    constexpr std::uint32_t together = 1024;
    std::array<std::uint32_t, together / 4> speaking;  // the first persons of groups; found without a branch
    for (std::uint64_t at = first; at < last; at += together) {
      const auto end_of_these = static_cast<std::uint32_t>(std::min<std::uint64_t>(at + together, last));
      std::size_t count = 0;
      for (auto person = static_cast<std::uint32_t>(at); person < end_of_these; person += 4) {
        std::uint32_t voices = 0;
        std::memcpy(&voices, speakers_.voice + (person - speakers_.first), sizeof voices);
        speaking[count] = person;
        count += voices != 0 ? 1 : 0;
      }
      constexpr std::size_t ahead = 32;  // groups that the memory is asked for before their turn
      const float* const talkativeness = speakers_.talkativeness;
      for (std::size_t k = 0; talkativeness != nullptr && k < std::min(ahead, count); ++k) {
        __builtin_prefetch(talkativeness + speaking[k]);
      }
      for (std::size_t k = 0; k < count; ++k) {
        if (talkativeness != nullptr && k + ahead < count) __builtin_prefetch(talkativeness + speaking[k + ahead]);
        ask_group(speaking[k]);
      }
    }
    if (last < end) ask(last, end);
    look();
    messages_.finish();
    return said_;
  }

 private:
  /// Notes a whole group, from person `first` on.
  void ask_group(std::uint32_t first) {
    const std::size_t at = 4 * groups_;
    const std::uint32_t row = first - speakers_.first;
    std::memcpy(talkers_.voice + at, speakers_.voice + row, 4);
    if (speakers_.talkativeness != nullptr) {
      std::memcpy(talkers_.talkativeness + at, speakers_.talkativeness + row, 4 * sizeof(float));
    } else if (speakers_.talkativeness_of.size() > 1) {
      for (std::uint32_t k = 0; k < 4; ++k) {
        talkers_.talkativeness[at + k] = speakers_.talkativeness_of[speakers_.persona[row + k]];
      }
    }
    add(first / 4);
  }
  /// Notes the people [from, to), all of one group: the others are silent.
  void ask(std::uint32_t from, std::uint32_t to) {
    const std::uint32_t first = from / 4 * 4, at = 4 * groups_;
    for (std::uint32_t k = 0; k < 4; ++k) talkers_.voice[at + k] = Voice::silent;
    for (std::uint32_t person = from; person < to; ++person) {
      const std::uint32_t row = person - speakers_.first;
      talkers_.voice[at + person - first] = speakers_.voice[row];
      if (speakers_.talkativeness != nullptr) {
        talkers_.talkativeness[at + person - first] = speakers_.talkativeness[row];
      } else if (speakers_.talkativeness_of.size() > 1) {
        talkers_.talkativeness[at + person - first] = speakers_.talkativeness_of[speakers_.persona[row]];
      }
    }
    add(first / 4);
  }
  void add(std::uint32_t group) {
    draws_.group[groups_++] = group;
    if (groups_ == talk::most_groups) look();
  }

  void look() {
    const std::uint32_t drawn = (groups_ + 15) / 16 * 16;
    for (std::uint32_t g = groups_; g < drawn; ++g) draws_.group[g] = 0;
    talkers_.people = static_cast<std::int32_t>(4 * groups_);
    draw_words_(draws_, static_cast<int>(drawn), second_word(streams_, Purpose::talk),
                static_cast<std::uint32_t>(streams_.seed()), static_cast<std::uint32_t>(streams_.seed() >> 32), &talkers_);
    for (std::int32_t t = 0; t < talkers_.count; ++t) {
      const std::int32_t known = talkers_.said[t];
      const std::uint32_t count = known >= 0 ? static_cast<std::uint32_t>(known)
                                             : messages_said(talkers_.rates[t], talkers_.nothing[t], talkers_.u[t]);
      const std::int32_t at = talkers_.person[t];
      const bool positive = talkers_.voice[at] != Voice::detractor;
      said_.positive += positive ? count : 0;
      said_.negative += positive ? 0 : count;
      messages_.send({4 * draws_.group[at / 4] + static_cast<std::uint32_t>(at % 4), count, positive});
    }
    groups_ = 0;
  }

  const Streams& streams_;
  const Speakers& speakers_;
  talk::DrawWords draw_words_;
  Messages messages_;
  talk::Draws draws_;
  talk::Talkers talkers_;
  std::uint32_t groups_ = 0;
  Said said_;
};

Said Talk::speak(std::uint32_t begin, std::uint32_t end, std::uint32_t window, double days, const Speakers& speakers,
                 const Hearers& hearers) const {
  return Speaking(*this, window, days, speakers, hearers).speak(begin, end);
}

void Talk::arrive(std::span<const Message> messages, const Hearers& hearers) const {
  const Ears ears(hearers, true);
  constexpr std::size_t ahead = 32;  // hearers whose counts the memory is asked for before their turn
  for (std::size_t m = 0; m < messages.size(); ++m) {
    if (m + ahead < messages.size()) ears.prefetch(messages[m + ahead]);
    ears.hear(messages[m]);
  }
}

void Talk::hear(std::uint32_t begin, std::uint32_t end, double days, const Hearers& hearers,
                std::vector<Heard>& heard) const {
  const float decay = talk_decay(days, remembered_);
  const talk::Hear hear_some = talk::widest_hear();
  std::array<std::int32_t, talk::most_people> listed;
  const std::size_t known = heard.size();
  const auto note = [&](std::uint32_t person, std::uint64_t positive, std::uint64_t negative) {
    heard.push_back({person, static_cast<std::uint32_t>(positive), static_cast<std::uint32_t>(negative)});
    hearers.counts(person) = {};
  };
  const auto hear_all = [&](std::uint32_t first, std::uint32_t last) {
    for (std::uint64_t at = first; at < last; at += talk::most_people) {
      const auto from = static_cast<std::uint32_t>(at);
      const std::uint32_t people = std::min<std::uint32_t>(talk::most_people, last - from);
      const std::int32_t count = hear_some(&hearers.counts(from), &hearers.proof(from), static_cast<std::int32_t>(people),
                                           decay, negativity_, listed.data());
      for (std::int32_t k = 0; k < count; ++k) {
        const std::uint32_t person = from + static_cast<std::uint32_t>(listed[static_cast<std::size_t>(k)]);
        note(person, hearers.counts(person).positive, hearers.counts(person).negative);
      }
    }
  };
  for (const ManyMessages::Further& further : hearers.many->take(begin, end)) {
    hear_all(begin, further.person);
    const std::uint64_t positive = further.positive + hearers.counts(further.person).positive;
    const std::uint64_t negative = further.negative + hearers.counts(further.person).negative;
    float& proof = hearers.proof(further.person);
    proof = sojourn::social_proof(proof, decay, static_cast<float>(positive), static_cast<float>(negative), negativity_);
    note(further.person, positive, negative);
    begin = further.person + 1;
  }
  hear_all(begin, end);
  if (hearers.introduced_by == nullptr) return;
  constexpr std::size_t ahead = 16;  // introductions that the memory is asked for before their turn
  for (std::size_t k = known; k < heard.size(); ++k) {
    if (k + ahead < heard.size()) __builtin_prefetch(&hearers.introduction(heard[k + ahead].person), 1);
    std::uint32_t& by = hearers.introduction(heard[k].person);
    if (by != introduced_by_nobody) by &= ~said_this_window;
  }
}

}  // namespace sojourn
