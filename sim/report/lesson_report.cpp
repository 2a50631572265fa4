#include "sojourn/report/lesson_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "json_figures.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"

namespace sojourn {
namespace {

using json_figures::Json;

/// As a shell takes it for one word.
std::string shell_word(const std::string& text) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@%";
  if (!text.empty() && text.find_first_not_of(harmless) == std::string::npos) return text;
  if (text.find('\'') != std::string::npos && text.find_first_of("\"$`\\!") == std::string::npos) return "\"" + text + "\"";
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// A command on lines of at most `width` columns, as far as its words allow: to be pasted as it stands.
std::string command_lines(const std::vector<std::string>& words, std::size_t width) {
  std::string result = "    " + words.front();
  std::size_t used = columns(result);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t needed = columns(words[i]);
    if (used + 3 + needed > width) {  // a blank, and what continues the line
      result += " \\\n        " + words[i];
      used = 8 + needed;
    } else {
      result += " " + words[i];
      used += 1 + needed;
    }
  }
  return result + "\n";
}

std::vector<std::string> words_of_command(const LessonReport& report, const LessonChange& change) {
  std::vector<std::string> words{"sojourn lesson " + shell_word(report.name)};
  for (const std::string& set : change.set) words.push_back("--set " + shell_word(set));
  std::string plans;
  for (const PlanId plan : change.plans) {
    if (plan.index() > 0) plans += (plans.empty() ? "" : ",") + report.parts.plans[plan.index()].id;
  }
  if (!plans.empty()) words.push_back("--plans " + plans);
  return words;
}

/// Whether there is a command to try.
bool has_command(const LessonChange& change) { return !change.set.empty() || !change.plans.empty(); }

std::string value_text(const ShownFigure& figure, const LessonBar& bar, Characters characters) {
  const std::string half = written_half(figure, bar);
  return written_value(figure, bar) + (half.empty() ? "" : (characters == Characters::ascii ? " +- " : " ± ") + half);
}

/// A bar's label, further in where it belongs to a group.
std::string label_of(const LessonBar& bar) { return (bar.group.empty() ? "" : "  ") + shown_on_one_line(bar.label); }

/// From where to where the bars of a figure go, which are drawn from 0.
struct Extent {
  double low = 0.0, high = 0.0;
  void take_in(const ShownFigure& figure) {
    for (const LessonBar& bar : figure.bars) {
      if (std::isnan(bar.value.mean)) continue;
      low = std::min(low, bar.value.mean);
      high = std::max(high, bar.value.mean);
    }
  }
};

/// The columns of a picture.
struct Columns {
  std::size_t label = 0, value = 0, bar = 0;
};

class Picture {
 public:
  Picture(const Layout& layout, Characters characters) : layout_(layout), characters_(characters) {}

  /// `beside` is the same figure elsewhere, whose columns are as wide; nullptr where there is none.
  [[nodiscard]] std::string of(const ShownFigure& figure, const ShownFigure* beside, const Extent& extent) const {
    const Columns columns = columns_of(figure, beside);
    std::string result = prose(shown_on_one_line(figure.title), layout_);
    std::string group;
    for (const LessonBar& bar : figure.bars) {
      if (bar.group != group) result += prose("  " + shown_on_one_line(bar.group), layout_);
      group = bar.group;
      std::string line = "  " + format::pad_right(shortened(label_of(bar), columns.label), columns.label) + "  ";
      line += drawn(bar.value.mean, extent, columns.bar) + "  " + value_text(figure, bar, characters_);
      while (line.ends_with(' ')) line.pop_back();
      result += line + "\n";
    }
    return result;
  }

 private:
  [[nodiscard]] Columns columns_of(const ShownFigure& figure, const ShownFigure* beside) const {
    Columns result;
    for (const ShownFigure* one : {&figure, beside}) {
      if (one == nullptr) continue;
      for (const LessonBar& bar : one->bars) {
        result.label = std::max(result.label, columns(std::string_view(label_of(bar))));
        result.value = std::max(result.value, columns(std::string_view(value_text(*one, bar, characters_))));
      }
    }
    constexpr std::size_t least_bar = 6, most_bar = 50, gaps = 6;
    const std::size_t width = layout_.width;
    const std::size_t room = width > result.value + gaps + least_bar ? width - result.value - gaps - least_bar : 8;
    result.label = std::min({result.label, room, std::max<std::size_t>(width / 2, 12)});
    const std::size_t used = result.label + result.value + gaps;
    result.bar = width > used ? std::clamp(width - used, least_bar, most_bar) : least_bar;
    return result;
  }

