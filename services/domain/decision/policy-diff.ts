/** One rule, import list or METADATA block: where it belongs, and its text without its place in a file. */
export interface PolicyPart {
  /** Such as `data.budget.deny`, or `data.budget (imports)`. */
  readonly path: string;
  readonly text: string;
}

export type PolicyChange =
  | { readonly kind: "added"; readonly path: string; readonly after: string }
  | { readonly kind: "removed"; readonly path: string; readonly before: string }
  | { readonly kind: "changed"; readonly path: string; readonly before: string; readonly after: string };

/**
 * What changed between two sets of policies, in the order of the paths. The parts of one path are compared as a set: moving
 * a rule within its file, or to another file of its package, changes nothing.
 */
export function diffPolicies(before: readonly PolicyPart[], after: readonly PolicyPart[]): PolicyChange[] {
  const [old, young] = [gathered(before), gathered(after)];
  const paths = [...new Set([...old.keys(), ...young.keys()])].sort();
  return paths.flatMap((path): PolicyChange[] => {
    const [was, is] = [old.get(path), young.get(path)];
    if (was === is) return [];
    if (was === undefined) return [{ kind: "added", path, after: is as string }];
    if (is === undefined) return [{ kind: "removed", path, before: was }];
    return [{ kind: "changed", path, before: was, after: is }];
  });
}

function gathered(parts: readonly PolicyPart[]): Map<string, string> {
  const texts = new Map<string, string[]>();
  for (const { path, text } of parts) texts.set(path, [...(texts.get(path) ?? []), text]);
  return new Map([...texts].map(([path, list]) => [path, `${list.sort().join("\n\n")}\n`]));
}
