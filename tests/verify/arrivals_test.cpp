// When people arrive, and how many: profiles by month, hour and day against what they say; Poisson numbers.
#include "sojourn/population/arrivals.hpp"

#include <fmt/format.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

namespace chrono = std::chrono;

/// People who arrive and stay for ever.
std::string scenario(const std::string& arrives, const std::string& settings) {
  return fmt::format(R"(schema = 1
[scenario]
title = "Arrivals"
{}
[[persona]]
id = "all"
share = 1
starts = {{ here = 1 }}
arrives = {}
[[touchpoint]]
id = "here"
stage = "purchase"
revenue = 1
next = [ {{ to = "gone", odds = 1, after = "100 years" }} ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
)",
                     settings, arrives);
}

ModelParts read(const std::string& text) {
  const Scenario scenario = parse_scenario(text, "arrivals.toml", ".");
  INFO(diagnostics(scenario));
  REQUIRE(scenario.errors() == 0);
  return build(scenario).parts();
}

/// How many people arrived in each window, of all replications together.
std::vector<double> arrivals(const ModelParts& parts, Engine engine = Engine::lock_step) {
  const Model model(parts);
  const PlanId baseline(0);
  RunOptions options;
  options.engine = engine;
  options.tables = true;
  const RunResult result = run(model, std::span(&baseline, 1), options);
  const TallyShape& shape = result.shapes[0];
  std::vector<double> counts(shape.windows, 0.0);
  for (const Totals& totals : result.totals[0]) {
    for (std::size_t w = 0; w < shape.windows; ++w) counts[w] += static_cast<double>(totals.cell(shape.present(0, 0, w)));
  }
  return counts;
}

/// The chance of counts at least as far from what is expected (Pearson 1900), bins of fewer than 10 people joined.
double pearson(const std::vector<double>& counts, std::vector<double> expected) {
  const double people = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double sum = std::accumulate(expected.begin(), expected.end(), 0.0);
  double statistic = 0.0, count = 0.0, wanted = 0.0;
  int bins = -1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    count += counts[i];
    wanted += expected[i] * people / sum;
    if (wanted < 10.0 && i + 1 < counts.size()) continue;
    if (wanted > 0.0) statistic += (count - wanted) * (count - wanted) / wanted;
    if (wanted == 0.0 && count > 0.0) return 0.0;
    bins += wanted > 0.0 ? 1 : 0;
    count = wanted = 0.0;
  }
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared(std::max(1, bins)), statistic));
}
bool as_expected(double chance) { return chance > 1e-6; }

}  // namespace

