// The value of money in time: MODEL.md section 7.
#pragma once

#include "sojourn/base/numeric.hpp"

namespace sojourn::behaviour {

/// Force of interest per day, rho = log(1 + discount) / 365.25; discount per year, > -1. Exactly 0 at discount 0.
SOJOURN_INLINE double force_of_interest(double discount) { return numeric::log1p(discount) / 365.25; }

/// Worth today of 1 at day t: e^(-rho t). Exactly 1 at rho = 0.
SOJOURN_INLINE double present_value(double rho, double t) { return numeric::exp(-rho * t); }

/// e^-x for |x| <= 1/64, relative error below 1e-16 before rounding: what a discount of at most that does within a window.
SOJOURN_INLINE double small_decay(double x) {
  const double x2 = x * x;
  const double low = (1.0 - x) + (0.5 - (1.0 / 6.0) * x) * x2;
  const double high = (1.0 / 24.0 - (1.0 / 120.0) * x) + (1.0 / 720.0) * x2;
  return low + high * (x2 * x2);
}

/// Worth at its beginning of a flow of 1 per day for `width` days: (1 - e^(-rho width)) / rho, `width` at rho = 0.
SOJOURN_INLINE double annuity(double rho, double width) {
  const double x = rho * width;
  const double size = x < 0.0 ? -x : x;
  // (1 - e^-x) / x loses digits near 0; four terms of its series are exact there to 1e-16.
  const double mean =
      size < 1e-3 ? 1.0 - x * (0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0 - x / 120.0))) : (1.0 - numeric::exp(-x)) / x;
  return width * mean;
}

}  // namespace sojourn::behaviour
