// Queues through the whole engine: near full load and beyond it from nothing, in the cases that formulas get wrong, and to
// the bit a simulation event by event of the same calls.
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/engine/diary.hpp"
#include "sojourn/engine/recorder.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/queue_by_events.hpp"
#include "tests/verify/queue_centres.hpp"
#include "tests/verify/same_result.hpp"

using namespace sojourn;
using namespace sojourn::verify;

TEST_CASE("queues in the loop: the line grows from nothing as birth and death say, near full load and beyond", "[verify]") {
  for (const double load : {0.95, 1.2}) {
    Centre centre;
    centre.handle_time = load * 4.0 / centre.calls;
    centre.days = 10.0;
    centre.replications = 48;
    const QueueFigures right = exact(centre);
    for (const double window : {15.0 * minute, 1.0, 7.0}) {
      centre.window = window;
      ModelParts parts = parts_of(centre);
      parts.settings.horizon = Days(centre.days);  // with the last call, whether or not all are served
      const PlanId plan(0);
      const RunResult result = run(Model(parts), std::span(&plan, 1));
      Sample in_line, at_end;
      for (const Totals& totals : result.totals[0]) {
        const TallyShape& shape = totals.shape();
        double sum = 0.0, last = 0.0;
        for (std::size_t w = 0; w < shape.windows; ++w) sum += last = totals.value(shape.queue(0, w, QueueScore::waiting));
        in_line.add(sum / static_cast<double>(shape.windows));
        at_end.add(last);
      }
      const double mean = right.wait * centre.calls;
      CAPTURE(load, window, mean, right.line_at_end);
      CHECK(near(at_end, right.line_at_end, load < 1.0 ? 1.3 * right.line_at_end : 0.25 * right.line_at_end, 0.0));
      if (window > 0.5) continue;  // too few ends of windows for a mean over time
      CHECK(near(in_line, mean, load < 1.0 ? 0.5 * mean : 0.2 * mean, 0.0));
      // The twin: servers who are a little faster.
      Centre faster = centre;
      faster.handle_time *= load < 1.0 ? 0.8 : 0.95;
      CHECK_FALSE(near(in_line, exact(faster).wait * centre.calls, 0.5 * mean, 0.0));
    }
  }
}

// What formulas that are fed with one window's count get wrong, sometimes by a factor of thirty.
TEST_CASE("queues in the loop: short windows, small shares of people, impatience near full load", "[verify]") {
  Centre q;  // load 0.8
  q.calls = 500.0;
  q.days = 100.0;
  q.handle_time = 0.0064;
  q.replications = 12;
  for (const double window : {1.0 / 24.0, 4.0 / 24.0, 1.0}) {
    q.window = window;
    const Sample wait = found(q).wait;
    CHECK(near(wait, 6.87, 2.5, 0.0));
    if (window > 0.5) CHECK_FALSE(near(wait, 13.9, 2.5, 0.0));  // the twin: what such a formula said
  }
  Centre qa;
  qa.calls = 4800.0;
  qa.handle_time = 3.0 * minute;
  qa.patience = 5.0 * minute;
  qa.days = 10.0;
  qa.replications = 16;
  const double hang_up[] = {0.0699, 0.0427, 0.0250, 0.0140, 0.0075};
  for (int k = 0; k < 5; ++k) {
    qa.servers = 11.0 + k;
    CAPTURE(qa.servers);
    const Sample gave_up = found(qa).gave_up;
    CHECK(near(gave_up, hang_up[k], 0.1 * hang_up[k] + 0.002, 0.0));
    CHECK_FALSE(near(gave_up, k < 4 ? hang_up[k + 1] : 0.0140, 0.1 * hang_up[k] + 0.002,
                     0.0));  // the twin: one server more, or less
  }
  qa.calls = 6000.0;
  qa.handle_time = 6.0 * minute;
  qa.patience = 2.0 * minute;
  struct Busy {
    double servers, share, by_formula;
  };
  for (const Busy& busy : {Busy{22.0, 0.1737, 0.1066}, {25.0, 0.1006, 0.0873}, {31.0, 0.0204, 0.0745}}) {
    qa.servers = busy.servers;
    CAPTURE(qa.servers);
    const Sample gave_up = found(qa).gave_up;
    CHECK(near(gave_up, busy.share, 0.1 * busy.share + 0.003, 0.0));
    CHECK_FALSE(near(gave_up, busy.by_formula, 0.1 * busy.share + 0.003, 0.0));
    // The twins: one server more, and calls that take 6 seconds less.
    Centre twin = qa;
    twin.servers += 1.0;
    CHECK_FALSE(near(found(twin).gave_up, busy.share, 0.1 * busy.share + 0.003, 0.0));
    twin = qa;
    twin.handle_time -= 0.1 * minute;
    CHECK_FALSE(near(found(twin).gave_up, busy.share, 0.1 * busy.share + 0.003, 0.0));
  }
  // Nobody waits for longer than a moment: all but a loss system (Erlang 1917).
  Centre hasty;
  hasty.servers = 2.0;
  hasty.handle_time = 0.75 / hasty.calls;
  hasty.patience = 0.001 * minute;
  CHECK(near(found(hasty).gave_up, 0.1385, 0.01, 0.0));
  CHECK_FALSE(near(found(hasty).gave_up, 0.495, 0.01, 0.0));
}

