#include "load/transport/uring_queues.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <vector>

#include "base/fd.hpp"

namespace joust::load {
namespace {

class UringQueuesOfEight : public testing::Test {
protected:
    void SetUp() override {
        io_uring_params parameters{};
        const int made = io_uring_setup(8, &parameters);
        ASSERT_GE(made, 0) << errno_text(-made);
        ring_ = Fd(made);
        const Status mapped = queues_.map(made, parameters);
        ASSERT_TRUE(mapped.has_value()) << mapped.error().message;
    }
    void make(__u64 name) {
        io_uring_sqe* const entry = queues_.next_submission();
        ASSERT_NE(entry, nullptr);
        io_uring_prep_nop(entry);
        entry->user_data = name;
    }
    int enter(unsigned submissions, unsigned completions) {
        return io_uring_enter(static_cast<unsigned>(ring_.get()), submissions, completions,
                              IORING_ENTER_GETEVENTS, nullptr);
    }
    std::vector<__u64> completed() {
        std::vector<__u64> names;
        queues_.drain([&](const io_uring_cqe& completion) {
            EXPECT_EQ(completion.res, 0);
            names.push_back(completion.user_data);
        });
        return names;
    }

    Fd ring_;
    UringQueues queues_;
};

TEST_F(UringQueuesOfEight, EveryEntryIsTakenOnceAndInOrderRoundAfterRound) {
    __u64 name = 0;
    for (int round = 0; round < 30; ++round) {  // of five, so that they begin at every place
        std::vector<__u64> made;
        for (int i = 0; i < 5; ++i) {
            made.push_back(++name);
            make(name);
        }
        EXPECT_TRUE(queues_.has_submissions());
        ASSERT_EQ(queues_.publish_submissions(), 5U);
        EXPECT_FALSE(queues_.has_submissions());
        ASSERT_EQ(enter(5, 5), 5);
        EXPECT_EQ(completed(), made);
        EXPECT_TRUE(completed().empty());
    }
}

TEST_F(UringQueuesOfEight, AreFullUntilTheKernelHasTakenSome) {
    for (__u64 name = 1; name <= 8; ++name) {
        EXPECT_FALSE(queues_.is_full());
        make(name);
    }
    EXPECT_TRUE(queues_.is_full());
    EXPECT_EQ(queues_.next_submission(), nullptr);
    ASSERT_EQ(queues_.publish_submissions(), 8U);
    EXPECT_TRUE(queues_.is_full());
    ASSERT_EQ(enter(3, 3), 3);
    EXPECT_FALSE(queues_.is_full());
    EXPECT_THAT(completed(), testing::ElementsAre(1, 2, 3));
    EXPECT_EQ(queues_.publish_submissions(), 5U) << "what an earlier enter left behind is named again";
    ASSERT_EQ(enter(5, 5), 5);
    EXPECT_THAT(completed(), testing::ElementsAre(4, 5, 6, 7, 8));
}

TEST(UringQueues, SayWhatFailedWhereThereIsNoRing) {
    io_uring_params parameters{};
    parameters.features = IORING_FEAT_SINGLE_MMAP;
    parameters.sq_entries = parameters.cq_entries = 8;
    UringQueues queues;
    const Status mapped = queues.map(-1, parameters);
    ASSERT_FALSE(mapped.has_value());
    EXPECT_EQ(mapped.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(mapped.error().message, testing::HasSubstr("mapping"));
}

}  // namespace
}  // namespace joust::load
