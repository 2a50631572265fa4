#include "report_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sojourn/base/number_text.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn::report_pages {
namespace {

std::size_t size_of(const Outcomes& outcomes, const char* dimension) { return outcomes.dimension(dimension).size; }

/// Sum of an array (plan, replication, persona, x) over the replications and a group's personas, by (plan, x).
std::vector<std::vector<double>> pooled(const Report& report, const std::string& name, const Group& group,
                                        const char* last) {
  const std::vector<double> all = numbers(report.outcomes, name, {"plan", "replication", "persona", last});
  const std::size_t places = size_of(report.outcomes, last);
  const std::size_t plans = report.samples.plans.size(), replications = size_of(report.outcomes, "replication"),
                    personas = report.samples.personas.size();
  std::vector<std::vector<double>> result(plans, std::vector<double>(places, 0.0));
  for (std::size_t k = 0; k < plans; ++k) {
    for (std::size_t r = 0; r < replications; ++r) {
      for (const std::size_t p : group.personas) {
        for (std::size_t i = 0; i < places; ++i) {
          const double value = all[((k * replications + r) * personas + p) * places + i];
          result[k][i] += value;
        }
      }
    }
  }
  return result;
}

}  // namespace

std::vector<Group> groups(const Samples& samples) {
  std::vector<Group> result{{"All customers", {}}};
  for (std::size_t p = 0; p < samples.personas.size(); ++p) result.front().personas.push_back(p);
  if (samples.personas.size() < 2) return result;
  for (std::size_t p = 0; p < samples.personas.size(); ++p) result.push_back({samples.persona_names[p], {p}});
  return result;
}

const std::vector<Sums>& sums_of(const PlanSamples& plan, std::size_t group) {
  return group == 0 ? plan.all : plan.by_persona[group - 1];
}

std::vector<double> numbers(const Outcomes& outcomes, const std::string& name,
                            std::initializer_list<std::string_view> dimensions) {
  return std::visit([](const auto& values) { return std::vector<double>(values.begin(), values.end()); },
                    recorded(outcomes, name, dimensions).values);
}

std::vector<std::vector<double>> stock(const Report& report, const std::string& name, const Group& group) {
  return pooled(report, name, group, "time");
}

std::vector<std::vector<Estimate>> promoter_score(const Report& report, const Group& group) {
  const std::size_t plans = report.samples.plans.size(), replications = size_of(report.outcomes, "replication"),
                    personas = report.samples.personas.size(), windows = size_of(report.outcomes, "time");
  const auto series = [&](const char* name) {
    return numbers(report.outcomes, name, {"plan", "replication", "persona", "time"});
  };
  const std::vector<double> promoters = series("promoters"), detractors = series("detractors"),
                            customers = series("customers");
  const Metric& nps = *find_metric("nps");
  std::vector<std::vector<Estimate>> result(plans);
  for (std::size_t k = 0; k < plans; ++k) {
    for (std::size_t w = 0; w < windows; ++w) {
      std::vector<Sums> samples(replications);
      for (std::size_t r = 0; r < replications; ++r) {
        for (const std::size_t p : group.personas) {
          const std::size_t at = ((k * replications + r) * personas + p) * windows + w;
          samples[r].promoters += promoters[at];
          samples[r].detractors += detractors[at];
          samples[r].customers += customers[at];
        }
      }
      result[k].push_back(estimate(samples, nps, People::coupled));
    }
  }
  return result;
}

std::vector<Flow> stage_flow(const Report& report, std::size_t plan, const Group& group) {
  const ModelParts& parts = report.model.parts();
  const auto replications = static_cast<double>(size_of(report.outcomes, "replication"));
  const std::size_t stages = stage_names.size();
  const std::vector<double> taken = pooled(report, "taken", group, "exit")[plan];
  std::vector<std::vector<double>> moved(stages, std::vector<double>(stages, 0.0));
  std::vector<double> arrived(stages, 0.0), left(stages, 0.0);  // who left: to an end, or where nobody counts as a customer
  const auto stage_of = [](const Touchpoint& touchpoint) { return static_cast<std::size_t>(touchpoint.stage); };
  const auto gone = [](const Touchpoint& touchpoint) { return touchpoint.end || touchpoint.counts_as.has_value(); };
  std::size_t e = 0;
  for (const Touchpoint& from : parts.touchpoints) {
    for (const Exit& exit : from.next) {
      const Touchpoint& to = parts.touchpoints[exit.to.index()];
      const double people = taken[e++] / replications;
      if (!to.end) moved[stage_of(from)][stage_of(to)] += people;
      if (gone(to)) left[to.end ? stage_of(from) : stage_of(to)] += people;
      if (!from.end && gone(from)) left[stage_of(from)] -= people;  // came back from where nobody is a customer
    }
  }
  double lost = 0.0, churned = 0.0;  // by whether they had bought, as everywhere else
  for (const std::size_t p : group.personas) {
    double people = 0.0;
    for (const Sums& sums : report.samples.plans[plan].by_persona[p]) {
      people += sums.arrived;
      lost += sums.lost / replications;
      churned += sums.churned / replications;
    }
    for (const auto& [touchpoint, share] : parts.personas[p].starts) {
      const Touchpoint& start = parts.touchpoints[touchpoint.index()];
      arrived[stage_of(start)] += share * people / replications;
      if (gone(start)) left[stage_of(start)] += share * people / replications;
    }
  }
  const auto title = [](std::size_t s) { return journey_map::stage_title(static_cast<Stage>(s)); };
  std::vector<double> stays = arrived;
  std::vector<Flow> flows;
  const auto add = [&](const std::string& from, const std::string& to, double people) {
    if (people > 0.0) flows.push_back({from, to, people});
  };
  for (std::size_t s = 0; s < stages; ++s) add("Arrived", title(s), arrived[s]);
  for (std::size_t a = 0; a < stages; ++a) {
    for (std::size_t b = a + 1; b < stages; ++b) {
      const double net = moved[a][b] - moved[b][a];
      stays[a] -= net;
      stays[b] += net;
      // A Sankey diagram has no way back: what returns on balance leaves to the right, under its own name.
      if (net >= 0.0)
        add(title(a), title(b), net);
      else
        add(title(b), "Back to " + title(a), -net);
    }
    add(title(a), "Left", left[a]);
    stays[a] -= left[a];
  }
  add("Left", "Lost", lost);
  add("Left", "Churned", churned);
  for (std::size_t s = 0; s < stages; ++s) {
    if (stays[s] > 0.5) add(title(s), "Still in " + title(s), stays[s]);
  }
  return flows;
}

