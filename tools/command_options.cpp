#include "command_options.hpp"

#include "manual.hpp"
#include "sojourn/outcomes/version.hpp"

namespace sojourn::tools {
namespace {

constexpr const char* about =
    "Sojourn: a wind tunnel for customer journeys. Moves synthetic personas through a journey graph,\n"
    "applies touchpoint improvements and says what each does to retention, advocacy and money.";

constexpr const char* main_examples =
    "Examples:\n"
    "  sojourn new -o my.toml                    a commented scenario to start from\n"
    "  sojourn check my.toml                     every error and warning, nothing run\n"
    "  sojourn schema -o sojourn.schema.json     the keys of the format, for editors that complete and check\n"
    "  sojourn map my.toml -o my.svg             the journey as a picture\n"
    "  sojourn run my.toml                       one plan, in numbers and in my.h5\n"
    "  sojourn compare my.toml                   every plan against the baseline\n"
    "  sojourn report my-compare.h5              a page to show around, and tables\n"
    "  sojourn solve my.toml                     the closed form, where no slope acts\n"
    "  sojourn rank my.toml                      which touchpoint is worth fixing\n"
    "  sojourn optimize my.toml --budget 2M      the best that a budget buys\n"
    "  sojourn trace my.toml --customer 7        one life, and why each step was taken\n"
    "  sojourn sweep my-sweep.toml -o points     many points of the scenario, resumable\n"
    "  sojourn merge points -o all.h5            all points in one file\n"
    "  sojourn sensitivity all.h5                which of the varied keys matter, and where plans win\n"
    "  sojourn voi inputs.csv worth.csv          what it is worth to know more before choosing\n"
    "  sojourn lesson weakest                    a lesson: predict, then see what happens\n"
    "  sojourn help compare                      all options of a command; also the manual page\n"
    "\n"
    "Exit status: 0 done, 1 failed while running, 2 the input or the command line is wrong,\n"
    "75 told to stop and resumable, 130 interrupted (what was finished is kept). Colour obeys NO_COLOR.";

void add_changes(CLI::App& app, Options& o) {
  app.add_option("--customers", o.customers, "people simulated, instead of the scenario's")->type_name("N");
  app.add_option("--replications", o.replications, "independent repetitions, instead of the scenario's")->type_name("R");
  app.add_option("--seed", o.seed, "seed of all random numbers, instead of the scenario's")->type_name("S");
  app.add_option("--horizon", o.horizon, "simulated time, e.g. \"6 months\", instead of the scenario's")->type_name("TIME");
  app.add_option("--set", o.sets, "any key of the scenario, e.g. touchpoint.first-bill.quality.mean=0.7; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

/// Where a page is served.
void add_page(CLI::App& app, Options& o) {
  app.add_option("--port", o.line.port, "port of the page; default: one that is free")
      ->type_name("N")
      ->check(CLI::Range(0, 65535));
  app.add_flag("--no-open", o.no_open, "of the page: prints the address, and opens no browser");
}

void add_threads(CLI::App& app, Options& o) {
  app.add_option("--threads", o.line.threads, "threads; changes no number; default SLURM_CPUS_PER_TASK, else all processors")
      ->type_name("T")
      ->check(CLI::Range(1, most_threads));
}

/// How work is done, and what is said of it meanwhile.
void add_work(CLI::App& app, Options& o, const char* quiet) {
  add_threads(app, o);
  app.add_flag("--quiet", o.line.quiet, quiet);
  app.add_flag("--no-progress", o.no_progress, "no progress bar");
}

/// What every command that simulates takes.
void add_running(CLI::App& app, Options& o) {
  add_changes(app, o);
  app.add_flag("--json", o.line.json, "summary as JSON on stdout, nothing else there");
  add_work(app, o, "no summary, only errors");
}

/// How a summary is written.
void add_layout(CLI::App& app, Options& o, bool first_lines) {
  if (first_lines) app.add_flag("--full", o.line.full, "every table, not the first lines alone");
  app.add_option("--format", o.format, "how the summary is written: table (default), md (Markdown) or csv (all figures)")
      ->type_name("table|md|csv");
}

constexpr const char* force_option = "--force";
constexpr const char* force_help = "replaces the file even if Sojourn did not write it; never the input";

/// And what one takes that writes a results file, `file` by default.
void add_writing(CLI::App& app, Options& o, const char* file, const char* threshold) {
  app.add_option("-o,--output", o.line.output, std::string("results file (HDF5, netCDF-4 readers open it); default ") + file)
      ->type_name("FILE");
  app.add_flag(force_option, o.line.force, force_help);
  app.add_option("--precision", o.precision,
                 "adds replications until the 95 % interval is that narrow, e.g. retention=0.001 for +-0.1 pt; of compare: "
                 "that of every difference; repeatable")
      ->type_name("METRIC=HALFWIDTH")
      ->allow_extra_args(false);
  app.add_option("--threshold", o.thresholds, threshold)->type_name("'METRIC>=VALUE'")->allow_extra_args(false);
  app.add_flag("--dry-run", o.line.dry_run, "only what it is likely to take: visits, core hours, bytes");
  app.add_option(
         "--checkpoint", o.line.checkpoint,
         "keeps what is finished in this file, now and then and when told to stop (exit status 75): the same command "
         "goes on to the same bits; removed at the end. Where customers act on one another, without queues for servers, "
         "FILE.state keeps a replication under way, too")
      ->type_name("FILE");
  add_running(app, o);
}

/// A survey of one uncertain input; only with `needed` where that is no nullptr.
void add_survey(CLI::App& app, Options& o, CLI::Option* needed) {
  ValueQuestion& question = o.line.voi;
  CLI::Option* survey =
      app.add_option("--survey", question.survey, "the input about which people could be asked first")->type_name("INPUT");
  if (needed != nullptr) survey->needs(needed);
  const auto about_survey = [&](const char* name, auto& value, const char* help) {
    return app.add_option(name, value, help)->type_name("X")->needs(survey);
  };
  about_survey("--sd", question.plan.sd,
               "standard deviation of single answers; without it the input is a share of yes and no")
      ->check(CLI::PositiveNumber);
  about_survey("--fixed-cost", question.plan.fixed_cost,
               "of a survey of any size, in the unit of what decides, for all whom the choice concerns; default 0")
      ->check(CLI::NonNegativeNumber);
  about_survey("--cost-per-answer", question.plan.cost_per_answer, "likewise; default 0")->check(CLI::NonNegativeNumber);
  about_survey("--most-answers", question.plan.most_answers, "the largest survey; default 100000")
      ->type_name("N")
      ->check(CLI::Range(10, 10'000'000));
}

/// Of `compare`: the inputs are drawn, and no file is written.
void add_uncertain(CLI::App& app, Options& o) {
  CLI::Option* uncertain =
      app.add_flag("--uncertain", o.line.uncertain,
                   "draws the scenario's [[uncertain]] keys: forecasts, which plan to take, and what it is "
                   "worth to know more; writes no file but --csv");
  app.add_option("--csv", o.line.csv, "with --uncertain: all draws as a table")->type_name("FILE")->needs(uncertain);
  add_survey(app, o, uncertain);
  app.add_option("--draws", o.line.draws, "with --uncertain: how many, rounded up to a multiple of 8; default 512")
      ->type_name("N")
      ->check(CLI::Range(64, 1'000'000))
      ->needs(uncertain);
  app.add_option("--by", o.line.by,
                 "with --uncertain: the metric that decides; default scenario.goal where it is one metric, else npv")
      ->type_name("METRIC")
      ->allow_extra_args(false)
      ->needs(uncertain);
  for (const char* other : {"--output", "--precision", "--threshold", "--dry-run", "--replications", "--full"})
    app.get_option(other)->excludes(uncertain);
}

void add_lessons(CLI::App& app, Options& o) {
  CLI::App* lessons = app.add_subcommand("lessons", "The lessons that come with Sojourn: five minutes each");
  lessons->add_flag("--json", o.line.json, "the list as JSON on stdout");
  lessons->footer("Example:\n  sojourn lessons");
}

void add_lesson(CLI::App& app, Options& o) {
  CLI::App* lesson = app.add_subcommand("lesson", "A lesson: a question, a prediction to make first, and what happens");
  lesson
      ->add_option("lesson", o.line.input,
                   "lesson, by its name or number (sojourn lessons lists them), or a scenario (.toml) with a [lesson]")
      ->required()
      ->type_name("LESSON");
  lesson
      ->add_option("--predict", o.line.prediction, "the prediction, for scripts: the number of a choice; default: asked for")
      ->type_name("N");
  CLI::Option* sheet = lesson->add_flag("--sheet", o.line.sheet, "instead: a sheet for the class, as Markdown on stdout");
  lesson->add_flag("--answers", o.line.answers, "with --sheet: with what comes out and why, for the teacher")->needs(sheet);
  lesson->add_flag("--page", o.line.page, "instead: on a page to play with, in a browser");
  add_page(*lesson, o);
  lesson->add_option("--plans", o.plans, "try: these plans, separated by commas, beside the lesson's; repeatable")
      ->type_name("A,B")
      ->allow_extra_args(false);
  add_changes(*lesson, o);
  lesson->add_flag("--json", o.line.json, "all of it as JSON on stdout, the prediction too where it is given")
      ->excludes(sheet);
  add_threads(*lesson, o);
  lesson->add_flag("--no-progress", o.no_progress, "no progress bar");
  lesson->footer(
      "With --set, --customers, --seed and the like the figures are shown as changed, beside those of the lesson.\n"
      "\n"
      "Examples:\n"
      "  sojourn lesson weakest\n"
      "  sojourn lesson weakest --predict 2\n"
      "  sojourn lesson weakest --set touchpoint.drink.weight=1\n"
      "  sojourn lesson weakest --sheet > weakest.md\n"
      "  sojourn lesson my.toml");
}

void add_rank(CLI::App& app, Options& o) {
  CLI::App* rank = app.add_subcommand("rank", "Touchpoints by leverage: what one standard improvement there is worth");
  StandardImprovement& sizes = o.line.rank.sizes;
  rank->add_option("scenario", o.line.input, "scenario (.toml) or results file (.h5)")->required()->type_name("FILE");
  rank->add_option("--plan", o.line.plan, "plan under which touchpoints are shifted; default baseline")->type_name("ID");
  rank->add_option("--by", o.line.rank_by,
                   "what gains are measured by; default the scenario's goal where that is one metric, else npv")
      ->type_name("METRIC");
  rank->add_option("--quality", sizes.quality, "standard improvement: added to quality; default 0.1, 0 leaves it out")
      ->type_name("X");
  rank->add_option("--effort", sizes.effort, "taken off effort; default 0.1")->type_name("X");
  rank->add_option("--delay", sizes.delay, "share taken off delays, and off handling times where people queue; default 0.2")
      ->type_name("X");
  rank->add_option("--traffic", sizes.traffic, "by how much more come, for barriers and enablers; default 0.2")
      ->type_name("X");
  add_layout(*rank, o, true);
  add_running(*rank, o);
  rank->footer(
      "Each touchpoint is improved alone, all on the same luck. The delay of exits is shortened where no monthly money\n"
      "flows, and where people queue the handling time instead. An enabler is where more traffic raises conversion or\n"
      "retention, a barrier where it lowers them.\n"
      "\n"
      "Examples:\n"
      "  sojourn rank scenarios/coffee.toml\n"
      "  sojourn rank scenarios/telecom.toml --by retained --customers 20000\n"
      "  sojourn rank scenarios/coffee.toml --quality 0.05 --traffic 0 --json");
}

void add_optimize(CLI::App& app, Options& o) {
  CLI::App* optimize = app.add_subcommand("optimize", "The best set of improvements that a budget buys");
  optimize->add_option("scenario", o.line.input, "scenario (.toml) or results file (.h5)")->required()->type_name("FILE");
  optimize
      ->add_option("--budget", o.line.budget,
                   "money for all improvements over the horizon: 2_000_000, 500k, 2M, 1.5bn; may be left out "
                   "where the scenario has a [budget], which holds besides")
      ->type_name("N");
  optimize
      ->add_option(
          "--goal", o.line.goal,
          "npv, retained, nps or another metric; with weights: npv:1,nps:2e4; default the scenario's goal, else npv")
      ->type_name("GOAL");
  optimize->add_option("--team", o.line.team_budgets, "what a team may spend at its touchpoints; repeatable")
      ->type_name("TEAM=N")
      ->allow_extra_args(false);
  optimize->add_option("--must", o.line.must, "an improvement that is bought in any case; repeatable")
      ->type_name("ID")
      ->allow_extra_args(false);
  optimize->add_option("--never", o.line.never, "an improvement that is not for sale; repeatable")
      ->type_name("ID")
      ->allow_extra_args(false);
  optimize
      ->add_option("--indifference", o.line.indifference,
                   "a difference of the goal that does not matter; replications are added until no more can be missed")
      ->type_name("X");
  optimize->add_flag(
      "--silos", o.line.silos,
      "what it costs when each [[team]] that has a goal of its own chooses for itself, with its --team budget "
      "or an even share of --budget");
  add_layout(*optimize, o, true);
  add_running(*optimize, o);
  optimize->footer(
      "Every choice is simulated, on the same luck: what improvements do together is not assumed to add up. Where an "
      "improvement has\n"
      "levels = [0.5, 1.0], any of them can be bought. Beyond 64 choices, rounds of rising precision drop what is beaten.\n"
      "\n"
      "Examples:\n"
      "  sojourn optimize scenarios/telecom.toml --budget 5M --customers 20000\n"
      "  sojourn optimize scenarios/telecom.toml --budget 5M --goal retained --team billing=2M --never care-first\n"
      "  sojourn optimize scenarios/coffee.toml --budget 4000 --goal npv:1,nps:20 --json\n"
      "  sojourn optimize scenarios/bank-silos.toml --budget 1M --silos");
}

void add_trace(CLI::App& app, Options& o) {
  CLI::App* trace = app.add_subcommand("trace", "Event logs of single customers, or one life told in words");
  trace->add_option("scenario", o.line.input, "scenario (.toml) or results file (.h5)")->required()->type_name("FILE");
  trace->add_option("--plan", o.line.plan, "plan under which they live; default baseline")->type_name("ID");
  trace->add_option("-n,--number", o.line.log_customers, "customers in the log: the first that arrive; default 100")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000));
  trace
      ->add_option("--customer", o.customer,
                   "instead: the life of this customer, why each step was taken, and where plan and baseline part")
      ->type_name("N");
  trace->add_option("-o,--output", o.line.output, "event log: .csv or .xes (IEEE 1849-2016); default: CSV on the screen")
      ->type_name("FILE");
  trace->add_flag(force_option, o.line.force, force_help);
  add_changes(*trace, o);
  add_threads(*trace, o);
  trace->add_flag("--quiet", o.line.quiet, "only errors");
  trace->add_flag("--no-progress", o.no_progress, "no progress bar");
  trace->footer(
      "Customers have the same numbers and the same luck under every plan. Where they act on one another, all are "
      "simulated\n"
      "to follow a few.\n"
      "\n"
      "Examples:\n"
      "  sojourn trace scenarios/telecom.toml -n 1000 -o log.xes\n"
      "  sojourn trace scenarios/telecom.toml --plan care-first -n 1000 -o log.csv\n"
      "  sojourn trace scenarios/telecom.toml --plan care-first --customer 7");
}

void add_play(CLI::App& app, Options& o) {
  CLI::App* play = app.add_subcommand("play", "A page to play with: every move is simulated again on the same luck");
  play->add_option("scenario", o.line.input, "scenario (.toml)")->required()->type_name("FILE");
  add_page(*play, o);
  add_changes(*play, o);
  play->remove_option(play->get_option("--replications"));  // an answer has as many as it takes
  add_threads(*play, o);
  play->add_flag("--quiet", o.line.quiet, "only the address, and errors");
  play->footer(
      "The page has a switch for each improvement and a slider for each [[knob]] of the scenario, or for the quality of the "
      "touchpoints\n"
      "that matter most. It answers at once with few people and then ever more precisely; dots on the map are people. Its "
      "address is\n"
      "good on this machine alone, as long as the program runs: Ctrl-C ends it. The scenario is read once: after a change "
      "of the file,\n"
      "start again.\n"
      "\n"
      "Examples:\n"
      "  sojourn play scenarios/telecom.toml\n"
      "  sojourn play scenarios/coffee.toml --port 8080 --no-open");
}

void add_explore(CLI::App& app, Options& o) {
  CLI::App* explore = app.add_subcommand("explore", "A sweep as one page with sliders, which needs no program to be read");
  explore->add_option("points", o.line.input, "merged sweep by grid or table (.h5)")->required()->type_name("FILE");
  explore->add_option("-o,--output", o.line.output, "page (.html); default FILE.html in this folder")->type_name("FILE");
  explore->add_flag(force_option, o.line.force, force_help);
  explore->add_flag("--quiet", o.line.quiet, "only errors");
  explore->footer(
      "The page holds every point: it can be mailed, and read without a network. A slider goes from value to value of the "
      "grid;\n"
      "nothing is guessed between them.\n"
      "\n"
      "Examples:\n"
      "  sojourn sweep grid.toml -o points && sojourn merge points -o grid.h5\n"
      "  sojourn explore grid.h5 -o grid.html");
}

void add_sweep(CLI::App& app, Options& o) {
  CLI::App* sweep = app.add_subcommand("sweep", "Many points of a scenario: what is missing in a folder; resumable");
  sweep->add_option("sweep", o.line.input, "sweep file (.toml)")->required()->type_name("FILE");
  sweep->add_option("-o,--output", o.line.output, "folder of the points; default: the sweep file's name without .toml")
      ->type_name("FOLDER");
  sweep
      ->add_option(
          "--shard", o.line.shard,
          "this part of the points alone, e.g. 3/40; default: the task of a Slurm array, the process of srun, else all; "
          "ranks of mpirun share it")
      ->type_name("I/N");
  sweep->add_flag("--dry-run", o.line.dry_run, "only what it is likely to take: points, visits, core hours, bytes");
  sweep->add_flag("--emit-slurm", o.line.emit_slurm, "prints a script that submits the sweep and its merge to Slurm");
  sweep->add_option("--tasks", o.line.tasks, "with --emit-slurm: tasks of the array; default 40, or one a file")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000));
  sweep->add_option("--cpus", o.line.cpus, "with --emit-slurm: processors a task; default 1")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  add_threads(*sweep, o);
  sweep->add_flag("--json", o.line.json, "with --dry-run: as JSON");
  sweep->add_flag("--quiet", o.line.quiet, "only errors");
  sweep->add_flag("--no-progress", o.no_progress, "no progress bar");
  sweep->footer(
      "Points are simulated side by side, one a thread. The folder holds a manifest and at most 1,000 files of points, each "
      "whole or\n"
      "not there; run the same command again after a kill, on any machine, and only what is missing is simulated. SIGTERM "
      "and SIGUSR1\n"
      "stop it cleanly with exit status 75, Ctrl-C with 130.\n"
      "\n"
      "Examples:\n"
      "  sojourn sweep scenarios/telecom-sweep.toml -o points\n"
      "  sojourn sweep scenarios/telecom-sweep.toml -o points --shard 3/40\n"
      "  sojourn sweep scenarios/telecom-sweep.toml -o points --dry-run\n"
      "  sojourn sweep scenarios/telecom-sweep.toml -o points --emit-slurm --tasks 40 --cpus 4 > submit.sh");
}

