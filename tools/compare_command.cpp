#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "commands.hpp"
#include "mpi_module.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/decide/goal.hpp"
#include "sojourn/decide/joined_samples.hpp"
#include "sojourn/decide/tried.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/report/forecast_report.hpp"
#include "sojourn/report/summary.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

std::size_t metric_called(const std::string& name) {
  std::vector<std::string> known;
  for (const Metric& metric : metrics()) known.emplace_back(metric.name);
  return position_called("metric", name, known, "--by: ");
}

int compare_uncertain(const CommandLine& line, const Input& input, const std::vector<PlanId>& plans) {
  if (!line.checkpoint.empty()) throw InputError("--checkpoint does not go with --uncertain", "leave one out");
  const UncertainInputs inputs = read_uncertain(input.scenario, line.overrides);
  require_no_errors(inputs.inputs);
  if (line.format == Format::csv)
    throw InputError("--format csv: with --uncertain there are tables and Markdown", "--json has every figure");
  const Settings& settings = input.model.parts().settings;
  const std::vector<GoalTerm> goal =
      line.by.empty() ? goal_of(settings) : std::vector<GoalTerm>{{metric_called(line.by.front()), 1.0}};
  if (plans.size() > 1 && goal.size() == 1) require_decides(goal.front().metric);  // before the work, not after it
  DrawOptions options;
  options.draws = (line.draws + scrambles - 1) / scrambles * scrambles;
  for (const PlanId plan : plans) options.plans.push_back(input.model.parts().plans[plan.index()].id);
  require_valid_draws(inputs, options, 64);
  std::vector<std::string> keys;
  for (const VariedKey& key : inputs.inputs.keys) keys.push_back(key.key);
  SurveyPlan survey = line.voi.plan;
  const bool asks = !line.voi.survey.empty();
  if (asks) survey.input = position_called("input", line.voi.survey, keys, "--survey: ");
  Replacing table = replacing(line, input);
  const std::string beginning = draws_csv_header(keys);
  table.beginning = beginning;
  if (!line.csv.empty()) require_replaceable(line.csv, table);
  UncertainDraws draws;
  under_way(line, [&](const RunOptions& running) {
    options.threads = running.threads;
    options.progress = running.progress;
    options.stop = running.stop;
    draws = simulate_draws(inputs, options);
  });
  const ForecastReport report = forecast_report(inputs, draws, place_of_goal(draws, goal), asks ? &survey : nullptr);
  if (!line.csv.empty()) replace_file(line.csv, draws_csv(draws), table);
  if (line.json) {
    print(stdout, "%s", forecast_json(report, line.input).c_str());
  } else if (!line.quiet) {
    print(stdout, "%s", forecast_text(report, layout(line)).c_str());
  }
  return done;
}

/// Refuses what the command line asks of one run alone, with `trial` or where several scenarios are compared.
void require_nothing_of_one_run(const CommandLine& line, const std::string& trial) {
  const auto refuse = [&](const char* option, const char* why) {
    throw InputError(trial.empty() ? fmt::format("{} is of one scenario, and several are compared", option)
                                   : fmt::format("{} does not go with {}", option, trial),
                     why);
  };
  if (line.uncertain) refuse("--uncertain", "compare plans of one scenario");
  if (!line.precision.empty()) refuse("--precision", "ask for replications with --replications");
  if (line.dry_run) refuse("--dry-run", "ask it for each alone");
  if (!line.checkpoint.empty()) refuse("--checkpoint", "leave it out");
  for (const Threshold& threshold : line.thresholds) {
    if (threshold.plan.empty() || !trial.empty()) continue;
    throw InputError("--threshold " + threshold.text + ": a plan is named, and several scenarios are compared",
                     "leave the plan out: every plan must reach it");
  }
}

/// Runs `plans` of `model` with a progress bar.
Samples simulated(const CommandLine& line, const Model& model, const std::vector<PlanId>& plans) {
  require_room(run_size(model, plans.size()));
  Samples samples;
  under_way(line, [&](const RunOptions& options) {
    const RunResult result = run(model, plans, options);
    if (result.interrupted) throw Interrupted();
    samples = collect_samples(result);
  });
  return samples;
}

/// One of several files.
struct Side {
  Samples samples;             // of a results file; else what the scenario is about, and its plans, which have none yet
  std::optional<Model> model;  // of a scenario, which is still to be simulated
};

