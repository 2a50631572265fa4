// One run of several ranks, and one that goes on from what another kept: the bits are those of one process. The ranks are
// threads here, which talk through queues of their own; tests/golden/giant_test.py has those of MPI.
#include "sojourn/engine/shared_run.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "sim/engine/lock_step.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/engine/run_parts.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/random_models.hpp"
#include "tests/verify/same_result.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

/// What the ranks of a test share.
struct Hub {
  explicit Hub(std::uint32_t ranks) : waiting(ranks) {}
  std::mutex mutex;
  std::uint64_t counter = 0;
  std::vector<std::deque<Ranks::Message>> waiting;  // of each rank
  std::function<bool(std::string& message)> spoil;  // may change a message, or lose it by false
};

class TestRanks final : public Ranks {
 public:
  TestRanks(Hub& hub, std::uint32_t rank) : hub_(hub), rank_(rank) {}
  [[nodiscard]] std::uint32_t rank() const override { return rank_; }
  [[nodiscard]] std::uint32_t count() const override { return static_cast<std::uint32_t>(hub_.waiting.size()); }
  [[nodiscard]] std::uint64_t take() override {
    const std::lock_guard lock(hub_.mutex);
    return hub_.counter++;
  }
  void close() override {
    const std::lock_guard lock(hub_.mutex);
    hub_.counter = std::uint64_t{1} << 62;
  }
  void serve() override {}
  void send(std::uint32_t rank, std::string bytes) override {
    const std::lock_guard lock(hub_.mutex);
    if (hub_.spoil && !hub_.spoil(bytes)) return;
    hub_.waiting[rank].push_back({rank_, std::move(bytes)});
  }
  [[nodiscard]] std::optional<Message> receive() override {
    const std::lock_guard lock(hub_.mutex);
    std::deque<Message>& mine = hub_.waiting[rank_];
    if (mine.empty()) return std::nullopt;
    Message first = std::move(mine.front());
    mine.pop_front();
    return first;
  }
  [[nodiscard]] Totals sums(const Totals& of_this_rank) override { return of_this_rank; }

 private:
  Hub& hub_;
  std::uint32_t rank_;
};

/// Keeps parts in memory; after `most` of them it asks for a stop.
class TestKeeper final : public RunKeeper {
 public:
  explicit TestKeeper(std::vector<std::string> found = {}, std::size_t most = SIZE_MAX)
      : found_(std::move(found)), most_(most) {}
  [[nodiscard]] const std::vector<std::string>& found() const override { return found_; }
  void keep(std::string part) override {
    const std::lock_guard lock(mutex_);
    kept.push_back(std::move(part));
    if (kept.size() >= most_) stop.request_stop();
  }
  void save() override {}
  /// What the next run finds.
  [[nodiscard]] std::vector<std::string> all() const {
    std::vector<std::string> parts = found_;
    parts.insert(parts.end(), kept.begin(), kept.end());
    return parts;
  }
  std::vector<std::string> kept;
  std::stop_source stop;

 private:
  std::vector<std::string> found_;
  std::size_t most_;
  std::mutex mutex_;
};

/// Keeps one replication that is under way in memory; at the `stop_at`-th state it asks for a stop.
class TestStates final : public StateKeeper {
 public:
  [[nodiscard]] std::optional<Place> found() const override { return found_place; }
  [[nodiscard]] std::size_t pieces() const override { return found_pieces.size(); }
  [[nodiscard]] std::string piece(std::size_t k) override { return found_pieces.at(k); }
  [[nodiscard]] bool due() override {
    if (++windows == stop_at) stop.request_stop();
    return windows % 3 == 0;
  }
  void begin(const Place& place) override {
    kept_place = place;
    kept_pieces.clear();
  }
  void add(std::string piece) override { kept_pieces.push_back(std::move(piece)); }
  void finish() override { ++states; }
  /// The next run finds what this one has kept.
  void turn(int stop_of_next) {
    if (kept_place) {
      found_place = kept_place;
      found_pieces = kept_pieces;
    }
    stop_at = stop_of_next;
    windows = 0;
    stop = {};
  }

