#include "tests/verify/scenario_text.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sojourn/model/change_arithmetic.hpp"

namespace sojourn::verify {
namespace {

std::string number(double x) { return fmt::format("{}", x); }
std::string days(double x) { return fmt::format("\"{} days\"", x); }
using Text = std::string (*)(double);

struct DistributionText {
  Text unit;
  std::string operator()(const Fixed& d) const { return unit(d.value); }
  std::string operator()(const Uniform& d) const {
    return fmt::format("{{ uniform = [{}, {}] }}", unit(d.low), unit(d.high));
  }
  std::string operator()(const Normal& d) const {
    return fmt::format("{{ normal = {{ mean = {}, sd = {} }} }}", unit(d.mean), unit(d.sd));
  }
  std::string operator()(const Beta& d) const { return fmt::format("{{ beta = [{}, {}] }}", d.a, d.b); }
  std::string operator()(const Exponential& d) const {
    return fmt::format("{{ exponential = {{ mean = {} }} }}", unit(d.mean));
  }
  std::string operator()(const Weibull& d) const {
    return fmt::format("{{ weibull = {{ scale = {}, shape = {} }} }}", unit(d.scale), d.shape);
  }
  std::string operator()(const Lognormal& d) const {
    return fmt::format("{{ lognormal = {{ median = {}, sigma = {} }} }}", unit(d.median), d.sigma);
  }
  std::string operator()(const Loglogistic& d) const {
    return fmt::format("{{ loglogistic = {{ median = {}, shape = {} }} }}", unit(d.median), d.shape);
  }
  std::string operator()(const Gamma& d) const {
    return fmt::format("{{ gamma = {{ shape = {}, mean = {} }} }}", d.shape, unit(d.mean));
  }
  std::string operator()(const Gompertz& d) const {
    return fmt::format("{{ gompertz = {{ rate = {}, shape = {} }} }}", d.rate, d.shape);
  }
  std::string operator()(const Tabulated& d) const {
    std::string points;
    for (const auto& [x, share] : d.points) points += fmt::format("{}[{}, {}]", points.empty() ? "" : ", ", unit(x), share);
    return fmt::format("{{ table = [{}] }}", points);
  }
};
std::string text(const Distribution& distribution, Text unit) { return std::visit(DistributionText{unit}, distribution); }

class Writer {
 public:
  explicit Writer(const ModelParts& parts) : parts_(parts) {}

  std::string write() {
    line("schema = 1\n");
    settings();
    for (const Persona& persona : parts_.personas) write(persona);
    for (const Channel& channel : parts_.channels) line("[[channel]]\nid = \"{}\"", channel.id);
    for (const Team& team : parts_.teams) line("[[team]]\nid = \"{}\"", team.id);
    for (const Handover& h : parts_.handovers) {
      line("[[handover]]\nfrom = \"{}\"\nto = \"{}\"\ncarry = {}", parts_.teams[h.from.index()].id,
           parts_.teams[h.to.index()].id, h.carry);
    }
    for (const Touchpoint& touchpoint : parts_.touchpoints) write(touchpoint);
    for (const Improvement& improvement : parts_.improvements) {
      line("[[improvement]]");
      write(improvement.change);
      const Price& price = improvement.price;
      line("cost = {{ once = {}, per_month = {}, per_visit = {} }}", price.once, price.per_month, price.per_visit);
      if (improvement.response)
        line("response = {{ hill = {{ half = {}, shape = {} }} }}", improvement.response->half, improvement.response->shape);
    }
    for (const Change& event : parts_.events) {
      line("[[event]]");
      write(event);
    }
    for (const Outside& outside : parts_.outside) {
      std::string points;
      for (const auto& [day, value] : outside.attraction)
        points += fmt::format("{}[{}, {}]", points.empty() ? "" : ", ", days(day), value);
      line("[[outside]]\nid = \"{}\"\nattraction = {{ table = [{}] }}", outside.id, points);
    }
    for (std::size_t k = 1; k < parts_.plans.size(); ++k) {
      const Plan& plan = parts_.plans[k];
      std::string list;
      for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
        list += fmt::format("{}{{ id = \"{}\", level = {} }}", list.empty() ? "" : ", ",
                            parts_.improvements[plan.improvements[i].index()].change.id, plan.level(i));
      }
      line("[[plan]]\nid = \"{}\"\nimprovements = [{}]", plan.id, list);
    }
    return std::move(out_);
  }