void add_merge(CLI::App& app, Options& o) {
  CLI::App* merge = app.add_subcommand("merge", "All points of a sweep in one file");
  merge->add_option("folder", o.line.input, "folder of a sweep")->required()->type_name("FOLDER");
  merge->add_option("-o,--output", o.line.output, "file (HDF5, netCDF-4 readers open it); default FOLDER.h5 in this folder")
      ->type_name("FILE");
  merge->add_option("--csv", o.line.csv, "also a table: a line for each point, plan and replication")->type_name("FILE");
  merge->add_flag(force_option, o.line.force, "replaces the files even if Sojourn did not write them");
  merge->add_flag("--quiet", o.line.quiet, "only errors");
  merge->footer(
      "Refused are gaps, points that stand twice, files of others, and points of another version of Sojourn.\n"
      "\n"
      "Examples:\n"
      "  sojourn merge points -o all.h5\n"
      "  sojourn merge points -o all.h5 --csv all.csv");
}

void add_sensitivity(CLI::App& app, Options& o) {
  CLI::App* sensitivity =
      app.add_subcommand("sensitivity", "Which of the keys that a sweep varies matter, and where one plan beats another");
  sensitivity->add_option("points", o.line.input, "merged sweep (.h5)")->required()->type_name("FILE");
  sensitivity
      ->add_option("--by", o.line.by,
                   "a metric, or with + its difference to the plan held against; repeatable; default: npv and retained, "
                   "of other plans their differences; where a plan is better goes by the scenario's goal")
      ->type_name("[+]METRIC")
      ->allow_extra_args(false);
  sensitivity->add_option("--plan", o.line.plan, "this plan alone; default all")->type_name("ID");
  sensitivity->add_option("--against", o.line.against, "the plan that others are held against; default the sweep's first")
      ->type_name("ID");
  sensitivity->add_option("-o,--output", o.line.output, "also a picture of the boxes (.svg)")->type_name("FILE");
  sensitivity->add_flag(force_option, o.line.force, force_help);
  add_threads(*sensitivity, o);
  sensitivity->add_flag("--json", o.line.json, "as JSON on stdout");
  sensitivity->footer(
      "Of a sweep by morris: mu*, mu and sigma of each key's elementary effects. By saltelli: first-order and total shares "
      "of the\n"
      "variance. With bootstrap intervals; where one includes 0, four times as many points are needed. Of every design with "
      "two plans:\n"
      "the box of points in which one beats the other, how much of its wins that covers, and whether it may be chance.\n"
      "\n"
      "Examples:\n"
      "  sojourn sensitivity all.h5\n"
      "  sojourn sensitivity all.h5 --by +npv --plan care-first --json\n"
      "  sojourn sensitivity all.h5 --plan care-first --against clear-bill --by retained -o where.svg");
}

