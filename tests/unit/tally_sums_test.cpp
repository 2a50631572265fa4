// Fixed-point sums: the scale, the places of the cells, and merging that has no order.
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "sojourn/tally/tally.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

TallyShape small_shape() {
  TallyShape shape;
  shape.personas = 2;
  shape.touchpoints = 3;
  shape.exits = 4;
  shape.windows = 5;
  shape.tenure_bins = 6;
  shape.pieces = 7;
  shape.paying_places = 2;
  shape.flow_kinds = 3;
  shape.referrals = true;
  return shape;
}

Tally random_tally(const TallyShape& shape, unsigned seed) {
  std::mt19937_64 random(seed);
  Tally tally(shape);
  for (int k = 0; k < 1000; ++k) {
    tally.add(random() % shape.cells(), static_cast<std::int64_t>(random()) >> 12);
    ++tally.events;
  }
  return tally;
}

}  // namespace

TEST_CASE("tally: the fixed-point scale is the largest power of two that cannot overflow", "[tally]") {
  CHECK(fixed_point_scale(0.0) == 1.0);
  CHECK(fixed_point_scale(1.0) == 0x1p30);
  CHECK(fixed_point_scale(0x1p30) == 1.0);
  CHECK(fixed_point_scale(110.0) == 0x1p23);
  for (const double largest : {1e-6, 0.3, 1.0, 3.0, 110.0, 1e6, 1e12}) {
    INFO(largest);
    const double scale = fixed_point_scale(largest);
    CHECK(largest * scale <= largest_amount);
    CHECK(largest * scale * 2.0 > largest_amount);
    int exponent = 0;
    CHECK(std::frexp(scale, &exponent) == 0.5);
  }
  // The largest block of the largest amounts fits in 64 bits.
  CHECK(std::log2(static_cast<double>(block_customers)) + std::log2(static_cast<double>(visits_per_life)) +
            std::log2(largest_amount) <=
        61.0);
  CHECK(fixed(1.3, 2.0) == 3);
  CHECK(fixed(-1.3, 2.0) == -3);
  CHECK(fixed(1.25, 2.0) == 2);  // halves to even
  CHECK(fixed(1.75, 2.0) == 4);
  CHECK(fixed(0.2, 1.0) == 0);
  CHECK(fixed(-0.2, 1.0) == 0);
  CHECK(fixed(1e9, 0x1p20) == 1'000'000'000ll << 20);
}

TEST_CASE("tally: every cell has one place and every place one cell", "[tally]") {
  const TallyShape shape = small_shape();
  std::vector<int> seen(shape.cells(), 0);
  const auto at = [&](std::size_t cell) {
    REQUIRE(cell < seen.size());
    ++seen[cell];
  };
  for (std::size_t p = 0; p < shape.personas; ++p) {
    for (std::size_t w = 0; w < shape.windows; ++w) {
      for (std::size_t s = 0; s < time_score_count; ++s) at(shape.time(p, w, static_cast<TimeScore>(s)));
    }
    for (std::size_t v = 0; v < shape.touchpoints; ++v) {
      for (std::size_t s = 0; s < touch_score_count; ++s) at(shape.touch(p, v, static_cast<TouchScore>(s)));
      for (std::size_t w = 0; w < shape.windows; ++w) at(shape.present(p, v, w));
    }
    for (std::size_t e = 0; e < shape.exits; ++e) at(shape.taken(p, e));
    for (std::size_t b = 0; b < shape.tenure_bins; ++b) {
      for (std::size_t s = 0; s < tenure_score_count; ++s) at(shape.tenure(p, b, static_cast<TenureScore>(s)));
    }
    for (std::size_t s = 0; s < person_score_count; ++s) at(shape.person(p, static_cast<PersonScore>(s)));
  }
  for (const MoneyOf whose : {MoneyOf::everybody, MoneyOf::referred}) {
    for (std::size_t i = 0; i < shape.pieces; ++i) {
      for (std::size_t k = 0; k < shape.paying_places; ++k) {
        for (std::size_t s = 0; s < paid_score_count; ++s) at(shape.paid(whose, k, i, static_cast<PaidScore>(s)));
      }
      for (std::size_t k = 0; k < shape.flow_kinds; ++k) {
        for (std::size_t s = 0; s < flow_score_count; ++s) at(shape.flow(whose, k, i, static_cast<FlowScore>(s)));
      }
    }
  }
  for (std::size_t k = 0; k < shape.flow_kinds; ++k) {
    for (std::size_t w = 0; w < shape.windows; ++w) at(shape.referred_present(k, w));
  }
  for (const int times : seen) REQUIRE(times == 1);
}

TEST_CASE("tally: merging has no order", "[tally]") {
  const TallyShape shape = small_shape();
  const std::vector<Tally> blocks{random_tally(shape, 1), random_tally(shape, 2), random_tally(shape, 3)};
  Totals forwards(shape), backwards(shape), nested(shape), inner(shape);
  for (const Tally& block : blocks) forwards.add(block);
  for (std::size_t k = blocks.size(); k-- > 0;) backwards.add(blocks[k]);
  inner.add(blocks[2]);
  inner.add(blocks[0]);
  nested.add(blocks[1]);
  nested.add(inner);
  CHECK(forwards.events() == 3000);
  CHECK(backwards.events() == 3000);
  CHECK(nested.events() == 3000);
  bool anything = false;
  for (std::size_t i = 0; i < shape.cells(); ++i) {
    REQUIRE((forwards.cell(i) == backwards.cell(i)));
    REQUIRE((forwards.cell(i) == nested.cell(i)));
    anything = anything || forwards.cell(i) != 0;
  }
  CHECK(anything);
  Tally cleared = blocks[0];
  cleared.clear();
  CHECK(cleared.events == 0);
  for (const std::int64_t cell : cleared.cells()) REQUIRE(cell == 0);
}

TEST_CASE("tally: sums are those of 128 bits wherever they outgrow 64", "[tally]") {
  const TallyShape shape = small_shape();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::int64_t> numbers{
      0, 1, -1, most, least, most / 2, least / 2, std::int64_t{1} << 61, -(std::int64_t{1} << 40)};
  std::mt19937_64 random(5);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Totals::Wide> expected(shape.cells(), 0);
    std::vector<Totals> parts(3, Totals(shape));
    // Small numbers only, or any: at whatever step the first one comes that does not fit.
    const std::size_t kinds = trial % 4 == 0 ? 3 : numbers.size();
    for (int step = 0; step < 12; ++step) {
      Tally tally(shape);
      for (int k = 0; k < 5; ++k) {
        const std::size_t cell = random() % shape.cells();
        if (tally.cells()[cell] != 0) continue;
        tally.add(cell, numbers[random() % kinds]);
        expected[cell] += tally.cells()[cell];
      }
      Totals& part = parts[random() % parts.size()];
      part.add(tally);
      // Sums may wait for the next with only those cells that are not 0.
      if (trial % 2 == 0) part.pack();
      part.unpack();
    }
    Totals all(shape);
    for (const std::size_t k : {2u, 0u, 1u}) all.add(parts[k]);
    bool equal = true;
    for (std::size_t i = 0; i < shape.cells(); ++i) equal = equal && all.cell(i) == expected[i];
    REQUIRE(equal);
  }
}

