// The rules of a plan at work in one replication: at the end of each window they look at their figures, and switch (MODEL.md
// section 5).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sojourn/engine/program.hpp"
#include "sojourn/tally/tally.hpp"
#include "totals_of.hpp"

namespace sojourn {

/// The sums of a replication that is under way: those of tables that were emptied, of those in use, and of customers who are
/// lived elsewhere.
struct SumsSoFar {
  const Totals& emptied;
  std::vector<const Tally*> in_use;
  const std::vector<Totals::Wide>* elsewhere = nullptr;  // null: nobody is

  [[nodiscard]] const TallyShape& shape() const { return emptied.shape(); }
  [[nodiscard]] Totals::Wide cell(std::size_t index) const {
    Totals::Wide sum = emptied.cell(index);
    for (const Tally* tally : in_use) sum += tally->cells()[index];
    if (elsewhere != nullptr) sum += (*elsewhere)[index];
    return sum;
  }
  /// All of them at once, which takes a while.
  [[nodiscard]] Totals all() const {
    Totals sums = emptied;
    for (const Tally* tally : in_use) sums.add(*tally);
    if (elsewhere != nullptr) sums.add(totals_of(shape(), *elsewhere, 0));
    return sums;
  }
};

class RuleWatch {
 public:
  /// Of the rules of the program's plan. The program outlives this, and stays one of the same plan.
  explicit RuleWatch(const Program& program);

  /// At the end of `window`: `now` are the sums of the replication so far. Adds to `switches` what the rules switch.
  /// Windows come one after another. Whether anything is switched.
  bool look(std::size_t window, const SumsSoFar& now, Switches& switches);

  /// See replication_state.hpp.
  template <class State>
  void keep(State& state) {
    if (!state.has_all_else()) return;
    for (Watched& watched : rules_) {
      state.value(watched.in_force);
      state.value(watched.held);
      state.list(watched.before);
    }
    state.list(stocks_);
  }

 private:
  /// What a rule saw in a window: NaN where the figure is undefined.
  struct Seen {
    double figure = 0.0;
    double answers = 0.0;  // of its survey
  };
  struct Watched {
    std::uint32_t rule = 0;
    std::int32_t slot = -1;  // of the tally; -1: looks at everything
    bool in_force = false;
    int held = 0;                           // windows in a row in which the condition held
    std::vector<Totals::Wide> before = {};  // sums that know no windows, at the end of the window before
  };

  [[nodiscard]] Seen see(Watched& watched, std::size_t window, const SumsSoFar& now) const;
  [[nodiscard]] Seen of_survey(const Rule& rule, std::size_t window, const SumsSoFar& now) const;
  [[nodiscard]] Seen of_survey_at_places(Watched& watched, const SumsSoFar& now) const;
  [[nodiscard]] double of_places(Watched& watched, const SumsSoFar& now) const;
  [[nodiscard]] double of_people(Watched& watched, std::size_t window, const SumsSoFar& now) const;
  [[nodiscard]] Totals::Wide since(Watched& watched, std::size_t which, Totals::Wide sum) const;
  template <class Cell>
  [[nodiscard]] double over_personas(const Rule& rule, const SumsSoFar& now, Cell cell) const;
  [[nodiscard]] double stock(const Rule& rule, TimeScore score) const;

  const Program& program_;
  std::vector<Watched> rules_;
  std::vector<Totals::Wide> stocks_;  // [persona x stock scores] at the end of the window at hand
};

}  // namespace sojourn
