#include "sojourn/report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <tuple>
#include <utility>

#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"

namespace sojourn::format {

Kind kind(const Metric& metric) {
  if (metric.unit == "currency") return Kind::money;
  if (metric.unit == "day") return Kind::days;
  if (metric.name == "nps") return Kind::points;
  constexpr std::string_view scores[] = {"satisfaction", "expectation", "effort"};
  if (std::find(std::begin(scores), std::end(scores), metric.name) != std::end(scores)) return Kind::score;
  constexpr std::string_view numbers[] = {"visits",         "repeats",        "effort_per_purchase",
                                          "heard_positive", "heard_negative", "brought"};
  if (std::find(std::begin(numbers), std::end(numbers), metric.name) != std::end(numbers)) return Kind::number;
  return Kind::share;
}

namespace {

/// Decimals that give three significant digits, at most two of them behind the point.
int three_digits(double size) { return size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2; }

std::string digits(double size) { return fmt::format("{:.{}f}", size, three_digits(size)); }

/// Decimals that an interval supports: two digits of half its width. Any number of them where there is none.
int supported(double half_width) {
  constexpr int all = 9;
  if (!(half_width > 0.0) || !std::isfinite(half_width)) return all;
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(half_width))), 0, all);
}

/// The unit in which an amount of money is written.
struct Scale {
  double size;
  std::string_view suffix;
};

Scale scale_of(double size) {
  if (size >= 999.5e6) return {1e9, " bn"};
  if (size >= 999.5e3) return {1e6, " M"};
  if (size >= 9'995.0) return {1e3, " k"};
  return {1.0, ""};
}

std::string scaled(double size, const Scale& scale) {
  const double number = size / scale.size;
  return number >= 99.95 ? grouped(number) : digits(number);
}

std::string amount(double size) {
  const Scale scale = scale_of(size);
  return scaled(size, scale) + std::string(scale.suffix);
}

std::string plain(Kind kind, double size, const std::string& currency) {
  switch (kind) {
    case Kind::share:
      return fmt::format("{:.2f} %", 100.0 * size);
    case Kind::score:
      return fmt::format("{:.4f}", size);
    case Kind::points:
      return fmt::format("{:.2f}", size);
    case Kind::money:
      return currency + " " + amount(size);
    case Kind::days:
      return digits(size) + " d";
    case Kind::number:
      return fmt::format("{:.3f}", size);
  }
  return {};
}

bool zero(const std::string& text) { return text.find_first_of("123456789") == std::string::npos; }

std::string with_sign(const std::string& text, double value, std::string_view positive) {
  if (zero(text)) return text;
  return (value < 0.0 ? "-" : std::string(positive)) + text;
}

}  // namespace

std::string money(double value, const std::string& currency) {
  if (std::isnan(value)) return "-";
  return with_sign(plain(Kind::money, std::fabs(value), currency), value, "");
}

std::string duration(double days) {
  const struct {
    double length;
    const char* name;
  } units[] = {{365.25, "year"}, {365.25 / 12.0, "month"}, {7.0, "week"},
               {1.0, "day"},     {1.0 / 24.0, "hour"},     {1.0 / 1440.0, "minute"}};
  for (const auto& unit : units) {
    const double number = days / unit.length;
    const bool whole = std::fabs(number - std::round(number)) < 1e-6;
    // Years only from three on: "24 months" reads better than "2 years" in a plan.
    if (whole && number >= (unit.length > 300.0 ? 3.0 : 1.0)) {
      return fmt::format("{:.0f} {}{}", number, unit.name, std::round(number) == 1.0 ? "" : "s");
    }
  }
  return fmt::format("{:.4g} days", days);
}

std::string wait(double days) {
  if (std::isnan(days)) return "-";
  if (days == 0.0) return "0";
  if (days < 1.0 / 1440.0) return digits(days * 86400.0) + " s";
  if (days < 1.0 / 24.0) return digits(days * 1440.0) + " min";
  return days < 1.0 ? digits(days * 24.0) + " h" : digits(days) + " d";
}

std::string value(const Metric& metric, double value, const std::string& currency) {
  if (std::isnan(value)) return "-";
  return with_sign(plain(kind(metric), std::fabs(value), currency), value, "");
}

