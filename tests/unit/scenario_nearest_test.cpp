// "Did you mean": near words are found, far ones are not offered.
#include "sojourn/base/error.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps", "[scenario]") {
  CHECK(edit_distance("quality", "quality", 3) == 0);
  CHECK(edit_distance("qualty", "quality", 3) == 1);
  CHECK(edit_distance("qualitty", "quality", 3) == 1);
  CHECK(edit_distance("qualify", "quality", 3) == 1);
  CHECK(edit_distance("quailty", "quality", 3) == 1);
  CHECK(edit_distance("kitten", "sitting", 5) == 3);
  CHECK(edit_distance("", "abc", 5) == 3);
  CHECK(edit_distance("Young_Pro", "young-pro", 3) == 0);
  CHECK(edit_distance("completely", "different", 3) == 4);
  CHECK(edit_distance(std::string(100'000, 'a'), std::string(100'000, 'a'), 3) == 4);
}

TEST_CASE("the nearest word is offered, a far one is not", "[scenario]") {
  const std::vector<std::string> keys{"quality", "effort", "carry", "satisfaction", "end", "to"};
  CHECK(nearest("qualty", keys) == "quality");
  CHECK(nearest("Effort", keys) == "effort");
  CHECK(nearest("sat", keys) == "satisfaction");
  CHECK(nearest("ends", keys) == "end");
  CHECK(nearest("price", keys).empty());
  CHECK(nearest("xy", keys).empty());
  CHECK(nearest("", keys).empty());
  CHECK(nearest("quality", {}).empty());
}

TEST_CASE("without a near word the known ones are listed", "[scenario]") {
  CHECK(suggestion("qualty", {"quality"}) == "did you mean \"quality\"?");
  CHECK(suggestion("price", {"quality", "effort"}) == "known: quality, effort");
  CHECK(suggestion("price", {}).empty());
  CHECK(suggestion("price", std::vector<std::string>(20, "x")).find("... (20 in all)") != std::string::npos);
}

TEST_CASE("a word that names nothing known is refused with what may be meant and all that is known", "[scenario]") {
  const std::vector<std::string> plans{"baseline", "care-first"};
  CHECK(position_called("plan", "care-first", plans) == 1);
  const auto refused = [&](std::string_view word, const std::vector<std::string>& known, std::string_view before) {
    try {
      static_cast<void>(position_called("plan", word, known, before));
    } catch (const InputError& error) {
      return error.message() + " | " + error.hint();
    }
    return std::string("nothing was thrown");
  };
  CHECK(refused("care-frist", plans, "--must: ") ==
        "--must: there is no plan \"care-frist\"; did you mean \"care-first\"? | plans: baseline, care-first");
  CHECK(refused("zzzzz", plans, "") == "there is no plan \"zzzzz\" | plans: baseline, care-first");
  CHECK(refused("zzzzz", {}, "") == "there is no plan \"zzzzz\" | the scenario has none");
}