void add_voi(CLI::App& app, Options& o) {
  CLI::App* voi = app.add_subcommand("voi", "What it is worth to know more before choosing, from anybody's draws");
  ValueQuestion& question = o.line.voi;
  voi->add_option("inputs", o.line.input, "table (.csv): a column for each uncertain input, a line for each draw")
      ->required()
      ->type_name("INPUTS");
  voi->add_option("worth", question.worth,
                  "table (.csv): a column for each choice, what it is worth at the same draws; more is better")
      ->required()
      ->type_name("WORTH");
  voi->add_flag("--simulated", question.simulated,
                "worth carries the chance of a simulation: only what the inputs explain of it can be known");
  voi->add_option("--people", question.people, "whom the choice concerns, where worth is that for one; default 1")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  add_survey(*voi, o, nullptr);
  voi->add_flag("--json", o.line.json, "as JSON on stdout");
  voi->footer(
      "Says which choice is worth most, in how many draws each is best, what is lost by taking it, and what it is worth to\n"
      "know all inputs (EVPI), one of them (EVPPI, by regression), or what a survey of some size would tell (EVSI).\n"
      "\n"
      "Examples:\n"
      "  sojourn voi inputs.csv worth.csv\n"
      "  sojourn voi inputs.csv worth.csv --simulated --people 40000 --json\n"
      "  sojourn voi inputs.csv worth.csv --people 40000 --survey churn --fixed-cost 5000 --cost-per-answer 8");
}

