// How the members of an account decide together: MODEL.md section 6. Rules of organisational choice (Choffray & Lilien 1980)
// over the members' choice probabilities. Exits are those of the gate that take part in the choice, in one fixed order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sojourn/base/numeric.hpp"

namespace sojourn::behaviour {

/// The members' wishes: row i of `chances` is p_ij, the probability with which member i alone would take exit j, `exits`
/// numbers in [0, 1] with a sum of at most 1; what is missing to 1 is staying. `voices` holds one number >= 0 per member:
/// the weight of the member's role where votes are weighed (every member of a role carries it), 1 or 0 where a rule asks
/// only some. Where no voice is above 0 (the roles that count are empty in this account), all members have the same.
struct Wishes {
  std::span<const float> chances;
  std::span<const float> voices;
  std::size_t exits = 0;
};

/// Member i's chance of saying yes: the sum of p_ij over the exits that are a yes (`yes[j]` not 0). All else, staying
/// included, is a no.
SOJOURN_INLINE double chance_of_yes(std::span<const float> chances, std::span<const std::uint8_t> yes) {
  double sum = 0.0;
  for (std::size_t j = 0; j < chances.size(); ++j) sum += yes[j] != 0 ? static_cast<double>(chances[j]) : 0.0;
  return sum < 1.0 ? sum : 1.0;
}

/// True where nobody's voice is above 0.
SOJOURN_INLINE bool nobody_asked(std::span<const float> voices) {
  for (const float voice : voices) {
    if (voice > 0.0f) return false;
  }
  return true;
}

/// Whose wishes make a mean: all members' alike, or weighed by their voices.
enum class Mean { alike, weighed };

/// P_j = sum_i v_i p_ij / sum_i v_i into `result` (one place per exit), with v_i = 1 where all are alike. Returns the chance
/// to stay: the same mean of what the p_i leave. With `Mean::weighed` this is the rule `weighted`.
SOJOURN_INLINE double mean_wishes(const Wishes& wishes, Mean mean, std::span<double> result) {
  const bool alike = mean == Mean::alike || nobody_asked(wishes.voices);
  double voices = 0.0, stay = 0.0;
  for (double& chance : result) chance = 0.0;
  for (std::size_t i = 0; i < wishes.voices.size(); ++i) {
    const double voice = alike ? 1.0 : static_cast<double>(wishes.voices[i]);
    double left = 1.0;
    for (std::size_t j = 0; j < wishes.exits; ++j) {
      const auto chance = static_cast<double>(wishes.chances[i * wishes.exits + j]);
      result[j] += voice * chance;
      left -= chance;
    }
    // What single precision leaves of a sum of 1 is no wish to stay.
    stay += left > 1e-6 ? voice * left : 0.0;
    voices += voice;
  }
  for (double& chance : result) chance /= voices;
  return stay / voices;
}

/// `unanimous`, and `veto` where the voices are those of the roles that have it: all who are asked say yes, independently,
/// with probability prod_i q_i.
SOJOURN_INLINE double unanimous_yes(const Wishes& wishes, std::span<const std::uint8_t> yes) {
  const bool equal = nobody_asked(wishes.voices);
  double product = 1.0;
  for (std::size_t i = 0; i < wishes.voices.size(); ++i) {
    if (equal || wishes.voices[i] > 0.0f)
      product *= chance_of_yes(wishes.chances.subspan(i * wishes.exits, wishes.exits), yes);
  }
  return product;
}

/// `majority`: more than half of those who are asked say yes, independently; a tie is a no. The number of those in favour is
/// Poisson-binomial: f_i(k) = f_{i-1}(k) (1 - q_i) + f_{i-1}(k - 1) q_i (Barlow & Heidtmann 1984). `room` holds at least one
/// number more than there are members. Steps: the square of their number.
SOJOURN_INLINE double majority_yes(const Wishes& wishes, std::span<const std::uint8_t> yes, std::span<double> room) {
  const bool equal = nobody_asked(wishes.voices);
  std::size_t asked = 0;
  room[0] = 1.0;
  for (std::size_t i = 0; i < wishes.voices.size(); ++i) {
    if (!equal && !(wishes.voices[i] > 0.0f)) continue;
    const double q = chance_of_yes(wishes.chances.subspan(i * wishes.exits, wishes.exits), yes);
    ++asked;
    room[asked] = 0.0;
    for (std::size_t k = asked; k > 0; --k) room[k] = room[k] * (1.0 - q) + room[k - 1] * q;
    room[0] *= 1.0 - q;
  }
  double most = 0.0;
  for (std::size_t k = asked / 2 + 1; k <= asked; ++k) most += room[k];
  return most < 1.0 ? most : 1.0;
}

/// From the chance of a yes to that of each exit, into `result`: yes is shared out over the exits that are a yes, no over
/// the others and staying, each in proportion to the mean wish of all members (whoever is asked). Returns the chance to
/// stay. Where nobody wishes any exit of one kind, the other kind takes its share.
SOJOURN_INLINE double share_verdict(double chance, const Wishes& wishes, std::span<const std::uint8_t> yes,
                                    std::span<double> result) {
  const double stay = mean_wishes(wishes, Mean::alike, result);
  double in_favour = 0.0, against = stay;
  for (std::size_t j = 0; j < wishes.exits; ++j) (yes[j] != 0 ? in_favour : against) += result[j];
  if (!(in_favour > 0.0)) chance = 0.0;
  if (!(against > 0.0)) chance = 1.0;
  const double for_yes = in_favour > 0.0 ? chance / in_favour : 0.0;
  const double for_no = against > 0.0 ? (1.0 - chance) / against : 0.0;
  for (std::size_t j = 0; j < wishes.exits; ++j) result[j] *= yes[j] != 0 ? for_yes : for_no;
  return stay * for_no;
}

/// The exit that one uniform number u in (0, 1) picks from the chances of an account, in their order: the first j with
/// u < P_1 + ... + P_j. -1 is to stay, which only happens where `stay` > 0; without it rounding goes to the last exit that
/// has a chance.
SOJOURN_INLINE std::int32_t decide(std::span<const double> chances, double stay, double u) {
  double sum = 0.0;
  std::int32_t last = -1;
  for (std::size_t j = 0; j < chances.size(); ++j) {
    if (!(chances[j] > 0.0)) continue;
    sum += chances[j];
    last = static_cast<std::int32_t>(j);
    if (u < sum) return last;
  }
  return stay > 0.0 ? -1 : last;
}

}  // namespace sojourn::behaviour
