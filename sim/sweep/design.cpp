#include "sojourn/sweep/design.hpp"

#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "sojourn/base/random.hpp"

namespace sojourn {
namespace {

using Kind = DesignChoice::Kind;

Words words(std::uint64_t seed, DesignDraw purpose, std::uint64_t index, std::uint32_t part) {
  return philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), part,
                 static_cast<std::uint32_t>(purpose)},
                static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
}

/// Below `count`, as likely as any other to 2^-64 of it.
std::uint32_t pick(std::uint64_t seed, DesignDraw purpose, std::uint64_t index, std::uint32_t part, std::uint32_t count) {
  const Words w = words(seed, purpose, index, part);
  return static_cast<std::uint32_t>((std::uint64_t{w[0]} * count + (std::uint64_t{w[1]} * count >> 32)) >> 32);
}

/// The numbers below `count` in random order (Fisher & Yates 1938, Durstenfeld 1964).
std::vector<std::uint32_t> shuffled(std::uint64_t seed, DesignDraw purpose, std::uint32_t part, std::uint32_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  for (std::uint32_t i = count; i > 1; --i) std::swap(order[i - 1], order[pick(seed, purpose, i, part, i)]);
  return order;
}

}  // namespace

double design_draw(std::uint64_t seed, DesignDraw purpose, std::uint64_t index, std::uint32_t part) {
  const Words w = words(seed, purpose, index, part);
  return uniform(w[0], w[1]);
}

SobolSequence::SobolSequence(std::size_t dimensions, std::uint64_t seed)
    : dimensions_(dimensions), directions_(digits * dimensions), shift_(dimensions) {
  // Boost leaves out the sequence's first point, the origin, and goes by Gray's code: its point 2^(r+1) - 1 is direction r.
  boost::random::sobol_engine<std::uint64_t, 64> engine(dimensions);
  for (std::size_t r = 0; r < digits; ++r) {
    engine.seed((std::uint64_t{1} << (r + 1)) - 2);
    for (std::size_t d = 0; d < dimensions; ++d) directions_[r * dimensions + d] = engine();
  }
  for (std::size_t d = 0; d < dimensions; ++d) {
    const Words w = words(seed, DesignDraw::shift, d, 0);
    shift_[d] = std::uint64_t{w[0]} << 32 | w[1];
  }
}

double SobolSequence::operator()(std::uint64_t index, std::size_t dimension) const {
  std::uint64_t word = shift_[dimension];
  const std::uint64_t code = index ^ (index >> 1);
  for (std::size_t r = 0; r < digits && (code >> r) != 0; ++r) {
    if ((code >> r & 1) != 0) word ^= directions_[r * dimensions_ + dimension];
  }
  return (static_cast<double>(word >> 12) + 0.5) * 0x1p-52;
}

Design::Design(const SweepFile& sweep) : sweep_(&sweep) {
  const DesignChoice& design = sweep.design;
  const std::size_t keys = sweep.keys.size();
  switch (design.kind) {
    case Kind::grid:
      points_ = 1;
      for (const VariedKey& key : sweep.keys) points_ *= key.steps();
      break;
    case Kind::table:
      points_ = design.rows;
      break;
    case Kind::latin_hypercube:
      points_ = design.samples;
      for (std::size_t k = 0; k < keys; ++k)
        strata_.push_back(shuffled(sweep.seed, DesignDraw::strata, static_cast<std::uint32_t>(k),
                                   static_cast<std::uint32_t>(design.samples)));
      break;
    case Kind::sobol:
      points_ = design.samples;
      sobol_.emplace_back(keys, sweep.seed);
      break;
    case Kind::morris:
      points_ = std::uint64_t{design.trajectories} * block();
      break;
    case Kind::saltelli:
      points_ = design.samples * block();
      sobol_.emplace_back(2 * keys, sweep.seed);
      break;
  }
}

