#include "sojourn/report/membership_words.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sojourn/base/text.hpp"

namespace sojourn::membership_words {
namespace {

std::string percent(double share) { return std::isnan(share) ? "-" : fmt::format("{:.1f} %", 100.0 * share); }
std::string points(double share) { return fmt::format("{:+.1f} pt", 100.0 * share); }

std::string sentence(const Samples& samples, const PlanComparison& plan, const TierEffect& tier) {
  const std::string counter =
      shown_on_one_line(samples.tier_counter_name.empty() ? samples.tier_counter : samples.tier_counter_name);
  std::string text = fmt::format(
      "Under {}, {} of all who arrived reach {:g} of {}. At the horizon {} of them are customers, of all others {}: {} "
      "apart.",
      shown_on_one_line(plan.name), percent(tier.members.mean), tier.from, counter, percent(tier.kept.mean),
      percent(tier.others.mean), points(tier.apart.mean));
  // Who would have left before, the plan kept, or luck did: nobody can say which.
  const std::string before = tier.left_before.mean >= 0.0005
                                 ? fmt::format(" {} of them would have left before.", percent(tier.left_before.mean))
                                 : "";
  if (std::isnan(tier.lift.low)) {
    text += fmt::format(" The same people without the plan: {}; one sample does not tell whether that differs.",
                        percent(tier.without.mean));
  } else if (!tier.lift.clear()) {
    text += fmt::format(
        " That the plan makes any of it, from then on, is not told from chance ({} to {}): the same people without it, {}. "
        "The "
        "difference is who they are.",
        points(tier.lift.low), points(tier.lift.high), percent(tier.without.mean));
  } else {
    text += fmt::format(
        " Of that the plan makes {} ({} to {}) from then on: the same people without it, {}. The other {} are who they are.",
        points(tier.lift.mean), points(tier.lift.low), points(tier.lift.high), percent(tier.without.mean),
        points(tier.selection.mean));
  }
  text += before;
  return text;
}

}  // namespace

std::vector<std::string> sentences(const Samples& samples, const Comparison& comparison) {
  std::vector<std::string> all;
  for (const PlanComparison& plan : comparison.plans) {
    for (const TierEffect& tier : plan.tiers) {
      if (&plan != &comparison.plans.front()) all.push_back(sentence(samples, plan, tier));
    }
  }
  return all;
}

}  // namespace sojourn::membership_words
