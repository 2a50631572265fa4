#include "sojourn/outcomes/kept_samples.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "sojourn/outcomes/recorded.hpp"

namespace sojourn {
namespace {

template <class S>
struct Field {
  const char* name;
  double S::*member;
  const char* unit;  // "" for the currency
  const char* long_name;
};

/// By persona.
constexpr std::array persona_fields{
    Field<Sums>{"arrived", &Sums::arrived, "people", "people who arrived"},
    Field<Sums>{"prospects", &Sums::prospects, "people", "prospects at the horizon"},
    Field<Sums>{"lost", &Sums::lost, "people", "people who left before buying"},
    Field<Sums>{"customers", &Sums::customers, "people", "customers at the horizon"},
    Field<Sums>{"churned", &Sums::churned, "people", "people who left after buying"},
    Field<Sums>{"bought", &Sums::bought, "people", "people who ever bought"},
    Field<Sums>{"promoters", &Sums::promoters, "people", "customers at the horizon who would answer 9 or 10"},
    Field<Sums>{"passives", &Sums::passives, "people", "customers at the horizon who would answer 7 or 8"},
    Field<Sums>{"detractors", &Sums::detractors, "people", "customers at the horizon who would answer 0 to 6"},
    Field<Sums>{"satisfaction", &Sums::satisfaction, "1", "sum of satisfaction over customers at the horizon"},
    Field<Sums>{"expectation", &Sums::expectation, "1", "sum of expectation over customers at the horizon"},
    Field<Sums>{"visits", &Sums::visits, "count", "visits"},
    Field<Sums>{"appraised", &Sums::appraised, "count", "visits to touchpoints that are no end"},
    Field<Sums>{"repeats", &Sums::repeats, "count", "visits at which context was lost"},
    Field<Sums>{"effort", &Sums::effort, "1", "sum of effort over visits"},
    Field<Sums>{"days_to_purchase", &Sums::days_to_purchase, "day", "sum of days from arrival to first purchase"},
    Field<Sums>{"heard_positive", &Sums::heard_positive, "messages", "positive messages heard"},
    Field<Sums>{"heard_negative", &Sums::heard_negative, "messages", "negative messages heard"},
    Field<Sums>{"referred", &Sums::referred, "people", "buyers to whom a customer had spoken well before"},
    Field<Sums>{"brought", &Sums::brought, "people", "buyers to whom one of these had spoken first"},
    Field<Sums>{"worth_referred", &Sums::worth_referred, "", "discounted revenue - cost to serve of referred buyers"},
    Field<Sums>{"revenue", &Sums::revenue, "", "revenue of the simulated people, undiscounted"},
    Field<Sums>{"cost_to_serve", &Sums::cost_to_serve, "", "cost to serve of the simulated people, undiscounted"},
    Field<Sums>{"worth_revenue", &Sums::worth_revenue, "", "revenue of the simulated people, discounted"},
    Field<Sums>{"worth_cost", &Sums::worth_cost, "", "cost to serve of the simulated people, discounted"},
};

/// Of the whole market.
constexpr std::array market_fields{
    Field<Sums>{"visit_price", &Sums::visit_price, "", "price of improvements per visit of the simulated people"},
    Field<Sums>{"worth_visit_price", &Sums::worth_visit_price, "", "the same, discounted"},
    Field<Sums>{"fixed_investment", &Sums::investment, "", "once and per month, for the market; of a batch its share"},
    Field<Sums>{"worth_fixed_investment", &Sums::worth_investment, "", "the same, discounted"},
};

/// By account segment.
constexpr std::array segment_fields{
    Field<Sums>{"accounts", &Sums::accounts, "accounts", "accounts that arrived"},
    Field<Sums>{"accounts_bought", &Sums::accounts_bought, "accounts", "accounts of which somebody ever bought"},
    Field<Sums>{"accounts_customers", &Sums::accounts_customers, "accounts",
                "accounts of which somebody is a customer at the horizon"},
};

constexpr std::array touch_fields{
    Field<TouchSums>{"touch_visits", &TouchSums::visits, "count", "visits"},
    Field<TouchSums>{"touch_repeats", &TouchSums::repeats, "count", "visits at which context was lost"},
    Field<TouchSums>{"touch_appraised", &TouchSums::appraised, "count", "visits to touchpoints that are no end"},
    Field<TouchSums>{"touch_quality", &TouchSums::quality, "1", "sum of delivered quality over visits"},
    Field<TouchSums>{"touch_satisfaction", &TouchSums::satisfaction, "1", "sum of appraisals over visits"},
    Field<TouchSums>{"touch_effort", &TouchSums::effort, "1", "sum of effort over visits"},
    Field<TouchSums>{"touch_wait", &TouchSums::wait, "day", "sum of the waits that ended"},
    Field<TouchSums>{"touch_gave_up", &TouchSums::gave_up, "count", "visits that ended when the customer gave up waiting"},
    Field<TouchSums>{"touch_turned_away", &TouchSums::turned_away, "count", "visits for which there was no room"},
    Field<TouchSums>{"touch_gone", &TouchSums::gone, "people", "people lost or churned at the horizon who left from here"},
};

constexpr const char* batch_axis = "batch";

std::string in_group(const char* name) { return std::string("samples/") + name; }

const std::vector<double>& values(const Outcomes& outcomes, const char* name, std::size_t size) {
  const std::string full = in_group(name);
  const auto found =
      std::find_if(outcomes.arrays.begin(), outcomes.arrays.end(), [&](const Array& array) { return array.name == full; });
  const auto* numbers = found == outcomes.arrays.end() ? nullptr : std::get_if<std::vector<double>>(&found->values);
  if (numbers == nullptr || numbers->size() != size) {
    throw InputError(
        "sojourn: error: this results file has no sums to estimate from (its group \"samples\" is missing or another "
        "model's)\nhint: repeat it with this version: sojourn run FILE.h5 -o NEW.h5");
  }
  return *numbers;
}

/// Reads the fortunes of plan `k` into its samples.
void fill_fortunes(const std::vector<double>& people, std::size_t k, PlanSamples& plan) {
  const std::size_t personas = plan.by_persona.size();
  std::size_t at = k * plan.fortunes.size() * personas * customer_change_count * satisfaction_change_count;
  for (PairedOutcomes& fortunes : plan.fortunes) {
    for (std::size_t p = 0; p < personas; ++p) {
      for (std::size_t o = 0; o < customer_change_count; ++o) {
        for (std::size_t f = 0; f < satisfaction_change_count; ++f)
          fortunes.count(p, static_cast<CustomerChange>(o), static_cast<SatisfactionChange>(f),
                         static_cast<std::int64_t>(people[at++]));
      }
    }
  }
}

/// The same of where people stand under the first plan and under plan `k`.
void fill_standings(const std::vector<double>& people, std::size_t k, PlanSamples& plan) {
  const std::size_t personas = plan.by_persona.size();
  std::size_t at = k * plan.fortunes.size() * personas * end_standing_count * end_standing_count;
  for (PairedOutcomes& fortunes : plan.fortunes) {
    for (std::size_t p = 0; p < personas; ++p) {
      for (std::size_t before = 0; before < end_standing_count; ++before) {
        for (std::size_t after = 0; after < end_standing_count; ++after)
          fortunes.count(p, static_cast<EndStanding>(before), static_cast<EndStanding>(after),
                         static_cast<std::int64_t>(people[at++]));
      }
    }
  }
}

bool has_dimension(const Outcomes& outcomes, const char* name) {
  return std::any_of(outcomes.dimensions.begin(), outcomes.dimensions.end(),
                     [&](const Dimension& dimension) { return dimension.name == name; });
}

}  // namespace

void keep_samples(const Samples& samples, Outcomes& outcomes) {
  const std::size_t count = samples.plans.front().all.size();
  const std::string axis = samples.batches ? batch_axis : "replication";
  if (samples.batches) {
    std::vector<std::int64_t> numbers;
    for (std::size_t b = 0; b < count; ++b) numbers.push_back(static_cast<std::int64_t>(b));
    outcomes.dimensions.push_back({batch_axis, count, numbers, "1", "batch of customers of the one replication"});
  }
  const auto add = [&](const char* name, std::vector<std::string> axes, const char* unit, const char* long_name, auto fill) {
    std::vector<double> all;
    for (const PlanSamples& plan : samples.plans) fill(plan, all);
    outcomes.arrays.push_back(
        {in_group(name), std::move(axes), *unit == '\0' ? samples.currency : std::string(unit), long_name, std::move(all)});
  };
  add("weight", {"plan", axis}, "1", "share of the people in the sample; 1 for a replication",
      [&](const PlanSamples& plan, auto& all) {
        for (const Sums& sums : plan.all) all.push_back(sums.replications);
      });
  for (const auto& field : persona_fields) {
    add(field.name, {"plan", axis, "persona"}, field.unit, field.long_name, [&](const PlanSamples& plan, auto& all) {
      for (std::size_t i = 0; i < count; ++i) {
        for (const auto& persona : plan.by_persona) all.push_back(persona[i].*field.member);
      }
    });
  }
  for (const auto& field : market_fields) {
    add(field.name, {"plan", axis}, field.unit, field.long_name, [&](const PlanSamples& plan, auto& all) {
      for (const Sums& sums : plan.all) all.push_back(sums.*field.member);
    });
  }
  if (!samples.segments.empty()) {
    for (const auto& field : segment_fields) {
      add(field.name, {"plan", axis, "account_segment"}, field.unit, field.long_name,
          [&](const PlanSamples& plan, auto& all) {
            for (std::size_t i = 0; i < count; ++i) {
              for (const auto& segment : plan.by_segment) all.push_back(segment[i].*field.member);
            }
          });
    }
  }
  for (const auto& field : touch_fields) {
    add(field.name, {"plan", axis, "touchpoint"}, field.unit, field.long_name, [&](const PlanSamples& plan, auto& all) {
      for (std::size_t i = 0; i < count; ++i) {
        for (const auto& touchpoint : plan.touch) all.push_back(touchpoint[i].*field.member);
      }
    });
  }
  const auto tenure = [&](const char* name, std::vector<double> Sums::*bins, const char* long_name) {
    add(name, {"plan", axis, "persona", "tenure_bin"}, "people", long_name, [&](const PlanSamples& plan, auto& all) {
      for (std::size_t i = 0; i < count; ++i) {
        for (const auto& persona : plan.by_persona) {
          const std::vector<double>& people = persona[i].*bins;
          all.insert(all.end(), people.begin(), people.end());
        }
      }
    });
  };
  tenure("tenure_churned", &Sums::tenure_churned, "people by days as a customer when they churned");
  tenure("tenure_kept", &Sums::tenure_censored, "people by days as a customer of those still customers at the horizon");
  // The dimensions are in files of several plans only; one plan compares with nothing.
  if (samples.plans.size() > 1) {
    add("fortunes", {"plan", axis, "persona", "fate", "feeling"}, "people",
        "people by how they end under the plan and, on the same luck, under the first plan",
        [&](const PlanSamples& plan, auto& all) {
          for (const PairedOutcomes& fortunes : plan.fortunes) {
            for (std::size_t p = 0; p < samples.personas.size(); ++p) {
              for (std::size_t o = 0; o < customer_change_count; ++o) {
                for (std::size_t f = 0; f < satisfaction_change_count; ++f)
                  all.push_back(static_cast<double>(
                      fortunes.people(p, static_cast<CustomerChange>(o), static_cast<SatisfactionChange>(f))));
              }
            }
          }
        });
  }
  if (samples.plans.size() > 1) {
    add("standings", {"plan", axis, "persona", "first_standing", "standing"}, "people",
        "people by where they stand at the horizon under the first plan and, on the same luck, under the plan",
        [&](const PlanSamples& plan, auto& all) {
          for (const PairedOutcomes& fortunes : plan.fortunes) {
            for (std::size_t p = 0; p < samples.personas.size(); ++p) {
              for (std::size_t before = 0; before < end_standing_count; ++before) {
                for (std::size_t after = 0; after < end_standing_count; ++after)
                  all.push_back(static_cast<double>(
                      fortunes.people(p, static_cast<EndStanding>(before), static_cast<EndStanding>(after))));
              }
            }
          }
        });
  }
  add("cash_of", {"plan", axis, "time"}, "", "as cash, of each sample, as if it were the whole market",
      [&](const PlanSamples& plan, auto& all) {
        for (const std::vector<double>& cash : plan.cash_of) all.insert(all.end(), cash.begin(), cash.end());
      });
  add("cash", {"plan", "time"}, "",
      "revenue - cost to serve - investment in the window, undiscounted, for the market, mean over replications",
      [&](const PlanSamples& plan, auto& all) { all.insert(all.end(), plan.cash.begin(), plan.cash.end()); });
}

Samples kept_samples(const Outcomes& outcomes, const Model& model) {
  require_results_of(outcomes, model);
  const ModelParts& parts = model.parts();
  Samples samples = samples_about(model);
  samples.replications = static_cast<std::uint32_t>(outcomes.dimension("replication").size);
  samples.seed = outcomes.provenance.seed;
  if (const auto* ends = std::get_if<std::vector<double>>(&outcomes.dimension("time").values)) samples.window_ends = *ends;
  samples.batches = has_dimension(outcomes, batch_axis);

  const std::vector<std::string>& ids = recorded_texts(outcomes, "plan");
  const std::size_t plans = ids.size(), personas = samples.personas.size(), touchpoints = samples.touchpoints.size();
  const std::size_t count = samples.batches ? outcomes.dimension(batch_axis).size : samples.replications;
  const std::size_t windows = samples.window_ends.size(), segments = samples.segments.size();
  const Dimension& tenure = outcomes.dimension("tenure_bin");
  const auto* edges = std::get_if<std::vector<double>>(&tenure.values);
  const std::vector<double>& weight = values(outcomes, "weight", plans * count);
  const std::vector<double>& cash = values(outcomes, "cash", plans * windows);
  const std::vector<double>& cash_of = values(outcomes, "cash_of", plans * count * windows);
  const std::size_t bins = tenure.size;
  const std::vector<double>& churned = values(outcomes, "tenure_churned", plans * count * personas * bins);
  const std::vector<double>& kept = values(outcomes, "tenure_kept", plans * count * personas * bins);

  for (std::size_t k = 0; k < plans; ++k) {
    const auto described =
        std::find_if(parts.plans.begin(), parts.plans.end(), [&](const Plan& plan) { return plan.id == ids[k]; });
    if (described == parts.plans.end()) {
      throw InputError("sojourn: error: the results hold a plan \"" + ids[k] + "\" that their scenario does not have");
    }
    PlanSamples plan;
    plan.id = described->id;
    plan.name = described->name;
    plan.by_persona.assign(personas, std::vector<Sums>(count));
    plan.touch.assign(touchpoints, std::vector<TouchSums>(count));
    plan.by_segment.assign(segments, std::vector<Sums>(count));
    plan.fortunes.assign(count, PairedOutcomes(personas));
    plan.all.resize(count);
    for (const auto& field : persona_fields) {
      const std::vector<double>& numbers = values(outcomes, field.name, plans * count * personas);
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t p = 0; p < personas; ++p)
          plan.by_persona[p][i].*field.member = numbers[(k * count + i) * personas + p];
      }
    }
    for (const auto& field : touch_fields) {
      const std::vector<double>& numbers = values(outcomes, field.name, plans * count * touchpoints);
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t v = 0; v < touchpoints; ++v)
          plan.touch[v][i].*field.member = numbers[(k * count + i) * touchpoints + v];
      }
    }
    for (const auto& field : segment_fields) {
      if (segments == 0) break;
      const std::vector<double>& numbers = values(outcomes, field.name, plans * count * segments);
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t s = 0; s < segments; ++s)
          plan.by_segment[s][i].*field.member = numbers[(k * count + i) * segments + s];
      }
    }
    if (plans > 1)
      fill_fortunes(
          values(outcomes, "fortunes", plans * count * personas * customer_change_count * satisfaction_change_count), k,
          plan);
    if (plans > 1) {
      fill_standings(values(outcomes, "standings", plans * count * personas * end_standing_count * end_standing_count), k,
                     plan);
    }
    for (std::size_t i = 0; i < count; ++i) {
      Sums& all = plan.all[i];
      for (std::size_t p = 0; p < personas; ++p) {
        Sums& one = plan.by_persona[p][i];
        one.people_per_customer = model.people_per_customer();
        one.tenure_bin = edges != nullptr && !edges->empty() ? edges->front() : 1.0;
        const auto at = static_cast<std::ptrdiff_t>(((k * count + i) * personas + p) * bins);
        const auto end = at + static_cast<std::ptrdiff_t>(bins);
        one.tenure_churned.assign(churned.begin() + at, churned.begin() + end);
        one.tenure_censored.assign(kept.begin() + at, kept.begin() + end);
        all += one;
        one.replications = weight[k * count + i];
      }
      all.replications = weight[k * count + i];
      for (auto& segment : plan.by_segment) {
        segment[i].people_per_customer = all.people_per_customer;
        segment[i].tenure_bin = all.tenure_bin;
        all += segment[i];
      }
      const auto first = cash_of.begin() + static_cast<std::ptrdiff_t>((k * count + i) * windows);
      plan.cash_of.emplace_back(first, first + static_cast<std::ptrdiff_t>(windows));
      for (std::size_t v = 0; v < touchpoints; ++v) {
        plan.touch[v][i].arrived = all.arrived;
        samples.events += static_cast<std::uint64_t>(plan.touch[v][i].visits);
      }
    }
    for (const auto& field : market_fields) {
      const std::vector<double>& numbers = values(outcomes, field.name, plans * count);
      for (std::size_t i = 0; i < count; ++i) plan.all[i].*field.member = numbers[k * count + i];
    }
    plan.cash.assign(cash.begin() + static_cast<std::ptrdiff_t>(k * windows),
                     cash.begin() + static_cast<std::ptrdiff_t>((k + 1) * windows));
    samples.plans.push_back(std::move(plan));
  }
  return samples;
}

}  // namespace sojourn