namespace {

/// What a customer did at a touchpoint, and how the stay there ended; an exit of -1 is the horizon.
struct Met {
  std::uint32_t touchpoint = 0;
  double time = 0.0, wait = 0.0;
  InLine line = InLine::none;
  double until = 0.0;
  std::int64_t exit = -1;
  bool operator==(const Met&) const = default;
};

/// Writes down what a customer does, and counts it as the engine's own reference does.
struct Watched {
  Recorder recorder;
  Life life;
  Call call;                // the last one
  bool takes_time = true;   // at it, of a server
  std::size_t came_in = 0;  // the window in which it came
  std::vector<Met> met;

  void arrived(const Person& person) { recorder.arrived(person); }
  void asked(const Person&, const Asked&, const State&) {}
  void came(const Person& person, const Visit& visit, const State& before, const State& after) {
    recorder.came(person, visit, before, after);
    met.push_back({visit.touchpoint, visit.time, 0.0, visit.line, 0.0, -1});
  }
  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    recorder.visited(person, visit, row, before, after);
    if (visit.line == InLine::none) met.emplace_back();
    met.back() = {visit.touchpoint, visit.time, visit.wait, visit.line, 0.0, -1};
  }
  void stayed(const Person& person, const Visit& visit, const Stay& stay, const State& state) {
    recorder.stayed(person, visit, stay, state);
    if (stay.exit >= 0) met.back().until = stay.until, met.back().exit = stay.exit;
  }
};

/// A plan of all rules and improvements of a town, or of nothing.
Model planned(const ModelParts& parts) {
  return parts.rules.empty() ? Model(parts) : apply(Model(parts), PlanId(parts.plans.size() - 1));
}

/// In which copy of the market somebody queues, and whether somebody takes a server's time there; written apart.
struct Stand {
  std::size_t copy;
  bool takes_time;
};
Stand stand_of(std::uint32_t customer, double customers, double market) {
  if (market >= customers) return {0, true};
  const double filled = customers / market, whole = std::floor(filled + 1e-9);
  const double of_golden_ratio = static_cast<double>((std::uint64_t{customer} * 0x9e3779b9u) % (std::uint64_t{1} << 32));
  const double at = of_golden_ratio / 4294967296.0 * filled;
  if (at < whole) return {static_cast<std::size_t>(at), true};
  return {static_cast<std::size_t>((at - whole) / (filled - whole) * whole), false};
}

/// Servers and lines of each of so many copies of the market.
Staffing staff_copies(const Staffing& one, std::size_t copies) {
  Staffing all = one;
  for (std::size_t copy = 1; copy < copies; ++copy) {
    const auto pools = static_cast<std::uint32_t>(copy * one.pools.size());
    all.pools.insert(all.pools.end(), one.pools.begin(), one.pools.end());
    for (Staffing::Queue queue : one.queues) {
      for (std::uint32_t& pool : queue.pools) pool += pools;
      all.queues.push_back(queue);
    }
  }
  return all;
}

