#include "load/session/prepared_request.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include "http/request_framing.hpp"
#include "load/template.hpp"

namespace joust::load {
namespace {

constexpr std::size_t k_sequence_bytes = 12;
constexpr std::uint64_t k_first_sequence = 100'000'000'000;  // so that all have 12 digits and JSON takes them
constexpr std::size_t k_most_variant_bytes = std::size_t{256} << 20U;
// Stand in for the values while the request is serialised; no request may hold them itself.
constexpr std::string_view k_id_mark = "<joust:place-of-the-id:>";
constexpr std::string_view k_sequence_mark = "<joust:seq:>";
static_assert(k_id_mark.size() == k_id_bytes && k_sequence_mark.size() == k_sequence_bytes);

void write_hexadecimal(char* at, std::uint64_t value) {
    for (int digit = 11; digit >= 0; --digit, value >>= 4U)
        at[digit] = "0123456789abcdef"[value & 15U];
}

void write_decimal(char* at, std::uint64_t value) {
    for (int digit = static_cast<int>(k_sequence_bytes) - 1; digit >= 0; --digit, value /= 10)
        at[digit] = static_cast<char>('0' + value % 10);
}

bool holds_marks(std::string_view text) {
    return text.find(k_id_mark) != std::string_view::npos ||
           text.find(k_sequence_mark) != std::string_view::npos;
}

const std::string& path_of(const Target& target, const Request& request) {
    return request.path.empty() ? target.path : request.path;
}

/// Where the row stands, for an error.
std::string place_of(const Feed& feed, std::size_t row) {
    if (row < feed.lines.size()) return fmt::format("{}: line {}", feed.name, feed.lines[row]);
    return fmt::format("row {} of the data feed", row + 1);
}

/// The texts of a request whose placeholders are filled, read once for all rows.
class Templates {
public:
    static Result<Templates> of(const Target& target, const Request& request, const Feed& feed) {
        Templates all;
        all.parts_ = {.method = request.method, .authority = target.authority()};
        JOUST_TRY(all.path_, Template::parse(path_of(target, request), Place::url, feed.columns));
        for (const http::Header& header : request.headers) {
            all.parts_.headers.push_back({header.name, ""});
            JOUST_TRY(Template value, Template::parse(header.value, Place::header, feed.columns));
            all.values_.push_back(std::move(value));
        }
        const Place body = Template::place_of_body(request.body, request.headers, feed.columns);
        JOUST_TRY(all.body_, Template::parse(request.body, body, feed.columns));
        return all;
    }

    [[nodiscard]] bool use_columns() const {
        return path_.uses_columns() || body_.uses_columns() ||
               std::any_of(values_.begin(), values_.end(),
                           [](const Template& value) { return value.uses_columns(); });
    }

