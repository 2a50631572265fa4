#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <thread>

#include "sojourn/base/error.hpp"
#include "sojourn/base/sha256.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "tests/catch.hpp"

using namespace sojourn;
namespace fs = std::filesystem;

namespace {

class ResultsFolder {
 public:
  ResultsFolder() {
    std::string name = (fs::temp_directory_path() / "sojourn-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ResultsFolder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] long entries() const { return std::distance(fs::directory_iterator(path_), fs::directory_iterator()); }

 private:
  fs::path path_;
};

std::string bytes_of(const fs::path& path) { return read_whole_file(path, std::uint64_t{1} << 30); }

void put(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Everything that the format can hold, with the values that are easily lost.
Outcomes everything() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const auto least = std::numeric_limits<std::int64_t>::min();
  const auto most = std::numeric_limits<std::int64_t>::max();

  Outcomes outcomes;
  outcomes.provenance = {"Café\tzum \"Löwen\"",
                         {"compare", {"--set", "x=\"1, [2]\"", ""}, {"größer"}},
                         "sojourn compare café.toml --set x=1",
                         "0.1.0",
                         "",
                         "name = \"Café\"\n\n[run]\n",
                         "café.toml",
                         std::numeric_limits<std::uint64_t>::max(),
                         {}};
  outcomes.dimensions = {
      {"plan", 2, std::vector<std::string>{"baseline", "größer"}, "", "the plan"},
      {"replication", 1, std::vector<std::int64_t>{most}, "", ""},
      {"persona", 3, std::vector<std::string>{"", "日本", std::string(3000, 'x')}, "", ""},
      {"time", 3, std::vector<double>{0.5, -0.0, 1e300}, "days since 2026-01-01", "end of the window"},
      {"stage", 2, {}, "", "has no values"},
      {"nothing", 0, std::vector<std::string>{}, "", ""},
      {"void", 0, {}, "", ""},
      {"tenure_bin", 1, std::vector<double>{30.0}, "day", ""},
  };
  outcomes.arrays = {
      {"customers", {"plan", "time"}, "people", "", std::vector<double>{nan, -0.0, infinity, -infinity, 5e-324, 0.1}},
      {"visits", {"persona"}, "1", "visits per touchpoint", std::vector<std::int64_t>{least, most, 0}},
      {"scalar", {}, "EUR", "no axis at all", std::vector<double>{4.25}},
      {"absent", {"plan", "nothing"}, "1", "", std::vector<double>{}},
      {"horizon/retention", {"plan", "replication"}, "1", "", std::vector<double>{0.25, nan}},
      {"horizon/visits", {"stage", "plan"}, "1", "", std::vector<std::int64_t>{1, 2, 3, 4}},
      {"tails/survival", {"tenure_bin"}, "1", "", std::vector<double>{1.0}},
  };
  return outcomes;
}

// A file of several blocks, some packed.
Outcomes large() {
  Outcomes outcomes = everything();
  const std::size_t windows = 30000;
  std::vector<double> days(windows);
  std::vector<double> people(2 * 3 * windows);
  std::vector<std::int64_t> counts(windows);
  for (std::size_t i = 0; i < windows; ++i) days[i] = static_cast<double>(i);
  for (std::size_t i = 0; i < people.size(); ++i) people[i] = std::sqrt(static_cast<double>(i));
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<std::int64_t>(i * i);
  outcomes.dimensions.push_back({"window", windows, days, "day", ""});
  outcomes.arrays.push_back({"series", {"plan", "persona", "window"}, "people", "", people});
  outcomes.arrays.push_back({"counts", {"window"}, "count", "", counts});
  return outcomes;
}

template <class Value>
void check_equal(const std::vector<Value>& one, const std::vector<Value>& other) {
  REQUIRE(one.size() == other.size());
  bool equal = true;
  for (std::size_t i = 0; i < one.size(); ++i) {
    if constexpr (std::is_same_v<Value, double>) {  // NaN is equal to itself here, and 0 is not -0
      equal = equal && std::bit_cast<std::uint64_t>(one[i]) == std::bit_cast<std::uint64_t>(other[i]);
    } else {
      equal = equal && one[i] == other[i];
    }
  }
  CHECK(equal);
}

void check_equal(std::monostate, std::monostate) {}

template <class Variant>
void check_equal_values(const Variant& one, const Variant& other) {
  REQUIRE(one.index() == other.index());
  std::visit([&other]<class Values>(const Values& values) { check_equal(values, std::get<Values>(other)); }, one);
}

void check_equal(const Outcomes& one, const Outcomes& other) {
  const Provenance &a = one.provenance, &b = other.provenance;
  CHECK(a.title == b.title);
  CHECK(a.request == b.request);
  CHECK(a.history == b.history);
  CHECK(a.version == b.version);
  CHECK(a.build == b.build);
  CHECK(a.scenario_toml == b.scenario_toml);
  CHECK(a.scenario_name == b.scenario_name);
  CHECK(a.seed == b.seed);
  REQUIRE(one.dimensions.size() == other.dimensions.size());
  for (std::size_t i = 0; i < one.dimensions.size(); ++i) {
    const Dimension &c = one.dimensions[i], &d = other.dimensions[i];
    INFO(c.name);
    CHECK(c.name == d.name);
    CHECK(c.size == d.size);
    CHECK(c.unit == d.unit);
    CHECK(c.long_name == d.long_name);
    check_equal_values(c.values, d.values);
  }
  REQUIRE(one.arrays.size() == other.arrays.size());
  for (std::size_t i = 0; i < one.arrays.size(); ++i) {
    const Array &c = one.arrays[i], &d = other.arrays[i];
    INFO(c.name);
    CHECK(c.name == d.name);
    CHECK(c.dimensions == d.dimensions);
    CHECK(c.unit == d.unit);
    CHECK(c.long_name == d.long_name);
    check_equal_values(c.values, d.values);
  }
}

// The message without "PATH: " and without its hint, or why there is none.
std::string refusal(const fs::path& path) {
  try {
    (void)read_results(path);
  } catch (const InputError& error) {
    const std::string start = path.string() + ": ";
    const std::string message = error.what();
    return message.starts_with(start) ? message.substr(start.size(), message.find('\n') - start.size()) : message;
  }
  return "was read";
}

}  // namespace

TEST_CASE("what is written is read back to the bit", "[outcomes][results_file]") {
  const ResultsFolder folder;
  const fs::path file = folder / "out.h5";
  write_results(everything(), file);
  check_equal(read_results(file), everything());
  CHECK(folder.entries() == 1);
}

TEST_CASE("packed and divided variables are read back to the bit", "[outcomes][results_file]") {
  const ResultsFolder folder;
  const fs::path file = folder / "out.h5";
  write_results(large(), file);
  Outcomes expected = large();
  // Arrays of groups come last.
  std::stable_partition(expected.arrays.begin(), expected.arrays.end(),
                        [](const Array& array) { return array.name.find('/') == std::string::npos; });
  check_equal(read_results(file), expected);
  CHECK(bytes_of(file).size() < 8 * 2 * 3 * 30000);  // packed
}

TEST_CASE("no outcomes at all and a scenario of a megabyte are results too", "[outcomes][results_file]") {
  const ResultsFolder folder;
  Outcomes outcomes;
  write_results(outcomes, folder / "empty.h5");
  check_equal(read_results(folder / "empty.h5"), outcomes);

  for (std::size_t i = 0; i < 100000; ++i) outcomes.provenance.scenario_toml += "# line " + std::to_string(i) + "\n";
  write_results(outcomes, folder / "long.h5");
  check_equal(read_results(folder / "long.h5"), outcomes);
}

TEST_CASE("equal outcomes give equal bytes", "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(large(), folder / "one.h5");
  write_results(everything(), folder / "between.h5");
  write_results(large(), folder / "two.h5");
  CHECK(bytes_of(folder / "one.h5") == bytes_of(folder / "two.h5"));
  write_results(read_results(folder / "one.h5"), folder / "again.h5");
  const std::string again = bytes_of(folder / "again.h5");
  write_results(read_results(folder / "again.h5"), folder / "again.h5");
  CHECK(bytes_of(folder / "again.h5") == again);
}

// Reading forks. A thread may hold the lock of AddressSanitizer's allocator just then, and the child would wait for it
// without end; the C library makes its own allocator safe for this. Under that sanitizer one thread runs after another.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool forks_among_threads = false;
#elif defined(__has_feature)
constexpr bool forks_among_threads = !__has_feature(address_sanitizer);
#else
constexpr bool forks_among_threads = true;
#endif

TEST_CASE("threads may read and write at the same time", "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(everything(), folder / "expected.h5");
  const std::string expected = bytes_of(folder / "expected.h5");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&folder, i] {
      const fs::path file = folder / (std::to_string(i) + ".h5");
      for (int round = 0; round < 5; ++round) {
        write_results(everything(), file);
        write_results(read_results(file), file);
      }
    });
    if (!forks_among_threads) threads.back().join();
  }
  for (std::thread& thread : threads) {
    if (thread.joinable()) thread.join();
  }
  for (int i = 0; i < 4; ++i) CHECK(bytes_of(folder / (std::to_string(i) + ".h5")) == expected);
}

