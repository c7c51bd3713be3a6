#include "model/shortage.hpp"

namespace joust::model {
namespace {

struct Row {
    std::string_view name;
    ShortageText text;
};

constexpr std::array<Row, k_shortages> k_rows{
    Row{"local_ports",
        {"local ports ran out",
         "keep connections open (no --requests-per-connection), use fewer of them, spread them over several "
         "addresses of the target (--spread), or widen the range: sysctl -w "
         "net.ipv4.ip_local_port_range=\"1024 65535\""}},
    Row{"local_address",
        {"this host has no address from which the target can be reached",
         "give the target by an address of the other family, or this host an address (ip address)"}},
    Row{"open_files",
        {"this process may open no more files",
         "use fewer connections, or raise the limit: ulimit -Hn, ulimit -n"}},
    Row{"host_files", {"this host can open no more files", "raise the limit: sysctl -w fs.file-max=…"}},
    Row{"memory",
        {"the kernel had no memory for sockets",
         "use fewer connections, free memory, or raise net.ipv4.tcp_mem and the cgroup's memory limit"}},
    Row{"watches",
        {"epoll may watch no more sockets",
         "use fewer connections, or raise the limit: sysctl -w fs.epoll.max_user_watches=…"}},
};

}  // namespace

std::string_view name(Shortage shortage) {
    return k_rows[static_cast<std::size_t>(shortage)].name;
}

const ShortageText& text_of(Shortage shortage) {
    return k_rows[static_cast<std::size_t>(shortage)].text;
}

}  // namespace joust::model
