#include "sojourn/report/value_words.hpp"

#include <fmt/format.h>

namespace sojourn::value_words {
namespace {

constexpr double reach = 1.96;  // of a 95 % interval, in standard errors

}  // namespace

std::string Worth::of(double mean, double error) const {
  return fmt::format("{} ({} to {})", amount(mean), amount(mean - reach * error), amount(mean + reach * error));
}

std::string Worth::of(const InformationValue& value) const {
  if (value.value == 0.0 && value.error == 0.0) return "nothing";
  const double high = value.value + reach * value.error;
  if (!value.shown()) return fmt::format("below {}, not told from 0", amount(high));
  return fmt::format("{} ({} to {})", amount(value.value), amount(std::max(0.0, value.value - reach * value.error)),
                     amount(high));
}

std::string best(const ValueOfInformation& value, const std::vector<std::string>& names) {
  const std::string& name = names[value.best];
  if (value.same.size() + 1 == names.size() && names.size() > 1) return "All are worth the same at every draw: any will do";
  std::vector<std::string> others;
  for (const std::size_t choice : value.same) others.push_back(names[choice]);
  const std::string same = others.empty() ? ""
                                          : fmt::format("; {} {} worth the same at every draw", fmt::join(others, ", "),
                                                        others.size() == 1 ? "is" : "are");
  if (value.best_shown) return fmt::format("{} is worth most in the mean{}", name, same);
  return fmt::format("These draws do not tell which is worth most: {} is ahead in the mean, which may be chance{}", name,
                     same);
}

}  // namespace sojourn::value_words
