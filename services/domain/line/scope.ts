import type { LineScope } from "../../../schemas/line.ts";
import { sameName } from "../same-name.ts";

/** Names that people would confuse are one scope: it is worse to miss a stop than to share one. */
export const scopeKey = ({ kind, name }: LineScope): string => `${kind}.${sameName(name)}`;

/** The stream of a scope's line. */
export const lineStream = (scope: LineScope): string => `line-${scopeKey(scope)}`;

const LONGEST = 256;

/** What is wrong with a scope's name; null: nothing. Some letters become many when names are compared. */
export function faultOfScope(scope: LineScope): string | null {
  const name = sameName(scope.name);
  if (name.length === 0) return "the scope needs a name";
  return name.length > LONGEST ? `the scope's name is longer than ${LONGEST} characters when it is written out` : null;
}
