// Properties of random models, tried on many of them by RapidCheck, which is seen by properties.cpp alone.
#pragma once

#include <functional>
#include <string>

#include "sojourn/model/model.hpp"
#include "tests/verify/random_models.hpp"

namespace sojourn::verify {

/// What is wrong with a model, or nothing.
using Property = std::function<std::string(const ModelParts&)>;

/// Tries `property` on `cases` random models of growing size. Returns nothing where it holds for all; else what is wrong
/// with the simplest model found, and that model as a scenario file. The cases are the same every time; the environment
/// variable RC_PARAMS ("seed=1 max_success=100000") asks for others, or more.
[[nodiscard]] std::string falsify(Flavour flavour, int cases, const Property& property);

}  // namespace sojourn::verify