 private:
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out_ += fmt::format(format, std::forward<Arguments>(arguments)...) + "\n";
  }
  template <class List, class Name>
  std::string names(const List& list, Name name) {
    std::string joined;
    for (const auto& each : list) joined += fmt::format("{}\"{}\"", joined.empty() ? "" : ", ", name(each));
    return joined;
  }
  const std::string& id(TouchpointId touchpoint) const { return parts_.touchpoints[touchpoint.index()].id; }

  void settings() {
    const Settings& s = parts_.settings;
    line("[scenario]\ntitle = \"{}\"\nhorizon = {}\nwindow = {}\ncustomers = {}", s.title, days(s.horizon.value()),
         days(s.window.value()), s.customers);
    if (s.market) line("market = {}", *s.market);
    // TOML's integers end at 2^63 - 1; a larger seed is told, not written.
    if (s.seed >> 63 != 0) line("# seed {} does not fit a scenario file", s.seed);
    line("replications = {}\nseed = {}\ndiscount = {}", s.replications, s.seed & ~(std::uint64_t{1} << 63), s.discount);
    const BehaviourSettings& b = parts_.behaviour;
    line("[behaviour]\nperformance = {}\ndisconfirmation = {}\nmemory = {}\npeak = {}\nadapt = {}\npromise_weight = {}",
         b.performance, b.disconfirmation, b.memory, b.peak, b.adapt, b.promise_weight);
    line("forgiveness = {}\nrecommend_base = {}\nrecommend_sd = {}\nrepeat_effort = {}\nfit_weight = {}", b.forgiveness,
         b.recommend_base, b.recommend_sd, b.repeat_effort, b.fit_weight);
    line("expectation_drift = {}", b.expectation_drift);
  }

  void write(const Persona& p) {
    line("[[persona]]\nid = \"{}\"\nshare = {}", p.id, p.share);
    std::string list;
    for (const auto& [touchpoint, share] : p.starts)
      list += fmt::format("{}{} = {}", list.empty() ? "" : ", ", id(touchpoint), share);
    line("starts = {{ {} }}\narrives = {}", list, text(p.arrives, days));
    for (std::size_t i = 0; i < parts_.traits.size(); ++i) {
      const bool time = TraitId(i) == sojourn::id(BuiltinTrait::patience);
      line("traits.{} = {}", parts_.traits[i].name, text(p.traits[i], time ? days : number));
    }
    list.clear();
    for (const TraitCorrelation& pair : p.correlate)
      list += fmt::format("{}[\"{}\", \"{}\", {}]", list.empty() ? "" : ", ", parts_.traits[pair.a.index()].name,
                          parts_.traits[pair.b.index()].name, pair.value);
    if (!list.empty()) line("correlate = [{}]", list);
    list.clear();
    for (const auto& [channel, times] : p.channels)
      list += fmt::format("{}{} = {}", list.empty() ? "" : ", ", parts_.channels[channel.index()].id, times);
    if (!list.empty()) line("channels = {{ {} }}", list);
    list.clear();
    for (const PersonaOdds& odds : p.odds) {
      list += fmt::format("{}{{ from = \"{}\", to = \"{}\", times = {} }}", list.empty() ? "" : ", ", id(odds.from),
                          id(odds.to), odds.times);
    }
    if (!list.empty()) line("odds = [{}]", list);
  }

