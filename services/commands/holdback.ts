import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Candidate, RunView, SuiteDetail, SuiteView } from "../../schemas/holdback-api.ts";
import { type Flags, readConfig } from "../config.ts";
import { readRunning } from "../kit/data-folder.ts";
import { type Call, onPlatform } from "./on-platform.ts";

type Print = (line: string) => void;
type Shared = Flags & { readonly json?: boolean };
type Add = Shared & { readonly from: string; readonly repo?: readonly string[] };
type Run = Shared & {
  readonly sha: string;
  readonly change: string;
  readonly command?: string;
  readonly url?: string;
  readonly visible?: string;
};
type Retire = Shared & { readonly case?: readonly string[]; readonly leaked?: string; readonly because: string };

const ASK_AGAIN_MS = 250;

/** Seals the cases of a file into a suite. */
export async function add(suite: string, flags: Add, print: Print): Promise<number> {
  const cases = await readCases(flags.from);
  const made = await platform(flags, (call) => call<SuiteDetail>("POST", `${pathOf(suite)}/cases`, { repos: flags.repo, cases }));
  print(flags.json ? JSON.stringify(made, null, 2) : suiteLine(made));
  return 0;
}

/** @returns 0 when the suite passed, 1 when it failed or ended without a verdict */
export async function run(suite: string, flags: Run, print: Print): Promise<number> {
  const { sha, change } = flags;
  const wanted = { sha, change, candidate: candidateOf(flags), ...(flags.visible !== undefined && { visible: tallyOf(flags.visible) }) };
  const ended = await platform(flags, async (call) => {
    let view = await call<RunView>("POST", `${pathOf(suite)}/runs`, wanted);
    while (view.state === "running") {
      await wait(ASK_AGAIN_MS);
      view = await call<RunView>("GET", `${pathOf(suite)}/runs/${encodeURIComponent(view.id)}`);
    }
    return view;
  });
  print(flags.json ? JSON.stringify(ended, null, 2) : runLine(ended));
  return ended.result?.verdict === "passed" ? 0 : 1;
}

/** Suites, or the cases of one. */
export async function list(suite: string | undefined, flags: Shared, print: Print): Promise<number> {
  if (suite === undefined) {
    const { items } = await platform(flags, (call) => call<{ items: SuiteView[] }>("GET", "/api/v1/holdback/suites"));
    if (flags.json) print(JSON.stringify(items, null, 2));
    else if (items.length === 0) print("There is no suite yet: ./andon holdback add SUITE --from cases.json --repo REPOSITORY");
    else for (const each of items) print([suiteLine(each), ...each.runs.slice(0, 3).map((of) => `  ${runLine(of)}`)].join("\n"));
    return 0;
  }
  const detail = await platform(flags, (call) => call<SuiteDetail>("GET", pathOf(suite)));
  if (flags.json) print(JSON.stringify(detail, null, 2));
  else {
    print(suiteLine(detail));
    for (const { id, class: of, kind, reads, retired } of detail.caseList)
      print(`  ${id}  ${of}, ${kind}, read ${reads}×  ${retired ?? ""}`);
  }
  return 0;
}

/** By id, or by the canaries in a file. */
export async function retire(suite: string, flags: Retire, print: Print): Promise<number> {
  const { because, leaked } = flags;
  if (!flags.case && leaked === undefined) throw new Error("Say which cases: --case ID, or --leaked FILE for those whose canary is in it.");
  const text = leaked === undefined ? undefined : await readFile(leaked, "utf8");
  const body = { because, ...(flags.case && { cases: flags.case }), ...(text !== undefined && { text }) };
  const { retired } = await platform(flags, (call) => call<{ retired: string[] }>("POST", `${pathOf(suite)}/retirements`, body));
  print(
    flags.json
      ? JSON.stringify(retired)
      : `${retired.length} cases retired as ${because}${retired.length > 0 ? `: ${retired.join(", ")}` : ""}.`,
  );
  return 0;
}

/** Suites are kept by the running platform: it opens what is sealed and writes down that it did. */
async function platform<Answer>(flags: Flags, running: (call: Call) => Promise<Answer>): Promise<Answer> {
  const { data } = readConfig(process.env, flags);
  const stopped = (): Promise<never> => Promise.reject(new Error("Andon has stopped. Start it first: ./andon up"));
  if (!(await readRunning(data))) return stopped();
  return onPlatform(flags, { running, stopped });
}

const pathOf = (suite: string): string => `/api/v1/holdback/suites/${encodeURIComponent(suite)}`;

async function readCases(file: string): Promise<unknown[]> {
  const text = await readFile(file, "utf8");
  let cases: unknown;
  try {
    cases = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and terminals are logged.
  }
  if (!Array.isArray(cases)) throw new Error(`${file} is not a JSON list of cases; docs/holdback.md shows one.`);
  return cases;
}

function candidateOf({ command, url }: Run): Candidate {
  if ((command === undefined) === (url === undefined)) throw new Error("Say what is judged: either --command LINE or --url URL.");
  return url === undefined ? { command: ["/bin/sh", "-c", command ?? ""] } : { url };
}

function tallyOf(text: string): { passed: number; total: number } {
  const [, passed, total] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (total === undefined) throw new Error("--visible takes two numbers: passed/total, such as 118/120.");
  return { passed: Number(passed), total: Number(total) };
}

function suiteLine({ suite, repos, cases, gap }: SuiteView): string {
  const heading = gap ? `; gap ${gap.points.toFixed(1)} points (${gap.band})` : "";
  const { critical, normal, repeated, retired } = cases;
  return `${suite} for ${repos.join(", ")}: ${critical} critical and ${normal} normal cases, ${repeated} of them repeated; ${retired} retired${heading}`;
}

function runLine({ sha, change, attempt, state, result }: RunView): string {
  const head = `${sha.slice(0, 12)} of ${change}, attempt ${attempt} of 3`;
  if (!result) return `${head}: ${state === "running" ? "running" : "ended without a verdict; Andon's log says why"}`;
  const { passed, total, classes, satisfaction, verdict } = result;
  const failed = ({ passed: right, total: all }: { passed: number; total: number }): number => all - right;
  const counts = `${passed} of ${total} passed; failed: ${failed(classes.critical)} critical, ${failed(classes.normal)} normal`;
  return `${head}: ${verdict.toUpperCase()}. ${counts}; satisfaction ${(satisfaction * 100).toFixed(1)} %`;
}
