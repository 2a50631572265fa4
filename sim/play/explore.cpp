#include "sojourn/play/explore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "play_words.hpp"
#include "sojourn/decide/estimate.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/recorded_scenario.hpp"
#include "sojourn/outcomes/version.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/key_words.hpp"
#include "sojourn/scenario/knobs.hpp"
#include "sojourn/sweep/merged_sweep.hpp"

namespace sojourn {
namespace {

using Json = nlohmann::ordered_json;
using play_words::metric_json;

/// Figures of a point, plan and metric that a page may hold: some 40 bytes each, twice.
constexpr std::uint64_t most_figures = 60'000;

/// Six digits are more than a screen shows.
Json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0.0) return 0;
  const double unit = std::pow(10.0, 5.0 - std::floor(std::log10(std::fabs(value))));
  return std::round(value * unit) / unit;
}
Json rounded_figures(const Estimate& e) { return {rounded(e.mean), rounded(e.low), rounded(e.high)}; }

/// No more than all and no less than nobody: few replications say little, yet that much is known.
Estimate within_reach(const Metric& metric, Estimate e) {
  const bool share = format::kind(metric) == format::Kind::share, nps = metric.name == "nps";
  if (share || nps) {
    e.low = std::max(e.low, share ? 0.0 : -100.0);  // what is not a number stays so
    e.high = std::min(e.high, share ? 1.0 : 100.0);
  }
  return e;
}

double mean_of(const Metric& metric, const std::vector<double>& values) {
  // Who is left after so many days is known in a replication where all have churned before, and unknown where somebody was
  // not followed so long: the mean of those where it is known would be that of the worst.
  if (survival_days(metric) > 0.0 && std::any_of(values.begin(), values.end(), [](double x) { return std::isnan(x); }))
    return std::nan("");
  double sum = 0.0;
  std::size_t count = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : std::nan("");
}

/// A varied key as a slider that snaps to its values.
struct Slider {
  const VariedKey* key = nullptr;
  std::vector<Setting> values;      // ascending where they are numbers
  std::vector<std::size_t> places;  // by point: which of them
  double own = std::nan("");        // what the scenario itself has
  std::string before, after;        // of an effect: what stands around its number in the scenario
  std::string name;
};

class Grid {
 public:
  explicit Grid(const Outcomes& outcomes)
      : outcomes_(outcomes),
        merged_(outcomes),
        scenario_(recorded_scenario(outcomes, outcomes.provenance.scenario_name, ".", {})),
        plans_(recorded_texts(outcomes, "plan")),
        replications_(merged_.replications()) {}

  std::string text() {
    const DesignChoice::Kind kind = sweep().design.kind;
    if (kind != DesignChoice::Kind::grid && kind != DesignChoice::Kind::table)
      throw InputError(fmt::format("a page to explore shows a grid, and this sweep is by {}", name(kind)),
                       "sweep by grid, with a few steps of each key; sojourn sensitivity reads this one");
    read_metrics();
    if (design().points() * plans_.size() * metrics_.size() > most_figures)
      throw InputError(fmt::format("a page cannot hold {} points of {} plans", design().points(), plans_.size()),
                       "sweep fewer steps, fewer keys or fewer plans");
    make_sliders();
    return Json(start()).dump(-1, ' ', false, Json::error_handler_t::replace);
  }

 private:
  [[nodiscard]] const Design& design() const { return merged_.design(); }
  [[nodiscard]] const SweepFile& sweep() const { return design().sweep(); }

  void read_metrics() {
    for (const Metric& metric : metrics()) {
      for (const Array& array : outcomes_.arrays) {
        const auto* values = std::get_if<std::vector<double>>(&array.values);
        if (array.name != metric.name || values == nullptr) continue;
        if (defined_nowhere(metric, *values)) continue;
        metrics_.push_back(&metric);
        figures_.push_back(merged_.figures(array.name));
      }
    }
  }

