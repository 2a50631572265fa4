// Whether two runs gave the same bits, and where they first differ.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"

namespace sojourn::verify {

/// What a run came to: its sums, or the text of its error.
struct Run {
  std::optional<RunResult> result;
  std::string error;
};

inline Run try_run(const Model& model, std::span<const PlanId> plans, const RunOptions& options) {
  Run done;
  try {
    done.result = run(model, plans, options);
  } catch (const std::exception& error) {
    done.error = error.what();
  }
  return done;
}

inline std::vector<PlanId> all_plans(const ModelParts& parts) {
  std::vector<PlanId> plans;
  for (std::size_t k = 0; k < parts.plans.size(); ++k) plans.emplace_back(k);
  return plans;
}

/// The part of the table that a cell stands in.
inline std::string part_of_table(const TallyShape& shape, std::size_t cell) {
  if (shape.pieces > 0 && cell >= shape.paid(MoneyOf::everybody, 0, 0, PaidScore::visits)) return "money";
  if (cell >= shape.person(0, PersonScore::arrived)) return "by person";
  if (cell >= shape.tenure(0, 0, TenureScore::churned)) return "tenure";
  if (cell >= shape.taken(0, 0)) return "exits taken";
  if (cell >= shape.present(0, 0, 0)) return "present";
  if (cell >= shape.touch(0, 0, TouchScore::visits)) return "by touchpoint";
  return "over time, score " + std::to_string(cell % time_score_count);
}

/// Nothing where all sums are equal, else the first difference.
inline std::string difference(const std::string& where, const Totals& a, const Totals& b) {
  if (a.shape().cells() != b.shape().cells()) return where + ": tables of different sizes";
  if (a.switches != b.switches) return where + ": rules switched otherwise";
  if (a.paired_outcomes != b.paired_outcomes) return where + ": different winners and losers";
  if (a.events() != b.events()) return fmt::format("{}: {} visits, and {}", where, a.events(), b.events());
  std::size_t differing = 0, first = 0;
  for (std::size_t i = a.shape().cells(); i-- > 0;) {
    if (a.cell(i) == b.cell(i)) continue;
    ++differing;
    first = i;
  }
  if (differing == 0) return {};
  return fmt::format("{}: {} of {} cells differ; the first is {} ({}): {:.17g}, and {:.17g}", where, differing,
                     a.shape().cells(), first, part_of_table(a.shape(), first), a.value(first), b.value(first));
}

/// Nothing where two runs of the same plans gave the same, errors included; else the first difference.
inline std::string difference(const Run& a, const Run& b) {
  if (a.error != b.error) return fmt::format("ended with \"{}\", and with \"{}\"", a.error, b.error);
  if (!a.result || !b.result) return {};
  const RunResult &x = *a.result, &y = *b.result;
  if (x.events != y.events) return fmt::format("{} visits, and {}", x.events, y.events);
  if (x.replications != y.replications || x.interrupted != y.interrupted) return "different replications were finished";
  if (x.totals.size() != y.totals.size())
    return fmt::format("sums of {} plans, and of {}", x.totals.size(), y.totals.size());
  for (std::size_t plan = 0; plan < x.totals.size(); ++plan) {
    const std::vector<Totals>&one = x.totals[plan], &other = y.totals[plan];
    if (one.size() != other.size()) return "different numbers of replications";
    for (std::size_t k = 0; k < one.size(); ++k) {
      std::string found = difference(fmt::format("plan {}, replication {}", plan, k), one[k], other[k]);
      if (!found.empty()) return found;
    }
    const std::vector<BatchSums> samples = x.batches[plan].samples(), others = y.batches[plan].samples();
    if (samples.size() != others.size()) return fmt::format("{} samples, and {}", samples.size(), others.size());
    for (std::size_t k = 0; k < samples.size(); ++k) {
      const std::string where = fmt::format("plan {}, sample {}", plan, k);
      std::string found = difference(where, samples[k].totals, others[k].totals);
      if (!found.empty()) return found;
      if (samples[k].people != others[k].people) return where + ": different numbers of people";
      for (std::size_t w = 0; w < samples[k].windows.size(); ++w) {
        const Money a_money = samples[k].windows[w].value(), b_money = others[k].windows[w].value();
        if (a_money.revenue != b_money.revenue || a_money.cost != b_money.cost || a_money.price != b_money.price)
          return fmt::format("{}: different money in window {}", where, w);
      }
      for (std::size_t p = 0; p < samples[k].money.size(); ++p) {
        const Money a_money = samples[k].money[p].worth.value(), b_money = others[k].money[p].worth.value();
        if (a_money.revenue != b_money.revenue || a_money.cost != b_money.cost || a_money.price != b_money.price)
          return fmt::format("{}: different money of persona {} at time 0", where, p);
      }
    }
  }
  return {};
}

}  // namespace sojourn::verify
