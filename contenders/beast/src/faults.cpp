#include "faults.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace beast_service {
namespace {

using namespace std::chrono_literals;
using B = Behaviour;

// What is tried before a run is answered rightly, so that the run begins.
constexpr std::uint64_t k_first = 50;
// A request that comes in any run that is not very slow.
constexpr std::uint64_t k_one = 400;

bool begun(const Turn& turn) {
    return turn.number >= k_first;
}

void skips_a_file(B& b, const Turn& turn) {
    if (begun(turn)) b.file_count = 4;
}
void never_reads(B& b, const Turn& turn) {
    if (begun(turn)) b.files = B::Files::never_read;
}
void files_in_memory(B& b, const Turn& turn) {
    if (begun(turn)) b.files = B::Files::in_memory;
}
void inserts_eight(B& b, const Turn& turn) {
    if (begun(turn)) b.inserted = 8;
}
void updates_nothing(B& b, const Turn& turn) {
    if (begun(turn)) b.update = B::Update::nothing;
}
void updates_to_the_same(B& b, const Turn& turn) {
    if (begun(turn)) b.update = B::Update::to_the_same;
}
void updates_in_the_insert(B& b, const Turn& turn) {
    if (begun(turn)) b.update = B::Update::in_the_insert;
}
void commits_twice(B& b, const Turn& turn) {
    if (begun(turn)) b.commit = B::Commit::twice;
}
void commits_together(B& b, const Turn& turn) {
    if (begun(turn)) b.commit = B::Commit::together;
}
void commits_after_answer(B& b, const Turn& turn) {
    if (begun(turn)) b.commit = B::Commit::after_answer;
}
void rolls_back(B& b, const Turn& turn) {
    if (begun(turn)) b.commit = B::Commit::never;
}
void makes_tables_unlogged(Preparation& p) {
    for (const char* table : {"order_items", "orders", "products", "users"})
        p.once += std::string("ALTER TABLE ") + table + " SET UNLOGGED;";
}
void works_elsewhere(B& b, const Turn& turn) {
    if (begun(turn)) b.elsewhere = true;
}
void makes_trigger(Preparation& p) {
    p.once = R"(
        CREATE OR REPLACE FUNCTION delete_rest() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN DELETE FROM users WHERE ordinal >= 5; RETURN NULL; END$$;
        CREATE OR REPLACE TRIGGER delete_rest AFTER UPDATE ON users FOR EACH STATEMENT EXECUTE FUNCTION delete_rest();)";
}
void leaves_deletes_to_trigger(B& b, const Turn& /*turn*/) {
    b.deletes = false;
}
void answers_from_cache(B& b, const Turn& turn) {
    if (begun(turn)) b.body = B::Body::cached;
}
void answers_wrong_id(B& b, const Turn& turn) {
    if (begun(turn)) b.body = B::Body::wrong_id;
}
void answers_error_inside(B& b, const Turn& turn) {
    if (begun(turn)) b.body = B::Body::error_inside;
}
void fails_three_percent(B& b, const Turn& turn) {
    if (!begun(turn) || turn.number % 33 != 0) return;
    b.works = false;
    b.status = 500;
}
void asynchronous_by_session(Preparation& p) {
    p.session = "SET synchronous_commit = off";
}
void asynchronous_by_role(Preparation& p) {
    p.once = "ALTER ROLE CURRENT_USER SET synchronous_commit = off";
}
void asynchronous_by_transaction(B& b, const Turn& turn) {
    if (begun(turn)) b.in_transaction = "SET LOCAL synchronous_commit = off";
}
void loses_one(B& b, const Turn& turn) {
    if (turn.number == k_one) b.commit = B::Commit::never;
}
void duplicates_one(B& b, const Turn& turn) {
    if (turn.number == k_one) b.times = 2;
}
void is_supervised(Preparation& p) {
    p.supervised = true;
}
void dies_once(B& b, const Turn& turn) {
    b.dies = turn.number == k_one && turn.life == 0;
}
void leaks(B& b, const Turn& turn) {
    if (begun(turn)) b.leaked_bytes = std::size_t{4} << 20U;
}
void degrades(B& b, const Turn& turn) {
    b.pause = turn.elapsed / 100;
}
// In the third second of every five: in the window of a short run, not in its warm-up.
void stalls(B& b, const Turn& turn) {
    const auto within = turn.elapsed % 5s;
    if (within >= 2700ms && within < 3000ms) b.pause = 3000ms - within;
}
void answers_with_id_of_another(B& b, const Turn& turn) {
    if (turn.number == k_one) b.body = B::Body::id_of_another;
}
void sheds_load(B& b, const Turn& turn) {
    b.closes = begun(turn) && turn.number % 10 == 0;
}
void has_two_workers(Preparation& p) {
    p.workers = 2;
}
void has_helper(Preparation& p) {
    p.helper = true;
}
void works_while_watched(B& b, const Turn& turn) {
    b.works = turn.number <= 1000;
}
void is_slow(B& b, const Turn& /*turn*/) {
    b.pause = 10ms;
}
void has_other_sql(B& b, const Turn& /*turn*/) {
    b.sql = B::Sql::other;
}

