// Texts and tables in the width of a terminal, and as Markdown.
#include <algorithm>
#include <sstream>
#include <string>

#include "sim/report/table.hpp"
#include "sojourn/report/layout.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

std::size_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, columns(line));
  return most;
}

}  // namespace

TEST_CASE("layout: lines are broken between words, and a figure is not torn from its unit", "[report]") {
  CHECK(wrapped("one two three\n", 7) == "one two\nthree\n");
  CHECK(wrapped("one two three\n", 13) == "one two three\n");
  CHECK(wrapped("  one two three\n", 9) == "  one two\n    three\n");
  CHECK(wrapped("worth 4.77 M (95 %: more)\n", 12) == "worth 4.77 M\n(95 %: more)\n");
  CHECK(wrapped("worth 4.77 M (95 %: more)\n", 10) == "worth\n4.77 M\n(95 %:\nmore)\n");
  // A unit's letter that follows no figure is a word of its own.
  CHECK(wrapped("plan M\n", 5) == "plan\nM\n");
  // Characters count, not bytes, and what is wider than a line stays whole.
  CHECK(wrapped("Cafés à Paris\n", 7) == "Cafés à\nParis\n");
  CHECK(wrapped("a unbreakable\n", 5) == "a\nunbreakable\n");
}

TEST_CASE("layout: a table wider than the terminal comes in blocks, each with the labels", "[report]") {
  Table table;
  table.row({"plan", "first figure", "second figure", "third figure"});
  table.row({"One", "1,000,000 ± 1", "2,000,000 ± 2", "3,000,000 ± 3"});
  Layout layout;
  layout.width = 80;
  const std::string whole = table.text(layout);
  CHECK(std::count(whole.begin(), whole.end(), '\n') == 2);
  layout.width = 40;
  const std::string blocks = table.text(layout);
  CHECK(widest(blocks) <= 40);
  CHECK(widest(whole) > 40);
  std::size_t labels = 0;
  for (std::size_t at = blocks.find("One"); at != std::string::npos; at = blocks.find("One", at + 1)) ++labels;
  CHECK(labels == 2);
  for (const char* figure : {"1,000,000 ± 1", "2,000,000 ± 2", "3,000,000 ± 3"})
    CHECK(blocks.find(figure) != std::string::npos);
}

TEST_CASE("layout: heads are broken where that saves a block, and only there", "[report]") {
  Table table;
  table.row({"plan", "a head of many words", "another of many words"});
  table.row({"One", "1", "2"});
  const auto lines_at = [&](std::size_t width) {
    Layout layout;
    layout.width = width;
    const std::string text = table.text(layout);
    CHECK(widest(text) <= width);
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(lines_at(2 + 4 + 2 + 20 + 2 + 21) == 2);
  CHECK(lines_at(2 + 4 + 2 + 20 + 2 + 20) == 3);  // the heads on two lines
}

TEST_CASE("layout: Markdown takes no text of a scenario for markup", "[report]") {
  Table table;
  table.row({"plan", "figure"});
  table.row({"a|b *c* <d>", "1 ~"});
  Layout layout;
  layout.format = Format::markdown;
  CHECK(table.text(layout) == "| plan | figure |\n|---|---:|\n| a\\|b \\*c\\* \\<d> | 1 \\~ |\n\n");
  CHECK(bold_prose("one_two\n", layout) == "**one\\_two**\n\n");
}

TEST_CASE("layout: what is shortened ends in an ellipsis and is no wider than asked", "[report]") {
  CHECK(shortened("short", 5) == "short");
  CHECK(shortened("longer", 5) == "long…");
  CHECK(columns(shortened("äöüäöü", 4)) == 4);
}

TEST_CASE("layout: no figure is a negative zero", "[report]") {
  CHECK(without_negative_zeros("-0.00") == "0.00");
  CHECK(without_negative_zeros("from -0 to -0.10, -0.0 % (-0.00)") == "from 0 to -0.10, 0.0 % (0.00)");
  CHECK(without_negative_zeros("2026-00-01, a-0, 1e-05, --0, -0x, -05") == "2026-00-01, a-0, 1e-05, --0, -0x, -05");
  CHECK(wrapped("a loss of -0.00.\n", 80) == "a loss of 0.00.\n");
  Table table;
  table.row({"plan", "figure"});
  table.row({"One", "-0.00"});
  CHECK(table.text({}) == "  plan  figure\n  One     0.00\n");
}

TEST_CASE("layout: a label of one long word keeps its column, or is broken behind a full stop", "[report]") {
  Table table;
  table.row({"input", "lowest", "highest"});
  table.row({"improvement.three-weeks.effect.delay", "24.5", "+17.2 k"});
  table.row({"odds", "1", "2"});
  CHECK(table.text({}) ==
        "  input                                 lowest  highest\n"
        "  improvement.three-weeks.effect.delay    24.5  +17.2 k\n"
        "  odds                                       1        2\n");
  Layout narrow;
  narrow.width = 40;
  CHECK(widest(table.text(narrow)) <= 40);
}

TEST_CASE("layout: wide labels take the room that figures leave", "[report]") {
  Table table;
  const std::string name = "A course for the baristas and a second machine";
  table.row({"buy", "gain"});
  table.row({name, "+6,720"});
  CHECK(table.text({}).find(name) == std::string::npos);
  table.wide_labels();
  CHECK(table.text({}).find(name) != std::string::npos);
  CHECK(widest(table.text({})) <= 80);
}
