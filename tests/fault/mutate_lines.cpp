// Command lines that nobody means well with, parsed and, where that is quick, done as the program does them, in this
// process:
//   fault-mutate_lines COUNT [FIRST]
// Each is one of the examples of a command's help, or the command alone, with words left out, doubled, exchanged, misspelt
// and added: options and their values, keys, files of each kind, odd texts. What simulates does it with few people, and once
// in a while only; pages are not served. Ends with 0; with 3 and 4 as cases.hpp says; with 5 at an exception without a name,
// a refusal without a hint and a control character on the screen. Run it in the source folder. tests/fault/many_mutants.py
// runs millions.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "sojourn/model/keys.hpp"
#include "tests/fault/cases.hpp"
#include "tools/command_line.hpp"
#include "tools/commands.hpp"
#include "tools/ctrl_c.hpp"

namespace {

using namespace sojourn;
using namespace sojourn::fault;
using namespace sojourn::tools;
namespace fs = std::filesystem;

/// What is printed goes to memory.
class Screen {
 public:
  Screen() : ours_(::dup(STDERR_FILENO)) {
    detail::told_to = ours_;
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
      const int memory = ::memfd_create("screen", MFD_CLOEXEC);
      ::dup2(memory, stream);
      ::close(memory);
    }
  }
  /// What was printed since the last time.
  std::string out() { return taken(stdout, STDOUT_FILENO); }
  std::string error() { return taken(stderr, STDERR_FILENO); }
  void say(const std::string& text) const { static_cast<void>(!::write(ours_, text.data(), text.size())); }

 private:
  static std::string taken(std::FILE* stream, int number) {
    std::fflush(stream);
    const off_t size = ::lseek(number, 0, SEEK_CUR);
    std::string text(static_cast<std::size_t>(std::max<off_t>(size, 0)), '\0');
    static_cast<void>(!::pread(number, text.data(), text.size(), 0));
    ::lseek(number, 0, SEEK_SET);
    static_cast<void>(!::ftruncate(number, 0));
    return text;
  }
  int ours_;
};

Parsed parsed(const std::vector<std::string>& words) {
  std::vector<std::string> all{"sojourn"};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  return parse(static_cast<int>(all.size()), arguments.data());
}

std::string told(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += fmt::format(" {:?}", word.substr(0, 200));
  return text;
}

