#include "read_apart.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "hdf5_handle.hpp"
#include "results_image.hpp"
#include "results_layout.hpp"
#include "sojourn/base/error.hpp"

namespace sojourn {
namespace {

// The first byte of what the child sends; the last is `complete`, so that a child that died half-way is noticed.
enum class Answer : char { outcomes = 'O', damage = 'D', other_format = 'F', hdf5_error = 'H', no_memory = 'M' };
constexpr char complete = '.';

// Takes bytes apart, each of which may be anything.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number())); }
  /// How many things follow, of which each takes at least `least` bytes.
  std::size_t count(std::size_t least) {
    const std::uint64_t claimed = number();
    if (claimed > rest_.size() / least) fail();
    return claimed;
  }
  template <class Number>
  std::vector<Number> numbers() {
    static_assert(sizeof(Number) == 8);
    std::vector<Number> values(count(sizeof(Number)));
    const std::string_view bytes = take(values.size() * sizeof(Number));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> values(count(8));
    for (std::string& value : values) value = text();
    return values;
  }
  void end() const {
    if (!rest_.empty()) fail();
  }
  [[noreturn]] static void fail() { throw Damage("what was read of it contradicts itself"); }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) fail();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

class Packer {
 public:
  void number(std::uint64_t value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view value) {
    number(value.size());
    bytes_ += value;
  }
  template <class Number>
  void values(const std::vector<Number>& numbers) {
    number(numbers.size());
    bytes_.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number));
  }
  void values(const std::vector<std::string>& texts) {
    number(texts.size());
    for (const std::string& each : texts) text(each);
  }
  void values(std::monostate) {}
  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// The texts of where the numbers come from, in one order for both directions.
template <class Texts>
auto texts_of(Texts& from) {
  return std::array{&from.title, &from.request.command, &from.history,      &from.version,
                    &from.build, &from.scenario_toml,   &from.scenario_name};
}

// The child's answer to `image`.
std::string answer_to(std::string_view image) {
  const auto answer = [](Answer kind, std::string_view bytes) {
    std::string all(1, static_cast<char>(kind));
    all += bytes;
    all += complete;
    return all;
  };
  try {
    return answer(Answer::outcomes, packed(read_image(image)));
  } catch (const OtherFormat& version) {
    return answer(Answer::other_format, version.what());
  } catch (const Damage& damage) {
    return answer(Answer::damage, damage.what());
  } catch (const Hdf5Error& error) {
    return answer(Answer::hdf5_error, error.what());
  } catch (const std::bad_alloc&) {
    return answer(Answer::no_memory, "");
  } catch (const std::exception& error) {
    return answer(Answer::damage, error.what());
  }
}

void limit(int what, rlim_t most) {
  const rlimit both{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &both);
}

// Never returns. After a fork only this thread is here; it uses nothing that another thread may have left locked but the
// allocator, which the C library makes safe.
[[noreturn]] void be_the_child(std::string_view image, int out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGPIPE, SIGINT, SIGTERM})
    ::signal(signal, SIG_DFL);
  // The C library's last words about broken memory are for nobody.
  if (const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 0);  // nothing else is opened: no external storage, no filter from a plug-in
  // A file packed as well as deflate can becomes a thousand times as long; to unpack and to digest that takes less. At some
  // damaged files HDF5 never ends.
  limit(RLIMIT_CPU, 2 + 5 * (image.size() >> 20));
  std::string bytes;
  try {
    bytes = answer_to(image);
  } catch (...) {
    ::_exit(1);
  }
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = ::write(out, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) ::_exit(1);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::_exit(0);
}

// All that comes out of `in`, but hardly more than `most`.
std::string read_all(int in, std::uint64_t most) {
  constexpr std::size_t piece = std::size_t{1} << 18;
  static_cast<void>(::fcntl(in, F_SETPIPE_SZ, static_cast<int>(piece)));  // only faster
  std::string bytes, some(piece, '\0');
  while (bytes.size() <= most) {
    const ssize_t count = ::read(in, some.data(), piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    bytes.append(some, 0, static_cast<std::size_t>(count));
  }
  return bytes;
}

std::string end_of(pid_t child) {
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, 0)) < 0 && errno == EINTR) {
  }
  if (ended != child) return "HDF5 did not read it to its end";  // the program that uses us does not wait for its children
  if (!WIFSIGNALED(status)) return "HDF5 did not read it to its end";
  if (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL) return "HDF5 came to no end with it";
  return fmt::format("HDF5 crashed on it ({})", ::strsignal(WTERMSIG(status)));
}

}  // namespace

