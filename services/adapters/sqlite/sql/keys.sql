-- Data keys, each encrypted with the master key, which is not in here.

CREATE TABLE keys (id TEXT NOT NULL UNIQUE, scope TEXT NOT NULL UNIQUE, wrapped BLOB NOT NULL) STRICT;

-- Something that only the right master key opens.
CREATE TABLE master (proof BLOB NOT NULL) STRICT;

-- A key was destroyed and the file has not been swept since.
CREATE TABLE sweep (due INTEGER NOT NULL) STRICT;
INSERT INTO sweep VALUES (0);