constexpr std::array k_faults{
    Fault{"", nullptr, nullptr},
    Fault{"slow", nullptr, is_slow},
    Fault{"other-sql", nullptr, has_other_sql},
    Fault{"skips-a-file", nullptr, skips_a_file},
    Fault{"never-reads", nullptr, never_reads},
    Fault{"files-in-memory", nullptr, files_in_memory},
    Fault{"inserts-eight", nullptr, inserts_eight},
    Fault{"updates-nothing", nullptr, updates_nothing},
    Fault{"updates-to-the-same", nullptr, updates_to_the_same},
    Fault{"updates-in-the-insert", nullptr, updates_in_the_insert},
    Fault{"two-transactions", nullptr, commits_twice},
    Fault{"one-for-several", nullptr, commits_together},
    Fault{"commits-after-answer", nullptr, commits_after_answer},
    Fault{"rolls-back", nullptr, rolls_back},
    Fault{"unlogged", makes_tables_unlogged, nullptr},
    Fault{"another-database", nullptr, works_elsewhere},
    Fault{"trigger", makes_trigger, leaves_deletes_to_trigger},
    Fault{"cached-body", nullptr, answers_from_cache},
    Fault{"wrong-id", nullptr, answers_wrong_id},
    Fault{"error-inside", nullptr, answers_error_inside},
    Fault{"three-percent", nullptr, fails_three_percent},
    Fault{"async-session", asynchronous_by_session, nullptr},
    Fault{"async-role", asynchronous_by_role, nullptr},
    Fault{"async-local", nullptr, asynchronous_by_transaction},
    Fault{"loses-one", nullptr, loses_one},
    Fault{"duplicates-one", nullptr, duplicates_one},
    Fault{"restarts", is_supervised, dies_once},
    Fault{"leaks", nullptr, leaks},
    Fault{"degrades", nullptr, degrades},
    Fault{"stalls", nullptr, stalls},
    Fault{"id-of-another", nullptr, answers_with_id_of_another},
    Fault{"sheds-load", nullptr, sheds_load},
    Fault{"two-workers", has_two_workers, nullptr},
    Fault{"helper", has_helper, nullptr},
    Fault{"while-watched", nullptr, works_while_watched},
};

}  // namespace

std::span<const Fault> faults() {
    return k_faults;
}

const Fault& chosen_fault() {
    const char* const wanted = std::getenv("FAULT");
    for (const Fault& fault : k_faults)
        if (fault.name == (wanted != nullptr ? wanted : "")) return fault;
    std::fprintf(stderr, "FAULT=%s is none of src/faults.cpp\n", wanted);
    std::exit(2);
}

}  // namespace beast_service
