#include "sojourn/report/life_story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <vector>

#include "sojourn/model/content.hpp"
#include "sojourn/model/staff.hpp"
#include "sojourn/outcomes/event_log.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/population/arrivals.hpp"
#include "sojourn/report/format.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

/// People whose lives are looked at beside the one that is told.
constexpr std::size_t others = 200;

/// An exit as the customer faced it: its probability, or in a race the days until it would have come.
struct Option {
  std::uint32_t to = 0;
  double probability = 0.0, days = 0.0;
  bool end = false;
};

/// How a visit could have gone on, worked out again from what the diary says.
struct Outlook {
  std::vector<Option> options;
  double stays = 0.0;    // chance of no exit
  double leaving = 0.0;  // chance of an exit to an end
  bool leaves = false;   // by such an exit, as luck decides
  double luck = 0.0;     // of the life, as it stood: an end below `leaving`
  float draw = 0.0f;     // of this visit, among the exits of the kind that luck decided
  bool race = false;
};

/// A visit of a life, and why it led where it did.
struct Step {
  DiaryEntry entry;
  Outlook outlook;
  bool heard = false;     // left because of a message
  bool recovery = false;  // left because of a closed loop
};

/// Goes through a diary once more.
class Reader {
 public:
  Reader(const Model& model, const Diary& diary)
      : program_(model, diary.switches),
        streams_(model.parts().settings.seed, 0),
        diary_(diary),
        cumulative_(program_.most_exits()),
        luck_(diary.person.luck) {}

  [[nodiscard]] std::vector<Step> steps() {
    std::vector<Step> steps;
    std::vector<double> carried = carried_at_arrival();
    std::int64_t came_by = -1;
    for (const DiaryEntry& entry : diary_.visits) {
      Step step{entry, {}, false, false};
      const Visit& visit = entry.visit;
      const VisitRow& row = program_.row(visit.regime, diary_.person.persona, visit.touchpoint);
      if (!carried.empty()) {
        program_.carried().reach(carried, visit.touchpoint, came_by, visit.time - visit.wait);
        if (visit.appraised) program_.carried().serve(carried, visit.touchpoint, visit.time, row.revenue_of(visit.amounts));
        came_by = entry.stay.exit;
      }
      step.recovery = entry.stay.exit >= program_.file_exits();
      for (const ExitRow& exit : program_.heard_exits(row)) step.heard = step.heard || exit.exit == entry.stay.exit;
      if (visit.appraised && !visit.held && visit.line != InLine::gave_up && visit.line != InLine::turned_away) {
        behaviour::ChoiceState mood = choice_state(entry.after, visit);
        mood.heard = entry.after.heard + entry.reviews;
        step.outlook.race = row.race;
        const Carrier carrier{diary_.traits, carried, {entry.after.bought, entry.after.team, visit.solved, visit.time}};
        row.race ? race(row, carrier, mood, visit, step.outlook) : choice(row, carrier, mood, visit.event, step.outlook);
      }
      steps.push_back(std::move(step));
    }
    return steps;
  }

