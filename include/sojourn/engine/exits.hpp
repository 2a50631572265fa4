// Where a visit leads: the choice and the race of MODEL.md section 2, for one customer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/engine/service_lines.hpp"

namespace sojourn {

/// A way out of a visit: which exit (position in the row), or -1 to stay until the horizon, and after how many days.
struct ExitChoice {
  std::int32_t exit = -1;
  double delay = 0.0;
};

/// What a customer brings to the exits of a visit besides a mood.
struct Carrier {
  std::span<const float> traits;         // in the order of ModelParts::traits; read where an exit names one
  std::span<const double> carried = {};  // see CarriedRules
  AfterVisit now = {};
};

/// The delay of `exit` in days from a visit's words: [0] and [2] where it is drawn from a normal number, [3] otherwise.
/// Infinite where a rate is 0.
[[nodiscard]] double drawn_delay(const Program& program, const ExitRow& exit, const Carrier& carrier, const Words& words);

/// Whose visit it is, which, where and when.
struct VisitAt {
  std::uint32_t customer = 0, event = 0, persona = 0, touchpoint = 0;
  double time = 0.0;  // days
};

/// How a choice is shared out over the exits of a row, before luck decides.
struct ExitShares {
  float total = 0.0f;      // of all exits
  float stay = 0.0f;       // of none of them
  std::uint32_t last = 0;  // the last exit with a share
};

/// Running sums of the exits' shares into `cumulative`, which has room for one number per exit.
[[nodiscard]] ExitShares share_exits(const Program& program, const VisitRow& row, const Carrier& carrier,
                                     const behaviour::ChoiceState& mood, std::span<float> cumulative);

/// Whether a visit is the last of its life, as `luck` decides.
struct Leaving {
  float share = 0.0f;  // of the exits to ends, which come first
  float going = 0.0f;  // of the others, and of staying
  bool leaves = false;
};

/// Decides that from the running sums of `share_exits`; `luck` in (0, 1) is rescaled
/// (behaviour::condition_on_choice).
[[nodiscard]] Leaving decide_leaving(const VisitRow& row, const ExitShares& shares, std::span<const float> cumulative,
                                     double& luck);

/// The exit that a customer takes from a touchpoint whose exits are a choice (multinomial logit: McFadden 1974). `words` are
/// the visit's draws, of which [1] chooses and [2] is the delay; `luck` in (0, 1) decides whether this is the end, and is
/// rescaled; `cumulative` has room for one number per exit.
[[nodiscard]] ExitChoice choose(const Program& program, const VisitRow& row, const Carrier& carrier, const Words& words,
                                const behaviour::ChoiceState& mood, double& luck, std::span<float> cumulative);

/// The random words that a visit to a queue is made into a call from, and the exponential numbers among them.
struct CallDraws {
  Words service{};                                // Purpose::service
  float work = 0.0f;                              // exponential(service[3])
  Words own_patience{};                           // its call 1, where the touchpoint has a law of its own
  float patience = 0.0f, exponential_own = 0.0f;  // exponential of word 1 of Purpose::patience, and of own_patience[3]
};
/// Which of them calls at a touchpoint need.
struct CallNeeds {
  bool service = false, own_patience = false, patience = false;
};
/// `may_give_up`: somebody may, at any rate.
[[nodiscard]] CallNeeds call_needs(const Program& program, std::uint32_t touchpoint, bool may_give_up);

/// Makes `call`, where it lies, of a visit that comes to a queue, as ServiceLines takes it. `visit.time` is that of arrival;
/// `patience` is the trait, the mean in days of an exponential distribution (Palm 1957) where the touchpoint has no law of
/// its own, negative where nobody may give up.
void call_for_service(const Program& program, const VisitAt& visit, float patience, const CallDraws& draws, Call& call);
/// The same, with draws made here.
[[nodiscard]] Call call_for_service(const Program& program, const Streams& streams, const VisitAt& visit, float patience);

/// The exit that the first of `messages` positive messages, heard at the beginning of `window`, makes a customer take from
/// the touchpoint of `row`: a position in Program::heard_exits; -1 where none does.
[[nodiscard]] ExitChoice leave_on_hearing(const Program& program, const VisitRow& row, const Carrier& carrier,
                                          const Streams& streams, std::uint32_t customer, std::size_t window,
                                          std::uint32_t messages);

/// The exit that comes first where they compete (competing risks). Each exit meets one exponential threshold, of draws of
/// its own, four exits a call, when its hazard has accumulated so far: t_0 + t with integral of m(s) / x(s) h(a(s)) ds =
/// threshold, where the age a grows by ds / x(s), m multiplies the hazard and x stretches the delay as changes say at time s
/// (Andersen & Gill 1982; accelerated life: Cox & Oakes 1984). The state of the customer is that after the visit. `row` is
/// the visit's.
[[nodiscard]] ExitChoice race(const Program& program, const VisitRow& row, const Streams& streams, const VisitAt& visit,
                              const Carrier& carrier, const behaviour::ChoiceState& state);

/// The same where it is known that hazards change before the first exit comes.
[[nodiscard]] ExitChoice race_over_changes(const Program& program, const VisitRow& row, const Streams& streams,
                                           const VisitAt& visit, const Carrier& carrier,
                                           const behaviour::ChoiceState& state);

/// When the exit at position `exit` of the race of this visit would come, in days, through all changes of its hazard.
[[nodiscard]] std::optional<double> race_delay(const Program& program, const VisitRow& row, const Streams& streams,
                                               const VisitAt& visit, const Carrier& carrier,
                                               const behaviour::ChoiceState& state, std::size_t exit);

}  // namespace sojourn
