#include "tests/verify/random_models.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "sojourn/base/random.hpp"
#include "sojourn/model/change_arithmetic.hpp"

namespace sojourn::verify {
namespace {

// Numbers drawn one after another. Only integers and one multiplication: no library's distributions, which differ.
class Dice {
 public:
  explicit Dice(std::uint64_t number) : number_(number) {}

  std::uint32_t word() {
    if (next_ == 4) {
      words_ = philox({block_++, 0, 0, 0}, static_cast<std::uint32_t>(number_), static_cast<std::uint32_t>(number_ >> 32));
      next_ = 0;
    }
    return words_[next_++];
  }
  /// low .. high, both included.
  int between(int low, int high) { return low + static_cast<int>(word() % static_cast<std::uint32_t>(high - low + 1)); }
  std::size_t below(std::size_t count) { return word() % static_cast<std::uint32_t>(count); }
  bool one_in(int n) { return between(1, n) == 1; }
  /// A multiple of a thousandth of the distance from low to high.
  double number(double low, double high) { return low + (high - low) * (between(0, 1000) / 1000.0); }
  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t number_;
  std::uint32_t block_ = 0;
  Words words_{};
  std::size_t next_ = 4;
};

// What a delay may be where it is drawn: on a way back it must last, or lives would be very long.
enum class Way { forward, back };

class Drawing {
 public:
  Drawing(std::uint64_t number, int size, Flavour flavour)
      : dice_(number), size_(std::clamp(size, 0, 100)), flavour_(flavour), betas_(dice_.one_in(12)) {}

  ModelParts draw() {
    settings();
    if (flavour_ == Flavour::any) behaviour();
    traits();
    company();
    touchpoints();
    personas();
    changes();
    if (flavour_ == Flavour::any && dice_.one_in(250)) loop_for_ever();
    return std::move(parts_);
  }

 private:
  /// `low` at size 0, up to `high` at size 100.
  int sized(int low, int high) { return dice_.between(low, std::min(high, low + (high - low + 1) * size_ / 100)); }
  bool any() const { return flavour_ == Flavour::any; }

  void settings() {
    Settings& s = parts_.settings;
    s.title = "Random";
    s.horizon = Days(dice_.of<double>({30.0, 90.5, 365.25, 730.5, dice_.number(1.0, 900.0)}));
    const double horizon = s.horizon.value();
    // Windows that divide the horizon, that do not, that are longer.
    s.window = Days(dice_.of<double>({7.0, horizon / 12.0, horizon / dice_.number(1.0, 60.0), horizon, 2.5 * horizon}));
    if (horizon / s.window.value() > 150.0) s.window = Days(horizon / 150.0);
    s.customers = static_cast<std::uint64_t>(dice_.one_in(8) ? dice_.between(1, 5) : dice_.between(10, 120));
    if (dice_.one_in(2)) s.market = dice_.number(1.0, 1e6);
    s.replications = static_cast<std::uint32_t>(dice_.of<int>({1, 1, 2, 3}));
    s.seed = std::uint64_t{dice_.word()} << 32 | dice_.word();
    s.discount = dice_.of<double>({0.0, 0.08, -0.05, 0.9, dice_.number(-0.3, 0.5)});
  }

  void behaviour() {
    BehaviourSettings& b = parts_.behaviour;
    const auto sometimes = [&](double& x, double low, double high) {
      if (dice_.one_in(3)) x = dice_.number(low, high);
    };
    sometimes(b.performance, 0.0, 3.0);
    sometimes(b.disconfirmation, 0.0, 3.0);
    sometimes(b.memory, 0.0, 1.0);
    sometimes(b.peak, 0.0, 10.0);
    sometimes(b.adapt, 0.0, 1.0);
    sometimes(b.promise_weight, 0.0, 1.0);
    sometimes(b.forgiveness, 0.0, 1.0);
    sometimes(b.recommend_base, 0.0, 1.0);
    sometimes(b.recommend_sd, 0.0, 1.0);
    sometimes(b.repeat_effort, 0.0, 1.0);
  }

  // Traits of the scenario's own, all of them probabilities.
  void traits() {
    const int own = sized(0, 3);
    for (int k = 0; k < own; ++k) parts_.traits.push_back({"q" + std::to_string(k), 0.0, 1.0, 0.0});
  }

  void company() {
    const int channels = sized(0, 3), teams = sized(0, 4);
    for (int k = 0; k < channels; ++k)
      parts_.channels.push_back({"c" + std::to_string(k), "", dice_.one_in(2), !dice_.one_in(3)});
    for (int k = 0; k < teams; ++k) parts_.teams.push_back({"m" + std::to_string(k), ""});
    for (std::size_t from = 0; from < parts_.teams.size(); ++from) {
      for (std::size_t to = 0; to < parts_.teams.size(); ++to) {
        if (from == to || dice_.one_in(3)) continue;
        parts_.handovers.push_back({TeamId(from), TeamId(to), dice_.of<double>({0.0, 1.0, dice_.number(0.0, 1.0)})});
      }
    }
  }

  double days(double low, double high) { return parts_.settings.horizon.value() * dice_.number(low, high); }

  Distribution delay(Way way) {
    const bool back = way == Way::back;
    if (!back && dice_.one_in(4)) return Fixed{0.0};
    const double typical = back ? days(0.03, 0.4) : days(0.001, 0.4);
    switch (dice_.between(0, 8)) {
      case 0:
        return Fixed{typical};
      case 1:
        return Uniform{back ? 0.5 * typical : 0.0, 1.5 * typical};
      case 2:
        return Normal{typical, dice_.number(0.0, back ? 0.4 : 1.5) * typical};
      case 3:
        if (!back && betas_) return Beta{dice_.number(0.3, 8.0), dice_.number(0.3, 8.0)};
        return Fixed{std::max(1.0, static_cast<double>(static_cast<int>(typical)))};
      case 4:
        return Exponential{typical};
      case 5:
        return Weibull{typical, dice_.number(0.6, 4.0)};
      case 6:
        return Lognormal{typical, dice_.number(0.0, 1.5)};
      case 7:
        return Loglogistic{typical, dice_.number(1.2, 6.0)};
      default:
        return Lognormal{typical, 0.0};
    }
  }

  Slopes slopes() {
    Slopes s;
    if (!any()) return s;
    const auto slope = [&]() { return dice_.one_in(25) ? dice_.number(-100.0, 100.0) : dice_.number(-6.0, 6.0); };
    if (dice_.one_in(2)) s.satisfaction = slope();
    if (dice_.one_in(4)) s.expectation = slope();
    if (dice_.one_in(6)) s.heard = slope();
    if (dice_.one_in(4)) s.effort = slope();
    return s;
  }

  double odds() { return dice_.of<double>({1.0, 0.0, 1e-3, 1e6, dice_.number(0.1, 10.0), dice_.number(0.1, 10.0)}); }

