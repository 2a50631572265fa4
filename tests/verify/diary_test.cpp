// Diaries are the lives that the sums count: written down or not, nothing changes.
#include "sojourn/engine/diary.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr std::uint32_t people = 400;

Model few_people(const std::string& scenario) {
  ModelParts parts = shipped(scenario);
  parts.settings.customers = people;
  parts.settings.replications = 2;
  return apply(Model(parts), PlanId(parts.plans.size() - 1));
}

std::vector<Diary> diaries(const Model& model, const std::vector<std::uint32_t>& customers, int threads = 1) {
  RunOptions options;
  options.threads = threads;
  return write_diaries(model, customers, options);
}

std::vector<std::uint32_t> everybody() {
  std::vector<std::uint32_t> all(people);
  std::iota(all.begin(), all.end(), 0u);
  return all;
}

/// What diaries and the sums of a run both know.
struct Counts {
  std::vector<std::int64_t> visits, quality, gave_up, taken;
  std::int64_t arrived = 0, bought = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts count(const Model& model, const std::vector<Diary>& lives) {
  const ModelParts& parts = model.parts();
  std::size_t exits = 0;
  for (const Touchpoint& touchpoint : parts.touchpoints) exits += touchpoint.next.size();
  const std::vector<std::int64_t> none(parts.touchpoints.size(), 0);
  Counts counts{none, none, none, std::vector<std::int64_t>(exits, 0)};
  for (const Diary& life : lives) {
    if (life.visits.empty()) continue;
    ++counts.arrived;
    counts.bought += life.visits.back().after.bought;
    for (const DiaryEntry& entry : life.visits) {
      ++counts.visits[entry.visit.touchpoint];
      counts.gave_up[entry.visit.touchpoint] += entry.visit.line == InLine::gave_up;
      if (entry.visit.appraised) counts.quality[entry.visit.touchpoint] += fixed_score(entry.visit.quality);
      if (entry.stay.exit >= 0) ++counts.taken[static_cast<std::size_t>(entry.stay.exit)];
    }
  }
  return counts;
}

Counts count(const Model& model) {
  const std::vector<PlanId> plans{model.plan()};
  const RunResult result = run(model, plans);
  const Totals& totals = result.totals.front().front();
  const TallyShape& shape = totals.shape();
  Counts counts;
  counts.taken.resize(shape.exits);
  const auto cell = [&](std::size_t at) { return static_cast<std::int64_t>(totals.cell(at)); };
  for (std::size_t v = 0; v < shape.touchpoints; ++v) {
    std::int64_t visits = 0, quality = 0, gave_up = 0;
    for (std::size_t p = 0; p < shape.personas; ++p) {
      visits += cell(shape.touch(p, v, TouchScore::visits));
      quality += cell(shape.touch(p, v, TouchScore::quality));
      gave_up += cell(shape.touch(p, v, TouchScore::gave_up));
    }
    counts.visits.push_back(visits);
    counts.quality.push_back(quality);
    counts.gave_up.push_back(gave_up);
  }
  for (std::size_t p = 0; p < shape.personas; ++p) {
    counts.arrived += cell(shape.person(p, PersonScore::arrived));
    for (std::size_t e = 0; e < shape.exits; ++e) counts.taken[e] += cell(shape.taken(p, e));
    for (std::size_t w = 0; w < shape.windows; ++w) counts.bought += cell(shape.time(p, w, TimeScore::bought));
  }
  return counts;
}

bool same(const Diary& a, const Diary& b) {
  return a.customer == b.customer && a.account == b.account && a.traits == b.traits &&
         std::equal(a.visits.begin(), a.visits.end(), b.visits.begin(), b.visits.end(),
                    [](const DiaryEntry& x, const DiaryEntry& y) {
                      return x.visit.time == y.visit.time && x.visit.touchpoint == y.visit.touchpoint &&
                             x.visit.quality == y.visit.quality && x.after.satisfaction == y.after.satisfaction &&
                             x.after.heard == y.after.heard && x.reviews == y.reviews && x.stay.exit == y.stay.exit &&
                             x.stay.until == y.stay.until;
                    });
}

}  // namespace

TEST_CASE("diaries of everybody add up to the sums of a run", "[verify]") {
  for (const std::string scenario :
       {"coffee.toml", "telecom.toml", "contact-centre.toml", "b2b-software.toml", "retail-word-of-mouth.toml"}) {
    INFO(scenario);
    const Model model = few_people(scenario);
    const std::vector<Diary> lives = diaries(model, everybody());
    const Counts counts = count(model);
    CHECK(count(model, lives) == counts);
    // The twin: one life left out.
    std::vector<Diary> fewer = lives;
    fewer.erase(fewer.begin() + first_to_arrive(model, 1).front());
    CHECK_FALSE(count(model, fewer) == counts);
  }
}

TEST_CASE("a diary is the same whoever else is written down, and whatever the threads", "[verify]") {
  for (const std::string scenario : {"coffee.toml", "b2b-software.toml", "retail-word-of-mouth.toml"}) {
    INFO(scenario);
    const Model model = few_people(scenario);
    const std::vector<Diary> all = diaries(model, everybody(), 3);
    const std::vector<std::uint32_t> asked = first_to_arrive(model, 5);
    const std::vector<Diary> some = diaries(model, asked);
    REQUIRE(some.size() == 5);
    for (std::size_t k = 0; k < asked.size(); ++k) {
      CHECK_FALSE(some[k].visits.empty());
      CHECK(same(some[k], all[asked[k]]));
      CHECK_FALSE(same(some[k], all[asked[k] + 1]));  // the twin: another life
    }
  }
}

TEST_CASE("diaries hold who still stands in line, who gave up and when, and what reviews said at a queue", "[verify]") {
  const ModelParts parts = build(parse_scenario(R"(schema = 1
[scenario]
title = "t"
horizon = "12 days"
window = "1 day"
customers = 400
[reviews]
probability = 1.0
weight = 5
[[persona]]
id = "reader"
share = 1
starts = { ask = 1.0 }
traits.patience = "20 days"
arrives = { uniform = [0, 10] }
[[touchpoint]]
id = "ask"
stage = "consideration"
reads_reviews = true
servers = 2
handle_time = "2 hours"
next = [ { to = "bought", odds = 1, heard = 2 }, { to = "gone", odds = 1 }, { to = "gone", on = "gave-up" } ]
[[touchpoint]]
id = "bought"
stage = "purchase"
quality = { mean = 1.0, sd = 0.0 }
next = [ { to = "bought", odds = 1, after = "100 days" } ]
[[touchpoint]]
id = "gone"
stage = "consideration"
end = "lost"
)",
                                                "readers.toml"))
                               .parts();
  const Model model(parts);
  const std::vector<Diary> lives = diaries(model, everybody());
  CHECK(count(model, lives) == count(model));
  std::size_t waiting = 0, gave_up = 0, read = 0;
  for (const Diary& life : lives) {
    for (const DiaryEntry& entry : life.visits) {
      waiting += entry.visit.line == InLine::waiting;
      gave_up += entry.visit.line == InLine::gave_up && entry.visit.wait > 0.0;
      read += entry.visit.line == InLine::served && entry.reviews > 0.0f;
    }
  }
  CHECK(waiting > 50);
  CHECK(gave_up > 20);
  CHECK(read > 50);
  // The twin: one who waits is left out.
  std::vector<Diary> fewer = lives;
  for (Diary& life : fewer) {
    if (life.visits.empty() || life.visits.back().visit.line != InLine::waiting) continue;
    life.visits.pop_back();
    break;
  }
  CHECK_FALSE(count(model, fewer) == count(model));
}
