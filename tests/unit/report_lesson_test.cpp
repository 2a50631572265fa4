// The figures that a lesson can name are figures that results have.
#include <algorithm>

#include "sojourn/model/lesson.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/outcomes/survey_sums.hpp"
#include "sojourn/report/lesson_report.hpp"
#include "sojourn/scenario/lesson_changes.hpp"
#include "sojourn/scenario/templates.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

template <class Metrics>
bool has(const Metrics& metrics, std::string_view name) {
  return std::any_of(metrics.begin(), metrics.end(), [&](const auto& metric) { return metric.name == name; });
}

LessonReport report_of(std::string_view name) {
  for (const ShippedLesson& one : shipped_lessons()) {
    if (one.name != name) continue;
    const Scenario scenario = parse_scenario(one.text, std::string(name) + ".toml", "", {}, {}, NamedFiles::none);
    LessonReport report;
    report.name = name;
    report.parts = scenario.parts;
    report.lesson = read_lesson(scenario).value();
    return report;
  }
  return {};
}

ShownFigure shares(std::vector<double> values) {
  ShownFigure figure{"retained", "Kept", format::Kind::share, false, true, "EUR", {}};
  for (const double value : values)
    figure.bars.push_back({"", "a plan", "", "", "", "", {}, Estimate{value, value - 0.01, value + 0.02}});
  return figure;
}

}  // namespace

TEST_CASE("every figure that a lesson can name is one of results") {
  for (const std::string_view name : lesson_people_figures) {
    INFO(name);
    CHECK(find_metric(name) != nullptr);
  }
  for (const std::string_view name : lesson_visit_figures) {
    INFO(name);
    CHECK((name == "busy" || has(touch_metrics(), name)));
  }
  for (const std::string_view name : lesson_survey_figures) {
    INFO(name);
    CHECK((name == "promoters" || has(survey_metrics(), name)));
  }
}

TEST_CASE("figures are written with as many digits as a class can read") {
  const ShownFigure figure = shares({0.1234, -0.05, 0.0});
  CHECK(written_value(figure, figure.bars[0]) == "+12.3 pt");
  CHECK(written_value(figure, figure.bars[1]) == "-5.0 pt");
  CHECK(written_value(figure, figure.bars[2]) == "0.0 pt");
  CHECK(written_half(figure, figure.bars[0]) == "2.0");  // the longer side
}

TEST_CASE("bars end where their value does, below 0 to the left of the line") {
  LessonReport report = report_of("weakest");
  report.prediction = report.lesson.answer;
  report.figures = {shares({0.2, 0.1, -0.1})};
  const std::string said = whole(lesson_reveal(report, {Colour::off, 60, true, Format::table}, Characters::ascii));
  // 33 columns: eleven below 0, the line, and 21 above.
  const std::string below(11, ' '), all(21, '#'), eleven(11, '#');
  const auto has_line = [&](const std::string& bar, const std::string& value) {
    return said.find("  a plan  " + bar + "  " + value + "\n") != std::string::npos;
  };
  CHECK(has_line(below + "|" + all, "+20.0 pt +- 2.0"));
  CHECK(has_line(below + "|" + eleven + std::string(10, ' '), "+10.0 pt +- 2.0"));
  CHECK(has_line(eleven + "|" + std::string(21, ' '), "-10.0 pt +- 2.0"));
}

TEST_CASE("a command of a lesson is one word for a shell wherever it must be") {
  const LessonReport report = report_of("weakest");
  CHECK(lesson_command_line(report, {"", {"touchpoint.drink.weight=1"}, {}}) ==
        "sojourn lesson weakest --set touchpoint.drink.weight=1");
  CHECK(lesson_command_line(report, {"", {"touchpoint.x.after=12 years"}, {PlanId(1)}}) ==
        "sojourn lesson weakest --set 'touchpoint.x.after=12 years' --plans mend-the-queue");
  CHECK(lesson_command_line(report, {"", {"a={fixed='2 minutes'}"}, {}}) ==
        "sojourn lesson weakest --set \"a={fixed='2 minutes'}\"");
  CHECK(lesson_command_line(report, {"", {"a='$(rm x)'"}, {}}) == "sojourn lesson weakest --set 'a='\\''$(rm x)'\\'''");
}

TEST_CASE("every shipped lesson is valid and has no change that does not apply") {
  CHECK(shipped_lessons().size() == 16);
  for (const ShippedLesson& one : shipped_lessons()) {
    const Scenario scenario = parse_scenario(one.text, std::string(one.name) + ".toml", "", {}, {}, NamedFiles::none);
    INFO(diagnostics(scenario, Severity::warning));
    CHECK(scenario.findings.empty());
    const CheckedText changes = check_lesson_changes(scenario);
    INFO(diagnostics(changes, Severity::warning));
    CHECK(changes.findings.empty());
    CHECK(one.text.ends_with('\n'));
  }
}
