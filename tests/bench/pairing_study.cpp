// Which way to key draws pairs two plans best: variance of a difference between plans run on independent luck over that of
// the paired difference, for the ways of tests/verify/keyed_lives.hpp. What came of it: sim/MODEL.md section 8.
//
//   pairing-study [--customers N] [--replications N] [--folder DIR] [--scenario WORD]
//
// N people (20000) of N replications (1) each; scenarios are read from DIR, the source folder (.); WORD takes only scenarios
// with that in their path. Deterministic. Variances are of single people: a replication's are 1/n of them, their ratio the
// same.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/scenario/scenario.hpp"
#include "tests/verify/keyed_lives.hpp"
#include "tests/verify/paired_figures.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

struct Scheme {
  std::string_view name;
  Keying keying;
};

// The first is the engine's.
constexpr std::array schemes{
    Scheme{"a event, life threshold", {}},
    Scheme{"b event", {Key::event, LeavingBy::visit}},
    Scheme{"c touchpoint and nth", {Key::nth, LeavingBy::visit}},
    Scheme{"d touchpoint and day", {Key::day, LeavingBy::visit}},
    Scheme{"e a + buying threshold", {Key::event, LeavingBy::life, Buying::life}},
    Scheme{"f c + life threshold", {Key::nth, LeavingBy::life}},
    Scheme{"g slot, life threshold", {Key::slot, LeavingBy::life}},
    Scheme{"h a, anew from purchase", {Key::purchase, LeavingBy::life}},
    Scheme{"i a, two thresholds", {Key::event, LeavingBy::stages}},
    Scheme{"j g, two thresholds", {Key::slot, LeavingBy::stages}},
};

// A scenario, and improvements of one touchpoint added to it as plans of their own.
struct Case {
  std::string_view file;
  std::vector<std::string_view> touchpoints;
};

const std::array cases{
    Case{"scenarios/telecom.toml", {"app-help", "retention-desk"}},
    Case{"scenarios/coffee.toml", {}},
    Case{"tests/bench/twelve.toml", {"read", "use", "call"}},
};

struct Options {
  std::uint64_t customers = 20'000;
  std::uint32_t replications = 1;
  std::filesystem::path folder = ".";
  std::string scenario;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) throw std::runtime_error(fmt::format("{} needs a value", name));
    const std::string value = argv[i + 1];
    if (name == "--customers") {
      options.customers = std::stoul(value);
    } else if (name == "--replications") {
      options.replications = static_cast<std::uint32_t>(std::stoul(value));
    } else if (name == "--folder") {
      options.folder = value;
    } else if (name == "--scenario") {
      options.scenario = value;
    } else {
      throw std::runtime_error(fmt::format("unknown option {}", name));
    }
  }
  return options;
}

Model read_case(const Case& each, const Options& options) {
  const std::string file(each.file);
  std::ifstream in(options.folder / file);
  if (!in) throw std::runtime_error("cannot read " + (options.folder / file).string());
  std::string text{std::istreambuf_iterator<char>(in), {}};
  for (const std::string_view touchpoint : each.touchpoints) {
    text += fmt::format(
        "\n[[improvement]]\nid = \"better-{0}\"\ntarget = {{ touchpoint = \"{0}\" }}\neffect = {{ quality = \"+0.1\" }}\n"
        "[[plan]]\nid = \"only-{0}\"\nimprovements = [\"better-{0}\"]\n",
        touchpoint);
  }
  ModelParts parts = build(parse_scenario(text, file, options.folder)).parts();
  parts.settings.customers = options.customers;
  return Model(parts);
}

std::vector<Outcome> live(const Model& model, PlanId plan, Keying keying, std::uint32_t replications) {
  const Program program(apply(model, plan));
  const Population population(model.parts());
  std::vector<Outcome> outcomes;
  for (std::uint32_t r = 0; r < replications; ++r) {
    KeyedLives lives(program, population, Streams(model.parts().settings.seed, r), keying);
    for (std::uint32_t i = 0; i < model.parts().settings.customers; ++i) {
      const Outcome outcome = lives.live(i);
      if (outcome.arrived) outcomes.push_back(outcome);
    }
  }
  return outcomes;
}

