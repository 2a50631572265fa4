// Checks of [[persona]].
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "findings.hpp"
#include "sojourn/base/matrix.hpp"

namespace sojourn::checking {
namespace {

void check_share(const Context& context, const Persona& persona, const std::string& path) {
  if (persona.share == 0.0) {
    context.findings.warning(path + ".share", "share is 0: there is nobody like this",
                             "give it a share, or remove the persona");
  } else if (persona.share > 0.0 && persona.share < 0.01) {
    context.findings.warning(path + ".share", fmt::format("share is {}, under 1 %", text(persona.share)),
                             "simulate enough customers, or join it with another persona");
  }
}

void check_starts(const Context& context, const Persona& persona, const std::string& path) {
  if (persona.starts.empty()) {
    context.findings.error(path + ".starts", "the persona starts nowhere", "name its first touchpoint: { see-ad = 1.0 }");
    return;
  }
  std::vector<double> shares;
  std::vector<std::string> keys_of_shares;
  std::set<TouchpointId> named;
  for (const auto& [touchpoint, share] : persona.starts) {
    shares.push_back(share);
    if (!context.findings.reference(path + ".starts", touchpoint, context.parts.touchpoints.size(), "touchpoint")) {
      context.findings.number(path + ".starts", share, fraction, "a share");
      continue;
    }
    const std::string& id = context.parts.touchpoints[touchpoint.index()].id;
    keys_of_shares.push_back(path + ".starts." + id);
    context.findings.number(path + ".starts." + id, share, fraction, "share of " + in_quotes(id));
    if (!named.insert(touchpoint).second)
      context.findings.error(path + ".starts", fmt::format("{} is named twice", in_quotes(id)));
  }
  context.findings.shares(path + ".starts", shares, "starts", std::move(keys_of_shares));
}

void check_traits_of(const Context& context, const Persona& persona, const std::string& path) {
  const std::vector<Trait>& traits = context.parts.traits;
  for (std::size_t i = 0; i < std::min(traits.size(), persona.traits.size()); ++i) {
    context.findings.distribution(path + ".traits." + traits[i].name, persona.traits[i], {traits[i].low, traits[i].high});
  }
  for (std::size_t i = persona.traits.size(); i < traits.size(); ++i) {
    context.findings.error(path + ".traits", fmt::format("trait {} has no value", in_quotes(traits[i].name)),
                           fmt::format("set traits.{}", traits[i].name));
  }
  if (persona.traits.size() > traits.size()) {
    context.findings.error(
        path + ".traits", fmt::format("there are {} values for {}", persona.traits.size(), counted(traits.size(), "trait")));
  }
}

// The end of a range as hints show it, rounded into the range, of which the end itself is no part.
std::string rounded(double value, double (*round)(double)) {
  const double thousandths = round(value * 1000.0) / 1000.0;
  return text(thousandths == 0.0 ? 0.0 : thousandths);
}

/// The values that entry (i, j) of `matrix` may have so that it is a correlation matrix, the others being what they are:
/// low = high where there are none.
std::pair<double, double> valid_range(Matrix matrix, std::size_t i, std::size_t j) {
  // The values are an interval, and the determinant is largest in its middle, where the rest of i and j have no
  // correlation: r = r_iK R_KK^-1 r_Kj, which the factor of the matrix with i and j at its end holds.
  std::swap(matrix[i], matrix[matrix.size() - 2]);
  for (std::vector<double>& row : matrix) std::swap(row[i], row[matrix.size() - 2]);
  if (j == matrix.size() - 2) j = i;
  std::swap(matrix[j], matrix.back());
  for (std::vector<double>& row : matrix) std::swap(row[j], row.back());
  const std::size_t a = matrix.size() - 2, b = matrix.size() - 1;
  matrix[a][b] = matrix[b][a] = 0.0;
  // With 0 there, both must be right with all others; else no value will do.
  const auto without = [&](std::size_t left_out) {
    Matrix rest = matrix;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
    for (std::vector<double>& row : rest) row.erase(row.begin() + static_cast<std::ptrdiff_t>(left_out));
    return rest;
  };
  if (!is_correlation_matrix(without(a)) || !is_correlation_matrix(without(b))) return {0.0, 0.0};
  const Matrix lower = cholesky(without(b)), other = cholesky(without(a));
  double middle = 0.0;
  for (std::size_t k = 0; k < a; ++k) middle += lower[a][k] * other[a][k];
  const double half = lower[a][a] * other[a][a];
  return {middle - half, middle + half};
}

/// The pairs of a persona as a matrix.
struct Correlations {
  std::vector<std::size_t> traits;  // ascending
  Matrix matrix;

