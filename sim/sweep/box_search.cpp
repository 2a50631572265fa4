#include "sojourn/sweep/box_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "sojourn/base/parallel.hpp"
#include "sojourn/base/special.hpp"
#include "sojourn/sweep/design.hpp"

namespace sojourn {
namespace {

using Side = BoxLimit::Side;

constexpr double peeled_share = 0.05;
constexpr std::size_t most_bins = 1024;

/// The shortest decimal in (a, b), a < b; their middle where they are neighbours.
double between(double a, double b) {
  const double middle = a + 0.5 * (b - a);
  for (int digits = 1; digits < 17; ++digits) {
    const double rounded = std::strtod(fmt::format("{:.{}g}", middle, digits).c_str(), nullptr);
    if (a < rounded && rounded < b) return rounded;
  }
  return middle;
}

/// Points sorted into bins: of an ordered key neighbouring values, of another one kinds.
class Space {
 public:
  explicit Space(std::span<const BoxKey> keys) : keys_(keys) {
    for (const BoxKey& key : keys) {
      std::vector<double> values = key.values;
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
      const std::size_t bins = std::min(values.size(), most_bins);
      Bins& made = bins_.emplace_back();
      for (std::size_t b = 0; b < bins; ++b) {
        made.lowest.push_back(values[b * values.size() / bins]);
        made.highest.push_back(values[(b + 1) * values.size() / bins - 1]);
      }
      for (const double value : key.values) {
        const auto next = std::upper_bound(made.lowest.begin(), made.lowest.end(), value);
        made.of_point.push_back(static_cast<std::uint16_t>(next - made.lowest.begin() - 1));
      }
    }
  }

  [[nodiscard]] std::size_t keys() const { return bins_.size(); }
  [[nodiscard]] bool ordered(std::size_t key) const { return keys_[key].ordered; }
  [[nodiscard]] std::size_t bins(std::size_t key) const { return bins_[key].lowest.size(); }
  [[nodiscard]] std::size_t bin(std::size_t key, std::size_t point) const { return bins_[key].of_point[point]; }
  [[nodiscard]] double kind(std::size_t key, std::size_t bin) const { return bins_[key].lowest[bin]; }
  /// Between bin - 1 and bin.
  [[nodiscard]] double edge(std::size_t key, std::size_t bin) const {
    return between(bins_[key].highest[bin - 1], bins_[key].lowest[bin]);
  }

 private:
  struct Bins {
    std::vector<double> lowest, highest;
    std::vector<std::uint16_t> of_point;
  };
  std::span<const BoxKey> keys_;
  std::vector<Bins> bins_;
};

/// Points, and those of interest among them.
struct Counts {
  double points = 0.0, wins = 0.0;

  Counts& operator+=(const Counts& other) {
    points += other.points;
    wins += other.wins;
    return *this;
  }
  friend Counts operator+(Counts a, const Counts& b) { return a += b; }
  friend Counts operator-(Counts a, const Counts& b) { return {a.points - b.points, a.wins - b.wins}; }
};

/// By key and bin.
using Histogram = std::vector<std::vector<Counts>>;
/// By key and bin, whether it is inside.
using Inside = std::vector<std::vector<std::uint8_t>>;

class Search {
 public:
  Search(const Space& space, std::span<const std::uint8_t> interesting, std::span<const std::uint32_t> times)
      : space_(space), interesting_(interesting), times_(times) {
    for (std::size_t k = 0; k < space.keys(); ++k) inside_.emplace_back(space.bins(k), std::uint8_t{1});
    for (std::size_t i = 0; i < interesting.size(); ++i) {
      if (weight(i) > 0.0) all_ += of(i);
    }
  }

  [[nodiscard]] PointBox box() {
    if (all_.wins > 0.0 && all_.wins < all_.points) {
      peel();
      do {
        paste();
      } while (drop_one());
    }
    return described();
  }

 private:
  [[nodiscard]] double weight(std::size_t point) const { return times_.empty() ? 1.0 : times_[point]; }
  [[nodiscard]] Counts of(std::size_t point) const {
    const double times = weight(point);
    return {times, interesting_[point] != 0 ? times : 0.0};
  }
  [[nodiscard]] double overlap(const Counts& in) const { return 2.0 * in.wins / (in.points + all_.wins); }
  [[nodiscard]] Histogram empty() const {
    Histogram histogram;
    for (std::size_t k = 0; k < space_.keys(); ++k) histogram.emplace_back(space_.bins(k));
    return histogram;
  }

