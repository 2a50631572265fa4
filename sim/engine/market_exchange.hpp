// What customers do to one another, between two windows (MODEL.md sections 3, 4 and 6).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "customer_store.hpp"
#include "gates.hpp"
#include "sojourn/behaviour/review.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/engine/talk.hpp"
#include "sojourn/population/accounts.hpp"
#include "sojourn/population/network.hpp"

namespace sojourn {

/// What the customers of a block did in a window that others will notice.
struct WindowEvents {
  /// Who came to queue.
  struct Arrivals {
    std::uint64_t people = 0;
    std::uint64_t impatient = 0;  // of them, who may give up
    std::int64_t patience = 0;    // their mean patience in days, summed in units of 1 / patience_scale
  };
  static constexpr double patience_scale = 0x1p20;

  std::vector<Arrivals> arrivals;  // [touchpoint]
  std::uint64_t reviews = 0, stars = 0;
  std::vector<Held> held;  // in ascending order

  void clear();
};

/// Tells the tallies and the market of the visits of a life.
class VisitRecorder {
 public:
  VisitRecorder(Recorder& recorder, WindowEvents& events) : recorder_(recorder), events_(events) {}
  /// The customer whose visits follow, and the diary that they are written into, which may be null.
  void watch(std::uint32_t customer, Diary* diary) {
    customer_ = customer;
    diary_ = diary;
  }

  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    recorder_.visited(person, visit, row, before, after);
    WindowEvents::Arrivals& arrivals = events_.arrivals[visit.touchpoint];
    ++arrivals.people;
    if (visit.patience >= 0.0f) {
      ++arrivals.impatient;
      arrivals.patience += fixed(static_cast<double>(visit.patience), WindowEvents::patience_scale);
    }
    if (visit.rating > 0) {
      ++events_.reviews;
      events_.stars += static_cast<std::uint64_t>(visit.rating);
    }
    if (visit.held) events_.held.push_back({customer_, visit.effort});
    if (diary_ != nullptr) diary_->visits.push_back({visit, before, after, 0.0f, {}});
  }

 private:
  Recorder& recorder_;
  WindowEvents& events_;
  std::uint32_t customer_ = 0;
  Diary* diary_ = nullptr;
};

/// Work on blocks of customers: calls `work(block, begin, end)` for all of them, on the threads that there are.
using OverBlocks =
    std::function<void(const std::function<void(std::size_t block, std::uint32_t begin, std::uint32_t end)>&)>;

/// What all plans of a replication share: who knows whom, and who belongs together.
struct Relations {
  std::optional<SocialNetwork> network;
  std::optional<Accounts> accounts;
};

/// The market of one replication under one plan.
class Market {
 public:
  Market(const Program& program, const Population& population, const Relations& relations, const Streams& streams,
         CustomerStore& store);

  /// What customers find in the window at hand.
  [[nodiscard]] const MarketState& market_state() const { return market_state_; }

  /// The window before `window` is over: `events` is what happened in it, block by block. Messages reach their hearers,
  /// servers and readers take note, accounts decide. What was heard is counted in `tallies`, one for each block.
  void exchange(std::size_t window, std::span<const WindowEvents> events, const OverBlocks& over_blocks,
                const std::function<Tally&(std::size_t block)>& tally_of);

  /// The persona of whoever first spoke well of the company to a customer who had not bought; -1 where nobody did.
  [[nodiscard]] std::int64_t introduced_by(std::uint32_t customer) const {
    return introduced_by_.empty() || introduced_by_[customer] >= came_alone
               ? -1
               : std::int64_t{store_.personas()[introduced_by_[customer]]};
  }

 private:
  /// Of who bought before hearing of the company: smaller than any introduction of the window at hand, so that none counts.
  static constexpr std::uint32_t came_alone = 0x7fffffffu;
  void serve(std::size_t window, std::span<const WindowEvents> events, Tally& tally);
  void publish(std::size_t window, std::span<const WindowEvents> events);
  void talk(std::size_t window, const OverBlocks& over_blocks, const std::function<Tally&(std::size_t)>& tally_of);
  void listen(std::size_t window, std::uint32_t begin, std::uint32_t end, Tally& tally);
  [[nodiscard]] Voice voice(std::uint32_t customer, double now) const;

  const Program& program_;
  const Population& population_;
  Streams streams_;
  CustomerStore& store_;
  MarketState market_state_;
  double people_per_customer_;
  std::vector<double> backlog_;  // [touchpoint] real customers
  behaviour::PublicRecord record_;
  std::optional<Gates> gates_;
  std::optional<Talk> talk_;
  Speakers speakers_;
  std::vector<Voice> voices_;
  std::vector<float> talkativeness_;
  std::vector<std::uint32_t> positive_, negative_, introduced_by_;
  std::vector<std::uint8_t> hears_;  // [touchpoint] whether a message can make somebody leave it
};

}  // namespace sojourn
