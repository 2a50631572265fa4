// What `sojourn solve` says of random journeys without slopes, `sojourn run` finds: every exit, touchpoint and standing of
// every persona, within 4.9 standard errors beside the solution's own bracket.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/properties.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

// With 99 degrees of freedom, 4.9 standard errors are passed by chance once in 270,000 comparisons.
constexpr std::uint32_t replications = 100;
constexpr std::uint64_t customers = 200;
// What must be noticed: a share of people that is wrong by this. Visits of few who go round and round cluster, so an exit's
// count states what its own sample detects.
constexpr double noticed_share = 0.1;

const SolveOptions coarse{1e-3, 8192};

// One figure of the closed form, per person who arrives, and where the engine counts it.
enum class Kind { share, count };
struct Figure {
  Kind kind;
  std::string what;
  std::size_t persona;
  Bracket expected;
  std::function<double(const Totals&)> count;
};

std::vector<Figure> figures(const ModelParts& parts, const ClosedForm& form) {
  std::vector<Figure> all;
  for (std::size_t p = 0; p < form.personas.size(); ++p) {
    const AtHorizon& solved = form.personas[p].at_horizon;
    const auto add = [&](Kind kind, std::string what, const Bracket& expected, std::function<double(const Totals&)> count) {
      all.push_back({kind, form.personas[p].id + ": " + std::move(what), p, expected, std::move(count)});
    };
    for (std::size_t x = 0; x < solved.taken.size(); ++x)
      add(Kind::count, form.exits[x], solved.taken[x], [=](const Totals& t) { return t.value(t.shape().taken(p, x)); });
    for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
      add(Kind::share, "present at " + parts.touchpoints[v].id, solved.occupancy.back()[v],
          [=](const Totals& t) { return static_cast<double>(t.present(p, v).back()); });
    }
    const StandingShares& last = solved.standing.back();
    const auto stock = [&](std::string what, const Bracket& expected, TimeScore score) {
      add(Kind::share, std::move(what), expected,
          [=](const Totals& t) { return static_cast<double>(t.stock(p, t.shape().windows - 1, score)); });
    };
    stock("customers", last.customers, TimeScore::customers);
    stock("churned", last.churned, TimeScore::churned);
    stock("lost", last.lost, TimeScore::lost);
    stock("bought", last.bought, TimeScore::bought);
  }
  return all;
}

// The figures in which a run of `simulated` does not find the closed form of `solved`; nothing where it finds all.
std::string disagreement(const ModelParts& solved, ModelParts simulated) {
  const Program program{Model(solved)};
  const std::vector<Obstacle> prevented = prevents_closed_form(program);
  if (!prevented.empty()) return "no closed form: " + prevented.front().place;
  const ClosedForm form = solve(program, coarse);
  simulated.settings.replications = replications;
  simulated.settings.customers = customers;
  const PlanId baseline(0);
  const RunResult result = run(Model(simulated), {&baseline, 1});
  for (const Figure& figure : figures(solved, form)) {
    if (std::isnan(figure.expected.mean)) continue;
    Sample excess;  // over what is expected of those who arrived
    double people = 0.0;
    for (const Totals& totals : result.totals.front()) {
      const double arrived = totals.value(totals.shape().person(figure.persona, PersonScore::arrived));
      people += arrived / replications;
      excess.add(figure.count(totals) - figure.expected.mean * arrived);
    }
    // What happens to few has hardly a standard deviation of its own: not less than that of rare, independent events.
    const double rare = std::sqrt((figure.expected.high * people + 1.0 / replications) / replications);
    const double slack = 0.5 * (figure.expected.high - figure.expected.low) * people;
    const double middle = (0.5 * (figure.expected.high + figure.expected.low) - figure.expected.mean) * people;
    const double error = std::max(excess.standard_error(), rare);
    const double detectable = figure.kind == Kind::share ? noticed_share * static_cast<double>(customers) + slack
                                                         : (tolerance_z + power_z) * error + slack;
    const Verdict verdict = judge(excess.mean(), error, middle, detectable, slack);
    if (!verdict) {
      std::ostringstream text;
      text << figure.what << ": solved " << figure.expected.mean * people << ", simulated more by " << verdict;
      return text.str();
    }
  }
  return {};
}

}  // namespace

TEST_CASE("solve = run: every exit of every persona of random journeys", "[verify]") {
  CHECK(falsify(Flavour::solvable, 60, [](const ModelParts& parts) { return disagreement(parts, parts); }) == "");
}

TEST_CASE("solve = run: races of huge and tiny weights", "[verify]") {
  // A model that once took minutes: one exit, uniform, odds of a million.
  const ModelParts slow = random_model(18, 40, Flavour::solvable);
  CHECK(disagreement(slow, slow) == "");
  const Distribution delays[] = {Uniform{0.0, 36.86}, Uniform{10.0, 11.0},   Normal{40.0, 4.0}, Normal{1.0, 2.0},
                                 Beta{2.5, 3.5},      Exponential{7.0},      Weibull{6.0, 2.0}, Weibull{6.0, 0.6},
                                 Lognormal{3.0, 0.8}, Loglogistic{6.0, 1.5}, Fixed{12.0}};
  const auto racing = [](const Distribution& delay, double odds) {
    ModelParts parts =
        journey({place(Stage::awareness,
                       {by_odds(1, odds, delay), by_odds(2, 1.0, Lognormal{20.0, 0.5}), by_odds(3, 0.5, Exponential{30.0})},
                       ExitRule::race),
                 place(Stage::purchase, {by_odds(3, odds, delay)}, ExitRule::race), finish(End::churned), finish(End::lost)},
                90.0, customers);
    parts.personas[0].arrives = Uniform{0.0, 30.0};
    return parts;
  };
  int noticed = 0;
  for (const Distribution& delay : delays) {
    for (const double odds : {1e-9, 1e-3, 1.0, 1e3, 1e9}) {
      INFO("family " << delay.index() << " of weight " << odds);
      const ModelParts parts = racing(delay, odds);
      CHECK(disagreement(parts, parts) == "");
      if (odds == 1.0) noticed += disagreement(parts, racing(delay, 1.5)) != "";  // the twin
    }
  }
  CHECK(noticed >= 8);  // not of a constant, which no weight moves, nor of a beta, which always comes first
}

TEST_CASE("solve = run: a random journey with one delay set wrong is another one", "[verify]") {
  // The twin. Not every mistake shows: the exit may be one that hardly anybody takes.
  int models = 0, noticed = 0;
  for (std::uint64_t number = 0; number < 30; ++number) {
    const ModelParts parts = random_model(number, 40, Flavour::solvable);
    ModelParts mutated = parts;
    std::vector<Exit>& exits = mutated.touchpoints[parts.personas[0].starts[0].first.index()].next;
    if (exits.empty()) continue;  // a life may begin at its end
    exits.front().after = Fixed{0.37 * parts.settings.horizon.value()};
    ++models;
    noticed += disagreement(parts, mutated) != "";
  }
  CHECK(noticed > models / 3);
}
