#include <gmock/gmock.h>

#include "database/postgres_data.hpp"
#include "support/rig.hpp"

namespace joust::database {
namespace {

/// What a Docker engine whose volumes lie on a RAM disk looks like to the database; it runs nothing.
class EngineInMemory final : public runtime::Runtime, public runtime::Images {
public:
    class Volume final : public runtime::Folder {
    public:
        [[nodiscard]] const Path& inside() const override { return inside_; }
        [[nodiscard]] std::optional<Path> here() const override { return "/dev/shm"; }
        [[nodiscard]] std::string name() const override { return "volume"; }

    private:
        Path inside_ = "/inside";
    };
    [[nodiscard]] model::RuntimeKind kind() const override { return model::RuntimeKind::docker; }
    Result<std::unique_ptr<runtime::Party>> start(const runtime::Program&,
                                                  const runtime::Confinement&) override {
        return fail(ErrorKind::service, "a program was started");
    }
    Result<host::ProcessSpec> errand(const runtime::Program&, const std::string&) override {
        return fail(ErrorKind::service, "an errand was run");
    }
    Result<std::unique_ptr<runtime::Folder>> make_folder(const std::string&, const host::User&,
                                                         const Path&) override {
        return std::make_unique<Volume>();
    }
    runtime::Images* images() override { return this; }
    Result<std::string> build(const runtime::ImageSpec&, const runtime::Interrupted&) override {
        return "image";
    }
};

TEST(PostgresVolume, OnARamDiskIsRefusedWhereDataAreToBeDurable) {
    test::Rig rig;
    EngineInMemory engine;
    const auto made = [&](model::Durability durability) {
        return make_postgres_files({.spec = {.durability = durability},
                                    .limits = std::nullopt,
                                    .cpu = std::nullopt,
                                    .runtime = engine,
                                    .run = rig.run(),
                                    .user = rig.user(),
                                    .log_directory = rig.logs()},
                                   "secret")
            .error()
            .message;
    };
    EXPECT_THAT(made(model::Durability::full),
                ::testing::StartsWith("/dev/shm lies on a RAM disk (tmpfs), where durability = \"full\""));
    EXPECT_THAT(made(model::Durability::relaxed), ::testing::HasSubstr("an errand was run"));
}

}  // namespace
}  // namespace joust::database
