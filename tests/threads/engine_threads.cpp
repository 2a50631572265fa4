// A program for ThreadSanitizer: the engine on seven threads, with several plans and replications, progress, an interrupt
// and an error. It checks the sums too.
//   sojourn-threads SCENARIO      ends with 0 where all is right
//   sojourn-threads --race        the twin: two threads share what the engine never shares
#include <array>
#include <barrier>
#include <cstdio>
#include <exception>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sojourn/scenario/scenario.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"

namespace {

using namespace sojourn;
using namespace sojourn::verify;

constexpr std::array engines{Engine::lock_step, Engine::window_by_window, Engine::one_customer};

// Nothing, or what is wrong.
std::string try_engine(Engine engine, ModelParts parts) {
  const std::vector<PlanId> plans = all_plans(parts);
  for (const std::uint32_t replications : {1u, 8u}) {
    parts.settings.replications = replications;
    parts.settings.customers = replications == 1 ? 12'000 : 1500;
    const Model model(parts);
    // Neither of these is atomic: the engine promises to tell progress by one thread at a time.
    double reached = 0.0;
    int told = 0;
    RunOptions options;
    options.engine = engine;
    options.threads = 7;
    options.progress = [&](double share) {
      reached = share;
      ++told;
    };
    const Run seven = try_run(model, plans, options);
    if (reached != 1.0 || told == 0) return "progress does not reach the end";
    options.threads = 1;
    std::string found = difference(seven, try_run(model, plans, options));
    if (!found.empty()) return found;
  }

  // Interrupted by its own progress, and by somebody else.
  const Model model(parts);
  std::stop_source stop, another;
  RunOptions options;
  options.engine = engine;
  options.threads = 7;
  options.stop = stop.get_token();
  options.progress = [&](double share) {
    if (share >= 0.25) stop.request_stop();
  };
  const Run cut = try_run(model, plans, options);
  if (!cut.result || (cut.result->interrupted && cut.result->replications.size() >= 8))
    return "an interrupt came to nothing";
  options.stop = another.get_token();
  options.progress = {};
  std::jthread somebody([&] { another.request_stop(); });
  if (!try_run(model, plans, options).result) return "an interrupt is an error";

  // Every block fails; the lowest one's error is told.
  ModelParts endless = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{1e-5})})}, 100.0, 40);
  endless.settings.replications = 20;
  const PlanId baseline(0);
  RunOptions plain;
  plain.engine = engine;
  plain.threads = 7;
  const Run failed = try_run(Model(endless), std::span(&baseline, 1), plain);
  if (failed.error.find("customer 0 ") == std::string::npos) return "another error: " + failed.error;
  return {};
}

// Two threads add to one table.
void race() {
  const ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0)}), finish(End::churned)}, 30.0, 1000);
  const Program program{Model(parts)};
  const Population population(parts);
  Tally tally(tally_shape(program));
  // They set out together again and again: of what lies far back ThreadSanitizer forgets the stack, and then says nothing.
  std::barrier together(2);
  const auto live = [&](std::uint32_t begin) {
    Lives lives(program, population, Streams(parts.settings.seed, 0));
    Recorder recorder(program, tally);
    for (std::uint32_t i = begin; i < begin + 500; ++i) {
      if (i % 10 == 0) together.arrive_and_wait();
      lives.live(i, recorder);
    }
  };
  std::jthread first([&] { live(0); });
  live(500);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: sojourn-threads SCENARIO | --race\n", stderr);
    return 2;
  }
  if (std::string_view(argv[1]) == "--race") {
    race();
    return 0;
  }
  try {
    const ModelParts parts = build(read_scenario(argv[1])).parts();
    for (const Engine engine : engines) {
      const std::string wrong = try_engine(engine, parts);
      if (!wrong.empty()) {
        std::fprintf(stderr, "engine %d: %s\n", static_cast<int>(engine), wrong.c_str());
        return 1;
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
