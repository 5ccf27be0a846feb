import { goto } from "$app/navigation";
import { page } from "$app/state";

type Change = string | readonly string[] | null;

/** The first value of a parameter of this page's address. */
export const param = (name: string): string | null => page.url.searchParams.get(name);
export const params = (name: string): string[] => page.url.searchParams.getAll(name);

/** The address of this page with some parameters changed. Null takes one away. */
export function withParams(changes: Readonly<Record<string, Change>>): string {
  const search = new URLSearchParams(page.url.search);
  for (const [name, value] of Object.entries(changes)) {
    search.delete(name);
    if (typeof value === "string") search.set(name, value);
    else if (value) for (const one of value) search.append(name, one);
  }
  const text = search.toString();
  return `${page.url.pathname}${text ? `?${text}` : ""}`;
}

/** Changes the address and stays where the reader is. `replace` for what nobody wants to step back through, such as typing. */
export function setParams(changes: Readonly<Record<string, Change>>, replace = false): void {
  void goto(withParams(changes), { replace, reset: false });
}
