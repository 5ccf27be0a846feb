/** What a policy says about itself: in its Rego's header, its list of actions, and the table of its page. */
export interface PolicyProfile {
  readonly description: string;
  readonly actions: readonly string[];
  readonly rules: readonly { readonly name: string; readonly answer: string; readonly remedy: string }[];
}

const ROW = /^\|((?:\s*`[a-z][a-z0-9_]{0,63}`\s*,?)+)\|([^|]*)\|([^|]*)\|/gm;

/**
 * Reads a policy's profile. What it does not say is empty.
 * @param files texts of a bundle by path, such as `hours/hours.rego`
 */
export function profileOf(policy: string, files: ReadonlyMap<string, string>): PolicyProfile {
  const source = files.get(`${policy}/${policy}.rego`) ?? "";
  const head = source.slice(0, Math.max(0, source.search(/^package /m)));
  const listed = /^actions\s*:=\s*\{([^}]*)\}/m.exec(source)?.[1] ?? "";
  return {
    description: descriptionIn(head),
    actions: [...listed.matchAll(/"([^"]+)"/g)].map(([, action = ""]) => action),
    rules: rulesIn(files.get(`${policy}/${policy}.md`) ?? ""),
  };
}

/** YAML in comments: on one line, or behind `|` or `>` on the lines below, which are further in. */
function descriptionIn(head: string): string {
  const [, inline = "", below = ""] = /^#[ \t]*description:[ \t]*(.*)\n((?:#[ \t]{2,}.*\n)*)/m.exec(head) ?? [];
  if (!/^[|>]/.test(inline)) return inline.trim();
  return below
    .replaceAll(/^#[ \t]+/gm, "")
    .trim()
    .replaceAll(/\s+/g, " ");
}

function rulesIn(page: string): PolicyProfile["rules"] {
  return [...page.matchAll(ROW)].flatMap(([, names = "", answer = "", remedy = ""]) =>
    [...names.matchAll(/`([a-z0-9_]+)`/g)].map(([, name = ""]) => ({ name, answer: answer.trim(), remedy: remedy.trim() })),
  );
}
