#include "read_apart.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

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

// At some damaged files HDF5 never ends. Each piece of the work gets so much processor time as no piece of `bytes` needs: a
// file packed as well as deflate can becomes a thousand times as long, to be unpacked and digested.
void allow(std::uint64_t bytes) {
  constexpr std::uint64_t least = 250'000, bytes_a_microsecond = 50;
  const std::uint64_t time = least + bytes / bytes_a_microsecond;
  const itimerval once{{0, 0}, {static_cast<time_t>(time / 1'000'000), static_cast<suseconds_t>(time % 1'000'000)}};
  ::setitimer(ITIMER_PROF, &once, nullptr);
}
void allow_all() {
  const itimerval never{};
  ::setitimer(ITIMER_PROF, &never, nullptr);
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
    const Outcomes outcomes = read_image(image, allow);
    allow_all();  // what follows is our own
    return answer(Answer::outcomes, packed(outcomes));
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

// False where nobody reads `bytes` any more.
bool write_all(int out, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(out, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The same into a socket, without a signal.
bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// False where fewer than `size` bytes come.
bool receive_all(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::recv(socket, bytes, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// A message of one number and one descriptor, for sending and for receiving.
struct Order {
  std::uint64_t number = 0;
  iovec part{&number, sizeof number};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};

  Order() {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
  }
  Order(const Order&) = delete;
  Order& operator=(const Order&) = delete;
};

// Asks for `size` bytes, which follow, to be read and answered into `out`.
bool send_order(int socket, std::uint64_t size, int out) {
  Order order;
  order.number = size;
  cmsghdr* const header = CMSG_FIRSTHDR(&order.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof out);
  std::memcpy(CMSG_DATA(header), &out, sizeof out);
  return ::sendmsg(socket, &order.message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof order.number);
}

bool receive_order(int socket, std::uint64_t& size, int& out) {
  Order order;
  if (::recvmsg(socket, &order.message, MSG_WAITALL) != static_cast<ssize_t>(sizeof order.number)) return false;
  const cmsghdr* const header = CMSG_FIRSTHDR(&order.message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return false;
  size = order.number;
  std::memcpy(&out, CMSG_DATA(header), sizeof out);
  return true;
}

// Never returns: a process for one image, whatever becomes of it.
[[noreturn]] void read_one(std::string_view image, int out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  limit(RLIMIT_NOFILE, 0);                          // nothing else is opened: no external storage, no filter from a plug-in
  limit(RLIMIT_CPU, 2 + 5 * (image.size() >> 20));  // of all pieces together
  try {
    ::_exit(write_all(out, answer_to(image)) ? 0 : 1);
  } catch (...) {
    ::_exit(1);
  }
}

// Keeps `socket` open as the first descriptor after the standard ones, which lead nowhere: whoever waits for the end of what
// the program writes would wait for this process too, and the C library's last words about broken memory are for nobody.
int only_open(int socket) {
  constexpr int kept = 3;
  if (const int nowhere = ::open("/dev/null", O_RDWR); nowhere >= 0) {
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      if (socket != standard) ::dup2(nowhere, standard);
    }
  }
  if (socket != kept && ::dup2(socket, kept) < 0) ::_exit(1);
  ::close_range(kept + 1, ~0U, 0);
  return kept;
}

// Never returns: a process that forks one for each image that comes through `socket`, and says how that ended. It looks at
// no image, so that none changes what becomes of the next. It ends when nobody can ask any more, and when nobody has asked
// for a while, since it holds the memory of the process that it was forked from. Only one of that process's threads is here;
// it uses nothing that another may have left locked but the allocator, which the C library makes safe.
[[noreturn]] void serve(int socket) {
  int patience = -1;  // milliseconds: as long as it takes for the first image, on a machine that has much to do
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGPROF, SIGTERM, SIGCHLD})
    ::signal(signal, SIG_DFL);
  for (const int signal : {SIGPIPE, SIGINT}) ::signal(signal, SIG_IGN);
  sigset_t of_time{};
  ::sigaddset(&of_time, SIGXCPU);
  ::sigaddset(&of_time, SIGPROF);
  ::sigprocmask(SIG_UNBLOCK, &of_time, nullptr);
  limit(RLIMIT_CORE, 0);
  socket = only_open(socket);
  for (pollfd asked{socket, POLLIN, 0}; ::poll(&asked, 1, patience) > 0;) {
    patience = 1000;
    std::uint64_t size = 0;
    int out = -1, status = 0;
    if (!receive_order(socket, size, out)) break;
    try {
      std::string image(size, '\0');
      if (!receive_all(socket, image.data(), image.size())) break;
      const pid_t child = ::fork();
      if (child == 0) {
        ::close(socket);
        read_one(image, out);
      }
      if (child < 0) {
        status = -errno;
      } else {
        ::close(out);  // its end is the child's
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
      }
    } catch (const std::bad_alloc&) {
      status = -ENOMEM;
    }
    if (!send_all(socket, {reinterpret_cast<const char*>(&status), sizeof status}) || status < 0) break;
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

[[noreturn]] void refuse(const char* call, int error) {
  throw RunError(fmt::format("results files are read by a process of its own, and {} failed: {}", call,
                             std::generic_category().message(error)));
}

// Closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  [[nodiscard]] int get() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

// What a process sent, and how it ended.
struct Reply {
  std::string bytes;
  int status = 0;
};

// A process that serves. It is nobody's child, so that a program that waits for its children does not wait for it.
class Reader {
 public:
  Reader() {
    int ends[2] = {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) refuse("socketpair", errno);
    socket_ = Descriptor(ends[0]);
    const Descriptor theirs(ends[1]);
    const Hdf5Session session;  // no thread is within the library when this one forks
    const pid_t between = ::fork();
    if (between == 0) {
      const pid_t server = ::fork();
      if (server == 0) serve(theirs.get());
      ::_exit(server < 0 ? errno : 0);
    }
    if (between < 0) refuse("fork", errno);
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(between, &status, 0)) < 0 && errno == EINTR) {
    }
    if (ended == between && WIFEXITED(status) && WEXITSTATUS(status) != 0) refuse("fork", WEXITSTATUS(status));
  }

  /// Nothing where the process is no more, which is never the image's fault.
  std::optional<Reply> ask(std::string_view image) {
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC) != 0) refuse("pipe", errno);
    Descriptor in(ends[0]), out(ends[1]);
    if (!send_order(socket_.get(), image.size(), out.get())) return std::nullopt;
    out.close();
    if (!send_all(socket_.get(), image)) return std::nullopt;
    Reply reply{read_all(in.get(), most_read_bytes(image.size())), 0};
    in.close();  // a process that has still more to say ends by SIGPIPE
    if (!receive_all(socket_.get(), reinterpret_cast<char*>(&reply.status), sizeof reply.status)) return std::nullopt;
    return reply;
  }

 private:
  Descriptor socket_{-1};
};
// Those that nobody asks at the moment: one for each thread that reads, at most.
class Readers {
 public:
  Reply reply_to(std::string_view image) {
    if (std::optional<Reader> waiting = take()) {
      if (std::optional<Reply> reply = waiting->ask(image)) return leave(std::move(*waiting), std::move(*reply));
    }
    Reader fresh;
    if (std::optional<Reply> reply = fresh.ask(image)) return leave(std::move(fresh), std::move(*reply));
    throw RunError("results files are read by a process of its own, which was ended from outside");
  }

 private:
  std::optional<Reader> take() {
    const std::lock_guard lock(mutex_);
    // A program that forks leaves its child the same ends of the sockets.
    if (std::exchange(owner_, ::getpid()) != ::getpid()) waiting_.clear();
    if (waiting_.empty()) return std::nullopt;
    Reader reader = std::move(waiting_.back());
    waiting_.pop_back();
    return reader;
  }
  Reply leave(Reader reader, Reply reply) {
    if (reply.status < 0) refuse("fork", -reply.status);
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(reader));
    return reply;
  }

  std::mutex mutex_;
  std::vector<Reader> waiting_;
  pid_t owner_ = 0;
};

std::string end_of(int status) {
  if (!WIFSIGNALED(status)) return "HDF5 did not read it to its end";
  const int by = WTERMSIG(status);
  if (by == SIGPROF || by == SIGXCPU || by == SIGKILL) return "HDF5 came to no end with it";
  return fmt::format("HDF5 crashed on it ({})", ::strsignal(by));
}

Reply reply_to(std::string_view image) {
  static Readers readers;
  return readers.reply_to(image);
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
  const auto [bytes, status] = reply_to(image);
  if (bytes.size() < 2 || bytes.back() != complete) throw Damage(end_of(status));
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
