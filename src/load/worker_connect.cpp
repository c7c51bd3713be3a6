#include <algorithm>
#include <functional>
#include <utility>

#include "load/shortage.hpp"
#include "load/worker.hpp"

namespace joust::load {
namespace {

using model::RequestErrorKind;
using Phase = Connection::Phase;

/// An attempt that has not been answered for so long gets company (RFC 8305, 5 and 8).
constexpr Nanoseconds k_attempt_delay = std::chrono::milliseconds(250);
/// So long an address that did not answer is tried after all others, where connections are spread.
constexpr Nanoseconds k_shunned = std::chrono::seconds(1);
constexpr std::size_t k_most_races = 16;

/// Before a Unix socket with a full backlog is tried again: 0.2 ms, doubled up to 12.8 ms. The server has no
/// way to say when it has room.
Nanoseconds pause_after(std::uint16_t waits) {
    return Nanoseconds(std::chrono::microseconds(200)) * (1 << std::min<int>(waits, 6));
}

/// Which of the failed attempts is told. The least is an address that this host cannot reach at all, as ::1
/// without IPv6; the most is a shortage, for which the target must not be blamed.
int weight(const std::optional<model::Shortage>& shortage) {
    if (!shortage) return 1;
    return *shortage == model::Shortage::local_address ? 0 : 2;
}

}  // namespace

std::size_t racing_places(std::size_t addresses) {
    return std::min(k_most_races, addresses - std::min<std::size_t>(addresses, 1));
}

/// With spread, addresses that answer have turns; where none is known to, all do.
std::size_t Worker::pick_address() {
    if (!plan_.options.spread) return address_;
    for (std::size_t i = 0; i < plan_.addresses.size(); ++i) {
        const std::size_t address = address_;
        address_ = (address_ + 1) % plan_.addresses.size();
        if (shunned_until_[address] <= now_) return address;
    }
    return address_;
}

void Worker::shun(std::size_t address) {
    shunned_until_[address] = now_ + k_shunned;
    answers_[address] = false;
}

void Worker::open(ConnectionId id) {
    Connection& connection = connections_[id];
    connection.phase = Phase::connecting;
    connection.served = 0;
    ++open_;
    recorder_.connections().peak = std::max<std::uint64_t>(recorder_.connections().peak, open_);
    recorder_.live().connections.add(1);
    connection.first_address = pick_address();
    connection.tried = connection.attempts = connection.waits = 0;
    connection.connect_error = 0;
    ++connection.connect;  // what waits for an earlier connect means nothing any more
    begin_attempts(id, id);
}

/// Begins an attempt at the next address that lets it begin. Without one that is under way then, the request
/// has failed.
void Worker::begin_attempts(ConnectionId id, ConnectionId place) {
    Connection& connection = connections_[id];
    while (connection.tried < plan_.addresses.size())
        if (attempt(id, place)) return;
    if (connection.attempts == 0) could_not_connect(id);
}

/// False: it failed at once.
bool Worker::attempt(ConnectionId id, ConnectionId place) {
    Connection& connection = connections_[id];
    const std::size_t address = (connection.first_address + connection.tried++) % plan_.addresses.size();
    const int error = transport_.open(place, plan_.addresses[address]);
    const bool is_race = place != id;
    if (error == EAGAIN && plan_.addresses[address].is_unix()) {
        --connection.tried;
        ++connection.attempts;  // it goes on after a pause
        wait_for(id, pause_after(connection.waits++));
        return true;
    }
    if (error != 0) {
        attempt_failed(id, address, error);
        return false;
    }
    ++connection.attempts;
    if (is_race) {
        const std::size_t race = place - share_.connections;
        races_[race] = id;
        race_addresses_[race] = address;
        ++racing_;
    } else {
        connection.address = address;
        connection.has_attempt = true;
    }
    if (plan_.addresses.size() > 1) wait_for(id, k_attempt_delay);
    return true;
}

void Worker::attempt_failed(ConnectionId id, std::size_t address, int error) {
    Connection& connection = connections_[id];
    shun(address);
    const Address& where = plan_.addresses[address];
    const bool tells_more =
        connection.connect_error == 0 ||
        weight(shortage_of(error, where)) >=
            weight(shortage_of(connection.connect_error, plan_.addresses[connection.failed_address]));
    if (tells_more) {
        connection.connect_error = error;
        connection.failed_address = address;
    }
}

/// A timeout can be shorter than the delay of attempts: the next connect goes on behind the addresses that
/// this one tried, or each would end at the first of them.
void Worker::timed_out_connecting(ConnectionId id) {
    const Connection& connection = connections_[id];
    const std::size_t count = plan_.addresses.size();
    for (std::size_t i = 0; i < connection.tried; ++i)
        shun((connection.first_address + i) % count);
    if (!plan_.options.spread && !answers_[address_])
        address_ = (connection.first_address + connection.tried) % count;
}

void Worker::could_not_connect(ConnectionId id) {
    const Connection& connection = connections_[id];
    const int error = connection.connect_error;
    if (const auto shortage = shortage_of(error, plan_.addresses[connection.failed_address]))
        return lacked(id, *shortage, errno_text(error), now_);
    failed(id, RequestErrorKind::connect, errno_text(error), now_);
}

void Worker::wait_for(ConnectionId id, Nanoseconds time, bool for_place) {
    connects_.push_back({now_ + time, id, ++connections_[id].connect, for_place});
    std::push_heap(connects_.begin(), connects_.end(), std::greater<>());
    lacks_places_ = lacks_places_ || for_place;
}

/// An address has answered: connections that found no place to try another one may take that at once.
void Worker::hurry_those_without_place() {
    lacks_places_ = false;
    for (ConnectWait& wait : connects_)
        if (std::exchange(wait.for_place, false)) wait.at = std::min(wait.at, now_);
    std::make_heap(connects_.begin(), connects_.end(), std::greater<>());
}

void Worker::look_after_connects() {
    while (!connects_.empty() && connects_.front().at <= now_) {
        std::pop_heap(connects_.begin(), connects_.end(), std::greater<>());
        const ConnectWait wait = connects_.back();
        connects_.pop_back();
        Connection& connection = connections_[wait.id];
        if (connection.phase != Phase::connecting || connection.connect != wait.connect) continue;
        if (plan_.addresses[0].is_unix()) {
            --connection.attempts;
            begin_attempts(wait.id, wait.id);
        } else {
            race(wait.id);
        }
    }
}

/// The attempts of a connection have been silent for a while: an address that answers others takes their
/// place, else the next one is tried next to them.
void Worker::race(ConnectionId id) {
    Connection& connection = connections_[id];
    for (std::size_t i = 0; i < connection.tried; ++i)
        shun((connection.first_address + i) % plan_.addresses.size());
    const std::size_t other = pick_address();
    if (answers_[other]) {
        end_races(id);
        if (connection.has_attempt) transport_.close(id);
        connection.has_attempt = false;
        connection.attempts = connection.tried = 0;
        connection.first_address = other;
        begin_attempts(id, id);
        return;
    }
    if (connection.tried == plan_.addresses.size()) return;
    for (std::size_t race = 0; race < races_.size(); ++race) {
        if (races_[race] != k_no_connection) continue;
        begin_attempts(id, static_cast<ConnectionId>(share_.connections + race));
        return;
    }
    wait_for(id, k_attempt_delay, true);  // other connections try the same addresses meanwhile
}

void Worker::end_race(std::size_t race) {
    transport_.close(static_cast<ConnectionId>(share_.connections + race));
    races_[race] = k_no_connection;
    --racing_;
}

void Worker::end_races(ConnectionId id) {
    for (std::size_t race = 0; racing_ != 0 && race < races_.size(); ++race)
        if (races_[race] == id) end_race(race);
}

/// Closes the connection; its place stays.
void Worker::drop(ConnectionId id) {
    Connection& connection = connections_[id];
    if (connection.phase == Phase::closed) return;
    if (connection.phase == Phase::connecting) end_races(id);
    if (connection.phase != Phase::connecting || connection.has_attempt) transport_.close(id);
    connection.has_attempt = false;
    connection.phase = Phase::closed;
    connection.tls.reset();
    --open_;
    recorder_.live().connections.subtract(1);
}

void Worker::on_connected(ConnectionId place, int error, TimePoint now) {
    now_ = now;
    const bool is_race = place >= share_.connections;
    const ConnectionId id = is_race ? races_[place - share_.connections] : place;
    Connection& connection = connections_[id];
    if (error == 0) return connected(id, place);
    const std::size_t address = is_race ? race_addresses_[place - share_.connections] : connection.address;
    if (is_race) {
        end_race(place - share_.connections);
    } else {
        transport_.close(id);
        connection.has_attempt = false;
    }
    --connection.attempts;
    attempt_failed(id, address, error);
    begin_attempts(id, place);
}

/// The first attempt that is answered ends the others.
void Worker::connected(ConnectionId id, ConnectionId place) {
    Connection& connection = connections_[id];
    if (place != id) {
        const std::size_t race = place - share_.connections;
        if (connection.has_attempt) transport_.close(id);
        connection.address = race_addresses_[race];
        const int error = transport_.move(place, id);
        races_[race] = k_no_connection;
        --racing_;
        if (error != 0) {
            connection.has_attempt = false;
            end_races(id);
            connection.connect_error = error;
            connection.failed_address = connection.address;
            return could_not_connect(id);
        }
    }
    end_races(id);
    connection.has_attempt = true;
    shunned_until_[connection.address] = TimePoint{};
    answers_[connection.address] = true;
    if (!plan_.options.spread) address_ = connection.address;
    if (lacks_places_) hurry_those_without_place();
    ++served_by_[connection.address];
    ++recorder_.connections().established;
    if (plan_.tls) {
        start_tls(id);
    } else {
        submit(id);
    }
}

}  // namespace joust::load
