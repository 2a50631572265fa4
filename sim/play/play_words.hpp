// What the page that plays and the page that explores say in the same way.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/scenario/sweep_file.hpp"

namespace sojourn::play_words {

/// A metric as the page knows it (sim/play/PROTOCOL.md).
[[nodiscard]] nlohmann::ordered_json metric_json(const Metric& metric, const std::string& currency, bool headline);

/// Positions in `metrics()` of the figures that stand first: what decides, customers kept, and the net promoter score.
[[nodiscard]] std::vector<std::size_t> headlines(const ModelParts& parts);

/// The journey's picture, its touchpoints and its exits (pairs of touchpoints, each once). Throws RunError where Graphviz
/// fails.
[[nodiscard]] nlohmann::ordered_json map_json(const Model& model);

/// Pairs of touchpoints, from and to, between which there is an exit, each pair once.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> ways_of(const ModelParts& parts);
/// Of every exit of the tables, in their order, the touchpoints that it joins.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> ends_of_exits(const ModelParts& parts);

/// Whether a knob's numbers, from `low` to `high`, are shown as per cent.
[[nodiscard]] bool is_share(const VariedKey& key, double low, double high);

/// What a knob's numbers count: the currency of money, "day" of durations, "day-1" of rates, else "1".
[[nodiscard]] std::string unit(const VariedKey& key, const std::string& currency);

}  // namespace sojourn::play_words
