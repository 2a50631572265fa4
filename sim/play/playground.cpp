#include "sojourn/play/playground.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "play_words.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/decide/default_goal.hpp"
#include "sojourn/decide/leverage.hpp"
#include "sojourn/outcomes/finished_run.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/report/key_words.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn {
namespace {

// Some 15 million visits a second are lived on two processors where nobody acts on anybody, a tenth of it where they do.
constexpr double first_visits = 7e5, all_visits = 2e7;
constexpr double first_coupled_visits = 4e5, all_coupled_visits = 1.6e7;
constexpr double most_waiting_visits = 1e7;
constexpr std::uint64_t fewest_customers = 200;
constexpr std::size_t most_answers = 7;
/// The scatter of numbers of people that are drawn for each replication needs some.
constexpr std::uint32_t drawn_people_replications = 5;
constexpr std::size_t most_default_knobs = 8;
constexpr std::size_t most_questions = 4;  // of which what the scenario comes to is kept
constexpr std::size_t most_shown_lives = 160;

/// In two digits: the page says how many.
double two_digits(double number) {
  const double tens = std::pow(10.0, std::floor(std::log10(number)) - 1.0);
  return std::max(1.0, tens * std::floor(number / tens + 1e-9));
}

/// The model with so many people for the same market, and one replication; nothing where it does not take so few.
std::optional<Model> with_customers(const Model& model, std::uint64_t customers) {
  ModelParts parts = model.parts();
  parts.settings.market = static_cast<double>(parts.settings.customers) * model.people_per_customer();
  parts.settings.customers = customers;
  parts.settings.replications = 1;
  try {
    return Model(std::move(parts));
  } catch (const InvalidModel&) {
    return std::nullopt;
  }
}

/// So many that a look at them takes no time to speak of.
std::uint64_t few_customers(const Model& model) {
  constexpr std::uint64_t enough = 2000;
  return std::min(model.parts().settings.customers, enough);
}

/// What a look at some people of the baseline says.
struct Glance {
  double visits = 1.0;           // of a customer
  std::vector<double> by_place;  // visits per customer, by touchpoint
};
Glance glance(const Model& model) {
  const Model small = with_customers(model, few_customers(model)).value_or(model);
  RunOptions options;
  options.tables = false;
  const std::array plans{PlanId(0)};
  const RunResult result = run(small, plans, options);
  const Samples samples = collect_samples(result);
  Glance seen;
  const auto people = static_cast<double>(small.parts().settings.customers) * small.parts().settings.replications;
  seen.visits = std::max(1.0, static_cast<double>(result.events) / people);
  for (const std::vector<TouchSums>& touch : samples.plans.front().touch)
    seen.by_place.push_back(pooled(touch).visits / people);
  return seen;
}

PlaySize size_for(const Model& model, double visits) {
  const Settings& settings = model.parts().settings;
  PlaySize size;
  size.customers = settings.customers;
  size.market = static_cast<double>(settings.customers) * model.people_per_customer();
  const bool coupled = model.coupled();
  const double first = coupled ? first_coupled_visits : first_visits;
  const std::uint32_t fewest = coupled ? 2 : settings.arrivals == PeopleNumber::poisson ? drawn_people_replications : 1;
  const auto of_replication = [&] { return visits * static_cast<double>(size.customers); };
  // Where people wait in line, each real one comes, whoever is simulated: fewer of them take longer, not less.
  const bool waits = std::any_of(model.parts().touchpoints.begin(), model.parts().touchpoints.end(),
                                 [](const Touchpoint& touchpoint) { return touchpoint.queues(); });
  if (of_replication() * fewest > (waits ? most_waiting_visits : first)) {
    const auto wanted = std::max(fewest_customers, static_cast<std::uint64_t>(two_digits(first / visits / fewest)));
    if (wanted < size.customers && with_customers(model, wanted)) size.customers = wanted;
  }
  const double all = coupled ? all_coupled_visits : all_visits;
  std::uint32_t replications = std::max(fewest, static_cast<std::uint32_t>(std::min(16.0, first / of_replication())));
  for (std::size_t i = 0; i < most_answers; ++i) {
    if (i > 0 && of_replication() * replications > all) break;
    size.replications.push_back(replications);
    replications *= 2;
  }
  return size;
}

/// How much hangs on the quality of each touchpoint: its leverage by what decides. Where that takes long to look at, as
/// people act on one another or touchpoints are many, how many come, a moment of truth as often as it weighs.
std::vector<double> how_much_hangs_on(const Model& model, const Glance& seen) {
  const ModelParts& parts = model.parts();
  std::vector<double> much;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) much.push_back(seen.by_place[v] * parts.touchpoints[v].weight);
  constexpr std::size_t most_looked_at = 60;  // each is lived with by a few thousand people
  if (model.coupled() || parts.touchpoints.size() > most_looked_at) return much;
  RankOptions how;
  how.sizes = {.quality = 0.1, .effort = 0.0, .delay = 0.0, .traffic = 0.0};
  how.by = metric_before_running(parts);
  try {
    const Ranking ranking = rank(with_customers(model, few_customers(model)).value_or(model), how);
    for (double& each : much) each = 0.0;
    for (const TouchpointLeverage& one : ranking.touchpoints) {
      if (one.ours) much[one.touchpoint.index()] = std::fabs(one.gain.mean);
    }
  } catch (const InputError& error) {
    if (error.code() != ErrorCode::nothing_to_improve) throw;
  }
  return much;
}

