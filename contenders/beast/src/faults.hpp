#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// How the service misbehaves when FAULT tells it to. Without FAULT it is honest.
namespace beast_service {

/// What one workload request does; as it stands: all of the contract.
struct Behaviour {
    enum class Files { real, never_read, in_memory };
    enum class Update { to_99, nothing, to_the_same, in_the_insert };
    enum class Commit { once, twice, together, after_answer, never };
    enum class Sql { usual, other };
    enum class Body { own, cached, wrong_id, id_of_another, error_inside };

    bool works = true;  ///< false: nothing but the answer
    int times = 1;      ///< that the rows are written
    Files files = Files::real;
    int file_count = 5;
    int inserted = 10;
    Update update = Update::to_99;
    bool deletes = true;
    bool elsewhere = false;  ///< the rows go to a database of the service's own
    Commit commit = Commit::once;
    std::string in_transaction;  ///< a statement at its start
    Sql sql = Sql::usual;
    Body body = Body::own;
    unsigned status = 200;
    bool closes = false;  ///< the connection, without an answer
    bool dies = false;
    std::size_t leaked_bytes = 0;
    std::chrono::nanoseconds pause{0};  ///< before anything else
};

/// What the service does before it serves.
struct Preparation {
    std::string once;         ///< statements, on a connection of their own
    std::string session;      ///< statements of each new session
    bool supervised = false;  ///< a second process starts the service anew when it ends
    int workers = 1;
    bool helper = false;  ///< a process that tries to leave the service's limits
};

/// Which workload request it is.
struct Turn {
    std::uint64_t number;              ///< from 1, of this process
    std::chrono::nanoseconds elapsed;  ///< since the first one
    int life;                          ///< of a supervised service, from 0
};

struct Fault {
    std::string_view name;
    void (*prepare)(Preparation&);              ///< null: as an honest one
    void (*act)(Behaviour&, const Turn& turn);  ///< null: as an honest one
};

std::span<const Fault> faults();
/// The one that FAULT names; honest where it names none. Ends the program on an unknown name.
const Fault& chosen_fault();

}  // namespace beast_service
