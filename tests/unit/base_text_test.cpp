#include <string>

#include "sojourn/base/text.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

TEST_CASE("a text is taken apart into characters, and each wrong byte is one", "[base][text]") {
  CHECK(first_character("a").point == U'a');
  CHECK(first_character("é").point == U'é');
  CHECK(first_character("日本").bytes == 3);
  CHECK(first_character("\xf0\x9f\x98\x80!").point == 0x1f600);
  // Alone, cut short, overlong, a surrogate, beyond U+10FFFF (RFC 3629).
  for (const char* wrong :
       {"\x80", "\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    const Character c = first_character(wrong);
    CHECK_FALSE(c.valid);
    CHECK(c.bytes == 1);
    CHECK(c.point == 0xfffd);
  }
  CHECK(character_count("aé日\xff") == 4);
  CHECK(bytes_of_characters("aé日b", 2) == 3);
  CHECK(bytes_of_characters("aé", 9) == 3);
  CHECK(bytes_of_characters("", 1) == 0);
}

TEST_CASE("columns are those of a terminal", "[base][text]") {
  CHECK(columns("cafe") == 4);
  CHECK(columns("cafe\xcc\x81") == 4);      // a combining accent
  CHECK(columns("日本語") == 6);            // East Asian wide
  CHECK(columns("\xf0\x9f\x98\x80") == 2);  // an emoji
  CHECK(columns("€±→") == 3);
  CHECK(columns("a\xe2\x80\x8d") == 1);  // a joiner
}

TEST_CASE("what may drive a terminal or turn the line is written out", "[base][text]") {
  CHECK(shown("\x1b]0;x\x07\x1b[31mRED") == "\\u001b]0;x\\u0007\\u001b[31mRED");
  CHECK(shown("a\x7f\xc2\x9b") == "a\\u007f\\u009b");  // DEL and a C1 control
  CHECK(shown("\xe2\x80\xae"
              "evil\xe2\x80\xac") == "\\u202eevil\\u202c");  // an override of direction
  CHECK(shown("\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8f\xd8\x9c") == "\\u2066x\\u2069\\u200f\\u061c");
  CHECK(shown("\xe2\x80\xa8\xe2\x80\xa9") == "\\u2028\\u2029");
  CHECK(shown("\xef\xbf\xbe\xef\xb7\x90\xf0\x9f\xbf\xbf") == "\\ufffe\\ufdd0\\ud83f\\udfff");
  CHECK(shown("\xff") == "\xef\xbf\xbd");
  CHECK(shown(std::string_view("\0", 1)) == "\\u0000");
  CHECK(shown("a\n\tb\r") == "a\n\tb\\u000d");
  CHECK(shown_on_one_line("a\r\nb\nc\td\r") == "a b c d\\u000d");
  for (const char* harmless :
       {"Café größer", "日本語", "עברית", "العربية", "e\xcc\x81", "👩‍👩‍👧", "it's <b> & \"c\""})
    CHECK(shown(harmless) == harmless);
}

TEST_CASE("markup is escaped for XML and HTML at once", "[base][text]") {
  CHECK(escape_markup("<a href='x' b=\"&\">\x01") == "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;\\u0001");
}

TEST_CASE("a field of CSV is never a formula", "[base][text]") {
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("") == "");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("a \"b\"") == "\"a \"\"b\"\"\"");
  CHECK(csv_field("two\nlines") == "\"two\nlines\"");
  CHECK(csv_field("=1+1") == "\"'=1+1\"");
  CHECK(csv_field("+49 30 1234") == "\"'+49 30 1234\"");
  CHECK(csv_field("-x") == "\"'-x\"");
  CHECK(csv_field("@SUM(A1)") == "\"'@SUM(A1)\"");
  CHECK(csv_field("\t=1") == "\"'\t=1\"");
  CHECK(csv_field("\r=1") == "\"'\\u000d=1\"");
  CHECK(csv_field("  =1") == "\"'  =1\"");
  CHECK(csv_field("a=b") == "a=b");
}
