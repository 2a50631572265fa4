// `sojourn lessons` and `sojourn lesson`: a question, a prediction, and what happens.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "commands.hpp"
#include "play.hpp"
#include "session.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/play/play_lesson.hpp"
#include "sojourn/play/play_page.hpp"
#include "sojourn/report/lesson_report.hpp"
#include "sojourn/scenario/lesson_changes.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "sojourn/scenario/templates.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

/// A shipped lesson, as text or with changes.
Scenario read_shipped(const ShippedLesson& lesson, const std::vector<Override>& overrides) {
  return parse_scenario(lesson.text, std::string(lesson.name) + ".toml", "", overrides, {}, NamedFiles::none);
}

/// A lesson that is ready to run.
struct Opened {
  std::string name;        // as it is called again
  std::size_t number = 0;  // of a shipped one
  Scenario scenario;
  Lesson lesson;
};

Opened open_lesson(const CommandLine& line) {
  const std::string& name = line.input;
  if (name.find_first_of("./") != std::string::npos) {
    Opened opened{name, 0, read_scenario(name, line.overrides), {}};
    require_no_errors(opened.scenario);
    tell_notes(line, opened.scenario);
    if (std::optional<Lesson> lesson = read_lesson(opened.scenario, line.overrides)) {
      opened.lesson = std::move(*lesson);
      return opened;
    }
    throw InputError("this scenario has no [lesson]",
                     "sojourn lessons lists those that come with Sojourn; sojourn new weakest shows how one is written",
                     name);
  }
  const std::vector<ShippedLesson>& all = shipped_lessons();
  std::vector<std::string> names;
  std::string list;
  for (std::size_t i = 0; i < all.size(); ++i) {
    names.emplace_back(all[i].name);
    list += fmt::format("{}{} {}", i > 0 ? ", " : "", i + 1, all[i].name);
  }
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool counted = failure == std::errc() && end == name.data() + name.size() && number >= 1 && number <= all.size();
  const auto found = std::find(names.begin(), names.end(), name);
  if (!counted && found == names.end())
    throw InputError(there_is_no("lesson", name, names), "lessons: " + list + "; or name a scenario file (.toml)");
  const std::size_t place = counted ? number - 1 : static_cast<std::size_t>(found - names.begin());
  Opened opened{names[place], place + 1, read_shipped(all[place], line.overrides), {}};
  require_no_errors(opened.scenario);
  tell_notes(line, opened.scenario);
  opened.lesson = read_lesson(opened.scenario, line.overrides).value();
  return opened;
}

/// Whether the terminal shows what is not ASCII, by the locale's variables in their order.
Characters characters() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string text(value);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    const bool unicode = text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
    return unicode ? Characters::unicode : Characters::ascii;
  }
  return Characters::ascii;
}

/// The figures of the lesson of `scenario`, simulated under its plans.
std::vector<ShownFigure> simulated(const CommandLine& line, const Scenario& scenario, const Lesson& lesson) {
  const Model model = build(scenario);
  const std::vector<PlanId> plans = plans_of(lesson, model.parts());
  require_room(run_size(model, plans.size()));
  std::vector<ShownFigure> figures;
  under_way(line, [&](const RunOptions& options) {
    const RunResult result = run(model, plans, options);
    if (result.interrupted) throw Interrupted();
    figures = shown_figures(result, lesson);
  });
  return figures;
}

/// The lesson with the plans that the command line names in place of its own.
Lesson with_plans(const CommandLine& line, const Model& model, Lesson lesson) {
  if (!line.plans.empty()) lesson.plans.clear();
  for (const std::string& name : line.plans) lesson.plans.push_back(plan_called(model, name));
  return lesson;
}

std::uint32_t predicted(const std::string& text, const Lesson& lesson, const std::string& what) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool sound = failure == std::errc() && end == text.data() + text.size() && !text.empty();
  if (sound && number >= 1 && number <= lesson.choices.size()) return number;
  throw InputError(fmt::format("{}{} is none of the choices", what, text.empty() ? "nothing" : "\"" + text + "\""),
                   fmt::format("give a number from 1 to {}", lesson.choices.size()));
}

/// Asks for a prediction until there is one; nothing where the input ends.
std::optional<std::uint32_t> ask(const Lesson& lesson) {
  for (;;) {
    print(stdout, "\nYour prediction (1 to %zu): ", lesson.choices.size());
    std::fflush(stdout);
    std::string answer;
    int c = std::getchar();
    if (c == EOF) return std::nullopt;
    for (; c != EOF && c != '\n'; c = std::getchar()) answer += static_cast<char>(c);
    const std::size_t begin = answer.find_first_not_of(" \t\r."), last = answer.find_last_not_of(" \t\r.");
    answer = begin == std::string::npos ? "" : answer.substr(begin, last - begin + 1);
    try {
      return predicted(answer, lesson, "");
    } catch (const InputError& error) {
      print(stdout, "%s: %s.\n", error.message().c_str(), error.hint().c_str());
    }
  }
}

