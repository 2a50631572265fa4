// Mechanisms that couple customers: word of mouth, reviews, surveys, rules, accounts (MODEL.md sections 3 to 6).
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/id.hpp"
#include "sojourn/base/quantity.hpp"

namespace sojourn {

struct WellMixed {};
struct SmallWorld {
  double contacts = 0.0;  // per person, >= 1
  double rewire = 0.0;    // [0,1]
};
struct ScaleFree {
  double contacts = 0.0;  // >= 1
};
struct RandomNetwork {
  double contacts = 0.0;  // >= 1
};
struct Communities {
  double contacts = 0.0;  // >= 1
  double within = 0.0;    // share of contacts of one's own persona, [0,1]
};
/// `from` talks to `to`: people by their numbers, 0 .. customers - 1.
struct Tie {
  std::uint32_t from = 0, to = 0;
  friend constexpr auto operator<=>(const Tie&, const Tie&) = default;
};
struct NetworkFile {
  std::string path;  // relative to the scenario
  /// What the file says: at least one tie, none twice, none to oneself, all between people of the scenario. Shared by
  /// copies.
  std::shared_ptr<const std::vector<Tie>> ties;
};
using Network = std::variant<WellMixed, SmallWorld, ScaleFree, RandomNetwork, Communities, NetworkFile>;

struct Mixing {
  PersonaId from, to;
  double weight = 1.0;  // >= 0
};

/// Rates are messages per day, >= 0; so is `negativity`; durations are > 0, `talks_after_churn` may be 0.
struct WordOfMouth {
  Network network = WellMixed{};
  double promoter_rate = 0.0, detractor_rate = 0.0, passive_rate = 0.0;
  double negativity = 2.0;
  Days talks_after_churn{days_per_month};
  Days remembered{2.0 * days_per_month};
  std::vector<Mixing> mixing;
};

struct Reviews {
  double probability = 0.0;  // [0,1]
  double extremity = 0.0;    // >= 0
  double weight = 1.0;       // >= 0
};

/// What a survey asks.
enum class Question { nps, csat, ces };
/// A question's words, and the scale of its answers, whose points are `first` to `last`.
struct QuestionScale {
  std::string_view name;   // in files, JSON, and of the figure that rules watch
  std::string_view label;  // on pages
  std::int32_t first, last;
  bool of_visit;  // about the visit before, so not to be asked at intervals
  /// The score is promoters minus detractors, of a hundred customers; else the mean of the answers.
  [[nodiscard]] constexpr bool net_promoter() const { return !of_visit; }
  [[nodiscard]] constexpr double least_score() const { return net_promoter() ? -100.0 : first; }
  [[nodiscard]] constexpr double largest_score() const { return net_promoter() ? 100.0 : last; }
};
inline constexpr std::array questions{
    QuestionScale{"nps", "NPS", 0, 10, false},
    QuestionScale{"csat", "CSAT, 1 to 5", 1, 5, true},
    QuestionScale{"ces", "CES, 1 to 7", 1, 7, true},
};
[[nodiscard]] constexpr const QuestionScale& scale_of(Question question) {
  return questions[static_cast<std::size_t>(question)];
}
/// Whether a figure is called as a question.
[[nodiscard]] constexpr bool is_question(std::string_view figure) {
  return std::any_of(questions.begin(), questions.end(), [&](const QuestionScale& one) { return one.name == figure; });
}
struct ClosedLoop {
  double below = 0.0;  // of the answer, 0 .. 10
  TouchpointId to;
  Days within{0.0};  // >= 0
};
/// A survey follows visits, to touchpoints and in channels, or it is asked at intervals.
struct Survey {
  std::string id;
  std::string name;
  Question asks = Question::nps;
  std::vector<TouchpointId> after;
  std::vector<ChannelId> channels;
  std::optional<Days> every;                                       // > 0
  double sample = 1.0;                                             // [0,1]
  double base = 0.0, extremity = 0.0, unmet = 0.0, fatigue = 0.0;  // logits, -100 .. 100; fatigue >= 0
  Days fatigue_half_life{60.0};                                    // > 0
  double noise = 0.0;                                              // >= 0
  double cost = 0.0;                                               // of an invitation, 0 .. 1e12
  double annoyance = 0.0;                                          // satisfaction that an invitation costs, [0,1]
  std::optional<ClosedLoop> closed_loop;
};
/// A model has no more surveys.
inline constexpr std::size_t most_surveys = 32;

/// A figure that is watched at the end of each window switches an improvement (MODEL.md section 5). Plans name the rules
/// that they go by.
struct Rule {
  std::string id;
  std::string name;
  std::string metric;
  SurveyId survey;                             // may name nothing: the true value
  PersonaId persona;                           // of these people alone; may name nothing
  TouchpointId touchpoint;                     // from visits there alone; may name nothing
  TeamId team;                                 // from visits to its touchpoints alone; may name nothing
  std::optional<double> below, above;          // at least one; where both, both must hold
  int windows = 1;                             // >= 1: in so many windows in a row
  std::uint64_t min_answers = 0;               // a window with fewer answers says nothing
  std::optional<double> off_below, off_above;  // when it ends; none: as soon as the condition does not hold
  ImprovementId switch_on, switch_off;         // at least one; what is on, or off, while the rule is in force
  /// Whether only visits to some touchpoints are looked at.
  [[nodiscard]] bool of_places() const { return touchpoint.valid() || team.valid(); }
};

enum class GateRule { weighted, majority, unanimous, veto };
struct Gate {
  TouchpointId touchpoint;
  GateRule rule = GateRule::majority;
  std::vector<std::pair<PersonaId, double>> weights;  // weighted
  std::vector<PersonaId> veto;                        // veto
};
struct AccountSegment {
  std::string id;
  std::string name;
  double share = 0.0;
  std::vector<std::pair<PersonaId, Distribution>> roles;  // people per account; from a file, in the order of its personas
  std::vector<Gate> gates;
};

}  // namespace sojourn
