#include "host/cpu_layout.hpp"

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using Cpus = std::vector<int>;

CpuTopology cores(std::vector<Cpus> groups) {
    return {.cores = std::move(groups)};
}

bool noted(const CpuLayout& layout, std::string_view words) {
    for (const std::string& note : layout.notes)
        if (note.find(words) != std::string::npos) return true;
    return false;
}

TEST(CpuLayout, WithTwoCpusTheContenderIsAloneAndTheGeneratorGoesBeforeTheDatabase) {
    const CpuLayout layout = must(lay_out_cpus(cores({{0}, {1}}), {.contender = 1.0, .database = 1.0}));
    EXPECT_EQ(layout.contender, (CpuShare{.cpus = {0}}));
    EXPECT_EQ(layout.database, (CpuShare{.cpus = {1}}));
    EXPECT_EQ(layout.generator.cpus, Cpus{1});
    EXPECT_GT(layout.generator.weight, layout.database.weight);
    EXPECT_TRUE(layout.generator_shares);
    EXPECT_TRUE(layout.limits_reachable);
    EXPECT_TRUE(noted(layout, "Database and generator share CPU 1"));
    EXPECT_TRUE(noted(layout, "The contender is pinned to CPU 0."));
    EXPECT_FALSE(noted(layout, "for itself")) << "others may run there, too";
}

TEST(CpuLayout, WithTwoCpusAndNoDatabaseProcessNobodyShares) {
    const CpuLayout layout = must(lay_out_cpus(cores({{0}, {1}}), {.database = std::nullopt}));
    EXPECT_EQ(layout.contender.cpus, Cpus{0});
    EXPECT_EQ(layout.generator, (CpuShare{.cpus = {1}}));
    EXPECT_TRUE(layout.database.cpus.empty());
    EXPECT_FALSE(layout.generator_shares);
}

TEST(CpuLayout, WithOneCpuAllShareItByQuotasAndTheReportSaysSo) {
    const CpuLayout layout = must(lay_out_cpus(cores({{3}}), {}));
    for (const CpuShare& share : {layout.contender, layout.database, layout.generator})
        EXPECT_EQ(share.cpus, Cpus{3});
    ASSERT_TRUE(layout.contender.quota && layout.database.quota);
    EXPECT_LT(*layout.contender.quota + *layout.database.quota, 1.0);
    EXPECT_FALSE(layout.limits_reachable);
    EXPECT_TRUE(noted(layout, "Only CPU 3 may be used"));
}

TEST(CpuLayout, WithThreeCpusEachHasItsOwn) {
    const CpuLayout layout = must(lay_out_cpus(cores({{0}, {2}, {5}}), {}));
    EXPECT_EQ(layout.contender, (CpuShare{.cpus = {0}}));
    EXPECT_EQ(layout.database, (CpuShare{.cpus = {2}}));
    EXPECT_EQ(layout.generator, (CpuShare{.cpus = {5}}));
    EXPECT_FALSE(layout.generator_shares);
}

TEST(CpuLayout, WhereCoresSufficeSiblingsOfContenderAndDatabaseStayIdle) {
    const CpuLayout layout = must(lay_out_cpus(cores({{0, 4}, {1, 5}, {2, 6}, {3, 7}}), {}));
    EXPECT_EQ(layout.contender.cpus, Cpus{0});
    EXPECT_EQ(layout.database.cpus, Cpus{1});
    EXPECT_EQ(layout.generator.cpus, (Cpus{2, 3}));
    EXPECT_FALSE(noted(layout, "hyperthread"));
}

TEST(CpuLayout, WhereCoresDoNotSufficeThePartiesFillWholeCores) {
    const CpuLayout layout = must(lay_out_cpus(cores({{0, 2}, {1, 3}}), {.contender = 2.0, .database = 1.0}));
    EXPECT_EQ(layout.contender.cpus, (Cpus{0, 2}));
    EXPECT_EQ(layout.database.cpus, Cpus{1});
    EXPECT_EQ(layout.generator.cpus, Cpus{3});
    EXPECT_FALSE(noted(layout, "hyperthread"));
}

TEST(CpuLayout, SaysThatTheContendersSiblingIsBusy) {
    EXPECT_TRUE(noted(must(lay_out_cpus(cores({{0, 1}}), {})), "hyperthread"));
    EXPECT_FALSE(noted(must(lay_out_cpus(cores({{0}, {1}}), {})), "hyperthread"));
}

