#include "sojourn/population/network.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <limits>
#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>

#include "row_sorting.hpp"
#include "sojourn/base/parallel.hpp"
#include "tie_generators.hpp"

namespace sojourn {
namespace {

/// Adds one to `counter`, which other threads may do at the same time where there are `several`; the number before.
template <class Number>
Number count_up(Number& counter, bool several) {
  // One thread alone need not pay for what keeps threads apart.
  return several ? std::atomic_ref(counter).fetch_add(1, std::memory_order_relaxed) : counter++;
}

/// Rows in groups that follow one another: what is done for a group at a time stays near in memory.
struct RowGroups {
  explicit RowGroups(std::uint32_t people) : rows(people) {
    constexpr std::uint32_t most = 256;
    while ((rows >> shift) >= most) ++shift;
  }
  [[nodiscard]] std::size_t count() const { return (std::size_t{rows} >> shift) + 1; }
  [[nodiscard]] std::size_t of(std::uint32_t row) const { return row >> shift; }
  [[nodiscard]] std::size_t first(std::size_t group) const { return std::min<std::size_t>(group << shift, rows); }

  std::uint32_t rows;
  std::uint32_t shift = 13;
};

/// Ties of a part, those to the same group of rows together: group g has those from begin_of[g] to begin_of[g + 1].
struct MadeTies {
  std::vector<Tie> ties;
  std::vector<std::size_t> begin_of;

  [[nodiscard]] std::span<const Tie> to(std::size_t group) const {
    return std::span(ties).subspan(begin_of[group], begin_of[group + 1] - begin_of[group]);
  }
};

/// Room for the ties of a part, which the next part uses again.
class SpareRoom {
 public:
  [[nodiscard]] std::vector<Tie> take() {
    const std::lock_guard lock(mutex_);
    if (rooms_.empty()) return {};
    std::vector<Tie> room = std::move(rooms_.back());
    rooms_.pop_back();
    return room;
  }
  void give_back(std::vector<Tie> room) {
    room.clear();
    const std::lock_guard lock(mutex_);
    rooms_.push_back(std::move(room));
  }

