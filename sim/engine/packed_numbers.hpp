// Whole numbers in few bytes, on every machine the same.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "sojourn/base/error.hpp"

namespace sojourn {

/// Numbers as groups of seven bits, the low ones first; signs in the lowest bit. Most of a table is 0: a run of zeros is a 0
/// and how many more follow.
class Packer {
 public:
  __extension__ using Wide = __int128;
  __extension__ using UnsignedWide = unsigned __int128;

  void add(Wide number) {
    if (number == 0) {
      ++zeros_;
      return;
    }
    end_zeros();
    const auto bits = static_cast<UnsignedWide>(number);
    put(number < 0 ? ~(bits << 1) : bits << 1);
  }
  [[nodiscard]] std::string finish() {
    end_zeros();
    return std::move(bytes_);
  }

 private:
  void end_zeros() {
    if (zeros_ == 0) return;
    put(0);
    put(zeros_ - 1);
    zeros_ = 0;
  }
  void put(UnsignedWide bits) {
    for (; bits >= 0x80; bits >>= 7) bytes_ += static_cast<char>(static_cast<std::uint8_t>(bits | 0x80));
    bytes_ += static_cast<char>(static_cast<std::uint8_t>(bits));
  }

  std::string bytes_;
  std::uint64_t zeros_ = 0;
};

/// And back. Throws RunError where bytes are no such numbers.
class Unpacker {
 public:
  using Wide = Packer::Wide;
  using UnsignedWide = Packer::UnsignedWide;

  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  Wide next() {
    if (zeros_ > 0) {
      --zeros_;
      return 0;
    }
    const UnsignedWide bits = take();
    if (bits == 0) {
      const UnsignedWide more = take();
      if (more > std::numeric_limits<std::uint64_t>::max()) damaged();
      zeros_ = static_cast<std::uint64_t>(more);
      return 0;
    }
    return static_cast<Wide>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
  }
  template <class Number>
  Number next_of() {
    const Wide number = next();
    if (number < static_cast<Wide>(std::numeric_limits<Number>::min()) ||
        number > static_cast<Wide>(std::numeric_limits<Number>::max()))
      damaged();
    return static_cast<Number>(number);
  }
  void require_end() const {
    if (at_ != bytes_.size() || zeros_ > 0) damaged();
  }
  [[noreturn]] static void damaged() { throw RunError("a part of the run is damaged"); }

 private:
  UnsignedWide take() {
    UnsignedWide bits = 0;
    for (int shift = 0; shift < 128; shift += 7) {
      if (at_ == bytes_.size()) damaged();
      const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
      bits |= static_cast<UnsignedWide>(byte & 0x7f) << shift;
      if (byte < 0x80) return bits;
    }
    damaged();
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t zeros_ = 0;
};

}  // namespace sojourn
