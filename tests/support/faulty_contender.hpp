#pragma once

#include "deploy/instance.hpp"
#include "files/contender_toml.hpp"
#include "files/diagnostics.hpp"
#include "model/contender.hpp"
#include "support/rig.hpp"

namespace joust::test {

/// tests/support/contenders/faulty, whose fault is chosen by `fault`; see its service.py.
inline model::Contender faulty_contender(const std::string& fault = "") {
    files::Diagnostics mistakes;
    auto contender =
        files::read_contender(Path(JOUST_SOURCE_DIR) / "tests/support/contenders", "faulty", mistakes);
    if (!contender) {
        std::fprintf(stderr, "%s\n", mistakes.error().message.c_str());
        std::abort();
    }
    contender->start.environment["FAULT"] = fault;
    return *contender;
}

/// A staged contender in a rig, ready to be started.
class FaultyService {
public:
    explicit FaultyService(const std::string& fault) : contender_(faulty_contender(fault)) {
        staged_ = must(deploy::stage(contender_, rig_.state_root(), rig_.run(), rig_.runtime().kind()));
    }

    Result<deploy::Instance> try_start() { return try_start(contender_, "faulty"); }
    /// Another contender with the same files, beside the first.
    Result<deploy::Instance> try_start(const model::Contender& contender, const std::string& label) {
        return deploy::Instance::start({.contender = contender,
                                        .staged = staged_,
                                        .label = label,
                                        .database = {.url = "sqlite:///nowhere"},
                                        .port = port,
                                        .limits = limits,
                                        .cpu = std::nullopt,
                                        .user = rig_.user(),
                                        .log = log(),
                                        .environment = environment},
                                       rig_.runtime());
    }
    deploy::Instance start() { return must(try_start()); }
    deploy::Instance start_healthy() {
        deploy::Instance instance = start();
        must(instance.wait_until_healthy(std::chrono::seconds(30), {}));
        return instance;
    }

    [[nodiscard]] Path log() const { return rig_.logs() / "faulty.log"; }
    [[nodiscard]] Rig& rig() { return rig_; }
    [[nodiscard]] model::Contender& contender() { return contender_; }
    [[nodiscard]] const deploy::Staged& staged() const { return staged_; }

    std::optional<std::uint16_t> port;
    std::optional<model::Limits> limits;
    std::map<std::string, std::string> environment;

private:
    Rig rig_;
    model::Contender contender_;
    deploy::Staged staged_;
};

}  // namespace joust::test
