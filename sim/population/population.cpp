#include "sojourn/population/population.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sojourn/base/matrix.hpp"
#include "sojourn/base/special.hpp"

namespace sojourn {
namespace {

/// A random word whose `uniform` is the standard normal distribution function at `z`, to its 31 bits.
std::uint32_t word_at(double z) {
  const double u = special::normal_cdf(z) * 0x1p32;
  return u < 0x1.fffffffep31 ? static_cast<std::uint32_t>(u) : 0xffffffffu;
}

}  // namespace

Population::Population(const ModelParts& parts) {
  for (std::size_t k = 0; k < parts.traits.size(); ++k) {
    const Trait& trait = parts.traits[k];
    const bool builtin = k < builtin_trait_count;
    constexpr double limit = std::numeric_limits<float>::max();
    ranges_.push_back({static_cast<float>(numeric::clip(trait.low, -limit, limit)),
                       static_cast<float>(numeric::clip(trait.high, -limit, limit)),
                       builtin ? static_cast<std::uint32_t>(k / 4) : index_of_name(trait.name),
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
    segment.existing = persona.existing();
    if (segment.existing) {
      segment.tenure = Inverse(persona.tenure.value_or(Fixed{0.0}));
      segment.longest_tenure = std::min(longest_tenure, largest_draw(segment.tenure));
    }
    for (const Distribution& trait : persona.traits) segment.traits.emplace_back(trait);
    correlate(segment, persona);
    personas_.push_back(std::move(segment));
  }
  if (!parts.account_segments.empty()) correlation_ = parts.account_correlation;
  shared_weight_ = static_cast<float>(std::sqrt(correlation_));
  own_weight_ = static_cast<float>(std::sqrt(1.0 - correlation_));
}

/// Constants have no score, so that what is said of them is left out.
void Population::correlate(Segment& segment, const Persona& persona) {
  std::vector<std::size_t> among;
  const auto varies = [&](TraitId trait) { return !segment.traits[trait.index()].constant(); };
  const auto acts = [&](const TraitCorrelation& pair) { return pair.value != 0.0 && varies(pair.a) && varies(pair.b); };
  for (const TraitCorrelation& pair : persona.correlate) {
    if (acts(pair)) among.insert(among.end(), {pair.a.index(), pair.b.index()});
  }
  if (among.empty()) return;
  std::sort(among.begin(), among.end());
  among.erase(std::unique(among.begin(), among.end()), among.end());
  const auto place = [&](TraitId trait) {
    return static_cast<std::size_t>(std::lower_bound(among.begin(), among.end(), trait.index()) - among.begin());
  };
  Matrix matrix(among.size(), std::vector<double>(among.size(), 0.0));
  for (std::size_t k = 0; k < among.size(); ++k) matrix[k][k] = 1.0;
  for (const TraitCorrelation& pair : persona.correlate) {
    if (acts(pair)) matrix[place(pair.a)][place(pair.b)] = matrix[place(pair.b)][place(pair.a)] = pair.value;
  }
  const Matrix lower = cholesky(matrix);
  segment.mixed.resize(segment.traits.size());
  for (std::size_t k = 0; k < among.size(); ++k) {
    auto& row = segment.mixed[among[k]];
    for (std::size_t j = 0; j <= k; ++j) {
      if (lower[k][j] != 0.0) row.emplace_back(static_cast<std::uint32_t>(among[j]), static_cast<float>(lower[k][j]));
    }
    if (row.size() == 1) row.clear();  // the score is the trait's own
  }
}

Person Population::person(const Streams& streams, std::uint32_t customer) const {
  const Words words = streams.draw(customer, Purpose::person, 0), luck = streams.draw(customer, Purpose::person, 1);
  Person person = this->person(words, luck, persona(words, luck));
  if (person.existing) person.since = since(streams, customer, person.persona, person.arrival);
  return person;
}

std::uint32_t Population::persona(const Streams& streams, std::uint32_t customer) const {
  return persona(streams.draw(customer, Purpose::person, 0), streams.draw(customer, Purpose::person, 1));
}

Person Population::person(const Streams& streams, std::uint32_t customer, std::uint32_t persona) const {
  Person person =
      this->person(streams.draw(customer, Purpose::person, 0), streams.draw(customer, Purpose::person, 1), persona);
  if (person.existing) person.since = since(streams, customer, persona, person.arrival);
  return person;
}

double Population::since(const Streams& streams, std::uint32_t customer, std::uint32_t persona, double arrival) const {
  static const std::uint32_t index = index_of_name(tenure_id);
  const Inverse& tenure = personas_[persona].tenure;
  const std::uint32_t word = tenure.constant() ? 0u : streams.draw(customer, Purpose::clock, index)[0];
  return arrival - numeric::clip(tenure.draw(word), 0.0, longest_tenure);
}

std::uint32_t Population::persona(const Words& words, const Words& luck) const {
  std::uint32_t persona = 0;
  const double u = uniform(words[0], luck[2]);
  while (persona + 1 < personas_.size() && u >= personas_[persona].cumulative_share) ++persona;
  return persona;
}

Person Population::person(const Words& words, const Words& luck, std::uint32_t persona) const {
  Person person;
  person.persona = persona;
  const Segment& segment = personas_[persona];
  std::size_t start = 0;
  const double w = uniform(words[1], luck[3]);
  while (start + 1 < segment.starts.size() && w >= segment.starts[start].cumulative) ++start;
  person.start = segment.starts[start].touchpoint;
  const double arrival = segment.arrives.draw(words[2]);
  person.arrival = arrival > 0.0 ? arrival : 0.0;
  person.existing = segment.existing;
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
    if (mixed(persona, k)) {
      traits[k] = trait(streams, customer, persona, k);
      continue;
    }
    if (!inverse.constant() && range.index != drawn) {
      drawn = range.index;
      words = streams.draw(customer, Purpose::trait, drawn);
    }
    traits[k] = trait(persona, k, words[range.word]);
  }
}

float Population::trait(std::uint32_t persona, std::size_t index, std::uint32_t word) const {
  return clipped(index, personas_[persona].traits[index].draw(word));
}

float Population::clipped(std::size_t index, double drawn) const {
  const Range& range = ranges_[index];
  return static_cast<float>(numeric::clip(drawn, static_cast<double>(range.low), static_cast<double>(range.high)));
}

float Population::trait(const Streams& streams, std::uint32_t customer, std::uint32_t persona, std::size_t index) const {
  if (mixed(persona, index)) {
    float score = 0.0f;
    for (const auto& [other, weight] : personas_[persona].mixed[index])
      score += weight * person_score(streams, customer, persona, other);
    return at_score(persona, index, score);
  }
  const Range& range = ranges_[index];
  const bool constant = personas_[persona].traits[index].constant();
  return trait(persona, index, constant ? 0 : streams.draw(customer, Purpose::trait, range.index)[range.word]);
}

float Population::person_score(const Streams& streams, std::uint32_t customer, std::uint32_t persona,
                               std::size_t index) const {
  const Range& range = ranges_[index];
  const Inverse& inverse = personas_[persona].traits[index];
  const std::uint32_t word = streams.draw(customer, Purpose::trait, range.index)[range.word];
  if (inverse.by_score()) return normal(word);
  // The others are drawn from a uniform number: the score is that of what is drawn.
  const float z = numeric::normal_quantile(uniform(word));
  return inverse.falls() ? -z : z;
}

float Population::member_score(const Streams& streams, std::uint32_t customer, std::uint32_t account,
                               std::size_t index) const {
  const Range& range = ranges_[index];
  return member_score(streams.draw(customer, Purpose::trait, range.index)[range.word],
                      streams.draw(account, Purpose::account_trait, range.index)[range.word]);
}

float Population::at_score(std::uint32_t persona, std::size_t index, float score) const {
  const Inverse& inverse = personas_[persona].traits[index];
  // No score is beyond that of a single word, on which bounds of draws rely.
  const float most = normal(0);
  score = numeric::lesser(score, most);
  score = score < -most ? -most : score;
  if (inverse.by_score()) return clipped(index, inverse.draw(0, score));
  const auto z = static_cast<double>(score);
  return trait(persona, index, word_at(inverse.falls() ? -z : z));
}

void Population::traits(const Streams& streams, std::uint32_t customer, std::uint32_t account, std::uint32_t persona,
                        std::span<float> traits) const {
  if (correlation_ == 0.0) return this->traits(streams, customer, persona, traits);
  const Segment& segment = personas_[persona];
  Words words{}, shared{};
  std::uint32_t drawn = ~0u;
  for (std::size_t k = 0; k < ranges_.size(); ++k) {
    const Range& range = ranges_[k];
    if (segment.traits[k].constant() || mixed(persona, k)) {
      traits[k] = trait_of_member(streams, customer, account, persona, k);
      continue;
    }
    if (range.index != drawn) {
      drawn = range.index;
      words = streams.draw(customer, Purpose::trait, drawn);
      shared = streams.draw(account, Purpose::account_trait, drawn);
    }
    traits[k] = at_score(persona, k, member_score(words[range.word], shared[range.word]));
  }
}

float Population::trait_of_member(const Streams& streams, std::uint32_t customer, std::uint32_t account,
                                  std::uint32_t persona, std::size_t index) const {
  if (correlation_ == 0.0 || personas_[persona].traits[index].constant()) return trait(streams, customer, persona, index);
  if (!mixed(persona, index)) return at_score(persona, index, member_score(streams, customer, account, index));
  float score = 0.0f;
  for (const auto& [other, weight] : personas_[persona].mixed[index])
    score += weight * member_score(streams, customer, account, other);
  return at_score(persona, index, score);
}

}  // namespace sojourn
