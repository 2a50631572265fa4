#include "commands.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/scenario/schema.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int schema_command(const CommandLine& line) {
  if (line.output.empty()) {
    print(stdout, "%s", json_schema().c_str());
    return done;
  }
  Replacing may;
  may.force = line.force;
  may.beginning = schema_beginning;
  require_replaceable(line.output, may);
  replace_file(line.output, json_schema(), may);
  return done;
}

}  // namespace sojourn::tools
