#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "commands.hpp"
#include "sojourn/report/value_report.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "sojourn/scenario/number_table.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int voi_command(const CommandLine& line) {
  NumberTable inputs = read_number_table(line.input), worth = read_number_table(line.voi.worth);
  const std::size_t draws = inputs.columns.front().size();
  if (worth.columns.front().size() != draws)
    throw InputError(
        fmt::format("{} has {} draws, {} has {}", line.input, draws, line.voi.worth, worth.columns.front().size()),
        "the same draws stand in the same lines of both");
  const ValueSample sample{std::move(inputs.names), std::move(inputs.columns), std::move(worth.names),
                           std::move(worth.columns), line.voi.simulated};
  const bool asks = !line.voi.survey.empty();
  SurveyPlan plan = line.voi.plan;
  plan.people = line.voi.people;
  if (asks) plan.input = position_called("input", line.voi.survey, sample.inputs, "--survey: ");
  ValueReport report{sample, value_of_information(sample), line.voi.people, asks ? &plan : nullptr, {}};
  if (asks) report.surveys = survey_values(sample, plan);
  print(stdout, "%s", line.json ? value_json(report).c_str() : value_text(report, colour()).c_str());
  return done;
}

}  // namespace sojourn::tools