/// A replication event by event. Each customer lives one visit after another as the text of the reference says, with the
/// engine's draws, and comes to lines that are written apart: there are no windows, blocks, lanes, or bounds on who comes
/// back. Rules look at what has been written down of the lives, and make twice the servers, or calls half as long.
class LivesByEvents {
 public:
  explicit LivesByEvents(const ModelParts& parts)
      : program_(planned(parts)),
        population_(program_.model().parts()),
        streams_(parts.settings.seed, 0),
        lives_(program_, population_, streams_),
        tally_(tally_shape(program_)),
        market_(parts.settings.market.value_or(static_cast<double>(parts.settings.customers))),
        copies_(static_cast<std::size_t>(
            std::max(1.0, std::floor(static_cast<double>(parts.settings.customers) / market_ + 1e-9)))),
        lines_(staff_copies(program_.staffing(), copies_)) {
    std::vector<Call> calls;
    customers_.reserve(parts.settings.customers);
    for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
      Watched& who = customers_.emplace_back(Watched{Recorder(program_, tally_), lives_.begin(i), {}, true, 0, {}});
      if (who.life.person.arrival > program_.horizon()) continue;
      lives_.load_traits(i, who.life);
      who.arrived(who.life.person);
      if (const auto call = to_next_queue(i, false)) calls.push_back(*call);
    }
    QueueByEvents::Looks looks;
    rules_.resize(parts.rules.size());
    if (!rules_.empty()) {
      looks.at = program_.windows().ends();
      looks.at.pop_back();  // nothing comes after the last
      looks.look = [this](double time) { return look(time); };
    }
    static_cast<void>(lines_.run(
        calls, program_.horizon(), [&](const ResolvedCall& one) { return go_on(one); }, looks));
    for (Watched& who : customers_) {
      if (who.met.empty() || who.met.back().line != InLine::waiting) continue;
      who.stayed(who.life.person, who.life.visit, who.life.stay, who.life.state);
      count_waiting(who, program_.windows().count());
    }
  }

  /// How often rule `k` came into force or ended.
  [[nodiscard]] std::size_t switches(std::size_t k) const { return rules_[k].switches; }
  [[nodiscard]] const std::vector<Met>& met(std::uint32_t customer) const { return customers_[customer].met; }
  /// How the sums of a run differ from what happened here; nothing where they are equal, to the bit but for the servers'
  /// time, which is summed up in another order.
  [[nodiscard]] std::string difference(const Totals& totals) const {
    const TallyShape& shape = tally_.shape();
    if (totals.shape().cells() != shape.cells()) return "tables of different sizes";
    for (std::size_t pool = 0; pool < shape.pools; ++pool) {
      const double worked = totals.value(shape.worked(pool), shape.scales.days);
      double right = 0.0;
      for (std::size_t copy = 0; copy < copies_; ++copy) {
        right += lines_.worked(copy * shape.pools + pool) / static_cast<double>(copies_);
      }
      if (std::fabs(worked - right) > 1e-6 + 1e-9 * worked) {
        return fmt::format("pool {} worked {} days, not {}", pool, worked, right);
      }
    }
    for (std::size_t i = 0; i < shape.cells(); ++i) {
      if (i >= shape.worked(0) && i < shape.worked(shape.pools)) continue;
      if (totals.cell(i) == tally_.cells()[i]) continue;
      return fmt::format("cell {} ({}) holds {}, not {}", i, part_of_table(shape, i), totals.value(i),
                         static_cast<double>(tally_.cells()[i]));
    }
    return {};
  }
  /// Visits to queues by what became of them.
  [[nodiscard]] std::size_t visits(InLine line) const {
    std::size_t count = 0;
    for (const Watched& who : customers_) {
      for (const Met& met : who.met) count += met.line == line;
    }
    return count;
  }
  /// Those that come at most `days` after the customer was at a queue before.
  [[nodiscard]] std::size_t back_within(double days) const {
    std::size_t count = 0;
    for (const Watched& who : customers_) {
      double before = -1e9;
      for (const Met& met : who.met) {
        if (met.line == InLine::none) continue;
        count += met.time - met.wait - before <= days;
        before = met.time;
      }
    }
    return count;
  }

 private:
  /// The customer lives up to the next call, if there is one; `begun`: after a visit.
  std::optional<Call> to_next_queue(std::uint32_t customer, bool begun) {
    Watched& who = customers_[customer];
    Life& life = who.life;
    for (;; begun = true) {
      if (begun) who.stayed(life.person, life.visit, life.stay, life.state);
      if (begun && life.stay.exit < 0) return std::nullopt;
      if (lives_.leads_to_queue(life)) break;
      lives_.visit_next(customer, life, who);
    }
    lives_.come_to_queue(customer, life, who);
    const Visit& visit = life.visit;
    const std::uint32_t persona = life.person.persona;
    const bool gives_up = !program_.gave_up_exits(program_.row(visit.regime, persona, visit.touchpoint)).empty();
    who.call = call_for_service(program_, streams_, {customer, visit.event, persona, visit.touchpoint, visit.time},
                                gives_up ? lives_.patience() : -1.0f);
    const Stand stand = stand_of(customer, static_cast<double>(program_.model().parts().settings.customers), market_);
    who.takes_time = stand.takes_time;
    who.came_in = window_of(who.call.time);
    add(who.call.queue, who.call.time, QueueScore::came, 1);
    Call call = who.call;
    call.of_somebody = stand.takes_time;
    call.queue += static_cast<std::uint32_t>(stand.copy * program_.staffing().queues.size());
    if (!stand.takes_time) call.work = 0.0;
    return call;
  }
  std::vector<Call> go_on(ResolvedCall resolved) {
    const std::uint32_t customer = resolved.call.customer;
    resolved.call.queue %= static_cast<std::uint32_t>(program_.staffing().queues.size());
    Watched& who = customers_[customer];
    count(resolved);
    who.life.visit.window = std::max(who.life.visit.window, looked_);
    lives_.load_traits(customer, who.life);
    lives_.leave_line(customer, who.life, resolved, who);
    if (const auto call = to_next_queue(customer, true)) return {*call};
    return {};
  }

  /// The end of a window: what the rules see in it and, where one switches, who serves from now on.
  std::optional<Staffing> look(double now) {
    ++looked_;
    const std::vector<Rule>& rules = program_.model().parts().rules;
    bool any = false;
    for (std::size_t k = 0; k < rules.size(); ++k) {
      const Rule& rule = rules[k];
      InForce& state = rules_[k];
      const double figure = rule.touchpoint.valid() ? visits_each(static_cast<std::uint32_t>(rule.touchpoint.index()), now)
                                                    : satisfaction(now);
      if (std::isnan(figure)) continue;
      const bool holds = rule.above ? figure > *rule.above : figure < *rule.below;
      const bool ends = rule.off_above ? figure > *rule.off_above : !holds;
      state.windows = holds ? state.windows + 1 : 0;
      const bool before = state.on;
      state.on = before ? !ends : state.windows >= rule.windows;
      if (before && !state.on) state.windows = 0;
      if (state.on == before) continue;
      ++state.switches;
      any = true;
    }
    if (!any) return std::nullopt;
    Staffing staffing = program_.staffing();
    for (auto& [time, servers] : staffing.pools[1]) servers *= rules_[0].on ? 2.0 : 1.0;
    for (auto& [time, days] : staffing.queues[program_.service(1).queue].handle_time) days *= rules_[1].on ? 0.5 : 1.0;
    return staff_copies(staffing, copies_);
  }
  /// Visits to a touchpoint in the window that ends, for each who has arrived.
  [[nodiscard]] double visits_each(std::uint32_t touchpoint, double now) const {
    const Windows& windows = program_.windows();
    const double begin = windows.begin(windows.of(now));
    double visits = 0.0, arrived = 0.0;
    for (const Watched& who : customers_) {
      arrived += who.life.person.arrival <= now ? 1.0 : 0.0;
      for (const Met& met : who.met) {
        visits += met.touchpoint == touchpoint && met.time > begin && met.time <= now ? 1.0 : 0.0;
      }
    }
    return arrived > 0.0 ? visits / arrived : std::nan("");
  }
  /// The mean over customers at the end of the window: lives that are ahead count in later ones.
  [[nodiscard]] double satisfaction(double now) const {
    const TallyShape& shape = tally_.shape();
    double sum = 0.0, customers = 0.0;
    for (std::size_t p = 0; p < shape.personas; ++p) {
      for (std::size_t w = 0; w <= program_.windows().of(now); ++w) {
        sum += static_cast<double>(tally_.cells()[shape.time(p, w, TimeScore::satisfaction)]);
        customers += static_cast<double>(tally_.cells()[shape.time(p, w, TimeScore::customers)]);
      }
    }
    return customers > 0.0 ? sum / shape.scales.score / customers : std::nan("");
  }

  /// What happens at the end of a window because a rule has switched belongs to the next one.
  [[nodiscard]] std::size_t window_of(double when) const { return std::max(program_.windows().of(when), looked_); }
  void add(std::uint32_t queue, double when, QueueScore score, std::int64_t amount) {
    tally_.add(tally_.shape().queue(queue, window_of(when), score), amount);
  }
  /// In line at the ends of windows up to `left`, in which the wait ended.
  void count_waiting(const Watched& who, std::size_t left) {
    for (std::size_t w = who.came_in; who.takes_time && w < left; ++w) {
      tally_.add(tally_.shape().queue(who.call.queue, w, QueueScore::waiting), 1);
    }
  }
  void count(const ResolvedCall& one) {
    const Call& call = one.call;
    if (one.outcome == ResolvedCall::Outcome::turned_away) {
      add(call.queue, one.time, QueueScore::turned_away, 1);
      return;
    }
    const double wait = one.time - call.time;
    add(call.queue, one.time, QueueScore::wait, fixed(wait, tally_.shape().scales.days));
    tally_.add(tally_.shape().waited(call.queue, wait_bin_of(wait)), 1);
    count_waiting(customers_[call.customer], window_of(one.time));
    const bool served = one.outcome == ResolvedCall::Outcome::served;
    add(call.queue, one.time, served ? QueueScore::served : QueueScore::gave_up, 1);
    for (std::uint32_t v = 0; served && v < program_.model().parts().touchpoints.size(); ++v) {
      if (program_.place(v).queues && program_.service(v).queue == call.queue && wait <= program_.service(v).answer_within) {
        add(call.queue, one.time, QueueScore::in_time, 1);
      }
    }
  }

  const Program program_;
  const Population population_;
  Streams streams_;
  Lives lives_;
  Tally tally_;
  double market_;       // real people
  std::size_t copies_;  // of the market, each with lines and servers of its own
  QueueByEvents lines_;
  std::vector<Watched> customers_;
  struct InForce {
    bool on = false;
    int windows = 0;  // in a row in which the condition held
    std::size_t switches = 0;
  };
  std::vector<InForce> rules_;
  std::size_t looked_ = 0;  // windows at whose ends the rules have looked
};

