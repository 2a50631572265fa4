// The tools of the checks: findings with their wording, and the paths that name entities. Private to sim/model.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/id.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn::checking {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

enum class Limit { inside, outside };

/// The numbers that a rule allows. `low_limit` says whether `low` itself is one of them; `high` always is.
/// A high of 10,000 or more only keeps sums finite, and the wording leaves it out for numbers that are too low.
struct Bounds {
  double low = -infinity;
  double high = infinity;
  Limit low_limit = Limit::inside;
};

inline constexpr Bounds fraction{0.0, 1.0};
inline constexpr Bounds not_negative{0.0, 1e9};
inline constexpr Bounds positive{0.0, 1e9, Limit::outside};
inline constexpr Bounds money{-1e12, 1e12};
inline constexpr Bounds any_number{};

/// A number as messages show it: 13 digits at most, no trailing zeros.
[[nodiscard]] std::string text(double number);
/// An id as messages show it. Not called `quoted`: std::string would bring std::quoted with it.
[[nodiscard]] std::string in_quotes(std::string_view id);
/// `count` and the noun, in the plural unless it is one.
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

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
  /// Demands that shares, each in [0,1], sum to 1 within 1e-6. `what` is their name in the plural.
  void shares(const std::string& path, const std::vector<double>& shares, std::string_view what);

  /// Demands that an id that names something names one of `count` entities. False also, in silence, where it names nothing.
  template <class Tag>
  bool reference(const std::string& path, Id<Tag> id, std::size_t count, std::string_view kind) {
    return id.valid() && in_list(path, id.index(), count, kind);
  }

  [[nodiscard]] std::vector<Finding> take() && { return std::move(findings_); }

 private:
  bool in_list(const std::string& path, std::size_t index, std::size_t count, std::string_view kind);

  std::vector<Finding> findings_;
};

/// The path of every entity: "touchpoint.first-bill", or "touchpoint[3]" where its id cannot serve.
struct Paths {
  std::vector<std::string> personas, channels, teams, touchpoints, improvements, events, plans, surveys, account_segments;
};

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

}  // namespace sojourn::checking
