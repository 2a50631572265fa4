#include "hdf5_handle.hpp"

#include <fmt/format.h>

#include <array>

namespace sojourn {
namespace {

std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

// Walking upward from the innermost failure, the first description is the reason; the outer ones only say who called whom.
herr_t take_reason(unsigned, const H5E_error2_t* error, void* reason) {
  try {
    std::array<char, 80> kind = {};
    H5Eget_msg(error->min_num, nullptr, kind.data(), kind.size());
    *static_cast<std::string*>(reason) = fmt::format("{}: {}", kind.data(), error->desc ? error->desc : "");
  } catch (...) {  // an exception must not pass through C
  }
  return 1;  // enough
}

}  // namespace

void throw_hdf5_error(std::string_view call) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw Hdf5Error(reason.empty() ? fmt::format("{} failed", call) : fmt::format("{} failed: {}", call, reason));
}

Hdf5Handle text_type(std::size_t size) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "H5Tcopy");
  checked(H5Tset_size(type, size), "H5Tset_size");
  checked(H5Tset_cset(type, H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

hobj_ref_t reference_to(hid_t file, const std::string& path) {
  hobj_ref_t reference = 0;
  checked(H5Rcreate(&reference, file, path.c_str(), H5R_OBJECT, -1), "H5Rcreate");
  return reference;
}

Hdf5Session::Hdf5Session() : lock_(library_mutex()) {
  // Refused, harmlessly, when the library is in use already.
  static const herr_t asked_once = H5dont_atexit();
  static_cast<void>(asked_once);
  checked(H5open(), "H5open");
  checked(H5Eget_auto2(H5E_DEFAULT, &handler_, &handler_data_), "H5Eget_auto2");
  checked(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "H5Eset_auto2");
}

Hdf5Session::~Hdf5Session() { H5Eset_auto2(H5E_DEFAULT, handler_, handler_data_); }

}  // namespace sojourn