  std::optional<Place> found_place, kept_place;
  std::vector<std::string> found_pieces, kept_pieces;
  std::stop_source stop;
  int stop_at = -1, windows = 0, states = 0;
};

/// Keeps what is finished, and what is under way.
class TestKeeperOfAll final : public RunKeeper {
 public:
  [[nodiscard]] const std::vector<std::string>& found() const override { return kept_before; }
  void keep(std::string part) override { kept.push_back(std::move(part)); }
  void save() override {}
  [[nodiscard]] StateKeeper* states() override { return &of_states; }
  void turn(int stop_of_next) {
    kept_before.insert(kept_before.end(), kept.begin(), kept.end());
    kept.clear();
    of_states.turn(stop_of_next);
  }

  TestStates of_states;
  std::vector<std::string> kept_before, kept;
};

Run try_run(const Model& model, const std::vector<PlanId>& plans, const RunOptions& options, const Sharing& sharing) {
  Run done;
  try {
    done.result = run(model, plans, options, sharing);
  } catch (const std::exception& error) {
    done.error = error.what();
    if (sharing.ranks != nullptr) give_up(*sharing.ranks, error);
  }
  return done;
}

/// The run of rank 0 of so many.
Run shared(const Model& model, const std::vector<PlanId>& plans, std::uint32_t count, const RunOptions& options,
           std::function<bool(std::string&)> spoil = {}, RunKeeper* keeper = nullptr) {
  Hub hub(count);
  hub.spoil = std::move(spoil);
  std::vector<std::thread> others;
  for (std::uint32_t rank = 1; rank < count; ++rank) {
    others.emplace_back([&hub, &model, &plans, &options, rank] {
      TestRanks ranks(hub, rank);
      static_cast<void>(try_run(model, plans, options, {&ranks, nullptr}));
    });
  }
  TestRanks ranks(hub, 0);
  Run done = try_run(model, plans, options, {&ranks, keeper});
  for (std::thread& other : others) other.join();
  return done;
}

Model coffee(std::uint64_t customers, std::uint32_t replications) {
  ModelParts parts = shipped("coffee.toml");
  parts.settings.customers = customers;
  parts.settings.replications = replications;
  return Model(parts);
}

/// Customers who talk to one another; rules switch by what a survey says.
Model coupled(const char* scenario, std::uint32_t replications) {
  ModelParts parts = shipped(scenario);
  parts.settings.customers = 1500;
  parts.settings.replications = replications;
  return Model(parts);
}

/// What ranks tell one another of a window: the text alone; nothing where it is another message.
std::string_view window_text(const std::string& message) {
  if (message.front() != 'W') return {};
  return std::string_view(message).substr(message.find(' ') + 1);
}

/// Whether nothing makes ranks live such a replication whole.
bool can_be_split(const Model& model) {
  const auto& places = model.parts().touchpoints;
  return model.coupled() &&
         std::none_of(places.begin(), places.end(), [](const Touchpoint& place) { return place.queues(); });
}

RunOptions with_threads(int threads) {
  RunOptions options;
  options.threads = threads;
  return options;
}

}  // namespace

TEST_CASE("shared run: 1, 2 and 3 ranks give the bits of one process", "[verify]") {
  struct Case {
    const char* name;
    Model model;
  };
  for (const Case& each :
       {Case{"few large replications", coffee(3 * block_customers, 2)}, Case{"many small ones", coffee(50, 300)},
        Case{"talk", coupled("retail-word-of-mouth.toml", 4)}, Case{"rules", coupled("closed-loop.toml", 5)}}) {
    CAPTURE(each.name);
    const std::vector<PlanId> plans = all_plans(each.model.parts());
    const Run alone = try_run(each.model, plans, with_threads(2));
    REQUIRE(alone.result);
    for (const std::uint32_t count : {1u, 2u, 3u}) {
      for (const int threads : {1, 3}) {
        CAPTURE(count, threads);
        CHECK(difference(alone, shared(each.model, plans, count, with_threads(threads))).empty());
      }
    }
  }
}

