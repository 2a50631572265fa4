#include "sojourn/report/told_life.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sojourn/outcomes/event_log.hpp"
#include "sojourn/report/format.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

/// An exit as the customer faced it: its probability, or in a race the days until it would have come.
struct Option {
  std::uint32_t to = 0;
  double probability = 0.0, days = 0.0;
  bool end = false;
};

/// A visit and why it led where it did.
struct Step {
  Visit visit;
  State before, after;
  Stay stay;
  std::vector<Option> options;
  double stays = 0.0;    // chance of no exit
  double leaving = 0.0;  // chance of an exit to an end
  double luck = 0.0;     // of the life, as it stood: an end below `leaving`
  float draw = 0.0f;     // of this visit, among the exits of the kind that luck decided
  bool race = false;
};

/// Listens to a life and works out again what its choices looked like.
class Listener {
 public:
  Listener(const Program& program, const Population& population, const Streams& streams, std::uint32_t customer)
      : program_(program),
        population_(population),
        streams_(streams),
        customer_(customer),
        traits_(population.trait_count()),
        cumulative_(program.most_exits()) {}

  void arrived(const Person& person) {
    who = person;
    luck_ = person.luck;
    population_.traits(streams_, customer_, person.persona, traits_);
  }
  void visited(const Person&, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    Step step;
    step.visit = visit;
    step.before = before;
    step.after = after;
    step.race = row.race;
    if (visit.appraised) {
      const behaviour::Mood mood{after.satisfaction, after.expectation, after.heard, visit.effort};
      row.race ? race(row, mood, step) : choice(row, mood, step);
    }
    steps.push_back(std::move(step));
  }
  void stayed(const Person&, const Visit&, const Stay& stay, const State&) { steps.back().stay = stay; }

  Person who;
  std::vector<Step> steps;

 private:
  void choice(const VisitRow& row, const behaviour::Mood& mood, Step& step) {
    const ExitShares shares = share_exits(program_, row, traits_, mood, cumulative_);
    const auto exits = program_.exits(row);
    for (std::size_t j = 0; j < exits.size(); ++j) {
      const float share = cumulative_[j] - (j > 0 ? cumulative_[j - 1] : 0.0f);
      step.options.push_back({exits[j].to, static_cast<double>(share), 0.0, exits[j].to_end});
    }
    step.stays = static_cast<double>(shares.stay);
    const float leaving = row.ends > 0 ? cumulative_[row.ends - 1] : 0.0f;
    const float going = (shares.total - leaving) + shares.stay;
    step.leaving = static_cast<double>(leaving);
    step.luck = luck_;
    step.draw = uniform(streams_.draw(customer_, Purpose::visit, step.visit.event)[1]);
    const bool leaves = leaving > 0.0f && (luck_ < step.leaving || going <= 0.0f);
    if (!leaves) luck_ = behaviour::outlast(luck_, step.leaving);
  }
  void race(const VisitRow& row, const behaviour::Mood& mood, Step& step) {
    const auto exits = program_.exits(row);
    Words words{};
    for (std::size_t j = 0; j < exits.size(); ++j) {
      const ExitRow& exit = exits[j];
      if (j % 4 == 0) words = streams_.draw(customer_, Purpose::race, step.visit.event, static_cast<std::uint32_t>(j / 4));
      const float m = behaviour::weigh(
          exit.odds, behaviour::inclination(exit.satisfaction, exit.expectation, exit.heard, exit.effort, mood));
      if (!(m > 0.0f)) continue;
      const float hazard = exponential(words[j % 4]) / m;
      if (!(hazard < 1e30f)) continue;
      step.options.push_back(
          {exit.to, 0.0, std::max(0.0, program_.delay(exit.delay).at_hazard(hazard) * exit.stretch), exit.to_end});
    }
  }

  const Program& program_;
  const Population& population_;
  Streams streams_;
  std::uint32_t customer_;
  std::vector<float> traits_, cumulative_;
  double luck_ = 0.5;
};

struct Lived {
  Person who;
  std::vector<Step> steps;
};

Lived live(const Model& model, std::uint32_t customer) {
  const Program program(model);
  const Population population(model.parts());
  const Streams streams(model.parts().settings.seed, 0);
  Lives lives(program, population, streams);
  Listener listener(program, population, streams, customer);
  lives.live(customer, listener);
  return {listener.who, std::move(listener.steps)};
}

class Teller {
 public:
  explicit Teller(const ModelParts& parts) : parts_(parts) {}

  [[nodiscard]] const std::string& place(std::uint32_t touchpoint) const {
    const Touchpoint& at = parts_.touchpoints[touchpoint];
    return at.name.empty() ? at.id : at.name;
  }
  static std::string percent(double share) {
    return share > 0.0 && share < 0.0005 ? "<0.1 %" : fmt::format("{:.1f} %", 100.0 * share);
  }
  [[nodiscard]] std::string when(double time) const {
    return fmt::format("Day {:.1f} ({})", time, timestamp(parts_.settings.start, time).substr(0, 10));
  }
  static std::string days(double value) { return value == 0.0 ? "at once" : "after " + format::wait(value); }

  [[nodiscard]] std::string felt(const Step& step) const {
    const Visit& visit = step.visit;
    std::string text = fmt::format("quality {:.2f} where {:.2f} was expected, effort {:.2f}", visit.quality,
                                   step.before.expectation, visit.effort);
    if (visit.repeated) text += " (had to repeat what another team had been told)";
    return text + fmt::format(": appraised {:.2f}, satisfaction {:.2f} -> {:.2f}", visit.appraisal, step.before.satisfaction,
                              step.after.satisfaction);
  }

