#include "sojourn/outcomes/collect.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "sojourn/base/parallel.hpp"
#include "sojourn/behaviour/money.hpp"
#include "sojourn/engine/money_totals.hpp"
#include "sojourn/model/budget.hpp"
#include "sojourn/outcomes/scores.hpp"

namespace sojourn {
namespace {

/// The sums of one persona in one sample. The plan's own investment is left to the caller.
Sums sums_of(const Totals& totals, const PersonaMoney& money, std::size_t persona) {
  const TallyShape& shape = totals.shape();
  Sums s;
  for (const auto& score : person_scores()) {
    s.*score.sum.member = totals.value(shape.person(persona, score.cell), scale_of(score.scale, shape.scales));
  }
  // Stocks are kept as changes, so that the sum over windows is what there is at the horizon.
  for (const auto& score : time_scores()) {
    s.*score.sum.member =
        static_cast<double>(totals.stock(persona, shape.windows - 1, score.cell)) / scale_of(score.scale, shape.scales);
  }
  const Money total = money.total.value(), worth = money.worth.value(), referred = money.referred_worth.value();
  s.revenue = total.revenue;
  s.cost_to_serve = total.cost;
  s.worth_revenue = worth.revenue;
  s.worth_cost = worth.cost;
  s.worth_referred = referred.revenue - referred.cost;
  s.tenure_bin = shape.tenure_bin;
  std::vector<double> people(shape.tenure_bins);
  const auto by_tenure = [&](auto cell_of) {
    for (std::size_t b = 0; b < people.size(); ++b) people[b] = totals.value(cell_of(b));
    return PeopleByTenure(people);
  };
  s.tenure_churned = by_tenure([&](std::size_t b) { return shape.tenure(persona, b, TenureScore::churned); });
  s.tenure_censored = by_tenure([&](std::size_t b) { return shape.tenure(persona, b, TenureScore::censored); });
  if (shape.entries) s.tenure_entered = by_tenure([&](std::size_t b) { return shape.entered(persona, b); });
  return s;
}

/// Whom the journey lost at each touchpoint, of one persona (see TouchSums::gone).
std::vector<double> gone_of(const Totals& totals, const Program& program, std::size_t persona) {
  const std::vector<Touchpoint>& touchpoints = program.model().parts().touchpoints;
  const TallyShape& shape = totals.shape();
  std::vector<double> gone(touchpoints.size(), 0.0);
  std::size_t exit = 0;
  for (std::size_t v = 0; v < touchpoints.size(); ++v) {
    const Place& place = program.place(static_cast<std::uint32_t>(v));
    if (place.end) gone[v] += totals.value(shape.touch(persona, v, TouchScore::visits));
    if (place.away && !place.end) gone[v] += static_cast<double>(totals.present(persona, v).back());
    for (const Exit& way : touchpoints[v].next) {
      const double taken = totals.value(shape.taken(persona, exit++));
      if (!program.place(static_cast<std::uint32_t>(way.to.index())).end) continue;
      gone[v] += taken;
      gone[way.to.index()] -= taken;
    }
  }
  return gone;
}

/// Cash of the market per window, from the money of a share `replications` of one, or of several (FORMAT.md, `samples`).
std::vector<double> cash_of(const Program& program, const std::vector<MoneySum>& windows, const FixedCosts& costs,
                            double replications) {
  const double scale = program.model().people_per_customer() / replications;
  std::vector<double> cash;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const Money money = windows[w].value();
    cash.push_back(scale * (money.revenue - money.cost - money.price) - costs.investment.windows[w] -
                   costs.staff.windows[w]);
  }
  return cash;
}

/// Costs of several replications, of each of them.
FixedCosts shared_out(FixedCosts costs, double replications) {
  for (FixedCost* const cost : {&costs.investment, &costs.staff}) {
    for (double& window : cost->windows) window /= replications;
    cost->total /= replications;
    cost->worth /= replications;
  }
  return costs;
}

/// What a replication paid in the mean, where rules make that differ; else `of_all`.
FixedCosts mean_costs(const std::vector<BatchSums>& samples, const FixedCosts& of_all) {
  if (samples.empty() || !samples.front().costs) return of_all;
  BatchSums sum = samples.front();
  for (std::size_t k = 1; k < samples.size(); ++k) sum.add(samples[k]);
  return shared_out(*sum.costs, static_cast<double>(sum.people) / static_cast<double>(samples.front().people));
}

/// The days after which a share of the waits that ended had ended; between the ends of a bin waits count as spread evenly.
double wait_quantile(const std::vector<double>& bins, double share) {
  double all = 0.0;
  for (const double count : bins) all += count;
  if (!(all > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  double below = 0.0;
  for (std::size_t b = 0; b < bins.size(); ++b) {
    if (below + bins[b] < share * all) {
      below += bins[b];
      continue;
    }
    if (b == 0) return 0.0;
    const double begin = wait_bin_begin(b), end = b + 1 < bins.size() ? wait_bin_begin(b + 1) : begin;
    return begin + (end - begin) * (share * all - below) / bins[b];
  }
  return wait_bin_begin(bins.size() - 1);
}

/// Days on duty of each pool's servers in the mean of replications, in which rules may have changed them.
std::vector<double> mean_open_days(const std::vector<Totals>& replications, const Program& program) {
  std::vector<double> open(program.staffing().pools.size(), 0.0);
  for (const Totals& totals : replications) {
    const CountedUnder under(program, totals);
    for (std::size_t pool = 0; pool < open.size(); ++pool)
      open[pool] += open_days(under->staffing().pools[pool], program.horizon());
  }
  for (double& days : open) days /= static_cast<double>(replications.size());
  return open;
}

std::vector<QueueFigures> queue_figures(const Totals& totals, const Program& program, double replications,
                                        const std::vector<double>& open_of_pool) {
  const TallyShape& shape = totals.shape();
  std::vector<QueueFigures> figures;
  for (std::uint32_t v = 0; v < shape.touchpoints; ++v) {
    if (!program.place(v).queues) continue;
    const std::size_t q = program.service(v).queue;
    const auto sum = [&](QueueScore score) {
      double result = 0.0;
      for (std::size_t w = 0; w < shape.windows; ++w) result += totals.value(shape.queue(q, w, score));
      return result;
    };
    QueueFigures& each = figures.emplace_back();
    each.touchpoint = v;
    std::vector<double> bins;
    for (std::size_t b = 0; b < wait_bin_count; ++b) bins.push_back(totals.value(shape.waited(q, b)));
    each.median = wait_quantile(bins, 0.5);
    each.p90 = wait_quantile(bins, 0.9);
    each.p95 = wait_quantile(bins, 0.95);
    const double came = sum(QueueScore::came), undefined = std::numeric_limits<double>::quiet_NaN();
    each.service_level = came > 0.0 ? sum(QueueScore::in_time) / came : undefined;
    each.answer_within = program.service(v).answer_within;
    each.abandonment = came > 0.0 ? sum(QueueScore::gave_up) / came : undefined;
    each.turned_away = came > 0.0 ? sum(QueueScore::turned_away) / came : undefined;
    each.still_waiting =
        totals.value(shape.queue(q, shape.windows - 1, QueueScore::waiting), shape.scales.copies) / replications;
    // Of all who may serve here, also while they serve elsewhere.
    double worked = 0.0, open = 0.0;
    for (const std::uint32_t pool : program.staffing().queues[q].pools) {
      worked += totals.value(shape.worked(pool), shape.scales.days) / replications;
      open += open_of_pool[pool];
    }
    each.utilisation = open > 0.0 ? worked / open : undefined;
  }
  return figures;
}

/// How busy the servers of each pool are, mean over replications.
std::vector<double> utilisation_of(const std::vector<Totals>& replications, const Program& program) {
  std::vector<double> result;
  for (std::size_t pool = 0; pool < program.staffing().pools.size(); ++pool) {
    double sum = 0.0;
    for (const Totals& totals : replications) {
      const CountedUnder under(program, totals);
      sum += pool_utilisation(totals, pool, open_days(under->staffing().pools[pool], program.horizon()));
    }
    result.push_back(sum / static_cast<double>(replications.size()));
  }
  return result;
}

constexpr std::array all_queue_fields{
    QueueField{&QueueFigures::median, "wait_median", "day", "median of the waits that ended"},
    QueueField{&QueueFigures::p90, "wait_p90", "day", "days after which nine tenths of the waits that ended had ended"},
    QueueField{&QueueFigures::p95, "wait_p95", "day", "days after which 95 per cent of the waits that ended had ended"},
    QueueField{&QueueFigures::service_level, "service_level", "1", "share of all who came that was served within the time"},
    QueueField{&QueueFigures::abandonment, "abandonment", "1", "share of all who came that gave up"},
    QueueField{&QueueFigures::turned_away, "turned_away", "1", "share of all who came that found no room"},
    QueueField{&QueueFigures::still_waiting, "still_waiting", "people", "people in line at the horizon"},
    QueueField{&QueueFigures::utilisation, "utilisation", "1",
               "share of the time on duty of those who may serve here in which they worked"},
};

}  // namespace

double open_days(const Timetable& servers, double horizon) {
  double days = 0.0;
  for (std::size_t k = 0; k < servers.size(); ++k) {
    const double begin = std::max(0.0, servers[k].first), end = k + 1 < servers.size() ? servers[k + 1].first : horizon;
    days += servers[k].second * std::max(0.0, std::min(end, horizon) - begin);
  }
  return days;
}

double pool_utilisation(const Totals& totals, std::size_t pool, double open) {
  const TallyShape& shape = totals.shape();
  return open > 0.0 ? totals.value(shape.worked(pool), shape.scales.days) / open : std::numeric_limits<double>::quiet_NaN();
}

std::span<const QueueField> queue_fields() { return all_queue_fields; }

void add_sample(PlanSamples& plan, const BatchSums& sample, const Program& program, const FixedCosts& costs_of_plan) {
  const ModelParts& parts = program.model().parts();
  const Totals& totals = sample.totals;
  const TallyShape& shape = totals.shape();
  const double replications = static_cast<double>(sample.people) / static_cast<double>(parts.settings.customers);
  const FixedCosts costs = sample.costs ? shared_out(*sample.costs, replications) : costs_of_plan;
  plan.by_persona.resize(parts.personas.size());
  plan.touch.resize(parts.touchpoints.size());
  plan.by_segment.resize(parts.account_segments.size());
  std::vector<TouchSums> touch(parts.touchpoints.size());
  Sums all;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    Sums sums = sums_of(totals, sample.money[p], p);
    if (parts.personas[p].existing()) sums.existing = sums.arrived;
    const std::vector<double> gone = gone_of(totals, program, p);
    for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
      const TouchSums here = touch_of(totals, p, v, program.place(static_cast<std::uint32_t>(v)).end);
      sums.visits += here.visits;
      sums.appraised += here.appraised;
      sums.repeats += here.repeats;
      sums.effort += here.effort;
      touch[v] += here;
      touch[v].gone += gone[v];
    }
    sums.people_per_customer = program.model().people_per_customer();
    all += sums;
    sums.replications = replications;
    plan.by_persona[p].push_back(std::move(sums));
  }
  for (std::size_t v = 0; v < touch.size(); ++v) {
    const Money money = sample.touchpoints[v].value();
    touch[v].revenue = money.revenue;
    touch[v].cost_to_serve = money.cost;
    plan.touch[v].push_back(touch[v]);
  }
  all.replications = replications;
  for (const PersonaMoney& money : sample.money) {
    all.visit_price += money.total.price.value();
    all.worth_visit_price += money.worth.price.value();
  }
  all.investment = costs.investment.total * replications;
  all.worth_investment = costs.investment.worth * replications;
  all.staff_cost = costs.staff.total * replications;
  all.worth_staff_cost = costs.staff.worth * replications;
  for (std::size_t s = 0; s < shape.account_segments; ++s) {
    Sums& segment = plan.by_segment[s].emplace_back();
    for (const auto& score : account_scores()) {
      if (score.cell == AccountScore::existing && !shape.entries) continue;
      const double accounts = totals.value(shape.account(s, shape.windows - 1, score.cell));
      if (score.sum.member != nullptr) segment.*score.sum.member = accounts;
      if (score.cell == AccountScore::existing) segment.accounts_existing = accounts;
    }
    segment.people_per_customer = all.people_per_customer;
    segment.tenure_bin = all.tenure_bin;
    all += segment;
  }
  plan.surveys.resize(parts.surveys.size());
  for (std::size_t s = 0; s < parts.surveys.size(); ++s) {
    plan.surveys[s].push_back(survey_sums(totals, s, parts.surveys[s]));
    add_recoveries(plan.surveys[s].back(), totals, s, parts);
  }
  for (PeopleByTenure* const people : {&all.tenure_churned, &all.tenure_censored, &all.tenure_entered}) people->pack();
  plan.all.push_back(std::move(all));
  plan.paired_outcomes.push_back(totals.paired_outcomes);
  plan.cash_of.push_back(cash_of(program, sample.windows, costs, replications));
}

