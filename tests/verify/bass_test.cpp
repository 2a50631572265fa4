// New products spread by advertising and by imitation (Bass 1969), on the complete graph and on others.
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double year = 365.25, p = 0.03, q = 0.38;

/// Untold people and adopters who recommend the product for ever, q messages a year; over `years`.
ModelParts bass(double years, double window_years, std::uint64_t customers, Network network = WellMixed{}) {
  Exit told = by_share(1, 1.0, Fixed{0.0});
  told.on = Trigger::heard;
  ModelParts parts = journey({place(Stage::awareness, {by_odds(1, 1.0, Exponential{year / p}), told}, ExitRule::race),
                              place(Stage::purchase, {by_odds(2, 1.0, Fixed{1000.0 * year})}), finish(End::churned)},
                             years * year, customers);
  parts.settings.window = Days(window_years * year);
  parts.behaviour.memory = 0.0;
  parts.behaviour.recommend_base = 1.0;
  parts.behaviour.recommend_sd = 0.0;
  WordOfMouth talk;
  talk.network = std::move(network);
  talk.promoter_rate = q / year;
  parts.word_of_mouth = talk;
  return parts;
}

/// The share that has adopted by the end of each window.
std::vector<double> adopted(const ModelParts& parts) {
  const PlanId baseline(0);
  const RunResult result = run(Model(parts), std::span(&baseline, 1), {});
  const Totals& totals = result.totals[0][0];
  std::vector<double> shares;
  for (std::size_t window = 0; window < totals.shape().windows; ++window) {
    shares.push_back(static_cast<double>(totals.stock(0, window, TimeScore::bought)) /
                     static_cast<double>(parts.settings.customers));
  }
  return shares;
}

double bass_curve(double t) { return (1.0 - std::exp(-(p + q) * t)) / (1.0 + q / p * std::exp(-(p + q) * t)); }

/// What very many people do who hear only at the ends of windows: nobody else is told by the messages of the last window,
/// each of which finds somebody at random.
double bass_in_windows(double years, double width) {
  double untold = 1.0;
  const auto windows = static_cast<int>(std::round(years / width));
  for (int k = 0; k < windows; ++k) {
    if (k > 0) untold *= std::exp(-q * width * (1.0 - untold));
    untold *= std::exp(-p * width);
  }
  return 1.0 - untold;
}

}  // namespace

TEST_CASE("Bass: the published curve, with an error that shrinks as the window does", "[verify]") {
  CHECK(bass_curve(5.0) == Approx(0.33120).margin(5e-6));
  CHECK(bass_curve(10.0) == Approx(0.81280).margin(5e-6));
  CHECK(bass_curve(20.0) == Approx(0.99626).margin(5e-6));
  // First order: half the window, half the error.
  const double coarse = bass_in_windows(10.0, 0.5) - bass_curve(10.0);
  const double middle = bass_in_windows(10.0, 0.25) - bass_curve(10.0);
  const double fine = bass_in_windows(10.0, 0.125) - bass_curve(10.0);
  CHECK(middle / coarse == Approx(0.5).margin(0.06));
  CHECK(fine / middle == Approx(0.5).margin(0.03));
}

TEST_CASE("Bass: the engine follows the curve of its windows", "[verify]") {
  // Chance acts most on the first adopters, whose luck multiplies: the sd of the share at year 5 is near 1 / sqrt(people).
  constexpr std::uint64_t people = 400'000;
  const double error = 1.2 / std::sqrt(static_cast<double>(people));
  for (const double width : {0.5, 0.1}) {
    const std::vector<double> shares = adopted(bass(10.0, width, people));
    const auto at = [&](double years) { return shares[static_cast<std::size_t>(std::round(years / width)) - 1]; };
    CAPTURE(width);
    CHECK(judge(at(5.0), error, bass_in_windows(5.0, width), 0.02));
    CHECK(judge(at(10.0), error, bass_in_windows(10.0, width), 0.02));
  }
  // The twin: imitation a tenth stronger.
  ModelParts loud = bass(10.0, 0.1, people);
  loud.word_of_mouth->promoter_rate *= 1.1;
  CHECK_FALSE(judge(adopted(loud)[49], error, bass_in_windows(5.0, 0.1), 0.02));
}

TEST_CASE("Bass: isolated pairs, and every network between them and the complete graph", "[verify]") {
  // A pair of strangers: both untold with e^(-2 p t); one of them adopts at 2 p, the other at p + q once told by its only
  // contact (Fibich & Gibori 2010, section 3).
  const auto pairs_curve = [](double t) {
    const double both = std::exp(-2.0 * p * t);
    const double one = 2.0 * p / (p + q - 2.0 * p) * (std::exp(-2.0 * p * t) - std::exp(-(p + q) * t));
    return 1.0 - both - 0.5 * one;
  };
  constexpr std::uint64_t people = 100'000;
  constexpr double width = 0.02;
  std::vector<Tie> ties;
  for (std::uint32_t i = 0; i < people; i += 2) {
    ties.push_back({i, i + 1});
    ties.push_back({i + 1, i});
  }
  const auto at_year_8 = [&](Network network) { return adopted(bass(8.0, width, people, std::move(network))).back(); };
  const double pairs = at_year_8(NetworkFile{"pairs.csv", std::make_shared<const std::vector<Tie>>(ties)});
  // Who is told hears half a window late, on average; a contact's message may come in any part of it.
  CHECK(judge(pairs, std::sqrt(0.25 / static_cast<double>(people)), pairs_curve(8.0), 0.02, 0.004));
  const double complete = at_year_8(WellMixed{});
  const double ring = at_year_8(SmallWorld{2.0, 0.0}), wide_ring = at_year_8(SmallWorld{6.0, 0.0});
  const double small_world = at_year_8(SmallWorld{6.0, 0.2}), random = at_year_8(RandomNetwork{10.0});
  CHECK(pairs + 0.01 < ring);
  CHECK(ring + 0.01 < wide_ring);
  CHECK(wide_ring + 0.01 < small_world);
  CHECK(small_world < complete);
  CHECK(random < complete);
  CHECK(wide_ring < random);
}
