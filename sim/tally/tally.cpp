#include "sojourn/tally/tally.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace sojourn {

double fixed_point_scale(double largest) {
  if (!(largest > 0.0)) return 1.0;
  int exponent = 0;
  std::frexp(largest_amount / largest, &exponent);  // in [2^(exponent - 1), 2^exponent)
  return std::ldexp(1.0, exponent - 1);
}

double wait_bin_begin(std::size_t bin) {
  if (bin <= 1) return 0.0;
  const std::size_t doubling = (bin - 1) / wait_bins_per_doubling, within = (bin - 1) % wait_bins_per_doubling;
  const double part = 1.0 + static_cast<double>(within) / static_cast<double>(wait_bins_per_doubling);
  return std::ldexp(shortest_wait * part, static_cast<int>(doubling));
}

void Tally::clear() {
  std::fill(cells_.begin(), cells_.end(), 0);
  events = 0;
}

namespace {

constexpr std::uint64_t most_narrow = std::uint64_t{1} << 62;

/// A number that has all bits of the cell's size, and no higher one.
std::uint64_t size_of(std::int64_t cell) { return static_cast<std::uint64_t>(cell < 0 ? ~cell : cell); }

}  // namespace

bool Totals::stay_narrow(std::uint64_t largest) {
  if (wide_.empty() && largest < most_narrow && largest_ < most_narrow) {
    largest_ += largest;
    return true;
  }
  widen();
  return false;
}

void Totals::widen() {
  if (!wide_.empty()) return;
  wide_.assign(narrow_.begin(), narrow_.end());
  narrow_ = {};
}

void Totals::add(const Tally& tally) {
  const std::vector<std::int64_t>& cells = tally.cells();
  assert(cells.size() == shape_.cells());
  std::uint64_t largest = 0;
  for (const std::int64_t cell : cells) largest |= size_of(cell);
  // No cell has a higher bit than this.
  if (stay_narrow(std::bit_ceil(largest + 1))) {
    for (std::size_t i = 0; i < cells.size(); ++i) narrow_[i] += cells[i];
  } else {
    for (std::size_t i = 0; i < cells.size(); ++i) wide_[i] += cells[i];
  }
  events_ += tally.events;
}

void Totals::add(const Totals& other) {
  assert(other.shape_.cells() == shape_.cells());
  if (!other.wide_.empty()) {
    widen();
    for (std::size_t i = 0; i < wide_.size(); ++i) wide_[i] += other.wide_[i];
  } else if (stay_narrow(other.largest_)) {
    for (std::size_t i = 0; i < narrow_.size(); ++i) narrow_[i] += other.narrow_[i];
  } else {
    for (std::size_t i = 0; i < wide_.size(); ++i) wide_[i] += other.narrow_[i];
  }
  events_ += other.events_;
  paired_outcomes += other.paired_outcomes;
}

void Totals::pack() {
  if (!wide_.empty() || !packed_.empty() || narrow_.size() > std::numeric_limits<std::uint32_t>::max()) return;
  const auto counted = static_cast<std::size_t>(std::ranges::count_if(narrow_, [](std::int64_t cell) { return cell != 0; }));
  if (counted == 0 || counted * (sizeof(std::int64_t) + sizeof(std::uint32_t)) >= narrow_.size() * sizeof(std::int64_t))
    return;
  std::vector<std::int64_t> cells;
  cells.reserve(counted);
  packed_.reserve(counted);
  for (std::size_t i = 0; i < narrow_.size(); ++i) {
    if (narrow_[i] == 0) continue;
    cells.push_back(narrow_[i]);
    packed_.push_back(static_cast<std::uint32_t>(i));
  }
  narrow_ = std::move(cells);
}

void Totals::unpack() {
  if (packed_.empty()) return;
  std::vector<std::int64_t> cells(shape_.cells(), 0);
  for (std::size_t k = 0; k < packed_.size(); ++k) cells[packed_[k]] = narrow_[k];
  narrow_ = std::move(cells);
  packed_ = {};
}

Totals::Wide Totals::stock(std::size_t persona, std::size_t window, TimeScore score) const {
  Wide sum = 0;
  for (std::size_t w = 0; w <= window; ++w) sum += cell(shape_.time(persona, w, score));
  return sum;
}

