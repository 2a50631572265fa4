#include "sojourn/play/play_server.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/base/error.hpp"
#include "sojourn/play/play_json.hpp"

namespace sojourn {
namespace {

constexpr std::size_t threads_of_server = 16;
constexpr std::size_t most_pages = 64;  // whose last request is remembered
constexpr std::size_t longest_query = 4096;
constexpr std::size_t longest_page_name = 64;

/// A name that nobody can guess for the address, and nothing else: no figure that is simulated depends on it, all of these
/// are drawn by name from the scenario's seed.
std::string random_token() {
  std::random_device source;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", source() & 0xffffffffu);
  return token;
}

/// Takes the same time wherever two texts of one length differ.
bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

/// A lock that goes to who has waited longest, so that several pages get their first answers before one gets its last.
class Turns {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = last_++;
    changed_.wait(lock, [&] { return now_ == mine; });
  }
  void unlock() {
    const std::lock_guard lock(mutex_);
    ++now_;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t last_ = 0, now_ = 0;
};

void plain(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_content(text + "\n", "text/plain; charset=utf-8");
}

/// A server at whose door more than five may wait, as many as the library lets: a burst of moves would be turned away, and
/// come again after a second.
class PatientServer : public httplib::Server {
 public:
  void let_wait(int most) { ::listen(svr_sock_, most); }
};

}  // namespace

class PlayServer::Parts {
 public:
  Parts(const Playground& ground, std::string page, int port, int threads)
      : ground_(ground), page_(std::move(page)), token_(random_token()), threads_(threads), player_(ground) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(threads_of_server); };
    // Every request has a connection of its own: none holds a thread while nothing is asked.
    server_.set_keep_alive_max_count(1);
    server_.set_payload_max_length(0);
    server_.set_tcp_nodelay(true);
    // The library lets several programs listen at one port, each of which gets some of the requests.
    server_.set_socket_options([](socket_t at) {
      const int yes = 1;  // a port may be taken again at once after a program that has ended
      ::setsockopt(at, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    // Everything is looked at here: no path is matched against a pattern.
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
      plain(response, 500, "something went wrong");
    });
    const int bound = port == 0                                 ? server_.bind_to_any_port("127.0.0.1")
                      : server_.bind_to_port("127.0.0.1", port) ? port
                                                                : -1;
    if (bound <= 0)
      throw RunError(port == 0 ? "no port of this machine can be had" : fmt::format("port {} cannot be had", port),
                     port == 0 ? "" : "another program has it: leave --port out for one that is free");
    server_.let_wait(256);
    hosts_ = {fmt::format("127.0.0.1:{}", bound), fmt::format("localhost:{}", bound)};
    address_ = fmt::format("http://{}/{}/", hosts_.front(), token_);
  }

  [[nodiscard]] const std::string& address() const { return address_; }

