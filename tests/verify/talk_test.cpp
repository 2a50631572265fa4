// The talk kernel against the plainest possible one, and its counts against Poisson's.
#include "sojourn/engine/talk.hpp"

#include <cmath>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "sojourn/behaviour/word_of_mouth.hpp"
#include "tests/catch.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using sojourn::verify::judge;
using sojourn::verify::Sample;

namespace {

constexpr std::uint32_t people = 20'003;
constexpr std::uint32_t windows = 8;

struct Columns {
  std::vector<MessageCounts> messages;
  std::unique_ptr<ManyMessages> many = std::make_unique<ManyMessages>();
  std::vector<std::uint32_t> introduced_by;
  std::vector<float> social_proof;
  Said said;
  std::vector<Heard> heard;

  Columns() : messages(people), introduced_by(people, introduced_by_nobody), social_proof(people, 0.0f) {}
  Hearers hearers() { return {messages.data(), many.get(), social_proof.data(), introduced_by.data()}; }
  friend bool operator==(const Columns& a, const Columns& b) {
    return a.messages == b.messages && a.introduced_by == b.introduced_by && a.social_proof == b.social_proof &&
           a.said == b.said && a.heard == b.heard;
  }
};

struct Town {
  ModelParts parts;
  std::vector<std::uint16_t> persona;
  std::vector<Voice> voice;
  std::vector<float> talkativeness;
  Streams streams{42, 3};

  Town() : persona(people, 0), voice(people), talkativeness(people) {
    parts.personas.resize(1);
    parts.word_of_mouth = WordOfMouth{};
    parts.word_of_mouth->network = SmallWorld{10, 0.1};
    parts.word_of_mouth->promoter_rate = 0.3;
    parts.word_of_mouth->passive_rate = 0.05;
    parts.word_of_mouth->detractor_rate = 1.5;
    for (std::uint32_t i = 0; i < people; ++i) {
      voice[i] = i < 3'000 ? Voice::silent : static_cast<Voice>(i * 2654435761u >> 30);
      talkativeness[i] = static_cast<float>(i % 7) * 0.5f;
    }
  }
  [[nodiscard]] SocialNetwork network() const { return SocialNetwork(parts, persona, streams, 2); }
};

/// Person after person, as the model's document says it.
Columns plainly(const Town& town, const SocialNetwork& network) {
  Columns columns;
  std::vector<std::uint32_t> good(people, 0), bad(people, 0);
  const WordOfMouth& talk = *town.parts.word_of_mouth;
  const double rates[4] = {0.0, talk.promoter_rate, talk.passive_rate, talk.detractor_rate};
  for (std::uint32_t window = 0; window < windows; ++window) {
    for (std::uint32_t i = 0; i < people; ++i) {
      const float rate =
          message_rate(town.talkativeness[i], static_cast<float>(rates[static_cast<int>(town.voice[i])] * 7.0));
      const std::uint32_t count =
          messages_said(rate, nothing_said(rate), uniform(town.streams.draw(i / 4, Purpose::talk, window)[i % 4]));
      const bool positive = town.voice[i] != Voice::detractor;
      (positive ? columns.said.positive : columns.said.negative) += count;
      for (std::uint32_t k = 0; k < count; ++k) {
        const Words words = town.streams.draw(i, Purpose::message, window, k / 2);
        const std::uint32_t hearer = network.contact(i, words[k % 2 * 2], words[k % 2 * 2 + 1]);
        ++(positive ? good : bad)[hearer];
        if (positive && columns.introduced_by[hearer] == introduced_by_nobody) columns.introduced_by[hearer] = i;
      }
    }
    const float decay = talk_decay(7.0, talk.remembered.value());
    for (std::uint32_t i = 0; i < people; ++i) {
      columns.social_proof[i] = social_proof(columns.social_proof[i], decay, static_cast<float>(good[i]),
                                             static_cast<float>(bad[i]), static_cast<float>(talk.negativity));
      if (good[i] + bad[i] > 0) columns.heard.push_back({i, good[i], bad[i]});
      good[i] = bad[i] = 0;
    }
  }
  return columns;
}

Columns by_kernel(const Town& town, const SocialNetwork& network, std::uint32_t block, int threads) {
  Columns columns;
  const Talk talk(*town.parts.word_of_mouth, network, town.streams);
  Speakers speakers;
  speakers.voice = town.voice.data();
  speakers.talkativeness = town.talkativeness.data();
  for (std::uint32_t window = 0; window < windows; ++window) {
    std::vector<Said> said(static_cast<std::size_t>(threads));
    {
      std::vector<std::jthread> crew;
      for (int t = 0; t < threads; ++t) {
        crew.emplace_back([&, t] {
          for (std::uint32_t begin = block * t; begin < people; begin += block * threads) {
            const Said one = talk.speak(begin, std::min(people, begin + block), window, 7.0, speakers, columns.hearers());
            said[static_cast<std::size_t>(t)].positive += one.positive;
            said[static_cast<std::size_t>(t)].negative += one.negative;
          }
        });
      }
    }
    for (const Said& one : said) {
      columns.said.positive += one.positive;
      columns.said.negative += one.negative;
    }
    for (std::uint32_t begin = 0; begin < people; begin += block) {
      talk.hear(begin, std::min(people, begin + block), 7.0, columns.hearers(), columns.heard);
    }
  }
  return columns;
}

}  // namespace

