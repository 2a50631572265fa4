// The one door for files that a scenario names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/scenario/scenario.hpp"
#include "value.hpp"

namespace sojourn::scenario {

/// From where a scenario may name files, and which.
struct FileAccess {
  const std::filesystem::path& folder;  // of the scenario: where relative paths begin
  NamedFiles allowed = NamedFiles::in_folder;
  std::string_view who = "scenario";                    // who names the file, in messages
  std::vector<std::filesystem::path>* found = nullptr;  // gets the path of every file that may be opened
};

/// The path of the regular file that `value`, a text, names; nothing after reporting why it must not be opened, or cannot
/// be. A scenario reaches nothing outside its folder, neither by "..", nor by an absolute path, nor by a link that leads
/// out: scenarios are mailed, and must not tell what else is on a disk. What the command line names is the user's own wish.
[[nodiscard]] std::optional<std::filesystem::path> named_file(const Value& value, const FileAccess& access);

}  // namespace sojourn::scenario
