// Races whose weights span eighteen orders of magnitude, against published forms: who wins, when, and that the work to find
// out is bounded (a test that hangs fails).
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "sim/solve/stay_time.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double weights[] = {1e-9, 1e-6, 1e-3, 0.1, 0.5, 1.0, 2.0, 3.0, 1e3, 1e6, 1e9};

struct Named {
  std::string name;
  Distribution distribution;
};
const std::vector<Named> families{{"uniform", Uniform{0.0, 36.86}},
                                  {"uniform later", Uniform{100.0, 101.0}},
                                  {"normal", Normal{40.0, 4.0}},
                                  {"normal cut at 0", Normal{1.0, 2.0}},
                                  {"steep normal", Normal{40.0, 1e-4}},
                                  {"beta", Beta{2.5, 3.5}},
                                  {"beta early", Beta{0.3, 8.0}},
                                  {"beta late", Beta{8.0, 0.3}},
                                  {"exponential", Exponential{7.0}},
                                  {"weibull", Weibull{6.0, 2.0}},
                                  {"weibull early", Weibull{6.0, 0.6}},
                                  {"lognormal", Lognormal{3.0, 0.8}},
                                  {"lognormal wide", Lognormal{3.0, 1.5}},
                                  {"log-logistic", Loglogistic{6.0, 1.5}},
                                  {"log-logistic steep", Loglogistic{6.0, 6.0}}};

Departure race(const std::vector<std::pair<Distribution, double>>& exits) {
  Departure departure;
  departure.race = true;
  for (std::size_t j = 0; j < exits.size(); ++j)
    departure.ways.push_back({j, j, 1.0, Delay(exits[j].first, 1.0, exits[j].second)});
  return departure;
}

double sum(const std::vector<double>& cells) { return std::accumulate(cells.begin(), cells.end(), 0.0); }

bool near(double found, double truth, double relative = 1e-8) {
  return found == truth || std::fabs(found - truth) <= relative * std::fabs(truth);
}

/// Mean of the minimum of `w` independent delays, where a form is published: D with its hazard multiplied.
double mean_of(const Distribution& distribution, double w) {
  if (const auto* d = std::get_if<Uniform>(&distribution)) return d->low + (d->high - d->low) / (w + 1.0);
  if (const auto* d = std::get_if<Exponential>(&distribution)) return d->mean / w;
  if (const auto* d = std::get_if<Weibull>(&distribution))
    return d->scale * std::pow(w, -1.0 / d->shape) * std::tgamma(1.0 + 1.0 / d->shape);
  if (const auto* d = std::get_if<Loglogistic>(&distribution)) {  // Burr (1942), type XII
    if (w * d->shape <= 1.0) return infinity;
    // w B(w - 1 / c, 1 + 1 / c), with logarithms of gammas lost to rounding where w is large.
    if (w > 1e5) return d->median * std::pow(w, -1.0 / d->shape) * std::tgamma(1.0 + 1.0 / d->shape);
    return d->median * w * boost::math::beta(w - 1.0 / d->shape, 1.0 + 1.0 / d->shape);
  }
  if (const auto* d = std::get_if<Normal>(&distribution); d != nullptr && d->mean >= 10.0 * d->sd) {
    const double root_pi = std::sqrt(std::acos(-1.0));
    if (w == 1.0) return d->mean;
    if (w == 2.0) return d->mean - d->sd / root_pi;  // Jones (1948)
    if (w == 3.0) return d->mean - 1.5 * d->sd / root_pi;
  }
  if (const auto* d = std::get_if<Lognormal>(&distribution)) {
    if (w == 1.0) return d->median * std::exp(0.5 * d->sigma * d->sigma);
    if (w == 2.0) return d->median * std::exp(0.5 * d->sigma * d->sigma) * std::erfc(0.5 * d->sigma);
  }
  return std::nan("");
}

}  // namespace

TEST_CASE("race: one exit of any weight is taken for certain, at the mean of a minimum", "[verify]") {
  int compared = 0, twins = 0;
  for (const Named& family : families) {
    double before = infinity;
    for (const double w : weights) {
      INFO(family.name << " of weight " << w);
      const Passages found = race({{family.distribution, w}}).passages();
      CHECK(found.ways[0].probability == Approx(1.0).epsilon(1e-14));
      CHECK(found.error == 0.0);
      // The larger the weight, the earlier; and no variance is negative.
      const double mean = found.ways[0].first;
      CHECK(mean <= before * (1.0 + 1e-9));
      CHECK((std::isinf(found.ways[0].second) || found.ways[0].second >= mean * mean * (1.0 - 1e-9)));
      before = mean;
      const double truth = mean_of(family.distribution, w);
      if (std::isnan(truth)) continue;
      ++compared;
      INFO("mean " << mean << ", in truth " << truth);
      CHECK(near(mean, truth, w > 1e5 ? 2e-5 : 1e-8));
      if (std::isfinite(truth) && w >= 0.5 && w <= 3.0) twins += near(mean, mean_of(family.distribution, w * 1.01)) ? 0 : 1;
    }
  }
  CHECK(compared > 60);
  CHECK(twins > 20);
}