TEST_CASE("the talk kernel and the plain one agree bit for bit, whatever the blocks and threads", "[talk]") {
  const Town town;
  const SocialNetwork network = town.network();
  const Columns expected = plainly(town, network);
  CHECK(expected.said.positive > 10'000);
  CHECK(expected.said.negative > 10'000);
  CHECK(by_kernel(town, network, 32'768, 1) == expected);
  CHECK(by_kernel(town, network, 1'000, 2) == expected);
  CHECK(by_kernel(town, network, 77, 7) == expected);
  Town other;
  other.streams = Streams(43, 3);
  CHECK_FALSE(by_kernel(other, network, 1'000, 1) == expected);
}

TEST_CASE("no message is lost where somebody hears more than a count of 16 bits holds", "[talk]") {
  ModelParts parts;
  parts.personas.resize(1);
  parts.word_of_mouth = WordOfMouth{};
  parts.word_of_mouth->network = WellMixed{};
  parts.word_of_mouth->promoter_rate = 150'000.0;
  parts.word_of_mouth->detractor_rate = 40'000.0;
  const Streams streams(42, 0);
  const std::vector<Voice> voice{Voice::promoter, Voice::detractor, Voice::promoter, Voice::silent, Voice::detractor};
  const auto count = static_cast<std::uint32_t>(voice.size());
  const SocialNetwork network(parts, std::vector<std::uint16_t>(count, 0), streams, 1);
  std::vector<Heard> expected(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    expected[i].person = i;
    const float rate = voice[i] == Voice::promoter ? 150'000.0f : voice[i] == Voice::detractor ? 40'000.0f : 0.0f;
    const std::uint32_t said =
        messages_said(rate, nothing_said(rate), uniform(streams.draw(i / 4, Purpose::talk, 0)[i % 4]));
    for (std::uint32_t k = 0; k < said; ++k) {
      const Words words = streams.draw(i, Purpose::message, 0, k / 2);
      Heard& heard = expected[network.contact(i, words[k % 2 * 2], words[k % 2 * 2 + 1])];
      ++(voice[i] == Voice::promoter ? heard.positive : heard.negative);
    }
  }
  REQUIRE(expected[1].positive > 65'536);
  for (const bool alone : {true, false}) {
    const Talk talk(*parts.word_of_mouth, network, streams, alone);
    std::vector<MessageCounts> messages(count);
    std::vector<float> proof(count, 0.0f);
    ManyMessages many;
    const Hearers hearers{messages.data(), &many, proof.data(), nullptr};
    Speakers speakers;
    speakers.voice = voice.data();
    talk.speak(0, count, 0, 1.0, speakers, hearers);
    CHECK(static_cast<std::uint32_t>(messages[1].positive) != expected[1].positive);  // the twin: the counts alone
    std::vector<Heard> heard;
    talk.hear(0, 2, 1.0, hearers, heard);
    talk.hear(2, count, 1.0, hearers, heard);
    CHECK(heard == expected);
    CHECK(proof[1] == static_cast<float>(expected[1].positive) - 2.0f * static_cast<float>(expected[1].negative));
    CHECK(messages == std::vector<MessageCounts>(count));
    CHECK(many.take(0, count).empty());
  }
}

TEST_CASE("messages are Poisson and never fewer at a higher rate", "[talk]") {
  for (const float rate : {0.01f, 0.7f, 5.0f, 80.0f, 900.0f}) {
    Sample count, square;
    const double mean = static_cast<double>(rate);
    for (std::uint32_t i = 0; i < 100'000; ++i) {
      const float u = uniform(Streams(1, 0).draw(i, Purpose::talk, 0)[0]);
      const std::uint32_t said = messages_said(rate, nothing_said(rate), u);
      REQUIRE(messages_said(rate * 1.01f, nothing_said(rate * 1.01f), u) >= said);
      count.add(said);
      square.add((said - mean) * (said - mean));
    }
    CAPTURE(rate);
    CHECK(judge(count, mean, 0.3 * std::sqrt(mean)));
    CHECK_FALSE(judge(count, mean + 0.35 * std::sqrt(mean), 0.3 * std::sqrt(mean)));
    CHECK(judge(square, mean, 0.3 * mean + 0.01));
    CHECK_FALSE(judge(square, 1.35 * mean + 0.01, 0.3 * mean + 0.01));
  }
  CHECK(messages_said(0.0f, nothing_said(0.0f), uniform(0u)) == 0);
}

TEST_CASE("who never heard anything has no social proof, and what was heard fades", "[talk]") {
  CHECK(social_proof(0.0f, 0.9f, 0.0f, 0.0f, 2.0f) == 0.0f);
  CHECK(social_proof(1.0f, 0.5f, 2.0f, 1.0f, 2.0f) == 0.5f);
  CHECK(social_proof(1e-29f, 0.01f, 0.0f, 0.0f, 2.0f) == 0.0f);
  CHECK(talk_decay(7.0, 7.0) == Approx(std::exp(-1.0)));
}
