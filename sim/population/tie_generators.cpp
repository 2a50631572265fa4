#include "tie_generators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "sojourn/base/numeric.hpp"
#include "sojourn/base/parallel.hpp"
#include "tie_skips.hpp"

namespace sojourn {
namespace {

constexpr std::uint32_t nobody = SocialNetwork::nobody;
constexpr std::uint32_t whether_one_more = 0xffffffffu;  // the index of a draw that no tie has

/// A whole number below `bound`, all alike, from 64 random bits (Lemire 2019, without the rejection: the error is below
/// bound / 2^64).
std::uint64_t below(std::uint64_t bound, std::uint32_t high, std::uint32_t low) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{std::uint64_t{high} << 32 | low} * bound) >> 64);
}

/// True with probability `share`.
bool happens(double share, std::uint32_t word) { return static_cast<double>(word) < share * 0x1p32; }

/// People in one part: about a quarter of a million ties, so that the parts of all threads stay small beside the rows.
std::uint32_t people_per_part(double contacts) {
  return static_cast<std::uint32_t>(std::clamp(262144.0 / contacts, 64.0, 16384.0));
}

std::size_t parts_of(std::uint64_t count, std::uint64_t size) { return static_cast<std::size_t>((count + size - 1) / size); }

/// Calls `work(person)` for the people of one part.
template <class Work>
void for_part(std::size_t part, std::uint32_t size, std::uint32_t people, const Work& work) {
  const std::uint64_t begin = std::uint64_t{part} * size;
  const std::uint64_t end = std::min<std::uint64_t>(begin + size, people);
  for (std::uint64_t person = begin; person < end; ++person) work(static_cast<std::uint32_t>(person));
}

/// Ties that each person began: `slots` places for each, `nobody` in those that are empty.
struct Begun {
  std::uint32_t slots;
  std::vector<std::uint32_t> ends;

  Begun(std::uint32_t people, std::uint32_t slots_each)
      : slots(slots_each), ends(std::size_t{people} * slots_each, nobody) {}
  [[nodiscard]] std::span<std::uint32_t> of(std::uint32_t person) {
    return {ends.data() + std::size_t{person} * slots, slots};
  }
  [[nodiscard]] bool has(std::uint32_t person, std::uint32_t end) {
    const std::span<const std::uint32_t> mine = of(person);
    return std::find(mine.begin(), mine.end(), end) != mine.end();
  }
};

ContactRows::Ties ties_begun(std::shared_ptr<Begun> begun, std::uint32_t people) {
  const std::uint32_t size = people_per_part(2.0 * begun->slots);
  return {parts_of(people, size), [begun = std::move(begun), people, size](std::size_t part, std::vector<Tie>& ties) {
            for_part(part, size, people, [&](std::uint32_t person) {
              for (const std::uint32_t end : begun->of(person)) {
                if (end != nobody) ties.push_back({person, end});
              }
            });
          }};
}

/// Who began a tie to whom, a bit for each pair: where people have many contacts that is soon asked, and takes less room
/// than the ties themselves.
class TiedPairs {
 public:
  TiedPairs(std::uint32_t people, std::uint32_t slots)
      : words_((people + 63u) / 64u), bits_(slots >= 16 && slots >= people / 16 ? std::size_t{people} * words_ : 0, 0) {}

  [[nodiscard]] bool kept() const { return !bits_.empty(); }
  [[nodiscard]] bool has(std::uint32_t person, std::uint32_t end) const {
    return (bits_[place(person, end)] >> (end % 64u) & 1u) != 0;
  }
  void add(std::uint32_t person, std::uint32_t end) { bits_[place(person, end)] |= std::uint64_t{1} << (end % 64u); }
  void remove(std::uint32_t person, std::uint32_t end) { bits_[place(person, end)] &= ~(std::uint64_t{1} << (end % 64u)); }

 private:
  [[nodiscard]] std::size_t place(std::uint32_t person, std::uint32_t end) const {
    return std::size_t{person} * words_ + end / 64u;
  }

  std::size_t words_;
  std::vector<std::uint64_t> bits_;  // rows of their own: people who begin ties at the same time share no word
};

