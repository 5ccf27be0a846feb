-- What is known of a session after its first `revision + 1` events: the row with the highest revision is the newest.
CREATE TABLE IF NOT EXISTS sessions {{on_cluster}}
(
  agent LowCardinality(String),
  session String,
  revision UInt32,
  -- When its first event was recorded. Never changes, so all rows of a session are in one partition.
  opened DateTime64(3, 'UTC'),
  started DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  last DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  heard DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  team LowCardinality(String),
  feature LowCardinality(String),
  vendor LowCardinality(String),
  repo LowCardinality(String),
  branch String CODEC(ZSTD(1)),
  ticket String CODEC(ZSTD(1)),
  change_kind LowCardinality(String),
  models Array(LowCardinality(String)),
  outcome LowCardinality(String),
  prompts UInt32 CODEC(ZSTD(1)),
  model_calls Int32 CODEC(ZSTD(1)),
  tool_calls UInt32 CODEC(ZSTD(1)),
  errors UInt32 CODEC(ZSTD(1)),
  input Int64 CODEC(ZSTD(1)),
  cache_read Int64 CODEC(ZSTD(1)),
  cache_write Int64 CODEC(ZSTD(1)),
  output Int64 CODEC(ZSTD(1)),
  reasoning Int64 CODEC(ZSTD(1)),
  pico Int128 CODEC(ZSTD(1)),
  reported Int128 CODEC(ZSTD(1)),
  reported_count UInt32 CODEC(ZSTD(1)),
  unpriced Int64 CODEC(ZSTD(1)),
  movements UInt32 CODEC(ZSTD(1))
)
ENGINE = {{engine}}(revision)
PARTITION BY toYYYYMM(opened)
ORDER BY (agent, session)
SETTINGS min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60
