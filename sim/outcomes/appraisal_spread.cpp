#include "sojourn/outcomes/appraisal_spread.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sojourn/base/special_values.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/population/population.hpp"

namespace sojourn {
namespace {

/// The appraisals of one life: how many, their mean, and the sum of squares around it (Welford 1962).
struct Appraisals {
  double count = 0.0, mean = 0.0, squares = 0.0;

  void arrived(const Person&) {}
  void visited(const Person&, const Visit& visit, const VisitRow&, const State&, const State&) {
    if (!visit.appraised) return;
    const auto appraisal = static_cast<double>(visit.appraisal);
    const double before = appraisal - mean;
    count += 1.0;
    mean += before / count;
    squares += before * (appraisal - mean);
  }
  void stayed(const Person&, const Visit&, const Stay&, const State&) {}
  void asked(const Person&, const Asked&, const State&) {}
  void annoyed(const Person&, std::size_t, const State&, const State&) {}
};

}  // namespace

AppraisalSpread appraisal_spread(const Program& program, std::uint64_t customers) {
  constexpr double z = 1.959963984540054;
  const ModelParts& parts = program.model().parts();
  const Population population(parts);
  Lives lives(program, population, Streams(parts.settings.seed, 0));
  std::vector<Appraisals> people;
  const auto most = static_cast<std::uint32_t>(std::min(customers, parts.settings.customers));
  for (std::uint32_t i = 0; i < most; ++i) {
    Appraisals one;
    lives.live(i, one);
    if (one.count > 1.0) people.push_back(one);
  }
  AppraisalSpread spread{nan, nan, nan, nan, people.size(), 0};
  double squares = 0.0, visits = 0.0, visits_squared = 0.0, sum = 0.0;
  for (const Appraisals& one : people) {
    squares += one.squares;
    visits += one.count;
    visits_squared += one.count * one.count;
    sum += one.count * one.mean;
  }
  spread.visits = static_cast<std::uint64_t>(visits);
  const auto count = static_cast<double>(people.size());
  if (people.size() < 10) return spread;
  const double freedom = visits - count, within = squares / freedom;
  double between = 0.0, around = 0.0;
  for (const Appraisals& one : people) {
    between += one.count * (one.mean - sum / visits) * (one.mean - sum / visits);
    const double off = one.squares - within * (one.count - 1.0);
    around += off * off;
  }
  const double visits_each = (visits - visits_squared / visits) / (count - 1.0);
  const double variance = (between / (count - 1.0) - within) / visits_each;
  spread.within = std::sqrt(within);
  spread.between = std::sqrt(std::max(0.0, variance));
  // Of a ratio of sums over customers (Cochran 1977), and of its root.
  const double half = within > 0.0 ? z * std::sqrt(around) / freedom / (2.0 * spread.within) : 0.0;
  spread.within_low = std::max(0.0, spread.within - half);
  spread.within_high = spread.within + half;
  return spread;
}

}  // namespace sojourn