    [[nodiscard]] Result<http::RequestParts> filled(const std::vector<std::string>& row) const {
        http::RequestParts parts = parts_;
        JOUST_TRY(parts.path, path_.filled(row, k_id_mark, k_sequence_mark));
        for (std::size_t i = 0; i < values_.size(); ++i) {
            JOUST_TRY(parts.headers[i].value, values_[i].filled(row, k_id_mark, k_sequence_mark));
        }
        JOUST_TRY(parts.body, body_.filled(row, k_id_mark, k_sequence_mark));
        return parts;
    }

private:
    http::RequestParts parts_;
    Template path_;
    std::vector<Template> values_;  ///< of the headers
    Template body_;
};

}  // namespace

bool uses_columns(const Target& target, const Request& request, const Feed& feed) {
    const auto templates = Templates::of(target, request, feed);
    return !templates || templates->use_columns();  // a mistake in one is told by prepare()
}

IdSource make_id_source(std::uint64_t run, int thread, int threads, const SecretOrder& order) {
    IdSource source;
    const std::string prefix = fmt::format("{:08x}-{:02x}-", run & 0xffffffffU, thread & 0xff);
    std::copy_n(prefix.begin(), k_id_prefix_bytes, source.prefix.begin());
    source.thread = static_cast<std::uint64_t>(thread);
    source.threads = static_cast<std::uint64_t>(threads);
    source.order = order;
    return source;
}

model::IssuedIds unused_ids() {
    const IdSource source = make_id_source(std::random_device{}(), 0, 1);
    model::IssuedIds ids;
    ids.prefix.assign(source.prefix.data(), source.prefix.size());
    ids.order = SecretOrder::drawn();
    return ids;
}

Result<PreparedRequest::Variant> PreparedRequest::make_variant(const http::RequestParts& parts) {
    Variant variant;
    variant.closes = http::asks_to_close(parts.headers);
    JOUST_TRY(variant.bytes, http::write_request(parts));
    for (const auto& [mark, kind] :
         {std::pair{k_id_mark, Kind::request_id}, {k_sequence_mark, Kind::sequence}})
        for (std::size_t at = 0; (at = variant.bytes.find(mark, at)) != std::string::npos; at += mark.size())
            variant.patches.push_back({static_cast<std::uint32_t>(at), kind});
    return variant;
}

Result<PreparedRequest> PreparedRequest::prepare(const Target& target, const Request& request,
                                                 const Feed& feed) {
    const bool marked = holds_marks(request.path) || holds_marks(target.path) || holds_marks(request.body) ||
                        std::any_of(request.headers.begin(), request.headers.end(),
                                    [](const http::Header& header) { return holds_marks(header.value); });
    if (marked)
        return fail(ErrorKind::bad_input, "the request holds {} or {}, which Joust uses itself", k_id_mark,
                    k_sequence_mark);
    PreparedRequest prepared;
    prepared.is_head_ = request.method == "HEAD";
    constexpr std::array<std::string_view, 6> k_idempotent{"GET",    "HEAD",    "PUT",
                                                           "DELETE", "OPTIONS", "TRACE"};
    prepared.is_idempotent_ =
        std::find(k_idempotent.begin(), k_idempotent.end(), request.method) != k_idempotent.end();
    JOUST_TRY(const Templates templates, Templates::of(target, request, feed));
    const bool by_row = templates.use_columns();
    if (by_row && feed.rows.empty()) return fail(ErrorKind::bad_input, "the data feed has no rows");
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < (by_row ? feed.rows.size() : 1); ++row) {
        const std::vector<std::string>& values = by_row ? feed.rows[row] : feed.columns;
        if (by_row && std::any_of(values.begin(), values.end(), holds_marks))
            return fail(ErrorKind::bad_input, "{} holds {} or {}, which Joust uses itself",
                        place_of(feed, row), k_id_mark, k_sequence_mark);
        auto made = templates.filled(values).and_then(make_variant);
        if (!made && by_row)
            return fail(made.error().kind, "{}: {}", place_of(feed, row), made.error().message);
        JOUST_TRY(Variant variant, std::move(made));
        bytes += variant.bytes.size();
        if (bytes > k_most_variant_bytes)
            return fail(ErrorKind::bad_input, "{}: the requests of the data feed take more than 256 MiB",
                        place_of(feed, row));
        if (!variant.patches.empty())
            prepared.buffer_size_ = std::max(prepared.buffer_size_, variant.bytes.size());
        prepared.sends_id_ = std::any_of(variant.patches.begin(), variant.patches.end(),
                                         [](Patch patch) { return patch.kind == Kind::request_id; });
        prepared.variants_.push_back(std::move(variant));
    }
    return prepared;
}

std::string_view PreparedRequest::render(std::size_t variant, char* buffer, bool loaded,
                                         const IdSource& source, std::uint64_t sequence) const {
    const Variant& chosen = variants_[variant];
    if (chosen.patches.empty()) return chosen.bytes;
    if (!loaded) chosen.bytes.copy(buffer, chosen.bytes.size());
    for (const Patch patch : chosen.patches) {
        char* const at = buffer + patch.offset;
        if (patch.kind == Kind::request_id) {
            if (!loaded) std::memcpy(at, source.prefix.data(), k_id_prefix_bytes);
            write_hexadecimal(at + k_id_prefix_bytes, source.order.place(sequence));
        } else {
            write_decimal(at, k_first_sequence + sequence * source.threads + source.thread);
        }
    }
    return {buffer, chosen.bytes.size()};
}

std::string_view PreparedRequest::id_in(std::size_t variant, std::string_view bytes) const {
    for (const Patch patch : variants_[variant].patches)
        if (patch.kind == Kind::request_id) return bytes.substr(patch.offset, k_id_bytes);
    return {};
}

}  // namespace joust::load
