#include "sojourn/sweep/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "sojourn/base/error.hpp"
#include "sojourn/sweep/merged_sweep.hpp"

namespace sojourn {
namespace {

using Kind = DesignChoice::Kind;

constexpr std::size_t resamples = 1000;

/// The 95 % percentile interval of a statistic of whole blocks, resampled with replacement.
class Bootstrap {
 public:
  Bootstrap(std::size_t blocks, std::uint64_t seed) : blocks_(blocks), seed_(seed) {}

  /// `statistics(chosen)` gives one value for each index, of the blocks chosen, some of them several times.
  [[nodiscard]] std::vector<Index> operator()(
      const std::function<std::vector<double>(const std::vector<std::size_t>&)>& statistics) const {
    std::vector<std::size_t> chosen(blocks_);
    for (std::size_t i = 0; i < blocks_; ++i) chosen[i] = i;
    const std::vector<double> point = statistics(chosen);
    std::vector<std::vector<double>> all(point.size());
    for (std::size_t r = 0; r < resamples; ++r) {
      for (std::size_t i = 0; i < blocks_; ++i) {
        const double u = design_draw(seed_, DesignDraw::bootstrap, i, static_cast<std::uint32_t>(r));
        chosen[i] = std::min(blocks_ - 1, static_cast<std::size_t>(u * static_cast<double>(blocks_)));
      }
      const std::vector<double> one = statistics(chosen);
      for (std::size_t k = 0; k < one.size(); ++k) all[k].push_back(one[k]);
    }
    std::vector<Index> result;
    for (std::size_t k = 0; k < point.size(); ++k) {
      // A resample of a figure that does not vary has no index.
      std::erase_if(all[k], [](double value) { return std::isnan(value); });
      std::sort(all[k].begin(), all[k].end());
      const auto at = [&](double share) {
        if (all[k].empty()) return std::numeric_limits<double>::quiet_NaN();
        return all[k][static_cast<std::size_t>(std::lround(share * static_cast<double>(all[k].size() - 1)))];
      };
      result.push_back({point[k], at(0.025), at(0.975)});
    }
    return result;
  }