std::vector<std::string> answer(const Samples& samples, const Comparison& comparison) {
  std::vector<std::string> sentences;
  if (comparison.plans.size() > 1) {
    return answer_words::sentences(samples, comparison);
  }
  const auto figure = [&](std::string_view name) {
    const Metric& metric = *find_metric(name);
    const Estimate e = estimate(samples, 0, metric);
    return format::value(metric, e, samples.currency) +
           (std::isnan(e.low) ? "" : " (± " + format::half_width(metric, e, samples.currency) + ")");
  };
  const double existing = std::accumulate(samples.plans[0].all.begin(), samples.plans[0].all.end(), 0.0,
                                          [](double sum, const Sums& sums) { return sum + sums.existing; });
  sentences.push_back(
      existing > 0.0
          ? fmt::format(
                "After {}, {} of those who arrived as prospects have bought, and {} of the buyers and of who arrived "
                "as customers are still customers.",
                format::duration(samples.horizon), figure("conversion"), figure("retention"))
          : fmt::format("After {}, {} of those who arrived have bought, and {} of the buyers are still customers.",
                        format::duration(samples.horizon), figure("conversion"), figure("retention")));
  sentences.push_back(
      fmt::format("Their net promoter score is {}; the net present value is {}.", figure("nps"), figure("npv")));
  return sentences;
}

std::string basis(const Samples& samples, const Comparison& comparison) {
  std::string text;
  const bool several = comparison.plans.size() > 1;
  // Of figures that stand further back the appendix tells.
  for (const std::string& caution :
       several ? caution_words::cautions(samples, comparison, first_figures) : caution_words::cautions(samples))
    text += caution + " ";
  return text +
         fmt::format("Simulated: {}{}, {}, {}. ", counted(samples.customers, "customer"),
                     samples.market == static_cast<double>(samples.customers)
                         ? ""
                         : fmt::format(" for a market of {}", grouped(samples.market)),
                     format::duration(samples.horizon), counted(samples.replications, "replication")) +
         caution_words::intervals(samples);
}

std::vector<const Choice*> frontier(const Report& report) {
  std::vector<const Choice*> choices;
  const auto add = [&](const Optimum& optimum, double above) {
    for (const Choice& choice : optimum.frontier) {
      if (choice.investment.mean > above && (choices.empty() || choice.gain.mean > choices.back()->gain.mean))
        choices.push_back(&choice);
    }
  };
  constexpr double anything = -std::numeric_limits<double>::infinity();
  if (report.affordable != nullptr) add(*report.affordable, anything);
  if (report.optimum != nullptr) {
    add(*report.optimum, report.affordable != nullptr ? report.affordable->budget * (1.0 + 1e-9) : anything);
  }
  return choices;
}

std::string typographic(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Before a figure, or a currency and its figure.
    const char after = i + 1 < text.size() ? text[i + 1] : ' ';
    const bool sign = text[i] == '-' && ((after >= '0' && after <= '9') || (after >= 'A' && after <= 'Z')) &&
                      (i == 0 || text[i - 1] == ' ' || text[i - 1] == '(');
    const std::string_view next = std::string_view(text).substr(i + 1, 2);
    const bool unit = text[i] == ' ' && i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9' &&
                      (next.starts_with('%') || next == "pt" || next == "bn" || next == "M " || next == "M)" ||
                       next == "M," || next == "M." || next == "M;");
    if (sign)
      result += "−";
    else if (unit)
      result += "\u00a0";
    else
      result += text[i];
  }
  return result;
}

std::vector<std::size_t> thinned(std::size_t count, std::size_t most) {
  std::vector<std::size_t> kept;
  const std::size_t shown = std::min(count, std::max<std::size_t>(most, 2));
  for (std::size_t i = 0; i < shown; ++i) kept.push_back(shown == count ? i : (i + 1) * count / shown - 1);
  return kept;
}

}  // namespace sojourn::report_pages