  explicit Correlations(const std::vector<TraitCorrelation>& pairs) {
    for (const TraitCorrelation& pair : pairs) traits.insert(traits.end(), {pair.a.index(), pair.b.index()});
    std::sort(traits.begin(), traits.end());
    traits.erase(std::unique(traits.begin(), traits.end()), traits.end());
    matrix.assign(traits.size(), std::vector<double>(traits.size(), 0.0));
    for (std::size_t k = 0; k < traits.size(); ++k) matrix[k][k] = 1.0;
    for (const TraitCorrelation& pair : pairs)
      matrix[place(pair.a)][place(pair.b)] = matrix[place(pair.b)][place(pair.a)] = pair.value;
  }
  /// Without the trait at place `k`.
  [[nodiscard]] Correlations without(std::size_t k) const {
    Correlations rest = *this;
    const auto at = static_cast<std::ptrdiff_t>(k);
    rest.traits.erase(rest.traits.begin() + at);
    rest.matrix.erase(rest.matrix.begin() + at);
    for (std::vector<double>& row : rest.matrix) row.erase(row.begin() + at);
    return rest;
  }
  [[nodiscard]] std::size_t place(TraitId trait) const {
    return static_cast<std::size_t>(std::lower_bound(traits.begin(), traits.end(), trait.index()) - traits.begin());
  }
};

/// Which correlations cannot hold together, and what could.
void check_together(const Context& context, const Persona& persona, const std::string& path) {
  const std::vector<TraitCorrelation>& pairs = persona.correlate;
  const Correlations all(pairs);
  if (is_correlation_matrix(all.matrix)) return;
  // The fewest traits that contradict one another: without any of them the others do not.
  Correlations few = all;
  for (std::size_t k = few.traits.size(); k-- > 0;) {
    const Correlations fewer = few.without(k);
    if (!is_correlation_matrix(fewer.matrix)) few = fewer;
  }
  const auto within = [&](TraitId trait) { return std::binary_search(few.traits.begin(), few.traits.end(), trait.index()); };
  const auto words = [&](const TraitCorrelation& pair) {
    return fmt::format("{} with {}", in_quotes(context.parts.traits[pair.a.index()].name),
                       in_quotes(context.parts.traits[pair.b.index()].name));
  };
  std::string named;
  std::size_t last = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!within(pairs[i].a) || !within(pairs[i].b)) continue;
    named += fmt::format("{}{} {}", named.empty() ? "" : ", ", words(pairs[i]), text(pairs[i].value));
    last = i;
  }
  // With all others as they are, some value of the last of them may do.
  const auto [low, high] = valid_range(all.matrix, all.place(pairs[last].a), all.place(pairs[last].b));
  std::string hint;
  if (high - low > 0.002) {
    hint = fmt::format("with the others as they are, {} may be from {} to {}", words(pairs[last]),
                       rounded(low + 1e-6, std::ceil), rounded(high - 1e-6, std::floor));
  } else {
    double share = 0.99;
    const auto right = [&] {
      Matrix smaller = all.matrix;
      for (std::size_t i = 0; i < smaller.size(); ++i) {
        for (std::size_t j = 0; j < smaller.size(); ++j) smaller[i][j] *= i == j ? 1.0 : share;
      }
      return is_correlation_matrix(smaller);
    };
    while (share > 0.015 && !right()) share -= 0.01;
    hint = fmt::format("all of them together may be {:.0f} % of what they are", 100.0 * share);
  }
  context.findings.error(fmt::format("{}.correlate[{}]", path, last),
                         fmt::format("no people can be like this: {}; pairs that are not named have 0", named), hint);
}