class SmallWorldBuilder {
 public:
  SmallWorldBuilder(const SmallWorld& network, std::uint32_t people, const Streams& streams)
      : people_(people),
        whole_(static_cast<std::uint32_t>(network.contacts / 2.0)),
        part_(network.contacts / 2.0 - whole_),
        reach_(whole_ + (part_ > 0.0 ? 1 : 0)),
        opposite_(2 * std::uint64_t{reach_} == people),
        elsewhere_(people > 2 * std::uint64_t{reach_} ? people - 1 - 2 * reach_ : 0),
        rewire_(network.rewire),
        streams_(streams),
        begun_(std::make_shared<Begun>(people, reach_)),
        pairs_(people, reach_) {}

  std::shared_ptr<Begun> build(int threads) {
    const std::uint32_t size = people_per_part(reach_);
    std::vector<std::vector<Place>> met(parts_of(people_, size));
    parallel_for_each(met.size(), threads, [&](std::size_t part) {
      for_part(part, size, people_, [&](std::uint32_t person) { begin(person); });
    });
    // Two that were led to each other: the one with the higher number is led elsewhere again, one after another.
    parallel_for_each(met.size(), threads, [&](std::size_t part) {
      for_part(part, size, people_, [&](std::uint32_t person) { find_met(person, met[part]); });
    });
    std::uint32_t person = nobody;
    std::uint64_t free = 0;  // of `person`, who come one after another
    for (const std::vector<Place>& places : met) {
      for (const Place& place : places) {
        if (!has(end_of(place), place.person)) continue;
        if (place.person != person) free = free_for(place.person);
        person = place.person;
        // Whom this tie leaves began one to this person, and is not free after that either.
        lead_elsewhere(place, tries, free);
      }
    }
    return begun_;
  }

 private:
  static constexpr std::uint32_t tries = 64;
  struct Place {
    std::uint32_t person, slot;
  };

  [[nodiscard]] std::uint32_t& end_of(const Place& place) { return begun_->of(place.person)[place.slot]; }
  [[nodiscard]] bool has(std::uint32_t person, std::uint32_t end) {
    return pairs_.kept() ? pairs_.has(person, end) : begun_->has(person, end);
  }
  void tie(const Place& place, std::uint32_t to) {
    std::uint32_t& end = end_of(place);
    if (pairs_.kept()) {
      if (end != nobody) pairs_.remove(place.person, end);
      pairs_.add(place.person, to);
    }
    end = to;
  }
  /// People beyond the ring's reach of `person` with whom no tie is begun on either side. Where pairs are not kept most are.
  [[nodiscard]] std::uint64_t free_for(std::uint32_t person) {
    if (!pairs_.kept()) return elsewhere_;
    std::uint64_t free = 0;
    for (std::uint64_t k = 0; k < elsewhere_; ++k) {
      const std::uint32_t to = around(person, 1 + reach_ + k);
      free += has(person, to) || has(to, person) ? 0 : 1;
    }
    return free;
  }
  [[nodiscard]] std::uint32_t around(std::uint32_t person, std::uint64_t steps) const {
    return static_cast<std::uint32_t>((person + steps) % people_);
  }

  // Whether the ring ties `person` to the neighbour after the `whole_` ones, which has the odd contact.
  [[nodiscard]] bool has_one_more(std::uint32_t person) const {
    if (opposite_ && person >= people_ / 2) return false;  // the one across began that tie
    return happens(opposite_ ? 2.0 * part_ : part_, streams_.draw(person, Purpose::network, whether_one_more)[0]);
  }

  void begin(std::uint32_t person) {
    Words words{};
    std::uint64_t free = elsewhere_;
    for (std::uint32_t slot = 0; slot < reach_; ++slot) {
      if (slot % 4 == 0) words = streams_.draw(person, Purpose::network, slot / 4);
      if (slot == whole_ && !has_one_more(person)) continue;
      tie({person, slot}, around(person, std::uint64_t{slot} + 1));
      if (happens(rewire_, words[slot % 4])) lead_elsewhere({person, slot}, 0, free);
    }
  }

  // To anybody beyond the ring's reach, where no tie of the ring can be doubled; the tie stays on the ring where that fails
  // often, as it does where none of these is free.
  void lead_elsewhere(const Place& place, std::uint32_t tried, std::uint64_t& free) {
    const bool later = tried > 0;  // then others have their ties
    tie(place, around(place.person, std::uint64_t{place.slot} + 1));
    for (std::uint32_t end = tried + tries; free > 0 && tried < end; ++tried) {
      const Words words = streams_.draw(place.person, Purpose::network, place.slot, 1 + tried);
      const std::uint32_t to = around(place.person, 1 + reach_ + below(elsewhere_, words[0], words[1]));
      if (has(place.person, to) || (later && has(to, place.person))) continue;
      tie(place, to);
      --free;
      return;
    }
  }

