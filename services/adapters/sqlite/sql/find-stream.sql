SELECT id, category, coalesce((SELECT max(revision) FROM events WHERE stream = streams.id), -1) FROM streams WHERE name = ?;
