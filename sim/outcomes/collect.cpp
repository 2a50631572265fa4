#include "sojourn/outcomes/collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>

#include "sojourn/behaviour/money.hpp"
#include "sojourn/engine/money_totals.hpp"
#include "sojourn/outcomes/recorded.hpp"

namespace sojourn {
namespace {

/// The money of every persona in one sample.
std::vector<PersonaMoney> money_of_personas(const Program& program, const Totals& totals) {
  std::vector<PersonaMoney> money;
  for (std::size_t p = 0; p < totals.shape().personas; ++p) money.push_back(money_of(program, totals, p));
  return money;
}

/// The sums of one persona in one sample. The plan's own investment is left to the caller.
Sums sums_of(const Totals& totals, const PersonaMoney& money, std::size_t persona) {
  const TallyShape& shape = totals.shape();
  const std::size_t last = shape.windows - 1;
  const auto stock = [&](TimeScore score) { return static_cast<double>(totals.stock(persona, last, score)); };
  const auto person = [&](PersonScore score, double scale) { return totals.value(shape.person(persona, score), scale); };
  Sums s;
  s.arrived = person(PersonScore::arrived, 1.0);
  s.prospects = stock(TimeScore::prospects);
  s.lost = stock(TimeScore::lost);
  s.customers = stock(TimeScore::customers);
  s.churned = stock(TimeScore::churned);
  s.bought = stock(TimeScore::bought);
  s.promoters = stock(TimeScore::promoters);
  s.passives = stock(TimeScore::passives);
  s.detractors = stock(TimeScore::detractors);
  s.satisfaction = stock(TimeScore::satisfaction) / shape.scales.score;
  s.expectation = stock(TimeScore::expectation) / shape.scales.score;
  s.days_to_purchase = person(PersonScore::days_to_purchase, shape.scales.days);
  s.revenue = money.total.revenue.value();
  s.cost_to_serve = money.total.cost.value();
  s.worth_revenue = money.worth.revenue.value();
  s.worth_cost = money.worth.cost.value();
  for (std::size_t k = 0; k < shape.windows; ++k) {
    s.heard_positive += totals.value(shape.time(persona, k, TimeScore::heard_positive));
    s.heard_negative += totals.value(shape.time(persona, k, TimeScore::heard_negative));
  }
  s.referred = person(PersonScore::referred, 1.0);
  s.brought = person(PersonScore::brought, 1.0);
  s.worth_referred = money.referred_worth.revenue.value() - money.referred_worth.cost.value();
  s.tenure_bin = shape.tenure_bin;
  for (std::size_t b = 0; b < shape.tenure_bins; ++b) {
    s.tenure_churned.push_back(totals.value(shape.tenure(persona, b, TenureScore::churned)));
    s.tenure_censored.push_back(totals.value(shape.tenure(persona, b, TenureScore::censored)));
  }
  return s;
}

TouchSums touch_of(const Totals& totals, std::size_t persona, std::size_t touchpoint, bool end) {
  const TallyShape& shape = totals.shape();
  const auto value = [&](TouchScore score, double scale) {
    return totals.value(shape.touch(persona, touchpoint, score), scale);
  };
  TouchSums s;
  s.arrived = totals.value(shape.person(persona, PersonScore::arrived));
  s.visits = value(TouchScore::visits, 1.0);
  s.appraised = end ? 0.0 : s.visits - value(TouchScore::unserved, 1.0);
  s.repeats = value(TouchScore::repeats, 1.0);
  s.quality = value(TouchScore::quality, shape.scales.score);
  s.satisfaction = value(TouchScore::satisfaction, shape.scales.score);
  s.effort = value(TouchScore::effort, shape.scales.score);
  s.wait = value(TouchScore::wait, shape.scales.days);
  s.gave_up = value(TouchScore::gave_up, 1.0);
  s.turned_away = value(TouchScore::turned_away, 1.0);
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

/// Cash of the market per window in sums of a share `replications` of one, or of several (RESULTS.md).
std::vector<double> cash_of(const Program& program, const std::vector<PersonaMoney>& personas,
                            const FixedInvestment& investment, double replications) {
  const double scale = program.model().people_per_customer() / replications;
  std::vector<double> cash(investment.windows.size(), 0.0);
  for (std::size_t w = 0; w < cash.size(); ++w) {
    for (const PersonaMoney& money : personas) {
      const Money in_window = money.windows[w].value();
      cash[w] += scale * (in_window.revenue - in_window.cost - in_window.price);
    }
    cash[w] -= investment.windows[w];
  }
  return cash;
}

void add_sample(PlanSamples& plan, const Totals& totals, const Program& program, const FixedInvestment& investment,
                double replications) {
  const ModelParts& parts = program.model().parts();
  const TallyShape& shape = totals.shape();
  const std::vector<PersonaMoney> money = money_of_personas(program, totals);
  std::vector<TouchSums> touch(parts.touchpoints.size());
  Sums all;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    Sums sums = sums_of(totals, money[p], p);
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
  for (std::size_t v = 0; v < touch.size(); ++v) plan.touch[v].push_back(touch[v]);
  all.replications = replications;
  for (const PersonaMoney& of_persona : money) {
    all.visit_price += of_persona.total.price.value();
    all.worth_visit_price += of_persona.worth.price.value();
  }
  all.investment = investment.total * replications;
  all.worth_investment = investment.worth * replications;
  for (std::size_t s = 0; s < shape.account_segments; ++s) {
    const auto last = [&](AccountScore score) { return totals.value(shape.account(s, shape.windows - 1, score)); };
    Sums& segment = plan.by_segment[s].emplace_back();
    segment.accounts = last(AccountScore::arrived);
    segment.accounts_bought = last(AccountScore::bought);
    segment.accounts_customers = last(AccountScore::customers);
    segment.people_per_customer = all.people_per_customer;
    segment.tenure_bin = all.tenure_bin;
    all += segment;
  }
  plan.all.push_back(std::move(all));
  plan.fortunes.push_back(totals.fortunes);
  plan.cash_of.push_back(cash_of(program, money, investment, replications));
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

/// Days that the servers of `servers` were there within [0, horizon].
double open_days(const Timetable& servers, double horizon) {
  double days = 0.0;
  for (std::size_t k = 0; k < servers.size(); ++k) {
    const double begin = std::max(0.0, servers[k].first), end = k + 1 < servers.size() ? servers[k + 1].first : horizon;
    days += servers[k].second * std::max(0.0, std::min(end, horizon) - begin);
  }
  return days;
}

std::vector<QueueFigures> queue_figures(const Totals& totals, const Program& program, double replications) {
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
    each.still_waiting = totals.value(shape.queue(q, shape.windows - 1, QueueScore::waiting)) / replications;
    double worked = 0.0, open = 0.0;
    for (const std::uint32_t pool : program.staffing().queues[q].pools) {
      worked += totals.value(shape.worked(pool), shape.scales.days) / replications;
      open += open_days(program.staffing().pools[pool], program.horizon());
    }
    each.utilisation = open > 0.0 ? worked / open : undefined;
  }
  return figures;
}

std::vector<std::string> ids_of(const auto& entities) {
  std::vector<std::string> ids;
  for (const auto& entity : entities) ids.push_back(entity.id);
  return ids;
}

std::vector<std::string> names_of(const auto& entities) {
  std::vector<std::string> names;
  for (const auto& entity : entities) names.push_back(entity.name);
  return names;
}

}  // namespace

Mechanisms mechanisms_in(const ModelParts& parts) {
  const bool queues = std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(),
                                  [](const Touchpoint& touchpoint) { return touchpoint.servers.has_value(); });
  return {parts.word_of_mouth.has_value(), !parts.account_segments.empty(), queues};
}

void require_mechanism(const Metric& metric, const ModelParts& parts) {
  if (mechanisms_in(parts).has(metric.needs)) return;
  const char* const missing = metric.needs == Needs::talk       ? "word of mouth: it has no [word_of_mouth]"
                              : metric.needs == Needs::accounts ? "accounts: it has no [accounts]"
                                                                : "queues: no touchpoint has servers";
  throw InputError("sojourn: error: \"" + std::string(metric.name) + "\" is undefined here\nhint: the scenario has no " +
                   missing);
}

FixedInvestment fixed_investment(const Program& program) {
  const ModelParts& parts = program.model().parts();
  const Windows& windows = program.windows();
  const double rho = program.force_of_interest(), horizon = program.horizon();
  FixedInvestment result;
  result.windows.assign(windows.count(), 0.0);
  for (const ImprovementId id : parts.plans[program.model().plan().index()].improvements) {
    const Improvement& improvement = parts.improvements[id.index()];
    const double start = improvement.change.start.value();
    if (start > horizon) continue;
    const double end = std::min(horizon, improvement.change.end ? improvement.change.end->value() : horizon);
    const double per_day = improvement.price.per_month / days_per_month;
    result.windows[windows.of(start)] += improvement.price.once;
    result.worth += improvement.price.once * behaviour::present_value(rho, start);
    for (std::size_t k = 0; k < windows.count(); ++k) {
      result.windows[k] += per_day * std::max(0.0, std::min(end, windows.end(k)) - std::max(start, windows.begin(k)));
    }
    if (end > start) result.worth += per_day * behaviour::annuity(rho, end - start) * behaviour::present_value(rho, start);
  }
  for (const double amount : result.windows) result.total += amount;
  return result;
}

Samples samples_about(const Model& model) {
  const ModelParts& parts = model.parts();
  Samples samples;
  samples.scenario = parts.settings.title;
  samples.question = parts.settings.question;
  samples.currency = parts.settings.currency;
  samples.customers = parts.settings.customers;
  samples.market = model.people_per_customer() * static_cast<double>(parts.settings.customers);
  samples.seed = parts.settings.seed;
  samples.horizon = parts.settings.horizon.value();
  samples.personas = ids_of(parts.personas);
  samples.persona_names = names_of(parts.personas);
  samples.segments = ids_of(parts.account_segments);
  samples.segment_names = names_of(parts.account_segments);
  samples.touchpoints = ids_of(parts.touchpoints);
  samples.touchpoint_names = names_of(parts.touchpoints);
  for (const Touchpoint& touchpoint : parts.touchpoints) samples.touchpoint_stages.push_back(touchpoint.stage);
  samples.mechanisms = mechanisms_in(parts);
  return samples;
}

Samples collect_samples(const RunResult& result) {
  const Model& model = result.programs.front().model();
  const ModelParts& parts = model.parts();
  Samples samples = samples_about(model);
  samples.replications = static_cast<std::uint32_t>(result.replications.size());
  samples.window_ends = result.programs.front().windows().ends();
  samples.events = result.events;
  samples.seconds = result.seconds;
  samples.batches = !result.batches.empty();

  for (std::size_t k = 0; k < result.programs.size(); ++k) {
    const Program& program = result.programs[k];
    const Plan& described = parts.plans[program.model().plan().index()];
    const FixedInvestment investment = fixed_investment(program);
    PlanSamples plan;
    plan.id = described.id;
    plan.name = described.name;
    plan.by_persona.resize(parts.personas.size());
    plan.touch.resize(parts.touchpoints.size());
    plan.by_segment.resize(parts.account_segments.size());
    if (samples.batches) {
      const auto& batches = result.batches[k];
      for (std::size_t b = 0; b < batches.size(); ++b) {
        const std::uint64_t n = parts.settings.customers;
        const auto people = static_cast<double>(n * (b + 1) / batches.size() - n * b / batches.size());
        if (people > 0.0) add_sample(plan, batches[b], program, investment, people / static_cast<double>(n));
      }
    } else {
      for (const Totals& totals : result.totals[k]) add_sample(plan, totals, program, investment, 1.0);
    }
    Totals whole(result.shapes[k]);
    for (const Totals& totals : result.totals[k]) whole.add(totals);
    if (samples.replications > 0) plan.queues = queue_figures(whole, program, static_cast<double>(samples.replications));
    plan.cash = cash_of(program, money_of_personas(program, whole), investment, static_cast<double>(samples.replications));
    samples.plans.push_back(std::move(plan));
  }
  return samples;
}

Outcomes collect_outcomes(const RunResult& result, Provenance provenance) {
  const Model& model = result.programs.front().model();
  const ModelParts& parts = model.parts();
  const TallyShape& shape = result.shapes.front();
  const std::size_t plans = result.programs.size(), replications = result.replications.size();
  const std::size_t personas = shape.personas, touchpoints = shape.touchpoints, windows = shape.windows;
  const double scale = model.people_per_customer();

  Outcomes outcomes;
  outcomes.provenance = std::move(provenance);
  std::vector<std::string> plan_ids;
  for (const Program& program : result.programs) plan_ids.push_back(parts.plans[program.model().plan().index()].id);
  const std::vector<std::string> exit_ids = exit_labels(parts);
  std::vector<double> bins;
  for (std::size_t b = 1; b <= shape.tenure_bins; ++b) bins.push_back(static_cast<double>(b) * shape.tenure_bin);
  std::vector<std::int64_t> replication_numbers(result.replications.begin(), result.replications.end());
  const std::vector<std::string> stages(stage_names.begin(), stage_names.end());
  outcomes.dimensions = {
      {"plan", plans, plan_ids, "", "investment plan"},
      {"replication", replications, replication_numbers, "1", "replication number"},
      {"persona", personas, ids_of(parts.personas), "", "persona"},
      {"time", windows, result.programs.front().windows().ends(), "days since " + parts.settings.start, "end of the window"},
      {"touchpoint", touchpoints, ids_of(parts.touchpoints), "", "touchpoint"},
      {"exit", exit_ids.size(), exit_ids, "", "exit, from -> to, in the order of the scenario"},
      {"stage", stages.size(), stages, "", "lifecycle stage"},
      {"tenure_bin", shape.tenure_bins, bins, "day", "days as a customer, upper edge of the bin"},
  };

  if (shape.account_segments > 0) {
    outcomes.dimensions.push_back(
        {"account_segment", shape.account_segments, ids_of(parts.account_segments), "", "account segment"});
  }

  // One pass over plan and replication for each array; `fill` appends the cells of one of them in row-major order.
  const auto integers = [&](std::string name, std::vector<std::string> dimensions, std::string unit, std::string long_name,
                            auto fill) {
    std::vector<std::int64_t> values;
    dimensions.insert(dimensions.begin(), {"plan", "replication"});
    for (std::size_t k = 0; k < plans; ++k) {
      for (const Totals& totals : result.totals[k]) fill(totals, values);
    }
    outcomes.arrays.push_back(
        {std::move(name), std::move(dimensions), std::move(unit), std::move(long_name), std::move(values)});
  };
  const auto reals = [&](std::string name, std::vector<std::string> dimensions, std::string unit, std::string long_name,
                         auto fill) {
    std::vector<double> values;
    dimensions.insert(dimensions.begin(), {"plan", "replication"});
    for (std::size_t k = 0; k < plans; ++k) {
      for (const Totals& totals : result.totals[k]) fill(k, totals, values);
    }
    outcomes.arrays.push_back(
        {std::move(name), std::move(dimensions), std::move(unit), std::move(long_name), std::move(values)});
  };
  const auto running = [&](const Totals& totals, std::size_t persona, TimeScore score) {
    std::vector<double> stock(windows);
    Totals::Wide sum = 0;
    for (std::size_t w = 0; w < windows; ++w) {
      sum += totals.cell(shape.time(persona, w, score));
      stock[w] = static_cast<double>(sum);
    }
    return stock;
  };
  const auto stock_series = [&](std::string name, TimeScore score, std::string long_name) {
    integers(std::move(name), {"persona", "time"}, "people", std::move(long_name), [&](const Totals& totals, auto& values) {
      for (std::size_t p = 0; p < personas; ++p) {
        for (const double people : running(totals, p, score)) values.push_back(static_cast<std::int64_t>(people));
      }
    });
  };
  stock_series("prospects", TimeScore::prospects, "people who arrived, have not bought and not left, at the window's end");
  stock_series("lost", TimeScore::lost, "people who left before buying, at the window's end");
  stock_series("customers", TimeScore::customers, "customers present at the window's end");
  stock_series("churned", TimeScore::churned, "people who left after buying, at the window's end");
  stock_series("bought", TimeScore::bought, "people who ever bought, up to the window's end");
  stock_series("promoters", TimeScore::promoters, "customers who would answer 9 or 10, at the window's end");
  stock_series("passives", TimeScore::passives, "customers who would answer 7 or 8, at the window's end");
  stock_series("detractors", TimeScore::detractors, "customers who would answer 0 to 6, at the window's end");
  const auto mean_series = [&](std::string name, TimeScore score, std::string long_name) {
    reals(std::move(name), {"persona", "time"}, "1", std::move(long_name),
          [&](std::size_t, const Totals& totals, auto& values) {
            for (std::size_t p = 0; p < personas; ++p) {
              const auto total = running(totals, p, score), people = running(totals, p, TimeScore::customers);
              for (std::size_t w = 0; w < windows; ++w) {
                values.push_back(people[w] > 0.0 ? total[w] / shape.scales.score / people[w]
                                                 : std::numeric_limits<double>::quiet_NaN());
              }
            }
          });
  };
  mean_series("satisfaction", TimeScore::satisfaction, "mean satisfaction of customers present at the window's end, 0 to 1");
  mean_series("expectation", TimeScore::expectation, "mean expectation of customers present at the window's end, 0 to 1");

  std::vector<FixedInvestment> investments;
  for (const Program& program : result.programs) investments.push_back(fixed_investment(program));
  const std::string& currency = parts.settings.currency;
  const auto money_series = [&](std::string name, double Money::*part, std::string long_name) {
    reals(std::move(name), {"persona", "time"}, currency, std::move(long_name),
          [&](std::size_t k, const Totals& totals, auto& values) {
            for (std::size_t p = 0; p < personas; ++p) {
              const PersonaMoney money = money_of(result.programs[k], totals, p);
              for (const MoneySum& window : money.windows) values.push_back(window.value().*part * scale);
            }
          });
  };
  money_series("revenue", &Money::revenue, "revenue in the window, undiscounted, for the market");
  money_series("cost_to_serve", &Money::cost, "cost to serve in the window, undiscounted, for the market");
  reals("investment", {"time"}, currency, "price of the plan's improvements in the window, undiscounted, for the market",
        [&](std::size_t k, const Totals& totals, auto& values) {
          const std::vector<PersonaMoney> money = money_of_personas(result.programs[k], totals);
          for (std::size_t w = 0; w < windows; ++w) {
            double prices = 0.0;
            for (const PersonaMoney& of_persona : money) prices += of_persona.windows[w].price.value();
            values.push_back(investments[k].windows[w] + scale * prices);
          }
        });
  const auto messages = [&](std::string name, TimeScore score, std::string long_name) {
    integers(std::move(name), {"persona", "time"}, "messages", std::move(long_name),
             [&](const Totals& totals, auto& values) {
               for (std::size_t p = 0; p < personas; ++p) {
                 for (std::size_t w = 0; w < windows; ++w) {
                   values.push_back(static_cast<std::int64_t>(totals.cell(shape.time(p, w, score))));
                 }
               }
             });
  };
  messages("heard_positive", TimeScore::heard_positive, "positive messages heard in the window");
  messages("heard_negative", TimeScore::heard_negative, "negative messages heard in the window");
  integers("occupancy", {"touchpoint", "time"}, "people", "people at the touchpoint at the window's end",
           [&](const Totals& totals, auto& values) {
             for (std::size_t v = 0; v < touchpoints; ++v) {
               std::vector<std::int64_t> people(windows, 0);
               for (std::size_t p = 0; p < personas; ++p) {
                 const auto present = totals.present(p, v);
                 std::transform(people.begin(), people.end(), present.begin(), people.begin(), std::plus<>());
               }
               values.insert(values.end(), people.begin(), people.end());
             }
           });
  const auto touch_counts = [&](std::string name, TouchScore score, std::string long_name) {
    integers(std::move(name), {"persona", "touchpoint"}, "count", std::move(long_name),
             [&](const Totals& totals, auto& values) {
               for (std::size_t p = 0; p < personas; ++p) {
                 for (std::size_t v = 0; v < touchpoints; ++v) {
                   values.push_back(static_cast<std::int64_t>(totals.cell(shape.touch(p, v, score))));
                 }
               }
             });
  };
  touch_counts("visits", TouchScore::visits, "visits up to the horizon");
  touch_counts("repeats", TouchScore::repeats, "visits at which context was lost and the customer had to repeat themselves");
  const auto touch_means = [&](std::string name, double TouchSums::*score, std::string unit, std::string long_name) {
    reals(std::move(name), {"persona", "touchpoint"}, std::move(unit), std::move(long_name),
          [&](std::size_t k, const Totals& totals, auto& values) {
            for (std::size_t p = 0; p < personas; ++p) {
              for (std::size_t v = 0; v < touchpoints; ++v) {
                const TouchSums s = touch_of(totals, p, v, result.programs[k].place(static_cast<std::uint32_t>(v)).end);
                values.push_back(s.appraised > 0.0 ? s.*score / s.appraised : std::numeric_limits<double>::quiet_NaN());
              }
            }
          });
  };
  touch_means("touch_quality", &TouchSums::quality, "1", "mean delivered quality per visit, 0 to 1");
  touch_means("touch_satisfaction", &TouchSums::satisfaction, "1", "mean appraisal per visit, 0 to 1");
  touch_means("touch_effort", &TouchSums::effort, "1", "mean customer effort per visit, 0 to 1");
  reals("touch_wait", {"persona", "touchpoint"}, "day", "mean wait, over waits that ended",
        [&](std::size_t k, const Totals& totals, auto& values) {
          for (std::size_t p = 0; p < personas; ++p) {
            for (std::size_t v = 0; v < touchpoints; ++v) {
              const TouchSums s = touch_of(totals, p, v, result.programs[k].place(static_cast<std::uint32_t>(v)).end);
              const double ended = s.appraised + s.gave_up;
              values.push_back(ended > 0.0 ? s.wait / ended : std::numeric_limits<double>::quiet_NaN());
            }
          }
        });
  if (shape.queues) {
    touch_counts("gave_up", TouchScore::gave_up, "visits that ended when the customer gave up waiting");
    touch_counts("turned_away", TouchScore::turned_away, "visits for which there was no room in the line");
    const auto queue_series = [&](std::string name, std::string unit, std::string long_name, auto value) {
      reals(std::move(name), {"touchpoint", "time"}, std::move(unit), std::move(long_name),
            [&](std::size_t k, const Totals& totals, auto& values) {
              for (std::uint32_t v = 0; v < touchpoints; ++v) {
                const Program& program = result.programs[k];
                for (std::size_t w = 0; w < windows; ++w) {
                  values.push_back(program.place(v).queues ? value(totals, program.service(v).queue, w)
                                                           : std::numeric_limits<double>::quiet_NaN());
                }
              }
            });
    };
    const auto people = [&](std::string name, QueueScore score, std::string long_name) {
      queue_series(std::move(name), "people", std::move(long_name), [&](const Totals& totals, std::size_t q, std::size_t w) {
        return totals.value(shape.queue(q, w, score));
      });
    };
    people("queue_came", QueueScore::came, "simulated people who came to the queue in the window");
    people("queue_served", QueueScore::served, "simulated people whose service began in the window");
    people("queue_in_time", QueueScore::in_time, "of these, who were served within the time asked for");
    people("queue_gave_up", QueueScore::gave_up, "simulated people who gave up waiting in the window");
    people("queue_turned_away", QueueScore::turned_away, "simulated people for whom there was no room in the window");
    people("queue_length", QueueScore::waiting,
           "who waits in line at the window's end, real people where one simulated one stands for several");
    queue_series("queue_wait", "day", "mean of the waits that ended in the window",
                 [&](const Totals& totals, std::size_t q, std::size_t w) {
                   const double ended = totals.value(shape.queue(q, w, QueueScore::served)) +
                                        totals.value(shape.queue(q, w, QueueScore::gave_up));
                   return ended > 0.0 ? totals.value(shape.queue(q, w, QueueScore::wait), shape.scales.days) / ended
                                      : std::numeric_limits<double>::quiet_NaN();
                 });
  }
  if (shape.account_segments > 0) {
    const auto account_series = [&](std::string name, AccountScore score, std::string long_name) {
      integers(std::move(name), {"account_segment", "time"}, "accounts", std::move(long_name),
               [&](const Totals& totals, auto& values) {
                 for (std::size_t s = 0; s < shape.account_segments; ++s) {
                   for (std::size_t w = 0; w < windows; ++w) {
                     values.push_back(static_cast<std::int64_t>(totals.cell(shape.account(s, w, score))));
                   }
                 }
               });
    };
    account_series("accounts", AccountScore::arrived, "accounts of which somebody had arrived by the window's end");
    account_series("accounts_bought", AccountScore::bought,
                   "accounts of which somebody had ever bought by the window's end");
    account_series("accounts_customers", AccountScore::customers,
                   "accounts of which somebody was a customer at the window's end");
  }
  integers("taken", {"persona", "exit"}, "count", "times the exit was taken up to the horizon",
           [&](const Totals& totals, auto& values) {
             for (std::size_t p = 0; p < personas; ++p) {
               for (std::size_t e = 0; e < shape.exits; ++e)
                 values.push_back(static_cast<std::int64_t>(totals.cell(shape.taken(p, e))));
             }
           });
  const auto tenure = [&](std::string name, TenureScore score, std::string long_name) {
    integers(std::move(name), {"persona", "tenure_bin"}, "people", std::move(long_name),
             [&](const Totals& totals, auto& values) {
               for (std::size_t p = 0; p < personas; ++p) {
                 for (std::size_t b = 0; b < shape.tenure_bins; ++b) {
                   values.push_back(static_cast<std::int64_t>(totals.cell(shape.tenure(p, b, score))));
                 }
               }
             });
  };
  tenure("tenure", TenureScore::churned, "people by days as a customer when they churned");
  tenure("tenure_censored", TenureScore::censored, "people by days as a customer of those still customers at the horizon");

  // Winners and losers: what each customer comes to under a plan and under the first one.
  if (plans > 1) {
    outcomes.dimensions.push_back({"fate", customer_change_count,
                                   std::vector<std::string>{"gained", "kept", "without", "given_up"}, "",
                                   "customer under the plan only, under both, under neither, under the first plan only"});
    outcomes.dimensions.push_back({"feeling", satisfaction_change_count, std::vector<std::string>{"better", "same", "worse"},
                                   "", "satisfaction at the end against that under the first plan; same: within 0.01"});
    const std::vector<std::string> standings{"prospect", "lost", "churned", "customer"};
    outcomes.dimensions.push_back({"first_standing", end_standing_count, standings, "", "standing under the first plan"});
    outcomes.dimensions.push_back({"standing", end_standing_count, standings, "", "standing at the horizon"});
    integers("fortunes", {"persona", "fate", "feeling"}, "people",
             "people by how they end under the plan and, on the same luck, under the first plan",
             [&](const Totals& totals, auto& values) {
               for (std::size_t p = 0; p < personas; ++p) {
                 for (std::size_t o = 0; o < customer_change_count; ++o) {
                   for (std::size_t f = 0; f < satisfaction_change_count; ++f) {
                     values.push_back(
                         totals.fortunes.people(p, static_cast<CustomerChange>(o), static_cast<SatisfactionChange>(f)));
                   }
                 }
               }
             });
  }

  // The stage of each touchpoint, so that a funnel can be drawn from the file alone.
  std::vector<std::int64_t> stage_of;
  for (const Touchpoint& touchpoint : parts.touchpoints) stage_of.push_back(static_cast<std::int64_t>(touchpoint.stage));
  outcomes.arrays.push_back(
      {"touchpoint_stage", {"touchpoint"}, "1", "index of the touchpoint's stage in `stage`", stage_of});
  outcomes.arrays.push_back({"stage_order",
                             {"stage"},
                             "1",
                             "position of the stage in the lifecycle",
                             std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}});

  std::vector<Sums> whole;  // of each plan and replication
  for (std::size_t k = 0; k < plans; ++k) {
    PlanSamples plan;
    plan.by_persona.resize(personas);
    plan.touch.resize(touchpoints);
    plan.by_segment.resize(shape.account_segments);
    for (const Totals& totals : result.totals[k]) add_sample(plan, totals, result.programs[k], investments[k], 1.0);
    std::move(plan.all.begin(), plan.all.end(), std::back_inserter(whole));
  }
  const Mechanisms mechanisms = mechanisms_in(parts);
  for (const Metric& metric : metrics()) {
    if (metric.written == Written::where_used && !mechanisms.has(metric.needs)) continue;
    const std::string unit = metric.unit == "currency" ? currency : std::string(metric.unit);
    std::vector<double> values;
    for (const Sums& sums : whole) values.push_back(metric.value(sums));
    outcomes.arrays.push_back(
        {"horizon/" + std::string(metric.name), {"plan", "replication"}, unit, std::string(metric.description), values});
  }
  return outcomes;
}

}  // namespace sojourn
