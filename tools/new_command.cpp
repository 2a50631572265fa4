#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "sojourn/scenario/schema.hpp"
#include "sojourn/scenario/templates.hpp"

namespace sojourn::tools {

int new_command(const CommandLine& line) {
  const std::string wanted = line.input.empty() ? "commented" : line.input;
  std::vector<std::string> names;
  std::string list;
  for (const auto& known : templates()) {
    names.emplace_back(known.name);
    list += "\n  " + std::string(known.name) + ": " + std::string(known.description);
  }
  for (const auto& known : templates()) {
    if (known.name != wanted) continue;
    if (line.output.empty()) {
      std::fputs(std::string(known.text).c_str(), stdout);
      return done;
    }
    if (std::filesystem::exists(line.output)) {
      throw InputError("sojourn: error: " + line.output +
                       " exists already and is left as it is\nhint: name another file with -o");
    }
    replace_file(line.output, std::string(known.text));
    const std::filesystem::path schema = std::filesystem::path(line.output).replace_filename(schema_file_name);
    const bool alone = std::filesystem::exists(schema);
    if (!alone) replace_file(schema, json_schema());
    std::fprintf(stderr, "Wrote %s%s. Next: sojourn check %s, then sojourn compare %s\n", line.output.c_str(),
                 alone ? "" : (" and " + schema.string() + ", with which editors complete its keys").c_str(),
                 line.output.c_str(), line.output.c_str());
    return done;
  }
  const std::string near = nearest(wanted, names);
  throw InputError("sojourn: error: there is no template \"" + wanted + "\"" +
                   (near.empty() ? "" : "; did you mean \"" + near + "\"?") + "\nhint: templates:" + list);
}

}  // namespace sojourn::tools
