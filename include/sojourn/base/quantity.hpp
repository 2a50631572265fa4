// Units as types that refuse things: a Days is no bare double.
#pragma once

#include <compare>

namespace sojourn {

/// A number with a meaning. `Tag` keeps two meanings apart; there is no implicit conversion either way.
template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(double value) : value_(value) {}
  /// The bare number, in the unit that the tag names.
  [[nodiscard]] constexpr double value() const { return value_; }

  constexpr auto operator<=>(const Quantity&) const = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
  friend constexpr Quantity operator*(Quantity a, double factor) { return Quantity(a.value_ * factor); }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

 private:
  double value_ = 0.0;
};

/// Simulated time or a duration, in days of exactly 24 hours. Range: any finite number.
using Days = Quantity<struct DaysTag>;

/// The closed interval in which a figure stays; a side without limit is infinite.
struct Range {
  double low = 0.0;
  double high = 0.0;
  bool operator==(const Range&) const = default;
};

/// A year is 365.25 days and a month a twelfth of it (MODEL.md section 1).
inline constexpr double days_per_year = 365.25;
inline constexpr double days_per_month = days_per_year / 12.0;

}  // namespace sojourn
