import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path/posix";
import { createTwoFilesPatch } from "diff";
import { stringify } from "yaml";
import { isDocument, placeData } from "../domain/decision/policy-data.ts";
import { diffPolicies, type PolicyChange, type PolicyPart } from "../domain/decision/policy-diff.ts";
import { readPolicies } from "../kit/read-policies.ts";
import { showProblem } from "../kit/show-problems.ts";
import type { PolicyCompiler, PolicyFiles, PolicyOutline } from "../ports/policy-compiler.ts";
import { policyTools } from "../wiring/policy-tools.ts";

type Print = (line: string) => void;

const SIGN = { added: "+", removed: "-", changed: "~" } as const;

/** Compares rules, METADATA, imports and data. Exit code 0 in either case; the tests are not compared. */
export async function diff(before: string, after: string, flags: { readonly json?: boolean }, print: Print): Promise<number> {
  await using compiler = policyTools.openPolicyCompiler();
  const changes = diffPolicies(await partsOf(compiler, before), await partsOf(compiler, after));
  if (flags.json) print(JSON.stringify(changes, null, 2));
  else for (const change of changes) print(shown(change, before, after));
  if (!flags.json) print(changes.length === 0 ? "no rule differs" : `${changes.length} differences`);
  return 0;
}

function shown(change: PolicyChange, before: string, after: string): string {
  const old = "before" in change ? change.before : "";
  const young = "after" in change ? change.after : "";
  const patch = createTwoFilesPatch(before, after, old, young, "", "", { context: 3 });
  // Both sides are one rule: the head with the names says nothing that the line above does not.
  return `${SIGN[change.kind]} ${change.path}\n${patch
    .split("\n")
    .slice(3)
    .filter((line) => !line.startsWith("\\"))
    .join("\n")}`;
}

async function partsOf(compiler: PolicyCompiler, place: string): Promise<PolicyPart[]> {
  const files = await filesOf(place);
  const answer = await compiler.outline(new Map([...files].filter(([path]) => path.endsWith(".rego") && !path.endsWith("_test.rego"))));
  if (answer.kind === "refused")
    throw new Error(`${place} cannot be compared:\n${answer.problems.map((each) => showProblem(each, place)).join("\n")}`);
  const data = placeData(new Map([...files].filter(([path]) => isData(path))));
  return [...ruleParts(answer.value), ...dataParts(data)];
}

async function filesOf(place: string): Promise<PolicyFiles> {
  const found = await stat(place).catch(() => null);
  if (!found) throw new Error(`${place} is not there. Name a folder with policies, or a bundle.`);
  if (found.isDirectory()) return readPolicies(place);
  const packed = await policyTools.unpackBundle(await readFile(place)).catch((error: Error) => {
    throw new Error(`${place} is no bundle: ${error.message}.`);
  });
  const texts = new Map([...packed].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)] as const));
  return new Map([...texts].filter(([path]) => isData(path)).concat([...sourcesOf(texts)]));
}

/** A bundle of ours holds the complete sources in its manifest: in its Rego files, OPA leaves the entrypoints out. */
function sourcesOf(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const manifest = JSON.parse(texts.get(".manifest") ?? "{}") as {
    readonly metadata?: { readonly sources?: Readonly<Record<string, string>> };
  };
  const sources = manifest.metadata?.sources;
  return sources ? new Map(Object.entries(sources)) : new Map([...texts].filter(([path]) => path.endsWith(".rego")));
}

function ruleParts({ rules, imports, annotations }: PolicyOutline): PolicyPart[] {
  return [
    ...rules.map(({ path, text }) => ({ path, text })),
    ...imports.map(({ package: name, text }) => ({ path: `${name} (imports)`, text })),
    ...annotations.map(({ file, line, path, entrypoint, ...said }) => ({
      path: `${path} (metadata)`,
      text: stringify({ ...said, ...(entrypoint && { entrypoint }) }).trimEnd(),
    })),
  ];
}

/** Two levels deep, so that a change is shown with the table it is in. */
const dataParts = (data: Readonly<Record<string, unknown>>): PolicyPart[] =>
  Object.entries(data).flatMap(([first, value]) =>
    isDocument(value)
      ? Object.entries(value).map(([second, inner]) => dataPart(`data.${first}.${second}`, inner))
      : [dataPart(`data.${first}`, value)],
  );

const dataPart = (path: string, value: unknown): PolicyPart => ({
  path: `${path} (data)`,
  text: stringify(value, { sortMapEntries: true }).trimEnd(),
});

const isData = (path: string): boolean => basename(path) === "data.json";
