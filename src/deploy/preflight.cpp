#include "deploy/preflight.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "http/expected_json.hpp"

namespace joust::deploy {
namespace {

std::string shown(const std::string& body) {
    constexpr std::size_t most = 200;
    return std::string(trimmed(std::string_view(body).substr(0, most)));
}

/// The id in every writing that the load engine knows; it has no character that one of them would change.
std::string with_id(std::string_view text, const std::string& id) {
    return filled(
        text, {{"request_id", id}, {"request_id:json", id}, {"request_id:url", id}, {"request_id:raw", id}});
}

Result<http::ExpectedJson> expected_json(const model::Operation& operation, const std::string& path) {
    const auto holds_id = [](const std::string& text) { return with_id(text, "") != text; };
    const bool in_body = !operation.content_type.empty() && holds_id(operation.body);
    return http::ExpectedJson::compile(operation.expected_json, in_body || holds_id(path));
}

/// Whether an answer to it never has a body (RFC 9110, 6.4.1).
bool has_no_body(const model::Operation& operation) {
    return operation.method == "HEAD" || operation.status == 204 || operation.status == 304;
}

/// One operation, sent once.
struct Probe {
    KeptConnection& connection;
    const Instance& instance;
    const model::Operation& operation;
    const std::string& path;
    std::string id;

    [[nodiscard]] HttpCall call() const {
        return {.port = instance.port(),
                .method = operation.method,
                .path = with_id(path, id),
                .content_type = operation.content_type,
                .body = operation.content_type.empty() ? "" : with_id(operation.body, id)};
    }

    [[nodiscard]] Status wrong_route(int status) const {
        const auto& places = instance.contender().route_places;
        const auto place = places.find(operation.route);
        return fail(ErrorKind::service,
                    "{}: routes.{} is \"{}\", and {} answered {} {} with {}; write the path that serves {}",
                    place != places.end() ? place->second : instance.contender().manifest.string(),
                    operation.route, path, instance.label(), operation.method, path, status, operation.route);
    }

    // "answered POST /x with 503: …", and what the log says where the contender is at fault.
    [[nodiscard]] Status wrong_status(const HttpAnswer& answer) const {
        return fail(ErrorKind::service, "{} answered {} {} with {} instead of {}: {}{}", instance.label(),
                    operation.method, path, answer.status, operation.status, shown(answer.body),
                    answer.status >= 500 ? instance.log_ending() : "");
    }

    [[nodiscard]] Status check_body(const HttpAnswer& answer) const {
        if (answer.cut)
            return fail(ErrorKind::service, "{} answered {} {} with more than {} MiB, which are not checked",
                        instance.label(), operation.method, path, k_most_body_bytes >> 20U);
        if (operation.expected_json.empty()) return {};
        JOUST_TRY(const auto expected, expected_json(operation, path));
        http::JsonParser parser;
        const auto why = expected.mismatch(answer.body, id, parser);
        if (!why) return {};
        return fail(ErrorKind::service, "{} answered {} {} wrongly: {}; the answer was: {}", instance.label(),
                    operation.method, path, why->why, shown(answer.body));
    }

    [[nodiscard]] Result<Asked> run(Nanoseconds timeout) const {
        const WallTime sent = wall_now();
        const auto answer = connection.call(call(), now() + timeout);
        const WallTime answered = wall_now();
        if (!answer)
            return fail(ErrorKind::service, "{} did not answer {} {}: {} (it {}){}", instance.label(),
                        operation.method, path, answer.error().message, instance.description(),
                        instance.log_ending());
        if (answer->status == operation.status) {
            JOUST_CHECK(check_body(*answer));
            return Asked{sent, answered};
        }
        if (answer->status == 404 || answer->status == 405)
            return tl::unexpected(wrong_route(answer->status).error());
        return tl::unexpected(wrong_status(*answer).error());
    }
};

}  // namespace

Status check_expectations(const model::Contender& contender, const model::Workload& workload) {
    for (const model::Operation& operation : workload.operations) {
        if (operation.expected_json.empty()) continue;
        const std::string place =
            fmt::format("workload {}, operation {}, response.json", workload.name, operation.name);
        if (has_no_body(operation))
            return fail(ErrorKind::bad_input, "{}: the answer to {} with status {} has no body; leave it out",
                        place, operation.method, operation.status);
        const auto expected = expected_json(operation, contender.routes.at(operation.route));
        if (!expected) return fail(ErrorKind::bad_input, "{}: {}", place, expected.error().message);
    }
    return {};
}

Status check_routes(const model::Contender& contender, const model::Workload& workload) {
    std::vector<std::string> missing;
    for (const model::Operation& operation : workload.operations)
        if (!contender.routes.contains(operation.route) &&
            std::find(missing.begin(), missing.end(), operation.route) == missing.end())
            missing.push_back(operation.route);
    if (missing.empty()) return {};
    return fail(ErrorKind::bad_input,
                "{}: [routes] lacks {}, which workload {} needs; write for example {} = \"/{}\"",
                contender.manifest.string(), joined(missing, ", "), workload.name, missing.front(),
                missing.front());
}

Status preflight(const Instance& instance, const model::Workload& workload, const model::IssuedIds& ids,
                 Nanoseconds timeout) {
    JOUST_CHECK(check_routes(instance.contender(), workload));
    std::uint64_t sequence = 0;
    KeptConnection connection;
    for (const model::Operation& operation : workload.operations)
        JOUST_CHECK(ask(connection, instance, operation, ids.id(sequence++), timeout));
    return {};
}

Result<Asked> ask(KeptConnection& connection, const Instance& instance, const model::Operation& operation,
                  const std::string& id, Nanoseconds timeout) {
    return Probe{connection, instance, operation, instance.contender().routes.at(operation.route), id}.run(
        timeout);
}

}  // namespace joust::deploy
