-- Ciphertext that may be deleted.

CREATE TABLE payloads (id TEXT NOT NULL UNIQUE, key_id TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;

-- Writers count what they add, once for many; what is removed counts itself.
CREATE TABLE totals (payloads INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
INSERT INTO totals VALUES (0, 0);
CREATE TRIGGER payload_is_discounted AFTER DELETE ON payloads BEGIN
  UPDATE totals SET payloads = payloads - 1, bytes = bytes - length(OLD.bytes);
END;

-- Something was deleted and the file has not been swept since.
CREATE TABLE sweep (due INTEGER NOT NULL) STRICT;
INSERT INTO sweep VALUES (0);
