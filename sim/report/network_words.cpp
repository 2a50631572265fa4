#include "network_words.hpp"

#include <fmt/format.h>

#include <variant>

namespace sojourn {
namespace {

struct Describe {
  NetworkWords operator()(const WellMixed&) const { return {"well_mixed", "well mixed: everybody may meet everybody"}; }
  NetworkWords operator()(const SmallWorld& network) const {
    return {"small_world", fmt::format("a small world: {:g} contacts each, {:g} % of ties led elsewhere", network.contacts,
                                       100.0 * network.rewire)};
  }
  NetworkWords operator()(const ScaleFree& network) const {
    return {"scale_free", fmt::format("scale free: {:g} contacts on average, few with many", network.contacts)};
  }
  NetworkWords operator()(const RandomNetwork& network) const {
    return {"random", fmt::format("random: {:g} contacts on average, every pair alike", network.contacts)};
  }
  NetworkWords operator()(const Communities& network) const {
    return {"communities",
            fmt::format("communities by persona: {:g} contacts on average, {:g} % of them of one's own persona",
                        network.contacts, 100.0 * network.within)};
  }
  NetworkWords operator()(const NetworkFile& network) const { return {"file", "from the file " + network.path}; }
};

}  // namespace

NetworkWords words_of(const Network& network) { return std::visit(Describe(), network); }

}  // namespace sojourn
