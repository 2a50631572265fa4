// SHA-256, to name contents and to notice damage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sojourn {

/// The Secure Hash Algorithm SHA-256 of FIPS 180-4 (NIST, 2015, https://doi.org/10.6028/NIST.FIPS.180-4),
/// sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2. Feed it bytes in any number of pieces; the digest depends on their
/// concatenation only.
class Sha256 {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  /// Appends bytes. At most 2^61 - 1 in all (FIPS 180-4, section 1).
  void update(std::string_view bytes);
  /// Appends the low `width` bytes of `value`, least significant first; 1 <= width <= 8.
  void update_little_endian(std::uint64_t value, int width = 8);

  /// The digest of everything appended so far; more may be appended afterwards.
  [[nodiscard]] Digest digest() const;
  /// The digest as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
  [[nodiscard]] std::string hex() const;

 private:
  static constexpr std::size_t block_size = 64;

  void compress(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};  // section 5.3.3
  std::array<std::uint8_t, block_size> pending_ = {};
  std::uint64_t length_ = 0;  // bytes appended
};

/// The SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace sojourn
