#include "rules/files.hpp"

#include <gmock/gmock.h>

#include "report/words/effects.hpp"
#include "report/words/files.hpp"
#include "rules/effects.hpp"

namespace joust::rules {
namespace {

using model::FileDeed;
using model::ObservedFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Of a hundred requests that were answered in the slices, ninety of them as a whole.
ObservedFiles seen(const model::FileEffects& files, std::int64_t opened = 0) {
    return {.contract = {5, 5, 5, 5},
            .slices = 1,
            .watched = std::chrono::milliseconds(250),
            .requests = 100,
            .requests_least = 90,
            .seen = files,
            .opened = opened};
}

std::string found(const ObservedFiles& files) {
    model::TrialResult trial;
    trial.files = files;
    const Outcome outcome = effects(trial);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    if (finding == nullptr) return "";
    EXPECT_EQ(finding->effects().goodput, model::Effect::voids);
    return report::words::effects_missed(std::get<model::EffectsMissed>(finding->facts));
}

TEST(FilesMissed, AreNamedWithWhatTheContractHas) {
    EXPECT_EQ(found(seen({400, 400, 400, 400})),
              "created 4.0 files per request, contract 5; wrote 4.0 files per request, contract 5; read 4.0 "
              "files per request, contract 5; removed 4.0 files per request, contract 5 (100 requests in the "
              "0.25 s watched, at least 90 of them as a whole)");
    EXPECT_THAT(found(seen({500, 500, 0, 500})), HasSubstr("read none of its files back (100 requests"));
    EXPECT_THAT(found(seen({0, 0, 0, 0})), HasSubstr("made no files in its scratch folder (100 requests"));
    EXPECT_THAT(found(seen({500, 300, 500, 500})), HasSubstr("wrote 3.0 files per request, contract 5 (100"));
}

TEST(FilesMissed, AreNoneFromTheRequestsOnThatLayInTheSlicesAsAWhole) {
    EXPECT_EQ(found(seen({450, 450, 450, 450})), "");
    EXPECT_THAT(files_missed(seen({449, 450, 450, 450})), ElementsAre(FileDeed::created));
    EXPECT_THAT(files_missed(seen({450, 450, 450, 9000})), IsEmpty());
}

TEST(FilesMissed, LeaveOpenWhetherAFileThatWasOnlyOpenedWasRead) {
    const ObservedFiles mapped = seen({500, 500, 0, 500}, 500);
    EXPECT_THAT(files_missed(mapped), IsEmpty());
    EXPECT_FALSE(files_as_contract(mapped));
    EXPECT_THAT(*report::words::files_left("django", mapped), HasSubstr("no read of them was seen"));
    EXPECT_THAT(files_missed(seen({500, 500, 0, 500}, 400)), ElementsAre(FileDeed::read));
}

TEST(FilesMissed, AreNoneWhereNothingWasDeclaredOrEvaluated) {
    ObservedFiles files = seen({0, 0, 0, 0});
    files.not_evaluated = "its scratch folder is out of reach from here";
    EXPECT_THAT(files_missed(files), IsEmpty());
    EXPECT_FALSE(files_as_contract(files));
    EXPECT_THAT(*report::words::files_left("django", files), HasSubstr("django: its scratch folder is out"));
    EXPECT_THAT(files_missed(ObservedFiles{}), IsEmpty());
    EXPECT_EQ(report::words::files_left("django", ObservedFiles{}), std::nullopt);
}

TEST(Files, AreAPartOfWhatIsNotEvaluated) {
    model::TrialResult trial;
    trial.files = seen({500, 500, 500, 500});
    const auto left = [&] {
        const Outcome outcome = effects(trial);
        const auto* silent = std::get_if<model::NotEvaluated>(&outcome);
        return silent == nullptr ? "" : report::words::effects_left(*silent);
    };
    EXPECT_EQ(
        left(),
        "files were counted in slices of the window and are as the contract; rows and transactions were "
        "not counted");
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 100};
    EXPECT_EQ(left(),
              "rows were audited by request, files counted in slices of the window, and are as the contract; "
              "transactions were not counted");
    trial.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                           .transactions = 1,
                                           .acknowledged = 1,
                                           .shapes = {{{{"users", {10, 5, 5}}}, 1}},
                                           .rows = {{"users", {10, 5, 5}}}};
    EXPECT_EQ(left(), "") << "all of it was evaluated, and holds";
    trial.audit.reset();
    EXPECT_THAT(left(), HasSubstr("rows were not audited by request"));
    trial.files->not_evaluated = "too few requests";
    EXPECT_THAT(left(), HasSubstr("files were not counted"));
}

}  // namespace
}  // namespace joust::rules
