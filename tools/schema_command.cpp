#include <cstdio>
#include <filesystem>
#include <string>

#include "commands.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/scenario/schema.hpp"

namespace sojourn::tools {

int schema_command(const CommandLine& line) {
  if (line.output.empty()) {
    std::fputs(json_schema().c_str(), stdout);
    return done;
  }
  constexpr std::uint64_t most = 16u << 20;
  if (std::filesystem::exists(line.output) && !is_json_schema(read_whole_file(line.output, most))) {
    throw InputError("sojourn: error: " + line.output +
                     " exists and is not a schema that Sojourn wrote\nhint: name another file with -o");
  }
  replace_file(line.output, json_schema());
  return done;
}

}  // namespace sojourn::tools
