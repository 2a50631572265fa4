#include "report_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "sojourn/base/number_text.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/verdict.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/model/calendar.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "sojourn/report/ranking_report.hpp"
#include "sojourn/report/rule_words.hpp"

namespace sojourn::report_pages {
namespace {

using Json = nlohmann::ordered_json;

/// What the page may embed: values of curves, some 7 bytes each, and figures of touchpoints, some 60 bytes each.
struct Room {
  std::size_t curve_values = 90'000, touch_figures = 20'000;
};
constexpr std::size_t least_points = 6, most_points = 105;  // on a curve; more cannot be told apart

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
/// A point of a curve: five digits are more than a screen shows.
Json point(double value) {
  if (!std::isfinite(value)) return nullptr;
  const std::string text = fmt::format("{:.5g}", value);
  double rounded = value;  // which stays where five digits are beyond the range of numbers
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}
/// Mean, low and high of a cell to as many digits.
Json shortened(Json cell) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (cell[i].is_number()) cell[i] = point(cell[i].get<double>());
  }
  return cell;
}
Json points(const std::vector<double>& values, const std::vector<std::size_t>& kept) {
  Json list = Json::array();
  for (const std::size_t i : kept) list.push_back(point(values[i]));
  return list;
}

/// The half width of a value, with its unit: it stands on a line of its own.
std::string half_of(const Metric& metric, const Estimate& e, const std::string& value, const std::string& currency) {
  std::string half = "± " + format::half_width(metric, e, currency);
  if (format::kind(metric) == format::Kind::share) return half + " pt";
  for (const char* suffix : {" M", " bn"}) {
    if (format::kind(metric) == format::Kind::money && value.ends_with(suffix)) half += suffix;
  }
  return half;
}

Json with_text(const Metric& metric, const Estimate& e, const std::string& currency) {
  const std::string value = format::value(metric, e, currency);
  return {number(e.mean), number(e.low), number(e.high), value,
          std::isnan(e.low) ? "" : half_of(metric, e, value, currency)};
}

/// A difference: [mean, low, high, text, half width, whether it is told apart from 0].
Json change(const Metric& metric, const Estimate& e, const std::string& currency, bool told_apart) {
  return {number(e.mean),
          number(e.low),
          number(e.high),
          format::difference(metric, e, currency),
          std::isnan(e.low) ? "" : "± " + format::half_width(metric, e, currency),
          told_apart && !std::isnan(e.low)};
}
Json change(const Metric& metric, const Difference& e, const std::string& currency) {
  return change(metric, e, currency, e.told_apart());
}
Json change(const Metric& metric, const Estimate& e, const std::string& currency) {
  return change(metric, e, currency, e.clear());
}

const Metric& metric_called(std::string_view name) { return *find_metric(name); }

Json share(const Estimate& e) { return {number(e.mean), number(e.low), number(e.high)}; }

std::string_view word(format::Kind kind) {
  constexpr std::string_view words[] = {"share", "score", "points", "money", "days", "number"};
  return words[static_cast<std::size_t>(kind)];
}
std::string_view word(Direction direction) {
  constexpr std::string_view words[] = {"higher", "lower", "neutral"};
  return words[static_cast<std::size_t>(direction)];
}

/// Serving more customers costs more: the sum is neither good nor bad by itself.
Direction judged_by(const Metric& metric) { return metric.name == "cost_to_serve" ? Direction::neutral : metric.direction; }

std::string_view word(Role role) { return role == Role::enabler ? "enabler" : role == Role::barrier ? "barrier" : ""; }

std::string value_text(const TouchMetric& metric, double value) {
  if (std::isnan(value)) return "-";
  if (metric.name == "wait_days") return format::wait(value);
  if (metric.name == "gave_up") return fmt::format("{:.2f} %", 100.0 * value);
  if (of_some_touchpoints(metric.needs) && metric.name != "fit") return fmt::format("{:.1f} %", 100.0 * value);
  if (metric.name.ends_with("_per_person")) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3f}", value);
}

/// Whether a figure is of those alone who come to a queue: elsewhere it is nothing, not 0.
bool of_queues(const TouchMetric& metric) { return metric.name == "wait_days" || metric.name == "gave_up"; }

std::string value_text(const QueueField& field, double value) {
  if (std::isnan(value)) return "-";
  if (field.unit == "day") return format::wait(value);
  return field.unit == "1" ? fmt::format("{:.1f} %", 100.0 * value) : fmt::format("{:.1f}", value);
}

/// How many points each curve may have, and whether personas have curves at all.
struct Budget {
  std::size_t points = 0;
  bool personas = true;
};
Budget budget(const Room& room, std::size_t plans, std::size_t groups) {
  constexpr std::size_t curves = 13;
  const std::size_t points = room.curve_values / std::max<std::size_t>(1, plans * groups * curves);
  if (points >= 12 || groups == 1) return {std::clamp(points, least_points, most_points), true};
  return {std::clamp(room.curve_values / (plans * curves), least_points, most_points), false};
}

