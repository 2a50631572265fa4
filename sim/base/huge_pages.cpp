#include "sojourn/base/huge_pages.hpp"

#include <cstdlib>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace sojourn {
namespace {

constexpr std::size_t page = std::size_t{1} << 21, smallest = 2 * page;

}  // namespace

void* allocate_in_huge_pages(std::size_t bytes, std::size_t alignment) {
  if (bytes < smallest) return ::operator new (bytes, std::align_val_t{alignment});
  void* block =
      bytes > static_cast<std::size_t>(-1) - page ? nullptr : std::aligned_alloc(page, (bytes + page - 1) / page * page);
  if (block == nullptr) throw std::bad_alloc();
#ifdef __linux__
  // A wish: where it is refused, the memory is as good.
  static_cast<void>(madvise(block, bytes, MADV_HUGEPAGE));
#endif
  return block;
}

void free_huge_pages(void* block, std::size_t bytes, std::size_t alignment) noexcept {
  if (bytes < smallest) {
    ::operator delete (block, std::align_val_t{alignment});
  } else {
    std::free(block);
  }
}

}  // namespace sojourn
