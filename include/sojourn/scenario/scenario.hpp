// The one door to TOML: text in, a checked description out, every error at once.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/base/error.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/scenario/checked_text.hpp"

namespace sojourn {

/// A change to the scenario from the command line, applied before anything is checked: `--set`, `--customers`, ...
struct Override {
  /// As the user typed it, for messages: "--set touchpoint.first-bill.quality.mean=0.7".
  std::string option;
  /// "touchpoint.first-bill.quality.mean": ids in place of indices, exits by the id that they lead to, anything by [n] from
  /// 0. Keys that are missing are made. Of quality = 0.5, the parts quality.mean and quality.sd can be set.
  std::string path;
  /// TOML; what is not TOML is a text ("12 weeks"). The value of an effect that begins with a sign ("+0.1") is a text too.
  std::string value;
};

/// "path=value" as typed after `--set`. Throws InputError when there is no '=' or an empty path.
[[nodiscard]] Override parse_override(std::string_view text);

/// What a scenario file says, with every problem found in it. `parts` is complete only where `findings` holds no error.
struct Scenario : CheckedText {
  std::string source;   // as read, before any override
  std::string text;     // as resolved: the file's own text, or, with overrides, the changed document formatted
  bool joined = false;  // the source is the file's joined with its bases': its lines are not those of the file
  ModelParts parts;
  std::vector<std::string> notes;  // of overrides that are right and may be meant otherwise: what they do, a sentence each
  std::vector<std::filesystem::path> files;  // that it names and that were found: bases, ties, arrivals; not its own

  // One source compiles these, as those of ModelParts.
  Scenario();
  Scenario(const Scenario&);
  Scenario(Scenario&&) noexcept;
  Scenario& operator=(const Scenario&);
  Scenario& operator=(Scenario&&) noexcept;
  ~Scenario();
};

/// Reads a scenario file. Limits: 16 MiB, 100,000 lines, 2,000,000 values, nesting and dotted keys of 32 parts. Never throws
/// for what the file contains (see `Scenario::findings`); a missing file, a directory or an unreadable one is a finding too,
/// and so is what is wrong with the edge file of a network, which may have 2 GiB and 100,000,000 ties. `further` are
/// findings that others made of it, in a run, and that get their places.
[[nodiscard]] Scenario read_scenario(const std::filesystem::path& path, const std::vector<Override>& overrides = {},
                                     const std::vector<Finding>& further = {});

/// The files that a scenario may name: regular ones in its own folder and below, or none. Overrides may name any.
enum class NamedFiles { in_folder, none };

/// The same from text; `name` stands in messages, relative paths inside are resolved against `folder`. `ties` of a results
/// file, unless there are none, stand for the network's file, unless an override names another. A scenario that came inside
/// a results file opens no file: NamedFiles::none.
[[nodiscard]] Scenario parse_scenario(std::string_view text, const std::string& name,
                                      const std::filesystem::path& folder = ".", const std::vector<Override>& overrides = {},
                                      const std::vector<Tie>& ties = {}, NamedFiles files = NamedFiles::in_folder,
                                      const std::vector<Finding>& further = {});

/// The `text` of a scenario of that source and those overrides, which need not be valid; the source where there are none.
[[nodiscard]] std::string resolved_text(std::string_view source, const std::vector<Override>& overrides);

/// The model of a scenario without errors. Throws InputError, whose text is `diagnostics`, when it has any.
[[nodiscard]] Model build(const Scenario& scenario);

}  // namespace sojourn
