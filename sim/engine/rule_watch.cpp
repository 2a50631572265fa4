#include "rule_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sojourn/engine/money_totals.hpp"

namespace sojourn {
namespace {

double ratio(double numerator, double denominator) {
  return denominator > 0.0 ? numerator / denominator : std::numeric_limits<double>::quiet_NaN();
}

/// Whether a figure keeps to the levels that there are. Not-a-number keeps to none.
bool keeps_to(double figure, const std::optional<double>& below, const std::optional<double>& above) {
  return !std::isnan(figure) && (!below || figure < *below) && (!above || figure > *above);
}

}  // namespace

RuleWatch::RuleWatch(const Program& program) : program_(program) {
  const ModelParts& parts = program.model().parts();
  // Rules look in the order of the file, whatever their order in the plan.
  std::vector<RuleId> ids = parts.plans[program.model().plan().index()].rules;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const RuleId id : ids) {
    Watched watched{static_cast<std::uint32_t>(id.index())};
    for (std::uint32_t v = 0; v < parts.touchpoints.size(); ++v) {
      for (const WatchedBy& by : program.watched_by(v)) {
        if (by.rule == watched.rule) watched.slot = static_cast<std::int32_t>(by.slot);
      }
    }
    rules_.push_back(watched);
  }
  stocks_.assign(parts.personas.size() * stock_score_count, 0);
}

bool RuleWatch::look(std::size_t window, const SumsSoFar& now, Switches& switches) {
  const TallyShape& shape = now.shape();
  for (std::size_t p = 0; p < shape.personas; ++p) {
    for (std::size_t s = 0; s < stock_score_count; ++s)
      stocks_[p * stock_score_count + s] += now.cell(shape.time(p, window, static_cast<TimeScore>(s)));
  }
  bool any = false;
  for (Watched& watched : rules_) {
    const Rule& rule = program_.model().parts().rules[watched.rule];
    const Seen seen = see(watched, window, now);
    // A window that says nothing changes nothing.
    if (std::isnan(seen.figure) || seen.answers < static_cast<double>(rule.min_answers)) continue;
    const bool holds = keeps_to(seen.figure, rule.below, rule.above);
    watched.held = holds ? watched.held + 1 : 0;
    bool in_force = watched.in_force;
    if (!in_force) {
      in_force = watched.held >= rule.windows;
    } else if (rule.off_below || rule.off_above) {
      in_force = !keeps_to(seen.figure, rule.off_below, rule.off_above);
      // What ends it is not at once what begins it again.
      if (!in_force) watched.held = 0;
    } else {
      in_force = holds;
    }
    if (in_force == watched.in_force) continue;
    watched.in_force = in_force;
    switches.push_back({watched.rule, program_.windows().end(window), in_force});
    any = true;
  }
  return any;
}

RuleWatch::Seen RuleWatch::see(Watched& watched, std::size_t window, const SumsSoFar& now) const {
  const Rule& rule = program_.model().parts().rules[watched.rule];
  constexpr double unasked = std::numeric_limits<double>::infinity();
  if (rule.survey.valid()) return rule.of_places() ? of_survey_at_places(watched, now) : of_survey(rule, window, now);
  return {rule.of_places() ? of_places(watched, now) : of_people(watched, window, now), unasked};
}

/// Sums over the people that the rule looks at.
template <class Cell>
double RuleWatch::over_personas(const Rule& rule, const SumsSoFar& now, Cell cell) const {
  double sum = 0.0;
  for (std::size_t p = 0; p < now.shape().personas; ++p) {
    if (!rule.persona.valid() || rule.persona.index() == p) sum += static_cast<double>(now.cell(cell(p)));
  }
  return sum;
}

double RuleWatch::stock(const Rule& rule, TimeScore score) const {
  double sum = 0.0;
  for (std::size_t p = 0; p * stock_score_count < stocks_.size(); ++p) {
    if (!rule.persona.valid() || rule.persona.index() == p)
      sum += static_cast<double>(stocks_[p * stock_score_count + static_cast<std::size_t>(score)]);
  }
  return sum;
}

/// What a sum that knows no windows has grown by in the window at hand; `which` counts the sums of a rule.
Totals::Wide RuleWatch::since(Watched& watched, std::size_t which, Totals::Wide sum) const {
  if (watched.before.size() <= which) watched.before.resize(which + 1, 0);
  const Totals::Wide grown = sum - watched.before[which];
  watched.before[which] = sum;
  return grown;
}

