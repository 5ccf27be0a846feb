-- One row per movement of the ledger. Replaying an event writes the same row again.
CREATE TABLE IF NOT EXISTS movements {{on_cluster}}
(
  position String CODEC(ZSTD(1)),
  occurred DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  session String CODEC(ZSTD(1)),
  team LowCardinality(String),
  feature LowCardinality(String),
  model LowCardinality(String),
  vendor LowCardinality(String),
  agent LowCardinality(String),
  repo LowCardinality(String),
  change_kind LowCardinality(String),
  input Int64 CODEC(ZSTD(1)),
  cache_read Int64 CODEC(ZSTD(1)),
  cache_write Int64 CODEC(ZSTD(1)),
  output Int64 CODEC(ZSTD(1)),
  reasoning Int64 CODEC(ZSTD(1)),
  pico Int128 CODEC(ZSTD(1)),
  reported Int128 CODEC(ZSTD(1)),
  -- 1 when the vendor reported a cost, which may be zero.
  reported_count UInt32 CODEC(ZSTD(1)),
  unpriced Int64 CODEC(ZSTD(1)),
  INDEX occurred_range occurred TYPE minmax GRANULARITY 1
)
ENGINE = {{engine}}
PARTITION BY toYYYYMM(occurred)
ORDER BY position
SETTINGS min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60
