#include "sojourn/solve/closed_form.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "horizon_form.hpp"
#include "long_run.hpp"
#include "visit_chain.hpp"

namespace sojourn {
namespace {

std::vector<ReadChain> read_chains(const Program& program) {
  std::vector<ReadChain> chains;
  for (std::uint32_t p = 0; p < program.model().parts().personas.size(); ++p) chains.push_back(read_chain(program, p));
  return chains;
}

std::vector<Obstacle> obstacles(const Program& program, const std::vector<ReadChain>& chains) {
  std::vector<Obstacle> all = mechanisms_in_use(program.model().parts());
  for (std::size_t p = 0; p < chains.size(); ++p) {
    if (!(program.model().parts().personas[p].share > 0.0)) continue;
    for (const Obstacle& obstacle : chains[p].obstacles) {
      if (std::find(all.begin(), all.end(), obstacle) == all.end()) all.push_back(obstacle);
    }
  }
  return all;
}

/// The widest bracket of a share of people, at the ends of all windows.
double widest(const AtHorizon& figures) {
  double width = 0.0;
  for (const StandingShares& window : figures.standing) {
    for (const Bracket* share : {&window.prospects, &window.lost, &window.customers, &window.churned, &window.bought})
      width = std::max(width, share->high - share->low);
  }
  return width;
}

std::vector<std::string> notes(const Program& program, const std::vector<VisitChain>& chains) {
  std::vector<std::string> result;
  bool changes = false;
  for (std::size_t p = 0; p < chains.size(); ++p)
    changes = changes || money_changes(program, static_cast<std::uint32_t>(p), chains[p]);
  if (surveys_cost(program.model().parts())) {
    result.emplace_back("Money is not given: invitations to surveys cost some, and who is asked is drawn.");
    return result;
  }
  if (changes) result.emplace_back("Money is not given: what visits or stays earn and cost changes within the horizon.");
  if (!changes && program.force_of_interest() < 0.0)
    result.emplace_back("Discounted money is not given at a negative discount.");
  return result;
}

/// "PLACE, PLACE and 3 more".
std::string places_of(const std::vector<Obstacle>& obstacles) {
  constexpr std::size_t shown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, obstacles.size()); ++i) text += (i > 0 ? ", " : "") + obstacles[i].place;
  return obstacles.size() > shown ? text + fmt::format(" and {} more", obstacles.size() - shown) : text;
}

std::string refusal(ErrorCode code, const std::vector<Obstacle>& obstacles) {
  return fmt::format(
      "{} because of {}",
      code == ErrorCode::no_closed_form ? "this journey has no closed form" : "this scenario has no solvable twin",
      places_of(obstacles));
}

}  // namespace

NoClosedForm::NoClosedForm(ErrorCode code, std::vector<Obstacle> obstacles, bool has_twin)
    : InputError(refusal(code, obstacles), "take that out of the scenario to solve the rest, or simulate it", {}, code),
      obstacles_(std::move(obstacles)),
      has_twin_(has_twin) {}

void require_uncoupled(const Model& model) {
  if (const auto coupled = mechanisms_in_use(model.parts()); !coupled.empty())
    throw NoClosedForm(ErrorCode::no_closed_form, coupled, false);
}

std::vector<Obstacle> prevents_closed_form(const Program& program) { return obstacles(program, read_chains(program)); }

ClosedForm solve(const Program& program, const SolveOptions& options) {
  const ModelParts& parts = program.model().parts();
  std::vector<ReadChain> read = read_chains(program);
  if (const auto prevented = obstacles(program, read); !prevented.empty()) {
    throw NoClosedForm(ErrorCode::no_closed_form, prevented, mechanisms_in_use(parts).empty());
  }
  std::vector<VisitChain> chains;
  std::vector<double> shares;
  for (std::size_t p = 0; p < read.size(); ++p) {
    shares.push_back(parts.personas[p].share);
    chains.push_back(std::move(read[p].chain));
  }
  ClosedForm result;
  result.window_ends = program.windows().ends();
  result.notes = notes(program, chains);
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    for (const Exit& exit : touchpoint.next)
      result.exits.push_back(touchpoint.id + " -> " + parts.touchpoints[exit.to.index()].id);
  }

  std::vector<SolvedLongRun> long_runs;
  for (std::size_t p = 0; p < chains.size(); ++p) {
    long_runs.push_back(solve_long_run(chains[p], result.exits.size()));
    result.personas.push_back({parts.personas[p].id, parts.personas[p].name, shares[p], long_runs[p].figures, {}});
  }
  double error = 0.0;
  for (const SolvedLongRun& each : long_runs) error = std::max(error, each.error);
  if (error > 1e-8) result.notes.push_back(fmt::format("In the long run: who wins a race is known to {:.1g} only.", error));
  result.pooled.share = 1.0;
  result.pooled.long_run = pool(long_runs, shares);

  const auto on_grid = [&](const GridChoice& choice) {
    Expected everybody;
    for (std::size_t p = 0; p < chains.size(); ++p) {
      const Expected expected = expect(program, static_cast<std::uint32_t>(p), chains[p], choice);
      result.personas[p].at_horizon = figures(expected, shares[p], program);
      everybody.add(expected, shares[p]);
    }
    result.pooled.at_horizon = figures(everybody, 1.0, program);
    result.step = choice.grid.step;
    result.steps = choice.grid.last;
    result.exact = choice.exact;
    double width = widest(result.pooled.at_horizon);
    for (const Solution& persona : result.personas) width = std::max(width, widest(persona.at_horizon));
    return width <= options.width;
  };
  const std::vector<GridChoice> choices = grids(program, chains, options.most_steps);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    try {
      if (on_grid(choices[i])) break;
    } catch (const InputError&) {
      if (i + 1 == choices.size()) throw;  // else too coarse for this journey only
    }
  }
  return result;
}

}  // namespace sojourn
