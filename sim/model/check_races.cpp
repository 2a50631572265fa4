// Warnings about races that end otherwise than they read.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <variant>

#include "findings.hpp"
#include "sojourn/base/special.hpp"

namespace sojourn::checking {
namespace {

constexpr double never_late = std::numeric_limits<double>::infinity();

double above(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

// The share of draws that are later than day t > 0.
struct Later {
  double t;

  double operator()(const Fixed& delay) const { return delay.value > t ? 1.0 : 0.0; }
  double operator()(const Uniform& delay) const {
    return delay.high > delay.low ? std::clamp((delay.high - t) / (delay.high - delay.low), 0.0, 1.0)
                                  : (*this)(Fixed{delay.low});
  }
  double operator()(const Normal& delay) const {
    return delay.sd > 0.0 ? above((t - delay.mean) / delay.sd) : (*this)(Fixed{delay.mean});
  }
  // Between 0 and 1 day; within it, what is asked here needs no more than the middle.
  double operator()(const Beta& delay) const { return t >= 1.0 || t > delay.a / (delay.a + delay.b) ? 0.0 : 1.0; }
  double operator()(const Exponential& delay) const { return std::exp(-t / delay.mean); }
  double operator()(const Weibull& delay) const { return std::exp(-std::pow(t / delay.scale, delay.shape)); }
  double operator()(const Lognormal& delay) const {
    return delay.sigma > 0.0 ? above(std::log(t / delay.median) / delay.sigma) : (*this)(Fixed{delay.median});
  }
  double operator()(const Loglogistic& delay) const { return 1.0 / (1.0 + std::pow(t / delay.median, delay.shape)); }
  double operator()(const Gamma& delay) const {
    return std::exp(
        special::log_incomplete_gamma(delay.shape, std::log(t * delay.shape / delay.mean), special::Tail::upper));
  }
  double operator()(const Gompertz& delay) const {
    return std::exp(delay.shape > 0.0 ? -delay.rate * std::expm1(delay.shape * t) / delay.shape : -delay.rate * t);
  }
  double operator()(const Tabulated& delay) const {
    const auto& points = delay.points;
    for (std::size_t i = 1; i < points.size(); ++i) {
      const auto [x0, p0] = points[i - 1];
      const auto [x1, p1] = points[i];
      if (t < x1) return 1.0 - (t <= x0 ? p0 : p0 + (p1 - p0) * (t - x0) / (x1 - x0));
    }
    return 0.0;
  }
};

// How soon it comes is each customer's own.
bool depends_on_customer(const Exit& exit) {
  return exit.scale || exit.times || exit.clock.valid() || exit.only_if.any() || !exit.counters.empty();
}

double constant_delay(const Exit& exit) {
  const Fixed* fixed = std::get_if<Fixed>(&exit.after);
  return fixed != nullptr ? fixed->value : never_late;
}

double later(const Exit& exit, double t) {
  return std::pow(std::visit(Later{std::max(t, 1e-9)}, exit.after), exit.odds.value_or(1.0));
}

// The share of draws that may come before earliest_day.
constexpr double early = 0.0025;

// Each exit is compared with all others; a race of more is no journey of a person's and is not looked at.
constexpr std::size_t most_compared = 500;

double earliest_day(const Exit& exit) {
  if (const double day = constant_delay(exit); day < never_late) return day;
  double low = 0.0, high = 1.0;
  for (; later(exit, high) > 1.0 - early && high < 1e9; high *= 2.0) low = high;
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (low + high);
    (later(exit, middle) > 1.0 - early ? low : high) = middle;
  }
  return low;
}

bool takes_part(const Exit& exit) { return exit.on == Trigger::none && exit.odds.value_or(1.0) > 0.0; }

void check_race(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  const auto id_of = [&](const Exit& exit) { return in_quotes(context.parts.touchpoints[exit.to.index()].id); };
  std::map<double, std::size_t> first;  // the first exit with that constant delay
  for (std::size_t i = 0; i < touchpoint.next.size(); ++i) {
    const Exit& exit = touchpoint.next[i];
    if (!takes_part(exit) || depends_on_customer(exit)) continue;
    const bool constant = constant_delay(exit) < never_late;
    const double day = earliest_day(exit);
    const std::string here = fmt::format("{}.next[{}]", path, i);
    if (const auto [other, fresh] = first.emplace(constant_delay(exit), i); constant && !fresh) {
      context.findings.warning(here + ".after",
                               fmt::format("never taken: it ties with the exit to {}, and the first in the file wins",
                                           id_of(touchpoint.next[other->second])),
                               "draw the delays from distributions, or let a choice decide: exits = \"choice\"");
      continue;
    }
    if (touchpoint.next.size() > most_compared) continue;
    double wins = 1.0;
    for (std::size_t j = 0; j < touchpoint.next.size() && wins > 0.0; ++j) {
      if (j == i || !takes_part(touchpoint.next[j]) || depends_on_customer(touchpoint.next[j])) continue;
      if (!(constant && constant_delay(touchpoint.next[j]) == day)) wins *= later(touchpoint.next[j], day);
    }
    constexpr double rare = 0.01;
    if (wins + (constant ? 0.0 : early) >= rare) continue;
    context.findings.warning(
        here + ".after",
        fmt::format("hardly ever taken: at {} of visits no other exit comes within {:.4g} days{}",
                    wins < 1e-3 ? "less than 0.1 %" : fmt::format("{:.1f} %", 100.0 * wins), day,
                    constant ? "" : ", and it nearly always takes longer"),
        "each visit draws all delays anew; what is due on a date goes by a clock: every = \"1 year\", clock = \"tenure\"");
  }
}

}  // namespace

void check_races(const Context& context, const Reach& reach) {
  for (std::size_t i = 0; i < context.parts.touchpoints.size(); ++i) {
    const Touchpoint& touchpoint = context.parts.touchpoints[i];
    if (reach.any[i] && touchpoint.exits == ExitRule::race && !touchpoint.end)
      check_race(context, touchpoint, context.paths.touchpoints[i]);
  }
}

}  // namespace sojourn::checking