/// A folder of its own, with the scenarios and a file of each kind.
class Workplace {
 public:
  explicit Workplace(const fs::path& source)
      : folder_(fs::temp_directory_path() / fmt::format("sojourn-lines-{}", ::getpid())) {
    fs::create_directories(folder_ / "pristine");
    fs::copy(source / "scenarios", folder_ / "pristine" / "scenarios", fs::copy_options::recursive);
    fs::current_path(folder_ / "pristine");
    fs::copy("scenarios/coffee.toml", "coffee.toml");
    fs::copy("scenarios/telecom.toml", "my.toml");
    const std::vector<std::string> few{"--customers", "40", "--replications", "2", "--quiet"};
    const auto made = [&](std::vector<std::string> words, bool simulates) {
      if (simulates) words.insert(words.end(), few.begin(), few.end());
      const Parsed line = parsed(words);
      if (!line.command_line) throw std::logic_error("a line to begin with is refused:" + told(words));
      commands().at(line.command_line->command)(*line.command_line);
    };
    made({"run", "coffee.toml", "-o", "coffee.h5"}, true);
    made({"compare", "coffee.toml", "-o", "coffee-compare.h5"}, true);
    made({"compare", "scenarios/telecom.toml", "-o", "telecom-compare.h5"}, true);
    made({"map", "coffee.toml", "-o", "coffee.svg"}, false);
    std::FILE* const sweep = std::fopen("small-sweep.toml", "w");
    std::fputs(
        "schema = 1\n[sweep]\nscenario = \"coffee.toml\"\ndesign = { grid = {} }\ncustomers = 20\nreplications = 2\n"
        "[[vary]]\nkey = \"touchpoint.drink.quality.mean\"\nfrom = 0.5\nto = 0.7\nsteps = 3\n",
        sweep);
    std::fclose(sweep);
    made({"sweep", "small-sweep.toml", "-o", "points"}, false);
    made({"merge", "points", "-o", "grid.h5"}, false);
    made({"compare", "scenarios/gym.toml", "--uncertain", "--draws", "64", "--csv", "draws.csv", "--customers", "40",
          "--quiet"},
         false);
    renew();
  }
  ~Workplace() {
    fs::current_path("/");
    fs::remove_all(folder_);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  /// As it was at first.
  void renew() const {
    fs::current_path(folder_);
    fs::remove_all("here");
    fs::copy("pristine", "here", fs::copy_options::recursive);
    fs::current_path("here");
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(".")) names.push_back(each.path().filename().string());
    for (const auto& each : fs::directory_iterator("scenarios"))
      names.push_back("scenarios/" + each.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  fs::path folder_;
};

/// As a shell takes them apart, up to a pipe, another command or a remark.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool begun = false;
  char quote = '\0';
  const std::string until = line.substr(0, std::min({line.find("   "), line.find(" | "), line.find(" && "), line.size()}));
  for (const char c : until) {
    if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      begun = true;
    } else if (c == ' ') {
      if (begun || !word.empty()) words.push_back(word);
      word.clear();
      begun = false;
    } else {
      word += c;
    }
  }
  if (begun || !word.empty()) words.push_back(word);
  return words;
}

/// What lines are made of, as the program's own help has it.
struct Vocabulary {
  std::vector<std::string> commands, options, files, keys, values;
  std::vector<std::vector<std::string>> examples;

  Vocabulary(Screen& screen, std::vector<std::string> here) : files(std::move(here)) {
    static_cast<void>(parsed({"--help"}));
    std::istringstream help(screen.out());
    bool listing = false;
    for (std::string line; std::getline(help, line);) {
      if (line.starts_with("Subcommands:")) listing = true;
      if (listing && line.starts_with("  ")) commands.push_back(line.substr(2, line.find(' ', 2) - 2));
      if (listing && line.empty()) break;
    }
    std::set<std::string> options_seen{"-o", "-n", "-h", "--"};
    for (const std::string& command : commands) {
      static_cast<void>(parsed({"help", command}));
      const std::string text = screen.out();
      const std::regex option("--[a-z-]+"), example("\n  (?:mpirun -np 4 )?sojourn ([^\n]*)");
      for (std::sregex_iterator at(text.begin(), text.end(), option), end; at != end; ++at) options_seen.insert(at->str());
      for (std::sregex_iterator at(text.begin(), text.end(), example), end; at != end; ++at)
        examples.push_back(words_of((*at)[1]));
    }
    options.assign(options_seen.begin(), options_seen.end());
    for (const std::vector<std::string>& example : examples) {
      for (const std::string& word : example) {
        if (!word.starts_with("-")) values.push_back(word);
        if (const std::size_t at = word.find('='); at != word.npos) keys.push_back(word.substr(0, at));
      }
    }
    for (const std::string& section : keys::list_sections()) {
      for (const keys::Key& key : keys::table(section).keys) {
        for (const char* id : {"*", "drink", "queue", "regulars", "mend-the-weakest"})
          keys.push_back(section + "." + id + "." + key.name);
      }
    }
    for (const char* section : {"scenario", "behaviour", "word_of_mouth", "lesson", "budget"}) {
      if (std::any_of(keys::tables().begin(), keys::tables().end(),
                      [&](const keys::Table& table) { return table.name == section; })) {
        for (const keys::Key& key : keys::table(section).keys) keys.push_back(std::string(section) + "." + key.name);
      }
    }
    for (const char* value : {"0",
                              "1",
                              "2",
                              "7",
                              "1/2",
                              "0/0",
                              "3/2",
                              "-1",
                              "1e9",
                              "18446744073709551616",
                              "9223372036854775808",
                              "npv",
                              "retained",
                              "nps",
                              "churned",
                              "npv:1,nps:2e4",
                              "retention>=0.6",
                              "+npv>=0",
                              "care-first:nps>=20",
                              "retention=0.01",
                              "mend-the-weakest",
                              "mend-the-weakest,mend-what-counts",
                              "baseline",
                              ",",
                              "2M",
                              "0x10",
                              "table",
                              "md",
                              "csv",
                              "bash",
                              "zsh",
                              "fish",
                              "nonsense",
                              "out.h5",
                              "out.csv",
                              "out.xes",
                              "out.svg",
                              "out.html",
                              "out.dot",
                              "out.json",
                              "out.md",
                              "out.xlsx",
                              "out",
                              "none/out.h5",
                              "/dev/full",
                              "/dev/null",
                              "improvement.new-machine=1",
                              "improvement.x=0.5",
                              "rule.x=1",
                              "team=1M",
                              "6 months",
                              "weakest",
                              "queue",
                              "3",
                              "\xff\xfe",
                              "\x1b[31m",
                              "\xe2\x80\xae",
                              "=",
                              "a=b",
                              "[0]",
                              "*",
                              "..",
                              ".",
                              "~",
                              "'",
                              "%s%n",
                              "-1e-300",
                              "inf",
                              "nan",
                              "1_000",
                              "50,000",
                              "70 %",
                              "12 weeks"})
      values.emplace_back(value);
    values.push_back(std::string(5000, 'x'));
  }
};

