// Event logs: the visits of some customers as tables that process-mining tools read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sojourn/engine/diary.hpp"

namespace sojourn {

/// Comma-separated values (RFC 4180), a visit a line: case, activity, time (ISO 8601), day, name, persona, account, channel,
/// team, stage, plan, standing, quality, appraisal, satisfaction (remembered), expectation, effort, wait_days, gave_up,
/// repeated, heard (social proof), next. What an end does not have is empty, and so is `account` of people of none.
/// Or IEEE 1849-2016 (XES): a trace a customer, with the standard extensions concept, lifecycle, time and organizational.
enum class LogFormat { csv, xes };

/// The first line of every CSV log, with its line end: a file that begins so is an event log of Sojourn.
inline constexpr std::string_view csv_log_header =
    "case,activity,time,day,name,persona,account,channel,team,stage,plan,standing,quality,appraisal,satisfaction,"
    "expectation,effort,wait_days,gave_up,repeated,heard,next\r\n";

/// What was written to a log.
struct LogSize {
  std::size_t lives = 0, visits = 0;
};

/// Writes the lives of the first `customers` people of replication 0 who arrive within the horizon under the model's plan:
/// the same people with the same luck under every plan. `write` gets the text piece by piece. Where customers act on one
/// another their lives are kept in memory until all of the replication is lived; else some two thousand at a time, however
/// many are asked for. Throws as `run`, RunError (`too_large`) before the work where
/// memory for all who act on one another cannot be had, what `write` throws, and Interrupted: what was written until then is
/// half a log.
[[nodiscard]] LogSize write_event_log(const Model& model, std::size_t customers, LogFormat format,
                                      const std::function<void(std::string_view)>& write, const RunOptions& options = {});

/// The time `days` after midnight at the beginning of `start` ("2026-01-01"), UTC, to the millisecond:
/// "2026-01-13T07:12:00.000+00:00".
[[nodiscard]] std::string timestamp(const std::string& start, double days);

/// "prospect", "customer", "lost", "churned".
[[nodiscard]] std::string_view name(Standing standing);

}  // namespace sojourn
