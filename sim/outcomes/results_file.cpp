#include "sojourn/outcomes/results_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "hdf5_handle.hpp"
#include "read_apart.hpp"
#include "results_image.hpp"
#include "results_layout.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/sha256.hpp"
#include "sojourn/base/whole_file.hpp"

namespace sojourn {
namespace {

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";
constexpr std::string_view seal_label = "sojourn sha256 ";
constexpr std::size_t seal_size = seal_label.size() + 64 + 1;
constexpr std::uint64_t most_file_bytes = most_value_bytes + (std::uint64_t{1} << 30);  // HDF5's own structures included

// The line after HDF5's own end of the file. HDF5 and all that stands on it ignore it; we check it before HDF5 parses
// anything, because the library crashes on damaged structures.
std::string seal(std::string_view image) { return fmt::format("{}{}\n", seal_label, sha256_hex(image)); }

/// How many bytes HDF5 wrote, by the superblock of the versions that it has (the end-of-file address, HDF5 File Format
/// Specification, version 3, section II.A); 0 where that cannot be told.
std::uint64_t length_written(std::string_view bytes) {
  constexpr std::array<std::size_t, 4> places{40, 44, 28, 28};  // by version, with addresses of 8 bytes
  constexpr std::size_t version_at = 8, address = 8;
  if (bytes.size() <= version_at) return 0;
  const auto version = static_cast<unsigned char>(bytes[version_at]);
  const std::size_t sizes_at = version < 2 ? 13 : 9;
  if (version >= places.size() || bytes.size() < places[version] + address || bytes[sizes_at] != address) return 0;
  std::uint64_t length = 0;
  for (std::size_t i = address; i-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes[places[version] + i]);
  return length;
}

// The bytes without the seal, having checked it. HDF5 sees no others.
std::string_view unsealed(std::string_view bytes) {
  constexpr std::string_view our_attribute = "sojourn_version";
  if (bytes.size() < seal_size || !bytes.substr(bytes.size() - seal_size).starts_with(seal_label)) {
    if (const std::uint64_t length = length_written(bytes); length > bytes.size())
      throw Damage(fmt::format("it is cut short, with {} bytes of {} or more", bytes.size(), length));
    if (bytes.find(our_attribute) == bytes.npos) throw OtherFormat("");
    throw Damage("its last line, a checksum, is missing: it is cut short, or another program wrote it anew");
  }
  const std::string_view image = bytes.substr(0, bytes.size() - seal_size);
  if (bytes.substr(image.size()) != seal(image)) throw Damage("its bytes do not match the checksum in its last line");
  return image;
}

}  // namespace

void write_results(const Outcomes& outcomes, const std::filesystem::path& path, const Replacing& may) {
  require_consistent(outcomes);
  FileReplacement file(path, may);  // what can be told before the work is told before it
  if (const std::uint64_t bytes = value_bytes(outcomes); bytes > most_value_bytes) {
    throw RunError(
        fmt::format("cannot write {}: {} bytes of values are more than a results file holds (4 GiB)", path.string(), bytes),
        "simulate fewer replications, plans or windows at a time", {}, ErrorCode::too_large);
  }
  std::string bytes;
  try {
    const Hdf5Session session;
    bytes = write_image(outcomes);
  } catch (const Hdf5Error& error) {
    throw RunError(fmt::format("cannot write {}: {}", path.string(), error.what()), {}, {}, ErrorCode::cannot_write);
  }
  bytes += seal(bytes);
  file.write(bytes);
  file.finish();
}

Outcomes read_results(const std::filesystem::path& path) {
  constexpr std::string_view where_from = "sojourn run SCENARIO.toml writes results files";
  constexpr std::string_view remedy = "restore it from a copy, or run its scenario again";
  const auto refuse = [&path](std::string_view what, std::string_view hint) {
    return InputError(std::string(what), std::string(hint), path.string());
  };
  const std::string bytes = read_whole_file(path, most_file_bytes);
  if (bytes.empty()) throw refuse("this file is empty", where_from);
  if (!bytes.starts_with(hdf5_signature)) throw refuse("this is not an HDF5 file, so not a results file", where_from);
  try {
    return read_image_apart(unsealed(bytes));
  } catch (const OtherFormat& version) {
    if (std::string_view(version.what()).empty()) throw refuse("this is an HDF5 file, but not Sojourn's", where_from);
    const bool older = std::string_view(version.what()) == "1";
    throw refuse(fmt::format("this file was written by {} Sojourn: it is of results format {}, and this one reads format {}",
                             older ? "an older" : "another", version.what(), results_schema),
                 older ? "run it again from its scenario, which the file holds too, as the text attribute scenario_toml"
                       : "read it with the version of sojourn that wrote it, or run it again from its scenario");
  } catch (const Hdf5Error& error) {
    throw refuse(fmt::format("this file is damaged or cut short ({})", error.what()), remedy);
  } catch (const Damage& error) {
    throw refuse(fmt::format("this file is damaged or was edited: {}", error.what()), remedy);
  }
}

Outcomes read_provenance(const std::filesystem::path& path) {
  Outcomes outcomes = read_results(path);
  std::erase_if(outcomes.arrays, [](const Array& array) { return !array.name.starts_with("network/"); });
  std::erase_if(outcomes.dimensions,
                [](const Dimension& dimension) { return dimension.name != "plan" && dimension.name != "tie"; });
  return outcomes;
}

bool is_sealed(const std::filesystem::path& path) {
  try {
    const std::string bytes = read_whole_file(path, most_file_bytes);
    return bytes.starts_with(hdf5_signature) && !unsealed(bytes).empty();
  } catch (const InputError&) {
    return false;
  } catch (const OtherFormat&) {
    return false;
  } catch (const Damage&) {
    return false;
  }
}

bool looks_like_results(const std::filesystem::path& path) {
  // Not through a stream: opening a pipe that nobody writes to would wait for ever.
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return false;
  char first[hdf5_signature.size()] = {};
  const ssize_t count = ::read(file, first, sizeof first);
  ::close(file);
  return std::string_view(first, static_cast<std::size_t>(std::max<ssize_t>(count, 0))) == hdf5_signature;
}

}  // namespace sojourn
