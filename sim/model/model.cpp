#include "sojourn/model/model.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace sojourn {
namespace {

// Makes shares that sum to about 1 sum to exactly 1 when added in their order, so that a search through their running sum
// cannot fall off the end.
void normalise(const std::vector<double*>& shares) {
  double sum = 0.0;
  for (const double* share : shares) sum += *share;
  if (sum == 1.0 || !(sum > 0.0)) return;
  for (double* share : shares) *share /= sum;
  const auto largest =
      std::max_element(shares.begin(), shares.end(), [](const double* a, const double* b) { return *a < *b; });
  const auto last =
      std::find_if(shares.rbegin(), shares.rend(), [](const double* share) { return *share > 0.0; }).base() - 1;
  for (;;) {
    double before = 0.0;
    for (auto share = shares.begin(); share != last; ++share) before += **share;
    // 1 - before is exact or rounds so that before + (1 - before) is 1 (Sterbenz 1974); the last takes up all rounding.
    if (before <= 1.0) {
      **last = 1.0 - before;
      return;
    }
    **largest = std::nextafter(**largest, 0.0);
  }
}

void normalise_shares(ModelParts& parts) {
  std::vector<double*> people, accounts;
  for (Persona& persona : parts.personas) {
    people.push_back(&persona.share);
    std::vector<double*> starts;
    for (auto& [touchpoint, share] : persona.starts) starts.push_back(&share);
    normalise(starts);
  }
  for (AccountSegment& segment : parts.account_segments) accounts.push_back(&segment.share);
  normalise(people);
  normalise(accounts);
}

}  // namespace

ModelParts::ModelParts() = default;
ModelParts::ModelParts(const ModelParts&) = default;
ModelParts::ModelParts(ModelParts&&) noexcept = default;
ModelParts& ModelParts::operator=(const ModelParts&) = default;
ModelParts& ModelParts::operator=(ModelParts&&) noexcept = default;
ModelParts::~ModelParts() = default;

void share_by_accounts(ModelParts& parts) {
  if (parts.account_segments.empty()) return;
  std::vector<double> people(parts.personas.size(), 0.0);
  double sum = 0.0;
  for (const AccountSegment& segment : parts.account_segments) {
    for (const auto& [persona, count] : segment.roles) {
      if (!persona.valid() || persona.index() >= people.size()) continue;
      const double expected = mean(count);
      const double here = segment.share * (expected >= 0.0 && expected < 1e9 ? expected : 1.0);
      if (!(here > 0.0)) continue;
      people[persona.index()] += here;
      sum += here;
    }
  }
  for (std::size_t i = 0; i < people.size(); ++i) {
    parts.personas[i].share = sum > 0.0 ? people[i] / sum : 1.0 / static_cast<double>(people.size());
  }
}

std::vector<TraitId> traits_of(const Exit& exit) {
  std::vector<TraitId> traits;
  if (const auto* trait = std::get_if<TraitId>(&exit.probability)) traits.push_back(*trait);
  if (exit.scale) traits.push_back(exit.scale->trait);
  if (exit.times) traits.push_back(*exit.times);
  return traits;
}

std::vector<Trait> builtin_traits() {
  // No draw from a tail may overflow an equation, so what is open upwards ends at a million.
  constexpr double open = 1e6;
  return {
      {"expectation", 0.0, 1.0, 0.6},
      {"satisfaction", 0.0, 1.0, 0.5},
      {"patience", 0.0, open, 1.0},
      {"effort_aversion", 0.0, open, 0.2},
      {"loss_aversion", 0.0, open, 2.0},
      {"talkativeness", 0.0, open, 1.0},
      {"response_propensity", -100.0, 100.0, 0.0},
  };
}

Model::Model(ModelParts parts) {
  std::vector<Finding> findings = check(parts);
  std::erase_if(findings, [](const Finding& finding) { return finding.severity != Severity::error; });
  if (!findings.empty()) throw InvalidModel(std::move(findings));
  share_by_accounts(parts);
  normalise_shares(parts);
  parts_ = std::make_shared<const ModelParts>(std::move(parts));
}

double Model::people_per_customer() const {
  const auto customers = static_cast<double>(parts_->settings.customers);
  return parts_->settings.market.value_or(customers) / customers;
}

double persona_factor(const ModelParts& parts, const Persona& persona, TouchpointId from, TouchpointId to) {
  double factor = 1.0;
  for (const PersonaOdds& odds : persona.odds) {
    if (odds.from == from && odds.to == to) factor *= odds.times;
  }
  const ChannelId channel = parts.touchpoints[to.index()].channel;
  for (const auto& [preferred, times] : persona.channels) {
    if (channel.valid() && preferred == channel) factor *= times;
  }
  return factor;
}

MarketCopies copies_of_market(const Settings& settings) {
  const auto customers = static_cast<double>(settings.customers);
  return MarketCopies(std::min(customers, customers / settings.market.value_or(customers)));
}

bool is_coupled(const ModelParts& parts, CoupledBy by) {
  switch (by) {
    case CoupledBy::word_of_mouth:
      return parts.word_of_mouth.has_value();
    case CoupledBy::reviews:
      return parts.reviews.has_value();
    case CoupledBy::queues:
      return std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(), [](const Touchpoint& t) { return t.queues(); });
    case CoupledBy::accounts:
      return !parts.account_segments.empty();
    case CoupledBy::rules:
      return std::any_of(parts.plans.begin(), parts.plans.end(), [](const Plan& plan) { return !plan.rules.empty(); });
  }
  return false;
}

std::vector<CoupledBy> couplings(const ModelParts& parts) {
  std::vector<CoupledBy> in_use;
  for (const CoupledBy by :
       {CoupledBy::word_of_mouth, CoupledBy::reviews, CoupledBy::queues, CoupledBy::accounts, CoupledBy::rules}) {
    if (is_coupled(parts, by)) in_use.push_back(by);
  }
  return in_use;
}

bool Model::coupled() const { return !couplings(*parts_).empty(); }

Model apply(const Model& model, PlanId plan) {
  assert(plan.index() < model.parts().plans.size());
  Model applied = model;
  applied.plan_ = plan;
  return applied;
}

}  // namespace sojourn
