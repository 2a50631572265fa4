// Content, needs and personalisation against arithmetic and closed forms (MODEL.md section 2, Delivered quality).
#include "sojourn/model/content.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "sojourn/behaviour/experience.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

using Edit = std::function<void(ModelParts&)>;

/// Mean and variance of clip(mean + sd z, 0, 1), z standard normal, by Simpson's rule: no equation of the engine's.
struct Clipped {
  double mean = 0.0, variance = 0.0;
};
Clipped clipped(double mean, double sd) {
  constexpr int steps = 20'000;
  double first = 0.0, second = 0.0;
  for (int k = 0; k <= steps; ++k) {
    const double z = -9.0 + 18.0 * k / steps, weight = k == 0 || k == steps ? 1.0 : k % 2 == 1 ? 4.0 : 2.0;
    const double density = weight * std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi) * (18.0 / steps / 3.0);
    const double q = std::clamp(mean + sd * z, 0.0, 1.0);
    first += density * q;
    second += density * q * q;
  }
  return {first, second - first * first};
}

/// People who care for price, people who care for speed and a little for price, and people who care for nothing. All come to
/// place 0 and on to place 1 every day; both show content. At place 2, where they end, nothing is.
ModelParts shop(std::uint64_t customers, double window, double personalisation) {
  ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{1.0})}),
                              place(Stage::retention, {by_odds(0, 3.0, Fixed{1.0}), by_odds(2, 1.0)}), finish(End::churned)},
                             30.0, customers);
  parts.settings.window = Days(window);
  parts.behaviour.fit_weight = 0.6;
  const Persona one = parts.personas.front();
  parts.personas.assign(3, one);
  for (std::size_t k = 0; k < 3; ++k) {
    parts.personas[k].id = "p" + std::to_string(k);
    parts.personas[k].share = k == 0 ? 0.5 : 0.25;
  }
  parts.personas[0].needs = {{"price", 2.0}};
  parts.personas[1].needs = {{"speed", 0.8}, {"price", 0.6}};
  Touchpoint &first = parts.touchpoints[0], &second = parts.touchpoints[1];
  first.content = {{{{"price", 1.0}}}, {{{"speed", 3.0}, {"advice", 4.0}}}, {{{"speed", 5.0}}}};
  second.content = {{{{"advice", 1.0}}}, {{{"price", 1.0}, {"speed", 1.0}}}};
  first.quality_mean = 0.55;
  second.quality_mean = 0.7;
  second.quality_sd = 0.3;
  for (Touchpoint* touchpoint : {&first, &second}) touchpoint->personalisation = personalisation;
  return parts;
}

/// The cosines of the above, by hand: of the default and of the best, for each persona (rows) and place.
constexpr double half = 0.70710678118654752;
constexpr double fits[3][2][2] = {{{1.0, 1.0}, {0.0, half}}, {{0.6, 0.8}, {0.0, 1.4 * half}}, {{0.5, 0.5}, {0.5, 0.5}}};

RunResult run_of(const ModelParts& parts, Engine engine = Engine::lock_step) {
  RunOptions options;
  options.engine = engine;
  options.threads = 1;
  return run(Model(parts), all_plans(parts), options);
}

Totals all_of(const RunResult& result, std::size_t plan = 0) {
  Totals all(result.shapes[plan]);
  for (const Totals& totals : result.totals[plan]) all.add(totals);
  return all;
}

/// Whether quality, fit and matches at every place are those of personalisation `p`.
bool as_expected(const ModelParts& parts, double p, Engine engine = Engine::lock_step) {
  const Totals all = all_of(run_of(parts, engine));
  bool right = true;
  for (std::size_t persona = 0; persona < 3; ++persona) {
    for (std::size_t v = 0; v < 2; ++v) {
      const auto count = [&](TouchScore score, double scale = 1.0) {
        return all.value(all.shape().touch(persona, v, score), scale);
      };
      const double visits = count(TouchScore::visits), score = all.shape().scales.score;
      const double standard = fits[persona][v][0], best = fits[persona][v][1];
      const Touchpoint& at = parts.touchpoints[v];
      const auto quality = [&](double fit) {
        return clipped(at.quality_mean + parts.behaviour.fit_weight * (fit - 0.5), at.quality_sd);
      };
      const Clipped a = quality(standard), b = quality(best);
      const double mean = p * b.mean + (1.0 - p) * a.mean;
      const double variance =
          p * b.variance + (1.0 - p) * a.variance + p * (1.0 - p) * (a.mean - b.mean) * (a.mean - b.mean);
      right = right && judge(count(TouchScore::quality, score) / visits, std::sqrt(variance / visits), mean, 0.06, 1e-6);
      const bool differ = best > standard;
      const double spread = std::sqrt(p * (1.0 - p) / visits);
      right = right && judge(count(TouchScore::matched) / visits, differ ? spread : 0.0, differ ? p : 1.0, 0.06, 1e-9);
      const double misses = (standard < 0.5 ? 1.0 - p : 0.0) + (best < 0.5 ? p : 0.0);
      right = right && judge(count(TouchScore::mistargeted) / visits, standard < 0.5 ? spread : 0.0, misses, 0.06, 1e-9);
      right = right && judge(count(TouchScore::fit, score) / visits, (best - standard) * spread,
                             standard + p * (best - standard), 0.06, 1e-6);
    }
  }
  return right;
}

}  // namespace

