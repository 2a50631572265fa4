#include "horizon_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include "fourier.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/behaviour/money.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/metrics.hpp"

namespace sojourn {
namespace {

using Series = std::vector<double>;

/// The way out of arriving: a departure with one way and the delay of the arrival.
Departure arrival_of(const Program& program, std::uint32_t persona) {
  Departure arrival;
  arrival.ways.push_back({0, 0, 1.0, Delay(program.model().parts().personas[persona].arrives, 1.0)});
  return arrival;
}

/// Probability that an arrival or a delay of one way is over by t.
double by_time(const Delay& delay, double t) {
  if (const auto constant = delay.constant()) return t >= *constant ? 1.0 : 0.0;
  return -std::expm1(-delay.hazard(t));
}

/// What staying at a touchpoint comes to, by the number of steps until the horizon. Exact at atoms; what is spread lies
/// between the two sums of its steps.
struct Stays {
  std::vector<Series> taken;  // [way]: probability that it is over by then
  Series all;                 // by any way
  Series days, worth;         // expected time in it, and discounted to its beginning
};

/// One solution with all times rounded one way. Each number is a bound of the truth: none is below it when rounded down.
struct Solved {
  struct Touch {
    double visits = 0.0, worth = 0.0;     // visits as they are, and discounted
    double days = 0.0, worth_days = 0.0;  // time spent
  };
  /// People who have come to and gone from places, by the time a window ends.
  struct Window {
    std::vector<double> come, gone;  // [touchpoint]
    double bought = 0.0;
    double lost_come = 0.0, lost_gone = 0.0, churned_come = 0.0, churned_gone = 0.0;  // at ends and away
  };
  std::vector<Touch> touch;
  std::vector<double> taken;
  std::vector<Window> windows;
  double since_purchase = 0.0;  // E[days from the purchase to the horizon of those who buy]
  double since_arrival = 0.0;   // E[days from the arrival to the horizon of those who buy]
};

class Expectation {
 public:
  Expectation(const Program& program, std::uint32_t persona, const VisitChain& chain, const GridChoice& choice)
      : program_(program),
        persona_(persona),
        chain_(chain),
        grid_(choice.grid),
        exact_(choice.exact),
        arrival_(arrival_of(program, persona).kernels(grid_.step, grid_.last).front()),
        arrival_on_points_(on_points(arrival_)),
        kernels_(chain.departures.size()),
        on_points_(chain.departures.size()) {
    for (std::size_t v = 0; v < kernels_.size(); ++v) {
      kernels_[v] = chain.departures[v].kernels(grid_.step, grid_.last);
      for (const Kernel& kernel : kernels_[v]) on_points_[v].push_back(on_points(kernel));
    }
  }

  [[nodiscard]] Solved solve(Rounding rounding) const;

 private:
  /// Expected visits by state and point: all, and those of them that are a moment or more after their point in truth. Only
  /// those that come by atoms alone stand on it, and count as happening by then. (Rounded up, all count.)
  struct Visits {
    std::vector<Series> all, after;
  };
  enum class Chain { whole, until_purchase };
  [[nodiscard]] Visits visits(Rounding rounding, Chain chain) const;
  [[nodiscard]] std::vector<TimedStep> steps(const std::vector<std::vector<Kernel>>& kernels, Chain chain) const;
  [[nodiscard]] Kernel on_points(const Kernel& kernel) const;
  [[nodiscard]] Stays stays(std::size_t touchpoint, Rounding rounding) const;
  [[nodiscard]] double since_arrival(Rounding rounding) const;

