// The module that knows MPI. A shared counter on rank 0 is fetched and raised by one-sided operations, so that no rank has
// to wait for requests; rank 0 computes like all others.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <mutex>

#include "sojourn/sweep/ranks.hpp"

namespace {

/// Where taking ends: above any number of files, and far from the end of the counter.
constexpr std::uint64_t closed = std::uint64_t{1} << 62;

class MpiRanks final : public sojourn::Ranks {
 public:
  MpiRanks() {
    int rank = 0, count = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    rank_ = static_cast<std::uint32_t>(rank);
    count_ = static_cast<std::uint32_t>(count);
    MPI_Win_allocate(rank == 0 ? sizeof(std::uint64_t) : 0, sizeof(std::uint64_t), MPI_INFO_NULL, MPI_COMM_WORLD, &counter_,
                     &window_);
    if (rank == 0) *counter_ = 0;
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
  }
  ~MpiRanks() override {
    // A rank that failed before it came to the sums ends the work of the others, and meets them there.
    if (!summed_) {
      close();
      static_cast<void>(sums({}));
    }
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
    MPI_Finalize();
  }
  MpiRanks(const MpiRanks&) = delete;
  MpiRanks& operator=(const MpiRanks&) = delete;

  [[nodiscard]] std::uint32_t rank() const override { return rank_; }
  [[nodiscard]] std::uint32_t count() const override { return count_; }
  [[nodiscard]] std::uint64_t take() override { return fetch(1, MPI_SUM); }
  void close() override { static_cast<void>(fetch(closed, MPI_REPLACE)); }
  void serve() override {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return;
    int arrived = 0;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &arrived, MPI_STATUS_IGNORE);
  }
  [[nodiscard]] Totals sums(const Totals& of_this_rank) override {
    const std::lock_guard lock(mutex_);
    summed_ = true;
    Totals all{};
    MPI_Allreduce(of_this_rank.data(), all.data(), static_cast<int>(all.size()), MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    return all;
  }

 private:
  std::uint64_t fetch(std::uint64_t operand, MPI_Op operation) {
    const std::lock_guard lock(mutex_);
    std::uint64_t before = 0;
    MPI_Fetch_and_op(&operand, &before, MPI_UINT64_T, 0, 0, operation, window_);
    MPI_Win_flush(0, window_);
    return before;
  }

  std::mutex mutex_;
  MPI_Win window_ = MPI_WIN_NULL;
  std::uint64_t* counter_ = nullptr;  // of rank 0
  std::uint32_t rank_ = 0, count_ = 1;
  bool summed_ = false;
};

}  // namespace

extern "C" sojourn::Ranks* sojourn_make_ranks() {
  int provided = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) return nullptr;
  if (provided < MPI_THREAD_SERIALIZED) {
    MPI_Finalize();
    return nullptr;
  }
  return new MpiRanks;
}
