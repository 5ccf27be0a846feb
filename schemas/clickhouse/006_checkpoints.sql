-- How far the projection is. The row with the highest segment counts.
CREATE TABLE IF NOT EXISTS checkpoints {{on_cluster}}
(
  segment UInt32,
  position String,
  shape String,
  totals String
)
ENGINE = {{engine}}(segment)
ORDER BY segment
SETTINGS min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60
