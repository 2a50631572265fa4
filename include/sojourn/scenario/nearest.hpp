// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sojourn {

/// The fewest insertions, deletions, replacements and swaps of neighbours (optimal string alignment: Damerau 1964, Boytsov
/// 2011) that turn `a` into `b`, without regard to case, '-' and '_' being the same; `limit` + 1 when there are more than
/// `limit`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidate that the user most likely meant: at most a third of the letters wrong, or a beginning of at least three
/// letters. The first of several equally near; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// `did you mean "X"?` with the nearest candidate, otherwise `known: a, b, c` with up to 16 of them, empty without
/// candidates.
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// `; did you mean "X"?` with the nearest candidate, to go behind a message; empty when none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// `there is no WHAT "WORD"`, and the candidate that may have been meant.
[[nodiscard]] std::string there_is_no(std::string_view what, std::string_view word,
                                      const std::vector<std::string>& candidates);

/// The position of `word` in `known`, ids of what the singular noun `what` says ("plan"). Throws InputError where it is not
/// there: `before` and `there_is_no`, with all that are known as the hint.
[[nodiscard]] std::size_t position_called(std::string_view what, std::string_view word,
                                          const std::vector<std::string>& known, std::string_view before = {});

}  // namespace sojourn
