#include "load/session/connector.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include "load/shortage.hpp"

namespace joust::load {
namespace {

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

Connector::Connector(const LoadPlan& plan, const Share& share, Transport& transport, const Moment& moment,
                     ConnectorEvents& events)
    : addresses_(plan.addresses),
      spread_(plan.options.spread),
      connections_(share.connections),
      transport_(transport),
      moment_(moment),
      events_(events),
      connects_(share.connections),
      known_(plan.addresses.size()),
      races_(racing_places(plan.addresses.size())) {
    if (spread_) address_ = static_cast<std::size_t>(share.thread) % addresses_.size();
}

/// With spread, addresses that answer have turns; where none is known to, all do.
std::size_t Connector::pick_address() {
    if (!spread_) return address_;
    for (std::size_t i = 0; i < addresses_.size(); ++i) {
        const std::size_t address = address_;
        address_ = (address_ + 1) % addresses_.size();
        if (known_[address].shunned_until <= moment_.now) return address;
    }
    return address_;
}

void Connector::shun(std::size_t address) {
    known_[address].shunned_until = moment_.now + k_shunned;
    known_[address].answers = false;
}

void Connector::connect(ConnectionId id) {
    Connect& connect = connects_.at(id);
    connect.first_address = pick_address();
    connect.tried = connect.attempts = connect.waits = 0;
    connect.error = 0;
    ++connect.number;
    begin_attempts(id, id);
}

/// Begins an attempt at the next address that lets it begin. Without one that is under way then, the connect
/// has failed.
void Connector::begin_attempts(ConnectionId id, ConnectionId place) {
    const Connect& connect = connects_[id];
    while (connect.tried < addresses_.size())
        if (attempt(id, place)) return;
    if (connect.attempts == 0) unreachable(id);
}

/// False: it failed at once.
bool Connector::attempt(ConnectionId id, ConnectionId place) {
    Connect& connect = connects_[id];
    const std::size_t address = (connect.first_address + connect.tried++) % addresses_.size();
    const int error = transport_.open(place, addresses_[address]);
    if (error == EAGAIN && addresses_[address].is_unix()) {
        --connect.tried;
        ++connect.attempts;  // it goes on after a pause
        wait_for(id, pause_after(connect.waits++));
        return true;
    }
    if (error != 0) {
        attempt_failed(id, address, error);
        return false;
    }
    ++connect.attempts;
    if (is_race(place)) {
        races_[place - connections_] = {.id = id, .address = address};
        ++racing_;
    } else {
        connect.address = address;
        connect.has_attempt = true;
    }
    if (addresses_.size() > 1) wait_for(id, k_attempt_delay);
    return true;
}

void Connector::attempt_failed(ConnectionId id, std::size_t address, int error) {
    Connect& connect = connects_[id];
    shun(address);
    const bool tells_more =
        connect.error == 0 || weight(shortage_of(error, addresses_[address])) >=
                                  weight(shortage_of(connect.error, addresses_[connect.failed_address]));
    if (!tells_more) return;
    connect.error = error;
    connect.failed_address = address;
}

void Connector::unreachable(ConnectionId id) {
    const Connect& connect = connects_[id];
    events_.on_unreachable(id, connect.error, addresses_[connect.failed_address]);
}

/// A timeout can be shorter than the delay of attempts: each connect would end at the first address.
void Connector::timed_out(ConnectionId id) {
    const Connect& connect = connects_[id];
    for (std::size_t i = 0; i < connect.tried; ++i)
        shun((connect.first_address + i) % addresses_.size());
    if (!spread_ && !known_[address_].answers)
        address_ = (connect.first_address + connect.tried) % addresses_.size();
}

void Connector::wait_for(ConnectionId id, Nanoseconds time, bool for_place) {
    waits_.push_back({moment_.now + time, id, ++connects_[id].number, for_place});
    std::push_heap(waits_.begin(), waits_.end(), std::greater<>());
    lacks_places_ = lacks_places_ || for_place;
}

/// An address has answered: connects that found no place to try another one may take that at once.
void Connector::hurry_those_without_place() {
    lacks_places_ = false;
    for (Wait& wait : waits_)
        if (std::exchange(wait.for_place, false)) wait.at = std::min(wait.at, moment_.now);
    std::make_heap(waits_.begin(), waits_.end(), std::greater<>());
}

void Connector::look_after_waits() {
    while (!waits_.empty() && waits_.front().at <= moment_.now) {
        std::pop_heap(waits_.begin(), waits_.end(), std::greater<>());
        const Wait wait = waits_.back();
        waits_.pop_back();
        Connect& connect = connects_[wait.id];
        if (connect.number != wait.number) continue;
        if (addresses_[0].is_unix()) {
            --connect.attempts;
            begin_attempts(wait.id, wait.id);
        } else {
            race(wait.id);
        }
    }
}

/// The attempts of a connect have been silent for a while: an address that answers others takes their place,
/// else the next one is tried next to them.
void Connector::race(ConnectionId id) {
    Connect& connect = connects_[id];
    for (std::size_t i = 0; i < connect.tried; ++i)
        shun((connect.first_address + i) % addresses_.size());
    const std::size_t other = pick_address();
    if (known_[other].answers) {
        end_races(id);
        if (connect.has_attempt) transport_.close(id);
        connect.has_attempt = false;
        connect.attempts = connect.tried = 0;
        connect.first_address = other;
        begin_attempts(id, id);
        return;
    }
    if (connect.tried == addresses_.size()) return;
    const auto free =
        std::find_if(races_.begin(), races_.end(), [](const Race& r) { return r.id == k_none; });
    if (free != races_.end()) {
        begin_attempts(id, place_of(static_cast<std::size_t>(free - races_.begin())));
    } else {
        wait_for(id, k_attempt_delay, true);  // other connects try the same addresses meanwhile
    }
}

void Connector::end_race(std::size_t race) {
    transport_.close(place_of(race));
    races_[race].id = k_none;
    --racing_;
}

void Connector::end_races(ConnectionId id) {
    for (std::size_t race = 0; racing_ != 0 && race < races_.size(); ++race)
        if (races_[race].id == id) end_race(race);
}

void Connector::give_up(ConnectionId id) {
    Connect& connect = connects_[id];
    ++connect.number;
    end_races(id);
    if (std::exchange(connect.has_attempt, false)) transport_.close(id);
}

void Connector::on_connected(ConnectionId place, int error) {
    const std::size_t race = is_race(place) ? place - connections_ : races_.size();
    const ConnectionId id = is_race(place) ? races_[race].id : place;
    Connect& connect = connects_[id];
    if (error == 0) {
        if (!is_race(place) || win_race(id, race)) answered(id);
        return;
    }
    const std::size_t address = is_race(place) ? races_[race].address : connect.address;
    if (is_race(place)) {
        end_race(race);
    } else {
        transport_.close(id);
        connect.has_attempt = false;
    }
    --connect.attempts;
    attempt_failed(id, address, error);
    begin_attempts(id, place);
}

/// The attempt in a place of the races becomes the connection's own; false: that failed, and the connect too.
bool Connector::win_race(ConnectionId id, std::size_t race) {
    Connect& connect = connects_[id];
    if (connect.has_attempt) transport_.close(id);
    connect.address = races_[race].address;
    const int error = transport_.move(place_of(race), id);
    races_[race].id = k_none;
    --racing_;
    if (error == 0) return true;
    connect.has_attempt = false;
    end_races(id);
    connect.error = error;
    connect.failed_address = connect.address;
    unreachable(id);
    return false;
}

/// The first attempt that is answered ends the others.
void Connector::answered(ConnectionId id) {
    Connect& connect = connects_[id];
    end_races(id);
    connect.has_attempt = false;  // it is a connection now, and no longer of the connector's
    ++connect.number;
    Known& address = known_[connect.address];
    address.shunned_until = TimePoint{};
    address.answers = true;
    ++address.served;
    if (!spread_) address_ = connect.address;
    if (lacks_places_) hurry_those_without_place();
    events_.on_established(id);
}

std::vector<model::ServedAddress> Connector::take_served() {
    std::vector<model::ServedAddress> served;
    for (std::size_t i = 0; i < addresses_.size(); ++i)
        served.push_back({to_text(addresses_[i]), std::exchange(known_[i].served, 0)});
    return served;
}

}  // namespace joust::load
