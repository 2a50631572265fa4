// Event logs: the visits of some customers as tables that process-mining tools read.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/engine/diary.hpp"

namespace sojourn {

/// Lives under one plan. None of the diaries is empty.
struct EventLog {
  Model model;  // under the plan
  std::vector<Diary> lives;

  [[nodiscard]] std::size_t visits() const;
};

/// The lives of the first `customers` people of replication 0 who arrive within the horizon: the same people with the same
/// luck under every plan. As `write_diaries`.
[[nodiscard]] EventLog event_log(const Model& model, std::size_t customers, const RunOptions& options = {});

/// The time `days` after midnight at the beginning of `start` ("2026-01-01"), UTC, to the millisecond:
/// "2026-01-13T07:12:00.000+00:00".
[[nodiscard]] std::string timestamp(const std::string& start, double days);

/// Comma-separated values (RFC 4180), a visit a line: case, activity, time (ISO 8601), day, name, persona, account, channel,
/// team, stage, plan, standing, quality, appraisal, satisfaction (remembered), expectation, effort, wait_days, gave_up,
/// repeated, heard (social proof), next. What an end does not have is empty, and so is `account` of people of none. Throws
/// Interrupted.
[[nodiscard]] std::string csv(const EventLog& log, const std::stop_token& stop = {});
/// IEEE 1849-2016 (XES): a trace a customer, with the standard extensions concept, lifecycle, time and
/// organizational. Throws Interrupted.
[[nodiscard]] std::string xes(const EventLog& log, const std::stop_token& stop = {});

/// "prospect", "customer", "lost", "churned".
[[nodiscard]] std::string_view name(Standing standing);

}  // namespace sojourn
