#include "sojourn/engine/money_totals.hpp"

#include <cmath>

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
        windows_(shape_.windows) {
    add_visits();
    add_flows();
  }

  [[nodiscard]] const std::vector<MoneySum>& windows() const { return windows_; }
  [[nodiscard]] const MoneySum& total() const { return total_; }
  [[nodiscard]] const MoneySum& worth() const { return worth_; }

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
    const auto add_to = [&](MoneySum& sum, double by) {
      if (revenue != 0.0) sum.revenue.add_product(by, revenue);
      if (cost != 0.0) sum.cost.add_product(by, cost);
      if (price != 0.0) sum.price.add_product(by, price);
    };
    add_to(windows_[window], times);
    add_to(total_, times);
    add_to(worth_, discounted_times * program_.discount().begin(window));
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

void DoubleSum::add(double x) {
  const double sum = high_ + x, of_x = sum - high_;
  low_ += (high_ - (sum - of_x)) + (x - of_x);
  high_ = sum;
}

void DoubleSum::add_product(double times, double amount) {
  const double product = times * amount;
  add(product);
  low_ += std::fma(times, amount, -product);
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
  PersonaMoney money{everybody.windows(), everybody.total(), everybody.worth(), {}};
  if (totals.shape().referrals) money.referred_worth = Ledger(program, totals, persona, MoneyOf::referred).worth();
  return money;
}

}  // namespace sojourn
