#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "sojourn/scenario/schema.hpp"
#include "sojourn/scenario/templates.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int new_command(const CommandLine& line) {
  const std::string wanted = line.input.empty() ? "commented" : line.input;
  // A lesson is a scenario too.
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<std::string> names;
  std::string list;
  for (const auto& known : templates()) {
    texts.emplace_back(known.name, known.text);
    names.emplace_back(known.name);
    list += "\n  " + std::string(known.name) + ": " + std::string(known.description);
  }
  list += "\nlessons, which sojourn lessons describes:";
  for (const auto& known : shipped_lessons()) {
    texts.emplace_back(known.name, known.text);
    names.emplace_back(known.name);
    list += "\n  " + std::string(known.name);
  }
  for (const auto& [name, text] : texts) {
    if (name != wanted) continue;
    if (line.output.empty()) {
      print(stdout, "%s", text.c_str());
      return done;
    }
    Replacing nothing;
    nothing.only_new = true;
    require_replaceable(line.output, nothing);
    replace_file(line.output, text, nothing);
    const std::filesystem::path schema = std::filesystem::path(line.output).replace_filename(schema_file_name);
    const bool has_schema = std::filesystem::exists(schema);
    if (!has_schema) replace_file(schema, json_schema(), nothing);
    const bool lesson = std::any_of(shipped_lessons().begin(), shipped_lessons().end(),
                                    [&](const ShippedLesson& one) { return one.name == wanted; });
    print(stderr, "Wrote %s%s. Next: sojourn check %s, then sojourn %s %s\n", line.output.c_str(),
          has_schema ? "" : (" and " + schema.string() + ", with which editors complete its keys").c_str(),
          line.output.c_str(), lesson ? "lesson" : "compare", line.output.c_str());
    return done;
  }
  const bool is_file = std::filesystem::path(wanted).extension() == ".toml";
  const std::string to_file = is_file ? "to write a template to a file: sojourn new -o " + wanted + "\n" : std::string();
  throw InputError(there_is_no("template", wanted, names), to_file + "templates:" + list);
}

}  // namespace sojourn::tools
