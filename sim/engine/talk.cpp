#include "sojourn/engine/talk.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "talk_draws.hpp"

namespace sojourn {
namespace {

constexpr std::uint32_t chunk = 4 * talk::most_groups;  // people who are looked at together
constexpr std::uint32_t said_this_window = 0x80000000u;

/// Words below this, halved, may be somebody's who talks at `rate` or less: never too few, because u < P(N >= 1) <= rate.
std::int32_t limit_for(float rate) {
  const double limit = static_cast<double>(rate) * 1.001 * 0x1p31 + 2.0;
  return limit < 0x7fffffff ? static_cast<std::int32_t>(limit) : 0x7fffffff;
}

bool all_silent(const Voice* voice, std::uint32_t count) {
  std::uint8_t any = 0;
  for (std::uint32_t i = 0; i < count; ++i) any = any | static_cast<std::uint8_t>(voice[i]);
  return any == 0;
}

float largest(const float* numbers, std::size_t count) {
  float result = 0.0f;
  for (std::size_t i = 0; i < count; ++i) result = numeric::greater(result, numbers[i]);
  return result;
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

/// Messages on their way, some dozens at a time and step by step, because each waits for the memory of three far places:
/// where the speaker's contacts begin, the contacts, the hearer's counts.
class Messages {
 public:
  Messages(const SocialNetwork& network, const Streams& streams, std::uint32_t window, const Hearers& hearers)
      : rows_(network.well_mixed() ? nullptr : &network.rows()),
        network_(network),
        streams_(streams),
        draw_words_(talk::widest_draws()),
        window_(window),
        hearers_(hearers) {
    std::fill(std::begin(draws_.index), std::end(draws_.index), window);
  }

  void send(const Talker& talker) {
    if (rows_ != nullptr) rows_->prefetch_position(talker.person);
    draws_.group[talking_] = talker.person;
    talkers_[talking_++] = talker;
    if (talking_ == talkers_.size()) deliver();
  }

  /// To be called at the end.
  void deliver() {
    for (std::size_t t = 0; t < talking_ && rows_ != nullptr; ++t) rows_->prefetch_row(talkers_[t].person);
    const std::size_t drawn = (talking_ + 15) / 16 * 16;
    for (std::size_t t = talking_; t < drawn; ++t) draws_.group[t] = 0;
    draw_words_(draws_, static_cast<int>(drawn), second_word(streams_, Purpose::message),
                static_cast<std::uint32_t>(streams_.seed()), static_cast<std::uint32_t>(streams_.seed() >> 32), 0);
    for (std::size_t t = 0; t < talking_; ++t) {
      address(talkers_[t], {draws_.words[0][t], draws_.words[1][t], draws_.words[2][t], draws_.words[3][t]});
    }
    talking_ = 0;
    hand_over();
  }

 private:
  struct Message {
    std::uint32_t hearer, speaker;
    bool positive;
  };

  [[nodiscard]] std::uint32_t& count_of(const Message& message) const {
    return (message.positive ? hearers_.positive : hearers_.negative)[message.hearer];
  }

  // `words` are those of the first two messages.
  void address(const Talker& talker, Words words) {
    for (std::uint32_t k = 0; k < talker.messages; ++k) {
      if (k % 2 == 0 && k > 0) words = streams_.draw(talker.person, Purpose::message, window_, k / 2);
      const std::size_t half = k % 2 * 2;
      const std::uint32_t hearer = network_.contact(talker.person, words[half], words[half + 1]);
      if (hearer == SocialNetwork::nobody) continue;
      const Message message{hearer, talker.person, talker.positive};
      __builtin_prefetch(&count_of(message), 1);
      messages_[waiting_++] = message;
      if (waiting_ == messages_.size()) hand_over();
    }
  }

  void hand_over() {
    for (std::size_t m = 0; m < waiting_; ++m) {
      std::atomic_ref(count_of(messages_[m])).fetch_add(1, std::memory_order_relaxed);
      if (messages_[m].positive && hearers_.introduced_by != nullptr) introduce(messages_[m]);
    }
    waiting_ = 0;
  }

  // The smallest wins: an introduction of an earlier window, without the mark, stands before any of this one.
  void introduce(const Message& message) {
    const std::atomic_ref by(hearers_.introduced_by[message.hearer]);
    const std::uint32_t mine = said_this_window | message.speaker;
    std::uint32_t known = by.load(std::memory_order_relaxed);
    while (mine < known && !by.compare_exchange_weak(known, mine, std::memory_order_relaxed)) {
    }
  }

  const ContactRows* rows_;
  const SocialNetwork& network_;
  const Streams& streams_;
  talk::DrawWords draw_words_;
  std::uint32_t window_;
  const Hearers& hearers_;
  talk::Draws draws_;
  std::array<Talker, talk::most_groups> talkers_;
  std::array<Message, 128> messages_;
  std::size_t talking_ = 0, waiting_ = 0;
};

}  // namespace

Talk::Talk(const WordOfMouth& word_of_mouth, const SocialNetwork& network, const Streams& streams)
    : network_(network),
      streams_(streams),
      rate_{0.0, word_of_mouth.promoter_rate, word_of_mouth.passive_rate, word_of_mouth.detractor_rate},
      negativity_(static_cast<float>(word_of_mouth.negativity)),
      remembered_(word_of_mouth.remembered.value()) {}

Said Talk::speak(std::uint32_t begin, std::uint32_t end, std::uint32_t window, double days, const Speakers& speakers,
                 const Hearers& hearers) const {
  Said said;
  std::array<float, 4> rate{};
  for (std::size_t k = 0; k < rate.size(); ++k) rate[k] = static_cast<float>(rate_[k] * days);
  const float fastest = largest(rate.data(), rate.size());
  const float most_talkative = largest(speakers.talkativeness_of.data(), speakers.talkativeness_of.size());
  const bool of_persona = speakers.talkativeness_of.size() > 1;
  const talk::DrawWords draw_words = talk::widest_draws();
  const std::uint32_t purpose = second_word(streams_, Purpose::talk);
  float last_rate = 0.0f;
  double nothing = 1.0;
  talk::Draws draws;
  std::fill(std::begin(draws.index), std::end(draws.index), window);
  Messages messages(network_, streams_, window, hearers);

  for (std::uint64_t at = begin; at < end;) {
    const auto from = static_cast<std::uint32_t>(at), first_group = from / 4;
    const auto to = static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{first_group} * 4 + chunk, end));
    at = to;
    if (all_silent(speakers.voice + from, to - from)) continue;
    const float talkative =
        speakers.talkativeness != nullptr ? largest(speakers.talkativeness + from, to - from) : most_talkative;
    const float rate_at_most = message_rate(talkative, fastest);
    if (!(rate_at_most > 0.0f)) continue;
    const std::uint32_t groups = (to - first_group * 4 + 3) / 4;
    const int drawn = static_cast<int>((groups + 15) / 16 * 16);
    for (int g = 0; g < drawn; ++g) draws.group[g] = first_group + static_cast<std::uint32_t>(g);
    draw_words(draws, drawn, purpose, static_cast<std::uint32_t>(streams_.seed()),
               static_cast<std::uint32_t>(streams_.seed() >> 32), limit_for(rate_at_most));
    std::array<std::uint32_t, talk::most_groups> talking;
    std::uint32_t talking_groups = 0;
    for (std::uint32_t g = 0; g < groups; ++g) {
      talking[talking_groups] = g;
      talking_groups += draws.talks[g];
    }
    for (std::uint32_t t = 0; t < talking_groups; ++t) {
      const std::uint32_t g = talking[t];
      for (std::uint32_t k = 0; k < 4; ++k) {
        const std::uint32_t person = (first_group + g) * 4 + k;
        if (person < from || person >= to) continue;
        const Voice voice = speakers.voice[person];
        const float mine = speakers.talkativeness != nullptr
                               ? speakers.talkativeness[person]
                               : speakers.talkativeness_of[of_persona ? speakers.persona[person] : 0];
        const float my_rate = message_rate(mine, rate[static_cast<std::size_t>(voice)]);
        const float u = uniform(draws.words[k][g]);
        if (!(u < my_rate * 1.001f)) continue;  // as good as the count, but without its exponential
        if (my_rate != last_rate) {
          last_rate = my_rate;
          nothing = nothing_said(my_rate);
        }
        const std::uint32_t count = messages_said(my_rate, nothing, u);
        if (count == 0) continue;
        const bool positive = voice != Voice::detractor;
        (positive ? said.positive : said.negative) += count;
        messages.send({person, count, positive});
      }
    }
  }
  messages.deliver();
  return said;
}

