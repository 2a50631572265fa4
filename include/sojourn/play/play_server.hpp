// The local server of `sojourn play`.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "sojourn/play/playground.hpp"

namespace sojourn {

/// Serves the page of a playground to this machine alone: it listens on 127.0.0.1, and answers only who knows its address,
/// which holds a random token, and only requests whose Host, and Origin where there is one, are its own. It opens no file.
/// One simulation runs at a time; a page's newer request ends its older one.
class PlayServer {
 public:
  /// Listens at `port`, or at any that is free where that is 0. `page` is the document; `threads` as in RunOptions. `ground`
  /// outlives this. Throws RunError where the port cannot be had.
  PlayServer(const Playground& ground, std::string page, int port, int threads);
  ~PlayServer();
  PlayServer(const PlayServer&) = delete;
  PlayServer& operator=(const PlayServer&) = delete;

  /// "http://127.0.0.1:41234/3f0c.../".
  [[nodiscard]] const std::string& address() const;

  /// Serves until a stop is requested.
  void serve(const std::stop_token& stop);

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sojourn
