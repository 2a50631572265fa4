// The page that one plays with: of `sojourn play`, which asks its server, and of `sojourn explore`, which holds every
// answer.
#pragma once

#include <string>
#include <string_view>

namespace sojourn {

/// Whether this build has the page (the CMake option SOJOURN_PAGES).
[[nodiscard]] bool play_pages_built();

enum class Answers { of_a_server, in_the_page };

/// One HTML document that loads nothing. Its content security policy allows only its own script and style, by their SHA-256,
/// and where a server answers requests to that server. `start` is the JSON that the script begins with. Throws
/// std::logic_error without `play_pages_built`.
[[nodiscard]] std::string play_page(std::string_view title, std::string_view start, Answers answers);

}  // namespace sojourn