  /// Bins of one key that could be left out, and what is in them.
  struct Peel {
    std::size_t key = 0, first = 0, end = 0;
    Counts removed;
    double gain = 0.0;
  };

  void peel() {
    Histogram histogram = empty();
    std::vector<std::uint32_t> points;
    for (std::size_t i = 0; i < interesting_.size(); ++i) {
      if (weight(i) == 0.0) continue;
      points.push_back(static_cast<std::uint32_t>(i));
      for (std::size_t k = 0; k < space_.keys(); ++k) histogram[k][space_.bin(k, i)] += of(i);
    }
    Inside now = inside_;
    Counts in = all_;
    double best = overlap(in);
    const double least = std::max(10.0, 0.1 * all_.wins);
    while (in.wins < in.points) {
      Peel chosen;
      bool any = false;
      const auto consider = [&](const Peel& peel) {
        if (peel.removed.points <= 0.0 || in.points - peel.removed.points < least) return;
        if (any && !(peel.gain > chosen.gain)) return;
        chosen = peel;
        any = true;
      };
      const double wanted = std::max(1.0, std::floor(peeled_share * in.points));
      for (std::size_t k = 0; k < space_.keys(); ++k) {
        const std::size_t bins = space_.bins(k);
        if (!space_.ordered(k)) {
          for (std::size_t b = 0; b < bins; ++b) consider(with_gain({k, b, b + 1, histogram[k][b]}, in));
          continue;
        }
        Counts low, high;
        std::size_t end = 0, first = bins;
        while (end < bins && low.points < wanted) low += histogram[k][end++];
        while (first > 0 && high.points < wanted) high += histogram[k][--first];
        consider(with_gain({k, 0, end, low}, in));
        consider(with_gain({k, first, bins, high}, in));
      }
      if (!any) break;
      std::fill(now[chosen.key].begin() + static_cast<std::ptrdiff_t>(chosen.first),
                now[chosen.key].begin() + static_cast<std::ptrdiff_t>(chosen.end), std::uint8_t{0});
      std::erase_if(points, [&](std::uint32_t i) {
        const std::size_t bin = space_.bin(chosen.key, i);
        if (bin < chosen.first || bin >= chosen.end) return false;
        for (std::size_t k = 0; k < space_.keys(); ++k) {
          Counts& here = histogram[k][space_.bin(k, i)];
          here = here - of(i);
        }
        return true;
      });
      in = in - chosen.removed;
      if (overlap(in) > best) {
        best = overlap(in);
        inside_ = now;
      }
    }
  }

  [[nodiscard]] static Peel with_gain(Peel peel, const Counts& in) {
    const Counts left = in - peel.removed;
    if (left.points > 0.0 && peel.removed.points > 0.0)
      peel.gain = (left.wins / left.points - in.wins / in.points) / peel.removed.points;
    return peel;
  }

  /// What is inside by key and bin, and what one key alone leaves outside.
  struct Census {
    Counts in;
    Histogram inside, outside;
  };
  [[nodiscard]] Census census() const {
    Census result{{}, empty(), empty()};
    for (std::size_t i = 0; i < interesting_.size(); ++i) {
      if (weight(i) == 0.0) continue;
      std::size_t broken = 0, which = 0;
      for (std::size_t k = 0; k < space_.keys() && broken < 2; ++k) {
        if (inside_[k][space_.bin(k, i)] != 0) continue;
        ++broken;
        which = k;
      }
      if (broken > 1) continue;
      if (broken == 1) {
        result.outside[which][space_.bin(which, i)] += of(i);
        continue;
      }
      result.in += of(i);
      for (std::size_t k = 0; k < space_.keys(); ++k) result.inside[k][space_.bin(k, i)] += of(i);
    }
    return result;
  }

  [[nodiscard]] std::size_t first_of(std::size_t key) const {
    return static_cast<std::size_t>(std::find(inside_[key].begin(), inside_[key].end(), 1) - inside_[key].begin());
  }
  [[nodiscard]] std::size_t end_of(std::size_t key) const {
    std::size_t end = inside_[key].size();
    while (end > 0 && inside_[key][end - 1] == 0) --end;
    return end;
  }

