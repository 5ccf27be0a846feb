/** Moves the focus between the rows of a list, marked by `data-row`, and brings the row into sight. */
export function moveFocus(list: HTMLElement | null, step: 1 | -1): void {
  const rows = [...(list?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  const row = rows[next];
  row?.focus({ preventScroll: true });
  row?.closest("tr, li")?.scrollIntoView({ block: "nearest" });
}
