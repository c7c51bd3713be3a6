#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace joust::http {

/// Bounds on what a server may send; beyond them the response is a protocol error.
struct ParserLimits {
    std::uint32_t head_bytes = 64 * 1024;  ///< status line and headers together; trailers have the same bound
    std::uint32_t headers = 256;           ///< header lines; interim (1xx) responses at most as many
    std::uint32_t chunk_line_bytes = 4096;  ///< a chunk's size with its extensions; at most 255 digits
};

class ResponseParser;

/// The last head that some parsers of one thread have seen. A server mostly repeats itself but for the date,
/// once a second; the same bytes again need a comparison, not a parser.
class KnownHead {
    friend class ResponseParser;
    std::uint32_t size_ = 0;  ///< 0: none
    std::uint32_t head_bytes_ = 0;
    std::uint32_t headers_ = 0;
    std::int16_t status_ = 0;
    std::uint8_t state_ = 0;
    std::uint8_t length_ = 0;
    std::uint64_t remaining_ = 0;
    bool to_head_ = false;
    bool http_1_0_ = false;
    bool bare_lf_ = false;
    bool keep_alive_ = false;
    bool close_named_ = false;
    std::array<char, 512> bytes_{};  ///< a longer head is parsed each time
};

/// Parses HTTP/1.1 responses as they arrive, in pieces of any size, without allocating: a piece is consumed
/// by calling next() until it says need_more. The same bytes give the same result however they are cut.
/// Strict where leniency is a smuggling risk: both length and coding, unequal lengths, signs, overflow,
/// spaces before a colon, bare carriage returns and other control characters but the tab in a line are
/// protocol errors. Bare line feeds end lines if all lines of a response end so, else they are wrong too.
/// Lenient where RFC 9110 and 9112 ask it of a client: folded lines are joined by one space, a minor version
/// above 1 is taken as 1.1, a length may be a list of equal numbers, numbers may begin with zeros, a body
/// whose last coding is not chunked goes on to the close, chunks of an HTTP/1.0 server are read, but its
/// connection is not used again.
class ResponseParser {
public:
    enum class Event {
        need_more,  ///< the piece is used up
        header,     ///< header_name() and header_value() hold one; only with report_headers
        body,       ///< body() is a part of the body
        complete,   ///< the response ended; what is left of the piece does not belong to it
        error,      ///< not HTTP; error() says why; nothing more is parsed before the next start()
    };

    explicit ResponseParser(const ParserLimits& limits = {}) : limits_(limits) {}

    /// Begins a response. `to_head`: it answers a HEAD request, so it has no body whatever it says.
    void start(bool to_head = false);
    /// Has next() also stop at each header of the final response. Names longer than 255 bytes with their
    /// value, cut after that, are reported cut.
    void report_headers(bool on) { report_headers_ = on; }

    /// What the head of a response is found in, and kept in for the next one; null: none. Only parsers with
    /// the same limits may share it; it outlives them. Not used with report_headers.
    void share(KnownHead* known) { known_ = known; }

    /// Takes bytes off the front of `input`.
    Event next(std::string_view& input);
    /// The connection ended: complete for a close-delimited body, else error.
    Event finish();

    /// The response's status; 0 until the status line of the final response was read.
    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] std::string_view body() const { return piece_; }
    [[nodiscard]] std::string_view header_name() const { return name_; }
    [[nodiscard]] std::string_view header_value() const { return piece_; }
    /// A byte of the response has arrived.
    [[nodiscard]] bool begun() const { return begun_; }
    /// The connection may carry another request; asked after complete.
    [[nodiscard]] bool keep_alive() const { return keep_alive_; }
    /// A sentence's end, for example "chunk size is not a number".
    [[nodiscard]] std::string_view error() const { return error_; }

private:
    enum class State : std::uint8_t {
        status_line,
        header_line,
        sized_body,
        chunk_size,
        chunk_data,
        chunk_end,
        trailer_line,
        body_to_close,
        done,
        failed
    };
    enum class Length : std::uint8_t { none, sized, chunked, to_close };

    enum class Line : std::uint8_t { whole, partial, too_long, bare_cr, odd_lf, odd_crlf, control };
    [[nodiscard]] const char* reason(Line taken) const;
    bool ends_as_before(bool crlf);
    Line take_line(std::string_view& input, std::string_view& line, std::uint32_t used, std::uint32_t limit);
    bool take_whole_line(std::string_view& input, std::string_view& line, std::uint32_t used,
                         std::uint32_t limit);
    enum class Header : std::uint8_t { whole, partial, folded };
    Header take_header(std::string_view& input, std::string_view& line);
    void begin_fold();
    bool skip_fold(std::string_view& input);
    [[nodiscard]] bool at_start() const;
    bool recall(std::string_view& input);
    void remember(std::string_view head);
    Event fail(const char* why);
    bool on_head_line(std::string_view line, const char* readable);
    bool on_status_line(std::string_view line);
    bool on_header_line(std::string_view line, const char* readable);
    bool on_head_end();
    bool on_content_length(std::string_view value);
    bool on_transfer_encoding(std::string_view value);
    void on_connection(std::string_view value);
    bool on_chunk_size(std::string_view line);
    Event take_body(std::string_view& input);

    ParserLimits limits_;
    KnownHead* known_ = nullptr;
    std::uint64_t remaining_ = 0;  ///< bytes of the body or the chunk
    const char* error_ = "";
    std::string_view piece_;
    std::string_view name_;
    std::uint32_t line_bytes_ = 0;   ///< of a begun line that was split; may exceed what `line_` keeps
    std::uint32_t line_length_ = 0;  ///< of the line taken last, before it was cut
    std::uint32_t head_bytes_ = 0;
    std::uint32_t headers_ = 0;
    std::uint16_t interim_ = 0;
    std::int16_t status_ = 0;
    State state_ = State::done;
    Length length_ = Length::none;
    bool begun_ = false;
    bool to_head_ = false;
    bool http_1_0_ = false;
    bool bare_lf_ = false;  ///< the lines end without a carriage return
    bool keep_alive_ = false;
    bool interim_response_ = false;
    bool report_headers_ = false;
    bool close_named_ = false;
    bool chunked_named_ = false;
    bool pending_cr_ = false;  ///< the piece ended between CR and LF
    bool held_ = false;        ///< `line_` is a header that may go on in the next line
    bool in_fold_ = false;     ///< within the spaces that a folded line begins with
    /// The begun part of a line that was split over pieces or folded; a line of more than this is kept cut.
    std::array<char, 256> line_;
};

}  // namespace joust::http
