// The words beside indices.
#include <limits>
#include <string>

#include "sojourn/report/sensitivity_report.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

/// The line of a key in the table.
std::string line_of(const std::string& text, const std::string& key) {
  const std::size_t begin = text.find("\n  " + key + " ") + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("an index whose interval includes 0 is not resolved, and one that is 0 everywhere is no effect") {
  Sensitivity one;
  one.metric = "npv";
  one.plan = "baseline";
  one.blocks = 64;
  const auto add = [&](const char* key, Index first, Index total) {
    KeyEffect effect;
    effect.key = key;
    effect.first = first;
    effect.total = total;
    one.keys.push_back(effect);
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  add("clear", {0.5, 0.4, 0.6}, {0.6, 0.5, 0.7});
  add("together", {0.01, -0.02, 0.04}, {0.2, 0.1, 0.3});
  add("vague", {0.01, -0.02, 0.04}, {0.02, -0.01, 0.05});
  add("idle", {0.0, 0.0, 0.0}, {0.0, 0.0, 0.0});
  add("undefined", {nan, nan, nan}, {nan, nan, nan});
  const std::string text = sensitivity_text({one}, "Title", {Colour::off, 200});
  const std::string unresolved = "not resolved: four times as many points";
  CHECK(line_of(text, "clear").ends_with("0.600 (0.500 to 0.700)"));
  CHECK(line_of(text, "together").ends_with("0.200 (0.100 to 0.300)  first order " + unresolved));
  CHECK(line_of(text, "vague").ends_with("   " + unresolved));
  CHECK(line_of(text, "idle").ends_with("no effect at any point"));
  CHECK(line_of(text, "undefined").ends_with("no effect at any point"));
  CHECK(text.find("Intervals of fewer") == std::string::npos);
  one.blocks = 16;
  CHECK(sensitivity_text({one}, "Title", {Colour::off, 200}).find("Intervals of fewer than 32 samples") !=
        std::string::npos);
}
