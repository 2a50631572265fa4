#include "sojourn/engine/race_hazards.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "append_once.hpp"
#include "sojourn/engine/program.hpp"

namespace sojourn {

RaceHazards::RaceHazards(const Program& program)
    : personas_(program.model().parts().personas.size()), touchpoints_(program.model().parts().touchpoints.size()) {
  find_stretches(program);
  find_rows(program);
  find_runs(program);
  find_sums(program);
  find_courses(program);
}

namespace {

/// Whether the exits of two rows have the same hazards.
bool alike(const Program& program, std::uint32_t a, std::uint32_t b) {
  if (a == b) return true;
  const std::span<const ExitRow> x = program.exits(program.row(a)), y = program.exits(program.row(b));
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const ExitRow& one, const ExitRow& other) {
    return one.odds == other.odds && one.stretch == other.stretch;
  });
}

}  // namespace

void RaceHazards::find_stretches(const Program& program) {
  const std::vector<double>& begins = program.regime_begins();
  for (std::size_t place = 0; place < personas_ * touchpoints_; ++place) {
    const std::size_t first = stretches_.size();
    stretches_begin_.push_back(first);
    if (!program.place(touchpoint(place)).race) continue;
    for (std::size_t r = 0; r < begins.size(); ++r) {
      const std::uint32_t row = program.row_number(r, persona(place), touchpoint(place));
      if (r > 0 && alike(program, row, stretches_.back().row)) continue;
      const double begin = program.without_the_moment(begins[r]);
      // Of what begins at one time the last holds: it has no length before.
      if (stretches_.size() > first && stretches_.back().begin == begin) {
        stretches_.pop_back();
        if (stretches_.size() > first && alike(program, row, stretches_.back().row)) continue;
      }
      stretches_.push_back({begin, row, 0});
    }
    // One stretch is no change.
    if (stretches_.size() == first + 1) stretches_.pop_back();
  }
  stretches_begin_.push_back(stretches_.size());
}

void RaceHazards::find_rows(const Program& program) {
  for (std::size_t place = 0; place < personas_ * touchpoints_; ++place) {
    const std::size_t first = rows_.size();
    rows_begin_.push_back(first);
    for (std::size_t k = stretches_begin_[place]; k < stretches_begin_[place + 1]; ++k) {
      HazardStretch& stretch = stretches_[k];
      const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(first);
      const auto known =
          std::find_if(begin, rows_.end(), [&](std::uint32_t row) { return alike(program, row, stretch.row); });
      stretch.which = static_cast<std::uint32_t>(known - begin);
      if (known != rows_.end()) continue;
      if (stretch.which == most_hazard_rows) {
        rows_.resize(first);
        break;
      }
      rows_.push_back(stretch.row);
    }
  }
  rows_begin_.push_back(rows_.size());
}

/// The first record of an exit with which those of the exits of `place` may be alike, where `begins` are the first ones of
/// each place: most exits of a place are changed alike, and a place for all personas.
std::size_t RaceHazards::alike_from(const std::vector<std::size_t>& begins, std::size_t place) const {
  return begins[place >= touchpoints_ ? place - touchpoints_ : place];
}

void RaceHazards::find_runs(const Program& program) {
  std::vector<std::int32_t> runs;
  for (std::size_t place = 0; place < personas_ * touchpoints_; ++place) {
    runs_begin_.push_back(runs_of_exit_.size());
    const std::span<const HazardStretch> stretches = this->stretches(persona(place), touchpoint(place));
    if (stretches.empty()) continue;
    for (std::size_t j = 0; j < program.exits(program.row(stretches[0])).size(); ++j) {
      runs.assign(stretches.size(), 1);
      for (std::size_t k = stretches.size() - 1; k-- > 0;) {
        const ExitRow &now = program.exits(program.row(stretches[k]))[j],
                      &next = program.exits(program.row(stretches[k + 1]))[j];
        if (now.odds == next.odds && now.stretch == next.stretch) runs[k] += runs[k + 1];
      }
      runs_of_exit_.push_back(append_once<std::int32_t>(runs_, runs, alike_from(runs_begin_, place), runs_of_exit_.size(),
                                                        [&](std::size_t k) { return runs_of_exit_[k]; }));
    }
  }
}

