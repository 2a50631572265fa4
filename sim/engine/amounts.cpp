#include "sojourn/engine/amounts.hpp"

#include <algorithm>
#include <cmath>

#include "sojourn/tally/tally.hpp"

namespace sojourn {
namespace {

/// The law of an amount for one persona.
std::optional<AmountLaw> law_of(const ModelParts& parts, const Persona& persona, const std::optional<DrawnAmount>& amount,
                                double largest_decay) {
  if (!amount) return std::nullopt;
  AmountLaw law{Inverse(amount->law), -1, 0.0, 1.0};
  law.largest = largest_draw(law.law);
  if (amount->trait) {
    const std::size_t index = amount->trait->index();
    const Trait& range = parts.traits[index];
    law.trait = static_cast<std::int32_t>(index);
    law.largest *=
        std::min(largest_draw(Inverse(persona.traits[index])), std::max(std::fabs(range.low), std::fabs(range.high)));
  }
  // A little more, because draws are rounded.
  law.largest = std::min(largest_money, 1.001 * law.largest);
  // In two cells a sum has room for 20 bits more than in one.
  law.scale = 0x1p20 * fixed_point_scale(law.largest * std::max(1.0, largest_decay));
  return law;
}

}  // namespace

AmountRules::AmountRules(const ModelParts& parts, double largest_decay) : touchpoints_(parts.touchpoints.size()) {
  for (std::uint32_t p = 0; p < parts.personas.size(); ++p) {
    for (std::uint32_t v = 0; v < touchpoints_; ++v) {
      const Touchpoint& touchpoint = parts.touchpoints[v];
      if (!touchpoint.drawn_revenue && !touchpoint.drawn_cost) continue;
      if (place_of_.empty()) place_of_.assign(parts.personas.size() * touchpoints_, -1);
      place_of_[p * touchpoints_ + v] = static_cast<std::int32_t>(places_.size());
      places_.push_back({p, v, law_of(parts, parts.personas[p], touchpoint.drawn_revenue, largest_decay),
                         law_of(parts, parts.personas[p], touchpoint.drawn_cost, largest_decay)});
    }
  }
}

void AmountRules::count(std::int64_t* cells, const TallyShape& shape, MoneyOf whose, std::size_t place, std::size_t piece,
                        const Amounts& amounts, double decay) const {
  constexpr std::int64_t low = (std::int64_t{1} << sum_low_bits) - 1;
  const auto add = [&](AmountScore score, double amount, double scale) {
    const std::int64_t units = fixed(amount, scale);
    std::int64_t* const cell = cells + shape.amount(whose, place, piece, score);
    cell[0] += units >> sum_low_bits;
    cell[1] += units & low;
  };
  const auto both = [&](const std::optional<AmountLaw>& law, double amount, AmountScore score, AmountScore decayed) {
    if (!law) return;
    add(score, amount, law->scale);
    add(decayed, amount * decay, law->scale);
  };
  const OfPlace& here = places_[place];
  both(here.revenue, amounts.revenue, AmountScore::revenue_high, AmountScore::revenue_decay_high);
  both(here.cost, amounts.cost, AmountScore::cost_high, AmountScore::cost_decay_high);
}

}  // namespace sojourn
