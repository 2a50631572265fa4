// What `sojourn solve` says of random journeys without slopes, `sojourn run` finds: every exit, touchpoint and standing of
// every persona, within five standard errors beside the solution's own bracket.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/analysis/closed_form.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/properties.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

// With 99 degrees of freedom, five standard errors are passed by chance once in 400,000 comparisons.
constexpr std::uint32_t replications = 100;
constexpr double z = 5.0;

const SolveOptions coarse{1e-3, 8192};

// One figure of the closed form, per person who arrives, and where the engine counts it.
struct Figure {
  std::string what;
  std::size_t persona;
  Bracket expected;
  std::function<double(const Totals&)> count;
};

std::vector<Figure> figures(const ModelParts& parts, const ClosedForm& form) {
  std::vector<Figure> all;
  for (std::size_t p = 0; p < form.personas.size(); ++p) {
    const AtHorizon& solved = form.personas[p].at_horizon;
    const auto add = [&](std::string what, const Bracket& expected, std::function<double(const Totals&)> count) {
      all.push_back({form.personas[p].id + ": " + std::move(what), p, expected, std::move(count)});
    };
    for (std::size_t x = 0; x < solved.taken.size(); ++x)
      add(form.exits[x], solved.taken[x], [=](const Totals& t) { return t.value(t.shape().taken(p, x)); });
    for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
      add("present at " + parts.touchpoints[v].id, solved.occupancy.back()[v],
          [=](const Totals& t) { return static_cast<double>(t.present(p, v).back()); });
    }
    const StandingShares& last = solved.standing.back();
    const auto stock = [&](std::string what, const Bracket& expected, TimeScore score) {
      add(std::move(what), expected,
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
  const std::vector<std::string> prevented = prevents_closed_form(program);
  if (!prevented.empty()) return "no closed form: " + prevented.front();
  const ClosedForm form = solve(program, coarse);
  simulated.settings.replications = replications;
  simulated.settings.customers = 200;
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
    const double error = z * std::max(excess.standard_error(), rare);
    const double below = (figure.expected.mean - figure.expected.low) * people + error;
    const double above = (figure.expected.high - figure.expected.mean) * people + error;
    if (excess.mean() < -below || excess.mean() > above) {
      return figure.what + ": solved " + std::to_string(figure.expected.mean * people) + ", simulated " +
             std::to_string(excess.mean()) + " more, of which chance and bracket allow " + std::to_string(above);
    }
  }
  return {};
}

}  // namespace

TEST_CASE("solve = run: every exit of every persona of random journeys", "[verify]") {
  CHECK(falsify(Flavour::solvable, 60, [](const ModelParts& parts) { return disagreement(parts, parts); }) == "");
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
