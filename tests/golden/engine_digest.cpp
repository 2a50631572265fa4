// Prints a digest of everything that the engine counts, line by line: each shipped scenario under all of its plans, and
// random models. Whatever compiler, machine, vector width or engine, it must print tests/golden/engine_digest.txt.
//   sojourn-digest SCENARIOS [lock_step|window_by_window|one_customer]      SCENARIOS: the folder of the scenarios
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/base/sha256.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/verify/random_models.hpp"

namespace {

using namespace sojourn;

void update(Sha256& digest, const Totals& totals) {
  digest.update_little_endian(totals.events());
  for (std::size_t i = 0; i < totals.shape().cells(); ++i) {
    const Totals::Wide cell = totals.cell(i);
    digest.update_little_endian(static_cast<std::uint64_t>(cell));
    digest.update_little_endian(static_cast<std::uint64_t>(cell >> 64));
  }
}

void update(Sha256& digest, const ModelParts& parts, Engine engine) {
  std::vector<PlanId> plans;
  for (std::size_t k = 0; k < parts.plans.size(); ++k) plans.emplace_back(k);
  RunOptions options;
  options.engine = engine;
  try {
    const RunResult result = run(Model(parts), plans, options);
    digest.update_little_endian(result.events);
    for (std::size_t plan = 0; plan < plans.size(); ++plan) {
      for (const Totals& totals : result.totals[plan]) update(digest, totals);
      for (const BatchSums& sample : result.batches[plan].samples()) update(digest, sample.totals);
    }
  } catch (const InputError& error) {
    if (error.code() != ErrorCode::endless_life) throw;
    digest.update(error.message() + "\nhint: " + error.hint());
  }
}

void print(const Sha256& digest, const std::string& name) { std::printf("%s  %s\n", digest.hex().c_str(), name.c_str()); }

void print_scenarios(const std::filesystem::path& folder, Engine engine) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool lesson = entry.path().parent_path().filename() == "lessons";  // made of what the others have
    if (entry.path().extension() == ".toml" && !lesson && !entry.path().stem().string().ends_with("-sweep"))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::filesystem::path& path : paths) {
    const Scenario scenario = read_scenario(path);
    if (scenario.text.find("\n[sweep]") != std::string::npos) continue;
    ModelParts parts = build(scenario).parts();
    Sha256 digest;
    for (const std::uint32_t replications : {1u, 2u}) {
      parts.settings.customers = 3000;
      // At a queue all come for whom a customer stands: four are as good as twenty here.
      if (parts.settings.market) parts.settings.market = std::min(*parts.settings.market, 12000.0);
      parts.settings.replications = replications;
      update(digest, parts, engine);
    }
    print(digest, path.lexically_relative(folder).generic_string());
  }
}

void print_random_models(Engine engine) {
  constexpr std::uint64_t groups = 8, models = 25;
  for (std::uint64_t group = 0; group < groups; ++group) {
    Sha256 digest;
    for (std::uint64_t number = group * models; number < (group + 1) * models; ++number) {
      ModelParts parts = verify::random_model(number, static_cast<int>(number % 101), verify::Flavour::any);
      if (number % 5 == 0) parts.settings.customers *= 10;
      update(digest, parts, engine);
    }
    print(digest, "random models " + std::to_string(group * models) + " to " + std::to_string((group + 1) * models - 1));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view asked = argc > 2 ? argv[2] : "lock_step";
  const bool known = asked == "lock_step" || asked == "window_by_window" || asked == "one_customer";
  if (argc < 2 || argc > 3 || !known) {
    std::fputs("usage: sojourn-digest SCENARIOS [lock_step|window_by_window|one_customer]\n", stderr);
    return 2;
  }
  const Engine engine = asked == "lock_step"          ? Engine::lock_step
                        : asked == "window_by_window" ? Engine::window_by_window
                                                      : Engine::one_customer;
  try {
    print_scenarios(argv[1], engine);
    print_random_models(engine);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
