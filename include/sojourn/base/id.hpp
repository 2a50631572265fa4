// Typed indices: a PersonaId cannot be used where a TouchpointId is meant.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace sojourn {

/// The position of an entity in its list in `ModelParts`, counted from 0. A default-constructed id names nothing.
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::size_t index) : index_(static_cast<std::uint32_t>(index)) {}
  /// The position, for indexing a vector.
  [[nodiscard]] constexpr std::size_t index() const { return index_; }
  /// False for an id that names nothing.
  [[nodiscard]] constexpr bool valid() const { return index_ != none; }
  constexpr auto operator<=>(const Id&) const = default;

 private:
  static constexpr std::uint32_t none = 0xffffffffu;
  std::uint32_t index_ = none;
};

using PersonaId = Id<struct PersonaTag>;
using ChannelId = Id<struct ChannelTag>;
using TeamId = Id<struct TeamTag>;
using TouchpointId = Id<struct TouchpointTag>;
using TraitId = Id<struct TraitTag>;
using ClockId = Id<struct ClockTag>;
using CounterId = Id<struct CounterTag>;
using SurveyId = Id<struct SurveyTag>;
using ImprovementId = Id<struct ImprovementTag>;
using EventId = Id<struct EventTag>;
using PlanId = Id<struct PlanTag>;
using RuleId = Id<struct RuleTag>;
using PoolId = Id<struct PoolTag>;
using OutsideId = Id<struct OutsideTag>;

}  // namespace sojourn