void Talk::hear(std::uint32_t begin, std::uint32_t end, double days, const Hearers& hearers,
                std::vector<Heard>& heard) const {
  const float decay = talk_decay(days, remembered_);
  constexpr std::uint32_t few = 32;
  for (std::uint64_t at = begin; at < end; at += few) {
    const auto from = static_cast<std::uint32_t>(at);
    const auto to = static_cast<std::uint32_t>(std::min<std::uint64_t>(at + few, end));
    float* proof = hearers.social_proof;
    std::uint32_t any = 0;
    for (std::uint32_t i = from; i < to; ++i) any |= hearers.positive[i] | hearers.negative[i];
    if (any == 0) {
      for (std::uint32_t i = from; i < to; ++i) proof[i] = sojourn::social_proof(proof[i], decay, 0.0f, 0.0f, negativity_);
      continue;
    }
    for (std::uint32_t i = from; i < to; ++i) {
      const std::uint32_t positive = hearers.positive[i], negative = hearers.negative[i];
      proof[i] =
          sojourn::social_proof(proof[i], decay, static_cast<float>(positive), static_cast<float>(negative), negativity_);
      if ((positive | negative) == 0) continue;
      heard.push_back({i, positive, negative});
      hearers.positive[i] = hearers.negative[i] = 0;
      if (hearers.introduced_by != nullptr && hearers.introduced_by[i] != introduced_by_nobody)
        hearers.introduced_by[i] &= ~said_this_window;
    }
  }
}

}  // namespace sojourn