/// Reads `line.input`. All that is read becomes one of `inputs`.
Side read_side(const CommandLine& line, std::vector<std::filesystem::path>& inputs) {
  const bool results = looks_like_results(line.input);
  Input input = read_input(line, results ? Recorded::everything : Recorded::provenance);
  inputs.insert(inputs.end(), input.files.begin(), input.files.end());
  if (results) {
    if (!line.overrides.empty())
      throw InputError(line.input + " is a results file, whose numbers stand", "name its scenario to simulate it otherwise");
    return {kept_samples(*input.recorded, input.model), std::nullopt};
  }
  Samples about = samples_about(input.model);
  about.replications = about.replications_asked;
  for (const Plan& plan : input.model.parts().plans) {
    PlanSamples& named = about.plans.emplace_back();
    named.id = plan.id;
    named.name = plan.name;
  }
  return {std::move(about), std::move(input.model)};
}

/// Where the baseline and the plans `asked` for stand among the `known`; all of them where none is asked for.
std::vector<std::size_t> plans_kept(const std::vector<std::string>& known, const std::vector<std::string>& asked) {
  std::vector<std::size_t> kept{0};
  if (asked.empty()) {
    for (std::size_t k = 1; k < known.size(); ++k) kept.push_back(k);
  }
  for (const std::string& name : asked) {
    const std::size_t at = position_called("plan", name, known, "--plans: ");
    if (std::find(kept.begin(), kept.end(), at) == kept.end()) kept.push_back(at);
  }
  if (kept.size() < 2) throw InputError("there is no plan to compare with the baseline", "leave --plans out for all");
  return kept;
}

const std::string markdown_beginning = fmt::format("<!-- {} -->\n", file_mark);

/// A comparison of several files as a table, a document or JSON: a results file holds one scenario.
struct KeptComparison {
  std::filesystem::path path;
  std::string text;
  std::string beginning;  // by which it is known as ours when it is made again
};
KeptComparison kept(const CommandLine& line, const Samples& samples, const Comparison& comparison) {
  KeptComparison kept{line.output, {}, {}};
  const std::string kind = kept.path.extension().string();
  Layout layout;
  if (kind == ".json") {
    kept.text = comparison_json(samples, comparison, line.input);
    kept.beginning = kept.text.substr(0, kept.text.find('\n', 2) + 1);  // the title too
  } else if (kind == ".csv") {
    layout.format = Format::csv;
    kept.text = comparison_text(samples, comparison, layout);
    kept.beginning = kept.text.substr(0, kept.text.find('\n') + 1);
  } else {
    layout.format = Format::markdown;
    kept.beginning = markdown_beginning;
    kept.text = kept.beginning + comparison_text(samples, comparison, layout);
  }
  return kept;
}

/// Before the work: whether the result of several files, or of what is tried (`trial`), can be kept.
void require_keepable(const std::string& output, Replacing may, bool trial) {
  if (output.empty()) return;
  const std::string kind = std::filesystem::path(output).extension().string();
  const std::string beginning = kind == ".json"  ? "{\n  \"scenario\": "
                                : kind == ".csv" ? "plan,metric,unit,mean,low,high,difference,"
                                                 : markdown_beginning;
  may.beginning = beginning;
  if (kind == ".json" || kind == ".csv" || kind == ".md") return require_replaceable(output, may);
  if (trial)
    throw InputError(fmt::format("cannot keep what is tried as \"{}\"", output),
                     "end the name in .csv, .json or .md; for a results file (.h5), write what is tried into a scenario");
  throw InputError(
      fmt::format("cannot keep a comparison of several files as \"{}\"", output),
      "end the name in .csv, .json or .md: a results file (.h5) holds one scenario; sojourn compare writes that of "
      "each alone");
}

/// Keeps and prints a comparison that no results file can hold. Returns the exit status.
int tell(const CommandLine& line, const Samples& samples, Replacing may) {
  const Comparison comparison = compare(samples);
  if (!line.output.empty()) {
    const KeptComparison file = kept(line, samples, comparison);
    may.beginning = file.beginning;
    replace_file(file.path, file.text, may);
  }
  if (line.json) {
    print(stdout, "%s", comparison_json(samples, comparison, line.input).c_str());
  } else if (!line.quiet) {
    print(stdout, "%s", comparison_text(samples, comparison, layout(line)).c_str());
  }
  const std::vector<std::string> misses = missed(samples, line.thresholds);
  for (const std::string& miss : misses) print(stderr, "%s\n", miss.c_str());
  return misses.empty() ? done : failed;
}