 private:
  std::size_t blocks_;
  std::uint64_t seed_;
};

/// Samples or trajectories in which every point is defined.
std::vector<std::vector<double>> whole_blocks(const Design& design, std::span<const double> values,
                                              std::uint64_t& left_out) {
  const std::uint64_t size = design.block();
  std::vector<std::vector<double>> blocks;
  for (std::uint64_t at = 0; at + size <= values.size(); at += size) {
    const std::span<const double> block = values.subspan(at, size);
    if (std::all_of(block.begin(), block.end(), [](double value) { return std::isfinite(value); })) {
      blocks.emplace_back(block.begin(), block.end());
    } else {
      ++left_out;
    }
  }
  return blocks;
}

struct Moments {
  double mean = 0.0, variance = 0.0;
};
Moments moments(const std::vector<double>& values) {
  Moments result;
  for (const double value : values) result.mean += value / static_cast<double>(values.size());
  for (const double value : values) result.variance += (value - result.mean) * (value - result.mean);
  result.variance /= static_cast<double>(values.size()) - 1.0;
  return result;
}

void add_sobol(const Design& design, std::vector<std::vector<double>> blocks, Sensitivity& result) {
  const std::size_t keys = result.keys.size();
  std::vector<double> both;
  for (const std::vector<double>& block : blocks) {
    both.push_back(block.front());
    both.push_back(block.back());
  }
  const Moments whole = moments(both);
  result.mean = whole.mean;
  result.variance = whole.variance;
  for (std::vector<double>& block : blocks) {
    for (double& value : block) value -= whole.mean;
  }
  const auto statistics = [&](const std::vector<std::size_t>& chosen) {
    std::vector<double> first(keys), total(keys), all;
    for (const std::size_t j : chosen) {
      const std::vector<double>& f = blocks[j];
      all.push_back(f.front());
      all.push_back(f.back());
      for (std::size_t k = 0; k < keys; ++k) {
        first[k] += f.back() * (f[k + 1] - f.front());
        total[k] += 0.5 * (f.front() - f[k + 1]) * (f.front() - f[k + 1]);
      }
    }
    const double scale = moments(all).variance * static_cast<double>(chosen.size());
    std::vector<double> indices;
    for (const std::vector<double>* each : {&first, &total}) {
      for (const double sum : *each) indices.push_back(scale > 0.0 ? sum / scale : std::numeric_limits<double>::quiet_NaN());
    }
    return indices;
  };
  const std::vector<Index> indices = Bootstrap(blocks.size(), design.sweep().seed)(statistics);
  for (std::size_t k = 0; k < keys; ++k) {
    result.keys[k].first = indices[k];
    result.keys[k].total = indices[keys + k];
  }
}

void add_morris(const Design& design, std::span<const double> values, Sensitivity& result) {
  const std::size_t keys = result.keys.size();
  const std::uint64_t size = design.block();
  std::vector<std::vector<double>> effects;  // [trajectory][key]
  std::vector<double> all;
  for (std::uint64_t at = 0; at + size <= values.size(); at += size) {
    const std::span<const double> f = values.subspan(at, size);
    if (!std::all_of(f.begin(), f.end(), [](double value) { return std::isfinite(value); })) continue;
    all.insert(all.end(), f.begin(), f.end());
    std::vector<double>& here = effects.emplace_back(keys, 0.0);
    std::vector<double> before = design.shares(at);
    for (std::size_t s = 1; s < size; ++s) {
      const std::vector<double> after = design.shares(at + s);
      for (std::size_t k = 0; k < keys; ++k) {
        if (after[k] != before[k]) here[k] = (f[s] - f[s - 1]) / (after[k] - before[k]);
      }
      before = after;
    }
  }
  const Moments whole = moments(all);
  result.mean = whole.mean;
  result.variance = whole.variance;
  const auto statistics = [&](const std::vector<std::size_t>& chosen) {
    std::vector<double> mu_star(keys);
    for (const std::size_t j : chosen) {
      for (std::size_t k = 0; k < keys; ++k) mu_star[k] += std::abs(effects[j][k]) / static_cast<double>(chosen.size());
    }
    return mu_star;
  };
  const std::vector<Index> indices = Bootstrap(effects.size(), design.sweep().seed)(statistics);
  for (std::size_t k = 0; k < keys; ++k) {
    std::vector<double> of_key;
    for (const std::vector<double>& each : effects) of_key.push_back(each[k]);
    const Moments here = moments(of_key);
    result.keys[k].mu_star = indices[k];
    result.keys[k].mu = here.mean;
    result.keys[k].sigma = std::sqrt(here.variance);
  }
}

}  // namespace

bool few_samples(const Sensitivity& sensitivity) {
  return sensitivity.blocks < (sensitivity.design == Kind::saltelli ? fewest_samples : fewest_trajectories);
}

Sensitivity sensitivity(const Design& design, std::span<const double> values) {
  const Kind kind = design.sweep().design.kind;
  if (kind != Kind::saltelli && kind != Kind::morris)
    throw InputError(fmt::format("the points of this sweep are of the design {}, from which no indices follow", name(kind)),
                     "sweep with design = { morris = { trajectories = 20, levels = 6 } } to find what matters, or with "
                     "{ saltelli = { samples = 256 } } for shares of variance");
  Sensitivity result;
  result.design = kind;
  for (const VariedKey& key : design.sweep().keys) result.keys.push_back({key.key, {}, {}, {}, 0.0, 0.0});
  std::vector<std::vector<double>> blocks = whole_blocks(design, values, result.left_out);
  result.blocks = blocks.size();
  if (blocks.size() < 2)
    throw InputError(fmt::format("the figure is defined at every point in {} of {} {}; two are needed", blocks.size(),
                                 blocks.size() + result.left_out, kind == Kind::saltelli ? "samples" : "trajectories"),
                     "take another figure, or vary keys within narrower limits");
  if (kind == Kind::saltelli) {
    add_sobol(design, std::move(blocks), result);
  } else {
    add_morris(design, values, result);
  }
  return result;
}

Sensitivity sensitivity(const Outcomes& points, const std::string& metric, const std::string& plan,
                        const std::string& baseline) {
  const MergedSweep sweep(points);
  const MergedSweep::Figures figures = sweep.figures(metric);
  const std::size_t here = sweep.plan(plan), other = baseline.empty() ? here : sweep.plan(baseline);
  const auto mean = [&](std::size_t point, std::size_t of) {
    double sum = 0.0;
    for (std::size_t r = 0; r < sweep.replications(); ++r) sum += figures.at(point, of, r);
    return sum / static_cast<double>(sweep.replications());
  };
  std::vector<double> values;
  for (std::size_t i = 0; i < sweep.points(); ++i)
    values.push_back(mean(i, here) - (baseline.empty() ? 0.0 : mean(i, other)));
  Sensitivity result = sensitivity(sweep.design(), values);
  result.metric = metric;
  result.plan = plan;
  result.baseline = baseline;
  result.unit = figures.unit();
  return result;
}

}  // namespace sojourn
