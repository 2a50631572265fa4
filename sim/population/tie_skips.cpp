#include "tie_skips.hpp"

#include "sojourn/base/each_lane.hpp"
#include "sojourn/base/wide_philox.hpp"

namespace sojourn::ties {

void SOJOURN_SKIPS(Searches& searches, std::uint32_t second, std::uint32_t call, std::uint32_t key0, std::uint32_t key1) {
  Searches& s = searches;
  const int count = s.count, drawn = (count + 15) & ~15;
  for (int i = count; i < drawn; ++i) {
    s.person[i] = s.index[i] = 0;
    s.scale[i] = s.begin[i] = s.end[i] = 0.0;
  }
  philox_columns(s.person, second, s.index, drawn, key0, key1, {s.words[0], s.words[1], s.words[2], s.words[3]}, call);
  EACH_LANE
  for (int i = 0; i < drawn; ++i) {
    s.next[i] = s.begin[i];
    s.goes_on[i] = 1;
  }
  for (int half = 0; half < 2; ++half) {
    EACH_LANE
    for (int i = 0; i < drawn; ++i) {
      const double skipped = numeric::log(uniform(s.words[2 * half][i], s.words[2 * half + 1][i])) * s.scale[i];
      const double left = s.end[i] - s.next[i];
      const double place = s.next[i] + __builtin_floor(numeric::clip(skipped, 0.0, left));
      s.goes_on[i] = s.goes_on[i] != 0 && skipped < left ? 1 : 0;
      s.meets[half][i] = s.goes_on[i];
      s.place[half][i] = place;
      s.next[i] = place + (place < s.end[i] ? 1.0 : 0.0);
    }
  }
  // Without a branch on what was drawn, which the processor could not foresee.
  int going = 0, found = 0;
  for (int i = 0; i < count; ++i) {
    for (int half = 0; half < 2; ++half) {
      s.met[found].from = s.person[i];
      s.met[found].to = static_cast<std::uint32_t>(s.place[half][i]);
      found += s.meets[half][i];
    }
    const bool goes_on = s.goes_on[i] != 0 && s.next[i] < s.end[i];
    s.person[going] = s.person[i];
    s.index[going] = s.index[i] + 1;
    s.scale[going] = s.scale[i];
    s.begin[going] = s.next[i];
    s.end[going] = s.end[i];
    going += goes_on ? 1 : 0;
  }
  s.count = going;
  s.found = found;
}

}  // namespace sojourn::ties
