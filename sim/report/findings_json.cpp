#include "sojourn/report/findings_json.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace sojourn {
namespace {

using Json = nlohmann::ordered_json;

/// The place at the beginning of a rendered finding, "my.toml:22:19: warning: ..."; nulls where it has none.
void add_place(const std::string& rendered, Json& finding) {
  Json file = nullptr, line = nullptr, column = nullptr;
  const std::size_t end = std::min(rendered.find(": error: "), rendered.find(": warning: "));
  const auto number = [&](std::size_t from, std::size_t to) {
    unsigned value = 0;
    const auto [last, failure] = std::from_chars(rendered.data() + from, rendered.data() + to, value);
    return failure == std::errc() && last == rendered.data() + to ? Json(value) : Json(nullptr);
  };
  if (end != std::string::npos && end > 0) {
    const std::size_t second = rendered.rfind(':', end - 1);
    const std::size_t first =
        second == std::string::npos || second == 0 ? std::string::npos : rendered.rfind(':', second - 1);
    if (first != std::string::npos && !number(first + 1, second).is_null() && !number(second + 1, end).is_null()) {
      file = rendered.substr(0, first);
      line = number(first + 1, second);
      column = number(second + 1, end);
    }
  }
  finding["file"] = std::move(file);
  finding["line"] = std::move(line);
  finding["column"] = std::move(column);
}

}  // namespace

std::string findings_json(const std::string& file, const std::vector<Finding>& findings,
                          const std::vector<std::string>& rendered) {
  Json list = Json::array();
  std::size_t errors = 0;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const bool error = findings[i].severity == Severity::error;
    errors += error;
    Json finding = {{"severity", error ? "error" : "warning"},
                    {"path", findings[i].path},
                    {"message", findings[i].message},
                    {"hint", findings[i].hint}};
    if (i < rendered.size()) {
      add_place(rendered[i], finding);
      finding["text"] = rendered[i];
    }
    list.push_back(std::move(finding));
  }
  const Json json = {{"file", file}, {"errors", errors}, {"warnings", findings.size() - errors}, {"findings", list}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sojourn
