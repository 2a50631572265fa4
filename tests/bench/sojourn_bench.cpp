// build/sojourn-bench: how fast the engine is on this machine, beside hand-written kernels for the same work.
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bare_kernel.hpp"
#include "bench_scenarios.hpp"  // made by CMake: the texts of scenarios
#include "hazards_bench.hpp"
#include "queue_bench.hpp"
#include "sim/engine/customer_store.hpp"
#include "sim/engine/lock_step_tables.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/engine/recorder.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "survey_bench.hpp"
#include "talk_bench.hpp"

namespace {

using namespace sojourn;
using bench::median;
using bench::thread_seconds;
using nlohmann::ordered_json;

constexpr std::string_view usage = R"(usage: sojourn-bench [--quick] [--json] [--largest N]

Measures the engine on tests/bench/twelve.toml (12 touchpoints with 4 exits each and slopes, lognormal delays, 3 personas, 24 months
in weekly windows, every tally on) and tests/bench/chain.toml (the same journey as a plain semi-Markov chain), beside kernels written
by hand for the same lives without any tally. Takes less than a minute on an idle machine.

  --quick      a few seconds: fewer and shorter runs, up to 10^5 people
  --json       the figures as JSON instead of tables
  --largest N  people in the last of the growing runs, at most 10^8 (10^7, less on a machine where that takes more than 15 seconds;
               --quick: 10^5)

What the lines mean:
  visits per second and core   one thread. Runs of about 10 ms (window by window a whole block of 32,768 people) of the engine and of
                               the kernels take turns, so that a busy machine is unfair to all alike. CPU time of the thread, not
                               wall-clock time. `median` over all runs; `best` is the run that was disturbed least.
    engine, lock step          what `sojourn run` does, without the start of threads and the writing of results
    engine, window by window   the same lives, stopped at the end of every window, as coupled customers live
    engine, one at a time      the plain reference (include/sojourn/engine/life.hpp)
    bare, system maths         a kernel by hand for this scenario that calls glibc's vector maths; no tallies
    bare, inlined maths        the same with polynomials in its loops; no tallies
    ... of the chain           the same for the plain chain; this kernel counts visits by touchpoint
  compared                     median of the ratios of runs next to each other, and the goal where there is one
  same process                 what the engine's lives and the kernels' have in common, from as many lives each
  steps                        processor ticks (time-stamp counter) per visit in each step, each step's fewest of many runs of 512 people
  two threads                  wall-clock time of whole runs with one and with two threads, in turn
  growth                       whole runs with all processors: wall-clock time, visits per second, and the most memory that the process
                               has held by then; flat memory shows as one figure
  queues                       whole runs of one replication on one thread, CPU time: scenarios/contact-centre.toml with a million
                               customers and agents for them (--quick: as it is), where two visits in five are calls; and
                               tests/bench/one-server.toml, M/M/1 at a load of 0.8, to which everybody comes once: a hundred thousand, and
                               (not with --quick) a million
  hazards                      a race of two exits, one of which has its odds halved for half of the time: never, every second fortnight
                               (24 changes a year) and every night (730); whole runs of one replication on one thread, in turn, CPU time
  surveys                      scenarios/telecom.toml with two surveys and one rule, and without them but stopped at every window's end;
                               whole runs of one replication on one thread, in turn, CPU time
  talk                         word of mouth alone, one thread: everybody a promoter on a small world of ten contacts, daily windows;
                               a million people and (not with --quick) a hundred thousand
  bytes per customer           state between windows where customers are coupled
Exit status: 0 when it has measured, whatever the figures; 2 for a wrong command line; 1 for anything else.
)";