namespace {

std::vector<std::string> names_of(const auto& entities) {
  std::vector<std::string> names;
  for (const auto& entity : entities) names.push_back(entity.name);
  return names;
}

}  // namespace

PlanSamples::PlanSamples() = default;
PlanSamples::PlanSamples(const PlanSamples&) = default;
PlanSamples::PlanSamples(PlanSamples&&) noexcept = default;
PlanSamples& PlanSamples::operator=(const PlanSamples&) = default;
PlanSamples& PlanSamples::operator=(PlanSamples&&) noexcept = default;
PlanSamples::~PlanSamples() = default;

Samples::Samples() = default;
Samples::Samples(const Samples&) = default;
Samples::Samples(Samples&&) noexcept = default;
Samples& Samples::operator=(const Samples&) = default;
Samples& Samples::operator=(Samples&&) noexcept = default;
Samples::~Samples() = default;

TouchSums touch_of(const Totals& totals, std::size_t persona, std::size_t touchpoint, bool end) {
  const TallyShape& shape = totals.shape();
  TouchSums s;
  s.arrived = totals.value(shape.person(persona, PersonScore::arrived));
  for (const auto& score : touch_scores()) {
    s.*score.sum.member = totals.value(shape.touch(persona, touchpoint, score.cell), scale_of(score.scale, shape.scales));
  }
  s.appraised = end ? 0.0 : s.visits - s.unserved;
  return s;
}

