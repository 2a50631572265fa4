// How soon a customer who is served at a queue can come to any queue again. Draws are named by customer and visit, so the
// words that will choose an exit and its delay are known before the wait is: most customers cannot be back within the
// window, and what they do after the wait need not be lived in the order of time.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/engine/exits.hpp"
#include "sojourn/engine/program.hpp"

namespace sojourn {

/// Lower bounds for one program. Thread-safe once built.
class LookAhead {
 public:
  explicit LookAhead(const Program& program);

  /// Days that at least pass from the beginning of service at `visit`, one to a queue, until its customer comes to a queue,
  /// this one or another; infinity where that is never. The visit's time is that of arrival; service begins in one of the
  /// regimes `first` to `last`. 0 where nothing is known: at touchpoints where nobody counts as a customer, because there
  /// arrival, not service, ends being one. `words` are the visit's; where they are null they are drawn where they matter.
  [[nodiscard]] double days_away(const Streams& streams, const VisitAt& visit, std::size_t first, std::size_t last,
                                 const Words* words = nullptr) const;
  /// Whether `days_away` is infinite whatever the visit: whoever was served comes to no queue any more.
  [[nodiscard]] bool nobody_comes_again() const { return nobody_comes_again_; }
  /// Whether the words of a visit matter anywhere.
  [[nodiscard]] bool by_words() const { return !ways_.empty(); }

 private:
  /// An exit, and the numbers u that choose it in some state of the customer.
  struct Way {
    float from, until;
    std::uint32_t exit;  // position in the row
    double beyond;       // least days from there to a queue
  };
  /// What a row leaves open once the words are known.
  struct Bounds {
    const VisitRow* row = nullptr;
    std::uint32_t begin = 0, end = 0;  // into ways_
    bool by_words = false;
    double least = 0.0;     // days, whatever the words
    double recovery = 0.0;  // days to a queue by a closed loop, at least
  };
  void find_distances();
  void find_bounds();
  [[nodiscard]] Bounds bounds_of(const VisitRow& row);
  [[nodiscard]] double least_by_recovery(std::uint32_t touchpoint) const;
  [[nodiscard]] double least_days(const ExitRow& exit) const;

  const Program& program_;
  std::size_t personas_, touchpoints_;
  std::vector<double> distance_;          // [touchpoint] least days to a queue
  std::vector<Bounds> bounds_;            // of rows at queues
  std::vector<std::uint32_t> bounds_of_;  // [regime x places + place]; place = persona x touchpoints + touchpoint
  std::vector<Way> ways_;
  bool nobody_comes_again_ = false;
};

}  // namespace sojourn