struct Options {
  bool quick = false, json = false;
  std::uint64_t largest = 0;
  double patience = 15.0;  // for the last of the growing runs; who asks for a size waits for it
};

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      options.quick = true;
    } else if (word == "--json") {
      options.json = true;
    } else if (word == "--largest" && i + 1 < argc) {
      char* rest = nullptr;
      const double largest = std::strtod(argv[++i], &rest);
      if (rest == argv[i] || *rest != '\0' || !(largest >= 1e4 && largest <= 1e8)) return std::nullopt;
      options.largest = static_cast<std::uint64_t>(largest);
      options.patience = 1e300;
    } else {
      return std::nullopt;
    }
  }
  if (options.largest == 0) options.largest = options.quick ? 100'000 : 10'000'000;
  return options;
}

// The machine.

#if defined(__clang__)
constexpr const char* compiler = "clang, which leaves loops of the bare kernels scalar: they are no limit";
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

std::string field_of(const char* path, std::string_view name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(name, 0) != 0) continue;
    const std::size_t at = line.find_first_not_of(" \t:", name.size());
    return at == std::string::npos ? "" : line.substr(at);
  }
  return "";
}

double load_average() {
  double loads[1] = {0.0};
  return getloadavg(loads, 1) == 1 ? loads[0] : 0.0;
}

/// The most memory that this process has held, in MiB.
double peak_memory() {
  rusage usage_of_self;
  getrusage(RUSAGE_SELF, &usage_of_self);
  return static_cast<double>(usage_of_self.ru_maxrss) / 1024.0;
}

// The engine on one scenario.

Model model_of(std::string_view text, std::uint64_t customers) {
  return build(parse_scenario(text, "benchmark", ".", {{"--customers", "scenario.customers", std::to_string(customers)}}));
}

/// What lives have in common, whoever simulates them: shares of all people, means of the customers at the horizon.
struct Process {
  double visits = 0.0, lost = 0.0, churned = 0.0, customers = 0.0, satisfaction = 0.0, expectation = 0.0;
  std::vector<double> at;  // share of the visits to touchpoints that are no ends
};

class Subject {
 public:
  explicit Subject(std::string_view text)
      : model_(model_of(text, block_customers)),
        program_(model_),
        population_(model_.parts()),
        shape_(tally_shape(program_)),
        compiled_(program_, population_, shape_),
        worker_(shape_) {}

  [[nodiscard]] const lock_step::Compiled& compiled() const { return compiled_; }

  std::uint64_t live(std::uint32_t people) {
    worker_.tally().clear();
    if (!worker_.live(compiled_, streams_, 0, people)) throw RunError("a life without end");
    return worker_.tally().events;
  }
  std::uint64_t live_by_windows(std::uint32_t people) {
    worker_.tally().clear();
    if (!worker_.live_by_windows(compiled_, streams_, 0, people)) throw RunError("a life without end");
    return worker_.tally().events;
  }
  std::uint64_t live_one_by_one(std::uint32_t people) {
    worker_.tally().clear();
    Lives lives(program_, population_, streams_);
    Recorder recorder(program_, worker_.tally());
    for (std::uint32_t i = 0; i < people; ++i) lives.live(i, recorder);
    return worker_.tally().events;
  }
  std::uint64_t live(std::uint32_t people, std::uint64_t* ticks) {
    worker_.ticks = ticks;
    const std::uint64_t visits = live(people);
    worker_.ticks = nullptr;
    return visits;
  }

  [[nodiscard]] std::size_t bytes_per_customer() const { return CustomerStore(compiled_, 0, 1, 1).bytes_per_customer(); }

