#include <string>
#include <vector>

#include "sim/scenario/edge_file.hpp"
#include "tests/catch.hpp"

using namespace sojourn;
using namespace sojourn::scenario;

namespace {

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> lines;
  for (const Refusal& refusal : parse_edges(text, 10).problems) {
    lines.push_back(std::to_string(refusal.where.line) + ":" + std::to_string(refusal.where.column) + " " + refusal.message +
                    " (" + refusal.hint + ")");
  }
  return lines;
}
using Lines = std::vector<std::string>;
const std::string numbered = " (people are numbered from 0 to 9, as [scenario] customers says)";

}  // namespace

TEST_CASE("ties are read as spreadsheets and people write them", "[scenario]") {
  const std::vector<Tie> expected{{0, 1}, {9, 0}};
  for (const char* text : {"from,to\n0,1\n9,0\n", "from,to\r\n0,1\r\n9,0",
                           "\xef\xbb\xbf"
                           "from,to\n0,1\n9,0\n",
                           "# friends\n\n \"from\" , \"to\"\n 0 ,\t1\n\n# more\n\"9\",\"0\"\n"}) {
    const EdgeFile file = parse_edges(text, 10);
    CHECK(file.problems.empty());
    CHECK(file.ties == expected);
  }
}

TEST_CASE("everything wrong in an edge file is told with its place", "[scenario]") {
  CHECK(problems("") == Lines{"0:0 the file has no ties (write a line for each after the header: from,to)"});
  CHECK(problems("from,to\n") == Lines{"0:0 the file has no ties (write a line for each after the header: from,to)"});
  CHECK(problems("0,1\n") ==
        Lines{"1:1 the first line is not the header from,to (put from,to on a line of its own before the ties)"});
  CHECK(problems("from;to\n0;1\n") ==
        Lines{"1:1 this line is not two values with a comma between them (separate the values by commas)"});
  CHECK(problems("from,to\n3\n") ==
        Lines{"2:1 this line is not two values with a comma between them (write who talks and who hears: 17,4)"});
  CHECK(problems("from,to\n3,4,1\n") ==
        Lines{"2:4 this line has more than two values (keep who talks and who hears: 17,4)"});
  CHECK(problems("from,to\n1,x\n1.0,-2\n,3\n") ==
        Lines{"2:3 \"x\" is not the number of a person" + numbered, "3:1 \"1.0\" is not the number of a person" + numbered,
              "3:5 \"-2\" is not the number of a person" + numbered, "4:1 \"\" is not the number of a person" + numbered});
  CHECK(problems("from,to\n1,10\n99999999999999999999,1\n") ==
        Lines{"2:3 there is no person 10" + numbered, "3:1 there is no person 99999999999999999999" + numbered});
  CHECK(problems("from,to\n4, 4\n") == Lines{"2:4 person 4 talks to person 4 (leave this line out)"});
  CHECK(problems("from,to\n4,5\n5,4\n4,5\n") ==
        Lines{"4:1 4,5 stands twice (keep one of them; the first stands in line 2)"});
  CHECK(problems(std::string_view("from,to\n1\0,2\n", 13)) == Lines{"0:0 this is not text (save it as CSV in UTF-8)"});
  CHECK(problems("\xff\xfe"
                 "f") == Lines{"0:0 the file is encoded in UTF-16 (save it as CSV in UTF-8)"});
}