void add_run(CLI::App& app, Options& o) {
  CLI::App* run = app.add_subcommand("run", "Simulate one plan, write results, print a summary");
  run->add_option("scenario", o.line.input, "scenario (.toml), or a results file (.h5), whose run is repeated")
      ->required()
      ->type_name("FILE");
  run->add_option("--plan", o.line.plan, "plan to simulate; default baseline")->type_name("ID");
  run->add_flag("--control-variate", o.line.control_variate,
                "narrower intervals where slopes act weakly: corrects by the solved twin without slopes");
  add_layout(*run, o, false);
  add_writing(*run, o, "SCENARIO.h5 in this folder, SCENARIO-PLAN.h5 with --plan",
              "exit status 1 when this is missed, e.g. 'retention>=0.7'; repeatable");
  run->footer(
      "Examples:\n"
      "  sojourn run scenarios/telecom.toml\n"
      "  sojourn run scenarios/telecom.toml --plan digital-push --customers 20000 -o digital.h5\n"
      "  sojourn run scenarios/telecom.toml --set touchpoint.first-bill.quality.mean=0.7 --json\n"
      "  sojourn run scenarios/coffee.toml --control-variate\n"
      "  sojourn run scenarios/coffee.toml --precision nps=0.5 --threshold 'retention>=0.6'\n"
      "  sojourn run scenarios/coffee.toml --customers 100000000 --checkpoint coffee.kept\n"
      "  mpirun -np 4 sojourn run scenarios/coffee.toml --customers 100000000\n"
      "  sojourn run digital.h5 -o again.h5         the same numbers again");
}

