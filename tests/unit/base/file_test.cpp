#include "base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace joust {
namespace {

/// A directory of its own for each test.
class FileTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "joust-file-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] Path path(const char* name) const { return directory_ / name; }
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_), {}));
    }

private:
    Path directory_;
};

/// While it lives, a write beyond `bytes` of any file fails, as on a full disk: first it falls short, then it
/// is refused.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST_F(FileTest, reads_what_was_written) {
    const std::string content = std::string(100'000, 'x') + '\0' + "end";
    ASSERT_TRUE(write_atomically(path("a"), content));
    EXPECT_EQ(read_file(path("a")), content);
    EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, a_link_stays_and_what_it_leads_to_is_written) {
    std::filesystem::create_directory(path("deep"));
    std::filesystem::create_symlink("deep/b", path("a"));
    ASSERT_TRUE(check_writable(path("a")));  // dangling
    ASSERT_TRUE(write_named(path("a"), "one"));
    ASSERT_TRUE(write_named(path("a"), "two"));
    EXPECT_TRUE(std::filesystem::is_symlink(path("a")));
    EXPECT_EQ(read_file(path("deep") / "b"), "two");
}

TEST_F(FileTest, a_device_is_written_in_place) {
    ASSERT_TRUE(check_writable("/dev/null"));
    EXPECT_TRUE(write_named("/dev/null", "text"));
    EXPECT_EQ(write_named("/dev/full", "text").error().kind, ErrorKind::io);
}

TEST_F(FileTest, what_cannot_be_written_is_found_beforehand) {
    EXPECT_TRUE(check_writable(path("new")));
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(check_writable(path("no") / "such").error().kind, ErrorKind::bad_input);
    std::filesystem::create_directory(path("deep"));
    EXPECT_EQ(check_writable(path("deep")).error().kind, ErrorKind::bad_input);
}

TEST_F(FileTest, reads_files_of_the_kernel_whose_size_is_unknown) {
    const auto status = read_file("/proc/self/status");
    ASSERT_TRUE(status);
    EXPECT_NE(status->find("\nVmRSS:"), std::string::npos);
}

TEST_F(FileTest, names_the_file_that_cannot_be_read) {
    const auto content = read_file(path("none"));
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().kind, ErrorKind::io);
    EXPECT_EQ(content.error().message,
              "cannot open " + path("none").string() + ": No such file or directory");
    EXPECT_FALSE(read_file("/tmp"));
}

