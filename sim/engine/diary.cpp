#include "sojourn/engine/diary.hpp"

#include <atomic>

#include "coupled_run.hpp"
#include "sojourn/population/arrivals.hpp"

namespace sojourn {
namespace {

/// Who customers are, before anything happens to them.
class PopulationReader {
 public:
  explicit PopulationReader(const Model& model)
      : program_(model), population_(model.parts()), streams_(model.parts().settings.seed, 0) {
    if (model.parts().account_segments.empty()) return;
    accounts_.emplace(model.parts(), streams_);
    market_state_.accounts = &*accounts_;
  }
  PopulationReader(const PopulationReader&) = delete;
  PopulationReader& operator=(const PopulationReader&) = delete;

  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const Population& population() const { return population_; }
  [[nodiscard]] const Streams& streams() const { return streams_; }
  [[nodiscard]] Lives lives() const { return {program_, population_, streams_, accounts_ ? &market_state_ : nullptr}; }
  [[nodiscard]] Diary blank(std::uint32_t customer) const {
    Diary diary;
    diary.customer = customer;
    diary.person = lives().begin(customer).person;
    diary.traits.resize(population_.trait_count());
    if (accounts_) {
      diary.account = accounts_->account_of(customer);
      population_.traits(streams_, customer, accounts_->account_of(customer), diary.person.persona, diary.traits);
    } else {
      population_.traits(streams_, customer, diary.person.persona, diary.traits);
    }
    return diary;
  }

 private:
  Program program_;
  Population population_;
  Streams streams_;
  std::optional<Accounts> accounts_;
  MarketState market_state_;
};

}  // namespace

std::vector<Diary> write_diaries(const Model& model, std::span<const std::uint32_t> customers, const RunOptions& options) {
  const PopulationReader people(model);
  std::vector<Diary> diaries;
  for (const std::uint32_t customer : customers) diaries.push_back(people.blank(customer));
  if (!model.coupled()) {
    Lives lives = people.lives();
    for (Diary& diary : diaries) {
      throw_if_stopped(options.stop);
      DiaryWriter writer(diary, lives);
      lives.live(diary.customer, writer);
    }
    return diaries;
  }
  const int threads = thread_count(options.threads);
  const Relations relations = connect(model, people.streams(), threads);
  const TallyShape shape = tally_shape(people.program());
  const lock_step::Compiled compiled(people.program(), people.population(), shape);
  const auto sums =
      run_coupled(compiled, relations, people.streams(), {threads, false, nullptr, diaries}, [&](double share) {
        if (options.progress) options.progress(share);
        return !options.stop.stop_requested();
      });
  if (!sums) throw Interrupted();
  return diaries;
}

std::vector<std::uint32_t> first_to_arrive(const Model& model, std::size_t count, const std::stop_token& stop) {
  const PopulationReader people(model);
  const Lives lives = people.lives();
  std::vector<std::uint32_t> found;
  const std::uint64_t all = people_in(model.parts().settings, people.streams());
  for (std::uint32_t i = 0; i < all && found.size() < count; ++i) {
    if (i % 1024 == 0) throw_if_stopped(stop);
    if (lives.begin(i).person.arrival <= people.program().horizon()) found.push_back(i);
  }
  return found;
}

}  // namespace sojourn
