#include "sojourn/engine/money_totals.hpp"

#include <cmath>
#include <map>

namespace sojourn {
namespace {

/// Adds up the money of one persona, everybody's or that of the referred.
class Ledger {
 public:
  Ledger(const Program& program, const Totals& totals, std::size_t persona, MoneyOf whose)
      : program_(program),
        totals_(totals),
        shape_(totals.shape()),
        persona_(persona),
        whose_(whose),
        windows_(shape_.windows),
        touchpoints_(shape_.touchpoints) {
    add_visits();
    add_amounts();
    add_flows();
    add_surveys();
  }

  [[nodiscard]] const std::vector<MoneySum>& windows() const { return windows_; }
  [[nodiscard]] const std::vector<MoneySum>& touchpoints() const { return touchpoints_; }
  [[nodiscard]] const MoneySum& total() const { return total_; }
  [[nodiscard]] const MoneySum& worth() const { return worth_; }

 private:
  void add_visits() {
    const auto places = program_.paying_places();
    const auto pieces = program_.pieces();
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (places[k].persona != persona_) continue;
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        const Totals::Wide visits = totals_.cell(shape_.paid(whose_, k, i, PaidScore::visits));
        if (visits == 0) continue;
        const WholeNumber times(visits);
        // In units of 1 / scale, a power of two: exact.
        const auto units = static_cast<Totals::Wide>(shape_.scales.decay);
        const Totals::Wide discounted = visits * units - totals_.cell(shape_.paid(whose_, k, i, PaidScore::decay));
        const VisitRow& row = program_.row(pieces[i].regime, places[k].persona, places[k].touchpoint);
        const Money amounts{row.revenue, row.cost, row.price};
        add(pieces[i].window, times, 1.0, WholeNumber(discounted), 1.0 / shape_.scales.decay, amounts);
        add_to(touchpoints_[places[k].touchpoint], times, 1.0, amounts);
      }
    }
  }