std::string packed(const Outcomes& outcomes) {
  Packer out;
  for (const std::string* text : texts_of(outcomes.provenance)) out.text(*text);
  out.values(outcomes.provenance.request.changes);
  out.values(outcomes.provenance.request.plans);
  out.number(outcomes.provenance.seed);
  out.number(outcomes.provenance.more.size());
  for (const auto& [name, text] : outcomes.provenance.more) {
    out.text(name);
    out.text(text);
  }
  out.number(outcomes.dimensions.size());
  for (const Dimension& dimension : outcomes.dimensions) {
    out.text(dimension.name);
    out.number(dimension.size);
    out.text(dimension.unit);
    out.text(dimension.long_name);
    out.number(dimension.values.index());
    std::visit([&](const auto& values) { out.values(values); }, dimension.values);
  }
  out.number(outcomes.arrays.size());
  for (const Array& array : outcomes.arrays) {
    out.text(array.name);
    out.values(array.dimensions);
    out.text(array.unit);
    out.text(array.long_name);
    out.number(array.values.index());
    std::visit([&](const auto& values) { out.values(values); }, array.values);
  }
  return std::move(out).bytes();
}

Outcomes unpacked(std::string_view bytes) {
  Unpacker in(bytes);
  Outcomes outcomes;
  for (std::string* text : texts_of(outcomes.provenance)) *text = in.text();
  outcomes.provenance.request.changes = in.texts();
  outcomes.provenance.request.plans = in.texts();
  outcomes.provenance.seed = in.number();
  outcomes.provenance.more.resize(in.count(2 * 8));
  for (auto& [name, text] : outcomes.provenance.more) {
    name = in.text();
    text = in.text();
  }
  outcomes.dimensions.resize(in.count(5 * 8));
  for (Dimension& dimension : outcomes.dimensions) {
    dimension.name = in.text();
    dimension.size = in.number();
    dimension.unit = in.text();
    dimension.long_name = in.text();
    switch (in.number()) {
      case 0:
        break;
      case 1:
        dimension.values = in.numbers<double>();
        break;
      case 2:
        dimension.values = in.numbers<std::int64_t>();
        break;
      case 3:
        dimension.values = in.texts();
        break;
      default:
        Unpacker::fail();
    }
  }
  outcomes.arrays.resize(in.count(6 * 8));
  for (Array& array : outcomes.arrays) {
    array.name = in.text();
    array.dimensions = in.texts();
    array.unit = in.text();
    array.long_name = in.text();
    switch (in.number()) {
      case 0:
        array.values = in.numbers<double>();
        break;
      case 1:
        array.values = in.numbers<std::int64_t>();
        break;
      default:
        Unpacker::fail();
    }
  }
  in.end();
  try {
    require_consistent(outcomes);
  } catch (const std::invalid_argument& contradiction) {
    throw Damage(contradiction.what());
  }
  return outcomes;
}

Outcomes read_image_apart(std::string_view image) {
  int ends[2] = {};
  const auto refuse = [](const char* call) {
    throw RunError(fmt::format("results files are read by a process of its own, and {} failed: {}", call,
                               std::generic_category().message(errno)));
  };
  if (::pipe2(ends, O_CLOEXEC) != 0) refuse("pipe");
  pid_t child = -1;
  {
    const Hdf5Session session;  // no thread is within the library when this one forks
    child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      be_the_child(image, ends[1]);
    }
  }
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    refuse("fork");
  }
  std::string bytes;
  try {
    bytes = read_all(ends[0], most_read_bytes(image.size()));
  } catch (...) {
    ::close(ends[0]);
    ::kill(child, SIGKILL);
    static_cast<void>(end_of(child));
    throw;
  }
  ::close(ends[0]);  // a child that has still more to say ends by SIGPIPE
  const std::string end = end_of(child);
  if (bytes.size() < 2 || bytes.back() != complete) throw Damage(end);
  const std::string_view said = std::string_view(bytes).substr(1, bytes.size() - 2);
  switch (static_cast<Answer>(bytes.front())) {
    case Answer::outcomes:
      return unpacked(said);
    case Answer::other_format:
      throw OtherFormat(std::string(said));
    case Answer::hdf5_error:
      throw Hdf5Error(std::string(said));
    case Answer::no_memory:
      throw std::bad_alloc();
    case Answer::damage:
      break;
  }
  throw Damage(std::string(said));
}

}  // namespace sojourn
