#include "sojourn/page/report_simulations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "sojourn/decide/default_goal.hpp"

namespace sojourn {
namespace {

constexpr double most_people = 100'000;        // in all replications of a plan
constexpr double most_visits = 2e7;            // of all plans; with fewer people where these are more
constexpr double most_coupled_visits = 2.4e7;  // where customers act on one another, which is slower and takes all of them
constexpr double most_drawn_visits = 1e7;      // of all draws of uncertain inputs
constexpr std::uint64_t page_draws = 256;
constexpr std::uint64_t fewest_customers = 1'000;
constexpr std::uint32_t coupled_replications = 3;
/// Where the number of people is drawn for each replication, their scatter needs some; else one replication gives enough
/// samples (32 batches of people), and the fewer samples are kept, the sooner they are summed up.
constexpr std::uint32_t drawn_people_replications = 5;

/// Visits to simulate per person and plan, as they were in the file. At a queue, where a customer stands for several people,
/// each of these comes, waits and is served.
double visits_per_person(const Model& model, const Samples& samples) {
  constexpr double each_takes = 4.0;  // times as long as a visit in lanes, about
  const double stands_for = std::max(1.0, samples.market / static_cast<double>(samples.customers));
  double visits = 0.0, people = 0.0;
  for (const PlanSamples& plan : samples.plans) {
    for (const Sums& sums : plan.all) {
      visits += sums.visits;
      people += sums.arrived;
    }
    for (std::size_t v = 0; v < plan.touch.size(); ++v) {
      if (!model.parts().touchpoints[v].queues()) continue;
      for (const TouchSums& sums : plan.touch[v]) visits += each_takes * (stands_for - 1.0) * sums.visits;
    }
  }
  return people > 0.0 ? std::max(1.0, visits / people) : 1.0;
}

/// The model as precisely as `plans` plans can be simulated for a page; nothing where that takes too long.
std::optional<Model> at_page_precision(const Model& model, const Samples& samples, double plans) {
  const double visits = visits_per_person(model, samples) * plans;
  ModelParts parts = model.parts();
  Settings& settings = parts.settings;
  settings.market = samples.market;  // fewer people stand for the same market, whose money is counted
  if (model.coupled()) {
    settings.replications = coupled_replications;  // fewer people would be another market
    if (visits * static_cast<double>(settings.customers) * coupled_replications > most_coupled_visits) return std::nullopt;
    return Model(std::move(parts));
  }
  const std::uint32_t fewest = settings.arrivals == PeopleNumber::poisson ? drawn_people_replications : 1;
  const double people = std::min(most_people, most_visits / visits);
  // In two digits: the page says how many.
  const double tens = std::pow(10.0, std::floor(std::log10(people / fewest)) - 1.0);
  const auto affordable = static_cast<std::uint64_t>(tens * std::floor(people / fewest / tens));
  if (affordable < std::min(fewest_customers, settings.customers)) return std::nullopt;
  settings.customers = std::min(settings.customers, affordable);
  const double replications = std::floor(people / static_cast<double>(settings.customers));
  settings.replications =
      std::max(fewest, static_cast<std::uint32_t>(std::min<double>(settings.replications, replications)));
  return Model(std::move(parts));
}

/// How many customers each draw of the uncertain inputs has, where customers do not act on one another: so many as the
/// visits allow, in two digits.
std::uint64_t customers_of_a_draw(const Model& model, const Samples& samples) {
  const std::uint64_t all = model.parts().settings.customers;
  if (model.coupled()) return all;
  const double plans = static_cast<double>(samples.plans.size() * page_draws * replications_of_a_draw);
  const double people = most_drawn_visits / (visits_per_person(model, samples) * plans);
  const double tens = std::pow(10.0, std::floor(std::log10(people)) - 1.0);
  return std::min(all, static_cast<std::uint64_t>(tens * std::floor(people / tens)));
}

/// The uncertain inputs of the scenario with that many customers, who stand for the same market.
UncertainInputs inputs_of_a_page(const Scenario& scenario, const Model& model, const Samples& samples) {
  const std::uint64_t customers = std::max<std::uint64_t>(1, customers_of_a_draw(model, samples));
  Scenario few = scenario;
  few.parts.settings.customers = customers;
  few.parts.settings.market = samples.market;
  return read_uncertain(few, {{"", "scenario.customers", fmt::format("{}", customers)},
                              {"", "scenario.market", fmt::format("{}", samples.market)}});
}

bool enough_customers(const Model& model, const Samples& samples) {
  const std::uint64_t customers = customers_of_a_draw(model, samples);
  const double visits = visits_per_person(model, samples) * static_cast<double>(customers) *
                        static_cast<double>(samples.plans.size() * page_draws * replications_of_a_draw);
  return model.coupled() ? visits <= most_coupled_visits
                         : customers >= std::min<std::uint64_t>(100, model.parts().settings.customers);
}

/// Choices of improvements that an optimum without a limit simulates, about.
double choices(const ModelParts& parts) {
  double count = 1.0;
  for (const Improvement& improvement : parts.improvements)
    count *= 1.0 + std::max(1.0, static_cast<double>(improvement.levels.size()));
  // Beyond 64 choices most of them are simulated with few people only.
  return count <= 64.0 ? count : std::clamp(0.4 * count, 64.0, 256.0);
}

}  // namespace

Beside simulate_beside(const Scenario& scenario, const Model& model, const Samples& samples, std::optional<double> budget,
                       const RunOptions& options) {
  constexpr const char* worth_fixing = "Which touchpoint is worth fixing";
  constexpr const char* uncertain = "What the uncertain inputs make of the answer";
  Beside beside;
  const auto leave_out = [&](const std::string& sentence) {
    beside.left_out += (beside.left_out.empty() ? "" : " ") + sentence;
  };
  const auto too_long = [&](const char* what, const char* command) {
    leave_out(fmt::format("{} would take too long to simulate for a page: sojourn {} answers it.", what, command));
  };
  // What there is no memory for is left out; the page shows what is in the file all the same.
  const auto with_room = [&](const char* what, const std::function<void()>& simulate) {
    try {
      simulate();
    } catch (const RunError& error) {
      if (error.code() != ErrorCode::too_large) throw;
      leave_out(fmt::format("{} is left out: {}.", what, error.message()));
    }
  };
  // So is what the scenario lets nobody ask, with the reason.
  const auto where_asked_rightly = [&](const char* what, const char* command, const std::function<void()>& simulate) {
    try {
      simulate();
    } catch (const InputError& error) {
      if (error.code() == ErrorCode::endless_life) throw;
      leave_out(fmt::format("{} is left out: {}. sojourn {} says more.", what, in_short(error).message, command));
    }
  };
  const ModelParts& parts = model.parts();
  const auto rank_them = [&](const RunOptions& part) {
    const auto plan = std::find_if(parts.plans.begin(), parts.plans.end(),
                                   [&](const Plan& one) { return one.id == samples.plans.front().id; });
    const auto lighter = at_page_precision(model, samples, 1.0 + 3.0 * static_cast<double>(parts.touchpoints.size()));
    if (!lighter) return too_long(worth_fixing, "rank");
    RankOptions how;
    how.by = metric_before_running(parts);
    beside.ranking = rank(apply(*lighter, PlanId(static_cast<std::size_t>(plan - parts.plans.begin()))), how, part);
  };
  const auto optimise = [&](std::optional<Optimum>& found, double limit, const RunOptions& part) {
    if (parts.improvements.empty()) return;
    const auto lighter = at_page_precision(model, samples, choices(parts));
    if (!lighter) return too_long("What each budget buys", "optimize");
    OptimizeOptions how;
    how.limits.total = limit;
    how.goal = goal_before_running(parts);
    found = optimize(*lighter, how, part);
  };
  // There are more touchpoints than improvements, mostly.
  const auto stretch = [&](double begin, double end) {
    RunOptions part = options;
    part.progress = [&options, begin, end](double share) {
      if (options.progress) options.progress(begin + (end - begin) * share);
    };
    return part;
  };
  const auto draw = [&](const RunOptions& part) {
    UncertainInputs inputs = inputs_of_a_page(scenario, model, samples);
    require_no_errors(inputs.inputs);
    if (inputs.inputs.keys.empty()) return;
    if (!enough_customers(model, samples)) return too_long(uncertain, "compare --uncertain");
    DrawOptions how;
    how.draws = page_draws;
    for (const PlanSamples& plan : samples.plans) how.plans.push_back(plan.id);
    how.threads = part.threads;
    how.progress = part.progress;
    how.stop = part.stop;
    UncertainDraws draws = simulate_draws(inputs, how);
    const std::size_t by = place_of_goal(draws, goal_before_running(parts));
    beside.doubt = Doubt{std::move(inputs), std::move(draws), by};
  };
  const double middle = budget ? 0.7 : 0.85;
  with_room(worth_fixing, [&] { where_asked_rightly(worth_fixing, "rank", [&] { rank_them(stretch(0.0, 0.55)); }); });
  with_room("What each budget buys",
            [&] { optimise(beside.optimum, std::numeric_limits<double>::infinity(), stretch(0.55, middle)); });
  if (budget && beside.optimum) optimise(beside.affordable, *budget, stretch(middle, 0.85));
  with_room(uncertain, [&] { where_asked_rightly(uncertain, "compare --uncertain", [&] { draw(stretch(0.85, 1.0)); }); });
  return beside;
}

}  // namespace sojourn