  void serve(const std::stop_token& stop) {
    const std::stop_callback stopping(stop, [this] {
      {
        const std::lock_guard lock(mutex_);
        for (auto& [page, last] : last_) last.request_stop();
        closed_ = true;
      }
      server_.stop();
    });
    server_.listen_after_bind();
  }

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    for (const auto& [name, value] : {std::pair("Cache-Control", "no-store"),
                                      {"X-Content-Type-Options", "nosniff"},
                                      {"Referrer-Policy", "no-referrer"},
                                      {"X-Frame-Options", "DENY"},
                                      {"Cross-Origin-Resource-Policy", "same-origin"}}) {
      response.set_header(name, value);
    }
    if (request.get_header_value_count("Host") != 1 || !ours(request.get_header_value("Host"), ""))
      return plain(response, 403, "this server answers its own address alone");
    if (request.has_header("Origin") && !ours(request.get_header_value("Origin"), "http://"))
      return plain(response, 403, "this server answers its own page alone");
    const std::string_view path = request.path;
    const std::string_view rest = path.size() > token_.size() + 1 ? path.substr(token_.size() + 1) : std::string_view();
    if (!path.starts_with('/') || !same(path.substr(1, token_.size()), token_) || !rest.starts_with('/'))
      return plain(response, 403, "the address is not whole: take it from where sojourn play printed it");
    if (request.method != "GET" && request.method != "HEAD") return plain(response, 405, "this server is only read");
    if (request.target.size() > longest_query) return plain(response, 414, "the address is too long");
    const std::string_view what = rest.substr(1);
    if (what.empty()) return response.set_content(page_, "text/html; charset=utf-8");
    if (what == "answers") return answers(request, response);
    if (what == "scenario.toml") return scenario(request, response);
    plain(response, 404, "there is nothing here");
  }

  [[nodiscard]] bool ours(std::string_view name, std::string_view before) const {
    return name.starts_with(before) && std::find(hosts_.begin(), hosts_.end(), name.substr(before.size())) != hosts_.end();
  }

  [[nodiscard]] Playground::State state_of(const httplib::Request& request) const {
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const auto& [name, value] : request.params) {
      if (name != "page") parameters.emplace_back(name, value);
    }
    return ground_.state(parameters);
  }

  void scenario(const httplib::Request& request, httplib::Response& response) {
    try {
      const std::string text = ground_.text(state_of(request));
      response.set_header("Content-Disposition", "attachment; filename=\"tried.toml\"");
      response.set_content(text, "application/toml; charset=utf-8");
    } catch (const InputError& error) {
      const auto [message, hint] = in_short(error);
      plain(response, 400, hint.empty() ? message : fmt::format("{}\n{}", message, hint));
    }
  }

  void answers(const httplib::Request& request, httplib::Response& response) {
    const std::string page = request.get_param_value("page");
    if (page.empty() || page.size() > longest_page_name) return plain(response, 400, "no page asks");
    const std::stop_source mine = take_over(page);
    const auto began = std::chrono::steady_clock::now();
    // The page's state is looked at where its answers are written: a wrong one is told like any other.
    response.set_chunked_content_provider("text/event-stream",
                                          [this, parameters = request, mine, began](std::size_t, httplib::DataSink& sink) {
                                            stream(parameters, mine, began, sink);
                                            sink.done();
                                            return true;
                                          });
  }

  /// The newest request of a page, which ends the one before.
  std::stop_source take_over(const std::string& page) {
    const std::lock_guard lock(mutex_);
    if (last_.size() >= most_pages && last_.find(page) == last_.end()) {
      for (auto& [name, last] : last_) last.request_stop();
      last_.clear();
    }
    std::stop_source fresh;
    const auto [place, first] = last_.try_emplace(page, fresh);
    if (!first) {
      place->second.request_stop();
      place->second = fresh;
    }
    if (closed_) fresh.request_stop();
    return fresh;
  }

  void stream(const httplib::Request& request, std::stop_source mine, std::chrono::steady_clock::time_point began,
              httplib::DataSink& sink) {
    const auto send = [&](std::string_view event, const std::string& data) {
      const std::string text = fmt::format("event: {}\ndata: {}\n\n", event, data);
      if (!sink.write(text.data(), text.size())) mine.request_stop();
    };
    try {
      const Playground::State state = state_of(request);
      RunOptions options;
      options.threads = threads_;
      options.stop = mine.get_token();
      auto looked = std::chrono::steady_clock::now();
      // A page that is gone, or has moved on, waits for nothing.
      options.progress = [&](double) {
        constexpr std::chrono::milliseconds often(100);
        const auto now = std::chrono::steady_clock::now();
        if (now - looked < often) return;
        looked = now;
        if (!sink.is_writable()) mine.request_stop();
      };
      player_.play(
          state, options, turns_,
          [&](const PlayAnswer& answer) {
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
            send("answer", answer_json(ground_, state, answer, seconds.count()));
            throw_if_stopped(mine.get_token());
          },
          [&](const std::vector<Diary>& lives) { send("people", lives_json(lives)); });
      send("done", "{}");
    } catch (const Interrupted&) {
    } catch (const Error& error) {
      const auto [message, hint] = in_short(error);
      send("refused", refusal_json(message, hint));
      send("done", "{}");
    } catch (const std::exception& error) {
      send("refused", refusal_json(error.what(), ""));
      send("done", "{}");
    }
  }

  const Playground& ground_;
  std::string page_, token_, address_;
  std::vector<std::string> hosts_;
  int threads_;
  PatientServer server_;
  std::mutex mutex_;                              // of what follows
  std::map<std::string, std::stop_source> last_;  // the newest request of each page
  bool closed_ = false;
  Turns turns_;  // one simulation at a time
  Player player_;
};

PlayServer::PlayServer(const Playground& ground, std::string page, int port, int threads)
    : parts_(std::make_unique<Parts>(ground, std::move(page), port, threads)) {}
PlayServer::~PlayServer() = default;
const std::string& PlayServer::address() const { return parts_->address(); }
void PlayServer::serve(const std::stop_token& stop) { parts_->serve(stop); }

}  // namespace sojourn