TEST_F(FileTest, replaces_a_file_as_a_whole) {
    ASSERT_TRUE(write_atomically(path("a"), "a long old text"));
    const Fd reader(::open(path("a").c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(write_atomically(path("a"), "new"));
    EXPECT_EQ(read_file(path("a")), "new");
    char old[32];
    EXPECT_EQ(::read(reader.get(), old, sizeof old), 15);  // who had it open still has the old one
}

TEST_F(FileTest, a_full_disk_leaves_the_old_file_and_no_temporary) {
    ASSERT_TRUE(write_atomically(path("a"), "old"));
    {
        const FullDisk full(1000);
        const Status written = write_atomically(path("a"), std::string(5000, 'x'));
        ASSERT_FALSE(written);
        EXPECT_NE(written.error().message.find("File too large"), std::string::npos);
    }
    EXPECT_EQ(read_file(path("a")), "old");
    EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, a_missing_directory_is_an_error) {
    const Status written = write_atomically(path("none/a"), "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::io);
}

TEST_F(FileTest, an_unfit_target_leaves_no_temporary) {
    ASSERT_TRUE(make_directories(path("a/b")));
    EXPECT_FALSE(write_atomically(path("a"), "x"));
    EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, a_control_file_has_to_exist_and_is_not_replaced) {
    EXPECT_FALSE(write_control(path("none"), "1"));
    ASSERT_TRUE(write_atomically(path("a"), "max 100000"));
    const auto before = std::filesystem::hard_link_count(path("a"));
    ASSERT_TRUE(write_control(path("a"), "50000"));
    EXPECT_EQ(before, 1U);
    EXPECT_EQ(read_file(path("a")), "5000000000");  // written over the start, as the kernel's files take it
}

TEST_F(FileTest, a_control_file_that_refuses_names_the_value) {
    const Status written = write_control("/dev/full", "50000");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message, "cannot write \"50000\" to /dev/full: No space left on device");
}

TEST_F(FileTest, knows_one_file_under_any_of_its_names) {
    ASSERT_TRUE(make_directories(path("d")));
    ASSERT_TRUE(write_atomically(path("old"), "x"));
    ASSERT_TRUE(write_atomically(path("other"), "x"));
    std::filesystem::create_hard_link(path("old"), path("hard"));
    std::filesystem::create_symlink("old", path("link"));
    std::filesystem::create_symlink("d/new", path("dangling"));
    std::filesystem::create_directory_symlink("d", path("linked"));
    for (const auto& [a, b, same] :
         std::vector<std::tuple<const char*, const char*, bool>>{{"old", "old", true},
                                                                 {"old", "other", false},
                                                                 {"old", "d/../old", true},
                                                                 {"old", "hard", true},
                                                                 {"link", "hard", true},
                                                                 {"new", "new", true},
                                                                 {"new", "./new", true},
                                                                 {"new", "d/new", false},
                                                                 {"dangling", "d/new", true},
                                                                 {"linked/new", "dangling", true}})
        EXPECT_EQ(same_file(path(a), path(b)), same) << a << " " << b;
    EXPECT_FALSE(same_file("/dev/null", "/dev/null"));
}

TEST_F(FileTest, waits_for_room_where_a_descriptor_does_not_block) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK), 0);
    const Fd read_end(ends[0]);
    Fd write_end(ends[1]);
    const std::string text(1'000'000, 'x');  // more than a pipe holds
    std::size_t got = 0;
    std::thread reader([&] {
        std::array<char, 4096> buffer{};
        pollfd ready{.fd = read_end.get(), .events = POLLIN, .revents = 0};
        for (ssize_t some = 1; some != 0;) {
            ::poll(&ready, 1, -1);
            some = ::read(read_end.get(), buffer.data(), buffer.size());
            if (some > 0) got += static_cast<std::size_t>(some);
        }
    });
    const Status written = write_whole(write_end.get(), text, "a pipe");
    write_end.close();
    reader.join();
    EXPECT_TRUE(written);
    EXPECT_EQ(got, text.size());
}

TEST_F(FileTest, appends_lines_over_several_openings) {
    for (const auto* line : {"one", "two", ""}) {
        auto file = AppendFile::open(path("log"));
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->append_line(line));
    }
    EXPECT_EQ(read_file(path("log")), "one\ntwo\n\n");
}

TEST_F(FileTest, cuts_off_a_line_torn_by_a_crash) {
    for (const auto& [left, kept] :
         std::vector<std::pair<std::string, std::string>>{{"{\"a\":1}\n{\"b\"", "{\"a\":1}\n"},
                                                          {"torn from the start", ""},
                                                          {"whole\n", "whole\n"},
                                                          {"", ""}}) {
        ASSERT_TRUE(write_atomically(path("log"), left));
        auto file = AppendFile::open(path("log"));
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->append_line("next"));
        EXPECT_EQ(read_file(path("log")), kept + "next\n");
    }
}

TEST_F(FileTest, a_full_disk_leaves_whole_lines_only) {
    auto file = AppendFile::open(path("log"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append_line("first"));
    {
        const FullDisk full(100);
        const Status appended = file->append_line(std::string(500, 'x'));
        ASSERT_FALSE(appended);
        EXPECT_EQ(appended.error().kind, ErrorKind::io);
        EXPECT_EQ(read_file(path("log")), "first\n");
    }
    ASSERT_TRUE(file->append_line("second"));
    EXPECT_EQ(read_file(path("log")), "first\nsecond\n");
}

TEST_F(FileTest, appending_needs_the_directory) {
    EXPECT_FALSE(AppendFile::open(path("none/log")));
}

TEST_F(FileTest, makes_all_missing_directories) {
    ASSERT_TRUE(make_directories(path("a/b/c")));
    ASSERT_TRUE(make_directories(path("a/b/c")));
    EXPECT_TRUE(std::filesystem::is_directory(path("a/b/c")));
    ASSERT_TRUE(write_atomically(path("file"), ""));
    const Status made = make_directories(path("file/sub"));
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message.find(path("file/sub").string()), std::string::npos);
}

}  // namespace
}  // namespace joust
