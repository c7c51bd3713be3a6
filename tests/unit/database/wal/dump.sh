#!/bin/bash
# Prints a write-ahead log as pg_waldump of one version words it: everything that wal_text_test.cpp reads.
#   dump.sh /usr/lib/postgresql/15/bin >postgres-15.txt       (not as root)
set -euo pipefail
programs=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export TZ=UTC LC_ALL=C
"$programs/initdb" -D "$place/data" -U joust_admin --auth trust --locale C --encoding UTF8 --no-sync >/dev/null
cat >>"$place/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$place'
autovacuum = off
max_prepared_transactions = 2
SETTINGS
"$programs/pg_ctl" -D "$place/data" -l "$place/log" -w start >/dev/null
trap '"$programs/pg_ctl" -D "$place/data" -m immediate stop >/dev/null; rm -rf "$place"' EXIT
ask() { "$programs/psql" -h "$place" -U joust_admin -qAt -v ON_ERROR_STOP=1 -d postgres "$@"; }
insert() {
    echo "INSERT INTO users (email, age, request_id, ordinal)
          SELECT '$1' || o, 20 + o, '$1', o FROM generate_series(0, 9) o;"
}
rest() {
    echo "UPDATE users SET age = 99 WHERE request_id = '$1' AND ordinal < 5;
          DELETE FROM users WHERE request_id = '$1' AND ordinal >= 5;"
}

ask <<'TABLES' >/dev/null
CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE, age int, request_id text, ordinal int);
CREATE TABLE other (id int);
TRUNCATE users;
CHECKPOINT;
TABLES
start=$(ask -c "SELECT pg_current_wal_insert_lsn()")

# A request as the contract has it, and one by COPY.
ask -c "BEGIN; $(insert a) $(rest a) COMMIT;"
{
    echo "BEGIN; COPY users (email, age, request_id, ordinal) FROM stdin;"
    for ordinal in 0 1 2 3 4 5 6 7 8 9; do printf 'b%s\t2%s\tb\t%s\n' $ordinal $ordinal $ordinal; done
    printf '%s\n' '\.' "$(rest b)" "COMMIT;"
} | ask
# Rolled back; in subtransactions, of which one is rolled back.
ask -c "BEGIN; $(insert c) $(rest c) ROLLBACK;"
ask -c "BEGIN; SAVEPOINT x; $(insert d) RELEASE x; SAVEPOINT y; UPDATE users SET age = 1 WHERE request_id = 'd';
        ROLLBACK TO y; SAVEPOINT z; $(rest d) RELEASE z; COMMIT;"
# What is no change: locks, pruning, vacuum.
ask -c "BEGIN; SELECT 1 FROM users WHERE request_id = 'd' FOR UPDATE; COMMIT;" >/dev/null
# ON CONFLICT that met none, and one that met another row; another table; a commit in two steps.
ask -c "INSERT INTO users (email) VALUES ('new') ON CONFLICT (email) DO NOTHING;"
ask -c "INSERT INTO users (email) VALUES ('b0') ON CONFLICT (email) DO UPDATE SET age = 7;"
ask -c "INSERT INTO other VALUES (1);"
ask -c "BEGIN; INSERT INTO other VALUES (2); PREPARE TRANSACTION 'two';"
ask -c "COMMIT PREPARED 'two';"
ask -c "BEGIN; INSERT INTO other VALUES (3); PREPARE TRANSACTION 'three';"
ask -c "ROLLBACK PREPARED 'three';"
for _ in 1 2 3; do ask -c "UPDATE users SET age = age + 1 WHERE request_id = 'a'"; done
ask -c "VACUUM users"
# So many subtransactions that the log assigns them to their parent early.
{
    echo "BEGIN;"
    for number in $(seq 65); do echo "SAVEPOINT s; INSERT INTO other VALUES ($number); RELEASE s;"; done
    echo "COMMIT;"
} | ask

ask -c "BEGIN; SELECT pg_logical_emit_message(true, 'joust', 'end'); COMMIT;" >/dev/null
end=$(ask -c "SELECT pg_current_wal_flush_lsn()")
echo "relation 1663/$(ask -c "SELECT oid FROM pg_database WHERE datname = 'postgres'")/$(
    ask -c "SELECT pg_relation_filenode('users')")"
"$programs/pg_waldump" -p "$place/data/pg_wal" -s "$start" -e "$end" -r Heap -r Heap2 -r Transaction