  [[nodiscard]] std::string tell(const Step& step) const {
    std::string text = fmt::format("{}: {}", when(step.visit.time), place(step.visit.touchpoint));
    if (!step.visit.appraised) return text + fmt::format(". It ends here: {}.\n", name(step.after.standing));
    text += ", " + felt(step) + ".\n";
    if (step.after.bought && !step.before.bought) text += "    Buys for the first time.\n";
    return text + "    " + why(step) + "\n";
  }

  [[nodiscard]] std::string why(const Step& step) const {
    std::string text;
    const auto list = [&](auto say) {
      std::vector<Option> options = step.options;
      std::stable_sort(options.begin(), options.end(), [&](const Option& a, const Option& b) {
        return step.race ? a.days < b.days : a.probability > b.probability;
      });
      std::string words;
      for (const Option& option : options) words += (words.empty() ? "" : ", ") + place(option.to) + " " + say(option);
      return words.empty() ? std::string("nothing") : words;
    };
    if (step.race) {
      text = "Whichever comes first: " + list([](const Option& o) { return "in " + format::wait(o.days); }) + ".";
    } else {
      text = "Could go to " + list([](const Option& o) { return percent(o.probability); });
      if (step.stays > 0.0) text += ", stay " + percent(step.stays);
      text += ".";
      if (step.leaving > 0.0) {
        text += fmt::format(" The luck of this life stood at {:.4f}, {} the {} for leaving;", step.luck,
                            step.luck < step.leaving ? "below" : "above", percent(step.leaving));
        text += step.luck < step.leaving ? " so it ends." : fmt::format(" among the others the draw was {:.3f}.", step.draw);
      } else {
        text += fmt::format(" The draw was {:.3f}.", step.draw);
      }
    }
    if (step.stay.exit < 0) return text + " Stays until the horizon.";
    return text + fmt::format(" Goes to {}, {}.", place(step.stay.to), days(step.stay.until - step.visit.time));
  }

  [[nodiscard]] std::string parting(const Lived& baseline, const Lived& other, const std::string& plan) const {
    const std::size_t steps = std::min(baseline.steps.size(), other.steps.size());
    std::size_t felt_first = steps, went_first = steps;
    for (std::size_t k = 0; k < steps; ++k) {
      const Step &a = baseline.steps[k], &b = other.steps[k];
      if (felt_first == steps &&
          (a.visit.quality != b.visit.quality || a.visit.effort != b.visit.effort ||
           a.after.satisfaction != b.after.satisfaction || a.after.expectation != b.after.expectation))
        felt_first = k;
      if (a.stay.exit != b.stay.exit || a.stay.until != b.stay.until || a.stay.to != b.stay.to) {
        went_first = k;
        break;
      }
    }
    const std::string heading = fmt::format("Where baseline and {} part: ", plan);
    if (felt_first == steps && went_first == steps)
      return heading + "nowhere. The plan does not touch this life, which is the same to the bit.\n";
    std::string text = heading;
    if (felt_first < steps && felt_first <= went_first) {
      const Step &a = baseline.steps[felt_first], &b = other.steps[felt_first];
      text +=
          fmt::format("step {}, {}, is the first that is felt in another way.\n", felt_first + 1, place(b.visit.touchpoint));
      text += "    baseline: " + felt(a) + ".\n    " + plan + ": " + felt(b) + ".\n";
    } else {
      text += "\n";
    }
    if (went_first == steps) return text + "    Both go the same ways all the same.\n";
    const Step &a = baseline.steps[went_first], &b = other.steps[went_first];
    text += fmt::format("    From step {}, {}, they go different ways.\n", went_first + 1, place(b.visit.touchpoint));
    return text + "    baseline: " + why(a) + "\n    " + plan + ": " + why(b) + "\n" + fate("baseline", baseline) +
           fate(plan, other);
  }

  [[nodiscard]] std::string fate(const std::string& plan, const Lived& life) const {
    const Step& last = life.steps.back();
    return fmt::format("    Under {}: {} visits, {} at the end, on day {:.1f} at {}.\n", plan, life.steps.size(),
                       name(last.after.standing), last.visit.time, place(last.visit.touchpoint));
  }

 private:
  const ModelParts& parts_;
};

}  // namespace

std::string told_life(const Model& model, std::uint64_t customer, Colour colour) {
  require_lives_of_their_own(model);
  const ModelParts& parts = model.parts();
  if (customer >= parts.settings.customers) {
    throw InputError(fmt::format("sojourn: error: there is no customer {}\nhint: customers are numbered from 0 to {}",
                                 customer, parts.settings.customers - 1));
  }
  const auto number = static_cast<std::uint32_t>(customer);
  const Plan& plan = parts.plans[model.plan().index()];
  const Lived life = live(model, number);
  if (life.steps.empty()) return fmt::format("Customer {} does not arrive within the horizon.\n", customer);
  const Teller teller(parts);
  const Persona& persona = parts.personas[life.who.persona];
  std::string text =
      bold(fmt::format("Customer {} ({}) under {}", customer, persona.name.empty() ? persona.id : persona.name,
                       plan.name.empty() ? plan.id : plan.name),
           colour) +
      "\n";
  for (std::size_t k = 0; k < life.steps.size(); ++k) text += fmt::format("{:>3}. {}", k + 1, teller.tell(life.steps[k]));
  if (model.plan() == PlanId(0)) return text;
  return text + "\n" + teller.parting(live(apply(model, PlanId(0)), number), life, plan.id);
}

}  // namespace sojourn
