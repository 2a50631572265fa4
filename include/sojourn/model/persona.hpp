// Personas: named segments with a share and a distribution for each trait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/id.hpp"

namespace sojourn {

/// A property of a person, drawn once. Draws are clipped to [low, high], which may be infinite.
struct Trait {
  std::string name;
  double low = 0.0;
  double high = 0.0;
  double standard = 0.0;  // value of a persona that does not set it
};

/// The traits that every model has, at these positions of `ModelParts::traits`; those that a scenario names follow.
/// A range given here as open upwards ends at a million in truth, so that no draw can overflow an equation.
enum class BuiltinTrait {
  expectation,          // E at start, [0,1], default 0.6
  satisfaction,         // S at start, [0,1], default 0.5
  patience,             // days of waiting that halve the tolerance, >= 0, default 1
  effort_aversion,      // >= 0, default 0.2
  loss_aversion,        // >= 0, default 2
  talkativeness,        // >= 0, default 1
  response_propensity,  // a logit, -100 .. 100, default 0
};
inline constexpr std::size_t builtin_trait_count = 7;

/// The built-in traits with ranges and defaults, in the order of `BuiltinTrait`.
[[nodiscard]] std::vector<Trait> builtin_traits();
[[nodiscard]] constexpr TraitId id(BuiltinTrait trait) { return TraitId(static_cast<std::size_t>(trait)); }

/// The odds of one persona at one pair of touchpoints, multiplied by `times`, 0 .. 1e9.
struct PersonaOdds {
  TouchpointId from, to;
  double times = 1.0;
};

/// How two traits of a person go together: the correlation of their normal scores, above -1 and below 1 (see
/// `Population`). Pairs that are not named have 0.
struct TraitCorrelation {
  TraitId a, b;
  double value = 0.0;
};

/// How people stand with the company when they arrive: `customer` is somebody of an existing book of customers.
enum class ArrivesAs { prospect, customer };

/// Nobody has been a customer for longer at arrival, in days: a longer draw is cut. A hundred years.
inline constexpr double longest_tenure = 36'525.0;

struct Persona {
  std::string id;
  std::string name;
  double share = 0.0;                                   // of people, [0,1]; shares sum to 1
  std::vector<std::pair<TouchpointId, double>> starts;  // first touchpoints and their shares, summing to 1
  Distribution arrives = Fixed{0.0};                    // day on which the journey begins, >= 0
  ArrivesAs standing = ArrivesAs::prospect;             // at arrival
  std::optional<Distribution> tenure;                   // of a customer: days since the purchase at arrival, >= 0
  std::vector<Distribution> traits;                     // one for each of ModelParts::traits
  std::vector<std::pair<std::string, double>> needs;    // over themes, >= 0
  std::vector<std::pair<ChannelId, double>> channels;   // multiplies the odds of exits into these channels, 0 .. 1e9
  std::vector<PersonaOdds> odds;
  std::int32_t priority = 0;  // at queues, -100 .. 100, added to the touchpoint's; lower is served first
  std::vector<std::pair<ClockId, Distribution>> ages;  // clocks that run at arrival, and how many days they have
  std::vector<TraitCorrelation> correlate;             // traits within a person; together a correlation matrix

  /// Whether its people arrive as customers.
  [[nodiscard]] bool existing() const { return standing == ArrivesAs::customer; }
};

}  // namespace sojourn
