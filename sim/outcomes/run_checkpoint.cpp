#include "sojourn/outcomes/run_checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "sojourn/base/error.hpp"
#include "sojourn/base/sha256.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/scenario_digest.hpp"
#include "sojourn/outcomes/version.hpp"

namespace sojourn {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// By this line a file is known as a checkpoint. Then a line of JSON says whose it is; then come the parts, each after its
/// length; and at the end the digest of all before it.
constexpr std::string_view beginning = "Sojourn checkpoint 1: the command that wrote it goes on from here.\n";
/// The same of a replication under way: the line of JSON says which, and parts are its pieces.
constexpr std::string_view beginning_of_state =
    "Sojourn checkpoint 1 of a replication under way: the command that wrote it goes on from here.\n";
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 36;
constexpr std::size_t digest_size = 64, length_size = 8;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Json json_of(const RunIdentity& run) {
  return {{"version", run.version}, {"build", run.build},         {"scenario", run.scenario},
          {"seed", run.seed},       {"customers", run.customers}, {"replications", run.replications},
          {"plans", run.plans}};
}

std::string length(std::uint64_t size) {
  std::string bytes;
  for (std::size_t k = 0; k < length_size; ++k) bytes += static_cast<char>(static_cast<std::uint8_t>(size >> (8 * k)));
  return bytes;
}

std::uint64_t length_at(std::string_view bytes) {
  std::uint64_t size = 0;
  for (std::size_t k = 0; k < length_size; ++k) size |= std::uint64_t{static_cast<std::uint8_t>(bytes[k])} << (8 * k);
  return size;
}

std::string texts(const Json& list) {
  std::string all;
  for (const Json& each : list) all += (all.empty() ? "" : ", ") + each.get<std::string>();
  return all;
}

/// What is not the same about two runs, in words; the first that a user would think of.
std::string difference(const Json& there, const Json& ours) {
  if (there.at("version") != ours.at("version") || there.at("build") != ours.at("build"))
    return fmt::format("by Sojourn {}, and this is {}", there.at("version").get<std::string>(),
                       ours.at("version").get<std::string>());
  if (there.at("plans") != ours.at("plans"))
    return fmt::format("of the plans {}, and these are {}", texts(there.at("plans")), texts(ours.at("plans")));
  for (const char* name : {"seed", "customers", "replications"}) {
    if (there.at(name) == ours.at(name)) continue;
    const auto number = [&](const Json& run) { return run.at(name).get<std::uint64_t>(); };
    const std::string_view key = name;
    if (key == "seed") return fmt::format("with seed {}, and this has seed {}", number(there), number(ours));
    return fmt::format("with {} {}, and this has {}", number(there), key, number(ours));
  }
  return there.at("scenario") == ours.at("scenario") ? std::string() : "of another scenario, or with other changes to it";
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why, const std::string& hint) {
  throw InputError(fmt::format("the checkpoint {} {}", path.string(), why), hint);
}

constexpr const char* name_another = "name another file with --checkpoint";
constexpr const char* damaged = "is damaged";
constexpr double share_of_time = 0.02;   // for writing
constexpr double shortest_pause = 0.25;  // seconds between two times

std::string begin_anew(const fs::path& path) {
  return fmt::format("remove it, and the run begins anew: rm {}", path.string());
}

Replacing by_beginning(std::string_view words) {
  Replacing may;
  may.beginning = words;
  return may;
}

void require_same_run(const fs::path& path, const Json& there, const Json& ours) {
  std::string other;
  try {
    other = difference(there, ours);
  } catch (const Json::exception&) {
    refuse(path, damaged, begin_anew(path));
  }
  if (!other.empty()) {
    refuse(path, fmt::format("is of another run: {}", other),
           fmt::format("repeat the command that wrote it, {}, or remove it", name_another));
  }
}

/// `path`, the name that the user gave: where no such file can be made, that is told by this name, not by those of the files
/// beside it. One that is there is looked at later.
fs::path possible(fs::path path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) require_replaceable(path, by_beginning(beginning));
  return path;
}

