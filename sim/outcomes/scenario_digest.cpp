#include "sojourn/outcomes/scenario_digest.hpp"

#include <variant>

#include "sojourn/base/sha256.hpp"

namespace sojourn {

std::string scenario_digest(const Scenario& scenario) {
  Sha256 digest;
  digest.update(scenario.text);
  if (const auto& talk = scenario.parts.word_of_mouth) {
    const auto* file = std::get_if<NetworkFile>(&talk->network);
    if (file != nullptr && file->ties) {
      for (const Tie& tie : *file->ties) {
        digest.update_little_endian(tie.from, 4);
        digest.update_little_endian(tie.to, 4);
      }
    }
  }
  return digest.hex();
}

}  // namespace sojourn
