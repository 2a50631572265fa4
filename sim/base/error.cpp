#include "sojourn/base/error.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sojourn {
namespace {

std::string join(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (!text.empty()) text += '\n';
    if (!finding.path.empty()) text += finding.path + ": ";
    text += finding.message;
    if (!finding.hint.empty()) text += " (" + finding.hint + ")";
  }
  return text;
}

std::string all_of(const std::string& message, const std::string& hint, const std::string& place) {
  return (place.empty() ? "" : place + ": ") + message + (hint.empty() ? "" : "\nhint: " + hint);
}

}  // namespace

Error::Error(ErrorCode code, std::string message, std::string hint, std::string place)
    : std::runtime_error(all_of(message, hint, place)),
      code_(code),
      message_(std::move(message)),
      hint_(std::move(hint)),
      place_(std::move(place)) {}

ShortError in_short(const Error& error) {
  const std::string& lines = error.message();
  constexpr std::string_view begins = ": error: ", hint_begins = "\nhint: ";
  const std::size_t at = error.code() == ErrorCode::invalid_scenario ? lines.find(begins) : lines.npos;
  if (at == lines.npos) return {lines, error.hint()};
  const std::size_t begin = at + begins.size(), end = std::min(lines.find('\n', begin), lines.size());
  ShortError told{lines.substr(begin, end - begin), {}};
  const std::size_t hint = lines.find(hint_begins, end), next = lines.find(begins, end);
  if (hint == lines.npos || hint > next) return told;
  const std::size_t words = hint + hint_begins.size();
  told.hint = lines.substr(words, std::min(lines.find('\n', words), lines.size()) - words);
  return told;
}

InputError::InputError(std::string message, std::string hint, std::string place, ErrorCode code)
    : Error(code, std::move(message), std::move(hint), std::move(place)) {}

RunError::RunError(std::string message, std::string hint, std::string place, ErrorCode code)
    : Error(code, std::move(message), std::move(hint), std::move(place)) {}

Interrupted::Interrupted() : Error(ErrorCode::interrupted, "interrupted", {}, {}) {}

void throw_if_stopped(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Interrupted();
}

InvalidModel::InvalidModel(std::vector<Finding> findings)
    : InputError(join(findings), {}, {}, ErrorCode::invalid_model), findings_(std::move(findings)) {}

}  // namespace sojourn