void check_correlations(const Context& context, const Persona& persona, const std::string& path) {
  const std::vector<Trait>& traits = context.parts.traits;
  std::set<std::pair<TraitId, TraitId>> named;
  bool right = true;
  for (std::size_t i = 0; i < persona.correlate.size(); ++i) {
    const TraitCorrelation& pair = persona.correlate[i];
    const std::string here = fmt::format("{}.correlate[{}]", path, i);
    const bool a = context.findings.reference(here + "[0]", pair.a, traits.size(), "trait");
    const bool b = context.findings.reference(here + "[1]", pair.b, traits.size(), "trait");
    if (!a || !b) {
      right = false;
      continue;
    }
    const std::string& first = traits[pair.a.index()].name;
    const std::string both = fmt::format("{} and {}", in_quotes(first), in_quotes(traits[pair.b.index()].name));
    if (pair.a == pair.b) {
      right = false;
      context.findings.error(here, fmt::format("{} goes with itself: its correlation is 1", in_quotes(first)),
                             "name two traits");
      continue;
    }
    if (!(pair.value > -1.0 && pair.value < 1.0)) {
      right = false;
      context.findings.error(here + "[2]",
                             fmt::format("a correlation must be above -1 and below 1, not {}", text(pair.value)),
                             "0 is none, 0.3 weak, 0.7 strong; below 0 one is high where the other is low");
      continue;
    }
    if (!named.insert(std::minmax(pair.a, pair.b)).second) {
      right = false;
      context.findings.error(here, fmt::format("{} are named twice", both), "remove one of the two");
    }
  }
  if (right && !persona.correlate.empty()) check_together(context, persona, path);
}

void check_preferences(const Context& context, const Persona& persona, const std::string& path) {
  std::set<std::string_view> themes;
  for (const auto& [theme, weight] : persona.needs) {
    context.findings.number(path + ".needs." + theme, weight, not_negative);
    if (!themes.insert(theme).second)
      context.findings.error(path + ".needs", fmt::format("{} is named twice", in_quotes(theme)));
  }
  std::set<ChannelId> channels;
  for (const auto& [channel, times] : persona.channels) {
    if (!context.findings.reference(path + ".channels", channel, context.parts.channels.size(), "channel")) continue;
    const std::string& id = context.parts.channels[channel.index()].id;
    context.findings.number(path + ".channels." + id, times, not_negative, "preference for " + in_quotes(id));
    if (!channels.insert(channel).second) {
      context.findings.error(path + ".channels", fmt::format("{} is named twice", in_quotes(id)));
    }
  }
}

void check_ages(const Context& context, const Persona& persona, const std::string& path) {
  std::set<ClockId> named;
  for (const auto& [clock, age] : persona.ages) {
    if (!context.findings.reference(path + ".ages", clock, context.parts.clocks.size(), "clock")) continue;
    const std::string& id = context.parts.clocks[clock.index()].id;
    const std::string here = fmt::format("{}.ages.{}", path, id);
    context.findings.distribution(here, age, not_negative, "age of " + in_quotes(id));
    if (clock == tenure_clock) {
      context.findings.error(here, fmt::format("{} begins with the first purchase, not at arrival", in_quotes(id)),
                             "of people who arrive as customers write tenure = ...; else name a clock of your own");
    }
    if (!named.insert(clock).second) context.findings.error(path + ".ages", fmt::format("{} is named twice", in_quotes(id)));
  }
}