namespace {

/// Half the width of an interval on its longer side.
double half_of(const Estimate& estimate) { return std::max(estimate.high - estimate.mean, estimate.mean - estimate.low); }

/// A size in its unit, with so many decimals: of a difference, or of half its interval.
std::string with_decimals(double number, int decimals) {
  return number >= 99.95 ? grouped(number) : fmt::format("{:.{}f}", number, decimals);
}

/// How a difference is written: what it is divided by, what follows it, and its decimals.
struct Style {
  double unit = 1.0;
  std::string suffix;
  int decimals = 2;
};

Style style_of(const Metric& metric, double mean, double half) {
  Style style;
  const Kind of = kind(metric);
  switch (of) {
    case Kind::share:
      style = {0.01, " pt", 2};
      break;
    case Kind::money: {
      const Scale scale = scale_of(std::fabs(mean));
      style = {scale.size, std::string(scale.suffix), three_digits(std::fabs(mean) / scale.size)};
      break;
    }
    case Kind::points:
      style.decimals = 2;
      break;
    case Kind::score:
      style.decimals = 4;
      break;
    case Kind::days:
      style = {1.0, " d", three_digits(std::fabs(mean))};
      break;
    case Kind::number:
      style.decimals = 3;
      break;
  }
  style.decimals = std::min(style.decimals, supported(half / style.unit));
  return style;
}

std::string written(double value, const Style& style, const std::string& suffix) {
  return with_sign(with_decimals(std::fabs(value) / style.unit, style.decimals) + suffix, value, "+");
}

}  // namespace

std::string difference(const Metric& metric, double value, const std::string& currency) {
  return difference(metric, Estimate{value, value, value}, currency);
}

std::string difference(const Metric& metric, const Estimate& estimate, const std::string&) {
  if (std::isnan(estimate.mean)) return "-";
  const Style style = style_of(metric, estimate.mean, half_of(estimate));
  return written(estimate.mean, style, style.suffix);
}

std::string half_width(const Metric& metric, const Estimate& estimate, const std::string&) {
  const double half = half_of(estimate);
  if (std::isnan(half)) return "-";
  // In the unit of the figure that it stands beside, without it: "+9.40 M ± 0.28".
  const Style style = style_of(metric, estimate.mean, half);
  const std::string text = with_decimals(half / style.unit, style.decimals);
  if (kind(metric) == Kind::days) return text + style.suffix;
  return zero(text) && half > 0.0 && kind(metric) == Kind::money ? digits(half / style.unit) : text;
}

std::string value(const Metric& metric, const Estimate& estimate, const std::string& currency) {
  if (std::isnan(estimate.mean) || std::isnan(estimate.low)) return value(metric, estimate.mean, currency);
  const int decimals = style_of(metric, estimate.mean, half_of(estimate)).decimals;
  const double size = std::fabs(estimate.mean);
  std::string text;
  switch (kind(metric)) {
    case Kind::share:
      text = fmt::format("{:.{}f} %", 100.0 * size, decimals);
      break;
    case Kind::money: {
      const Scale scale = scale_of(size);
      const double number = size / scale.size;
      text = fmt::format("{} {}{}", currency, number >= 99.95 ? grouped(number) : fmt::format("{:.{}f}", number, decimals),
                         scale.suffix);
      break;
    }
    case Kind::days:
      text = fmt::format("{:.{}f} d", size, decimals);
      break;
    case Kind::score:
    case Kind::points:
    case Kind::number:
      text = fmt::format("{:.{}f}", size, decimals);
      break;
  }
  return with_sign(text, estimate.mean, "");
}

std::string interval(const Metric& metric, const Estimate& estimate, const std::string&) {
  const auto ends = [&](const Style& style) {
    return std::pair(written(estimate.low, style, style.suffix), written(estimate.high, style, style.suffix));
  };
  Style style = style_of(metric, estimate.mean, half_of(estimate));
  auto [low, high] = ends(style);
  // Ends that the digits of the mean do not tell apart have those of their own.
  if (low == high && estimate.low < estimate.high && kind(metric) == Kind::money) {
    style = {1.0, "", std::min(2, supported(half_of(estimate)))};
    std::tie(low, high) = ends(style);
  }
  return low + " to " + high;
}

std::string in_sentence(std::string_view label) {
  if (label == "Retained") return "share retained";
  std::string text(label);
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string pad_right(const std::string& text, std::size_t wanted) {
  const std::size_t used = columns(text);
  return used < wanted ? text + std::string(wanted - used, ' ') : text;
}

std::string pad_left(const std::string& text, std::size_t wanted) {
  const std::size_t used = columns(text);
  return used < wanted ? std::string(wanted - used, ' ') + text : text;
}

}  // namespace sojourn::format
