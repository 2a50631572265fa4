// Cases by number: each follows from its own number alone, so that many processes share them and each can be repeated.
#pragma once

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace sojourn::fault {

/// The draws of one case.
class Dice {
 public:
  explicit Dice(std::uint64_t number) : random_(number) {}
  /// Below `limit`, which is not 0.
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 random_;
};

namespace detail {
inline volatile std::uint64_t under_way = 0;
inline int told_to = STDERR_FILENO;

inline void say_and_end(const char* what, int status) {
  char text[96];
  const int size = std::snprintf(text, sizeof text, "\n%s at case %llu\n", what, static_cast<unsigned long long>(under_way));
  static_cast<void>(!::write(told_to, text, static_cast<std::size_t>(size)));
  ::_exit(status);
}
}  // namespace detail

/// Ends the process where a case crashes (status 4), takes more than `seconds` of processor time, or a hundred times as long
/// by the clock (status 3), having said which it is.
class Watch {
 public:
  explicit Watch(unsigned seconds) : seconds_(seconds) {
    for (const int late : {SIGALRM, SIGPROF}) ::signal(late, [](int) { detail::say_and_end("no end", 3); });
    for (const int crash : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL})
      ::signal(crash, [](int) { detail::say_and_end("a crash", 4); });
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { set(0); }

  void begin(std::uint64_t number) {
    detail::under_way = number;
    set(seconds_);
  }

 private:
  static void set(unsigned seconds) {
    const itimerval once{{0, 0}, {static_cast<time_t>(seconds), 0}};
    ::setitimer(ITIMER_PROF, &once, nullptr);
    ::alarm(100 * seconds);
  }
  unsigned seconds_;
};

/// How many cases came to each end.
class Ends {
 public:
  void count(const std::string& end) { ++times_[end]; }
  void print() const {
    for (const auto& [end, times] : times_) std::printf("%10llu %s\n", static_cast<unsigned long long>(times), end.c_str());
  }

 private:
  std::map<std::string, std::uint64_t> times_;
};

/// Numbers and texts that somebody may write where others are expected.
inline const std::vector<std::string>& odd_numbers() {
  static const std::vector<std::string> numbers{
      "0",
      "-1",
      "1",
      "0.5",
      "1.0000001",
      "1e-300",
      "1e300",
      "-1e308",
      "1e9",
      "4294967296",
      "9223372036854775807",
      "1e400",
      "inf",
      "-inf",
      "nan",
      "0x10",
      "1_000",
      "1__0",
      "07",
      "1,250",
      "1.250,00",
      "50 %",
      "-0.0",
      "+0.1",
      ".5",
      "5.",
      "1e",
      "0.1e-1",
      "100",
      "3",
      "1000000",
      "2.5",
      "65537",
  };
  return numbers;
}
inline const std::vector<std::string>& odd_texts() {
  static const std::vector<std::string> texts{
      "\"\"",
      "\"3 days\"",
      "\"1e9 years\"",
      "\"-2 weeks\"",
      "\"0 days\"",
      "\"2 % per year\"",
      "\"+10%\"",
      "\"-100%\"",
      "\"= 0.5\"",
      "\"* 2\"",
      "\"\\u001b[31m\"",
      "\"\\u0000\"",
      "\"\xff\"",
      "\"a -> b\"",
      "[]",
      "{}",
      "[[]]",
      "[1, 2]",
      "[\"a\", \"b\"]",
      "{ mean = 1 }",
      "{ a = 1 }",
      "true",
      "false",
      "2026-01-01",
      "2026-02-30",
      "1979-05-27T07:32:00",
      "\"\"\"x\ny\"\"\"",
      "'literal'",
      "baseline",
      "nonsense",
      "{ linear = \"3 weeks\" }",
      "{ exponential = { mean = \"0 days\" } }",
      "{ lognormal = { mean = 1, sd = 1e9 } }",
      "{ beta = [0, 0] }",
      "{ gamma = { shape = 1e-9, mean = 1 } }",
      "{ weibull = { shape = 100, mean = \"1 day\" } }",
      "{ normal = [0, -1] }",
      "{ uniform = [1, 0] }",
      "{ constant = 1 }",
      "{ file = \"/etc/passwd\" }",
      "{ file = \"ties.csv\" }",
      "{ random = { contacts = 8 } }",
      "\"12 per hour\"",
      "[{}, {}]",
      "[\"Mon-Fri 9:00-17:00\"]",
  };
  return texts;
}

}  // namespace sojourn::fault