TEST_CASE("content: the fit is a cosine, and 1/2 where nothing is said or needed", "[verify]") {
  const ModelParts parts = shop(10, 30.0, 0.0);
  for (std::size_t persona = 0; persona < 3; ++persona) {
    for (std::size_t v = 0; v < 2; ++v) {
      CAPTURE(persona, v);
      const ContentFit fit = content_fit(parts.personas[persona], parts.touchpoints[v]);
      CHECK(fit.standard == Approx(fits[persona][v][0]));
      CHECK(fit.best == Approx(fits[persona][v][1]));
    }
  }
  CHECK(content_fit(parts.personas[0], parts.touchpoints[0]).variant == 0);
  CHECK(content_fit(parts.personas[1], parts.touchpoints[0]).variant == 2);
  CHECK(content_fit(parts.personas[2], parts.touchpoints[0]).variant == 0);
  Persona persona;
  persona.needs = {{"price", 0.0}};
  CHECK(fit(persona, {{{"price", 1.0}}}) == neutral_fit);
  persona.needs = {{"price", 1e-200}, {"speed", 1e-200}};
  CHECK(fit(persona, {{{"price", 1e200}}}) == Approx(half));
  CHECK(fit(persona, {{{"price", 0.0}}}) == neutral_fit);
  CHECK(fit(persona, {}) == neutral_fit);
}

