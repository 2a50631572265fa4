#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <string>

#include "sojourn/base/sha256.hpp"
#include "tests/catch.hpp"

using sojourn::Sha256;
using sojourn::sha256_hex;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which stand in front of the C library themselves
namespace {

std::atomic<int> locks_taken{0};

template <class Lock>
int count_and_lock(const char* name, Lock* lock) {
  ++locks_taken;
  return reinterpret_cast<int (*)(Lock*)>(::dlsym(RTLD_NEXT, name))(lock);
}

}  // namespace

// The locks that OpenSSL asks the C library for; this program's functions come before the C library's.
extern "C" int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  return count_and_lock("pthread_rwlock_rdlock", lock);
}
extern "C" int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  return count_and_lock("pthread_rwlock_wrlock", lock);
}

// A results file is read, and digested, by a process that is forked while other threads digest theirs. What they have locked
// stays locked there for ever.
TEST_CASE("After the first digest none takes a lock", "[base][sha256]") {
  const std::string once = sha256_hex("abc");
  locks_taken = 0;
  CHECK(sha256_hex("abc") == once);
  CHECK(locks_taken == 0);
}
#endif

// The examples of NIST's Cryptographic Standards and Guidelines, "SHA-256" (one and two blocks) and "SHA-2 Additional", and
// the empty message of the Cryptographic Algorithm Validation Program (SHA256ShortMsg, Len = 0).
TEST_CASE("SHA-256 gives NIST's published digests", "[base][sha256]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex("\xbd") == "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
  CHECK(sha256_hex(std::string(55, '\0')) == "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
  CHECK(sha256_hex(std::string(56, '\0')) == "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb");
  CHECK(sha256_hex(std::string(57, '\0')) == "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785");
  CHECK(sha256_hex(std::string(64, '\0')) == "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
  CHECK(sha256_hex(std::string(1000, 'A')) == "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4");
  CHECK(sha256_hex(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on how the bytes are cut", "[base][sha256]") {
  std::string message;
  for (int i = 0; i < 300; ++i) message += static_cast<char>(i * 7);
  const std::string whole = sha256_hex(message);
  for (std::size_t piece = 1; piece <= 130; ++piece) {
    Sha256 sum;
    for (std::size_t at = 0; at < message.size(); at += piece) {
      sum.update(std::string_view(message).substr(at, piece));
      (void)sum.digest();  // asking in between changes nothing
    }
    CHECK(sum.hex() == whole);
  }
  message[150] = static_cast<char>(message[150] ^ 1);
  CHECK(sha256_hex(message) != whole);
}

TEST_CASE("SHA-256 takes numbers least significant byte first", "[base][sha256]") {
  Sha256 sum;
  sum.update_little_endian(0x0807060504030201u);
  sum.update_little_endian(0xff0a09u, 2);
  CHECK(sum.hex() == sha256_hex("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a"));
}
