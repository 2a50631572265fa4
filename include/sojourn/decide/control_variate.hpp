// The solved twin of a journey as control variate: what is known exactly of a journey that is almost the same takes out of
// the estimates the luck that both share (Lavenberg & Welch 1981; Glasserman 2003, chapter 4).
#pragma once

#include <string>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/solve/closed_form.hpp"

namespace sojourn {

/// A model that has a closed form, and what was taken out of another to get it, in sentences.
struct SolvableTwin {
  Model model;
  std::vector<std::string> without;
};

/// The twin of `model` under its plan: slopes 0, traits as probabilities at their mean, no change of exits within the
/// horizon; all else as it was, the random numbers too. Throws InputError where customers are coupled: such a model has no
/// twin.
[[nodiscard]] SolvableTwin solvable_twin(const Model& model);

/// An estimate with its twin's luck taken out, and what that saves. NaN where there is none.
struct ControlledEstimate {
  double mean = 0.0, low = 0.0, high = 0.0;  // 95 % interval: Student's t with n - 2 degrees of freedom
  double coefficient = 0.0;                  // of the control, by regression over the samples
  double variance_ratio = 0.0;               // variance of the plain estimate / of this one
  double net_ratio = 0.0;                    // the same at equal cost: times visits of the run / visits of both
};

/// By metric, in the order of `metrics()`.
struct ControlVariate {
  std::vector<ControlledEstimate> metrics;
  std::vector<std::string> without;  // what the twin does not have
  double run_visits = 0.0, twin_visits = 0.0;
};

/// X - b (T - t) from sample values x of the run and c of the twin on the same luck, where T is the twin's value over all
/// samples and t what it is known to be. b is the regression's slope; the interval allows for b being estimated and for the
/// width of t. `point` and `twin` are the values of all samples pooled. NaN with fewer than 4 samples or without variance.
[[nodiscard]] ControlledEstimate controlled(double point, const std::vector<double>& x, double twin,
                                            const std::vector<double>& c, const Bracket& known);

/// The first plan of `run` corrected by `twin`, the samples of the solvable twin under the same seed, customers and
/// replications, and its closed form `solved`. Throws std::invalid_argument where the numbers of replications or of samples
/// differ, and RunError where the twin's simulation contradicts its closed form (by more than chance does once in a
/// million): then one of the two is wrong, and so would the correction be.
[[nodiscard]] ControlVariate control_variate(const Samples& run, const Samples& twin, const ClosedForm& solved);

}  // namespace sojourn