/// A town whose people call about once a day, are passed on to an expert, hang up, are turned away, and call again within
/// minutes.
struct Town {
  double days = 10.0, window = 1.0;
  std::uint64_t people = 300;
  /// Whether calls wait in the order of their arrival alone and there is room for all, so that they are foreseen; else there
  /// are priorities, laws of handling time and patience, a fractional server and little room.
  bool plain = false;
  bool own_patience = false;  // people differ
  bool carries = false;       // a clock and a counter that bear on the way to the queue and from it
  double market = 0.0;        // real people; 0: as many as are simulated
  /// Twice the servers of the night pool where many hang up, and calls half as long where customers have not been content
  /// for two windows until they are again. `taken_back`: half the servers are bought away, and a rule takes that back.
  bool rules = false, taken_back = false;
};

ModelParts parts_of(const Town& town) {
  enum : std::size_t { home, call, expert, hung_up, gone };
  const auto on = [](Trigger trigger, std::size_t to, const Distribution& after) {
    Exit exit = by_odds(to, 1.0, after);
    exit.odds.reset();
    exit.on = trigger;
    return exit;
  };
  const auto bent = [](double satisfaction) {
    Slopes slopes;
    slopes.satisfaction = satisfaction;
    return slopes;
  };
  ModelParts parts =
      journey({place(Stage::purchase, {by_odds(call, 3.0, Exponential{0.8}), by_odds(home, 1.0, Fixed{2.0}, bent(1.0)),
                                       by_odds(gone, 0.1, Fixed{1.0}, bent(-3.0))}),
               place(Stage::retention,
                     {by_odds(home, 3.0, Exponential{0.5}, bent(1.0)), by_odds(call, 0.6, Exponential{20.0 * minute}),
                      by_odds(expert, 0.6, Fixed{0.0}), on(Trigger::gave_up, hung_up, Fixed{0.0})}),
               place(Stage::retention, {by_odds(home, 1.0, Uniform{0.25, 2.0}), on(Trigger::gave_up, hung_up, Fixed{0.0})}),
               place(Stage::retention, {by_odds(call, 3.0, Exponential{10.0 * minute}), by_odds(home, 1.0, Fixed{0.5}),
                                        by_odds(gone, 0.2, Fixed{0.0})}),
               finish(End::churned)},
              town.days, town.people);
  parts.settings.window = Days(town.window);
  if (town.market > 0.0) parts.settings.market = town.market;
  parts.touchpoints[home].revenue_per_month = 30.0;
  parts.touchpoints[call].cost = 2.0;
  for (Touchpoint& touchpoint : parts.touchpoints) touchpoint.quality_sd = 0.2;

  // The day's servers come at 6 and go at 18, and are more at noon; others are always there.
  const double real = town.market > 0.0 ? town.market : static_cast<double>(town.people);
  const double needed = 1.2 * real * 9.0 * minute;
  Pool day{"day", "", {}}, night{"night", "", {{0.0, town.plain ? std::ceil(0.4 * needed) : 0.4 * needed}}};
  for (int d = 0; d < 7; ++d) {
    day.servers.emplace_back(d, 0.0);
    day.servers.emplace_back(d + 0.25, std::ceil(needed));
    day.servers.emplace_back(d + 0.5, std::ceil(1.5 * needed));
    day.servers.emplace_back(d + 0.625, std::ceil(needed));
    day.servers.emplace_back(d + 0.75, 0.0);
  }
  parts.pools = {day, night};
  for (const std::size_t v : {std::size_t{call}, std::size_t{expert}}) {
    Touchpoint& touchpoint = parts.touchpoints[v];
    touchpoint.handle_time = Exponential{9.0 * minute};
    touchpoint.answer_within = Days(1.0 * minute);
    touchpoint.pools = {PoolId(0), PoolId(1)};
  }
  // A quarter of all come at once, when the servers of the second day do.
  parts.personas.push_back(parts.personas[0]);
  parts.personas[0].id = "early", parts.personas[1].id = "crowd";
  parts.personas[0].share = 0.75, parts.personas[1].share = 0.25;
  parts.personas[0].arrives = Uniform{0.0, 0.5 * town.days};
  parts.personas[1].arrives = Fixed{1.25};
  parts.personas[1].starts = {{TouchpointId(home), 0.5}, {TouchpointId(call), 0.5}};
  for (Persona& persona : parts.personas) {
    trait(persona, BuiltinTrait::patience) =
        town.own_patience ? Distribution(Lognormal{5.0 * minute, 0.8}) : Distribution(Fixed{6.0 * minute});
  }
  // On the second day all are closed from a quarter past ten to two; later calls take longer for a while.
  Change closed = change("closed", call, {Parameter::servers, Operation::set, 0.0}, 1.0 + 10.25 / 24.0, 1.0 + 14.0 / 24.0);
  closed.target.touchpoints.clear();
  closed.target.pools = {PoolId(0), PoolId(1)};
  parts.events = {
      closed, change("slow", call, {Parameter::handle_time, Operation::multiply, 1.25}, 0.6 * town.days, 0.8 * town.days)};
  if (!town.plain) {
    parts.personas[1].priority = -1;
    Touchpoint& to_expert = parts.touchpoints[expert];
    to_expert.handle_time = Lognormal{12.0 * minute, 0.7};
    to_expert.patience = Weibull{8.0 * minute, 1.4};
    to_expert.priority = 1;
    to_expert.room = 2;
    to_expert.pools = {PoolId(1)};
    to_expert.next.push_back(on(Trigger::turned_away, call, Exponential{20.0 * minute}));
  }
  if (town.rules) {
    Improvement staff, script;
    staff.change = change("staff", call, {Parameter::servers, Operation::multiply, town.taken_back ? 0.5 : 2.0}, 0.0);
    staff.change.target.touchpoints.clear();
    staff.change.target.pools = {PoolId(1)};
    script.change = change("script", call, {Parameter::handle_time, Operation::multiply, 0.5}, 0.0);
    parts.improvements = {staff, script};
    Rule hang_ups, content;
    hang_ups.id = "hang-ups", content.id = "content";
    hang_ups.metric = "visits";
    hang_ups.touchpoint = TouchpointId(hung_up);
    hang_ups.above = 0.02;
    (town.taken_back ? hang_ups.switch_off : hang_ups.switch_on) = ImprovementId(0);
    content.metric = "satisfaction";
    content.below = 0.46;
    content.windows = 2;
    content.off_above = 0.462;
    content.switch_on = ImprovementId(1);
    parts.rules = {hang_ups, content};
    Plan plan;
    plan.id = "adaptive";
    if (town.taken_back) plan.improvements = {ImprovementId(0)};
    plan.rules = {RuleId(0), RuleId(1)};
    parts.plans.push_back(plan);
  }
  if (town.carries) {
    Clock since;
    since.id = "since-home";
    since.starts_at = {TouchpointId(home)};
    parts.clocks.push_back(since);
    Counter calls;
    calls.id = "calls";
    calls.touchpoints = {TouchpointId(call)};
    calls.half_life = Days(1.0);
    parts.counters = {calls};
    // Who hangs up calls again the sooner the longer it is since being at home; who has called often is passed on.
    Touchpoint& again = parts.touchpoints[hung_up];
    again.exits = ExitRule::race;
    again.next = {by_odds(call, 1.0, Weibull{0.2, 1.5}), by_odds(home, 1.0, Exponential{0.3})};
    again.next[0].clock = ClockId(parts.clocks.size() - 1);
    parts.touchpoints[call].next[2].counters = {{CounterId(0), 1.0}};
    parts.touchpoints[call].next[1].only_if.counters = {{CounterId(0), Relation::below, 3.0}};
  }
  return parts;
}

