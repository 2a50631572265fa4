// What the ranks of one run say to one another.
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "sojourn/base/ranks.hpp"

namespace sojourn {

/// Thrown where another rank, without which this one cannot go on, has failed or stopped; it has told rank 0 why.
struct RankEndedEarly {};

/// Rank 0 tells the others what is known already; these tell it what they counted, what went wrong, and that they have
/// ended. Where a rank ends early, the counter is closed, so that nobody takes more; because work is taken in its order,
/// everything before what failed was taken by somebody, who ends it.
class RankMessages {
 public:
  explicit RankMessages(Ranks& ranks)
      : ranks_(ranks),
        ended_(ranks.count(), 0),
        windows_(ranks.count()),
        told_(ranks.count(), 0),
        taken_(ranks.count(), 0) {}

  [[nodiscard]] bool first() const { return ranks_.rank() == 0; }
  [[nodiscard]] std::uint32_t rank() const { return ranks_.rank(); }
  [[nodiscard]] std::uint32_t count() const { return ranks_.count(); }
  [[nodiscard]] std::uint64_t take() { return ranks_.take(); }
  void close() { ranks_.close(); }

  /// Whether a rank has ended early.
  [[nodiscard]] bool closed() { return ranks_.take() > most_taken; }

  /// What rank 0 knows; every rank calls this first. The others wait for it, and throw Interrupted where rank 0 gives up.
  [[nodiscard]] std::vector<std::string> known(const std::vector<std::string>& of_rank_0);

  /// To rank 0.
  void tell_part(std::string packed);
  void tell_failure(std::uint64_t index, const std::exception_ptr& error);
  void tell_end();
  /// All ranks have come to the end of the run: none of them has ended early.
  void meet() { static_cast<void>(ranks_.sums({})); }

  /// What rank 0 hears.
  struct Heard {
    std::function<void(const std::string&)> part;
    std::function<void(std::uint64_t, std::exception_ptr)> failure;
  };
  /// Hears what has come, unless another thread does; of another rank it only lets requests through.
  void serve(const Heard& heard);
  /// To another rank, of the window at hand; each such text is waited for by `window_of`, in this order.
  void tell_window(std::uint32_t rank, std::string bytes);
  /// What rank `from` tells this one of the window at hand; waits for it. Throws RankEndedEarly where it never comes, and
  /// RunError where one before it never came. One thread at a time.
  [[nodiscard]] std::string window_of(std::uint32_t from, const Heard& heard);
  /// To all others: this one has failed or stopped, and they cannot go on.
  void tell_early_end();

  /// Rank 0 hears the others until all have ended, and calls `meanwhile` now and then.
  void hear_all(const Heard& heard, const std::function<void()>& meanwhile);

 private:
  struct FromRank {
    std::uint64_t number = 0;  // of the texts that one rank tells another
    std::string bytes;
  };
  /// Takes one message, where there is one; guarded by the caller.
  bool hear(const Heard& heard);
  void take(Ranks::Message came, const Heard& heard);

  static constexpr std::uint64_t most_taken = std::uint64_t{1} << 60;

  Ranks& ranks_;
  std::mutex hearing_;
  std::vector<char> ended_;                    // ranks; guarded, as what follows
  bool ended_early_ = false;                   // some rank, without which others cannot go on
  std::vector<std::deque<FromRank>> windows_;  // [rank] told and not taken yet
  std::vector<std::uint64_t> told_, taken_;    // [rank] how many texts of windows
};

}  // namespace sojourn
