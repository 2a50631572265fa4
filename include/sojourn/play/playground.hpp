// A scenario to play with: what can be moved, and what every move comes to, simulated again on the same luck with growing
// precision.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/decide/tried.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/scenario/knobs.hpp"

namespace sojourn {

/// How many people are simulated for a page that answers at once: a number of visits, not of seconds, so that every machine
/// gives the same figures.
struct PlaySize {
  std::uint64_t customers = 0;              // in a replication, who stand for `market`
  double market = 0.0;                      // real people
  std::vector<std::uint32_t> replications;  // at which an answer is given, ascending
};

/// Sums over replications by time and place, of one side of a trial.
struct Course {
  std::vector<double> customers, promoters, detractors;  // people at each window's end
  std::vector<double> taken;                             // by way (Playground::ways)
  std::vector<double> in_line;  // by touchpoint: people in line, mean over windows; empty where nobody serves
  Course& operator+=(const Course& other);
};

/// An answer at some precision.
struct PlayAnswer {
  std::size_t stage = 0;  // position in PlaySize::replications
  std::uint32_t replications = 0;
  Samples samples;  // of the baseline and of what is tried
  Comparison comparison;
  Course before, now;
};

class Playground {
 public:
  /// `changes` of the scenario come from the command line. Knobs are `wishes`, which move what is compared with too, and
  /// those of the scenario or, where it names none, the quality of the eight touchpoints with most leverage and the horizon.
  /// `before_command` stands before the commands that repeat a state: what it takes to have the scenario. Throws InputError
  /// for knobs that are wrong.
  Playground(Scenario scenario, std::vector<Override> changes, const std::vector<KnobWish>& wishes = {},
             std::string before_command = {});

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const std::vector<Override>& changes() const { return changes_; }
  [[nodiscard]] const Knobs& knobs() const { return knobs_; }
  /// Whether knob number `k` is a setting of the question ([scenario]): it moves what is compared with too.
  [[nodiscard]] bool moves_both(std::size_t k) const { return both_[k]; }
  [[nodiscard]] const PlaySize& size() const { return size_; }
  /// Pairs of touchpoints, from and to, between which there is an exit, each pair once.
  [[nodiscard]] const std::vector<std::pair<std::size_t, std::size_t>>& ways() const { return ways_; }

  /// A state of the page: what is tried, and settings of the question.
  struct State {
    std::vector<Override> both;  // beside `changes`
    Tried tried;
  };
  /// The state that the parameters of an address say: names of knobs, or k0, k1, ... by position, with numbers in the knob's
  /// unit; improvement.ID or i0, i1, ...; rule.ID. Throws InputError for a name that is none of these and for a number out
  /// of range.
  [[nodiscard]] State state(const std::vector<std::pair<std::string, std::string>>& parameters) const;
  /// The words of a command line that repeats a state at some precision, to be pasted into a shell.
  [[nodiscard]] std::string command(const State& state, std::uint32_t replications) const;
  /// The scenario with a state, as TOML.
  [[nodiscard]] std::string text(const State& state) const;

  /// The changes under which a page simulates: those of the command line, of the state, and the size.
  [[nodiscard]] std::vector<Override> simulated_under(const State& state) const;

 private:
  /// Whether fewer people than in the scenario stand for its market, which then must be said.
  [[nodiscard]] bool says_market() const;

  Scenario scenario_;
  std::vector<Override> changes_;
  std::string before_command_;
  Model model_;
  Knobs knobs_;
  std::vector<bool> both_;
  PlaySize size_;
  std::vector<std::pair<std::size_t, std::size_t>> ways_;
};

/// Answers states of one playground. What the scenario comes to by itself is simulated once and kept, for the last few
/// questions that were asked of it.
class Player {
 public:
  explicit Player(const Playground& ground) : ground_(ground) {}

  /// Tells `answer` each answer, the next as precise as PlaySize says, and after the first `people` the lives of some of
  /// those who arrive first. Both may throw, which ends the work. Several threads may play: they take `turns`, a lock, for
  /// each answer. Throws Interrupted where a stop is requested, InputError for a state that is no scenario, and as `run`.
  template <class Lock, class Answer, class People>
  void play(const Playground::State& state, const RunOptions& options, Lock& turns, Answer answer, People people) {
    const auto in_turn = [&](auto work) {
      const std::lock_guard lock(turns);
      throw_if_stopped(options.stop);
      return work();
    };
    Trial trial = in_turn([&] { return begin(state); });
    for (std::size_t stage = 0; stage < ground_.size().replications.size(); ++stage) {
      answer(in_turn([&] { return next(trial, stage, options); }));
      if (stage == 0) people(in_turn([&] { return lives(trial, options); }));
    }
  }

 private:
  /// One side: its sums so far.
  struct Side {
    std::optional<Model> model;
    PlanId plan{0};
    RunResult sums;
    Course course;
  };
  /// The scenario by itself, and what it came to by stage.
  struct Before {
    Side side;
    std::vector<std::pair<Samples, Course>> stages;
  };
  struct Trial {
    std::shared_ptr<Before> before;
    Side now;
    bool nothing = false;  // is tried: then `now` is as before, and not simulated again
  };
  Trial begin(const Playground::State& state);
  PlayAnswer next(Trial& trial, std::size_t stage, const RunOptions& options) const;
  static std::vector<Diary> lives(const Trial& trial, const RunOptions& options);
  void advance(Side& side, std::size_t stage, const RunOptions& options) const;

  const Playground& ground_;
  std::vector<std::pair<std::string, std::shared_ptr<Before>>> befores_;  // by the question's settings, the newest last
};

}  // namespace sojourn
