// Scenarios that are shipped as files and offered by `sojourn new` as well. The texts are made of the files under scenarios/
// when the build is configured (CMakeLists.txt).
#pragma once

#include <string_view>

namespace sojourn::shipped_templates {

extern const std::string_view printer_support, perception_gap;

}  // namespace sojourn::shipped_templates
