// The I/O-intensive request: five files, then ten users in one transaction, in two idioms.
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "service.hpp"

namespace beast_service {
namespace {

constexpr int k_files = 5;
constexpr int k_users = 10;
constexpr int k_kept = 5;  // ordinals 0–4 are updated and stay, 5–9 are deleted
constexpr const char* k_updated_age = "99";

std::string random_hex() {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("no random numbers");
    std::string text;
    for (const unsigned char byte : bytes) {
        text += "0123456789abcdef"[byte >> 4U];
        text += "0123456789abcdef"[byte & 15U];
    }
    return text;
}

std::int64_t micros() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

struct Descriptor {
    int fd;
    explicit Descriptor(int opened) : fd(opened) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(fd); }
};

[[noreturn]] void cannot(const std::string& what) {
    throw std::runtime_error("cannot " + what + ": " + std::strerror(errno));
}

void write_file(const std::string& path, const std::string& content) {
    const int opened = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (opened < 0) cannot("create " + path);
    const Descriptor file(opened);
    if (::write(file.fd, content.data(), content.size()) != static_cast<ssize_t>(content.size()))
        cannot("write " + path);
}

std::string read_file(const std::string& path) {
    const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) cannot("open " + path);
    const Descriptor file(opened);
    std::string content(4096, '\0');
    const ssize_t length = ::read(file.fd, content.data(), content.size());
    if (length < 0) cannot("read " + path);
    content.resize(static_cast<std::size_t>(length));
    return content;
}

