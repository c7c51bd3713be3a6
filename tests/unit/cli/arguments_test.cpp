#include "cli/arguments.hpp"

#include <gtest/gtest.h>

#include <array>

namespace joust::cli {
namespace {

RunCommand parsed_run(const std::vector<std::string>& arguments) {
    const auto parsed = parse_arguments(arguments);
    if (const auto* answered = std::get_if<Answered>(&parsed)) ADD_FAILURE() << answered->err;
    return std::get<RunCommand>(std::get<Command>(parsed));
}

Answered answered(const std::vector<std::string>& arguments) {
    return std::get<Answered>(parse_arguments(arguments));
}

TEST(Arguments, RunNeedsNoMoreThanItsName) {
    const RunCommand run = parsed_run({"run"});
    EXPECT_EQ(run.benchmark, "io-intensive");
    EXPECT_EQ(run.profile, "");
    EXPECT_FALSE(run.limits_off);
    EXPECT_TRUE(run.assignments.empty());
}

TEST(Arguments, ShorthandsBecomeTomlThatIsCheckedLikeAnyFile) {
    const RunCommand run =
        parsed_run({"run", "rows", "--profile", "smoke", "--database", "sqlite", "--levels", "50:1000:50",
                    "--contenders", "fastapi,django", "--blocks", "4", "--duration", "10s", "--set",
                    "database.settings.work_mem = \"8MB\""});
    EXPECT_EQ(run.benchmark, "rows");
    EXPECT_EQ(run.profile, "smoke");
    const std::vector<std::string> expected{
        "database.engine = \"sqlite\"",
        "contenders = [\"fastapi\", \"django\"]",
        "load.levels = { from = 50, to = 1000, step = 50 }",
        "load.duration = \"10s\"",
        "experiment.blocks = { min = 4, max = 4 }",
        "database.settings.work_mem = \"8MB\"",
    };
    for (const std::string& assignment : expected)
        EXPECT_NE(std::find(run.assignments.begin(), run.assignments.end(), assignment),
                  run.assignments.end())
            << assignment;
    EXPECT_EQ(run.assignments.size(), expected.size());
}

TEST(Arguments, ABudgetIsTomlAndACalibrationIsOneContenderAgainstItself) {
    const std::vector<std::string> expected{
        "experiment.budget = \"10m\"",
        "contenders = [\"django\"]",
        "baseline = \"django\"",
        "experiment.calibration = true",
    };
    EXPECT_EQ(parsed_run({"run", "--budget", "10m", "--aa", "django"}).assignments, expected);
    EXPECT_EQ(answered({"run", "--aa", "django", "--contenders", "a,b"}).code, ExitCode::bad_input);
    const Answered two = answered({"run", "--aa", "fastapi,django"});
    EXPECT_EQ(two.code, ExitCode::bad_input);
    EXPECT_NE(two.err.find("--aa: \"fastapi,django\" is more than one contender; write one name, which runs "
                           "against itself: --aa fastapi"),
              std::string::npos)
        << two.err;
}

TEST(Arguments, WhatIsNoNumberIsToldByItsFlagWithTheNumbersThatAre) {
    for (const auto& [flag, value, told] :
         {std::array{"--blocks", "x", "--blocks: give a whole number from 1 to 1000, not x"},
          {"--blocks", "0", "--blocks: give a whole number from 1 to 1000, not 0"},
          {"--seed", "abc", "--seed: give a whole number from 0 to 9223372036854775807, not abc"}}) {
        const Answered wrong = answered({"run", flag, value});
        EXPECT_EQ(wrong.code, ExitCode::bad_input);
        EXPECT_NE(wrong.err.find(told), std::string::npos) << wrong.err;
    }
}

TEST(Arguments, ARunThatGoesOnTakesNothingThatSaysWhatToRun) {
    EXPECT_EQ(parsed_run({"run", "--resume", "results/latest", "--json", "x.json"}).resume, "results/latest");
    for (const std::vector<std::string>& further : {std::vector<std::string>{"io-intensive"},
                                                    {"--profile", "full"},
                                                    {"--levels", "4"},
                                                    {"--set", "load.duration = \"1s\""},
                                                    {"--limits", "off"},
                                                    {"--budget", "1m"},
                                                    {"--port", "8000"},
                                                    {"--aa", "django"}}) {
        std::vector<std::string> arguments{"run", "--resume", "results/latest"};
        arguments.insert(arguments.end(), further.begin(), further.end());
        EXPECT_EQ(answered(arguments).code, ExitCode::bad_input) << further.front();
    }
}

TEST(Arguments, CleanTakesNothingButDryRun) {
    const auto clean = [](const std::vector<std::string>& arguments) {
        return std::get<CleanCommand>(std::get<Command>(parse_arguments(arguments)));
    };
    EXPECT_FALSE(clean({"clean"}).dry_run);
    EXPECT_TRUE(clean({"clean", "--dry-run"}).dry_run);
    EXPECT_EQ(answered({"clean", "results"}).code, ExitCode::bad_input);
}

TEST(Arguments, SelftestListsWhatItExpectsOrRunsIt) {
    const auto selftest = [](const std::vector<std::string>& arguments) {
        return std::get<SelftestCommand>(std::get<Command>(parse_arguments(arguments)));
    };
    EXPECT_FALSE(selftest({"selftest"}).list);
    EXPECT_TRUE(selftest({"selftest", "--list"}).list);
    EXPECT_EQ(selftest({"selftest", "--results", "kept"}).results, "kept");
    EXPECT_EQ(answered({"selftest", "--results", ""}).code, ExitCode::bad_input);
}

TEST(Arguments, OfAVerificationSayWhoTakesPart) {
    const auto verify = [](const std::vector<std::string>& arguments) {
        return std::get<VerifyCommand>(std::get<Command>(parse_arguments(arguments)));
    };
    EXPECT_EQ(verify({"verify"}).benchmark, "io-intensive");
    const VerifyCommand command =
        verify({"verify", "mine.toml", "--database", "sqlite", "--contenders", "a,b", "--json", "-"});
    EXPECT_EQ(command.benchmark, "mine.toml");
    EXPECT_EQ(command.assignments,
              (std::vector<std::string>{"database.engine = \"sqlite\"", "contenders = [\"a\", \"b\"]"}));
    EXPECT_EQ(command.json, "-");
    EXPECT_EQ(answered({"verify", "--profile", "full"}).code, ExitCode::bad_input);
    EXPECT_EQ(answered({"verify", "--json", ""}).code, ExitCode::bad_input);
}

TEST(Arguments, LimitsAreOnUnlessSwitchedOff) {
    EXPECT_TRUE(parsed_run({"run", "--limits", "off"}).limits_off);
    EXPECT_FALSE(parsed_run({"run", "--limits", "on"}).limits_off);
    EXPECT_EQ(answered({"run", "--limits", "maybe"}).code, ExitCode::bad_input);
}

TEST(Arguments, AMistakeIsBadInputAndSaysWhatItIs) {
    const Answered unknown = answered({"run", "--profil", "smoke"});
    EXPECT_EQ(unknown.code, ExitCode::bad_input);
    EXPECT_NE(unknown.err.find("--profil"), std::string::npos) << unknown.err;
    EXPECT_EQ(unknown.out, "");
    EXPECT_EQ(answered({}).code, ExitCode::bad_input);
    EXPECT_EQ(answered({"jump"}).code, ExitCode::bad_input);
    EXPECT_EQ(answered({"run", "--port", "0"}).code, ExitCode::bad_input);
    EXPECT_EQ(answered({"report"}).code, ExitCode::bad_input);
}

TEST(Arguments, AnEmptyValueIsNoFlagLeftOut) {
    for (const char* const flag : {"--profile", "--results", "--json"})
        EXPECT_EQ(answered({"run", flag, ""}).code, ExitCode::bad_input) << flag;
    for (const char* const flag :
         {"--ramp", "--steps", "--method", "--server-name", "--json", "--csv", "--hlog"}) {
        const Answered empty = answered({"load", "http://127.0.0.1/", flag, ""});
        EXPECT_EQ(empty.code, ExitCode::bad_input) << flag;
        EXPECT_NE(empty.err.find(std::string(flag) + ": the value is empty"), std::string::npos) << empty.err;
    }
}

TEST(Arguments, AnUnknownCommandIsNamedBesideThoseThereAre) {
    const Answered near = answered({"runn", "--profile", "smoke"});
    EXPECT_EQ(near.code, ExitCode::bad_input);
    EXPECT_NE(near.err.find("there is no command \"runn\"; did you mean run?"), std::string::npos)
        << near.err;
    const Answered far = answered({"jump"});
    EXPECT_NE(far.err.find("there is no command \"jump\"; write one of: run, report, list, load"),
              std::string::npos)
        << far.err;
    EXPECT_NE(answered({}).err.find("write a command: run, report, list, load"), std::string::npos)
        << answered({}).err;
}

TEST(Arguments, HelpAndVersionGoToStdout) {
    const Answered help = answered({"run", "--help"});
    EXPECT_EQ(help.code, ExitCode::done);
    EXPECT_NE(help.out.find("--profile"), std::string::npos);
    EXPECT_EQ(help.err, "");
    EXPECT_EQ(answered({"--version"}).out.substr(0, 6), "joust ");
}

TEST(Arguments, ReportTakesADirectory) {
    const auto parsed = parse_arguments({"report", "results/latest"});
    EXPECT_EQ(std::get<ReportCommand>(std::get<Command>(parsed)).run_directory, "results/latest");
}

}  // namespace
}  // namespace joust::cli