class Data {
 public:
  Data(const Report& report, const Room& room)
      : report_(report),
        samples_(report.samples),
        comparison_(report.comparison),
        answer_(answer(report.comparison)),
        groups_(groups(report.samples)) {
    budget_ = budget(room, samples_.plans.size(), groups_.size());
    time_ = thinned(samples_.window_ends.size(), budget_.points);
    curves_ = budget_.personas ? groups_.size() : 1;
    for (std::size_t m = 0; m < metrics().size(); ++m) {
      if (samples_.mechanisms.has(metrics()[m].needs)) metrics_.push_back(m);
    }
    for (const TouchMetric& metric : touch_metrics()) {
      if (used(metric)) columns_.push_back(&metric);
    }
    for (const QueueField& field : queue_fields()) {
      if (shown(field)) queue_columns_.push_back(&field);
    }
    const std::size_t of_plan =
        std::max<std::size_t>(1, report.model.parts().touchpoints.size() * (columns_.size() + queue_columns_.size()));
    detailed_ = std::clamp<std::size_t>(room.touch_figures / of_plan, 1, samples_.plans.size());
  }

  Json all() {
    head();
    estimates();
    money();
    curves();
    survival_curves();
    flows();
    touchpoints();
    market();
    surveys();
    rules();
    winners_and_losers();
    if (report_.ranking != nullptr) leverage(*report_.ranking);
    if (report_.optimum != nullptr) frontier(*report_.optimum);
    return std::move(json_);
  }

 private:
  [[nodiscard]] bool used(const TouchMetric& metric) const {
    if (metric.name.ends_with("_per_person")) {
      return std::any_of(samples_.plans.begin(), samples_.plans.end(), [&](const PlanSamples& plan) {
        return std::any_of(plan.touch.begin(), plan.touch.end(), [&](const std::vector<TouchSums>& sums) {
          return std::any_of(sums.begin(), sums.end(), [&](const TouchSums& s) { return std::fabs(metric.value(s)) > 0.0; });
        });
      });
    }
    return samples_.mechanisms.has(metric.needs) && (metric.name != "wait_days" || samples_.mechanisms.has(Needs::queues));
  }

  /// The share that gave up stands among the other figures; who found no room is told where somebody did.
  [[nodiscard]] bool shown(const QueueField& field) const {
    if (samples_.plans.front().queues.empty() || field.member == &QueueFigures::abandonment) return false;
    if (field.member != &QueueFigures::turned_away) return true;
    return std::any_of(samples_.plans.begin(), samples_.plans.end(), [](const PlanSamples& plan) {
      return std::any_of(plan.queues.begin(), plan.queues.end(), [](const QueueFigures& q) { return q.turned_away > 0.0; });
    });
  }

