#include <gmock/gmock.h>

#include <fstream>

#include "database/postgres_changes.hpp"
#include "probes/change_count.hpp"
#include "support/memory_growth.hpp"
#include "support/rig.hpp"

namespace joust::probes {
namespace {

constexpr std::uint32_t k_transactions = 1'000'000;
constexpr std::uint32_t k_first_transaction = 727;
constexpr std::size_t k_growth = std::size_t{3} << 20U;  // 3 bytes a transaction

// A pg_waldump that prints the work of k_transactions, eight of them at once, as PostgreSQL 15 words it.
database::PostgresFiles printing(const Path& folder, const host::User& user) {
    const Path program = folder / "pg_waldump";
    std::ofstream(program) << fmt::format(R"(#!/bin/sh
exec awk 'BEGIN {{
    head = "%s len (rec/tot):    350/   350, tx: %10d, lsn: 0/0152F0E8, prev 0/0152F0C0, desc: %s\n"
    rows = ", blkref #0: rel 1663/5/16398 blk 0"
    for (first = {0}; first < {0} + {1}; first += 8) {{
        for (tx = first; tx < first + 8; ++tx)
            printf(head, "rmgr: Heap2      ", tx, "MULTI_INSERT 10 tuples flags 0x02" rows)
        for (tx = first; tx < first + 8; ++tx)
            printf(head, "rmgr: Transaction", tx, "COMMIT 2026-11-29 00:32:43.067597 UTC")
    }}
}}'
)",
                                          k_first_transaction, k_transactions);
    for (const Path& path : {folder, program})
        std::filesystem::permissions(path, std::filesystem::perms(0755));
    return {.root = folder,
            .data = folder,
            .sockets = std::nullopt,
            .config = {},
            .host_rules = {},
            .programs = folder,
            .user = user};
}

TEST(ChangeMemory, IsBoundedHoweverLongTheLogIs) {
    test::Rig rig;
    const test::TempDirectory folder;
    const database::PostgresFiles files = printing(folder.path(), rig.user());
    const database::TableStates tables{{"users", {.relation = "1663/5/16398"}}};
    const database::ChangeLog log{.before = tables,
                                  .after = tables,
                                  .database = "5",
                                  .start = "0/0",
                                  .end = "1/0",
                                  .last = k_first_transaction + k_transactions - 1};
    ChangeCount changes({{"users", {.inserted = 10}}}, log, {});
    const runtime::Interrupted never;
    const std::size_t growth = test::memory_growth([&] {
        const Status read =
            database::read_stretch({.runtime = rig.runtime(),
                                    .run = rig.run(),
                                    .files = files,
                                    .interrupted = never,
                                    .name = "dump"},
                                   log, [&](const database::WalRecord& record) { changes.add(record); });
        EXPECT_TRUE(read) << read.error().message;
    });
    EXPECT_LT(growth, k_growth);
    model::ObservedEffects effects;
    changes.write(effects);
    EXPECT_EQ(effects.commits(), k_transactions);
    EXPECT_EQ(effects.rows.at("users").inserted, std::int64_t{10} * k_transactions);
}

}  // namespace
}  // namespace joust::probes
