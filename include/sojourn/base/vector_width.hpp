// How wide the vectors of this processor are: loops that are worth it are compiled once for each width.
#pragma once

namespace sojourn {

/// Levels of x86-64, with vectors of 16, 32 and 64 bytes; `base` is any other processor.
enum class VectorWidth { base, v2, v3, v4 };
/// The widest vectors that this processor has; `SOJOURN_VECTORS` (v2, v3, v4) in the environment asks for narrower ones.
/// Asked for once: later changes of the environment change nothing.
[[nodiscard]] VectorWidth widest_vectors();

/// Of one function for each width of x86-64 the one to call here.
template <class Function>
[[nodiscard]] Function for_widest_vectors(Function v2, Function v3, Function v4) {
  const VectorWidth width = widest_vectors();
  return width == VectorWidth::v4 ? v4 : width == VectorWidth::v3 ? v3 : v2;
}

}  // namespace sojourn
