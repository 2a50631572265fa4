// Alters results files in many ways, reads each and does with it what the program does, in this process:
//   fault-mutate_results COUNT [FIRST]
// A quarter are files that say something else, with valid checksums; a quarter are bytes changed, cut, moved or doubled and
// sealed again, so that HDF5 sees them; half are the same without a new seal. Each follows from its number alone, FIRST or a
// later one. Prints how many were refused, read and used, and in how many the process that reads for us crashed or was
// stopped. Ends with 0; with 3 and 4 as cases.hpp says, and with 5 at an exception without a name: the file is then left
// where it says. Not part of any test: tests/fault/results_file_test.py runs a few, and tests/fault/many_mutants.py
// millions.
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "sim/outcomes/hdf5_handle.hpp"
#include "sim/outcomes/read_apart.hpp"
#include "sim/outcomes/results_image.hpp"
#include "sojourn/base/sha256.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "tests/fault/cases.hpp"
#include "tests/fault/results_use.hpp"

namespace {

using namespace sojourn;

std::string sealed(std::string image) { return image + "sojourn sha256 " + sha256_hex(image) + "\n"; }

std::string image_of(const Outcomes& outcomes) {
  const Hdf5Session session;
  return write_image(outcomes);
}

/// One to eight changes anywhere.
std::string mutated(std::string bytes, std::mt19937_64& random) {
  for (std::uint64_t left = 1 + random() % 8; left > 0 && bytes.size() > 16; --left) {
    const std::size_t at = random() % bytes.size(), size = std::min<std::size_t>(1 + random() % 64, bytes.size() - at);
    switch (random() % 8) {
      case 0:
        bytes.resize(bytes.size() - random() % (bytes.size() / 2));
        break;
      case 1:
        bytes.replace(at, size, size, '\xff');
        break;
      case 2:
        bytes.replace(at, size, size, '\0');
        break;
      case 3: {
        const std::string piece = bytes.substr(random() % bytes.size(), size);
        bytes.replace(at, piece.size(), piece);
        break;
      }
      case 4:
        bytes.insert(at, bytes.substr(at, size));
        break;
      case 5:
        bytes[at] = static_cast<char>(random());
        break;
      default:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fputs("usage: fault-mutate_results COUNT [FIRST]\n", stderr);
    return 2;
  }
  const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const std::uint64_t end_of_all = first + std::strtoull(argv[1], nullptr, 10);
  const std::array originals{fault::unedited(fault::edited_scenario), fault::unedited(fault::edited_loop)};
  for (const Outcomes& each : originals) {
    if (fault::use(each)) continue;
    std::fputs("the file without changes is refused\n", stderr);
    return 1;
  }
  const std::array images{image_of(originals[0]), image_of(originals[1])};
  const char* const folder = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  const std::string path = fmt::format("{}/sojourn-mutated-{}.h5", folder, ::getpid());
  // What is freed is soon asked for again: pages that go back to the system and come anew would be half of the work.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  fault::Watch watch(120);
  fault::Ends ends;
  double slowest = 0.0;
  for (std::uint64_t i = first; i < end_of_all; ++i) {
    watch.begin(i);
    std::mt19937_64 random(i);
    const Outcomes& original = originals[i / 4 % 2];
    const std::string& image = images[i / 4 % 2];
    std::string bytes;
    if (i % 4 == 0) {
      std::vector<std::uint8_t> choices(4 + random() % 20);
      for (std::uint8_t& choice : choices) choice = static_cast<std::uint8_t>(random());
      fault::Decisions decide(choices);
      Outcomes edited = original;
      while (decide.left()) fault::edit(edited, decide);
      const auto held = fault::made_consistent(std::move(edited));
      if (!held) {
        ends.count("edits that no file can hold");
        continue;
      }
      bytes = sealed(image_of(*held));
    } else {
      bytes = i % 4 == 1 ? sealed(mutated(image, random)) : mutated(sealed(image), random);
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto before = std::chrono::steady_clock::now();
    const char* const kind = i % 4 == 0 ? "edited" : i % 4 == 1 ? "sealed again" : "unsealed";
    std::string end;
    try {
      end = fault::use(read_results(path)) ? "used" : "read, refused by what it says";
    } catch (const InputError& error) {
      const std::string_view what = error.what();
      end = what.find("HDF5 crashed") != what.npos          ? "refused: the reading process crashed"
            : what.find("HDF5 came to no end") != what.npos ? "refused: the reading process was stopped"
                                                            : "refused";
    } catch (const RunError&) {
      end = "refused: the scenario in it cannot be run";
    } catch (const std::bad_alloc&) {
      end = "refused: no memory";
    } catch (...) {
      std::fprintf(stderr, "an exception without a name at case %llu: %s\n", static_cast<unsigned long long>(i),
                   path.c_str());
      return 5;
    }
    ends.count(fmt::format("{}: {}", kind, end));
    slowest = std::max(slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count());
  }
  std::remove(path.c_str());
  ends.print();
  std::printf("slowest: %.1f s\n", slowest);
  return 0;
}
