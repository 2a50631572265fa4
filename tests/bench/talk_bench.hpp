// Word of mouth alone: everybody a promoter on a small world of ten contacts, a window a day.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sojourn/engine/talk.hpp"
#include "turns.hpp"

namespace sojourn::bench {

struct TalkSpeed {
  std::uint32_t people = 0;
  double messages_per_day = 0.0;
  double person_windows = 0.0;  // a second and core, all windows together
  double best = 0.0;            // in the window that was disturbed least
  double messages = 0.0;        // a second and core
};
struct TalkFigures {
  double bytes_per_person = 0.0;
  std::vector<TalkSpeed> speeds;
};

inline TalkSpeed measure_talk(double rate, std::uint32_t windows, const SocialNetwork& network, const Streams& streams) {
  constexpr std::uint32_t block = 32'768;
  const std::uint32_t people = network.people();
  WordOfMouth word_of_mouth;
  word_of_mouth.promoter_rate = rate;
  const Talk talk(word_of_mouth, network, streams, true);
  const std::vector<Voice> voice(people, Voice::promoter);
  std::vector<MessageCounts> messages(people);
  ManyMessages many;
  std::vector<float> social_proof(people);
  Speakers speakers;
  speakers.voice = voice.data();
  const Hearers hearers{messages.data(), &many, social_proof.data(), nullptr};
  std::vector<Heard> heard;
  std::uint64_t said = 0;
  double all = 0.0, least = 1e9;
  for (std::uint32_t window = 0; window < windows; ++window) {
    const double began = thread_seconds();
    for (std::uint32_t begin = 0; begin < people; begin += block) {
      said += talk.speak(begin, std::min(people, begin + block), window, 1.0, speakers, hearers).positive;
    }
    for (std::uint32_t begin = 0; begin < people; begin += block) {
      heard.clear();
      talk.hear(begin, std::min(people, begin + block), 1.0, hearers, heard);
    }
    const double took = thread_seconds() - began;
    all += took;
    least = std::min(least, took);
  }
  return {people, rate, static_cast<double>(people) * windows / all, people / least, static_cast<double>(said) / all};
}

inline TalkFigures measure_talk(bool quick) {
  TalkFigures figures;
  ModelParts parts;
  parts.personas.resize(1);
  parts.word_of_mouth = WordOfMouth{};
  parts.word_of_mouth->network = SmallWorld{10.0, 0.1};
  const Streams streams(42, 0);
  const auto measure = [&](std::uint32_t people, std::uint32_t windows, const std::vector<double>& rates) {
    const SocialNetwork network(parts, std::vector<std::uint16_t>(people), streams, 2);
    constexpr double columns = 2 + 2 + 4 + 1;  // two counts, social proof, voice
    figures.bytes_per_person = static_cast<double>(network.bytes()) / people + columns;
    for (const double rate : rates) {
      figures.speeds.push_back(measure_talk(rate, rate < 0.5 ? windows : windows / 5, network, streams));
    }
  };
  const double half_a_month = 0.5 / days_per_month;
  if (!quick) measure(100'000, 500, {1.0});
  measure(quick ? 100'000 : 1'000'000, quick ? 10 : 100, {half_a_month, 0.1, 1.0});
  return figures;
}

}  // namespace sojourn::bench
