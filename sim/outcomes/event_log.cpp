#include "sojourn/outcomes/event_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/run_size.hpp"

namespace sojourn {
namespace {

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

/// Whether a wait is known: none at an end, and none yet of those who stand in line at the horizon.
bool waited(const Visit& visit) {
  return visit.appraised || visit.line == InLine::gave_up || visit.line == InLine::turned_away;
}

std::string element(int depth, std::string_view type, std::string_view key, const std::string& value) {
  return fmt::format("{:{}}<{} key=\"{}\" value=\"{}\"/>\n", "", 2 * depth, type, key, escape_markup(value));
}

/// One life as lines of the CSV log.
std::string csv_lines(const Model& model, const Diary& life) {
  const ModelParts& parts = model.parts();
  const std::string& plan = parts.plans[model.plan().index()].id;
  std::string text;
  for (const DiaryEntry& entry : life.visits) {
    const Said said = said_of(parts, life, entry);
    const Visit& visit = entry.visit;
    const auto score = [&](auto value) { return visit.appraised ? fmt::format("{:.4f}", value) : std::string(); };
    const auto yes = [](bool value) { return value ? "true" : "false"; };
    text += fmt::format(
        "{},{},{},{:.6f},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", life.customer, csv_field(said.activity),
        timestamp(parts.settings.start, visit.time), visit.time, csv_field(said.name), csv_field(said.persona), said.account,
        csv_field(said.channel), csv_field(said.team), said.stage, csv_field(plan), name(entry.after.standing),
        score(visit.quality), score(visit.appraisal), score(entry.after.satisfaction), score(entry.after.expectation),
        score(visit.effort), waited(visit) ? fmt::format("{:.6f}", visit.wait) : "", yes(visit.line == InLine::gave_up),
        yes(visit.repeated), score(entry.after.heard), csv_field(said.next));
  }
  return text;
}

/// What stands before the first trace.
std::string xes_head(const Model& model) {
  const ModelParts& parts = model.parts();
  return fmt::format(
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<!-- {} -->\n"
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
             "  <classifier name=\"Stage\" keys=\"stage\"/>\n",
             file_mark) +
         element(1, "string", "concept:name", parts.settings.title) +
         element(1, "string", "plan", parts.plans[model.plan().index()].id);
}

constexpr std::string_view xes_tail = "</log>\n";

/// One life as a trace of the XES log.
std::string xes_trace(const Model& model, const Diary& life) {
  const ModelParts& parts = model.parts();
  std::string text = "  <trace>\n" + element(2, "string", "concept:name", std::to_string(life.customer)) +
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
      text += element(3, "boolean", "repeated", visit.repeated ? "true" : "false");
      score("heard", entry.after.heard);
    }
    if (waited(visit)) {
      text += element(3, "float", "wait_days", fmt::format("{:.6f}", visit.wait)) +
              element(3, "boolean", "gave_up", visit.line == InLine::gave_up ? "true" : "false");
    }
    text += "    </event>\n";
  }
  return text + "  </trace>\n";
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

LogSize write_event_log(const Model& model, std::size_t customers, LogFormat format,
                        const std::function<void(std::string_view)>& write, const RunOptions& options) {
  require_room(people_size(model));
  constexpr std::size_t piece = 2000;
  const std::vector<std::uint32_t> all = first_to_arrive(model, customers, options.stop);
  // Where customers act on one another, each piece would take a whole run.
  const std::size_t at_once = model.coupled() ? std::max<std::size_t>(all.size(), 1) : piece;
  std::string text = format == LogFormat::xes ? xes_head(model) : std::string(csv_log_header);
  const auto pass_on = [&](std::size_t least) {
    if (text.size() < least) return;
    write(text);
    text.clear();
  };
  LogSize size;
  for (std::size_t first = 0; first < all.size(); first += at_once) {
    throw_if_stopped(options.stop);
    const auto some = std::span(all).subspan(first, std::min(at_once, all.size() - first));
    for (const Diary& life : write_diaries(model, some, options)) {
      throw_if_stopped(options.stop);
      text += format == LogFormat::xes ? xes_trace(model, life) : csv_lines(model, life);
      pass_on(std::size_t{1} << 20);
      ++size.lives;
      size.visits += life.visits.size();
    }
    if (options.progress && !model.coupled())
      options.progress(static_cast<double>(size.lives) / static_cast<double>(all.size()));
  }
  if (format == LogFormat::xes) text += xes_tail;
  pass_on(0);
  return size;
}

}  // namespace sojourn
