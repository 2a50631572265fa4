// The two values of a double that are no finite number, by short names. For sources alone: a public header that included
// this would make `nan` ambiguous, beside that of <math.h>, wherever somebody says `using namespace sojourn`.
#pragma once

#include <limits>

namespace sojourn {

/// What is not known, or not defined: "not a number" (IEEE 754). JSON and files say null or NaN for it, tables a dash.
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// What never happens, or has no limit.
inline constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace sojourn
