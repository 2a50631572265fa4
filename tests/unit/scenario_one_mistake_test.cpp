// One mistake, one message: each name, word, number and key of a scenario is written wrongly, one at a time.
#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/scenario_findings.hpp"

using namespace sojourn;

namespace {

const std::string journey = R"(schema = 1
[scenario]
title = "t"
horizon = "1 year"
customers = 1000
goal = "retained"
[[persona]]
id = "young"
share = 0.4
starts = { enters = 1 }
channels = { internet = 2 }
needs = { price = 0.7, speed = 0.3 }
traits.basket = 3
[[persona]]
id = "older"
share = 0.6
standing = "customer"
tenure = { uniform = ["0 days", "2 years"] }
ages = { contract = { uniform = ["0 days", "1 year"] } }
starts = { lives = 1 }
odds = [ { from = "lives", to = "helps", times = 2 } ]
needs = { speed = 1 }
traits.basket = 2
[[channel]]
id = "internet"
[[channel]]
id = "shops"
[[team]]
id = "sales"
[[team]]
id = "service"
[[handover]]
from = "sales"
to = "service"
carry = 0.5
[[clock]]
id = "contract"
starts_at = "enters"
[[counter]]
id = "visits"
counts = "helps"
[[touchpoint]]
id = "enters"
stage = "purchase"
channel = "internet"
team = "sales"
quality = { mean = 0.6, sd = 0.1 }
content = [ { theme = { price = 1 } }, { theme = { speed = 1 } } ]
personalisation = 0.5
revenue = { gamma = { shape = 2, mean = "basket" } }
next = [ { to = "lives", odds = 2, after = "3 days", satisfaction = 1 }, { to = "helps", odds = 1, after = "2 days" }, { to = "leaves", probability = 0.1 } ]
[[touchpoint]]
id = "lives"
stage = "retention"
channel = "shops"
exits = "race"
revenue_per_month = 20
next = [
  { to = "helps", after = { exponential = { mean = "30 days" } } },
  { to = "leaves", after = { weibull = { scale = "2 years", shape = 1.4 } }, clock = "tenure" },
  { to = "enters", every = "1 year", clock = "contract", only_if = { visits = ">= 2" } },
]
[[touchpoint]]
id = "helps"
stage = "retention"
channel = "internet"
team = "service"
servers = 2
handle_time = "9 minutes"
next = [ { to = "lives", odds = 3, after = "1 day" }, { to = "leaves", odds = 1, satisfaction = -1 }, { to = "lives", on = "gave-up" } ]
[[touchpoint]]
id = "leaves"
stage = "retention"
end = "churned"
[[survey]]
id = "asked"
asks = "csat"
after = "helps"
sample = 0.5
closed_loop = { below = 3, to = "lives", within = "1 hour" }
[[improvement]]
id = "agents"
target = { touchpoint = "helps" }
effect = { servers = "+1" }
cost = { per_month = 100 }
[[improvement]]
id = "letters"
target = { persona = "older", team = "sales" }
effect = { personalisation = "+0.3" }
ramp = { linear = "1 month" }
[[event]]
id = "storm"
target = { channel = "shops", exit_to = "helps" }
effect = { odds = "+50%" }
start = "60 days"
duration = "9 days"
every = "180 days"
[[rule]]
id = "alarm"
when = { metric = "csat", survey = "asked", below = 3, min_answers = 5, windows = 2 }
off_when = { above = 3.5 }
switch_on = "agents"
[[plan]]
id = "ruled"
rules = "alarm"
[[plan]]
id = "written"
improvements = ["letters"]
)";

bool of_a_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

/// Where a word or a number of the text stands; in quotes or not.
struct Token {
  std::size_t begin = 0, size = 0;
};
std::vector<Token> tokens() {
  std::vector<Token> result;
  for (std::size_t i = 0; i < journey.size();) {
    if (!of_a_word(journey[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < journey.size() && (of_a_word(journey[end]) || journey[end] == '.')) ++end;
    result.push_back({i, end - i});
    i = end;
  }
  return result;
}

std::string line_at(const std::string& text, std::size_t at) {
  const std::size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

/// Each of `written` in place of the token gives one message, or none where it is right as well.
void one_message(const Token& token, const std::vector<std::string>& written) {
  for (const std::string& other : written) {
    std::string text = journey;
    text.replace(token.begin, token.size, other);
    const std::vector<std::string> said = said_of(text);
    INFO(line_at(text, token.begin) << "\n" << lines(said));
    CHECK(said.size() <= 1);
  }
}

}  // namespace

TEST_CASE("one mistake: the scenario has none", "[scenario]") {
  const std::vector<std::string> said = said_of(journey);
  INFO(lines(said));
  CHECK(said.empty());
}

TEST_CASE("one mistake: a letter left out of any name, word or key", "[scenario]") {
  std::size_t wrong = 0;
  for (const Token& token : tokens()) {
    const std::string word = journey.substr(token.begin, token.size);
    if (std::isdigit(static_cast<unsigned char>(word.front())) != 0 || word.size() < 4) continue;
    // What a table is called decides about everything in it, and a title is free.
    const std::string line = line_at(journey, token.begin);
    if (line.starts_with("[") || line.starts_with("title")) continue;
    // An id is right whatever it is, and each place that names another one is wrong.
    if (line.starts_with("id =") && word != "id") continue;
    std::string other = word;
    other.erase(2, 1);
    one_message(token, {other});
    std::string text = journey;
    text.replace(token.begin, token.size, other);
    wrong += said_of(text).size();
  }
  // The twin: that nothing is said of any would pass as well.
  CHECK(wrong > 100);
}

TEST_CASE("one mistake: any number of another kind or out of its range", "[scenario]") {
  for (const Token& token : tokens()) {
    const std::string word = journey.substr(token.begin, token.size);
    const bool quoted = journey[token.begin - 1] == '"',
               number = std::isdigit(static_cast<unsigned char>(word.front())) != 0;
    if (!number || journey[token.begin - 1] == '-' || journey[token.begin - 1] == '+') continue;
    if (quoted) {
      one_message(token, {"-" + word, "many", word + "x"});
    } else {
      one_message(token, {"-" + word, "\"many\"", "\"20 %\"", "50", "1e30", "true", "\"" + word + "\""});
    }
  }
}

TEST_CASE("one mistake: an id that another one has, or that is none", "[scenario]") {
  const std::string key = "\nid = \"";
  for (std::size_t at = journey.find(key); at != std::string::npos; at = journey.find(key, at + 1)) {
    const std::size_t begin = at + key.size(), end = journey.find('"', begin);
    std::vector<std::string> others{"two words"};
    // The id of the entity of the same kind before.
    const std::size_t table = journey.rfind("\n[[", begin);
    const std::string head = journey.substr(table + 1, journey.find('\n', table + 1) - table);
    const std::size_t before = table == 0 ? std::string::npos : journey.rfind("\n" + head, table - 1);
    if (before != std::string::npos) {
      const std::size_t name = journey.find(key, before) + key.size();
      others.push_back(journey.substr(name, journey.find('"', name) - name));
    }
    one_message({begin, end - begin}, others);
  }
}