  void find_met(std::uint32_t person, std::vector<Place>& met) {
    for (std::uint32_t slot = 0; slot < reach_; ++slot) {
      const std::uint32_t end = end_of({person, slot});
      if (end < person && end != around(person, std::uint64_t{slot} + 1) && has(end, person)) {
        met.push_back({person, slot});
      }
    }
  }

  std::uint32_t people_, whole_;
  double part_;
  std::uint32_t reach_;  // slots of a person: the ring's neighbours on one side
  bool opposite_;        // the last of them is across an even ring
  std::uint32_t elsewhere_;
  double rewire_;
  Streams streams_;
  std::shared_ptr<Begun> begun_;
  TiedPairs pairs_;
};

/// A person who looks for ties to those of [begin, end), and meets each with probability `share`.
struct Search {
  std::uint32_t person = 0;
  std::uint64_t begin = 0, end = 0;
  double share = 0.0;
};

/// Makes searches, some dozens at a time, by skipping those who are not met (Batagelj & Brandes 2005), and adds a tie for
/// each k that a person meets, in no particular order. `run` tells apart what one person draws. `next(search)` fills in the
/// next search; false when there is none.
template <class Next>
void skip(const Streams& streams, std::uint32_t run, const Next& next, std::vector<Tie>& ties) {
  const ties::DrawSkips draw = ties::widest_skips();
  const std::uint32_t second = static_cast<std::uint32_t>(Purpose::network) | (streams.replication() << 8);
  const auto key0 = static_cast<std::uint32_t>(streams.seed()), key1 = static_cast<std::uint32_t>(streams.seed() >> 32);
  const auto searches = std::make_unique<ties::Searches>();
  double known_share = 0.0, known_scale = 0.0;  // of the last search: most have the same
  for (bool more = true;;) {
    Search search;
    while (searches->count < ties::most_searches && more && (more = next(search))) {
      if (!(search.share > 0.0) || search.begin >= search.end) continue;
      if (search.share >= 1.0) {
        for (std::uint64_t k = search.begin; k < search.end; ++k) {
          ties.push_back({search.person, static_cast<std::uint32_t>(k)});
        }
        continue;
      }
      const int at = searches->count++;
      searches->person[at] = search.person;
      searches->index[at] = 0;
      searches->scale[at] = search.share == known_share ? known_scale : 1.0 / numeric::log1p(-search.share);
      known_share = search.share;
      known_scale = searches->scale[at];
      searches->begin[at] = static_cast<double>(search.begin);
      searches->end[at] = static_cast<double>(search.end);
    }
    if (searches->count == 0) return;
    draw(*searches, second, run, key0, key1);
    ties.insert(ties.end(), searches->met, searches->met + searches->found);
  }
}

}  // namespace

ContactRows::Ties small_world_ties(const SmallWorld& network, std::uint32_t people, const Streams& streams, int threads) {
  return ties_begun(SmallWorldBuilder(network, people, streams).build(threads), people);
}

// One after another, because whom a newcomer prefers depends on all before; the draws are keyed all the same. A random end
// of a random tie is a person with probability proportional to the contacts (Batagelj & Brandes 2005).
ContactRows::Ties scale_free_ties(const ScaleFree& network, std::uint32_t people, const Streams& streams) {
  const double each = network.contacts / 2.0;
  const auto whole = static_cast<std::uint32_t>(each);
  const double part = each - whole;
  const auto begun = std::make_shared<Begun>(people, whole + (part > 0.0 ? 1 : 0));
  const std::uint32_t slots = begun->slots;
  for (std::uint32_t person = 1; person < people; ++person) {
    const std::span<std::uint32_t> mine = begun->of(person);
    if (person <= slots) {  // the first all know each other
      for (std::uint32_t k = 0; k < person; ++k) mine[k] = k;
      continue;
    }
    const std::uint64_t ends = 2 * std::uint64_t{person} * slots;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      if (slot == whole && !happens(part, streams.draw(person, Purpose::network, whether_one_more)[0])) break;
      Words words{};
      for (std::uint32_t tried = 0; mine[slot] == nobody; ++tried) {
        if (tried % 2 == 0) words = streams.draw(person, Purpose::network, slot, tried / 2);
        const std::size_t half = tried % 2 * 2;
        const std::uint64_t drawn = below(ends, words[half], words[half + 1]);
        const auto tie = static_cast<std::size_t>(drawn / 2);
        if (begun->ends[tie] == nobody) continue;
        const auto known = drawn % 2 == 0 ? static_cast<std::uint32_t>(tie / slots) : begun->ends[tie];
        if (!begun->has(person, known)) mine[slot] = known;
      }
    }
  }
  return ties_begun(begun, people);
}