std::vector<KnobWish> default_knobs(const Model& model, const Glance& seen) {
  const ModelParts& parts = model.parts();
  std::vector<std::size_t> places;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (!parts.touchpoints[v].end) places.push_back(v);
  }
  const std::vector<double> much = how_much_hangs_on(model, seen);
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return much[a] > much[b]; });
  if (places.size() > most_default_knobs) places.resize(most_default_knobs);
  std::sort(places.begin(), places.end());
  std::vector<KnobWish> wishes;
  const auto add = [&](const std::string& key, double from, double to) {
    wishes.push_back({key, from, to, key_words::name_of_key(parts, key)});
  };
  for (const std::size_t v : places) add(fmt::format("touchpoint.{}.quality.mean", parts.touchpoints[v].id), 0.0, 1.0);
  const double horizon = parts.settings.horizon.value();
  // Whole months where there are some: the slider goes by months, and the scenario's own is among them.
  constexpr double month = 30.4375;
  const double quarter = 0.25 * horizon;
  add("scenario.horizon", quarter < month ? quarter : month * std::floor(quarter / month), 2.0 * horizon);
  return wishes;
}

}  // namespace

Course& Course::operator+=(const Course& other) {
  const auto add = [](std::vector<double>& to, const std::vector<double>& from) {
    to.resize(std::max(to.size(), from.size()));
    for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
  };
  add(customers, other.customers);
  add(promoters, other.promoters);
  add(detractors, other.detractors);
  add(taken, other.taken);
  add(in_line, other.in_line);
  return *this;
}

Playground::Playground(Scenario scenario, std::vector<Override> changes, const std::vector<KnobWish>& wishes,
                       std::string before_command)
    : scenario_(std::move(scenario)),
      changes_(std::move(changes)),
      before_command_(std::move(before_command)),
      model_(build(scenario_)) {
  const Glance seen = glance(model_);
  size_ = size_for(model_, seen.visits);
  Knobs own = read_knobs(scenario_, changes_);
  require_no_errors(own.inputs);
  if (own.inputs.keys.empty()) own = knobs_for(scenario_, default_knobs(model_, seen), changes_);
  knobs_ = knobs_for(scenario_, wishes, changes_);
  both_.assign(knobs_.inputs.keys.size(), true);
  for (std::size_t k = 0; k < own.inputs.keys.size(); ++k) {
    const std::vector<VariedKey>& there = knobs_.inputs.keys;
    const auto same = [&](const VariedKey& key) { return key.key == own.inputs.keys[k].key; };
    if (std::any_of(there.begin(), there.end(), same)) continue;
    both_.push_back(own.inputs.keys[k].key.starts_with("scenario."));
    knobs_.inputs.keys.push_back(std::move(own.inputs.keys[k]));
    knobs_.values.push_back(own.values[k]);
    knobs_.names.push_back(std::move(own.names[k]));
    knobs_.whys.push_back(std::move(own.whys[k]));
  }
  ways_ = play_words::ways_of(model_.parts());
}

