#include "rank_messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <new>
#include <optional>
#include <string_view>
#include <thread>

#include "sojourn/base/error.hpp"
#include "sojourn/engine/shared_run.hpp"

namespace sojourn {
namespace {

/// Messages begin with what they are.
enum class Kind : char { known = 'K', part = 'P', failure = 'F', end = 'E', window = 'W', early_end = 'X' };
constexpr auto a_moment = std::chrono::milliseconds(1);

std::string message(Kind kind, const std::string& words = {}) { return static_cast<char>(kind) + words; }

/// Texts one after another, each after its length.
std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += fmt::format("{} ", text.size()) + text;
  return all;
}

std::vector<std::string> taken_apart(std::string_view all) {
  std::vector<std::string> texts;
  while (!all.empty()) {
    std::size_t size = 0;
    const char* const end = std::from_chars(all.data(), all.data() + all.size(), size).ptr;
    all.remove_prefix(static_cast<std::size_t>(end - all.data()) + 1);
    texts.emplace_back(all.substr(0, size));
    all.remove_prefix(size);
  }
  return texts;
}

std::string told(std::uint64_t index, const std::exception& error) {
  if (const auto* known = dynamic_cast<const Error*>(&error)) {
    const bool input = dynamic_cast<const InputError*>(&error) != nullptr;
    return joined({fmt::format("{}", index), input ? "input" : "run", known->message(), known->hint(), known->place(),
                   fmt::format("{}", static_cast<int>(known->code()))});
  }
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  return joined({fmt::format("{}", index), "run", memory ? "out of memory" : error.what(),
                 memory ? "give each node fewer ranks" : "", "",
                 fmt::format("{}", static_cast<int>(ErrorCode::run_failed))});
}

template <class Number>
Number number(const std::string& text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::vector<std::string> RankMessages::known(const std::vector<std::string>& of_rank_0) {
  if (first()) {
    const std::string all = joined(of_rank_0);
    for (std::uint32_t other = 1; other < count(); ++other) ranks_.send(other, message(Kind::known, all));
    return of_rank_0;
  }
  for (;;) {
    std::optional<Ranks::Message> came = ranks_.receive();
    if (!came) {
      std::this_thread::sleep_for(a_moment);
      continue;
    }
    const auto kind = static_cast<Kind>(came->bytes.front());
    if (kind == Kind::known) return taken_apart(std::string_view(came->bytes).substr(1));
    if (kind != Kind::window && kind != Kind::early_end) throw Interrupted();
    // Another rank knows already, and is ahead.
    const std::lock_guard lock(hearing_);
    take(std::move(*came), {});
  }
}

void RankMessages::tell_part(std::string packed) { ranks_.send(0, message(Kind::part, packed)); }

void RankMessages::tell_failure(std::uint64_t index, const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& failure) {
    ranks_.send(0, message(Kind::failure, told(index, failure)));
  }
}

void RankMessages::tell_end() { ranks_.send(0, message(Kind::end)); }

void RankMessages::serve(const Heard& heard) {
  if (!first()) {
    ranks_.serve();
    return;
  }
  const std::unique_lock turn(hearing_, std::try_to_lock);
  if (!turn) return;
  while (hear(heard)) {
  }
}

bool RankMessages::hear(const Heard& heard) {
  std::optional<Ranks::Message> came = ranks_.receive();
  if (came) take(std::move(*came), heard);
  return came.has_value();
}

void RankMessages::take(Ranks::Message came, const Heard& heard) {
  const auto kind = static_cast<Kind>(came.bytes.front());
  came.bytes.erase(0, 1);
  switch (kind) {
    case Kind::part:
      heard.part(came.bytes);
      break;
    case Kind::failure: {
      const std::vector<std::string> parts = taken_apart(came.bytes);
      const auto code = static_cast<ErrorCode>(number<int>(parts[5]));
      heard.failure(number<std::uint64_t>(parts[0]),
                    parts[1] == "input" ? std::make_exception_ptr(InputError(parts[2], parts[3], parts[4], code))
                                        : std::make_exception_ptr(RunError(parts[2], parts[3], parts[4], code)));
      break;
    }
    case Kind::known:
      break;
    case Kind::end:
      ended_[came.from] = 1;
      break;
    case Kind::window: {
      const std::size_t head = came.bytes.find(' ') + 1;
      windows_[came.from].push_back({number<std::uint64_t>(came.bytes.substr(0, head)), came.bytes.substr(head)});
      break;
    }
    case Kind::early_end:
      ended_early_ = true;
      break;
  }
}

void RankMessages::tell_window(std::uint32_t rank, std::string bytes) {
  ranks_.send(rank, message(Kind::window, fmt::format("{} ", told_[rank]++)) + bytes);
}

std::string RankMessages::window_of(std::uint32_t from, const Heard& heard) {
  constexpr std::uint64_t soon = 200, now_and_then = 64;
  const std::lock_guard lock(hearing_);
  for (std::uint64_t turn = 0;; ++turn) {
    while (hear(heard)) {
    }
    if (!windows_[from].empty()) {
      FromRank first = std::move(windows_[from].front());
      windows_[from].pop_front();
      if (first.number != taken_[from]++) throw RunError("a message between ranks was lost", "run again");
      return std::move(first.bytes);
    }
    // What a rank has told before it ended has come before its end.
    if (ended_early_ || ended_[from] != 0) throw RankEndedEarly();
    if (turn < soon) {
      std::this_thread::yield();
      continue;
    }
    std::this_thread::sleep_for(turn < 2 * soon ? std::chrono::microseconds(50) : std::chrono::microseconds(a_moment));
    if (turn % now_and_then == 0 && closed()) throw RankEndedEarly();
  }
}

void RankMessages::tell_early_end() {
  for (std::uint32_t other = 0; other < count(); ++other) {
    if (other != rank()) ranks_.send(other, message(Kind::early_end));
  }
}

void RankMessages::hear_all(const Heard& heard, const std::function<void()>& meanwhile) {
  for (;;) {
    serve(heard);
    {
      const std::lock_guard lock(hearing_);
      if (std::count(ended_.begin(), ended_.end(), 1) + 1 >= static_cast<std::ptrdiff_t>(count())) return;
    }
    meanwhile();
    std::this_thread::sleep_for(a_moment);
  }
}

void give_up(Ranks& ranks, const std::exception& error) {
  ranks.close();
  if (ranks.rank() == 0) {
    for (std::uint32_t other = 1; other < ranks.count(); ++other) ranks.send(other, message(Kind::end));
    return;
  }
  ranks.send(0, message(Kind::failure, told(0, error)));
  ranks.send(0, message(Kind::end));
}

}  // namespace sojourn
