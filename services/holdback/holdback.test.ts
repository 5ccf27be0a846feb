import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Candidate, NewCase } from "../../schemas/holdback-api.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { openSqliteKeyVault } from "../adapters/sqlite/key-vault.ts";
import { openSqlitePayloadStore } from "../adapters/sqlite/payload-store.ts";
import { canaryOf } from "../domain/holdback/canary.ts";
import { type Holdback, openHoldback } from "./holdback.ts";

const BY = { kind: "human", id: "psn_1" } as const;
const REPO = "acme/pay";
const sha = (digit: string): string => digit.repeat(40);

let dir: string;
let stack: AsyncDisposableStack;
let deps: Parameters<typeof openHoldback>[0];
let counter: number;
let troubles: string[];
let holdback: Holdback;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  dir = await mkdtemp(join(tmpdir(), "andon-test-holdback-"));
  stack.defer(() => rm(dir, { recursive: true }));
  const payloads = stack.use(await openSqlitePayloadStore({ file: join(dir, "payloads.db") }));
  const vault = stack.use(await openSqliteKeyVault({ file: join(dir, "vault.db"), masterKeyFile: join(dir, "vault.key") }));
  [counter, troubles] = [0, []];
  const random = (bytes: number): Uint8Array => createHash("sha256").update(String(++counter)).digest().subarray(0, bytes);
  deps = { store: openMemoryEventStore(), payloads, vault, now: Date.now, random, trouble: (message) => troubles.push(message) };
  holdback = stack.use(await openHoldback(deps));
});
afterEach(() => stack.disposeAsync());

/** A candidate that is a piece of JavaScript: `input` is what it was given. */
const script = (code: string): Candidate => ({
  command: [process.execPath, "-e", `const input = require("node:fs").readFileSync(0, "utf8"); ${code}`],
});
const upper: NewCase = {
  class: "critical",
  kind: "deterministic",
  input: "seven badgers",
  expect: { kind: "exact", value: "SEVEN BADGERS" },
};
const LOUD = script("console.log(input.toUpperCase())");

async function add(...cases: NewCase[]): Promise<readonly string[]> {
  const answer = await holdback.add("core", [REPO], cases, BY);
  assert.ok(answer.kind === "added", JSON.stringify(answer));
  return answer.caseIds;
}

async function run(candidate: Candidate, commit = sha("a"), change = "chg_1"): Promise<void> {
  const answer = await holdback.run("core", { sha: commit, change, candidate }, BY);
  assert.ok(answer.kind === "started", JSON.stringify(answer));
  assert.ok(holdback.isRunning(answer.runId));
  await answer.done;
  assert.ok(!holdback.isRunning(answer.runId));
}

const verdict = (commit = sha("a")): string | null => holdback.verdictFor(REPO, commit)?.verdict ?? null;
const result = () => [...(holdback.get("core")?.runs.values() ?? [])].at(-1)?.result ?? null;
async function events() {
  const stored = await deps.store.readStream("holdback-core", 0, 1000);
  return stored.map(({ type, body }) => ({ type: type.replace(/^andon\.holdback\.|\.v1$/g, ""), body }));
}
const fast = (each: NewCase): NewCase => ({ ...each, timeLimitMs: 1000 });

