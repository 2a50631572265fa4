// What it is worth to know more before choosing: from draws of uncertain inputs, and what each choice is worth at each draw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sojourn {

/// Draws of what is not known, and what each choice is then worth.
struct ValueSample {
  std::vector<std::string> inputs;          // names
  std::vector<std::vector<double>> values;  // [input][draw]
  std::vector<std::string> choices;         // names
  std::vector<std::vector<double>> worth;   // [choice][draw]: net benefit in any unit, more is better
  /// Whether `worth` carries the chance of a simulation beside what the inputs make of it: then only what a regression on
  /// the inputs explains can be known by learning them.
  bool simulated = false;
};

/// The expected gain, in the unit of `worth`, of choosing after something became known instead of before: never negative.
struct InformationValue {
  double value = 0.0;
  double error = 0.0;  // standard error
  /// Whether it is more than an input that has nothing to do with the choices seems worth by chance (see
  /// `value_of_information`); true where nobody asked.
  bool beyond_chance = true;

  /// Whether chance alone is unlikely (2.5 %) to have made it.
  [[nodiscard]] bool shown() const { return beyond_chance && value > 1.96 * error; }
};

/// How a choice does over the draws.
struct ChoiceOutlook {
  double mean = 0.0, error = 0.0;  // of its worth, and the standard error of that
  double chance_best = 0.0;        // share of the draws at which it is worth most; equals share theirs
  double expected_loss = 0.0;      // of taking it, against the best at each draw (opportunity loss)
};

/// What is known of a decision, and what more knowledge is worth.
struct ValueOfInformation {
  std::size_t draws = 0;          // at which all is defined
  std::size_t best = 0;           // the choice of highest mean worth: what to take with what is known now
  std::vector<std::size_t> same;  // choices that are worth at every draw what `best` is worth: either will do
  /// Whether the draws tell `best` from every other choice but those of `same`, and there is one: each paired difference of
  /// means leaves 0 out, together with 95 % (Bonferroni). What is worth most by chance of the draws is no advice.
  bool best_shown = false;
  std::vector<ChoiceOutlook> choices;
  InformationValue perfect;                // of knowing all inputs (EVPI): the expected loss of `best`
  std::vector<InformationValue> of_input;  // of knowing one of them (EVPPI); none is above `perfect`
  double explained = 1.0;  // share of the variance of the differences between choices that the inputs explain
};

/// EVPI as the mean of the best at each draw less the best mean (Raiffa & Schlaifer 1961); of simulated worth from fitted
/// values on all inputs. EVPPI by regression (Strong, Oakley & Brennan 2014): the differences to the first choice are fitted
/// on the input by powers and cubic pieces, whose number is chosen by Schwarz's criterion (1978). Standard errors hold the
/// error of the fit (draws of its coefficients from their posterior) and that of the draws; what overfitting adds is taken
/// away by the same draws (Efron 1979). What an input seems worth is held to what all seem worth where the draws of worth
/// are shuffled among those of the inputs (`beyond_chance`); of more than 512 draws, to its standard error, all inputs
/// allowed for (Bonferroni). Fixed random numbers: the same sample gives the same bits.
///
/// Draws at which a value is not finite are left out. Throws InputError where sizes differ, there are fewer than two choices
/// or no inputs, or fewer than 50 draws are left.
[[nodiscard]] ValueOfInformation value_of_information(const ValueSample& sample);

/// A survey that asks people about one input before the choice is made.
struct SurveyPlan {
  std::size_t input = 0;    // its place in `inputs`
  double sd = 0.0;          // of single answers around the true value; 0: answers are yes or no, and the input is a share
  double people = 1.0;      // to how many `worth` is to be multiplied: whom the choice concerns
  double fixed_cost = 0.0;  // of any survey, in the unit of `worth`
  double cost_per_answer = 0.0;
  std::uint64_t most_answers = 100'000;
};

/// A survey of a certain size.
struct SurveyValue {
  std::uint64_t answers = 0;
  InformationValue value;  // of what it would tell (EVSI), for one of `people`
  double net = 0.0;        // people times that, less what it costs (ENBS)
};

/// Surveys of 10, 20, 50, 100, ... answers up to `most_answers`. For each draw the mean answer that such a survey would have
/// given is drawn, and the choices' worth is fitted on it (Strong, Oakley, Brennan & Breeze 2015): any law of the input, and
/// any shape of the worth. A larger survey never tells less, none more than the input itself is worth. Throws as
/// `value_of_information`, and where a share is outside [0, 1].
[[nodiscard]] std::vector<SurveyValue> survey_values(const ValueSample& sample, const SurveyPlan& plan);

/// The survey with the highest net value; the place behind the last where none nets more than 0.
[[nodiscard]] std::size_t best_survey(const std::vector<SurveyValue>& surveys);

}  // namespace sojourn
