#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>

#include "commands.hpp"
#include "goals.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/report/report.hpp"

namespace sojourn::tools {
namespace {

namespace fs = std::filesystem;

// What is simulated for a page: enough for clear answers, and some ten seconds on two processors. Counted in people and
// visits, not in seconds, so that equal files give equal pages.
constexpr double most_people = 100'000;      // in all replications of a plan
constexpr double most_visits = 1e8;          // of all plans; with fewer people where these are more
constexpr double most_coupled_visits = 4e7;  // where customers act on one another, which is slower and takes all of them
constexpr std::uint64_t fewest_customers = 1'000;
constexpr std::uint32_t fewest_replications = 5, coupled_replications = 3;

/// Visits per person and plan, as they were in the file.
double visits_per_person(const Samples& samples) {
  double visits = 0.0, people = 0.0;
  for (const PlanSamples& plan : samples.plans) {
    for (const Sums& sums : plan.all) {
      visits += sums.visits;
      people += sums.arrived;
    }
  }
  return people > 0.0 ? std::max(1.0, visits / people) : 1.0;
}

/// The model as precisely as `plans` plans can be simulated for a page; nothing where that takes too long.
std::optional<Model> at_page_precision(const Model& model, const Samples& samples, double plans) {
  const double visits = visits_per_person(samples) * plans;
  ModelParts parts = model.parts();
  Settings& settings = parts.settings;
  settings.market = samples.market;  // fewer people stand for the same market, whose money is counted
  if (model.coupled()) {
    settings.replications = coupled_replications;  // fewer people would be another market
    if (visits * static_cast<double>(settings.customers) * coupled_replications > most_coupled_visits) return std::nullopt;
    return Model(std::move(parts));
  }
  const double people = std::min(most_people, most_visits / visits);
  // In two digits: the page says how many.
  const double tens = std::pow(10.0, std::floor(std::log10(people / fewest_replications)) - 1.0);
  const auto affordable = static_cast<std::uint64_t>(tens * std::floor(people / fewest_replications / tens));
  if (affordable < std::min(fewest_customers, settings.customers)) return std::nullopt;
  settings.customers = std::min(settings.customers, affordable);
  const double replications = std::floor(people / static_cast<double>(settings.customers));
  settings.replications =
      std::max(fewest_replications, static_cast<std::uint32_t>(std::min<double>(settings.replications, replications)));
  return Model(std::move(parts));
}

/// Choices of improvements that an optimum without a limit simulates, about.
double choices(const ModelParts& parts) {
  double count = 1.0;
  for (const Improvement& improvement : parts.improvements)
    count *= 1.0 + std::max(1.0, static_cast<double>(improvement.levels.size()));
  // Beyond 64 choices most of them are simulated with few people only.
  return count <= 64.0 ? count : std::clamp(0.4 * count, 64.0, 256.0);
}

/// What the page says beyond the file.
struct Beside {
  std::optional<Ranking> ranking;
  std::optional<Optimum> optimum, affordable;
  std::string left_out;
  bool interrupted = false;
};

Beside simulate_beside(const CommandLine& line, const Model& model, const Samples& samples, std::optional<double> budget) {
  Beside beside;
  const auto too_long = [&](const char* what, const char* command) {
    beside.left_out += fmt::format("{}{} would take too long to simulate for a page: sojourn {} answers it.",
                                   beside.left_out.empty() ? "" : " ", what, command);
  };
  const ModelParts& parts = model.parts();
  const auto rank_them = [&](const RunOptions& options) {
    const auto plan = std::find_if(parts.plans.begin(), parts.plans.end(),
                                   [&](const Plan& one) { return one.id == samples.plans.front().id; });
    const auto lighter = at_page_precision(model, samples, 1.0 + 3.0 * static_cast<double>(parts.touchpoints.size()));
    if (!lighter) return too_long("Which touchpoint is worth fixing", "rank");
    try {
      beside.ranking =
          rank(apply(*lighter, PlanId(static_cast<std::size_t>(plan - parts.plans.begin()))), RankOptions{}, options);
      beside.interrupted = !beside.ranking;
    } catch (const InputError&) {
      beside.left_out += "No touchpoint that anybody visits can be improved.";
    }
  };
  const auto optimise = [&](std::optional<Optimum>& found, double limit, const RunOptions& options) {
    if (parts.improvements.empty() || beside.interrupted) return;
    const auto lighter = at_page_precision(model, samples, choices(parts));
    if (!lighter) return too_long("What each budget buys", "optimize");
    OptimizeOptions how;
    how.limits.total = limit;
    how.goal = parse_goal("npv");
    found = optimize(*lighter, how, options);
    beside.interrupted = !found;
  };
  under_way(line, [&](const RunOptions& options) {
    // There are more touchpoints than improvements, mostly.
    const auto stretch = [&](double begin, double end) {
      RunOptions part = options;
      part.progress = [&options, begin, end](double share) { options.progress(begin + (end - begin) * share); };
      return part;
    };
    const double middle = budget ? 0.85 : 1.0;
    rank_them(stretch(0.0, 0.7));
    optimise(beside.optimum, std::numeric_limits<double>::infinity(), stretch(0.7, middle));
    if (budget && beside.optimum) optimise(beside.affordable, *budget, stretch(middle, 1.0));
  });
  return beside;
}

fs::path page_path(const CommandLine& line) {
  const fs::path page = line.output.empty() ? fs::path(line.input).stem() += ".html" : fs::path(line.output);
  if (page.extension() != ".html" && page.extension() != ".htm") {
    throw InputError("sojourn: error: the report is a page, so " + page.string() +
                     " cannot be its name\nhint: end it in .html; the tables alone are --xlsx FILE.xlsx");
  }
  return page;
}

void require_results(const std::string& file) {
  if (looks_like_results(file)) return;
  if (!fs::exists(file)) throw InputError(file + ": error: there is no such file");
  throw InputError("sojourn: error: " + file +
                   " is not a results file\nhint: sojourn compare SCENARIO.toml writes one; then sojourn report FILE.h5");
}

}  // namespace

int report_command(const CommandLine& line) {
  require_results(line.input);
  const fs::path page = page_path(line), workbook(line.workbook);
  if (!line.workbook.empty() && workbook.extension() != ".xlsx")
    throw InputError("sojourn: error: " + line.workbook + " is not named as a workbook\nhint: end it in .xlsx");
  std::optional<double> budget;
  if (!line.budget.empty()) {
    budget = parse_money("--budget", line.budget);
    if (line.fast)
      throw InputError("sojourn: error: what a budget buys is simulated, and --fast simulates nothing\nhint: leave one out");
  }
  const bool pages = pages_built();
  if (!pages && (line.workbook.empty() || !line.output.empty())) {
    throw RunError(
        "sojourn: error: this program was built without the page's charts\n"
        "hint: install npm (tools/packages install pages), then cmake --preset release -DSOJOURN_PAGES=ON and build again; "
        "--xlsx FILE.xlsx needs no charts");
  }
  if (pages) require_replaceable(page);
  if (!line.workbook.empty()) require_replaceable(workbook);

  const Input input = read_input(line);
  if (budget && input.model.parts().improvements.empty())
    throw InputError(
        "sojourn: error: this scenario has no [[improvement]] that a budget could buy\nhint: leave --budget out");
  const Outcomes outcomes = read_results(line.input);
  const Samples samples = kept_samples(outcomes, input.model);
  const Beside beside = line.fast ? Beside{} : simulate_beside(line, input.model, samples, budget);
  if (beside.interrupted) {
    std::fprintf(stderr, "sojourn: interrupted; nothing was written\nhint: --fast writes at once what is in the file\n");
    return interrupted;
  }
  const Report report{outcomes,
                      input.model,
                      samples,
                      beside.ranking ? &*beside.ranking : nullptr,
                      beside.optimum ? &*beside.optimum : nullptr,
                      beside.affordable ? &*beside.affordable : nullptr,
                      beside.left_out};
  if (pages) {
    replace_file(page, report_page(report));
    if (!line.quiet) std::fprintf(stderr, "Report: %s\n", page.c_str());
  }
  if (!line.workbook.empty()) {
    write_workbook(report, workbook);
    if (!line.quiet) std::fprintf(stderr, "Tables: %s\n", workbook.c_str());
  }
  return done;
}

}  // namespace sojourn::tools
