// What becomes of people if the horizon never came.
#pragma once

#include <vector>

#include "sojourn/solve/closed_form.hpp"
#include "visit_chain.hpp"

namespace sojourn {

/// Chance of reaching something, and the parts of E T and E T^2 of those who do (T is the time until then).
struct Reach {
  double chance = 0.0, first = 0.0, second = 0.0;
  Reach& operator+=(const Reach& other);
  [[nodiscard]] Moments moments() const;
};

/// The long run, and what its moments are made of so that personas can be pooled.
struct SolvedLongRun {
  LongRun figures;
  Reach purchase, end;
  double error = 0.0;  // what the probability of a step may be off by
};

/// Of one persona; `exits` is the number of exits of the journey.
[[nodiscard]] SolvedLongRun solve_long_run(const VisitChain& chain, std::size_t exits);

/// All personas by share.
[[nodiscard]] LongRun pool(const std::vector<SolvedLongRun>& personas, const std::vector<double>& shares);

}  // namespace sojourn
