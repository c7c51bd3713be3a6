#pragma once

#include <string_view>
#include <vector>

#include "http/request_writer.hpp"

namespace joust::http {

/// How a request says where its body ends.
enum class BodyFraming {
    none,     ///< there is no body, and none is announced
    length,   ///< by a Content-Length, the user's own or one to be added
    chunked,  ///< the user asks for Transfer-Encoding: chunked
};

/// Fails on headers that would break the framing, or ask for what is not done: a Content-Length that is not
/// the body's, codings other than chunked, Expect, Upgrade, Trailer, and twice what may stand once only.
Result<BodyFraming> body_framing(const RequestParts& parts);

/// Whether a Connection header among them, in any spelling and in lists, holds "close".
bool asks_to_close(const std::vector<Header>& headers);

bool has_header(const std::vector<Header>& headers, std::string_view lower_name);

}  // namespace joust::http