  Process process(std::uint32_t people) {
    Totals totals(shape_);
    for (std::uint32_t begin = 0; begin < people; begin += block_customers) {
      worker_.tally().clear();
      if (!worker_.live(compiled_, streams_, begin, begin + block_customers)) throw RunError("a life without end");
      totals.add(worker_.tally());
    }
    Process process;
    process.visits = static_cast<double>(totals.events()) / people;
    const std::size_t last = shape_.windows - 1;
    process.at.resize(bench::bare_touchpoints);
    double visits = 0.0;
    for (std::size_t p = 0; p < shape_.personas; ++p) {
      const auto stock = [&](TimeScore score) { return static_cast<double>(totals.stock(p, last, score)); };
      process.lost += stock(TimeScore::lost) / people;
      process.churned += stock(TimeScore::churned) / people;
      process.customers += stock(TimeScore::customers) / people;
      process.satisfaction += stock(TimeScore::satisfaction) / shape_.scales.score;
      process.expectation += stock(TimeScore::expectation) / shape_.scales.score;
      for (std::size_t v = 0; v < process.at.size(); ++v) {
        process.at[v] += totals.value(shape_.touch(p, v, TouchScore::visits));
        visits += totals.value(shape_.touch(p, v, TouchScore::visits));
      }
    }
    process.satisfaction /= process.customers * people;
    process.expectation /= process.customers * people;
    for (double& share : process.at) share /= visits;
    return process;
  }

 private:
  Model model_;
  Program program_;
  Population population_;
  TallyShape shape_;
  lock_step::Compiled compiled_;
  lock_step::Worker worker_;
  Streams streams_{42, 0};
};

Process process_of(bench::BareRun run, std::uint32_t people) {
  const bench::BareLives lives = run(42, 0, people, nullptr);
  const auto share = [people](std::uint64_t count) { return static_cast<double>(count) / people; };
  Process process{share(lives.visits),
                  share(lives.lost),
                  share(lives.churned),
                  share(lives.customers),
                  lives.satisfaction,
                  lives.expectation,
                  {}};
  process.satisfaction /= static_cast<double>(lives.customers);
  process.expectation /= static_cast<double>(lives.customers);
  double visits = 0.0;
  for (const std::uint64_t count : lives.at) visits += static_cast<double>(count);
  if (visits == 0.0) return process;
  for (const std::uint64_t count : lives.at) process.at.push_back(static_cast<double>(count) / visits);
  return process;
}

// Runs that take turns.

struct Contender {
  std::string key, name;
  std::function<std::uint64_t(std::uint32_t)> live;  // people in, visits out
  std::uint32_t people;                              // 0: so many that a run takes about 10 ms
  std::vector<double> rates;                         // visits per second of each run

  [[nodiscard]] double best() const { return rates.empty() ? 0.0 : *std::max_element(rates.begin(), rates.end()); }
};

double rate(Contender& contender) {
  const double before = thread_seconds();
  const std::uint64_t visits = contender.live(contender.people);
  return static_cast<double>(visits) / (thread_seconds() - before);
}

void take_turns(std::deque<Contender>& contenders, int rounds) {
  for (Contender& contender : contenders) {
    if (contender.people == 0) {
      contender.people = 1024;
      const double before = thread_seconds();
      contender.live(contender.people);
      contender.people = static_cast<std::uint32_t>(
          std::clamp(0.01 / (thread_seconds() - before) * contender.people, 64.0, double{block_customers}));
    }
    rate(contender);
  }
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) contender.rates.push_back(rate(contender));
  }
}

struct Goal {
  std::string key, text;
  double value, goal;  // goal 0: none
  bool rate;           // in visits per second, else a ratio
};

double paired(const Contender& a, const Contender& b) { return bench::paired(a.rates, b.rates); }

constexpr std::array<const char*, static_cast<std::size_t>(lock_step::Step::count)> step_names = {
    "fetch", "draw", "experience", "record", "choose", "delay", "move"};

/// Ticks per visit of each step: each step's fewest of many short runs, because ticks go on where another process takes the
/// processor.
using Ticks = std::array<std::uint64_t, step_names.size()>;
static_assert(step_names.size() == bench::bare_steps);
std::vector<double> steps(const std::function<std::uint64_t(std::uint32_t, std::uint64_t*)>& live, int rounds) {
  std::vector<double> fewest(step_names.size(), 1e300);
  for (int round = 0; round < rounds; ++round) {
    Ticks ticks{};
    const auto visits = static_cast<double>(live(512, ticks.data()));
    for (std::size_t k = 0; k < ticks.size(); ++k) fewest[k] = std::min(fewest[k], static_cast<double>(ticks[k]) / visits);
  }
  return fewest;
}