TEST_CASE("content: quality is what the fit that is shown makes of it", "[verify]") {
  for (const double p : {0.0, 0.3, 1.0}) {
    for (const double window : {1.0, 7.0, 30.0}) {
      CAPTURE(p, window);
      CHECK(as_expected(shop(6'000, window, p), p));
    }
    CAPTURE(p);
    CHECK(as_expected(shop(20'000, 30.0, p), p));
    CHECK(as_expected(shop(5'000, 7.0, p), p, Engine::one_customer));
    CHECK_FALSE(as_expected(shop(20'000, 30.0, p), p + (p < 0.5 ? 0.05 : -0.05)));  // the twin
  }
  ModelParts heavier = shop(20'000, 30.0, 0.3);
  const ModelParts right = heavier;
  heavier.behaviour.fit_weight = 0.7;
  const Totals light = all_of(run_of(right)), heavy = all_of(run_of(heavier));
  const std::size_t at = light.shape().touch(1, 1, TouchScore::quality);
  CHECK(heavy.value(at) != light.value(at));
}

TEST_CASE("content: an improvement of personalisation acts from its day on, to the visit", "[verify]") {
  for (const double window : {1.0, 7.0, 30.0}) {
    ModelParts parts = shop(4'000, window, 0.0);
    // Every persona comes to place 0 on days 0, 2, 4, ... as long as it stays, and nobody leaves.
    parts.touchpoints[1].next[1].odds = 0.0;
    Improvement data;
    data.change = change("data", 0, {Parameter::personalisation, Operation::set, 1.0}, 10.0);
    data.price.per_month = 100.0;
    parts.improvements = {data};
    Plan plan;
    plan.id = "data";
    plan.improvements = {ImprovementId(0)};
    parts.plans.push_back(plan);
    const RunResult result = run_of(parts);
    const Totals before = all_of(result, 0), after = all_of(result, 1);
    const auto count = [](const Totals& all, TouchScore score) { return all.value(all.shape().touch(1, 0, score)); };
    const double people = before.value(before.shape().person(1, PersonScore::arrived));
    CAPTURE(window);
    CHECK(count(before, TouchScore::visits) == 16 * people);
    CHECK(count(after, TouchScore::visits) == 16 * people);
    CHECK(count(before, TouchScore::matched) == 0);
    CHECK(count(after, TouchScore::matched) == 11 * people);  // days 10, 12, ..., 30
    // The other place is as it was.
    CHECK(after.value(after.shape().touch(1, 1, TouchScore::matched)) == 0);
    CHECK(after.value(after.shape().touch(1, 1, TouchScore::quality)) ==
          before.value(before.shape().touch(1, 1, TouchScore::quality)));
  }
}

TEST_CASE("content: it vanishes to the bit without weight, needs or variants", "[verify]") {
  // Satisfaction bends who leaves, so that whole lives would differ.
  const auto lives = [](const Edit& edit, Engine engine = Engine::lock_step) {
    ModelParts parts = shop(3'000, 7.0, 0.4);
    parts.touchpoints[1].next[1].slopes.satisfaction = -4.0;
    edit(parts);
    return run_of(parts, engine);
  };
  // All that is counted but for what content itself counts.
  const auto difference = [](const RunResult& a, const RunResult& b) {
    const Totals x = all_of(a), y = all_of(b);
    const std::size_t touches = x.shape().touch(0, 0, TouchScore::visits), end = x.shape().present(0, 0, 0);
    std::size_t differing = 0;
    for (std::size_t i = 0; i < x.shape().cells(); ++i) {
      const bool own =
          i >= touches && i < end && (i - touches) % touch_score_count >= static_cast<std::size_t>(TouchScore::matched);
      differing += !own && x.cell(i) != y.cell(i);
    }
    return differing;
  };
  const auto without = [](ModelParts& parts) {
    for (Touchpoint& touchpoint : parts.touchpoints) {
      touchpoint.content.clear();
      touchpoint.personalisation = 0.0;
    }
  };
  for (const Engine engine : {Engine::lock_step, Engine::one_customer}) {
    const RunResult plain = lives(without, engine);
    CHECK(difference(plain, lives([](ModelParts&) {}, engine)) > 100);  // the twin
    CHECK(difference(plain, lives([](ModelParts& m) { m.behaviour.fit_weight = 0.0; }, engine)) == 0);
    CHECK(difference(plain, lives(
                                [](ModelParts& m) {
                                  for (Persona& persona : m.personas) persona.needs.clear();
                                },
                                engine)) == 0);
    CHECK(difference(plain, lives(
                                [](ModelParts& m) {
                                  for (Touchpoint& touchpoint : m.touchpoints) touchpoint.content = {{{{"price", 0.0}}}};
                                },
                                engine)) == 0);
  }
  // Of one variant, personalisation changes no bit; of several, those that are never shown do not.
  const auto one_variant = [&](double p) {
    return lives([&](ModelParts& m) {
      for (Touchpoint& touchpoint : m.touchpoints) {
        if (!touchpoint.content.empty()) touchpoint.content.resize(1);
        touchpoint.personalisation = p;
      }
    });
  };
  CHECK(difference(one_variant(0.0), one_variant(1.0)) == 0);
  CHECK(difference(one_variant(0.0), lives([](ModelParts& m) {
                     for (Touchpoint& touchpoint : m.touchpoints) touchpoint.personalisation = 0.0;
                   })) == 0);
}

TEST_CASE("content: more personalisation matches the same visits and others", "[verify]") {
  std::vector<std::uint32_t> people(300);
  for (std::size_t i = 0; i < people.size(); ++i) people[i] = static_cast<std::uint32_t>(i);
  const auto shown = [&](double p) {
    const ModelParts parts = shop(300, 30.0, p);
    return write_diaries(Model(parts), people, {});
  };
  const std::vector<Diary> little = shown(0.3), much = shown(0.6);
  std::size_t kept = 0, won = 0, lost = 0;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (little[i].person.persona != 1) continue;
    REQUIRE(little[i].visits.size() == much[i].visits.size());
    for (std::size_t k = 0; k < little[i].visits.size(); ++k) {
      const bool before = little[i].visits[k].visit.variant > 0, after = much[i].visits[k].visit.variant > 0;
      kept += before && after;
      won += !before && after;
      lost += before && !after;
    }
  }
  CHECK(kept > 50);
  CHECK(won > 50);
  CHECK(lost == 0);
}

TEST_CASE("content: what depends on nobody's satisfaction is solved with it as without", "[verify]") {
  const ModelParts parts = shop(1'000, 7.0, 0.4);
  ModelParts without = parts;
  for (Touchpoint& touchpoint : without.touchpoints) touchpoint.content.clear();
  const auto metrics = [](const ModelParts& m) { return solve(Program(Model(m))).pooled.at_horizon.metrics; };
  const auto a = metrics(parts), b = metrics(without);
  REQUIRE(a.size() == b.size());
  for (std::size_t m = 0; m < a.size(); ++m) {
    CAPTURE(m);
    const bool same = a[m].mean == b[m].mean || (std::isnan(a[m].mean) && std::isnan(b[m].mean));
    CHECK(same);
  }
}
