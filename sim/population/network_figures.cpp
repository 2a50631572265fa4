#include "sojourn/population/network_figures.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <numeric>

#include "sojourn/base/parallel.hpp"

namespace sojourn {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t affordable_steps = 1'000'000'000;
constexpr std::uint32_t most_sampled = 100'000;
constexpr std::uint64_t affordable_words = 16'000'000'000, least_sampled = 1000;  // where contacts are kept as bits
constexpr std::size_t people_per_stretch = 8192;

double ratio(double part, double whole) { return whole > 0.0 ? part / whole : undefined; }

/// How many numbers two ascending lists share. A long list is searched for the numbers of a short one.
std::uint64_t shared(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  if (a.size() > b.size()) std::swap(a, b);
  std::uint64_t count = 0;
  if (a.size() * 16 < b.size()) {
    for (const std::uint32_t one : a) count += std::binary_search(b.begin(), b.end(), one) ? 1 : 0;
    return count;
  }
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++count;
    const bool first = *i <= *j, second = *j <= *i;
    i += first ? 1 : 0;
    j += second ? 1 : 0;
  }
  return count;
}

/// Contacts as bits, a row for each person: where people know a good part of all, that takes no more room than the contacts
/// themselves, and what two rows share is soon counted.
class ContactBits {
 public:
  explicit ContactBits(const SocialNetwork& network, std::uint64_t contacts)
      : words_((std::size_t{network.people()} + 63) / 64) {
    const std::uint64_t people = network.people();
    if (contacts < people * people / 32) return;
    bits_.assign(people * words_, 0);
    for (std::uint32_t person = 0; person < people; ++person) {
      for (const std::uint32_t one : network.contacts(person))
        bits_[person * words_ + one / 64] |= std::uint64_t{1} << (one % 64);
    }
  }
  [[nodiscard]] bool kept() const { return !bits_.empty(); }
  [[nodiscard]] std::size_t words() const { return words_; }
  [[nodiscard]] std::uint64_t shared(std::uint32_t a, std::uint32_t b) const {
    const std::uint64_t *const one = bits_.data() + a * words_, *const other = bits_.data() + b * words_;
    std::uint64_t count = 0;
    for (std::size_t w = 0; w < words_; ++w) count += static_cast<std::uint64_t>(std::popcount(one[w] & other[w]));
    return count;
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

class Clustering {
 public:
  Clustering(const SocialNetwork& network, const Streams& streams, int threads)
      : network_(network), streams_(streams), threads_(threads) {}

  void measure(NetworkFigures& figures) const {
    const std::uint32_t people = network_.people();
    std::uint64_t steps = 0;
    for (std::uint32_t person = 0; person < people; ++person) {
      const std::uint64_t degree = network_.degree(person);
      for (const std::uint32_t contact : network_.contacts(person))
        steps += std::min<std::uint64_t>(degree, network_.degree(contact));
    }
    const ContactBits bits(network_, figures.contacts);
    std::size_t count = people;
    if (bits.kept()) {
      const std::uint64_t words = figures.contacts / people * bits.words();  // to be looked at for one person
      count = std::min<std::size_t>(count, std::max(least_sampled, affordable_words / std::max<std::uint64_t>(words, 1)));
    } else if (steps > affordable_steps) {
      count = std::min<std::size_t>(count, most_sampled);
    }
    const bool sampling = count < people;
    figures.sampled = sampling ? static_cast<std::uint32_t>(count) : 0;
    std::vector<Sum> sums((count + people_per_stretch - 1) / people_per_stretch);
    parallel_for_each(sums.size(), threads_, [&](std::size_t part) {
      const std::size_t end = std::min(count, (part + 1) * people_per_stretch);
      for (std::size_t k = part * people_per_stretch; k < end; ++k)
        add(sampling ? drawn(k) : static_cast<std::uint32_t>(k), bits, sums[part]);
    });
    Sum all;
    for (const Sum& sum : sums) {
      all.pairs += sum.pairs;
      all.closed += sum.closed;
      all.local += sum.local;
      all.people += sum.people;
    }
    figures.transitivity = ratio(static_cast<double>(all.closed), static_cast<double>(all.pairs));
    figures.mean_clustering = ratio(all.local, static_cast<double>(all.people));
  }

 private:
  struct Sum {
    std::uint64_t pairs = 0, closed = 0, people = 0;
    double local = 0.0;
  };

  [[nodiscard]] std::uint32_t drawn(std::size_t k) const {
    const Words words = streams_.draw(static_cast<std::uint32_t>(k), Purpose::figure, 0);
    return static_cast<std::uint32_t>((std::uint64_t{words[0]} * network_.people()) >> 32);
  }

  void add(std::uint32_t person, const ContactBits& bits, Sum& sum) const {
    const std::span<const std::uint32_t> mine = network_.contacts(person);
    if (mine.size() < 2) return;
    std::uint64_t closed = 0;
    for (const std::uint32_t contact : mine)
      closed += bits.kept() ? bits.shared(person, contact) : shared(mine, network_.contacts(contact));
    const std::uint64_t pairs = std::uint64_t{mine.size()} * (mine.size() - 1);
    sum.pairs += pairs;
    sum.closed += closed;
    sum.local += static_cast<double>(closed) / static_cast<double>(pairs);
    ++sum.people;
  }

  const SocialNetwork& network_;
  const Streams& streams_;
  int threads_;
};

void measure_degrees(const SocialNetwork& network, NetworkFigures& figures) {
  std::map<std::uint32_t, std::uint64_t> degrees;
  if (network.well_mixed()) {
    if (figures.people > 0) degrees[figures.people - 1] = figures.people;
  } else {
    for (std::uint32_t person = 0; person < figures.people; ++person) ++degrees[network.degree(person)];
  }
  figures.degrees.assign(degrees.begin(), degrees.end());
  if (degrees.empty()) return;
  figures.least_degree = figures.degrees.front().first;
  figures.most_degree = figures.degrees.back().first;
  figures.without_contacts = figures.least_degree == 0 ? figures.degrees.front().second : 0;
  std::uint64_t below = 0;
  for (const auto& [degree, people] : figures.degrees) {
    if (2 * below < figures.people) figures.median_degree = degree;
    below += people;
    figures.contacts += degree * people;
  }
  figures.mean_degree = static_cast<double>(figures.contacts) / figures.people;
}

/// `between` counts contacts by the persona of who talks and of who hears.
void measure_homophily(const std::vector<double>& between, const std::vector<double>& count, NetworkFigures& figures) {
  const std::size_t personas = count.size();
  const double all = std::accumulate(between.begin(), between.end(), 0.0);
  double own = 0.0, by_ends = 0.0, by_chance = 0.0;
  for (std::size_t a = 0; a < personas; ++a) {
    double talks = 0.0, hears = 0.0;
    for (std::size_t b = 0; b < personas; ++b) {
      talks += between[a * personas + b];
      hears += between[b * personas + a];
    }
    own += between[a * personas + a];
    by_ends += talks * hears;
    by_chance += count[a] * (count[a] - 1.0);
  }
  const double people = figures.people;
  figures.own_persona = ratio(own, all);
  figures.own_persona_by_chance = ratio(by_chance, people * (people - 1.0));
  // (sum of e_ii - sum of a_i b_i) / (1 - sum of a_i b_i) with both sides times the squared number of contacts.
  figures.assortativity = ratio(own * all - by_ends, all * all - by_ends);
}

double messages_to_own_persona(const SocialNetwork& network, std::span<const std::uint16_t> persona, std::size_t personas) {
  std::vector<double> share(personas, -1.0);  // of a well-mixed persona, alike for all of it
  double heard = 0.0, said = 0.0;
  for (std::uint32_t person = 0; person < network.people(); ++person) {
    double own = network.well_mixed() ? share[persona[person]] : -1.0;
    if (own == -1.0) own = share[persona[person]] = network.share_to(person, persona[person], persona);
    if (!(own >= 0.0)) continue;
    heard += own;
    said += 1.0;
  }
  return ratio(heard, said);
}

double largest_group(const SocialNetwork& network) {
  const std::uint32_t people = network.people();
  std::vector<std::uint32_t> parent(people), size(people, 1);
  std::iota(parent.begin(), parent.end(), 0u);
  const auto root = [&](std::uint32_t person) {
    while (parent[person] != person) person = parent[person] = parent[parent[person]];
    return person;
  };
  std::uint32_t largest = people > 0 ? 1 : 0;
  for (std::uint32_t person = 0; person < people; ++person) {
    for (const std::uint32_t contact : network.contacts(person)) {
      std::uint32_t a = root(person), b = root(contact);
      if (a == b) continue;
      if (size[a] < size[b]) std::swap(a, b);
      parent[b] = a;
      size[a] += size[b];
      largest = std::max(largest, size[a]);
    }
  }
  return ratio(largest, people);
}

}  // namespace

NetworkFigures network_figures(const SocialNetwork& network, std::span<const std::uint16_t> persona, std::size_t personas,
                               const Streams& streams, int threads) {
  NetworkFigures figures;
  figures.people = network.people();
  measure_degrees(network, figures);
  std::vector<double> count(personas, 0.0), between(personas * personas, 0.0);
  for (const std::uint16_t one : persona) count[one] += 1.0;
  if (network.well_mixed()) {
    for (std::size_t a = 0; a < personas; ++a) {
      for (std::size_t b = 0; b < personas; ++b) between[a * personas + b] = count[a] * (count[b] - (a == b ? 1.0 : 0.0));
    }
    const bool pairs = figures.people > 2;
    figures.transitivity = figures.mean_clustering = pairs ? 1.0 : undefined;
    figures.largest_group = figures.people > 0 ? 1.0 : undefined;
  } else {
    for (std::uint32_t person = 0; person < figures.people; ++person) {
      for (const std::uint32_t contact : network.contacts(person))
        between[persona[person] * personas + persona[contact]] += 1.0;
    }
    Clustering(network, streams, threads).measure(figures);
    figures.largest_group = largest_group(network);
  }
  measure_homophily(between, count, figures);
  figures.messages_to_own_persona = messages_to_own_persona(network, persona, personas);
  return figures;
}

}  // namespace sojourn
