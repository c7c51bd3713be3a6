#include "http/response_parser.hpp"

#include <algorithm>
#include <cstring>

#include "http/syntax.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace joust::http {
namespace {

constexpr std::size_t k_least_status_line = 12;  // without a phrase
constexpr const char* k_no_http = "the status line is not HTTP/1.0 or HTTP/1.1";
constexpr const char* k_large_head = "the headers are too large";

/// What no line may hold (RFC 9110, 5.5; RFC 9112, 4): control characters but the tab.
constexpr bool is_control(char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
}

/// First control character, or `end`. One pass finds the end of the line and what must not stand before it.
const char* find_control(const char* at, const char* end) {
#ifdef __SSE2__
    const __m128i last = _mm_set1_epi8(' ' - 1);
    const __m128i deleted = _mm_set1_epi8('\x7f');
    for (; end - at >= 16; at += 16) {
        __m128i bytes;
        std::memcpy(&bytes, at, 16);
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes);
        auto hits =
            static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, deleted))));
        for (; hits != 0; hits &= hits - 1) {  // tabs are rare: they are passed over here
            const char* const hit = at + __builtin_ctz(hits);
            if (*hit != '\t') return hit;
        }
    }
#endif
    while (at != end && !is_control(*at))
        ++at;
    return at;
}

/// How many token characters there are from `at` on. Most names are of letters, digits and hyphens: sixteen
/// at a time while `readable` allows it, the table for what is left.
std::size_t token_length(const char* begin, const char* end, const char* readable) {
    const char* at = begin;
#ifdef __SSE2__
    for (; readable - at >= 16; at += 16) {
        __m128i bytes;
        std::memcpy(&bytes, at, 16);
        const __m128i letter = _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
        const __m128i digit = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
        const __m128i plain =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter),
                                      _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit)),
                         _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
        const auto others = static_cast<unsigned>(~_mm_movemask_epi8(plain)) & 0xffffU;
        if (others == 0) continue;
        at += __builtin_ctz(others);
        break;
    }
#endif
    if (at >= end) return static_cast<std::size_t>(end - begin);
    if (*at == ':') return static_cast<std::size_t>(at - begin);
    while (at != end && is_token_character(*at))
        ++at;
    return static_cast<std::size_t>(at - begin);
}

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t';
}

}  // namespace

void ResponseParser::start(bool to_head) {
    state_ = State::status_line;
    to_head_ = to_head;
    error_ = "";
    status_ = 0;
    line_bytes_ = head_bytes_ = headers_ = 0;
    interim_ = 0;
    length_ = Length::none;
    begun_ = keep_alive_ = pending_cr_ = close_named_ = held_ = in_fold_ = false;
}

ResponseParser::Event ResponseParser::fail(const char* why) {
    error_ = why;
    state_ = State::failed;
    keep_alive_ = false;
    return Event::error;
}

/// Whether a line may end so: all lines of a response end as its status line does. A bare line feed after
/// lines that end in CR LF is part of a value to some, the end of a line to others.
inline bool ResponseParser::ends_as_before(bool crlf) {
    if (state_ == State::status_line) bare_lf_ = !crlf;
    return bare_lf_ != crlf;
}

/// The usual case of take_line(): no line is begun, and the next one ends within `input` and the limit.
inline bool ResponseParser::take_whole_line(std::string_view& input, std::string_view& line,
                                            std::uint32_t used, std::uint32_t limit) {
    if (line_bytes_ != 0 || pending_cr_) return false;
    const char* const begin = input.data();
    const char* const end = begin + input.size();
    const char* const stop = find_control(begin, end);
    const auto length = static_cast<std::size_t>(stop - begin);
    if (end - stop < 2 || length > limit - used) return false;
    const bool crlf = *stop == '\r';
    if (stop[crlf ? 1 : 0] != '\n' || !ends_as_before(crlf)) return false;
    line = std::string_view(begin, std::min(length, line_.size()));
    line_length_ = static_cast<std::uint32_t>(length);
    input.remove_prefix(length + (crlf ? 2 : 1));
    return true;
}

