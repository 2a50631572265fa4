#include "lock_step_columns.hpp"
#include "talk_draws.hpp"

namespace sojourn::talk {

std::int32_t SOJOURN_HEAR(const MessageCounts* messages, float* proof, std::int32_t count, float decay, float negativity,
                          std::int32_t* listed) {
  alignas(64) std::uint8_t marks[most_people];
  EACH_LANE
  for (std::int32_t i = 0; i < count; ++i) {
    proof[i] = social_proof(proof[i], decay, static_cast<float>(messages[i].positive),
                            static_cast<float>(messages[i].negative), negativity);
  }
  EACH_LANE
  for (std::int32_t i = 0; i < count; ++i) marks[i] = (messages[i].positive | messages[i].negative) != 0 ? 1 : 0;
  const std::int32_t padded = (count + 15) & ~15;
  for (std::int32_t i = count; i < padded; ++i) marks[i] = 0;
  return lock_step::list_marked(marks, count, padded, listed);
}

}  // namespace sojourn::talk
