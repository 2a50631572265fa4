// A replication that is under way, as text: what stands between two windows, in pieces of customers who follow one another,
// so that other processes can go on from it, whichever customers each of them lives. Classes name what they keep in a
// function `keep`, which both a StateWriter and a StateReader pass through.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sojourn/base/error.hpp"
#include "sojourn/population/network.hpp"

namespace sojourn {

/// Writes one piece. Numbers stand as in memory: only the build that wrote them reads them.
class StateWriter {
 public:
  static constexpr bool reads = false;
  /// Of these customers; with `all_else`, what is no customer's too.
  StateWriter(const Share& of, bool all_else) : of_(of), all_else_(all_else) { put(static_cast<std::uint8_t>(all_else)); }

  [[nodiscard]] bool has_all_else() const { return all_else_; }
  /// What is the same in all pieces.
  template <class T>
  void value(const T& value) {
    put(value);
  }
  template <class T>
  void list(const std::vector<T>& values) {
    put(std::uint64_t{values.size()});
    append(values.data(), values.size());
  }
  void text(const std::string& bytes) { list(std::vector<char>(bytes.begin(), bytes.end())); }
  /// `width` values each of things numbered [begin, end).
  template <class T>
  void stretch(std::uint64_t begin, std::uint64_t end, const T* values, std::size_t width = 1) {
    put(begin);
    put(end);
    append(values, (end - begin) * width);
  }
  /// The same of customers, those of this piece alone.
  template <class T>
  void customers(const Share& own, const T* values, std::size_t width = 1) {
    stretch(of_.begin, of_.end, values + std::size_t{of_.begin - own.begin} * width, width);
  }
  [[nodiscard]] std::string finish() { return std::move(bytes_); }

 private:
  template <class T>
  void put(const T& value) {
    append(&value, 1);
  }
  template <class T>
  void append(const T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (count > 0) bytes_.append(reinterpret_cast<const char*>(values), count * sizeof(T));
  }

  Share of_;
  bool all_else_;
  std::string bytes_;
};

/// Reads one piece, whoever wrote it: of customers and other stretches what belongs here. Throws RunError where the piece
/// does not hold what is asked for.
class StateReader {
 public:
  static constexpr bool reads = true;
  explicit StateReader(std::string_view bytes) : bytes_(bytes), all_else_(take<std::uint8_t>() != 0) {}

  [[nodiscard]] bool has_all_else() const { return all_else_; }
  template <class T>
  void value(T& value) {
    value = take<T>();
  }
  template <class T>
  void list(std::vector<T>& values) {
    const auto count = take<std::uint64_t>();
    require(count, sizeof(T));
    values.resize(static_cast<std::size_t>(count));
    copy(values.data(), values.size());
  }
  void text(std::string& bytes) {
    std::vector<char> letters;
    list(letters);
    bytes.assign(letters.begin(), letters.end());
  }
  template <class T>
  void stretch(std::uint64_t begin, std::uint64_t end, T* values, std::size_t width = 1) {
    const auto first = take<std::uint64_t>(), last = take<std::uint64_t>();
    if (last < first) damaged();
    require(last - first, width * sizeof(T));
    const std::uint64_t from = std::max(begin, first), to = std::min(end, last);
    if (from < to) {
      std::memcpy(static_cast<void*>(values + (from - begin) * width), bytes_.data() + (from - first) * width * sizeof(T),
                  (to - from) * width * sizeof(T));
    }
    bytes_.remove_prefix((last - first) * width * sizeof(T));
  }
  template <class T>
  void customers(const Share& own, T* values, std::size_t width = 1) {
    stretch(own.begin, own.end, values, width);
  }
  void require_end() const {
    if (!bytes_.empty()) damaged();
  }

 private:
  [[noreturn]] static void damaged() { throw RunError("what was kept of a replication is damaged"); }
  void require(std::uint64_t count, std::size_t size) const {
    if (size > 0 && count > bytes_.size() / size) damaged();
  }
  template <class T>
  T take() {
    T value{};
    require(1, sizeof(T));
    copy(&value, 1);
    return value;
  }
  template <class T>
  void copy(T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (count > 0) std::memcpy(static_cast<void*>(values), bytes_.data(), count * sizeof(T));
    bytes_.remove_prefix(count * sizeof(T));
  }

  std::string_view bytes_;
  bool all_else_;
};

}  // namespace sojourn