/// The first difference between the engine and the simulation event by event, in all that is counted and in the lives of
/// some customers; those of others look ahead, as they do in any run.
std::string difference(const ModelParts& parts, const LivesByEvents& right, int threads) {
  RunOptions options;
  options.threads = threads;
  const PlanId plan(parts.plans.size() - 1);
  const std::string sums = right.difference(run(Model(parts), std::span(&plan, 1), options).totals[0][0]);
  if (!sums.empty()) return sums;
  const Model model = planned(parts);
  std::vector<std::uint32_t> some;
  for (std::uint32_t i = 0; i < parts.settings.customers; i += 11) some.push_back(i);
  for (const Diary& diary : write_diaries(model, some, options)) {
    std::vector<Met> met;
    for (const DiaryEntry& entry : diary.visits) {
      const Visit& visit = entry.visit;
      met.push_back({visit.touchpoint, visit.time, visit.wait, visit.line, entry.stay.exit >= 0 ? entry.stay.until : 0.0,
                     entry.stay.exit});
    }
    if (met != right.met(diary.customer)) return fmt::format("customer {} lives otherwise", diary.customer);
  }
  return {};
}

}  // namespace

TEST_CASE("queues in the loop: to the bit a simulation event by event of the same calls, at 1, 2 and 7 threads",
          "[verify]") {
  for (const bool priorities : {false, true}) {
    for (const double window : {15.0 * minute, 1.0, 7.0}) {
      Centre centre;
      centre.patience = 8.0 * minute;
      centre.answer_within = 1.0 * minute;
      centre.days = 10.0;
      centre.replications = 1;
      centre.window = window;
      const ModelParts parts = day_and_night(centre, priorities);
      const LivesByEvents right(parts);
      CAPTURE(priorities, window);
      for (const int threads : {1, 2, 7}) CHECK(difference(parts, right, threads) == "");
      // The twin: the pools in the other order.
      ModelParts twin = parts;
      std::swap(twin.touchpoints[0].pools[0], twin.touchpoints[0].pools[1]);
      CHECK(difference(parts, LivesByEvents(twin), 1) != "");
    }
  }
}