TEST_CASE("arrivals: a season month by month, across a leap year", "[verify]") {
  const std::vector<double> season{1, 2, 3, 1, 1, 1, 0.6, 0.6, 1, 1.2, 1.6, 2};
  struct Case {
    const char* start;
    int days, window;
    std::uint64_t customers;
    double growth;  // per month
  };
  for (const Case& c : {Case{"2027-09-01", 730, 1, 100'000, 0.0}, Case{"2028-02-20", 30, 1, 60'000, 0.0},
                        Case{"2026-01-31", 1096, 5, 60'000, 0.03}}) {
    INFO(c.start << ", " << c.days << " days");
    const std::string text = scenario(
        fmt::format("{{ profile = [{}]{} }}", fmt::join(season, ", "), c.growth > 0.0 ? ", growth = \"3 % per month\"" : ""),
        fmt::format("start = {}\nhorizon = \"{} days\"\nwindow = \"{} days\"\ncustomers = {}\nreplications = 1", c.start,
                    c.days, c.window, c.customers));
    const ModelParts parts = read(text);
    const std::vector<double> counts = arrivals(parts);
    // Day by day from the calendar of the standard library; with `leap` false, 29 February is a day of March.
    const auto expected = [&](bool leap) {
      std::vector<double> result(counts.size(), 0.0);
      int year = 0, month = 0, day = 0;
      REQUIRE(std::sscanf(c.start, "%d-%d-%d", &year, &month, &day) == 3);
      const chrono::sys_days start =
          chrono::year{year} / chrono::month{static_cast<unsigned>(month)} / chrono::day{static_cast<unsigned>(day)};
      for (int d = 0; d < c.days; ++d) {
        const chrono::year_month_day date{start + chrono::days{d}};
        std::size_t which = static_cast<unsigned>(date.month()) - 1;
        if (!leap && which == 1 && date.day() == chrono::day{29}) which = 2;
        const double middle = std::pow(1.0 + c.growth, (d + 0.5) / (365.25 / 12.0));
        result[std::min(static_cast<std::size_t>(d / c.window), result.size() - 1)] += season[which] * middle;
      }
      return result;
    };
    CHECK(as_expected(pearson(counts, expected(true))));
    // Twins: the season of the month before; and, where one day counts, 29 February taken for a day of March.
    std::vector<double> late = expected(true);
    std::rotate(late.begin(), late.end() - std::min<std::ptrdiff_t>(30 / c.window, 10), late.end());
    CHECK_FALSE(as_expected(pearson(counts, late)));
    if (c.days < 100) CHECK_FALSE(as_expected(pearson(counts, expected(false))));
    CHECK(arrivals(parts, Engine::window_by_window) == counts);
    CHECK(arrivals(parts, Engine::one_customer) == counts);
  }
}

TEST_CASE("arrivals: a weekly profile hour by hour", "[verify]") {
  // Thursday, so that week and horizon begin apart.
  for (const int days : {7, 61}) {
    INFO(days << " days");
    const std::string text = scenario(
        R"({ profile = { mon-fri = { "08:00-12:00" = 3, "12:00-18:00" = 1 }, sat = { "22:00-02:00" = 2 } } })",
        fmt::format("start = 2026-10-01\nhorizon = \"{} days\"\nwindow = \"1 hour\"\ncustomers = {}\nreplications = 1", days,
                    15'000 * days / 7));
    const std::vector<double> counts = arrivals(read(text));
    const auto expected = [&](int later) {
      std::vector<double> weights(counts.size(), 0.0);
      for (std::size_t h = 0; h < weights.size(); ++h) {
        const auto hour = static_cast<int>(h) - later + 7 * 24 + 3 * 24, of_week = hour % (7 * 24), day = of_week / 24;
        const int of_day = of_week % 24;
        if (day < 5 && of_day >= 8 && of_day < 12) weights[h] = 3.0;
        if (day < 5 && of_day >= 12 && of_day < 18) weights[h] = 1.0;
        if ((day == 5 && of_day >= 22) || (day == 6 && of_day < 2)) weights[h] = 2.0;
      }
      return weights;
    };
    CHECK(as_expected(pearson(counts, expected(0))));
    CHECK_FALSE(as_expected(pearson(counts, expected(1))));
  }
}

TEST_CASE("arrivals: a table to the day, in the scenario or in a file", "[verify]") {
  std::string list, file = "day,people\n# a comment\n";
  std::vector<double> people;
  for (int day = 0; day < 90; ++day) {
    people.push_back(day % 7 == 3 ? 0.0 : 100.0 + (day * 37) % 101);
    if (day % 7 == 3) continue;
    list += fmt::format("{}[{}, {}]", list.empty() ? "" : ", ", day, people.back());
    file += fmt::format("{},{}\n", day, people.back());
  }
  const std::string settings =
      "horizon = \"90 days\"\nwindow = \"1 day\"\ncustomers = 50_000\nreplications = 1\nmarket = 13_000";
  const ModelParts parts = read(scenario(fmt::format("{{ profile = {{ days = [{}] }} }}", list), settings));
  const std::vector<double> counts = arrivals(parts);
  CHECK(as_expected(pearson(counts, people)));
  std::vector<double> twin = people;
  std::rotate(twin.begin(), twin.begin() + 1, twin.end());
  CHECK_FALSE(as_expected(pearson(counts, twin)));
  // The file says the same, and the text that results keep needs no file.
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("arrivals-{}", ::getpid());
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "arrivals.csv") << file;
  const Scenario from_file = parse_scenario(scenario("{ profile = { file = \"arrivals.csv\" } }", settings),
                                            (folder / "scenario.toml").string(), folder);
  std::filesystem::remove_all(folder);
  REQUIRE(from_file.errors() == 0);
  CHECK(from_file.parts.personas[0].arrives == parts.personas[0].arrives);
  const Scenario again = parse_scenario(from_file.text, "kept.toml", folder, {}, {}, NamedFiles::none);
  REQUIRE(again.errors() == 0);
  CHECK(again.parts.personas[0].arrives == parts.personas[0].arrives);
  CHECK(from_file.text.find("arrivals.csv") == std::string::npos);
}

TEST_CASE("arrivals: people per month make shares and the market", "[verify]") {
  const auto text = [](const std::string& first, const std::string& second) {
    return fmt::format(R"(schema = 1
[scenario]
title = "People"
start = 2026-01-01
horizon = "24 months"
customers = 100
[[persona]]
id = "new"
{}
starts = {{ here = 1 }}
[[persona]]
id = "book"
{}
starts = {{ here = 1 }}
standing = "customer"
tenure = "200 days"
[[touchpoint]]
id = "here"
stage = "purchase"
next = [ {{ to = "gone", odds = 1, after = "3 years" }} ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
)",
                       first, second);
  };
  const double month = 365.25 / 12.0;
  {
    const ModelParts parts = read(text("arrives = { per_month = 500 }", "people = 8_000"));
    CHECK(*parts.settings.market == Approx(24 * 500.0 + 8000.0));
    CHECK(parts.personas[0].share == Approx(12'000.0 / 20'000.0));
  }
  {
    // From March to the end of the year; the profile's mean is 2.
    const ModelParts parts =
        read(text("arrives = { per_month = 500, profile = [0, 0, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0], from = 2026-03-01, until = "
                  "2027-01-01 }",
                  "people = \"8k\""));
    CHECK(*parts.settings.market == Approx(8000.0 + 500.0 / month * 184.0 * 4.0 / 2.0));
  }
  {
    const ModelParts parts = read(text("arrives = { per_month = 500, growth = \"2 % per month\" }", "people = 1"));
    const double g = std::log(1.02);
    CHECK(*parts.settings.market == Approx(1.0 + 500.0 * (std::exp(24.0 * g) - 1.0) / g));
  }
}

TEST_CASE("arrivals: Poisson numbers have Poisson variance", "[verify]") {
  struct Case {
    std::uint64_t customers;
    int days;
    double window;
  };
  for (const Case& c : {Case{40, 10, 1.0}, Case{1'000, 30, 10.0}, Case{20'000, 5, 5.0}}) {
    INFO(c.customers << " customers");
    constexpr std::uint32_t replications = 900;
    const auto numbers = [&](PeopleNumber kind) {
      Settings settings;
      settings.customers = c.customers;
      settings.arrivals = kind;
      Sample sample, squares;
      for (std::uint32_t r = 0; r < replications; ++r) {
        const auto people = static_cast<double>(people_in(settings, Streams(7, r))), mean = static_cast<double>(c.customers);
        sample.add(people);
        squares.add((people - mean) * (people - mean) / mean);
      }
      return std::pair(sample, squares);
    };
    const auto [sample, squares] = numbers(PeopleNumber::poisson);
    CHECK(judge(sample, static_cast<double>(c.customers), 0.35 * std::sqrt(static_cast<double>(c.customers))));
    CHECK(judge(squares, 1.0, 0.45));
    const auto [fixed, none] = numbers(PeopleNumber::fixed);
    CHECK(fixed.sd() == 0.0);  // twin
  }
}

TEST_CASE("arrivals: Poisson numbers through the whole run, window by window", "[verify]") {
  const auto counted = [](const char* number, double window, int customers) {
    const ModelParts parts = read(scenario(
        "{ uniform = [\"0 days\", \"28 days\"] }",
        fmt::format("arrivals = \"{}\"\nhorizon = \"28 days\"\nwindow = \"{} days\"\ncustomers = {}\nreplications = 400",
                    number, window, customers)));
    const Model model(parts);
    const PlanId baseline(0);
    RunOptions options;
    options.tables = true;
    const RunResult result = run(model, std::span(&baseline, 1), options);
    const TallyShape& shape = result.shapes[0];
    // Each window's count, less its mean, squared, over its mean; and the product of neighbours, which are independent.
    Sample variance, covariance;
    const double mean = customers * window / 28.0;
    for (const Totals& totals : result.totals[0]) {
      double before = 0.0;
      for (std::size_t w = 0; w < shape.windows; ++w) {
        const double off = static_cast<double>(totals.cell(shape.present(0, 0, w))) - mean;
        variance.add(off * off / mean);
        if (w % 2 == 1) covariance.add(off * before / mean);
        before = off;
      }
    }
    return std::pair(variance, covariance);
  };
  for (const double window : {14.0, 4.0}) {
    INFO("window " << window);
    const auto [variance, covariance] = counted("poisson", window, 700);
    CHECK(judge(variance, 1.0, 0.5));
    CHECK(judge(covariance, 0.0, 0.5));
  }
  // Twin: of a fixed number half come in either window, whose variance is half of that; what one has the other lacks.
  const auto [variance, covariance] = counted("fixed", 14.0, 700);
  CHECK(variance.mean() < 0.65);
  CHECK(covariance.mean() < -0.35);
}

TEST_CASE("arrivals: intervals hold the chance in the number of people, and engines and threads agree", "[verify]") {
  int covered = 0, fixed_covered = 0;
  constexpr int runs = 150;
  for (int seed = 0; seed < runs; ++seed) {
    const auto interval = [&](const char* number) {
      ModelParts parts = read(scenario(
          "0", fmt::format("arrivals = \"{}\"\nhorizon = \"10 days\"\ncustomers = 2_000\nreplications = 2\nseed = {}",
                           number, seed)));
      const Model model(parts);
      const PlanId baseline(0);
      const Samples samples = collect_samples(run(model, std::span(&baseline, 1)));
      return estimate(samples, 0, *find_metric("revenue"), {});
    };
    const Estimate poisson = interval("poisson");
    covered += poisson.low <= 2000.0 && 2000.0 <= poisson.high;
    const Estimate fixed = interval("fixed");
    fixed_covered += fixed.mean == Approx(2000.0) && !(fixed.high - fixed.low > 1.0);  // twin: no chance at all
  }
  CHECK(covered >= 132);
  CHECK(covered <= 149);
  CHECK(fixed_covered == runs);
  ModelParts parts = shipped("retail-word-of-mouth.toml");
  parts.settings.arrivals = PeopleNumber::poisson;
  parts.settings.customers = 600;
  parts.settings.replications = 2;
  const Model model(parts);
  const std::vector<PlanId> plans = all_plans(parts);
  RunOptions one, many, reference;
  one.threads = 1;
  many.threads = 3;
  reference.engine = Engine::one_customer;
  const Run first = try_run(model, plans, one);
  REQUIRE(first.error.empty());
  CHECK(difference(first, try_run(model, plans, many)).empty());
  CHECK(difference(first, try_run(model, plans, reference)).empty());
  parts.settings.arrivals = PeopleNumber::fixed;
  CHECK_FALSE(difference(first, try_run(Model(parts), plans, one)).empty());
}
