#include "sojourn/outcomes/version.hpp"

namespace sojourn {

std::string_view version() { return SOJOURN_VERSION; }

std::string_view build_description() { return "sojourn " SOJOURN_VERSION ", engine: lock step"; }

}  // namespace sojourn
