SELECT position, revision, stream, type, id, body FROM events WHERE position > ? ORDER BY position LIMIT ?;