int compare_several(const CommandLine& line) {
  require_nothing_of_one_run(line, "");
  if (!line.tries.empty()) throw InputError("--try is of one scenario, and several are compared", "name one scenario");
  std::vector<std::string> files{line.input};
  files.insert(files.end(), line.others.begin(), line.others.end());
  Replacing may;
  may.inputs.assign(files.begin(), files.end());
  may.force = line.force;
  require_keepable(line.output, may, false);
  std::vector<std::string> names;
  for (const std::string& file : files) {
    const std::string name = std::filesystem::path(file).stem().string();
    if (std::find(names.begin(), names.end(), name) != names.end())
      throw InputError(fmt::format("two files are called {}", name), "their plans are told apart by it: rename one of them");
    names.push_back(name);
  }
  // Nothing is simulated until all is known that may be wrong.
  std::vector<NamedSamples> runs;
  std::vector<std::optional<Model>> models;
  CommandLine one = line;
  for (std::size_t k = 0; k < files.size(); ++k) {
    one.input = files[k];
    Side side = read_side(one, may.inputs);
    runs.push_back({names[k], std::move(side.samples)});
    models.push_back(std::move(side.model));
  }
  require_pairable(runs);
  const std::vector<std::size_t> kept = plans_kept(joined_plans(runs), line.plans);
  for (std::size_t k = 0; k < files.size(); ++k) {
    if (!models[k]) continue;
    one.input = files[k];
    std::vector<PlanId> plans;
    for (std::size_t p = 0; p < models[k]->parts().plans.size(); ++p) plans.emplace_back(p);
    runs[k].samples = simulated(one, *models[k], plans);
  }
  Samples samples = joined(std::move(runs));
  std::vector<PlanSamples> plans;
  for (const std::size_t k : kept) plans.push_back(std::move(samples.plans[k]));
  samples.plans = std::move(plans);
  return tell(line, samples, std::move(may));
}

/// The baseline, the plans that are named, and what is tried.
int compare_tried(const CommandLine& line, const Input& input) {
  if (looks_like_results(line.input))
    throw InputError("--try changes a scenario, and " + line.input + " is a results file", "name its scenario");
  require_nothing_of_one_run(line, "--try");
  Replacing may = replacing(line, input);
  require_keepable(line.output, may, true);
  const Tried tried = parse_tried(input.model.parts(), line.tries, "--try ");
  if (!line.quiet) {
    for (const std::string& note : idle_keys(input.model.parts(), tried)) print(stderr, "note: %s\n", note.c_str());
  }
  const TriedModels models = tried_models(input.scenario, line.overrides, tried);
  const std::vector<PlanId> plans =
      line.plans.empty() ? std::vector<PlanId>{PlanId(0)} : plans_to_compare(models.before, line.plans);
  Samples before = simulated(line, models.before, plans);
  return tell(line, tried_samples(std::move(before), simulated(line, models.now, {models.plan})), std::move(may));
}

int compare_with(const CommandLine& line, Ranks* ranks) {
  if (ranks != nullptr && (line.uncertain || !line.others.empty() || !line.tries.empty())) {
    throw InputError("ranks share the plans of one scenario, without --uncertain and --try",
                     "start one process, without mpirun or srun");
  }
  if (!line.others.empty()) return compare_several(line);
  const Input input = read_input(line, Recorded::provenance, ranks);
  if (!line.tries.empty()) return compare_tried(line, input);
  // A comparison that is repeated from its file keeps its plans.
  const bool again = line.plans.empty() && input.plans.size() > 1;
  const std::vector<PlanId> plans = plans_to_compare(input.model, again ? input.plans : line.plans);
  if (line.uncertain) return compare_uncertain(line, input, plans);
  return simulate(
      line, ranks, input, plans, results_path(line, input, "-compare.h5"),
      [](const Samples& samples, const Layout& layout) { return comparison_text(samples, compare(samples), layout); },
      [](const Samples& samples, const std::string& file) { return comparison_json(samples, compare(samples), file); });
}

}  // namespace

int compare_command(const CommandLine& line) {
  return with_ranks(line, [&](Ranks* ranks) { return compare_with(line, ranks); });
}

}  // namespace sojourn::tools
