// Scenarios and sweep files that nobody means well with, read and checked as `sojourn check` does, in this process:
//   fault-mutate_scenarios COUNT [FIRST]
// Each is one of the shipped and of the wrong ones (scenarios/, tests/golden/bad*), with lines, tables, keys and values of
// the others in it, values of other kinds, any key of the format anywhere, and bytes changed; and with changes as after
// --set. What has no error is made a model and, now and then, simulated. Ends with 0; with 3 and 4 as cases.hpp says, and
// with 5 at an exception without a name. Run it in the source folder. tests/fault/many_mutants.py runs millions.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stop_token>
#include <thread>

#include "sojourn/engine/run.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/model/keys.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/scenario/knobs.hpp"
#include "sojourn/scenario/lesson_changes.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "sojourn/scenario/sweep_file.hpp"
#include "sojourn/scenario/uncertain.hpp"
#include "tests/fault/cases.hpp"

namespace {

using namespace sojourn;
using namespace sojourn::fault;
namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// What the scenarios of a source tree are made of.
struct Corpus {
  std::vector<std::vector<std::string>> right, wrong, sweeps;  // by lines
  std::vector<std::string> lines, values;                      // of all of them
  std::vector<std::vector<std::string>> tables;                // "[[touchpoint]]" to the next
  std::vector<std::string> ids;

