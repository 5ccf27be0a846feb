import assert from "node:assert/strict";
import test from "node:test";
import { hookVendors } from "../../hooks/vendors.ts";
import { asAdmin, asAgent, makeWorld, type World } from "../../testing/api-fakes.ts";
import { hookCaptures } from "../../testing/read-hooks.ts";
import { createApp } from "../app.ts";
import type { Rates } from "../rate-limits.ts";
import { RATES } from "../rate-limits.ts";

function start(world: World = makeWorld(), rates: Rates = RATES) {
  const { app } = createApp(world.deps, rates);
  const post = async (path: string, body: string | Uint8Array, headers: Record<string, string> = asAgent) => {
    const response = await app.request(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: body as string,
    });
    return { status: response.status, type: response.headers.get("content-type"), body: await response.text() };
  };
  return { world, post };
}

const payloadOf = (vendor: string, event: string, tool: string): string =>
  JSON.stringify(hookCaptures(vendor).find((each) => each.event === event && Object.values(each.payload).includes(tool))?.payload);

const TOOLS = [
  ["claude-code", "PreToolUse", "Bash"],
  ["codex", "PreToolUse", "Bash"],
  ["copilot-cli", "preToolUse", "bash"],
  ["gemini-cli", "BeforeTool", "run_shell_command"],
] as const;

const denied = async () => ({
  effect: "deny" as const,
  reasons: [
    { policy: "tool_calls", rule: "disk_wipe", effect: "deny", reason: "It wipes the disk.", page: "/policies/tool_calls#disk_wipe" },
  ],
  obligations: [],
});

test("each vendor's hook is decided for the key's agent and answered in its own form", async () => {
  const { world, post } = start();
  for (const [vendor, event, tool] of TOOLS) {
    world.decision = async () => ({ effect: "allow", reasons: [], obligations: [] });
    const path = `/api/v1/hooks/${vendor}?event=${event}`;
    assert.deepEqual(await post(path, payloadOf(vendor, event, tool)), { status: 200, type: "application/json", body: "{}" });
    world.decision = denied;
    const answer = await post(path, payloadOf(vendor, event, tool));
    assert.equal(answer.status, 200);
    assert.match(
      answer.body,
      /"deny".*It wipes the disk\. \(rule tool_calls\/disk_wipe, http:\/\/localhost\/policies\/tool_calls#disk_wipe\)/,
    );
  }
  assert.deepEqual([...new Set(world.hooked.map(({ agentId }) => agentId))], ["a1"]);
  assert.equal(world.hooked.length, 8);
});

test("headers say where the work is and what shuts the agent in; the payload says the rest", async () => {
  const { world, post } = start();
  const place = {
    "x-andon-workspace": Buffer.from("/home/dev/loja-São").toString("latin1"),
    "x-andon-branch": "main",
    "x-andon-repo": "shop%2Fweb",
    "x-andon-sandbox": "docker; network=none",
  };
  await post("/api/v1/hooks/codex", payloadOf("codex", "PreToolUse", "Bash"), { ...asAgent, ...place });
  await post("/api/v1/hooks/codex", payloadOf("codex", "PreToolUse", "Bash"), { ...asAgent, "x-andon-sandbox": "bwrap" });
  assert.deepEqual(
    world.hooked.map(({ context }) => context),
    [
      {
        cwd: "/home/dev/shop-api",
        workspace: "/home/dev/loja-São",
        repo: "shop/web",
        branch: "main",
        sandbox: { kind: "docker", network: "none" },
      },
      { cwd: "/home/dev/shop-api", sandbox: { kind: "bwrap", network: "full" } },
    ],
  );
});

test("no failure lets a tool run: it is answered with 200 and the vendor's own deny", async () => {
  const tight = { ...RATES, ingest: { calls: 0, seconds: 60 } };
  for (const [vendor, event, tool] of TOOLS) {
    const path = `/api/v1/hooks/${vendor}?event=${event}`;
    const payload = payloadOf(vendor, event, tool);
    const { world, post } = start();
    world.decision = () => Promise.reject(new Error("password=hunter2"));
    const answers = [
      await post(path, payload, { authorization: "Bearer andon_wrong" }),
      await post(path, payload, {}),
      await post(path, payload, asAdmin),
      await post(path, payload),
      await post(path, `{"tool_name": "${"x".repeat(50)}`),
      await post(path, "[".repeat(10_000)),
      await post(path, new Uint8Array([0xff, 0xfe])),
      await post(path, ""),
      await post(path, payload, { ...asAgent, "content-length": "104857600" }),
      await post(path, payload, { ...asAgent, "content-encoding": "nonsense" }),
      await post(`${path}&other=1`, payload),
      await post(`/api/v1/hooks/${vendor}?event=${event}&event=Stop`, payload),
      await start(makeWorld(), tight).post(path, payload),
    ];
    for (const [at, answer] of answers.entries()) {
      assert.deepEqual([answer.status, answer.type], [200, "application/json"], `${vendor} ${at}`);
      assert.match(answer.body, /deny/, `${vendor} ${at}`);
      assert.doesNotMatch(answer.body, /hunter2|xxxxx/);
    }
    assert.ok(world.logged.some(({ message, fields }) => message === "a hook got no decision" && "vendor" in fields));
  }
});

test("a failure where nothing is asked is met with silence; an unknown vendor is no hook at all", async () => {
  const { post } = start();
  for (const vendor of hookVendors.keys()) {
    assert.deepEqual(await post(`/api/v1/hooks/${vendor}?event=Stop`, "{", {}), { status: 200, type: "application/json", body: "{}" });
  }
  assert.equal((await post("/api/v1/hooks/other-cli", "{}")).status, 400);
});

test("the hook command can be fetched by whoever has to install it", async () => {
  const { app } = createApp(makeWorld({}).deps);
  const response = await app.request("/api/v1/hooks/andon-hook.sh");
  assert.deepEqual(
    [response.status, response.headers.get("content-type"), await response.text()],
    [200, "text/x-shellscript; charset=utf-8", "#!/bin/sh\n"],
  );
});
