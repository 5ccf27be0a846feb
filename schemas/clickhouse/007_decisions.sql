-- Every decision by what it can be found by. Why it was made, and on what, is read from the event store.
CREATE TABLE IF NOT EXISTS decisions {{on_cluster}}
(
  decision String CODEC(ZSTD(1)),
  recorded DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  action LowCardinality(String),
  effect LowCardinality(String),
  agent LowCardinality(String),
  team LowCardinality(String),
  repo LowCardinality(String),
  feature LowCardinality(String),
  session String CODEC(ZSTD(1)),
  change String CODEC(ZSTD(1)),
  rules Array(LowCardinality(String)),
  engine LowCardinality(String),
  engine_us UInt32,
  stage LowCardinality(String),
  policy LowCardinality(String),
  approval String CODEC(ZSTD(1))
)
ENGINE = {{engine}}
PARTITION BY toYYYYMM(recorded)
ORDER BY (recorded, decision)
SETTINGS min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60