/// The parts in a checkpoint whose bytes are all there.
std::vector<std::string> parts_in(const fs::path& path, std::string_view bytes, const Json& ours) {
  if (bytes.size() < beginning.size() + digest_size) refuse(path, damaged, begin_anew(path));
  const std::string_view body = bytes.substr(0, bytes.size() - digest_size);
  if (sha256_hex(body) != bytes.substr(body.size())) refuse(path, damaged, begin_anew(path));
  std::string_view rest = body.substr(beginning.size());
  const std::size_t line = rest.find('\n');
  if (line == rest.npos) refuse(path, damaged, begin_anew(path));
  const Json there = Json::parse(rest.substr(0, line), nullptr, false);
  rest.remove_prefix(line + 1);
  require_same_run(path, there, ours);
  std::vector<std::string> parts;
  while (!rest.empty()) {
    const std::uint64_t size = rest.size() < length_size ? rest.size() : length_at(rest);
    if (rest.size() < length_size || size > rest.size() - length_size) refuse(path, damaged, begin_anew(path));
    parts.emplace_back(rest.substr(length_size, size));
    rest.remove_prefix(length_size + size);
  }
  return parts;
}

}  // namespace

RunIdentity run_identity(const Scenario& scenario, std::vector<std::string> plans) {
  const Settings& settings = scenario.parts.settings;
  return {std::string(version()),    std::string(build_description()),
          scenario_digest(scenario), settings.seed,
          settings.customers,        settings.replications,
          std::move(plans)};
}

/// The file while it is written.
class ReplicationFile::Writing {
 public:
  Writing(const fs::path& path, const std::string& head) : file_(path, by_beginning(beginning_of_state)) { put(head); }
  void put(std::string_view bytes) {
    digest_.update(bytes);
    file_.write(bytes);
  }
  void finish() {
    file_.write(digest_.hex());
    file_.finish();
  }

 private:
  FileReplacement file_;
  Sha256 digest_;
};

ReplicationFile::ReplicationFile(fs::path path, const RunIdentity& identity)
    : path_(std::move(path)),
      identity_(json_of(identity).dump(-1, ' ', false, Json::error_handler_t::replace)),
      last_(now()) {
  std::error_code error;
  const bool there = fs::is_regular_file(path_, error);
  const std::uint64_t size = there ? fs::file_size(path_, error) : 0;
  if (size > 0) {
    file_.open(path_, std::ios::binary);
    std::string line(beginning_of_state.size(), '\0');
    if (!file_.read(line.data(), static_cast<std::streamsize>(line.size())) || line != beginning_of_state) {
      throw InputError(fmt::format("--checkpoint: {} exists and is no checkpoint", path_.string()), name_another);
    }
    const auto spoilt = [&] { refuse(path_, damaged, begin_anew(path_)); };
    if (size < beginning_of_state.size() + digest_size) spoilt();
    const std::uint64_t end = size - digest_size;
    Sha256 digest;
    digest.update(line);
    std::string block(std::size_t{1} << 20, '\0');
    for (std::uint64_t at = line.size(); at < end;) {
      const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), end - at));
      if (!file_.read(block.data(), static_cast<std::streamsize>(some))) spoilt();
      digest.update({block.data(), some});
      at += some;
    }
    std::string hex(digest_size, '\0');
    if (!file_.read(hex.data(), static_cast<std::streamsize>(hex.size())) || hex != digest.hex()) spoilt();
    file_.seekg(static_cast<std::streamoff>(beginning_of_state.size()));
    std::getline(file_, line);
    const Json head = Json::parse(line, nullptr, false);
    require_same_run(path_, head, Json::parse(identity_));
    found_ = Place{head.value("replication", 0u), head.value("plan", 0u)};
    std::string bytes(length_size, '\0');
    for (std::uint64_t at = beginning_of_state.size() + line.size() + 1; at < end;) {
      file_.seekg(static_cast<std::streamoff>(at));
      if (!file_.read(bytes.data(), length_size)) spoilt();
      at += length_size;
      const std::uint64_t length = length_at(bytes);
      if (length > end - at) spoilt();
      stretches_.push_back({at, length});
      at += length;
    }
    any_ = true;
  }
  require_replaceable(path_, by_beginning(beginning_of_state));
}

