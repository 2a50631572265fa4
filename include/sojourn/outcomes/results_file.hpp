// The results file: HDF5 that netCDF readers open. Layout and promises: sim/outcomes/FORMAT.md.
#pragma once

#include <filesystem>
#include <string>

#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// The format written and read, as the root attribute `schema`; a file of another version is refused by name.
inline constexpr int results_schema = 2;

/// Writes `outcomes` to `path`: the whole image is built in memory, written to a temporary name in the same folder, flushed
/// to the disk and renamed, so that a file with the final name is complete; a file that was there before stays until then.
/// Equal outcomes give equal bytes. Throws RunError when the disk is full, the folder cannot be written, `path` is a folder
/// or a device, or there are more than 4 GiB of values; the temporary file is removed and the old file is left as it was.
/// Throws InputError where `may` does not allow what is at `path` to be replaced: by default a file that Sojourn did not
/// write. Throws std::invalid_argument as `require_consistent`. `require_replaceable` of base/whole_file.hpp tells before a
/// long run.
void write_results(const Outcomes& outcomes, const std::filesystem::path& path, const Replacing& may = {});

/// Reads a results file back, verifying its checksums: dimensions and arrays in the order in which they were written, arrays
/// of groups after the others. Throws InputError ("PATH: error: ...") when `path` is missing, not a results file, damaged,
/// edited, rewritten by another program (its last line is missing then), or of another schema; RunError when no process can
/// be made: HDF5 reads the file in one of its own, which may crash or come to no end without harm. Several threads may read
/// at once with an allocator that is safe over fork(), as the C library's is.
[[nodiscard]] Outcomes read_results(const std::filesystem::path& path);

/// Only the provenance, the `plan` dimension and the ties of a network (network_ties.hpp), for `sojourn run out.h5`. The
/// whole file is verified. Throws as `read_results`.
[[nodiscard]] Outcomes read_provenance(const std::filesystem::path& path);

/// Whether the file at `path` is a results file that its last line fits: whole, and as Sojourn wrote it. HDF5 does not see
/// it; what it says is not judged. False where there is none.
[[nodiscard]] bool is_sealed(const std::filesystem::path& path);

/// The SHA-256 of everything that the outcomes say, as the file's root attribute `content_sha256`: equal on every machine
/// and with every version of HDF5 and zlib, which the bytes of the file are not.
[[nodiscard]] std::string content_sha256(const Outcomes& outcomes);

/// True when the file starts as HDF5 does (its first 8 bytes); false when it cannot be read.
[[nodiscard]] bool looks_like_results(const std::filesystem::path& path);

}  // namespace sojourn
