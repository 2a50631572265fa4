// Dates and what recurs.
#include <vector>

#include "sojourn/model/calendar.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

std::vector<std::pair<double, double>> on(const Change& change, const char* start, double horizon) {
  std::vector<std::pair<double, double>> result;
  for (const Stretch& stretch : stretches_of(change, start, horizon)) result.emplace_back(stretch.begin, stretch.end);
  return result;
}
using Stretches = std::vector<std::pair<double, double>>;

constexpr double month = 365.25 / 12.0;
constexpr TimeStep months(int count) { return {count * month, count}; }
constexpr TimeStep days(double count) { return {count, 0}; }

}  // namespace

TEST_CASE("calendar: days between dates and local times") {
  CHECK(days_between("2027-09-01", "2027-09-01") == 0.0);
  CHECK(days_between("2027-09-01", "2028-03-01") == 182.0);  // over 29 February
  CHECK(days_between("2026-09-01", "2027-03-01") == 181.0);
  CHECK(days_between("2026-09-01", "2026-08-31") == -1.0);
  CHECK(days_between("2026-11-01", "2026-11-02T06:00:00") == 1.25);
  for (const char* wrong : {"", "2026-02-29", "2026-13-01", "2026-1-01", "tomorrow", "2026-11-01T24:00:00",
                            "2026-11-01T06:00", "2026-11-01 06:00:00Z"}) {
    INFO(wrong);
    CHECK_FALSE(days_between("2026-01-01", wrong).has_value());
  }
}

TEST_CASE("calendar: months and years step by the calendar from a date only") {
  const char* start = "2027-01-31";
  CHECK(stepped(0.0, months(1), 1, start, true) == 28.0);            // 28 February
  CHECK(stepped(0.0, months(1), 2, start, true) == 59.0);            // 31 March again
  CHECK(stepped(0.25, months(12), 1, start, true) == 365.25);        // at the same hour
  CHECK(stepped(29.0, months(12), 1, "2028-01-31", true) == 394.0);  // 29 February: 28 February of the next year
  CHECK(stepped(0.0, months(1), 1, start, false) == Approx(month));
  CHECK(stepped(0.0, days(10.0), 3, start, true) == 30.0);
}

TEST_CASE("calendar: months begin when they do") {
  const std::vector<MonthBegin> all = months_until("2028-01-31", 60.0);
  REQUIRE(all.size() == 3);
  CHECK(all[0].day == -30.0);
  CHECK(all[0].month == 0);
  CHECK(all[1].day == 1.0);
  CHECK(all[2].day == 30.0);  // 29 days of February
  CHECK(all[2].month == 2);
}

TEST_CASE("calendar: what comes once, again and again, and until when") {
  Change change;
  change.start = Days(5.0);
  CHECK(on(change, "2026-01-01", 4.0).empty());
  CHECK(stretches_of(change, "2026-01-01", 10.0).at(0).end > 1e9);
  change.end = Days(8.0);
  CHECK(on(change, "2026-01-01", 30.0) == Stretches{{5.0, 8.0}});
  change.end.reset();
  change.recurrence.duration = days(2.0);
  CHECK(on(change, "2026-01-01", 30.0) == Stretches{{5.0, 7.0}});
  change.recurrence.every = days(10.0);
  CHECK(on(change, "2026-01-01", 30.0) == Stretches{{5.0, 7.0}, {15.0, 17.0}, {25.0, 27.0}});
  change.recurrence.last = Days(15.0);
  CHECK(on(change, "2026-01-01", 30.0) == Stretches{{5.0, 7.0}, {15.0, 17.0}});
  change.recurrence.last = Days(14.9);
  CHECK(on(change, "2026-01-01", 30.0) == Stretches{{5.0, 7.0}});
  change.recurrence.last.reset();
  change.recurrence.duration = days(10.0);
  CHECK(on(change, "2026-01-01", 22.0) == Stretches{{5.0, 15.0}, {15.0, 25.0}});  // without a gap it begins anew
}

TEST_CASE("calendar: a storm each 1 November, across leap years") {
  Change storm;
  storm.start = Days(*days_between("2026-09-01", "2026-11-01"));
  storm.recurrence.dated = true;
  storm.recurrence.duration = days(3.0);
  storm.recurrence.every = months(12);
  const auto dates = on(storm, "2026-09-01", 1200.0);
  REQUIRE(dates.size() == 4);
  for (int year = 0; year < 4; ++year) {
    const std::string date = std::to_string(2026 + year) + "-11-01";
    CHECK(dates[static_cast<std::size_t>(year)].first == days_between("2026-09-01", date));
  }
  storm.recurrence.dated = false;
  CHECK(on(storm, "2026-09-01", 1200.0)[3].first == Approx(61.0 + 3 * 365.25));
}

TEST_CASE("calendar: hours of the week") {
  Change nights;
  const auto hour = [](int day, int h) { return day + h / 24.0; };
  // Thursday, 1 October 2026; Monday to Tuesday from 18 to 8, in minutes since Monday.
  nights.recurrence.hours = {{0.0, 0.0}, {hour(0, 18), 1.0}, {hour(1, 8), 0.0}, {hour(1, 18), 1.0}, {hour(2, 8), 0.0}};
  const Stretches found = on(nights, "2026-10-01", 14.0);
  REQUIRE(found.size() == 4);
  for (std::size_t k = 0; k < found.size(); ++k) {
    const int day = std::vector<int>{4, 5, 11, 12}[k];
    CHECK(found[k].first == Approx(hour(day, 18)));
    CHECK(found[k].second == Approx(hour(day + 1, 8)));
  }
  CHECK(is_on(nights, "2026-10-01", hour(4, 18) + 1e-9));
  CHECK_FALSE(is_on(nights, "2026-10-01", hour(5, 8) + 1e-9));
  nights.start = Days(5.0);
  nights.end = Days(6.0);
  const Stretches cut = on(nights, "2026-10-01", 14.0);
  REQUIRE(cut.size() == 2);
  CHECK(cut[0].first == 5.0);
  CHECK(cut[0].second == Approx(hour(5, 8)));
  CHECK(cut[1].first == Approx(hour(5, 18)));
  CHECK(cut[1].second == 6.0);
}

// Found by mutated scenarios: a horizon of 10^15 days is refused by the checks, which must not take for ever to say so.
TEST_CASE("calendar: nothing counts days further than any scenario goes") {
  const double ages = 1e15;
  CHECK(months_until("2028-01-31", ages).size() == months_until("2028-01-31", longest_horizon).size());
  CHECK(stepped(0.0, months(12), 100'000, "2028-01-31", true) > ages);
  CHECK(stepped(ages, months(1), 1, "2028-01-31", true) > ages);
  Change nights;
  nights.recurrence.hours = {{0.0, 0.0}, {0.75, 1.0}, {1.0, 0.0}};
  const Stretches all = on(nights, "2026-10-01", ages);
  CHECK(all.size() > most_stretches);
  CHECK(all.back().first < longest_horizon);
  // What comes every second is more than may come, also where its hours leave little of it.
  nights.recurrence.every = days(1.0 / 86400.0);
  CHECK(on(nights, "2026-10-01", 365.0).size() == most_stretches + 1);
  // Hours of a change that comes late are looked for from then on.
  nights.recurrence = {};
  nights.recurrence.hours = {{0.0, 0.0}, {0.75, 1.0}, {1.0, 0.0}};
  nights.start = Days(700'000.5);
  CHECK(on(nights, "2026-10-01", 700'008.0).size() == 1);
}
