// What happens to customers along the journey beside what its touchpoints do: events, and what others tell them.
#pragma once

#include "sojourn/map/journey_map_content.hpp"

namespace sojourn::journey_map {

/// Marks events at the touchpoints that they change, where these are few, and where customers hear others; `notes` tell of
/// all.
void mark_signs(MapContent& map, const ModelParts& parts);

}  // namespace sojourn::journey_map
