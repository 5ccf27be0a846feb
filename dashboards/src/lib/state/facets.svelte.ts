import { api } from "#lib/api.ts";
import { type Dimension, NONE, valueName } from "#lib/words/dimensions.ts";
import type { Facets } from "../../../../schemas/api.ts";
import { agentNames } from "./agent-names.svelte.ts";
import { type Query, query } from "./query.svelte.ts";
import { range } from "./range.svelte.ts";

/** The values that occur in the span of time that the screen looks at. Without an answer there is just nothing to choose. */
export function facets(): Query<Facets> {
  void agentNames.load();
  return query((signal) => api.facets({ ...range.span() }, signal));
}

const MAY_LACK: ReadonlySet<Dimension> = new Set(["feature", "repo", "changeKind"]);

export function facetOptions(answer: Facets | null, dimension: Dimension): { value: string; label: string }[] {
  const values = answer?.[dimension] ?? [];
  const options = values.map((value) => ({ value, label: valueName(dimension, value, agentNames.of) }));
  options.sort((a, b) => a.label.localeCompare(b.label));
  return MAY_LACK.has(dimension) && answer !== null ? [...options, { value: NONE, label: valueName(dimension, null) }] : options;
}
