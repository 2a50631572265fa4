// The words about where a plan wins.
#include <string>

#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/report/region_report.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

PlanRegions regions_of(int better, int worse, int untold) {
  PlanRegions regions;
  regions.goal = {goal_term(*find_metric("npv"))};
  regions.plan = "care";
  regions.against = "baseline";
  regions.replications = 10;
  for (const char* key : {"x", "y", "rule"}) {
    regions.keys.emplace_back();
    regions.keys.back().key = key;
    regions.coordinates.emplace_back();
  }
  regions.keys[1].unit = "day";
  regions.keys[2].values = VariedKey::List{{{0.0, "\"race\""}, {1.0, "\"choice\""}, {2.0, "\"either\""}}};
  const auto add = [&](int count, PointVerdict standing) {
    for (int i = 0; i < count; ++i) {
      for (BoxKey& key : regions.coordinates) key.values.push_back(static_cast<double>(regions.standings.size()));
      regions.standings.push_back(standing);
      regions.differences.push_back(static_cast<double>(standing));
    }
  };
  add(better, PointVerdict::better);
  add(worse, PointVerdict::worse);
  add(untold, PointVerdict::not_told);
  return regions;
}

BoxLimit limit(std::size_t key, BoxLimit::Side side, double value) {
  BoxLimit limit;
  limit.key = key;
  limit.side = side;
  limit.value = value;
  limit.quasi_p = 1e-6;
  limit.kept = 0.87;
  limit.low = value - 0.01;
  limit.high = value + 0.0123;
  return limit;
}

std::string text_of(const PlanRegions& regions) { return regions_text({regions}, {Colour::off, 400}); }
bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a box is told in one sentence, and its limits in a table") {
  PlanRegions regions = regions_of(60, 30, 10);
  JudgedBox judged;
  judged.chance = 0.005;
  judged.box = {{limit(0, BoxLimit::Side::below, 0.52), limit(1, BoxLimit::Side::above, 1.5),
                 limit(1, BoxLimit::Side::below, 4.0), limit(2, BoxLimit::Side::kinds, 0.0)},
                50.0,
                40.0,
                100.0,
                60.0};
  judged.box.limits.back().kinds = {0.0, 2.0};
  regions.better = judged;
  const std::string text = text_of(regions);
  CHECK(says(text,
             "care against baseline by net present value: better at 60 of 100 points, worse at 30; at 10 the difference is "
             "within the noise of 10 replications.\n"));
  CHECK(says(text,
             "care beats baseline in 80 % of the points where x < 0.52 and 1.5 days < y < 4 days and rule is \"race\" or "
             "\"either\": covers 67 % of its wins.\n"));
  CHECK(says(text, "0.51 to 0.532"));
  CHECK(says(text, "87 %"));
  CHECK(says(text, "< 0.0001"));
  const std::string drawing = regions_svg({regions}, "Title");
  CHECK(says(drawing, "Written by Sojourn"));
  CHECK(says(drawing, "class=\"box\""));
  // What shuffles find as well is not told, nor drawn.
  regions.better->chance = 0.34;
  CHECK(says(text_of(regions),
             "Where care beats baseline is not told: with the points' labels shuffled, a box as good as the best "
             "one is found in 34 % of the shuffles.\n"));
  CHECK_FALSE(says(text_of(regions), "covers"));
  CHECK(says(regions_svg({regions}, "Title"), "No box tells where"));
  regions.better->box.limits.clear();
  CHECK(says(text_of(regions), "No limit tells where care beats baseline: its wins lie all over the space.\n"));
}

TEST_CASE("it is said when there is nothing to find") {
  CHECK(says(text_of(regions_of(50, 0, 0)), "care beats baseline at every point.\n"));
  CHECK(says(text_of(regions_of(0, 50, 0)), "baseline beats care at every point.\n"));
  CHECK(says(text_of(regions_of(0, 0, 50)),
             "Nowhere is one of them shown to beat the other: more customers or replications may tell.\n"));
  CHECK(says(text_of(regions_of(3, 0, 47)), "care beats baseline at 3 points of 50: too few to say where.\n"));
  CHECK(says(text_of(regions_of(48, 0, 2)), "care does not beat baseline at 2 points of 50: too few to say where.\n"));
  PlanRegions one = regions_of(20, 0, 30);
  one.replications = 1;
  CHECK(says(text_of(one), "with one replication nobody knows what is noise"));
  one.replications = 2;
  CHECK(says(text_of(one), "which so few know badly: five tell more"));
}
