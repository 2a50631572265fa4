#include "manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "sojourn/outcomes/version.hpp"

namespace sojourn::tools {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> options_of(const CLI::App& app, bool positional) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() == positional) options.push_back(option);
  }
  return options;
}

/// "-o", "--output".
std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

/// The words among which the value of an option is, where its declaration names them: "table|md|csv".
std::vector<std::string> words_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  std::vector<std::string> words;
  if (!takes_value(option) || type.find('|') == std::string::npos) return words;
  for (std::size_t begin = 0; begin <= type.size();) {
    const std::size_t end = std::min(type.find('|', begin), type.size());
    words.push_back(type.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

// ---- the manual page

/// Text that troff leaves as it is.
std::string roff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n'))
      result += fmt::format("\\&{}", c);
    else
      result += c;
  }
  return result;
}

std::string option_entry(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : names_of(option))
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
  if (takes_value(option)) names += fmt::format(" \\fI{}\\fR", roff(option.get_type_name()));
  return fmt::format(".TP\n{}\n{}\n", names, roff(option.get_description()));
}

std::string synopsis(const CLI::App& command) {
  std::string text = fmt::format(".B sojourn {}\n", roff(command.get_name()));
  for (const CLI::Option* option : options_of(command, true)) {
    const std::string name = roff(option->get_type_name());
    text += option->get_required() ? fmt::format(".I {}\n", name) : fmt::format("[\\fI{}\\fR]\n", name);
  }
  return text + "[\\fIoptions\\fR]\n";
}

// ---- completions

std::string bash(const CLI::App& app) {
  std::vector<std::string> names;
  std::string cases, values;
  for (const CLI::App* command : commands_of(app)) {
    names.push_back(command->get_name());
    std::vector<std::string> options;
    for (const CLI::Option* option : options_of(*command, false)) {
      for (const std::string& name : names_of(*option)) {
        options.push_back(name);
        if (const auto words = words_of(*option); !words.empty())
          values += fmt::format("    {}:{}) COMPREPLY=($(compgen -W '{}' -- \"$cur\")); return ;;\n", command->get_name(),
                                name, joined(words));
      }
    }
    cases += fmt::format("    {}) options='{}' ;;\n", command->get_name(), joined(options));
  }
  std::vector<std::string> general;
  for (const CLI::Option* option : options_of(app, false)) {
    for (const std::string& name : names_of(*option)) general.push_back(name);
  }
  return fmt::format(
      "# Completion of sojourn for bash, made by: sojourn help --completion bash\n"
      "_sojourn() {{\n"
      "  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} command='' options='' i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${{COMP_WORDS[i]}} in -*) ;; *) command=${{COMP_WORDS[i]}}; break ;; esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case $command:$prev in\n"
      "{}"
      "  esac\n"
      "  case $command in\n"
      "    '') COMPREPLY=($(compgen -W '{} {}' -- \"$cur\")); return ;;\n"
      "{}"
      "  esac\n"
      "  if [[ $command == help ]]; then COMPREPLY=($(compgen -W '{}' -- \"$cur\")); fi\n"
      "  case $cur in -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;; esac\n"
      "}}\n"
      "complete -o default -F _sojourn sojourn\n",
      values, joined(names), joined(general), cases, joined(names));
}

/// In single quotes of zsh and fish, without what a specification of zsh would take for its own.
std::string quoted(const std::string& text, bool zsh) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'')
      result += zsh ? "'\\''" : "\\'";
    else if (zsh && (c == '[' || c == ']' || c == ':'))
      result += fmt::format("\\{}", c);
    else if (!zsh && c == '\\')
      result += "\\\\";
    else
      result += c;
  }
  return result + "'";
}

