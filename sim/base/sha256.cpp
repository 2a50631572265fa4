#include "sojourn/base/sha256.hpp"

#include <openssl/evp.h>

#include <new>

namespace sojourn {
namespace {

/// OpenSSL fails here for want of memory alone.
void require(int done) {
  if (done != 1) throw std::bad_alloc();
}

/// The method, looked up once for the whole program. `EVP_sha256()` has every digest look it up again, behind locks of
/// OpenSSL's: a process that is forked while another thread holds one of them would wait for ever (outcomes reads files in
/// such processes). With the method at hand a digest takes no lock.
const EVP_MD* method() {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // never freed: needed until the end
  if (sha256 == nullptr) throw std::bad_alloc();
  return sha256;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr) throw std::bad_alloc();
  require(EVP_DigestInit_ex(context_.get(), method(), nullptr));
}

Sha256::Sha256(const Sha256& other) : Sha256() { *this = other; }

Sha256& Sha256::operator=(const Sha256& other) {
  if (this != &other) require(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()));
  return *this;
}

void Sha256::update(std::string_view bytes) { require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

void Sha256::update_little_endian(std::uint64_t value, int width) {
  std::array<char, 8> bytes = {};
  for (int i = 0; i < width; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * i) & 0xff);
  update({bytes.data(), static_cast<std::size_t>(width)});
}

Sha256::Digest Sha256::digest() const {
  Sha256 copy(*this);
  Digest digest = {};
  require(EVP_DigestFinal_ex(copy.context_.get(), digest.data(), nullptr));
  return digest;
}

std::string Sha256::hex() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest()) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 sum;
  sum.update(bytes);
  return sum.hex();
}

}  // namespace sojourn