  // One of the usual few exits, or just at and beyond what fits a vector.
  int exit_count() { return size_ > 30 && dice_.one_in(4) ? dice_.of<int>({4, 5, 7, 8, 9, 10}) : sized(1, 4); }

  void exits(std::size_t from) {
    Touchpoint& touchpoint = parts_.touchpoints[from];
    touchpoint.exits = dice_.one_in(4) ? ExitRule::race : ExitRule::choice;
    const bool race = touchpoint.exits == ExitRule::race;
    const int count = exit_count(), probable = race ? 0 : dice_.of<int>({0, 0, 1, 2, count});
    double left = 1.0;
    const double tie = days(0.05, 0.3);
    bool gave_up = false;
    for (int k = 0; k < count; ++k) {
      Exit exit;
      // Forward to what was not there yet, most of all, so that lives come to an end.
      const bool forward = dice_.one_in(2) && from + 1 < parts_.touchpoints.size();
      const std::size_t to =
          forward ? from + 1 + dice_.below(parts_.touchpoints.size() - from - 1) : dice_.below(parts_.touchpoints.size());
      exit.to = TouchpointId(to);
      if (k > 0 && dice_.one_in(6)) exit.to = touchpoint.next.back().to;  // beside another one
      exit.after = delay(exit.to.index() > from ? Way::forward : Way::back);
      if (race && dice_.one_in(4)) exit.after = Fixed{tie};
      if (race) {
        if (!dice_.one_in(3)) exit.odds = odds();
        exit.slopes = slopes();
        // A large weight is a short delay.
        if (exit.to.index() <= from) {
          if (exit.odds) exit.odds = std::min(*exit.odds, 2.0);
          for (double Slopes::*slope : {&Slopes::satisfaction, &Slopes::expectation, &Slopes::heard, &Slopes::effort})
            exit.slopes.*slope = std::clamp(exit.slopes.*slope, -2.0, 2.0);
        }
      } else if (k < probable) {
        if (parts_.traits.size() > builtin_trait_count && dice_.one_in(2)) {
          exit.probability = TraitId(builtin_trait_count + dice_.below(parts_.traits.size() - builtin_trait_count));
        } else {
          const double share = dice_.of<double>({0.0, left, dice_.number(0.0, left), dice_.number(0.0, left)});
          exit.probability = share;
          left = std::max(0.0, left - share);
        }
      } else {
        exit.odds = odds();
        exit.slopes = slopes();
      }
      if (any() && !race && dice_.one_in(40)) {  // a way that nobody takes as long as nobody talks or queues
        exit.odds.reset();
        exit.slopes = {};
        exit.on = gave_up || dice_.one_in(2) ? Trigger::heard : Trigger::gave_up;
        exit.probability = std::monostate{};
        if (exit.on == Trigger::heard) exit.probability = 0.5;
        gave_up = gave_up || exit.on == Trigger::gave_up;
      }
      touchpoint.next.push_back(exit);
    }
  }

  double amount() {
    const double most = dice_.of<double>({0.01, 1.0, 100.0, 1e6});
    return dice_.number(-0.4 * most, most);
  }

  void touchpoints() {
    const int places = sized(1, 11), ends = sized(1, 3);
    for (int k = 0; k < places + ends; ++k) {
      Touchpoint t;
      t.id = (k < 10 ? "t0" : "t") + std::to_string(k);
      t.stage = static_cast<Stage>(dice_.between(0, 5));
      if (!parts_.channels.empty() && !dice_.one_in(4)) t.channel = ChannelId(dice_.below(parts_.channels.size()));
      if (!parts_.teams.empty() && !dice_.one_in(4)) t.team = TeamId(dice_.below(parts_.teams.size()));
      if (dice_.one_in(3)) t.revenue = amount();
      if (dice_.one_in(3)) t.cost = amount();
      t.quality_mean = dice_.of<double>({0.5, 0.0, 1.0, dice_.number(0.0, 1.0), dice_.number(0.0, 1.0)});
      t.quality_sd = dice_.of<double>({0.15, 0.0, dice_.number(0.0, 0.5)});
      if (dice_.one_in(2)) t.effort = dice_.number(0.0, 1.0);
      if (dice_.one_in(3)) t.weight = dice_.of<double>({0.0, 3.0, dice_.number(0.0, 2.0), 1e4});
      if (dice_.one_in(3)) t.promise = dice_.number(0.0, 1.0);
      if (dice_.one_in(3)) t.revenue_per_month = amount();
      if (dice_.one_in(3)) t.cost_per_month = amount();
      if (k >= places) {
        t.end = dice_.one_in(2) ? End::lost : End::churned;
      } else if (dice_.one_in(8)) {
        t.counts_as = End::churned;
      }
      parts_.touchpoints.push_back(t);
    }
    // Somebody should buy, or half of the tables stay empty.
    parts_.touchpoints[dice_.below(static_cast<std::size_t>(places))].stage = Stage::purchase;
    for (std::size_t k = 0; k < static_cast<std::size_t>(places); ++k) exits(k);
  }

  Distribution arrival() {
    switch (dice_.between(0, 9)) {
      case 0:
        return Fixed{days(0.0, 1.2)};
      case 1:
      case 2:
        return Uniform{0.0, days(0.1, 1.3)};
      case 3:
        return Normal{days(0.0, 0.5), days(0.0, 0.3)};
      case 4:
        if (betas_) return Beta{dice_.number(0.5, 5.0), dice_.number(0.5, 5.0)};
        return Uniform{days(0.0, 0.2), days(0.2, 1.0)};
      case 5:
        return Exponential{days(0.01, 0.5)};
      case 6:
        return Weibull{days(0.01, 0.5), dice_.number(0.5, 4.0)};
      case 7:
        return Lognormal{days(0.01, 0.5), dice_.number(0.0, 1.5)};
      case 8:
        return Loglogistic{days(0.01, 0.5), dice_.number(1.0, 5.0)};
      default:
        return Fixed{0.0};
    }
  }

  Distribution trait_of(const Trait& trait) {
    const double high = std::min(trait.high, 4.0), at = dice_.number(trait.low, high);
    if (!any()) return Fixed{at};
    switch (dice_.between(0, 9)) {
      case 0:
        return Uniform{trait.low, std::max(at, trait.low)};
      case 1:
        return Normal{at, dice_.number(0.0, 0.5)};
      case 2:
      case 3:
        if (betas_) return Beta{dice_.number(0.4, 9.0), dice_.number(0.4, 9.0)};
        return Uniform{trait.low, high};
      case 4:
        return Exponential{0.1 + at};
      case 5:
        return Weibull{0.1 + at, dice_.number(0.5, 4.0)};
      case 6:
        return Lognormal{0.1 + at, dice_.number(0.0, 1.0)};
      case 7:
        return Loglogistic{0.1 + at, dice_.number(1.0, 5.0)};
      default:
        return Fixed{at};
    }
  }

