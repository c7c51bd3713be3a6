#include "host/file_lives.hpp"

#include <gtest/gtest.h>
#include <sys/inotify.h>

#include <vector>

namespace joust::host {
namespace {

struct Event {
    std::uint32_t mask;
    const char* name = "f";
    std::uint32_t cookie = 0;
};

struct Story {
    const char* what;
    std::vector<Event> events;
    FileCounts counts;
    bool there_before = false;
};

class OneStory : public ::testing::TestWithParam<Story> {};

TEST_P(OneStory, IsCounted) {
    FileLives lives;
    if (GetParam().there_before) lives.known(1, "f");
    for (const Event& event : GetParam().events)
        lives.event(1, event.mask, event.cookie, event.name);
    const FileCounts counts = lives.counts();
    const FileCounts& expected = GetParam().counts;
    EXPECT_EQ(counts.created, expected.created) << GetParam().what;
    EXPECT_EQ(counts.written, expected.written) << GetParam().what;
    EXPECT_EQ(counts.read, expected.read) << GetParam().what;
    EXPECT_EQ(counts.opened, expected.opened) << GetParam().what;
    EXPECT_EQ(counts.removed, expected.removed) << GetParam().what;
}

const Event k_create{IN_CREATE};
const Event k_write{IN_MODIFY};
const Event k_read{IN_ACCESS};
const Event k_close{IN_CLOSE_NOWRITE};
const Event k_remove{IN_DELETE};
const Event k_write_nameless{IN_MODIFY, "#17"};

INSTANTIATE_TEST_SUITE_P(
    All, OneStory,
    ::testing::Values(
        Story{"the contract's file", {k_create, k_write, k_read, k_close, k_remove}, {1, 1, 1, 0, 1}},
        Story{"written and read in many pieces",
              {k_create, k_write, k_write, k_read, k_read, k_close, k_read, k_close, k_remove},
              {1, 1, 1, 0, 1}},
        Story{"never read", {k_create, k_write, k_remove}, {1, 1, 0, 0, 1}},
        Story{"read by a mapping: opened, and no read is seen",
              {k_create, k_write, k_close, k_remove},
              {1, 1, 0, 1, 1}},
        Story{
            "opened and closed while it was empty", {k_create, k_close, k_write, k_remove}, {1, 1, 0, 0, 1}},
        Story{"written before it had a name (O_TMPFILE, linkat)",
              {k_write_nameless, k_create, k_read, k_close, k_remove},
              {1, 1, 1, 0, 1}},
        Story{"… twice with the same inode",
              {k_write_nameless, k_create, k_read, k_close, k_remove, k_write_nameless, k_create, k_read,
               k_close, k_remove},
              {2, 2, 2, 0, 2}},
        Story{"… and read by the descriptor that wrote it",
              {k_write_nameless, k_create, {IN_ACCESS, "#17"}, k_remove},
              {1, 1, 1, 0, 1}},
        Story{"… and never read", {k_write_nameless, k_create, k_remove}, {1, 1, 0, 0, 1}},
        Story{"… and read by a mapping", {k_write_nameless, k_create, k_close, k_remove}, {1, 1, 0, 1, 1}},
        Story{"linked to its name when it is whole",
              {k_create, k_write, {IN_CREATE, "g"}, k_remove, {IN_ACCESS, "g"}, {IN_DELETE, "g"}},
              {2, 1, 1, 0, 2}},
        Story{"a link to an old file, which nobody writes", {k_create, k_read, k_remove}, {1, 0, 1, 0, 1}},
        Story{"a file whose name looks like an inode's",
              {{IN_CREATE, "#17"}, k_write_nameless, {IN_ACCESS, "#17"}, {IN_DELETE, "#17"}},
              {1, 1, 1, 0, 1}},
        Story{"removed while it was open, as a file without a name is kept",
              {k_create, k_remove, k_write, k_read, k_close},
              {1, 1, 1, 0, 1}},
        Story{"still there at the end", {k_create, k_write}, {1, 1, 0, 0, 0}},
        Story{"written before the first event", {k_read, k_close, k_remove}, {0, 0, 1, 0, 1}, true},
        Story{"of a name that nothing is known of", {k_remove}, {0, 0, 0, 0, 1}},
        Story{"two lives of one name",
              {k_create, k_write, k_read, k_remove, k_create, k_write, k_read, k_remove},
              {2, 2, 2, 0, 2}},
        Story{"renamed to its name when it is whole",
              {k_create,
               k_write,
               {IN_MOVED_FROM, "f", 7},
               {IN_MOVED_TO, "g", 7},
               {IN_ACCESS, "g"},
               {IN_DELETE, "g"}},
              {1, 1, 1, 0, 1}},
        Story{"renamed over a file, which is gone",
              {{IN_CREATE, "g"}, {IN_MODIFY, "g"}, {IN_MOVED_FROM, "g", 7}, {IN_MOVED_TO, "f", 7}, k_read},
              {1, 1, 1, 0, 1},
              true},
        Story{"moved in from elsewhere", {{IN_MOVED_TO, "f", 7}, k_read, k_remove}, {1, 1, 1, 0, 1}},
        Story{"moved away", {k_create, k_write, {IN_MOVED_FROM, "f", 7}}, {1, 1, 0, 0, 0}}),
    [](const auto& test) { return std::to_string(test.index); });

TEST(FileLives, TellFilesOfOneNameInTwoFoldersApart) {
    FileLives lives;
    lives.event(1, IN_CREATE, 0, "f");
    lives.event(2, IN_CREATE, 0, "f");
    lives.event(1, IN_MODIFY, 0, "f");
    EXPECT_EQ(lives.counts(), (FileCounts{.created = 2, .written = 1}));
}

}  // namespace
}  // namespace joust::host