  Corpus() {
    std::vector<fs::path> paths;
    for (const char* folder : {"scenarios", "tests/golden/bad", "tests/golden/bad_sweeps", "tests/fuzz/corpus"}) {
      for (const auto& each : fs::recursive_directory_iterator(folder)) {
        if (each.path().extension() == ".toml" && each.file_size() < 40'000) paths.push_back(each.path());
      }
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      std::ifstream in(path, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      add(text, text.find("[sweep]") != text.npos ? sweeps : path.begin()->string() == "scenarios" ? right : wrong);
    }
  }

 private:
  void add(const std::string& text, std::vector<std::vector<std::string>>& files) {
    const std::vector<std::string> all = lines_of(text);
    if (all.size() > 1000) return;
    files.push_back(all);
    std::vector<std::string> table;
    for (const std::string& line : all) {
      if (line.starts_with("[")) {
        if (!table.empty()) tables.push_back(table);
        table.clear();
      }
      if (line.starts_with("[") || !table.empty()) table.push_back(line);
      const std::size_t equals = line.find('=');
      if (line.starts_with("#") || equals == line.npos) continue;
      lines.push_back(line);
      const std::string value = line.substr(std::min(line.find_first_not_of(' ', equals + 1), line.size()));
      values.push_back(value.substr(0, value.find("  #")));
      if (line.starts_with("id ")) ids.push_back(value.substr(1, value.find('"', 1) - 1));
    }
    if (!table.empty()) tables.push_back(table);
  }
};

const Corpus& corpus() {
  static const Corpus made;
  return made;
}

std::string some_value(Dice& dice) {
  switch (dice.below(4)) {
    case 0:
      return dice.of(odd_numbers());
    case 1:
      return dice.of(odd_texts());
    case 2:
      return "\"" + dice.of(corpus().ids) + "\"";
    default:
      return dice.of(corpus().values);
  }
}

/// A key of any table of the format.
std::string some_key(Dice& dice) {
  const keys::Table& table = dice.of(keys::tables());
  return table.keys.empty() ? "schema" : dice.of(table.keys).name;
}

/// Mostly one of those that are right as they are.
const std::vector<std::string>& some_file(Dice& dice) { return dice.of(dice.one_in(8) ? corpus().wrong : corpus().right); }

/// One number in the line becomes another, often one of its size.
void change_number(std::string& line, Dice& dice) {
  const std::string digits = "0123456789";
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (digits.find(line[i]) != digits.npos && (i == 0 || digits.find(line[i - 1]) == digits.npos)) places.push_back(i);
  }
  if (places.empty()) return;
  const std::size_t at = dice.of(places), end = std::min(line.find_first_not_of("0123456789._", at), line.size());
  const std::string before = line.substr(at, end - at);
  const double value = std::strtod(before.c_str(), nullptr);
  const std::string now = dice.one_in(3) ? dice.of(odd_numbers())
                          : before.find('.') == before.npos
                              ? fmt::format("{:.0f}", value * static_cast<double>(dice.below(5)))
                              : fmt::format("{}", value * 0.25 * static_cast<double>(dice.below(7)));
  line.replace(at, end - at, now);
}

void change_bytes(std::string& line, Dice& dice) {
  if (line.empty()) return;
  const std::size_t at = dice.below(line.size());
  switch (dice.below(4)) {
    case 0:
      line[at] = static_cast<char>(dice.below(256));
      break;
    case 1:
      line.erase(at, 1 + dice.below(8));
      break;
    case 2:
      line.insert(at, 1, "[]{}\"'=#.,\\\n\t -+"[dice.below(17)]);
      break;
    default:
      line.insert(at, line.substr(at, 1 + dice.below(20)));
  }
}

void change(std::vector<std::string>& lines, Dice& dice) {
  if (lines.empty()) lines.emplace_back();
  const auto place = [&] { return static_cast<std::ptrdiff_t>(dice.below(lines.size())); };
  std::string& line = lines[dice.below(lines.size())];
  // A number or a value of the same key is where it may be right.
  if (dice.one_in(2)) {
    const std::string key = line.substr(0, line.find_first_of(" ="));
    const std::string& other = dice.of(corpus().lines);
    if (!key.empty() && other.starts_with(key) && dice.one_in(2)) {
      line = other;
    } else {
      change_number(line, dice);
    }
    return;
  }
  const std::size_t equals = line.find('=');
  switch (dice.below(14)) {
    case 0:
    case 1:
    case 2:
      if (equals != line.npos) line = line.substr(0, equals + 1) + " " + some_value(dice);
      break;
    case 3:
    case 4:
      change_number(line, dice);
      break;
    case 5:
      lines.erase(lines.begin() + place());
      break;
    case 6:
      lines.insert(lines.begin() + place(), line);
      break;
    case 7:
      std::swap(line, lines[dice.below(lines.size())]);
      break;
    case 8:
      lines.insert(lines.begin() + place(), dice.of(corpus().lines));
      break;
    case 9:
    case 10: {
      const std::vector<std::string>& table = dice.of(corpus().tables);
      lines.insert(dice.one_in(2) ? lines.end() : lines.begin() + place(), table.begin(), table.end());
      break;
    }
    case 11:
      lines.insert(lines.begin() + place(), some_key(dice) + " = " + some_value(dice));
      break;
    case 12:
      if (equals != line.npos) line = some_key(dice) + " " + line.substr(equals);
      break;
    default:
      change_bytes(line, dice);
  }
}

/// As after --set.
std::vector<Override> some_overrides(Dice& dice) {
  std::vector<Override> overrides;
  for (std::size_t left = dice.one_in(5) ? 1 + dice.below(2) : 0; left > 0; --left) {
    std::string path = dice.one_in(8) ? std::string() : dice.of(keys::list_sections()) + ".";
    if (!path.empty() && !dice.one_in(8)) path += (dice.one_in(4) ? "*" : dice.of(corpus().ids)) + ".";
    path += some_key(dice);
    for (std::size_t deeper = dice.below(3); deeper > 0; --deeper) path += dice.one_in(2) ? "[0]" : "." + some_key(dice);
    try {
      overrides.push_back(parse_override(path + "=" + some_value(dice)));
    } catch (const InputError&) {
    }
  }
  return overrides;
}

/// Lives a few of its people, for a tenth of a second at most.
void simulate(const Scenario& scenario, std::vector<Override> overrides) {
  overrides.push_back({"--customers", "scenario.customers", "7"});
  overrides.push_back({"--replications", "scenario.replications", "2"});
  const Scenario few = parse_scenario(scenario.source, "few.toml", ".", overrides);
  if (few.errors() > 0) return;  // no multiple of its accounts, say
  const Model model = build(few);
  if (people_size(model).memory_bytes > 100'000'000 ||
      run_size(model, model.parts().plans.size()).memory_bytes > 500'000'000)
    return;
  std::vector<PlanId> plans;
  for (std::size_t k = 0; k < std::min<std::size_t>(model.parts().plans.size(), 3); ++k) plans.emplace_back(k);
  std::stop_source stop;
  const std::jthread clock([&](const std::stop_token& over) {
    for (int i = 0; i < 20 && !over.stop_requested(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stop.request_stop();
  });
  RunOptions options;
  options.threads = 1;
  options.stop = stop.get_token();
  const RunResult result = run(model, plans, options);
  if (!result.replications.empty()) (void)collect_outcomes(result, {});
}

std::string check_scenario(Dice& dice) {
  std::vector<std::string> lines = some_file(dice);
  do {
    change(lines, dice);
  } while (dice.one_in(2));
  std::string text = text_of(lines);
  if (dice.one_in(20)) change_bytes(text, dice);
  const std::vector<Override> overrides = some_overrides(dice);
  const Scenario scenario = parse_scenario(text, "case.toml", ".", overrides);
  if (scenario.rendered.size() != scenario.findings.size()) throw std::logic_error("findings that are not rendered");
  if (scenario.errors() > 0) return "scenario: refused";
  const Model model = build(scenario);
  (void)read_uncertain(scenario, overrides);
  (void)read_knobs(scenario, overrides);
  (void)check_lesson_changes(scenario, overrides);
  (void)read_lesson(scenario, overrides);
  (void)run_size(model, model.parts().plans.size());
  (void)network_size(model);
  if (dice.one_in(10)) (void)journey_map::content(model, JourneyView());
  if (dice.one_in(4)) {
    simulate(scenario, overrides);
    return "scenario: taken, and simulated";
  }
  return "scenario: taken";
}

std::string check_sweep(Dice& dice) {
  std::vector<std::string> lines = dice.of(corpus().sweeps);
  const std::string scenario = text_of(some_file(dice));
  while (!dice.one_in(3)) {
    if (!dice.one_in(3)) change(lines, dice);
    if (dice.one_in(4)) {
      lines.insert(lines.end(),
                   {"[[vary]]",
                    "key = \"" + dice.of(keys::list_sections()) + "." + dice.of(corpus().ids) + "." + some_key(dice) + "\"",
                    "from = " + some_value(dice), "to = " + some_value(dice), "steps = " + some_value(dice)});
    }
  }
  const SweepFile sweep = dice.one_in(2) ? parse_sweep(text_of(lines), "case-sweep.toml", {}, scenario)
                                         : parse_sweep(text_of(lines), "case-sweep.toml");
  if (sweep.rendered.size() != sweep.findings.size()) throw std::logic_error("findings that are not rendered");
  if (sweep.errors() > 0) return "sweep: refused";
  for (const VariedKey& key : sweep.keys) {
    for (const double share : {0.0, 0.5, 1.0}) (void)key.at(share);
    if (key.steps() > 0) (void)key.step(key.steps() - 1);
  }
  return "sweep: taken";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fputs("usage: fault-mutate_scenarios COUNT [FIRST]\n", stderr);
    return 2;
  }
  const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const std::uint64_t end = first + std::strtoull(argv[1], nullptr, 10);
  if (corpus().right.empty() || corpus().wrong.empty() || corpus().sweeps.empty()) {
    std::fputs("no scenarios: run it in the source folder\n", stderr);
    return 2;
  }
  Watch watch(30);
  fault::Ends ends;
  for (std::uint64_t i = first; i < end; ++i) {
    watch.begin(i);
    Dice dice(i);
    try {
      ends.count(dice.one_in(10) ? check_sweep(dice) : check_scenario(dice));
    } catch (const Error& error) {
      if (dynamic_cast<const RunError*>(&error) == nullptr && error.code() != ErrorCode::endless_life) throw;
      ends.count("scenario: cannot be simulated");
    } catch (const std::bad_alloc&) {
      ends.count("scenario: no memory");
    } catch (const std::exception& error) {
      std::fprintf(stderr, "an exception without a name at case %llu: %s\n", static_cast<unsigned long long>(i),
                   error.what());
      return 5;
    }
  }
  ends.print();
  return 0;
}