  // Shares that sum to 1, sometimes with a 0 among them.
  std::vector<double> shares(std::size_t count) {
    std::vector<double> made;
    double sum = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
      made.push_back(count > 1 && dice_.one_in(12) ? 0.0 : dice_.between(1, 20));
      sum += made.back();
    }
    if (sum == 0.0) made.front() = sum = 1.0;
    for (double& share : made) share /= sum;
    return made;
  }

  void personas() {
    const std::vector<double> share = shares(static_cast<std::size_t>(sized(1, 4)));
    for (std::size_t k = 0; k < share.size(); ++k) {
      Persona p;
      p.id = "p" + std::to_string(k);
      p.share = share[k];
      std::vector<std::size_t> places;
      for (std::size_t v = 0; v < parts_.touchpoints.size(); ++v) {
        if (!parts_.touchpoints[v].end || dice_.one_in(30)) places.push_back(v);
      }
      std::vector<std::size_t> starts{dice_.one_in(2) ? 0 : dice_.of(places)};
      for (int more = sized(0, 3); more > 0; --more) {
        const std::size_t v = dice_.of(places);
        if (std::find(starts.begin(), starts.end(), v) == starts.end()) starts.push_back(v);
      }
      std::sort(starts.begin(), starts.end());  // as a scenario file's table has them
      const std::vector<double> start_shares = shares(starts.size());
      for (std::size_t i = 0; i < starts.size(); ++i) p.starts.emplace_back(TouchpointId(starts[i]), start_shares[i]);
      p.arrives = arrival();
      for (std::size_t i = 0; i < parts_.traits.size(); ++i) {
        const Trait& trait = parts_.traits[i];
        const bool used = i >= builtin_trait_count || (any() && !dice_.one_in(2));
        p.traits.push_back(used ? trait_of(trait) : Fixed{trait.standard});
      }
      const std::vector<double> factors{0.0, 0.5, 2.0, dice_.number(0.0, 3.0)};
      for (std::size_t c = 0; c < parts_.channels.size(); ++c) {
        if (dice_.one_in(3)) p.channels.emplace_back(ChannelId(c), dice_.of(factors));
      }
      for (std::size_t v = 0; v < parts_.touchpoints.size(); ++v) {
        if (parts_.touchpoints[v].next.empty() || !dice_.one_in(6)) continue;
        p.odds.push_back({TouchpointId(v), dice_.of(parts_.touchpoints[v].next).to, dice_.of(factors)});
      }
      parts_.personas.push_back(std::move(p));
    }
  }

  template <class Tag>
  void some(std::vector<Id<Tag>>& list, std::size_t count, int one_in) {
    if (count == 0 || !dice_.one_in(one_in)) return;
    for (int k = dice_.between(1, 3); k > 0; --k) {
      const Id<Tag> id(dice_.below(count));
      if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
    }
  }

  Effect effect(Parameter parameter) {
    const auto operation = static_cast<Operation>(dice_.between(0, 2));
    if (operation == Operation::multiply) {
      // A delay cut to nothing could close a circle that takes no time.
      const double low = parameter == Parameter::delay ? 0.4 : 0.0;
      return {parameter, operation, dice_.of<double>({low, 1.0, dice_.number(low, 1.0), dice_.number(1.0, 3.0)})};
    }
    const bool set = operation == Operation::set;
    switch (parameter) {
      case Parameter::delay:
        return {parameter, operation, set ? dice_.number(0.3, 3.0) : dice_.number(-0.2, 1.0)};
      case Parameter::odds:
      case Parameter::weight:
        return {parameter, operation, set ? dice_.number(0.0, 5.0) : dice_.number(-2.0, 3.0)};
      case Parameter::quality_sd:
        return {parameter, operation, set ? dice_.number(0.0, 0.4) : dice_.number(-0.3, 0.3)};
      case Parameter::cost:
      case Parameter::revenue:
      case Parameter::cost_per_month:
      case Parameter::revenue_per_month:
        return {parameter, operation, amount()};
      default:
        return {parameter, operation, dice_.number(set ? 0.0 : -1.0, 1.0)};
    }
  }

  Change change(std::string id) {
    Change c;
    c.id = std::move(id);
    some(c.target.touchpoints, parts_.touchpoints.size(), 2);
    some(c.target.channels, parts_.channels.size(), 6);
    some(c.target.teams, parts_.teams.size(), 6);
    some(c.target.personas, parts_.personas.size(), 5);
    if (dice_.one_in(6)) c.target.stages = {static_cast<Stage>(dice_.between(0, 5)), Stage::retention};
    const std::vector<Parameter> parameters{
        Parameter::quality,          Parameter::effort, Parameter::carry,   Parameter::promise,
        Parameter::probability,      Parameter::odds,   Parameter::delay,   Parameter::weight,
        Parameter::quality_sd,       Parameter::cost,   Parameter::revenue, Parameter::cost_per_month,
        Parameter::revenue_per_month};
    const std::size_t first = dice_.below(parameters.size());
    bool on_exits = false;
    for (int k = sized(1, 4); k > 0; --k) {
      const Parameter parameter = parameters[(first + 5 * static_cast<std::size_t>(k)) % parameters.size()];
      c.effects.push_back(effect(parameter));
      on_exits =
          on_exits || parameter == Parameter::probability || parameter == Parameter::odds || parameter == Parameter::delay;
    }
    if (on_exits) some(c.target.exit_to, parts_.touchpoints.size(), 4);
    if (!any()) return c;

    const double horizon = parts_.settings.horizon.value(), window = parts_.settings.window.value();
    switch (dice_.between(0, 4)) {
      case 0:
        break;
      case 1:  // exactly where a window ends
        c.start = Days(window * dice_.between(0, static_cast<int>(horizon / window)));
        break;
      case 2:
        c.start = Days(dice_.number(0.0, 1.3) * horizon);
        break;
      default:
        c.start = Days(dice_.number(0.0, 0.6) * horizon);
    }
    if (dice_.one_in(2)) c.end = c.start + Days(dice_.of<double>({window, 0.2 * window, dice_.number(0.01, 0.7) * horizon}));
    if (dice_.one_in(3)) {
      c.ramp.shape = dice_.one_in(2) ? RampShape::linear : RampShape::s_curve;
      c.ramp.over = Days(dice_.of<double>({0.0, 3.0 * window, dice_.number(0.01, 0.8) * horizon}));
    }
    return c;
  }

