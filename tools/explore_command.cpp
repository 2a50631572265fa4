#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/play/explore.hpp"
#include "sojourn/play/play_page.hpp"
#include "sojourn/sweep/merge.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int explore_command(const CommandLine& line) {
  namespace fs = std::filesystem;
  require_pages(play_pages_built());
  const fs::path page = page_path(line);
  if (fs::exists(line.input) && !looks_like_results(line.input))
    throw InputError("this is not the file of a merged sweep",
                     "sojourn sweep and then sojourn merge make one; sojourn play takes a scenario", line.input);
  const Outcomes points = read_results(line.input);
  if (!holds_points(points))
    throw InputError("this file holds a run, not the points of a sweep",
                     "sojourn report makes a page of it; of a scenario sojourn play makes one to play with", line.input);
  Replacing may;
  may.inputs = {line.input};
  may.force = line.force;
  require_replaceable(page, may);
  replace_file(page, play_page(points.provenance.title, explore_json(points), Answers::in_the_page), may);
  if (!line.quiet) print(stderr, "Page: %s\n", page.c_str());
  return done;
}

}  // namespace sojourn::tools
