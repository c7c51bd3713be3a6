#pragma once

#include <utility>

#include "database/database.hpp"

namespace joust::experiment {

/// A way of the server that ends with it.
class Behaving {
public:
    static Result<Behaving> start(database::Database& database, database::Behaviour behaviour) {
        JOUST_CHECK(database.behave(behaviour));
        return Behaving(database);
    }
    Behaving(Behaving&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Behaving(const Behaving&) = delete;
    Behaving& operator=(const Behaving&) = delete;
    Behaving& operator=(Behaving&&) = delete;
    ~Behaving() {
        if (database_ != nullptr && database_->running())
            static_cast<void>(database_->behave(database::Behaviour::usual));
    }
    Status end() { return std::exchange(database_, nullptr)->behave(database::Behaviour::usual); }

private:
    explicit Behaving(database::Database& database) : database_(&database) {}
    database::Database* database_;
};

}  // namespace joust::experiment