  /// Moves the side whose move enlarges the overlap most, until none does.
  void paste() {
    for (int moves = 0; moves < 1000; ++moves) {
      const Census now = census();
      double best = overlap(now.in) + 1e-12;
      std::size_t key = 0, first = 0, end = 0;
      std::uint8_t to = 2;
      const auto consider = [&](const Counts& then, std::size_t k, std::size_t from, std::size_t until,
                                std::uint8_t becomes) {
        if (!(overlap(then) > best)) return;
        best = overlap(then);
        key = k;
        first = from;
        end = until;
        to = becomes;
      };
      for (std::size_t k = 0; k < space_.keys(); ++k) {
        const std::size_t bins = space_.bins(k);
        if (!space_.ordered(k)) {
          for (std::size_t b = 0; b < bins; ++b) {
            if (inside_[k][b] == 0) consider(now.in + now.outside[k][b], k, b, b + 1, 1);
          }
          continue;
        }
        const std::size_t low = first_of(k), high = end_of(k);
        if (low > 0) {
          Counts then = now.in;
          for (std::size_t b = low; b-- > 0;) consider(then += now.outside[k][b], k, b, low, 1);
          then = now.in;
          for (std::size_t b = low; b + 1 < high; ++b) consider(then = then - now.inside[k][b], k, low, b + 1, 0);
        }
        if (high < bins) {
          Counts then = now.in;
          for (std::size_t b = high; b < bins; ++b) consider(then += now.outside[k][b], k, high, b + 1, 1);
          then = now.in;
          for (std::size_t b = high; b-- > low + 1;) consider(then = then - now.inside[k][b], k, b, high, 0);
        }
      }
      if (to == 2) return;
      std::fill(inside_[key].begin() + static_cast<std::ptrdiff_t>(first),
                inside_[key].begin() + static_cast<std::ptrdiff_t>(end), to);
    }
  }

  /// The chance of as many wins inside if the limit that keeps `without` outside were blind.
  [[nodiscard]] static double quasi_p(const Counts& in, const Counts& without) {
    const Counts larger = in + without;
    if (in.wins <= 0.0 || without.points <= 0.0) return 1.0;
    if (larger.wins >= larger.points) return 1.0;
    // P(X >= h) of n trials at p is I_p(h, n - h + 1).
    const double p = larger.wins / larger.points;
    return special::incomplete_beta_logit(in.wins, in.points - in.wins + 1.0, std::log(p / (1.0 - p)), special::Tail::lower);
  }

  /// The limits, each with the bins that it leaves out.
  struct Cut {
    BoxLimit limit;
    std::size_t first = 0, end = 0;
  };
  [[nodiscard]] std::vector<Cut> cuts(const Census& now) const {
    std::vector<Cut> cuts;
    const auto add = [&](std::size_t k, Side side, double value, std::size_t first, std::size_t end) {
      Counts without;
      for (std::size_t b = first; b < end; ++b) without += now.outside[k][b];
      Cut cut{{}, first, end};
      cut.limit.key = k;
      cut.limit.side = side;
      cut.limit.value = value;
      cut.limit.quasi_p = quasi_p(now.in, without);
      cuts.push_back(std::move(cut));
    };
    for (std::size_t k = 0; k < space_.keys(); ++k) {
      const std::size_t bins = space_.bins(k);
      if (!space_.ordered(k)) {
        if (std::find(inside_[k].begin(), inside_[k].end(), 0) == inside_[k].end()) continue;
        add(k, Side::kinds, 0.0, 0, bins);
        for (std::size_t b = 0; b < bins; ++b) {
          if (inside_[k][b] != 0) cuts.back().limit.kinds.push_back(space_.kind(k, b));
        }
        continue;
      }
      if (const std::size_t low = first_of(k); low > 0) add(k, Side::above, space_.edge(k, low), 0, low);
      if (const std::size_t high = end_of(k); high < bins) add(k, Side::below, space_.edge(k, high), high, bins);
    }
    return cuts;
  }

  /// Drops the limit that chance makes most easily, where it may have made it.
  bool drop_one() {
    const std::vector<Cut> all = cuts(census());
    const auto worst = std::max_element(all.begin(), all.end(),
                                        [](const Cut& a, const Cut& b) { return a.limit.quasi_p < b.limit.quasi_p; });
    if (worst == all.end() || worst->limit.quasi_p < most_quasi_p) return false;
    std::vector<std::uint8_t>& inside = inside_[worst->limit.key];
    std::fill(inside.begin() + static_cast<std::ptrdiff_t>(worst->first),
              inside.begin() + static_cast<std::ptrdiff_t>(worst->end), std::uint8_t{1});
    return true;
  }

