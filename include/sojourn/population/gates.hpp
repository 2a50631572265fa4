// The gates of the account segments, ready to be asked (MODEL.md section 6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sojourn/behaviour/gate.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// One gate. `voices` by persona: the weight of the role where votes are weighed, else 1 for who is asked and 0 for others.
/// `yes` by exit of the touchpoint, in the file's order (`yes_exits`).
struct CompiledGate {
  GateRule rule = GateRule::majority;
  std::vector<float> voices;
  std::vector<std::uint8_t> yes;
};

/// All gates, by account segment and touchpoint.
class Gates {
 public:
  explicit Gates(const ModelParts& parts);

  /// The gate of accounts of `segment` at `touchpoint`; null where they have none there, and each member goes alone.
  [[nodiscard]] const CompiledGate* find(std::size_t segment, std::size_t touchpoint) const {
    const std::int32_t place = place_[segment * touchpoints_ + touchpoint];
    return place < 0 ? nullptr : &gates_[static_cast<std::size_t>(place)];
  }
  [[nodiscard]] bool empty() const { return gates_.empty(); }

 private:
  std::size_t touchpoints_;
  std::vector<std::int32_t> place_;
  std::vector<CompiledGate> gates_;
};

/// The account's chance of each exit under the gate's rule into `result`, and, returned, of staying; they sum to 1. `yes`
/// and `wishes` are of the same exits in the same order (`CompiledGate::yes`, or its part that the wishes are about). `room`
/// holds at least one number more than there are members.
[[nodiscard]] double verdict(GateRule rule, const behaviour::Wishes& wishes, std::span<const std::uint8_t> yes,
                             std::span<double> room, std::span<double> result);

}  // namespace sojourn
