#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "network_words.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/network_report.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

std::string coefficient(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4f}", value); }
std::string count(std::uint64_t value) { return grouped(static_cast<double>(value)); }

/// A bar of the histogram: people with `low` to `high` contacts.
struct Bar {
  std::uint64_t low, high, people = 0;
};

/// A bar for each degree, or for equally many, or, where a few people have very many contacts, for twice as many each time.
std::vector<Bar> bars_of(const NetworkFigures& figures) {
  constexpr std::uint64_t most_bars = 16;
  const std::uint64_t low = figures.least_degree, high = figures.most_degree;
  const bool doubling = high > 5 * std::uint64_t{figures.median_degree} + 10;
  const std::uint64_t step = (high - low) / most_bars + 1;
  std::vector<Bar> bars;
  for (std::uint64_t begin = low; begin <= high;) {
    const std::uint64_t end = doubling ? std::max<std::uint64_t>(2 * begin, 1) : begin + step;
    bars.push_back({begin, std::min(end - 1, high)});
    begin = end;
  }
  std::size_t bar = 0;
  for (const auto& [degree, people] : figures.degrees) {
    while (degree > bars[bar].high) ++bar;
    bars[bar].people += people;
  }
  return bars;
}

std::string histogram(const NetworkFigures& figures) {
  const std::vector<Bar> bars = bars_of(figures);
  std::uint64_t most = 1;
  std::size_t widest = 0, widest_count = 0;
  std::vector<std::string> labels;
  for (const Bar& bar : bars) {
    most = std::max(most, bar.people);
    labels.push_back(bar.low == bar.high ? count(bar.low) : count(bar.low) + " to " + count(bar.high));
    widest = std::max(widest, labels.back().size());
    widest_count = std::max(widest_count, count(bar.people).size());
  }
  std::string text;
  for (std::size_t b = 0; b < bars.size(); ++b) {
    constexpr double columns = 40.0;
    const double length = columns * static_cast<double>(bars[b].people) / static_cast<double>(most);
    std::string line = "  " + format::pad_left(labels[b], widest) + "   " +
                       format::pad_left(count(bars[b].people), widest_count) + "   " +
                       std::string(static_cast<std::size_t>(std::ceil(length)), '#');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string network_text(const NetworkFigures& figures, const Model& model, const Layout& layout) {
  const WordOfMouth& talk = *model.parts().word_of_mouth;
  std::string text = bold(model.parts().settings.title, layout.colour) + "\n";
  text += "Who talks to whom is " + words_of(talk.network).description + ".\n";
  text += fmt::format("The network of the first replication, seed {}; each replication draws its own{}.\n\n",
                      model.parts().settings.seed,
                      std::holds_alternative<NetworkFile>(talk.network) ? " people, not its own ties" : "");
  Table table;
  const bool ties = !std::holds_alternative<WellMixed>(talk.network);
  table.row({"people", count(figures.people)});
  table.row({"contacts each: mean", fmt::format("{:.3f}", figures.mean_degree)});
  table.row({"least, median, most", fmt::format("{}, {}, {}", count(figures.least_degree), count(figures.median_degree),
                                                count(figures.most_degree))});
  table.row({"people without contacts", count(figures.without_contacts)});
  table.row({"largest connected group", share_or_dash(figures.largest_group)});
  table.row({"clustering: all pairs of contacts", coefficient(figures.transitivity)});
  table.row({"mean of each person's", coefficient(figures.mean_clustering)});
  table.row({"contacts of one's own persona", share_or_dash(figures.own_persona)});
  table.row({"expected by chance", share_or_dash(figures.own_persona_by_chance)});
  table.row({"assortativity by persona", coefficient(figures.assortativity)});
  if (!talk.mixing.empty())
    table.row({"messages heard by one's own persona", share_or_dash(figures.messages_to_own_persona)});
  text += table.text(layout);
  if (figures.sampled > 0) {
    text += fmt::format("Clustering is an estimate from {} people drawn at random.\n", count(figures.sampled));
  }
  if (ties) text += "\n" + bold("people by contacts", layout.colour) + "\n" + histogram(figures);
  return wrapped(text, layout.width);
}

}  // namespace sojourn
