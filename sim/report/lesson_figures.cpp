#include "sojourn/report/lesson_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/outcomes/collect.hpp"

namespace sojourn {
namespace {

/// What figures are called above their bars, where the lesson gives no title.
std::string title_of_visits(std::string_view figure) {
  if (const TouchMetric* const metric = find_touch_metric(figure)) return std::string(metric->title);
  return "Share of the time in which those on duty work";
}

std::string title_of_people(std::string_view figure) {
  if (figure == "retained") return "Customers kept, of all who arrived";
  if (figure == "retention") return "Still customers, of all who bought";
  if (figure == "nps") return "Net promoter score, -100 to 100";
  if (figure == "satisfaction") return "Satisfaction of customers, 0 to 1";
  return std::string(find_metric(figure)->label);
}

class Figures {
 public:
  Figures(const RunResult& run, const Lesson& lesson)
      : run_(run),
        lesson_(lesson),
        parts_(run.programs.front().model().parts()),
        samples_(collect_samples(run)),
        comparison_(compare(samples_)) {
    for (const Program& program : run.programs) plans_.push_back(program.model().plan());
  }

  [[nodiscard]] ShownFigure of(const LessonFigure& asked) {
    asked_ = &asked;
    shown_ = {};
    shown_.figure = asked.figure;
    shown_.title = asked.title;
    shown_.change = asked.change;
    shown_.currency = samples_.currency;
    if (asked.extremes > 0) {
      extremes();
    } else if (!asked.touchpoints.empty()) {
      visits();
    } else if (!asked.surveys.empty()) {
      surveys();
    } else if (asked.tier) {
      tier();
    } else {
      people();
    }
    return std::move(shown_);
  }

 private:
  /// The positions in the run of the plans that the figure shows.
  [[nodiscard]] std::vector<std::size_t> plans() const {
    std::vector<std::size_t> found;
    for (std::size_t k = 0; k < plans_.size(); ++k) {
      const auto& asked = asked_->plans;
      const bool wanted = asked.empty() || std::find(asked.begin(), asked.end(), plans_[k]) != asked.end();
      if (wanted && !(k == 0 && (asked_->change || asked_->tier))) found.push_back(k);
    }
    return found;
  }

  /// A bar of a plan; `of` is what else it is about: bars are grouped by it where there are several plans.
  LessonBar& bar(std::size_t plan, const std::string& of, const Estimate& value) {
    const std::string& name = plan == 0 ? lesson_.baseline : parts_.plans[plans_[plan].index()].name;
    const bool grouped = !of.empty() && plans().size() > 1;
    LessonBar& one = shown_.bars.emplace_back();
    one.group = grouped ? of : "";
    one.label = of.empty() || grouped ? name : of;
    one.plan = parts_.plans[plans_[plan].index()].id;
    one.value = value;
    return one;
  }

  [[nodiscard]] static std::string name_of(const auto& entity) { return entity.name.empty() ? entity.id : entity.name; }

  void people() {
    const Metric& metric = *find_metric(asked_->figure);
    shown_.kind = format::kind(metric);
    if (shown_.title.empty()) shown_.title = title_of_people(asked_->figure);
    if (asked_->by == LessonBars::replications) return replications(metric);
    const auto value = [&](std::size_t plan, Group group) {
      return asked_->change ? static_cast<Estimate>(difference(samples_, plan, metric, group))
                            : estimate(samples_, plan, metric, group);
    };
    if (asked_->by == LessonBars::plans) {
      for (const std::size_t plan : plans())
        bar(plan, plans().size() > 1 || asked_->change ? "" : "all people", value(plan, {}));
      return;
    }
    for (std::size_t p = 0; p < parts_.personas.size(); ++p) {
      for (const std::size_t plan : plans())
        bar(plan, name_of(parts_.personas[p]), value(plan, {Group::persona, p})).persona = parts_.personas[p].id;
    }
  }

  /// Each replication by itself, and their mean.
  void replications(const Metric& metric) {
    const std::vector<Array> arrays = horizon_metrics(run_);
    const auto found = std::find_if(arrays.begin(), arrays.end(), [&](const Array& one) { return one.name == metric.name; });
    const std::size_t count = run_.replications.size();
    const auto& values = std::get<std::vector<double>>(found->values);
    for (const std::size_t plan : plans()) {
      std::vector<double> own;
      for (std::size_t r = 0; r < count; ++r) {
        const std::size_t beside = asked_->luck == LessonLuck::same ? r : (r + 1) % count;
        own.push_back(values[plan * count + r] - (asked_->change ? values[beside] : 0.0));
        LessonBar& one = bar(plan, fmt::format("run {}", r + 1), {own.back(), nan, nan});
        one.replication = static_cast<std::uint32_t>(r);
      }
      const double mean = std::accumulate(own.begin(), own.end(), 0.0) / static_cast<double>(count);
      bar(plan, fmt::format("mean of {} runs", count), interval(mean, own));
    }
  }