  void add_amounts() {
    const AmountRules& amounts = program_.amounts();
    const auto pieces = program_.pieces();
    for (std::size_t k = 0; k < amounts.places(); ++k) {
      if (amounts.persona(k) != persona_) continue;
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        const VisitRow& row = program_.row(pieces[i].regime, amounts.persona(k), amounts.touchpoint(k));
        const auto add_drawn = [&](const std::optional<AmountLaw>& law, AmountScore high, AmountScore decayed,
                                   const Money& times) {
          if (!law) return;
          const Totals::Wide units = totals_.amount(whose_, k, i, high);
          // Scales are powers of two: exact.
          const double unit = 1.0 / law->scale;
          add(pieces[i].window, WholeNumber(units), unit, WholeNumber(units - totals_.amount(whose_, k, i, decayed)), unit,
              times);
          add_to(touchpoints_[amounts.touchpoint(k)], WholeNumber(units), unit, times);
        };
        add_drawn(amounts.revenue(k), AmountScore::revenue_high, AmountScore::revenue_decay_high,
                  {row.revenue_times, 0.0, 0.0});
        add_drawn(amounts.cost(k), AmountScore::cost_high, AmountScore::cost_decay_high, {0.0, row.cost_times, 0.0});
      }
    }
  }

  void add_flows() {
    const auto kinds = program_.flow_kinds();
    const auto pieces = program_.pieces();
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      if (kinds[k].persona != persona_) continue;
      const std::vector<Totals::Wide> present = present_at_begins(k);
      Sharing sharing(*this, kinds[k], 1.0 / shape_.scales.flow);
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        const Piece& piece = pieces[i];
        const auto days = [&](bool discounted) {
          const Totals::Wide all = present[piece.window] * (discounted ? piece.discounted_days : piece.days);
          return all + totals_.flow(whose_, k, i, discounted);
        };
        const Flow& flow = program_.flow(piece.regime, kinds[k].persona, kinds[k].touchpoints.front());
        const double unit = 1.0 / shape_.scales.flow;
        const Money amounts{flow.revenue, flow.cost, 0.0};
        const Totals::Wide stays = days(false);
        add(piece.window, WholeNumber(stays), unit, WholeNumber(days(true)), unit, amounts);
        if (whose_ == MoneyOf::everybody) sharing.add(piece, stays, amounts);
      }
      sharing.flush();
    }
  }

  /// Shares what flows in time among the touchpoints at which it does. Each has the days of the people who stay there at a
  /// window's beginning and end, the mean of both; what these miss of all days is shared evenly. That is linear in what is
  /// counted: samples add up, however they are cut. Pieces of time with the same amounts are added up first.
  class Sharing {
   public:
    Sharing(Ledger& ledger, const FlowKind& kind, double unit)
        : ledger_(ledger), kind_(kind), unit_(unit), twice_(kind.touchpoints.size(), 0) {
      for (const std::uint32_t v : kind.touchpoints) present_.push_back(&ledger.present_at(kind.persona, v));
    }
    void add(const Piece& piece, Totals::Wide days, const Money& amounts) {
      if (amounts.revenue != amounts_.revenue || amounts.cost != amounts_.cost) flush();
      amounts_ = amounts;
      days_ += days;
      for (std::size_t i = 0; i < twice_.size() && twice_.size() > 1; ++i) {
        const std::vector<std::int64_t>& present = *present_[i];
        const std::int64_t before = piece.window > 0 ? present[piece.window - 1] : 0;
        twice_[i] += Totals::Wide{before + present[piece.window]} * piece.days;
      }
    }
    void flush() {
      if (twice_.size() == 1) twice_[0] = 2 * days_;
      Totals::Wide rest = 2 * days_;
      for (const Totals::Wide twice : twice_) rest -= twice;
      const double part = 0.5 * unit_ / static_cast<double>(twice_.size());
      for (std::size_t i = 0; i < twice_.size(); ++i) {
        MoneySum& sum = ledger_.touchpoints_[kind_.touchpoints[i]];
        add_to(sum, WholeNumber(twice_[i]), 0.5 * unit_, amounts_);
        if (rest != 0) add_to(sum, WholeNumber(rest), part, amounts_);
        twice_[i] = 0;
      }
      days_ = 0;
    }

   private:
    Ledger& ledger_;
    const FlowKind& kind_;
    double unit_;
    Money amounts_;
    Totals::Wide days_ = 0;
    std::vector<Totals::Wide> twice_;  // [touchpoint of the kind]
    std::vector<const std::vector<std::int64_t>*> present_;
  };
  const std::vector<std::int64_t>& present_at(std::uint32_t persona, std::uint32_t touchpoint) {
    std::vector<std::int64_t>& known = present_[touchpoint];
    if (known.empty()) known = totals_.present(persona, touchpoint);
    return known;
  }

  /// Invitations to surveys.
  void add_surveys() {
    const bool all = whose_ == MoneyOf::everybody;
    const auto units = static_cast<Totals::Wide>(shape_.scales.decay);
    for (std::uint32_t s = 0; s < shape_.surveys; ++s) {
      const Money amounts{0.0, program_.surveys().cost(s), 0.0};
      for (std::size_t w = 0; w < shape_.windows && amounts.cost != 0.0; ++w) {
        const auto cell = [&](SurveyScore score) { return totals_.cell(shape_.survey(s, persona_, w, score)); };
        const Totals::Wide invited = cell(all ? SurveyScore::invited : SurveyScore::referred);
        const Totals::Wide discounted = invited * units - cell(all ? SurveyScore::decay : SurveyScore::referred_decay);
        add(w, WholeNumber(invited), 1.0, WholeNumber(discounted), 1.0 / shape_.scales.decay, amounts);
      }
    }
  }

  /// People where `kind` flows, at each window's beginning.
  [[nodiscard]] std::vector<Totals::Wide> present_at_begins(std::size_t kind) const {
    std::vector<Totals::Wide> people(shape_.windows, 0);
    const FlowKind& flow = program_.flow_kinds()[kind];
    for (std::size_t w = 1; w < shape_.windows; ++w) {
      people[w] = people[w - 1];
      if (whose_ == MoneyOf::referred) {
        people[w] += totals_.cell(shape_.referred_present(kind, w - 1));
      } else {
        for (const std::uint32_t v : flow.touchpoints) people[w] += totals_.cell(shape_.present(flow.persona, v, w - 1));
      }
    }
    return people;
  }

  /// Adds `times` units of each amount to a window and to the total, and `discounted_times` to the worth at time 0.
  void add(std::size_t window, const WholeNumber& times, double unit, const WholeNumber& discounted_times,
           double discounted_unit, const Money& amounts) {
    add_to(windows_[window], times, unit, amounts);
    add_to(total_, times, unit, amounts);
    add_to(worth_, discounted_times, discounted_unit * program_.discount().begin(window), amounts);
  }
  static void add_to(MoneySum& sum, const WholeNumber& times, double unit, const Money& amounts) {
    if (amounts.revenue != 0.0) sum.revenue.add_product(times, unit * amounts.revenue);
    if (amounts.cost != 0.0) sum.cost.add_product(times, unit * amounts.cost);
    if (amounts.price != 0.0) sum.price.add_product(times, unit * amounts.price);
  }

  const Program& program_;
  const Totals& totals_;
  const TallyShape& shape_;
  std::size_t persona_;
  MoneyOf whose_;
  std::vector<MoneySum> windows_, touchpoints_;
  MoneySum total_, worth_;
  std::map<std::uint32_t, std::vector<std::int64_t>> present_;  // [touchpoint][window]: people at its end
};

}  // namespace

void DoubleSum::add(double x) {
  const double sum = high_ + x, of_x = sum - high_;
  low_ += (high_ - (sum - of_x)) + (x - of_x);
  high_ = sum;
}

WholeNumber::WholeNumber(Totals::Wide number) {
  // Nearly all numbers are below 2^53; of more than 64 bits the compiler makes a call.
  constexpr Totals::Wide exact = Totals::Wide{1} << 53;
  if (-exact <= number && number <= exact) {
    most_ = static_cast<double>(static_cast<std::int64_t>(number));
    rest_ = 0.0;
  } else {
    most_ = static_cast<double>(number);
    rest_ = static_cast<double>(number - static_cast<Totals::Wide>(most_));
  }
}

void DoubleSum::add_product(const WholeNumber& times, double amount) {
  const auto add_exactly = [&](double by) {
    const double product = by * amount;
    add(product);
    low_ += std::fma(by, amount, -product);
  };
  add_exactly(times.most());
  if (times.rest() != 0.0) add_exactly(times.rest());
}

void DoubleSum::add(const DoubleSum& other) {
  add(other.high_);
  low_ += other.low_;
}

void MoneySum::add(const MoneySum& other) {
  revenue.add(other.revenue);
  cost.add(other.cost);
  price.add(other.price);
}

PersonaMoney money_of(const Program& program, const Totals& totals, std::size_t persona) {
  const Ledger everybody(program, totals, persona, MoneyOf::everybody);
  PersonaMoney money{everybody.windows(), everybody.total(), everybody.worth(), {}, everybody.touchpoints()};
  if (totals.shape().referrals) money.referred_worth = Ledger(program, totals, persona, MoneyOf::referred).worth();
  return money;
}

}  // namespace sojourn
