// Numbers as people write them.
#include <cmath>
#include <limits>
#include <string>

#include "sojourn/base/number_text.hpp"
#include "sojourn/report/format.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
const Metric& metric(const char* name) { return *find_metric(name); }

}  // namespace

TEST_CASE("format: counts and money", "[report]") {
  CHECK(grouped(0.0) == "0");
  CHECK(grouped(999.4) == "999");
  CHECK(grouped(999.6) == "1,000");
  CHECK(grouped(1234567.0) == "1,234,567");
  CHECK(grouped(-1234.0) == "-1,234");
  CHECK(grouped(-0.2) == "0");
  CHECK(grouped(undefined) == "-");
  CHECK(counted(1.0, "customer") == "1 customer");
  CHECK(counted(1000.0, "customer") == "1,000 customers");
  CHECK(counted(1.0, "person", "people") == "1 person");
  CHECK(counted(0.0, "person", "people") == "0 people");
  CHECK(format::money(1234.0, "EUR") == "EUR 1,234");
  CHECK(format::money(-1234.0, "EUR") == "-EUR 1,234");
  CHECK(format::money(12.3456, "EUR") == "EUR 12.3");
  CHECK(format::money(1.23456, "USD") == "USD 1.23");
  CHECK(format::money(99.96, "EUR") == "EUR 100");
  CHECK(format::money(12'345'678.0, "EUR") == "EUR 12.3 M");
  CHECK(format::money(1'234'567'890.0, "EUR") == "EUR 1.23 bn");
  CHECK(format::money(9'994.0, "EUR") == "EUR 9,994");
  CHECK(format::money(9'996.0, "EUR") == "EUR 10.0 k");
  CHECK(format::money(72'404.0, "EUR") == "EUR 72.4 k");
  CHECK(format::money(999'499.0, "EUR") == "EUR 999 k");
  CHECK(format::money(999'600.0, "EUR") == "EUR 1.00 M");
  CHECK(format::money(0.0, "EUR") == "EUR 0.00");
  CHECK(format::money(undefined, "EUR") == "-");
}

TEST_CASE("format: durations in the unit that a person would use", "[report]") {
  CHECK(format::duration(90.0) == "90 days");
  CHECK(format::duration(1.0) == "1 day");
  CHECK(format::duration(14.0) == "2 weeks");
  CHECK(format::duration(730.5) == "24 months");
  CHECK(format::duration(5.0 * 365.25) == "5 years");
  CHECK(format::duration(0.25) == "6 hours");
  CHECK(format::duration(1.5 / 24.0) == "90 minutes");
  CHECK(format::duration(12.3456) == "12.35 days");
}

TEST_CASE("format: metrics in their own units", "[report]") {
  CHECK(format::value(metric("retention"), 0.62345, "EUR") == "62.34 %");
  CHECK(format::value(metric("nps"), -12.345, "EUR") == "-12.35");
  CHECK(format::value(metric("satisfaction"), 0.512345, "EUR") == "0.5123");
  CHECK(format::value(metric("npv"), 1.5e7, "EUR") == "EUR 15.0 M");
  CHECK(format::value(metric("time_to_purchase"), 23.456, "EUR") == "23.5 d");
  CHECK(format::value(metric("visits"), 12.3456, "EUR") == "12.346");
  CHECK(format::value(metric("retention"), undefined, "EUR") == "-");
  CHECK(format::difference(metric("retention"), 0.0123, "EUR") == "+1.23 pt");
  CHECK(format::difference(metric("retention"), -0.0123, "EUR") == "-1.23 pt");
  CHECK(format::difference(metric("retention"), 0.0, "EUR") == "0.00 pt");
  CHECK(format::difference(metric("retention"), -0.00001, "EUR") == "0.00 pt");
  CHECK(format::difference(metric("npv"), -2'500'000.0, "EUR") == "-2.50 M");
  CHECK(format::difference(metric("retention"), undefined, "EUR") == "-");
  // The longer side, where an interval is not even.
  Estimate estimate{0.62, 0.61, 0.64, 1.0, 10};
  CHECK(format::half_width(metric("retention"), estimate, "EUR") == "2.0");
  estimate = {0.62, undefined, undefined, 1.0, 10};
  CHECK(format::half_width(metric("retention"), estimate, "EUR") == "-");
  const Estimate gain{9.4e6, 9.115e6, 9.685e6, 1.0, 10};
  CHECK(format::half_width(metric("npv"), gain, "EUR") == "0.28");
  const Estimate wide{-854e3, -1015e3, -693e3, 1.0, 10};
  CHECK(format::interval(metric("npv"), wide, "EUR") == "-1,015 k to -693 k");
  const Estimate small{17.6, 17.5, 17.7, 1.0, 10};
  CHECK(format::half_width(metric("clv"), small, "EUR") == "0.1");
}

TEST_CASE("format: a value has the decimals of the half width beside it", "[report]") {
  const auto told = [](const char* name, double mean, double half) {
    const Estimate e{mean, mean - half, mean + half, 1.0, 10};
    return format::value(metric(name), e, "EUR") + " ± " + format::half_width(metric(name), e, "EUR");
  };
  CHECK(told("nps", -14.0, 4.02) == "-14.0 ± 4.0");
  CHECK(told("nps", -14.0, 0.42) == "-14.00 ± 0.42");
  CHECK(told("nps", 2.3, 11.0) == "2 ± 11");
  CHECK(told("retention", 0.73926, 0.0143) == "73.9 % ± 1.4");
  CHECK(told("retention", 0.99964, 0.0003) == "99.96 % ± 0.03");
  CHECK(told("satisfaction", 0.54812, 0.0241) == "0.548 ± 0.024");
  CHECK(told("npv", 33.3e3, 2.04e3) == "EUR 33.3 k ± 2.0");
  CHECK(told("npv", -1.2e6, 0.31e6) == "-EUR 1.20 M ± 0.31");
  CHECK(told("time_to_purchase", 5.04, 1.3) == "5.0 d ± 1.3 d");
  CHECK(format::value(metric("nps"), Estimate{-14.0, std::nan(""), std::nan(""), 1.0, 1}, "EUR") == "-14.00");
}

TEST_CASE("format: a difference has no more decimals than its interval supports", "[report]") {
  const auto told = [](const char* name, double mean, double half) {
    const Estimate estimate{mean, mean - half, mean + half, 1.0, 10};
    return format::difference(metric(name), estimate, "EUR") + " ± " + format::half_width(metric(name), estimate, "EUR") +
           " (" + format::interval(metric(name), estimate, "EUR") + ")";
  };
  CHECK(told("retention", 0.0853, 0.0005) == "+8.53 pt ± 0.05 (+8.48 pt to +8.58 pt)");
  CHECK(told("retention", 0.0853, 0.0161) == "+8.5 pt ± 1.6 (+6.9 pt to +10.1 pt)");
  CHECK(told("retention", 0.0853, 0.161) == "+9 pt ± 16 (-8 pt to +25 pt)");
  CHECK(told("npv", 72'404.0, 441.0) == "+72.4 k ± 0.4 (+72.0 k to +72.8 k)");
  CHECK(told("npv", 72'404.0, 12'441.0) == "+72 k ± 12 (+60 k to +85 k)");
  CHECK(told("npv", 4.774e6, 0.112e6) == "+4.77 M ± 0.11 (+4.66 M to +4.89 M)");
  CHECK(told("nps", 19.857, 0.53) == "+19.86 ± 0.53 (+19.33 to +20.39)");
  CHECK(told("nps", 19.857, 5.3) == "+19.9 ± 5.3 (+14.6 to +25.2)");
  CHECK(told("satisfaction", 0.0671, 0.0004) == "+0.0671 ± 0.0004 (+0.0667 to +0.0675)");
  // What is known without an interval keeps its digits, and no interval is said to have no width.
  CHECK(format::difference(metric("npv"), Estimate{72'404.0, undefined, undefined, 0.0, 1}, "EUR") == "+72.4 k");
  CHECK(told("npv", 1'234.0, 0.3) == "+1,234 ± 0.30 (+1,234 to +1,234)");
}

TEST_CASE("format: labels within a sentence", "[report]") {
  CHECK(format::in_sentence("Net present value") == "net present value");
  CHECK(format::in_sentence("NPS by account") == "NPS by account");
}

TEST_CASE("format: padding counts columns, not bytes", "[report]") {
  CHECK(format::pad_right("Café", 6) == "Café  ");
  CHECK(format::pad_left("Café", 6) == "  Café");
  CHECK(format::pad_left("long enough", 3) == "long enough");
}
