#include "sojourn/base/error.hpp"

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

}  // namespace

InvalidModel::InvalidModel(std::vector<Finding> findings)
    : std::runtime_error(join(findings)), findings_(std::move(findings)) {}

}  // namespace sojourn
