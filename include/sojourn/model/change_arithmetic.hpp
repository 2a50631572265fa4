// What changes do to a parameter, and which touchpoints and exits they do it to (MODEL.md section 7).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "sojourn/base/id.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/model/change.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/model/switching.hpp"

namespace sojourn {

/// In what a parameter stays whatever the changes. [0,1] for quality, effort, carry, personalisation, promise, solves,
/// probability, traffic and attraction; any number for money; otherwise [0, infinity).
[[nodiscard]] Range range(Parameter parameter);
/// The name as in the `effect` of scenario files: "quality", "cost_per_month", ...
[[nodiscard]] std::string_view name(Parameter parameter);

/// Whether the parameter is an amount of money, per visit or per month.
[[nodiscard]] constexpr bool is_money(Parameter parameter) {
  return parameter == Parameter::cost || parameter == Parameter::revenue || parameter == Parameter::cost_per_month ||
         parameter == Parameter::revenue_per_month || parameter == Parameter::price;
}

/// How far a change that began at `start` has come in by time `t`, in [0,1]. With x = (t - start) / over clipped to [0,1]:
/// linear x, s-curve 3 x^2 - 2 x^3 (smoothstep); 1 without a ramp or where `over` is 0.
/// Whether the change is on at `t` at all (start <= t < end) is the caller's question.
[[nodiscard]] double ramp_fraction(const Ramp& ramp, Days start, Days t);

/// One change's shift of one parameter at one moment. `fraction` in [0,1] is how far its ramp has come (times its level).
struct Shift {
  Operation operation = Operation::add;
  double value = 0.0;
  double fraction = 1.0;
};

/// What one shift alone makes of `x0`: x0 + f (x_k - x0), where x_k is x0 set, added to or multiplied and then clipped to
/// the parameter's range; exactly x_k at f = 1 and exactly x0 at f = 0.
[[nodiscard]] double shifted(Parameter parameter, double x0, const Shift& shift);

/// What several shifts that are on together make of `x0`, always inside the parameter's range. With x_k = `shifted` of each
/// alone: in [0,1], raises come first, x = 1 - (1 - x0) prod((1 - x_k) / (1 - x0)), skipped at x0 = 1, then cuts, x = x
/// prod(x_k / x0), skipped at x0 = 0; elsewhere, each `set` moves x by f (value - x) in the order given (at f = 1 the last
/// one wins), then x + sum(f value), then x prod(1 + f (value - 1)), then the clip. Shifts that move nothing are left out,
/// one that remains acts as alone, and apart from sets the order changes no bit. `x0` outside the range is clipped first.
[[nodiscard]] double combine(Parameter parameter, double x0, std::span<const Shift> shifts);

/// A change under a plan: at the level at which the plan buys it, its effects are `fraction` of what they are in the file,
/// in (0,1], and it costs `level` times its price.
struct PlannedChange {
  const Change* change = nullptr;
  double fraction = 1.0;
  double level = 1.0;
  ImprovementId improvement = {};  // names nothing where it is an event
  bool driven = false;             // rules switch it
  std::vector<OnTime> on_times{};  // then: when they let it be on
  const Change* operator->() const { return change; }
};

/// Everything that can change parameters under `plan`: its improvements and those that its rules switch, each once, in the
/// order of the model (whatever the order in the plan), then the events. That is the order of `combine`. Ids that name
/// nothing are left out. `switches`: of its rules. The pointers live as long as `parts`.
[[nodiscard]] std::vector<PlannedChange> changes_under(const ModelParts& parts, PlanId plan, const Switches& switches = {});

/// The price that an exit may bend on: that of the touchpoint to which it leads or, where that has none, of the one that it
/// leaves. The touchpoint whose price it is; it names nothing where neither has one.
[[nodiscard]] TouchpointId priced_touchpoint(const ModelParts& parts, TouchpointId touchpoint, const Exit& exit);

/// Whether `target` takes in visits of `persona` to `touchpoint`: the lists combined by *and*, an empty list taking in all.
/// Team, channel and stage are the touchpoint's own. For `carry`, `touchpoint` is the one handed over into. `exit_to` is
/// ignored.
[[nodiscard]] bool matches(const ModelParts& parts, const Target& target, TouchpointId touchpoint, PersonaId persona);

/// Whether a change of servers with this target acts on those of `pool`, which serve everybody and everywhere: the target
/// names the pool, or nothing at all.
[[nodiscard]] bool matches_pool(const Target& target, PoolId pool);
/// Whether it acts on the servers that `touchpoint` has of its own.
[[nodiscard]] bool matches_own_servers(const ModelParts& parts, const Target& target, TouchpointId touchpoint);

/// Whether a change of attraction with this target acts on `outside`: the target names it, or nothing at all.
[[nodiscard]] bool matches_outside(const Target& target, OutsideId outside);

/// The mean attraction of `outside` from day `from` to day `to`, from <= to: its value where they are the same.
[[nodiscard]] double mean_attraction(const Outside& outside, double from, double to);

/// Whether some exit bends on what is outside, and there is something.
[[nodiscard]] bool bends_outside(const ModelParts& parts);
/// Whether some exit bends on this one: by a slope of its own, or on the most attractive of all.
[[nodiscard]] bool bends_outside(const ModelParts& parts, OutsideId outside);

/// Whether `target` takes in exit `exit` (its position in `next`) of `touchpoint` for `persona`: as `matches`, and `exit_to`
/// empty or naming where the exit leads.
[[nodiscard]] bool matches_exit(const ModelParts& parts, const Target& target, TouchpointId touchpoint, std::size_t exit,
                                PersonaId persona);

}  // namespace sojourn