  /// A bar from 0, in eighths of a column where the terminal has them; below 0 to the left of a line.
  [[nodiscard]] std::string drawn(double value, const Extent& extent, std::size_t width) const {
    if (std::isnan(value) || !(extent.high > extent.low)) return std::string(width, ' ');
    const bool ascii = characters_ == Characters::ascii;
    const std::string block = ascii ? "#" : "█";
    const bool both = extent.low < 0.0;
    const auto left = both ? static_cast<std::size_t>(
                                 std::lround(static_cast<double>(width - 1) * -extent.low / (extent.high - extent.low)))
                           : 0;
    const std::size_t right = both ? width - 1 - left : width;
    std::string result;
    if (both) {
      const auto filled =
          value < 0.0 && extent.low < 0.0
              ? std::min(left, static_cast<std::size_t>(std::lround(static_cast<double>(left) * value / extent.low)))
              : 0;
      result += std::string(left - filled, ' ');
      for (std::size_t i = 0; i < filled; ++i) result += block;
      result += ascii ? "|" : "│";
    }
    const double share = value > 0.0 && extent.high > 0.0 ? value / extent.high : 0.0;
    const auto eighths = static_cast<std::size_t>(std::lround(8.0 * static_cast<double>(right) * share));
    const std::size_t whole = ascii ? (eighths + 4) / 8 : eighths / 8;
    for (std::size_t i = 0; i < whole; ++i) result += block;
    constexpr const char* parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    std::size_t used = whole;
    if (!ascii && eighths % 8 > 0) {
      result += parts[eighths % 8];
      ++used;
    }
    return result + std::string(right - used, ' ');
  }

  const Layout& layout_;
  Characters characters_;
};

std::string heading(const std::string& text, const Layout& layout) { return "\n" + bold_prose(text, layout); }

/// Figures of a kind are drawn to one scale, so that they can be held against one another.
Extent extent_of(const ShownFigure& figure, const std::vector<ShownFigure>& figures,
                 const std::vector<ShownFigure>& beside) {
  Extent extent;
  for (const std::vector<ShownFigure>* all : {&figures, &beside}) {
    for (const ShownFigure& one : *all) {
      if (one.kind == figure.kind && one.change == figure.change && one.wait == figure.wait) extent.take_in(one);
    }
  }
  return extent;
}

std::string pictures(const std::vector<ShownFigure>& figures, const std::vector<ShownFigure>& beside, const Layout& layout,
                     Characters characters) {
  const Picture picture(layout, characters);
  std::string result;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (i > 0) result += "\n";
    result += picture.of(figures[i], i < beside.size() ? &beside[i] : nullptr, extent_of(figures[i], figures, beside));
  }
  return result;
}

/// What the intervals mean, and of how many people the figures are.
std::string certainty(const LessonReport& report, Characters characters) {
  const Settings& settings = report.parts.settings;
  return fmt::format("{}: 95 % certain, as far as chance goes ({}, simulated {}).",
                     characters == Characters::ascii ? "+-" : "±", counted(settings.customers, "customer"),
                     counted(settings.replications, "time"));
}

std::string head_of(const LessonReport& report) {
  return report.number > 0 ? fmt::format("Lesson {}: {}", report.number, report.parts.settings.title)
                           : report.parts.settings.title;
}

std::string choice(const Lesson& lesson, std::uint32_t number) {
  return fmt::format("{}. {}", number, lesson.choices[number - 1]);
}

std::string judged(const LessonReport& report) {
  const Lesson& lesson = report.lesson;
  const std::string right = choice(lesson, lesson.answer);
  if (!report.prediction) return "The answer: " + right;
  if (*report.prediction == lesson.answer) return "You were right: " + right;
  return fmt::format("You said {}\nIt came out otherwise: {}", choice(lesson, *report.prediction), right);
}

std::string try_next(const LessonReport& report, const Layout& layout) {
  std::string result;
  for (const LessonChange& change : report.lesson.to_try) {
    result += prose("  " + shown_on_one_line(change.words), layout);
    if (has_command(change)) result += command_lines(words_of_command(report, change), layout.width);
  }
  return result;
}

// ---- the sheet