Playground::State Playground::state(const std::vector<std::pair<std::string, std::string>>& parameters) const {
  const std::vector<VariedKey>& keys = knobs_.inputs.keys;
  const std::vector<Improvement>& improvements = model_.parts().improvements;
  const auto position = [](const std::string& name, char kind, std::size_t count) -> std::optional<std::size_t> {
    if (name.size() < 2 || name.size() > 4 || name[0] != kind) return std::nullopt;
    const auto number = parse_number(std::string_view(name).substr(1));
    if (!number || *number < 0.0 || *number >= static_cast<double>(count) || std::floor(*number) != *number)
      return std::nullopt;
    return static_cast<std::size_t>(*number);
  };
  State state;
  std::vector<std::string> bought;
  for (const auto& [name, value] : parameters) {
    std::optional<std::size_t> knob = position(name, 'k', keys.size());
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (keys[k].key == name) knob = k;
    }
    if (!knob) {
      const auto improvement = position(name, 'i', improvements.size());
      const std::string full = improvement ? "improvement." + improvements[*improvement].change.id : name;
      const bool known = (full.starts_with("improvement.") || full.starts_with("rule.")) &&
                         std::count(full.begin(), full.end(), '.') == 1 && full.find('[') == std::string::npos;
      if (!known) throw InputError(fmt::format("there is no knob \"{}\"", name), "the page lists those that there are");
      bought.push_back(full + "=" + value);
      continue;
    }
    const VariedKey& key = keys[*knob];
    const auto& range = std::get<VariedKey::Range>(key.values);
    const std::optional<double> number = parse_number(value);
    if (!number || *number < range.from || *number > range.to)
      throw InputError(fmt::format("{} = {} is out of reach", key.key, value),
                       fmt::format("the slider goes from {} to {}", range.from, range.to));
    const double settled = key.whole ? std::round(*number) : *number;
    for (Override& change : key.changes({settled, fmt::format("{}{}{}", key.before, settled, key.after)})) {
      change.option = fmt::format("{}={}", change.path, change.value);
      (both_[*knob] ? state.both : state.tried.keys).push_back(std::move(change));
    }
  }
  const Tried plan = parse_tried(model_.parts(), bought, "");
  state.tried.improvements = plan.improvements;
  state.tried.rules = plan.rules;
  return state;
}

std::string Playground::command(const State& state, std::uint32_t replications) const {
  std::string words = before_command_ + "sojourn compare " + shell_quoted(scenario_.name);
  for (const std::string& word : words_of(state.tried)) words += " --try " + shell_quoted(word);
  if (says_market()) words += " --set " + shell_quoted(fmt::format("scenario.market={}", size_.market));
  for (const auto& changes : {changes_, state.both}) {
    for (const Override& change : changes) words += " --set " + shell_quoted(change.path + "=" + change.value);
  }
  return words + fmt::format(" --customers {} --replications {}", size_.customers, replications);
}

std::string Playground::text(const State& state) const {
  std::vector<Override> both = changes_;
  both.insert(both.end(), state.both.begin(), state.both.end());
  return tried_text(scenario_, both, state.tried).text;
}

std::vector<Override> Playground::simulated_under(const State& state) const {
  std::vector<Override> both;
  if (says_market()) both.push_back({"", "scenario.market", fmt::format("{}", size_.market)});
  both.insert(both.end(), changes_.begin(), changes_.end());
  both.insert(both.end(), state.both.begin(), state.both.end());
  both.push_back({"", "scenario.customers", fmt::format("{}", size_.customers)});
  return both;
}

bool Playground::says_market() const {
  const Settings& settings = model_.parts().settings;
  return size_.customers != settings.customers && !settings.market;
}

