// Everything found wrong so far, with places.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/scenario/checked_text.hpp"

namespace sojourn::scenario {

/// Collects problems while the tree is read, and remembers which keys are broken, so that one mistake is reported once.
class Problems {
 public:
  /// An error at `at`, or at the override `origin` where that is not negative; the key `path` counts as broken.
  void error(const std::string& path, const Region& at, std::int32_t origin, std::string message, std::string hint);
  /// A finding of the model's own checks.
  void add(Problem problem) { problems_.push_back(std::move(problem)); }
  /// From now on nothing is said about `path`, nor about keys beside it that lean on it: what is wrong was said elsewhere.
  void mark_broken(const std::string& path);

  /// True where `path` itself, the value that it is part of, or a part of it is broken. A whole entity ("touchpoint.x") is
  /// not hidden by one of its keys, unless that key says where the journey goes on.
  [[nodiscard]] bool hides(std::string_view path) const;
  /// True where some key is broken that tells who meets whom: then the journey's graph is not the user's.
  [[nodiscard]] bool graph_is_broken() const;
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  /// Where there is an error, leaves warnings out: what is wrong may be meant otherwise, and they follow when it is mended.
  void withhold_warnings();

  /// As `suggestion`, until a budget of comparisons is used up: a hostile file must not buy a quadratic search.
  [[nodiscard]] std::string suggest(std::string_view word, const std::vector<std::string>& candidates);

  /// All problems in the order of their places, those of the file before those of its bases and of the overrides.
  [[nodiscard]] std::vector<Problem> sorted() &&;

 private:
  std::vector<Problem> problems_;
  std::set<std::string, std::less<>> broken_;
  std::size_t comparisons_left_ = 5'000'000;
};

/// Puts `problems`, in their order and each once, into the findings of `text`, whose lines are `source`, whose overrides and
/// bases these are, with the words of the first hundred errors and of the first hundred warnings.
void report(std::vector<Problem> problems, const SourceText& source, const std::vector<Override>& overrides,
            CheckedText& text, const std::vector<BaseText>& bases = {});

}  // namespace sojourn::scenario