TEST_CASE("tally: totals go beyond 64 bits, stocks are running sums", "[tally]") {
  const TallyShape shape = small_shape();
  Tally full(shape);
  full.add(0, std::int64_t{1} << 62);
  Totals totals(shape);
  for (int k = 0; k < 8; ++k) totals.add(full);
  CHECK(totals.value(0) == 0x1p65);
  CHECK(totals.value(0, 0x1p60) == 32.0);

  Tally changes(shape);
  changes.add(shape.time(1, 0, TimeScore::customers), 5);
  changes.add(shape.time(1, 2, TimeScore::customers), -2);
  changes.add(shape.time(0, 0, TimeScore::customers), 100);
  changes.add(shape.present(1, 2, 1), 3);
  changes.add(shape.present(1, 2, 4), -1);
  Totals stocks(shape);
  stocks.add(changes);
  CHECK(static_cast<int>(stocks.stock(1, 0, TimeScore::customers)) == 5);
  CHECK(static_cast<int>(stocks.stock(1, 1, TimeScore::customers)) == 5);
  CHECK(static_cast<int>(stocks.stock(1, 4, TimeScore::customers)) == 3);
  CHECK(stocks.present(1, 2) == std::vector<std::int64_t>{0, 3, 3, 3, 2});
}

TEST_CASE("tally: what stands at the horizon is the same in cells of 64 and of 128 bits", "[tally]") {
  TallyShape shape = small_shape();
  shape.surveys = 1;
  shape.account_segments = 2;
  for (const int bits : {12, 20, 36}) {  // of the numbers that are added up, to be kept in fewer bits or more
    std::mt19937_64 random(7);
    Tally tally(shape), large(shape), back(shape);
    for (std::size_t k = 0; k < shape.cells(); ++k) tally.add(k, static_cast<std::int64_t>(random()) >> (64 - bits));
    large.add(0, std::int64_t{1} << 61);
    back.add(0, -(std::int64_t{1} << 61));
    Totals narrow(shape), wide(shape);
    narrow.add(tally);
    wide.add(tally);
    for (int k = 0; k < 4; ++k) wide.add(large);
    for (int k = 0; k < 4; ++k) wide.add(back);
    Totals one = narrow.at_horizon(), other = wide.at_horizon();
    std::int64_t customers = 0, customers_at_ends = 0;
    for (std::size_t w = 0; w < shape.windows; ++w) {
      customers += tally.cells()[shape.time(1, w, TimeScore::customers)];
      customers_at_ends += customers;
    }
    CHECK(one.cell(one.shape().time(1, 0, TimeScore::customers)) == customers);
    for (int sum = 1; sum <= 3; ++sum, one.add(narrow.at_horizon()), other.add(wide.at_horizon())) {
      for (std::size_t k = 0; k < one.shape().cells(); ++k) REQUIRE(one.cell(k) == other.cell(k));
    }
    // Beside it what windows count of the survey itself.
    Totals::Wide counted = customers_at_ends;
    for (std::size_t w = 0; w < shape.windows; ++w) counted += tally.cells()[shape.survey(0, 1, w, SurveyScore::customers)];
    CHECK(narrow.at_horizon().cell(one.shape().survey(0, 1, 0, SurveyScore::customers)) == counted);
  }
}
