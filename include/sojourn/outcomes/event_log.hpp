// Event logs: the visits of some customers as tables that process-mining tools read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/engine/life.hpp"

namespace sojourn {

/// One visit of one customer, and where it led.
struct LoggedVisit {
  std::uint32_t customer = 0;
  std::uint32_t persona = 0;
  Visit visit;
  State after;
  Stay stay;
};

/// The visits of customers under one plan, customer by customer, in the order of time.
struct EventLog {
  Model model;  // under the plan
  std::vector<LoggedVisit> visits;
  std::size_t customers = 0;  // of whom there is something to tell
};

/// The lives of the first `customers` people of replication 0 who arrive within the horizon: the same people with the same
/// luck under every plan. Throws InputError where customers act on one another: there a life needs everybody else's.
[[nodiscard]] EventLog event_log(const Model& model, std::size_t customers);

/// The time `days` after midnight at the beginning of `start` ("2026-01-01"), UTC, to the millisecond:
/// "2026-01-13T07:12:00.000+00:00".
[[nodiscard]] std::string timestamp(const std::string& start, double days);

/// Comma-separated values (RFC 4180): case, activity, time (ISO 8601), day, name, persona, channel, team, stage, plan,
/// standing, quality, appraisal, satisfaction (remembered), expectation, effort, repeated, next. What an end does not have
/// is empty.
[[nodiscard]] std::string csv(const EventLog& log);
/// IEEE 1849-2016 (XES): a trace a customer, with the standard extensions concept, time and organizational.
[[nodiscard]] std::string xes(const EventLog& log);

/// "prospect", "customer", "lost", "churned".
[[nodiscard]] std::string_view name(Standing standing);

/// Throws the InputError of `event_log`.
void require_lives_of_their_own(const Model& model);

}  // namespace sojourn
