#include "sojourn/outcomes/event_log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace sojourn {
namespace {

/// Writes down what an observer is told.
class Clerk {
 public:
  explicit Clerk(std::vector<LoggedVisit>& visits) : visits_(visits) {}
  void begin(std::uint32_t customer) { customer_ = customer; }
  void arrived(const Person&) {}
  void visited(const Person& person, const Visit& visit, const VisitRow&, const State&, const State& after) {
    visits_.push_back({customer_, person.persona, visit, after, {}});
  }
  void stayed(const Person&, const Visit&, const Stay& stay, const State&) { visits_.back().stay = stay; }

 private:
  std::vector<LoggedVisit>& visits_;
  std::uint32_t customer_ = 0;
};

/// A field as RFC 4180 wants it.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// Text in XML 1.0; what it forbids becomes a blank.
std::string markup(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else {
      result += static_cast<unsigned char>(c) < 0x20u ? ' ' : c;
    }
  }
  return result;
}

/// What the log says about a visit beside its scores.
struct Said {
  std::string activity, name, persona, channel, team, stage, next;
};

Said said_of(const ModelParts& parts, const LoggedVisit& logged) {
  const Touchpoint& touchpoint = parts.touchpoints[logged.visit.touchpoint];
  const auto id = [](const auto& list, auto position) {
    return position.valid() ? list[position.index()].id : std::string();
  };
  return {touchpoint.id,
          touchpoint.name,
          parts.personas[logged.persona].id,
          id(parts.channels, touchpoint.channel),
          id(parts.teams, touchpoint.team),
          std::string(name(touchpoint.stage)),
          logged.stay.exit >= 0 ? parts.touchpoints[logged.stay.to].id : std::string()};
}

std::string element(int depth, std::string_view type, std::string_view key, const std::string& value) {
  return fmt::format("{:{}}<{} key=\"{}\" value=\"{}\"/>\n", "", 2 * depth, type, key, markup(value));
}

}  // namespace

std::string_view name(Standing standing) {
  switch (standing) {
    case Standing::absent:
      return "absent";
    case Standing::prospect:
      return "prospect";
    case Standing::customer:
      return "customer";
    case Standing::lost:
      return "lost";
    case Standing::churned:
      return "churned";
  }
  return "";
}

void require_lives_of_their_own(const Model& model) {
  if (!model.coupled()) return;
  throw InputError(
      "sojourn: error: single lives cannot be traced here: customers act on one another (word of mouth, reviews, queues or "
      "accounts),\nand what one lives depends on what all others did in the windows before\nhint: sojourn run counts all of "
      "them; "
      "to trace, remove what couples customers");
}

EventLog event_log(const Model& model, std::size_t customers) {
  require_lives_of_their_own(model);
  EventLog log{model, {}, 0};
  const Program program(model);
  const Settings& settings = model.parts().settings;
  const Population population(model.parts());
  Lives lives(program, population, Streams(settings.seed, 0));
  Clerk clerk(log.visits);
  for (std::uint64_t i = 0; i < settings.customers && log.customers < customers; ++i) {
    const std::size_t before = log.visits.size();
    clerk.begin(static_cast<std::uint32_t>(i));
    lives.live(static_cast<std::uint32_t>(i), clerk);
    log.customers += log.visits.size() > before ? 1 : 0;
  }
  return log;
}

