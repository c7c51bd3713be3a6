#include "load/silences.hpp"

#include <gmock/gmock.h>

#include "load/recorder.hpp"

namespace joust::load {
namespace {

using namespace std::chrono_literals;
using model::Silence;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TimePoint k_window{1h};

/// A watch over a window of a second, as a load thread tells it of what comes.
class Watched {
public:
    Watched() { watch_.set_window(k_window, k_window + 1s); }
    /// An answer; when it comes after a silence, with the requests under way and the due time of the oldest.
    Watched& answer(Nanoseconds at, Nanoseconds oldest_due = 0s, std::size_t under_way = 8) {
        const TimePoint end = k_window + at;
        if (watch_.is_after_silence(end))
            watch_.answered_after_silence(end, k_window + oldest_due, under_way);
        else if (end < k_window + 1s)
            watch_.answered(end);
        return *this;
    }
    Watched& answers(Nanoseconds from, Nanoseconds to) {
        for (; from <= to; from += 10ms)
            answer(from, from);
        return *this;
    }
    Watched& absent(Nanoseconds from, Nanoseconds to) {
        watch_.absent(k_window + from, k_window + to);
        return *this;
    }
    Watched& given_up(Nanoseconds oldest_due, std::size_t under_way) {
        watch_.given_up(k_window + oldest_due, under_way);
        return *this;
    }
    ThreadSilences taken() { return watch_.take(); }
    std::vector<Silence> alone() {
        const ThreadSilences own = taken();
        return common_silences({&own}, k_window);
    }

private:
    SilenceWatch watch_;
};

TEST(Silences, AreStretchesWithoutAnAnswer) {
    EXPECT_THAT(Watched().answers(0ms, 1000ms).alone(), IsEmpty());
    EXPECT_THAT(Watched().answers(0ms, 300ms).answer(399ms).answers(400ms, 1s).alone(), IsEmpty())
        << "of 99 ms";
    EXPECT_THAT(Watched().answers(0ms, 300ms).answers(600ms, 1s).alone(), IsEmpty())
        << "nothing was under way but what came at once";
    EXPECT_THAT(Watched().answers(0ms, 300ms).answer(600ms, 290ms).answers(610ms, 1s).alone(),
                ElementsAre(Silence{300ms, 300ms}));
}

TEST(Silences, BeginWhenSomebodyWaits) {
    EXPECT_THAT(Watched().answers(0ms, 300ms).answer(600ms, 450ms).answers(610ms, 1s).alone(),
                ElementsAre(Silence{450ms, 150ms}))
        << "users were thinking before";
    EXPECT_THAT(Watched().answers(0ms, 300ms).answer(600ms, 510ms).answers(610ms, 1s).alone(), IsEmpty());
}

TEST(Silences, AreNoneWhereOneRequestAloneIsSlow) {
    EXPECT_THAT(Watched().answers(0ms, 300ms).answer(600ms, 290ms, 1).answers(610ms, 1s).alone(), IsEmpty());
}

TEST(Silences, AreThoseWithinTheWindow) {
    EXPECT_THAT(Watched().answer(250ms, -500ms).answers(260ms, 1s).alone(), ElementsAre(Silence{0ms, 250ms}));
    EXPECT_THAT(Watched().answers(0ms, 700ms).answer(5s, 650ms).answer(6s, 650ms).alone(),
                ElementsAre(Silence{700ms, 300ms}));
    EXPECT_THAT(Watched().answers(0ms, 700ms).given_up(650ms, 8).alone(), ElementsAre(Silence{700ms, 300ms}))
        << "nothing ever came";
}

TEST(Silences, AreNotTheGeneratorsOwn) {
    EXPECT_THAT(
        Watched().answers(0ms, 300ms).absent(310ms, 590ms).answer(600ms, 290ms).answers(610ms, 1s).alone(),
        IsEmpty())
        << "it did not look";
    EXPECT_THAT(Watched()
                    .answers(0ms, 300ms)
                    .absent(290ms, 320ms)
                    .answer(600ms, 290ms)
                    .answers(610ms, 700ms)
                    .answer(900ms, 690ms)
                    .answers(910ms, 1s)
                    .alone(),
                ElementsAre(Silence{300ms, 280ms}, Silence{700ms, 200ms}))
        << "it was a little late, once";
}

TEST(Silences, AreOfAllThreads) {
    const ThreadSilences one =
        Watched().answers(0ms, 300ms).answer(600ms, 290ms, 1).answers(610ms, 1s).taken();
    const ThreadSilences other =
        Watched().answers(0ms, 400ms).answer(700ms, 390ms, 1).answers(710ms, 1s).taken();
    const ThreadSilences busy = Watched().answers(0ms, 1s).taken();
    const ThreadSilences idle = Watched().taken();
    EXPECT_THAT(common_silences({&one, &other}, k_window), ElementsAre(Silence{400ms, 200ms}));
    EXPECT_THAT(common_silences({&one, &other, &idle}, k_window), ElementsAre(Silence{400ms, 200ms}));
    EXPECT_THAT(common_silences({&one, &busy}, k_window), IsEmpty());
    EXPECT_THAT(common_silences({&idle}, k_window), IsEmpty()) << "nothing was under way";
}

TEST(Silences, AreRecordedWithTheirWindow) {
    LiveCounters live;
    Recorder recorder(live, {"only"}, "id");
    const auto answer = [&](Nanoseconds at) {
        Ending ending{.due = k_window, .sent_at = k_window, .end = k_window + at};
        if (recorder.is_after_silence(ending)) recorder.after_silence(ending, k_window, 2);
        recorder.begun(k_window);
        recorder.ended(ending);
    };
    answer(-500ms);
    recorder.set_window(k_window, k_window + 1s);
    answer(50ms);
    answer(250ms);
    for (Nanoseconds at = 300ms; at < 1s; at += 50ms)
        answer(at);
    const model::Samples samples = samples_of(recorder.finish(k_window + 2s, {})).value();
    EXPECT_THAT(*samples.silences, ElementsAre(Silence{50ms, 200ms}));
}

}  // namespace
}  // namespace joust::load
