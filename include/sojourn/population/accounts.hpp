// Which people make up which account (MODEL.md section 6): from (seed, replication) alone.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/population/population.hpp"

namespace sojourn {

/// The accounts of one replication and their members. Account 0 begins with person 0, each account's members follow each
/// other, role after role in the order of `AccountSegment::roles`, and the next account begins where one ends. Four bytes a
/// person and six an account, and a sixteenth of a byte: at most 10.1 bytes a person. Thread-safe once built.
class Accounts {
 public:
  /// Fills accounts until `people_in` people are placed. Account k draws its segment by the shares and, for each
  /// role, a number of people, rounded to the nearest whole one and at least 0; an account without anybody has one person of
  /// its first role. The last account is cut to what is left, from its last role backwards. Draws are keyed by k, so the
  /// first accounts stay as they are when more people are simulated. `parts` must be valid and have account segments;
  /// at most 65,536 personas and as many segments.
  Accounts(const ModelParts& parts, const Streams& streams);

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(segments_.size()); }
  [[nodiscard]] std::uint32_t people() const { return static_cast<std::uint32_t>(members_.size()); }
  /// The account segment, a position in `ModelParts::account_segments`.
  [[nodiscard]] std::uint32_t segment(std::uint32_t account) const { return segments_[account]; }
  /// The account's members are first(account) .. end(account) - 1; at least one.
  [[nodiscard]] std::uint32_t first(std::uint32_t account) const { return first_[account]; }
  [[nodiscard]] std::uint32_t end(std::uint32_t account) const { return first_[account + 1]; }
  [[nodiscard]] std::uint32_t size(std::uint32_t account) const { return end(account) - first(account); }
  /// The person's role: a position in `ModelParts::personas`.
  [[nodiscard]] std::uint32_t persona_of(std::uint32_t person) const { return members_[person].persona; }
  /// The account that the person is a member of.
  [[nodiscard]] std::uint32_t account_of(std::uint32_t person) const {
    return account_at_[person / people_per_mark] + members_[person].further;
  }
  /// Asks the memory for what is known of a person, which is to be read soon.
  void prefetch(std::uint32_t person) const { __builtin_prefetch(members_.data() + person); }

  /// Memory of the tables.
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::uint32_t people_per_mark = 64;
  struct Member {
    std::uint16_t persona;
    std::uint16_t further;  // accounts from that of the last marked person on, at most 63
  };
  std::vector<std::uint32_t> first_;       // and where the last one ends
  std::vector<std::uint16_t> segments_;    // by account
  std::vector<Member> members_;            // by person
  std::vector<std::uint32_t> account_at_;  // of every 64th person
};

}  // namespace sojourn
