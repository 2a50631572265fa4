#include "sojourn/report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>

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

/// Three significant digits, at most three of them behind the point.
std::string digits(double size) {
  const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f}", size, decimals);
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
  return number >= 99.95 ? count(number) : digits(number);
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

std::string count(double value) {
  if (std::isnan(value)) return "-";
  std::string digits = fmt::format("{:.0f}", std::fabs(value));
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return with_sign(digits, value, "");
}

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

std::string difference(const Metric& metric, double value, const std::string& currency) {
  if (std::isnan(value)) return "-";
  const Kind of = kind(metric);
  const double size = std::fabs(value);
  const std::string text = of == Kind::share   ? fmt::format("{:.2f} pt", 100.0 * size)
                           : of == Kind::money ? amount(size)
                                               : plain(of, size, currency);
  return with_sign(text, value, "+");
}

std::string half_width(const Metric& metric, const Estimate& estimate, const std::string& currency) {
  const double half = std::max(estimate.high - estimate.mean, estimate.mean - estimate.low);
  if (std::isnan(half)) return "-";
  const Kind of = kind(metric);
  if (of == Kind::share) return fmt::format("{:.2f}", 100.0 * half);
  // In the unit of the figure that it stands beside: "+9.40 M ± 0.28".
  if (of == Kind::money) return scaled(half, scale_of(std::fabs(estimate.mean)));
  return plain(of, half, currency);
}

std::string interval(const Metric& metric, const Estimate& estimate, const std::string& currency) {
  const auto end = [&](double value) {
    if (kind(metric) != Kind::money) return difference(metric, value, currency);
    const Scale scale = scale_of(std::fabs(estimate.mean));
    return with_sign(scaled(std::fabs(value), scale) + std::string(scale.suffix), value, "+");
  };
  return end(estimate.low) + " to " + end(estimate.high);
}

std::string in_sentence(std::string_view label) {
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
