#include "findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace sojourn::checking {
namespace {

// The last key of a path: "odds" of "touchpoint.shop.next[0].odds".
std::string_view last_key(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string wording(double value, Bounds bounds) {
  const bool low_out = bounds.low_limit == Limit::outside;
  if (std::isfinite(bounds.low) && bounds.high < 1e4) {
    if (low_out) return fmt::format("must be more than {} and at most {}", text(bounds.low), text(bounds.high));
    return fmt::format("must be between {} and {}", text(bounds.low), text(bounds.high));
  }
  if (value > bounds.high) return fmt::format("must be {} or less", text(bounds.high));
  return low_out ? fmt::format("must be more than {}", text(bounds.low))
                 : fmt::format("must be {} or more", text(bounds.low));
}

bool well_formed(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// `before_file` entities at the front of the list are not in the scenario file (the baseline among the plans).
std::vector<std::string> name_list(std::string_view kind, const std::vector<std::string>& ids, Findings& findings,
                                   std::size_t before_file = 0) {
  std::vector<std::string> paths;
  std::set<std::string_view> taken;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string& id = ids[i];
    const std::string by_index = fmt::format("{}[{}]", kind, i - std::min(i, before_file));
    const bool good = well_formed(id);
    const bool fresh = taken.insert(id).second;
    if (id.empty() && kind == "rule") {
      // A rule that no plan names needs none.
    } else if (id.empty()) {
      findings.error(by_index + ".id", "id is empty", "give it a name of letters, digits, '-' and '_'");
    } else if (!good) {
      findings.error(by_index + ".id", fmt::format("{} is no id", in_quotes(id)), "use letters, digits, '-' and '_'");
    } else if (!fresh && before_file > 0 && id == ids.front()) {
      findings.error(by_index + ".id",
                     kind == "plan" ? fmt::format("{} is the empty plan, which every scenario has", in_quotes(id))
                                    : fmt::format("{} is the {} that every customer has", in_quotes(id), kind),
                     fmt::format("give the {} another id", kind));
    } else if (!fresh) {
      findings.error(by_index + ".id", fmt::format("another {} has the id {}", kind, in_quotes(id)), "give each its own id");
    }
    paths.push_back(good && fresh ? fmt::format("{}.{}", kind, id) : by_index);
  }
  return paths;
}

template <class T, class GetId>
std::vector<std::string> ids_of(const std::vector<T>& list, GetId get_id) {
  std::vector<std::string> ids;
  for (const T& item : list) ids.push_back(get_id(item));
  return ids;
}

}  // namespace

std::string text(double number) { return fmt::format("{:.13g}", number); }

std::string in_quotes(std::string_view id) { return fmt::format("\"{}\"", id); }

void Findings::error(std::string path, std::string message, std::string hint) {
  findings_.push_back({Severity::error, std::move(path), std::move(message), std::move(hint)});
}

void Findings::warning(std::string path, std::string message, std::string hint) {
  findings_.push_back({Severity::warning, std::move(path), std::move(message), std::move(hint)});
}

bool Findings::number(const std::string& path, double value, Bounds bounds, std::string_view subject, std::string hint) {
  if (subject.empty()) subject = last_key(path);
  if (!std::isfinite(value)) {
    error(path, fmt::format("{} is {}, but must be a finite number", subject, text(value)), std::move(hint));
    return false;
  }
  const bool high_enough = bounds.low_limit == Limit::inside ? value >= bounds.low : value > bounds.low;
  if (high_enough && value <= bounds.high) return true;
  error(path, fmt::format("{} is {}, but {}", subject, text(value), wording(value, bounds)), std::move(hint));
  return false;
}

void Findings::distribution(const std::string& path, const Distribution& distribution, Bounds support,
                            std::string_view subject_or_none) {
  const std::string subject(subject_or_none.empty() ? last_key(path) : subject_or_none);
  const auto parameter = [&](std::string_view family, std::string_view key, double value, Bounds bounds) {
    return number(fmt::format("{}.{}.{}", path, family, key), value, bounds, fmt::format("{} of {}", key, subject));
  };
  // A scale beyond this would overflow to infinity in its own tail.
  constexpr Bounds scale{0.0, 1e9, Limit::outside};
  constexpr Bounds shape{0.0, 1e6, Limit::outside};
  if (const auto* fixed = std::get_if<Fixed>(&distribution)) {
    number(path, fixed->value, support, subject);
  } else if (const auto* uniform = std::get_if<Uniform>(&distribution)) {
    const bool low = number(path + ".uniform[0]", uniform->low, support, "lower limit of " + subject);
    const bool high = number(path + ".uniform[1]", uniform->high, support, "upper limit of " + subject);
    if (low && high && uniform->low > uniform->high) {
      error(
          path + ".uniform",
          fmt::format("lower limit of {} is {}, above its upper limit {}", subject, text(uniform->low), text(uniform->high)),
          "write the lower limit first");
    }
  } else if (const auto* normal = std::get_if<Normal>(&distribution)) {
    parameter("normal", "mean", normal->mean, {-1e12, 1e12});
    parameter("normal", "sd", normal->sd, not_negative);
  } else if (const auto* beta = std::get_if<Beta>(&distribution)) {
    number(path + ".beta[0]", beta->a, shape, "first parameter of the beta distribution of " + subject);
    number(path + ".beta[1]", beta->b, shape, "second parameter of the beta distribution of " + subject);
  } else if (const auto* exponential = std::get_if<Exponential>(&distribution)) {
    parameter("exponential", "mean", exponential->mean, scale);
  } else if (const auto* weibull = std::get_if<Weibull>(&distribution)) {
    parameter("weibull", "scale", weibull->scale, scale);
    parameter("weibull", "shape", weibull->shape, shape);
  } else if (const auto* lognormal = std::get_if<Lognormal>(&distribution)) {
    parameter("lognormal", "median", lognormal->median, scale);
    parameter("lognormal", "sigma", lognormal->sigma, {0.0, 100.0});
  } else if (const auto* loglogistic = std::get_if<Loglogistic>(&distribution)) {
    parameter("loglogistic", "median", loglogistic->median, scale);
    parameter("loglogistic", "shape", loglogistic->shape, shape);
  } else if (const auto* gamma = std::get_if<Gamma>(&distribution)) {
    parameter("gamma", "shape", gamma->shape, {0.001, 1e4});
    parameter("gamma", "mean", gamma->mean, scale);
  } else if (const auto* gompertz = std::get_if<Gompertz>(&distribution)) {
    parameter("gompertz", "rate", gompertz->rate, scale);
    parameter("gompertz", "shape", gompertz->shape, not_negative);
  } else if (const auto* tabulated = std::get_if<Tabulated>(&distribution)) {
    table(path, *tabulated, support, subject);
  }
}

void Findings::table(const std::string& path, const Tabulated& table, Bounds support, const std::string& subject) {
  const auto& points = table.points;
  if (points.size() < 2) {
    error(path + ".table",
          fmt::format("the table of {} has {}, but needs two at least", subject, counted(points.size(), "point")),
          "write table = [[0, 0], [\"1 day\", 0.4], [\"9 days\", 1]]");
    return;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::string here = fmt::format("{}.table[{}]", path, i);
    const auto [x, share] = points[i];
    if (!number(here, x, support, subject) || !number(here, share, fraction, "the share of " + subject)) return;
    if (i == 0 && share != 0.0) {
      error(here, fmt::format("the table of {} begins at a share of {}, but must begin at 0", subject, text(share)),
            "write the point before which nothing happens first");
    } else if (i > 0 && !(x > points[i - 1].first)) {
      error(here,
            fmt::format("{} follows {} in the table of {}, which must rise", text(x), text(points[i - 1].first), subject));
    } else if (i > 0 && share < points[i - 1].second) {
      error(
          here,
          fmt::format("the share falls from {} to {} in the table of {}", text(points[i - 1].second), text(share), subject),
          "write the share of all that is below each point");
    } else if (i + 1 == points.size() && share != 1.0) {
      error(here, fmt::format("the table of {} ends at a share of {}, but must end at 1", subject, text(share)),
            "add the point by which all has happened");
    }
  }
}

void Findings::shares(const std::string& path, const std::vector<double>& shares, std::string_view what,
                      std::vector<std::string> each) {
  double sum = 0.0;
  for (const double share : shares) {
    // A share that is wrong by itself has its own finding.
    if (!(share >= 0.0 && share <= 1.0)) return;
    sum += share;
  }
  if (std::abs(sum - 1.0) <= sum_tolerance) return;
  error(path, fmt::format("{} sum to {}, but must sum to 1", what, text(sum)),
        sum < 1.0 ? fmt::format("add {} in all", text(1.0 - sum)) : fmt::format("take away {} in all", text(sum - 1.0)));
  findings_.back().others = std::move(each);
}

bool Findings::has_errors() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

bool Findings::in_list(const std::string& path, std::size_t index, std::size_t count, std::string_view kind) {
  if (index < count) return true;
  error(path, fmt::format("names {} number {}, but there are {}", kind, index + 1, count));
  return false;
}

Paths name_entities(const ModelParts& parts, Findings& findings) {
  const auto id = [](const auto& entity) { return entity.id; };
  return {
      name_list("persona", ids_of(parts.personas, id), findings),
      name_list("channel", ids_of(parts.channels, id), findings),
      name_list("team", ids_of(parts.teams, id), findings),
      name_list("pool", ids_of(parts.pools, id), findings),
      name_list("touchpoint", ids_of(parts.touchpoints, id), findings),
      name_list("improvement", ids_of(parts.improvements, [](const Improvement& i) { return i.change.id; }), findings),
      name_list("event", ids_of(parts.events, id), findings),
      name_list("plan", ids_of(parts.plans, id), findings, 1),
      name_list("survey", ids_of(parts.surveys, id), findings),
      name_list("account_segment", ids_of(parts.account_segments, id), findings),
      name_list("clock", ids_of(parts.clocks, id), findings, 1),
      name_list("counter", ids_of(parts.counters, id), findings),
      name_list("outside", ids_of(parts.outside, id), findings),
      name_list("rule", ids_of(parts.rules, id), findings),
  };
}

}  // namespace sojourn::checking

namespace sojourn::keys {

std::vector<Finding> check(const std::string& path, const Distribution& distribution, const Bounds& support) {
  checking::Findings findings;
  findings.distribution(path, distribution, support);
  return std::move(findings).take();
}

}  // namespace sojourn::keys