std::string zsh(const CLI::App& app) {
  std::string commands, cases;
  for (const CLI::App* command : commands_of(app)) {
    commands += fmt::format("    {}\n", quoted(command->get_name() + ":" + command->get_description(), false));
    std::string specifications;
    for (const CLI::Option* option : options_of(*command, false)) {
      for (const std::string& name : names_of(*option)) {
        std::string specification = fmt::format("*{}[", name);
        const std::string about = quoted(option->get_description(), true);
        specification += about.substr(1, about.size() - 2) + "]";
        if (takes_value(*option)) {
          const auto words = words_of(*option);
          specification += words.empty() ? ":value:_files" : fmt::format(":value:({})", joined(words));
        }
        specifications += fmt::format(" \\\n        '{}'", specification);
      }
    }
    cases += fmt::format("      {}) _arguments {}{} ;;\n", command->get_name(),
                         command->get_name() == "help" ? "\"*:command:($names)\"" : "'*:file:_files'", specifications);
  }
  std::vector<std::string> names;
  for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
  return fmt::format(
      "#compdef sojourn\n"
      "# Completion of sojourn for zsh, made by: sojourn help --completion zsh\n"
      "_sojourn() {{\n"
      "  local -a commands\n"
      "  local names='{}' state line\n"
      "  commands=(\n{}  )\n"
      "  _arguments -C '1: :->command' '*:: :->rest'\n"
      "  case $state in\n"
      "    command) _describe command commands ;;\n"
      "    rest) case $line[1] in\n{}    esac ;;\n"
      "  esac\n"
      "}}\n"
      "_sojourn \"$@\"\n",
      joined(names), commands, cases);
}

std::string fish(const CLI::App& app) {
  std::string text = "# Completion of sojourn for fish, made by: sojourn help --completion fish\n";
  const auto option_line = [&](const std::string& condition, const CLI::Option& option) {
    std::string line = fmt::format("complete -c sojourn -n {}", quoted(condition, false));
    for (const std::string& name : option.get_snames()) line += " -s " + name;
    for (const std::string& name : option.get_lnames()) line += " -l " + name;
    if (takes_value(option)) {
      const auto words = words_of(option);
      line += words.empty() ? " -r" : fmt::format(" -x -a '{}'", joined(words));
    }
    return line + fmt::format(" -d {}\n", quoted(option.get_description(), false));
  };
  for (const CLI::Option* option : options_of(app, false)) text += option_line("__fish_use_subcommand", *option);
  std::vector<std::string> names;
  for (const CLI::App* command : commands_of(app)) {
    names.push_back(command->get_name());
    text += fmt::format("complete -c sojourn -f -n '__fish_use_subcommand' -a {} -d {}\n", command->get_name(),
                        quoted(command->get_description(), false));
    for (const CLI::Option* option : options_of(*command, false))
      text += option_line("__fish_seen_subcommand_from " + command->get_name(), *option);
  }
  return text + fmt::format("complete -c sojourn -f -n '__fish_seen_subcommand_from help' -a '{}'\n", joined(names));
}

}  // namespace

const std::vector<std::string>& completed_shells() {
  static const std::vector<std::string> shells{"bash", "zsh", "fish"};
  return shells;
}

std::string manual_page(const CLI::App& app) {
  std::string text = fmt::format(
      ".\\\" Made by: sojourn help --man\n.TH SOJOURN 1 \"\" \"sojourn {}\" \"User Commands\"\n.SH NAME\n"
      "sojourn \\- simulate customer journeys and compare investments in them\n.SH SYNOPSIS\n",
      roff(std::string(version())));
  const auto commands = commands_of(app);
  for (const CLI::App* command : commands) text += synopsis(*command) + (command == commands.back() ? "" : ".br\n");
  text += ".SH DESCRIPTION\n" + roff(app.get_description()) + "\n";
  text += ".SH OPTIONS\n";
  for (const CLI::Option* option : options_of(app, false)) text += option_entry(*option);
  text += ".SH COMMANDS\n";
  for (const CLI::App* command : commands) {
    text += fmt::format(".SS sojourn {}\n{}.\n", roff(command->get_name()), roff(command->get_description()));
    for (const CLI::Option* option : options_of(*command, true)) {
      text += fmt::format(".TP\n\\fI{}\\fR\n{}\n", roff(option->get_type_name()), roff(option->get_description()));
    }
    for (const CLI::Option* option : options_of(*command, false)) text += option_entry(*option);
    if (!command->get_footer().empty()) text += ".PP\n.nf\n" + roff(command->get_footer()) + "\n.fi\n";
  }
  return text + ".SH EXAMPLES\n.nf\n" + roff(app.get_footer()) + "\n.fi\n";
}

std::string completion(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") return bash(app);
  if (shell == "zsh") return zsh(app);
  if (shell == "fish") return fish(app);
  throw std::logic_error("no completion is known for " + shell);
}

}  // namespace sojourn::tools