std::string timestamp(const std::string& start, double days) {
  namespace c = std::chrono;
  const c::year_month_day date(c::year(std::atoi(start.substr(0, 4).c_str())),
                               c::month(static_cast<unsigned>(std::atoi(start.substr(5, 2).c_str()))),
                               c::day(static_cast<unsigned>(std::atoi(start.substr(8, 2).c_str()))));
  const auto since = c::milliseconds(std::llround(days * 86'400'000.0));
  const auto at = c::time_point_cast<c::milliseconds>(c::sys_days(date)) + since;
  const auto midnight = c::floor<c::days>(at);
  const c::year_month_day day(midnight);
  const c::hh_mm_ss time(at - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+00:00", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::string csv(const EventLog& log) {
  const ModelParts& parts = log.model.parts();
  const std::string plan = parts.plans[log.model.plan().index()].id;
  std::string text =
      "case,activity,time,day,name,persona,channel,team,stage,plan,standing,quality,appraisal,satisfaction,expectation,"
      "effort,"
      "repeated,next\r\n";
  for (const LoggedVisit& logged : log.visits) {
    const Said said = said_of(parts, logged);
    const Visit& visit = logged.visit;
    const auto score = [&](float value) { return visit.appraised ? fmt::format("{:.4f}", value) : std::string(); };
    text += fmt::format("{},{},{},{:.6f},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", logged.customer,
                        field(said.activity), timestamp(parts.settings.start, visit.time), visit.time, field(said.name),
                        field(said.persona), field(said.channel), field(said.team), said.stage, field(plan),
                        name(logged.after.standing), score(visit.quality), score(visit.appraisal),
                        score(logged.after.satisfaction), score(logged.after.expectation), score(visit.effort),
                        visit.repeated ? "true" : "false", field(said.next));
  }
  return text;
}

std::string xes(const EventLog& log) {
  const ModelParts& parts = log.model.parts();
  const Plan& plan = parts.plans[log.model.plan().index()];
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<log xes.version=\"1849.2016\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n"
      "  <extension name=\"Concept\" prefix=\"concept\" uri=\"http://www.xes-standard.org/concept.xesext\"/>\n"
      "  <extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>\n"
      "  <extension name=\"Organizational\" prefix=\"org\" uri=\"http://www.xes-standard.org/org.xesext\"/>\n"
      "  <global scope=\"trace\">\n"
      "    <string key=\"concept:name\" value=\"\"/>\n"
      "    <string key=\"persona\" value=\"\"/>\n"
      "  </global>\n"
      "  <global scope=\"event\">\n"
      "    <string key=\"concept:name\" value=\"\"/>\n"
      "    <date key=\"time:timestamp\" value=\"1970-01-01T00:00:00.000+00:00\"/>\n"
      "    <string key=\"stage\" value=\"\"/>\n"
      "    <string key=\"standing\" value=\"\"/>\n"
      "  </global>\n"
      "  <classifier name=\"Touchpoint\" keys=\"concept:name\"/>\n"
      "  <classifier name=\"Stage\" keys=\"stage\"/>\n";
  text += element(1, "string", "concept:name", parts.settings.title);
  text += element(1, "string", "plan", plan.id);
  for (std::size_t i = 0; i < log.visits.size(); ++i) {
    const LoggedVisit& logged = log.visits[i];
    const Visit& visit = logged.visit;
    const Said said = said_of(parts, logged);
    if (i == 0 || log.visits[i - 1].customer != logged.customer) {
      text += "  <trace>\n" + element(2, "string", "concept:name", std::to_string(logged.customer)) +
              element(2, "string", "persona", said.persona);
    }
    text += "    <event>\n" + element(3, "string", "concept:name", said.activity) +
            element(3, "date", "time:timestamp", timestamp(parts.settings.start, visit.time));
    if (!said.team.empty()) text += element(3, "string", "org:group", said.team);
    if (!said.channel.empty()) text += element(3, "string", "channel", said.channel);
    text += element(3, "string", "stage", said.stage) +
            element(3, "string", "standing", std::string(name(logged.after.standing)));
    if (visit.appraised) {
      const auto score = [&](std::string_view key, float value) {
        text += element(3, "float", key, fmt::format("{:.4f}", value));
      };
      score("quality", visit.quality);
      score("appraisal", visit.appraisal);
      score("satisfaction", logged.after.satisfaction);
      score("expectation", logged.after.expectation);
      score("effort", visit.effort);
      text += element(3, "boolean", "repeated", visit.repeated ? "true" : "false");
    }
    text += "    </event>\n";
    if (i + 1 == log.visits.size() || log.visits[i + 1].customer != logged.customer) text += "  </trace>\n";
  }
  return text + "</log>\n";
}

}  // namespace sojourn
