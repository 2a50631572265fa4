#include "content_digest.hpp"

#include <algorithm>
#include <bit>

#include "sojourn/base/sha256.hpp"

namespace sojourn {
namespace {

void update_text(Sha256& sum, std::string_view text) {
  sum.update_little_endian(text.size());
  sum.update(text);
}

template <class Number>
void update_numbers(Sha256& sum, const std::vector<Number>& values) {
  static_assert(sizeof(Number) == 8);
  if constexpr (std::endian::native == std::endian::little) {
    sum.update({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)});
  } else {
    for (const Number value : values) sum.update_little_endian(std::bit_cast<std::uint64_t>(value));
  }
}

Sha256 description(const std::vector<Axis>& axes, Attributes attributes, std::string_view kind) {
  Sha256 sum;
  sum.update_little_endian(axes.size());
  for (const auto& [name, size] : axes) {
    update_text(sum, name);
    sum.update_little_endian(size);
  }
  std::sort(attributes.begin(), attributes.end());
  sum.update_little_endian(attributes.size());
  for (const auto& [name, text] : attributes) {
    update_text(sum, name);
    update_text(sum, text);
  }
  update_text(sum, kind);
  return sum;
}

}  // namespace

void ContentDigest::add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes,
                        std::monostate) {
  digests_[path] = description(axes, attributes, "none").hex();
}

void ContentDigest::add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes,
                        const std::vector<double>& values) {
  Sha256 sum = description(axes, attributes, "double");
  update_numbers(sum, values);
  digests_[path] = sum.hex();
}

void ContentDigest::add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes,
                        const std::vector<std::int64_t>& values) {
  Sha256 sum = description(axes, attributes, "integer");
  update_numbers(sum, values);
  digests_[path] = sum.hex();
}

void ContentDigest::add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes,
                        const std::vector<std::string>& values) {
  Sha256 sum = description(axes, attributes, "text");
  for (const std::string& value : values) update_text(sum, value);
  digests_[path] = sum.hex();
}

std::string ContentDigest::hex() const {
  Sha256 sum;
  for (const auto& [path, digest] : digests_) sum.update(digest + "  " + path + "\n");
  return sum.hex();
}

}  // namespace sojourn