 private:
  [[nodiscard]] std::vector<double> carried_at_arrival() const {
    std::vector<double> carried(program_.carried().width());
    if (carried.empty()) return carried;
    const ModelParts& parts = program_.model().parts();
    const Population population(parts);
    std::optional<Accounts> accounts;
    if (diary_.account >= 0) accounts.emplace(parts, streams_);
    program_.carried().begin(population, streams_, accounts ? &*accounts : nullptr, diary_.customer, diary_.person.persona,
                             diary_.person.arrival, carried);
    return carried;
  }
  void choice(const VisitRow& row, const Carrier& carrier, const behaviour::ChoiceState& mood, std::uint32_t event,
              Outlook& outlook) {
    const ExitShares shares = share_exits(program_, row, carrier, mood, cumulative_);
    const auto exits = program_.exits(row);
    for (std::size_t j = 0; j < exits.size(); ++j) {
      const float share = cumulative_[j] - (j > 0 ? cumulative_[j - 1] : 0.0f);
      outlook.options.push_back({exits[j].to, static_cast<double>(share), 0.0, exits[j].to_end});
    }
    outlook.stays = static_cast<double>(shares.stay);
    outlook.luck = luck_;
    outlook.draw = uniform(streams_.draw(diary_.customer, Purpose::visit, event)[1]);
    const Leaving leaving = decide_leaving(row, shares, cumulative_, luck_);
    outlook.leaving = static_cast<double>(leaving.share);
    outlook.leaves = leaving.leaves;
  }
  void race(const VisitRow& row, const Carrier& carrier, const behaviour::ChoiceState& mood, const Visit& visit,
            Outlook& outlook) {
    const auto exits = program_.exits(row);
    const VisitAt at{diary_.customer, visit.event, diary_.person.persona, visit.touchpoint, visit.time};
    for (std::size_t j = 0; j < exits.size(); ++j) {
      if (const std::optional<double> delay = race_delay(program_, row, streams_, at, carrier, mood, j))
        outlook.options.push_back({exits[j].to, 0.0, *delay, exits[j].to_end});
    }
  }

  Program program_;
  Streams streams_;
  const Diary& diary_;
  std::vector<float> cumulative_;
  double luck_;
};

bool felt_alike(const DiaryEntry& a, const DiaryEntry& b) {
  return a.visit.quality == b.visit.quality && a.visit.effort == b.visit.effort && a.visit.wait == b.visit.wait &&
         a.after.satisfaction == b.after.satisfaction && a.after.expectation == b.after.expectation &&
         a.after.heard == b.after.heard;
}
bool went_alike(const DiaryEntry& a, const DiaryEntry& b) {
  return a.stay.exit == b.stay.exit && a.stay.until == b.stay.until && a.stay.to == b.stay.to;
}
bool alike(const Diary& a, const Diary& b) {
  return std::equal(a.visits.begin(), a.visits.end(), b.visits.begin(), b.visits.end(),
                    [](const DiaryEntry& x, const DiaryEntry& y) { return felt_alike(x, y) && went_alike(x, y); });
}

class Teller {
 public:
  /// `since`: when a person who arrives as a customer bought.
  Teller(const ModelParts& parts, PersonaId persona, double since) : parts_(parts), persona_(persona), since_(since) {}

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

  /// Whether nobody was on duty at the touchpoint at `time`, by the timetables of its pools: what changes add comes on top.
  [[nodiscard]] bool closed(std::uint32_t touchpoint, double time) const {
    const std::vector<PoolId>& pools = parts_.touchpoints[touchpoint].pools;
    const double monday = static_cast<double>(weekday_of(parts_.settings.start)) + time;
    const double of_week = monday - days_per_week * std::floor(monday / days_per_week);
    return !pools.empty() && std::all_of(pools.begin(), pools.end(), [&](PoolId pool) {
      double servers = 0.0;
      for (const auto& [begin, from_then] : parts_.pools[pool.index()].servers) {
        if (begin <= of_week) servers = from_then;
      }
      return servers == 0.0;
    });
  }
  /// How long somebody waited, and whether that was for the opening.
  [[nodiscard]] std::string waited(const Visit& visit) const {
    return format::wait(visit.wait) + (closed(visit.touchpoint, visit.time - visit.wait) ? ", for the opening" : "");
  }