/// Cuts one line, without its end, off `input`. `used` counts the bytes towards `limit`, line ends as two.
/// Where a line is cut over pieces must not show, so the checks follow the order of the bytes.
ResponseParser::Line ResponseParser::take_line(std::string_view& input, std::string_view& line,
                                               std::uint32_t used, std::uint32_t limit) {
    if (take_whole_line(input, line, used, limit)) return Line::whole;
    const char* const begin = input.data();
    const std::size_t room = limit - used - line_bytes_;
    const char* const end = begin + std::min(input.size(), room + 1);
    const char* stop = begin;
    if (!pending_cr_) {
        stop = find_control(begin, end);
        const auto length = static_cast<std::size_t>(stop - begin);
        if (length > room) return Line::too_long;
        if (length > 0 && line_bytes_ < line_.size())  // memcpy takes no null pointer, not even for nothing
            std::memcpy(line_.data() + line_bytes_, begin, std::min(length, line_.size() - line_bytes_));
        line_bytes_ += static_cast<std::uint32_t>(length);
        input.remove_prefix(length);
        if (input.empty()) return Line::partial;
        if (input.front() == '\r') {
            pending_cr_ = true;
            input.remove_prefix(1);
        } else if (input.front() != '\n') {
            return Line::control;
        }
    }
    if (input.empty()) return Line::partial;
    if (input.front() != '\n') return Line::bare_cr;
    if (!ends_as_before(pending_cr_)) return pending_cr_ ? Line::odd_crlf : Line::odd_lf;
    input.remove_prefix(1);
    pending_cr_ = false;
    line = std::string_view(line_.data(), std::min<std::size_t>(line_bytes_, line_.size()));
    line_length_ = line_bytes_;
    line_bytes_ = 0;
    return Line::whole;
}

/// Why a line that is neither whole nor partial nor too long is wrong.
const char* ResponseParser::reason(Line taken) const {
    if (taken == Line::control && state_ == State::status_line && line_bytes_ < k_least_status_line)
        return k_no_http;  // a TLS server's alert, for example
    if (taken == Line::odd_lf) return "a line feed where lines end in CR LF";
    if (taken == Line::odd_crlf) return "CR LF where lines end in a line feed";
    return taken == Line::bare_cr ? "a carriage return without a line feed" : "a control character in a line";
}

/// What is held goes on: its last spaces, the line's end and the spaces that follow become one space. Every
/// byte counts towards the limit, once.
void ResponseParser::begin_fold() {
    std::uint32_t length = line_length_;
    while (length <= line_.size() && length > 0 && is_space(line_[length - 1]))
        --length;
    head_bytes_ += line_length_ - length + 1;
    if (length < line_.size()) line_[length] = ' ';
    line_bytes_ = length + 1;
    held_ = false;
    in_fold_ = true;
}

/// The usual case of a header or a trailer is one line, and the byte after it is in the piece. Else the line
/// is held until that byte has come: a space or a tab says that the line goes on (RFC 9112, 5.2).
inline ResponseParser::Header ResponseParser::take_header(std::string_view& input, std::string_view& line) {
    if (!held_) {
        if (line_length_ == 0 || state_ == State::status_line) return Header::whole;
        if (!input.empty() && !is_space(input.front())) return Header::whole;
        if (line.data() != line_.data()) std::memcpy(line_.data(), line.data(), line.size());
        held_ = true;
    }
    if (input.empty()) return Header::partial;
    if (is_space(input.front())) {
        begin_fold();
        return Header::folded;
    }
    held_ = false;
    line = std::string_view(line_.data(), std::min<std::size_t>(line_length_, line_.size()));
    return Header::whole;
}

/// False: the piece is used up within the spaces, or there are too many bytes.
bool ResponseParser::skip_fold(std::string_view& input) {
    while (!input.empty() && is_space(input.front()) && head_bytes_ + line_bytes_ <= limits_.head_bytes) {
        input.remove_prefix(1);
        ++head_bytes_;
    }
    in_fold_ = input.empty() || is_space(input.front());
    return !in_fold_;
}

