SELECT revision, stream FROM events WHERE id = ?;
