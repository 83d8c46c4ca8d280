// A socket that takes connections at an address given as text.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "net/descriptor.h"

namespace weir::net {

struct Accepted {
  Descriptor socket;  // does not block; not open: `error` says why
  std::string peer;   // the client's address without its port
  int error = 0;
};

class Listener {
 public:
  // "127.0.0.1:8080", "[::1]:8080" or "localhost:8080"; port 0 is any free one. Fault::invalid for
  // another form or an address that is not this machine's, conflict when it is taken, denied when
  // the port needs a right.
  static Result<Listener> open(const std::string& address);

  Accepted accept() const;
  int descriptor() const { return socket_.number(); }
  std::uint16_t port() const { return port_; }
  bool is_open() const { return socket_.is_open(); }
  void close() { socket_.close(); }

 private:
  Listener(Descriptor socket, std::uint16_t port) : socket_(std::move(socket)), port_(port) {}

  Descriptor socket_;
  std::uint16_t port_;
};

}  // namespace weir::net
