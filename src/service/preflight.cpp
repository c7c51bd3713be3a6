#include "service/preflight.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.hpp"
#include "service/http_call.hpp"

namespace joust::service {
namespace {

using Json = nlohmann::json;

std::string shown(const std::string& body) {
    constexpr std::size_t most = 200;
    return std::string(trimmed(std::string_view(body).substr(0, most)));
}

/// One operation, sent once.
struct Probe {
    const Instance& instance;
    const model::Operation& operation;
    const std::string& path;
    std::string id;

    [[nodiscard]] HttpCall call() const {
        return {.port = instance.port(),
                .method = operation.method,
                .path = path,
                .content_type = operation.content_type,
                .body = operation.content_type.empty() ? "" : filled(operation.body, {{"request_id", id}})};
    }

    [[nodiscard]] Status wrong_route(int status) const {
        const auto& places = instance.contender().route_places;
        const auto place = places.find(operation.route);
        return fail(ErrorKind::service,
                    "{}: routes.{} is \"{}\", and {} answered {} {} with {}; write the path that serves {}",
                    place != places.end() ? place->second : instance.contender().manifest.string(),
                    operation.route, path, instance.contender().name, operation.method, path, status,
                    operation.route);
    }

    // "answered POST /x with 503: …", and what the log says where the contender is at fault.
    [[nodiscard]] Status wrong_status(const HttpAnswer& answer) const {
        return fail(ErrorKind::service, "{} answered {} {} with {} instead of {}: {}{}",
                    instance.contender().name, operation.method, path, answer.status, operation.status,
                    shown(answer.body), answer.status >= 500 ? instance.log_ending() : "");
    }

    [[nodiscard]] Status check_body(const HttpAnswer& answer) const {
        if (operation.expected_json.empty()) return {};
        const Json wanted =
            Json::parse(filled(operation.expected_json, {{"request_id", id}}), nullptr, false);
        const Json found = Json::parse(answer.body, nullptr, false);
        std::vector<std::string> differences;
        for (const auto& [key, value] : wanted.items()) {
            const bool there = found.is_object() && found.contains(key);
            if (there && found[key] == value) continue;
            differences.push_back(
                there ? fmt::format("\"{}\" is {} instead of {}", key, found[key].dump(), value.dump())
                      : fmt::format("\"{}\" is missing, should be {}", key, value.dump()));
        }
        if (differences.empty()) return {};
        return fail(ErrorKind::service, "{} answered {} {} wrongly: {}; the answer was: {}",
                    instance.contender().name, operation.method, path, joined(differences, ", "),
                    shown(answer.body));
    }

    [[nodiscard]] Status run(Nanoseconds timeout) const {
        const auto answer = http_call(call(), now() + timeout);
        if (!answer)
            return fail(ErrorKind::service, "{} did not answer {} {}: {} (it {}){}",
                        instance.contender().name, operation.method, path, answer.error().message,
                        instance.description(), instance.log_ending());
        if (answer->status == operation.status) return check_body(*answer);
        if (answer->status == 404 || answer->status == 405) return wrong_route(answer->status);
        return wrong_status(*answer);
    }
};

}  // namespace

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

Status preflight(const Instance& instance, const model::Workload& workload, const std::string& id_prefix,
                 Nanoseconds timeout) {
    JOUST_CHECK(check_routes(instance.contender(), workload));
    std::uint64_t sequence = 0;
    for (const model::Operation& operation : workload.operations) {
        const Probe probe{instance, operation, instance.contender().routes.at(operation.route),
                          fmt::format("{}{:012x}", id_prefix, sequence++)};
        JOUST_CHECK(probe.run(timeout));
    }
    return {};
}

}  // namespace joust::service
