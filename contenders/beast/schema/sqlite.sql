-- The tables of postgres.sql in SQLite's words. AUTOINCREMENT keeps the highest id ever given in
-- sqlite_sequence, which is how inserts are counted there.
CREATE TABLE IF NOT EXISTS users (
    id integer PRIMARY KEY AUTOINCREMENT,
    name varchar(100) NOT NULL,
    email varchar(254) NOT NULL UNIQUE,
    age integer NOT NULL,
    request_id varchar(64),
    ordinal integer,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);
CREATE INDEX IF NOT EXISTS users_request_id_ordinal_idx ON users (request_id, ordinal);

CREATE TABLE IF NOT EXISTS products (
    id integer PRIMARY KEY AUTOINCREMENT,
    name varchar(100) NOT NULL,
    price_cents integer NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE TABLE IF NOT EXISTS orders (
    id integer PRIMARY KEY AUTOINCREMENT,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    total_cents bigint NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_user_id_idx ON orders (user_id);

CREATE TABLE IF NOT EXISTS order_items (
    id integer PRIMARY KEY AUTOINCREMENT,
    order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    quantity integer NOT NULL,
    unit_price_cents integer NOT NULL
);
CREATE INDEX IF NOT EXISTS order_items_order_id_idx ON order_items (order_id);
CREATE INDEX IF NOT EXISTS order_items_product_id_idx ON order_items (product_id);
