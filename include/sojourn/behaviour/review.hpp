// Public ratings: who posts one, and what a prospect makes of them. MODEL.md section 3, Reviews.
#pragma once

#include <cstdint>

#include "sojourn/base/numeric.hpp"

namespace sojourn::behaviour {

/// Chance that a customer posts a rating after an encounter appraised as s in [0, 1]:
///   p = clip(probability e^(extremity |2 s - 1|), 0, 1)
/// probability in [0, 1] is that of the lukewarm, extremity >= 0 how much more the delighted and the angry post: ratings are
/// J-shaped because people select themselves (Hu, Zhang & Pavlou 2009). Exactly 0 at probability 0.
SOJOURN_INLINE float posting_probability(float appraisal, float probability, float extremity) {
  const float side = 2.0f * appraisal - 1.0f;
  const float size = side < 0.0f ? -side : side;
  return numeric::clip_to_one(probability * numeric::exp(extremity * size));
}

/// The rating posted, 1 to 5 stars: 1 + floor(4 s + 1/2).
SOJOURN_INLINE std::int32_t rating(float appraisal) { return 1 + static_cast<std::int32_t>(4.0f * appraisal + 0.5f); }

/// What is on public view: `volume` reviews with `stars` in sum, both fading with age. In real reviews: the simulated ones
/// times market / customers.
struct PublicRecord {
  double volume = 0.0;
  double stars = 0.0;
};

/// The record `width` days later, with `posted` new reviews of `stars` in sum:
///   V = V e^(-width / remembered) + posted;   R = R e^(-width / remembered) + stars
/// `remembered` > 0 in days: old reviews count less.
SOJOURN_INLINE PublicRecord renew(PublicRecord record, double width, double remembered, double posted, double stars) {
  const double kept = numeric::exp(-width / remembered);
  return {record.volume * kept + posted, record.stars * kept + stars};
}

/// The public average R / V in [1, 5]; 3 without reviews.
SOJOURN_INLINE double average_rating(PublicRecord record) {
  return record.volume > 0.0 ? record.stars / record.volume : 3.0;
}

/// How many neutral reviews a prospect has in mind before reading any: from that many on, reviews weigh half. An assumption.
inline constexpr double prior_reviews = 10.0;

/// What reading the record adds to social proof H at this visit, in [-weight, weight]:
///   weight (average - 3) / 2 V / (V + prior_reviews)
/// Valence and volume both act (Chevalier & Mayzlin 2006; Duan, Gu & Whinston 2008): the average of the reviews and of
/// `prior_reviews` of 3 stars, on a scale from -1 to 1. Exactly 0 without reviews and at weight 0.
SOJOURN_INLINE float proof_of_reviews(PublicRecord record, double weight) {
  return static_cast<float>(weight * (record.stars - 3.0 * record.volume) / (2.0 * (record.volume + prior_reviews)));
}

}  // namespace sojourn::behaviour
