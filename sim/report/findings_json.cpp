#include "sojourn/report/findings_json.hpp"

#include <nlohmann/json.hpp>

namespace sojourn {

std::string findings_json(const std::string& file, const std::vector<Finding>& findings,
                          const std::vector<std::string>& rendered) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  std::size_t errors = 0;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const bool error = findings[i].severity == Severity::error;
    errors += error;
    Json finding = {{"severity", error ? "error" : "warning"},
                    {"path", findings[i].path},
                    {"message", findings[i].message},
                    {"hint", findings[i].hint}};
    if (i < rendered.size()) finding["text"] = rendered[i];
    list.push_back(std::move(finding));
  }
  const Json json = {{"file", file}, {"errors", errors}, {"warnings", findings.size() - errors}, {"findings", list}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sojourn