/// Text of an author's in Markdown: what would begin markup is written with a backslash.
std::string markdown(const std::string& text) {
  std::string result;
  for (const char c : shown_on_one_line(text)) {
    if (std::string_view("\\`*_[]<>#|~").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string markdown_table(const std::vector<ShownFigure>& figures, Sheet sheet) {
  std::string result;
  for (const ShownFigure& figure : figures) {
    result += fmt::format("\n| {} | |\n|---|---|\n", markdown(figure.title));
    for (const LessonBar& bar : figure.bars)
      result += fmt::format("| {} | {} |\n", markdown((bar.group.empty() ? "" : bar.group + ": ") + bar.label),
                            sheet == Sheet::with_answers ? value_text(figure, bar, Characters::unicode) : "            ");
  }
  return result;
}

// ---- JSON

Json json_of(const std::vector<ShownFigure>& figures) {
  Json all = Json::array();
  for (const ShownFigure& figure : figures) {
    Json bars = Json::array();
    for (const LessonBar& bar : figure.bars) {
      Json one = {{"label", bar.label}, {"plan", bar.plan}};
      if (!bar.group.empty()) one["group"] = bar.group;
      if (!bar.touchpoint.empty()) one["touchpoint"] = bar.touchpoint;
      if (!bar.persona.empty()) one["persona"] = bar.persona;
      if (!bar.survey.empty()) one["survey"] = bar.survey;
      if (bar.replication) one["replication"] = *bar.replication;
      one["value"] = json_figures::number(bar.value.mean);
      one["low"] = json_figures::number(bar.value.low);
      one["high"] = json_figures::number(bar.value.high);
      bars.push_back(std::move(one));
    }
    all.push_back(
        {{"figure", figure.figure}, {"title", figure.title}, {"change", figure.change}, {"bars", std::move(bars)}});
  }
  return all;
}

}  // namespace

std::string lesson_command_line(const LessonReport& report, const LessonChange& change) {
  std::string result;
  for (const std::string& word : words_of_command(report, change)) result += (result.empty() ? "" : " ") + word;
  return result;
}

std::string lesson_list_text(const std::vector<LessonEntry>& lessons, const Layout& layout) {
  std::size_t widest = 0;
  for (const LessonEntry& one : lessons) widest = std::max(widest, one.name.size());
  std::string result;
  for (const LessonEntry& one : lessons) {
    const std::string head = fmt::format("{:>2}  {:<{}}  {:>2} min  ", one.number, one.name, widest, one.minutes);
    result += head + shortened(one.title, layout.width > head.size() + 8 ? layout.width - head.size() : 8) + "\n";
    // The question in a block under the title.
    const std::size_t indent = 4;
    Layout block = layout;
    block.width = layout.width - indent;
    std::string question = wrapped(one.question, block.width);
    std::string blanks(indent, ' ');
    result += blanks;
    for (std::size_t i = 0; i < question.size(); ++i) {
      result += question[i];
      if (question[i] == '\n' && i + 1 < question.size()) result += blanks;
    }
    if (!result.ends_with('\n')) result += "\n";
  }
  return result + "\n" +
         prose(
             "sojourn lesson NAME runs one: first a prediction, then what happens. --sheet prints a sheet for the class, "
             "--sheet --answers one for the teacher. sojourn new NAME -o my.toml begins a lesson of your own.",
             layout);
}

std::string lesson_list_json(const std::vector<LessonEntry>& lessons) {
  Json all = Json::array();
  for (const LessonEntry& one : lessons)
    all.push_back({{"number", one.number},
                   {"name", one.name},
                   {"title", one.title},
                   {"minutes", one.minutes},
                   {"question", one.question},
                   {"predict", one.predict}});
  return json_figures::text({{"lessons", std::move(all)}});
}

std::string lesson_question(const LessonReport& report, const Layout& layout) {
  const Lesson& lesson = report.lesson;
  std::string result = bold_prose(head_of(report), layout) + "\n" + prose(lesson.predict, layout) + "\n";
  for (std::uint32_t i = 1; i <= lesson.choices.size(); ++i) result += prose("  " + choice(lesson, i), layout);
  return result;
}

std::vector<RevealPart> lesson_reveal(const LessonReport& report, const Layout& layout, Characters characters) {
  const Lesson& lesson = report.lesson;
  if (!report.changed.empty()) {
    std::string changes;
    for (const std::string& one : report.changed) changes += (changes.empty() ? "" : ", ") + one;
    return {{bold_prose(head_of(report), layout) + heading("With " + changes, layout) +
                 pictures(report.figures, report.without, layout, characters) + "\n" +
                 prose(certainty(report, characters), layout) + heading("As the lesson has it", layout) +
                 pictures(report.without, report.figures, layout, characters),
             ""}};
  }
  std::vector<RevealPart> parts;
  const auto add = [&](std::string what, std::string text) {
    if (!parts.empty()) parts.back().next = std::move(what);
    parts.push_back({std::move(text), ""});
  };
  add("", bold_prose(judged(report), layout) + "\n" + pictures(report.figures, report.without, layout, characters) + "\n" +
              prose(certainty(report, characters), layout));
  add("why", heading("Why", layout) + prose(lesson.because, layout));
  if (lesson.without && !report.without.empty())
    add("the same without its cause", heading("The same, but " + lesson.without->words, layout) +
                                          pictures(report.without, report.figures, layout, characters));
  std::string rest;
  if (!lesson.to_try.empty()) rest += heading("Try next", layout) + try_next(report, layout);
  if (!lesson.sources.empty()) {
    rest += heading("Sources", layout);
    for (const std::string& source : lesson.sources) rest += prose("  " + shown_on_one_line(source), layout);
  }
  if (!rest.empty()) add(lesson.to_try.empty() ? "the sources" : "what to try next", rest);
  return parts;
}

std::string whole(const std::vector<RevealPart>& reveal) {
  std::string result;
  for (const RevealPart& part : reveal) result += part.text;
  return result;
}

std::string lesson_sheet(const LessonReport& report, Sheet sheet) {
  const Lesson& lesson = report.lesson;
  const bool answers = sheet == Sheet::with_answers;
  const std::string line = "\n\n______________________________________________________________________\n";
  std::string result =
      fmt::format("# {}{}\n\n{} minutes.{}\n", markdown(head_of(report)), answers ? " (for the teacher)" : "",
                  lesson.minutes, answers ? "" : " Name: ______________________________");
  result += fmt::format("\n## 1. Predict, before anything is run\n\n{}\n\n", markdown(lesson.predict));
  for (std::uint32_t i = 1; i <= lesson.choices.size(); ++i)
    result += fmt::format("- [{}] {}\n", answers && i == lesson.answer ? "x" : " ", markdown(choice(lesson, i)));
  if (!answers) result += "\nWhy do you think so?" + line + line;
  result += fmt::format("\n## 2. Run it{}\n\n`sojourn lesson {}`\n", answers ? "" : ", and write down what happens",
                        shell_word(report.name));
  result += markdown_table(report.figures, sheet);
  if (answers) result += "\n" + markdown(certainty(report, Characters::unicode)) + "\n";
  result += "\n## 3. Why?\n";
  result += answers ? "\n" + markdown(lesson.because) + "\n" : "\nWhat had you overlooked, or seen?" + line + line;
  int number = 4;
  if (lesson.without) {
    result += fmt::format("\n## {}. Take the cause away\n\nThe same, but {}.{}\n", number++, markdown(lesson.without->words),
                          answers ? "" : " What do you expect now?");
    result += answers ? markdown_table(report.without, sheet) : line;
  }
  if (!lesson.to_try.empty()) {
    result += fmt::format("\n## {}. Try next\n", number++);
    for (const LessonChange& change : lesson.to_try) {
      result += fmt::format("\n- {}\n", markdown(change.words));
      if (has_command(change)) result += fmt::format("\n      {}\n", lesson_command_line(report, change));
    }
  }
  if (answers && !lesson.sources.empty()) {
    result += "\n## Sources\n\n";
    for (const std::string& source : lesson.sources) result += fmt::format("- {}\n", markdown(source));
  }
  return result;
}

std::string lesson_json(const LessonReport& report) {
  const Lesson& lesson = report.lesson;
  const Settings& settings = report.parts.settings;
  Json json = {{"name", report.name},
               {"number", report.number > 0 ? Json(report.number) : Json(nullptr)},
               {"title", settings.title},
               {"minutes", lesson.minutes},
               {"question", lesson.predict},
               {"choices", lesson.choices},
               {"answer", lesson.answer},
               {"prediction", report.prediction ? Json(*report.prediction) : Json(nullptr)},
               {"right", report.prediction ? Json(*report.prediction == lesson.answer) : Json(nullptr)},
               {"customers", settings.customers},
               {"replications", settings.replications},
               {"seed", settings.seed},
               {"currency", settings.currency},
               {"changed", report.changed},
               {"figures", json_of(report.figures)},
               {"because", lesson.because}};
  if (!report.changed.empty()) {
    json["as_the_lesson"] = json_of(report.without);
  } else if (lesson.without) {
    json["without"] = {{"words", lesson.without->words}, {"set", lesson.without->set}, {"figures", json_of(report.without)}};
  }
  json["try"] = Json::array();
  for (const LessonChange& change : lesson.to_try) {
    json["try"].push_back({{"words", change.words},
                           {"set", change.set},
                           {"command", has_command(change) ? Json(lesson_command_line(report, change)) : Json(nullptr)}});
  }
  json["sources"] = lesson.sources;
  return json_figures::text(json);
}

}  // namespace sojourn
