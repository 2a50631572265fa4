// [[pool]]: timetables as they are written, over the calendar, and with changes; priorities, laws and room at touchpoints.
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/engine/program.hpp"
#include "sojourn/model/staff.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

using Steps = std::vector<std::pair<double, double>>;
constexpr double hour = 1.0 / 24.0;

std::string scenario(const std::string& pool, const std::string& call, const std::string& rest = "",
                     const std::string& start = "start = 2026-09-02\n") {
  return "schema = 1\n[scenario]\ntitle = \"t\"\nhorizon = \"10 days\"\ncustomers = 100\n" + start +
         "[[persona]]\nid = \"p\"\nshare = 1\nstarts = { call = 1 }\npriority = 2\n[[persona]]\nid = \"q\"\nshare = "
         "0\nstarts = { "
         "call = 1 }\n[[pool]]\nid = \"agents\"\n" +
         pool + "\n[[touchpoint]]\nid = \"call\"\nstage = \"purchase\"\n" + call +
         "\n[[touchpoint]]\nid = \"chat\"\nstage = \"purchase\"\nservers = 2\nhandle_time = \"1 minute\"\nnext = [ { to = "
         "\"gone\", "
         "odds = 1 } ]\n[[touchpoint]]\nid = \"gone\"\nstage = \"retention\"\nend = \"churned\"\n" +
         rest;
}

const std::string call =
    "pool = \"agents\"\nhandle_time = \"6 minutes\"\nnext = [ { to = \"chat\", odds = 1 }, { to = \"gone\", odds = 1 } ]\n";

ModelParts read(const std::string& text) {
  const Scenario scenario = parse_scenario(text, "s.toml");
  INFO(diagnostics(scenario, Severity::error));
  REQUIRE(scenario.errors() == 0);
  return scenario.parts;
}

Staff staff(const std::string& servers) { return read(scenario("servers = " + servers, call)).pools[0].servers; }

std::string errors(const std::string& text) { return diagnostics(parse_scenario(text, "s.toml"), Severity::error); }

std::string of_servers(const std::string& servers) { return errors(scenario("servers = " + servers, call)); }

std::string numbers(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i > 0 ? ", " : "") + std::to_string(i < 8 ? 0 : 3);
  return "[" + list + "]";
}

bool says(const std::string& text, const std::string& part) {
  UNSCOPED_INFO("found:\n" << text);
  return text.find(part) != std::string::npos;
}

/// Times to a second: 8 hours are written in days.
bool alike(const Steps& a, const Steps& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i].first - b[i].first) > 1e-6 || a[i].second != b[i].second) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("pools: the forms of a timetable", "[pools]") {
  CHECK(staff("7.5") == Staff{{0.0, 7.5}});
  CHECK(alike(staff("{ daily = " + numbers(24) + " }"), Steps{{0, 0},
                                                              {8 * hour, 3},
                                                              {1, 0},
                                                              {1 + 8 * hour, 3},
                                                              {2, 0},
                                                              {2 + 8 * hour, 3},
                                                              {3, 0},
                                                              {3 + 8 * hour, 3},
                                                              {4, 0},
                                                              {4 + 8 * hour, 3},
                                                              {5, 0},
                                                              {5 + 8 * hour, 3},
                                                              {6, 0},
                                                              {6 + 8 * hour, 3}}));
  const std::string closed = "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]";
  CHECK(alike(staff("{ weekly = [" + numbers(24) + "," + closed + "," + closed + "," + closed + "," + closed + "," + closed +
                    "," + closed + "] }"),
              Steps{{0, 0}, {8 * hour, 3}, {1, 0}}));
  // Shifts add up where they overlap, and a night belongs to the day on which it begins.
  CHECK(alike(staff("{ mon = { \"08:00-12:00\" = 6, \"10:30-18:00\" = 1.5 } }"),
              Steps{{0, 0}, {8 * hour, 6}, {10.5 * hour, 7.5}, {12 * hour, 1.5}, {18 * hour, 0}}));
  CHECK(alike(staff("{ sun = { \"22:00-06:00\" = 2 } }"), Steps{{0, 2}, {6 * hour, 0}, {6 + 22 * hour, 2}}));
  CHECK(alike(staff("{ sat-mon = { \"00:00-24:00\" = 1 } }"), Steps{{0, 1}, {1, 0}, {5, 1}}));
  // 0.1 and 0.2 less the two leave nothing.
  CHECK(alike(staff("{ mon = { \"08:00-12:00\" = 0.1, \"08:00-13:00\" = 0.2 } }"),
              Steps{{0, 0}, {8 * hour, 0.3}, {12 * hour, 0.2}, {13 * hour, 0}}));
}