Mechanisms mechanisms_in(const ModelParts& parts) {
  Mechanisms in_use;
  const auto note = [&](Needs what, bool used) {
    if (used) in_use.add(what);
  };
  const auto any = [](const auto& list, auto has) { return std::any_of(list.begin(), list.end(), has); };
  note(Needs::talk, is_coupled(parts, CoupledBy::word_of_mouth));
  note(Needs::accounts, is_coupled(parts, CoupledBy::accounts));
  note(Needs::queues, is_coupled(parts, CoupledBy::queues));
  note(Needs::paid_servers, any(parts.pools, [](const Pool& pool) { return pool.cost_per_hour != 0.0; }));
  note(Needs::existing, any(parts.personas, [](const Persona& persona) { return persona.existing(); }));
  note(Needs::solving, any(parts.touchpoints, [](const Touchpoint& each) { return each.solves_problems(); }));
  note(Needs::content, any(parts.touchpoints, [](const Touchpoint& each) { return each.shows_content(); }));
  return in_use;
}

void require_mechanism(const Metric& metric, const ModelParts& parts) {
  if (mechanisms_in(parts).has(metric.needs)) return;
  const char* const missing = metric.needs == Needs::talk       ? "word of mouth: it has no [word_of_mouth]"
                              : metric.needs == Needs::accounts ? "accounts: it has no [accounts]"
                                                                : "queues: no touchpoint has servers or a pool";
  throw InputError("\"" + std::string(metric.name) + "\" is undefined here", std::string("the scenario has no ") + missing);
}

