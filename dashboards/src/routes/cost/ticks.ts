const ROUND = [1, 2, 5, 10];

/**
 * Round values for an axis, from at or below `low` to at or above `high`, with about `count` steps.
 * @param low at most `high`; an axis of lengths starts at zero, so both are usually on its sides
 */
export function ticks(low: number, high: number, count: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = Math.floor(Math.log10(span / count));
  const unit = ROUND.find((factor) => factor * 10 ** power * count >= span) ?? 10;
  // Whole numbers of a small step are divided, not multiplied: 3 × 0.1 is not 0.3.
  const at = (index: number): number => (power < 0 ? (index * unit) / 10 ** -power : index * unit * 10 ** power);
  const step = at(1);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => at(first + index));
}