TEST_CASE("pools: servers are written as any number is", "[pools]") {
  CHECK(alike(staff("\"2k\""), Steps{{0, 2000}}));
  CHECK(alike(staff("{ sat-sun = { \"00:00-24:00\" = \"1k\" } }"), Steps{{0, 0}, {5, 1000}}));
}

TEST_CASE("pools: timetables that make no sense", "[pools]") {
  CHECK(says(of_servers("\"six\""), "servers must be a number or a timetable"));
  CHECK(says(of_servers("{}"), "servers name no hours"));
  CHECK(says(of_servers("0"), "nobody ever serves in this pool"));
  CHECK(says(of_servers("{ daily = " + numbers(23) + " }"), "24 numbers, one for each hour, not 23"));
  CHECK(says(of_servers("{ weekly = [ " + numbers(24) + " ] }"), "weekly must be 7 lists, Monday first, not 1"));
  CHECK(says(of_servers("{ daily = " + numbers(24) + ", mon = {} }"), "mix several kinds"));
  CHECK(says(of_servers("{ mo-fri = { \"08:00-12:00\" = 6 } }"), "\"mo-fri\" is no day"));
  CHECK(says(of_servers("{ mo-fri = { \"08:00-12:00\" = 6 } }"), "did you mean \"mon-fri\"?"));
  CHECK(says(of_servers("{ mon = { \"8-12\" = 6 } }"), "\"8-12\" is no span of a day"));
  CHECK(says(of_servers("{ mon = { \"08:00-25:00\" = 6 } }"), "is no span of a day"));
  CHECK(says(of_servers("{ mon = { \"08:00-08:00\" = 6 } }"), "has no length"));
  CHECK(says(of_servers("{ mon = { \"08:00-09:00\" = -6 } }"), "servers are -6, but must be >= 0"));
  // What depends on the day of the week needs the date of day 0, what does not does not.
  CHECK(says(errors(scenario("servers = { mon = { \"08:00-09:00\" = 6 } }", call, "", "")),
             "days of the week need the date of day 0"));
  CHECK(errors(scenario("servers = { daily = " + numbers(24) + " }", call, "", "")).empty());
}

TEST_CASE("pools: a week over the calendar", "[pools]") {
  CHECK(weekday_of("2026-09-07") == 0);
  CHECK(weekday_of("2024-02-29") == 3);
  CHECK(weekday_of("2000-01-01") == 5);
  const Staff week{{0.0, 0.0}, {0.5, 2.0}, {1.0, 0.0}};  // Monday afternoons
  CHECK(staff_over(week, 0, 10.0) == Steps{{0.0, 0.0}, {0.5, 2.0}, {1.0, 0.0}, {7.5, 2.0}, {8.0, 0.0}});
  CHECK(staff_over(week, 6, 10.0) == Steps{{0.0, 0.0}, {1.5, 2.0}, {2.0, 0.0}, {8.5, 2.0}, {9.0, 0.0}});
  // Day 0 in the middle of a shift that began before it, on Sunday at noon.
  CHECK(staff_over({{0.0, 1.0}, {6.5, 3.0}}, 6, 3.0) == Steps{{0.0, 1.0}, {0.5, 3.0}, {1.0, 1.0}});
  CHECK(staff_over({{0.0, 4.0}}, 3, 1e6) == Steps{{0.0, 4.0}});
  // From a later day on: what held then, and each change from the week that it is in.
  CHECK(staff_over(week, 0, 7.75, 10.0) == Steps{{7.75, 2.0}, {8.0, 0.0}});
  CHECK(staff_over(week, 3, 4.0 - 1e-12, 4.2) == Steps{{4.0 - 1e-12, 0.0}});
  CHECK(staff_over(week, 0, 7.5, 7.5) == Steps{{7.5, 2.0}});
  CHECK(staff_over(week, 0, 8.0, 7.0).empty());
  CHECK(depends_on_weekday(week));
  CHECK_FALSE(depends_on_weekday({{0.0, 4.0}}));
}