TEST_CASE("shared run: a message that is lost or changed shows", "[verify]") {
  const Model model = coffee(3 * block_customers, 1);
  const std::vector<PlanId> plans{PlanId(0)};
  const Run alone = try_run(model, plans, with_threads(2));
  std::atomic<int> parts = 0;
  const Run lost =
      shared(model, plans, 3, with_threads(1), [&](std::string& message) { return message.front() != 'P' || parts++ != 0; });
  REQUIRE(parts > 0);
  REQUIRE(lost.result);
  CHECK(lost.result->interrupted);
  parts = 0;
  const Run changed = shared(model, plans, 3, with_threads(1), [&](std::string& message) {
    if (message.front() == 'P' && parts++ == 0) message.back() = static_cast<char>(message.back() ^ 2);
    return true;
  });
  REQUIRE(parts > 0);
  CHECK_FALSE(difference(alone, changed).empty());
}

TEST_CASE("shared run: ranks live one replication together to the bits of one process", "[verify]") {
  // Talk on a network and reviews; accounts and gates; rules, which switch.
  for (const char* name : {"retail-word-of-mouth.toml", "b2b-software.toml", "bank-silos.toml"}) {
    CAPTURE(name);
    const Model model = coupled(name, 1);
    REQUIRE(can_be_split(model));
    const std::vector<PlanId> plans = all_plans(model.parts());
    const Run alone = try_run(model, plans, with_threads(2));
    REQUIRE(alone.result);
    if (std::string_view(name) == "bank-silos.toml") {
      CHECK(std::any_of(alone.result->totals.begin(), alone.result->totals.end(),
                        [](const std::vector<Totals>& plan) { return !plan.front().switches.empty(); }));
    }
    for (const std::uint32_t count : {2u, 3u}) {
      CAPTURE(count);
      std::atomic<int> told = 0;
      const Run done = shared(model, plans, count, with_threads(count == 2 ? 3 : 1), [&](std::string& message) {
        if (!window_text(message).empty()) ++told;
        return true;
      });
      CHECK(told > 0);
      CHECK(difference(alone, done).empty());
    }
  }
}

TEST_CASE("shared run: ranks live random models together to the bits of one process", "[verify]") {
  int split = 0, talk = 0, reviews = 0, gates = 0, rules = 0, at_intervals = 0, few = 0, poisson = 0, errors = 0;
  for (std::uint64_t number = 0; number < 250; ++number) {
    ModelParts parts = verify::coupled(asking(ruled(random_model(number, 30, Flavour::any))));
    if (number % 3 == 0) parts = verify::coupled(by_calendar(asking(random_model(number, 30, Flavour::any))));
    parts.settings.replications = 1 + number % 2;
    if (number % 9 == 0) parts.settings.customers = 1 + number % 4;
    // There may be too few people to talk.
    if (parts.word_of_mouth) parts.settings.arrivals = PeopleNumber::fixed;
    if (parts.word_of_mouth && number % 9 == 0) parts.word_of_mouth->network = WellMixed{};
    const Model model(parts);
    if (!can_be_split(model)) continue;
    ++split;
    talk += parts.word_of_mouth ? 1 : 0;
    reviews += parts.reviews ? 1 : 0;
    gates += parts.account_segments.empty() || parts.account_segments.front().gates.empty() ? 0 : 1;
    rules += parts.rules.empty() ? 0 : 1;
    few += parts.settings.customers < 4 ? 1 : 0;
    poisson += parts.settings.arrivals == PeopleNumber::poisson ? 1 : 0;
    at_intervals += std::any_of(parts.surveys.begin(), parts.surveys.end(),
                                [](const Survey& survey) { return survey.every.has_value(); })
                        ? 1
                        : 0;
    CAPTURE(number);
    const std::vector<PlanId> plans = all_plans(parts);
    const Run alone = try_run(model, plans, with_threads(1));
    errors += alone.error.empty() ? 0 : 1;
    CHECK(difference(alone, shared(model, plans, 3, with_threads(1 + static_cast<int>(number % 2)))).empty());
  }
  CAPTURE(split, talk, reviews, gates, rules, at_intervals, few, poisson, errors);
  for (const int models : {talk, reviews, gates, rules, at_intervals, few, poisson}) CHECK(models > 2);
}

