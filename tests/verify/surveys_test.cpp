// What surveys and logs tell beside what is true, against arithmetic and closed forms (MODEL.md section 5).
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/survey_sums.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

double logit(double p) { return std::log(p / (1.0 - p)); }
double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

Distribution& propensity(Persona& persona) { return trait(persona, BuiltinTrait::response_propensity); }

Survey after(std::vector<std::size_t> touchpoints, Question asks = Question::nps) {
  Survey survey;
  survey.id = "survey";
  survey.asks = asks;
  for (const std::size_t touchpoint : touchpoints) survey.after.emplace_back(touchpoint);
  return survey;
}

Survey at_intervals(double days) {
  Survey survey;
  survey.id = "survey";
  survey.every = Days(days);
  return survey;
}

/// Satisfaction, expectation and the answer to nps stay as each persona has them.
void hold_still(ModelParts& parts) {
  parts.behaviour.memory = 0.0;
  parts.behaviour.adapt = 0.0;
  parts.behaviour.recommend_sd = 0.0;
}

RunResult run_of(const ModelParts& parts, Engine engine = Engine::lock_step) {
  RunOptions options;
  options.engine = engine;
  options.threads = 1;
  const std::vector<PlanId> baseline{PlanId(0)};
  return run(Model(parts), baseline, options);
}

/// The only survey, of all replications.
SurveySums sums_of(const ModelParts& parts) {
  const Samples samples = collect_samples(run_of(parts));
  SurveySums all;
  for (const SurveySums& sample : samples.plans.front().surveys.front()) all += sample;
  return all;
}
double figure(const SurveySums& sums, std::string_view name) { return survey_metric(name).value(sums); }

/// Three groups of customers who are detractors, passives and promoters, and who post with these chances.
ModelParts posting(const std::vector<double>& chances, std::uint64_t customers) {
  ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{10.0})})}, 40.0, customers);
  hold_still(parts);
  const std::vector<double> shares{0.2, 0.3, 0.5}, satisfied{0.2, 0.6, 0.9};
  const Persona one = parts.personas.front();
  parts.personas.clear();
  for (std::size_t k = 0; k < shares.size(); ++k) {
    Persona group = one;
    group.id = "group" + std::to_string(k);
    group.share = shares[k];
    trait(group, BuiltinTrait::satisfaction) = Fixed{satisfied[k]};
    propensity(group) = Fixed{logit(chances[k])};
    parts.personas.push_back(group);
  }
  parts.surveys = {after({0})};
  return parts;
}

/// The standard error of a share of `count`.
double se_of_share(double share, double count) { return std::sqrt(share * (1.0 - share) / count); }

}  // namespace

