#include <algorithm>
#include <array>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_dynamic_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/response_parser.hpp"
#include "http/syntax.hpp"

// Joust's parser against Boost.Beast's, on the same bytes. The first byte is not parsed: bit 0 says that the
// response answers a HEAD request, bit 1 that the connection ends after the bytes, the rest how they are cut.
//
// The two must agree on whether the response is whole, where it ends, its status, its body and whether the
// connection may be used again, but for the rules in stricter() and laxer().
namespace {

using joust::http::ResponseParser;
namespace beast = boost::beast;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Outcome {
    enum class How { unfinished, complete, error };
    How how = How::unfinished;
    int status = 0;
    std::string body;
    std::size_t taken = 0;  ///< bytes of the input
    bool keep_alive = false;
    std::string why;      ///< of an error
    std::string framing;  ///< all that was taken but the body
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome joust_outcome(std::string_view input, bool to_head, bool ends, std::size_t cut,
                      joust::http::KnownHead* known = nullptr) {
    ResponseParser parser;
    parser.share(known);
    parser.start(to_head);
    Outcome outcome;
    for (std::size_t begin = 0; begin < input.size(); begin += cut) {
        std::string_view piece = input.substr(begin, cut);
        for (bool more = true; more;) {
            const std::size_t before = piece.size();
            const char* const from = piece.data();
            const ResponseParser::Event event = parser.next(piece);
            const std::size_t used = before - piece.size();
            outcome.taken += used;
            if (event == ResponseParser::Event::body) {
                require(parser.body().size() <= used);
                outcome.body += parser.body();
                outcome.framing.append(from, used - parser.body().size());
                continue;
            }
            if (event != ResponseParser::Event::error) outcome.framing.append(from, used);
            more = false;
            if (event == ResponseParser::Event::need_more) continue;
            outcome.how =
                event == ResponseParser::Event::complete ? Outcome::How::complete : Outcome::How::error;
            outcome.status = parser.status();
            outcome.keep_alive = parser.keep_alive();
            outcome.why = parser.error();
            if (outcome.how == Outcome::How::error) outcome.taken = 0;
            return outcome;
        }
    }
    if (!ends && !input.empty()) {
        // A response that ended with the last byte says so when it is asked again.
        std::string_view nothing;
        if (parser.next(nothing) != ResponseParser::Event::complete) return outcome;
    } else if (parser.finish() != ResponseParser::Event::complete) {
        return outcome;
    }
    outcome.how = Outcome::How::complete;
    outcome.status = parser.status();
    outcome.keep_alive = parser.keep_alive();
    return outcome;
}

Outcome beast_outcome(std::string_view input, bool to_head, bool ends) {
    Outcome outcome;
    for (;;) {
        // Not a string for the body, for which Beast would reserve whatever length is claimed.
        beast::http::response_parser<beast::http::basic_dynamic_body<beast::flat_buffer>> parser;
        parser.eager(true);
        parser.skip(to_head);
        parser.body_limit(boost::none);
        parser.header_limit(1U << 20U);
        beast::error_code error;
        while (!parser.is_done() && !error && outcome.taken < input.size()) {
            const auto rest = input.substr(outcome.taken);
            const std::size_t used = parser.put({rest.data(), rest.size()}, error);
            outcome.taken += used;
            if (used == 0) break;
        }
        if (error == beast::http::error::need_more) error = {};
        if (!error && !parser.is_done() && ends && parser.got_some() && outcome.taken == input.size()) {
            parser.put_eof(error);
            if (error == beast::http::error::partial_message) return outcome;
        }
        if (error) {
            outcome.how = Outcome::How::error;
            outcome.why = error.message();
            return outcome;
        }
        if (!parser.is_done()) return outcome;
        outcome.status = parser.get().result_int();
        // Beast hands out an interim response as a message of its own.
        if (outcome.status / 100 == 1 && outcome.status != 101) continue;
        outcome.how = Outcome::How::complete;
        const auto body = parser.get().body().cdata();
        outcome.body.assign(static_cast<const char*>(body.data()), body.size());
        outcome.keep_alive = parser.keep_alive();
        return outcome;
    }
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), joust::http::to_lower);
    return result;
}

// Beast stops at the first element of the list that is no token, so it does not see a last "chunked".
bool is_odd_coding(std::string_view lower_line) {
    constexpr std::string_view k_name = "transfer-encoding:";
    return lower_line.starts_with(k_name) &&
           joust::http::without_padding(lower_line.substr(k_name.size())) != "chunked";
}

bool has_odd_coding(std::string_view input) {
    const std::string text = lower(input);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = std::string_view(text).substr(begin, end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (is_odd_coding(line)) return true;
        begin = end + 1;
    }
    return false;
}