/// A class looks at one thing at a time: waits for Enter before `next`. False where the input ends.
bool wait_for_enter(const std::string& next) {
  print(stdout, "\nEnter: %s ", next.c_str());
  std::fflush(stdout);
  for (;;) {
    const int c = std::getchar();
    if (c == '\n') return true;
    if (c != EOF) continue;
    print(stdout, "\n");
    return false;
  }
}

LessonReport report_of(const Opened& opened) {
  LessonReport report;
  report.name = opened.name;
  report.number = opened.number;
  report.parts = opened.scenario.parts;
  report.lesson = opened.lesson;
  return report;
}

/// Fills in the figures of the lesson and those without its cause.
void run_lesson(const CommandLine& line, const Opened& opened, LessonReport& report) {
  const Lesson& lesson = report.lesson;
  require_no_errors(check_lesson_changes(opened.scenario));
  report.figures = simulated(line, opened.scenario, lesson);
  if (lesson.without) report.without = simulated(line, with_changes(opened.scenario, {}, lesson.without->set), lesson);
}

/// What the reader changed, beside the lesson as it is.
void run_changed(const CommandLine& line, const Opened& opened, LessonReport& report) {
  const Lesson lesson = with_plans(line, build(opened.scenario), opened.lesson);
  report.figures = simulated(line, opened.scenario, lesson);
  CommandLine plain = line;
  plain.overrides.clear();
  report.without = simulated(line, open_lesson(plain).scenario, report.lesson);
  for (const Override& change : line.overrides) report.changed.push_back(change.option);
  std::string plans;
  for (const std::string& plan : line.plans) plans += (plans.empty() ? "" : ",") + plan;
  if (!plans.empty()) report.changed.push_back("--plans " + plans);
}

/// The lesson on the page to play with.
int lesson_page(const CommandLine& line, const Opened& opened, LessonReport& report) {
  require_pages(play_pages_built());
  run_lesson(line, opened, report);
  const bool shipped = report.number > 0;
  const Playground ground(opened.scenario, {}, lesson_knobs(opened.scenario, report.lesson),
                          shipped ? fmt::format("sojourn new {0} -o {0}.toml && ", report.name) : "");
  return serve(line, ground, lesson_page_json(ground, report));
}

}  // namespace

int lessons_command(const CommandLine& line) {
  std::vector<LessonEntry> entries;
  for (const ShippedLesson& one : shipped_lessons()) {
    const Scenario scenario = read_shipped(one, {});
    const Lesson lesson = read_lesson(scenario).value();
    entries.push_back({entries.size() + 1, std::string(one.name), scenario.parts.settings.title,
                       scenario.parts.settings.question, lesson.predict, lesson.minutes});
  }
  print(stdout, "%s", (line.json ? lesson_list_json(entries) : lesson_list_text(entries, layout(line))).c_str());
  return done;
}

int lesson_command(const CommandLine& line) {
  const Opened opened = open_lesson(line);
  LessonReport report = report_of(opened);
  const Lesson& lesson = report.lesson;
  const bool changed = !line.overrides.empty() || !line.plans.empty();
  if (line.page) {
    if (changed || line.sheet || line.json || !line.prediction.empty())
      throw InputError("--page shows the lesson as it is, and asks for the prediction itself",
                       "leave the other options out; the page has sliders and switches");
    return lesson_page(line, opened, report);
  }
  if (changed && (line.sheet || !line.prediction.empty()))
    throw InputError(
        fmt::format("{} is of the lesson as it is, and something is changed", line.sheet ? "--sheet" : "--predict"),
        "leave the changes out, or leave it out to see what they do");
  if (!line.prediction.empty()) report.prediction = predicted(line.prediction, lesson, "--predict: ");
  if (line.sheet && !line.answers) {
    run_lesson(line, opened, report);  // the rows of its tables
    print(stdout, "%s", lesson_sheet(report, Sheet::for_class).c_str());
    return done;
  }
  if (changed) {
    run_changed(line, opened, report);
    print(stdout, "%s",
          (line.json ? lesson_json(report) : whole(lesson_reveal(report, layout(line), characters()))).c_str());
    return done;
  }
  if (line.json || line.sheet) {
    run_lesson(line, opened, report);
    print(stdout, "%s", (line.json ? lesson_json(report) : lesson_sheet(report, Sheet::with_answers)).c_str());
    return done;
  }
  print(stdout, "%s", lesson_question(report, layout(line)).c_str());
  bool asked = false;
  if (!report.prediction) {
    if (isatty(STDIN_FILENO) == 0) {
      print(stdout, "\n%s",
            prose(fmt::format("Predict first: this lesson shows what happens once there is a prediction. "
                              "Nobody can be asked here, so give it with the command: sojourn lesson {} "
                              "--predict N",
                              line.input),
                  layout(line))
                .c_str());
      return done;
    }
    report.prediction = ask(lesson);
    asked = true;
    if (!report.prediction) {
      print(stdout, "\n");
      return done;
    }
  }
  std::fflush(stdout);
  run_lesson(line, opened, report);
  print(stdout, "\n");
  bool pauses = asked;
  for (const RevealPart& part : lesson_reveal(report, layout(line), characters())) {
    print(stdout, "%s", part.text.c_str());
    if (pauses && !part.next.empty()) pauses = wait_for_enter(part.next);
  }
  return done;
}

}  // namespace sojourn::tools