TEST_CASE("pools: what touchpoints and personas say of their queue", "[pools]") {
  const ModelParts parts = read(
      scenario("servers = 2\ncost_per_hour = 34.5",
               "pool = [\"agents\"]\nhandle_time = { lognormal = { median = \"6 minutes\", sigma = 0.7 } }\npatience = \"4 "
               "minutes\"\npriority = -3\nanswer_within = \"1 minute\"\nroom = 30\nnext = [ { to = \"chat\", odds = 1 }, { "
               "to = \"gone\", "
               "on = \"turned-away\" }, { to = \"gone\", on = \"gave-up\" } ]\n"));
  CHECK(parts.pools[0].cost_per_hour == 34.5);
  CHECK(parts.personas[0].priority == 2);
  const Touchpoint& t = parts.touchpoints[0];
  CHECK(t.pools == std::vector<PoolId>{PoolId(0)});
  CHECK(std::get<Lognormal>(*t.handle_time).sigma == 0.7);
  CHECK(std::get<Exponential>(*t.patience).mean == 4.0 / 1440.0);
  CHECK(t.priority == -3);
  CHECK(t.answer_within == Days(1.0 / 1440.0));
  CHECK(t.room == 30u);
  CHECK(t.next[1].on == Trigger::turned_away);
  const Program program{Model(parts)};
  const ServiceRow& service = program.service(0);
  CHECK(service.priority == -3);
  CHECK(program.priority_of_persona(0) == 2);
  CHECK(service.answer_within == 1.0 / 1440.0);
  CHECK(program.staffing().queues[service.queue].room == 30u);
  CHECK(program.staffing().queues[service.queue].pools == std::vector<std::uint32_t>{0});
  CHECK(program.staffing().queues[program.service(1).queue].pools == std::vector<std::uint32_t>{1});  // its own
  // A plain duration is the mean of an exponential, and every law is drawn in units of its mean.
  CHECK(program.staffing().queues[service.queue].handle_time.front().second == Approx(mean(*t.handle_time)));
  CHECK(service.work_unit * mean(*t.handle_time) == Approx(1.0));
}

TEST_CASE("pools: what queues cannot be", "[pools]") {
  const auto with = [](const std::string& at_call) { return errors(scenario("servers = 2", at_call)); };
  const std::string next = "next = [ { to = \"gone\", odds = 1 } ]\n", takes = "handle_time = \"6 minutes\"\n";
  CHECK(says(with("pool = \"agents\"\n" + next), "pool without handle_time"));
  CHECK(says(with("pool = \"agents\"\nservers = 2\n" + takes + next), "both servers and a pool"));
  CHECK(says(with("pool = [\"agents\", \"agents\"]\n" + takes + next), "\"agents\" is named twice"));
  CHECK(says(with("pool = \"agent\"\n" + takes + next), "there is no pool \"agent\""));
  CHECK(says(with("pool = \"agent\"\n" + takes + next), "agents"));
  CHECK(says(with("pool = \"agents\"\nroom = 3\n" + takes + next), "room without an exit"));
  CHECK(says(with("pool = \"agents\"\npriority = 0.5\n" + takes + next), "priority must be a whole number"));
  CHECK(says(with("pool = \"agents\"\npriority = 101\n" + takes + next), "priority is 101"));
  CHECK(says(with("pool = \"agents\"\nhandle_time = { loglogistic = { median = 1, shape = 1 } }\n" + next),
             "handle_time has no mean"));
  CHECK(says(with("pool = \"agents\"\nhandle_time = 0\n" + next), "handle_time is 0, but must be more than 0"));
  CHECK(says(with("pool = \"agents\"\n" + takes + "next = [ { to = \"gone\", odds = 1, on = \"turned-away\" } ]\n"),
             "odds at an exit of those who are turned away"));
  CHECK(says(
      errors(scenario("servers = 2", call,
                      "[[event]]\nid = \"e\"\ntarget = { pool = \"agents\", touchpoint = \"call\" }\neffect = { servers = "
                      "\"+1\" }\n")),
      "servers of a pool cannot change for some visits only"));
}