  void write(const Touchpoint& t) {
    line("[[touchpoint]]\nid = \"{}\"\nstage = \"{}\"", t.id, name(t.stage));
    if (t.channel.valid()) line("channel = \"{}\"", parts_.channels[t.channel.index()].id);
    if (t.team.valid()) line("team = \"{}\"", parts_.teams[t.team.index()].id);
    line("quality = {{ mean = {}, sd = {} }}\neffort = {}\nweight = {}", t.quality_mean, t.quality_sd, t.effort, t.weight);
    if (t.promise) line("promise = {}", *t.promise);
    line("cost = {}\nrevenue_per_month = {}\ncost_per_month = {}", t.cost, t.revenue_per_month, t.cost_per_month);
    if (!t.price) line("revenue = {}", t.revenue);
    if (t.price) line("price = {}", *t.price);
    if (t.end) line("end = \"{}\"", *t.end == End::lost ? "lost" : "churned");
    if (t.counts_as) line("counts_as = \"churned\"");
    if (t.exits == ExitRule::race) line("exits = \"race\"");
    if (t.next.empty()) return;
    line("next = [");
    for (const Exit& exit : t.next) write(exit);
    line("]");
  }

  void write(const Exit& exit) {
    std::string way;
    if (exit.on != Trigger::none) way += exit.on == Trigger::heard ? ", on = \"heard\"" : ", on = \"gave-up\"";
    if (exit.odds) way += fmt::format(", odds = {}", *exit.odds);
    if (const auto* constant = std::get_if<double>(&exit.probability)) way += fmt::format(", probability = {}", *constant);
    if (const auto* trait = std::get_if<TraitId>(&exit.probability))
      way += fmt::format(", probability = \"{}\"", parts_.traits[trait->index()].name);
    const Slopes& s = exit.slopes;
    for (const auto& [key, slope] : {std::pair<std::string_view, double>{"satisfaction", s.satisfaction},
                                     {"expectation", s.expectation},
                                     {"heard", s.heard},
                                     {"effort", s.effort},
                                     {"price", s.price},
                                     {"outside", s.outside}}) {
      if (slope != 0.0) way += fmt::format(", {} = {}", key, slope);
    }
    line("  {{ to = \"{}\"{}, after = {} }},", id(exit.to), way, text(exit.after, days));
  }

  void write(const Change& c) {
    line("id = \"{}\"", c.id);
    std::vector<std::string> keys;
    const auto key = [&](std::string_view name, const std::string& list) {
      if (!list.empty()) keys.push_back(fmt::format("{} = [{}]", name, list));
    };
    const Target& t = c.target;
    const auto by_id = [](const auto& entities) { return [&entities](auto each) { return entities[each.index()].id; }; };
    key("touchpoint", names(t.touchpoints, by_id(parts_.touchpoints)));
    key("channel", names(t.channels, by_id(parts_.channels)));
    key("team", names(t.teams, by_id(parts_.teams)));
    key("persona", names(t.personas, by_id(parts_.personas)));
    key("exit_to", names(t.exit_to, by_id(parts_.touchpoints)));
    key("outside", names(t.outside, by_id(parts_.outside)));
    key("stage", names(t.stages, [](Stage stage) { return name(stage); }));
    if (!keys.empty()) line("target = {{ {} }}", fmt::join(keys, ", "));
    keys.clear();
    for (const Effect& e : c.effects) {
      switch (e.operation) {
        case Operation::set:
          keys.push_back(fmt::format("{} = \"= {}\"", name(e.parameter), e.value));
          break;
        case Operation::add:
          keys.push_back(fmt::format("{} = \"{:+}\"", name(e.parameter), e.value));
          break;
        case Operation::multiply:
          keys.push_back(fmt::format("{} = \"{:+}%\"", name(e.parameter), 100.0 * (e.value - 1.0)));
          break;
      }
    }
    line("effect = {{ {} }}\nstart = {}", fmt::join(keys, ", "), days(c.start.value()));
    if (c.end) line("end = {}", days(c.end->value()));
    if (c.fade) line("fade = {}", days(c.fade->value()));
    if (c.ramp.shape != RampShape::none)
      line("ramp = {{ {} = {} }}", c.ramp.shape == RampShape::linear ? "linear" : "s_curve", days(c.ramp.over.value()));
  }

  const ModelParts& parts_;
  std::string out_;
};

}  // namespace

std::string scenario_text(const ModelParts& parts) { return Writer(parts).write(); }

}  // namespace sojourn::verify
