#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/decide/assumed_journey.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/population/accounts.hpp"
#include "sojourn/population/network_figures.hpp"
#include "sojourn/population/personas.hpp"
#include "sojourn/report/assumed_report.hpp"
#include "sojourn/report/network_report.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

int print_network(const CommandLine& line) {
  if (!line.output.empty()) {
    throw InputError("--network prints figures and writes no file", "leave -o out, or add > FILE");
  }
  if (!line.plan.empty() || !line.results.empty()) {
    throw InputError("the figures of the network are the same under every plan and in all results",
                     std::string("leave ") + (line.plan.empty() ? "--results" : "--plan") + " out, or --network");
  }
  const Input input = read_input(line);
  const ModelParts& parts = input.model.parts();
  if (!parts.word_of_mouth) {
    throw InputError("this scenario has no [word_of_mouth], so nobody talks to anybody",
                     "add [word_of_mouth] with network = { small_world = { contacts = 12, rewire = 0.1 } }");
  }
  require_room(network_size(input.model));
  const int threads = thread_count(0);
  const Streams streams(parts.settings.seed, 0);
  std::optional<Accounts> accounts;
  if (!parts.account_segments.empty()) accounts.emplace(parts, streams);
  const std::vector<std::uint16_t> personas =
      personas_of(parts, static_cast<std::uint32_t>(parts.settings.customers), accounts ? &*accounts : nullptr, streams);
  const SocialNetwork network(parts, personas, streams, threads);
  const NetworkFigures figures = network_figures(network, personas, parts.personas.size(), streams, threads);
  print(stdout, "%s",
        line.json ? network_json(figures, input.model, line.input).c_str()
                  : network_text(figures, input.model, layout(line)).c_str());
  return done;
}

/// Measures belong to the journey that is drawn.
void require_same_journey(const Model& model, const Outcomes& results, const std::string& file) {
  std::vector<std::string> touchpoints;
  for (const Touchpoint& touchpoint : model.parts().touchpoints) touchpoints.push_back(touchpoint.id);
  if (recorded_texts(results, "touchpoint") != touchpoints ||
      recorded_texts(results, "exit") != exit_labels(model.parts())) {
    throw InputError(file + " holds the results of another journey",
                     "sojourn map " + file + " draws the journey that it holds");
  }
}

/// The journey of `plan` simulated as the scenario says, for what is measured on a map.
Outcomes simulated(const CommandLine& line, const Input& input, PlanId plan) {
  std::optional<RunResult> result;
  under_way(line, [&](const RunOptions& options) { result = run(input.model, {&plan, 1}, options); });
  if (result->replications.empty()) throw Interrupted();
  Provenance provenance;
  provenance.seed = input.model.parts().settings.seed;
  return collect_outcomes(std::move(*result), std::move(provenance));
}

/// Customers whose single journeys are held against the company's map.
constexpr std::size_t journeys_looked_at = 1000;

void require_plan(const std::optional<Outcomes>& results, const std::string& plan, const std::string& file) {
  if (!results) return;
  const std::vector<std::string>& plans = recorded_texts(*results, "plan");
  if (std::find(plans.begin(), plans.end(), plan) != plans.end()) return;
  throw InputError(file + " holds no results of the plan \"" + plan + "\"", "sojourn compare simulates all plans");
}

}  // namespace

int map_command(const CommandLine& line) {
  if (line.network && line.assumed)
    throw InputError("--network and --assumed are two questions", "ask them one after the other");
  if (line.network) return print_network(line);
  if (line.json && !line.assumed) throw InputError("a drawn map has no JSON", "--json goes with --network or --assumed");
  const std::filesystem::path path =
      line.output.empty() ? std::filesystem::path(line.input).stem() += ".svg" : std::filesystem::path(line.output);
  const std::string kind = path.extension().string();
  if (kind != ".svg" && kind != ".html" && kind != ".dot") {
    throw InputError("cannot draw a map as \"" + path.string() + "\"", "end the name in .svg, .html or .dot");
  }
  const Input input = read_input(line, Recorded::everything);
  require_replaceable(path, replacing(line, input));
  JourneyView view;
  std::optional<Outcomes> results;
  const std::string file = line.results.empty() && looks_like_results(line.input) ? line.input : line.results;
  if (!file.empty() && line.overrides.empty()) {
    results = file == line.input && input.recorded ? *input.recorded : read_results(file);
    require_run(*results, file);
    require_same_journey(input.model, *results, file);
    view.results = &*results;
  } else if (!file.empty()) {
    throw InputError("a changed scenario was not measured, so that " + file + " says nothing about it",
                     line.results.empty() ? "leave the changes out, or draw the scenario's own file"
                                          : "leave --results out, or the changes");
  }
  if (!line.plan.empty()) {
    view.plan = plan_called(input.model, line.plan);
    require_plan(results, line.plan, file);
  }
  if (kind == ".dot" && (!line.plan.empty() || !line.results.empty() || line.assumed)) {
    throw InputError("--plan, --results and --assumed are drawn as .svg or .html only", "-o map.svg");
  }
  std::optional<AssumedJourney> assumed;
  if (line.assumed) {
    const PlanId plan = view.plan.value_or(PlanId(0));
    require_assumed_moves(input.model);
    if (!results) results = simulated(line, input, plan);
    view.results = &*results;
    view.plan = plan;
    assumed = assumed_journey(input.model, *results, plan);
    under_way(line, [&](const RunOptions& options) {
      add_undrawn_paths(*assumed, apply(input.model, plan), journeys_looked_at, options);
    });
    view.assumed = &*assumed;
  }
  const std::string drawing = kind == ".svg"    ? journey_svg(input.model, view)
                              : kind == ".html" ? journey_html(input.model, view)
                                                : journey_dot(input.model);
  replace_file(path, drawing, replacing(line, input));
  if (assumed && line.json) {
    print(stdout, "%s", assumed_json(*assumed, input.model, line.input).c_str());
  } else if (assumed && !line.quiet) {
    print(stdout, "%s", assumed_text(*assumed, input.model, layout(line)).c_str());
  }
  if (!line.quiet) print(stderr, "Journey map: %s\n", path.c_str());
  return done;
}

}  // namespace sojourn::tools