TEST_CASE("surveys: who posts is not who is there, and weights give the groups back", "[verify]") {
  // Dissatisfied, indifferent and satisfied people are 20, 30 and 50 per cent and post with 6, 23 and 32 per cent:
  // 24.1 per cent post, of whom 4.98, 28.63 and 66.39 per cent are of each kind.
  const std::vector<double> mix{0.012 / 0.241, 0.069 / 0.241, 0.16 / 0.241}, shares{0.2, 0.3, 0.5};
  struct Found {
    std::vector<Verdict> verdicts;
  };
  const auto found = [&](const std::vector<double>& chances) {
    const SurveySums sums = sums_of(posting(chances, 60'000));
    const SurveyCells all = sums.all();
    std::vector<Verdict> verdicts{judge(all.answered / all.invited, se_of_share(0.241, all.invited), 0.241, 0.008)};
    double weights = 0.0;
    for (const double weight : all.weights) weights += weight;
    for (std::size_t k = 0; k < 3; ++k) {
      const SurveyCells& group = sums.personas[k];
      verdicts.push_back(judge(group.answered / all.answered, se_of_share(mix[k], all.answered), mix[k], 0.02));
      double own = 0.0;
      for (const double weight : group.weights) own += weight;
      // A weight of 17 for a detractor: its variance decides.
      verdicts.push_back(judge(own / weights, 0.0025, shares[k], 0.02));
    }
    return verdicts;
  };
  for (const Verdict& verdict : found({0.06, 0.23, 0.32})) {
    CAPTURE(verdict);
    CHECK(verdict);
  }
  // The twin: all post alike.
  const std::vector<Verdict> twin = found({0.241, 0.241, 0.241});
  CHECK_FALSE(twin[1]);
  CHECK_FALSE(twin[5]);
}

TEST_CASE("surveys: the bias of response is Cov(response, score) over mean response", "[verify]") {
  // Bethlehem (1988), for response models drawn at random: from groups of customers whose chance and score are known.
  const auto gap = [](std::uint64_t seed, double misstated) {
    ModelParts parts = posting({0.06, 0.23, 0.32}, 40'000);
    parts.settings.seed = seed;
    Survey& survey = parts.surveys.front();
    const Streams draws(seed, 77);
    const Words words = draws.draw(1, Purpose::person, 0);
    survey.base = 2.0 * static_cast<double>(uniform(words[0])) - 1.0;
    survey.extremity = 4.0 * static_cast<double>(uniform(words[1])) - 1.0;
    survey.unmet = 6.0 * static_cast<double>(uniform(words[2])) - 3.0;
    const std::vector<double> satisfied{0.2, 0.6, 0.9}, shares{0.2, 0.3, 0.5}, value{-100.0, 0.0, 100.0};
    double p = 0.0, v = 0.0, pv = 0.0, pvv = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
      propensity(parts.personas[k]) = Fixed{static_cast<double>(uniform(words[3])) - 0.5};
      const double chance =
          logistic(survey.base + survey.extremity * std::fabs(2.0 * satisfied[k] - 1.0) +
                   misstated * survey.unmet * (satisfied[k] - 0.5) + static_cast<double>(uniform(words[3])) - 0.5);
      p += shares[k] * chance;
      v += shares[k] * value[k];
      pv += shares[k] * chance * value[k];
      pvv += shares[k] * chance * value[k] * value[k];
    }
    const SurveySums sums = sums_of(parts);
    const double bias = (pv - p * v) / p, variance = pvv / p - (pv / p) * (pv / p);
    // The same people are asked five times: as many independent answers as there are customers at least.
    return judge(figure(sums, "gap_response"), std::sqrt(variance / (p * 40'000.0)), bias, 8.0);
  };
  int twins = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Verdict verdict = gap(seed, 1.0);
    CAPTURE(seed, verdict);
    CHECK(verdict);
    twins += !gap(seed, -1.0);  // the twin: the unmet are the keener to answer
  }
  CHECK(twins >= 5);
}

TEST_CASE("surveys: the bias of coverage is (1 - c)(covered mean - uncovered mean), and the parts add up", "[verify]") {
  // Half of the visits are to each place, whose quality differs: csat is 1 + floor(4 s + 1/2).
  ModelParts parts = journey(
      {place(Stage::purchase, {by_odds(1, 1.0, Fixed{1.0}), by_odds(2, 3.0, Fixed{1.0})}),
       place(Stage::retention, {by_odds(0, 1.0, Fixed{1.0})}), place(Stage::retention, {by_odds(0, 1.0, Fixed{1.0})})},
      60.0, 20'000);
  for (const auto& [place, quality] : {std::pair(1, 0.9), std::pair(2, 0.3)}) {
    parts.touchpoints[static_cast<std::size_t>(place)].quality_mean = quality;
    parts.touchpoints[static_cast<std::size_t>(place)].quality_sd = 0.15;
  }
  parts.settings.window = Days(7.0);
  const auto survey_at = [&](std::vector<std::size_t> places) {
    ModelParts asked = parts;
    asked.surveys = {after(std::move(places), Question::csat)};
    asked.surveys.front().noise = 0.1;
    asked.surveys.front().sample = 0.4;
    asked.surveys.front().extremity = 1.5;
    return sums_of(asked);
  };
  const SurveySums at_1 = survey_at({1}), elsewhere = survey_at({0, 2});
  const double c = figure(at_1, "covered");
  CHECK(c + figure(elsewhere, "covered") == Approx(1.0).epsilon(1e-12));
  CHECK(figure(at_1, "gap_coverage") ==
        Approx((1.0 - c) * (figure(at_1, "true_covered") - figure(elsewhere, "true_covered"))).epsilon(1e-9));
  // The twin: the share covered for the share not covered.
  CHECK_FALSE(figure(at_1, "gap_coverage") ==
              Approx(c * (figure(at_1, "true_covered") - figure(elsewhere, "true_covered"))).epsilon(0.1));
  for (const SurveySums& sums : {at_1, elsewhere}) {
    double parts_of_gap = 0.0;
    for (const char* part : {"gap_visits", "gap_coverage", "gap_sampling", "gap_response", "gap_noise"})
      parts_of_gap += figure(sums, part);
    CHECK(parts_of_gap == Approx(figure(sums, "gap")).margin(1e-12));
    CHECK(figure(sums, "gap") == Approx(figure(sums, "measured") - figure(sums, "true")).margin(1e-12));
    CHECK(figure(sums, "gap_visits") == 0.0);
    // Who is drawn is drawn by chance alone: of 0.4 million visits.
    CHECK(judge(figure(sums, "gap_sampling"), 0.004, 0.0, 0.04));
  }
}

TEST_CASE("surveys: at intervals each customer is asked as often as the interval has it, whatever the windows", "[verify]") {
  const auto invitations = [](double window, double horizon, double every) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{500.0})})}, horizon, 5000);
    parts.settings.window = Days(window);
    parts.surveys = {at_intervals(every)};
    return sums_of(parts).all().invited / 5000.0;
  };
  for (const double window : {1.0, 7.0, 30.0}) {
    for (const double horizon : {200.0, 365.0}) {
      // Phases are uniform: h / P occasions in the mean, each with a variance below 1/4.
      CAPTURE(window, horizon);
      CHECK(judge(invitations(window, horizon, 45.0), 0.5 / std::sqrt(5000.0), horizon / 45.0, 0.1));
      CHECK_FALSE(judge(invitations(window, horizon, 45.0), 0.5 / std::sqrt(5000.0), horizon / 44.0, 0.1));
    }
  }
  // At most once in a window.
  CHECK(invitations(30.0, 300.0, 3.0) == 10.0);
}