struct Threads {
  std::vector<double> one, two;  // wall-clock seconds
  [[nodiscard]] double speedup() const { return bench::paired(one, two); }
  [[nodiscard]] double best() const {
    return *std::min_element(one.begin(), one.end()) / *std::min_element(two.begin(), two.end());
  }
};

Threads two_threads(std::uint64_t people, int rounds) {
  Threads threads;
  if (thread_count(0) < 2) return threads;
  const Model model = model_of(bench::twelve, people);
  const PlanId plans[] = {PlanId(0)};
  for (int round = -1; round < rounds; ++round) {
    RunOptions options;
    options.threads = 1;
    const double one = run(model, plans, options).seconds;
    options.threads = 2;
    const double two = run(model, plans, options).seconds;
    if (round < 0) continue;
    threads.one.push_back(one);
    threads.two.push_back(two);
  }
  return threads;
}

struct Growth {
  std::uint64_t people, visits;
  double seconds, memory;
};

/// Ten times as many people each time, up to `largest`, as long as a run can be expected to end within `patience` seconds.
std::vector<Growth> grow(std::uint64_t largest, double patience) {
  std::vector<Growth> grown;
  const PlanId plans[] = {PlanId(0)};
  for (std::uint64_t people = 10'000; people <= largest; people *= 10) {
    if (!grown.empty() && 10.0 * grown.back().seconds > patience) break;
    const RunResult result = run(model_of(bench::twelve, people), plans);
    grown.push_back({people, result.events, result.seconds, peak_memory()});
  }
  return grown;
}

/// Everything that is measured.
struct Figures {
  std::string cpu, vectors;
  int processors = 1;
  double load = 0.0;
  std::deque<Contender> contenders;
  std::vector<Goal> goals;
  Process engine, system_maths, inlined, engine_chain, bare_chain;
  bool has_system_maths = false;
  std::vector<double> ticks, inlined_ticks, chain_ticks, bare_chain_ticks;
  Threads threads;
  std::vector<Growth> growth;
  std::vector<bench::QueueSpeed> queues;
  std::vector<bench::HazardSpeed> hazards;
  bench::SurveySpeed surveys;
  bench::TalkFigures talk;
  std::size_t bytes_per_customer = 0;
};

/// A contact centre of a million customers, with agents for them, and a lone server.
std::vector<bench::QueueSpeed> measure_queues(bool quick, const std::string& vectors) {
  const auto model = [](std::string_view text, const std::vector<std::array<std::string, 2>>& set) {
    std::vector<Override> overrides;
    for (const auto& [path, value] : set) overrides.push_back({"--set", path, value});
    return build(parse_scenario(text, "benchmark", ".", overrides));
  };
  std::vector<bench::QueueSpeed> speeds(quick ? 2 : 3);
  speeds[0].key = "contact_centre";
  speeds[0].name = "contact centre";
  speeds[0].goal = vectors == "v4" ? 5e6 : 3e6;
  std::vector<std::array<std::string, 2>> scaled{{"scenario.replications", "1"}};
  if (!quick) {
    scaled.push_back({"scenario.customers", "1_000_000"});
    scaled.push_back({"scenario.market", "1_000_000"});
    scaled.push_back({"pool.agents.servers", R"({ mon-sun = { "06:00-22:00" = 117 } })"});
    scaled.push_back({"pool.night.servers", R"({ mon-sun = { "22:00-06:00" = 100 } })"});
  }
  bench::measure_queue(speeds[0], model(bench::contact_centre, scaled), quick ? 1 : 3);
  for (std::size_t k = 1; k < speeds.size(); ++k) {
    speeds[k].key = k == 1 ? "one_server" : "one_server_of_a_million";
    speeds[k].name = "one server, M/M/1";
    speeds[k].goal = 8e6;
    speeds[k].by_arrivals = true;
  }
  const std::vector<std::array<std::string, 2>> fewer{
      {"scenario.customers", "100_000"},
      {"touchpoint.counter.handle_time", R"({ exponential = { mean = "69.12 seconds" } })"}};
  bench::measure_queue(speeds[1], model(bench::one_server, fewer), quick ? 1 : 25);
  if (!quick) bench::measure_queue(speeds[2], model(bench::one_server, {}), 5);
  return speeds;
}

