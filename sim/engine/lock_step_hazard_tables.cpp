#include "lock_step_hazard_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "append_once.hpp"

namespace sojourn::lock_step {
namespace {

constexpr auto exits_of_row = static_cast<std::size_t>(fast_exits);

/// Reach::latest before it is found.
constexpr float not_known = -1.0f;

}  // namespace

HazardTables::HazardTables(const Program& program, const RowsOfLoop& loop)
    : program_(&program), touchpoints_(program.model().parts().touchpoints.size()) {
  find_places();
  if (changing_.empty()) return;
  const std::size_t exits = changing_.size() * exits_of_row;
  next_.resize(program.regime_begins().size() * changing_.size());
  odds_.assign(exits * kinds_, 0.0f);
  stretch_.assign(odds_.size(), 1.0);
  rate_.assign(odds_.size(), 0.0);
  reach_.assign(loop.exits.size(), {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, not_known, Way::fixed});
  most_rate_.assign(exits, 1.0);
  guide_.assign(program.hazards().all_sums().size(), -1);
  parts_.assign(exits, 0.0);
  sums_at_.assign(exits, no_sums);
  course_guide_.assign(program.hazards().courses().begins.size(), -1);
  steps_at_.assign(exits, 0);
  steady_from_.assign(exits, 0);
  for (std::size_t k = 0; k < changing_.size(); ++k) {
    add_stretches(k);
    add_laws(k);
    add_kinds(k);
    add_steps(k);
    add_reach(changing_[k], loop);
  }
  first_.push_back(narrow(begin_.size()));
}

Hazards HazardTables::view() const {
  if (changing_.empty()) return {};
  std::int32_t most_stretches = 0, search = 1;
  for (std::size_t k = 0; k + 1 < first_.size(); ++k) most_stretches = std::max(most_stretches, first_[k + 1] - first_[k]);
  while (search < most_stretches) search *= 2;
  const HazardCourses& courses = race_hazards().courses();
  Hazards hazards{};
  hazards.place_of = place_of_.data();
  hazards.places = narrow(changing_.size());
  hazards.kinds = narrow(kinds_);
  hazards.kinds_at = kinds_at_.data();
  hazards.unknown_kinds = std::find(kinds_at_.begin(), kinds_at_.end(), 0) != kinds_at_.end();
  hazards.next = next_.data();
  hazards.begin = begin_.data();
  hazards.kind = kind_.data();
  hazards.odds = odds_.data();
  hazards.stretch = stretch_.data();
  hazards.reach = reach_.data();
  hazards.first = first_.data();
  hazards.steps = steps_.data();
  hazards.steps_at = steps_at_.data();
  hazards.steady_from = steady_from_.data();
  hazards.steady = steady_;
  hazards.by_mean = by_mean_;
  hazards.search = search;
  hazards.sums = race_hazards().all_sums().data();
  hazards.sums_at = sums_at_.data();
  hazards.guide = guide_.data();
  hazards.parts = parts_.data();
  hazards.rate = rate_.data();
  hazards.most_rate = most_rate_.data();
  hazards.courses = {courses.begins.data(), courses.odds.data(),  courses.until.data(),
                     courses.terms.data(),  course_guide_.data(), courses_.data()};
  return hazards;
}

bool HazardTables::change_at(std::size_t place) const {
  return !race_hazards().stretches(race_hazards().persona(place), race_hazards().touchpoint(place)).empty();
}

void HazardTables::find_places() {
  place_of_.assign(program_->model().parts().personas.size() * touchpoints_, 0);
  for (std::size_t place = 0; place < place_of_.size(); ++place) {
    if (!change_at(place)) continue;
    place_of_[place] = narrow(changing_.size());
    changing_.push_back(place);
    kinds_ = std::max(kinds_, race_hazards().rows(race_hazards().persona(place), race_hazards().touchpoint(place)).size());
  }
}

void HazardTables::add_stretches(std::size_t hazard_place) {
  const std::vector<double>& begins = program_->regime_begins();
  const std::size_t place = changing_[hazard_place];
  const auto stretches = race_hazards().stretches(race_hazards().persona(place), race_hazards().touchpoint(place));
  first_.push_back(narrow(begin_.size()));
  std::size_t next = 0;
  for (std::size_t regime = 0; regime < begins.size(); ++regime) {
    while (next < stretches.size() && stretches[next].begin <= begins[regime]) ++next;
    next_[regime * changing_.size() + hazard_place] = narrow(begin_.size() + next);
  }
  for (const HazardStretch& stretch : stretches) {
    begin_.push_back(stretch.begin);
    kind_.push_back(narrow(stretch.which));
  }
  begin_.push_back(forever);
  kind_.push_back(0);
}

/// What is known of the laws of its exits beforehand.
void HazardTables::add_laws(std::size_t hazard_place) {
  const std::uint32_t p = race_hazards().persona(changing_[hazard_place]),
                      v = race_hazards().touchpoint(changing_[hazard_place]);
  const RaceHazards& hazards = race_hazards();
  for (std::size_t j = 0; j < exits_of_row; ++j) {
    add_course(hazards.course(p, v, j));
    const HazardSums known = hazards.sums(p, v, j);
    if (known.sums.empty()) continue;
    const std::size_t exit = hazard_place * exits_of_row + j;
    add_guide(known.sums, exit);
    most_rate_[exit] = known.most;
    sums_at_[exit] = narrow(static_cast<std::size_t>(known.sums.data() - hazards.all_sums().data())) - first_[hazard_place];
  }
}

void HazardTables::add_kinds(std::size_t hazard_place) {
  const std::size_t place = changing_[hazard_place];
  const auto rows = race_hazards().rows(race_hazards().persona(place), race_hazards().touchpoint(place));
  kinds_at_.push_back(narrow(rows.size()));
  for (std::size_t kind = 0; kind < rows.size(); ++kind) {
    const auto exits = program_->exits(program_->row(rows[kind]));
    // Races of more exits are decided one customer at a time.
    for (std::size_t j = 0; j < std::min(exits.size(), exits_of_row); ++j) {
      const std::size_t at = (hazard_place * kinds_ + kind) * exits_of_row + j;
      odds_[at] = exits[j].odds;
      stretch_[at] = exits[j].stretch;
      rate_[at] = exits[j].rate() / most_rate_[hazard_place * exits_of_row + j];
    }
  }
}

void HazardTables::add_steps(std::size_t hazard_place) {
  const std::uint32_t p = race_hazards().persona(changing_[hazard_place]),
                      v = race_hazards().touchpoint(changing_[hazard_place]);
  const auto stretches = race_hazards().stretches(p, v);
  const std::size_t exits = program_->exits(program_->row(stretches[0])).size();
  std::vector<std::int32_t> steps;
  for (std::size_t j = 0; j < std::min(exits, exits_of_row); ++j) {
    const auto runs = race_hazards().runs(p, v, j);
    steps.clear();
    for (std::size_t k = 0; k < runs.size(); ++k) {
      steps.push_back(step_of(runs[k], narrow(stretches[k].which)));
    }
    // Most exits of a place are changed alike, and a place for all personas.
    const std::size_t exit = hazard_place * exits_of_row + j;
    const std::size_t first = hazard_place > 0 ? (hazard_place - 1) * exits_of_row : 0;
    const std::size_t at = append_once<std::int32_t>(steps_, steps, first, exit, [&](std::size_t k) {
      return static_cast<std::size_t>(steps_at_[k] + first_[k / exits_of_row]);
    });
    steps_at_[exit] = narrow(at) - first_[hazard_place];
    std::size_t from = 0;
    while (from + static_cast<std::size_t>(runs[from]) < runs.size()) from += static_cast<std::size_t>(runs[from]);
    steady_from_[exit] = first_[hazard_place] + narrow(from);
    if (from + 1 < runs.size()) steady_ |= 1u << j;
  }
}

namespace {

/// Of each of as many equal parts as there are `begins` the last of them that lies in an earlier part.
void fill_guide(std::span<const double> begins, double parts, std::int32_t* guide) {
  const std::int32_t count = narrow(begins.size());
  std::int32_t last = 0;
  for (std::int32_t part = 0; part < count; ++part) {
    while (last + 1 < count && part_of(begins[static_cast<std::size_t>(last) + 1], parts, count) < part) ++last;
    guide[part] = last;
  }
}

}  // namespace

/// The guide of such sums, and how it is used at the exit of a hazard place.
void HazardTables::add_guide(std::span<const double> sums, std::size_t exit) {
  const std::size_t stretches = sums.size() - 1;
  const double all = sums[stretches - 1], parts = all > 0.0 ? static_cast<double>(stretches) / all : 0.0;
  parts_[exit] = parts;
  const auto begin = guide_.begin() + (sums.data() - race_hazards().all_sums().data());
  if (begin[0] >= 0) return;  // other exits have the same sums
  fill_guide(sums.first(stretches), parts, &*begin);
}

void HazardTables::add_course(const HazardCourse& course) {
  static_assert(HazardCourse::terms == course_terms);
  courses_.push_back({narrow(course.at), narrow(course.stretches), course.least_age, 0.0});
  if (course.stretches == 0) return;
  const auto begins = std::span(race_hazards().courses().begins).subspan(course.at, course.stretches);
  courses_.back().parts = static_cast<double>(course.stretches) / begins.back();
  if (course_guide_[course.at] < 0) fill_guide(begins, courses_.back().parts, &course_guide_[course.at]);
}

/// With M the mean of odds m(t) over the horizon, and R the range of D(t), the integral of m - M, the integral of (m - M) h
/// is at most R h(x) in size by the age x where the hazard h rises with age (parts; exponential and Weibull of shape k >=
/// 1): a share of k R / (M x) of M times the cumulative hazard F(x). Where h falls, it is at most m_most F(d) up to an age d
/// and R h(d) from there on, with d = R / m_most a share of (1 + k) (m_most / M) (d / x)^k.
HazardTables::Mean HazardTables::mean_odds(std::uint32_t p, std::uint32_t v, std::size_t exit) const {
  const auto stretches = race_hazards().stretches(p, v);
  const double horizon = program_->horizon();
  const auto each = [&](auto use) {
    for (std::size_t k = 0; k < stretches.size(); ++k) {
      const double end = k + 1 < stretches.size() ? stretches[k + 1].begin : horizon;
      use(static_cast<double>(program_->exits(program_->row(stretches[k]))[exit].odds),
          std::max(0.0, std::min(end, horizon) - std::max(0.0, stretches[k].begin)));
    }
  };
  Mean mean{0.0, 0.0};
  each([&](double odds, double days) { mean.odds += odds * (days / horizon); });
  double sum = 0.0, most = 0.0, least = 0.0;
  each([&](double odds, double days) {
    sum += (odds - mean.odds) * days;
    most = std::max(most, sum);
    least = std::min(least, sum);
  });
  mean.range = most - least;
  return mean;
}

/// Where hazards are multiplied by r, the hazard that a law needs is divided by it. The age at which it has that is, of the
/// families that race side by side, multiplied by r^-sigma (Weibull; exponential with sigma 1), or at least by 1 / r where
/// r > 1 and at most where r < 1 (uniform, by Bernoulli's inequality; fixed).
void HazardTables::add_reach(std::size_t place, const RowsOfLoop& loop) {
  const std::uint32_t p = race_hazards().persona(place), v = race_hazards().touchpoint(place);
  const auto kinds = race_hazards().rows(p, v);
  if (kinds.empty()) return;
  constexpr double surely_never = 1e30, none = std::numeric_limits<double>::infinity();
  for (std::size_t at = place; at < loop.row_of.size(); at += place_of_.size()) {
    const auto row = static_cast<std::size_t>(loop.row_of[at]);
    const auto exits = program_->exits(*loop.visit_rows[row]);
    // Many states may share a row.
    if (exits.empty() || reach_[static_cast<std::size_t>(loop.rows[row].first_exit)].latest >= 0.0f) continue;
    for (std::size_t j = 0; j < exits.size(); ++j) {
      double most = 0.0, least = none, longest = 0.0, shortest = none;
      for (const std::uint32_t kind : kinds) {
        const ExitRow& then = program_->exits(program_->row(kind))[j];
        most = std::max(most, static_cast<double>(then.odds));
        least = std::min(least, static_cast<double>(then.odds));
        longest = std::max(longest, then.stretch);
        shortest = std::min(shortest, then.stretch);
      }
      const Exit& exit = loop.exits[static_cast<std::size_t>(loop.rows[row].first_exit) + j];
      const auto odds = static_cast<double>(exits[j].odds);
      const double power = exit.family == Family::weibull ? static_cast<double>(exit.sigma) : 1.0;
      const bool known = odds > 0.0 && exits[j].stretch > 0.0;
      const double sooner = known ? std::pow(std::min(1.0, odds / most), power) * (shortest / exits[j].stretch) : 0.0;
      const double later =
          known && least > 0.0 ? std::pow(std::max(1.0, odds / least), power) * (longest / exits[j].stretch) : 0.0;
      const Mean mean = mean_odds(p, v, j);
      const double shape = 1.0 / power, share = mean.odds > 0.0 ? mean.range / mean.odds : 0.0;
      constexpr double off = 0.05;  // how far at most the mean by the hazard is off, as a share, from `far` days on
      const bool by_mean = known && mean.odds > 0.0 && longest == 1.0 && shortest == 1.0 &&
                           (exit.family == Family::weibull || exit.family == Family::exponential);
      const double young = mean.range / most;
      const double far =
          shape < 1.0 ? young * std::pow((1.0 + shape) * (most / mean.odds) / off, power) : shape * share / off;
      // Elsewhere it costs more than it saves.
      if (by_mean && exit.family == Family::weibull && far < program_->horizon()) by_mean_ |= 1u << j;
      const auto by_then = [&](double times) { return std::min(std::pow(odds / (mean.odds * times), power), surely_never); };
      const bool bounded = least > 0.0 && (exit.family == Family::uniform || exit.family == Family::constant);
      const double last = bounded ? (exit.a + exit.b) * longest : surely_never;
      const bool known_course = race_hazards().course(p, v, j).stretches > 0;
      const bool known_sums = !race_hazards().sums(p, v, j).sums.empty();
      const std::int32_t way = exit.family == Family::constant      ? Way::fixed
                               : exit.family == Family::uniform     ? Way::uniform
                               : known_sums                         ? Way::by_sums
                               : exit.family == Family::exponential ? Way::exponential
                               : known_course                       ? Way::periodic
                                                                    : Way::weibull;
      reach_[static_cast<std::size_t>(loop.rows[row].first_exit) + j] = {
          static_cast<float>(most > 0.0 ? sooner : surely_never),
          static_cast<float>(std::min(later, surely_never)),
          by_mean ? static_cast<float>(by_then(1.0 + off)) : 0.0f,
          by_mean ? static_cast<float>(by_then(1.0 - off)) : 0.0f,
          by_mean ? static_cast<float>(std::min(far, surely_never)) : static_cast<float>(surely_never),
          static_cast<float>(std::min(last, surely_never)),
          way};
    }
  }
}

}  // namespace sojourn::lock_step
