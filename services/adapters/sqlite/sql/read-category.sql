SELECT position, revision, stream, type, id, body FROM events
WHERE category = (SELECT id FROM categories WHERE name = ?) AND position > ? ORDER BY position;