void RaceHazards::find_sums(const Program& program) {
  std::vector<double> shares, sums;  // of the largest rate, of each row of the place; by the beginning of each stretch
  for (std::size_t place = 0; place < personas_ * touchpoints_; ++place) {
    sums_begin_.push_back(sums_of_exit_.size());
    const std::uint32_t p = persona(place), v = touchpoint(place);
    const std::span<const HazardStretch> stretches = this->stretches(p, v);
    const std::span<const std::uint32_t> rows = this->rows(p, v);
    if (rows.empty()) continue;
    for (std::size_t j = 0; j < program.exits(program.row(rows[0])).size(); ++j) {
      SumsOfExit& of = sums_of_exit_.emplace_back();
      const ExitRow& exit = program.exits(program.row(rows[0]))[j];
      if (program.delay(exit.delay).formula().family != Inverse::Family::exponential) continue;
      double most = 0.0, least = std::numeric_limits<double>::infinity();
      shares.clear();
      for (const std::uint32_t k : rows) {
        const ExitRow& at = program.exits(program.row(k))[j];
        const double rate = at.stretch > 0.0 ? at.rate() : std::numeric_limits<double>::infinity();
        shares.push_back(rate);
        most = std::max(most, rate);
        if (rate > 0.0) least = std::min(least, rate);
      }
      if (!(most > 0.0) || !(most < std::numeric_limits<double>::infinity())) continue;
      for (double& share : shares) share /= most;
      sums.assign(1, 0.0);
      for (std::size_t k = 0; k + 1 < stretches.size(); ++k) {
        sums.push_back(sums.back() + (stretches[k + 1].begin - stretches[k].begin) * shares[stretches[k].which]);
      }
      constexpr double most_off = 1e-9;  // days
      const double rounding = (sums.back() + program.horizon()) * std::numeric_limits<double>::epsilon();
      if (!(rounding <= most_off * (least / most))) continue;
      sums.push_back(shares[stretches.back().which] > 0.0 ? std::numeric_limits<double>::infinity() : sums.back());
      of.most = most;
      // Not the beginning of longer ones, which are guided to in another way.
      const auto begin = [&](std::size_t k) {
        const SumsOfExit& other = sums_of_exit_[k];
        return other.size == sums.size() ? other.begin : sums_.size();
      };
      of.size = sums.size();
      of.begin = append_once<double>(sums_, sums, alike_from(sums_begin_, place), sums_of_exit_.size() - 1, begin);
    }
  }
  sums_begin_.push_back(sums_of_exit_.size());
}

namespace {

/// Stretches from `first` to `end` that repeat every `period` of them.
struct Repeating {
  std::size_t first = 0, period = 0, end = 0;
};

/// The longest sequence of stretches from `first` on that repeats, at least four times; without an end where there is none.
Repeating repeating(std::span<const double> begins, std::span<const float> odds, std::size_t first) {
  constexpr std::size_t most_stretches = 64, least_periods = 4;  // a week of three shifts a day has 21
  constexpr double rounding = 1e-9;
  const std::size_t stretches = odds.size() - 1;  // that end
  const auto length = [&](std::size_t k) { return begins[k + 1] - begins[k]; };
  Repeating best;
  for (std::size_t period = 2; period <= most_stretches && first + least_periods * period <= stretches; ++period) {
    std::size_t k = first;
    while (k + period < stretches && odds[k + period] == odds[k] && std::fabs(length(k + period) - length(k)) <= rounding) {
      ++k;
    }
    const std::size_t end = k + period;
    if (end >= first + least_periods * period && end > best.end) best = {first, period, end};
  }
  return best;
}

/// HazardCourses::terms at the beginnings of the stretches of one period, one after the other; returns the largest size of
/// the last antiderivative.
double antiderivatives(std::span<const double> begins, std::span<const float> odds, std::span<double> terms) {
  constexpr auto count = std::size_t{HazardCourse::terms};
  const std::size_t period = odds.size();
  const double days = begins[period] - begins[0];
  double mean = 0.0;
  for (std::size_t k = 0; k < period; ++k) mean += static_cast<double>(odds[k]) * ((begins[k + 1] - begins[k]) / days);
  // Of a stretch: the value of antiderivative n, `later` days after its beginning, and its integral up to there.
  const auto value = [&](std::size_t k, std::size_t n, double later, int integrated) {
    double sum = 0.0, power = 1.0;
    for (int i = 1; i <= integrated; ++i) power *= later / i;
    for (std::size_t i = 0; i <= n; ++i) {
      const double below = n == i ? static_cast<double>(odds[k]) - mean : terms[k * count + n - i];
      sum += below * power;
      power *= later / static_cast<double>(i + 1 + static_cast<std::size_t>(integrated));
    }
    return sum;
  };
  double most = 0.0;
  for (std::size_t n = 1; n < count; ++n) {
    double integral = 0.0;
    for (std::size_t k = 0; k < period; ++k) {
      terms[k * count] = mean;
      const double length = begins[k + 1] - begins[k];
      double& here = terms[k * count + n];
      here = k == 0 ? 0.0 : value(k - 1, n, begins[k] - begins[k - 1], 0);
      integral += value(k, n, length, 1);
    }
    for (std::size_t k = 0; k < period; ++k) terms[k * count + n] -= integral / days;
    constexpr int steps = 8;
    for (std::size_t k = 0; n + 1 == count && k < period; ++k) {
      for (int step = 0; step < steps; ++step) {
        most = std::max(most, std::fabs(value(k, n, (begins[k + 1] - begins[k]) * step / steps, 0)));
      }
    }
  }
  return most;
}

}  // namespace

