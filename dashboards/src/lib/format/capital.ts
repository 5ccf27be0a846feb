import { preferences } from "#lib/state/preferences.svelte.ts";

/** A word at the start of a label. */
export const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase(preferences.locale) + text.slice(1);
