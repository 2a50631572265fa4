#include "sojourn/engine/batches.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sojourn {

BatchSums::BatchSums(const Program& program, const Totals& counted, std::uint64_t of_people)
    : totals(counted.at_horizon()),
      windows(counted.shape().windows),
      touchpoints(counted.shape().touchpoints),
      people(of_people) {
  const CountedUnder under(program, counted);
  if (program.ruled()) costs = fixed_costs(*under);
  for (std::size_t p = 0; p < counted.shape().personas; ++p) {
    PersonaMoney& of_persona = money.emplace_back(money_of(*under, counted, p));
    for (std::size_t w = 0; w < windows.size(); ++w) windows[w].add(of_persona.windows[w]);
    for (std::size_t v = 0; v < touchpoints.size(); ++v) touchpoints[v].add(of_persona.touchpoints[v]);
    of_persona.windows = {};
    of_persona.touchpoints = {};
  }
}

void BatchSums::add(const BatchSums& other) {
  totals.add(other.totals);
  for (std::size_t p = 0; p < money.size(); ++p) {
    money[p].total.add(other.money[p].total);
    money[p].worth.add(other.money[p].worth);
    money[p].referred_worth.add(other.money[p].referred_worth);
  }
  for (std::size_t w = 0; w < windows.size(); ++w) windows[w].add(other.windows[w]);
  for (std::size_t v = 0; v < touchpoints.size(); ++v) touchpoints[v].add(other.touchpoints[v]);
  people += other.people;
  if (!costs || !other.costs) return;
  const auto add_cost = [](FixedCost& to, const FixedCost& from) {
    for (std::size_t w = 0; w < to.windows.size(); ++w) to.windows[w] += from.windows[w];
    to.total += from.total;
    to.worth += from.worth;
  };
  add_cost(costs->investment, other.costs->investment);
  add_cost(costs->staff, other.costs->staff);
}

void Batches::add(std::uint64_t first, int level, BatchSums sums) {
  Node node{level, std::move(sums)};
  while (node.level < limit_) {
    const std::uint64_t width = std::uint64_t{1} << node.level;
    const auto sibling = nodes_.find(first ^ width);
    if (sibling == nodes_.end() || sibling->second.level != node.level) break;
    // The earlier one first, whichever came first.
    if (sibling->first < first) std::swap(node.sums, sibling->second.sums);
    for (BatchSums* const part : {&node.sums, &sibling->second.sums}) part->totals.unpack();
    node.sums.add(sibling->second.sums);
    nodes_.erase(sibling);
    first &= ~width;
    ++node.level;
  }
  node.sums.totals.pack();
  nodes_.insert_or_assign(first, std::move(node));
}

void Batches::append(Batches more) {
  limit_ = std::max(limit_, more.limit_);
  std::map<std::uint64_t, Node> nodes = std::exchange(nodes_, {});
  for (auto* const part : {&nodes, &more.nodes_}) {
    for (auto& [first, node] : *part) add(first, node.level, std::move(node.sums));
  }
}

void Batches::keep_replications(const std::vector<std::uint32_t>& finished) {
  // A node of several replications is of finished ones only, because it took all of their batches.
  std::erase_if(nodes_, [&](const auto& node) {
    return !std::binary_search(finished.begin(), finished.end(), static_cast<std::uint32_t>(node.first / batch_count));
  });
}

std::uint64_t Batches::events() const {
  std::uint64_t events = 0;
  for (const auto& [first, node] : nodes_) {
    if (node.sums.people > 0) events += node.sums.totals.events();
  }
  return events;
}

void Batches::each_sample(const std::function<void(const BatchSums&)>& use) const {
  std::optional<BatchSums> sample;
  std::uint64_t place = 0;
  for (const auto& [first, node] : nodes_) {
    if (node.sums.people == 0) continue;
    BatchSums sums = node.sums;
    sums.totals.unpack();
    // The last replications may leave a sample unfinished, in several parts.
    if (sample && first >> limit_ == place) {
      sample->add(sums);
    } else {
      if (sample) use(*sample);
      sample = std::move(sums);
    }
    place = first >> limit_;
  }
  if (sample) use(*sample);
}

std::vector<BatchSums> Batches::samples() const {
  std::vector<BatchSums> samples;
  each_sample([&](const BatchSums& sample) { samples.push_back(sample); });
  return samples;
}

Division division(std::uint32_t replications, bool coupled) {
  constexpr int whole = 5;  // 2^whole places are a replication
  static_assert(std::size_t{1} << whole == batch_count);
  Division result{batch_count, 0, 0};
  while (result.limit < whole && (coupled || (batch_count >> result.limit) * replications > most_samples)) ++result.limit;
  result.level = result.limit;
  result.batches = batch_count >> result.level;
  while (result.limit >= whole && (replications - 1) >> (result.limit - whole) >= most_samples) ++result.limit;
  return result;
}

std::size_t sample_count(std::uint32_t replications, bool coupled) {
  return ((std::size_t{replications} * batch_count - 1) >> division(replications, coupled).limit) + 1;
}

}  // namespace sojourn
