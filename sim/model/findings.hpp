// The tools of the checks: findings with their wording, and the paths that name entities. Private to sim/model.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/id.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/model/keys.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn::checking {

using keys::any_number;
using keys::Bounds;
using keys::fraction;
using keys::Limit;
using keys::money;
using keys::not_negative;
using keys::positive;

/// Sums of shares and probabilities may miss 1 by a millionth, which three times 0.333333 does: the boundary is included,
/// whatever the rounding of the sum.
inline constexpr double sum_tolerance = 1e-6 + 1e-12;

/// A number as messages show it: 13 digits at most, no trailing zeros.
[[nodiscard]] std::string text(double number);
/// An id as messages show it. Not called `quoted`: std::string would bring std::quoted with it.
[[nodiscard]] std::string in_quotes(std::string_view id);

/// Collects findings and words those that many rules share.
class Findings {
 public:
  void error(std::string path, std::string message, std::string hint = {});
  void warning(std::string path, std::string message, std::string hint = {});

  /// Demands a finite number within `bounds`. The message calls it `subject`, or else by the last key of `path`.
  bool number(const std::string& path, double value, Bounds bounds, std::string_view subject = {}, std::string hint = {});
  /// Demands valid parameters and, of constants and uniform limits, that they lie within `support`.
  void distribution(const std::string& path, const Distribution& distribution, Bounds support,
                    std::string_view subject = {});
  /// Demands of each plain value of `object` what its key declares.
  template <class T>
  void fields(const std::string& path, const keys::Fields<T>& fields, const T& object) {
    for (const keys::Field<T>& field : fields) {
      const std::string here = path + "." + field.key.name;
      keys::with_member(field, object, [&](const auto& member) { value(here, field.key, member); });
    }
  }
  /// Demands that shares, each in [0,1], sum to 1 within `sum_tolerance`. `what` is their name in the plural, `each` the key
  /// of each.
  void shares(const std::string& path, const std::vector<double>& shares, std::string_view what,
              std::vector<std::string> each);

  /// Demands that an id that names something names one of `count` entities. False also, in silence, where it names nothing.
  template <class Tag>
  bool reference(const std::string& path, Id<Tag> id, std::size_t count, std::string_view kind) {
    return id.valid() && in_list(path, id.index(), count, kind);
  }

  [[nodiscard]] bool has_errors() const;
  [[nodiscard]] std::vector<Finding> take() && { return std::move(findings_); }

 private:
  void table(const std::string& path, const Tabulated& table, Bounds support, const std::string& subject);
  void value(const std::string& path, const keys::Key& key, double value) {
    number(path, value, key.bounds, key.subject, key.hint);
  }
  void value(const std::string& path, const keys::Key& key, std::uint64_t value) {
    number(path, static_cast<double>(value), key.bounds, key.subject, key.hint);
  }
  void value(const std::string& path, const keys::Key& key, std::uint32_t value) {
    number(path, static_cast<double>(value), key.bounds, key.subject, key.hint);
  }
  void value(const std::string& path, const keys::Key& key, std::int32_t value) {
    number(path, static_cast<double>(value), key.bounds, key.subject, key.hint);
  }
  void value(const std::string& path, const keys::Key& key, Days value) { this->value(path, key, value.value()); }
  void value(const std::string& path, const keys::Key& key, const Distribution& value) {
    distribution(path, value, key.bounds, key.subject);
  }
  template <class T>
  void value(const std::string& path, const keys::Key& key, const std::optional<T>& value) {
    if (value) this->value(path, key, *value);
  }
  void value(const std::string&, const keys::Key&, bool) {}
  void value(const std::string&, const keys::Key&, const std::string&) {}
  bool in_list(const std::string& path, std::size_t index, std::size_t count, std::string_view kind);

  std::vector<Finding> findings_;
};

/// The path of every entity: "touchpoint.first-bill", or "touchpoint[3]" where its id cannot serve.
struct Paths {
  std::vector<std::string> personas, channels, teams, pools, touchpoints, improvements, events, plans, surveys,
      account_segments, clocks, counters, outside, rules;
};

