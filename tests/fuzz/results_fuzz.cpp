// No results file crashes what reads it, and what is read is either refused or used without a read out of bounds. HDF5
// itself is kept in a process of its own, so the bytes are those of what follows: the first chooses between edits of what a
// file says, which Sojourn then uses, and the bytes that the reading process sends; one in 256 goes through a file.
// results-fuzz goes as far as the model and the samples that a file holds; pages-fuzz (SOJOURN_FUZZ_PAGES), which takes
// longer to build, compares, draws the map and makes the page of them, too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sim/outcomes/hdf5_handle.hpp"
#include "sim/outcomes/read_apart.hpp"
#include "sim/outcomes/results_image.hpp"
#include "sojourn/base/error.hpp"
#ifdef SOJOURN_FUZZ_PAGES
#include "tests/fault/results_use.hpp"
#else
#include "tests/fault/results_edits.hpp"
#endif

namespace {

using namespace sojourn;

bool use(const Outcomes& outcomes) {
#ifdef SOJOURN_FUZZ_PAGES
  return fault::use(outcomes);
#else
  try {
    return fault::understood(outcomes).has_value();
  } catch (const InputError&) {
    return false;
  }
#endif
}

std::string image_of(const Outcomes& outcomes) {
  const Hdf5Session session;
  return write_image(outcomes);
}

/// `bytes` changed at the places that `decide` says.
std::string altered(std::string bytes, fault::Decisions& decide) {
  while (decide.left()) {
    const std::size_t at = decide.below(256) * 256 + decide.below(256);
    bytes[at % bytes.size()] = static_cast<char>(decide.below(256));
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  struct Base {
    explicit Base(const char* scenario)
        : original(fault::unedited(scenario)), sent(packed(original)), image(image_of(original)) {
      if (!use(original)) std::abort();
    }
    Outcomes original;
    std::string sent, image;
  };
  static const Base first(fault::edited_scenario), second(fault::edited_loop);
  fault::Decisions decide(std::span(data, size));
  const std::size_t what = decide.below(256);
  const auto& [original, sent, image] = what != 255 && (what & 64) != 0 ? second : first;
  try {
    if (what == 255) {
      (void)use(read_image_apart(altered(image, decide)));
    } else if (what >= 128) {
      (void)use(unpacked(altered(sent, decide)));
    } else {
      Outcomes edited = original;
      while (decide.left()) fault::edit(edited, decide);
      if (const auto held = fault::made_consistent(std::move(edited))) (void)use(unpacked(packed(*held)));
    }
  } catch (const Damage&) {
  } catch (const OtherFormat&) {
  } catch (const Hdf5Error&) {
  }
  return 0;
}
