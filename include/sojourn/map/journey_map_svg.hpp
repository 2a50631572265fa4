// Drawing a journey map as SVG.
#pragma once

#include <string>
#include <string_view>

#include "sojourn/map/journey_map_content.hpp"

namespace sojourn::journey_map {

/// Whether the picture says title and question itself or the page around it does.
enum class Heading { drawn, left_out };

/// The SVG element, without an XML declaration, so that it can stand alone and inside a page. `suffix` ends its ids, which
/// must differ between the maps of one page.
[[nodiscard]] std::string svg(const MapContent& map, Heading heading, std::string_view suffix = "");

}  // namespace sojourn::journey_map
