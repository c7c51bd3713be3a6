#include "files/workload_toml.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace joust::files {

using namespace model;
namespace {

TEST(Workloads, TheShippedOnesDeclareTheContract) {
    Diagnostics diagnostics;
    for (const char* name : {"io-intensive", "io-intensive-rows"}) {
        const auto workload = read_workload(Path(JOUST_SOURCE_DIR) / "workloads", name, diagnostics);
        ASSERT_TRUE(workload) << diagnostics.error().message;
        ASSERT_EQ(workload->operations.size(), 1U);
        const Operation& operation = workload->operations[0];
        EXPECT_EQ(operation.method, "POST");
        EXPECT_EQ(operation.body, "{\"request_id\": \"{request_id}\"}");
        EXPECT_EQ(operation.expected_json,
                  "{\"request_id\":\"{request_id}\",\"file_operations\":5,\"db_operations\":3,\"created\":10,"
                  "\"updated\":5,\"deleted\":5}");
        EXPECT_EQ(operation.effects.rows.at("users"),
                  (RowEffects{.inserted = 10, .updated = 5, .deleted = 5}));
        EXPECT_EQ(operation.effects.files,
                  (FileEffects{.created = 5, .written = 5, .read = 5, .removed = 5}));
        EXPECT_EQ(operation.effects.transactions, 1);
        EXPECT_EQ(operation.effects.rows_left, 5);
        EXPECT_EQ(operation.effects.values_left, (std::map<std::string, std::string>{{"age", "99"}}));
    }
}

TEST(Workloads, MistakesAreTold) {
    const Path root = ::testing::TempDir();
    std::ofstream(root / "bad.toml")
        << "name = \"bad\"\n[[operations]]\nname = \"x\"\nmethod = \"FETCH\"\nwieght = 2\n";
    Diagnostics diagnostics;
    EXPECT_FALSE(read_workload(root, "bad", diagnostics));
    const std::string text = diagnostics.error().message;
    EXPECT_NE(text.find("bad.toml:2:1: operations.route is missing"), std::string::npos) << text;
    EXPECT_NE(text.find("4:10: operations.method is \"FETCH\"; write \"GET\" or"), std::string::npos) << text;
    EXPECT_NE(text.find("5:1: unknown key operations.wieght; did you mean weight?"), std::string::npos)
        << text;
    std::filesystem::remove(root / "bad.toml");
}

TEST(Workloads, ValuesAreOfRowsThatAreLeft) {
    const Path root = ::testing::TempDir();
    std::ofstream(root / "bad.toml") << "name = \"bad\"\n[[operations]]\nname = \"x\"\nroute = \"x\"\n"
                                        "[operations.effects.values_left]\nage = 99\nhow = [1]\n";
    Diagnostics diagnostics;
    EXPECT_FALSE(read_workload(root, "bad", diagnostics));
    const std::string text = diagnostics.error().message;
    EXPECT_NE(text.find("bad.toml:5:1: values are held against"), std::string::npos) << text;
    EXPECT_NE(text.find("bad.toml:7:7: operations.effects.values_left.how"), std::string::npos) << text;
    std::filesystem::remove(root / "bad.toml");
}

// They are told by the rows that they change, and of none nothing can be held against them.
TEST(Workloads, TransactionsAndRowsThatAreLeftAreOfTables) {
    const Path root = ::testing::TempDir();
    const auto mistakes = [&](const std::string& effects) {
        std::ofstream(root / "bad.toml") << "name = \"bad\"\n[[operations]]\nname = \"x\"\nroute = \"x\"\n"
                                         << "[operations.effects]\n" + effects;
        Diagnostics diagnostics;
        read_workload(root, "bad", diagnostics);
        std::filesystem::remove(root / "bad.toml");
        return diagnostics.empty() ? std::string() : diagnostics.error().message;
    };
    EXPECT_EQ(mistakes("transactions = 1\nrows.users = {inserted = 1}\nrows_left = 1\n"), "");
    EXPECT_EQ(mistakes("transactions = 0\nrows_left = 0\nfiles = {created = 1}\n"), "");
    EXPECT_NE(mistakes("transactions = 1\n").find("bad.toml:6:16: transactions are told by the rows"),
              std::string::npos)
        << mistakes("transactions = 1\n");
    EXPECT_NE(mistakes("rows_left = 5\n").find("bad.toml:6:13: rows that are left are looked up in a table"),
              std::string::npos)
        << mistakes("rows_left = 5\n");
    EXPECT_NE(mistakes("transactions = 1\nrows.users = {inserted = 0}\n").find("transactions are told by"),
              std::string::npos);
}

// As null, which they would otherwise become, they would be right where the answer has null.
TEST(Workloads, WhatJsonCannotSayIsNotExpected) {
    const Path root = ::testing::TempDir();
    for (const char* value : {"2024-01-01", "12:30:00", "nan", "[1, {b = inf}]"}) {
        std::ofstream(root / "bad.toml") << "name = \"bad\"\n[[operations]]\nname = \"x\"\nroute = \"x\"\n"
                                         << "[operations.response]\njson = {a = " << value << "}\n";
        Diagnostics diagnostics;
        EXPECT_FALSE(read_workload(root, "bad", diagnostics)) << value;
        ASSERT_FALSE(diagnostics.empty()) << value;
        EXPECT_NE(diagnostics.error().message.find("write what JSON has, too"), std::string::npos)
            << diagnostics.error().message;
    }
    std::filesystem::remove(root / "bad.toml");
}

TEST(Workloads, AnUnknownNameListsThoseThatThereAre) {
    Diagnostics diagnostics;
    EXPECT_FALSE(read_workload(Path(JOUST_SOURCE_DIR) / "workloads", "nope", diagnostics));
    const std::string text = diagnostics.error().message;
    EXPECT_NE(text.find("there is no workload \"nope\"; write one of: io-intensive, io-intensive-rows"),
              std::string::npos)
        << text;
}

}  // namespace
}  // namespace joust::files
