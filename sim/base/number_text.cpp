#include "sojourn/base/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>
#include <vector>

namespace sojourn {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "1", "250", "000" of "1,250,000"; nothing where there is something else than digits between the separators.
std::vector<std::string_view> groups_of_digits(std::string_view text, char separator) {
  std::vector<std::string_view> groups;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view group = text.substr(0, end);
    if (group.empty() || !std::all_of(group.begin(), group.end(), is_digit)) return {};
    groups.push_back(group);
    if (end == text.size()) return groups;
    text.remove_prefix(end + 1);
  }
}

bool are_thousands(const std::vector<std::string_view>& groups) {
  return groups.size() > 1 && groups.front().size() <= 3 && groups.front() != "0" &&
         std::all_of(groups.begin() + 1, groups.end(), [](std::string_view group) { return group.size() == 3; });
}

std::string joined(const std::vector<std::string_view>& groups, std::string_view between) {
  std::string result;
  for (const std::string_view group : groups) result += fmt::format("{}{}", result.empty() ? "" : between, group);
  return result;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// "EUR", "€", "euros".
bool is_currency(std::string_view word) {
  for (const std::string_view known : {"€", "$", "£", "¥", "euro", "euros", "dollar", "dollars", "pound", "pounds"}) {
    if (word == known) return true;
  }
  return word.size() == 3 && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// The suffix that Sojourn knows for a word that counts; nothing where it is none.
std::optional<std::string_view> known_suffix(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  struct Habit {
    std::string_view word, suffix;
  };
  static constexpr Habit habits[] = {{"", ""},      {"k", "k"},       {"thousand", "k"}, {"tsd", "k"},
                                     {"tsd.", "k"}, {"m", "M"},       {"mio", "M"},      {"mio.", "M"},
                                     {"mn", "M"},   {"million", "M"}, {"millions", "M"}, {"bn", "bn"},
                                     {"mrd", "bn"}, {"mrd.", "bn"},   {"billion", "bn"}, {"billions", "bn"},
                                     {"%", "%"},    {"percent", "%"}, {"per cent", "%"}, {"pc", "%"}};
  for (const Habit& habit : habits) {
    if (habit.word == lower) return habit.suffix;
  }
  return std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t number_length(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > from;
  };
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  if (!digits()) return 0;
  if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
    ++i;
    digits();
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    const std::size_t mantissa = i++;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) i = mantissa;
  }
  return i;
}

