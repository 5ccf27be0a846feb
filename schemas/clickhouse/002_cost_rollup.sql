-- Sums of movements by hour, and the same sums by UTC day. A segment is a run of the log; while it is open its rows are
-- written again and again, and the row with the most movements is the newest. The segment comes before the time in the key,
-- so that reading the newest rows merges parts of the open segment only.
CREATE TABLE IF NOT EXISTS cost_rollup {{on_cluster}}
(
  grain Enum8('hour' = 1, 'day' = 2),
  segment UInt32,
  start DateTime('UTC'),
  team LowCardinality(String),
  feature LowCardinality(String),
  model LowCardinality(String),
  vendor LowCardinality(String),
  agent LowCardinality(String),
  repo LowCardinality(String),
  change_kind LowCardinality(String),
  input Int64,
  cache_read Int64,
  cache_write Int64,
  output Int64,
  reasoning Int64,
  pico Int128,
  reported Int128,
  reported_count UInt32,
  unpriced Int64,
  movements UInt32,
  INDEX start_range start TYPE minmax GRANULARITY 1
)
ENGINE = {{engine}}(movements)
PARTITION BY toYYYYMM(start)
ORDER BY (grain, segment, start, team, feature, model, vendor, agent, repo, change_kind)
SETTINGS min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60