Player::Trial Player::begin(const Playground::State& state) {
  TriedModels models = tried_models(ground_.scenario(), ground_.simulated_under(state), state.tried);
  std::string question;
  for (const Override& change : state.both) question += change.path + "=" + change.value + "\n";
  const auto known =
      std::find_if(befores_.begin(), befores_.end(), [&](const auto& each) { return each.first == question; });
  if (known != befores_.end()) {
    std::rotate(known, known + 1, befores_.end());
  } else {
    auto fresh = std::make_shared<Before>();
    fresh->side = Side{std::move(models.before), PlanId(0), {}, {}};
    befores_.emplace_back(question, std::move(fresh));
    if (befores_.size() > most_questions) befores_.erase(befores_.begin());
  }
  return {befores_.back().second, Side{std::move(models.now), models.plan, {}, {}}, state.tried.nothing()};
}

void Player::advance(Side& side, std::size_t stage, const RunOptions& options) const {
  const std::vector<std::uint32_t>& replications = ground_.size().replications;
  ModelParts parts = side.model->parts();
  parts.settings.replications = replications[stage];
  const Model model(std::move(parts));
  const std::array plans{side.plan};
  require_room(run_size(model, 1));
  RunOptions more = options;
  more.first_replication = stage == 0 ? 0 : replications[stage - 1];
  RunResult result = run(model, plans, more);
  if (result.interrupted) throw Interrupted();
  const TallyShape& shape = result.shapes.front();
  const Program& program = result.programs.front();
  const std::size_t windows = shape.windows;
  const std::vector<std::pair<std::size_t, std::size_t>> ends = play_words::ends_of_exits(model.parts());
  const std::vector<std::pair<std::size_t, std::size_t>>& ways = ground_.ways();
  std::vector<std::size_t> way_of;
  for (const auto& end : ends)
    way_of.push_back(static_cast<std::size_t>(std::find(ways.begin(), ways.end(), end) - ways.begin()));
  for (const Totals& totals : result.totals.front()) {
    Course course;
    const auto stock = [&](std::vector<double>& to, TimeScore score) {
      to.assign(windows, 0.0);
      for (std::size_t p = 0; p < shape.personas; ++p) {
        for (std::size_t w = 0; w < windows; ++w) to[w] += static_cast<double>(totals.stock(p, w, score));
      }
    };
    stock(course.customers, TimeScore::customers);
    stock(course.promoters, TimeScore::promoters);
    stock(course.detractors, TimeScore::detractors);
    course.taken.assign(ways.size(), 0.0);
    for (std::size_t e = 0; e < way_of.size(); ++e) {
      if (way_of[e] == ways.size()) continue;  // a move that the change adds
      for (std::size_t p = 0; p < shape.personas; ++p) course.taken[way_of[e]] += totals.value(shape.taken(p, e));
    }
    if (shape.queues > 0) course.in_line.assign(shape.touchpoints, 0.0);
    for (std::size_t v = 0; v < course.in_line.size(); ++v) {
      const auto touchpoint = static_cast<std::uint32_t>(v);
      if (!program.place(touchpoint).queues) continue;
      const std::size_t queue = program.service(touchpoint).queue;
      for (std::size_t w = 0; w < windows; ++w)
        course.in_line[v] +=
            totals.value(shape.queue(queue, w, QueueScore::waiting), shape.scales.copies) / static_cast<double>(windows);
    }
    side.course += course;
  }
  if (stage == 0) {
    side.sums = std::move(result);
  } else {
    append(side.sums, std::move(result));
  }
}

PlayAnswer Player::next(Trial& trial, std::size_t stage, const RunOptions& options) const {
  Before& before = *trial.before;
  if (before.stages.size() == stage) {
    advance(before.side, stage, options);
    before.stages.emplace_back(collect_samples(before.side.sums), before.side.course);
  }
  if (!trial.nothing) advance(trial.now, stage, options);
  const auto& [samples, course] = before.stages[stage];
  PlayAnswer answer;
  answer.stage = stage;
  answer.replications = ground_.size().replications[stage];
  answer.samples = tried_samples(samples, trial.nothing ? samples : collect_samples(trial.now.sums));
  answer.comparison = compare(answer.samples);
  answer.before = course;
  answer.now = trial.nothing ? course : trial.now.course;
  return answer;
}

std::vector<Diary> Player::lives(const Trial& trial, const RunOptions& options) {
  const Model model = apply(*trial.now.model, trial.now.plan);
  return write_diaries(model, first_to_arrive(model, most_shown_lives, options.stop), options);
}

}  // namespace sojourn