TEST_CASE("queues in the loop: lives with calls again, customer by customer a simulation event by event", "[verify]") {
  const Town towns[] = {
      {.days = 2.0, .window = 15.0 * minute, .people = 300},
      {.days = 2.0, .window = 2.0, .people = 300, .plain = true},
      {.days = 30.0, .window = 1.0, .people = 1500, .own_patience = true},
      {.days = 30.0, .window = 7.0, .people = 1500, .plain = true, .own_patience = true},
      {.days = 120.0, .window = 7.0, .people = 200},
      {.days = 5.0, .window = 1.0 / 24.0, .people = 9000},
      {.days = 5.0, .window = 5.0, .people = 9000, .plain = true},
      {.days = 10.0, .window = 1.0, .people = 1000, .carries = true},
      {.days = 10.0, .window = 1.0, .people = 1000, .market = 600.0},
      {.days = 10.0, .window = 1.0, .people = 1000, .market = 250.0},
      {.days = 10.0, .window = 3.0, .people = 1500, .plain = true, .own_patience = true, .market = 600.0},
      {.days = 10.0, .window = 3.0 / 24.0, .people = 2000, .market = 1000.0, .rules = true},
      {.days = 10.0, .window = 3.0 / 24.0, .people = 1000, .rules = true},
      {.days = 30.0, .window = 1.0, .people = 1000, .plain = true, .own_patience = true, .rules = true, .taken_back = true},
  };
  std::size_t turned_away = 0;
  for (const Town& town : towns) {
    CAPTURE(town.days, town.window, town.people, town.plain, town.own_patience, town.carries, town.market, town.rules,
            town.taken_back);
    const ModelParts parts = parts_of(town);
    const LivesByEvents right(parts);
    for (const int threads : {1, 2, 7}) CHECK(difference(parts, right, threads) == "");
    // All of it happens.
    CHECK(right.visits(InLine::served) > town.people / 2);
    CHECK(right.visits(InLine::gave_up) > town.people / 20);
    if (town.plain) CHECK(right.visits(InLine::turned_away) == 0);
    turned_away += right.visits(InLine::turned_away);
    CHECK(right.back_within(15.0 * minute) > town.people / 10);
    for (std::size_t k = 0; k < parts.rules.size(); ++k) CHECK(right.switches(k) >= (k == 0 ? 5 : 3));
  }
  CHECK(turned_away > 50);
}

