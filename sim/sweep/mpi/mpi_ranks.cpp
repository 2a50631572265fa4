// The module that knows MPI. A shared counter on rank 0 is fetched and raised by one-sided operations, so that no rank has
// to wait for requests; rank 0 computes like all others. Nothing waits but the end.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <chrono>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "sojourn/base/ranks.hpp"

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
    drain();
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
    forget_what_has_left();
    int arrived = 0;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &arrived, MPI_STATUS_IGNORE);
  }
  void send(std::uint32_t rank, std::string bytes) override {
    const std::lock_guard lock(mutex_);
    forget_what_has_left();
    Leaving& message = leaving_.emplace_back();
    message.bytes = std::move(bytes);
    // Complete once it is received, so that nothing is on its way any more when all ranks have ended what they sent.
    MPI_Issend(message.bytes.data(), static_cast<int>(message.bytes.size()), MPI_BYTE, static_cast<int>(rank), 0,
               MPI_COMM_WORLD, &message.request);
  }
  [[nodiscard]] std::optional<Message> receive() override {
    const std::lock_guard lock(mutex_);
    return received();
  }
  [[nodiscard]] Totals sums(const Totals& of_this_rank) override {
    const std::lock_guard lock(mutex_);
    summed_ = true;
    Totals all{};
    MPI_Request summing = MPI_REQUEST_NULL;
    MPI_Iallreduce(of_this_rank.data(), all.data(), static_cast<int>(all.size()), MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD,
                   &summing);
    // Who has nothing more to do leaves the processor to the others, for which MPI's own waiting would look all the time.
    for (int ended = 0; ended == 0;) {
      MPI_Test(&summing, &ended, MPI_STATUS_IGNORE);
      if (ended == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
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

  struct Leaving {
    std::string bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  void forget_what_has_left() {
    for (auto each = leaving_.begin(); each != leaving_.end();) {
      int left = 0;
      MPI_Test(&each->request, &left, MPI_STATUS_IGNORE);
      each = left != 0 ? leaving_.erase(each) : std::next(each);
    }
  }

  std::optional<Message> received() {
    int arrived = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &arrived, &status);
    if (arrived == 0) return std::nullopt;
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    Message message{static_cast<std::uint32_t>(status.MPI_SOURCE), std::string(static_cast<std::size_t>(size), '\0')};
    MPI_Recv(message.bytes.data(), size, MPI_BYTE, status.MPI_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return message;
  }

  /// Receives what nobody asked for until every rank has got rid of what it sent.
  void drain() {
    MPI_Request all_have_sent = MPI_REQUEST_NULL;
    for (int ended = 0; ended == 0;) {
      while (received()) {
      }
      forget_what_has_left();
      if (leaving_.empty() && all_have_sent == MPI_REQUEST_NULL) MPI_Ibarrier(MPI_COMM_WORLD, &all_have_sent);
      if (all_have_sent != MPI_REQUEST_NULL) MPI_Test(&all_have_sent, &ended, MPI_STATUS_IGNORE);
      if (ended == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::mutex mutex_;
  std::list<Leaving> leaving_;
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
