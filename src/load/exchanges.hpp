#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "load/load_plan.hpp"
#include "load/operation_mix.hpp"
#include "load/pacing/pacing.hpp"
#include "load/places.hpp"
#include "load/recorder.hpp"
#include "load/session/known_answer.hpp"
#include "load/session/sessions.hpp"
#include "load/transport/patience.hpp"

namespace joust::load {

/// The exchanges of one load thread: each is begun when its pacing says so, carried by a session, checked,
/// and recorded.
class Exchanges final : public Launcher, private SessionEvents {
public:
    /// All but `share` outlive it. `random` draws the operations.
    Exchanges(const LoadPlan& plan, const Share& share, const IdSource& ids, Transport& transport,
              Recorder& recorder, Pacing& pacing, Random& random, Moment& moment);

    void begin(ExchangeId id, TimePoint due, TimePoint ready) override;
    void shed(TimePoint due, TimePoint when, bool timed_out) override;
    /// Ends those whose deadline had passed when the transport was last asked, at `polled`: what has come in
    /// time but was not read yet, because this thread did not run, is read first.
    void expire(TimePoint polled);
    /// Ends all as unfinished, and closes their connections: an answer that still comes belongs to no request
    /// any more.
    void cut_off();

    [[nodiscard]] std::size_t under_way() const { return under_way_; }
    /// Since the thread's start; the next one's sequence number.
    [[nodiscard]] std::uint64_t issued() const { return issued_; }
    /// When the first one under way times out; TimePoint::max() without one.
    [[nodiscard]] TimePoint next_deadline() const;
    /// How long a wait for events may go on after the first of them.
    [[nodiscard]] Patience patience() const {
        return pace_.patience(under_way_, pacing_.waits_for_answers());
    }
    Sessions& sessions() { return sessions_; }
    [[nodiscard]] const Sessions& sessions() const { return sessions_; }

private:
    void on_answered(Exchange& exchange, const AnswerEnd& answer, const Arrival& arrival) override;
    void on_failed(Exchange& exchange, model::RequestErrorKind kind, std::string_view detail,
                   TimePoint when) override;
    void on_lacked(Exchange& exchange, model::Shortage shortage, std::string_view detail,
                   TimePoint when) override;
    bool on_closed_before(Exchange& exchange) override;
    void on_closed_idle(ConnectionId id) override;

    inline void draw(Exchange& exchange);
    void timed_out(Exchange& exchange);
    [[nodiscard]] std::optional<WrongAnswer> check(const Exchange& exchange, int status);
    [[nodiscard]] static bool is_farewell(const Exchange& exchange, const AnswerEnd& answer,
                                          const Arrival& arrival);
    bool retry(Exchange& exchange, model::RequestErrorKind kind, bool reusable);
    [[nodiscard]] static inline Ending ending(const Exchange& exchange, Ending::How how, TimePoint end);
    inline void end(Exchange& exchange, const Ending& ending);

    const LoadPlan& plan_;
    const IdSource ids_;
    Recorder& recorder_;
    Pacing& pacing_;
    Random& random_;
    const Moment& moment_;
    const OperationMix mix_;
    Sessions sessions_;
    Places<Exchange> exchanges_;
    ExchangeList in_flight_;  ///< by due time, so also by deadline
    std::size_t under_way_ = 0;
    std::uint64_t issued_ = 0;
    std::size_t buffer_size_ = 0;             ///< of the longest request whose bytes change
    std::vector<KnownAnswer> known_answers_;  ///< one per operation
    http::JsonParser json_parser_;
    Pace pace_;
};

}  // namespace joust::load