Figures measure(const Options& options) {
  Figures figures;
  const bench::BareKernels bare = bench::bare_kernels();
  figures.cpu = field_of("/proc/cpuinfo", "model name");
  figures.vectors = bare.width;
  figures.processors = thread_count(0);
  figures.load = load_average();
  // First, while the process is small.
  figures.growth = grow(options.largest, options.patience);
  figures.threads = two_threads(options.quick ? 30'000 : 200'000, options.quick ? 3 : 12);

  figures.queues = measure_queues(options.quick, figures.vectors);
  figures.hazards = bench::measure_hazards(options.quick);
  figures.surveys = bench::measure_surveys(bench::telecom, options.quick);
  figures.talk = bench::measure_talk(options.quick);

  Subject twelve(bench::twelve), chain(bench::chain);
  figures.bytes_per_customer = twelve.bytes_per_customer();
  const auto kernel = [](bench::BareRun run) {
    return [run](std::uint32_t people) { return run(42, 0, people, nullptr).visits; };
  };
  std::deque<Contender>& all = figures.contenders;
  const auto engine = [&](std::string key, std::string name, auto live, std::uint32_t people) -> Contender& {
    return all.emplace_back(Contender{std::move(key), std::move(name), live, people, {}});
  };
  const Contender& lock_step = engine(
      "lock_step", "engine, lock step", [&](std::uint32_t n) { return twelve.live(n); }, 0);
  Contender* system = nullptr;
  if (bare.system_maths != nullptr) {
    system = &engine("bare_system_maths", "bare, system maths", kernel(bare.system_maths), 0);
  }
  const Contender& inlined = engine("bare_inlined", "bare, inlined maths", kernel(bare.inlined), 0);
  const Contender& windows = engine(
      "window_by_window", "engine, window by window", [&](std::uint32_t n) { return twelve.live_by_windows(n); },
      block_customers);
  const Contender& reference = engine(
      "one_customer", "engine, one at a time", [&](std::uint32_t n) { return twelve.live_one_by_one(n); }, 0);
  const Contender& plain = engine(
      "chain", "engine, of the chain", [&](std::uint32_t n) { return chain.live(n); }, 0);
  const Contender& bare_chain = engine("bare_chain", "bare, of the chain", kernel(bare.chain), 0);
  take_turns(all, options.quick ? 8 : 120);
  const int tick_rounds = options.quick ? 100 : 1000;
  const auto bare_steps = [](bench::BareRun run) {
    return [run](std::uint32_t people, std::uint64_t* ticks) { return run(42, 0, people, ticks).visits; };
  };
  figures.ticks = steps([&](std::uint32_t n, std::uint64_t* ticks) { return twelve.live(n, ticks); }, tick_rounds);
  figures.inlined_ticks = steps(bare_steps(bare.inlined), tick_rounds);
  figures.chain_ticks = steps([&](std::uint32_t n, std::uint64_t* ticks) { return chain.live(n, ticks); }, tick_rounds);
  figures.bare_chain_ticks = steps(bare_steps(bare.chain), tick_rounds);

  const Contender& limit = system != nullptr ? *system : inlined;
  figures.goals = {
      {"lock_step_of_bare", "lock step of the bare kernel" + std::string(system != nullptr ? " with system maths" : ""),
       paired(lock_step, limit), 0.50, false},
      {"lock_step_of_inlined", "lock step of the bare kernel with inlined maths", paired(lock_step, inlined), 0.0, false},
      {"windows_of_lock_step", "window by window of lock step", paired(windows, lock_step), 0.70, false},
      {"lock_step_of_reference", "lock step to one at a time", paired(lock_step, reference), 0.0, false},
      {"chain_rate", "the chain, visits per second", median(plain.rates), 0.0, true},
      {"chain_of_bare", "the chain of its bare kernel", paired(plain, bare_chain), 0.0, false}};
  if (!figures.threads.one.empty()) {
    figures.goals.push_back({"two_threads", "two threads to one", figures.threads.speedup(), 1.9, false});
  }

  const std::uint32_t people = options.quick ? 2 * block_customers : 8 * block_customers;
  figures.engine = twelve.process(people);
  figures.inlined = process_of(bare.inlined, people);
  figures.has_system_maths = bare.system_maths != nullptr;
  if (figures.has_system_maths) figures.system_maths = process_of(bare.system_maths, people);
  figures.engine_chain = chain.process(people);
  figures.bare_chain = process_of(bare.chain, people);
  return figures;
}

