#include "sojourn/outcomes/event_log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace sojourn {
namespace {

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
  std::string activity, name, persona, account, channel, team, stage, next;
};

Said said_of(const ModelParts& parts, const Diary& life, const DiaryEntry& entry) {
  const Touchpoint& touchpoint = parts.touchpoints[entry.visit.touchpoint];
  const auto id = [](const auto& list, auto position) {
    return position.valid() ? list[position.index()].id : std::string();
  };
  return {touchpoint.id,
          touchpoint.name,
          parts.personas[life.person.persona].id,
          life.account >= 0 ? std::to_string(life.account) : std::string(),
          id(parts.channels, touchpoint.channel),
          id(parts.teams, touchpoint.team),
          std::string(name(touchpoint.stage)),
          entry.stay.exit >= 0 ? parts.touchpoints[entry.stay.to].id : std::string()};
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

std::size_t EventLog::visits() const {
  std::size_t count = 0;
  for (const Diary& life : lives) count += life.visits.size();
  return count;
}

EventLog event_log(const Model& model, std::size_t customers, const RunOptions& options) {
  return {model, write_diaries(model, first_to_arrive(model, customers, options.stop), options)};
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

std::string csv(const EventLog& log, const std::stop_token& stop) {
  const ModelParts& parts = log.model.parts();
  const std::string plan = parts.plans[log.model.plan().index()].id;
  std::string text =
      "case,activity,time,day,name,persona,account,channel,team,stage,plan,standing,quality,appraisal,satisfaction,"
      "expectation,effort,wait_days,gave_up,repeated,heard,next\r\n";
  for (const Diary& life : log.lives) {
    throw_if_stopped(stop);
    for (const DiaryEntry& entry : life.visits) {
      const Said said = said_of(parts, life, entry);
      const Visit& visit = entry.visit;
      const auto score = [&](auto value) { return visit.appraised ? fmt::format("{:.4f}", value) : std::string(); };
      const auto yes = [](bool value) { return value ? "true" : "false"; };
      text += fmt::format("{},{},{},{:.6f},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", life.customer,
                          field(said.activity), timestamp(parts.settings.start, visit.time), visit.time, field(said.name),
                          field(said.persona), said.account, field(said.channel), field(said.team), said.stage, field(plan),
                          name(entry.after.standing), score(visit.quality), score(visit.appraisal),
                          score(entry.after.satisfaction), score(entry.after.expectation), score(visit.effort),
                          visit.appraised ? fmt::format("{:.6f}", visit.wait) : "", yes(visit.gave_up), yes(visit.repeated),
                          score(entry.after.heard), field(said.next));
    }
  }
  return text;
}

std::string xes(const EventLog& log, const std::stop_token& stop) {
  const ModelParts& parts = log.model.parts();
  const Plan& plan = parts.plans[log.model.plan().index()];
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<log xes.version=\"1849.2016\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n"
      "  <extension name=\"Lifecycle\" prefix=\"lifecycle\" uri=\"http://www.xes-standard.org/lifecycle.xesext\"/>\n"
      "  <extension name=\"Concept\" prefix=\"concept\" uri=\"http://www.xes-standard.org/concept.xesext\"/>\n"
      "  <extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>\n"
      "  <extension name=\"Organizational\" prefix=\"org\" uri=\"http://www.xes-standard.org/org.xesext\"/>\n"
      "  <global scope=\"trace\">\n"
      "    <string key=\"concept:name\" value=\"\"/>\n"
      "    <string key=\"persona\" value=\"\"/>\n"
      "  </global>\n"
      "  <global scope=\"event\">\n"
      "    <string key=\"concept:name\" value=\"\"/>\n"
      "    <string key=\"lifecycle:transition\" value=\"complete\"/>\n"
      "    <date key=\"time:timestamp\" value=\"1970-01-01T00:00:00.000+00:00\"/>\n"
      "    <string key=\"stage\" value=\"\"/>\n"
      "    <string key=\"standing\" value=\"\"/>\n"
      "  </global>\n"
      "  <classifier name=\"Touchpoint\" keys=\"concept:name\"/>\n"
      "  <classifier name=\"Stage\" keys=\"stage\"/>\n";
  text += element(1, "string", "concept:name", parts.settings.title);
  text += element(1, "string", "plan", plan.id);
  for (const Diary& life : log.lives) {
    throw_if_stopped(stop);
    text += "  <trace>\n" + element(2, "string", "concept:name", std::to_string(life.customer)) +
            element(2, "string", "persona", parts.personas[life.person.persona].id);
    if (life.account >= 0) text += element(2, "string", "account", std::to_string(life.account));
    for (const DiaryEntry& entry : life.visits) {
      const Visit& visit = entry.visit;
      const Said said = said_of(parts, life, entry);
      text += "    <event>\n" + element(3, "string", "concept:name", said.activity) +
              element(3, "string", "lifecycle:transition", "complete") +
              element(3, "date", "time:timestamp", timestamp(parts.settings.start, visit.time));
      if (!said.team.empty()) text += element(3, "string", "org:group", said.team);
      if (!said.channel.empty()) text += element(3, "string", "channel", said.channel);
      text += element(3, "string", "stage", said.stage) +
              element(3, "string", "standing", std::string(name(entry.after.standing)));
      if (visit.appraised) {
        const auto score = [&](std::string_view key, auto value) {
          text += element(3, "float", key, fmt::format("{:.4f}", value));
        };
        score("quality", visit.quality);
        score("appraisal", visit.appraisal);
        score("satisfaction", entry.after.satisfaction);
        score("expectation", entry.after.expectation);
        score("effort", visit.effort);
        text += element(3, "float", "wait_days", fmt::format("{:.6f}", visit.wait)) +
                element(3, "boolean", "gave_up", visit.gave_up ? "true" : "false") +
                element(3, "boolean", "repeated", visit.repeated ? "true" : "false");
        score("heard", entry.after.heard);
      }
      text += "    </event>\n";
    }
    text += "  </trace>\n";
  }
  return text + "</log>\n";
}

}  // namespace sojourn
