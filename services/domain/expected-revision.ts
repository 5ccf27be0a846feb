/** Whether a stream whose last revision is `current` (-1: no event yet) is as the writer believes. */
export function holds(expected: "any" | "none" | "exists" | number, current: number): boolean {
  if (expected === "any") return true;
  if (expected === "none") return current < 0;
  if (expected === "exists") return current >= 0;
  return expected === current;
}