void RaceHazards::find_courses(const Program& program) {
  constexpr auto count = std::size_t{HazardCourse::terms};
  std::vector<double> begins, terms;
  std::vector<float> odds;
  std::vector<std::int32_t> until;
  for (std::size_t place = 0; place < personas_ * touchpoints_; ++place) {
    courses_begin_.push_back(courses_of_exit_.size());
    const std::uint32_t p = persona(place), v = touchpoint(place);
    const std::span<const HazardStretch> stretches = this->stretches(p, v);
    const std::span<const std::uint32_t> rows = this->rows(p, v);
    if (rows.empty()) continue;
    for (std::size_t j = 0; j < program.exits(program.row(stretches[0])).size(); ++j) {
      HazardCourse& of = courses_of_exit_.emplace_back();
      const ExitRow& exit = program.exits(program.row(stretches[0]))[j];
      const Inverse::Formula law = program.delay(exit.delay).formula();
      if (law.family != Inverse::Family::weibull || exit.personal()) continue;
      const auto unstretched = [&](std::uint32_t k) { return program.exits(program.row(k))[j].stretch == 1.0; };
      if (!std::all_of(rows.begin(), rows.end(), unstretched)) continue;
      begins.clear();
      odds.clear();
      const std::span<const std::int32_t> runs = this->runs(p, v, j);
      for (std::size_t k = 0; k < stretches.size(); ++k) {
        if (k > 0 && runs[k - 1] > 1) continue;
        begins.push_back(stretches[k].begin);
        odds.push_back(program.exits(program.row(stretches[k]))[j].odds);
      }
      begins.push_back(forever);
      terms.assign(begins.size() * count, 0.0);
      until.assign(begins.size(), 0);
      // What the sum of the terms is off by is at most the last antiderivative times the last derivative of the hazard at
      // the age from which on it is used; that shall be a share of the hazard up to that age.
      constexpr double most_off = 1e-9;
      const double shape = 1.0 / static_cast<double>(law.sigma);
      double falling = 1.0;
      for (std::size_t n = 0; n + 1 < count; ++n) falling *= std::fabs(shape - static_cast<double>(n));
      double age = 1e-3;
      bool repeats = false;
      for (std::size_t k = 0; k + 1 < odds.size();) {
        const Repeating found = repeating(begins, odds, k);
        if (found.end == 0) {
          ++k;
          continue;
        }
        const double most = antiderivatives(std::span(begins).subspan(k, found.period + 1),
                                            std::span(odds).subspan(k, found.period), std::span(terms).subspan(k * count));
        age = std::max(age, std::pow(falling * most / (terms[k * count] * most_off), 1.0 / static_cast<double>(count - 1)));
        // The beginning of what follows has other terms.
        for (std::size_t i = k; i < found.end; ++i) {
          if (i >= k + found.period) std::copy_n(&terms[(i - found.period) * count], count, &terms[i * count]);
          if (i + 1 < found.end) until[i] = static_cast<std::int32_t>(found.end - 1);
        }
        repeats = true;
        k = found.end;
      }
      if (!repeats) continue;
      of = {courses_.begins.size(), odds.size(), age};
      odds.push_back(0.0f);
      const auto alike = [&](const HazardCourse& other) {
        return other.stretches == of.stretches &&
               std::equal(begins.begin(), begins.end(), courses_.begins.begin() + static_cast<std::ptrdiff_t>(other.at)) &&
               std::equal(odds.begin(), odds.end(), courses_.odds.begin() + static_cast<std::ptrdiff_t>(other.at));
      };
      const std::size_t from = alike_from(courses_begin_, place);
      const auto known =
          std::find_if(courses_of_exit_.begin() + static_cast<std::ptrdiff_t>(from), courses_of_exit_.end() - 1, alike);
      if (known != courses_of_exit_.end() - 1) {
        of.at = known->at;
        continue;
      }
      courses_.begins.insert(courses_.begins.end(), begins.begin(), begins.end());
      courses_.odds.insert(courses_.odds.end(), odds.begin(), odds.end());
      courses_.until.insert(courses_.until.end(), until.begin(), until.end());
      courses_.terms.insert(courses_.terms.end(), terms.begin(), terms.end());
    }
  }
  courses_begin_.push_back(courses_of_exit_.size());
}

}  // namespace sojourn