using Row = std::array<Paired, measures.size()>;  // one scheme under one plan

void print_plan(std::string_view file, std::string_view plan, const std::vector<Row>& rows, const std::vector<double>& z) {
  // Every scheme estimates the same differences: the ceilings come from all of them, weighted by precision.
  std::array<double, measures.size()> difference{};
  for (std::size_t m = 0; m < measures.size(); ++m) {
    double weights = 0.0;
    for (const Row& row : rows) {
      difference[m] += row[m].difference / row[m].paired;
      weights += 1.0 / row[m].paired;
    }
    difference[m] /= weights;
  }
  const Row& first = rows.front();
  fmt::print("\n{}, {}: retained {:.4f} {:+.5f}, retention {:.4f} {:+.5f}, npv {:+.3f} a person, nps {:+.2f}\n", file, plan,
             first[0].base, difference[0], first[1].base, difference[1], difference[2], difference[3]);
  fmt::print("{:24} {:>8} {:>5} {:>10} {:>6} {:>5} {:>7} {:>7} {:>5}\n", "", "retained", "%", "retention", "+-", "%", "npv",
             "nps", "|z|");
  for (std::size_t s = 0; s < schemes.size(); ++s) {
    const Row& row = rows[s];
    const auto share = [&](std::size_t m) { return 100.0 * row[m].ratio() / ceiling(first[m].base, difference[m]); };
    fmt::print("{:24} {:8.1f} {:5.0f} {:10.1f} {:6.1f} {:5.0f} {:7.1f} {:7.1f} {:5.1f}\n", schemes[s].name, row[0].ratio(),
               share(0), row[1].ratio(), row[1].ratio_error(), share(1), row[2].ratio(), row[3].ratio(), z[s]);
  }
}

void study(const Case& each, const Options& options) {
  const Model model = read_case(each, options);
  const auto& plans = model.parts().plans;
  std::vector<std::vector<Row>> table(plans.size(), std::vector<Row>(schemes.size()));  // [plan][scheme]
  std::vector<double> z(schemes.size(), 0.0);  // largest disagreement with the engine's scheme over plans and measures
  std::vector<std::vector<Outcome>> engine;
  for (std::size_t s = 0; s < schemes.size(); ++s) {
    std::vector<Outcome> base;
    for (std::size_t plan = 0; plan < plans.size(); ++plan) {
      std::vector<Outcome> outcomes = live(model, PlanId(plan), schemes[s].keying, options.replications);
      if (s > 0) z[s] = std::max(z[s], disagreement(engine[plan], outcomes));
      if (s == 0) engine.push_back(outcomes);
      if (plan == 0) {
        base = std::move(outcomes);
        continue;
      }
      for (std::size_t m = 0; m < measures.size(); ++m) table[plan][s][m] = pair(measures[m], base, outcomes);
    }
  }
  for (std::size_t plan = 1; plan < plans.size(); ++plan) print_plan(each.file, plans[plan].id, table[plan], z);

  // The same figures as `sojourn compare --json` has under "pairing", which knows only the file's own plans.
  const std::size_t own = plans.size() - each.touchpoints.size();
  if (own < 2) return;
  fmt::print("{}, {} plans of the file, scheme a:", each.file, own - 1);
  constexpr std::array names{"retained", "retention", "npv", "nps"};
  for (std::size_t m = 0; m < measures.size(); ++m) {
    double independent = 0.0, paired = 0.0;
    for (std::size_t plan = 1; plan < own; ++plan) {
      independent += table[plan][0][m].independent;
      paired += table[plan][0][m].paired;
    }
    fmt::print(" {} {:.2f}", names[m], independent / paired);
  }
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) try {
  const Options options = read_options(argc, argv);
  fmt::print(
      "Variance of independent over paired differences; % of the ceiling 2 R (1 - R) / |D|; +- one standard error;\n"
      "|z| the scheme's largest deviation from scheme a in any plan and measure (16 to 24 of them), in standard errors.\n");
  for (const Case& each : cases) {
    if (each.file.find(options.scenario) != std::string_view::npos) study(each, options);
  }
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "pairing-study: error: {}\n", error.what());
  return 1;
}