describe("a candidate", () => {
  test("that is right passes for its commit, and every read is an event", async () => {
    const [caseId] = await add(upper);
    await run(LOUD);
    assert.deepEqual([verdict(), verdict(sha("b"))], ["passed", null]);
    assert.deepEqual(
      (await events()).map(({ type }) => type),
      ["suite.defined", "case.added", "run.started", "case.read", "run.finished"],
    );
    assert.equal(holdback.get("core")?.cases.get(caseId ?? "")?.reads, 1);
    assert.ok((await events()).every(({ body }) => !/badgers/i.test(body)));
  });

  test("that is wrong fails, and only counts are said", async () => {
    await add(upper, { ...upper, class: "normal", input: "x", expect: { kind: "exact", value: "x" } });
    await run(script("console.log(input)"));
    const { at: _at, durationMs: _ms, ...counts } = result() ?? assert.fail("no result");
    assert.deepEqual(counts, {
      ...{ passed: 1, total: 2, satisfaction: 0.5, verdict: "failed" },
      classes: { critical: { passed: 0, total: 1 }, normal: { passed: 1, total: 1 } },
    });
  });

  test("is compared as its case says: exactly, by pattern, as JSON", async () => {
    await add(
      { ...upper, input: "1", expect: { kind: "regex", value: "^\\d+ apples$" } },
      { ...upper, input: "2", expect: { kind: "json", value: { b: [1, 2], a: null } } },
    );
    await run(script(`console.log(input === "1" ? "12 apples" : '{ "a": null, "b": [1, 2.0] }')`));
    assert.equal(verdict(), "passed");
    await run(script(`console.log(input === "1" ? "12 apples " : "[".repeat(100000))`));
    assert.equal(result()?.passed, 0);
  });

  test("runs five times where the answer may differ", async () => {
    await add({ ...upper, kind: "repeated", class: "normal" });
    const log = join(dir, "runs");
    await run(script(`require("node:fs").appendFileSync(${JSON.stringify(log)}, "x"); console.log(input.toUpperCase())`));
    assert.equal(await readFile(log, "utf8"), "xxxxx");
    assert.equal(verdict(), "passed");
  });

  test("that crashes after the right answer fails the case", async () => {
    await add(upper);
    await run(script("console.log(input.toUpperCase()); process.exitCode = 1"));
    assert.equal(verdict(), "failed");
  });

  test("that hangs is killed with everything it started", async () => {
    await add(fast(upper));
    const pids = join(dir, "pids");
    const child = `require("node:child_process").spawn("sleep", ["60"]).pid`;
    await run(script(`require("node:fs").writeFileSync(${JSON.stringify(pids)}, String(${child})); setInterval(() => {}, 1000)`));
    assert.equal(verdict(), "failed");
    const pid = Number(await readFile(pids, "utf8"));
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "gone");
    assert.match(state, /^gone$|\) Z /);
  });

  test("that never stops talking is stopped", async () => {
    await add({ ...upper, timeLimitMs: 30_000 });
    const started = performance.now();
    await run({ command: ["yes", "SEVEN BADGERS"] });
    assert.equal(verdict(), "failed");
    assert.ok(performance.now() - started < 10_000);
  });

  test("that does not read its input can still be right", async () => {
    await add({ ...upper, input: "x".repeat(200_000) });
    await run({ command: ["echo", "SEVEN BADGERS"] });
    assert.equal(verdict(), "passed");
  });

  test("sees PATH and an empty folder of its own, which is gone afterwards", async () => {
    process.env["ANDON_TEST_SECRET"] = "open sesame";
    const seen = join(dir, "seen");
    await add(upper);
    const look = `{ env: process.env, cwd: process.cwd(), files: require("node:fs").readdirSync(".") }`;
    await run(script(`require("node:fs").writeFileSync(${JSON.stringify(seen)}, JSON.stringify(${look}))`));
    delete process.env["ANDON_TEST_SECRET"];
    const { env, cwd, files } = JSON.parse(await readFile(seen, "utf8")) as { env: object; cwd: string; files: string[] };
    assert.deepEqual([Object.keys(env), files], [["PATH"], []]);
    await assert.rejects(readdir(cwd));
  });

  test("that prints its environment is told nothing, and nothing of it is kept", async () => {
    await add(upper);
    await run({ command: ["env"] });
    assert.equal(verdict(), "failed");
    assert.ok((await events()).every(({ body }) => !body.includes(process.env["PATH"] ?? "no PATH")));
  });

  test("with an answer made to make a pattern run for ever is just wrong", async () => {
    await add({ ...upper, expect: { kind: "regex", value: "^(a+)+$" } });
    const started = performance.now();
    await run(script(`console.log("a".repeat(5000) + "!")`));
    assert.equal(verdict(), "failed");
    assert.ok(performance.now() - started < 10_000);
  });

  test("that cannot be started has no verdict, and the attempt counts", async () => {
    await add(upper);
    await run({ command: ["/does/not/exist"] });
    assert.deepEqual([verdict(), result()], [null, null]);
    assert.match(troubles[0] ?? "", /cannot be started/);
    await run(LOUD);
    assert.equal([...(holdback.get("core")?.runs.values() ?? [])].at(-1)?.attempt, 2);
  });
});

