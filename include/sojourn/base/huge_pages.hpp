// Memory for large tables that are read here and there.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace sojourn {

/// A block of `bytes` aligned to `alignment`: from 4 MB on in pages of 2 MB where the system has them, so that the processor
/// finds where a row stands in far fewer steps; plain memory where it is smaller, and on other systems. Throws
/// std::bad_alloc.
[[nodiscard]] void* allocate_in_huge_pages(std::size_t bytes, std::size_t alignment);
/// Frees a block, whose size and alignment are those that it was asked for with.
void free_huge_pages(void* block, std::size_t bytes, std::size_t alignment) noexcept;

/// Allocates such blocks.
template <class T>
class HugePageAllocator {
 public:
  using value_type = T;
  HugePageAllocator() = default;
  template <class Other>
  HugePageAllocator(const HugePageAllocator<Other>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(allocate_in_huge_pages(count * sizeof(T), alignof(T)));
  }
  void deallocate(T* block, std::size_t count) noexcept { free_huge_pages(block, count * sizeof(T), alignof(T)); }
  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }
};

/// A column of a large table.
template <class T>
using Column = std::vector<T, HugePageAllocator<T>>;

}  // namespace sojourn