ReplicationFile::~ReplicationFile() = default;

std::string ReplicationFile::piece(std::size_t k) {
  std::string bytes(static_cast<std::size_t>(stretches_[k].size), '\0');
  file_.seekg(static_cast<std::streamoff>(stretches_[k].at));
  if (!file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    throw RunError(fmt::format("cannot read {}", path_.string()));
  return bytes;
}

bool ReplicationFile::due() { return now() - last_ > pause_; }

void ReplicationFile::begin(const Place& place) {
  began_ = now();
  Json head = Json::parse(identity_);
  head["replication"] = place.replication;
  head["plan"] = place.plan;
  writing_ = std::make_unique<Writing>(path_, std::string(beginning_of_state) + head.dump() + "\n");
}

void ReplicationFile::add(std::string piece) {
  writing_->put(length(piece.size()));
  writing_->put(piece);
}

void ReplicationFile::finish() {
  writing_->finish();
  writing_.reset();
  any_ = true;
  last_ = now();
  pause_ = std::max(shortest_pause, (last_ - began_) / share_of_time);
}

void ReplicationFile::remove() {
  std::error_code error;
  fs::remove(path_, error);
}

RunCheckpoint::RunCheckpoint(fs::path path, const RunIdentity& identity)
    : path_(possible(std::move(path))),
      lock_(path_.parent_path() / fmt::format(".{}.lock", path_.filename().string())),
      head_(std::string(beginning)),
      states_(fs::path(path_).concat(".state"), identity),
      last_(now()) {
  if (lock_.taken()) refuse(path_, "is in use by another process", fmt::format("wait for it to end, or {}", name_another));
  const Json ours = json_of(identity);
  head_ += ours.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::error_code error;
  if (fs::is_regular_file(path_, error) && fs::file_size(path_, error) > 0) {
    const std::string bytes = read_whole_file(path_, most_bytes);
    if (!bytes.starts_with(beginning)) {
      throw InputError(fmt::format("--checkpoint {}: this file exists and is no checkpoint", path_.string()), name_another);
    }
    found_ = parts_in(path_, bytes, ours);
  }
  require_replaceable(path_, by_beginning(beginning));
}

void RunCheckpoint::keep(std::string part) {
  const std::lock_guard lock(mutex_);
  added_.push_back(std::move(part));
  states_.outdated();
  if (now() - last_ > pause_) write();
}

void RunCheckpoint::save() {
  const std::lock_guard lock(mutex_);
  if (written_ < added_.size()) write();
}

void RunCheckpoint::remove() {
  std::error_code error;
  fs::remove(path_, error);
  states_.remove();
}

std::size_t RunCheckpoint::parts() {
  const std::lock_guard lock(mutex_);
  return found_.size() + added_.size();
}

void RunCheckpoint::write() {
  const double began = now();
  FileReplacement file(path_, by_beginning(beginning));
  Sha256 digest;
  const auto put = [&](std::string_view bytes) {
    digest.update(bytes);
    file.write(bytes);
  };
  put(head_);
  for (const auto* const parts : {&found_, &added_}) {
    for (const std::string& part : *parts) {
      put(length(part.size()));
      put(part);
    }
  }
  file.write(digest.hex());
  file.finish();
  written_ = added_.size();
  last_ = now();
  pause_ = std::max(shortest_pause, (last_ - began) / share_of_time);
  // What it kept is among the parts now.
  if (!states_.any()) states_.remove();
}

}  // namespace sojourn
