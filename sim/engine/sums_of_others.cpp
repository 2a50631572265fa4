#include "sums_of_others.hpp"

#include <cstddef>
#include <string>

#include "packed_numbers.hpp"

namespace sojourn {

void SumsOfOthers::renew(const SumsSoFar& mine, WindowExchange& others) {
  Packer grown;
  for (std::size_t cell = 0; cell < told_.size(); ++cell) {
    const Totals::Wide now = mine.cell(cell);
    grown.add(now - told_[cell]);
    told_[cell] = now;
  }
  const std::vector<std::string> all = others.gather(grown.finish());
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (rank == others.rank()) continue;
    Unpacker theirs(all[rank]);
    for (std::size_t cell = 0; cell < told_.size(); ++cell) sums_[cell] += theirs.next();
    theirs.require_end();
  }
}

}  // namespace sojourn
