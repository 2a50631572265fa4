// Columns of large tables: memory that is aligned, holds what is written and is given back, small or large.
#include <cstdint>

#include "sojourn/base/huge_pages.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

TEST_CASE("huge pages: a column holds what is written, below and above the size from which pages are large", "[base]") {
  for (const std::size_t count : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20, (std::size_t{3} << 20) + 7}) {
    Column<std::uint32_t> column(count, 7u);
    for (std::size_t i = 0; i < count; i += 997) column[i] = static_cast<std::uint32_t>(i);
    column.push_back(5u);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i) wrong += column[i] != (i % 997 == 0 ? static_cast<std::uint32_t>(i) : 7u);
    CHECK(wrong == 0);
    CHECK(column[count] == 5u);
  }
  const Column<double> large(std::size_t{1} << 20, 0.5);
  CHECK(reinterpret_cast<std::uintptr_t>(large.data()) % (std::size_t{1} << 21) == 0);
}

TEST_CASE("huge pages: more than there can be is an error", "[base]") {
  HugePageAllocator<double> allocator;
  CHECK_THROWS_AS(allocator.allocate(static_cast<std::size_t>(-1) / 4), std::bad_alloc);
}