  const Program& program_;
  std::uint32_t persona_;
  const VisitChain& chain_;
  const Grid& grid_;
  bool exact_;
  Kernel arrival_, arrival_on_points_;
  std::vector<std::vector<Kernel>> kernels_, on_points_;  // [touchpoint][way]; of the second only what moves in no rounding
};

std::vector<Series> solve_or_throw(const std::vector<TimedStep>& steps, std::vector<Series> start, const Grid& grid,
                                   Rounding rounding) {
  std::vector<Series> visits = solve_renewal(steps, std::move(start), grid, rounding);
  if (visits.empty()) {
    throw InputError(
        fmt::format("visits follow each other too fast to be solved over this horizon in {} steps of {:.3g} days", grid.last,
                    grid.step),
        "shorten the horizon, or simulate the journey", {}, ErrorCode::too_long_to_solve);
  }
  return visits;
}

Kernel Expectation::on_points(const Kernel& kernel) const {
  Kernel result;
  for (const Atom& atom : kernel.atoms) {
    if (grid_.on_point(atom.time)) result.atoms.push_back(atom);
  }
  return result;
}

std::vector<TimedStep> Expectation::steps(const std::vector<std::vector<Kernel>>& kernels, Chain chain) const {
  std::vector<TimedStep> result;
  for (const ChainStep& step : chain_.steps) {
    const ChainState& from = chain_.states[step.from];
    if (chain == Chain::until_purchase && from.purchase != Purchase::before) continue;
    result.push_back({step.from, step.to, &kernels[from.touchpoint][step.way]});
  }
  return result;
}

/// With `Chain::until_purchase`, people are weighted by the days from their arrival to the horizon.
Expectation::Visits Expectation::visits(Rounding rounding, Chain chain) const {
  const std::size_t states = chain == Chain::whole ? chain_.states.size() : chain_.until_purchase;
  const Delay arrives(program_.model().parts().personas[persona_].arrives, 1.0);
  const auto start = [&](const Kernel& arrival) {
    Series arrivals(grid_.points(), 0.0);
    place(arrival, grid_, rounding, 1.0, arrivals);
    for (std::size_t k = 0; chain == Chain::until_purchase && k < arrivals.size(); ++k)
      arrivals[k] *= std::max(0.0, program_.horizon() - arrives.constant().value_or(grid_.time(k)));
    std::vector<Series> result(states, Series(grid_.points(), 0.0));
    for (const auto& [state, share] : chain_.starts) {
      for (std::size_t k = 0; k < arrivals.size(); ++k) result[state][k] += share * arrivals[k];
    }
    return result;
  };
  Visits result{solve_or_throw(steps(kernels_, chain), start(arrival_), grid_, rounding),
                std::vector<Series>(states, Series(grid_.points(), 0.0))};
  if (exact_ || rounding == Rounding::up) return result;
  const auto on_point = solve_or_throw(steps(on_points_, chain), start(arrival_on_points_), grid_, rounding);
  for (std::size_t i = 0; i < states; ++i) {
    for (std::size_t k = 0; k < grid_.points(); ++k) result.after[i][k] = std::max(0.0, result.all[i][k] - on_point[i][k]);
  }
  return result;
}

Stays Expectation::stays(std::size_t touchpoint, Rounding rounding) const {
  const std::size_t points = grid_.points();
  const std::vector<Kernel>& ways = kernels_[touchpoint];
  const double rho = program_.force_of_interest();
  // A horizon between two points (then all delays are atoms on points) is later than the last by this.
  const double late = std::max(0.0, program_.horizon() - grid_.time(grid_.last));
  Stays result;
  result.all.assign(points, 0.0);
  Series spread_gone(points, 0.0);
  double stays_longer = 1.0, spread = 0.0;
  for (const Kernel& way : ways) {
    Series& gone = result.taken.emplace_back(points, 0.0);
    for (std::size_t k = 0; k < way.cells.size() && k + 1 < points; ++k) gone[k + 1] = way.cells[k];
    std::partial_sum(gone.begin(), gone.end(), gone.begin());
    for (std::size_t k = 0; k < points; ++k) spread_gone[k] += gone[k];
    for (const Atom& atom : way.atoms) {
      for (std::size_t k = grid_.point(atom.time, Rounding::up); k < points; ++k) gone[k] += atom.mass;
      stays_longer -= atom.mass;
    }
    for (std::size_t k = 0; k < points; ++k) result.all[k] += gone[k];
    if (!way.cells.empty()) spread = 1.0;
  }
  // What is neither at an atom nor over yet: spread times to come, and staying for ever.
  stays_longer = std::max(0.0, stays_longer);
  double days = 0.0, worth = 0.0;
  for (std::size_t k = 0; k < points; ++k) {
    if (k > 0) {
      const double lower = stays_longer - spread_gone[k], upper = stays_longer - spread_gone[k - 1];
      const double present = spread == 0.0 ? stays_longer : rounding == Rounding::down ? upper : lower;
      days += present * grid_.step;
      worth += present * behaviour::present_value(rho, grid_.time(k - 1)) * behaviour::annuity(rho, grid_.step);
    }
    const double present = stays_longer - spread_gone[k];
    double at_days = days + present * late;
    double at_worth = worth + present * behaviour::present_value(rho, grid_.time(k)) * behaviour::annuity(rho, late);
    for (const Kernel& way : ways) {
      for (const Atom& atom : way.atoms) {
        const double until = std::min(atom.time, grid_.time(k) + late);
        at_days += atom.mass * until;
        at_worth += atom.mass * behaviour::annuity(rho, until);
      }
    }
    result.days.push_back(at_days);
    result.worth.push_back(at_worth);
  }
  return result;
}

/// E[days from the arrival to the horizon of those who buy within it].
double Expectation::since_arrival(Rounding rounding) const {
  if (chain_.until_purchase == 0) return 0.0;  // who arrives as a customer has no way to a first purchase
  const Visits visits = this->visits(rounding, Chain::until_purchase);
  double sum = 0.0;
  for (std::size_t i = 0; i < chain_.until_purchase; ++i) {
    if (chain_.states[i].purchase != Purchase::now) continue;
    for (const double x : visits.all[i]) sum += x;
    if (grid_.ends) sum -= visits.after[i].back();
  }
  return sum;
}

Solved Expectation::solve(Rounding rounding) const {
  const ModelParts& parts = program_.model().parts();
  const std::vector<double>& ends = program_.windows().ends();
  const std::size_t touchpoints = parts.touchpoints.size(), points = grid_.points();
  const double rho = program_.force_of_interest(), horizon = program_.horizon();
  const Visits visits = this->visits(rounding, Chain::whole);
  Solved s;
  s.touch.resize(touchpoints);
  s.taken.assign(first_exits(parts).back(), 0.0);
  s.windows.resize(ends.size());
  for (Solved::Window& window : s.windows) {
    window.come.assign(touchpoints, 0.0);
    window.gone.assign(touchpoints, 0.0);
  }
  std::vector<Stays> known(touchpoints);
  for (std::size_t i = 0; i < chain_.states.size(); ++i) {
    const std::size_t v = chain_.states[i].touchpoint;
    const Place& place = program_.place(static_cast<std::uint32_t>(v));
    const Series &all = visits.all[i], &after = visits.after[i];
    Series at = all;
    if (grid_.ends) at.back() -= after.back();
    const bool first_purchase = chain_.states[i].purchase == Purchase::now;
    if (!place.end && known[v].all.empty()) known[v] = stays(v, rounding);

    // Sums over visits, each by the time that is left after it. At the horizon itself nobody leaves again.
    Solved::Touch& touch = s.touch[v];
    const std::vector<RouteOption>& ways = chain_.departures[v].ways;
    for (std::size_t k = 0; k < points; ++k) {
      if (at[k] == 0.0) continue;
      const double value = behaviour::present_value(rho, grid_.time(k));
      touch.visits += at[k];
      touch.worth += at[k] * value;
      if (first_purchase) s.since_purchase += at[k] * std::max(0.0, horizon - grid_.time(k));
      if (place.end || (grid_.ends && k == grid_.last)) continue;
      const std::size_t left = grid_.last - k;
      touch.days += at[k] * known[v].days[left];
      touch.worth_days += at[k] * value * known[v].worth[left];
      for (std::size_t w = 0; w < ways.size(); ++w) s.taken[ways[w].exit] += at[k] * known[v].taken[w][left];
    }

    // An atom on a point ends the stay of those who came a moment after a point a moment after another.
    const auto too_early = [&](std::size_t way, std::size_t k) {
      double sum = 0.0;
      for (const Atom& atom : on_points_[v][way].atoms) {
        const std::size_t lag = grid_.point(atom.time, Rounding::down);
        if (lag <= k) sum += atom.mass * after[k - lag];
      }
      return sum;
    };
    for (std::size_t w = 0; w < ways.size() && grid_.ends; ++w) {
      // Who comes at the horizon itself was left out above.
      s.taken[ways[w].exit] -= too_early(w, grid_.last);
      for (const Atom& atom : on_points_[v][w].atoms) {
        if (grid_.point(atom.time, Rounding::down) == 0) s.taken[ways[w].exit] += atom.mass * after.back();
      }
    }

    Series come(points), gone(points, 0.0);
    std::partial_sum(all.begin(), all.end(), come.begin());
    if (!place.end) {
      gone = convolve(all, known[v].all, points);
      if (grid_.ends) gone.back() -= (all.back() - after.back()) * known[v].all.front();
    }
    for (std::size_t w = 0; w < ends.size(); ++w) {
      Solved::Window& window = s.windows[w];
      const std::size_t k = std::min(grid_.last, grid_.point(ends[w], Rounding::down));
      const bool on_point = grid_.on_point(ends[w]);
      // A window that ends between two points: by the later one at least as many have gone.
      const std::size_t later = std::min(grid_.last, k + (!exact_ && !on_point && rounding == Rounding::down ? 1 : 0));
      double arrived = come[k], left = gone[later];
      if (on_point) {
        arrived -= after[k];
        for (std::size_t way = 0; way < ways.size(); ++way) left -= too_early(way, k);
      }
      window.come[v] += arrived;
      window.gone[v] += left;
      if (first_purchase) window.bought += arrived;
      if (!place.end && !place.away) continue;
      const bool bought = chain_.states[i].purchase != Purchase::before;
      (bought ? window.churned_come : window.lost_come) += arrived;
      (bought ? window.churned_gone : window.lost_gone) += left;
    }
  }
  s.since_arrival = since_arrival(rounding);
  return s;
}

/// `existing`: they all arrive as customers.
StandingShares standing_of(const Solved::Window& down, const Solved::Window& up, double arrived, bool existing) {
  const auto both = [&](double Solved::Window::*part) { return between(down.*part, up.*part); };
  const Bracket here{arrived, arrived, arrived};
  StandingShares s;
  s.bought = within(both(&Solved::Window::bought), 0.0, arrived);
  s.lost = within(both(&Solved::Window::lost_come) - both(&Solved::Window::lost_gone), 0.0, arrived);
  s.churned = within(both(&Solved::Window::churned_come) - both(&Solved::Window::churned_gone), 0.0, arrived);
  s.customers = within((existing ? here : s.bought) - s.churned, 0.0, arrived);
  if (!existing) s.prospects = within(here - s.bought - s.lost, 0.0, arrived);
  return s;
}

/// Approximately the greatest common divisor of two times; 0 where it would be shorter than `least`.
double common_divisor(double a, double b, double least) {
  while (b > least) {
    const double rest = std::fmod(a, b);
    a = std::exchange(b, rest < 1e-7 * b || rest > b * (1.0 - 1e-7) ? 0.0 : rest);
  }
  return b > 0.0 ? 0.0 : a;
}

/// The mean of an amount that is drawn; 0 where none is. A trait that it is multiplied by decides about no exit, or is the
/// same for all of the persona: the journey has a closed form.
double expected_amount(const Program& program, std::uint32_t persona, const std::optional<DrawnAmount>& amount) {
  if (!amount) return 0.0;
  const ModelParts& parts = program.model().parts();
  return mean(amount->law) * (amount->trait ? mean(parts.personas[persona].traits[amount->trait->index()]) : 1.0);
}

}  // namespace

Bracket operator+(Bracket a, Bracket b) { return {a.mean + b.mean, a.low + b.low, a.high + b.high}; }
Bracket operator-(Bracket a, Bracket b) { return {a.mean - b.mean, a.low - b.high, a.high - b.low}; }
Bracket operator*(double factor, Bracket a) {
  if (factor == 0.0) return {};
  if (factor < 0.0) std::swap(a.low, a.high);
  return {factor * a.mean, factor * a.low, factor * a.high};
}
Bracket operator/(Bracket a, Bracket b) {
  if (!(b.mean > 0.0)) return {nan, nan, nan};
  return {a.mean / b.mean, a.low / b.high, b.low > 0.0 ? a.high / b.low : std::numeric_limits<double>::infinity()};
}
Bracket within(Bracket a, double low, double high) {
  return {std::clamp(a.mean, low, high), std::clamp(a.low, low, high), std::clamp(a.high, low, high)};
}
Bracket between(double down, double up) { return {0.5 * (down + up), std::min(down, up), std::max(down, up)}; }

Expected expect(const Program& program, std::uint32_t persona, const VisitChain& chain, const GridChoice& choice) {
  const Expectation expectation(program, persona, chain, choice);
  const Solved down = expectation.solve(Rounding::down);
  const Solved up = choice.exact ? down : expectation.solve(Rounding::up);
  const Persona& described = program.model().parts().personas[persona];
  const Delay arrives(described.arrives, 1.0);
  const bool money = !money_changes(program, persona, chain) && !surveys_cost(program.model().parts());
  // At a negative discount a later visit is worth more, and rounding bounds nothing.
  const bool discounted = money && program.force_of_interest() >= 0.0;
  constexpr Bracket unknown{nan, nan, nan};

  Expected e;
  e.arrived = by_time(arrives, program.horizon());
  if (described.existing()) e.existing = e.arrived;
  for (std::size_t v = 0; v < down.touch.size(); ++v) {
    const auto both = [&](double Solved::Touch::*part) { return between(down.touch[v].*part, up.touch[v].*part); };
    const Bracket visits = both(&Solved::Touch::visits), worth = both(&Solved::Touch::worth);
    const Bracket days = both(&Solved::Touch::days), worth_days = both(&Solved::Touch::worth_days);
    e.touch_visits.push_back(visits);
    e.visits = e.visits + visits;
    const auto vi = static_cast<std::uint32_t>(v);
    const VisitRow& row = program.row(0, persona, vi);
    const Flow flow = program.flow(0, persona, vi);
    const Touchpoint& touchpoint = program.model().parts().touchpoints[v];
    const double revenue = row.revenue + row.revenue_times * expected_amount(program, persona, touchpoint.drawn_revenue);
    const double cost = row.cost + row.cost_times * expected_amount(program, persona, touchpoint.drawn_cost);
    e.revenue = e.revenue + revenue * visits + flow.revenue * days;
    e.cost = e.cost + cost * visits + flow.cost * days;
    e.price = e.price + row.price * visits;
    e.worth_revenue = e.worth_revenue + revenue * worth + flow.revenue * worth_days;
    e.worth_cost = e.worth_cost + cost * worth + flow.cost * worth_days;
    e.worth_price = e.worth_price + row.price * worth;
  }
  if (!money) e.revenue = e.cost = e.price = unknown;
  if (!discounted) e.worth_revenue = e.worth_cost = e.worth_price = unknown;
  for (std::size_t x = 0; x < down.taken.size(); ++x) e.taken.push_back(between(down.taken[x], up.taken[x]));
  for (std::size_t w = 0; w < down.windows.size(); ++w) {
    e.arrived_by.push_back(by_time(arrives, program.windows().end(w)));
    e.windows.push_back(standing_of(down.windows[w], up.windows[w], e.arrived_by.back(), described.existing()));
    std::vector<Bracket>& present = e.occupancy.emplace_back();
    for (std::size_t v = 0; v < down.touch.size(); ++v) {
      present.push_back(within(
          between(down.windows[w].come[v], up.windows[w].come[v]) - between(down.windows[w].gone[v], up.windows[w].gone[v]),
          0.0, e.arrived_by.back()));
    }
  }
  e.standing = e.windows.back();
  e.days_to_purchase =
      within(between(down.since_arrival, up.since_arrival) - between(down.since_purchase, up.since_purchase), 0.0,
             std::numeric_limits<double>::infinity());
  return e;
}

void Expected::add(const Expected& other, double share) {
  const auto one = [&](Bracket& to, const Bracket& from) { to = to + share * from; };
  const auto all = [&](std::vector<Bracket>& to, const std::vector<Bracket>& from) {
    to.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) one(to[i], from[i]);
  };
  const auto people = [&](StandingShares& to, const StandingShares& from) {
    one(to.prospects, from.prospects);
    one(to.lost, from.lost);
    one(to.customers, from.customers);
    one(to.churned, from.churned);
    one(to.bought, from.bought);
  };
  arrived += share * other.arrived;
  existing += share * other.existing;
  people(standing, other.standing);
  one(visits, other.visits);
  one(days_to_purchase, other.days_to_purchase);
  for (Bracket Expected::*money : {&Expected::revenue, &Expected::cost, &Expected::price, &Expected::worth_revenue,
                                   &Expected::worth_cost, &Expected::worth_price})
    one(this->*money, other.*money);
  all(touch_visits, other.touch_visits);
  all(taken, other.taken);
  occupancy.resize(other.occupancy.size());
  windows.resize(other.windows.size());
  arrived_by.resize(other.arrived_by.size(), 0.0);
  for (std::size_t w = 0; w < windows.size(); ++w) {
    all(occupancy[w], other.occupancy[w]);
    people(windows[w], other.windows[w]);
    arrived_by[w] += share * other.arrived_by[w];
  }
}