RuleWatch::Seen RuleWatch::of_survey(const Rule& rule, std::size_t window, const SumsSoFar& now) const {
  const auto survey = static_cast<std::uint32_t>(rule.survey.index());
  const TallyShape& shape = now.shape();
  const auto sum = [&](SurveyScore score) {
    return over_personas(rule, now, [&](std::size_t p) { return shape.survey(survey, p, window, score); });
  };
  const double answered = sum(SurveyScore::answered), measured = ratio(sum(SurveyScore::recorded_value), answered);
  const double truth = scale_of(program_.surveys().asks(survey)).net_promoter()
                           ? 100.0 * ratio(stock(rule, TimeScore::promoters) - stock(rule, TimeScore::detractors),
                                           stock(rule, TimeScore::customers))
                           : ratio(sum(SurveyScore::visits_value), sum(SurveyScore::visits));
  if (rule.metric == "true") return {truth, answered};
  if (rule.metric == "gap") return {measured - truth, answered};
  if (rule.metric == "response_rate") return {ratio(answered, sum(SurveyScore::invited)), answered};
  return {measured, answered};
}

RuleWatch::Seen RuleWatch::of_survey_at_places(Watched& watched, const SumsSoFar& now) const {
  const Rule& rule = program_.model().parts().rules[watched.rule];
  double sums[watch_score_count] = {};
  const bool none = watched.slot < 0;  // no touchpoint is the team's
  for (std::size_t p = 0; p < now.shape().personas && !none; ++p) {
    for (std::size_t s = 0; s < watch_score_count; ++s) {
      const std::size_t cell = now.shape().watch(static_cast<std::size_t>(watched.slot), p, static_cast<WatchScore>(s));
      const auto grown = static_cast<double>(since(watched, p * watch_score_count + s, now.cell(cell)));
      if (!rule.persona.valid() || rule.persona.index() == p) sums[s] += grown;
    }
  }
  const auto sum = [&](WatchScore score) { return sums[static_cast<std::size_t>(score)]; };
  const double visits = sum(WatchScore::visits), answered = sum(WatchScore::answered);
  constexpr double unasked = std::numeric_limits<double>::infinity();
  if (!rule.survey.valid()) {
    if (rule.metric == "promoters") return {ratio(sum(WatchScore::promoters), visits), unasked};
    if (rule.metric == "detractors") return {ratio(sum(WatchScore::detractors), visits), unasked};
    if (rule.metric == "passives")
      return {ratio(visits - sum(WatchScore::promoters) - sum(WatchScore::detractors), visits), unasked};
    return {ratio(sum(WatchScore::value), visits), unasked};
  }
  const double measured = ratio(sum(WatchScore::recorded), answered), truth = ratio(sum(WatchScore::value), visits);
  if (rule.metric == "true") return {truth, answered};
  if (rule.metric == "gap") return {measured - truth, answered};
  if (rule.metric == "response_rate") return {ratio(answered, sum(WatchScore::invited)), answered};
  return {measured, answered};
}

/// A figure of the visits to some touchpoints in the window.
double RuleWatch::of_places(Watched& watched, const SumsSoFar& now) const {
  const ModelParts& parts = program_.model().parts();
  const Rule& rule = parts.rules[watched.rule];
  if (rule.metric != "satisfaction" && rule.metric != "effort" && rule.metric != "visits" && rule.metric != "repeats")
    return of_survey_at_places(watched, now).figure;
  const TallyShape& shape = now.shape();
  constexpr TouchScore scores[] = {TouchScore::visits, TouchScore::unserved, TouchScore::satisfaction, TouchScore::effort,
                                   TouchScore::repeats};
  double sums[std::size(scores)] = {};
  std::size_t which = 0;
  for (std::uint32_t v = 0; v < shape.touchpoints; ++v) {
    const auto here = program_.watched_by(v);
    if (std::none_of(here.begin(), here.end(), [&](const WatchedBy& by) { return by.rule == watched.rule; })) continue;
    for (std::size_t p = 0; p < shape.personas; ++p) {
      for (std::size_t s = 0; s < std::size(scores); ++s) {
        const auto grown = static_cast<double>(since(watched, which++, now.cell(shape.touch(p, v, scores[s]))));
        if ((!rule.persona.valid() || rule.persona.index() == p) && !program_.place(v).end) sums[s] += grown;
      }
    }
  }
  const double appraised = sums[0] - sums[1];
  const double arrived = over_personas(rule, now, [&](std::size_t p) { return shape.person(p, PersonScore::arrived); });
  if (rule.metric == "satisfaction") return ratio(sums[2] / shape.scales.score, appraised);
  if (rule.metric == "effort") return ratio(sums[3] / shape.scales.score, appraised);
  if (rule.metric == "visits") return ratio(sums[0], arrived);
  return ratio(sums[4], arrived);
}

