#include "report/figures/pictures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.hpp"
#include "host/process.hpp"
#include "report/figures/gnuplot.hpp"

namespace joust::report {
namespace {

constexpr Nanoseconds k_limit = std::chrono::seconds(60);  // five pictures take about a second
constexpr std::size_t k_most_picture_bytes = std::size_t{64} << 20U;
constexpr rlim_t k_most_memory = rlim_t{2} << 30U;
constexpr const char* k_folder = "figures";

// Programs are looked for in absolute folders only: others would be the working directory's.
std::string search_path() {
    const char* const path = std::getenv("PATH");
    std::vector<std::string> folders;
    for (const std::string_view folder : split(path != nullptr ? path : "/usr/bin:/bin", ':'))
        if (folder.starts_with('/')) folders.emplace_back(folder);
    return joined(folders, ":");
}

// Data of a stranger's go through gnuplot and the libraries below it: root does not lend them its rights.
std::optional<host::User> drawing_user() {
    if (::geteuid() != 0) return std::nullopt;
    auto nobody = host::find_user("nobody");
    return nobody ? std::optional(std::move(*nobody)) : std::nullopt;
}

// gnuplot's output, or why it has none. -d: no start-up file of the user, the system or the folder is read.
Result<std::string> run_gnuplot(const std::vector<std::string>& arguments, const Path& folder,
                                std::optional<host::User> user) {
    host::ProcessSpec spec;
    spec.command = {"gnuplot"};
    spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
    spec.command.emplace_back("-d");
    spec.environment = {{"PATH", search_path()}, {"LC_ALL", "C.UTF-8"}};
    spec.directory = folder;
    spec.user = std::move(user);
    spec.ceilings = {
        {RLIMIT_CORE, 0}, {RLIMIT_AS, k_most_memory}, {RLIMIT_FSIZE, k_most_picture_bytes}, {RLIMIT_CPU, 60}};
    return host::run_program(std::move(spec), k_limit);
}

// A folder with a name that nobody can guess, removed at the end of its life.
class DrawingFolder {
public:
    static Result<DrawingFolder> make() {
        // Root's own TMPDIR may be closed to the user who draws.
        std::error_code error;
        const Path parent = ::geteuid() == 0 ? Path("/tmp") : std::filesystem::temp_directory_path(error);
        std::string name = (parent / "joust-pictures-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            return fail(ErrorKind::io, "cannot make the folder {} for pictures: {}", name, errno_text());
        return DrawingFolder(name);
    }
    DrawingFolder(DrawingFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    DrawingFolder(const DrawingFolder&) = delete;
    DrawingFolder& operator=(const DrawingFolder&) = delete;
    DrawingFolder& operator=(DrawingFolder&&) = delete;
    ~DrawingFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const Path& path() const { return path_; }

private:
    explicit DrawingFolder(Path path) : path_(std::move(path)) {}
    Path path_;
};

// Draws the scripts of `figures` in `drawing`, which holds them and their data already.
Status draw(const DrawingFolder& drawing, const std::vector<Figure>& figures, const Path& run_dir) {
    std::vector<std::string> scripts;
    for (const Figure& figure : figures)
        scripts.push_back(figure.name + ".gp");
    const auto user = drawing_user();
    if (user) JOUST_CHECK(host::give_to(*user, drawing.path()));
    const auto output = run_gnuplot(scripts, drawing.path() / k_folder, user);
    if (output) return {};
    return fail(ErrorKind::unsupported,
                "no pictures: gnuplot failed; install it with `apt-get install gnuplot-nox`, then `joust "
                "report {}`: {}",
                run_dir.string(), output.error().message);
}

}  // namespace

Status pictures_possible() {
    // Asked as the user who will draw: what only root can reach would fail after everything was measured.
    const auto output = run_gnuplot({"-e", "set terminal pngcairo"}, "/", drawing_user());
    if (!output)
        return fail(ErrorKind::bad_input,
                    "pictures cannot be made, so nothing was started; install gnuplot with `apt-get install "
                    "gnuplot-nox`: {}",
                    output.error().message);
    return {};
}

Status write_pictures(const Directory& run, const std::vector<Figure>& figures) {
    if (figures.empty()) return {};
    JOUST_TRY(const Directory kept, run.make_folder(k_folder));
    JOUST_TRY(const DrawingFolder drawing, DrawingFolder::make());
    JOUST_TRY(const Directory drawn, Directory::open(drawing.path()));
    JOUST_TRY(const Directory sources, drawn.make_folder(k_folder));
    for (const Figure& figure : figures) {
        const GnuplotFiles files = gnuplot_files(figure);
        for (const Directory* folder : {&kept, &sources}) {
            JOUST_CHECK(folder->write(figure.name + ".gp", files.script));
            JOUST_CHECK(folder->write(figure.name + ".dat", files.data));
        }
    }
    JOUST_CHECK(draw(drawing, figures, run.path()));
    for (const Figure& figure : figures) {
        JOUST_TRY(const std::string picture, drawn.read(figure.name + ".png", k_most_picture_bytes));
        JOUST_CHECK(run.write(figure.name + ".png", picture));
    }
    return {};
}

}  // namespace joust::report
