// Every input of the fuzzers' corpora once more, without a fuzzer: what was found stays found.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "base/file.hpp"

// The fuzzers' entry points, renamed by the build so that one program holds them all.
extern "C" int fuzz_answer(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_feed(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_hlog(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_response(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_run(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_template(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_toml(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_url(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_wal(const std::uint8_t* data, std::size_t size);

namespace joust {
namespace {

using Fuzzer = int (*)(const std::uint8_t*, std::size_t);

class Corpus : public testing::TestWithParam<std::pair<const char*, Fuzzer>> {};

TEST_P(Corpus, HasNoInputThatItsFuzzerEndsOn) {
    const auto& [name, fuzz] = GetParam();
    int inputs = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(Path(JOUST_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / name)) {
        SCOPED_TRACE(entry.path().string());  // a fuzzer ends the program, after this line on stderr
        std::fprintf(stderr, "%s\n", entry.path().c_str());
        const std::string bytes = read_file(entry.path()).value();
        EXPECT_EQ(fuzz(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
        ++inputs;
    }
    EXPECT_GE(inputs, 10);
}

std::string fuzzer_name(const testing::TestParamInfo<std::pair<const char*, Fuzzer>>& tested) {
    return tested.param.first;
}

INSTANTIATE_TEST_SUITE_P(Fuzzers, Corpus,
                         testing::Values(std::pair{"answer", &fuzz_answer}, std::pair{"feed", &fuzz_feed},
                                         std::pair{"hlog", &fuzz_hlog}, std::pair{"response", &fuzz_response},
                                         std::pair{"run", &fuzz_run}, std::pair{"template", &fuzz_template},
                                         std::pair{"toml", &fuzz_toml}, std::pair{"url", &fuzz_url},
                                         std::pair{"wal", &fuzz_wal}),
                         fuzzer_name);

}  // namespace
}  // namespace joust
