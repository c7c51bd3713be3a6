#include "deploy/preflight.hpp"

#include <gmock/gmock.h>

#include "support/faulty_contender.hpp"

namespace joust::deploy {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using namespace std::chrono_literals;

model::Workload workload_of(const std::vector<std::string>& routes) {
    model::Workload workload;
    workload.name = "test";
    for (const std::string& route : routes)
        workload.operations.push_back({.name = route,
                                       .route = route,
                                       .content_type = "application/json",
                                       .body = R"({"request_id": "{request_id}"})",
                                       .expected_json = R"({"request_id": "{request_id}", "created": 10})"});
    return workload;
}

/// One healthy service for all tests: preflight leaves it as it was.
class PreflightTest : public ::testing::Test {
protected:
    struct Shared {
        test::FaultyService service{""};
        Instance instance = service.start_healthy();
    };
    static void SetUpTestSuite() { shared_ = std::make_unique<Shared>(); }
    static void TearDownTestSuite() { shared_.reset(); }
    static inline std::unique_ptr<Shared> shared_;

    static Status fly(const std::vector<std::string>& routes) {
        return preflight(shared_->instance, workload_of(routes), {.prefix = "preflight-"}, 20s);
    }
    static std::string complaint(const std::string& route) {
        const Status status = fly({route});
        EXPECT_FALSE(status);
        if (status) return "";
        EXPECT_EQ(status.error().kind, ErrorKind::service);
        return status.error().message;
    }
};

TEST_F(PreflightTest, AcceptsAContenderThatAnswersRightly) {
    const Status status = fly({"work", "work"});
    EXPECT_TRUE(status) << status.error().message;
}

TEST_F(PreflightTest, SendsTheIdInEveryWritingThatTheLoadEngineKnows) {
    for (const char* writing : {":json", ":url", ":raw"}) {
        model::Workload workload = workload_of({"work"});
        workload.operations[0].body = fmt::format(R"({{"request_id": "{{request_id{}}}"}})", writing);
        const Status status = preflight(shared_->instance, workload, {.prefix = "preflight-"}, 20s);
        EXPECT_TRUE(status) << writing << ": " << status.error().message;
    }
}

TEST_F(PreflightTest, TellsAWrongRouteWithTheManifestsLine) {
    const std::string message = complaint("wrong");
    EXPECT_THAT(message,
                MatchesRegex(".*tests/support/contenders/faulty/contender.toml:[0-9]+: routes.wrong is "
                             "\"/wrong\", and faulty answered POST /wrong with 404; write .*"));
    const auto lines = test::text_of(shared_->service.contender().manifest);
    const auto place = message.substr(0, message.find(": routes"));
    const auto number = std::stoul(place.substr(place.rfind(':') + 1));
    std::size_t at = 0;
    for (std::size_t line = 1; line < number; ++line)
        at = lines.find('\n', at) + 1;
    EXPECT_THAT(lines.substr(at, 16), HasSubstr("wrong = "));
}

TEST_F(PreflightTest, ComparesTheAnswerFieldByField) {
    const std::string message = complaint("lazy");
    EXPECT_THAT(message, HasSubstr("faulty answered POST /lazy wrongly: \"created\" is 8 instead of 10"));
    EXPECT_THAT(message, Not(HasSubstr("\"request_id\" is"))) << "that one is right";
}

TEST_F(PreflightTest, LooksAtTheWholeAnswer) {
    EXPECT_THAT(complaint("deceiving"), HasSubstr("\"created\" is 8 instead of 10"));
    EXPECT_THAT(complaint("twice"), HasSubstr("\"created\" stands twice"));
    EXPECT_THAT(complaint("cut"), HasSubstr("no JSON"));
    EXPECT_THAT(complaint("array"), HasSubstr("the body is an array of 1 instead of an object"));
    EXPECT_THAT(complaint("page"), HasSubstr("no JSON"));
}

TEST_F(PreflightTest, SurvivesJsonThatIsNestedWithoutEnd) {
    EXPECT_THAT(complaint("deep"), HasSubstr("POST /deep wrongly"));
    EXPECT_THAT(complaint("deep_and_closed"), HasSubstr("nested more than 200 levels deep"));
}

TEST_F(PreflightTest, ChecksAsMuchOfABodyAsTheLoadDoes) {
    const Status status = fly({"long"});
    EXPECT_TRUE(status) << status.error().message;
    EXPECT_THAT(complaint("too_long"), HasSubstr("with more than 4 MiB"));
}

TEST_F(PreflightTest, RefusesExpectationsThatNoAnswerCanMeetBeforeAnythingStarts) {
    const model::Contender contender = test::faulty_contender();
    EXPECT_TRUE(check_expectations(contender, workload_of({"work"})));
    const auto refused = [&](auto&& change) {
        model::Workload workload = workload_of({"work"});
        change(workload.operations[0]);
        const Status status = check_expectations(contender, workload);
        if (status) return std::string();
        EXPECT_EQ(status.error().kind, ErrorKind::bad_input);
        EXPECT_THAT(status.error().message, HasSubstr("workload test, operation work, response.json: "));
        return status.error().message;
    };
    EXPECT_THAT(refused([](auto& operation) { operation.method = "HEAD"; }), HasSubstr("has no body"));
    EXPECT_THAT(refused([](auto& operation) { operation.status = 204; }), HasSubstr("has no body"));
    EXPECT_THAT(refused([](auto& operation) { operation.body = "{}"; }), HasSubstr("does not send it"));
    EXPECT_THAT(refused([](auto& operation) { operation.expected_json = "{"; }), HasSubstr("no JSON"));
}

TEST_F(PreflightTest, ShowsBodyAndLogOfAServersError) {
    const std::string message = complaint("broken");
    EXPECT_THAT(message, HasSubstr("POST /broken with 500 instead of 200: {\"detail\": \"it broke\"}"));
    EXPECT_THAT(message, HasSubstr("Traceback: the database went away"));
}

TEST_F(PreflightTest, NamesEveryRouteThatIsMissingBeforeAnythingStarts) {
    const model::Contender contender = test::faulty_contender();
    const Status status = check_routes(contender, workload_of({"work", "rows", "bulk", "rows"}));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(status.error().message,
                HasSubstr("contender.toml: [routes] lacks rows, bulk, which workload test"));
    EXPECT_TRUE(check_routes(contender, workload_of({"work"})));
}

TEST(Preflight, TellsThatTheContenderIsGone) {
    test::FaultyService service("");
    Instance instance = service.start_healthy();
    instance.stop(1s);
    const Status status = preflight(instance, workload_of({"work"}), {.prefix = "p"}, 5s);
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, HasSubstr("faulty did not answer POST /work: cannot connect"));
    EXPECT_THAT(status.error().message, HasSubstr("it was killed by signal 15"));
}

}  // namespace
}  // namespace joust::deploy
