// Where the simulated customers who may queue are more than the real ones: as many copies of the market as they fill
// (MODEL.md section 4).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sojourn {

/// Who queues with whom. Simulated customers are parted into copies of the market, and each copy has queues and servers of
/// its own: what happens in one is what happens in the market alone. Where they do not fill a whole number of copies, the
/// rest meets the lines of the others, and takes no server's time and no room. A customer's place is the same at all visits,
/// however many lines follow one another.
class MarketCopies {
 public:
  struct Place {
    std::uint32_t copy;
    bool takes_time;  // of a server, and room
  };

  /// One copy, in which everybody takes time: one simulated customer stands for one real one, or for several.
  MarketCopies() = default;
  /// `filled`, above 0 and finite: simulated customers by real ones; 1 and less is one copy.
  explicit MarketCopies(double filled) : filled_(std::max(1.0, filled)) {
    const double rounding = 1e-9 * filled_;  // of a quotient that should be whole
    count_ = static_cast<std::uint32_t>(std::floor(filled_ + rounding));
    if (filled_ - count_ < rounding) filled_ = count_;
  }

  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// Whether everybody takes time, because the customers fill the copies.
  [[nodiscard]] bool whole() const { return filled_ == count_; }
  /// Whether there is one copy, in which everybody takes time.
  [[nodiscard]] bool single() const { return filled_ == 1.0; }
  /// Where the simulated customer of that number queues: spread evenly (multiples of the golden ratio: Weyl 1916).
  [[nodiscard]] Place place(std::uint32_t customer) const {
    constexpr std::uint32_t golden = 0x9e3779b9u;  // 2^32 over the ratio, which is about 1.618
    return place_at(customer * golden * 0x1p-32);
  }
  /// Where those queue who stand at this share, in [0, 1), of all simulated customers.
  [[nodiscard]] Place place_at(double share) const {
    const double at = share * filled_;
    const auto copy = static_cast<std::uint32_t>(at);
    if (copy < count_) return {copy, true};
    return {static_cast<std::uint32_t>((at - count_) / (filled_ - count_) * count_), false};
  }

 private:
  double filled_ = 1.0;  // copies of the market
  std::uint32_t count_ = 1;
};

}  // namespace sojourn
