import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { AgentSecret, EventPage } from "../../schemas/api.ts";
import type { ApprovalInbox } from "../../schemas/approval-api.ts";
import { hookCaptures } from "../testing/read-hooks.ts";
import { type Andon, eventually, startAndon } from "../testing/start-andon.ts";

const execute = promisify(execFile);
let andon: Andon;
let secret: AgentSecret;
let home: string;

before(async () => {
  andon = await startAndon();
  secret = JSON.parse(await andon.cli("agents", "add", "hooked", "--team", "payments", "--json")) as AgentSecret;
  home = await mkdtemp(join(tmpdir(), "andon-hooks-"));
});
after(async () => {
  await andon[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const TOOLS = [
  ["claude-code", "PreToolUse", "Bash", "tool_input"],
  ["codex", "PreToolUse", "Bash", "tool_input"],
  ["copilot-cli", "preToolUse", "bash", "toolArgs"],
  ["gemini-cli", "BeforeTool", "run_shell_command", "tool_input"],
] as const;

/** A captured call of the vendor's shell, told to run another command. */
function shellCall([vendor, event, tool, input]: (typeof TOOLS)[number], command: string): string {
  const found = hookCaptures(vendor).find((each) => each.event === event && Object.values(each.payload).includes(tool));
  return JSON.stringify({ ...found?.payload, [input]: { ...(found?.payload[input] as object), command } });
}

const ask = async (vendor: string, event: string, payload: string, key = secret.key): Promise<string> => {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const response = await fetch(`${andon.url}/api/v1/hooks/${vendor}?event=${event}`, { method: "POST", headers, body: payload });
  assert.equal(response.status, 200);
  return response.text();
};

/** Runs a vendor's hook as the printed settings have it. */
function runHook(vendor: string, payload: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const settings = secret.settings.find((each) => each.vendor === vendor && /andon-hook\.sh/.test(each.text));
  const command = Object.values(
    (JSON.parse(settings?.text ?? "") as { hooks: Record<string, [{ hooks: [{ command: string }] }]> }).hooks,
  )[0]?.[0].hooks[0].command;
  const child = spawn("sh", ["-c", command ?? "exit 9"], { cwd: home, env: { PATH: process.env["PATH"] ?? "", HOME: home } });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  child.stdin.end(payload);
  return new Promise((done) => child.on("close", (code) => done({ code, ...said })));
}

test("the recorded payloads of four vendors are allowed, denied and sent for approval in each vendor's own form", async () => {
  for (const tool of TOOLS) {
    const [vendor, event] = tool;
    assert.equal(await ask(vendor, event, shellCall(tool, "npm test")), "{}", vendor);
    const denied = await ask(vendor, event, shellCall(tool, "rm -rf /"));
    assert.match(denied, /"(permissionD|d)ecision":"deny".*Denied by policy\..*rule tool_calls\/disk_wipe/, vendor);
    const waiting = await ask(vendor, event, shellCall(tool, "rm -rf test"));
    assert.match(
      waiting,
      /"(permissionD|d)ecision":"deny".*A person has to approve this first\..*rule tool_calls\/destructive_command/,
      vendor,
    );
  }
  const stored = () => andon.get<EventPage>("/api/v1/events?type=andon.decision.made");
  const made = await eventually(stored, ({ items }) => items.length >= 12);
  assert.ok(made.items.every(({ event }) => (event as { data: { door: string } }).data.door === "hook"));
});

test("once a person approved it, exactly the same call goes through, one time", async () => {
  const lead = JSON.parse(await andon.cli("people", "add", "Ana", "--role", "lead", "--json")) as { token: string };
  const person = { authorization: `Bearer ${lead.token}`, "content-type": "application/json" };
  const payload = shellCall(TOOLS[3], "npm install left-pad");
  const waiting = await ask("gemini-cli", "BeforeTool", payload);
  const id = /\/approvals\/([\w-]+), then try exactly the same again/.exec(waiting)?.[1];
  const inbox = (await (await fetch(`${andon.url}/api/v1/approvals`, { headers: person })).json()) as ApprovalInbox;
  const item = inbox.items.find((each) => each.id === id);
  assert.equal(item?.status, "waiting", waiting);
  const body = JSON.stringify({ approvals: [id], vote: "approve", digest: item?.digest });
  assert.equal((await fetch(`${andon.url}/api/v1/approvals/votes`, { method: "POST", headers: person, body })).status, 200);
  assert.match(await ask("gemini-cli", "BeforeTool", shellCall(TOOLS[3], "npm install right-pad")), /has to approve/);
  assert.equal(await ask("gemini-cli", "BeforeTool", payload), "{}");
  assert.match(await ask("gemini-cli", "BeforeTool", payload), /has to approve/);
});

test("a key that opens nothing denies, and so does rubbish", async () => {
  assert.match(await ask("claude-code", "PreToolUse", shellCall(TOOLS[0], "npm test"), "andon_wrong"), /"deny".*credential is not valid/);
  assert.match(await ask("gemini-cli", "BeforeTool", "{"), /"deny".*not JSON/);
});

test("the hook command, installed and run as printed, asks, stays closed while the platform is down, and tells of it later", async () => {
  const install = secret.settings.find(({ vendor }) => vendor === "hook");
  await execute("sh", ["-c", install?.text ?? "exit 9"], { env: { PATH: process.env["PATH"] ?? "", HOME: home } });
  assert.deepEqual(await runHook("codex", shellCall(TOOLS[1], "npm test")), { code: 0, stdout: "", stderr: "" });
  assert.match((await runHook("codex", shellCall(TOOLS[1], "rm -rf /"))).stdout, /^\{"hookSpecificOutput":.*"permissionDecision":"deny"/);
  await andon.stop();
  assert.equal((await runHook("codex", shellCall(TOOLS[1], "npm test"))).code, 2);
  await andon.restart();
  const script = join(home, ".andon/andon-hook.sh");
  await execute("sh", [script, "flush"], { env: { PATH: process.env["PATH"] ?? "", HOME: home } });
  assert.deepEqual((await readdir(join(home, ".andon"))).sort(), ["andon-hook.sh", "hook.conf"]);
  const stored = () => andon.get<EventPage>("/api/v1/events?type=andon.session.tool.decided");
  const { items } = await eventually(stored, (page) => page.items.length > 0);
  const told = items.map(({ event }) => (event as { data: Record<string, string> }).data);
  assert.deepEqual(
    told.map(({ tool, decision, by }) => [tool, decision, by]),
    [["Bash", "deny", "hook-offline"]],
  );
});