void add_compare(CLI::App& app, Options& o) {
  CLI::App* compare = app.add_subcommand("compare", "Every plan against the baseline on the same luck");
  compare->add_option("scenario", o.line.input, "scenario (.toml) or results file (.h5)")->required()->type_name("FILE");
  compare
      ->add_option(
          "others", o.line.others,
          "further ones, such as variants of the first, on the same luck: their plans stand beside its own as "
          "FILE/PLAN; scenarios are simulated, results files are read; -o keeps the comparison as .csv, .json or .md")
      ->type_name("FILE");
  compare->add_option("--plans", o.plans, "plans to compare, separated by commas; default all; repeatable")
      ->type_name("A,B")
      ->allow_extra_args(false);
  compare
      ->add_option("--try", o.line.tries,
                   "what is tried beside the baseline, in place of the scenario's plans: improvement.ID=1 (or a level), "
                   "rule.ID=1, or a key as after --set, changed in what is tried alone; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_layout(*compare, o, true);
  add_writing(*compare, o, "SCENARIO-compare.h5 in this folder",
              "exit status 1 when a plan misses this, e.g. 'retention>=0.7', 'care-first:nps>=20' or, of the difference to "
              "the baseline, '+npv>=0'; repeatable");
  add_uncertain(*compare, o);
  compare->footer(
      "Examples:\n"
      "  sojourn compare scenarios/telecom.toml\n"
      "  sojourn compare scenarios/telecom.toml --plans digital-push --replications 40\n"
      "  sojourn compare scenarios/policy-year.toml scenarios/policy-year-hail.toml\n"
      "  sojourn compare scenarios/gym.toml --uncertain --draws 1024 --csv draws.csv\n"
      "  sojourn compare scenarios/telecom.toml --try improvement.plain-bill=1 --try "
      "touchpoint.first-bill.quality.mean=0.7\n"
      "  sojourn compare scenarios/telecom.toml --precision retained=0.0003 --threshold 'clear-bill:+npv>=0'\n"
      "  sojourn compare scenarios/coffee.toml --json | python3 -m json.tool");
}

void add_solve(CLI::App& app, Options& o) {
  CLI::App* solve = app.add_subcommand("solve", "The closed form where no slope acts, or what prevents it");
  solve->add_option("scenario", o.line.input, "scenario (.toml) or results file (.h5)")->required()->type_name("FILE");
  solve->add_option("--plan", o.line.plan, "plan to solve; default baseline")->type_name("ID");
  add_changes(*solve, o);
  solve->add_flag("--json", o.line.json, "the solution as JSON on stdout, metrics named as those of run");
  solve->footer(
      "Expected visits, ends, purchases, standing and money, without luck, between certain bounds.\n"
      "\n"
      "Examples:\n"
      "  sojourn solve scenarios/gym.toml\n"
      "  sojourn solve scenarios/gym.toml --plan longer-trial --json\n"
      "  sojourn solve scenarios/gym.toml --horizon \"5 years\" --set touchpoint.trial.next[0].odds=4");
}

void add_check(CLI::App& app, Options& o) {
  CLI::App* check = app.add_subcommand("check", "Every error and warning of a scenario, nothing run");
  check->add_option("scenario", o.line.input, "scenario (.toml) or results file (.h5), whose scenario is checked")
      ->required()
      ->type_name("FILE");
  add_changes(*check, o);
  check->add_flag("--json", o.line.json, "findings as JSON on stdout");
  check->footer("Example:\n  sojourn check scenarios/telecom.toml");
}

void add_map(CLI::App& app, Options& o) {
  CLI::App* map = app.add_subcommand("map", "The journey as a picture: stages as lanes, channels, odds, weak spots");
  map->add_option("scenario", o.line.input, "scenario (.toml) or results file (.h5), whose measures are shown")
      ->required()
      ->type_name("FILE");
  map->add_option("-o,--output", o.line.output,
                  "picture (.svg), page (.html) or Graphviz source (.dot); default SCENARIO.svg in this folder")
      ->type_name("FILE");
  map->add_flag(force_option, o.line.force, force_help);
  map->add_option("--plan", o.line.plan, "mark what this plan changes, with values before and after")->type_name("ID");
  map->add_option("--results", o.line.results,
                  "results file: measured satisfaction at each touchpoint and along the main path, shares that left")
      ->type_name("FILE");
  map->add_flag("--network", o.line.network,
                "instead: figures of the network that [word_of_mouth] names: contacts, clustering, homophily");
  map->add_flag(
      "--assumed", o.line.assumed,
      "also the company's own map ([[assumed]]): where it is off, and the paths that nobody drew; simulates where no "
      "results are given");
  map->add_flag("--json", o.line.json, "with --network or --assumed: the figures as JSON on stdout");
  add_layout(*map, o, true);
  add_work(*map, o, "no summary, only errors");
  add_changes(*map, o);
  map->footer(
      "Examples:\n"
      "  sojourn map scenarios/telecom.toml -o telecom.svg\n"
      "  sojourn map scenarios/telecom.toml --plan care-first -o care.svg\n"
      "  sojourn map telecom-compare.h5 --plan care-first -o measured.html\n"
      "  sojourn map scenarios/bank-silos.toml --assumed -o both.svg\n"
      "  sojourn map my.toml --network --set 'word_of_mouth.network={ random = { contacts = 8 } }'");
}

void add_report(CLI::App& app, Options& o) {
  CLI::App* report = app.add_subcommand("report", "One page from a results file: the answer, charts, tables");
  report->add_option("results", o.line.input, "results file of run or compare (.h5)")->required()->type_name("FILE");
  report->add_option("-o,--output", o.line.output, "page; default RESULTS.html in this folder")->type_name("FILE");
  report->add_option("--xlsx", o.line.workbook, "also a workbook with the tables")->type_name("FILE");
  report->add_flag(force_option, o.line.force, "replaces the files even if Sojourn did not write them; never the input");
  report->add_option("--budget", o.line.budget, "marked where the page says what a budget buys: 2_000_000, 500k, 2M, 1.5bn")
      ->type_name("N");
  report->add_flag("--fast", o.line.fast, "only what is in the file; leverage and budgets are not simulated");
  add_work(*report, o, "only errors");
  report->footer(
      "The page is one file that loads nothing: mail it, print it, open it without a network. For which touchpoint is worth "
      "fixing\n"
      "and what each budget buys, the file's scenario is simulated anew with fewer people or replications; the page says "
      "with how many.\n"
      "\n"
      "Examples:\n"
      "  sojourn report telecom-compare.h5\n"
      "  sojourn report telecom-compare.h5 --budget 5M\n"
      "  sojourn report telecom-compare.h5 --fast\n"
      "  sojourn report telecom-compare.h5 -o board.html --xlsx board.xlsx");
}

void add_new(CLI::App& app, Options& o) {
  CLI::App* fresh = app.add_subcommand("new", "A scenario to start from");
  fresh->add_option("template", o.line.input, "template, or a lesson; a wrong name lists them")->type_name("TEMPLATE");
  fresh->add_option("-o,--output", o.line.output, "file to write, never overwritten; default: the screen")
      ->type_name("FILE");
  fresh->footer(
      "With -o, sojourn.schema.json is written beside the scenario unless it is there: editors with TOML support (Even "
      "Better\n"
      "TOML, Taplo) then complete keys and check values, because the scenario's first line names it.\n"
      "\n"
      "Example:\n  sojourn new -o my.toml");
}

void add_schema(CLI::App& app, Options& o) {
  CLI::App* schema = app.add_subcommand("schema", "The format's keys as a JSON Schema, for editors");
  schema->add_option("-o,--output", o.line.output, "file to write; default: the screen")->type_name("FILE");
  schema->add_flag(force_option, o.line.force, force_help);
  schema->footer(
      "Editors with TOML support (Even Better TOML, Taplo) complete keys and check values of a scenario whose first line "
      "is\n"
      "#:schema ./sojourn.schema.json, or a path to wherever the file is. It knows keys, types and ranges; ids, sums and "
      "the\n"
      "graph are checked by sojourn check.\n"
      "\n"
      "Example:\n  sojourn schema -o sojourn.schema.json");
}

std::string joined_shells() {
  std::string text;
  for (const std::string& shell : completed_shells()) text += (text.empty() ? "" : "|") + shell;
  return text;
}

void add_help(CLI::App& app, Options& o) {
  CLI::App* help = app.add_subcommand("help", "Help on a command, the manual page, or completions for a shell");
  help->add_option("command", o.help_on, "command; left out: all of them in short")->type_name("COMMAND");
  help->add_flag("--man", o.manual, "the manual page, for man -l -");
  help->add_option("--completion", o.shell, "what this shell needs to complete commands and options")
      ->type_name(joined_shells());
  help->footer(
      "Installing Sojourn installs the manual page and the completions.\n"
      "\n"
      "Examples:\n"
      "  sojourn help compare\n"
      "  sojourn help --man | man -l -\n"
      "  source <(sojourn help --completion bash)");
}

}  // namespace

void add_commands(CLI::App& app, Options& o) {
  app.description(about);
  app.set_version_flag("--version", "sojourn " + std::string(version()));
  app.set_help_flag("-h,--help", "this help, or a command's: sojourn run --help");
  app.footer(main_examples);
  app.allow_extras();
  for (const auto add : {add_run,    add_compare, add_solve,    add_check,   add_map,    add_report, add_new,
                         add_schema, add_rank,    add_optimize, add_trace,   add_sweep,  add_merge,  add_sensitivity,
                         add_voi,    add_play,    add_explore,  add_lessons, add_lesson, add_help})
    add(app, o);
  for (CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; })) {
    command->set_help_flag("-h,--help", "this help");
    command->allow_extras();  // reported by us, with the nearest name
  }
}

}  // namespace sojourn::tools
