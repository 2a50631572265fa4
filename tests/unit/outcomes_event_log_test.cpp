#include <algorithm>
#include <string>

#include "sojourn/outcomes/event_log.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"

namespace sojourn {
namespace {

using verify::by_odds;
using verify::by_share;

struct Log {
  LogSize size;
  std::string text;
};

Log written(const Model& model, std::size_t customers, LogFormat format) {
  Log log;
  log.size = write_event_log(model, customers, format, [&](std::string_view piece) { log.text += piece; });
  return log;
}

TEST_CASE("time stamps go over days, months and leap years", "[outcomes]") {
  CHECK(timestamp("2026-01-01", 0.0) == "2026-01-01T00:00:00.000+00:00");
  CHECK(timestamp("2026-01-31", 1.5) == "2026-02-01T12:00:00.000+00:00");
  CHECK(timestamp("2024-02-28", 1.0) == "2024-02-29T00:00:00.000+00:00");
  CHECK(timestamp("2025-02-28", 1.0) == "2025-03-01T00:00:00.000+00:00");
  CHECK(timestamp("2026-12-31", 1.0 - 1.0 / 86'400'000.0) == "2026-12-31T23:59:59.999+00:00");
}

TEST_CASE("an event log quotes what its format must quote", "[outcomes]") {
  ModelParts parts =
      verify::journey({verify::place(Stage::purchase, {by_odds(1, 1.0)}), verify::finish(End::churned)}, 30.0, 3);
  parts.touchpoints[0].name = "Says \"yes\", <at> last & buys";
  parts.touchpoints[1].name = "Line\nbreak";
  const Log log = written(Model(parts), 2, LogFormat::csv);
  CHECK(log.size.lives == 2);
  CHECK(log.size.visits == 4);
  CHECK(log.text.starts_with(csv_log_header));
  CHECK(std::count(log.text.begin(), log.text.end(), '\r') == 1 + 4);
  CHECK(log.text.find("\"Says \"\"yes\"\", <at> last & buys\"") != std::string::npos);
  CHECK(log.text.find("\"Line\nbreak\"") != std::string::npos);
  parts.settings.title = "A < B & \"C\"";
  CHECK(written(Model(parts), 1, LogFormat::xes).text.find("value=\"A &lt; B &amp; &quot;C&quot;\"") != std::string::npos);
}

TEST_CASE("no name in an event log is a formula, drives a terminal or breaks XML", "[outcomes]") {
  ModelParts parts =
      verify::journey({verify::place(Stage::purchase, {by_odds(1, 1.0)}), verify::finish(End::churned)}, 30.0, 3);
  parts.touchpoints[0].name = "=HYPERLINK(\"http://x\")";
  parts.touchpoints[1].name = "\x1b[31mred\xe2\x80\xae";
  const std::string csv = written(Model(parts), 1, LogFormat::csv).text;
  CHECK(csv.find(",\"'=HYPERLINK(\"\"http://x\"\")\",") != std::string::npos);
  CHECK(csv.find(",\\u001b[31mred\\u202e,") != std::string::npos);
  CHECK(csv.find('\x1b') == std::string::npos);
  parts.settings.title = "\xef\xbf\xbe\xef\xbf\xbf\x01\x80";  // U+FFFE, U+FFFF, a control character, a byte of nothing
  const std::string xes = written(Model(parts), 1, LogFormat::xes).text;
  CHECK(xes.find("value=\"\\ufffe\\uffff\\u0001\xef\xbf\xbd\"") != std::string::npos);
}

TEST_CASE("a log of many pieces is that of one", "[outcomes]") {
  const ModelParts parts =
      verify::journey({verify::place(Stage::purchase, {by_odds(1, 1.0)}), verify::finish(End::churned)}, 30.0, 5000);
  const Log many = written(Model(parts), 5000, LogFormat::csv);
  CHECK(many.size.lives == 5000);
  const Log few = written(Model(parts), 10, LogFormat::csv);
  CHECK(many.text.substr(0, few.text.size()) == few.text);
  // Case numbers rise by one: no life is missing or told twice.
  std::size_t at = csv_log_header.size();
  long before = -1;
  while (at < many.text.size()) {
    const long number = std::stol(many.text.substr(at, 20));
    REQUIRE((number == before || number == before + 1));
    before = number;
    at = many.text.find('\n', at) + 1;
  }
  CHECK(before == 4999);
}

TEST_CASE("a level is that fraction of a change's effect, at every moment of its ramp", "[engine]") {
  const auto quality = [](double level, Ramp ramp) {
    ModelParts parts =
        verify::journey({verify::place(Stage::purchase, {by_share(1, 0.1)}), verify::finish(End::churned)}, 10.0, 1);
    parts.settings.window = Days(1.0);
    Improvement half;
    half.change = verify::change("half", 0, {Parameter::quality, Operation::set, 0.9}, 0.0);
    half.change.ramp = ramp;
    parts.improvements = {half};
    parts.plans.push_back({"bought", "bought", {ImprovementId(0)}, {level}});
    const Program program(apply(Model(parts), PlanId(1)));
    return program.row(program.regime(4.6), 0, 0).quality;
  };
  CHECK(quality(1.0, {}) == Approx(0.9f));
  CHECK(quality(0.5, {}) == Approx(0.7f));
  const Ramp slow{RampShape::linear, Days(9.0)};
  CHECK(quality(1.0, slow) == Approx(0.7f));
  CHECK(quality(0.5, slow) == Approx(0.6f));
}

}  // namespace
}  // namespace sojourn