TEST_CASE("surveys: each invitation tires, and tiredness fades with its half-life", "[verify]") {
  // One visit every 10 days, each with an invitation: G before the k-th is the sum of 2^(-10 j / h) over j = 1 .. k - 1.
  const auto rates = [](double half_life) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{10.0})})}, 95.0, 50'000);
    parts.settings.window = Days(10.0);
    parts.settings.replications = 2;
    hold_still(parts);
    Survey survey = after({0});
    survey.base = 0.5;
    survey.fatigue = 0.7;
    survey.fatigue_half_life = Days(half_life);
    parts.surveys = {survey};
    const RunResult result = run_of(parts);
    std::vector<double> rate(10, 0.0);
    for (const Totals& totals : result.totals.front()) {
      const std::vector<SurveyCells> windows = survey_by_window(totals, 0, survey);
      // The visit on day 10 k ends window k; the first window has two.
      for (std::size_t k = 2; k < 10; ++k) rate[k] += windows[k - 1].answered / windows[k - 1].invited / 2.0;
    }
    return rate;
  };
  const std::vector<double> right = rates(20.0), twin = rates(30.0);
  bool noticed = false;
  for (std::size_t k = 2; k < 10; ++k) {
    double remembered = 0.0;
    for (std::size_t j = 1; j <= k; ++j) remembered += std::pow(2.0, -10.0 * static_cast<double>(j) / 20.0);
    const double expected = logistic(0.5 - 0.7 * remembered), se = se_of_share(expected, 100'000.0);
    CAPTURE(k);
    CHECK(judge(right[k], se, expected, 0.015));
    noticed = noticed || !judge(twin[k], se, expected, 0.015);
  }
  CHECK(noticed);
}

namespace {

/// Whether all that two runs count of people, beside surveys and money, is the same.
std::string difference_of_lives(const RunResult& a, const RunResult& b) {
  for (std::size_t r = 0; r < a.totals.front().size(); ++r) {
    const Totals &x = a.totals.front()[r], &y = b.totals.front()[r];
    if (x.events() != y.events()) return "other visits";
    const std::size_t end = x.shape().survey(0, 0, 0, SurveyScore::visits);
    const TallyShape& of_y = y.shape();
    if (of_y.survey(0, 0, 0, SurveyScore::visits) != end) return "other tables";
    for (std::size_t i = 0; i < end; ++i) {
      if (x.cell(i) != y.cell(i)) return "cell " + std::to_string(i);
    }
  }
  return {};
}

}  // namespace

