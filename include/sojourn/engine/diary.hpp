// Lives written down visit by visit: what single customers did, felt and met.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/engine/life.hpp"
#include "sojourn/engine/run.hpp"

namespace sojourn {

/// One visit, and the stay that followed it.
struct DiaryEntry {
  Visit visit;
  State before, after;
  float reviews = 0.0f;           // social proof taken from reviews read there
  Stay stay;                      // its exit is -1 where nothing followed within the horizon
  std::vector<Asked> asked = {};  // by surveys, after the visit and while the customer stayed
};

/// The life of one customer under one plan.
struct Diary {
  std::uint32_t customer = 0;
  std::int64_t account = -1;  // -1: of none
  Person person;
  std::vector<float> traits;       // in the order of ModelParts::traits
  std::vector<DiaryEntry> visits;  // in the order of time; none: not arrived within the horizon
  Switches switches = {};          // of the plan's rules, in the replication
};

/// Writes down what an observer of lives is told (life.hpp).
class DiaryWriter {
 public:
  /// Both outlive this; `lives` knows the market in which the customer lives.
  DiaryWriter(Diary& diary, const Lives& lives) : diary_(diary), lives_(lives) {}
  void arrived(const Person&) {}
  /// Somebody stands in line: the entry that `visited` completes when the wait ends.
  void came(const Person&, const Visit& visit, const State& before, const State& after) {
    diary_.visits.push_back({visit, before, after, 0.0f, {}});
  }
  void visited(const Person&, const Visit& visit, const VisitRow&, const State& before, const State& after) {
    const bool stood_in_line = !diary_.visits.empty() && diary_.visits.back().visit.line == InLine::waiting;
    if (!stood_in_line) diary_.visits.emplace_back();
    // Somebody in line may have been asked at the end of a window.
    std::vector<Asked> asked = std::move(diary_.visits.back().asked);
    asked.insert(asked.end(), now_.begin(), now_.end());
    now_.clear();
    diary_.visits.back() = {visit, before, after, lives_.reviews_read(visit, after), {}, std::move(asked)};
  }
  /// What a survey after a visit asks is told before the visit is.
  void asked(const Person&, const Asked& asked, const State&) { now_.push_back(asked); }
  /// The customer has been asked, if at all, between two visits.
  void asked_while_staying() {
    if (diary_.visits.empty()) return;
    std::vector<Asked>& of_visit = diary_.visits.back().asked;
    of_visit.insert(of_visit.end(), now_.begin(), now_.end());
    now_.clear();
  }
  void annoyed(const Person&, std::size_t, const State&, const State&) {}
  /// Nothing is written down of the stay before the first visit.
  void stayed(const Person&, const Visit&, const Stay& stay, const State&) {
    asked_while_staying();
    if (!diary_.visits.empty()) diary_.visits.back().stay = stay;
  }

 private:
  Diary& diary_;
  const Lives& lives_;
  std::vector<Asked> now_;  // told, and not yet written down
};

/// The lives of `customers` (ascending, each below the model's number) in replication 0 under the model's plan. They have
/// the same luck under every plan, and here they live as in `run`. Where customers act on one another all of the replication
/// are lived, on the threads of `options` and with its progress; else only those asked for. Throws
/// as `run`, and Interrupted.
[[nodiscard]] std::vector<Diary> write_diaries(const Model& model, std::span<const std::uint32_t> customers,
                                               const RunOptions& options = {});

/// The first `count` customers of replication 0 who arrive within the horizon, or as many as there are, ascending.
[[nodiscard]] std::vector<std::uint32_t> first_to_arrive(const Model& model, std::size_t count,
                                                         const std::stop_token& stop = {});

}  // namespace sojourn