  void changes() {
    const int improvements = sized(0, 5), events = sized(0, 3);
    for (int k = 0; k < improvements; ++k) {
      Improvement improvement;
      improvement.change = change("i" + std::to_string(k));
      if (dice_.one_in(2)) improvement.price.once = dice_.number(0.0, 1e5);
      if (dice_.one_in(2)) improvement.price.per_month = dice_.number(0.0, 1e4);
      if (dice_.one_in(2)) improvement.price.per_visit = dice_.number(0.0, 5.0);
      parts_.improvements.push_back(std::move(improvement));
    }
    for (int k = 0; k < events; ++k) parts_.events.push_back(change("e" + std::to_string(k)));
    if (improvements == 0) return;
    for (int k = sized(1, 3); k > 0; --k) {
      Plan plan{"plan" + std::to_string(k), "", {ImprovementId(dice_.below(parts_.improvements.size()))}};
      for (std::size_t i = 0; i < parts_.improvements.size(); ++i) {
        if (ImprovementId(i) != plan.improvements.front() && dice_.one_in(2)) plan.improvements.push_back(ImprovementId(i));
      }
      parts_.plans.push_back(std::move(plan));
    }
  }

  // Somebody goes round and round in next to no time.
  void loop_for_ever() {
    Touchpoint& t = parts_.touchpoints.front();
    Exit exit;
    exit.to = TouchpointId(0);
    if (t.exits == ExitRule::choice) exit.odds = 1e9;
    exit.after = Fixed{parts_.settings.horizon.value() / 1e7};
    t.next.push_back(exit);
  }

  Dice dice_;
  int size_;
  Flavour flavour_;
  bool betas_;  // their tables take long to make
  ModelParts parts_;
};

bool valid(const ModelParts& parts) {
  const std::vector<Finding> findings = check(parts);
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& each) { return each.severity == Severity::error; });
}

template <class Tag>
void forget(std::vector<Id<Tag>>& ids, std::size_t gone) {
  std::erase(ids, Id<Tag>(gone));
  for (Id<Tag>& id : ids) {
    if (id.index() > gone) id = Id<Tag>(id.index() - 1);
  }
}

template <class Change>
void each_change(ModelParts& parts, Change use) {
  for (Improvement& improvement : parts.improvements) use(improvement.change);
  for (sojourn::Change& event : parts.events) use(event);
}

void scale_to_one(std::vector<double*> shares) {
  double sum = 0.0;
  for (const double* share : shares) sum += *share;
  if (!(sum > 0.0)) return;
  for (double* share : shares) *share /= sum;
}

std::optional<ModelParts> without_touchpoint(ModelParts parts, std::size_t gone) {
  const auto moved = [&](TouchpointId id) { return id.index() > gone ? TouchpointId(id.index() - 1) : id; };
  parts.touchpoints.erase(parts.touchpoints.begin() + static_cast<std::ptrdiff_t>(gone));
  for (Touchpoint& t : parts.touchpoints) {
    std::erase_if(t.next, [&](const Exit& exit) { return exit.to.index() == gone; });
    if (!t.end && t.next.empty()) return std::nullopt;
    for (Exit& exit : t.next) exit.to = moved(exit.to);
  }
  for (Persona& p : parts.personas) {
    std::erase_if(p.starts, [&](const auto& start) { return start.first.index() == gone; });
    if (p.starts.empty()) return std::nullopt;
    std::vector<double*> shares;
    for (auto& [touchpoint, share] : p.starts) {
      touchpoint = moved(touchpoint);
      shares.push_back(&share);
    }
    scale_to_one(shares);
    std::erase_if(p.odds, [&](const PersonaOdds& odds) { return odds.from.index() == gone || odds.to.index() == gone; });
    for (PersonaOdds& odds : p.odds) odds = {moved(odds.from), moved(odds.to), odds.times};
  }
  bool emptied = false;
  each_change(parts, [&](Change& change) {
    for (auto* list : {&change.target.touchpoints, &change.target.exit_to}) {
      const bool named = !list->empty();
      forget(*list, gone);
      emptied = emptied || (named && list->empty());  // an empty list would mean all
    }
  });
  if (emptied) return std::nullopt;
  return parts;
}

std::optional<ModelParts> without_persona(ModelParts parts, std::size_t gone) {
  parts.personas.erase(parts.personas.begin() + static_cast<std::ptrdiff_t>(gone));
  std::vector<double*> shares;
  for (Persona& p : parts.personas) shares.push_back(&p.share);
  scale_to_one(shares);
  bool emptied = false;
  each_change(parts, [&](Change& change) {
    const bool named = !change.target.personas.empty();
    forget(change.target.personas, gone);
    emptied = emptied || (named && change.target.personas.empty());
  });
  if (parts.personas.empty() || emptied) return std::nullopt;
  return parts;
}

ModelParts without_improvement(ModelParts parts, std::size_t gone) {
  parts.improvements.erase(parts.improvements.begin() + static_cast<std::ptrdiff_t>(gone));
  for (Plan& plan : parts.plans) forget(plan.improvements, gone);
  const auto empty = [](const Plan& plan) { return plan.improvements.empty() && plan.id != "baseline"; };
  std::erase_if(parts.plans, empty);
  return parts;
}

}  // namespace

ModelParts random_model(std::uint64_t number, int size, Flavour flavour) {
  // What cannot be avoided while drawing (mostly: shortened delays that close a circle without time) is drawn again.
  for (std::uint64_t attempt = 0; attempt < 100; ++attempt) {
    ModelParts parts = Drawing(number + (attempt << 48), size, flavour).draw();
    if (valid(parts)) return parts;
  }
  throw std::logic_error("no valid model in a hundred");
}

ModelParts coupled(ModelParts parts) {
  Dice dice(parts.settings.seed ^ 0x636f75706c6564);
  const auto two_of_three = [&] { return !dice.one_in(3); };
  const bool reviews = two_of_three(), queues = two_of_three(), accounts = two_of_three();
  const bool talk = two_of_three() || !(reviews || queues || accounts);
  if (talk) {
    WordOfMouth word_of_mouth;
    if (parts.settings.customers > 20) {
      const std::vector<Network> networks{WellMixed{}, SmallWorld{4.0, 0.3}, ScaleFree{4.0}, RandomNetwork{4.0},
                                          Communities{4.0, 0.7}};
      word_of_mouth.network = dice.of(networks);
    }
    word_of_mouth.promoter_rate = 0.3;
    word_of_mouth.detractor_rate = 0.4;
    word_of_mouth.passive_rate = 0.1;
    if (dice.one_in(2)) word_of_mouth.talks_after_churn = Days(dice.number(0.0, 40.0));
    parts.word_of_mouth = word_of_mouth;
  }
  if (reviews) parts.reviews = Reviews{0.3, dice.number(0.0, 2.0), 1.0};
  // Each customer sends the calls of those whom it stands for: thousands of them would take hours.
  if (queues && parts.settings.market) {
    parts.settings.market = std::min(*parts.settings.market, 20.0 * static_cast<double>(parts.settings.customers));
  }
  for (Touchpoint& touchpoint : parts.touchpoints) {
    if (touchpoint.end) continue;
    touchpoint.reads_reviews = reviews && dice.one_in(2);
    if (!queues || !dice.one_in(2)) continue;
    touchpoint.servers = dice.between(1, 3);
    touchpoint.handle_time = Exponential{dice.number(0.05, 0.5)};
  }
  if (!accounts) return parts;
  if (dice.one_in(2)) parts.account_correlation = dice.number(0.0, 1.0);
  AccountSegment segment;
  segment.id = "firms";
  segment.share = 1.0;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) segment.roles.emplace_back(PersonaId(p), Uniform{0.0, 3.0});
  for (std::size_t v = 0; v < parts.touchpoints.size() && segment.gates.size() < 2; ++v) {
    const Touchpoint& touchpoint = parts.touchpoints[v];
    const bool choice =
        touchpoint.exits == ExitRule::choice && std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                                            [](const Exit& exit) { return exit.on == Trigger::none; });
    if (touchpoint.end || !choice || dice.one_in(3)) continue;
    Gate gate;
    gate.touchpoint = TouchpointId(v);
    gate.rule = static_cast<GateRule>(dice.between(0, 3));
    if (gate.rule == GateRule::weighted) {
      for (std::size_t p = 0; p < parts.personas.size(); ++p)
        gate.weights.emplace_back(PersonaId(p), 1.0 + static_cast<double>(p));
    }
    if (gate.rule == GateRule::veto) gate.veto = {PersonaId(dice.below(parts.personas.size()))};
    segment.gates.push_back(gate);
  }
  parts.account_segments = {segment};
  return parts;
}

