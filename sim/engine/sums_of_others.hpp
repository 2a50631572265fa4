// What other processes have counted of the replication that they live together with this one: rules look at everybody.
#pragma once

#include <vector>

#include "rule_watch.hpp"
#include "window_exchange.hpp"

namespace sojourn {

class SumsOfOthers {
 public:
  explicit SumsOfOthers(const TallyShape& shape) : sums_(shape.cells(), 0), told_(shape.cells(), 0) {}

  /// Tells the others what this process has counted since the last time, `mine` in all, and adds what they have.
  void renew(const SumsSoFar& mine, WindowExchange& others);
  /// Of each cell.
  [[nodiscard]] const std::vector<Totals::Wide>& sums() const { return sums_; }

 private:
  std::vector<Totals::Wide> sums_, told_;
};

}  // namespace sojourn
