#include "unit/load/engine_support.hpp"
#include "unit/load/tls_server.hpp"

namespace joust::load {
namespace {

class OverTls : public EngineOn {
protected:
    [[nodiscard]] Options options_over(const test::TlsServer& server, int users,
                                       std::uint64_t requests) const {
        Options options = options_for(server.url());
        options.schedule = ClosedLoop{.users = users, .stagger = 0ns};
        options.stop = StopAfterCount{requests};
        options.tls.ca_file = server.ca_file();
        return options;
    }
};

TEST_P(OverTls, KeepsTrustedConnectionsAlive) {
    test::TlsServer server;
    Options options = options_over(server, 3, 60);
    options.operations[0].expect.body_equals = server.body();
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 60U);
    EXPECT_EQ(server.accepted(), 3);
    EXPECT_TRUE(samples.kernel_time_stamps);
}

TEST_P(OverTls, ReadsBodiesOfManyRecords) {
    test::TlsServer server(300'000);
    Options options = options_over(server, 2, 10);
    options.operations[0].expect.body_equals = server.body();
    EXPECT_EQ(run(options).requests.succeeded, 10U);
}

TEST_P(OverTls, RefusesAnUnknownCertificate) {
    test::TlsServer server;
    Options options = options_over(server, 1, 2);
    options.tls.ca_file = "";
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.errors[model::RequestErrorKind::connect], 2U);
    EXPECT_NE(samples.examples[0].detail.find("certificate not trusted"), std::string::npos)
        << samples.examples[0].detail;
}

TEST_P(OverTls, RefusesAnotherNameInTheCertificate) {
    test::TlsServer server;
    Options options = options_over(server, 1, 2);
    options.tls.server_name = "other.test";
    EXPECT_EQ(run(options).errors[model::RequestErrorKind::connect], 2U);
    options.tls.server_name = "joust.test";
    EXPECT_EQ(run(options).requests.succeeded, 2U);
}

TEST_P(OverTls, TakesAnyCertificateWhenToldSo) {
    test::TlsServer server;
    Options options = options_over(server, 1, 2);
    options.tls = {.verify = false, .ca_file = "", .server_name = "whatever"};
    EXPECT_EQ(run(options).requests.succeeded, 2U);
}

TEST_P(OverTls, GoesOnAfterTheServerEndsTheSession) {
    test::TlsServer server;
    Options options = options_over(server, 1, 4);
    options.operations[0].request.path = "/last";
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 4U);
    EXPECT_EQ(server.accepted(), 4);
}

TEST_P(OverTls, AnswersAKeyUpdateWithoutHarmToAnUploadOnItsWay) {
    test::TlsServer server;
    Options options = options_over(server, 1, 2);
    options.operations[0].request = {.method = "POST",
                                     .path = "/update",
                                     .headers = {},
                                     .body = std::string(test::TlsServer::k_upload_bytes, 'y')};
    EXPECT_EQ(run(options).requests.succeeded, 2U);
    EXPECT_EQ(server.accepted(), 1);
}

TEST_P(OverTls, ABodyWithoutALengthIsWholeOnlyIfTheServerSaysThatItEnds) {
    test::TlsServer server;
    for (const char* path : {"/to-close", "/cut"}) {
        Options options = options_over(server, 1, 3);
        options.operations[0].request.path = path;
        const model::Samples samples = run(options);
        const bool cut = std::string_view(path) == "/cut";
        EXPECT_EQ(samples.requests.succeeded, cut ? 0U : 3U) << path;
        EXPECT_EQ(samples.errors[model::RequestErrorKind::reset], cut ? 3U : 0U) << path;
    }
}

TEST_P(OverTls, SaysThatTheServerDoesNotSpeakIt) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); },
                          {.greeting = "HTTP/1.1 400 Bad\r\n\r\n"});
    Options options = closed(server, 1, StopAfterCount{1});
    options.target.tls = true;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.errors[model::RequestErrorKind::connect], 1U);
    EXPECT_NE(samples.examples[0].detail.find("TLS"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Backends, OverTls, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
