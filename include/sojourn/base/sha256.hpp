// SHA-256, to name contents and to notice damage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's

namespace sojourn {

/// The Secure Hash Algorithm SHA-256 of FIPS 180-4 (NIST, 2015, https://doi.org/10.6028/NIST.FIPS.180-4), by OpenSSL. Feed
/// it bytes in any number of pieces; the digest depends on their concatenation only. Every function throws std::bad_alloc
/// where there is no memory.
class Sha256 {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  Sha256();
  Sha256(const Sha256& other);
  Sha256& operator=(const Sha256& other);

  /// Appends bytes. At most 2^61 - 1 in all (FIPS 180-4, section 1).
  void update(std::string_view bytes);
  /// Appends the low `width` bytes of `value`, least significant first; 1 <= width <= 8.
  void update_little_endian(std::uint64_t value, int width = 8);

  /// The digest of everything appended so far; more may be appended afterwards.
  [[nodiscard]] Digest digest() const;
  /// The digest as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
  [[nodiscard]] std::string hex() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// The SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace sojourn
