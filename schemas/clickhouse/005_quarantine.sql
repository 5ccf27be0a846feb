-- Where every quarantine entry stands after `revision + 1` events of its stream.
CREATE TABLE IF NOT EXISTS quarantine {{on_cluster}}
(
  entry String,
  revision UInt32,
  entered DateTime64(3, 'UTC'),
  agent LowCardinality(String),
  door LowCardinality(String),
  code LowCardinality(String),
  reason String CODEC(ZSTD(1)),
  place String CODEC(ZSTD(1)),
  bytes UInt64,
  content_type LowCardinality(String),
  state LowCardinality(String),
  settled DateTime64(3, 'UTC'),
  settled_reason String CODEC(ZSTD(1))
)
ENGINE = {{engine}}(revision)
ORDER BY entry
SETTINGS min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60
