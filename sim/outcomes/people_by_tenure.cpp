#include "sojourn/outcomes/people_by_tenure.hpp"

#include <algorithm>

namespace sojourn {

PeopleByTenure::PeopleByTenure(std::span<const double> people) : bins_(static_cast<std::uint32_t>(people.size())) {
  const auto somebody =
      static_cast<std::size_t>(people.size()) - static_cast<std::size_t>(std::count(people.begin(), people.end(), 0.0));
  if (somebody * (sizeof(double) + sizeof(std::uint32_t)) >= people.size() * sizeof(double)) {
    people_.assign(people.begin(), people.end());
    return;
  }
  people_.reserve(somebody);
  where_.reserve(somebody);
  for (std::uint32_t b = 0; b < bins_; ++b) {
    if (people[b] == 0.0) continue;
    people_.push_back(people[b]);
    where_.push_back(b);
  }
}

double PeopleByTenure::operator[](std::size_t bin) const {
  if (!packed()) return people_[bin];
  const auto found = std::lower_bound(where_.begin(), where_.end(), bin);
  return found != where_.end() && *found == bin ? people_[static_cast<std::size_t>(found - where_.begin())] : 0.0;
}

std::span<const double> PeopleByTenure::all(std::vector<double>& room) const {
  if (!packed()) return people_;
  room.assign(bins_, 0.0);
  for (std::size_t k = 0; k < where_.size(); ++k) room[where_[k]] = people_[k];
  return room;
}

PeopleByTenure& PeopleByTenure::operator+=(const PeopleByTenure& other) {
  const std::uint32_t bins = std::max(bins_, other.bins_);
  if (packed() || bins_ < bins) {
    std::vector<double> room;
    const std::span<const double> mine = all(room);
    std::vector<double> people(bins, 0.0);
    std::copy(mine.begin(), mine.end(), people.begin());
    people_ = std::move(people);
    where_ = {};
    bins_ = bins;
  }
  if (other.packed()) {
    for (std::size_t k = 0; k < other.where_.size(); ++k) people_[other.where_[k]] += other.people_[k];
  } else {
    for (std::size_t b = 0; b < other.bins_; ++b) people_[b] += other.people_[b];
  }
  return *this;
}

void PeopleByTenure::pack() {
  if (!packed()) *this = PeopleByTenure(std::span<const double>(people_));
}

}  // namespace sojourn