 private:
  std::mutex mutex_;
  std::vector<std::vector<Tie>> rooms_;
};

MadeTies grouped(const std::vector<Tie>& ties, const RowGroups& groups) {
  MadeTies made{std::vector<Tie>(ties.size()), std::vector<std::size_t>(groups.count() + 1, 0)};
  for (const Tie& tie : ties) ++made.begin_of[groups.of(tie.to) + 1];
  for (std::size_t g = 0; g < groups.count(); ++g) made.begin_of[g + 1] += made.begin_of[g];
  std::vector<std::size_t> next(made.begin_of.begin(), made.begin_of.end() - 1);
  for (const Tie& tie : ties) made.ties[next[groups.of(tie.to)]++] = tie;
  return made;
}

/// Sorts rows `first` to `last`, so that which thread came first is not seen; `ends` are theirs, and the first begins at
/// `begin`.
template <class Position>
void sort_rows(Column<std::uint32_t>& contacts, const Column<Position>& ends, std::size_t begin, std::size_t first,
               std::size_t last) {
  constexpr std::size_t together = 4096;
  const rows::SortShortRows sort_short = rows::widest_sort();
  std::array<std::uint32_t, together> lengths;
  while (first < last) {
    const std::size_t some = std::min(together, last - first), of_these = begin;
    std::uint32_t quickly = 0;  // rows behind which there is memory to look at
    for (std::size_t k = 0; k < some; ++k) {
      const auto end = static_cast<std::size_t>(ends[first + k]);
      lengths[k] = static_cast<std::uint32_t>(end - begin);
      const bool may_look = begin + rows::short_row <= contacts.size();
      quickly += may_look ? 1 : 0;
      if (!may_look || lengths[k] > rows::short_row) std::sort(contacts.data() + begin, contacts.data() + end);
      begin = end;
    }
    sort_short(contacts.data() + of_these, lengths.data(), quickly);
    first += some;
  }
}

/// Puts each contact into its row. `positions` holds the numbers of contacts when it comes and the rows' begins when it
/// goes.
template <class Position>
void fill(Column<Position>& positions, Column<std::uint32_t>& contacts, std::vector<MadeTies>& made, const RowGroups& groups,
          ContactRows::Direction direction, int threads) {
  Position sum = 0;
  for (Position& position : positions) sum += std::exchange(position, sum);
  std::vector<std::size_t> begins;  // of groups
  for (std::size_t g = 0; g < groups.count(); ++g) begins.push_back(static_cast<std::size_t>(positions[groups.first(g)]));
  // While rows are filled, the begin of each moves to its end, which is the next row's begin.
  parallel_for_each(made.size(), threads, [&](std::size_t part) {
    const bool several = threads > 1;
    if (direction == ContactRows::Direction::backward) return;
    for (const Tie& tie : made[part].ties) {
      contacts[static_cast<std::size_t>(count_up(positions[tie.from], several))] = tie.to;
    }
  });
  parallel_for_each(groups.count(), threads, [&](std::size_t g) {
    for (std::size_t part = 0; direction != ContactRows::Direction::forward && part < made.size(); ++part) {
      for (const Tie& tie : made[part].to(g)) contacts[static_cast<std::size_t>(positions[tie.to]++)] = tie.from;
    }
    sort_rows(contacts, positions, begins[g], groups.first(g), groups.first(g + 1));
  });
  made = {};
  std::move_backward(positions.begin(), positions.end() - 1, positions.end());
  positions.front() = 0;
}

}  // namespace

ContactRows::ContactRows(std::uint32_t people, const Ties& ties, Direction direction, int threads,
                         std::uint64_t narrow_limit)
    : people_(people), narrow_(std::size_t{people} + 1, 0) {
  const RowGroups groups(people);
  std::vector<MadeTies> made(ties.parts);
  SpareRoom spare;
  parallel_for_each(ties.parts, threads, [&](std::size_t part) {
    const bool several = threads > 1;
    std::vector<Tie> of_part = spare.take();
    ties.make(part, of_part);
    for (const Tie& tie : of_part) {
      if (direction != Direction::backward) count_up(narrow_[tie.from], several);
    }
    made[part] = grouped(of_part, groups);
    spare.give_back(std::move(of_part));
  });
  parallel_for_each(groups.count(), threads, [&](std::size_t g) {
    for (std::size_t part = 0; direction != Direction::forward && part < made.size(); ++part) {
      for (const Tie& tie : made[part].to(g)) ++narrow_[tie.to];
    }
  });
  std::uint64_t count = 0;
  for (const std::uint32_t one : narrow_) count += one;
  contacts_.resize(static_cast<std::size_t>(count));
  if (count <= narrow_limit) {
    fill(narrow_, contacts_, made, groups, direction, threads);
  } else {
    wide_.assign(narrow_.begin(), narrow_.end());
    narrow_ = {};
    fill(wide_, contacts_, made, groups, direction, threads);
  }
}

ContactRows ContactRows::of_some(const Share& of, const Ties& ties, Direction direction, int threads) {
  // Every end that has a row here is a tie to it, from a contact who may be anybody.
  const auto make = [&](std::size_t part, std::vector<Tie>& made) {
    std::vector<Tie> all;
    ties.make(part, all);
    for (const Tie& tie : all) {
      if (of.has(tie.from)) made.push_back({tie.to, tie.from - of.begin});
      if (direction == Direction::both && of.has(tie.to)) made.push_back({tie.from, tie.to - of.begin});
    }
  };
  ContactRows rows(of.people(), {ties.parts, make}, Direction::backward, threads);
  rows.first_ = of.begin;
  return rows;
}

std::uint64_t ContactRows::bytes() const {
  return narrow_.capacity() * sizeof(std::uint32_t) + wide_.capacity() * sizeof(std::uint64_t) +
         contacts_.capacity() * sizeof(std::uint32_t);
}

SocialNetwork::SocialNetwork(const ModelParts& parts, std::span<const std::uint16_t> persona, const Streams& streams,
                             int threads, std::optional<Share> of)
    : people_(static_cast<std::uint32_t>(persona.size())), personas_(parts.personas.size()) {
  assert(parts.word_of_mouth);
  const WordOfMouth& talk = *parts.word_of_mouth;
  const auto rows_of = [&](const ContactRows::Ties& ties, ContactRows::Direction direction) {
    rows_ = of ? ContactRows::of_some(*of, ties, direction, threads) : ContactRows(people_, ties, direction, threads);
  };
  const auto both = [&](const ContactRows::Ties& ties) { rows_of(ties, ContactRows::Direction::both); };
  std::visit(
      [&](const auto& network) {
        using Kind = std::decay_t<decltype(network)>;
        if constexpr (std::is_same_v<Kind, WellMixed>) well_mixed_ = true;
        if constexpr (std::is_same_v<Kind, SmallWorld>) both(small_world_ties(network, people_, streams, threads));
        if constexpr (std::is_same_v<Kind, ScaleFree>) both(scale_free_ties(network, people_, streams));
        if constexpr (std::is_same_v<Kind, RandomNetwork>) both(random_ties(network, people_, streams));
        if constexpr (std::is_same_v<Kind, Communities>) both(community_ties(network, persona, personas_, streams));
        if constexpr (std::is_same_v<Kind, NetworkFile>) {
          rows_of(listed_ties(*network.ties), ContactRows::Direction::forward);
        }
      },
      talk.network);
  if (talk.mixing.empty()) return;
  weights_.assign(personas_ * personas_, 1.0);
  for (const Mixing& mixing : talk.mixing) weights_[mixing.from.index() * personas_ + mixing.to.index()] = mixing.weight;
  persona_.assign(persona.begin(), persona.end());
  if (!well_mixed_) return;
  ByPersona order = by_persona(persona, personas_);
  together_ = std::move(order.people);
  first_ = std::move(order.first);
}

std::uint64_t SocialNetwork::bytes() const {
  return rows_.bytes() + weights_.capacity() * sizeof(double) + persona_.capacity() * sizeof(std::uint16_t) +
         (together_.capacity() + first_.capacity()) * sizeof(std::uint32_t);
}

std::uint32_t SocialNetwork::mixed_contact(std::uint32_t from, std::uint32_t word_a, std::uint32_t word_b) const {
  if (!well_mixed_) return weighted_contact(from, word_a);
  const auto below = [](std::uint32_t bound, std::uint32_t word) {
    return static_cast<std::uint32_t>((std::uint64_t{word} * bound) >> 32);
  };
  if (weights_.empty()) {
    if (people_ < 2) return nobody;
    // The high half of the product of the two words, read as one number of 64 bits, and the number of others.
    const std::uint64_t low = (std::uint64_t{word_b} * (people_ - 1)) >> 32;
    const auto other = static_cast<std::uint32_t>((std::uint64_t{word_a} * (people_ - 1) + low) >> 32);
    return other + (other >= from ? 1 : 0);
  }
  const std::size_t mine = persona_[from];
  const auto others = [&](std::size_t persona) { return first_[persona + 1] - first_[persona] - (persona == mine ? 1 : 0); };
  double sum = 0.0;
  for (std::size_t k = 0; k < personas_; ++k) sum += weight(mine, k) * others(k);
  double left = uniform(word_a, 0) * sum;
  std::size_t chosen = personas_;
  for (std::size_t k = 0; k < personas_; ++k) {
    const double share = weight(mine, k) * others(k);
    if (!(share > 0.0)) continue;
    chosen = k;
    if (left < share) break;
    left -= share;
  }
  if (chosen == personas_) return nobody;
  const std::uint32_t* people = together_.data() + first_[chosen];
  const std::uint32_t other = people[below(others(chosen), word_b)];
  return other == from ? people[others(chosen)] : other;  // oneself gives way to the last, whom no word reaches
}

double SocialNetwork::share_to(std::uint32_t from, std::size_t persona, std::span<const std::uint16_t> persona_of) const {
  const std::size_t mine = persona_of[from];
  double there = 0.0, all = 0.0;
  const auto add = [&](std::size_t theirs, double people) {
    const double heard = (weights_.empty() ? 1.0 : weight(mine, theirs)) * people;
    all += heard;
    if (theirs == persona) there += heard;
  };
  if (!well_mixed_) {
    for (const std::uint32_t one : rows_.row(from)) add(persona_of[one], 1.0);
  } else if (!weights_.empty()) {
    for (std::size_t k = 0; k < personas_; ++k) add(k, first_[k + 1] - first_[k] - (k == mine ? 1.0 : 0.0));
  } else {
    for (const std::uint16_t one : persona_of) add(one, 1.0);
    add(mine, -1.0);
  }
  return all > 0.0 ? there / all : std::numeric_limits<double>::quiet_NaN();
}

std::uint32_t SocialNetwork::weighted_contact(std::uint32_t from, std::uint32_t word) const {
  const std::span<const std::uint32_t> row = rows_.row(from);
  const std::size_t mine = persona_[from];
  double sum = 0.0;
  for (const std::uint32_t one : row) sum += weight(mine, persona_[one]);
  double left = uniform(word, 0) * sum;
  std::uint32_t chosen = nobody;
  for (const std::uint32_t one : row) {
    const double share = weight(mine, persona_[one]);
    if (!(share > 0.0)) continue;
    chosen = one;
    if (left < share) break;
    left -= share;
  }
  return chosen;
}

}  // namespace sojourn