ModelParts by_calendar(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x63616c656e646172);
  const double horizon = parts.settings.horizon.value();
  parts.settings.start = "2027-11-18";
  if (dice.one_in(3)) parts.settings.arrivals = PeopleNumber::poisson;
  for (Persona& persona : parts.personas) {
    if (dice.one_in(3)) continue;
    persona.standing = ArrivesAs::customer;
    const double typical = dice.number(0.1, 3.0) * horizon;
    const Distribution laws[] = {Fixed{typical},
                                 Fixed{0.0},
                                 Uniform{0.0, typical},
                                 Normal{typical, typical},
                                 Exponential{0.2 * typical},
                                 Gamma{2.0, 0.2 * typical},
                                 Tabulated{{{0.0, 0.0}, {typical, 0.5}, {2.0 * typical, 1.0}}}};
    persona.tenure = laws[dice.below(std::size(laws))];
  }
  for (Touchpoint& touchpoint : parts.touchpoints) {
    for (Exit& exit : touchpoint.next) {
      if (touchpoint.exits == ExitRule::race && exit.on == Trigger::none && dice.one_in(3)) exit.clock = tenure_clock;
    }
  }
  for (Change& event : parts.events) {
    Recurrence& recurrence = event.recurrence;
    if (dice.one_in(4)) continue;
    if (dice.one_in(2)) {
      event.end.reset();
      recurrence.every = TimeStep{horizon / dice.of<double>({3.0, 7.0, 41.0}), 0};
      recurrence.duration = TimeStep{recurrence.every->days * dice.of<double>({0.1, 0.5, 1.0}), 0};
      if (dice.one_in(3)) recurrence.last = Days(event.start.value() + 0.5 * horizon);
    }
    // Some hundred hours are enough.
    if (event.ramp.shape == RampShape::none && horizon < 200.0 && dice.one_in(2)) {
      for (int day = 0; day < 7; ++day) {
        if (day == 0) recurrence.hours.emplace_back(0.0, 1.0);
        recurrence.hours.emplace_back(day + 0.3, 0.0);
        recurrence.hours.emplace_back(day + 0.7, 1.0);
      }
    }
  }
  return valid(parts) ? parts : before;
}

ModelParts remembering(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x72656d656d626572);
  const double horizon = parts.settings.horizon.value();
  const auto touchpoint = [&] { return TouchpointId(dice.below(parts.touchpoints.size())); };
  for (int k = dice.between(1, 3); k > 0; --k) {
    Clock clock{"clock" + std::to_string(k), "", {touchpoint()}};
    if (dice.one_in(2)) clock.starts_at.push_back(touchpoint());
    parts.clocks.push_back(clock);
    for (Persona& persona : parts.personas) {
      if (dice.one_in(2)) persona.ages.emplace_back(ClockId(parts.clocks.size() - 1), Uniform{0.0, horizon});
    }
  }
  const auto add_trait = [&](std::string name, double high) {
    parts.traits.push_back({std::move(name), 0.0, 1e9, 0.0});
    for (Persona& persona : parts.personas) {
      persona.traits.push_back(dice.one_in(3) ? Distribution(Fixed{dice.number(0.0, high)})
                                              : Distribution(Gamma{dice.of<double>({0.5, 3.0}), 0.5 * high}));
    }
    return TraitId(parts.traits.size() - 1);
  };
  const TraitId factor = add_trait("factor", 3.0), time = add_trait("time", 0.4 * horizon);
  const TraitId rate = add_trait("rate", 10.0 / horizon);
  for (int k = dice.between(1, 3); k > 0; --k) {
    Counter counter;
    counter.id = "counter" + std::to_string(k);
    counter.touchpoints = {touchpoint()};
    if (dice.one_in(3)) counter.touchpoints.push_back(touchpoint());
    if (dice.one_in(4)) {
      counter.adds_revenue = true;
    } else if (const Touchpoint& from = parts.touchpoints[touchpoint().index()]; !from.next.empty()) {
      counter.exits.emplace_back(TouchpointId(static_cast<std::size_t>(&from - parts.touchpoints.data())),
                                 dice.of(from.next).to);
    }
    if (dice.one_in(2)) counter.half_life = Days(dice.number(0.01, 1.0) * horizon);
    if (dice.one_in(3)) counter.initial = Uniform{0.0, 4.0};
    if (dice.one_in(4)) counter.initial_trait = factor;
    parts.counters.push_back(std::move(counter));
  }
  if (!parts.counters.empty()) parts.counters.front().tiers = {1.0, 3.0};
  for (std::size_t from = 0; from < parts.touchpoints.size(); ++from) {
    Touchpoint& t = parts.touchpoints[from];
    const bool race = t.exits == ExitRule::race;
    for (Exit& exit : t.next) {
      if (exit.on != Trigger::none || dice.one_in(3)) continue;
      const bool has_odds = race || exit.odds.has_value(), back = exit.to.index() <= from;
      // No law may let a circle go round in no time.
      if (dice.one_in(4) && !back) exit.after = Gamma{dice.of<double>({0.7, 2.0}), dice.number(0.01, 0.3) * horizon};
      if (dice.one_in(6) && !back) exit.after = Gompertz{5.0 / horizon, dice.number(0.0, 4.0) / horizon};
      if (dice.one_in(6)) {
        exit.after = Tabulated{{{0.02 * horizon, 0.0}, {0.1 * horizon, 0.4}, {0.1001 * horizon, 0.4}, {0.4 * horizon, 1.0}}};
      }
      const bool spread = !std::holds_alternative<Fixed>(exit.after);
      if (dice.one_in(5) && spread && !back) {
        const double unit = std::max(1e-6, mean(exit.after));
        if (unit < 1e6)
          exit.after = Weibull{1.0, 1.3}, exit.scale = dice.one_in(2) ? ScaleTrait{time, false} : ScaleTrait{rate, true};
      }
      if (has_odds && dice.one_in(5)) exit.times = factor;
      if (has_odds && dice.one_in(4))
        exit.counters = {{CounterId(dice.below(parts.counters.size())), dice.number(-1.5, 1.5)}};
      if (dice.one_in(4)) {
        exit.only_if.counters = {{CounterId(dice.below(parts.counters.size())), static_cast<Relation>(dice.between(0, 3)),
                                  static_cast<double>(dice.between(0, 4))}};
      }
      if (dice.one_in(8)) exit.only_if.bought = dice.one_in(2);
      if (dice.one_in(8) && !parts.teams.empty()) exit.only_if.team = TeamId(dice.below(parts.teams.size()));
      // A law of a clock that is over fires at once, so only ways forward may have one.
      if (race && dice.one_in(3) && !back) exit.clock = ClockId(dice.below(parts.clocks.size()));
      if (race && dice.one_in(5)) {
        exit.clock = ClockId(dice.below(parts.clocks.size()));
        exit.every = Days(dice.number(0.05, 0.4) * horizon);
        exit.after = Fixed{0.0};
        exit.scale.reset();
      }
    }
  }
  return valid(parts) ? parts : before;
}