TEST_CASE("shared run: what ranks tell one another of a window counts", "[verify]") {
  const Model talking = coupled("retail-word-of-mouth.toml", 1), ruled_model = coupled("bank-silos.toml", 1);
  const std::vector<PlanId> plans{PlanId(0)}, all = all_plans(ruled_model.parts());
  // A lost message is noticed as such.
  std::atomic<int> told = 0;
  const Run lost = shared(talking, plans, 3, with_threads(1),
                          [&](std::string& message) { return window_text(message).empty() || told++ != 40; });
  CHECK(lost.error.find("a message between ranks was lost") != std::string::npos);
  // One word of mouth less that crosses from rank to rank, one review more, one count less of what rules look at.
  struct Case {
    const Model& model;
    const std::vector<PlanId>& plans;
    std::function<bool(std::string_view text)> at;
    std::function<void(std::string& message)> change;
  };
  // Numbers of 8 bytes each: words are one, reviews two (and their stars), whether to end, stop or keep three, sums more.
  const auto without_last_word = [](std::string& message) { message.resize(message.size() - 8); };
  const auto one_more = [](std::string& message) { ++message[message.size() - 16]; };
  const auto other_sums = [](std::string& message) { message.back() = static_cast<char>(message.back() ^ 2); };
  for (const Case& each :
       {Case{talking, plans, [](std::string_view text) { return text.size() >= 32 && text.size() % 8 == 0; },
             without_last_word},
        Case{talking, plans, [](std::string_view text) { return text.size() == 16 && text[15] == 0 && text[7] == 0; },
             one_more},
        Case{ruled_model, all, [](std::string_view text) { return text.size() > 24; }, other_sums}}) {
    const Run alone = try_run(each.model, each.plans, with_threads(2));
    std::atomic<int> seen = 0;
    const Run other = shared(each.model, each.plans, 3, with_threads(1), [&](std::string& message) {
      if (each.at(window_text(message)) && ++seen == 5) each.change(message);
      return true;
    });
    REQUIRE(seen >= 5);
    CHECK_FALSE(difference(alone, other).empty());
  }
}

TEST_CASE("shared run: an error is that of one process, whichever rank comes upon it", "[verify]") {
  // One life in a thousand never ends.
  ModelParts parts = journey({place(Stage::awareness, {by_odds(1, 1.0), by_odds(2, 999.0)}),
                              place(Stage::retention, {by_odds(1, 1.0, Fixed{1e-4})}), finish(End::lost)},
                             30.0, 64);
  parts.settings.replications = 200;
  const std::vector<PlanId> plans{PlanId(0)};
  const bool together = GENERATE(false, true);
  if (together) {
    parts.settings.replications = 1;
    parts.settings.customers = 9000;
    parts.reviews = Reviews{};
  }
  const Model model(parts);
  const Run alone = try_run(model, plans, with_threads(2));
  REQUIRE_FALSE(alone.error.empty());
  CHECK(difference(alone, shared(model, plans, 3, with_threads(1))).empty());
}