std::vector<std::string> ids_of_pools(const ModelParts& parts) {
  std::vector<std::string> ids = ids_of(parts.pools);
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    if (touchpoint.servers) ids.push_back(touchpoint.id);
  }
  return ids;
}

Samples samples_about(const Model& model) {
  const ModelParts& parts = model.parts();
  Samples samples;
  samples.scenario = parts.settings.title;
  samples.question = parts.settings.question;
  samples.currency = parts.settings.currency;
  samples.goal = parts.settings.goal;
  samples.discount = parts.settings.discount;
  samples.customers = parts.settings.customers;
  samples.market = model.people_per_customer() * static_cast<double>(parts.settings.customers);
  samples.replications_asked = parts.settings.replications;
  samples.seed = parts.settings.seed;
  samples.horizon = parts.settings.horizon.value();
  samples.window_ends = Windows(samples.horizon, parts.settings.window.value()).ends();
  samples.batches = !model.coupled();
  samples.personas = ids_of(parts.personas);
  samples.persona_names = names_of(parts.personas);
  samples.segments = ids_of(parts.account_segments);
  samples.segment_names = names_of(parts.account_segments);
  samples.touchpoints = ids_of(parts.touchpoints);
  samples.touchpoint_names = names_of(parts.touchpoints);
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    samples.touchpoint_stages.push_back(touchpoint.stage);
    samples.touchpoint_channels.push_back(touchpoint.channel);
    samples.solving.push_back(touchpoint.solves_problems());
    samples.content.push_back(touchpoint.shows_content());
  }
  samples.channels = ids_of(parts.channels);
  samples.channel_names = names_of(parts.channels);
  samples.mechanisms = mechanisms_in(parts);
  for (const Counter& counter : parts.counters) {
    if (counter.tiers.empty()) continue;
    samples.tier_counter = counter.id;
    samples.tier_counter_name = counter.name;
    samples.tiers = counter.tiers;
  }
  samples.surveys = ids_of(parts.surveys);
  for (const Survey& survey : parts.surveys) {
    samples.survey_names.push_back(survey.name.empty() ? survey.id : survey.name);
    samples.survey_questions.push_back(survey.asks);
    samples.closed_loops.push_back(survey.closed_loop.has_value());
  }
  for (const RuleId rule : rules_in_use(parts)) {
    samples.rules.push_back(parts.rules[rule.index()].id);
    samples.rule_names.push_back(parts.rules[rule.index()].name);
  }
  samples.pools = ids_of_pools(parts);
  samples.pool_names = names_of(parts.pools);
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    if (touchpoint.servers) samples.pool_names.push_back(touchpoint.name);
  }
  return samples;
}

