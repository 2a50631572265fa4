// Quantities and effects as people write them.
#include "sim/scenario/units.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/quantity.hpp"
#include "tests/catch.hpp"

using namespace sojourn;
using namespace sojourn::scenario;

namespace {

double days(std::string_view text) {
  const Parsed<double> parsed = parse_duration(text);
  INFO(text << ": " << parsed.message);
  REQUIRE(parsed.value);
  return *parsed.value;
}

Effect effect(std::string_view text, EffectUnit unit = EffectUnit::number) {
  const Parsed<Effect> parsed = parse_effect(text, Parameter::quality, unit);
  INFO(text << ": " << parsed.message);
  REQUIRE(parsed.value);
  return *parsed.value;
}

}  // namespace

TEST_CASE("durations are in days", "[scenario]") {
  CHECK(days("36 hours") == 1.5);
  CHECK(days("12 minutes") == 12.0 / 1440.0);
  CHECK(days("1 second") == 1.0 / 86400.0);
  CHECK(days("3 days") == 3.0);
  CHECK(days("1 day") == 1.0);
  CHECK(days("2 weeks") == 14.0);
  CHECK(days("6 months") == 6.0 * 365.25 / 12.0);
  CHECK(days("1 year") == 365.25);
  CHECK(days(" 1.5e1 days ") == 15.0);
  CHECK(days("-2 minutes") == -2.0 / 1440.0);
  CHECK(days("5days") == 5.0);
}

TEST_CASE("what is no duration says why", "[scenario]") {
  CHECK(parse_duration("12").hint == "write \"12 days\", or 12 without quotes for days");
  CHECK(parse_duration("12 mnths").hint == "did you mean \"months\"?");
  CHECK(parse_duration("1 moth").hint == "did you mean \"month\"?");
  CHECK(parse_duration("5 min").hint == "write \"minutes\" in full");
  CHECK(parse_duration("1 quarter").hint == "a quarter is \"3 months\"");
  CHECK(parse_duration("1,5 days").hint == "write 1.5 days");
  CHECK(parse_duration("1 year 6 months").hint == "use the smaller unit alone: \"18 months\", \"90 minutes\"");
  CHECK(parse_duration("2 per month").message == "\"2 per month\" is a rate, here stands a duration");
  for (const char* wrong : {"", " ", "days", "soon", "1e999 days", "1e308 years", "nan days", "inf days", "0x10 days",
                            "1_0 days", "- 2 days", "1..2 days"}) {
    CHECK_FALSE(parse_duration(wrong).value);
    CHECK_FALSE(parse_duration(wrong).message.empty());
  }
}

TEST_CASE("rates are per day", "[scenario]") {
  CHECK(*parse_rate("0.5 per day").value == 0.5);
  CHECK(*parse_rate("0.2 per month").value == 0.2 / (365.25 / 12.0));
  CHECK(*parse_rate("1 per hour").value == 24.0);
  CHECK(*parse_rate("7 per week").value == 1.0);
  for (const char* wrong : {"", "0.5", "0.5 a month", "0.5 / month", "0.5 per moon", "3 days", "per month"}) {
    CHECK_FALSE(parse_rate(wrong).value);
  }
}

TEST_CASE("effects add, multiply or set", "[scenario]") {
  CHECK(effect("+0.1").operation == Operation::add);
  CHECK(effect("+0.1").value == 0.1);
  CHECK(effect("-0.1").value == -0.1);
  CHECK(effect("+ 0.1").value == 0.1);
  CHECK(effect("-20%").operation == Operation::multiply);
  CHECK(effect("-20%").value == 0.8);
  CHECK(effect("+20 %").value == 1.2);
  CHECK(effect("= 0.9").operation == Operation::set);
  CHECK(effect("=0.9").value == 0.9);
  CHECK(effect("= -3").value == -3.0);
  CHECK(effect("= 8 minutes", EffectUnit::duration).value == 8.0 / 1440.0);
  CHECK(effect("-2 minutes", EffectUnit::duration).operation == Operation::add);
  CHECK(effect("-2 minutes", EffectUnit::duration).value == -2.0 / 1440.0);
  CHECK(effect("-20%", EffectUnit::duration).operation == Operation::multiply);
}

TEST_CASE("unclear effects are refused with the way to write them", "[scenario]") {
  const auto hint = [](std::string_view text, EffectUnit unit = EffectUnit::number) {
    const Parsed<Effect> parsed = parse_effect(text, Parameter::quality, unit);
    CHECK_FALSE(parsed.value);
    return parsed.hint;
  };
  CHECK(hint("0.1") == "write \"+0.1\" to add it, \"= 0.1\" to set it");
  CHECK(hint("20%") == "write \"+20%\" or \"-20%\"");
  CHECK(hint("= 20%") == "write \"= 0.2\", or \"-20%\" for a fifth less");
  CHECK(hint("x1.2") == "multiply by a percentage: \"+20%\" is times 1.2");
  CHECK(hint("+0,1") == "write \"+0.1\"");
  CHECK(hint("-1 day", EffectUnit::factor).find("a delay is stretched") == 0);
  for (const char* wrong : {"", "+", "=", "better", "+-1", "--1", "+1 day", "+%", "+1e999", "= inf"})
    static_cast<void>(hint(wrong));
}