TEST_CASE("a file that HDF5 crashes on costs no other one", "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(everything(), folder / "right.h5");
  // Lengths in the heap of texts that lead HDF5 out of its memory, sealed as whoever alters a file can seal it again.
  std::string image = bytes_of(folder / "right.h5");
  image.resize(image.size() - 80);
  const std::size_t heap = image.find("GCOL");
  REQUIRE(heap != image.npos);
  std::vector<fs::path> wrong;
  for (std::size_t at = heap + 8; at < heap + 48; at += 4) {
    std::string damaged = image;
    damaged[at] = '\xff';
    wrong.push_back(folder / ("wrong-" + std::to_string(at) + ".h5"));
    put(wrong.back(), damaged + "sojourn sha256 " + sha256_hex(damaged) + "\n");
  }
  const std::string expected = content_sha256(everything());
  std::vector<int> right(3, 0), crashed(3, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&, t] {
      for (const fs::path& path : wrong) {
        try {
          static_cast<void>(read_results(path));
        } catch (const InputError& error) {
          crashed[t] += std::string_view(error.what()).find("HDF5 crashed on it") != std::string_view::npos ? 1 : 0;
        }
        right[t] += content_sha256(read_results(folder / "right.h5")) == expected ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < right.size(); ++t) {
    CHECK(right[t] == static_cast<int>(wrong.size()));
    CHECK(crashed[t] > 0);
  }
}

TEST_CASE("files are read after a pause, in a copy of the program, and beside children of its own",
          "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(everything(), folder / "out.h5");
  const std::string expected = content_sha256(everything());
  const auto reads = [&] { return content_sha256(read_results(folder / "out.h5")) == expected; };
  CHECK(reads());
  const pid_t copy = ::fork();
  if (copy == 0) ::_exit(reads() && reads() ? 7 : 1);
  CHECK(reads());
  // Whoever waits for all children waits for those that the program started itself.
  int status = 0;
  CHECK(::wait(&status) == copy);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 7));
  CHECK(::wait(&status) == -1);
  std::this_thread::sleep_for(std::chrono::milliseconds(1300));  // the process that read has ended by now
  CHECK(reads());
}

