#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/report/journey_map.hpp"

namespace sojourn::tools {

int map_command(const CommandLine& line) {
  const std::filesystem::path path =
      line.output.empty() ? std::filesystem::path(line.input).stem() += ".svg" : std::filesystem::path(line.output);
  const std::string kind = path.extension().string();
  if (kind != ".svg" && kind != ".html" && kind != ".dot") {
    throw InputError("sojourn: error: cannot draw a map as \"" + path.string() +
                     "\"\nhint: end the name in .svg, .html or .dot");
  }
  const Input input = read_input(line);
  const std::string drawing = kind == ".svg"    ? journey_svg(input.model)
                              : kind == ".html" ? journey_html(input.model)
                                                : journey_dot(input.model);
  replace_file(path, drawing);
  std::fprintf(stderr, "Journey map: %s\n", path.c_str());
  return done;
}

}  // namespace sojourn::tools