TEST_CASE("race: proportional hazards win in proportion", "[verify]") {
  for (const Named& family : families) {
    for (const double a : weights) {
      for (const double b : {1e-9, 1.0, 1e9}) {
        INFO(family.name << " of weights " << a << " and " << b);
        const Departure departure = race({{family.distribution, a}, {family.distribution, b}});
        const Passages found = departure.passages();
        // At time 0 the first in the file comes first.
        if (departure.ways[0].delay.at_zero() > 0.0) {
          CHECK(near(found.ways[0].probability + found.ways[1].probability, 1.0, 1e-12));
          continue;
        }
        CHECK(near(found.ways[0].probability, a / (a + b)));
        CHECK(near(found.ways[1].probability, b / (a + b)));
        const double rare = a < b ? found.ways[0].probability / (1.01 * a) : found.ways[1].probability / b;
        CHECK_FALSE(near(rare, 1.0 / (1.01 * a + b), 1e-3));  // the twin
        CHECK(found.error < 1e-9);
      }
    }
  }
}

TEST_CASE("race: different families of any weights leave nothing over", "[verify]") {
  for (const Named& one : families) {
    for (const Named& other : families) {
      for (const double a : {1e-9, 1e9}) {
        INFO(one.name << " of weight " << a << ", " << other.name);
        const Passages found =
            race({{one.distribution, a}, {other.distribution, 1.0}, {Exponential{30.0}, 1e-2}}).passages();
        double all = 0.0;
        for (const Passage& each : found.ways) {
          CHECK(each.probability >= 0.0);
          CHECK(each.second * each.probability >= each.first * each.first * (1.0 - 1e-7));
          all += each.probability;
        }
        CHECK(all == Approx(1.0).epsilon(1e-12));
        CHECK(found.error < 1e-8);
      }
    }
  }
}

TEST_CASE("race: an exponential against a uniform", "[verify]") {
  // P(exponential of rate r before uniform on [0, h]) = 1 - (1 - e^-rh) / (r h).
  for (const double w : weights) {
    INFO("weight " << w);
    const double rh = w * 36.86 / 7.0, uniform = -std::expm1(-rh) / rh;
    const Passages found = race({{Exponential{7.0}, w}, {Uniform{0.0, 36.86}, 1.0}}).passages();
    CHECK(near(found.ways[1].probability, uniform));
    const double wrong = -std::expm1(-1.01 * rh) / (1.01 * rh);
    CHECK((near(found.ways[1].probability, wrong) ? w < 1e-3 : true));
    CHECK_FALSE((w >= 1e-3 && near(found.ways[1].probability, wrong)));
  }
  // Ten exits, in the engine's two vectors: exponentials of weights 1e-9 to 1e9.
  std::vector<std::pair<Distribution, double>> exits;
  double all = 0.0;
  for (int k = 0; k < 10; ++k) exits.emplace_back(Exponential{1.0}, std::pow(10.0, 2 * k - 9));
  for (const auto& exit : exits) all += exit.second;
  const Passages found = race(exits).passages();
  for (std::size_t k = 0; k < exits.size(); ++k) CHECK(near(found.ways[k].probability, exits[k].second / all));
}

TEST_CASE("race: on a grid the winners are those of the long run", "[verify]") {
  constexpr std::size_t count = 512;
  for (const Named& one : families) {
    for (const double a : weights) {
      INFO(one.name << " of weight " << a);
      const Departure departure = race({{one.distribution, a}, {Weibull{9.0, 1.5}, 0.5}, {Uniform{0.0, 60.0}, 1.0}});
      const std::vector<Kernel> kernels = departure.kernels(60.0 / count, count);
      const Passages found = departure.passages();
      for (std::size_t j = 0; j < kernels.size(); ++j) {
        double won = sum(kernels[j].cells);
        for (const Atom& atom : kernels[j].atoms) won += atom.mass;
        CHECK(std::fabs(won - found.ways[j].probability) < 3e-6);
      }
    }
  }
}