TEST_CASE("queues in the loop: a simulation event by event of something else is noticed", "[verify]") {
  // What is wrong on purpose, in turn: the order of the pools, who is served first, the room, when the line opens again, how
  // soon one calls again, how long calls take for a while, and how many real people there are.
  const std::pair<bool, std::function<void(ModelParts&)>> twins[] = {
      {true, [](ModelParts& parts) { std::swap(parts.touchpoints[1].pools[0], parts.touchpoints[1].pools[1]); }},
      {false, [](ModelParts& parts) { parts.personas[1].priority = 1; }},
      {false, [](ModelParts& parts) { parts.touchpoints[2].room = 3; }},
      {true, [](ModelParts& parts) { parts.events[0].end = Days(1.0 + 14.25 / 24.0); }},
      {true, [](ModelParts& parts) { parts.touchpoints[3].next[0].after = Exponential{10.1 * minute}; }},
      {true, [](ModelParts& parts) { parts.events[1].effects[0].value = 1.26; }},
      {true, [](ModelParts& parts) { parts.settings.market = 1199.0; }},
  };
  for (const bool plain : {false, true}) {
    const ModelParts parts = parts_of({.days = 10.0, .window = 1.0, .people = 2400, .plain = plain, .market = 1200.0});
    REQUIRE(difference(parts, LivesByEvents(parts), 1) == "");
    for (std::size_t k = 0; k < std::size(twins); ++k) {
      if (plain && !twins[k].first) continue;
      CAPTURE(plain, k);
      ModelParts twin = parts;
      twins[k].second(twin);
      CHECK(difference(parts, LivesByEvents(twin), 1) != "");
    }
  }
  // Of rules: the figure that brings one into force, in how many windows, and when it ends.
  const std::function<void(ModelParts&)> of_rules[] = {
      [](ModelParts& parts) { parts.rules[0].above = 0.022; },
      [](ModelParts& parts) { parts.rules[1].windows = 3; },
      [](ModelParts& parts) { parts.rules[1].off_above.reset(); },
  };
  const ModelParts parts = parts_of({.days = 10.0, .window = 3.0 / 24.0, .people = 1000, .rules = true});
  REQUIRE(difference(parts, LivesByEvents(parts), 1) == "");
  for (std::size_t k = 0; k < std::size(of_rules); ++k) {
    CAPTURE(k);
    ModelParts twin = parts;
    of_rules[k](twin);
    CHECK(difference(parts, LivesByEvents(twin), 1) != "");
  }
}