describe("a candidate that is a service", () => {
  async function serve(listener: RequestListener): Promise<Candidate> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    stack.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  }

  test("is given the input as a body", async () => {
    await add(upper);
    await run(
      await serve(async (request, response) => {
        response.end(String(Buffer.concat(await request.toArray())).toUpperCase());
      }),
    );
    assert.equal(verdict(), "passed");
  });

  test("fails by silence, by talking on, by an error and by sending elsewhere", async () => {
    await add(fast(upper));
    const right = "SEVEN BADGERS";
    const listeners: RequestListener[] = [
      () => {},
      (_request, response) => void response.end(`${right}${"\n".repeat(300_000)}`),
      (_request, response) => void response.writeHead(500).end(right),
    ];
    for (const [nth, listener] of listeners.entries()) {
      await run(await serve(listener), sha(String(nth)), `chg_${nth}`);
      assert.equal(verdict(sha(String(nth))), "failed");
    }
    const target = (await serve((_request, response) => void response.end(right))) as { url: string };
    await run(await serve((_request, response) => void response.writeHead(307, { location: target.url }).end()), sha("d"), "chg_d");
    assert.equal(verdict(sha("d")), "failed");
  });

  test("is on this machine, or nothing is sent and no attempt is used", async () => {
    await add(upper);
    for (const url of [
      "http://example.com/",
      "https://127.0.0.1/",
      "file:///etc/passwd",
      "http://127.0.0.1.example.com/",
      "http://a@127.0.0.1/",
    ]) {
      assert.equal((await holdback.run("core", { sha: sha("a"), change: "c", candidate: { url } }, BY)).kind, "invalid");
    }
    assert.equal(holdback.get("core")?.runs.size, 0);
  });
});

describe("a run", () => {
  const HANG = script("setInterval(() => {}, 1000)");

  test("that is stopped in the middle leaves no verdict, also after the next start", async () => {
    await add({ ...upper, timeLimitMs: 60_000 });
    await using other = await openHoldback(deps);
    const answer = await other.run("core", { sha: sha("a"), change: "c", candidate: HANG }, BY);
    assert.equal(answer.kind, "started");
    await other[Symbol.asyncDispose]();
    await using again = await openHoldback(deps);
    assert.equal(again.verdictFor(REPO, sha("a")), null);
    assert.deepEqual(
      [...(again.get("core")?.runs.values() ?? [])].map((each) => each.result),
      [null],
    );
  });

  test("is alone, and three are all that a change gets", async () => {
    await add(upper);
    const two = [LOUD, LOUD].map((candidate) => holdback.run("core", { sha: sha("a"), change: "chg_1", candidate }, BY));
    const [first, second] = await Promise.all(two);
    assert.deepEqual([first?.kind, second?.kind], ["started", "busy"]);
    if (first?.kind === "started") await first.done;
    await run(LOUD, sha("b"));
    await run(LOUD, sha("c"));
    assert.equal((await holdback.run("core", { sha: sha("d"), change: "chg_1", candidate: LOUD }, BY)).kind, "no_attempts_left");
    await run(LOUD, sha("d"), "chg_2");
  });

  test("of a case that cannot be opened any more has no verdict", async () => {
    const [caseId] = await add(upper);
    await deps.payloads.delete([`holdback-core.${caseId}`]);
    await run(LOUD);
    assert.deepEqual([verdict(), troubles.length], [null, 1]);
  });
});

describe("a case", () => {
  test("is found by its canary where it leaked, and retired with it", async () => {
    const [one = "", two = ""] = await add({ ...upper, input: "id {{canary}}" }, upper);
    const seen = join(dir, "seen");
    await run(script(`require("node:fs").appendFileSync(${JSON.stringify(seen)}, input)`));
    const leaked = /cnry_\w+/.exec(await readFile(seen, "utf8"))?.[0] ?? "";
    assert.deepEqual(holdback.leakedIn("core", `a diff with ${leaked} in it`), [one]);
    assert.deepEqual(holdback.leakedIn("core", canaryOf(Buffer.alloc(32), one)), [], "nobody makes one without the key");
    assert.ok((await events()).every(({ body }) => !body.includes(leaked)));
    assert.deepEqual(await holdback.retire("core", [one, one], "contaminated", BY), { kind: "retired", caseIds: [one] });
    assert.deepEqual([verdict(), holdback.leakedIn("core", leaked)], ["stale", []]);
    await run(LOUD);
    assert.deepEqual([verdict(), holdback.get("core")?.cases.get(two)?.reads], ["passed", 2]);
  });

  test("that cannot be kept is refused with its number, and none of the others is added", async () => {
    const bad: NewCase = { ...upper, expect: { kind: "regex", value: "(" } };
    const answer = await holdback.add("core", [REPO], [upper, bad], BY);
    assert.ok(answer.kind === "invalid" && /^case 2: expect.value/.test(answer.reason));
    assert.equal((await holdback.add("core", [REPO], [{ ...upper, input: "\ud800" }], BY)).kind, "invalid");
    assert.equal(holdback.get("core"), null);
    assert.equal((await holdback.add("new", undefined, [upper], BY)).kind, "unknown_suite");
  });
});