  /// Whether a metric is undefined at all points and plans.
  [[nodiscard]] bool defined_nowhere(const Metric& metric, const std::vector<double>& values) const {
    for (std::size_t at = 0; at + replications_ <= values.size(); at += replications_) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(at);
      if (std::isfinite(mean_of(metric, {first, first + static_cast<std::ptrdiff_t>(replications_)}))) return false;
    }
    return true;
  }

  void make_sliders() {
    std::vector<KnobWish> wishes;
    for (std::size_t k = 0; k < sweep().keys.size(); ++k) {
      Slider slider;
      slider.key = &sweep().keys[k];
      std::vector<Setting> of_points;
      for (std::uint64_t point = 0; point < design().points(); ++point) {
        of_points.push_back(design().settings(point)[k]);
        const auto same = [&](const Setting& each) { return each.text == of_points.back().text; };
        if (std::none_of(slider.values.begin(), slider.values.end(), same)) slider.values.push_back(of_points.back());
      }
      std::stable_sort(slider.values.begin(), slider.values.end(),
                       [](const Setting& a, const Setting& b) { return a.number < b.number; });
      for (const Setting& setting : of_points) {
        const auto at = std::find_if(slider.values.begin(), slider.values.end(),
                                     [&](const Setting& each) { return each.text == setting.text; });
        slider.places.push_back(static_cast<std::size_t>(at - slider.values.begin()));
      }
      slider.name = key_words::name_of_key(scenario_.parts, slider.key->key);
      if (slider.key->ordered()) {
        const Knobs knob =
            knobs_for(scenario_, {{slider.key->key, slider.values.front().number, slider.values.back().number, ""}});
        if (!knob.values.empty()) slider.own = knob.values.front();
        if (!knob.inputs.keys.empty()) {  // the sweep file alone does not know the effects of its scenario
          slider.before = knob.inputs.keys.front().before;
          slider.after = knob.inputs.keys.front().after;
        }
      }
      sliders_.push_back(std::move(slider));
    }
    const Knobs named = read_knobs(scenario_);
    for (Slider& slider : sliders_) {
      for (std::size_t k = 0; k < named.inputs.keys.size(); ++k) {
        if (named.inputs.keys[k].key == slider.key->key && named.names[k] != slider.key->key) slider.name = named.names[k];
      }
    }
  }

  [[nodiscard]] std::vector<double> samples(std::uint64_t point, std::size_t plan, std::size_t metric) const {
    std::vector<double> values;
    for (std::size_t r = 0; r < replications_; ++r)
      values.push_back(figures_[metric].at(static_cast<std::size_t>(point), plan, r));
    return values;
  }

  [[nodiscard]] Json values_json(bool changes) const {
    Json all = Json::array();
    for (std::uint64_t point = 0; point < design().points(); ++point) {
      Json of_point = Json::array();
      for (std::size_t plan = 0; plan < plans_.size(); ++plan) {
        Json of_plan = Json::array();
        for (std::size_t m = 0; m < metrics_.size(); ++m) {
          std::vector<double> values = samples(point, plan, m);
          if (changes) {
            const std::vector<double> base = samples(point, 0, m);
            for (std::size_t r = 0; r < values.size(); ++r) values[r] -= base[r];
          }
          const double mean = mean_of(*metrics_[m], values);
          const Estimate e = std::isnan(mean) ? Estimate{mean, mean, mean} : cautious_interval(mean, values);
          of_plan.push_back(rounded_figures(changes ? e : within_reach(*metrics_[m], e)));
        }
        of_point.push_back(std::move(of_plan));
      }
      all.push_back(std::move(of_point));
    }
    return all;
  }

  /// The point at which every slider has the scenario's own value, if there is one.
  [[nodiscard]] Json own_point() const {
    for (std::uint64_t point = 0; point < design().points(); ++point) {
      const bool all = std::all_of(sliders_.begin(), sliders_.end(), [&](const Slider& slider) {
        const double value = slider.values[slider.places[static_cast<std::size_t>(point)]].number;
        return std::fabs(value - slider.own) <= 1e-9 * std::max(1.0, std::fabs(value));
      });
      if (all) return point;
    }
    return nullptr;
  }

  [[nodiscard]] Json start() const {
    const Settings& settings = scenario_.parts.settings;
    Json knobs = Json::array(), list = Json::array(), plans = Json::array(), points = Json::array();
    for (const Slider& slider : sliders_) {
      Json values = Json::array(), labels = Json::array();
      for (const Setting& setting : slider.values) {
        values.push_back(setting.number);
        labels.push_back(setting.text);
      }
      const double low = slider.values.front().number, high = slider.values.back().number;
      knobs.push_back({{"key", slider.key->key},
                       {"name", slider.name},
                       {"unit", play_words::unit(*slider.key, settings.currency)},
                       {"percent", slider.after != "%" && play_words::is_share(*slider.key, low, high)},
                       {"from", low},
                       {"to", high},
                       {"values", values},
                       {"labels", slider.key->ordered() ? Json(nullptr) : labels},
                       {"value", std::isfinite(slider.own) ? Json(nearest(slider)) : values.front()},
                       {"before", slider.before},
                       {"after", slider.after},
                       {"whole", slider.key->whole},
                       {"both", false},
                       {"why", ""}});
    }
    const std::vector<std::size_t> first = play_words::headlines(scenario_.parts);
    for (const Metric* metric : metrics_) {
      const bool headline =
          std::any_of(first.begin(), first.end(), [&](std::size_t m) { return &sojourn::metrics()[m] == metric; });
      list.push_back(metric_json(*metric, settings.currency, headline));
    }
    for (const std::string& plan : plans_) plans.push_back({{"id", plan}, {"name", name_of(plan)}});
    for (std::uint64_t point = 0; point < design().points(); ++point) {
      Json places = Json::array();
      for (const Slider& slider : sliders_) places.push_back(slider.places[static_cast<std::size_t>(point)]);
      points.push_back(std::move(places));
    }
    Json cautions = Json::array();
    if (replications_ < 2)
      cautions.push_back("Each point has one replication: nothing says what chance alone could have made.");
    const Json grid = {{"plans", plans},
                       {"points", points},
                       {"values", values_json(false)},
                       {"changes", values_json(true)},
                       {"own", own_point()},
                       {"goal", sojourn::metrics()[first.front()].name},
                       {"customers", settings.customers},
                       {"replications", replications_},
                       {"cautions", cautions},
                       {"command", ""}};
    return {{"scenario", outcomes_.provenance.scenario_name},
            {"title", settings.title},
            {"question", settings.question},
            {"currency", settings.currency},
            {"horizon", settings.horizon.value()},
            {"start", settings.start.empty() ? Json(nullptr) : Json(settings.start)},
            {"version", version()},
            {"knobs", knobs},
            {"improvements", Json::array()},
            {"rules", Json::array()},
            {"plans", Json::array()},
            {"metrics", list},
            {"map", play_words::map_json(build(scenario_))},
            {"lesson", nullptr},
            {"grid", grid}};
  }

  /// The value of the slider that is nearest to the scenario's own.
  static double nearest(const Slider& slider) {
    double best = slider.values.front().number;
    for (const Setting& setting : slider.values) {
      if (std::fabs(setting.number - slider.own) < std::fabs(best - slider.own)) best = setting.number;
    }
    return best;
  }

  [[nodiscard]] std::string name_of(const std::string& id) const {
    for (const Plan& plan : scenario_.parts.plans) {
      if (plan.id == id) return plan.name;
    }
    return id;
  }

  const Outcomes& outcomes_;
  MergedSweep merged_;
  Scenario scenario_;
  std::vector<std::string> plans_;
  std::size_t replications_;
  std::vector<const Metric*> metrics_;
  std::vector<MergedSweep::Figures> figures_;
  std::vector<Slider> sliders_;
};

}  // namespace

std::string explore_json(const Outcomes& points) { return Grid(points).text(); }

}  // namespace sojourn