TEST_CASE("shared run: what was kept is not simulated again, and the bits are the same", "[verify]") {
  for (const Model& model : {coffee(2 * block_customers, 3), coupled("closed-loop.toml", 6)}) {
    const std::vector<PlanId> plans = all_plans(model.parts());
    const Run straight = try_run(model, plans, with_threads(2));
    REQUIRE(straight.result);
    std::vector<std::string> kept;
    // Each run is stopped once it has kept another part or two; the ranks differ from run to run.
    for (std::uint32_t turn = 0;; ++turn) {
      REQUIRE(turn < 200);
      TestKeeper keeper(kept, 1 + turn % 3);
      RunOptions options = with_threads(1 + static_cast<int>(turn % 2));
      options.stop = keeper.stop.get_token();
      const std::uint32_t count = 1 + turn % 3;
      const Run done = count == 1 ? try_run(model, plans, options, {nullptr, &keeper})
                                  : shared(model, plans, count, options, {}, &keeper);
      REQUIRE(done.result);
      CHECK(keeper.all().size() > kept.size());
      kept = keeper.all();
      if (!done.result->interrupted) {
        CHECK(turn > 1);
        CHECK(difference(straight, done).empty());
        break;
      }
    }
    // What is found counts: with another number in it the bits are others.
    RunPart part = unpacked(kept.front(), straight.result->shapes);
    part.sums.front().paired_outcomes.count(0, CustomerChange::kept, SatisfactionChange::same, 1);
    kept.front() = packed(part);
    TestKeeper keeper(kept);
    CHECK_FALSE(difference(straight, try_run(model, plans, with_threads(2), {nullptr, &keeper})).empty());
    CHECK(keeper.kept.empty());
  }
}

namespace {

struct Continued {
  Run done;
  int turns = 0;
};

/// A run that is stopped at each `windows`-th end of a window, and goes on with other ranks and threads each time. `spoil`
/// may change what is found.
Continued continued(const Model& model, const std::vector<PlanId>& plans, int windows,
                    const std::function<void(TestStates&)>& spoil = {}) {
  TestKeeperOfAll keeper;
  Continued result;
  for (;; ++result.turns) {
    REQUIRE(result.turns < 500);
    keeper.turn(windows);
    if (spoil && result.turns > 0) spoil(keeper.of_states);
    RunOptions options = with_threads(1 + result.turns % 2);
    options.stop = keeper.of_states.stop.get_token();
    const auto count = static_cast<std::uint32_t>(1 + (result.turns + 1) % 3);
    result.done =
        count == 1 ? try_run(model, plans, options, {nullptr, &keeper}) : shared(model, plans, count, options, {}, &keeper);
    if (!result.done.result || !result.done.result->interrupted) return result;
  }
}

}  // namespace

TEST_CASE("shared run: a replication that was stopped under way goes on to the same bits", "[verify]") {
  for (const char* name : {"retail-word-of-mouth.toml", "b2b-software.toml", "bank-silos.toml"}) {
    CAPTURE(name);
    const Model model = coupled(name, 1);
    const std::vector<PlanId> plans = all_plans(model.parts());
    const Run straight = try_run(model, plans, with_threads(2));
    REQUIRE(straight.result);
    const Continued run = continued(model, plans, 17);
    CHECK(run.turns > 2);
    CHECK(difference(straight, run.done).empty());
    // The satisfaction of the first customers is another than was kept: this gives other bits.
    const Continued spoilt = continued(model, plans, 17, [](TestStates& states) {
      std::string& piece = states.found_pieces.front();
      constexpr std::size_t head = 1 + sizeof(std::uint64_t), column_head = 2 * sizeof(std::uint64_t);
      std::array<std::uint64_t, 2> customers{};
      std::memcpy(customers.data(), piece.data() + head, column_head);
      // After the column of who is due, a byte a customer, come the rows.
      const std::size_t rows = head + column_head + (customers[1] - customers[0]) + column_head;
      for (std::size_t k = 0; k < 200; ++k) {
        char& letter = piece[rows + k * sizeof(lock_step::Kept) + offsetof(lock_step::Kept, satisfaction) + 2];
        letter = static_cast<char>(letter ^ 8);
      }
    });
    CHECK_FALSE(difference(straight, spoilt.done).empty());
  }
}

TEST_CASE("shared run: random models go on to the same bits", "[verify]") {
  int turns = 0;
  for (std::uint64_t number = 0; number < 120; ++number) {
    ModelParts parts = verify::coupled(asking(ruled(random_model(number, 30, Flavour::any))));
    if (number % 3 == 0) parts = verify::coupled(remembering(following_up(asking(random_model(number, 30, Flavour::any)))));
    parts.settings.replications = 1 + number % 2;
    const Model model(parts);
    if (!can_be_split(model)) continue;
    CAPTURE(number);
    const std::vector<PlanId> plans = all_plans(parts);
    const Run alone = try_run(model, plans, with_threads(1));
    const Continued run = continued(model, plans, 5 + static_cast<int>(number % 4));
    turns += run.turns;
    CHECK(difference(alone, run.done).empty());
  }
  CHECK(turns > 30);
}