std::vector<GridChoice> grids(const Program& program, const std::vector<VisitChain>& chains, std::size_t most) {
  const double horizon = program.horizon();
  std::vector<double> atoms;
  bool spread = false;
  for (std::size_t p = 0; p < chains.size(); ++p) {
    if (chains[p].states.empty()) continue;
    const Departure arrival = arrival_of(program, static_cast<std::uint32_t>(p));
    for (const double t : arrival.atom_times()) atoms.push_back(t);
    spread = spread || arrival.spread();
    for (const Departure& departure : chains[p].departures) {
      for (const double t : departure.atom_times()) atoms.push_back(t);
      spread = spread || departure.spread();
    }
  }
  std::erase_if(atoms, [&](double t) { return t <= 0.0 || t > horizon; });
  const auto divisor = [&](std::vector<double> times) {
    const double least = horizon / static_cast<double>(most);
    double common = 0.0;
    for (const double t : times) {
      common = common == 0.0 ? t : common_divisor(std::max(common, t), std::min(common, t), 0.999 * least);
      if (common == 0.0) break;
    }
    return common >= 0.999 * least ? common : 0.0;
  };
  // Everything on points; or at least all delays and the horizon; or, where nothing is spread, the delays alone.
  std::vector<double> times = atoms;
  double common = 0.0;
  times.push_back(horizon);
  times.push_back(program.windows().end(0));
  common = divisor(times);
  if (common == 0.0) {
    times.pop_back();
    common = divisor(times);
  }
  const auto whole = [&](double step) { return static_cast<std::size_t>(std::floor(horizon / step + 1e-7)); };
  if (common == 0.0 && !spread && !atoms.empty()) {
    common = divisor(atoms);
    if (common > 0.0) {
      const Grid grid{common, whole(common), false};
      return {{{common, grid.last, grid.on_point(horizon)}, true}};
    }
  }
  const bool lattice = common > 0.0;
  if (!lattice) common = horizon;
  const std::size_t coarsest = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(horizon / common)));
  if (!spread && lattice) return {{{horizon / static_cast<double>(coarsest), coarsest, true}, true}};
  std::vector<GridChoice> result;
  for (std::size_t about = std::max<std::size_t>(4000, coarsest); about <= most; about *= 4) {
    const std::size_t parts = coarsest * std::max<std::size_t>(1, about / coarsest);
    result.push_back({{horizon / static_cast<double>(parts), parts, true}, false});
  }
  if (result.empty()) result.push_back({{horizon / static_cast<double>(most), most, true}, false});
  return result;
}

