/** Moves the focus between the rows of a list and brings the row into sight: to what `data-row` marks, or to what comes first in each row. */
export function moveFocus(list: HTMLElement | null, step: 1 | -1): void {
  const marked = [...(list?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  const rows =
    marked.length > 0
      ? marked
      : [...(list?.querySelectorAll("tr") ?? [])].flatMap((row) => row.querySelector<HTMLElement>("a, button") ?? []);
  if (rows.length === 0) return;
  const at = rows.findIndex(
    (row) => row === document.activeElement || (marked.length === 0 && row.closest("tr")?.contains(document.activeElement)),
  );
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  const row = rows[next];
  row?.focus({ preventScroll: true });
  row?.closest("tr, li")?.scrollIntoView({ block: "nearest" });
}
