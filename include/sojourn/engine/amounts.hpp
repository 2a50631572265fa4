// Amounts of money that are drawn at each visit (MODEL.md section 7).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/base/inverse.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/tally/shape.hpp"

namespace sojourn {

/// What one visit pays, as it was drawn, before changes.
struct Amounts {
  double revenue = 0.0, cost = 0.0;
};

/// How an amount is drawn for one persona at one touchpoint.
struct AmountLaw {
  Inverse law;
  std::int32_t trait = -1;  // whose value the draw is multiplied by
  double largest = 0.0;     // no amount is larger, nor is one below the negative of it
  double scale = 1.0;       // of the fixed-point sums, see Scales
};

/// The drawn amounts of one model. Immutable; thread-safe.
class AmountRules {
 public:
  /// `largest_decay`: see Discount; sums of what it takes off must have room.
  AmountRules(const ModelParts& parts, double largest_decay);

  /// Personas at touchpoints where something is drawn.
  [[nodiscard]] std::size_t places() const { return places_.size(); }
  /// The position of a persona at a touchpoint among those; -1 where nothing is drawn.
  [[nodiscard]] std::int32_t place(std::uint32_t persona, std::uint32_t touchpoint) const {
    return place_of_.empty() ? -1 : place_of_[persona * touchpoints_ + touchpoint];
  }
  [[nodiscard]] const std::optional<AmountLaw>& revenue(std::size_t place) const { return places_[place].revenue; }
  [[nodiscard]] const std::optional<AmountLaw>& cost(std::size_t place) const { return places_[place].cost; }
  /// The persona and the touchpoint of a place.
  [[nodiscard]] std::uint32_t persona(std::size_t place) const { return places_[place].persona; }
  [[nodiscard]] std::uint32_t touchpoint(std::size_t place) const { return places_[place].touchpoint; }

  /// The amounts of visit `event` of a customer at a place; `trait(k)` is the customer's trait number k.
  template <class TraitOf>
  [[nodiscard]] Amounts draw(std::int32_t place, const Streams& streams, std::uint32_t customer, std::uint32_t event,
                             TraitOf trait) const {
    const OfPlace& here = places_[static_cast<std::size_t>(place)];
    const Words words = streams.draw(customer, Purpose::amount, event);
    const auto amount = [&](const std::optional<AmountLaw>& of, std::uint32_t word) {
      if (!of) return 0.0;
      const double factor = of->trait < 0 ? 1.0 : static_cast<double>(trait(static_cast<std::size_t>(of->trait)));
      return numeric::clip(factor * of->law.draw(word), -of->largest, of->largest);
    };
    return {amount(here.revenue, words[0]), amount(here.cost, words[1])};
  }

  /// Adds a visit's amounts to the cells of a tally; `decay` is what discounting takes off within the window (see
  /// PaidScore::decay), as a share.
  void count(std::int64_t* cells, const TallyShape& shape, MoneyOf whose, std::size_t place, std::size_t piece,
             const Amounts& amounts, double decay) const;

 private:
  struct OfPlace {
    std::uint32_t persona = 0, touchpoint = 0;
    std::optional<AmountLaw> revenue, cost;
  };
  std::size_t touchpoints_;
  std::vector<OfPlace> places_;
  std::vector<std::int32_t> place_of_;  // [persona x touchpoints + touchpoint]; empty where nothing is drawn
};

}  // namespace sojourn
