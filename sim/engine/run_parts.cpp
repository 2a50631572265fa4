#include "sojourn/engine/run_parts.hpp"

#include <bit>
#include <utility>

#include "packed_numbers.hpp"
#include "sojourn/base/error.hpp"
#include "totals_of.hpp"

namespace sojourn {
namespace {

using Wide = Packer::Wide;

/// Calls `each` with what names a count of `people`, for all of them.
template <class Each>
void for_each_count(const PairedOutcomes& people, const Each& each) {
  for (std::size_t p = 0; p < people.personas(); ++p) {
    for (std::size_t c = 0; c < customer_change_count; ++c) {
      for (std::size_t s = 0; s < satisfaction_change_count; ++s)
        each(p, static_cast<CustomerChange>(c), static_cast<SatisfactionChange>(s));
    }
    for (std::size_t plan = 0; plan < end_standing_count; ++plan) {
      for (std::size_t baseline = 0; baseline < end_standing_count; ++baseline)
        each(p, static_cast<EndStanding>(baseline), static_cast<EndStanding>(plan));
      for (std::size_t tier = 0; tier < people.tiers(); ++tier) {
        for (std::size_t w = 0; w < without_plan_count; ++w)
          each(tier, p, static_cast<WithoutPlan>(w), static_cast<EndStanding>(plan));
      }
    }
  }
}

}  // namespace

// They are made of tables of 64 bits, as everything that is counted: of the numbers' digits to the
/// base 2^48, the highest first, which has the sign. There are two digits at most, unless damaged bytes say so.
Totals totals_of(const TallyShape& shape, std::span<const Wide> cells, std::uint64_t events) {
  constexpr int bits = 48;
  int highest = 0;
  for (const Wide cell : cells) {
    while (highest < 2 && (cell >> (bits * highest) >= (Wide{1} << bits) || cell >> (bits * highest) < -(Wide{1} << bits)))
      ++highest;
  }
  Totals totals(shape);
  for (int which = highest; which >= 0; --which) {
    if (which < highest) {
      for (int k = 0; k < bits; ++k) totals.add(Totals(totals));
    }
    Tally table(shape);
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      const Wide shifted = cells[cell] >> (bits * which);
      const Wide number = which == highest ? shifted : shifted & ((Wide{1} << bits) - 1);
      table.add(cell, static_cast<std::int64_t>(number));
    }
    if (which == 0) table.events = events;
    totals.add(table);
  }
  return totals;
}

std::string packed(const RunPart& part) {
  Packer packer;
  packer.add(part.replication);
  packer.add(part.batch);
  packer.add(static_cast<Wide>(part.blocks));
  packer.add(static_cast<Wide>(part.sums.size()));
  for (const Totals& totals : part.sums) {
    packer.add(static_cast<Wide>(totals.switches.size()));
    for (const Switch& each : totals.switches) {
      packer.add(each.rule);
      packer.add(static_cast<Wide>(std::bit_cast<std::uint64_t>(each.time)));
      packer.add(each.on ? 1 : 0);
    }
    for (std::size_t cell = 0; cell < totals.shape().cells(); ++cell) packer.add(totals.cell(cell));
    packer.add(static_cast<Wide>(totals.events()));
    const PairedOutcomes& people = totals.paired_outcomes;
    for_each_count(people, [&](auto... key) { packer.add(people.people(key...)); });
  }
  return packer.finish();
}

RunPart unpacked(std::string_view bytes, std::span<const TallyShape> shapes) {
  Unpacker unpacker(bytes);
  RunPart part;
  part.replication = unpacker.next_of<std::uint32_t>();
  part.batch = unpacker.next_of<std::uint32_t>();
  part.blocks = unpacker.next_of<std::uint64_t>();
  if (unpacker.next_of<std::uint64_t>() != shapes.size()) Unpacker::damaged();
  for (const TallyShape& shape : shapes) {
    Switches switched;
    const auto switches = unpacker.next_of<std::uint64_t>();
    if (switches > bytes.size()) Unpacker::damaged();
    for (std::uint64_t k = 0; k < switches; ++k) {
      Switch each;
      each.rule = unpacker.next_of<std::uint32_t>();
      each.time = std::bit_cast<double>(unpacker.next_of<std::uint64_t>());
      each.on = unpacker.next() != 0;
      switched.push_back(each);
    }
    std::vector<Wide> cells(shape.cells());
    for (Wide& cell : cells) cell = unpacker.next();
    const auto events = unpacker.next_of<std::uint64_t>();
    Totals& totals = part.sums.emplace_back(totals_of(shape, cells, events));
    totals.switches = std::move(switched);
    PairedOutcomes& people = totals.paired_outcomes;
    for_each_count(people, [&](auto... key) { people.count(key..., unpacker.next_of<std::int64_t>()); });
  }
  unpacker.require_end();
  return part;
}

}  // namespace sojourn