TEST_CASE("the digest tells any two different outcomes apart", "[outcomes][results_file]") {
  const std::string digest = content_sha256(everything());
  CHECK(content_sha256(everything()) == digest);
  const std::vector<std::function<void(Outcomes&)>> changes = {
      [](Outcomes& o) { o.provenance.title += "."; },
      [](Outcomes& o) { o.provenance.history += "."; },
      [](Outcomes& o) { o.provenance.request.command += "."; },
      [](Outcomes& o) { o.provenance.request.changes.push_back(""); },
      [](Outcomes& o) { o.provenance.request.plans[0] += "."; },
      [](Outcomes& o) { o.provenance.version += "."; },
      [](Outcomes& o) { o.provenance.build += "."; },
      [](Outcomes& o) { o.provenance.scenario_toml += "."; },
      [](Outcomes& o) { o.provenance.scenario_name += "."; },
      [](Outcomes& o) { --o.provenance.seed; },
      [](Outcomes& o) { o.dimensions[0].name = "plan_"; },
      [](Outcomes& o) { o.dimensions[0].long_name += "."; },
      [](Outcomes& o) {
        o.dimensions[0].values = std::vector<std::string>{"baseline", "größes"};
      },
      [](Outcomes& o) {
        o.dimensions[2].values = std::vector<std::string>{"日本", "", std::string(3000, 'x')};
      },
      [](Outcomes& o) { o.dimensions[3].unit = "days since 2026-01-02"; },
      [](Outcomes& o) {
        o.dimensions[3].values = std::vector<double>{0.5, 0.0, 1e300};
      },
      [](Outcomes& o) {
        o.dimensions[4].values = std::vector<std::int64_t>{0, 0};
      },
      [](Outcomes& o) { o.dimensions[4].size = 3; },
      [](Outcomes& o) { o.arrays[0].name = "customer"; },
      [](Outcomes& o) { o.arrays[0].unit = "person"; },
      [](Outcomes& o) { std::get<0>(o.arrays[0].values)[0] = 1.0; },
      [](Outcomes& o) { std::get<1>(o.arrays[1].values)[2] = 1; },
      [](Outcomes& o) {
        o.arrays[1].values = std::vector<double>{-0.0, 0.0, 0.0};
      },
      [](Outcomes& o) { std::swap(o.arrays[5].dimensions[0], o.arrays[5].dimensions[1]); },
      [](Outcomes& o) { o.arrays[6].name = "tail/survival"; },
      [](Outcomes& o) { o.arrays.pop_back(); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO(i);
    Outcomes changed = everything();
    changes[i](changed);
    if (i == 10) {  // a new name must be used throughout
      for (Array& array : changed.arrays)
        std::replace(array.dimensions.begin(), array.dimensions.end(), std::string("plan"), std::string("plan_"));
    }
    CHECK(content_sha256(changed) != digest);
  }
  Outcomes turned = everything();
  std::reverse(turned.arrays.begin(), turned.arrays.end());
  CHECK(content_sha256(turned) == digest);  // the order of storing says nothing
}

TEST_CASE("provenance is read without the arrays", "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(everything(), folder / "out.h5");
  const Outcomes outcomes = read_provenance(folder / "out.h5");
  CHECK(outcomes.provenance.scenario_toml == everything().provenance.scenario_toml);
  CHECK(outcomes.provenance.seed == everything().provenance.seed);
  REQUIRE(outcomes.dimensions.size() == 1);
  check_equal_values(outcomes.dimension("plan").values, everything().dimension("plan").values);
  CHECK(outcomes.arrays.empty());
}

TEST_CASE("a results file looks like one", "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(everything(), folder / "out.h5");
  put(folder / "scenario.toml", "\x89HDF\r\n\x1a");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(looks_like_results(folder / "out.h5"));
  CHECK_FALSE(looks_like_results(folder / "scenario.toml"));
  CHECK_FALSE(looks_like_results(folder / "none"));
  CHECK_FALSE(looks_like_results(folder / "pipe"));
  CHECK_FALSE(looks_like_results(folder / ""));
}

TEST_CASE("what is not a results file is refused", "[outcomes][results_file]") {
  const ResultsFolder folder;
  put(folder / "empty", "");
  put(folder / "text", "name = \"Café\"\n");
  put(folder / "start", "\x89HDF\r\n\x1a\n");
  put(folder / "noise", "\x89HDF\r\n\x1a\n" + std::string(5000, '\x7f'));
  CHECK(refusal(folder / "none") == "there is no such file");
  CHECK(refusal(folder / "") == "this is a folder");
  CHECK(refusal(folder / "empty") == "this file is empty");
  CHECK(refusal(folder / "text") == "this is not an HDF5 file, so not a results file");
  CHECK(refusal(folder / "start") == "this is an HDF5 file, but not Sojourn's");
  CHECK(refusal(folder / "noise") == "this is an HDF5 file, but not Sojourn's");
}

TEST_CASE("a file cut short is refused", "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(everything(), folder / "out.h5");
  const std::string bytes = bytes_of(folder / "out.h5");
  const std::size_t image = bytes.size() - 80;
  for (std::size_t i = 0; i < 300; ++i) {
    const std::size_t size = i < 100 ? i : i < 200 ? image - (i - 99) : (i - 200) * image / 100;
    INFO(size);
    put(folder / "cut.h5", std::string_view(bytes).substr(0, size));
    const std::string said = refusal(folder / "cut.h5");
    CHECK(said != "was read");
    // What HDF5 wrote stands in its first 96 bytes.
    if (size >= 96 && size < image) {
      CHECK(said == "this file is damaged or was edited: it is cut short, with " + std::to_string(size) + " bytes of " +
                        std::to_string(image) + " or more");
    }
  }
  // Without its last line, or part of it, nothing of what it says is missing; but HDF5 reads no file that is not sealed.
  for (std::size_t size = image; size < bytes.size(); size += 13) {
    put(folder / "cut.h5", std::string_view(bytes).substr(0, size));
    CHECK(refusal(folder / "cut.h5") ==
          "this file is damaged or was edited: its last line, a checksum, is missing: it is cut short, or another program "
          "wrote it anew");
  }
}

TEST_CASE("a flipped bit is noticed", "[outcomes][results_file]") {
  const ResultsFolder folder;
  write_results(large(), folder / "out.h5");
  const std::string bytes = bytes_of(folder / "out.h5");
  const std::string digest = content_sha256(read_results(folder / "out.h5"));
  std::mt19937_64 random(20260101);
  for (int i = 0; i < 400; ++i) {
    std::string damaged = bytes;
    const std::size_t bit = random() % (8 * bytes.size());
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    put(folder / "damaged.h5", damaged);
    INFO(bit);
    if (bit / 8 < bytes.size() - 80) {
      CHECK(refusal(folder / "damaged.h5") != "was read");
    } else if (refusal(folder / "damaged.h5") == "was read") {
      CHECK(content_sha256(read_results(folder / "damaged.h5")) == digest);
    }
  }
  std::string damaged = bytes;
  damaged[bytes.size() / 2] = static_cast<char>(damaged[bytes.size() / 2] ^ 1);
  put(folder / "damaged.h5", damaged);
  CHECK(refusal(folder / "damaged.h5") ==
        "this file is damaged or was edited: its bytes do not match the checksum in its last line");
}

TEST_CASE("a file that cannot be written leaves the old one and nothing else", "[outcomes][results_file]") {
  const ResultsFolder folder;
  fs::create_directory(folder / "sub");
  CHECK_THROWS_AS(write_results(everything(), folder / "sub"), RunError);
  CHECK_THROWS_AS(write_results(everything(), folder / "none/out.h5"), RunError);
  CHECK_THROWS_AS(write_results(everything(), "/dev/null"), RunError);
  write_results(everything(), folder / "out.h5");
  Outcomes wrong = everything();
  wrong.arrays[0].dimensions = {"plan"};
  CHECK_THROWS_AS(write_results(wrong, folder / "out.h5"), std::invalid_argument);
  check_equal(read_results(folder / "out.h5"), everything());
  CHECK(folder.entries() == 2);
}

TEST_CASE("outcomes that contradict themselves are our own mistake", "[outcomes]") {
  const auto message = [](const std::function<void(Outcomes&)>& spoil) -> std::string {
    Outcomes outcomes = everything();
    spoil(outcomes);
    try {
      require_consistent(outcomes);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "consistent";
  };
  CHECK(message([](Outcomes&) {}) == "consistent");
  CHECK(message([](Outcomes& o) { o.dimensions[0].name = ""; }) == "outcomes: '' is no name for a dimension");
  CHECK(message([](Outcomes& o) { o.dimensions[0].name = "a/b"; }) == "outcomes: 'a/b' is no name for a dimension");
  CHECK(message([](Outcomes& o) { o.dimensions[1].name = "plan"; }) == "outcomes: 'plan' names two dimensions");
  CHECK(message([](Outcomes& o) { o.dimensions[0].size = 3; }) == "outcomes: 'plan' has not one value per position");
  CHECK(message([](Outcomes& o) { std::get<3>(o.dimensions[0].values)[0] += '\0'; }) ==
        "outcomes: 'plan' has a null character in its values");
  CHECK(message([](Outcomes& o) { o.arrays[0].name = "a/b/c"; }) == "outcomes: 'a/b/c' is no name for an array");
  CHECK(message([](Outcomes& o) { o.arrays[0].name = "1st"; }) == "outcomes: '1st' is no name for an array");
  CHECK(message([](Outcomes& o) { o.arrays[0].name = "visits"; }) == "outcomes: 'visits' names two things");
  CHECK(message([](Outcomes& o) { o.arrays[4].name = "horizon/plan"; }) ==
        "outcomes: 'horizon/plan' has the name of a dimension");
  CHECK(message([](Outcomes& o) { o.arrays[0].name = "horizon"; }) ==
        "outcomes: 'horizon/retention' is in a group named as an array");
  CHECK(message([](Outcomes& o) { o.arrays[0].dimensions[0] = "plane"; }) ==
        "outcomes: 'customers' has an unknown dimension");
  CHECK(message([](Outcomes& o) { o.arrays[0].dimensions[1] = "plan"; }) == "outcomes: 'customers' has a dimension twice");
  CHECK(message([](Outcomes& o) { o.arrays[0].values = std::vector<double>(5); }) ==
        "outcomes: 'customers' has 5 values where its dimensions have 6 places");
  // Lengths whose product is 0 in 64 bits.
  CHECK(message([](Outcomes& o) {
          o.dimensions[4].size = std::size_t{1} << 63;
          o.dimensions.push_back({"even", 2, {}, "", ""});
          o.arrays[0] = {"customers", {"stage", "even"}, "1", "", std::vector<double>{}};
        }) == "outcomes: 'customers' has more places than memory");
  CHECK(message([](Outcomes& o) { o.provenance.scenario_toml += '\0'; }) ==
        "outcomes: 'provenance' has a null character in its text");
}

TEST_CASE("arrays and dimensions are found by name", "[outcomes]") {
  const Outcomes outcomes = everything();
  CHECK(&outcomes.array("horizon/retention") == &outcomes.arrays[4]);
  CHECK(&outcomes.dimension("time") == &outcomes.dimensions[3]);
  CHECK_THROWS_AS(outcomes.array("retention"), InputError);
  CHECK_THROWS_AS(outcomes.dimension("customers"), InputError);
}