TEST_CASE("pools: changes of servers, exact in time, and only while somebody is on duty", "[pools]") {
  const auto servers = [](const std::string& effect, const std::string& target, std::size_t pool) {
    const ModelParts parts =
        read(scenario("servers = { wed = { \"06:00-18:00\" = 2 } }", call,
                      "[[event]]\nid = \"e\"\nstart = \"12 hours\"\nend = \"8 days\"\ntarget = " + target +
                          "\neffect = { servers = " + effect + " }\n"));
    return Program{Model(parts)}.staffing().pools[pool];
  };
  const std::string agents = "{ pool = \"agents\" }";
  const Steps undone{{0, 0}, {0.25, 2}, {0.75, 0}, {7.25, 2}, {7.75, 0}};  // 2026-09-02 is a Wednesday
  CHECK(alike(servers("\"+1\"", "{ touchpoint = \"chat\" }", 0), undone));
  CHECK(alike(servers("\"+1\"", agents, 0), Steps{{0, 0}, {0.25, 2}, {0.5, 3}, {0.75, 0}, {7.25, 3}, {7.75, 0}}));
  CHECK(alike(servers("\"-50%\"", agents, 0), Steps{{0, 0}, {0.25, 2}, {0.5, 1}, {0.75, 0}, {7.25, 1}, {7.75, 0}}));
  // What is set is there at night as well.
  CHECK(alike(servers("5", agents, 0), Steps{{0, 0}, {0.25, 2}, {0.5, 5}, {8, 0}}));
  // Everything takes in both kinds of pools, a touchpoint its own alone.
  CHECK(alike(servers("\"+1\"", "{}", 0), Steps{{0, 0}, {0.25, 2}, {0.5, 3}, {0.75, 0}, {7.25, 3}, {7.75, 0}}));
  CHECK(alike(servers("\"+1\"", "{}", 1), Steps{{0, 2}, {0.5, 3}, {8, 2}}));
  CHECK(alike(servers("\"+1\"", agents, 1), Steps{{0, 2}}));
}

TEST_CASE("pools: an effect that reaches no servers has a warning", "[pools]") {
  const auto warnings = [](const std::string& target, const std::string& effect) {
    return diagnostics(
        parse_scenario(
            scenario("servers = 2", call, "[[event]]\nid = \"e\"\ntarget = " + target + "\neffect = { " + effect + " }\n"),
            "s.toml"),
        Severity::warning);
  };
  CHECK(says(warnings("{ touchpoint = \"call\" }", "servers = \"+1\""), "its target has no servers of its own"));
  CHECK_FALSE(says(warnings("{ touchpoint = \"call\" }", "handle_time = \"-10%\""), "never acts"));
  CHECK_FALSE(says(warnings("{ pool = \"agents\" }", "servers = \"+1\""), "never acts"));
  CHECK_FALSE(says(warnings("{ pool = \"agents\" }", "handle_time = \"-10%\""), "never acts"));
  CHECK_FALSE(says(warnings("{ touchpoint = \"chat\" }", "servers = \"+1\""), "never acts"));
}
