#include "sojourn/outcomes/finished_run.hpp"

#include <fmt/format.h>

#include <utility>

#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/network_ties.hpp"
#include "sojourn/outcomes/version.hpp"

namespace sojourn {

std::string shell_quoted(const std::string& argument) {
  if (!argument.empty() && argument.find_first_of(" \t\n'\"$&;|<>()*?[]#~\\") == std::string::npos) return argument;
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string history_of(const Request& request, const std::string& scenario_name) {
  std::string text = "sojourn " + request.command + " " + shell_quoted(scenario_name);
  for (const std::string& word : request.changes) text += " " + shell_quoted(word);
  for (std::size_t i = 0; i < request.plans.size(); ++i)
    text += (i > 0 ? "," : request.command == "run" ? " --plan " : " --plans ") + request.plans[i];
  return text;
}

Outcomes outcomes_of(RunResult&& result, const Samples& samples, Provenance provenance) {
  const ModelParts& parts = result.programs.front().model().parts();
  provenance.title = parts.settings.title;
  if (result.interrupted) {
    provenance.title +=
        fmt::format(" (interrupted: {} of {} replications)", result.replications.size(), parts.settings.replications);
  }
  provenance.version = version();
  provenance.build = build_description();
  provenance.seed = parts.settings.seed;
  Outcomes outcomes = collect_outcomes(std::move(result), std::move(provenance));
  keep_ties(parts, outcomes);
  keep_samples(samples, outcomes);
  return outcomes;
}

}  // namespace sojourn
