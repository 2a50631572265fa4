#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/play/explore.hpp"
#include "sojourn/play/play_page.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int explore_command(const CommandLine& line) {
  namespace fs = std::filesystem;
  require_pages(play_pages_built());
  const fs::path page = page_path(line);
  const Outcomes points = read_merged_sweep(line.input);
  Replacing may;
  may.inputs = {line.input};
  may.force = line.force;
  require_replaceable(page, may);
  replace_file(page, play_page(points.provenance.title, explore_json(points), Answers::in_the_page), may);
  if (!line.quiet) print(stderr, "Page: %s\n", page.c_str());
  return done;
}

}  // namespace sojourn::tools
