// What the ranks that live one replication together tell one another between windows.
#pragma once

#include <string>
#include <vector>

#include "rank_messages.hpp"
#include "window_exchange.hpp"

namespace sojourn {

class RankExchange final : public WindowExchange {
 public:
  /// `heard` is what rank 0 does with what it hears of others that have ended the replication already.
  RankExchange(RankMessages& ranks, RankMessages::Heard heard) : ranks_(ranks), heard_(std::move(heard)) {}

  [[nodiscard]] std::uint32_t rank() const override { return ranks_.rank(); }
  [[nodiscard]] std::uint32_t count() const override { return ranks_.count(); }
  /// Throws RankEndedEarly where a rank has failed or stopped.
  [[nodiscard]] std::vector<std::string> swap(std::vector<std::string> for_each) override;

 private:
  RankMessages& ranks_;
  RankMessages::Heard heard_;
};

}  // namespace sojourn
