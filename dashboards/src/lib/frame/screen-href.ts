import { range } from "#lib/state/range.svelte.ts";
import type { Screen } from "./screens.ts";

/** A link to a screen that looks at the same span of time, where the screen looks at one. */
export function screenHref(screen: Screen): string {
  const carried = screen.timed ? new URLSearchParams(range.carried).toString() : "";
  return carried ? `${screen.href}?${carried}` : screen.href;
}