std::string some_value(Dice& dice, const Vocabulary& known) {
  switch (dice.below(8)) {
    case 0:
      return dice.of(known.files);
    case 1:
      return dice.of(odd_numbers());
    case 2:
      return dice.of(odd_texts());
    case 3:
    case 4:
      return dice.of(known.keys) + "=" + (dice.one_in(2) ? dice.of(odd_numbers()) : dice.of(odd_texts()));
    case 5:
      return dice.of(known.commands);
    default:
      return dice.of(known.values);
  }
}

void change(std::vector<std::string>& words, Dice& dice, const Vocabulary& known) {
  const auto place = [&] { return static_cast<std::ptrdiff_t>(dice.below(words.size() + 1)); };
  const std::size_t what = dice.below(10);
  if (words.empty() || what < 3) {
    auto at = words.insert(words.begin() + place(), dice.of(known.options));
    if (!dice.one_in(3)) words.insert(at + 1, some_value(dice, known));
    return;
  }
  std::string& word = words[dice.below(words.size())];
  switch (what) {
    case 3:
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(dice.below(words.size())));
      break;
    case 4:
      words.insert(words.begin() + place(), std::string(word));
      break;
    case 5:
      std::swap(word, words[dice.below(words.size())]);
      break;
    case 6:
      word = some_value(dice, known);
      break;
    case 7:
      words.insert(words.begin() + place(), some_value(dice, known));
      break;
    case 8:
      if (!word.starts_with("-") && word.find('=') == word.npos) word = dice.of(known.files);
      break;
    default:
      if (word.empty()) break;
      if (dice.one_in(2)) {
        word[dice.below(word.size())] = "abcdefghijklmnopqrstuvwxyz-=.,:_0123456789 \"'[]{}%"[dice.below(50)];
      } else if (word.find('/') == word.npos) {
        word.erase(dice.below(word.size()), 1);
      }
  }
}

/// Of how many such lines one is done; 0: none.
std::size_t done_of(const CommandLine& line) {
  const std::string& command = line.command;
  if (command == "check" || command == "new" || command == "schema" || command == "lessons") return 1;
  if (command == "play" || line.page) return 0;
  if (command == "sweep" && line.input != "small-sweep.toml" && !line.dry_run && !line.emit_slurm) return 0;
  if (command == "rank" || command == "optimize" || command == "report" || command == "lesson") return 100;
  return 10;
}