  void visits() {
    if (shown_.title.empty()) {
      shown_.title = title_of_visits(asked_->figure);
      // Unless the bars name it.
      if (asked_->touchpoints.size() == 1 && (plans().size() > 1 || asked_->by == LessonBars::personas)) {
        shown_.title += fmt::format(": {}", name_of(parts_.touchpoints[asked_->touchpoints.front().index()]));
      }
    }
    shown_.kind = kind_of_visits(asked_->figure);
    shown_.wait = asked_->figure == "wait_days";
    const auto& all = touch_metrics();
    const auto metric =
        std::find_if(all.begin(), all.end(), [&](const TouchMetric& one) { return one.name == asked_->figure; });
    for (const TouchpointId id : asked_->touchpoints) {
      const Touchpoint& touchpoint = parts_.touchpoints[id.index()];
      if (asked_->by == LessonBars::personas) {
        for (std::size_t p = 0; p < parts_.personas.size(); ++p) {
          for (const std::size_t plan : plans()) {
            LessonBar& one =
                bar(plan, label(touchpoint, name_of(parts_.personas[p])), over_replications(plan, {p}, id, *metric));
            one.touchpoint = touchpoint.id;
            one.persona = parts_.personas[p].id;
          }
        }
        continue;
      }
      for (const std::size_t plan : plans()) {
        const Estimate value = asked_->figure == "busy" ? busy(plan, id) : of_touchpoint(plan, id, *metric);
        bar(plan, label(touchpoint, ""), value).touchpoint = touchpoint.id;
      }
    }
  }

  /// A touchpoint's name is left out where there is no other, and plans tell the bars apart.
  [[nodiscard]] std::string label(const Touchpoint& touchpoint, const std::string& persona) const {
    if (persona.empty()) return asked_->touchpoints.size() > 1 || plans().size() < 2 ? name_of(touchpoint) : "";
    return asked_->touchpoints.size() > 1 ? persona + ", " + name_of(touchpoint) : persona;
  }

  [[nodiscard]] Estimate of_touchpoint(std::size_t plan, TouchpointId id, const TouchMetric& metric) const {
    if (!asked_->change) return estimate(samples_, plan, id.index(), metric);
    const std::vector<TouchSums>&under = samples_.plans[plan].touch[id.index()],
          &before = samples_.plans[0].touch[id.index()];
    std::vector<double> values;
    for (std::size_t s = 0; s < under.size(); ++s) values.push_back(metric.value(under[s]) - metric.value(before[s]));
    const auto not_seen = [&](std::size_t of) {
      return samples_.rules.empty() ? unseen(samples_.plans[of].all, metric) : Unseen{};
    };
    return cautious_interval(metric.value(pooled(under)) - metric.value(pooled(before)), values, 0.05,
                             either(not_seen(plan), not_seen(0)));
  }

  [[nodiscard]] Estimate busy(std::size_t plan, TouchpointId id) const {
    const auto share = [&](std::size_t of) {
      for (const QueueFigures& queue : samples_.plans[of].queues) {
        if (queue.touchpoint == id.index()) return queue.utilisation;
      }
      return nan;
    };
    return {share(plan) - (asked_->change ? share(0) : 0.0), nan, nan};
  }

  /// A figure of visits of some personas in one replication: the mean over them.
  [[nodiscard]] double of_personas(std::size_t plan, std::size_t replication, const std::vector<std::size_t>& personas,
                                   TouchpointId id, const TouchMetric& metric) const {
    double sum = 0.0;
    for (const std::size_t p : personas)
      sum += metric.value(
          touch_of(run_.totals[plan][replication], p, id.index(), parts_.touchpoints[id.index()].end.has_value()));
    return sum / static_cast<double>(personas.size());
  }

  [[nodiscard]] Estimate over_replications(std::size_t plan, const std::vector<std::size_t>& personas, TouchpointId id,
                                           const TouchMetric& metric) const {
    std::vector<double> values;
    for (std::size_t r = 0; r < run_.totals[plan].size(); ++r) {
      const double before = asked_->change ? of_personas(0, r, personas, id, metric) : 0.0;
      values.push_back(of_personas(plan, r, personas, id, metric) - before);
    }
    return mean_of(values);
  }

