// What is counted: scores under filters (persona, touchpoint, exit, time, tenure), and where each cell of the table stands.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sojourn/base/numeric.hpp"

namespace sojourn {

/// Scores by persona and window. The first ten are stocks: cells hold changes, `Sums` gives their running sums at window
/// ends.
enum class TimeScore {
  prospects,
  lost,
  customers,
  churned,
  bought,
  promoters,
  passives,
  detractors,
  satisfaction,  // summed over customers present
  expectation,   // likewise
  revenue,       // flows from here on: per window, undiscounted, in the simulated people's money
  cost_to_serve,
  heard_positive,  // messages
  heard_negative,
};
inline constexpr std::size_t time_score_count = 14;
inline constexpr std::size_t stock_score_count = 10;

/// Scores by persona and touchpoint, at the horizon. All but `visits` and `repeats` are sums over appraised visits.
enum class TouchScore { visits, repeats, quality, satisfaction, effort, wait };
inline constexpr std::size_t touch_score_count = 6;

/// Scores by persona, at the horizon. Money is discounted; `days_to_purchase` runs from arrival to the first purchase.
enum class PersonScore {
  arrived,
  days_to_purchase,
  revenue,
  cost_to_serve,
  referred,          // who bought after a customer had spoken well of the company to them
  referred_revenue,  // theirs, from the purchase on
  referred_cost,
  brought,  // purchases of those to whom a person of this persona had spoken first
};
inline constexpr std::size_t person_score_count = 8;

/// Accounts by segment at each window's end, as they stand then: those with a member who has arrived, with one who ever
/// bought, and with one who is a customer.
enum class AccountScore { arrived, bought, customers };
inline constexpr std::size_t account_score_count = 3;

/// Days as a customer, by persona and tenure bin: at churn, or (censored) of those still customers at the horizon.
enum class TenureScore { churned, censored };
inline constexpr std::size_t tenure_score_count = 2;

/// Fixed-point scales: a sum of doubles x is kept as a sum of round(x * scale), which has no order. Each is a power of two.
struct Scales {
  double score = 0x1p24;  // numbers in [0, 1], see fixed_score
  double days = 1.0;
  /// One kind of money: amounts as they are booked, and as they are worth at time 0.
  struct Money {
    double amount = 1.0;
    double worth = 1.0;
  };
  Money revenue, cost, price;  // each kind by itself, so that a large revenue does not blur a small cost
};

/// Sizes of the filters, and the cell of each combination. A cell is a 64-bit integer.
struct TallyShape {
  std::size_t personas = 0, touchpoints = 0, exits = 0, windows = 0, tenure_bins = 0, account_segments = 0;
  double tenure_bin = 1.0;  // days; churned: bin b is (b, b + 1] tenure_bin, the first includes 0; censored: [b, b + 1)
  Scales scales;

  [[nodiscard]] SOJOURN_INLINE std::size_t time(std::size_t persona, std::size_t window, TimeScore score) const {
    return (persona * windows + window) * time_score_count + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t touch(std::size_t persona, std::size_t touchpoint, TouchScore score) const {
    return touch_begin() + (persona * touchpoints + touchpoint) * touch_score_count + static_cast<std::size_t>(score);
  }
  /// People at a touchpoint: a stock, changes per window.
  [[nodiscard]] SOJOURN_INLINE std::size_t present(std::size_t persona, std::size_t touchpoint, std::size_t window) const {
    return present_begin() + (persona * touchpoints + touchpoint) * windows + window;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t taken(std::size_t persona, std::size_t exit) const {
    return taken_begin() + persona * exits + exit;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t tenure(std::size_t persona, std::size_t bin, TenureScore score) const {
    return tenure_begin() + (persona * tenure_bins + bin) * tenure_score_count + static_cast<std::size_t>(score);
  }
  /// The bin of a tenure of `days`. Who is still a customer after exactly b + 1 bins was at risk through all of bin b, and
  /// stands in the next.
  [[nodiscard]] SOJOURN_INLINE std::size_t tenure_bin_of(double days, TenureScore score) const {
    const double bins = days / tenure_bin;
    const double bin = score == TenureScore::churned ? __builtin_ceil(bins) - 1.0 : __builtin_floor(bins);
    return static_cast<std::size_t>(numeric::clip(bin, 0.0, static_cast<double>(tenure_bins - 1)));
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t person(std::size_t persona, PersonScore score) const {
    return person_begin() + persona * person_score_count + static_cast<std::size_t>(score);
  }
  /// Price paid per visit for improvements in force, undiscounted, per window.
  [[nodiscard]] SOJOURN_INLINE std::size_t visit_price(std::size_t window) const { return price_begin() + window; }
  /// The same, discounted, over the horizon.
  [[nodiscard]] SOJOURN_INLINE std::size_t visit_price_discounted() const { return price_begin() + windows; }
  [[nodiscard]] SOJOURN_INLINE std::size_t account(std::size_t segment, std::size_t window, AccountScore score) const {
    return account_begin() + (segment * windows + window) * account_score_count + static_cast<std::size_t>(score);
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t cells() const {
    return account_begin() + account_segments * windows * account_score_count;
  }

 private:
  [[nodiscard]] SOJOURN_INLINE std::size_t touch_begin() const { return personas * windows * time_score_count; }
  [[nodiscard]] SOJOURN_INLINE std::size_t present_begin() const {
    return touch_begin() + personas * touchpoints * touch_score_count;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t taken_begin() const { return present_begin() + personas * touchpoints * windows; }
  [[nodiscard]] SOJOURN_INLINE std::size_t tenure_begin() const { return taken_begin() + personas * exits; }
  [[nodiscard]] SOJOURN_INLINE std::size_t person_begin() const {
    return tenure_begin() + personas * tenure_bins * tenure_score_count;
  }
  [[nodiscard]] SOJOURN_INLINE std::size_t price_begin() const { return person_begin() + personas * person_score_count; }
  [[nodiscard]] SOJOURN_INLINE std::size_t account_begin() const { return price_begin() + windows + 1; }
};

}  // namespace sojourn
