// Errors carry their parts as data, and say all of them in `what()`.
#include <stop_token>
#include <string>

#include "sojourn/base/error.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

TEST_CASE("every error is an Error with its parts", "[base]") {
  const auto parts = [](const auto& thrown) {
    try {
      throw thrown;
    } catch (const Error& error) {
      return error;
    }
  };
  const Error input = parts(InputError("there is no plan \"b\"", "plans: a", "my.toml"));
  CHECK(input.code() == ErrorCode::wrong_input);
  CHECK(input.message() == "there is no plan \"b\"");
  CHECK(input.hint() == "plans: a");
  CHECK(input.place() == "my.toml");
  CHECK(std::string(input.what()) == "my.toml: there is no plan \"b\"\nhint: plans: a");
  CHECK(std::string(parts(RunError("out of memory")).what()) == "out of memory");
  CHECK(parts(RunError("the disk is full", {}, {}, ErrorCode::cannot_write)).code() == ErrorCode::cannot_write);
  const Error model = parts(InvalidModel({{Severity::error, "scenario.horizon", "it is 0", "1 day"}}));
  CHECK(model.code() == ErrorCode::invalid_model);
  CHECK(model.message() == "scenario.horizon: it is 0 (1 day)");
}

TEST_CASE("a page is told the first thing that is wrong, without the lines of the file", "[base]") {
  const auto told = [](const std::string& lines, ErrorCode code = ErrorCode::invalid_scenario) {
    const ShortError error = in_short(InputError(lines, code == ErrorCode::invalid_scenario ? "" : "do it", {}, code));
    return error.message + " / " + error.hint;
  };
  const std::string first = "my.toml:3:1: error: it is 0\n    3 | x = 0\n      | ^\n",
                    second = "my.toml:4:1: error: it is 1\n";
  CHECK(told(first + "hint: make it 2\n" + second + "hint: and this 3\nsojourn: 2 errors in my.toml") ==
        "it is 0 / make it 2");
  CHECK(told(first + second + "hint: and this 3\nsojourn: 2 errors in my.toml") == "it is 0 / ");
  CHECK(told("my.toml: error: nothing is in it") == "nothing is in it / ");
  CHECK(told("there is: error: x", ErrorCode::wrong_input) == "there is: error: x / do it");
  CHECK(told("no such form") == "no such form / ");
}

TEST_CASE("a stop that is requested is thrown where it is looked for", "[base]") {
  std::stop_source source;
  throw_if_stopped(source.get_token());
  throw_if_stopped({});
  source.request_stop();
  CHECK_THROWS_AS(throw_if_stopped(source.get_token()), Interrupted);
}