/// Throws std::logic_error where what was printed is not fit for a screen.
void require_fit(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r')
      throw std::logic_error("a control character on the screen");
  }
}

std::string try_line(const std::vector<std::string>& words, Dice& dice, Screen& screen, const Workplace& workplace) {
  Parsed line;
  const auto refused = [](const Error& error) {
    if (error.message().empty()) throw std::logic_error("an error without a word");
    require_fit(error.place());
    return "refused";
  };
  try {
    line = parsed(words);
  } catch (const InputError& error) {
    return std::string("parsing: ") + refused(error);
  }
  if (!line.command_line) {
    const std::string out = screen.out(), error = screen.error();
    require_fit(out);
    require_fit(error);
    if (line.status == done) {
      if (out.empty()) throw std::logic_error("help without a word");
      return "parsing: help";
    }
    if (line.status != wrong_input || !error.starts_with("sojourn: error: ") || error.find("\nhint: ") == error.npos)
      throw std::logic_error("a refusal without a hint");
    return "parsing: refused";
  }
  CommandLine& asked = *line.command_line;
  const std::size_t one_of = done_of(asked);
  if (one_of == 0 || !dice.one_in(one_of)) return "parsing: right";
  asked.overrides.push_back({"--customers", "scenario.customers", "12"});
  if (!asked.uncertain) asked.overrides.push_back({"--replications", "scenario.replications", "2"});
  asked.precision.clear();
  asked.draws = std::min<std::uint64_t>(asked.draws, 64);
  asked.threads = 1;
  asked.log_customers = std::min<std::size_t>(asked.log_customers.value_or(20), 20);
  asked.progress = false;
  std::string end = asked.command + ": ";
  try {
    const int status = commands().at(asked.command)(asked);
    end += status == done ? "done" : fmt::format("status {}", status);
  } catch (const Error& error) {
    end += refused(error);
  } catch (const std::bad_alloc&) {
    end += "no memory";
  }
  require_fit(screen.error());
  const std::string out = screen.out();
  // A page, a log or a schema may go to the screen; a told life has its colours taken away as everything has.
  require_fit(out);
  workplace.renew();
  return end;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3 || !fs::exists("scenarios/coffee.toml")) {
    std::fputs("usage: fault-mutate_lines COUNT [FIRST], in the source folder\n", stderr);
    return 2;
  }
  const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const std::uint64_t end = first + std::strtoull(argv[1], nullptr, 10);
  fault::Ends ends;
  int status = done;
  const int result = ::dup(STDOUT_FILENO);
  ::setenv("COLUMNS", "80", 1);
  ::close(STDIN_FILENO);
  ::open("/dev/null", O_RDONLY);
  watch_ctrl_c();
  Screen screen;
  try {
    const Workplace workplace(fs::current_path());
    const Vocabulary known(screen, workplace.files());
    Watch watch(60);
    for (std::uint64_t i = first; i < end && status == done; ++i) {
      watch.begin(i);
      Dice dice(i);
      std::vector<std::string> words =
          dice.one_in(4) ? std::vector<std::string>{dice.of(known.commands), dice.of(known.files)} : dice.of(known.examples);
      while (!dice.one_in(3)) change(words, dice, known);
      try {
        screen.out();
        screen.error();
        ends.count(try_line(words, dice, screen, workplace));
      } catch (const std::exception& error) {
        screen.say(fmt::format("{} at case {}: sojourn{}\n", error.what(), i, told(words)));
        status = 5;
      }
    }
  } catch (const std::exception& error) {
    screen.say(fmt::format("not begun: {}\n", error.what()));
    status = 2;
  }
  std::fflush(stdout);
  ::dup2(result, STDOUT_FILENO);
  if (status == done) ends.print();
  return status;
}
