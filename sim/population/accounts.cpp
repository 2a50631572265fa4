#include "sojourn/population/accounts.hpp"

#include <algorithm>

#include "sojourn/base/inverse.hpp"
#include "sojourn/population/arrivals.hpp"

namespace sojourn {
namespace {

struct Role {
  std::uint16_t persona;
  Inverse people;
};
struct Firm {
  double cumulative_share;
  std::vector<Role> roles;
};

std::vector<Firm> compile(const ModelParts& parts) {
  std::vector<Firm> firms;
  double share = 0.0;
  for (const AccountSegment& segment : parts.account_segments) {
    share += segment.share;
    Firm firm{share, {}};
    for (const auto& [persona, people] : segment.roles) {
      firm.roles.push_back({static_cast<std::uint16_t>(persona.index()), Inverse(people)});
    }
    firms.push_back(std::move(firm));
  }
  return firms;
}

/// The nearest whole number of people, from 0 to `most`.
std::uint64_t whole(double people, std::uint64_t most) {
  if (!(people >= 0.5)) return 0;
  return people < static_cast<double>(most) ? static_cast<std::uint64_t>(people + 0.5) : most;
}

}  // namespace

Accounts::Accounts(const ModelParts& parts, const Streams& streams) {
  const std::vector<Firm> firms = compile(parts);
  const std::uint64_t customers = people_in(parts.settings, streams);
  members_.reserve(customers);
  account_at_.reserve(customers / people_per_mark + 1);
  for (std::uint32_t account = 0; members_.size() < customers; ++account) {
    const Words drawn = streams.draw(account, Purpose::account, 0);
    const double u = uniform(drawn[0], drawn[1]);
    std::size_t segment = 0;
    while (segment + 1 < firms.size() && u >= firms[segment].cumulative_share) ++segment;
    const std::vector<Role>& roles = firms[segment].roles;
    const std::size_t begin = members_.size();
    first_.push_back(static_cast<std::uint32_t>(begin));
    segments_.push_back(static_cast<std::uint16_t>(segment));
    Words words{};
    for (std::size_t r = 0; r < roles.size(); ++r) {
      if (r % 4 == 0) words = streams.draw(account, Purpose::account, static_cast<std::uint32_t>(1 + r / 4));
      const std::uint64_t people = whole(roles[r].people.draw(words[r % 4]), customers - members_.size());
      members_.insert(members_.end(), people, Member{roles[r].persona, 0});
    }
    if (members_.size() == begin) members_.push_back({roles.front().persona, 0});
    while (account_at_.size() * people_per_mark < members_.size()) account_at_.push_back(account);
    for (std::size_t person = begin; person < members_.size(); ++person) {
      members_[person].further = static_cast<std::uint16_t>(account - account_at_[person / people_per_mark]);
    }
  }
  first_.push_back(static_cast<std::uint32_t>(members_.size()));
  first_.shrink_to_fit();
  segments_.shrink_to_fit();
}

std::size_t Accounts::bytes() const {
  return first_.capacity() * sizeof(std::uint32_t) + segments_.capacity() * sizeof(std::uint16_t) +
         members_.capacity() * sizeof(Member) + account_at_.capacity() * sizeof(std::uint32_t);
}

}  // namespace sojourn
