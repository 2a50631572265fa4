#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "commands.hpp"
#include "ctrl_c.hpp"
#include "play.hpp"
#include "session.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/play/play_json.hpp"
#include "sojourn/play/play_page.hpp"
#include "sojourn/play/play_server.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

/// Shows `address` in the user's browser, where there is a screen. Nothing is said where that fails: the address is printed.
void show(std::string address) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return;
  std::string program = "xdg-open";
  const std::array<char*, 3> words{program.data(), address.data(), nullptr};
  pid_t child = 0;
  static_cast<void>(posix_spawnp(&child, program.c_str(), nullptr, nullptr, words.data(), environ));
}

}  // namespace

int serve(const CommandLine& line, const Playground& ground, const std::string& lesson) {
  const std::string& title = ground.model().parts().settings.title;
  PlayServer server(ground, play_page(title, start_json(ground, lesson), Answers::of_a_server), line.port, line.threads);
  print(stdout, "%s\n", server.address().c_str());
  std::fflush(stdout);
  if (!line.quiet) print(stderr, "The page is at this address, on this machine alone; Ctrl-C ends it.\n");
  if (line.open) show(server.address());
  const StopAtCtrlC stop(nullptr, Termination::stops);
  server.serve(stop.token());
  return done;
}

int play_command(const CommandLine& line) {
  require_pages(play_pages_built());
  if (looks_like_results(line.input))
    throw InputError(line.input + " is a results file, whose numbers stand",
                     "name its scenario to play with it; of a merged sweep sojourn explore makes a page");
  const Input input = read_input(line);
  return serve(line, Playground(input.scenario, line.overrides), "null");
}

}  // namespace sojourn::tools
