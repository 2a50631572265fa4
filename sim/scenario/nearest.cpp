#include "sojourn/scenario/nearest.hpp"

#include <algorithm>
#include <array>

#include "sojourn/base/error.hpp"

namespace sojourn {
namespace {

// Longer words are never compared: nobody mistypes 64 letters, and a hostile file must not buy a quadratic search.
constexpr std::size_t longest = 64;

char folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '_' || c == ' ' ? '-' : c;
}

bool begins(std::string_view text, std::string_view with) {
  return text.size() >= with.size() &&
         std::equal(with.begin(), with.end(), text.begin(), [](char a, char b) { return folded(a) == folded(b); });
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > longest || b.size() > longest) return limit + 1;
  if ((a.size() > b.size() ? a.size() - b.size() : b.size() - a.size()) > limit) return limit + 1;
  std::array<std::size_t, longest + 1> before{}, last{}, row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    before = last;
    last = row;
  }
  return std::min(last[b.size()], limit + 1);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::size_t limit = std::clamp<std::size_t>(word.size() / 3, 1, 4);
  std::size_t best = limit + 1;
  const std::string* found = nullptr;
  for (const std::string& candidate : candidates) {
    // A word of one or two letters is near to everything short; then only its case or its hyphen may differ.
    const std::size_t allowed = std::min(candidate.size(), word.size()) <= 2 ? 0 : best - 1;
    const std::size_t distance = edit_distance(word, candidate, allowed);
    if (distance <= allowed && distance < best) {
      best = distance;
      found = &candidate;
      if (best == 0) break;
    }
  }
  if (found != nullptr) return *found;
  for (const std::string& candidate : candidates) {
    if ((word.size() >= 3 && begins(candidate, word)) || (candidate.size() >= 3 && begins(word, candidate)))
      return candidate;
  }
  return {};
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string found = nearest(word, candidates);
  if (!found.empty()) return "did you mean \"" + found + "\"?";
  if (candidates.empty()) return {};
  constexpr std::size_t shown = 16;
  std::string list = "known: ";
  for (std::size_t i = 0; i < std::min(shown, candidates.size()); ++i) list += (i > 0 ? ", " : "") + candidates[i];
  if (candidates.size() > shown) list += ", ... (" + std::to_string(candidates.size()) + " in all)";
  return list;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string found = nearest(word, candidates);
  return found.empty() ? "" : "; did you mean \"" + found + "\"?";
}

std::string there_is_no(std::string_view what, std::string_view word, const std::vector<std::string>& candidates) {
  return "there is no " + std::string(what) + " \"" + std::string(word) + "\"" + did_you_mean(word, candidates);
}

std::size_t position_called(std::string_view what, std::string_view word, const std::vector<std::string>& known,
                            std::string_view before) {
  const auto found = std::find(known.begin(), known.end(), word);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  std::string list;
  for (const std::string& each : known) list += (list.empty() ? "" : ", ") + each;
  throw InputError(std::string(before) + there_is_no(what, word, known),
                   known.empty() ? "the scenario has none" : std::string(what) + "s: " + list);
}

}  // namespace sojourn
