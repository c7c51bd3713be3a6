#include "deploy/facts.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "deploy/digest.hpp"
#include "deploy/lock_versions.hpp"
#include "support/faulty_contender.hpp"

namespace joust::deploy {
namespace {

using ::testing::Contains;
using ::testing::Pair;

// FIPS 180-2, appendix B.1, and the well-known digest of nothing.
TEST(Digest, IsSha256) {
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Digest parts;
    parts.add("a");
    parts.add("bc");
    EXPECT_EQ(parts.finish(), sha256("abc"));
}

TEST(PinnedVersions, AreReadFromARequirementsFile) {
    const auto versions = pinned_versions(
        "#\n# made by a compiler of requirements\n--require-hashes\n"
        "uvicorn[standard]==0.30.1 \\\n    --hash=sha256:0==1\n    # via -r requirements.in\n"
        "uvloop==0.19.0 ; sys_platform != \"win32\"\ndjango == 5.2\nloose>=1\n");
    EXPECT_EQ(versions, (std::map<std::string, std::string>{
                            {"uvicorn", "0.30.1"}, {"uvloop", "0.19.0"}, {"django", "5.2"}}));
}

TEST(PythonVersion, IsTheOneOfTheVirtualEnvironment) {
    EXPECT_EQ(python_version("home = /usr/bin\nversion = 3.11.2\nversion_info = 3.9.9\n"), "3.11.2");
    EXPECT_EQ(python_version("home = /usr/bin\n"), "");
}

TEST(Facts, TellWhatAContenderIsMadeOf) {
    test::FaultyService service("");
    model::Contender& contender = service.contender();
    contender.start.argv = {"{venv}/bin/serve", "--port", "{port}", "--database", "{database_url}"};
    const Path log = service.rig().logs() / "setup.log";
    ASSERT_TRUE(set_up(contender, service.staged(), service.rig().run(), log, {}));
    const model::ContenderFacts facts =
        test::must(read_facts(contender, service.staged(), service.rig().runtime()));
    EXPECT_EQ(facts.name, "faulty");
    EXPECT_EQ(facts.stack, contender.stack);
    EXPECT_EQ(facts.lock_sha256, sha256(test::text_of(contender.folders[0] / "requirements.lock")));
    EXPECT_THAT(facts.versions, Contains(Pair("alpha", "1.2.3")));
    EXPECT_THAT(facts.versions, Contains(Pair("beta", "4.5")));
    EXPECT_THAT(facts.versions, Contains(Pair("python", "3.11.2")));
    EXPECT_EQ(facts.command, (std::vector<std::string>{service.staged().venv.string() + "/bin/serve",
                                                       "--port", "{port}", "--database", "{database_url}"}));
}

TEST(Facts, TellWhereTheSourcesSwitchDebugOn) {
    test::FaultyService service("");
    const auto debug = [&] {
        return test::must(read_facts(service.contender(), service.staged(), service.rig().runtime())).debug;
    };
    EXPECT_EQ(debug(), std::nullopt);
    std::filesystem::create_directory(service.staged().source / "project");
    std::ofstream(service.staged().source / "project/settings.py") << "import os\n\nDEBUG = True\n";
    EXPECT_EQ(debug(), (model::SourceLine{.file = "project/settings.py", .line = 3}));
}

TEST(Facts, DoWithoutALockFile) {
    test::FaultyService service("");
    std::filesystem::remove(service.staged().directory / "requirements.lock");
    const model::ContenderFacts facts =
        test::must(read_facts(service.contender(), service.staged(), service.rig().runtime()));
    EXPECT_EQ(facts.lock_sha256, "");
    EXPECT_TRUE(facts.versions.empty());
}

}  // namespace
}  // namespace joust::deploy