bool ResponseParser::on_status_line(std::string_view line) {
    constexpr std::string_view k_version = "HTTP/1.";
    const bool shaped = line.size() >= k_least_status_line && line.substr(0, 7) == k_version &&
                        is_digit(line[7]) && line[8] == ' ' && is_digit(line[9]) && is_digit(line[10]) &&
                        is_digit(line[11]) &&
                        (line.size() == k_least_status_line || line[k_least_status_line] == ' ');
    if (!shaped) return fail(k_no_http), false;
    const int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (status < 100) return fail("the status is not in 100 … 999"), false;
    if (status == 101) return fail("the server switched protocols unasked"), false;
    http_1_0_ = line[7] == '0';
    keep_alive_ = !http_1_0_;
    interim_response_ = status < 200;
    status_ = interim_response_ ? std::int16_t{0} : static_cast<std::int16_t>(status);
    length_ = Length::none;
    chunked_named_ = false;
    remaining_ = 0;
    state_ = State::header_line;
    return true;
}

inline bool ResponseParser::on_header_line(std::string_view line, const char* readable) {
    const std::size_t colon = token_length(line.data(), line.data() + line.size(), readable);
    const bool cut_in_name = colon == line_.size() && line_length_ > colon;  // it frames nothing
    if (colon == 0 || (!cut_in_name && (colon == line.size() || line[colon] != ':')))
        return fail("a header line has no name and colon"), false;
    name_ = line.substr(0, colon);
    piece_ = cut_in_name ? std::string_view() : line.substr(colon + 1);
    const bool framing = colon == 14 || colon == 17 || colon == 10;
    if (!framing && !report_headers_) return true;
    piece_ = without_padding(piece_);
    const bool is_length = colon == 14 && is_name(name_, "content-length");
    const bool is_encoding = colon == 17 && is_name(name_, "transfer-encoding");
    const bool is_connection = colon == 10 && is_name(name_, "connection");
    if ((is_length || is_encoding || is_connection) && line_length_ > line_.size())
        return fail("a header that frames the response is longer than 256 bytes"), false;
    if (is_length) return on_content_length(piece_);
    if (is_encoding) return on_transfer_encoding(piece_);
    if (is_connection) on_connection(piece_);
    return true;
}

/// A part of the body; `remaining_` is not zero.
ResponseParser::Event ResponseParser::take_body(std::string_view& input) {
    if (input.empty()) return Event::need_more;
    const std::size_t length = std::min<std::uint64_t>(input.size(), remaining_);
    piece_ = input.substr(0, length);
    input.remove_prefix(length);
    remaining_ -= length;
    return Event::body;
}

inline bool ResponseParser::on_head_line(std::string_view line, const char* readable) {
    if (state_ == State::status_line) return on_status_line(line);
    if (line.empty()) {
        if (state_ == State::header_line) return on_head_end();
        state_ = State::done;
        return true;
    }
    if (++headers_ > limits_.headers) return fail("too many headers"), false;
    if (state_ == State::header_line) return on_header_line(line, readable);
    const bool cut = line_length_ > line.size();
    if ((!cut && line.find(':') == std::string_view::npos) || !is_token_character(line.front()))
        return fail("a trailer has no name and colon"), false;
    return true;
}

/// Not a byte of the response was taken.
bool ResponseParser::at_start() const {
    return state_ == State::status_line && line_bytes_ == 0 && !pending_cr_ && interim_ == 0;
}

inline bool ResponseParser::recall(std::string_view& input) {
    const KnownHead& known = *known_;
    if (known.size_ == 0 || known.to_head_ != to_head_ || input.size() < known.size_ ||
        std::memcmp(input.data(), known.bytes_.data(), known.size_) != 0)
        return false;
    input.remove_prefix(known.size_);
    head_bytes_ = known.head_bytes_;
    headers_ = known.headers_;
    status_ = known.status_;
    state_ = static_cast<State>(known.state_);
    length_ = static_cast<Length>(known.length_);
    remaining_ = known.remaining_;
    http_1_0_ = known.http_1_0_;
    bare_lf_ = known.bare_lf_;
    keep_alive_ = known.keep_alive_;
    close_named_ = known.close_named_;
    interim_response_ = false;
    return true;
}

