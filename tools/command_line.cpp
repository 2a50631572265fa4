#include "command_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "command_options.hpp"
#include "manual.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

std::vector<std::string> arguments_of(const std::vector<Override>& overrides) {
  std::vector<std::string> words;
  for (const Override& change : overrides) {
    const std::size_t space = change.option.find(' ');
    words.push_back(change.option.substr(0, space));
    words.push_back(change.option.substr(space + 1));
  }
  return words;
}

namespace {

void collect_changes(Options& o) {
  const auto add = [&](const char* option, const std::string& value, const char* path) {
    if (value.empty()) return;
    o.line.overrides.push_back({std::string(option) + " " + value, path, value});
  };
  for (const std::string& set : o.sets) {
    o.line.overrides.push_back(parse_override(set));
  }
  add("--customers", o.customers, "scenario.customers");
  add(replications_option, o.replications, "scenario.replications");
  add("--seed", o.seed, "scenario.seed");
  add("--horizon", o.horizon, "scenario.horizon");
}

void collect_goals(Options& o) {
  for (const std::string& text : o.precision) o.line.precision.push_back(parse_precision(text));
  for (const std::string& text : o.thresholds) {
    o.line.thresholds.push_back(parse_threshold(text, o.line.command == "compare"));
  }
}

void collect_format(Options& o) {
  if (o.format.empty()) return;
  const std::vector<std::string> known{"table", "md", "csv"};
  const auto found = std::find(known.begin(), known.end(), o.format);
  if (found == known.end()) {
    const std::string near = nearest(o.format, known);
    throw InputError("--format " + o.format + ": there is no such format" +
                         (near.empty() ? std::string() : "; did you mean \"" + near + "\"?"),
                     "table, md or csv; --json is an option of its own");
  }
  if (o.line.json) throw InputError("--format and --json do not go together", "leave one out");
  o.line.format = static_cast<Format>(found - known.begin());
}

/// "a, b" means a and b.
void collect_plans(Options& o) {
  for (const std::string& list : o.plans) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      std::string plan = list.substr(begin, end - begin);
      plan.erase(0, plan.find_first_not_of(' '));
      plan.erase(plan.find_last_not_of(' ') + 1);
      if (plan.empty())
        throw InputError("--plans " + (list.empty() ? "''" : list) + ": the id of a plan is missing",
                         "--plans care-first,clear-bill");
      o.line.plans.push_back(std::move(plan));
      begin = end + 1;
    }
  }
}

void collect_customer(Options& o) {
  if (o.customer.empty()) return;
  std::uint64_t number = 0;
  const char* const end = o.customer.data() + o.customer.size();
  const auto [read, failure] = std::from_chars(o.customer.data(), end, number);
  if (failure != std::errc() || read != end)
    throw InputError("--customer " + o.customer + ": this is no customer's number", "customers are numbered from 0");
  o.line.customer = number;
}

/// The name that was probably meant by a word that is no command or option.
std::string guess(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  if (word.starts_with("-")) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  } else {
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
      known.push_back(command->get_name());
  }
  return did_you_mean(word, known);
}

/// What helps where a command has no such option.
std::string hint_without(const CLI::App& command, const std::string& word) {
  if (word.starts_with("--uncertain"))
    return "only compare draws [[uncertain]] keys: sojourn compare SCENARIO --uncertain says which plan to take and what it "
           "is "
           "worth to know more; elsewhere they have the values that the scenario says, or those of --set";
  return "sojourn " + command.get_name() + " --help";
}

std::string no_option(const CLI::App& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  return "sojourn " + command.get_name() + " has no option \"" + name + "\"" + guess(command, name);
}

}  // namespace

std::vector<Override> with_replications(std::vector<Override> all, std::uint32_t replications) {
  const std::string value = std::to_string(replications);
  const Override change{std::string(replications_option) + " " + value, "scenario.replications", value};
  const auto is = [](const char* option) {
    return [option](const Override& o) { return o.option.starts_with(std::string(option) + " "); };
  };
  std::erase_if(all, is(replications_option));
  // Where `collect_changes` would have put it.
  auto at = std::find_if(all.begin(), all.end(), is("--seed"));
  if (at == all.end()) at = std::find_if(all.begin(), all.end(), is("--horizon"));
  all.insert(at, change);
  return all;
}