void check_standing(const Context& context, const Persona& persona, const std::string& path) {
  const std::string here = path + ".tenure";
  if (persona.tenure) context.findings.distribution(here, *persona.tenure, not_negative, "tenure");
  if (persona.existing() && !persona.tenure) {
    context.findings.error(path + ".standing", "nothing says how long they have been customers when they arrive",
                           "add tenure = { uniform = [\"0 days\", \"6 years\"] }");
  }
  if (!persona.existing() && persona.tenure) {
    context.findings.warning(here, "tenure changes nothing: the persona's people are prospects when they arrive",
                             "add standing = \"customer\", or remove it");
  }
}

void check_odds(const Context& context, const Persona& persona, const std::string& path) {
  const std::vector<Touchpoint>& touchpoints = context.parts.touchpoints;
  std::set<std::pair<TouchpointId, TouchpointId>> named;
  for (std::size_t i = 0; i < persona.odds.size(); ++i) {
    const PersonaOdds& odds = persona.odds[i];
    const std::string here = fmt::format("{}.odds[{}]", path, i);
    context.findings.fields(here, keys::persona_odds(), odds);
    const bool from = context.findings.reference(here + ".from", odds.from, touchpoints.size(), "touchpoint");
    const bool to = context.findings.reference(here + ".to", odds.to, touchpoints.size(), "touchpoint");
    if (!from || !to) continue;
    const Touchpoint& touchpoint = touchpoints[odds.from.index()];
    const std::string between =
        fmt::format("{} to {}", in_quotes(touchpoint.id), in_quotes(touchpoints[odds.to.index()].id));
    if (!named.insert({odds.from, odds.to}).second) context.findings.error(here, fmt::format("{} is named twice", between));
    const bool acts = std::any_of(touchpoint.next.begin(), touchpoint.next.end(), [&](const Exit& exit) {
      return exit.to == odds.to && exit.on == Trigger::none && (exit.odds || touchpoint.exits == ExitRule::race);
    });
    if (!acts) {
      context.findings.warning(here, fmt::format("no exit with odds leads from {}", between),
                               "add one, or remove these odds: they change nothing");
    }
  }
}

void check_arrival(const Context& context, const Persona& persona, const std::string& path) {
  context.findings.distribution(path + ".arrives", persona.arrives, not_negative);
  double first = 0.0;
  if (const auto* fixed = std::get_if<Fixed>(&persona.arrives)) first = fixed->value;
  if (const auto* uniform = std::get_if<Uniform>(&persona.arrives)) first = uniform->low;
  const double horizon = context.parts.settings.horizon.value();
  if (horizon > 0.0 && first > horizon) {
    context.findings.warning(
        path + ".arrives",
        fmt::format("nobody arrives before day {}, after the horizon of {} days", text(first), text(horizon)),
        "let the persona arrive earlier, or simulate longer");
  }
}

}  // namespace

void check_personas(const Context& context) {
  const std::vector<Persona>& personas = context.parts.personas;
  if (personas.empty()) {
    context.findings.error("persona", "there is no persona", "add one: [[persona]] with id, share = 1 and starts");
    return;
  }
  constexpr std::size_t most = 65'535;
  if (personas.size() > most) {
    context.findings.error(context.paths.personas[most],
                           fmt::format("there are {} personas, but there may be {}", personas.size(), most),
                           "a persona is a segment: people differ by their traits");
    return;
  }
  std::vector<double> shares;
  for (std::size_t i = 0; i < personas.size(); ++i) {
    const std::string& path = context.paths.personas[i];
    shares.push_back(personas[i].share);
    context.findings.fields(path, keys::persona(), personas[i]);
    check_share(context, personas[i], path);
    check_starts(context, personas[i], path);
    check_arrival(context, personas[i], path);
    check_traits_of(context, personas[i], path);
    check_correlations(context, personas[i], path);
    check_preferences(context, personas[i], path);
    check_odds(context, personas[i], path);
    check_ages(context, personas[i], path);
    check_standing(context, personas[i], path);
  }
  context.findings.shares(context.paths.personas.back() + ".share", shares, "shares of the personas",
                          keys_of_each(context.paths.personas, "share"));
}

}  // namespace sojourn::checking