TEST_CASE("numbers do not depend on the locale", "[scenario]") {
  CHECK(*parse_number("1.5") == 1.5);
  CHECK(*parse_number("+1e3") == 1000.0);
  CHECK(*parse_number("0.30000000000000004") == 0.30000000000000004);
  for (const char* wrong : {"", "1,5", "1.", ".5", "1e", "0x1", "nan", "inf", "1 ", "1_000", "1e999"})
    CHECK_FALSE(parse_number(wrong));
}

TEST_CASE("quantities with commas are told how they should have been written", "[scenario]") {
  CHECK(parse_duration("50,000 days").hint == "write 50000 days");
  CHECK(parse_duration("1,000").hint == "write \"1000 days\", or in another unit");
  CHECK(parse_rate("1,5").hint == "write \"1.5 per day\", or in another unit");
  CHECK(parse_rate("0,2 per month").hint == "write 0.2 per month");
  CHECK(parse_effect("+1,000", Parameter::cost, EffectUnit::number).hint == "write \"+1000\"");
  CHECK(parse_effect("= 0,9", Parameter::quality, EffectUnit::number).hint == "write \"= 0.9\"");
}

TEST_CASE("effects have numbers with suffixes, as all keys have", "[scenario]") {
  const auto is = [](const char* text, Operation operation, double value) {
    const auto effect = parse_effect(text, Parameter::cost, EffectUnit::number).value;
    return effect && effect->operation == operation && effect->value == value;
  };
  CHECK(is("+1.5M", Operation::add, 1.5e6));
  CHECK(is("-2k", Operation::add, -2000.0));
  CHECK(is("= 1.2 k", Operation::set, 1200.0));
  CHECK_FALSE(is("2k", Operation::add, 2000.0));
  CHECK_FALSE(is("= 25 %", Operation::set, 0.25));
}

TEST_CASE("effects as people write them elsewhere are told how they should have been written", "[scenario]") {
  const auto hint = [](const char* text) { return parse_effect(text, Parameter::cost, EffectUnit::number).hint; };
  CHECK(hint("-20,5%") == "write \"-20.5%\"");
  CHECK(hint("-20,5 %") == "write \"-20.5%\"");
  CHECK(hint("-20 per cent") == "write \"-20%\"");
  CHECK(hint("+20 EUR") == "write \"+20\"");
  CHECK(hint("= 1.000,50 €") == "write \"= 1000.50\"");
  CHECK(hint("+1,5M") == "write \"+1.5M\"");
  CHECK(hint("dear") == "\"+0.1\" adds, \"-20%\" takes a fifth away, \"= 0.9\" sets");
}

TEST_CASE("numbers as people write them elsewhere are written anew", "[base]") {
  const auto anew = [](const char* text) {
    const auto found = rewritten_number(text);
    return found ? found->text + (found->currency ? " currency" : "") : std::string();
  };
  CHECK(anew("1,5M") == "1.5M");
  CHECK(anew("1.5 million") == "1.5M");
  CHECK(anew("2 Mio EUR") == "2M currency");
  CHECK(anew("3 Mrd.") == "3bn");
  CHECK(anew("12 thousand") == "12k");
  CHECK(anew("1000 EUR") == "1000 currency");
  CHECK(anew("EUR 1000") == "1000 currency");
  CHECK(anew("12,50€") == "12.50 currency");
  CHECK(anew("-€ 1,000") == "-1000 currency");
  CHECK(anew("50.000 CHF") == "50000 currency");
  CHECK(anew("1.000.000") == "1000000");
  CHECK(anew("1'000") == "1000");
  CHECK(anew("1 000") == "1000");
  CHECK(anew("-20,5 %") == "-20.5%");
  CHECK(anew("20 percent") == "20%");
  // What is read as it is, and what is no number.
  for (const char* none :
       {"", "5", "-1.5", "700k", "1.2M", "25 %", "5 days", "basket", "EUR", "EUR5", "5 x", "1,2,3", "a 5"}) {
    INFO(none);
    CHECK(anew(none).empty());
  }
  CHECK(rewritten_number("1,5M")->hint() == "write \"1.5M\", which is 1500000");
  CHECK(rewritten_number("1000 EUR")->hint() == "write 1000; the currency stands in [scenario] alone");
  CHECK(rewritten_number("20 percent")->hint() == "write \"20%\"");
}

TEST_CASE("numbers with commas are told how they should have been written", "[scenario]") {
  CHECK(comma_hint("50,000") == "write 50_000 or 50000; decimals stand behind a point");
  CHECK(comma_hint("-1,250,000") == "write -1_250_000 or -1250000; decimals stand behind a point");
  CHECK(comma_hint("1,250.5") == "write 1_250.5 or 1250.5");
  CHECK(comma_hint("1.250,50") == "write 1_250.50 or 1250.50");
  CHECK(comma_hint("1.250.000") == "write 1_250_000 or 1250000");
  CHECK(comma_hint("0,5") == "write 0.5");
  CHECK(comma_hint("0,500") == "write 0.500");
  CHECK(comma_hint("1250,5") == "write 1250.5");
  CHECK(comma_hint("12,5") == "write 12.5");
  for (const char* none : {"", "5", "1.5", "a,b", "1,2,3", ",5", "5,", "1,25,000"}) {
    INFO(none);
    CHECK(comma_hint(none).empty());
  }
}
