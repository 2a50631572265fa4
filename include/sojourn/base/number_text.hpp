// Numbers as people write them, and as they read them.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sojourn {

/// `text` without the blanks and tabulators at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The length of the longest number at the beginning of `text`, by the grammar [+-] digits [. digits] [e [+-] digits]; 0
/// where it begins with none.
[[nodiscard]] std::size_t number_length(std::string_view text);

/// A decimal number such as "-1.5" or "2e3", finite, and nothing else; independent of the locale.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// A number with a suffix, with or without a blank between: "700k" is 700,000, "1.2M" is 1,200,000, "1bn" is a thousand
/// million, "25 %" is 0.25. Nothing where `text` is none of these.
struct SuffixedNumber {
  double value = 0.0;
  bool percent = false;
};
[[nodiscard]] std::optional<SuffixedNumber> parse_suffixed(std::string_view text);

/// How a number that holds commas should have been written: "50,000" as 50_000 or 50000, "0,5" as 0.5, "1.250,5" as 1250.5.
/// A comma before groups of three digits separates thousands. Empty where `text` is no such number.
[[nodiscard]] std::string comma_hint(std::string_view text);

/// The same number in digits: "50000", "0.5", "1250.5"; empty where `text` is no such number.
[[nodiscard]] std::string without_commas(std::string_view text);

/// A number as it is written elsewhere, "1,5M", "1000 EUR", "€ 12,50", "1.000.000", "2 million" or "-20,5 per cent", as
/// Sojourn reads it: "1.5M", "1000", "12.50", "1000000", "2M", "-20.5%". Nothing where `text` is none of these, or is read
/// as it is.
struct RewrittenNumber {
  std::string text;       // "1.5M", without quotes
  bool currency = false;  // one was left out
  /// The hint that says how to write it in TOML, in quotes where there is a suffix.
  [[nodiscard]] std::string hint() const;
};
[[nodiscard]] std::optional<RewrittenNumber> rewritten_number(std::string_view text);

/// 1234567 as "1,234,567", rounded to whole numbers; "-" for what is no number.
[[nodiscard]] std::string grouped(double number);
/// "1 customer", "20,000 customers": so many of `one`, or of `many`, which is `one` with an s where it is left out.
[[nodiscard]] std::string counted(double number, std::string_view one, std::string_view many = {});
[[nodiscard]] std::string counted(std::integral auto number, std::string_view one, std::string_view many = {}) {
  return counted(static_cast<double>(number), one, many);
}

}  // namespace sojourn
