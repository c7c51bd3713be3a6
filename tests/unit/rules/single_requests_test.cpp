#include "rules/single_requests.hpp"

#include <gmock/gmock.h>

namespace joust::rules {
namespace {

using model::Misdeed;
using model::SingleRequests;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

SingleRequests safe_work() {
    return {.rows = model::OneByOne{.requests = 20, .as_contract = 20, .transactions = 20},
            .syncs = model::CommitSyncs{.requests = 20, .transactions = 20, .syncs = 20},
            .left_out = {}};
}

TEST(SingleRequests, ThatDoTheirWorkAreAsTheContract) {
    EXPECT_THAT(misdeeds(safe_work()), IsEmpty());
    EXPECT_TRUE(as_contract(safe_work()));
}

TEST(SingleRequests, ThatNobodyLookedAtDoNoWrongAndProveNothing) {
    EXPECT_THAT(misdeeds(SingleRequests{}), IsEmpty());
    EXPECT_FALSE(as_contract(SingleRequests{}));
    SingleRequests part = safe_work();
    part.rows.reset();
    EXPECT_FALSE(as_contract(part)) << "no rows were told";
    part = safe_work();
    part.syncs.reset();
    EXPECT_FALSE(as_contract(part)) << "nor that commits wait for the disk";
    part = safe_work();
    part.rows = model::OneByOne{};
    EXPECT_FALSE(as_contract(part)) << "all of no requests";
    part = safe_work();
    part.syncs = model::CommitSyncs{};
    EXPECT_FALSE(as_contract(part));
}

TEST(SingleRequests, NameAFileThatIsSyncedSeldomerThanItCommits) {
    SingleRequests one{.rows = {},
                       .syncs = model::CommitSyncs{.requests = 20, .transactions = 30, .syncs = 30},
                       .left_out = {}};
    EXPECT_THAT(misdeeds(one), IsEmpty());
    one.syncs->syncs = 29;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    one.syncs->transactions = 0;
    EXPECT_THAT(misdeeds(one), IsEmpty()) << "no transaction is declared";
}

TEST(SingleRequests, NameAFileThatIsSyncedAfterItsAnswers) {
    SingleRequests one = safe_work();
    one.syncs->early = 1;
    EXPECT_TRUE(as_contract(one)) << "one may be by chance";
    one.syncs->early = 2;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    EXPECT_FALSE(as_contract(one));
    one.rows = model::OneByOne{.requests = 20, .as_contract = 18, .late = 2};
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first)) << "so it commits then";
}

TEST(SingleRequests, NameRowsThatAreNotTheContractsOrComeLate) {
    SingleRequests one = safe_work();
    one.rows->as_contract = 19;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::other_rows));
    EXPECT_FALSE(as_contract(one));
    one.rows->late = 1;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first)) << "it came after the answer";
    one.rows->as_contract = 10;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first, Misdeed::other_rows));
}

}  // namespace
}  // namespace joust::rules
