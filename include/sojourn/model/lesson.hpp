// `[lesson]`: what a class does with a scenario: a question to answer first, and what shows whether the answer was right.
// Nothing that is simulated follows it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/base/id.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// What the bars of a figure stand for, beside plans.
enum class LessonBars {
  plans,        // all people together
  personas,     // one for each persona
  replications  // one for each replication, and their mean
};

/// With which replication of the baseline one of a plan is compared.
enum class LessonLuck {
  same,    // its own: the same people with the same luck
  another  // the next one, as two runs with different seeds would be
};

/// A figure that the reveal shows, as bars.
struct LessonFigure {
  std::string figure;                     // one of those below
  std::string title;                      // empty: that of the figure
  std::vector<TouchpointId> touchpoints;  // of visits there
  std::vector<SurveyId> surveys;          // as these measure it
  std::optional<double> tier;             // of those who reach this tier
  std::vector<PlanId> plans;              // empty: all that are run
  LessonBars by = LessonBars::plans;
  bool change = false;  // differences to the baseline
  LessonLuck luck = LessonLuck::same;
  std::uint32_t extremes = 0;  // so many personas that are lowest at the first touchpoint, and highest; 0: each persona
};

/// Changes of the scenario, each as after `--set`, and what they mean.
struct LessonChange {
  std::string words;
  std::vector<std::string> set;
  std::vector<PlanId> plans = {};  // to be looked at in place of the lesson's; of what to try next
};

struct Lesson {
  std::string predict;
  std::vector<std::string> choices;  // 2 .. 9
  std::uint32_t answer = 0;          // the right one, counted from 1
  std::string because;
  std::uint32_t minutes = 5;
  std::vector<PlanId> plans;          // besides the baseline; empty: all
  std::string baseline = "Baseline";  // what the empty plan is called
  std::vector<LessonFigure> show;
  std::optional<LessonChange> without;  // takes the cause away
  std::vector<LessonChange> to_try;     // `try`
  std::vector<std::string> sources;
};

/// The figures that a lesson can show, as results have them: of people, of visits to touchpoints, of surveys, and of tiers.
inline constexpr std::array<std::string_view, 29> lesson_people_figures{"retained",
                                                                        "retention",
                                                                        "conversion",
                                                                        "customers",
                                                                        "churned",
                                                                        "lost",
                                                                        "prospects",
                                                                        "nps",
                                                                        "promoters",
                                                                        "passives",
                                                                        "detractors",
                                                                        "satisfaction",
                                                                        "expectation",
                                                                        "effort",
                                                                        "visits",
                                                                        "repeats",
                                                                        "npv",
                                                                        "clv",
                                                                        "revenue",
                                                                        "cost_to_serve",
                                                                        "investment",
                                                                        "time_to_purchase",
                                                                        "retention_90",
                                                                        "retention_365",
                                                                        "heard_positive",
                                                                        "heard_negative",
                                                                        "referred",
                                                                        "account_conversion",
                                                                        "account_retention"};
inline constexpr std::array<std::string_view, 14> lesson_visit_figures{
    "visits",        "repeats",     "quality", "satisfaction", "effort", "wait_days",       "gave_up",
    "solved_logged", "solved_true", "matched", "mistargeted",  "fit",    "cost_per_person", "busy"};
inline constexpr std::array<std::string_view, 9> lesson_survey_figures{
    "measured", "true", "true_visits", "gap", "response_rate", "invited", "answered", "promoters", "weighted_persona"};
inline constexpr std::array<std::string_view, 2> lesson_tier_figures{"kept", "apart"};

/// Every rule that the lesson of a scenario must keep, as `check` has those of the model; paths begin with "lesson".
[[nodiscard]] std::vector<Finding> check(const Lesson& lesson, const ModelParts& parts);

}  // namespace sojourn
