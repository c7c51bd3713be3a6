#include "load/exchanges.hpp"

#include <algorithm>
#include <utility>

namespace joust::load {

using model::RequestErrorKind;

Exchanges::Exchanges(const LoadPlan& plan, const Share& share, const IdSource& ids, Transport& transport,
                     Recorder& recorder, Pacing& pacing, Random& random, Moment& moment)
    : plan_(plan),
      ids_(ids),
      recorder_(recorder),
      pacing_(pacing),
      random_(random),
      moment_(moment),
      mix_(plan.options.operations),
      sessions_(plan, share, transport, recorder, moment, *this),
      exchanges_(share.connections),
      known_answers_(plan.requests.size()) {
    for (const PreparedRequest& request : plan.requests)
        buffer_size_ = std::max(buffer_size_, request.buffer_size());
}

/// Chooses what is asked, and makes its bytes.
void Exchanges::draw(Exchange& exchange) {
    exchange.sequence = issued_++;
    exchange.operation = mix_.pick(random_);
    const PreparedRequest& request = plan_.requests[exchange.operation];
    exchange.prepared = &request;
    exchange.check = &plan_.checks[exchange.operation];
    exchange.variant = static_cast<std::uint32_t>(
        request.variants() == 1 ? 0 : (exchange.sequence * ids_.threads + ids_.thread) % request.variants());
    if (buffer_size_ != 0 && !exchange.buffer) exchange.buffer = std::make_unique<char[]>(buffer_size_);
    const std::uint64_t key = (std::uint64_t{exchange.operation} << 32U) | exchange.variant;
    exchange.request = request.render(exchange.variant, exchange.buffer.get(), exchange.loaded == key, ids_,
                                      exchange.sequence);
    exchange.loaded = key;
}

void Exchanges::begin(ExchangeId id, TimePoint due, TimePoint ready) {
    Exchange& exchange = exchanges_.at(id);
    exchange.id = id;
    exchange.session = id;  // HTTP/1.1: each has a connection to itself
    exchange.due = due;
    exchange.resent = false;
    exchange.submitted = false;
    exchange.retries = static_cast<std::uint8_t>(plan_.options.retries);
    draw(exchange);
    recorder_.begun(due, moment_.now - ready, ready > due);
    in_flight_.push_back(exchange);
    ++under_way_;
    sessions_.carry(exchange);
}

void Exchanges::shed(TimePoint due, TimePoint when, bool timed_out) {
    recorder_.shed(due, when, timed_out);
}

Ending Exchanges::ending(const Exchange& exchange, Ending::How how, TimePoint end) {
    return {.how = how,
            .sent = exchange.submitted,
            .identified = exchange.prepared->sends_id(),
            .operation = exchange.operation,
            .sequence = exchange.sequence,
            .due = exchange.due,
            .sent_at = exchange.sent_at,
            .first_byte = exchange.first_byte,
            .end = std::max(end, exchange.due)};
}

void Exchanges::end(Exchange& exchange, const Ending& ending) {
    if (recorder_.is_after_silence(ending)) [[unlikely]]
        recorder_.after_silence(ending, in_flight_.front()->due, under_way_);
    in_flight_.remove(exchange);
    --under_way_;
    recorder_.ended(ending);
}

std::optional<WrongAnswer> Exchanges::check(const Exchange& exchange, int status) {
    const Answer answer{.status = status,
                        .body = exchange.body.text(),
                        .id = exchange.prepared->id_in(exchange.variant, exchange.request),
                        .headers_matched = exchange.headers_matched,
                        .cut = exchange.body.cut()};
    return exchange.check->check(answer, json_parser_, known_answers_[exchange.operation]);
}

void Exchanges::on_answered(Exchange& exchange, const AnswerEnd& answer, const Arrival& arrival) {
    if (arrival.arrived - exchange.due > plan_.options.timeout)
        return timed_out(exchange);  // it came too late, but was read before the deadline was looked at
    if (is_farewell(exchange, answer, arrival)) {
        if (!on_closed_before(exchange))
            on_failed(exchange, RequestErrorKind::reset,
                      "the kept-alive connection had been ended with status 408", arrival.arrived);
        return;
    }
    pace_.answered(arrival.arrived - exchange.due, arrival.stamped);
    Ending how = ending(exchange, Ending::How::succeeded, arrival.arrived);
    how.stamped = arrival.stamped;
    how.reap_delay = arrival.read - arrival.arrived;
    how.answered = true;
    how.status = answer.status;
    auto wrong = check(exchange, answer.status);
    if (wrong && wrong->kind == RequestErrorKind::status_5xx &&
        retry(exchange, wrong->kind, answer.carries_more))
        return;
    if (wrong) {
        how.how = Ending::How::failed;
        how.kind = wrong->kind;
        how.misdelivered = wrong->misdelivered;
        how.wrong_id = wrong->wrong_id;
        if (recorder_.wants_example(wrong->kind))
            recorder_.keep_example(wrong->kind, how.status, std::move(wrong->detail), how.end);
    }
    const bool connected = sessions_.release(exchange, answer);
    end(exchange, how);
    pacing_.freed(exchange.id, {wrong ? Freed::How::wrong : Freed::How::succeeded, connected}, moment_.now,
                  *this);
}

void Exchanges::on_failed(Exchange& exchange, RequestErrorKind kind, std::string_view detail,
                          TimePoint when) {
    if (retry(exchange, kind, false)) return;
    Ending how = ending(exchange, Ending::How::failed, when);
    how.kind = kind;
    how.status = exchange.submitted ? sessions_.answer(exchange).status() : 0;
    if (recorder_.wants_example(kind)) recorder_.keep_example(kind, how.status, std::string(detail), how.end);
    sessions_.drop(exchange);
    end(exchange, how);
    pacing_.freed(exchange.id, {.how = Freed::How::failed}, moment_.now, *this);
}

/// The target is not charged for it.
void Exchanges::on_lacked(Exchange& exchange, model::Shortage shortage, std::string_view detail,
                          TimePoint when) {
    recorder_.lacked(shortage, exchange.due);
    on_failed(exchange, RequestErrorKind::generator, fmt::format("{}: {}", text_of(shortage).what, detail),
              when);
}

/// Recorded at its age when the deadline passed, whenever that is noticed.
void Exchanges::timed_out(Exchange& exchange) {
    Ending how = ending(exchange, Ending::How::timed_out, exchange.due + plan_.options.timeout);
    how.kind = RequestErrorKind::timeout;
    if (recorder_.wants_example(how.kind)) {
        const Http1& answer = sessions_.answer(exchange);
        recorder_.keep_example(how.kind, exchange.submitted ? answer.status() : 0,
                               sessions_.is_connecting(exchange) ? "while connecting"
                               : answer.begun()                  ? "in the middle of the answer"
                                                                 : "no byte of an answer came",
                               how.end);
    }
    sessions_.time_out(exchange);
    end(exchange, how);
    pacing_.freed(exchange.id, {.how = Freed::How::timed_out}, moment_.now, *this);
}

/// A status 408 that ends an idle connection, and came before the request was sent (RFC 9110, 15.5.9).
bool Exchanges::is_farewell(const Exchange& exchange, const AnswerEnd& answer, const Arrival& arrival) {
    constexpr int k_request_timeout = 408;
    return answer.status == k_request_timeout && !answer.keep_alive && !answer.first && !exchange.resent &&
           arrival.stamped && arrival.arrived < exchange.sent_at;
}

/// A request without further effect may be repeated when its kept-alive connection turns out to have been
/// closed while idle (RFC 9112, 9.3.1); a POST never is, for nobody knows what became of it.
bool Exchanges::on_closed_before(Exchange& exchange) {
    ++recorder_.connections().closed_idle;
    if (!exchange.prepared->is_idempotent()) return false;
    ++recorder_.connections().resent;
    exchange.resent = true;
    sessions_.carry_anew(exchange);
    return true;
}

void Exchanges::on_closed_idle(ConnectionId id) {
    pacing_.closed_idle(id);
}

/// If the user asked for it; on the same connection where that is possible.
bool Exchanges::retry(Exchange& exchange, RequestErrorKind kind, bool reusable) {
    const bool safe =
        kind == RequestErrorKind::connect || !exchange.submitted || exchange.prepared->is_idempotent();
    if (exchange.retries == 0 || !safe) return false;
    --exchange.retries;
    recorder_.retried();
    if (reusable) {
        sessions_.carry(exchange);
    } else {
        sessions_.carry_anew(exchange);
    }
    return true;
}

TimePoint Exchanges::next_deadline() const {
    const Exchange* const first = in_flight_.front();
    return first == nullptr ? TimePoint::max() : first->due + plan_.options.timeout;
}

void Exchanges::expire(TimePoint polled) {
    while (next_deadline() <= polled)
        timed_out(*in_flight_.front());
}

void Exchanges::cut_off() {
    while (Exchange* const exchange = in_flight_.front()) {
        Ending unfinished = ending(*exchange, Ending::How::unfinished, moment_.now);
        unfinished.kind = RequestErrorKind::timeout;
        sessions_.drop(*exchange);
        end(*exchange, unfinished);
        pacing_.cut_off(exchange->id);
    }
}

}  // namespace joust::load