/// The id of a touchpoint.
[[nodiscard]] inline const std::string& id_of(const ModelParts& parts, TouchpointId touchpoint) {
  return parts.touchpoints[touchpoint.index()].id;
}
/// Whether some touchpoint, or some exit of one, passes `test`.
[[nodiscard]] bool any_touchpoint(const ModelParts& parts, const auto& test) {
  return std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(), test);
}
[[nodiscard]] bool any_exit(const ModelParts& parts, const auto& test) {
  return any_touchpoint(parts, [&](const Touchpoint& touchpoint) {
    return std::any_of(touchpoint.next.begin(), touchpoint.next.end(), test);
  });
}
[[nodiscard]] inline bool is_fixed(const Distribution& value) { return std::holds_alternative<Fixed>(value); }

/// "PATH.KEY" of each path.
[[nodiscard]] inline std::vector<std::string> keys_of_each(const std::vector<std::string>& paths, std::string_view key) {
  std::vector<std::string> keys;
  keys.reserve(paths.size());
  for (const std::string& path : paths) keys.push_back(path + "." + std::string(key));
  return keys;
}

/// Names every entity, and finds ids that are missing, malformed, reserved or taken.
[[nodiscard]] Paths name_entities(const ModelParts& parts, Findings& findings);

/// Who gets where when every exit that some plan opens is open.
struct Reach {
  /// [persona][touchpoint]; a persona with share 0 reaches nothing.
  std::vector<std::vector<bool>> by_persona;
  /// By anybody.
  std::vector<bool> any;
};

/// What every check needs to know.
struct Context {
  const ModelParts& parts;
  const Paths& paths;
  Findings& findings;
};

void check_settings(const Context& context);
void check_personas(const Context& context);
void check_journey(const Context& context);
void check_market(const Context& context);
void check_changes(const Context& context);
void check_plans(const Context& context);
void check_instant_cycles(const Context& context);

[[nodiscard]] Reach find_reach(const ModelParts& parts);
void check_routes(const Context& context, const Reach& reach);
void check_use_of_changes(const Context& context, const Reach& reach);
void check_clipping(const Context& context);
/// Where a persona's life may begin: nowhere with a share of exactly 0.
[[nodiscard]] std::vector<TouchpointId> starts_of(const ModelParts& parts, const Persona& persona);
/// Warns of every key that can do nothing in this scenario.
void check_idle_keys(const Context& context, const Reach& reach);
/// The part of it about clocks, counters and conditions.
void check_idle_carried(const Context& context, const Reach& reach);
/// The part of it about content and needs.
void check_idle_content(const Context& context, const Reach& reach);
/// The parts of it about surveys with their closed loops, about rules, and about tiers.
void check_idle_surveys(const Context& context, const Reach& reach);
void check_idle_rules(const Context& context, const Reach& reach);
void check_idle_tiers(const Context& context, const Reach& reach);
/// The logit of the largest chance to answer `survey` that anybody can have, whatever is felt.
[[nodiscard]] double most_answer_logit(const ModelParts& parts, const Survey& survey);
/// How long exits take: in the mean, or at least, whoever takes them and whatever changes.
enum class Passing { mean, least };
/// The shortest time, in days, in which a life comes back to `place` by its exits; infinity where none leads back.
/// Conditions are left out of account, and what traits and clocks decide is taken to need no time.
[[nodiscard]] double time_back(const ModelParts& parts, TouchpointId place, Passing passing);
/// The least and the largest that is drawn, but for one draw in a million.
[[nodiscard]] std::pair<double, double> range_of(const Distribution& law);
/// Whether some improvement or event has an effect on `parameter`.
[[nodiscard]] bool changes(const ModelParts& parts, Parameter parameter);
/// Whether anything costs or earns money.
[[nodiscard]] bool has_money(const ModelParts& parts);
/// Whether everybody has the same value.
[[nodiscard]] bool is_constant(const Distribution& value);
/// Warns of races that end otherwise than they read: ties, and exits that are nearly always too late.
void check_races(const Context& context, const Reach& reach);

}  // namespace sojourn::checking