void add_appraisal_spreads(Samples& samples, std::span<const Program> programs) {
  samples.appraisal_spreads.clear();
  for (const Program& program : programs) {
    if (!program.model().coupled()) samples.appraisal_spreads.push_back(appraisal_spread(program));
  }
}

std::vector<TouchSums> channel_sums(const Samples& samples, const PlanSamples& plan, ChannelId channel, Needs of) {
  std::vector<TouchSums> sums;
  for (std::size_t v = 0; v < plan.touch.size(); ++v) {
    if (samples.touchpoint_channels[v] != channel) continue;
    if (of == Needs::solving && !samples.solving[v]) continue;
    sums.resize(plan.touch[v].size());
    for (std::size_t k = 0; k < sums.size(); ++k) {
      const double arrived = plan.touch[v][k].arrived;  // of people, the same everywhere
      sums[k] += plan.touch[v][k];
      sums[k].arrived = arrived;
    }
  }
  return sums;
}

std::optional<OverBudget> over_budget(const ModelParts& parts, const Plan& plan, const std::vector<double>& window_ends,
                                      const std::vector<double>& visit_price) {
  if (!parts.budget.per_quarter) return std::nullopt;
  return over_budget(parts, spent_by_quarter(parts, plan, window_ends, visit_price));
}