AtHorizon figures(const Expected& expected, double share, const Program& program) {
  const double market =
      program.model().people_per_customer() * static_cast<double>(program.model().parts().settings.customers);
  AtHorizon result;
  result.arrived = expected.arrived;
  const Bracket arrived{expected.arrived, expected.arrived, expected.arrived};
  const auto per_arrived = [&](const std::vector<Bracket>& sums) {
    std::vector<Bracket> shares;
    for (const Bracket& sum : sums) shares.push_back(sum / arrived);
    return shares;
  };
  const auto people = [&](const StandingShares& s) {
    return StandingShares{s.prospects / arrived, s.lost / arrived, s.customers / arrived, s.churned / arrived,
                          s.bought / arrived};
  };
  result.visits = per_arrived(expected.touch_visits);
  result.taken = per_arrived(expected.taken);
  for (const auto& present : expected.occupancy) result.occupancy.push_back(per_arrived(present));
  for (const StandingShares& window : expected.windows) result.standing.push_back(people(window));

  const StandingShares& s = expected.standing;
  const FixedCost fixed = fixed_investment(program);
  const auto of_market = [&](Bracket x) { return (share * market) * x; };
  const auto plus = [](Bracket x, double y) { return x + Bracket{y, y, y}; };
  const auto value = [&](std::string_view name) -> Bracket {
    if (name == "prospects") return s.prospects / arrived;
    if (name == "lost") return s.lost / arrived;
    if (name == "customers" || name == "retained") return s.customers / arrived;
    if (name == "churned") return s.churned / arrived;
    if (name == "conversion") return s.bought / plus(arrived, -expected.existing);
    if (name == "retention") {
      // 1 - churned / ever customers is the narrower way to say customers / ever customers.
      const Bracket churned = s.churned / plus(s.bought, expected.existing);
      return within({1.0 - churned.mean, 1.0 - churned.high, 1.0 - churned.low}, 0.0, 1.0);
    }
    if (name == "revenue") return of_market(expected.revenue);
    if (name == "cost_to_serve") return of_market(expected.cost);
    if (name == "investment") return plus(of_market(expected.price), fixed.total);
    if (name == "npv")
      return plus(of_market(expected.worth_revenue - expected.worth_cost - expected.worth_price), -fixed.worth);
    if (name == "clv") return (1.0 / expected.arrived) * (expected.worth_revenue - expected.worth_cost);
    if (name == "time_to_purchase") return expected.days_to_purchase / s.bought;
    if (name == "visits") return expected.visits / arrived;
    return {nan, nan, nan};
  };
  for (const Metric& metric : metrics()) result.metrics.push_back(value(metric.name));
  return result;
}

}  // namespace sojourn