void ResponseParser::remember(std::string_view head) {
    KnownHead& known = *known_;
    if (head.size() > known.bytes_.size()) return;
    std::memcpy(known.bytes_.data(), head.data(), head.size());
    known.size_ = static_cast<std::uint32_t>(head.size());
    known.head_bytes_ = head_bytes_;
    known.headers_ = headers_;
    known.status_ = status_;
    known.state_ = static_cast<std::uint8_t>(state_);
    known.length_ = static_cast<std::uint8_t>(length_);
    known.remaining_ = remaining_;
    known.to_head_ = to_head_;
    known.http_1_0_ = http_1_0_;
    known.bare_lf_ = bare_lf_;
    known.keep_alive_ = keep_alive_;
    known.close_named_ = close_named_;
}

ResponseParser::Event ResponseParser::next(std::string_view& input) {
    begun_ = begun_ || !input.empty();
    const bool knows = known_ != nullptr && !report_headers_ && at_start();
    const char* const begin = input.data();
    if (knows) recall(input);
    for (;;) {
        switch (state_) {
            case State::status_line:
            case State::header_line:
            case State::trailer_line: {
                const State before = state_;
                if (in_fold_ && !skip_fold(input) && input.empty()) return Event::need_more;
                if (head_bytes_ + line_bytes_ > limits_.head_bytes) return fail(k_large_head);
                std::string_view line;
                if (!held_) {
                    const Line taken = take_line(input, line, head_bytes_, limits_.head_bytes);
                    if (taken == Line::partial) return Event::need_more;
                    if (taken == Line::too_long) return fail(k_large_head);
                    if (taken != Line::whole) return fail(reason(taken));
                }
                const Header header = take_header(input, line);
                if (header == Header::partial) return Event::need_more;
                if (header == Header::folded) break;
                head_bytes_ = std::min(head_bytes_ + line_length_ + 2, limits_.head_bytes);
                // What lies behind the line in the piece may be read, though not used.
                const bool in_piece = line.data() != line_.data();
                const char* const readable =
                    (in_piece ? input : line).data() + (in_piece ? input : line).size();
                if (!on_head_line(line, readable)) return Event::error;
                const bool head_ended = before == State::header_line && state_ != before;
                if (knows && head_ended && interim_ == 0)
                    remember({begin, static_cast<std::size_t>(input.data() - begin)});
                if (report_headers_ && state_ == State::header_line && before == state_ && !interim_response_)
                    return Event::header;
                break;
            }
            case State::sized_body:
                if (remaining_ != 0) return take_body(input);
                state_ = State::done;
                break;
            case State::chunk_size: {
                std::string_view line;
                const Line taken = take_line(input, line, 0, limits_.chunk_line_bytes);
                if (taken == Line::partial) return Event::need_more;
                if (taken == Line::too_long) return fail("a chunk's size line is too long");
                if (taken != Line::whole) return fail(reason(taken));
                if (!on_chunk_size(line)) return Event::error;
                break;
            }
            case State::chunk_data:
                if (remaining_ != 0) return take_body(input);
                state_ = State::chunk_end;
                break;
            case State::chunk_end: {
                std::string_view line;
                const Line taken = take_line(input, line, 0, 0);
                if (taken == Line::partial) return Event::need_more;
                if (taken != Line::whole) return fail("a chunk does not end where its size says");
                state_ = State::chunk_size;
                break;
            }
            case State::body_to_close:
                remaining_ = input.size();
                return take_body(input);
            case State::done:
                return Event::complete;
            case State::failed:
                return Event::error;
        }
    }
}

ResponseParser::Event ResponseParser::finish() {
    if (state_ == State::body_to_close) {
        state_ = State::done;
        return Event::complete;
    }
    if (state_ == State::done) return Event::complete;
    if (state_ == State::failed) return Event::error;
    return fail(begun_ ? "the connection closed in the middle of the response"
                       : "the connection closed before a byte of the response");
}

}  // namespace joust::http