ModelParts spending(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x7370656e64696e67);
  parts.traits.push_back({"basket", 0.0, 1e9, 0.0});
  const TraitId basket(parts.traits.size() - 1);
  for (Persona& persona : parts.personas) {
    persona.traits.push_back(dice.one_in(3) ? Distribution(Fixed{dice.number(0.0, 50.0)})
                                            : Distribution(Gamma{dice.of<double>({0.5, 3.0}), 40.0}));
  }
  const auto amount = [&] {
    DrawnAmount drawn;
    if (dice.one_in(3)) {
      drawn.trait = basket;
      drawn.law = dice.of<Distribution>({Fixed{1.0}, Lognormal{1.0, 0.8}, Gamma{2.0, 1.0}, Exponential{1.0}});
    } else {
      drawn.law = dice.of<Distribution>({Lognormal{60.0, 1.2}, Gamma{0.5, 1e5}, Normal{-3.0, 20.0}, Uniform{-1.0, 0.01},
                                         Weibull{3.0, 0.7}, Exponential{1e-3}, Loglogistic{5.0, 2.5}, Beta{2.0, 5.0},
                                         Tabulated{{{0.0, 0.0}, {10.0, 0.9}, {1e6, 1.0}}}});
    }
    return drawn;
  };
  for (Touchpoint& touchpoint : parts.touchpoints) {
    if (dice.one_in(2)) {
      touchpoint.drawn_revenue = amount();
      touchpoint.revenue = 0.0;
    }
    if (dice.one_in(3)) {
      touchpoint.drawn_cost = amount();
      touchpoint.cost = 0.0;
    }
  }
  return valid(parts) ? parts : before;
}

ModelParts marketed(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x6d61726b657473);
  const double horizon = parts.settings.horizon.value();
  for (Touchpoint& touchpoint : parts.touchpoints) {
    if (!dice.one_in(2)) continue;
    touchpoint.price = dice.of<double>({0.0, 9.5, dice.number(0.0, 40.0), 1e4});
    touchpoint.revenue = 0.0;
    touchpoint.drawn_revenue.reset();
  }
  if (!dice.one_in(4)) parts.behaviour.expectation_drift = dice.number(-0.5, 2.0) / horizon;
  for (int k = dice.between(0, 2); k > 0; --k) {
    Outside rival{"rival" + std::to_string(k), "", {{0.0, dice.number(0.0, 1.0)}}};
    if (dice.one_in(2)) rival.attraction.emplace_back(dice.number(0.01, 1.2) * horizon, dice.number(0.0, 1.0));
    parts.outside.push_back(std::move(rival));
  }
  for (Touchpoint& touchpoint : parts.touchpoints) {
    for (Exit& exit : touchpoint.next) {
      if (exit.on != Trigger::none || !std::holds_alternative<std::monostate>(exit.probability)) continue;
      // In a race a large weight is a short delay, and may lead round for ever.
      const double most = touchpoint.exits == ExitRule::race ? 0.0 : 0.3;
      if (dice.one_in(2)) exit.slopes.price = dice.number(-0.3, most);
      if (dice.one_in(2)) exit.slopes.outside = dice.number(-3.0, touchpoint.exits == ExitRule::race ? 1.0 : 3.0);
    }
  }
  const auto change = [&](std::string id) {
    Change made;
    made.id = std::move(id);
    made.target.touchpoints = {TouchpointId(dice.below(parts.touchpoints.size()))};
    switch (dice.between(0, 2)) {
      case 0:
        made.effects = {{Parameter::price, Operation::multiply, dice.of<double>({0.0, 0.7, 1.4})}};
        break;
      case 1:
        made.effects = {{Parameter::traffic, Operation::set, dice.of<double>({0.0, 0.0, 0.5})}};
        break;
      default:
        made.target = {};
        made.effects = {{Parameter::attraction, Operation::add, dice.number(-0.5, 0.5)}};
        if (!parts.outside.empty()) made.target.outside = {OutsideId(dice.below(parts.outside.size()))};
    }
    if (dice.one_in(2)) made.start = Days(dice.number(0.0, 0.7) * horizon);
    if (dice.one_in(3)) made.ramp = {RampShape::linear, Days(dice.number(0.01, 0.5) * horizon)};
    if (dice.one_in(3)) made.fade = Days(dice.number(0.05, 1.0) * horizon);
    if (dice.one_in(4)) made.end = made.start + Days(dice.number(0.05, 0.5) * horizon);
    return made;
  };
  for (int k = dice.between(0, 2); k > 0; --k) parts.events.push_back(change("market" + std::to_string(k)));
  for (Improvement& improvement : parts.improvements) {
    if (dice.one_in(3)) improvement.change.fade = Days(dice.number(0.05, 1.0) * horizon);
    if (dice.one_in(2)) improvement.response = Hill{dice.number(0.1, 2.0), dice.number(0.5, 4.0)};
  }
  if (parts.plans.size() > 1 && dice.one_in(2)) {
    Improvement improvement;
    improvement.change = change("offer");
    improvement.price.once = 100.0;
    parts.plans.back().improvements.emplace_back(parts.improvements.size());
    parts.improvements.push_back(std::move(improvement));
  }
  for (Plan& plan : parts.plans) {
    for (std::size_t i = 0; i < plan.improvements.size(); ++i)
      plan.levels.push_back(dice.of<double>({1.0, 0.5, dice.number(0.01, 1.0)}));
  }
  return valid(parts) ? parts : before;
}

