// Drawing a journey map as SVG.
#pragma once

#include <string>

#include "journey_map_content.hpp"

namespace sojourn::journey_map {

/// Whether the picture says title and question itself or the page around it does.
enum class Heading { drawn, left_out };

/// The SVG element, without an XML declaration, so that it can stand alone and inside a page.
[[nodiscard]] std::string svg(const MapContent& map, Heading heading);

}  // namespace sojourn::journey_map