std::uint64_t Design::block() const {
  const std::uint64_t keys = sweep_->keys.size();
  return sweep_->design.kind == Kind::morris ? keys + 1 : sweep_->design.kind == Kind::saltelli ? keys + 2 : 1;
}

std::vector<double> Design::morris(std::uint64_t index) const {
  const auto keys = static_cast<std::uint32_t>(sweep_->keys.size());
  const std::uint64_t number = index / block(), moved = index % block();
  const std::uint32_t levels = sweep_->design.levels;
  const double last = levels - 1.0, step = 0.5 * levels / last;
  // Everything about a trajectory is drawn anew for each of its points: a shard may have but one of them.
  std::vector<std::uint32_t> order(keys);
  std::iota(order.begin(), order.end(), 0u);
  for (std::uint32_t i = keys; i > 1; --i)
    std::swap(order[i - 1], order[pick(sweep_->seed, DesignDraw::trajectory, number, i, i)]);
  std::vector<double> shares(keys);
  for (std::uint32_t k = 0; k < keys; ++k) {
    const Words w = words(sweep_->seed, DesignDraw::trajectory, number, 0x80000000u + k);
    const double low = static_cast<double>(std::uint64_t{w[0]} * (levels / 2) >> 32) / last;
    const bool rises = (w[1] & 1) != 0;
    const bool has_moved = static_cast<std::uint64_t>(std::find(order.begin(), order.end(), k) - order.begin()) < moved;
    shares[k] = std::min(1.0, rises == has_moved ? low + step : low);
  }
  return shares;
}

std::vector<double> Design::shares(std::uint64_t index) const {
  const std::size_t keys = sweep_->keys.size();
  std::vector<double> shares(keys);
  switch (sweep_->design.kind) {
    case Kind::grid:
    case Kind::table:
      return {};
    case Kind::latin_hypercube:
      for (std::size_t k = 0; k < keys; ++k) {
        const double offset = design_draw(sweep_->seed, DesignDraw::within, index, static_cast<std::uint32_t>(k));
        shares[k] = (strata_[k][index] + offset) / static_cast<double>(points_);
      }
      return shares;
    case Kind::sobol:
      for (std::size_t k = 0; k < keys; ++k) shares[k] = sobol_.front()(index, k);
      return shares;
    case Kind::morris:
      return morris(index);
    case Kind::saltelli:
      break;
  }
  const std::uint64_t sample = index / block(), place = index % block();
  for (std::size_t k = 0; k < keys; ++k) {
    const bool from_b = place == keys + 1 || place == k + 1;
    shares[k] = sobol_.front()(sample, from_b ? keys + k : k);
  }
  return shares;
}

std::vector<Setting> Design::settings(std::uint64_t index) const {
  const std::vector<VariedKey>& keys = sweep_->keys;
  std::vector<Setting> settings(keys.size());
  if (sweep_->design.kind == Kind::table) {
    for (std::size_t k = 0; k < keys.size(); ++k) settings[k] = keys[k].step(index);
    return settings;
  }
  if (sweep_->design.kind == Kind::grid) {
    for (std::size_t k = keys.size(); k-- > 0; index /= keys[k].steps()) settings[k] = keys[k].step(index % keys[k].steps());
    return settings;
  }
  const std::vector<double> all = shares(index);
  const bool lattice = sweep_->design.kind == Kind::morris;
  const double levels = sweep_->design.levels;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    double share = all[k];
    if (lattice && std::holds_alternative<VariedKey::Drawn>(keys[k].values)) share = (share * (levels - 1.0) + 0.5) / levels;
    if (const auto* list = std::get_if<VariedKey::List>(&keys[k].values); lattice && list != nullptr) {
      // The first and the last value stand at the ends, as those of a range do.
      settings[k] = list->settings[static_cast<std::size_t>(
          std::floor(share * (static_cast<double>(list->settings.size()) - 1.0) + 0.5))];
      continue;
    }
    settings[k] = keys[k].at(share);
  }
  return settings;
}

}  // namespace sojourn
