SELECT position, revision, stream, type, id, body FROM events
WHERE stream = (SELECT id FROM streams WHERE name = ?) AND revision >= ? ORDER BY revision LIMIT ?;