TEST(CpuLayout, AFractionOfACpuNeedsAQuota) {
    const CpuLayout layout =
        must(lay_out_cpus(cores({{0}, {1}, {2}, {3}}), {.contender = 1.5, .database = 0.5}));
    EXPECT_EQ(layout.contender, (CpuShare{.cpus = {0, 1}, .quota = 1.5}));
    EXPECT_EQ(layout.database, (CpuShare{.cpus = {2}, .quota = 0.5}));
    EXPECT_EQ(layout.generator.quota, std::nullopt);
    EXPECT_TRUE(noted(layout, "The contender is held to 1.50 CPU"));
}

TEST(CpuLayout, ADatabaseWithMoreSharedCpusThanItsLimitIsHeldByAQuota) {
    const CpuLayout layout =
        must(lay_out_cpus(cores({{0}, {1}, {2}, {3}}), {.contender = 1.0, .database = 3.0}));
    EXPECT_EQ(layout.database.cpus, (Cpus{1, 2, 3}));
    EXPECT_EQ(layout.database.quota, std::nullopt) << "three CPUs are what it is to have";
    const CpuLayout less = must(lay_out_cpus(cores({{0}, {1}, {2}}), {.contender = 1.0, .database = 1.5}));
    EXPECT_EQ(less.database, (CpuShare{.cpus = {1, 2}, .quota = 1.5}));
}

TEST(CpuLayout, RefusesAContenderThatLeavesNoCpuForTheGenerator) {
    const Result<CpuLayout> layout = lay_out_cpus(cores({{0}, {1}}), {.contender = 2.0});
    ASSERT_FALSE(layout);
    EXPECT_EQ(layout.error().kind, ErrorKind::bad_input);
    EXPECT_NE(layout.error().message.find("to 1 at most"), std::string::npos) << layout.error().message;
}

TEST(CpuLayout, NeverGivesTheContendersCpuAwayWhenThereAreTwoOrMore) {
    for (int count = 2; count <= 16; ++count)
        for (double contender = 0.5; contender < count; contender += 0.5)
            for (double database = 0.5; database <= 4; database += 0.5) {
                CpuTopology topology;
                for (int cpu = 0; cpu < count; ++cpu)
                    topology.cores.push_back({cpu});
                const auto made = lay_out_cpus(topology, {.contender = contender, .database = database});
                if (!made) continue;  // whole CPUs of it leave none: tested above
                for (const int cpu : made->contender.cpus)
                    for (const CpuShare& other : {made->database, made->generator})
                        EXPECT_EQ(std::count(other.cpus.begin(), other.cpus.end(), cpu), 0);
                EXPECT_FALSE(made->generator.cpus.empty());
                EXPECT_FALSE(made->database.cpus.empty());
            }
}

TEST(CpuList, IsReadAndWrittenAsTheKernelDoes) {
    EXPECT_EQ(must(parse_cpu_list("0-2,5\n")), (Cpus{0, 1, 2, 5}));
    EXPECT_EQ(must(parse_cpu_list("")), Cpus{});
    EXPECT_EQ(to_cpu_list({0, 1, 2, 5}), "0-2,5");
    EXPECT_EQ(to_cpu_list({7}), "7");
    EXPECT_EQ(to_cpu_list({}), "");
    for (const char* bad : {"a", "3-1", "1-", "-1", "1,,2", "1-2-3", "0-99999999"})
        EXPECT_FALSE(parse_cpu_list(bad)) << bad;
}

TEST(CpuTopology, GroupsTheAllowedCpusByCoreAndCountsUnknownOnesAlone) {
    const CpuTopology real = read_topology();
    ASSERT_GE(real.cpu_count(), 1U);
    const TempDirectory sys;
    EXPECT_EQ(read_topology(sys.path()).cores.size(), real.cpu_count());
    std::string all;
    for (const Cpus& core : real.cores)
        for (const int cpu : core)
            all += (all.empty() ? "" : ",") + std::to_string(cpu);
    for (const Cpus& core : real.cores)
        for (const int cpu : core)
            sys.write(fmt::format("devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu), all + "\n");
    EXPECT_EQ(read_topology(sys.path()).cores.size(), 1U);
    EXPECT_EQ(read_topology(sys.path()).cpu_count(), real.cpu_count());
}

}  // namespace
}  // namespace joust::host