void print(const Figures& figures) {
  fmt::print("{}, {} processors in use, vectors of x86-64-{}, load average {:.1f} at the start{}\ncompiled by {}\n",
             figures.cpu, figures.processors, figures.vectors, figures.load,
             figures.load > 0.5 ? " (others share the machine)" : "", compiler);
  fmt::print("\nvisits per second and core, millions (CPU time of the thread)    median     best\n");
  for (const Contender& contender : figures.contenders) {
    fmt::print("  {:<58} {:>10.1f} {:>8.1f}\n", contender.name, 1e-6 * median(contender.rates), 1e-6 * contender.best());
  }
  fmt::print("\ncompared (median of runs next to each other)                     measured  goal\n");
  for (const Goal& goal : figures.goals) {
    const auto text = [&](double value) {
      if (goal.rate) return fmt::format("{:.0f} M", 1e-6 * value);
      return value < 1.0 ? fmt::format("{:.1f} %", 100.0 * value) : fmt::format("{:.2f} times", value);
    };
    fmt::print("  {:<58} {:>12}  {}\n", goal.text, text(goal.value), goal.goal > 0.0 ? text(goal.goal) : "");
  }
  fmt::print("\nsame process                     visits     lost  churned  customers  satisfaction  expectation\n");
  const auto line = [](const char* name, const Process& process) {
    fmt::print("  {:<28} {:>8.3f} {:>8.4f} {:>8.4f} {:>10.4f} {:>13.4f} {:>12.4f}\n", name, process.visits, process.lost,
               process.churned, process.customers, process.satisfaction, process.expectation);
  };
  line("engine", figures.engine);
  if (figures.has_system_maths) line("bare, system maths", figures.system_maths);
  line("bare, inlined maths", figures.inlined);
  line("engine, of the chain", figures.engine_chain);
  line("bare, of the chain", figures.bare_chain);
  fmt::print("\nsteps, processor ticks per visit ");
  for (const char* name : step_names) fmt::print("{:>11}", name);
  fmt::print("        all\n");
  const auto steps_line = [](const char* name, const std::vector<double>& ticks) {
    double sum = 0.0;
    for (const double tick : ticks) sum += tick;
    fmt::print("  {:<30}", name);
    for (const double tick : ticks) fmt::print("{:>5.1f} ({:>2.0f}%)", tick, 100.0 * tick / sum);
    fmt::print("{:>11.1f}\n", sum);
  };
  steps_line("engine, lock step", figures.ticks);
  steps_line("bare, inlined maths", figures.inlined_ticks);
  steps_line("engine, of the chain", figures.chain_ticks);
  steps_line("bare, of the chain", figures.bare_chain_ticks);
  if (!figures.threads.one.empty()) {
    fmt::print(
        "\ntwo threads (wall-clock)\n  one {:.3f} s, two {:.3f} s: {:.2f} times in the median of {} pairs, {:.2f} times "
        "best to best\n",
        median(figures.threads.one), median(figures.threads.two), figures.threads.speedup(), figures.threads.one.size(),
        figures.threads.best());
  }
  fmt::print("\ngrowth: {} threads     seconds (wall-clock)   ns per visit   M visits per second   most memory, MiB\n",
             figures.processors);
  for (const Growth& grown : figures.growth) {
    const auto visits = static_cast<double>(grown.visits);
    fmt::print("  {:>11} people {:>21.3f} {:>15.1f} {:>21.1f} {:>19.1f}\n", grown.people, grown.seconds,
               1e9 * grown.seconds / visits, 1e-6 * visits / grown.seconds, grown.memory);
  }
  fmt::print("\nqueues              customers  M visits per second and core   best  M arrivals at queues   best  goal\n");
  for (const bench::QueueSpeed& speed : figures.queues) {
    const auto rate = [](std::uint64_t count, double seconds) { return 1e-6 * static_cast<double>(count) / seconds; };
    fmt::print("  {:<18} {:>8} {:>29.2f} {:>6.2f} {:>21.2f} {:>6.2f}  {:.0f} M {}\n", speed.name, speed.customers,
               rate(speed.visits, speed.median()), rate(speed.visits, speed.best()), rate(speed.arrivals, speed.median()),
               rate(speed.arrivals, speed.best()), 1e-6 * speed.goal, speed.by_arrivals ? "arrivals" : "visits");
  }
  fmt::print("\nhazards: M visits per second and core, by changes a year        0     24    730   730 of 24   goal\n");
  for (const bench::HazardSpeed& speed : figures.hazards) {
    const auto rate = [&](std::size_t k) { return 1e-6 * median(speed.rates[k]); };
    fmt::print("  {:<54} {:>6.1f} {:>6.1f} {:>6.1f} {:>9.1f} %{}\n", speed.name, rate(0), rate(1), rate(2),
               100.0 * speed.share(), speed.goal > 0.0 ? fmt::format("  {:.0f} %", 100.0 * speed.goal) : "");
  }
  const bench::SurveySpeed& surveys = figures.surveys;
  fmt::print(
      "\nsurveys: {} people      M visits per second and core\n  without them {:.2f}, with two and one rule {:.2f}: {:.1f} "
      "% in the median "
      "of {} pairs (goal: at least 70 %)\n",
      surveys.customers, 1e-6 * median(surveys.plain), 1e-6 * median(surveys.asked), 100.0 * surveys.share(),
      surveys.plain.size());
  fmt::print(
      "\ntalk                                people   M person-windows per second and core   best   M messages per second "
      "(goal "
      "at one a day: 60)\n");
  for (const bench::TalkSpeed& speed : figures.talk.speeds) {
    fmt::print("  {:>7.4f} messages per person-day {:>8} {:>39.1f} {:>6.1f} {:>23.1f}\n", speed.messages_per_day,
               speed.people, 1e-6 * speed.person_windows, 1e-6 * speed.best, 1e-6 * speed.messages);
  }
  fmt::print("  bytes per person, network and columns: {:.1f} (goal: at most 60)\n", figures.talk.bytes_per_person);
  fmt::print("\nbytes per customer between windows: {} (goal: at most 64)\n", figures.bytes_per_customer);
}