  /// What became of a visit without service; empty where there was one, and at an end.
  [[nodiscard]] std::string unserved(const Visit& visit) const {
    if (visit.line == InLine::gave_up) return "gives up waiting after " + waited(visit);
    if (visit.line == InLine::turned_away) return "finds no room in the line";
    return visit.line == InLine::waiting ? "stands in line" : "";
  }
  [[nodiscard]] std::string felt(const DiaryEntry& entry) const {
    const Visit& visit = entry.visit;
    if (!visit.appraised) return unserved(visit).empty() ? "the journey ends" : unserved(visit);
    std::string text = fmt::format("quality {:.2f} where {:.2f} was expected, effort {:.2f}", visit.quality,
                                   entry.before.expectation, visit.effort);
    if (visit.wait > 0.0) text += " (with a wait of " + waited(visit) + ")";
    if (visit.repeated) text += " (had to repeat what another team had been told)";
    text += fmt::format(": appraised {:.2f}, satisfaction {:.2f} -> {:.2f}", visit.appraisal, entry.before.satisfaction,
                        entry.after.satisfaction);
    if (entry.after.heard != 0.0f) text += fmt::format(", word heard {:+.2f}", entry.after.heard);
    return text;
  }

  [[nodiscard]] std::string tell(const Step& step) const {
    const DiaryEntry& entry = step.entry;
    std::string text = fmt::format("{}: {}", when(entry.visit.time), place(entry.visit.touchpoint));
    if (!unserved(entry.visit).empty()) return text + ".\n    " + why(step) + "\n";
    if (!entry.visit.appraised) return text + fmt::format(". It ends here: {}.\n", name(entry.after.standing));
    text += ", " + felt(entry) + ".\n";
    if (entry.before.bought && entry.before.standing == Standing::absent) {
      text += fmt::format("    Arrives as a customer, of {}.\n", format::duration(entry.visit.time - since_));
    }
    text += shown(entry.visit);
    if (parts_.touchpoints[entry.visit.touchpoint].solves != Chance())
      text += entry.visit.solved ? "    The problem is solved.\n" : "    The problem is not solved.\n";
    if (entry.after.bought && !entry.before.bought) text += "    Buys for the first time.\n";
    if (entry.visit.rating > 0)
      text += fmt::format("    Posts a review of {} star{}.\n", entry.visit.rating, entry.visit.rating == 1 ? "" : "s");
    text += asked(entry, false);
    return text + "    " + why(step) + "\n" + asked(entry, true);
  }