ModelParts asking(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x61736b696e67);
  const double horizon = parts.settings.horizon.value();
  const auto propensity = static_cast<std::size_t>(BuiltinTrait::response_propensity);
  for (Persona& persona : parts.personas) {
    persona.traits[propensity] =
        dice.one_in(2) ? Distribution(Normal{0.0, 1.5}) : Distribution(Fixed{dice.number(-2.0, 2.0)});
  }
  const std::size_t own = parts.traits.size() - builtin_trait_count;
  for (Touchpoint& touchpoint : parts.touchpoints) {
    if (touchpoint.end || dice.one_in(2)) continue;
    touchpoint.solves = own > 0 && dice.one_in(3) ? Chance(TraitId(builtin_trait_count + dice.below(own)))
                                                  : Chance(dice.of<double>({0.0, 1.0, dice.number(0.0, 1.0)}));
    for (Exit& exit : touchpoint.next) {
      if (exit.on != Trigger::none) continue;
      if ((exit.odds || touchpoint.exits == ExitRule::race) && dice.one_in(3)) exit.slopes.solved = dice.number(-2.0, 2.0);
      if (touchpoint.exits == ExitRule::choice && dice.one_in(6)) exit.only_if.solved = dice.one_in(2);
    }
  }
  for (Improvement& improvement : parts.improvements) {
    if (dice.one_in(2)) improvement.change.effects.push_back({Parameter::solves, Operation::add, 0.3});
  }
  const bool annoys = !dice.one_in(3);
  for (int k = dice.between(1, 3); k > 0; --k) {
    Survey survey;
    survey.id = "survey" + std::to_string(k);
    survey.asks = static_cast<Question>(dice.between(0, 2));
    if (dice.one_in(2)) {
      survey.asks = Question::nps;
      survey.every = Days(dice.number(0.01, 0.6) * horizon);
    } else {
      for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
        if (dice.one_in(2)) survey.after.emplace_back(v);
      }
      if (!parts.channels.empty()) survey.channels.emplace_back(dice.below(parts.channels.size()));
      if (survey.after.empty()) survey.after.emplace_back(0);
    }
    survey.sample = dice.of<double>({1.0, dice.number(0.1, 1.0)});
    survey.base = dice.number(-2.0, 2.0);
    survey.extremity = dice.of<double>({0.0, dice.number(-2.0, 3.0)});
    survey.unmet = dice.of<double>({0.0, dice.number(-3.0, 3.0)});
    survey.fatigue = dice.of<double>({0.0, dice.number(0.0, 2.0)});
    survey.fatigue_half_life = Days(dice.number(0.01, 1.0) * horizon);
    survey.noise = dice.of<double>({0.0, dice.number(0.0, 0.3)});
    survey.cost = dice.of<double>({0.0, dice.number(0.0, 10.0)});
    if (annoys) survey.annoyance = dice.of<double>({0.0, dice.number(0.0, 0.3)});
    parts.surveys.push_back(survey);
  }
  return valid(parts) ? parts : before;
}

ModelParts following_up(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x6c6f6f70);
  const double horizon = parts.settings.horizon.value();
  std::vector<TouchpointId> helping;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (!parts.touchpoints[v].end) helping.emplace_back(v);
  }
  for (Survey& survey : parts.surveys) {
    if (dice.one_in(4) || helping.empty()) continue;
    const double least = survey.asks == Question::nps ? 0.0 : 1.0, width = survey.asks == Question::nps ? 10.0 : 5.0;
    survey.closed_loop = ClosedLoop{least + dice.number(0.2, 1.0) * width, helping[dice.below(helping.size())],
                                    Days(dice.of<double>({0.001 * horizon, dice.number(0.001, 0.3) * horizon}))};
  }
  return valid(parts) ? parts : before;
}

ModelParts ruled(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x72756c6573);
  if (parts.improvements.empty() || parts.plans.size() < 2) return before;
  // Some windows, in which something may be switched.
  if (parts.settings.window * 4.0 > parts.settings.horizon)
    parts.settings.window = Days(parts.settings.horizon.value() / 9.5);
  for (std::size_t plan = 1; plan < parts.plans.size(); ++plan) {
    for (int k = dice.between(1, 3); k > 0; --k) {
      Rule rule;
      rule.id = "rule" + std::to_string(parts.rules.size());
      rule.name = rule.id;
      double level = 0.5, width = 0.2;
      if (!parts.surveys.empty() && dice.one_in(2)) {
        rule.survey = SurveyId(dice.below(parts.surveys.size()));
        const Survey& survey = parts.surveys[rule.survey.index()];
        rule.metric = dice.of<std::string>({"measured", "true", "gap", "response_rate"});
        const bool nps = survey.asks == Question::nps;
        level = rule.metric == "response_rate" ? 0.5 : rule.metric == "gap" ? 0.0 : nps ? 0.0 : 3.0;
        width = rule.metric == "response_rate" ? 0.3 : nps ? 40.0 : 1.0;
        if (!survey.every && dice.one_in(2)) rule.touchpoint = TouchpointId(dice.below(parts.touchpoints.size()));
        rule.min_answers = dice.one_in(3) ? 2 : 0;
      } else if (dice.one_in(3)) {
        rule.metric = dice.of<std::string>({"nps", "promoters", "satisfaction", "effort", "visits", "repeats"});
        if (rule.metric == "nps") level = 0.0, width = 50.0;
        if (!parts.teams.empty() && dice.one_in(2)) {
          rule.team = TeamId(dice.below(parts.teams.size()));
        } else {
          rule.touchpoint = TouchpointId(dice.below(parts.touchpoints.size()));
        }
      } else {
        rule.metric =
            dice.of<std::string>({"nps", "satisfaction", "expectation", "retained", "retention", "conversion", "prospects",
                                  "churned", "effort", "visits", "revenue", "cost_to_serve", "time_to_purchase"});
        if (rule.metric == "nps") level = 0.0, width = 50.0;
        if (rule.metric == "revenue" || rule.metric == "cost_to_serve") level = 100.0, width = 100.0;
      }
      if (dice.one_in(4)) rule.persona = PersonaId(dice.below(parts.personas.size()));
      const double at = dice.number(level - width, level + width);
      const bool low = dice.one_in(2), hysteresis = dice.one_in(3);
      (low ? rule.below : rule.above) = at;
      if (hysteresis) (low ? rule.off_above : rule.off_below) = at + (low ? 0.3 : -0.3) * width;
      rule.windows = dice.one_in(3) ? 2 : 1;
      const std::vector<ImprovementId>& bought = parts.plans[plan].improvements;
      if (!bought.empty() && dice.one_in(3)) {
        rule.switch_off = bought[dice.below(bought.size())];
      } else {
        rule.switch_on = ImprovementId(dice.below(parts.improvements.size()));
      }
      parts.plans[plan].rules.emplace_back(parts.rules.size());
      parts.rules.push_back(rule);
    }
  }
  return valid(parts) ? parts : before;
}