TEST_CASE("surveys: one that annoys nobody changes no bit of anybody's life", "[verify]") {
  for (const char* file : {"telecom.toml", "retail-word-of-mouth.toml", "contact-centre.toml", "b2b-software.toml"}) {
    ModelParts parts = shipped(file);
    parts.settings.customers = 1500;
    parts.settings.replications = 1;
    const auto asked = [&](double annoyance) {
      ModelParts more = parts;
      Survey visits = after({});
      for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) visits.after.emplace_back(v);
      visits.fatigue = 0.5;
      visits.annoyance = annoyance;
      Survey regular = at_intervals(60.0);
      regular.id = "regular";
      regular.annoyance = annoyance;
      more.surveys = {visits, regular};
      return more;
    };
    const RunResult plain = run_of(parts), heard = run_of(asked(0.0));
    CAPTURE(file);
    CHECK(difference_of_lives(plain, heard) == "");
    CHECK(difference_of_lives(plain, run_of(asked(0.1))) != "");  // the twin
    // Surveys ask, all the same.
    const Samples samples = collect_samples(heard);
    for (const auto& survey : samples.plans.front().surveys) {
      double invited = 0.0;
      for (const SurveySums& sample : survey) invited += sample.all().invited;
      CHECK(invited > 500.0);
    }
  }
}

TEST_CASE("surveys: annoyance takes off what it says, after visits and at intervals", "[verify]") {
  const auto satisfaction = [](const Survey& survey, double horizon) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{20.0})})}, horizon, 2000);
    parts.settings.window = Days(5.0);
    hold_still(parts);
    trait(parts.personas.front(), BuiltinTrait::satisfaction) = Fixed{0.9};
    parts.surveys = {survey};
    const Samples samples = collect_samples(run_of(parts));
    Sums all;
    for (const Sums& sample : samples.plans.front().all) all += sample;
    return find_metric("satisfaction")->value(all);
  };
  Survey visits = after({0}), regular = at_intervals(20.0);
  visits.annoyance = regular.annoyance = 0.05;
  // Visits on days 0, 20, 40, 60, 80; four or five occasions within 95 days, the last window's without effect.
  CHECK(satisfaction(visits, 95.0) == Approx(0.9 - 5 * 0.05).margin(1e-6));
  CHECK(satisfaction(regular, 95.0) == Approx(0.9 - 0.05 * 4.5).margin(0.005));
  CHECK(satisfaction(regular, 55.0) == Approx(0.9 - 0.05 * 2.5).margin(0.005));
  // The twins: a hundredth more.
  visits.annoyance = regular.annoyance = 0.06;
  CHECK_FALSE(satisfaction(visits, 95.0) == Approx(0.9 - 5 * 0.05).margin(1e-6));
  CHECK_FALSE(satisfaction(regular, 95.0) == Approx(0.9 - 0.05 * 4.5).margin(0.005));
  visits.annoyance = 0.5;
  CHECK(satisfaction(visits, 95.0) == 0.0);
}

TEST_CASE("surveys: an invitation costs what it says, discounted when it is sent", "[verify]") {
  ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{10.0})})}, 95.0, 1000);
  parts.settings.window = Days(7.0);
  parts.settings.discount = 0.3;
  const auto money = [](const ModelParts& of) {
    const Samples samples = collect_samples(run_of(of));
    Sums all;
    for (const Sums& sample : samples.plans.front().all) all += sample;
    return std::pair(find_metric("cost_to_serve")->value(all), find_metric("npv")->value(all));
  };
  Survey survey = after({0});
  survey.cost = 0.7;
  parts.surveys = {survey};
  const auto [cost, worth] = money(parts);
  double discounted = 0.0;
  for (int k = 0; k < 10; ++k) discounted += 700.0 * std::pow(1.3, -10.0 * k / 365.25);
  CHECK(cost == Approx(7000.0).epsilon(1e-12));
  CHECK(worth == Approx(-discounted).epsilon(1e-9));
  // As much as the same cost of a visit.
  ModelParts visits = parts;
  visits.surveys.clear();
  visits.touchpoints[0].cost = 0.7;
  CHECK(money(visits).second == Approx(worth).epsilon(1e-12));
  visits.touchpoints[0].cost = 0.71;
  CHECK(money(visits).second != Approx(worth).epsilon(1e-3));
}