  /// Which content was shown, and how well it fitted.
  [[nodiscard]] std::string shown(const Visit& visit) const {
    const Touchpoint& touchpoint = parts_.touchpoints[visit.touchpoint];
    if (!touchpoint.shows_content()) return {};
    const ContentFit fits = content_fit(parts_.personas[persona_.index()], touchpoint);
    std::string text = fmt::format("    Sees {}content {}, on {}: fit {:.2f}", visit.variant == 0 ? "the default, " : "",
                                   visit.variant + 1, themes(touchpoint.content[visit.variant]), visit.fit);
    const bool is_best = visit.fit == static_cast<float>(fits.best);
    text += is_best ? ", the best there is" : fmt::format(" (content {} would fit {:.2f})", fits.variant + 1, fits.best);
    return text + (visit.fit < 0.5f ? ", worse than none.\n" : ".\n");
  }
  /// What a variant says, the heaviest theme first.
  [[nodiscard]] static std::string themes(const Content& content) {
    std::vector<std::pair<std::string, double>> sorted = content.theme;
    std::erase_if(sorted, [](const auto& theme) { return !(theme.second > 0.0); });
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(sorted.size(), 3); ++i) text += (i > 0 ? ", " : "") + sorted[i].first;
    return text.empty() ? "nothing" : text;
  }

  /// What surveys asked right after the visit, or while the customer stayed.
  [[nodiscard]] std::string asked(const DiaryEntry& entry, bool later) const {
    std::string text;
    for (const Asked& one : entry.asked) {
      const Survey& survey = parts_.surveys[one.survey];
      if (!one.invited || survey.every.has_value() != later) continue;
      const std::string& survey_name = survey.name.empty() ? survey.id : survey.name;
      text += later ? fmt::format("    {}: asked by {}", when(one.time), survey_name)
                    : fmt::format("    Asked by {}", survey_name);
      text += fmt::format(", would answer with a chance of {}", percent(static_cast<double>(one.probability)));
      text += one.answered ? fmt::format(": answers {}, means {}.\n", one.answer, one.truth)
                           : fmt::format(": does not answer, would have meant {}.\n", one.truth);
    }
    return text;
  }

  [[nodiscard]] std::string why(const Step& step) const {
    const DiaryEntry& entry = step.entry;
    std::string text;
    if (text = unserved(entry.visit); !text.empty()) {
      text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
      text += ".";
    } else if (entry.visit.held) {
      text = "Waits for the account to decide together.";
    } else {
      text = outlook(step.outlook, entry.stay.exit >= 0);
      if (entry.reviews != 0.0f) text += fmt::format(" Reviews read there weigh {:+.2f}.", entry.reviews);
    }
    if (step.heard) text += " A good word heard while waiting changes that.";
    if (step.recovery) text += " The company follows a low answer up before that.";
    if (entry.stay.exit < 0) return text + " Stays until the horizon.";
    return text + fmt::format(" Goes to {}, {}.", place(entry.stay.to), days(entry.stay.until - entry.visit.time));
  }

  /// What could have come next, the likeliest or soonest first; `in_time`: what was chosen comes before the horizon.
  [[nodiscard]] std::string outlook(const Outlook& outlook, bool in_time) const {
    std::vector<Option> options = outlook.options;
    std::stable_sort(options.begin(), options.end(), [&](const Option& a, const Option& b) {
      return outlook.race ? a.days < b.days : a.probability > b.probability;
    });
    std::string list;
    for (const Option& option : options) {
      list += (list.empty() ? "" : ", ") + place(option.to) + " " +
              (outlook.race ? "in " + format::wait(option.days) : percent(option.probability));
    }
    if (list.empty()) list = "nothing";
    if (outlook.race) return "Whichever comes first: " + list + ".";
    std::string text = "Could go to " + list;
    if (outlook.stays > 0.0) text += ", stay " + percent(outlook.stays);
    text += ".";
    if (!(outlook.leaving > 0.0)) return text + fmt::format(" The draw was {:.3f}.", outlook.draw);
    const bool leaves = outlook.leaves;
    text += fmt::format(" The luck of this life stood at {:.4f}, {} the {} for leaving;", outlook.luck,
                        leaves ? "below" : "above", percent(outlook.leaving));
    return text + (leaves ? fmt::format(" so it ends{}.", in_time ? "" : ", but after the horizon")
                          : fmt::format(" among the others the draw was {:.3f}.", outlook.draw));
  }

  /// Where two lives that are not alike part.
  [[nodiscard]] std::string parting(const std::vector<Step>& baseline, const std::vector<Step>& other,
                                    const std::string& plan) const {
    const std::size_t steps = std::min(baseline.size(), other.size());
    std::size_t felt_first = 0, went_first = 0;
    while (felt_first < steps && felt_alike(baseline[felt_first].entry, other[felt_first].entry)) ++felt_first;
    while (went_first < steps && baseline[went_first].entry.stay.exit == other[went_first].entry.stay.exit) ++went_first;
    std::string text = fmt::format("Where baseline and {} part: ", plan);
    if (felt_first < steps && felt_first <= went_first) {
      const DiaryEntry &a = baseline[felt_first].entry, &b = other[felt_first].entry;
      text +=
          fmt::format("step {}, {}, is the first that is felt in another way.\n", felt_first + 1, place(b.visit.touchpoint));
      text += "    baseline: " + felt(a) + ".\n    " + plan + ": " + felt(b) + ".\n";
    } else {
      text += "\n";
    }
    if (went_first == steps)
      return text + "    Both go the same ways all the same, if not at the same moments.\n" + end_of("baseline", baseline) +
             end_of(plan, other);
    const Step &a = baseline[went_first], &b = other[went_first];
    text += fmt::format("    From step {}, {}, they go different ways.\n", went_first + 1, place(b.entry.visit.touchpoint));
    return text + "    baseline: " + why(a) + "\n    " + plan + ": " + why(b) + "\n" + end_of("baseline", baseline) +
           end_of(plan, other);
  }

  [[nodiscard]] std::string end_of(const std::string& plan, const std::vector<Step>& life) const {
    const DiaryEntry& last = life.back().entry;
    return fmt::format("    Under {}: {} visits, {} at the end, on day {:.1f} at {}.\n", plan, life.size(),
                       name(last.after.standing), last.visit.time, place(last.visit.touchpoint));
  }

 private:
  const ModelParts& parts_;
  PersonaId persona_;
  double since_;
};

}  // namespace

