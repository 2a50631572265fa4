#include "sojourn/engine/money.hpp"

#include <cmath>

namespace sojourn {
namespace {

/// A sum of doubles of any sign and size that loses next to nothing (Neumaier 1974).
class CompensatedSum {
 public:
  void add(double x) {
    const double sum = sum_ + x;
    lost_ += std::fabs(sum_) >= std::fabs(x) ? (sum_ - sum) + x : (x - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0.0, lost_ = 0.0;
};

struct MoneySum {
  CompensatedSum revenue, cost, price;

  /// Adds `times` the amounts.
  void add(double times, double of_revenue, double of_cost, double of_price) {
    revenue.add(times * of_revenue);
    cost.add(times * of_cost);
    price.add(times * of_price);
  }
  [[nodiscard]] Money value() const { return {revenue.value(), cost.value(), price.value()}; }
};

/// Adds up the money of one persona, everybody's or that of the referred.
class Ledger {
 public:
  Ledger(const Program& program, const Totals& totals, std::size_t persona, MoneyOf whose)
      : program_(program),
        totals_(totals),
        shape_(totals.shape()),
        persona_(persona),
        whose_(whose),
        windows_(shape_.windows) {
    add_visits();
    add_flows();
  }

  [[nodiscard]] std::vector<Money> windows() const {
    std::vector<Money> result;
    for (const MoneySum& window : windows_) result.push_back(window.value());
    return result;
  }
  [[nodiscard]] Money total() const { return total_.value(); }
  [[nodiscard]] Money worth() const { return worth_.value(); }

 private:
  void add_visits() {
    const auto places = program_.paying_places();
    const auto pieces = program_.pieces();
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (places[k].persona != persona_) continue;
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        const double visits = totals_.value(shape_.paid(whose_, k, i, PaidScore::visits));
        if (visits == 0.0) continue;
        const double decay = totals_.value(shape_.paid(whose_, k, i, PaidScore::decay), shape_.scales.decay);
        const VisitRow& row = program_.row(pieces[i].regime, places[k].persona, places[k].touchpoint);
        add(pieces[i].window, visits, visits - decay, row.revenue, row.cost, row.price);
      }
    }
  }

  void add_flows() {
    const auto kinds = program_.flow_kinds();
    const auto pieces = program_.pieces();
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      if (kinds[k].persona != persona_) continue;
      const std::vector<Totals::Wide> present = present_at_begins(k);
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        const Piece& piece = pieces[i];
        const auto days = [&](bool discounted) {
          const Totals::Wide stays = present[piece.window] * (discounted ? piece.discounted_days : piece.days);
          return static_cast<double>(stays + totals_.flow(whose_, k, i, discounted)) / shape_.scales.flow;
        };
        const Flow& flow = program_.flow(piece.regime, kinds[k].persona, kinds[k].touchpoints.front());
        add(piece.window, days(false), days(true), flow.revenue, flow.cost, 0.0);
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

  void add(std::size_t window, double times, double discounted_times, double revenue, double cost, double price) {
    windows_[window].add(times, revenue, cost, price);
    total_.add(times, revenue, cost, price);
    worth_.add(discounted_times * program_.discount().begin(window), revenue, cost, price);
  }

  const Program& program_;
  const Totals& totals_;
  const TallyShape& shape_;
  std::size_t persona_;
  MoneyOf whose_;
  std::vector<MoneySum> windows_;
  MoneySum total_, worth_;
};

}  // namespace

PersonaMoney money_of(const Program& program, const Totals& totals, std::size_t persona) {
  const Ledger everybody(program, totals, persona, MoneyOf::everybody);
  PersonaMoney money{everybody.windows(), everybody.total(), everybody.worth(), {}};
  if (totals.shape().referrals) money.referred_worth = Ledger(program, totals, persona, MoneyOf::referred).worth();
  return money;
}

}  // namespace sojourn