ContactRows::Ties random_ties(const RandomNetwork& network, std::uint32_t people, const Streams& streams) {
  const std::uint32_t size = people_per_part(network.contacts);
  const double share = people > 1 ? network.contacts / (people - 1.0) : 0.0;
  return {parts_of(people, size), [=](std::size_t part, std::vector<Tie>& ties) {
            std::uint64_t person = std::uint64_t{part} * size;
            const std::uint64_t end = std::min<std::uint64_t>(person + size, people);
            const auto next = [&](Search& search) {
              search = {static_cast<std::uint32_t>(person), person + 1, people, share};
              return person++ < end;
            };
            skip(streams, 0, next, ties);
          }};
}

ContactRows::Ties community_ties(const Communities& network, std::span<const std::uint16_t> persona, std::size_t personas,
                                 const Streams& streams) {
  const auto people = static_cast<std::uint32_t>(persona.size());
  const auto order = std::make_shared<const ByPersona>(by_persona(persona, personas));
  // Pairs of different personas, each twice: n^2 less the squares of the personas' numbers.
  double pairs_between = static_cast<double>(people) * people;
  std::vector<double> within(personas, 0.0);
  for (std::size_t k = 0; k < personas; ++k) {
    const double count = order->first[k + 1] - order->first[k];
    pairs_between -= count * count;
    if (count > 1.0) within[k] = network.contacts * network.within / (count - 1.0);
  }
  const double between =
      pairs_between > 0.0 ? (1.0 - network.within) * network.contacts * static_cast<double>(people) / pairs_between : 0.0;
  const std::uint32_t size = people_per_part(network.contacts);
  return {parts_of(people, size),
          [order, within = std::move(within), between, size, people, streams](std::size_t part, std::vector<Tie>& ties) {
            const std::uint64_t first = std::uint64_t{part} * size, last = std::min<std::uint64_t>(first + size, people);
            for (const bool own : {true, false}) {
              std::size_t group = 0;
              std::uint64_t place = first;
              const auto next = [&](Search& search) {
                if (place >= last) return false;
                while (order->first[group + 1] <= place) ++group;
                const std::uint64_t end = order->first[group + 1];
                const std::uint32_t person = order->people[place];
                search = own ? Search{person, place + 1, end, within[group]} : Search{person, end, people, between};
                ++place;
                return true;
              };
              skip(streams, own ? 0 : 1, next, ties);
            }
            for (Tie& tie : ties) tie.to = order->people[tie.to];  // places become people
          }};
}

ContactRows::Ties listed_ties(std::span<const Tie> ties) {
  static constexpr std::size_t size = 262144;
  return {parts_of(ties.size(), size), [ties](std::size_t part, std::vector<Tie>& of_part) {
            const std::span<const Tie> here = ties.subspan(part * size, std::min(size, ties.size() - part * size));
            of_part.assign(here.begin(), here.end());
          }};
}

ByPersona by_persona(std::span<const std::uint16_t> persona, std::size_t personas) {
  ByPersona order{std::vector<std::uint32_t>(persona.size()), std::vector<std::uint32_t>(personas + 1, 0)};
  for (const std::uint16_t k : persona) ++order.first[std::size_t{k} + 1];
  for (std::size_t k = 0; k < personas; ++k) order.first[k + 1] += order.first[k];
  std::vector<std::uint32_t> next(order.first.begin(), order.first.end() - 1);
  for (std::size_t i = 0; i < persona.size(); ++i) order.people[next[persona[i]]++] = static_cast<std::uint32_t>(i);
  return order;
}

}  // namespace sojourn