std::vector<double> spent_by_quarter(const ModelParts& parts, const Plan& plan, const std::vector<double>& window_ends,
                                     const std::vector<double>& visit_price) {
  const std::vector<Quarter> all = quarters(parts.settings);
  std::vector<double> spent = by_quarter(window_ends, visit_price, all);
  for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
    const std::vector<double> own =
        spending_by_quarter(parts.improvements[plan.improvements[i].index()], plan.level(i), parts.settings, all);
    for (std::size_t q = 0; q < spent.size(); ++q) spent[q] += own[q];
  }
  return spent;
}

std::optional<OverBudget> over_budget(const ModelParts& parts, const std::vector<double>& spent) {
  if (!parts.budget.per_quarter) return std::nullopt;
  const auto most = std::max_element(spent.begin(), spent.end());
  if (most == spent.end() || within_budget(*most, *parts.budget.per_quarter)) return std::nullopt;
  return OverBudget{quarters(parts.settings)[static_cast<std::size_t>(most - spent.begin())].name, *most,
                    *parts.budget.per_quarter};
}

Samples collect_samples(const RunResult& result) {
  const Model& model = result.programs.front().model();
  const ModelParts& parts = model.parts();
  Samples samples = samples_about(model);
  samples.replications = static_cast<std::uint32_t>(result.replications.size());
  samples.events = result.events;
  samples.seconds = result.seconds;
  samples.plans.resize(result.programs.size());
  parallel_for_each(result.programs.size(), result.threads, [&](std::size_t k) {
    const Program& program = result.programs[k];
    const Plan& described = parts.plans[program.model().plan().index()];
    const FixedCosts costs = fixed_costs(program);
    PlanSamples& plan = samples.plans[k];
    plan.id = described.id;
    plan.name = described.name;
    std::vector<MoneySum> windows(samples.window_ends.size());
    result.batches[k].each_sample([&](const BatchSums& sample) {
      add_sample(plan, sample, program, costs);
      for (std::size_t w = 0; w < windows.size(); ++w) windows[w].add(sample.windows[w]);
    });
    if (!program.staffing().queues.empty() && !result.totals[k].empty()) {
      Totals whole(result.shapes[k]);
      for (const Totals& totals : result.totals[k]) whole.add(totals);
      plan.queues = queue_figures(whole, program, static_cast<double>(result.totals[k].size()),
                                  mean_open_days(result.totals[k], program));
      plan.utilisation = utilisation_of(result.totals[k], program);
    }
    for (std::size_t s = 0; s < parts.surveys.size() && !result.totals[k].empty(); ++s)
      plan.survey_intervals.push_back(survey_intervals(result.totals[k], s, parts.surveys[s]));
    const std::vector<RuleId> used = rules_in_use(parts);
    for (std::size_t r = 0; r < used.size() && !result.totals[k].empty(); ++r) {
      if (!goes_by(described, used[r])) continue;
      std::vector<std::vector<int>> replications;
      for (const Totals& totals : result.totals[k]) {
        replications.push_back(in_force(totals.switches, static_cast<std::uint32_t>(used[r].index()), samples.window_ends));
      }
      plan.rules.push_back(trace_of(r, replications, samples.window_ends));
    }
    const FixedCosts paid = program.ruled() ? mean_costs(result.batches[k].samples(), costs) : costs;
    plan.cash = cash_of(program, windows, paid, static_cast<double>(samples.replications));
    const double scale = model.people_per_customer() / static_cast<double>(samples.replications);
    for (const MoneySum& window : windows) plan.visit_price.push_back(scale * window.price.value());
    plan.over_budget = over_budget(parts, described, samples.window_ends, plan.visit_price);
  });
  return samples;
}

}  // namespace sojourn
