#include "problems.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "sojourn/model/keys.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn::scenario {
namespace {

bool is_part(std::string_view path, std::string_view of) {
  return path.size() > of.size() && path.starts_with(of) && (path[of.size()] == '.' || path[of.size()] == '[');
}

// "touchpoint.x", but neither "touchpoint" nor "touchpoint.x.next" nor "scenario.horizon".
bool is_entity(std::string_view path) {
  const std::vector<std::string>& lists = keys::list_sections();
  const std::size_t end = path.find_first_of(".[");
  if (end == std::string_view::npos || std::find(lists.begin(), lists.end(), path.substr(0, end)) == lists.end())
    return false;
  return path.find_first_of(".[", end + 1) == std::string_view::npos;
}

std::string render(const Problem& problem, const std::string& name, const SourceText& source,
                   const std::vector<Override>& overrides, const std::vector<BaseText>& bases) {
  if (problem.origin < 0 && problem.at.file > 0) {
    const BaseText& base = bases[problem.at.file - 1];
    return rendered(problem.finding, base.name, base.lines, problem.at);
  }
  if (problem.origin < 0) return rendered(problem.finding, name, source, problem.at);
  return rendered(problem.finding, clipped(overrides[static_cast<std::size_t>(problem.origin)].option), source, {});
}

// A key whose meaning leans on another one of the same table: without that, or with a wrong one, it may look wrong, too.
struct Leaning {
  std::string_view on, key;
};
constexpr Leaning leanings[] = {{"tenure", "standing"},     {"standing", "tenure"},  {"exits", "next"},
                                {"servers", "handle_time"}, {"pool", "handle_time"}, {"handle_time", "servers"},
                                {"handle_time", "pool"},    {"survey", "metric"},    {"survey", "min_answers"},
                                {"survey", "touchpoint"},   {"survey", "team"},      {"rules", "improvements"},
                                {"clock", "every"},         {"clock", "after"},      {"duration", "every"}};

// The key of the entity that `path` is about: "next" of "touchpoint.x.next[2].to".
std::string_view entity_key(std::string_view path, std::string_view entity) {
  path.remove_prefix(entity.size() + 1);
  return path.substr(0, path.find_first_of(".["));
}

}  // namespace

void Problems::error(const std::string& path, const Region& at, std::int32_t origin, std::string message, std::string hint) {
  problems_.push_back({{Severity::error, path, std::move(message), std::move(hint)}, at, origin, {}});
  mark_broken(path);
}

void Problems::mark_broken(const std::string& path) {
  broken_.insert(path);
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return;
  std::string_view key = std::string_view(path).substr(dot + 1);
  key = key.substr(0, key.find('['));
  for (const Leaning& one : leanings) {
    if (key == one.on) broken_.insert(path.substr(0, dot + 1) + std::string(one.key));
  }
}

void Problems::withhold_warnings() {
  const auto is = [](Severity severity) {
    return [severity](const Problem& problem) { return problem.finding.severity == severity; };
  };
  if (std::any_of(problems_.begin(), problems_.end(), is(Severity::error))) std::erase_if(problems_, is(Severity::warning));
}

bool Problems::hides(std::string_view path) const {
  for (std::string_view above = path; !above.empty();) {
    if (broken_.find(above) != broken_.end()) return true;
    const std::size_t cut = above.find_last_of(".[");
    above = cut == std::string_view::npos ? std::string_view() : above.substr(0, cut);
  }
  for (auto it = broken_.lower_bound(path); it != broken_.end() && it->starts_with(path); ++it) {
    if (!is_part(*it, path)) continue;
    if (!is_entity(path)) return true;
    const std::string_view key = entity_key(*it, path);
    for (const std::string_view decisive :
         {"id", "next", "end", "exits", "improvements", "rules", "effect", "target", "after", "channels", "every"}) {
      if (key == decisive) return true;
    }
  }
  return false;
}

bool Problems::graph_is_broken() const {
  return std::any_of(broken_.begin(), broken_.end(), [](std::string_view path) {
    for (const std::string_view list : {"touchpoint", "persona", "improvement", "channel", "team"}) {
      if (path == list) return true;
    }
    for (const std::string_view key :
         {".next", ".starts", ".end", ".target", ".exits", ".to", ".id", ".improvements", ".odds", ".stage"}) {
      const std::size_t found = path.find(key);
      if (found == std::string_view::npos) continue;
      const std::string_view rest = path.substr(found + key.size());
      if (rest.empty() || rest.front() == '.' || rest.front() == '[') return true;
    }
    return false;
  });
}

std::string Problems::suggest(std::string_view word, const std::vector<std::string>& candidates) {
  if (candidates.size() > comparisons_left_) return {};
  comparisons_left_ -= candidates.size();
  return suggestion(word, candidates);
}

std::vector<Problem> Problems::sorted() && {
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return std::tuple(a.origin, a.at.file, a.at.line, a.at.column) < std::tuple(b.origin, b.at.file, b.at.line, b.at.column);
  });
  return std::move(problems_);
}

void report(std::vector<Problem> problems, const SourceText& source, const std::vector<Override>& overrides,
            CheckedText& text, const std::vector<BaseText>& bases) {
  constexpr std::size_t most_rendered = 100;
  std::set<std::tuple<std::int32_t, std::uint32_t, std::uint32_t, std::uint32_t, std::string, std::string>> told;
  std::size_t shown[2] = {0, 0};
  for (Problem& problem : problems) {
    // What [behaviour] sets wrongly for all is found once for each persona.
    if (!told.emplace(problem.origin, problem.at.file, problem.at.line, problem.at.column, problem.finding.message,
                      problem.rendered)
             .second)
      continue;
    std::size_t& count = shown[problem.finding.severity == Severity::error ? 0 : 1];
    const bool shows = count++ < most_rendered;
    text.rendered.push_back(!shows                     ? std::string()
                            : problem.rendered.empty() ? render(problem, text.name, source, overrides, bases)
                                                       : std::move(problem.rendered));
    text.findings.push_back(std::move(problem.finding));
  }
}

}  // namespace sojourn::scenario
