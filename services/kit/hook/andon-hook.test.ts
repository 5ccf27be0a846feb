import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { checkEvent } from "../../domain/check-event.ts";
import { hookVendors } from "../../hooks/vendors.ts";
import { hookCaptures } from "../../testing/read-hooks.ts";

const SCRIPT = join(import.meta.dirname, "andon-hook.sh");
const KEY = "andon_abcdefghijklmnop_0123456789-_AB";
const DOWN = "http://127.0.0.1:1";

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Got {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A platform that answers as it is told, and remembers what it got. */
const platform = {
  url: "",
  got: [] as Got[],
  status: 200,
  body: "{}",
  eventsStatus: 202,
  beforeAnswer: async () => {},
};

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await Array.fromAsync(request)).toString("utf8");
  platform.got.push({ url: request.url ?? "", headers: request.headers, body });
  await platform.beforeAnswer();
  const events = request.url === "/api/v1/events";
  response.writeHead(events ? platform.eventsStatus : platform.status, { "content-type": "application/json", connection: "close" });
  response.end(events ? "{}" : platform.body);
});

let home = "";

before(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  platform.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());
beforeEach((context) => {
  home = mkdtempSync(join(tmpdir(), "andon-hook-"));
  Object.assign(platform, { got: [], status: 200, body: "{}", eventsStatus: 202, beforeAnswer: async () => {} });
  "after" in context && context.after(() => rmSync(home, { recursive: true, force: true }));
});

function conf(lines: Readonly<Record<string, string>>): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, "hook.conf"),
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
    { mode: 0o600 },
  );
}

