INSERT INTO events (position, stream, revision, category, type, id, body) VALUES (?, ?, ?, ?, ?, ?, ?);