std::optional<double> parse_number(std::string_view text) {
  if (text.empty() || number_length(text) != text.size()) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  std::istringstream stream{std::string(text)};
  stream.imbue(std::locale::classic());
  double value = 0.0;
  stream >> value;
  if (stream.fail() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<SuffixedNumber> parse_suffixed(std::string_view text) {
  text = trimmed(text);
  const std::size_t length = number_length(text);
  const std::string_view digits = text.substr(0, length), suffix = trimmed(text.substr(length));
  // The exponent moves the point as the digits are read: 1.1 times 1000 would not be 1100 to the last bit.
  const auto moved = [&](std::string_view exponent) { return parse_number(fmt::format("{}{}", digits, exponent)); };
  const bool has_exponent = digits.find_first_of("eE") != std::string_view::npos;
  if (!suffix.empty() && has_exponent) return std::nullopt;
  const std::optional<double> value = suffix.empty()   ? std::nullopt
                                      : suffix == "k"  ? moved("e3")
                                      : suffix == "M"  ? moved("e6")
                                      : suffix == "bn" ? moved("e9")
                                      : suffix == "%"  ? moved("e-2")
                                                       : std::nullopt;
  return value ? std::optional(SuffixedNumber{*value, suffix == "%"}) : std::nullopt;
}

std::string RewrittenNumber::hint() const {
  const bool suffixed = !is_digit(text.back());
  std::string result = suffixed ? fmt::format("write \"{}\"", text) : fmt::format("write {}", text);
  const auto value = parse_suffixed(text);
  if (value && !value->percent) result += fmt::format(", which is {:.15g}", value->value);
  return currency ? result + "; the currency stands in [scenario] alone" : result;
}

std::optional<RewrittenNumber> rewritten_number(std::string_view text) {
  RewrittenNumber result;
  text = trimmed(text);
  std::string_view rest = text;
  const auto take_sign = [&] {
    if (!result.text.empty() || !(rest.starts_with('-') || rest.starts_with('+'))) return;
    result.text = rest.front();
    rest = trimmed(rest.substr(1));
  };
  take_sign();
  const std::size_t digit = rest.find_first_of("0123456789");
  if (digit == std::string_view::npos) return std::nullopt;
  if (digit > 0) {  // "EUR 5", but "EUR5" is a name
    if (is_letter(rest[digit - 1]) || !is_currency(trimmed(rest.substr(0, digit)))) return std::nullopt;
    result.currency = true;
    rest.remove_prefix(digit);
    take_sign();
  }
  const std::size_t end = std::min(rest.find_first_not_of("0123456789.,_' "), rest.size());
  std::string number(trimmed(rest.substr(0, end)));
  rest = trimmed(rest.substr(end));
  std::erase_if(number, [](char c) { return c == '_' || c == '\'' || c == ' '; });
  if (std::string better = without_commas(number); !better.empty()) {
    number = std::move(better);
  } else if (number.ends_with(".000") && number.size() <= 7 && number.front() != '0') {
    std::erase(number, '.');  // nobody writes decimals that say nothing, but many mark thousands by a point
  }
  if (!parse_number(number)) return std::nullopt;
  const std::size_t word = std::min(rest.rfind(' ') + 1, rest.size());
  std::string_view last = rest.substr(word);
  if (last.empty() || !is_currency(last)) {
    for (const std::string_view symbol : {"€", "$", "£", "¥"}) {
      if (rest.ends_with(symbol)) last = rest.substr(rest.size() - symbol.size());
    }
  }
  if (is_currency(last) && !known_suffix(last)) {
    result.currency = true;
    rest = trimmed(rest.substr(0, rest.size() - last.size()));
  }
  const auto suffix = known_suffix(rest);
  if (!suffix) return std::nullopt;
  result.text += number;
  result.text += *suffix;
  return result.text == text || parse_suffixed(text) ? std::nullopt : std::optional(result);
}

std::string comma_hint(std::string_view text) {
  text = trimmed(text);
  std::string sign;
  if (text.starts_with('-') || text.starts_with('+')) {
    sign = text.front() == '-' ? "-" : "";
    text.remove_prefix(1);
  }
  const std::size_t last_comma = text.rfind(','), last_point = text.rfind('.');
  const bool commas = last_comma != std::string_view::npos, points = last_point != std::string_view::npos;
  const auto plain = [&](std::string_view whole, char separator, std::string_view decimals) -> std::string {
    const std::vector<std::string_view> groups = groups_of_digits(whole, separator);
    if (!are_thousands(groups) || !std::all_of(decimals.begin(), decimals.end(), is_digit)) return {};
    const std::string rest = decimals.empty() ? std::string() : fmt::format(".{}", decimals);
    return fmt::format("write {0}{1}{3} or {0}{2}{3}", sign, joined(groups, "_"), joined(groups, ""), rest);
  };
  if (commas && !points) {
    const std::string thousands = plain(text, ',', {});
    if (!thousands.empty()) return thousands + "; decimals stand behind a point";
    const std::vector<std::string_view> groups = groups_of_digits(text, ',');
    return groups.size() == 2 ? fmt::format("write {}{}.{}", sign, groups[0], groups[1]) : std::string();
  }
  if (commas && points && last_comma > last_point)
    return plain(text.substr(0, last_comma), '.', text.substr(last_comma + 1));
  if (commas && points) return plain(text.substr(0, last_point), ',', text.substr(last_point + 1));
  return std::count(text.begin(), text.end(), '.') > 1 ? plain(text, '.', {}) : std::string();
}

std::string without_commas(std::string_view text) {
  std::string better = comma_hint(text);
  if (better.empty()) return better;
  better.erase(0, std::string_view("write ").size());
  better.erase(std::min(better.find(" or "), better.size()));
  std::erase(better, '_');
  return better;
}

std::string grouped(double number) {
  if (std::isnan(number)) return "-";
  const std::string digits = fmt::format("{:.0f}", std::fabs(number));
  std::string text;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (at == 0 && number < 0.0 && digits != "0") text.push_back('-');
    if (at > 0 && (digits.size() - at) % 3 == 0) text.push_back(',');
    text.push_back(digits[at]);
  }
  return text;
}

std::string counted(double number, std::string_view one, std::string_view many) {
  const std::string digits = grouped(number);
  if (digits == "1" || !many.empty()) return fmt::format("{} {}", digits, digits == "1" ? one : many);
  return fmt::format("{} {}s", digits, one);
}

}  // namespace sojourn
