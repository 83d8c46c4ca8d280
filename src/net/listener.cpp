#include "net/listener.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

namespace weir::net {
namespace {

constexpr int backlog = 4'096;

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

Address address_v4(in_addr host, std::uint16_t port) {
  Address address{.size = sizeof(sockaddr_in)};
  const sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = host};
  std::memcpy(&address.bytes, &v4, sizeof v4);
  return address;
}

Address address_v6(in6_addr host, std::uint16_t port) {
  Address address{.size = sizeof(sockaddr_in6)};
  const sockaddr_in6 v6{.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = host};
  std::memcpy(&address.bytes, &v6, sizeof v6);
  return address;
}

Result<Address> read_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  const std::string_view digits = std::string_view(text).substr(std::min(colon + 1, text.size()));
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  in_addr v4{};
  in6_addr v6{};
  if (host == "localhost") host = "127.0.0.1";
  if (colon != std::string::npos && !digits.empty() && error == std::errc() &&
      end == digits.data() + digits.size()) {
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return address_v4(v4, port);
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed && ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6) == 1) {
      return address_v6(v6, port);
    }
  }
  return Error{Fault::invalid, "'" + text + "' is no address to listen at: write 127.0.0.1:8080, " +
                                   "[::1]:8080, or 0.0.0.0:8080 for every network interface"};
}

Error bind_error(const std::string& address, int error) {
  switch (error) {
    case EADDRINUSE: return {Fault::conflict, address + " is taken by another program"};
    case EADDRNOTAVAIL:
      return {Fault::invalid, address + " is an address of no network interface of this machine"};
    case EACCES:
      return {Fault::denied, address + " may not be listened at: a port below 1024 needs a right"};
    default:
      return {Fault::unavailable, address + " cannot be listened at: " + std::strerror(error)};
  }
}

std::uint16_t port_of(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ASSERT(::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) == 0);
  sockaddr_in v4{};  // the port stands at the same place in both
  std::memcpy(&v4, &bound, sizeof v4);
  return ntohs(v4.sin_port);
}

std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  std::string_view found = text.data();
  if (found.starts_with("::ffff:")) found.remove_prefix(7);
  return std::string(found);
}

}  // namespace

Result<Listener> Listener::open(const std::string& address) {
  TRY(const Address at, read_address(address));
  Descriptor socket(::socket(at.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return bind_error(address, errno);
  const int on = 1;
  // What is accepted inherits TCP_NODELAY.
  if (::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&at.bytes), at.size) != 0 ||
      ::listen(socket.number(), backlog) != 0) {
    return bind_error(address, errno);
  }
  const std::uint16_t port = port_of(socket.number());
  return Listener(std::move(socket), port);
}

Accepted Listener::accept() const {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  Accepted accepted;
  accepted.socket = Descriptor(::accept4(socket_.number(), reinterpret_cast<sockaddr*>(&peer),
                                         &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.socket.is_open()) {
    accepted.peer = text_of(peer);
  } else {
    accepted.error = errno;
  }
  return accepted;
}

}  // namespace weir::net
