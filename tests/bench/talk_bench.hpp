// Word of mouth alone: everybody a promoter on a small world of ten contacts, a window a day.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sojourn/engine/talk.hpp"

namespace sojourn::bench {

struct TalkSpeed {
  double messages_per_day = 0.0;
  double person_windows = 0.0;  // a second and core, all windows together
  double best = 0.0;            // in the window that was disturbed least
  double messages = 0.0;        // a second and core
};
struct TalkFigures {
  std::uint32_t people = 0, windows = 0;
  double bytes_per_person = 0.0;
  std::vector<TalkSpeed> speeds;
};

inline double thread_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

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
  return {rate, static_cast<double>(people) * windows / all, people / least, static_cast<double>(said) / all};
}

inline TalkFigures measure_talk(bool quick) {
  TalkFigures figures{quick ? 100'000u : 1'000'000u, quick ? 10u : 100u, 0.0, {}};
  ModelParts parts;
  parts.personas.resize(1);
  parts.word_of_mouth = WordOfMouth{};
  parts.word_of_mouth->network = SmallWorld{10.0, 0.1};
  const Streams streams(42, 0);
  const SocialNetwork network(parts, std::vector<std::uint16_t>(figures.people), streams, 2);
  constexpr double columns = 2 + 2 + 4 + 1;  // two counts, social proof, voice
  figures.bytes_per_person = static_cast<double>(network.bytes()) / figures.people + columns;
  for (const double rate : {0.5 / days_per_month, 0.1, 1.0}) {
    figures.speeds.push_back(measure_talk(rate, rate < 0.5 ? figures.windows : figures.windows / 5, network, streams));
  }
  return figures;
}

}  // namespace sojourn::bench
