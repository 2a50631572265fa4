#include "sojourn/population/population.hpp"

#include <limits>
#include <string_view>

namespace sojourn {
namespace {

/// FNV-1a (Fowler, Noll & Vo): names a scenario's own trait by its name. The top bit keeps clear of the built-in traits.
std::uint32_t trait_index(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash | 0x80000000u;
}

}  // namespace

Population::Population(const ModelParts& parts) {
  for (std::size_t k = 0; k < parts.traits.size(); ++k) {
    const Trait& trait = parts.traits[k];
    const bool builtin = k < builtin_trait_count;
    constexpr double limit = std::numeric_limits<float>::max();
    ranges_.push_back({static_cast<float>(numeric::clip(trait.low, -limit, limit)),
                       static_cast<float>(numeric::clip(trait.high, -limit, limit)),
                       builtin ? static_cast<std::uint32_t>(k / 4) : trait_index(trait.name),
                       builtin ? static_cast<std::uint32_t>(k % 4) : 0u});
  }
  double share = 0.0;
  for (const Persona& persona : parts.personas) {
    Segment segment;
    share += persona.share;
    segment.cumulative_share = share;
    double start = 0.0;
    for (const auto& [touchpoint, weight] : persona.starts) {
      start += weight;
      segment.starts.push_back({start, static_cast<std::uint32_t>(touchpoint.index())});
    }
    segment.arrives = Inverse(persona.arrives);
    for (const Distribution& trait : persona.traits) segment.traits.emplace_back(trait);
    personas_.push_back(std::move(segment));
  }
}

Person Population::person(const Streams& streams, std::uint32_t customer) const {
  return person(streams.draw(customer, Purpose::person, 0), streams.draw(customer, Purpose::person, 1));
}

Person Population::person(const Words& words, const Words& luck) const {
  Person person;
  const double u = uniform(words[0], luck[2]);
  while (person.persona + 1 < personas_.size() && u >= personas_[person.persona].cumulative_share) ++person.persona;
  const Segment& segment = personas_[person.persona];
  std::size_t start = 0;
  const double w = uniform(words[1], luck[3]);
  while (start + 1 < segment.starts.size() && w >= segment.starts[start].cumulative) ++start;
  person.start = segment.starts[start].touchpoint;
  const double arrival = segment.arrives.draw(words[2]);
  person.arrival = arrival > 0.0 ? arrival : 0.0;
  person.answering = normal(words[3]);
  person.luck = uniform(luck[0], luck[1]);
  return person;
}

void Population::traits(const Streams& streams, std::uint32_t customer, std::uint32_t persona,
                        std::span<float> traits) const {
  const Segment& segment = personas_[persona];
  Words words{};
  std::uint32_t drawn = ~0u;
  for (std::size_t k = 0; k < ranges_.size(); ++k) {
    const Inverse& inverse = segment.traits[k];
    const Range& range = ranges_[k];
    if (!inverse.constant() && range.index != drawn) {
      drawn = range.index;
      words = streams.draw(customer, Purpose::trait, drawn);
    }
    traits[k] = trait(persona, k, words[range.word]);
  }
}

float Population::trait(std::uint32_t persona, std::size_t index, std::uint32_t word) const {
  const Range& range = ranges_[index];
  return static_cast<float>(numeric::clip(personas_[persona].traits[index].draw(word), static_cast<double>(range.low),
                                          static_cast<double>(range.high)));
}

float Population::trait(const Streams& streams, std::uint32_t customer, std::uint32_t persona, std::size_t index) const {
  const Range& range = ranges_[index];
  const bool constant = personas_[persona].traits[index].constant();
  return trait(persona, index, constant ? 0 : streams.draw(customer, Purpose::trait, range.index)[range.word]);
}

}  // namespace sojourn
