// What the page of `sojourn play` is told, as JSON (sim/play/PROTOCOL.md).
#pragma once

#include <span>
#include <string>

#include "sojourn/play/playground.hpp"

namespace sojourn {

/// What there is to move, the map and the metrics: what the page starts with, with the JSON of a lesson. Throws RunError
/// where Graphviz fails.
[[nodiscard]] std::string start_json(const Playground& ground, const std::string& lesson = "null");

/// An answer on one line; `seconds` since the move, of which no figure depends.
[[nodiscard]] std::string answer_json(const Playground& ground, const Playground::State& state, const PlayAnswer& answer,
                                      double seconds);

/// Lives on one line, for the dots of the map.
[[nodiscard]] std::string lives_json(std::span<const Diary> lives);

/// An error on one line: its message and hint.
[[nodiscard]] std::string refusal_json(const std::string& message, const std::string& hint);

}  // namespace sojourn
