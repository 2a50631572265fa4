// A lesson in words: the question, the reveal with its pictures, the sheet for the class, and all of it as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/report/layout.hpp"
#include "sojourn/report/lesson_figures.hpp"

namespace sojourn {

/// Whether a terminal shows characters beyond ASCII.
enum class Characters { unicode, ascii };

/// A lesson, and what came of it.
struct LessonReport {
  std::string name;        // as after `sojourn lesson`: that of a shipped one, or a file
  std::size_t number = 0;  // of a shipped one, counted from 1; else 0
  ModelParts parts;
  Lesson lesson;
  std::optional<std::uint32_t> prediction;  // counted from 1
  std::vector<ShownFigure> figures;
  std::vector<ShownFigure> without;  // the same without the cause, or empty
  /// What the reader changed, as typed; then `without` are the figures as the lesson has them, and nothing is predicted.
  std::vector<std::string> changed;
};

/// What the list of lessons says of one.
struct LessonEntry {
  std::size_t number = 0;
  std::string name, title, question, predict;  // the scenario's question, and what is to be predicted
  std::uint32_t minutes = 0;
};
[[nodiscard]] std::string lesson_list_text(const std::vector<LessonEntry>& lessons, const Layout& layout);
[[nodiscard]] std::string lesson_list_json(const std::vector<LessonEntry>& lessons);

/// Title, question and choices. Ends with a newline.
[[nodiscard]] std::string lesson_question(const LessonReport& report, const Layout& layout);
/// A part of the reveal, and what follows it, for who is to go on: "why". Texts end with a newline.
struct RevealPart {
  std::string text;
  std::string next;  // empty after the last part
};
/// Whether the prediction was right, and the figures with a picture each; why; the same without the cause; what to try next
/// and the sources. Or, where the reader changed something, one part: the figures now and before.
[[nodiscard]] std::vector<RevealPart> lesson_reveal(const LessonReport& report, const Layout& layout, Characters characters);
/// All parts as one text.
[[nodiscard]] std::string whole(const std::vector<RevealPart>& reveal);

/// The sheet for the class in Markdown, with or without what came out.
enum class Sheet { for_class, with_answers };
[[nodiscard]] std::string lesson_sheet(const LessonReport& report, Sheet sheet);
[[nodiscard]] std::string lesson_json(const LessonReport& report);

/// The command that shows what a change of the lesson does: "sojourn lesson weakest --set touchpoint.drink.weight=1".
[[nodiscard]] std::string lesson_command_line(const LessonReport& report, const LessonChange& change);

}  // namespace sojourn
