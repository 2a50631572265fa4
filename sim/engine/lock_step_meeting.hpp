// What a visit means to others, and what others make of it: reviews and gates.
#pragma once

#include "lock_step_block.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"
#include "sojourn/behaviour/review.hpp"

namespace sojourn::lock_step {
namespace {

void post_reviews(Block& b) {
  const int padded = b.padded();
  const MarketView& market = *b.task.market;
  const auto purpose = static_cast<std::uint32_t>(Purpose::review) | (b.task.replication << 8);
  philox_columns(b.c.customer, purpose, b.c.event, b.padded(), b.task.seed[0], b.task.seed[1],
                 {b.s.more_words[0], b.s.more_words[1], b.s.more_words[2], b.s.more_words[3]});
  const float probability = market.posting_probability, extremity = market.posting_extremity;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const bool posts =
        sojourn::uniform(b.s.more_words[0][i]) < behaviour::posting_probability(b.s.appraisal[i], probability, extremity);
    b.s.marks[i] = posts && b.c.code[i] >= Code::promoter ? 1 : 0;
  }
  const int posting = b.list_marked();
  *market.reviews_posted += static_cast<std::uint64_t>(posting);
  for (int k = 0; k < posting; ++k) {
    *market.stars_posted += static_cast<std::uint64_t>(behaviour::rating(b.s.appraisal[b.s.marked[k]]));
  }
}

/// The customer in lane i has come to a touchpoint that is a gate for the accounts of some segment, or `of_all`.
void hold_at_gate(Block& b, int i, bool of_all) {
  const MarketView& market = *b.task.market;
  const std::int32_t touchpoint = b.c.place[i] - b.c.persona[i] * b.t.touchpoints;
  if (!of_all && !market.at_gate(market, b.c.customer[i], touchpoint)) return;
  market.held(market.events, b.c.customer[i], b.s.effort[i], static_cast<std::uint32_t>(touchpoint), b.s.solved[i] != 0);
  b.apart.lane[b.apart_count] = i;
  b.apart.luck[b.apart_count] = b.c.luck[i];
  ++b.apart_count;
}

/// What the visit means to others, and what others make of it: ratings and gates.
void meet_market(Block& b) {
  const int padded = b.padded();
  const MarketView& market = *b.task.market;
  if (market.posting) post_reviews(b);
  const std::int32_t* coupling = b.integers(Field::coupling);
  b.apart_count = 0;
  if (b.t.couples) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      b.s.marks[i] = (coupling[i] & Coupling::gate) != 0 ? 1 : 0;
    }
    const int marked = b.list_marked();
    for (int k = 0; k < marked; ++k) {
      const int i = b.s.marked[k];
      hold_at_gate(b, i, (coupling[i] & Coupling::gate_of_all) != 0);
    }
  }
  if (!b.t.hears) return;
  const float reviews = market.reviews;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const bool reads = (coupling[i] & Coupling::reads_reviews) != 0 && b.c.bought[i] == 0;
    b.s.heard[i] = reads ? b.c.heard[i] + reviews : b.c.heard[i];
  }
}

/// Those who are held have made no choice: their luck is what it was.
void stay_at_gates(Block& b) {
  for (int k = 0; k < b.apart_count; ++k) {
    const int i = b.apart.lane[k];
    b.c.luck[i] = b.apart.luck[k];
    b.s.chosen[i] = -1;
  }
}

}  // namespace
}  // namespace sojourn::lock_step
