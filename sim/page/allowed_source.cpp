#include "sojourn/page/allowed_source.hpp"

#include <cstddef>
#include <cstdint>

#include "sojourn/base/sha256.hpp"

namespace sojourn {

namespace {

std::string base64(const Sha256::Digest& digest) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < digest.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return at < digest.size() ? static_cast<std::uint32_t>(digest[at]) : 0u; };
    const std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (std::size_t k = 0; k < 4; ++k) text += i + k <= digest.size() ? letters[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace

std::string allowed_source(std::string_view text) {
  Sha256 hash;
  hash.update(text);
  return " 'sha256-" + base64(hash.digest()) + "'";
}

}  // namespace sojourn
