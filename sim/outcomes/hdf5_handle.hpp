// HDF5's C interface with every call checked and every identifier closed.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sojourn {

/// An HDF5 call failed; `what()` names the call and gives the library's own innermost reason.
class Hdf5Error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws Hdf5Error for `call`, with the text of HDF5's error stack, which it clears.
[[noreturn]] void throw_hdf5_error(std::string_view call);

/// `result` when it is not negative, as every HDF5 call says success.
template <class Result>
Result checked(Result result, std::string_view call) {
  if (result < 0) throw_hdf5_error(call);
  return result;
}

/// Owns an HDF5 identifier of any kind: `Hdf5Handle file(H5Fopen(...), H5Fclose, "H5Fopen")`.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);

  /// Throws Hdf5Error when `id` is not valid, that is, when the call that made it failed.
  Hdf5Handle(hid_t id, Close close, std::string_view call) : id_(checked(id, call)), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }  // NOLINT: it stands wherever HDF5 takes an identifier

 private:
  hid_t id_;
  Close close_;
};

/// UTF-8 text of `size` bytes, or of variable length (H5T_VARIABLE).
[[nodiscard]] Hdf5Handle text_type(std::size_t size);

/// A reference to the object at `path`; equal for all paths of one object.
[[nodiscard]] hobj_ref_t reference_to(hid_t file, const std::string& path);

/// Held while HDF5 is used. The library is one per process and not thread-safe, prints its errors and, after a failed write,
/// crashes at the end of the process: this admits one thread at a time, silences the library and keeps it out of atexit. The
/// error handler of a program that uses HDF5 itself is put back.
class Hdf5Session {
 public:
  Hdf5Session();
  Hdf5Session(const Hdf5Session&) = delete;
  Hdf5Session& operator=(const Hdf5Session&) = delete;
  ~Hdf5Session();

 private:
  std::unique_lock<std::mutex> lock_;
  H5E_auto2_t handler_ = nullptr;
  void* handler_data_ = nullptr;
};

}  // namespace sojourn