TEST_CASE("shared run: what was kept of a replication is refused where it is damaged", "[verify]") {
  const Model model = coupled("retail-word-of-mouth.toml", 1);
  const std::vector<PlanId> plans{PlanId(0)};
  TestKeeperOfAll keeper;
  keeper.turn(9);
  RunOptions options = with_threads(1);
  options.stop = keeper.of_states.stop.get_token();
  const Run stopped = try_run(model, plans, options, {nullptr, &keeper});
  REQUIRE(stopped.result);
  REQUIRE(stopped.result->interrupted);
  keeper.turn(-1);
  const std::string whole = keeper.of_states.found_pieces.at(0);
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, whole.size() / 2, whole.size() - 1}) {
    keeper.of_states.found_pieces.at(0) = whole.substr(0, size);
    CHECK(try_run(model, plans, with_threads(1), {nullptr, &keeper}).error.find("is damaged") != std::string::npos);
  }
  keeper.of_states.found_pieces.at(0) = whole + "x";
  CHECK(try_run(model, plans, with_threads(1), {nullptr, &keeper}).error.find("is damaged") != std::string::npos);
}

TEST_CASE("shared run: parts of another run are refused", "[verify]") {
  const Model model = coffee(2 * block_customers, 3);
  const std::vector<PlanId> plans{PlanId(0)};
  TestKeeper keeper;
  const RunOptions options = with_threads(2);
  REQUIRE(try_run(model, plans, options, {nullptr, &keeper}).result);
  for (const Model& other :
       {coffee(2 * block_customers, 1), coffee(block_customers * 32 * 3, 3), coupled("closed-loop.toml", 3)}) {
    TestKeeper found(keeper.kept);
    CHECK_FALSE(try_run(other, plans, options, {nullptr, &found}).error.empty());
  }
  std::vector<std::string> twice = keeper.kept;
  twice.push_back(twice.front());
  TestKeeper doubled(twice);
  CHECK_FALSE(try_run(model, plans, options, {nullptr, &doubled}).error.empty());
}

TEST_CASE("run parts: there and back, and no damage passes", "[verify]") {
  const int wide = GENERATE(0, 1, 4);
  const Model model = coffee(100, 1);
  const Program program(model);
  const std::vector<TallyShape> shapes{tally_shape(program)};
  RunPart part{7, 3, 11, {Totals(shapes.front())}};
  part.sums.front().switches = {{2, 30.25, true}, {0, 1e-300, false}};
  Tally table(shapes.front());
  std::int64_t number = 1;
  for (std::size_t cell = 0; cell < table.cells().size(); ++cell) {
    number = static_cast<std::int64_t>(static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15u);
    if (cell % 3 != 0) table.add(cell, number >> (cell % 61));
  }
  table.events = 12345678901234;
  // Far beyond 64 bits.
  for (int k = 0; k < 9; ++k) part.sums.front().add(table);
  for (int k = 0; k < 9 * wide; ++k) part.sums.front().add(Totals(part.sums.front()));
  part.sums.front().paired_outcomes.count(1, EndStanding::lost, EndStanding::customer, 77);
  const std::string bytes = packed(part);
  const RunPart again = unpacked(bytes, shapes);
  CHECK(again.replication == 7);
  CHECK(again.batch == 3);
  CHECK(again.blocks == 11);
  CHECK(difference("part", part.sums.front(), again.sums.front()).empty());
  CHECK_THROWS_AS(unpacked(bytes + std::string(1, '\0'), shapes), RunError);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 7) {
    CHECK_THROWS_AS(unpacked(bytes.substr(0, size), shapes), RunError);
  }
  CHECK_THROWS_AS(unpacked(bytes, {}), RunError);
  CHECK_THROWS_AS(unpacked(std::string(200, '\xff'), shapes), RunError);
}
