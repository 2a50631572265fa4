// How many people there are in a replication.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// The people of the replication that `streams` names, in `batches` parts that follow one another: the number before each
/// part, and last that of all. With fixed numbers the k-th part begins at floor(customers k / batches). With Poisson numbers
/// each of these nominal customers stands for a Poisson number of people of mean 1 (Devroye 1986, chapter X.3), drawn by
/// inversion of 32 bits, so that parts have Poisson numbers, independent of one another, and so have any groups of people
/// that are told apart by their own draws.
[[nodiscard]] std::vector<std::uint64_t> people_before(const Settings& settings, const Streams& streams,
                                                       std::size_t batches);

/// The number of all of them.
[[nodiscard]] std::uint64_t people_in(const Settings& settings, const Streams& streams);

}  // namespace sojourn
