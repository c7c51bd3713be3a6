#include "database/wal_text.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"

namespace joust::database {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What tests/unit/database/wal/dump.sh did, as one version of PostgreSQL logged it.
class Dump : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        text_ = read_file(Path(JOUST_SOURCE_DIR) / "tests/unit/database/wal" / GetParam()).value();
        for (const std::string_view line : split(text_, '\n')) {
            if (line.starts_with("relation ")) users_ = line.substr(9);
            auto record = parse_wal_line(line);
            ASSERT_TRUE(record) << record.error().message;
            if (*record) records_.push_back(std::move(**record));
        }
    }
    /// The ends of transactions, in order.
    [[nodiscard]] std::vector<WalRecord> ends() const {
        std::vector<WalRecord> found;
        for (const WalRecord& record : records_)
            if (record.act == WalAct::committed || record.act == WalAct::aborted) found.push_back(record);
        return found;
    }
    /// Rows of users that a transaction changed, by act.
    [[nodiscard]] std::map<WalAct, std::uint32_t> rows(std::uint32_t transaction) const {
        std::map<WalAct, std::uint32_t> sums;
        for (const WalRecord& record : records_)
            if (record.transaction == transaction && record.rows > 0 && record.relation == users_)
                sums[record.act] += record.rows;
        return sums;
    }

    std::string text_;
    std::string_view users_;
    std::vector<WalRecord> records_;
};

INSTANTIATE_TEST_SUITE_P(Versions, Dump, ::testing::Values("postgres-15.txt", "postgres-17.txt"),
                         [](const auto& version) { return std::string(version.param).substr(9, 2); });

using Sums = std::map<WalAct, std::uint32_t>;
const Sums k_contract{{WalAct::inserted, 10}, {WalAct::updated, 5}, {WalAct::deleted, 5}};

TEST_P(Dump, HasTheContractRowByRowAndByCopy) {
    const auto all = ends();
    ASSERT_GE(all.size(), 2U);
    for (const std::size_t request : {0U, 1U}) {
        EXPECT_EQ(all[request].act, WalAct::committed);
        EXPECT_EQ(rows(all[request].transaction), k_contract);
    }
    EXPECT_LT(all[0].time, all[1].time);
}

TEST_P(Dump, TellsWhatWasRolledBack) {
    const auto all = ends();
    EXPECT_EQ(all.at(2).act, WalAct::aborted);
    EXPECT_EQ(rows(all[2].transaction), k_contract);
}

TEST_P(Dump, GivesSubtransactionsToTheirParents) {
    const auto all = ends();
    EXPECT_EQ(all.at(3).act, WalAct::aborted);
    EXPECT_EQ(rows(all[3].transaction), (Sums{{WalAct::updated, 10}}));
    ASSERT_EQ(all.at(4).act, WalAct::committed);
    Sums together = rows(all[4].transaction);
    EXPECT_EQ(all[4].subtransactions.size(), 3U);
    for (const std::uint32_t one : all[4].subtransactions)
        for (const auto& [act, count] : rows(one))
            together[act] += count;
    EXPECT_EQ(together, k_contract);
    EXPECT_EQ(all.back().act, WalAct::committed);
    EXPECT_EQ(all[all.size() - 2].subtransactions.size(), 65U);
}

TEST_P(Dump, TellsCommitsInTwoSteps) {
    EXPECT_EQ(std::count_if(records_.begin(), records_.end(),
                            [](const WalRecord& record) { return record.act == WalAct::prepared; }),
              4);
}

std::optional<WalRecord> parsed(std::string_view line) {
    auto record = parse_wal_line(line);
    EXPECT_TRUE(record) << record.error().message;
    return record ? *record : std::nullopt;
}

TEST(WalLine, OfADeletionSaysWhetherItWithdrawsAnInsertion) {
    const auto old = parsed(
        "rmgr: Heap        len (rec/tot):     54/    54, tx:        742, lsn: 0/01533840, prev 0/015337F8, "
        "desc: "
        "DELETE off 72 flags 0x08 , blkref #0: rel 1663/5/16401 blk 0");
    EXPECT_EQ(old->act, WalAct::withdrawn);
    const auto later = parsed(
        "rmgr: Heap        len (rec/tot):     54/    54, tx:        742, lsn: 0/01533840, prev 0/015337F8, "
        "desc: "
        "DELETE xmax: 742, off: 72, infobits: [], flags: 0x18, blkref #0: rel 1663/5/16401 blk 0");
    EXPECT_EQ(later->act, WalAct::withdrawn);
}

TEST(WalLine, OfACommitHasItsTimeToTheMicrosecond) {
    const auto record = parsed(
        "rmgr: Transaction len (rec/tot):     34/    34, tx:        728, lsn: 0/01530668, prev 0/01530630, "
        "desc: "
        "COMMIT 2026-11-29 00:23:27.962191 UTC; subxacts: 3 4; inval msgs: catcache 5");
    EXPECT_EQ(record->time.time_since_epoch(), Nanoseconds{1'795'911'807'962'191'000});
    EXPECT_THAT(record->subtransactions, ElementsAre(3, 4));
}

TEST(WalLine, ThatIsNoRecordSaysNothing) {
    EXPECT_EQ(parsed(""), std::nullopt);
    EXPECT_EQ(parsed("first record is after 0/1500700, at 0/1500728, skipping over 40 bytes"), std::nullopt);
}

TEST(WalLine, InOtherWordsIsNotTakenForNothing) {
    const std::string head = "rmgr: Heap        len (rec/tot): 1/ 1, tx: 5, lsn: 0/1, prev 0/1, desc: ";
    for (const std::string& line :
         {std::string("rmgr: "), head, head + "SWAP off 1, blkref #0: rel 1/2/3 blk 0", head + "INSERT off 1",
          head + "DELETE off 1, blkref #0: rel 1/2/3 blk 0", head + "INSERT off 1, blkref #0: rel 1/2 blk 0",
          std::string("rmgr: Heap2 len, tx: 5, desc: MULTI_INSERT flags 0x02, blkref #0: rel 1/2/3 blk 0"),
          std::string("rmgr: Heap2 len, tx: 5, desc: MULTI_INSERT 0 tuples, blkref #0: rel 1/2/3 blk 0"),
          std::string("rmgr: Transaction len, tx: 5, desc: COMMIT 2026-02-30 00:23:27.962191 UTC"),
          std::string("rmgr: Transaction len, tx: 5, desc: COMMIT 2026-02-28 00:23:27.962191 CET")}) {
        const auto record = parse_wal_line(line);
        ASSERT_FALSE(record) << line;
        EXPECT_THAT(record.error().message, HasSubstr("words its log"));
    }
}

}  // namespace
}  // namespace joust::database