  [[nodiscard]] PointBox described() const {
    const Census now = census();
    PointBox box;
    for (Cut& cut : cuts(now)) box.limits.push_back(std::move(cut.limit));
    box.inside = now.in.points;
    box.interesting_inside = now.in.wins;
    box.points = all_.points;
    box.interesting = all_.wins;
    return box;
  }

  const Space& space_;
  std::span<const std::uint8_t> interesting_;
  std::span<const std::uint32_t> times_;
  Counts all_;
  Inside inside_;
};

std::size_t drawn(std::uint64_t seed, DesignDraw purpose, std::size_t index, std::size_t part, std::size_t count) {
  const double u = design_draw(seed, purpose, index, static_cast<std::uint32_t>(part));
  return std::min(count - 1, static_cast<std::size_t>(u * static_cast<double>(count)));
}

/// Adds to the limits how many of the resamples' boxes have them, and where.
void add_kept(std::vector<BoxLimit>& limits, const std::vector<PointBox>& boxes) {
  for (BoxLimit& limit : limits) {
    std::vector<double> values;
    for (const PointBox& box : boxes) {
      const auto same = std::find_if(box.limits.begin(), box.limits.end(),
                                     [&](const BoxLimit& each) { return each.key == limit.key && each.side == limit.side; });
      if (same != box.limits.end()) values.push_back(same->value);
    }
    limit.kept = static_cast<double>(values.size()) / static_cast<double>(boxes.size());
    if (values.empty() || limit.side == Side::kinds) continue;
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
      return values[static_cast<std::size_t>(std::lround(share * static_cast<double>(values.size() - 1)))];
    };
    limit.low = at(0.025);
    limit.high = at(0.975);
  }
}

}  // namespace

PointBox search_box(std::span<const BoxKey> keys, std::span<const std::uint8_t> interesting,
                    std::span<const std::uint32_t> times) {
  const Space space(keys);
  return Search(space, interesting, times).box();
}

JudgedBox judged_box(std::span<const BoxKey> keys, std::span<const std::uint8_t> interesting, std::size_t block,
                     std::uint64_t seed, int threads) {
  JudgedBox judged;
  judged.box = search_box(keys, interesting);
  if (judged.box.limits.empty()) return judged;

  // Of very many points a part tells enough.
  const std::size_t step = (interesting.size() + most_judged_points - 1) / most_judged_points;
  std::vector<BoxKey> some_keys(keys.size());
  std::vector<std::uint8_t> some;
  for (std::size_t begin = 0; begin + block <= interesting.size(); begin += step * block) {
    for (std::size_t i = begin; i < begin + block; ++i) {
      some.push_back(interesting[i]);
      for (std::size_t k = 0; k < keys.size(); ++k) some_keys[k].values.push_back(keys[k].values[i]);
    }
  }
  for (std::size_t k = 0; k < keys.size(); ++k) some_keys[k].ordered = keys[k].ordered;
  const std::size_t blocks = some.size() / block;
  const Space space(some_keys);
  const double overlap = Search(space, some, {}).box().overlap();

  std::vector<PointBox> resampled(box_resamples);
  std::vector<std::uint8_t> as_good(box_resamples, 0);
  parallel_for_each(2 * box_resamples, threads, [&](std::size_t task) {
    const std::size_t number = task / 2;
    if (task % 2 == 0) {
      std::vector<std::uint32_t> times(some.size(), 0);
      for (std::size_t j = 0; j < blocks; ++j) {
        const std::size_t chosen = drawn(seed, DesignDraw::resample, j, number, blocks);
        for (std::size_t i = 0; i < block; ++i) ++times[chosen * block + i];
      }
      resampled[number] = Search(space, some, times).box();
      return;
    }
    std::vector<std::uint8_t> labels = some;
    for (std::size_t j = blocks; j > 1; --j) {
      const std::size_t other = drawn(seed, DesignDraw::shuffle, j, number, j);
      for (std::size_t i = 0; i < block; ++i) std::swap(labels[(j - 1) * block + i], labels[other * block + i]);
    }
    as_good[number] = Search(space, labels, {}).box().overlap() >= overlap ? 1 : 0;
  });
  add_kept(judged.box.limits, resampled);
  const auto count = static_cast<double>(std::count(as_good.begin(), as_good.end(), 1));
  judged.chance = (1.0 + count) / (1.0 + static_cast<double>(box_resamples));
  return judged;
}

}  // namespace sojourn