TEST_CASE("surveys: the company's interval holds the truth where it is a random sample, and not where it is none",
          "[verify]") {
  const auto cover = [](double unmet) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Exponential{30.0})})}, 360.0, 4000);
    parts.settings.window = Days(30.0);
    parts.settings.replications = 20;
    Survey survey = after({0}, Question::csat);
    parts.touchpoints[0].quality_sd = 0.2;
    survey.sample = 0.1;
    survey.unmet = unmet;
    parts.surveys = {survey};
    return survey_intervals(run_of(parts).totals.front(), 0, survey);
  };
  const SurveyIntervals random = cover(0.0), pleased = cover(6.0);
  CHECK(random.windows == 240.0);
  // A twentieth of what is asked about is in the sample, so that it holds a little more often than 95 %.
  CHECK(random.cover > 0.88);
  CHECK(pleased.cover < 0.5);  // the twin: who was pleased answers
}

TEST_CASE("solves: logged is not solved, and exits bend on what is", "[verify]") {
  // From place 0: 30 per cent are solved and go to 1 with odds e^1.2 to 1, the others evenly; 3 asks for a solved problem.
  const auto journeys = [](const std::function<void(ModelParts&)>& change) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0), by_odds(2, 1.0)}),
                                place(Stage::retention, {by_odds(3, 1.0), by_odds(4, 1.0)}),
                                place(Stage::retention, {by_odds(4, 1.0)}), finish(End::churned), finish(End::churned)},
                               100.0, 200'000);
    parts.touchpoints[0].solves = 0.3;
    parts.touchpoints[0].next[0].slopes.solved = 1.2;
    const TraitId own = add_trait(parts, "luck", Uniform{0.0, 1.0});
    parts.touchpoints[1].solves = own;
    parts.touchpoints[1].next[0].only_if.solved = true;
    parts.touchpoints[1].next[1].only_if.solved = false;
    change(parts);
    return parts;
  };
  const auto shares = [&](const std::function<void(ModelParts&)>& change, Engine engine = Engine::lock_step) {
    const RunResult result = run_of(journeys(change), engine);
    Totals all(result.shapes.front());
    for (const Totals& totals : result.totals.front()) all.add(totals);
    const TallyShape& shape = all.shape();
    const auto touch = [&](std::size_t v, TouchScore score) { return all.value(shape.touch(0, v, score)); };
    return std::vector<double>{touch(0, TouchScore::solved) / 200'000.0, touch(1, TouchScore::visits) / 200'000.0,
                               touch(1, TouchScore::solved) / touch(1, TouchScore::visits),
                               touch(3, TouchScore::visits) / touch(1, TouchScore::visits)};
  };
  const double helped = std::exp(1.2) / (1.0 + std::exp(1.2));
  const std::vector<double> expected{0.3, 0.3 * helped + 0.7 * 0.5, 0.5, 0.5};
  const auto same = [](ModelParts&) {};
  for (const Engine engine : {Engine::lock_step, Engine::one_customer}) {
    const std::vector<double> seen = shares(same, engine);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      CAPTURE(k);
      CHECK(judge(seen[k], se_of_share(expected[k], k < 2 ? 200'000.0 : 100'000.0), expected[k], 0.015));
    }
    CHECK(seen[2] == seen[3]);  // who goes there is who was helped
  }
  const std::vector<double> twin = shares([](ModelParts& m) { m.touchpoints[0].next[0].slopes.solved = 1.4; });
  CHECK_FALSE(judge(twin[1], se_of_share(expected[1], 200'000.0), expected[1], 0.015));
  // Where nothing is solved, a slope on it changes no bit.
  const auto lives = [&](double chance, double slope) {
    return run_of(journeys([&](ModelParts& m) {
      m.settings.customers = 5000;
      m.touchpoints[0].solves = chance;
      m.touchpoints[0].next[0].slopes.solved = slope;
    }));
  };
  CHECK(difference_of_lives(lives(0.0, 3.0), lives(0.0, 0.0)) == "");
  CHECK(difference_of_lives(lives(0.5, 3.0), lives(0.5, 0.0)) != "");
  // An improvement of half of it: two thirds of 0.3 more.
  const std::vector<double> better = shares([](ModelParts& m) {
    m.events = {change("article", 0, {Parameter::solves, Operation::multiply, 5.0 / 3.0}, 0.0)};
  });
  CHECK(judge(better[0], se_of_share(0.5, 200'000.0), 0.5, 0.015));
}
