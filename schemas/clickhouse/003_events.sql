-- Where every event is and what it can be found by. The events themselves are read from the event store.
CREATE TABLE IF NOT EXISTS events {{on_cluster}}
(
  position String CODEC(ZSTD(1)),
  stream String CODEC(ZSTD(1)),
  revision UInt32 CODEC(ZSTD(1)),
  time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  recorded DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  type LowCardinality(String),
  team LowCardinality(String),
  vendor LowCardinality(String),
  agent LowCardinality(String),
  INDEX time_range time TYPE minmax GRANULARITY 1,
  INDEX recorded_range recorded TYPE minmax GRANULARITY 1,
  INDEX streams stream TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{engine}}
PARTITION BY toYYYYMM(recorded)
ORDER BY position
SETTINGS min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60
