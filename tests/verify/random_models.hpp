// Random valid models for property tests. A model is named by a number: the same one on every machine, with every compiler.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/model/model.hpp"

namespace sojourn::verify {

/// Which models are drawn.
enum class Flavour {
  any,       // everything that the engine simulates, in any mixture
  solvable,  // no slope, nothing that changes with time, no trait that differs between people: a closed form exists
};

/// A valid model (`Model` takes it) of `size` 0 (two touchpoints or three, everybody alike) to 100 (up to 14 touchpoints, 4
/// personas, 5 improvements), with up to some hundred people. Of `Flavour::any`, about one of 250 has lives that never end.
[[nodiscard]] ModelParts random_model(std::uint64_t number, int size, Flavour flavour);

/// The same journey with customers who act on one another: loud talk, reviews, queues, and accounts with up to two gates,
/// each in about two models of three, at least one of them in all. Which ones follows from the model's seed.
[[nodiscard]] ModelParts coupled(ModelParts parts);

/// The same journey with customers who carry something: clocks that visits start, ages at arrival, anniversaries, counters
/// that fade, conditions, traits that are scales and factors, and the laws gamma, Gompertz and tabulated. What follows from
/// the model's seed is valid; some exits have none of this.
[[nodiscard]] ModelParts remembering(ModelParts parts);

/// The same journey by the calendar: some personas arrive as customers, with tenures of all families and a clock that goes
/// by them, events recur, by the hour or in between, and some models have a Poisson number of people. Valid.
[[nodiscard]] ModelParts by_calendar(ModelParts parts);

/// The same journey where some visits earn and cost amounts that are drawn: all families, some in units of a trait. Valid.
[[nodiscard]] ModelParts spending(ModelParts parts);

/// The same journey in a market: prices and slopes on them, rivals whose attraction moves, closed and half closed
/// touchpoints, improvements at levels and effects that fade, and expectations that drift. Valid.
[[nodiscard]] ModelParts marketed(ModelParts parts);

/// The same journey where visits may solve a problem, exits bend on that, and one to three surveys ask: after visits or at
/// intervals, with fatigue, noise, costs and, in two models of three, annoyance. Valid.
[[nodiscard]] ModelParts asking(ModelParts parts);

/// The same journey where low answers are followed up: most surveys have a closed loop. Valid.
[[nodiscard]] ModelParts following_up(ModelParts parts);

/// The same journey where each plan but the baseline goes by one to three rules, which watch figures of everybody, of a
/// persona, of some touchpoints or of a survey and switch improvements on or off. Valid.
[[nodiscard]] ModelParts ruled(ModelParts parts);

/// The same journey with content: needs over four themes, some of nobody, one to four variants at most touchpoints, shown by
/// chances of 0, 1 and in between, and improvements of these. Valid.
[[nodiscard]] ModelParts personalising(ModelParts parts);

/// Valid models that are a step simpler than `parts`, the boldest steps first; none where nothing can be left out.
[[nodiscard]] std::vector<ModelParts> simpler(const ModelParts& parts);

}  // namespace sojourn::verify