std::string told_life(const Model& model, std::uint64_t customer, const RunOptions& options, const Layout& layout) {
  const ModelParts& parts = model.parts();
  if (const std::uint64_t people = people_in(parts.settings, Streams(parts.settings.seed, 0)); customer >= people) {
    throw InputError(fmt::format("there is no customer {}", customer),
                     fmt::format("customers are numbered from 0 to {}", people - 1));
  }
  require_room(people_size(model));
  const auto number = static_cast<std::uint32_t>(customer);
  const bool compared = model.plan() != PlanId(0);
  // The others are there to be pointed to where the plan leaves this life as it was.
  std::vector<std::uint32_t> asked;
  if (compared) asked = first_to_arrive(model, others, options.stop);
  const auto place = std::lower_bound(asked.begin(), asked.end(), number);
  if (place == asked.end() || *place != number) asked.insert(place, number);
  const auto at = static_cast<std::size_t>(std::lower_bound(asked.begin(), asked.end(), number) - asked.begin());
  RunOptions part = options;
  const auto share_of = [&](double done) {
    part.progress = [&options, done, compared](double share) {
      if (options.progress) options.progress(compared ? 0.5 * (done + share) : share);
    };
  };
  share_of(0.0);
  const auto lives = write_diaries(model, asked, part);
  const Diary& life = lives[at];
  if (life.visits.empty()) return fmt::format("Customer {} does not arrive within the horizon.\n", customer);
  const Plan& plan = parts.plans[model.plan().index()];
  const Teller teller(parts, PersonaId(life.person.persona), life.person.since);
  const std::vector<Step> steps = Reader(model, life).steps();
  const Persona& persona = parts.personas[life.person.persona];
  std::string text =
      bold(fmt::format("Customer {} ({}{}) under {}", customer, persona.name.empty() ? persona.id : persona.name,
                       life.account >= 0 ? fmt::format(", account {}", life.account) : "",
                       plan.name.empty() ? plan.id : plan.name),
           layout.colour) +
      "\n";
  if (compared) {
    share_of(1.0);
    const Model before = apply(model, PlanId(0));
    const auto baseline = write_diaries(before, asked, part);
    if (alike(baseline[at], life)) {
      text += fmt::format(
          "Where baseline and {} part: nowhere. The plan does not touch this life, which is the same to the bit.\n",
          plan.id);
      for (std::size_t k = 0; k < asked.size(); ++k) {
        if (alike(baseline[k], lives[k])) continue;
        text += fmt::format("The first whose life it changes is customer {}.\n", asked[k]);
        break;
      }
    } else {
      text += teller.parting(Reader(before, baseline[at]).steps(), steps, plan.id);
    }
    text += "\n";
  }
  for (const Switch& turn : life.switches) {
    const Rule& rule = parts.rules[turn.rule];
    text += fmt::format("Day {:.1f}: rule {} {}.\n", turn.time, rule.name.empty() ? rule.id : rule.name,
                        turn.on ? "comes into force" : "ends");
  }
  if (!life.switches.empty()) text += "\n";
  for (std::size_t k = 0; k < steps.size(); ++k) text += fmt::format("{:>3}. {}", k + 1, teller.tell(steps[k]));
  return wrapped(text, layout.width);
}

}  // namespace sojourn
