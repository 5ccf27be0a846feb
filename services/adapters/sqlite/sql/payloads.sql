-- Ciphertext that may be deleted.

CREATE TABLE payloads (id TEXT NOT NULL UNIQUE, key_id TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;

CREATE TABLE totals (payloads INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
INSERT INTO totals VALUES (0, 0);
CREATE TRIGGER payload_is_counted AFTER INSERT ON payloads BEGIN
  UPDATE totals SET payloads = payloads + 1, bytes = bytes + length(NEW.bytes);
END;
CREATE TRIGGER payload_is_discounted AFTER DELETE ON payloads BEGIN
  UPDATE totals SET payloads = payloads - 1, bytes = bytes - length(OLD.bytes);
END;

-- Something was deleted and the file has not been swept since.
CREATE TABLE sweep (due INTEGER NOT NULL) STRICT;
INSERT INTO sweep VALUES (0);