// What Joust refuses and Beast takes: bounds that protect the generator, and forms of framing on which
// servers, proxies and clients are known to disagree.
bool stricter(const std::string& why, std::string_view input) {
    constexpr std::array<std::string_view, 14> k_reasons{
        "the status is not in 100 … 999",
        "the server switched protocols unasked",
        "Content-Length overflows",  // from 10^18
        "both Content-Length and a Transfer-Encoding",
        "chunked is named twice",
        "a header that frames the response is longer than 256 bytes",
        "the headers are too large",
        "too many headers",
        "too many interim responses",
        "a chunk's size overflows",  // from 2^60
        "a chunk's size is longer than 255 digits",
        "a chunk's size line is too long",
        "a chunk's size is not a number",
        "a control character in a line",  // within a quoted chunk extension
    };
    if (std::find(k_reasons.begin(), k_reasons.end(), why) != k_reasons.end()) return true;
    if (why == "a line feed where lines end in CR LF") return true;  // within a quoted chunk extension, too
    // Empty elements of a list, which RFC 9110, 8.6 does not allow here.
    if (why == "Content-Length is not a number") return holds(input, ",");
    const bool folded = holds(input, "\n ") || holds(input, "\n\t");  // before the first header
    return folded &&
           (why == "a header line has no name and colon" || why == "a trailer has no name and colon");
}

// What Joust takes and Beast refuses, or waits over: nothing here moves the end of a response. `framing` is
// all that Joust took but the body.
bool laxer(std::string_view framing) {
    for (std::size_t i = 0; i < framing.size(); ++i)  // bare line feeds end lines, if they end all of them
        if (framing[i] == '\n' && (i == 0 || framing[i - 1] != '\r')) return true;
    std::size_t begin = 0;
    bool in_head = true;
    bool after_status = false;
    bool old = false;
    for (std::size_t end = framing.find("\r\n"); end != std::string_view::npos;
         begin = end + 2, end = framing.find("\r\n", begin)) {
        const std::string line = lower(framing.substr(begin, end - begin));
        if (line.starts_with("http/1.") && line.size() == 12)
            return true;                                                // no space before an absent phrase
        if (line.starts_with("http/1.") && line[7] > '1') return true;  // a minor version to come
        old = old || line.starts_with("http/1.0");
        if (old && line.starts_with("transfer-encoding:")) return true;  // Joust ends the connection
        // Beast checks the syntax of the list in these; it looks at Proxy-Connection too.
        if (line.starts_with("connection:") || line.starts_with("proxy-connection:")) return true;
        if (is_odd_coding(line)) return true;
        // Joust looks at the first 256 bytes of a line alone.
        if (line.size() > 256 && line.find(':') >= 256) return true;
        // Folded lines: Beast refuses those of trailers, and joins others with several spaces.
        if (line.starts_with(' ') || line.starts_with('\t')) return true;
        if (line.empty() && after_status) in_head = false;
        after_status = after_status || line.starts_with("http/1.");
        // After the head: chunk extensions and trailers, which Joust skips and Beast parses.
        const std::size_t digits = std::min(line.find_first_not_of("0123456789abcdef"), line.size());
        const std::string_view rest = joust::http::without_padding(std::string_view(line).substr(digits));
        const bool extension = digits > 0 && digits < line.size() && (rest.empty() || rest.front() == ';');
        if (!in_head && (extension || line.find(':') != std::string::npos)) return true;
    }
    return false;
}

void compare(const Outcome& ours, const Outcome& theirs, std::string_view input) {
    using How = Outcome::How;
    if (ours.how == How::error) {
        // Joust sees a mistake as it comes, Beast at the end of the head.
        require(theirs.how != How::complete || stricter(ours.why, input) || has_odd_coding(input));
        return;
    }
    if (laxer(ours.framing)) return;
    // What has not ended may still be refused by the one that looks at a line as a whole.
    if (ours.how == How::unfinished) {
        require(theirs.how != How::complete);
        return;
    }
    require(theirs.how == How::complete);
    require(theirs.status == ours.status && theirs.body == ours.body && theirs.taken == ours.taken);
    require(theirs.keep_alive == ours.keep_alive);
}

// A head that was seen before, be it this one or one that differs in a byte or in what it answers, must not
// change anything.
template <typename Check>
void check_known_heads(std::string_view input, bool to_head, bool ends, std::size_t cut, const Check& check) {
    const std::size_t pieces = cut == 0 ? input.size() : cut;
    joust::http::KnownHead same;
    check(joust_outcome(input, to_head, ends, input.size(), &same));
    check(joust_outcome(input, to_head, ends, pieces, &same));
    joust::http::KnownHead similar;
    std::string other(input);
    char& changed = other[(input.size() * 7 + cut * 13) % input.size()];
    changed = static_cast<char>(changed + 1);
    joust_outcome(other, to_head, ends, other.size(), &similar);
    check(joust_outcome(input, to_head, ends, pieces, &similar));
    joust::http::KnownHead otherwise;
    joust_outcome(input, !to_head, ends, input.size(), &otherwise);
    check(joust_outcome(input, to_head, ends, input.size(), &otherwise));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool to_head = (data[0] & 1U) != 0;
    const bool ends = (data[0] & 2U) != 0;
    const std::size_t cut = data[0] >> 2U;
    const Outcome whole = joust_outcome(input, to_head, ends, input.size());
    const auto require_same = [&](Outcome other) {
        other.framing = whole.framing;  // a carriage return may be kept from one piece to the next
        require(other == whole);
    };
    if (cut != 0) require_same(joust_outcome(input, to_head, ends, cut));
    check_known_heads(input, to_head, ends, cut, require_same);
    compare(whole, beast_outcome(input, to_head, ends), input);
    return 0;
}