function run(shell: string, args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(shell, [SCRIPT, ...args], { cwd: tmpdir(), env: { PATH: process.env["PATH"] ?? "", ANDON_HOOK_HOME: home, ...env } });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((done) =>
    child.on("close", (code) => done({ code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") })),
  );
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await new Promise((done) => setTimeout(done, 20));
  assert.ok(holds());
}

const spooled = (): Record<string, unknown>[] =>
  existsSync(join(home, "spool"))
    ? readFileSync(join(home, "spool"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];

/** A call of a tool as the vendor sends it: the same fields in the same order. */
function call(vendor: string, event: string, tool: string, secret = "s3cret"): string {
  const own = vendor === "copilot-cli" && event === "preToolUse";
  const input = { command: secret, tool_name: "Read", toolName: "view", file_path: secret };
  const payload = own
    ? { sessionId: "s-1", timestamp: 1, cwd: `/${secret}`, toolName: tool, toolArgs: input }
    : { session_id: "s-1", cwd: `/${secret}`, hook_event_name: event, tool_name: tool, tool_input: input, tool_use_id: "call_1" };
  return JSON.stringify(payload);
}

for (const shell of ["dash", "bash"]) {
  describe(`the hook command under ${shell}`, () => {
    test("passes the payload on with the key, and prints the answer as it is", async () => {
      conf({ url: `${platform.url}/`, key: KEY });
      platform.body = '{"decision":"deny","reason":"100% \\"no\\" \\n é"}';
      for (const [vendor, event] of [
        ["codex", "PreToolUse"],
        ["gemini-cli", "BeforeTool"],
        ["copilot-cli", "preToolUse"],
        ["claude-code", "PreToolUse"],
      ] as const) {
        platform.got = [];
        const payload = JSON.stringify(hookCaptures(vendor).find((each) => each.event === event)?.payload);
        const ran = await run(shell, [vendor, event], payload);
        assert.deepEqual(ran, { code: 0, stdout: `${platform.body}\n`, stderr: "" });
        const [got] = platform.got;
        assert.equal(got?.url, `/api/v1/hooks/${vendor}?event=${event}`);
        assert.equal(got?.body.trimEnd(), payload);
        assert.equal(got?.headers["authorization"], `Bearer ${KEY}`);
        assert.equal(got?.headers["content-type"], "application/json");
      }
    });

    test("prints nothing where there is nothing to say", async () => {
      const ran = await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash"), {
        ANDON_URL: platform.url,
        ANDON_KEY: KEY,
      });
      assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
    });

    test("says where the work is, from the environment and .git alone", async () => {
      conf({ url: platform.url, key: KEY });
      await run(shell, ["gemini-cli", "BeforeTool"], "{}", {
        GEMINI_PROJECT_DIR: "/home/dev/my shop",
        ANDON_SANDBOX: "docker; network=none",
      });
      await run(shell, ["gemini-cli", "BeforeTool"], "{}", { GEMINI_PROJECT_DIR: '/x"\nurl = "http://evil' });
      assert.deepEqual(
        platform.got.map(({ headers }) => [headers["x-andon-workspace"], headers["x-andon-sandbox"]]),
        [
          ["/home/dev/my shop", "docker; network=none"],
          [undefined, undefined],
        ],
      );
    });

    test("the key is in no process's arguments", { skip: !existsSync("/proc/self/cmdline") }, async () => {
      conf({ url: platform.url, key: KEY });
      let seen = "";
      platform.beforeAnswer = async () => {
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
          try {
            seen += readFileSync(`/proc/${pid}/cmdline`, "utf8");
          } catch {
            // It ended meanwhile.
          }
        }
      };
      await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash", "the-payload"));
      assert.match(seen, /curl\0--disable/);
      assert.ok(!seen.includes(KEY));
      assert.ok(!seen.includes("the-payload"));
    });

    test("without an answer a tool that reads goes on and every other is denied, in the vendor's words", async () => {
      conf({ url: DOWN, key: KEY });
      const deny = async (vendor: string, event: string, tool: string) => run(shell, [vendor, event], call(vendor, event, tool));
      for (const [vendor, event, tool] of [
        ["codex", "PreToolUse", "Bash"],
        ["claude-code", "PreToolUse", "Write"],
        ["claude-code", "PreToolUse", "mcp__x__y"],
      ] as const) {
        const ran = await deny(vendor, event, tool);
        assert.deepEqual([ran.code, ran.stdout], [2, ""]);
        assert.match(ran.stderr, /^Andon was not asked: it cannot be reached/);
      }
      const gemini = await deny("gemini-cli", "BeforeTool", "run_shell_command");
      assert.deepEqual([gemini.code, (JSON.parse(gemini.stdout) as { decision: string }).decision], [0, "deny"]);
      const copilot = await deny("copilot-cli", "preToolUse", "bash");
      assert.deepEqual([copilot.code, (JSON.parse(copilot.stdout) as { permissionDecision: string }).permissionDecision], [0, "deny"]);
      const pascal = await deny("copilot-cli", "PreToolUse", "Bash");
      assert.equal(
        (JSON.parse(pascal.stdout) as { hookSpecificOutput: { permissionDecision: string } }).hookSpecificOutput.permissionDecision,
        "deny",
      );
      for (const [vendor, event, tool] of [
        ["claude-code", "PreToolUse", "Read"],
        ["gemini-cli", "BeforeTool", "read_file"],
        ["copilot-cli", "preToolUse", "view"],
      ] as const) {
        const ran = await deny(vendor, event, tool);
        assert.equal(ran.code, 0);
        assert.match(ran.stdout, /^\{"(systemMessage|additionalContext)":"Andon was not asked/);
        assert.doesNotMatch(ran.stdout, /deny|block/);
      }
      const silent = { code: 0, stdout: "", stderr: "" };
      for (const event of ["SessionStart", "PostToolUse", "Stop", "AfterTool"])
        assert.deepEqual(await deny("codex", event, "Bash"), silent);
    });

    test("which classes go on is a setting; a shell only where everything it may do goes on", async () => {
      conf({ url: DOWN, key: KEY, open: "write execute" });
      const codeOf = async (tool: string, env = {}) =>
        (await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", tool), env)).code;
      assert.deepEqual([await codeOf("apply_patch"), await codeOf("Bash"), await codeOf("view_image")], [0, 2, 2]);
      assert.equal(await codeOf("Bash", { ANDON_HOOK_OPEN: "execute network install" }), 0);
      assert.equal(await codeOf("apply_patch", { ANDON_HOOK_OPEN: "" }), 2);
      const prompt = JSON.stringify({ session_id: "s-1", prompt: "hello" });
      assert.equal((await run(shell, ["codex", "UserPromptSubmit"], prompt)).code, 2);
      assert.equal((await run(shell, ["codex", "UserPromptSubmit"], prompt, { ANDON_HOOK_OPEN: "prompt" })).code, 0);
    });

    test("an answer of anybody else, an error and a late one are no answers", async () => {
      conf({ url: platform.url, key: KEY, timeout: "1" });
      const ask = () => run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash"));
      for (const [status, body] of [
        [200, ""],
        [200, "<html>sign in</html>"],
        [302, "{}"],
        [401, "{}"],
        [500, '{"decision":"approve"}'],
        [204, ""],
      ] as const) {
        Object.assign(platform, { status, body });
        assert.equal((await ask()).code, 2, `${status} ${body}`);
      }
      Object.assign(platform, { status: 200, body: "{}", beforeAnswer: () => new Promise((done) => setTimeout(done, 3000)) });
      const started = performance.now();
      assert.equal((await ask()).code, 2);
      assert.ok(performance.now() - started < 2500);
    });

    test("settings that would break out of curl's configuration are no settings", async () => {
      for (const bad of [
        { key: 'a"\nurl = "http://evil' },
        { key: "" },
        { url: 'http://x"\noutput = "/tmp/x' },
        { url: "file:///etc/passwd" },
        { url: "http://me@host" },
      ]) {
        conf({ url: platform.url, key: KEY, ...bad });
        if ("key" in bad && bad.key.includes("\n")) {
          const ran = await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash"), { ANDON_KEY: bad.key });
          assert.equal(ran.code, 2);
        } else assert.equal((await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash"))).code, 2);
      }
      assert.deepEqual(platform.got, []);
      assert.equal((await run(shell, ["codex", 'x"y'], "{}")).code, 2);
      assert.equal((await run(shell, [], "{}")).code, 2);
      assert.equal((await run(shell, ["flush"])).code, 1);
    });

    test("rubbish and huge payloads are passed on, and denied where nobody answers", async () => {
      conf({ url: platform.url, key: KEY });
      const huge = call("codex", "PreToolUse", "Bash", "x\\\"%s$(id)`id`'\n".repeat(100_000));
      assert.equal((await run(shell, ["codex", "PreToolUse"], huge)).code, 0);
      assert.equal(platform.got[0]?.body, huge);
      conf({ url: DOWN, key: KEY });
      for (const payload of [
        huge,
        "",
        "{",
        '{"tool_name":7}',
        '{"tool_name":"Re\\u0061d"}',
        '{"tool_name":"Read\\"x","tool_input":{}}',
        "\0\xff",
      ]) {
        assert.equal((await run(shell, ["codex", "PreToolUse"], payload)).code, 2, payload.slice(0, 40));
      }
    });

    test("what happened without an answer is written down, without content, and sent by the next call", async () => {
      conf({ url: DOWN, key: KEY });
      await run(shell, ["claude-code", "PreToolUse"], call("claude-code", "PreToolUse", "Bash", "my-password"));
      await run(shell, ["claude-code", "PreToolUse"], call("claude-code", "PreToolUse", "Read", "my-password"));
      await run(shell, ["claude-code", "UserPromptSubmit"], JSON.stringify({ session_id: "s-1", prompt: "my-password" }));
      const file = join(home, "spool");
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.ok(!readFileSync(file, "utf8").includes("my-password"));
      const events = spooled();
      for (const event of events) assert.equal(checkEvent(event, "agt_a", Date.now()).kind, "ok");
      assert.deepEqual(
        events.map(({ data }) => data),
        [
          { sessionId: "s-1", tool: "Bash", decision: "deny", by: "hook-offline" },
          { sessionId: "s-1", tool: "Read", decision: "allow", by: "hook-offline" },
        ],
      );

      await run(shell, ["claude-code", "Stop"], "{}", { ANDON_URL: platform.url });
      await until(() => platform.got.length === 2 && readdirSync(home).length === 1);
      assert.equal(platform.got[1]?.url, "/api/v1/events");
      assert.equal(platform.got[1]?.headers["content-type"], "application/cloudevents-batch+json");
      assert.deepEqual(JSON.parse(platform.got[1]?.body ?? ""), events);
    });

    test("flush sends it, keeps what is not taken, and takes over from one that died", async () => {
      conf({ url: DOWN, key: KEY });
      await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash"));
      const failed = await run(shell, ["flush"]);
      assert.equal(failed.code, 1);
      assert.match(failed.stderr, /did not take everything/);
      await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash"));
      Object.assign(platform, { eventsStatus: 503 });
      assert.equal((await run(shell, ["flush"], "", { ANDON_URL: platform.url })).code, 1);
      Object.assign(platform, { eventsStatus: 202, got: [] });
      assert.deepEqual(await run(shell, ["flush"], "", { ANDON_URL: platform.url }), { code: 0, stdout: "", stderr: "" });
      const sent = platform.got.flatMap(({ body }) => JSON.parse(body) as { id: string }[]);
      assert.equal(new Set(sent.map(({ id }) => id)).size, 2);
      assert.deepEqual(readdirSync(home), ["hook.conf"]);
      assert.equal((await run(shell, ["flush"], "", { ANDON_URL: platform.url })).code, 0);
    });

    test("the spool has an end; what does not fit is counted", async () => {
      conf({ url: DOWN, key: KEY });
      writeFileSync(join(home, "spool"), `${"x".repeat(1_048_576)}\n`);
      const ran = await run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", "Bash"));
      assert.equal(ran.code, 2);
      assert.match(ran.stderr, /spool is full/);
      const flushed = await run(shell, ["flush"], "", { ANDON_URL: platform.url });
      assert.match(flushed.stderr, /1 records were dropped/);
      assert.deepEqual(readdirSync(home), ["hook.conf"]);
    });

    test("hooks that run at once write whole lines", async () => {
      conf({ url: DOWN, key: KEY });
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => run(shell, ["codex", "PreToolUse"], call("codex", "PreToolUse", `tool_${at}`))),
      );
      assert.equal(new Set(spooled().map(({ data }) => (data as { tool: string }).tool)).size, 20);
    });
  });
}

test("its classes are those of the platform", () => {
  const script = readFileSync(SCRIPT, "utf8");
  const lines = [...script.matchAll(/^ {4}([\w |]+)\) class=(read|write|execute|network|delegate) ;;$/gm)];
  assert.equal(lines.length, 8);
  const events: Readonly<Record<string, string>> = {
    "claude-code": "PreToolUse",
    codex: "PreToolUse",
    "copilot-cli": "preToolUse",
    "gemini-cli": "BeforeTool",
  };
  for (const [, names = "", kind] of lines) {
    for (const tool of names.split(" | ")) {
      const classes = [...hookVendors].map(([name, vendor]) => {
        const reading = vendor.read({ tool_name: tool, toolName: tool, tool_input: {}, toolArgs: {} }, events[name] ?? null);
        return reading.kind === "question" ? reading.request.resource["class"] : null;
      });
      assert.ok(classes.includes(kind), `${tool}: ${classes}`);
      assert.ok(
        classes.every((each) => each === kind || each === "other"),
        `${tool}: ${classes}`,
      );
    }
  }
});
