// The closed form of a journey that nothing couples and no slope bends: an absorbing semi-Markov chain (MODEL.md section
// 10).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/engine/program.hpp"

namespace sojourn {

/// A solved figure between rigorous bounds, low <= mean <= high; all three are equal where it is exact. NaN: undefined.
struct Bracket {
  double mean = 0.0, low = 0.0, high = 0.0;
};

/// Mean and standard deviation in days; infinite where the integral diverges, NaN where nobody is concerned.
struct Moments {
  double mean = 0.0, sd = 0.0;
};

/// What becomes of a person if the horizon never came: the fundamental matrix N = (I - P)^-1 of the chain of visits (Kemeny
/// & Snell 1960) and the moments of semi-Markov passage times (Cinlar 1969). Per person, counted from arrival.
struct LongRun {
  std::vector<double> visits;  // [touchpoint]; infinite at those of a circle that nobody leaves
  std::vector<double> taken;   // [exit, in the order of the file]; likewise
  std::vector<double> ends;    // [touchpoint] chance of ending there; 0 where the touchpoint is no end
  double stays = 0.0;          // chance of staying at a touchpoint for ever: probabilities that leave a remainder
  double circles = 0.0;        // chance of going round for ever in a circle without a way to an end
  double buys = 0.0;           // chance of ever buying
  Moments time_to_purchase;    // of those who ever buy
  Moments life;                // from arrival to an end, of those who reach one
};

/// People by standing at one time, as shares of all who arrive within the horizon: before it, some have yet to come.
struct StandingShares {
  Bracket prospects, lost, customers, churned, bought;
};

/// The same figures as a run's, as expectations. Per person who arrives within the horizon, unless said otherwise.
struct AtHorizon {
  double arrived = 0.0;                         // share of people who arrive within the horizon
  std::vector<Bracket> visits;                  // [touchpoint]
  std::vector<Bracket> taken;                   // [exit]
  std::vector<std::vector<Bracket>> occupancy;  // [window][touchpoint]: share present at the window's end
  std::vector<StandingShares> standing;         // [window]: at its end
  std::vector<Bracket> metrics;  // in the order of `metrics()`; NaN for those that the closed form does not give
};

struct Solution {
  std::string id, name;  // of the persona
  double share = 0.0;    // of people
  LongRun long_run;
  AtHorizon at_horizon;
};

/// The closed form of one plan.
struct ClosedForm {
  std::vector<Solution> personas;
  Solution pooled;                  // all personas by share; id and name empty
  std::vector<std::string> exits;   // "from -> to", in the order of the file
  std::vector<double> window_ends;  // days
  double step = 0.0;                // days between the grid's points on which the renewal equation was solved
  std::size_t steps = 0;            // of the grid within the horizon
  bool exact = false;               // nothing had to be rounded to the grid: every bracket is a point
  std::vector<std::string> notes;   // what is not given, and why, in sentences
};

/// How finely to solve.
struct SolveOptions {
  double width = 1e-4;             // stop when the brackets of all shares of people are narrower
  std::size_t most_steps = 65536;  // never more points than this; the brackets then are as wide as they are
};

/// Something that prevents the closed form. `obstacle_words` (report/solution.hpp) says it in a sentence.
struct Obstacle {
  enum class Kind {
    word_of_mouth,      // what customers hear couples their lives
    reviews,            // public ratings couple the customers' lives
    queues,             // queues couple the customers' lives
    accounts,           // the members of an account decide together
    rules,              // a rule switches an improvement on when a figure asks for it
    closed_loop,        // a survey sends customers where their answer sends them
    slope,              // the odds of an exit follow what moves within a life
    varying_trait,      // a trait that varies within a persona decides about an exit
    carried,            // a clock, a counter or a condition makes an exit depend on what was before
    change_on_the_way,  // a change begins, ramps or ends within the horizon and moves what decides the exits
    exits_on_the_way,   // the exits of a touchpoint change within the horizon
  };
  Kind kind = Kind::slope;
  std::string
      place;  // the key as in `--set` ("touchpoint.ad.next[0].satisfaction", "event.rush"); of what couples, the table
  std::string touchpoint;                      // id, where the obstacle is at one
  std::string to = {};                         // of a slope: the touchpoint that the exit leads to
  std::string follows = {};                    // of a slope: the state, as its key (`state_slopes`); of a trait its name
  std::string persona = {};                    // of a trait
  double value = 0.0;                          // of a slope
  std::optional<double> start = {}, end = {};  // of a change, in days; none: with the run
  bool ramp = false;                           // of a change

  bool operator==(const Obstacle&) const = default;
};

/// Thrown where there is no closed form (code `no_closed_form`), or no solvable twin (`no_solvable_twin`).
class NoClosedForm : public InputError {
 public:
  NoClosedForm(ErrorCode code, std::vector<Obstacle> obstacles, bool has_twin);
  /// Everything that prevents it, in the order of the journey.
  [[nodiscard]] const std::vector<Obstacle>& obstacles() const { return obstacles_; }
  /// Whether the journey has a solvable twin, so that a control variate can use what can be solved.
  [[nodiscard]] bool has_twin() const { return has_twin_; }

 private:
  std::vector<Obstacle> obstacles_;
  bool has_twin_;
};

/// What prevents the closed form; empty where `solve` can answer. What nobody can reach prevents nothing.
[[nodiscard]] std::vector<Obstacle> prevents_closed_form(const Program& program);

/// Throws the NoClosedForm of `solve` where customers are coupled: what can be said before a program is compiled.
void require_uncoupled(const Model& model);

/// The closed form. Throws NoClosedForm with everything that prevents it, and InputError where it would take too many steps.
[[nodiscard]] ClosedForm solve(const Program& program, const SolveOptions& options = {});

/// The mechanisms in use that act on a visit beyond its exits or couple customers; empty where there are none.
[[nodiscard]] std::vector<Obstacle> mechanisms_in_use(const ModelParts& parts);

}  // namespace sojourn
