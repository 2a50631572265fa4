#include "named_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <system_error>

namespace sojourn::scenario {
namespace {

namespace fs = std::filesystem;

bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  // Absolute first: of a relative path without a single part that is there, only the relative path would come back.
  const fs::path whole = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) return false;
  const fs::path root = fs::weakly_canonical(fs::absolute(folder.empty() ? fs::path(".") : folder, error), error);
  if (error) return false;
  // A folder that is written with a slash at its end has an empty last part.
  const auto end = root.has_filename() ? root.end() : std::prev(root.end());
  return std::mismatch(root.begin(), end, whole.begin(), whole.end()).first == end;
}

}  // namespace

std::optional<fs::path> named_file(const Value& value, const FileAccess& access) {
  const std::string& name = value.node().text;
  const auto refuse = [&](std::string message, std::string hint) {
    value.refuse(std::move(message), std::move(hint));
    return std::nullopt;
  };
  const std::string relative = fmt::format("the path is relative to the {} file", access.who);
  const bool from_command_line = value.node().origin >= 0;
  if (!from_command_line && access.allowed == NamedFiles::none) {
    return refuse("a scenario inside a results file opens no file", "name one with --set, or run the scenario itself");
  }
  if (name.empty() || name.find('\0') != std::string::npos) {
    return refuse(fmt::format("{} is no name of a file", in_quotes(name)), relative);
  }
  const fs::path path = access.folder / name;
  // Before anything is said about the file: not even whether it is there.
  if (!from_command_line && !lies_in(path, access.folder)) {
    std::string hint = fmt::format("copy the file beside the {}", access.who);
    if (access.who == "scenario") hint += fmt::format(", or name it on the command line: --set {}", value.path());
    return refuse(fmt::format("{} lies outside the folder of the {}", in_quotes(name), access.who), std::move(hint));
  }
  std::error_code error;
  switch (fs::status(path, error).type()) {
    case fs::file_type::regular:
      if (access.found != nullptr) access.found->push_back(path);
      return path;
    case fs::file_type::directory:
      return refuse(fmt::format("{} is a folder", in_quotes(name)), "name a file in it");
    case fs::file_type::not_found:
    case fs::file_type::none:
      return refuse(fmt::format("there is no file {}", in_quotes(name)), relative);
    default:  // a pipe would block, a device would never end
      return refuse(fmt::format("{} is not a regular file", in_quotes(name)), "save its lines to a file and name that");
  }
}

}  // namespace sojourn::scenario