Totals Totals::at_horizon() const {
  TallyShape shape = shape_;
  shape.windows = 1;
  shape.pieces = shape.paying_places = shape.flow_kinds = shape.amount_places = 0;
  shape.queues = shape.pools = shape.watches = 0;
  shape.referrals = false;
  Totals result(shape);
  result.events_ = events_;
  result.paired_outcomes = paired_outcomes;
  // A cell of stocks is a sum over windows, and one of what surveys find 200 times a sum of such sums.
  const std::uint64_t windows = shape_.windows, sum_of = shape_.surveys > 0 ? 200 * windows * windows : windows;
  if (wide_.empty() && largest_ < most_narrow / std::max<std::uint64_t>(sum_of, 1)) {
    sum_over_windows(shape, result.narrow_);
    std::uint64_t largest = 0;
    for (const std::int64_t cell : result.narrow_) largest |= size_of(cell);
    result.largest_ = std::bit_ceil(largest + 1);
  } else {
    result.widen();
    sum_over_windows(shape, result.wide_);
  }
  return result;
}

template <class Cell>
void Totals::sum_over_windows(const TallyShape& shape, std::vector<Cell>& cells) const {
  const auto copy = [&](std::size_t to, std::size_t from) { cells[to] = static_cast<Cell>(cell(from)); };
  const auto copy_all = [&](std::size_t to, std::size_t from, std::size_t count) {
    if constexpr (std::is_same_v<Cell, std::int64_t>) {
      std::copy_n(narrow_.data() + from, count, cells.data() + to);
    } else {
      for (std::size_t k = 0; k < count; ++k) copy(to + k, from + k);
    }
  };
  for (std::size_t p = 0; p < shape.personas; ++p) {
    for (std::size_t s = 0; s < time_score_count; ++s) {
      const auto score = static_cast<TimeScore>(s);
      cells[shape.time(p, 0, score)] = static_cast<Cell>(stock(p, shape_.windows - 1, score));
    }
    for (std::size_t v = 0; v < shape.touchpoints; ++v) {
      for (std::size_t s = 0; s < touch_score_count; ++s) {
        const auto score = static_cast<TouchScore>(s);
        copy(shape.touch(p, v, score), shape_.touch(p, v, score));
      }
      Cell& people = cells[shape.present(p, v, 0)];
      for (std::size_t w = 0; w < shape_.windows; ++w) people += static_cast<Cell>(cell(shape_.present(p, v, w)));
    }
    for (std::size_t e = 0; e < shape.exits; ++e) copy(shape.taken(p, e), shape_.taken(p, e));
    // Most of the cells.
    copy_all(shape.tenure(p, 0, TenureScore{}), shape_.tenure(p, 0, TenureScore{}), shape.tenure_bins * tenure_score_count);
    if (shape.entries) copy_all(shape.entered(p, 0), shape_.entered(p, 0), shape.tenure_bins);
    for (std::size_t s = 0; s < person_score_count; ++s) {
      const auto score = static_cast<PersonScore>(s);
      copy(shape.person(p, score), shape_.person(p, score));
    }
  }
  for (std::size_t s = 0; s < shape.surveys; ++s) {
    for (std::size_t p = 0; p < shape.personas; ++p) {
      const auto sum = [&](SurveyScore score, Wide amount) {
        cells[shape.survey(s, p, 0, score)] += static_cast<Cell>(amount);
      };
      Wide customers = 0, value = 0;
      for (std::size_t w = 0; w < shape_.windows; ++w) {
        for (std::size_t k = 0; k < survey_score_count; ++k) {
          const auto score = static_cast<SurveyScore>(k);
          sum(score, cell(shape_.survey(s, p, w, score)));
        }
        const auto change = [&](TimeScore score) { return cell(shape_.time(p, w, score)); };
        customers += change(TimeScore::customers);
        value += 100 * (change(TimeScore::promoters) - change(TimeScore::detractors));
        sum(SurveyScore::customers, customers);
        sum(SurveyScore::customers_value, value);
      }
      for (std::size_t answer = 0; answer < answer_points; ++answer) {
        for (const AnswerScore score : {AnswerScore::answers, AnswerScore::weight})
          copy(shape.answers(s, p, answer, score), shape_.answers(s, p, answer, score));
      }
    }
  }
  for (std::size_t g = 0; g < shape.account_segments; ++g) {
    for (std::size_t s = 0; s < shape.account_scores(); ++s) {
      const auto score = static_cast<AccountScore>(s);
      copy(shape.account(g, 0, score), shape_.account(g, shape_.windows - 1, score));
    }
  }
}

std::vector<std::int64_t> Totals::present(std::size_t persona, std::size_t touchpoint) const {
  std::vector<std::int64_t> people(shape_.windows);
  Wide sum = 0;
  for (std::size_t w = 0; w < shape_.windows; ++w) {
    sum += cell(shape_.present(persona, touchpoint, w));
    people[w] = static_cast<std::int64_t>(sum);
  }
  return people;
}

}  // namespace sojourn