  /// The mean of values, one for each replication, without those that are undefined.
  [[nodiscard]] static Estimate mean_of(const std::vector<double>& values) {
    double sum = 0.0, count = 0.0;
    for (const double value : values) {
      if (std::isnan(value)) continue;
      sum += value;
      count += 1.0;
    }
    return cautious_interval(count > 0.0 ? sum / count : nan, values);
  }

  /// The personas that are lowest and highest at the first touchpoint, found anew in each replication, at all of them.
  void extremes() {
    if (shown_.title.empty()) shown_.title = title_of_visits(asked_->figure);
    shown_.kind = kind_of_visits(asked_->figure);
    shown_.wait = asked_->figure == "wait_days";
    const auto& all = touch_metrics();
    const auto metric =
        std::find_if(all.begin(), all.end(), [&](const TouchMetric& one) { return one.name == asked_->figure; });
    const std::size_t some = asked_->extremes, personas = parts_.personas.size();
    for (const bool lowest : {true, false}) {
      for (const TouchpointId id : asked_->touchpoints) {
        for (const std::size_t plan : plans()) {
          std::vector<double> values;
          for (std::size_t r = 0; r < run_.totals[plan].size(); ++r) {
            std::vector<std::size_t> order(personas);
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::vector<double> first;
            for (std::size_t p = 0; p < personas; ++p)
              first.push_back(of_personas(plan, r, {p}, asked_->touchpoints.front(), *metric));
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return first[a] < first[b]; });
            if (!lowest) std::reverse(order.begin(), order.end());
            order.resize(some);
            values.push_back(of_personas(plan, r, order, id, *metric));
          }
          LessonBar& one = bar(
              plan, fmt::format("{} {}, {}", lowest ? "lowest" : "highest", some, name_of(parts_.touchpoints[id.index()])),
              mean_of(values));
          one.touchpoint = parts_.touchpoints[id.index()].id;
          one.persona = lowest ? "lowest" : "highest";
        }
      }
    }
  }

  void surveys() {
    const bool top = asked_->figure == "promoters";
    if (shown_.title.empty())
      shown_.title = top ? "Share of the answers that are a 9 or a 10" : std::string(survey_metric(asked_->figure).label);
    const bool score = asked_->figure == "measured" || asked_->figure == "true" || asked_->figure == "gap" ||
                       asked_->figure == "weighted_persona";
    const bool share = top || asked_->figure == "response_rate";
    const bool nps = scale_of(parts_.surveys[asked_->surveys.front().index()].asks).net_promoter();
    shown_.kind = share ? format::Kind::share : score && nps ? format::Kind::points : format::Kind::number;
    for (const SurveyId id : asked_->surveys) {
      const Survey& survey = parts_.surveys[id.index()];
      for (const std::size_t plan : plans()) {
        const std::vector<SurveySums>&sums = samples_.plans[plan].surveys[id.index()],
              &before = samples_.plans[0].surveys[id.index()];
        const bool named = asked_->surveys.size() > 1 || plans().size() < 2;
        Estimate value;
        if (top) {
          std::vector<double> values;
          for (std::size_t s = 0; s < sums.size(); ++s)
            values.push_back(top_answers(sums[s]) - (asked_->change ? top_answers(before[s]) : 0.0));
          value =
              cautious_interval(top_answers(pooled(sums)) - (asked_->change ? top_answers(pooled(before)) : 0.0), values);
        } else {
          const SurveyMetric& metric = survey_metric(asked_->figure);
          value = asked_->change ? difference(sums, before, metric) : estimate(sums, metric);
        }
        bar(plan, named ? name_of(survey) : "", value).survey = survey.id;
      }
    }
  }

  /// The share of answers that are promoters'.
  [[nodiscard]] static double top_answers(const SurveySums& sums) {
    const SurveyCells all = sums.all();
    const double answers = std::accumulate(all.answers.begin(), all.answers.end(), 0.0);
    return answers > 0.0 ? (all.answers[9] + all.answers[10]) / answers : nan;
  }

  void tier() {
    shown_.kind = format::Kind::share;
    const bool kept = asked_->figure == "kept";
    if (shown_.title.empty())
      shown_.title = kept ? "Still customers at the end" : "How far members and all others are apart, and why";
    shown_.change = !kept;
    for (const std::size_t plan : plans()) {
      for (const TierEffect& tier : comparison_.plans[plan].tiers) {
        if (tier.from != *asked_->tier) continue;
        if (kept) {
          bar(plan, "members", tier.kept);
          bar(plan, "all others", tier.others);
          bar(plan, "the same members without it", tier.without);
        } else {
          bar(plan, "members less others", tier.apart);
          bar(plan, "lift: what the plan does", tier.lift);
          bar(plan, "selection: who they are", tier.selection);
        }
      }
    }
  }