ModelParts personalising(ModelParts parts) {
  const ModelParts before = parts;
  Dice dice(parts.settings.seed ^ 0x636f6e74656e74);
  const auto themes = [&] {
    std::vector<std::pair<std::string, double>> made;
    for (const char* theme : {"price", "speed", "advice", "pride"}) {
      if (dice.one_in(2)) made.emplace_back(theme, dice.of<double>({0.0, 1.0, 1.0, dice.number(0.0, 3.0)}));
    }
    return made;
  };
  parts.behaviour.fit_weight = dice.of<double>({0.0, 0.3, dice.number(0.0, 2.0)});
  for (Persona& persona : parts.personas) {
    if (!dice.one_in(4)) persona.needs = themes();
  }
  for (Touchpoint& touchpoint : parts.touchpoints) {
    if (dice.one_in(4)) continue;
    for (int k = dice.between(1, 4); k > 0; --k) touchpoint.content.push_back({themes()});
    touchpoint.personalisation = dice.of<double>({0.0, 1.0, dice.number(0.0, 1.0), dice.number(0.0, 1.0)});
  }
  const auto shift = [&](Change& change) {
    const double x = dice.of<double>({0.0, 1.0, dice.number(0.0, 1.0)});
    change.effects.push_back(
        {Parameter::personalisation, dice.of<Operation>({Operation::set, Operation::add, Operation::multiply}), x});
  };
  for (Change& event : parts.events) {
    if (dice.one_in(2)) shift(event);
  }
  for (Improvement& improvement : parts.improvements) {
    if (dice.one_in(2)) shift(improvement.change);
  }
  return valid(parts) ? parts : before;
}

std::vector<ModelParts> simpler(const ModelParts& parts) {
  std::vector<ModelParts> found;
  const auto offer = [&](std::optional<ModelParts> candidate) {
    if (candidate && valid(*candidate)) found.push_back(*std::move(candidate));
  };
  const auto edited = [&](const std::function<void(ModelParts&)>& edit) {
    ModelParts candidate = parts;
    edit(candidate);
    offer(std::move(candidate));
  };
  const Settings& s = parts.settings;
  if (s.replications > 1) edited([](ModelParts& m) { m.settings.replications = 1; });
  if (s.customers > 1) {
    edited([](ModelParts& m) { m.settings.customers /= 2; });
    edited([](ModelParts& m) { m.settings.customers -= 1; });
  }
  if (!parts.events.empty()) edited([](ModelParts& m) { m.events.clear(); });
  for (std::size_t p = 0; p < parts.plans.size(); ++p) {
    for (std::size_t k = 0; k < parts.plans[p].rules.size(); ++k) {
      edited([&](ModelParts& m) { m.plans[p].rules.erase(m.plans[p].rules.begin() + static_cast<std::ptrdiff_t>(k)); });
    }
  }
  for (std::size_t k = 0; k < parts.surveys.size(); ++k)
    edited([&](ModelParts& m) { m.surveys.erase(m.surveys.begin() + static_cast<std::ptrdiff_t>(k)); });
  if (parts.plans.size() > 1) {
    edited([](ModelParts& m) {
      m.plans.resize(1);
      m.improvements.clear();
    });
  }
  for (std::size_t k = 1; k < parts.plans.size(); ++k)
    edited([&](ModelParts& m) { m.plans.erase(m.plans.begin() + static_cast<std::ptrdiff_t>(k)); });
  for (std::size_t k = 0; k < parts.improvements.size(); ++k) offer(without_improvement(parts, k));
  for (std::size_t k = 0; k < parts.events.size(); ++k)
    edited([&](ModelParts& m) { m.events.erase(m.events.begin() + static_cast<std::ptrdiff_t>(k)); });
  for (std::size_t k = 0; k < parts.personas.size(); ++k) offer(without_persona(parts, k));
  for (std::size_t v = parts.touchpoints.size(); v-- > 0;) offer(without_touchpoint(parts, v));
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    const Touchpoint& t = parts.touchpoints[v];
    if (t.next.size() > 1) {
      for (std::size_t e = 0; e < t.next.size(); ++e) {
        edited([&](ModelParts& m) {
          m.touchpoints[v].next.erase(m.touchpoints[v].next.begin() + static_cast<std::ptrdiff_t>(e));
          for (Persona& p : m.personas)
            std::erase_if(p.odds, [&](const PersonaOdds& odds) { return odds.from.index() == v; });
        });
      }
    }
    if (std::any_of(t.next.begin(), t.next.end(), [](const Exit& exit) { return exit.slopes != Slopes{}; })) {
      edited([&](ModelParts& m) {
        for (Exit& exit : m.touchpoints[v].next) exit.slopes = {};
      });
    }
    for (std::size_t e = 0; e < t.next.size(); ++e) {
      if (!std::holds_alternative<Fixed>(t.next[e].after))
        edited([&](ModelParts& m) { m.touchpoints[v].next[e].after = Fixed{1.0}; });
    }
    if (t.quality_sd != 0.0 || t.team.valid() || t.channel.valid() || t.promise) {
      edited([&](ModelParts& m) {
        m.touchpoints[v].quality_sd = 0.0;
        m.touchpoints[v].team = {};
        m.touchpoints[v].channel = {};
        m.touchpoints[v].promise.reset();
      });
    }
    if (t.revenue != 0.0 || t.cost != 0.0 || t.revenue_per_month != 0.0 || t.cost_per_month != 0.0) {
      edited([&](ModelParts& m) {
        Touchpoint& at = m.touchpoints[v];
        at.revenue = at.cost = at.revenue_per_month = at.cost_per_month = 0.0;
      });
    }
  }
  for (std::size_t k = 0; k < parts.personas.size(); ++k) {
    const Persona& p = parts.personas[k];
    if (!(p.arrives == Distribution(Fixed{0.0}))) edited([&](ModelParts& m) { m.personas[k].arrives = Fixed{0.0}; });
    if (!p.odds.empty() || !p.channels.empty()) {
      edited([&](ModelParts& m) {
        m.personas[k].odds.clear();
        m.personas[k].channels.clear();
      });
    }
    for (std::size_t i = 0; i < p.traits.size(); ++i) {
      const Distribution standard = Fixed{parts.traits[i].standard};
      if (!(p.traits[i] == standard)) edited([&](ModelParts& m) { m.personas[k].traits[i] = standard; });
    }
  }
  if (s.window < s.horizon) edited([](ModelParts& m) { m.settings.window = m.settings.horizon; });
  if (s.discount != 0.0) edited([](ModelParts& m) { m.settings.discount = 0.0; });
  return found;
}

}  // namespace sojourn::verify