  void head() {
    const ModelParts& parts = report_.model.parts();
    json_ = {{"currency", samples_.currency},
             {"horizon", samples_.horizon},
             {"horizon_text", format::duration(samples_.horizon)},
             {"people_per_customer", report_.model.people_per_customer()},
             {"samples", samples_.plans.front().all.size()},
             {"time", points(samples_.window_ends, time_)}};
    json_["plans"] = Json::array();
    for (const PlanSamples& plan : samples_.plans) json_["plans"].push_back({{"id", plan.id}, {"name", plan.name}});
    json_["groups"] = Json::array();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      json_["groups"].push_back({{"id", g == 0 ? "" : samples_.personas[groups_[g].personas.front()]},
                                 {"name", groups_[g].name},
                                 {"curves", g < curves_}});
    }
    json_["metrics"] = Json::array();
    for (const std::size_t m : metrics_) {
      const Metric& metric = metrics()[m];
      json_["metrics"].push_back({{"name", metric.name},
                                  {"label", metric.label},
                                  {"about", metric.description},
                                  {"kind", word(format::kind(metric))},
                                  {"better", word(judged_by(metric))},
                                  {"counts", format::kind(metric) == format::Kind::share},
                                  {"by_persona", metric.scope == Scope::persona}});
    }
    json_["first_figures"] = first_figures;
    json_["discount"] = parts.settings.discount;
    json_["goal_leader"] = answer_.goal.leader;
    json_["verdicts"] = Json::array();
    for (const PlanVerdicts& plan : answer_.plans)
      json_["verdicts"].push_back({{"goal", name(plan.goal)}, {"worth", name(plan.worth)}, {"kept", name(plan.kept)}});
    const std::size_t count = samples_.plans.front().all.size();
    const std::string samples =
        samples_.batches ? fmt::format("{} batches of people", count) : counted(count, "replication");
    json_["rests"] = {
        {"share", samples_.batches ? "counts of " + counted(pooled(samples_.plans.front().all).arrived, "person", "people")
                                   : samples},
        {"other", samples}};
    json_["moments"] = moments(parts);
  }

  /// Something that begins, under these plans (their positions among those compared).
  struct Beginning {
    double day = 0.0;
    std::string name;
    std::set<std::size_t> plans;
  };

  /// Adds each time that `change` begins.
  void add_beginnings(std::vector<Beginning>& to, const Change& change, const std::set<std::size_t>& plans) const {
    constexpr std::size_t most = 24;
    const std::string name = change.name.empty() ? change.id : change.name;
    std::optional<double> before;
    std::size_t count = 0;
    for (const Stretch& stretch : stretches_of(change, report_.model.parts().settings.start, samples_.horizon)) {
      // What is on by the hour begins once.
      const bool again = before && (!change.recurrence.hours.empty() || stretch.since == *before);
      if (again || stretch.since <= 0.0) continue;
      before = stretch.since;
      const auto known = std::find_if(to.begin(), to.end(),
                                      [&](const Beginning& one) { return one.day == stretch.since && one.name == name; });
      if (known == to.end()) {
        to.push_back({stretch.since, name, plans});
      } else {
        known->plans.insert(plans.begin(), plans.end());
      }
      if (++count == most) break;
    }
  }

  /// What happens on its own, and when plans begin: marked on the axes of time, each time that it begins, with its name at
  /// the first. Where lines are too near for their names to be read, the name stands at the one before. With each the plans
  /// that it is of: a chart shows those of its own.
  [[nodiscard]] Json moments(const ModelParts& parts) const {
    std::vector<Beginning> begins;
    std::set<std::size_t> every;
    for (std::size_t k = 0; k < samples_.plans.size(); ++k) every.insert(k);
    for (const Change& event : parts.events) add_beginnings(begins, event, every);
    for (std::size_t k = 0; k < samples_.plans.size(); ++k) {
      for (const Plan& one : parts.plans) {
        if (one.id != samples_.plans[k].id) continue;
        for (const ImprovementId id : one.improvements) add_beginnings(begins, parts.improvements[id.index()].change, {k});
      }
    }
    std::stable_sort(begins.begin(), begins.end(), [](const Beginning& a, const Beginning& b) { return a.day < b.day; });
    const auto whose = [&](const std::set<std::size_t>& plans) { return plans == every ? Json(nullptr) : Json(plans); };
    std::vector<Beginning> lines;  // a day each, with all its plans
    std::vector<Json> names;
    std::set<std::string> named;
    std::size_t last = 0;  // the last line that has names
    for (const Beginning& one : begins) {
      constexpr std::size_t most = 48;
      if (lines.empty() || lines.back().day != one.day) {
        if (lines.size() == most) break;
        lines.push_back({one.day, "", {}});
        names.push_back(Json::array());
      }
      lines.back().plans.insert(one.plans.begin(), one.plans.end());
      if (!named.insert(one.name).second) continue;
      const bool together =
          std::any_of(one.plans.begin(), one.plans.end(), [&](std::size_t k) { return lines[last].plans.count(k) > 0; });
      const bool near = together && !names[last].empty() && one.day - lines[last].day < 0.04 * samples_.horizon;
      if (!near) last = lines.size() - 1;
      names[last].push_back({{"name", one.name}, {"of", whose(one.plans)}});
    }
    Json list = Json::array();
    for (std::size_t i = 0; i < lines.size(); ++i)
      list.push_back({{"day", lines[i].day}, {"of", whose(lines[i].plans)}, {"names", std::move(names[i])}});
    return list;
  }

  /// Group number `g` of the page, as estimates know it.
  [[nodiscard]] sojourn::Group whose(std::size_t g) const {
    if (g == 0) return {};
    return {sojourn::Group::persona, groups_[g].personas.front()};
  }

  /// By group, plan and metric, in the order of the page's metrics: [mean, low, high, text, half width]. For personas a
  /// plan without details is null, and so is a metric of the market only.
  void estimates() {
    Json values = Json::array(), differences = Json::array();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      Json of_plans = Json::array(), changes = Json::array();
      for (std::size_t k = 0; k < samples_.plans.size(); ++k) {
        if (g > 0 && k >= detailed_) {
          of_plans.push_back(nullptr);
          changes.push_back(nullptr);
          continue;
        }
        Json cells = Json::array(), deltas = Json::array();
        for (const std::size_t m : metrics_) {
          const Metric& metric = metrics()[m];
          if (g > 0 && metric.scope != Scope::persona) {
            cells.push_back(nullptr);
            deltas.push_back(nullptr);
            continue;
          }
          const auto kept = [&](Json cell) { return k < detailed_ ? cell : shortened(std::move(cell)); };
          cells.push_back(kept(with_text(metric, estimate(samples_, k, metric, whose(g)), samples_.currency)));
          // Tests are those of the comparison, which allow for several plans.
          if (g == 0) {
            deltas.push_back(kept(change(metric, comparison_.plans[k].differences[m], samples_.currency)));
          } else if (const Difference* tested = effect(k, g, metric.name)) {
            deltas.push_back(kept(change(metric, *tested, samples_.currency)));
          } else {
            deltas.push_back(kept(change(metric, difference(samples_, k, metric, whose(g)), samples_.currency)));
          }
        }
        of_plans.push_back(std::move(cells));
        changes.push_back(std::move(deltas));
      }
      values.push_back(std::move(of_plans));
      differences.push_back(std::move(changes));
    }
    json_["values"] = std::move(values);
    json_["differences"] = std::move(differences);
  }

  /// The effect of plan `k` on a persona where the comparison has it.
  [[nodiscard]] const Difference* effect(std::size_t k, std::size_t group, std::string_view name) const {
    if (comparison_.plans[k].personas.empty()) return nullptr;
    const PersonaEffect& persona = comparison_.plans[k].personas.at(groups_[group].personas.front());
    if (name == "retained") return &persona.retained;
    if (name == "nps") return &persona.nps;
    return name == "clv" ? &persona.clv : nullptr;
  }

  void money() {
    const auto mean = [&](const PlanComparison& plan, std::string_view name) {
      return plan.metrics[static_cast<std::size_t>(find_metric(name) - metrics().data())].mean;
    };
    Json list = Json::array();
    for (std::size_t k = 0; k < comparison_.plans.size(); ++k) {
      const PlanComparison& plan = comparison_.plans[k];
      // Of the baseline the money itself, of the other plans what they add to it.
      const std::vector<double> nothing(samples_.window_ends.size(), 0.0);
      const std::vector<double> cumulative = k > 0
                                                 ? plan.balance
                                                 : discounted_balance(samples_.plans[k].cash, nothing, samples_.window_ends,
                                                                      samples_.discount, mean(plan, "npv"));
      list.push_back({{"revenue", number(mean(plan, "revenue"))},
                      {"cost_to_serve", number(mean(plan, "cost_to_serve"))},
                      {"staff_cost", number(plan.staff_cost)},
                      {"investment", number(plan.investment.mean)},
                      {"npv", number(mean(plan, "npv"))},
                      {"roi", {number(plan.roi.mean), number(plan.roi.low), number(plan.roi.high)}},
                      {"roi_text", comparison_words::return_on_investment(plan)},
                      {"payback_days", plan.payback_days ? number(*plan.payback_days) : Json(nullptr)},
                      {"payback_text", comparison_words::break_even(plan)},
                      {"per_extra_customer", comparison_words::cost_per_extra(plan, samples_.currency)},
                      {"cash", points(cumulative, time_)}});
    }
    json_["money"] = std::move(list);
  }

  /// By group, plan and time: people as shares of all who arrived up to the horizon; the net promoter score.
  void curves() {
    Json series = Json::object();
    for (const char* name : {"prospects", "lost", "customers", "churned", "bought"}) series[name] = Json::array();
    Json nps = Json::array();
    for (std::size_t g = 0; g < curves_; ++g) {
      std::vector<double> arrived(samples_.plans.size(), 0.0);
      for (std::size_t k = 0; k < arrived.size(); ++k) {
        for (const Sums& sums : sums_of(samples_.plans[k], g)) arrived[k] += sums.arrived;
      }
      for (const char* name : {"prospects", "lost", "customers", "churned", "bought"}) {
        Json plans = Json::array();
        std::vector<std::vector<double>> people = stock(report_, name, groups_[g]);
        for (std::size_t k = 0; k < people.size(); ++k) {
          for (double& value : people[k]) value /= arrived[k];
          plans.push_back(points(people[k], time_));
        }
        series[name].push_back(std::move(plans));
      }
      Json plans = Json::array();
      for (const std::vector<Estimate>& score : promoter_score(report_, groups_[g])) plans.push_back(band(score, time_));
      nps.push_back(std::move(plans));
    }
    json_["people"] = std::move(series);
    json_["nps"] = std::move(nps);
  }

  static Json band(const std::vector<Estimate>& estimates, const std::vector<std::size_t>& kept) {
    Json mean = Json::array(), low = Json::array(), high = Json::array();
    for (const std::size_t i : kept) {
      mean.push_back(point(estimates[i].mean));
      low.push_back(point(estimates[i].low));
      high.push_back(point(estimates[i].high));
    }
    return {{"mean", mean}, {"low", low}, {"high", high}};
  }

  /// Shares of buyers still customers by days since the purchase (Kaplan & Meier 1958), at edges of tenure bins.
  void survival_curves() {
    const Sums& any = samples_.plans.front().by_persona.front().front();
    const std::size_t bins = any.tenure_churned.size();
    const std::vector<std::size_t> kept = thinned(bins, std::min<std::size_t>(budget_.points, 60));
    Json days = Json::array({0.0});
    std::vector<double> edges;
    for (const std::size_t b : kept) {
      days.push_back(point(static_cast<double>(b + 1) * any.tenure_bin));
      // A little past the edge, so that rounding never falls into the bin before.
      edges.push_back((static_cast<double>(b + 1) + 0.25) * any.tenure_bin);
    }
    Json curve = Json::array();
    for (std::size_t g = 0; g < curves_; ++g) {
      Json plans = Json::array();
      for (const PlanSamples& plan : samples_.plans) {
        const std::vector<Sums>& samples = sums_of(plan, g);
        Sums pool;
        for (const Sums& sums : samples) pool += sums;
        // Where hardly anybody is watched so long, as at the horizon, one who leaves would seem to be all.
        double buyers = 0.0;
        for (std::size_t b = 0; b < bins; ++b) buyers += pool.tenure_churned[b] + pool.tenure_censored[b];
        const double enough = std::max(10.0, 0.01 * buyers);
        std::vector<Estimate> at{{1.0, 1.0, 1.0, 0.0, samples.size()}};
        const std::vector<double> pooled = survival(pool, edges);
        std::vector<std::vector<double>> of_samples;
        for (const Sums& sums : samples) of_samples.push_back(survival(sums, edges));
        for (std::size_t e = 0; e < edges.size(); ++e) {
          if (fewest_at_risk(pool, edges[e]) < enough) {
            at.push_back({nan, nan, nan, 0.0, samples.size()});
            continue;
          }
          std::vector<double> values;
          for (const std::vector<double>& sample : of_samples) values.push_back(sample[e]);
          at.push_back(interval(pooled[e], values));
        }
        std::vector<std::size_t> all(at.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
        plans.push_back(band(at, all));
      }
      curve.push_back(std::move(plans));
    }
    json_["survival"] = {{"days", days}, {"curve", curve}};
  }

  void flows() {
    Json list = Json::array();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      Json plans = Json::array();
      for (std::size_t k = 0; k < samples_.plans.size(); ++k) {
        if (k >= detailed_) {
          plans.push_back(nullptr);
          continue;
        }
        Json flow = Json::array();
        for (const Flow& one : stage_flow(report_, k, groups_[g])) flow.push_back({one.from, one.to, point(one.people)});
        plans.push_back(std::move(flow));
      }
      list.push_back(std::move(plans));
    }
    json_["flow"] = std::move(list);
  }

  /// By plan and touchpoint: the touch metrics as [mean, low, high, text], null where one is not used.
  void touchpoints() {
    const ModelParts& parts = report_.model.parts();
    Json names = Json::array(), cells = Json::array(), columns = Json::array();
    for (const Touchpoint& touchpoint : parts.touchpoints) {
      const bool has_channel = touchpoint.channel.valid(), has_team = touchpoint.team.valid();
      names.push_back({{"id", touchpoint.id},
                       {"name", touchpoint.name},
                       {"stage", journey_map::stage_title(touchpoint.stage)},
                       {"channel", has_channel ? parts.channels[touchpoint.channel.index()].name : ""},
                       {"team", has_team ? parts.teams[touchpoint.team.index()].name : ""},
                       {"end", touchpoint.end.has_value()}});
    }
    for (const TouchMetric* metric : columns_)
      columns.push_back({{"name", metric->name}, {"about", metric->description}, {"queue", false}});
    for (const QueueField* field : queue_columns_)
      columns.push_back({{"name", field->name}, {"about", field->long_name}, {"queue", true}});
    for (std::size_t k = 0; k < samples_.plans.size(); ++k) {
      if (k >= detailed_) {
        cells.push_back(nullptr);
        continue;
      }
      Json rows = Json::array();
      for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
        Json row = Json::array();
        for (const TouchMetric* metric : columns_) {
          const Estimate e = estimate(samples_, k, v, *metric);
          const bool waits = parts.touchpoints[v].queues() || !of_queues(*metric);
          row.push_back({number(e.mean), number(e.low), number(e.high), waits ? value_text(*metric, e.mean) : "-"});
        }
        const std::vector<QueueFigures>& all = samples_.plans[k].queues;
        const auto queue = std::find_if(all.begin(), all.end(), [&](const QueueFigures& q) { return q.touchpoint == v; });
        for (const QueueField* field : queue_columns_) {
          const double value = queue == all.end() ? std::numeric_limits<double>::quiet_NaN() : (*queue).*field->member;
          row.push_back({number(value), nullptr, nullptr, value_text(*field, value)});
        }
        rows.push_back(std::move(row));
      }
      cells.push_back(std::move(rows));
    }
    json_["touchpoints"] = {{"names", names}, {"columns", columns}, {"cells", cells}};
    channels();
  }

  /// Whether somebody queues at a touchpoint of the channel.
  [[nodiscard]] bool queues_in(ChannelId channel) const {
    const std::vector<Touchpoint>& all = report_.model.parts().touchpoints;
    return std::any_of(all.begin(), all.end(),
                       [&](const Touchpoint& each) { return each.channel == channel && each.queues(); });
  }

  /// Visits in each channel in which there is a touchpoint, with the touchpoints' columns but those of queues.
  void channels() {
    Json names = Json::array(), cells = Json::array();
    std::vector<ChannelId> used;
    for (std::size_t c = 0; c < samples_.channels.size(); ++c) {
      if (channel_sums(samples_, samples_.plans.front(), ChannelId(c)).empty()) continue;
      used.emplace_back(c);
      names.push_back({{"id", samples_.channels[c]}, {"name", samples_.channel_names[c]}});
    }
    if (used.empty()) return;
    for (std::size_t k = 0; k < samples_.plans.size(); ++k) {
      Json rows = Json::array();
      for (const ChannelId channel : used) {
        Json row = Json::array();
        for (const TouchMetric* metric : columns_) {
          // How content fitted is a figure of touchpoints; these columns come last.
          if (metric->needs == Needs::content) continue;
          const std::vector<TouchSums> there = channel_sums(samples_, samples_.plans[k], channel, metric->needs);
          if (there.empty()) {
            row.push_back({nullptr, nullptr, nullptr, "-"});
            continue;
          }
          const Estimate e = estimate(there, *metric);
          const bool waits = !of_queues(*metric) || queues_in(channel);
          row.push_back({number(e.mean), number(e.low), number(e.high), waits ? value_text(*metric, e.mean) : "-"});
        }
        rows.push_back(std::move(row));
      }
      cells.push_back(k < detailed_ ? std::move(rows) : Json(nullptr));
    }
    json_["channels"] = {{"names", names}, {"cells", cells}};
  }

  /// What surveys measured beside what is true: figures by plan, and by plan and time, means over replications.
  void surveys() {
    if (samples_.surveys.empty()) return;
    const std::size_t plans = samples_.plans.size(), windows = samples_.window_ends.size(), count = samples_.surveys.size();
    const std::size_t replications = report_.outcomes.dimension("replication").size;
    const auto curve = [&](const std::vector<double>& all, std::size_t plan, std::size_t survey) {
      std::vector<double> mean(windows, std::numeric_limits<double>::quiet_NaN());
      for (std::size_t w = 0; w < windows; ++w) {
        double sum = 0.0, defined = 0.0;
        for (std::size_t r = 0; r < replications; ++r) {
          const double value = all[((plan * replications + r) * count + survey) * windows + w];
          if (std::isnan(value)) continue;
          sum += value;
          defined += 1.0;
        }
        if (defined > 0.0) mean[w] = sum / defined;
      }
      return points(mean, time_);
    };
    const auto measured = numbers(report_.outcomes, "survey_score", {"plan", "replication", "survey", "time"});
    const auto truth = numbers(report_.outcomes, "true_score", {"plan", "replication", "survey", "time"});
    Json list = Json::array();
    for (std::size_t s = 0; s < count; ++s) {
      Json survey = {{"name", samples_.survey_names[s]},
                     {"asks", scale_of(samples_.survey_questions[s]).label},
                     {"measured", Json::array()},
                     {"true", Json::array()},
                     {"figures", Json::array()}};
      for (std::size_t k = 0; k < plans; ++k) {
        survey["measured"].push_back(curve(measured, k, s));
        survey["true"].push_back(curve(truth, k, s));
        Json figures = Json::object();
        for (const SurveyMetric& metric : survey_metrics()) {
          const Estimate e = estimate(samples_.plans[k].surveys[s], metric);
          figures[std::string(metric.name)] = {number(e.mean), number(e.low), number(e.high)};
        }
        survey["figures"].push_back(std::move(figures));
      }
      list.push_back(std::move(survey));
    }
    json_["survey_labels"] = Json::object();
    for (const SurveyMetric& metric : survey_metrics()) json_["survey_labels"][std::string(metric.name)] = metric.label;
    json_["surveys"] = std::move(list);
  }

  /// Rules that plans go by: in which share of the replications each was in force, by plan and time; what they did in words.
  void rules() {
    if (samples_.rules.empty()) return;
    Json list = Json::array();
    for (std::size_t r = 0; r < samples_.rules.size(); ++r) {
      Json rule = {{"name", samples_.rule_names[r]}, {"on", Json::array()}, {"words", Json::array()}};
      bool any = false;
      for (std::size_t k = 0; k < samples_.plans.size(); ++k) {
        const std::vector<RuleTrace>& traces = samples_.plans[k].rules;
        const auto trace = std::find_if(traces.begin(), traces.end(), [&](const RuleTrace& one) { return one.rule == r; });
        any = any || trace != traces.end();
        rule["on"].push_back(trace == traces.end() ? Json(nullptr) : points(trace->on, time_));
        rule["words"].push_back(trace == traces.end() ? Json(nullptr)
                                                      : Json(rule_words::sentences(
                                                            samples_, k)[static_cast<std::size_t>(trace - traces.begin())]));
      }
      if (any) list.push_back(std::move(rule));
    }
    if (!list.empty()) json_["rules"] = std::move(list);
  }

  /// Queues, word of mouth and accounts, where the file has them: means over replications.
  void market() {
    const auto replications = report_.outcomes.dimension("replication").size;
    const std::size_t windows = samples_.window_ends.size(), plans = samples_.plans.size();
    const auto by_plan = [&](const std::string& name, const char* axis, auto take) {
      const std::vector<double> all = numbers(report_.outcomes, name, {"plan", "replication", axis, "time"});
      const std::size_t places = report_.outcomes.dimension(axis).size;
      for (std::size_t k = 0; k < plans; ++k) {
        std::vector<std::vector<double>> mean(places, std::vector<double>(windows, 0.0));
        for (std::size_t r = 0; r < replications; ++r) {
          for (std::size_t i = 0; i < places; ++i) {
            for (std::size_t w = 0; w < windows; ++w) {
              mean[i][w] += all[((k * replications + r) * places + i) * windows + w] / static_cast<double>(replications);
            }
          }
        }
        take(k, mean);
      }
    };
    if (samples_.mechanisms.has(Needs::queues)) {
      const std::size_t places = samples_.touchpoints.size();
      std::vector<char> waits(places, 0);
      by_plan("queue_wait", "touchpoint", [&](std::size_t, const auto& mean) {
        for (std::size_t v = 0; v < places; ++v) {
          // Windows in which nobody's wait ended have none.
          if (std::any_of(mean[v].begin(), mean[v].end(), [](double wait) { return wait > 0.0; })) waits[v] = 1;
        }
      });
      Json list = Json::array();
      for (std::size_t v = 0; v < places && list.size() < 12; ++v) {
        if (waits[v]) {
          list.push_back({{"name", samples_.touchpoint_names[v]}, {"wait", Json::array()}, {"length", Json::array()}});
        }
      }
      for (const auto& [name, key] : {std::pair("queue_wait", "wait"), std::pair("queue_length", "length")}) {
        by_plan(name, "touchpoint", [&, key = key](std::size_t, const auto& mean) {
          std::size_t at = 0;
          for (std::size_t v = 0; v < places && at < list.size(); ++v) {
            if (waits[v]) list[at++][key].push_back(points(mean[v], time_));
          }
        });
      }
      if (!list.empty()) json_["queues"] = std::move(list);
    }
    if (samples_.mechanisms.has(Needs::talk)) {
      Json heard = {{"positive", Json::array()}, {"negative", Json::array()}};
      for (const auto& [name, key] : {std::pair("heard_positive", "positive"), std::pair("heard_negative", "negative")}) {
        by_plan(name, "persona", [&, key = key](std::size_t k, const auto& mean) {
          double people = 0.0;
          for (const Sums& sums : samples_.plans[k].all) people += sums.arrived / static_cast<double>(replications);
          std::vector<double> sum(windows, 0.0);
          double running = 0.0;
          for (std::size_t w = 0; w < windows; ++w) {
            for (const auto& persona : mean) running += persona[w];
            sum[w] = running / people;
          }
          heard[key].push_back(points(sum, time_));
        });
      }
      json_["heard"] = std::move(heard);
    }
    if (samples_.mechanisms.has(Needs::accounts)) {
      const ModelParts& parts = report_.model.parts();
      Json accounts = Json::object();
      accounts["names"] = Json::array();
      for (const AccountSegment& segment : parts.account_segments)
        accounts["names"].push_back(segment.name.empty() ? segment.id : segment.name);
      for (const auto& [name, key] : {std::pair("accounts", "arrived"), std::pair("accounts_bought", "bought"),
                                      std::pair("accounts_customers", "customers")}) {
        accounts[key] = Json::array();
        by_plan(name, "account_segment", [&, key = key](std::size_t, const auto& mean) {
          Json segments = Json::array();
          for (const auto& segment : mean) segments.push_back(points(segment, time_));
          accounts[key].push_back(std::move(segments));
        });
      }
      json_["accounts"] = std::move(accounts);
    }
  }

  /// Who is better off and where fewer leave, by plan; how likely each plan is the best.
  void winners_and_losers() {
    if (comparison_.plans.size() < 2) return;
    Json all = Json::array(), stages = Json::array(), chances = Json::array();
    for (const PlanComparison& plan : comparison_.plans) {
      Json of_groups = Json::array();
      const std::size_t shown = all.size() < detailed_ ? groups_.size() : 1;
      for (std::size_t g = 0; g < shown && g < plan.winners_and_losers.size(); ++g) {
        const WinnersAndLosers& one = plan.winners_and_losers[g];
        of_groups.push_back({{"better", share(one.overall.better)},
                             {"same", share(one.overall.same)},
                             {"worse", share(one.overall.worse)},
                             {"gained", share(one.outcome.better)},
                             {"given_up", share(one.outcome.worse)}});
      }
      all.push_back(std::move(of_groups));
      if (all.size() > detailed_) {
        stages.push_back(nullptr);
        continue;
      }
      Json parts = Json::array();
      for (const Contribution& part : plan.retained_by_stage)
        parts.push_back(
            {{"name", part.name}, {"change", change(metric_called("retained"), part.change, samples_.currency)}});
      stages.push_back(std::move(parts));
    }
    for (const BestPlan& best : comparison_.best) {
      Json texts = Json::array();
      for (const double chance : best.chances) texts.push_back(comparison_words::chance(chance));
      chances.push_back({{"metric", metrics()[best.metric].name}, {"chances", texts}});
    }
    json_["winners_and_losers"] = std::move(all);
    json_["by_stage"] = std::move(stages);
    json_["best"] = std::move(chances);
    // Of all customers: which plans headings may call the highest.
    Json highest = Json::object();
    for (const std::string_view name : headline_metrics) {
      highest[std::string(name)] = shown_highest(comparison_, metric_position(name));
    }
    json_["highest"] = std::move(highest);
  }

  /// What a further simulation rests on: "5 replications of 20,000 customers".
  static std::string precision(const Samples& samples) {
    return fmt::format("{} of {}", counted(samples.replications, "replication"), counted(samples.customers, "customer"));
  }

  void leverage(const Ranking& ranking) {
    const auto id_of = [&](const std::optional<std::size_t>& at) {
      return at ? Json(ranking.touchpoints[*at].id) : Json(nullptr);
    };
    Json rows = Json::array();
    for (const TouchpointLeverage& each : ranking.touchpoints) {
      Json row = {{"id", each.id},
                  {"name", each.name},
                  {"ours", each.ours},
                  {"score", number(each.score)},
                  {"weight", number(each.weight)},
                  {"visits", number(each.visits)},
                  {"reach", number(each.reach)},
                  {"leavers", number(each.leavers)},
                  {"must_pass", number(each.must_pass)},
                  {"gates", number(each.gates)},
                  {"on_purchase", word(each.on_purchase)},
                  {"on_retention", word(each.on_retention)}};
      if (each.best) {
        const Pull& pull = each.pulls[*each.best];
        row["shift"] = shift_words(pull);
        for (const std::string_view name : headline_metrics)
          row[std::string(name)] = change(metric_called(name), pull.differences[metric_position(name)], samples_.currency);
      }
      rows.push_back(std::move(row));
    }
    json_["leverage"] = {{"plan", ranking.samples.plans.front().name},
                         {"precision", precision(ranking.samples)},
                         {"weakest", id_of(ranking.weakest)},
                         {"worth_fixing", id_of(ranking.worth_fixing)},
                         {"leader", id_of(ranking.leader)},
                         {"rows", rows}};
  }

  [[nodiscard]] Json choice(const Choice& choice) const {
    Json bought = Json::array();
    for (const Purchase& purchase : choice.bought) {
      bought.push_back({report_.model.parts().improvements[purchase.improvement.index()].change.id, purchase.level});
    }
    const std::string words = choice_words(choice, report_.model);
    Json json = {
        {"bought", bought},
        {"name", words.empty() ? "Nothing" : words},
        {"cost", {number(choice.investment.mean), format::money(choice.investment.mean, samples_.currency)}},
        {"allowed", report_.affordable == nullptr || choice.investment.mean <= report_.affordable->budget * (1.0 + 1e-9)}};
    json["gain"] = change(unit_of_goal(), choice.gain, samples_.currency);
    for (const std::string_view name : headline_metrics)
      json[std::string(name)] = change(metric_called(name), choice.differences[metric_position(name)], samples_.currency);
    return json;
  }

  /// How the goal of what a budget buys is written: as its figure is, or as an amount.
  [[nodiscard]] const Metric& unit_of_goal() const {
    const std::vector<GoalTerm>& goal = report_.optimum->goal;
    return plain(goal) ? metrics()[goal.front().metric] : metric_called("npv");
  }

  void frontier(const Optimum& optimum) {
    const Optimum& best = report_.affordable != nullptr ? *report_.affordable : optimum;
    const auto above = [](const Estimate& e) { return e.clear() && e.low > 0.0; };
    Json points = Json::array(), others = Json::array();
    for (const Choice* one : report_pages::frontier(report_)) points.push_back(choice(*one));
    for (const Optimum* searched : {&optimum, report_.affordable}) {
      if (searched == nullptr) continue;
      for (std::size_t c = 0; c < std::min<std::size_t>(searched->finalists.size(), 128); ++c) {
        const Choice& one = searched->finalists[c];
        others.push_back({point(one.investment.mean), point(one.gain.mean), choice_words(one, report_.model)});
      }
    }
    json_["frontier"] = {
        {"precision", precision(optimum.samples)},
        {"budget", report_.affordable != nullptr ? number(report_.affordable->budget) : Json(nullptr)},
        {"budget_text", report_.affordable != nullptr ? format::money(report_.affordable->budget, samples_.currency) : ""},
        {"tried", optimum.tried},
        {"shown", above(best.gain) && (best.finalists.size() < 2 || above(best.lead))},
        {"goal", plain(optimum.goal) ? Json(unit_of_goal().label) : Json("The goal: " + answer_words::goal(optimum.goal))},
        {"goal_kind", word(format::kind(unit_of_goal()))},
        {"by_worth", plain(optimum.goal) && unit_of_goal().name == "npv"},
        {"points", points},
        {"choices", others}};
  }

  const Report& report_;
  const Samples& samples_;
  const Comparison& comparison_;
  Answer answer_;
  std::vector<Group> groups_;
  std::vector<std::size_t> metrics_;              // positions of those whose mechanisms the scenario has
  std::vector<const TouchMetric*> columns_;       // likewise
  std::vector<const QueueField*> queue_columns_;  // figures of queues beside them
  Budget budget_;
  std::vector<std::size_t> time_;
  std::size_t curves_ = 1;
  std::size_t detailed_ = 1;  // the first plans, which have personas, touchpoints, flows and parts by stage
  Json json_;
};

}  // namespace

std::string data_json(const Report& report, std::size_t most_bytes) {
  std::string safe;
  for (Room room; room.curve_values > 0; room = {room.curve_values / 2, room.touch_figures / 2}) {
    safe.clear();
    for (const char c : Data(report, room).all().dump(-1, ' ', false, Json::error_handler_t::replace)) {
      // Nothing in a string may close the element or open a comment in it.
      if (c == '<')
        safe += "\\u003c";
      else
        safe += c;
    }
    // Below a thousand values neither part gives more room.
    if (safe.size() <= most_bytes || room.curve_values < 1'000) break;
  }
  return safe;
}

}  // namespace sojourn::report_pages