  [[nodiscard]] static format::Kind kind_of_visits(std::string_view figure) {
    constexpr std::string_view scores[] = {"quality", "satisfaction", "effort", "fit"}, numbers[] = {"visits", "repeats"};
    if (std::find(std::begin(scores), std::end(scores), figure) != std::end(scores)) return format::Kind::score;
    if (std::find(std::begin(numbers), std::end(numbers), figure) != std::end(numbers)) return format::Kind::number;
    if (figure == "wait_days") return format::Kind::days;
    return figure == "cost_per_person" ? format::Kind::money : format::Kind::share;
  }

  const RunResult& run_;
  const Lesson& lesson_;
  const ModelParts& parts_;
  Samples samples_;
  Comparison comparison_;
  std::vector<PlanId> plans_;
  const LessonFigure* asked_ = nullptr;
  ShownFigure shown_;
};

double half_of(const Estimate& value) { return std::max(value.high - value.mean, value.mean - value.low); }

/// A number in the unit of the figure: its size, decimals and what follows it.
struct Unit {
  double size = 1.0;
  int decimals = 2;
  std::string suffix;
};
/// Whether some bar is so certain that a third decimal says something.
bool is_fine(const ShownFigure& figure) {
  return std::any_of(figure.bars.begin(), figure.bars.end(), [](const LessonBar& bar) {
    const double half = half_of(bar.value);
    return half > 0.0 && half < 0.005;
  });
}

/// The same decimals at all bars, as many as a class can read aloud.
Unit unit_of(const ShownFigure& figure, const Estimate& value) {
  const double size = std::fabs(value.mean);
  switch (figure.kind) {
    case format::Kind::share:
      return {0.01, 1, figure.change ? " pt" : " %"};
    case format::Kind::points:
      return {1.0, 0, ""};
    case format::Kind::score:
    case format::Kind::number:
      return {1.0, is_fine(figure) ? 3 : 2, ""};
    case format::Kind::days:
      if (size >= 1.0) return {1.0, 1, " days"};
      if (size >= 1.0 / 24.0) return {1.0 / 24.0, 1, " h"};
      return size >= 1.0 / 1440.0 ? Unit{1.0 / 1440.0, 1, " min"} : Unit{1.0 / 86400.0, 1, " s"};
    case format::Kind::money:
      if (size >= 999.5e3) return {1e6, 2, " M"};
      return size >= 9'995.0 ? Unit{1e3, 1, " k"} : Unit{1.0, size >= 99.95 ? 0 : 2, ""};
  }
  return {};
}

bool is_zero(const std::string& text) { return text.find_first_of("123456789") == std::string::npos; }

}  // namespace

std::vector<PlanId> plans_of(const Lesson& lesson, const ModelParts& parts) {
  std::vector<PlanId> plans{PlanId(0)};
  for (std::size_t k = 1; k < parts.plans.size(); ++k) {
    const auto& named = lesson.plans;
    if (named.empty() || std::find(named.begin(), named.end(), PlanId(k)) != named.end()) plans.emplace_back(k);
  }
  return plans;
}

std::vector<ShownFigure> shown_figures(const RunResult& run, const Lesson& lesson) {
  Figures figures(run, lesson);
  std::vector<ShownFigure> shown;
  for (const LessonFigure& one : lesson.show) shown.push_back(figures.of(one));
  return shown;
}

std::string written_value(const ShownFigure& figure, const LessonBar& bar) {
  if (std::isnan(bar.value.mean)) return "-";
  const Unit unit = unit_of(figure, bar.value);
  const std::string size = fmt::format("{:.{}f}", std::fabs(bar.value.mean) / unit.size, unit.decimals);
  const bool signs = figure.change || figure.kind == format::Kind::points;
  const char* const sign = is_zero(size) ? "" : bar.value.mean < 0.0 ? "-" : signs ? "+" : "";
  const std::string money = figure.kind == format::Kind::money ? figure.currency + " " : "";
  return money + sign + size + unit.suffix;
}

std::string written_half(const ShownFigure& figure, const LessonBar& bar) {
  const double half = half_of(bar.value);
  if (!std::isfinite(half)) return {};
  const Unit unit = unit_of(figure, bar.value);
  const std::string text = fmt::format("{:.{}f}", half / unit.size, unit.decimals);
  return is_zero(text) ? std::string() : text;
}

}  // namespace sojourn
