// Numbers as people write them, for tables and pages. "-" stands for what is undefined.
#pragma once

#include <string>
#include <string_view>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/outcomes/metrics.hpp"

namespace sojourn::format {

/// How a metric is written: shares between 0 and 1 as per cent, scores between 0 and 1 with four digits, ...
enum class Kind { share, score, points, money, days, number };
[[nodiscard]] Kind kind(const Metric& metric);

/// Money: "EUR 1,234", "EUR 12.3 k", "EUR 12.3 M", "EUR 1.23 bn"; three or four digits.
[[nodiscard]] std::string money(double value, const std::string& currency);
/// Days in the unit that a person would use: "90 days", "24 months", "5 years".
[[nodiscard]] std::string duration(double days);
/// A measured time in the unit that a person would use, two or three digits: "12 min", "3.4 h", "2.1 d"; "0" for none.
[[nodiscard]] std::string wait(double days);

/// A metric's value in its own unit: shares as per cent, scores with three digits, money with the currency.
[[nodiscard]] std::string value(const Metric& metric, double value, const std::string& currency);
/// The same with no more decimals than its interval supports, which are those of `half_width`: they stand side by side.
[[nodiscard]] std::string value(const Metric& metric, const Estimate& estimate, const std::string& currency);
/// A difference with its sign: shares in points ("+1.23 pt").
[[nodiscard]] std::string difference(const Metric& metric, double value, const std::string& currency);
/// The same with no more decimals than its interval supports: two digits of half its width.
[[nodiscard]] std::string difference(const Metric& metric, const Estimate& estimate, const std::string& currency);
/// How far an interval reaches on its longer side, in the unit in which its mean is written, without a sign: where few
/// events make it lopsided, "±" says no less than it should. As many decimals as the difference has.
[[nodiscard]] std::string half_width(const Metric& metric, const Estimate& estimate, const std::string& currency);
/// The ends of a difference's interval, "+4.67 M to +4.98 M", both in the unit of its mean.
[[nodiscard]] std::string interval(const Metric& metric, const Estimate& estimate, const std::string& currency);

/// The label of a metric within a sentence: "net present value"; an abbreviation keeps its capitals.
[[nodiscard]] std::string in_sentence(std::string_view label);

/// `text` padded with spaces to `wanted` columns of a terminal, at its right or its left.
[[nodiscard]] std::string pad_right(const std::string& text, std::size_t wanted);
[[nodiscard]] std::string pad_left(const std::string& text, std::size_t wanted);

}  // namespace sojourn::format