namespace {

/// `sojourn help`.
Parsed show_help(const CLI::App& app, const Options& o) {
  if (o.manual || !o.shell.empty()) {
    if (o.manual && !o.shell.empty()) throw InputError("--man and --completion do not go together", "leave one out");
    const auto& shells = completed_shells();
    if (!o.manual && std::find(shells.begin(), shells.end(), o.shell) == shells.end())
      throw InputError("--completion " + o.shell + ": no completion is known for this shell", "bash, zsh or fish");
    print(stdout, "%s", (o.manual ? manual_page(app) : completion(app, o.shell)).c_str());
    return {std::nullopt, done};
  }
  if (o.help_on.empty()) {
    // app.help() would be that of the command that was given, which is this one.
    print(stdout, "%s", app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal).c_str());
    return {std::nullopt, done};
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() != o.help_on) continue;
    print(stdout, "%s", command->help("sojourn").c_str());
    return {std::nullopt, done};
  }
  throw InputError("there is no command \"" + o.help_on + "\"" + guess(app, o.help_on), "sojourn help lists the commands");
}

Parsed complain(const std::string& problem, const std::string& hint) {
  print(stderr, "sojourn: error: %s\nhint: %s\n", problem.c_str(), hint.c_str());
  return {std::nullopt, wrong_input};
}

/// `sojourn help compare`: CLI11 would take the name of a command for that command.
void take_command_for_help(const CLI::App& app, std::vector<std::string>& words, Options& o) {
  if (words.size() < 2 || words.front() != "help") return;
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const auto named = std::find_if(words.begin() + 1, words.end(), [&](const std::string& word) {
    return std::any_of(commands.begin(), commands.end(), [&](const CLI::App* one) { return one->get_name() == word; });
  });
  if (named == words.end()) return;
  o.help_on = *named;
  words.erase(named);
}

/// What CLI11 found wrong, in words that help.
Parsed explain(const CLI::App& app, const CLI::ParseError& e) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return complain(e.what(), "sojourn --help");
  const CLI::App& command = *chosen.front();
  if (dynamic_cast<const CLI::RequiredError*>(&e) != nullptr) {
    // A mistyped option is a better explanation than the argument that it left missing.
    for (const std::string& extra : command.remaining()) {
      if (extra.starts_with("-")) return complain(no_option(command, extra), hint_without(command, extra));
    }
    if (command.get_name() == "lesson")
      return complain("no lesson is named", "sojourn lessons lists them; sojourn lesson weakest runs the first");
  }
  return complain(e.what(), "sojourn " + command.get_name() + " --help");
}

/// No command was given, or none that there is.
Parsed explain_no_command(const CLI::App& app) {
  const auto extras = app.remaining();
  if (extras.empty())
    return complain("no command given", "sojourn --help lists the commands; sojourn run SCENARIO.toml runs a scenario");
  const bool option = extras.front().starts_with("-");
  return complain("there is no " + std::string(option ? "option" : "command") + " \"" + extras.front() + "\"" +
                      guess(app, extras.front()),
                  "sojourn --help lists the commands");
}

/// What a command cannot use of what it was given; nothing where it can use all.
std::optional<Parsed> explain_useless(const CLI::App& app, const CLI::App& command) {
  auto extras = app.remaining(true);
  std::erase(extras, "--");  // what follows it has been taken for a file
  if (!extras.empty()) {
    const bool option = extras.front().starts_with("-");
    return complain(option ? no_option(command, extras.front()) : "unexpected argument \"" + extras.front() + "\"",
                    hint_without(command, extras.front()));
  }
  for (const CLI::Option* option : command.get_options()) {
    const auto& given = option->results();
    if (std::find(given.begin(), given.end(), "") == given.end()) continue;
    const bool named = !option->get_lnames().empty() || !option->get_snames().empty();
    return complain((named ? option->get_name() : "the name of the file or template") + " is given without a value",
                    "leave it out, or give it one: sojourn " + command.get_name() + " --help");
  }
  return std::nullopt;
}

}  // namespace

Parsed parse(int argc, char** argv) {
  Options o;
  CLI::App app("", "sojourn");
  add_commands(app, o);
  std::vector<std::string> words(argv + 1, argv + argc);
  take_command_for_help(app, words, o);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp& e) {
    return {std::nullopt, app.exit(e)};
  } catch (const CLI::CallForVersion& e) {
    return {std::nullopt, app.exit(e)};
  } catch (const CLI::ParseError& e) {
    return explain(app, e);
  }
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return explain_no_command(app);
  const CLI::App& command = *chosen.front();
  if (auto useless = explain_useless(app, command)) return *useless;
  if (command.get_name() == "help") return show_help(app, o);
  o.line.command = command.get_name();
  o.line.open = !o.no_open;
  o.line.progress = !o.no_progress && !o.line.quiet;
  collect_format(o);
  collect_plans(o);
  collect_customer(o);
  collect_changes(o);
  collect_goals(o);
  return {o.line, done};
}

}  // namespace sojourn::tools
