#include "sojourn/scenario/checked_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace sojourn {
namespace {

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string more(std::size_t count, std::string_view noun) {
  return fmt::format("\nand {} more {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::size_t CheckedText::errors() const {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [](const Finding& finding) { return finding.severity == Severity::error; }));
}

std::size_t CheckedText::warnings() const { return findings.size() - errors(); }

std::string diagnostics(const CheckedText& text, Severity least) {
  std::string result;
  std::size_t left_out[2] = {0, 0};
  for (std::size_t i = 0; i < text.findings.size(); ++i) {
    const bool error = text.findings[i].severity == Severity::error;
    if (!error && least == Severity::error) continue;
    if (text.rendered[i].empty()) {
      ++left_out[error ? 0 : 1];
      continue;
    }
    if (!result.empty()) result += '\n';
    result += text.rendered[i];
  }
  if (left_out[0] > 0) result += more(left_out[0], "error");
  if (left_out[1] > 0) result += more(left_out[1], "warning");
  return result;
}

std::string summary(const CheckedText& text) {
  const std::size_t errors = text.errors(), warnings = text.warnings();
  std::string counts = errors == 0 ? "" : plural(errors, "error");
  if (warnings > 0) counts += fmt::format("{}{}", errors > 0 ? " and " : "", plural(warnings, "warning"));
  return fmt::format("sojourn: {} in {}", counts.empty() ? "no errors" : counts, text.name);
}

void require_no_errors(const CheckedText& text) {
  if (text.errors() == 0) return;
  throw InputError(diagnostics(text) + "\n" + summary(text), {}, {}, ErrorCode::invalid_scenario);
}

}  // namespace sojourn
