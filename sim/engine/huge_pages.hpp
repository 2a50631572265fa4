// Memory for large tables that are read here and there.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace sojourn {

/// Allocates blocks of 4 MB and more in pages of 2 MB where the system has them, so that the processor finds where a row
/// stands in far fewer steps. Smaller blocks, and all on other systems, are plain memory.
template <class T>
class HugePageAllocator {
 public:
  using value_type = T;
  HugePageAllocator() = default;
  template <class Other>
  HugePageAllocator(const HugePageAllocator<Other>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    const std::size_t bytes = count * sizeof(T);
    if (bytes < smallest) return static_cast<T*>(::operator new (bytes, std::align_val_t{alignof(T)}));
    void* block = std::aligned_alloc(page, (bytes + page - 1) / page * page);
    if (block == nullptr) throw std::bad_alloc();
#ifdef __linux__
    // A wish: where it is refused, the memory is as good.
    static_cast<void>(madvise(block, bytes, MADV_HUGEPAGE));
#endif
    return static_cast<T*>(block);
  }
  void deallocate(T* block, std::size_t count) noexcept {
    if (count * sizeof(T) < smallest) {
      ::operator delete (block, std::align_val_t{alignof(T)});
    } else {
      std::free(block);
    }
  }
  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }

 private:
  static constexpr std::size_t page = std::size_t{1} << 21, smallest = 2 * page;
};

/// A column of a large table.
template <class T>
using Column = std::vector<T, HugePageAllocator<T>>;

}  // namespace sojourn
