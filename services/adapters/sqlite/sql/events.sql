-- The event log. Numbers stand for names that repeat: a stream, a category and a type are stored once.

CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, category INTEGER NOT NULL REFERENCES categories (id)) STRICT;

CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES streams (id),
  revision INTEGER NOT NULL,
  category INTEGER NOT NULL,
  type INTEGER NOT NULL REFERENCES types (id),
  id BLOB NOT NULL CHECK (length(id) = 16),
  body BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
-- Reads a small category without looking at the telemetry between its events.
CREATE INDEX events_by_category ON events (category, position);

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER streams_are_not_changed BEFORE UPDATE ON streams BEGIN SELECT RAISE(ABORT, 'streams are append-only'); END;
CREATE TRIGGER streams_are_not_removed BEFORE DELETE ON streams BEGIN SELECT RAISE(ABORT, 'streams are append-only'); END;
CREATE TRIGGER categories_are_not_changed BEFORE UPDATE ON categories BEGIN SELECT RAISE(ABORT, 'categories are append-only'); END;
CREATE TRIGGER categories_are_not_removed BEFORE DELETE ON categories BEGIN SELECT RAISE(ABORT, 'categories are append-only'); END;
CREATE TRIGGER types_are_not_changed BEFORE UPDATE ON types BEGIN SELECT RAISE(ABORT, 'types are append-only'); END;
CREATE TRIGGER types_are_not_removed BEFORE DELETE ON types BEGIN SELECT RAISE(ABORT, 'types are append-only'); END;
