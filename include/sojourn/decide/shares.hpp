// Intervals of shares from counts of people who do not act on one another: they hold for few events too, where Student's t
// is too short or has no width.
#pragma once

namespace sojourn {

/// The ends of an interval.
struct Ends {
  double low = 0.0, high = 0.0;
};

/// The share of people to whom something happens, of whom it happened to `events` of `people` (0 <= events <= people, both
/// may be fractions; people > 0): the exact interval of Clopper & Pearson (1934), which misses with probability `error` at
/// most, and so with less than that for few events. Both ends lie in [0, 1]. NaN without people,
/// and of more than 2^53.
[[nodiscard]] Ends clopper_pearson(double events, double people, double error = 0.05);

/// The difference of two shares of the same `people`, each counted under both of two plans: `gained` have it under the first
/// only, `lost` under the second only. The score interval of Tango (1998, equations 10 and 11); ends in [-1, 1]. It is short
/// for few events: see `paired_shares`. NaN without people.
[[nodiscard]] Ends tango(double gained, double lost, double people, double error = 0.05);

/// Below this many people gained and lost, intervals of a difference come from exact limits.
inline constexpr double few_changed = 10.0;

/// The same difference with an interval that covers for few people gained and lost too. From `few_changed` on it is Tango's;
/// below, the exact limits of both counts (Clopper & Pearson 1934) are combined by the method of variance estimates recovery
/// (Zou & Donner 2008, equation 3), and the interval takes in 0 where `paired_shares_p` is not below `error`. It has width
/// even where nobody is gained or lost.
[[nodiscard]] Ends paired_shares(double gained, double lost, double people, double error = 0.05);

/// The two-sided p-value of the test that goes with `paired_shares`, that as many are gained as lost: below `few_changed`
/// the exact sign test, from there on the score test (both McNemar 1947). 1 where nobody is gained or lost, NaN of more
/// than 2^53.
[[nodiscard]] double paired_shares_p(double gained, double lost);

}  // namespace sojourn
