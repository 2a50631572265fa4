// [lesson]: the question to answer first, and what the reveal shows.
#include <algorithm>

#include "reader.hpp"

namespace sojourn::scenario {
namespace {

/// A list of texts, those that are none reported and left out.
std::vector<std::string> texts(const Value& value, std::string example) {
  std::vector<std::string> result;
  for (const Value& one : elements(value, std::move(example)).value_or(std::vector<Value>())) {
    if (const std::optional<std::string> found = text(one)) result.push_back(*found);
  }
  return result;
}

std::vector<std::string> read_changes(Table& table) {
  const std::optional<Value> set = table.take("set");
  return set ? texts(*set, "write set = [\"touchpoint.drink.weight=1\"], each as after --set") : std::vector<std::string>();
}

}  // namespace

void Reader::read_lesson() {
  std::optional<Table> table = section("lesson");
  if (!table) return;
  // The empty plan comes first in the model, and has no entry in the file.
  Names plans;
  plans.kind = "plan";
  plans.lost = plans_.names.lost;
  plans.ids = plans.known = {parts_.plans.front().id};
  plans.index.emplace(parts_.plans.front().id, 0);
  for (std::size_t i = 0; i < plans_.names.ids.size(); ++i) {
    const std::string& id = plans_.names.ids[i];
    plans.ids.push_back(id);
    if (!id.empty() && plans.index.emplace(id, i + 1).second) plans.known.push_back(id);
  }
  Lesson lesson;
  table->read("predict", lesson.predict, text);
  table->read("answer", lesson.answer, small_whole);
  table->read("because", lesson.because, text);
  table->read("minutes", lesson.minutes, small_whole);
  if (const auto choices = table->take("choices"))
    lesson.choices = texts(*choices, "write choices = [\"the queue\", \"the drink\"]");
  table->read("baseline", lesson.baseline, text);
  table->read("plans", lesson.plans, references<PlanId>(plans));
  if (const auto show = table->take("show")) {
    for (const Value& one : elements(*show, "write show = [ { figure = \"retained\" } ]").value_or(std::vector<Value>()))
      lesson.show.push_back(read_lesson_figure(one, plans));
  }
  if (const auto without = table->take("without")) {
    lesson.without.emplace();
    if (std::optional<Table> parts =
            scenario::table(*without, "without", "write without = { words = \"...\", set = [\"behaviour.peak=0\"] }",
                            &keys::table("lesson_without"))) {
      parts->read("words", lesson.without->words, text);
      lesson.without->set = read_changes(*parts);
      parts->close();
    }
  }
  if (const auto more = table->take("try")) {
    constexpr const char* example = "write try = [ { words = \"...\", set = [\"behaviour.peak=0\"] } ]";
    for (const Value& one : elements(*more, example).value_or(std::vector<Value>())) {
      LessonChange change;
      if (std::optional<Table> parts = scenario::table(one, "this try", example, &keys::table("lesson_try"))) {
        parts->read("words", change.words, text);
        change.set = read_changes(*parts);
        parts->read("plan", change.plans, references<PlanId>(plans));
        parts->close();
      }
      lesson.to_try.push_back(std::move(change));
    }
  }
  if (const auto sources = table->take("sources")) lesson.sources = texts(*sources, "write sources = [\"Oliver (1980)\"]");
  table->close();
  lesson_ = std::move(lesson);
}

LessonFigure Reader::read_lesson_figure(const Value& value, const Names& plans) {
  LessonFigure figure;
  std::optional<Table> parts = table(value, "this figure", "write { figure = \"retained\" }", &keys::table("lesson_figure"));
  if (!parts) return figure;
  if (const auto name = parts->take("figure")) {
    const std::vector<std::string>& known = keys::table("lesson_figure").find("figure")->words;
    const std::optional<std::string> written = text(*name);
    if (written && std::find(known.begin(), known.end(), *written) != known.end()) {
      figure.figure = *written;
    } else if (written) {
      name->refuse("there is no figure " + in_quotes(*written), problems_.suggest(*written, known));
    }
  }
  parts->read("title", figure.title, text);
  if (const auto tier = parts->take("tier")) figure.tier = number(*tier).value_or(1.0);
  parts->read("change", figure.change, truth);
  if (const auto extremes = parts->take("extremes")) {
    figure.extremes = small_whole(*extremes).value_or(1);
    if (figure.extremes == 0) extremes->refuse("extremes must be 1 or more", "leave it out for a bar for each persona");
  }
  parts->read("touchpoint", figure.touchpoints, references<TouchpointId>(touchpoints_.names));
  parts->read("survey", figure.surveys, references<SurveyId>(surveys_.names));
  parts->read("plan", figure.plans, references<PlanId>(plans));
  figure.by = parts->take_word<LessonBars>("by").value_or(figure.by);
  figure.luck = parts->take_word<LessonLuck>("luck").value_or(figure.luck);
  parts->close();
  return figure;
}

}  // namespace sojourn::scenario
