#include "sojourn/sweep/merged_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sojourn/base/error.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn {
namespace {

RecordedSweep sweep_in(const Outcomes& points) {
  if (!holds_points(points))
    throw InputError("this file is not a merged sweep", "sojourn merge FOLDER -o all.h5 writes one");
  return recorded_sweep(attribute_of(points, "sweep_toml"), attribute_of(points, "table"),
                        attribute_of(points, "sweep_name"));
}

std::size_t position(const char* what, const std::string& id, const std::vector<std::string>& known) {
  const auto found = std::find(known.begin(), known.end(), id);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  throw InputError(fmt::format("this sweep has no {} \"{}\"", what, id), suggestion(id, known));
}

}  // namespace

MergedSweep::MergedSweep(const Outcomes& points)
    : outcomes_(points),
      recorded_(sweep_in(points)),
      design_(recorded_.sweep),
      plans_(recorded_texts(points, "plan")),
      replications_(points.dimension("replication").size) {
  const std::vector<std::int64_t>& numbers = points_of(points);
  if (numbers.size() != design_.points() || numbers.front() != 0)
    throw InputError(fmt::format("this file holds {} of the {} points of its sweep", numbers.size(), design_.points()),
                     "sojourn merge puts all of them into one file");
}

std::size_t MergedSweep::plan(const std::string& id) const { return position("plan", id, plans_); }

MergedSweep::Figures MergedSweep::figures(const std::string& metric) const {
  std::vector<std::string> metrics;
  for (const Array& array : outcomes_.arrays) {
    if (array.dimensions == std::vector<std::string>{"point", "plan", "replication"}) metrics.push_back(array.name);
  }
  static_cast<void>(position("metric", metric, metrics));
  const Array& array = recorded(outcomes_, metric, {"point", "plan", "replication"});
  Figures figures;
  figures.values_ = std::get_if<std::vector<double>>(&array.values);
  if (figures.values_ == nullptr) throw InputError(fmt::format("\"{}\" is no metric", metric));
  figures.unit_ = &array.unit;
  figures.plans_ = plans_.size();
  figures.replications_ = replications_;
  return figures;
}

MergedSweep::Coordinate MergedSweep::coordinate(const VariedKey& key) const {
  const Array& array = recorded(outcomes_, coordinate_name(key.key), {"point"});
  const auto* values = std::get_if<std::vector<double>>(&array.values);
  if (values == nullptr) throw InputError(fmt::format("\"{}\" is no coordinate", key.key));
  return {*values, array.unit};
}

}  // namespace sojourn