/// A figure of the people: stocks as at the window's end, what flows as in the window.
double RuleWatch::of_people(Watched& watched, std::size_t window, const SumsSoFar& now) const {
  const ModelParts& parts = program_.model().parts();
  const Rule& rule = parts.rules[watched.rule];
  const TallyShape& shape = now.shape();
  const auto people = [&](PersonScore score) {
    return over_personas(rule, now, [&](std::size_t p) { return shape.person(p, score); });
  };
  const auto at_end = [&](TimeScore score) { return stock(rule, score); };
  const auto in_window = [&](TimeScore score) {
    return over_personas(rule, now, [&](std::size_t p) { return shape.time(p, window, score); });
  };
  const std::string& metric = rule.metric;
  const double arrived = people(PersonScore::arrived), customers = at_end(TimeScore::customers);
  double existing = 0.0;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    if (parts.personas[p].existing() && (!rule.persona.valid() || rule.persona.index() == p))
      existing += static_cast<double>(now.cell(shape.person(p, PersonScore::arrived)));
  }
  const double bought = at_end(TimeScore::bought);
  if (metric == "prospects") return ratio(at_end(TimeScore::prospects), arrived);
  if (metric == "lost") return ratio(at_end(TimeScore::lost), arrived);
  if (metric == "customers" || metric == "retained") return ratio(customers, arrived);
  if (metric == "churned") return ratio(at_end(TimeScore::churned), arrived);
  if (metric == "conversion") return ratio(bought, arrived - existing);
  if (metric == "retention") return ratio(customers, bought + existing);
  if (metric == "nps") return 100.0 * ratio(at_end(TimeScore::promoters) - at_end(TimeScore::detractors), customers);
  if (metric == "promoters") return ratio(at_end(TimeScore::promoters), customers);
  if (metric == "passives") return ratio(at_end(TimeScore::passives), customers);
  if (metric == "detractors") return ratio(at_end(TimeScore::detractors), customers);
  if (metric == "satisfaction") return ratio(at_end(TimeScore::satisfaction) / shape.scales.score, customers);
  if (metric == "expectation") return ratio(at_end(TimeScore::expectation) / shape.scales.score, customers);
  if (metric == "heard_positive") return ratio(in_window(TimeScore::heard_positive), arrived);
  if (metric == "heard_negative") return ratio(in_window(TimeScore::heard_negative), arrived);
  if (metric == "time_to_purchase") {
    double days = 0.0;
    for (std::size_t p = 0; p < shape.personas; ++p) {
      const auto grown = static_cast<double>(since(watched, p, now.cell(shape.person(p, PersonScore::days_to_purchase))));
      if (!rule.persona.valid() || rule.persona.index() == p) days += grown;
    }
    return ratio(days / shape.scales.days, in_window(TimeScore::bought));
  }
  if (metric == "revenue" || metric == "cost_to_serve") {
    double sum = 0.0;
    const Totals all = now.all();
    for (std::size_t p = 0; p < shape.personas; ++p) {
      if (rule.persona.valid() && rule.persona.index() != p) continue;
      const Money money = money_of(program_, all, p).windows[window].value();
      sum += metric == "revenue" ? money.revenue : money.cost;
    }
    return sum * program_.model().people_per_customer();
  }
  // What visits in the window are like.
  double visits = 0.0, appraised = 0.0, effort = 0.0, repeats = 0.0;
  std::size_t which = 0;
  for (std::size_t p = 0; p < shape.personas; ++p) {
    for (std::uint32_t v = 0; v < shape.touchpoints; ++v) {
      const auto grown = [&](TouchScore score) {
        return static_cast<double>(since(watched, which++, now.cell(shape.touch(p, v, score))));
      };
      const double came = grown(TouchScore::visits), unserved = grown(TouchScore::unserved);
      const double of_effort = grown(TouchScore::effort), again = grown(TouchScore::repeats);
      if (rule.persona.valid() && rule.persona.index() != p) continue;
      visits += came;
      if (program_.place(v).end) continue;
      appraised += came - unserved;
      effort += of_effort / shape.scales.score;
      repeats += again;
    }
  }
  if (metric == "effort") return ratio(effort, appraised);
  if (metric == "visits") return ratio(visits, arrived);
  if (metric == "repeats") return ratio(repeats, arrived);
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace sojourn
