import type { BundleDraft, DraftProblem, DraftVerdict } from "../../schemas/policy-api.ts";
import type { Outcome } from "../api/deps.ts";
import type { PolicyBook } from "../decide/policy-book.ts";
import type { Actor } from "../domain/envelope.ts";
import type { PolicyAnswer, PolicyCompiler, PolicyProblem, PolicyTestResult, TestedPolicies } from "../ports/policy-compiler.ts";
import { type BundleTexts, TESTS } from "./bundle-texts.ts";
import { policyTools } from "./policy-tools.ts";

export interface Drafting {
  readonly compiler: PolicyCompiler;
  readonly book: PolicyBook;
  readonly texts: (digest: string) => Promise<BundleTexts | null>;
  /** With the platform's own key. */
  readonly sign: (bundle: Uint8Array) => Promise<Uint8Array>;
}

const MOST_SHOWN = 50;
const ENTRYPOINT = "andon/decision/result";
const UNTESTED: DraftVerdict["tests"] = { passed: 0, failed: 0, failures: [] };

/** Checks, tests, builds and publishes changes to a bundle; publishes nothing that does not compile or whose tests fail. */
export async function draftBundle(
  { compiler, book, texts, sign }: Drafting,
  { base, files, note, dryRun = false }: BundleDraft,
  by: Actor,
): Promise<Outcome<DraftVerdict>> {
  const start = base ?? book.places.active;
  const before = start === null ? null : await texts(start);
  if (!before) return { kind: "not_found", reason: "there is no bundle with this digest to start from" };
  const all = changed(before, files);
  const rego = only(all, (path) => path.endsWith(".rego"));
  const checked = await compiler.check(rego);
  if (checked.kind === "refused") return ok(unsound(checked.problems));
  const warnings = checked.value.warnings.map(problemOf);
  const tested = await compiler.test(rego, dryRun ? testsOf(files) : {});
  if (tested.kind === "refused") return ok(unsound(tested.problems));
  const tests = countsOf(tested);
  const verdict = { sound: tests.failed === 0, digest: null, problems: [], warnings, tests };
  if (dryRun || !verdict.sound) return ok(verdict);
  const built = await compiler.build(rego, { entrypoints: [ENTRYPOINT] });
  if (built.kind === "refused") return ok(unsound(built.problems));
  const bytes = await sign(await policyTools.assembleBundle(built.value.bundle, besideRego(all)));
  const published = await book.publish(bytes, "console", by, note);
  if (published.kind === "refused") return { kind: "invalid", reason: published.reason, at: "/files" };
  return ok({ ...verdict, digest: published.value.digest });
}

const ok = (value: DraftVerdict): Outcome<DraftVerdict> => ({ kind: "ok", value });

const unsound = (problems: readonly PolicyProblem[]): DraftVerdict => ({
  sound: false,
  digest: null,
  problems: problems.slice(0, MOST_SHOWN).map(problemOf),
  warnings: [],
  tests: UNTESTED,
});

function changed(before: BundleTexts, files: BundleDraft["files"]): BundleTexts {
  const all = new Map(before);
  for (const [path, text] of Object.entries(files)) {
    if (text === null) all.delete(path);
    else all.set(path, text);
  }
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const only = (texts: BundleTexts, wanted: (path: string) => boolean): BundleTexts => new Map([...texts].filter(([path]) => wanted(path)));

const isTest = (path: string): boolean => path.endsWith("_test.rego");

function besideRego(all: BundleTexts): ReadonlyMap<string, Uint8Array> {
  const tests = JSON.stringify(Object.fromEntries(only(all, isTest)));
  const beside = only(all, (path) => !path.endsWith(".rego"));
  return new Map([...beside, [TESTS, tests] as const].map(([path, text]) => [path, Buffer.from(text)]));
}

/** While somebody is writing, the tests of the one policy they change; before publishing, all of them. */
function testsOf(files: BundleDraft["files"]): { only?: string } {
  const folders = new Set(Object.keys(files).map((path) => path.split("/")[0]));
  const [folder] = folders;
  return folders.size === 1 && folder !== "lib" && folder !== "decision" ? { only: `.${folder}_test.` } : {};
}

function countsOf({ value }: Extract<PolicyAnswer<TestedPolicies>, { kind: "ok" }>): DraftVerdict["tests"] {
  const failures = value.results.filter(({ outcome }) => ["failed", "error", "timeout"].includes(outcome));
  return {
    passed: value.results.filter(({ outcome }) => outcome === "passed").length,
    failed: failures.length,
    failures: failures.slice(0, MOST_SHOWN).map(failureOf),
  };
}

const failureOf = ({ name, file, line, outcome, message, at }: PolicyTestResult): DraftVerdict["tests"]["failures"][number] => ({
  name,
  file: at?.file ?? file,
  line: at?.line ?? line,
  outcome,
  detail: (at?.detail ?? message ?? "").slice(0, 2000),
});

const problemOf = ({ code, message, file, line, column, hint }: PolicyProblem): DraftProblem => ({
  code,
  message,
  ...(file !== undefined && { file }),
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
  ...(hint !== undefined && { hint }),
});