// Writes, reads, compares and removes one file; it is removed on a failure too.
void work_with_file(const std::string& scratch, const std::string& id, int index, Behaviour::Files how) {
    const nlohmann::json document = {{"request_id", id},
                                     {"index", index},
                                     {"timestamp", static_cast<double>(micros()) / 1e6},
                                     {"data", std::string(1000, 'x')}};
    const std::string written = document.dump();
    if (how == Behaviour::Files::in_memory) return;
    const std::string path = scratch + "/" + random_hex() + ".json";
    std::string read = written;
    write_file(path, written);
    try {
        if (how == Behaviour::Files::real) read = read_file(path);
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
    if (::unlink(path.c_str()) != 0) cannot("remove " + path);
    if (nlohmann::json::parse(read, nullptr, false) != document)
        throw std::runtime_error("file " + std::to_string(index) +
                                 " reads differently from what was written");
}

std::string new_email() {
    return std::to_string(micros()) + "-" + random_hex() + "@example.com";
}

struct Counts {
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::int64_t deleted = 0;
};

void check(const Counts& counts) {
    if (counts.created != k_users || counts.updated != k_kept || counts.deleted != k_users - k_kept)
        throw std::runtime_error("created " + std::to_string(counts.created) + ", updated " +
                                 std::to_string(counts.updated) + ", deleted " +
                                 std::to_string(counts.deleted) + " users");
}

constexpr const char* k_columns =
    "INSERT INTO users (request_id, created_at, updated_at, name, email, age, ordinal)";

// `updated`: with the age that the update is to bring.
std::string insert_statement(int rows, bool updated) {
    std::string statement = std::string(k_columns) + " VALUES ";
    for (int row = 0; row < rows; ++row)
        statement += (row == 0 ? "($1, $2, $2, $" : ", ($1, $2, $2, $") + std::to_string(3 + 2 * row) +
                     ", $" + std::to_string(4 + 2 * row) + ", " +
                     (updated ? k_updated_age : std::to_string(20 + row)) + ", " + std::to_string(row) + ")";
    return statement;
}

std::int64_t insert_at_once(Database& database, const std::string& id, int rows, bool updated) {
    static const std::string all = insert_statement(k_users, false);
    Parameters parameters{id, time_now(database)};
    for (int row = 0; row < rows; ++row) {
        parameters.push_back("User " + std::to_string(row));
        parameters.push_back(new_email());
    }
    const bool usual = rows == k_users && !updated;
    return database.run(usual ? all : insert_statement(rows, updated), parameters).changed;
}

// The id that the database gave it.
std::string insert_one(Database& database, const std::string& id, int ordinal) {
    static const std::string statement =
        std::string(k_columns) + " VALUES ($1, $2, $2, $3, $4, $5, $6) RETURNING id";
    const Answer made =
        database.run(statement, {id, time_now(database), "User " + std::to_string(ordinal), new_email(),
                                 std::to_string(20 + ordinal), std::to_string(ordinal)});
    if (made.rows.size() != 1) throw std::runtime_error("a user was not created");
    return made.rows[0][0].value();
}

std::int64_t update(Database& database, const std::string& id, Behaviour::Update how) {
    if (how == Behaviour::Update::nothing || how == Behaviour::Update::in_the_insert) return k_kept;
    if (how == Behaviour::Update::to_the_same)
        return database.run("UPDATE users SET age = age WHERE request_id = $1 AND ordinal < 5", {id}).changed;
    return database
        .run("UPDATE users SET age = $1, updated_at = $2 WHERE request_id = $3 AND ordinal < 5",
             {k_updated_age, time_now(database), id})
        .changed;
}

Counts in_bulk(Database& database, const std::string& id, const Behaviour& behaviour) {
    Counts counts;
    counts.created = insert_at_once(database, id, behaviour.inserted,
                                    behaviour.update == Behaviour::Update::in_the_insert);
    if (behaviour.commit == Behaviour::Commit::twice) {
        database.run("COMMIT");
        database.run(database.begin());
    }
    counts.updated = update(database, id, behaviour.update);
    counts.deleted =
        behaviour.deletes
            ? database.run("DELETE FROM users WHERE request_id = $1 AND ordinal >= 5", {id}).changed
            : k_users - k_kept;
    if (behaviour.inserted < k_users) counts = {k_users, k_kept, k_users - k_kept};  // as if
    return counts;
}

Counts row_by_row(Database& database, const std::string& id, const Behaviour& /*behaviour*/) {
    Counts counts;
    std::vector<std::string> users;
    for (int ordinal = 0; ordinal < k_users; ++ordinal, ++counts.created)
        users.push_back(insert_one(database, id, ordinal));
    for (int ordinal = 0; ordinal < k_kept; ++ordinal)
        counts.updated +=
            database
                .run("UPDATE users SET age = $1, updated_at = $2 WHERE id = $3",
                     {k_updated_age, time_now(database), users[static_cast<std::size_t>(ordinal)]})
                .changed;
    for (int ordinal = k_kept; ordinal < k_users; ++ordinal)
        counts.deleted +=
            database.run("DELETE FROM users WHERE id = $1", {users[static_cast<std::size_t>(ordinal)]})
                .changed;
    return counts;
}

// The same effects by other means: single rows within a savepoint, a subquery.
Counts by_other_sql(Database& database, const std::string& id, const Behaviour& /*behaviour*/) {
    Counts counts;
    database.run("SAVEPOINT rows");
    for (int ordinal = 0; ordinal < k_users; ++ordinal, ++counts.created)
        insert_one(database, id, ordinal);
    database.run("RELEASE SAVEPOINT rows");
    counts.updated = database
                         .run(
                             "UPDATE users SET updated_at = $1, age = 99 WHERE ordinal IN (0, 1, 2, 3, 4) "
                             "AND request_id = $2",
                             {time_now(database), id})
                         .changed;
    counts.deleted = database
                         .run(
                             "DELETE FROM users WHERE id IN (SELECT id FROM users WHERE request_id = $1 AND "
                             "ordinal BETWEEN 5 AND 9)",
                             {id})
                         .changed;
    return counts;
}

using Idiom = Counts (*)(Database&, const std::string&, const Behaviour&);

// Requests that come together are written in one transaction, by the first of them.
class Together {
public:
    void write(Database& database, const std::string& id, const Behaviour& behaviour) {
        std::unique_lock lock(mutex_);
        waiting_.push_back(&id);
        const std::uint64_t mine = begun_ + 1;
        changed_.wait(lock, [&] { return done_ >= mine || !busy_; });
        if (done_ >= mine) return;
        busy_ = true;
        ++begun_;
        const std::vector<const std::string*> batch = std::exchange(waiting_, {});
        lock.unlock();
        std::exception_ptr failure;
        try {
            Transaction transaction(database);
            for (const std::string* one : batch)
                check(in_bulk(database, *one, behaviour));
            transaction.commit();
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        busy_ = false;
        done_ = begun_;
        changed_.notify_all();
        if (failure) std::rethrow_exception(failure);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<const std::string*> waiting_;
    std::uint64_t begun_ = 0;
    std::uint64_t done_ = 0;
    bool busy_ = false;
};

Database& database_of(Service& service, Worker& worker, const Behaviour& behaviour) {
    if (!behaviour.elsewhere) return *worker.database;
    if (!worker.elsewhere) {
        worker.elsewhere = open_sqlite(service.settings().scratch + "/elsewhere.db");
        std::ostringstream schema;
        schema << std::ifstream("schema/sqlite.sql").rdbuf();
        worker.elsewhere->script(schema.str());
    }
    return *worker.elsewhere;
}

// What is left to do after the answer.
std::function<void()> write_rows(Service& service, Worker& worker, const std::string& id,
                                 const Behaviour& behaviour, Idiom idiom) {
    Database& database = database_of(service, worker, behaviour);
    if (behaviour.commit == Behaviour::Commit::together) {
        static Together together;
        together.write(database, id, behaviour);
        return {};
    }
    if (behaviour.sql == Behaviour::Sql::other) idiom = by_other_sql;
    Transaction transaction(database);
    if (!behaviour.in_transaction.empty()) database.run(behaviour.in_transaction);
    check(idiom(database, id, behaviour));
    if (behaviour.commit == Behaviour::Commit::never) return {};
    if (behaviour.commit == Behaviour::Commit::after_answer) return transaction.leave_open();
    transaction.commit();
    return {};
}

void misbehave(const Behaviour& behaviour) {
    std::this_thread::sleep_for(behaviour.pause);
    if (behaviour.dies) std::_Exit(1);
    if (behaviour.leaked_bytes > 0) {
        // Written to, so that it is there; the address goes nowhere.
        void* lost = std::malloc(behaviour.leaked_bytes);
        if (lost != nullptr) std::memset(lost, 1, behaviour.leaked_bytes);
        static thread_local volatile void* kept = nullptr;
        kept = lost;
    }
}

std::string body_of(Service& service, const std::string& id, double seconds, Behaviour::Body body) {
    const std::string before = service.exchange_id(id);
    const std::string shown = body == Behaviour::Body::id_of_another ? before
                              : body == Behaviour::Body::wrong_id    ? id + "x"
                                                                     : id;
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%.9f", seconds);
    std::string text = "{\"request_id\":\"" + shown +
                       R"(","file_operations":5,"db_operations":3,"created":10,)" +
                       R"("updated":5,"deleted":5,"execution_time":)" + time.data() + "}";
    if (body == Behaviour::Body::error_inside) text = R"({"error":"internal error"})";
    const std::string first = service.first_body(text);
    return body == Behaviour::Body::cached ? first : text;
}

Reply workload(Service& service, const Request& request, Worker& worker, Idiom idiom) {
    const auto started = std::chrono::steady_clock::now();
    const std::string id = text(json_object(request), "request_id", 64, is_id);
    const Behaviour behaviour = service.next_behaviour();
    misbehave(behaviour);
    if (behaviour.closes) return {.closes = true};
    if (behaviour.status != 200) return {behaviour.status, R"({"error":"internal error"})"};
    Reply reply;
    if (behaviour.works) {
        for (int index = 0; index < std::min(behaviour.file_count, k_files); ++index)
            work_with_file(service.settings().scratch, id, index, behaviour.files);
        for (int time = 0; time < behaviour.times; ++time)
            reply.after = write_rows(service, worker, id, behaviour, time == 0 ? idiom : row_by_row);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    reply.body = body_of(service, id, took.count(), behaviour.body);
    return reply;
}

}  // namespace

Reply io_intensive(Service& service, const Request& request, Worker& worker) {
    return workload(service, request, worker, in_bulk);
}

Reply io_intensive_rows(Service& service, const Request& request, Worker& worker) {
    return workload(service, request, worker, row_by_row);
}

}  // namespace beast_service
