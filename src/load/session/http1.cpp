#include "load/session/http1.hpp"

#include "http/syntax.hpp"

namespace joust::load {
void Http1::keep_header(Exchange& exchange) const {
    const std::vector<http::Header>& expected = exchange.check->headers();
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (http::equals_ignoring_case(parser_.header_name(), expected[i].name) &&
            parser_.header_value() == expected[i].value)
            exchange.headers_matched |= std::uint64_t{1} << i;
}

}  // namespace joust::load