ordered_json json_of(const Process& process) {
  ordered_json out = {{"visits", process.visits},
                      {"lost", process.lost},
                      {"churned", process.churned},
                      {"customers", process.customers},
                      {"satisfaction", process.satisfaction},
                      {"expectation", process.expectation}};
  if (!process.at.empty()) out["at"] = process.at;
  return out;
}

ordered_json json_of(const Figures& figures) {
  ordered_json out;
  out["machine"] = {{"cpu", figures.cpu},
                    {"processors", figures.processors},
                    {"vectors", figures.vectors},
                    {"compiler", compiler},
                    {"load_average", figures.load}};
  for (const Contender& contender : figures.contenders) {
    out["visits_per_second"][contender.key] = {{"median", median(contender.rates)},
                                               {"best", contender.best()},
                                               {"runs", contender.rates.size()},
                                               {"people", contender.people}};
  }
  for (const Goal& goal : figures.goals) {
    out["compared"][goal.key] = {{"measured", goal.value},
                                 {"goal", goal.goal > 0.0 ? ordered_json(goal.goal) : ordered_json()}};
  }
  out["process"]["engine"] = json_of(figures.engine);
  if (figures.has_system_maths) out["process"]["bare_system_maths"] = json_of(figures.system_maths);
  out["process"]["bare_inlined"] = json_of(figures.inlined);
  out["process"]["chain"] = json_of(figures.engine_chain);
  out["process"]["bare_chain"] = json_of(figures.bare_chain);
  for (std::size_t k = 0; k < step_names.size(); ++k) {
    out["ticks_per_visit"]["engine"][step_names[k]] = figures.ticks[k];
    out["ticks_per_visit"]["bare_inlined"][step_names[k]] = figures.inlined_ticks[k];
    out["ticks_per_visit"]["chain"][step_names[k]] = figures.chain_ticks[k];
    out["ticks_per_visit"]["bare_chain"][step_names[k]] = figures.bare_chain_ticks[k];
  }
  out["two_threads"] = {{"one_seconds", figures.threads.one}, {"two_seconds", figures.threads.two}};
  for (const Growth& grown : figures.growth) {
    out["growth"].push_back(
        {{"people", grown.people}, {"visits", grown.visits}, {"seconds", grown.seconds}, {"peak_memory_mib", grown.memory}});
  }
  for (const bench::QueueSpeed& speed : figures.queues) {
    out["queues"][speed.key] = {{"customers", speed.customers},  {"visits", speed.visits},
                                {"arrivals", speed.arrivals},    {"seconds", speed.seconds},
                                {"goal_per_second", speed.goal}, {"goal_of", speed.by_arrivals ? "arrivals" : "visits"}};
  }
  for (const bench::HazardSpeed& speed : figures.hazards) {
    for (std::size_t k = 0; k < speed.rates.size(); ++k) {
      out["hazards"][speed.key]["visits_per_second"][fmt::format("{}", bench::HazardSpeed::changes_a_year[k])] =
          speed.rates[k];
    }
    out["hazards"][speed.key]["share"] = speed.share();
    out["hazards"][speed.key]["goal"] = speed.goal > 0.0 ? ordered_json(speed.goal) : ordered_json();
  }
  out["surveys"] = {{"customers", figures.surveys.customers},
                    {"visits_per_second", figures.surveys.plain},
                    {"visits_per_second_asked", figures.surveys.asked},
                    {"share", figures.surveys.share()},
                    {"goal", 0.7}};
  out["talk"] = {{"bytes_per_person", figures.talk.bytes_per_person}, {"rates", ordered_json::array()}};
  for (const bench::TalkSpeed& speed : figures.talk.speeds) {
    out["talk"]["rates"].push_back({{"people", speed.people},
                                    {"messages_per_day", speed.messages_per_day},
                                    {"person_windows_per_second", speed.person_windows},
                                    {"best", speed.best},
                                    {"messages_per_second", speed.messages}});
  }
  out["bytes_per_customer"] = figures.bytes_per_customer;
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    fmt::print("{}", usage);
    return 0;
  }
  const std::optional<Options> options = parse(argc, argv);
  if (!options) {
    fmt::print(stderr, "sojourn-bench: wrong command line\n{}", usage.substr(0, usage.find('\n') + 1));
    return 2;
  }
  try {
    const Figures figures = measure(*options);
    if (options->json) {
      fmt::print("{}\n", json_of(figures).dump(2));
    } else {
      print(figures);
    }
    if (std::fflush(stdout) != 0) return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sojourn-bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
