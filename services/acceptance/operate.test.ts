import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { credsAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import type { AgentSecret, CostAnswer, Health, QuarantinePage } from "../../schemas/api.ts";
import { readBody } from "../testing/read-capture.ts";
import { type Andon, eventually, freePort, startAndon } from "../testing/start-andon.ts";

const execute = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
let andon: Andon;
let secret: AgentSecret;
let otlpPort: number;

before(async () => {
  otlpPort = await freePort();
  andon = await startAndon({ ANDON_OTLP_PORT: String(otlpPort) });
  secret = JSON.parse(await andon.cli("agents", "add", "my-agent", "--team", "payments", "--feature", "checkout", "--json")) as AgentSecret;
});
after(() => andon[Symbol.asyncDispose]());

const usage = (id: string, feature: string, input = 1_000_000) => ({
  specversion: "1.0",
  id,
  source: "acceptance",
  type: "andon.session.usage.recorded.v2",
  feature,
  data: {
    sessionId: `session-${id}`,
    kind: "request",
    key: id,
    via: { signal: "event", name: "acceptance", rank: 9 },
    provider: "anthropic",
    model: "claude-opus-5-5",
    convention: "disjoint",
    quality: "exact",
    tokens: { input },
  },
});

const costOf = async (feature: string) => (await andon.get<CostAnswer>(`/api/v1/costs?by=feature&feature=${feature}`)).rows[0];
const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}, port?: number) =>
  fetch(port === undefined ? `${andon.url}${path}` : `http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret.key}`, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });

describe("one installation", () => {
  test("keeps its administrator's token readable by its owner alone", async () => {
    const { mode } = await stat(join(andon.data, "admin.token"));
    assert.equal(mode & 0o777, 0o600);
  });

  test("refuses a second start on the same folder and says what to do", async () => {
    const port = String(await freePort());
    const second = execute(process.execPath, [
      join(root, "services", "main.ts"),
      "up",
      "--no-console",
      "--data",
      andon.data,
      "--port",
      port,
    ]);
    await assert.rejects(
      second,
      (error: { code: number; stderr: string }) => error.code === 1 && /runs on .* already .*--data/s.test(error.stderr),
    );
    assert.equal((await andon.get<Health>("/api/v1/health")).state, "up");
  });

  test("lists the agents that were added from the command line", async () => {
    assert.match(await andon.cli("agents", "list"), /my-agent .* team payments, feature checkout/);
    await assert.rejects(andon.cli("agents", "add", "my-agent", "--team", "payments"), /name/);
  });
});

describe("telemetry", () => {
  test("is taken on OpenTelemetry's own port, and gzipped", async () => {
    const body = gzipSync(Buffer.from(readBody("claude-code/s1-json/003-logs.json")));
    const response = await post("/v1/logs", body, { "content-encoding": "gzip" }, otlpPort);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {});
  });

  for (const [name, body, headers] of [
    ["broken protobuf", Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), { "content-type": "application/x-protobuf" }],
    ["malformed JSON", Buffer.from('{"resourceLogs":[{'), {}],
    ["ten thousand levels", Buffer.from(`{"resourceLogs":${"[".repeat(10_000)}`), {}],
    ["wrong gzip", Buffer.from("not gzip"), { "content-encoding": "gzip" }],
  ] as const) {
    test(`${name}: a client error, and the platform goes on`, async () => {
      const response = await post("/v1/logs", body, headers);
      assert.equal(response.status, 400);
      assert.equal((await andon.get<Health>("/api/v1/health")).state, "up");
    });
  }

  test("of a stolen or invented key is not taken", async () => {
    const response = await post("/v1/logs", "{}", { authorization: "Bearer andon_x_y" });
    assert.equal(response.status, 401);
  });

  test("of a hundred megabytes is refused before it is read", async () => {
    const response = await post("/v1/logs", Buffer.alloc(100 * 1024 * 1024, 0x20)).catch(() => null);
    assert.ok(response === null || response.status === 413);
    assert.equal((await andon.get<Health>("/api/v1/health")).state, "up");
  });
});

describe("an event", () => {
  test("over HTTP in binary mode is counted and priced", async () => {
    const { data, ...envelope } = usage("binary", "by-binary");
    const ce = Object.fromEntries(Object.entries(envelope).map(([name, value]) => [`ce-${name}`, String(value)]));
    const response = await post("/api/v1/events?wait=stored", JSON.stringify(data), ce);
    assert.equal(response.status, 200, await response.clone().text());
    // A million input tokens of claude-opus-5-5 at 4 USD.
    assert.equal(
      (
        await eventually(
          () => costOf("by-binary"),
          (row) => row !== undefined,
        )
      )?.cost,
      "4",
    );
  });

  test("that tries to break out of an insert stays data", async () => {
    const hostile = "x\n\nDROP TABLE cost_hourly;\nFORMAT CSV\n'; --";
    const refused = await post("/api/v1/events", JSON.stringify({ ...usage("control", "x"), feature: hostile }), {
      "content-type": "application/cloudevents+json",
    });
    assert.equal(refused.status, 422, "control characters are no part of a name");
    const quiet = "x; DROP TABLE cost_hourly FORMAT JSONEachRow '\\ \u2028";
    await post("/api/v1/events?wait=stored", JSON.stringify(usage("quiet", quiet)), { "content-type": "application/cloudevents+json" });
    const answer = await eventually(
      () => andon.get<CostAnswer>(`/api/v1/costs?by=feature&feature=${encodeURIComponent(quiet)}`),
      ({ rows }) => rows.length === 1,
    );
    assert.equal(answer.rows[0]?.feature, quiet);
  });

  test("that cannot be read waits in quarantine, and can be given up with a reason", async () => {
    const response = await post("/api/v1/events", JSON.stringify({ ...usage("bad", "x"), type: "andon.session.danced.v1" }));
    const { rejected } = (await response.json()) as { rejected: { quarantineId: string; reason: string }[] };
    const id = rejected[0]?.quarantineId ?? "";
    const held = await eventually(
      () => andon.get<QuarantinePage>("/api/v1/quarantine?state=held"),
      ({ items }) => items.some((item) => item.id === id),
    );
    assert.equal(held.items.find((item) => item.id === id)?.code, "unknown_type");
    const discarded = await fetch(`${andon.url}/api/v1/quarantine/${id}/discard`, {
      method: "POST",
      headers: { authorization: `Bearer ${andon.token}`, "content-type": "application/json" },
      body: JSON.stringify({ reason: "a test" }),
    });
    assert.equal(discarded.status, 200, await discarded.clone().text());
  });
});

describe("an agent on NATS", () => {
  const dial = () =>
    connect({
      servers: secret.nats?.servers ?? [],
      authenticator: credsAuthenticator(Buffer.from(secret.nats?.credentials ?? "")),
      inboxPrefix: secret.nats?.inboxPrefix ?? "",
      reconnect: false,
    });

  test("reports with its own credential and hears when it is stored", async () => {
    const nc = await dial();
    const inbox = `${secret.nats?.inboxPrefix}.receipt`;
    const receipts = nc.subscribe(inbox, { max: 1 });
    const { headers } = await import("@nats-io/nats-core");
    const asked = headers();
    asked.set("Andon-Receipt", inbox);
    nc.publish(`andon.events.${secret.agent.id}.session`, JSON.stringify(usage("nats", "by-nats")), { headers: asked });
    for await (const receipt of receipts) assert.deepEqual(receipt.json(), { stored: 1, duplicates: 0, quarantined: [] });
    await nc.close();
    assert.equal(
      (
        await eventually(
          () => costOf("by-nats"),
          (row) => row !== undefined,
        )
      )?.cost,
      "4",
    );
  });

  test("cannot report as somebody else", async () => {
    const nc = await dial();
    const refused = (async () => {
      for await (const status of nc.status()) if (status.type === "error") return status.error.message;
      return "";
    })();
    nc.publish("andon.events.agt_somebody.session", JSON.stringify(usage("forged", "forged")));
    await nc.flush();
    assert.match(await refused, /permission/i);
    await nc.close();
  });

  test("is cut off within a second when its key is revoked", async () => {
    const nc = await dial();
    const closed = nc.closed();
    const start = performance.now();
    const revoked = await fetch(`${andon.url}/api/v1/agents/${secret.agent.id}/keys/${secret.keyId}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${andon.token}` },
    });
    assert.equal(revoked.status, 200, await revoked.clone().text());
    assert.equal((await post("/api/v1/events", JSON.stringify(usage("late", "late")))).status, 401);
    await closed;
    assert.ok(performance.now() - start < 5_000, "the connection was closed, not left to time out");
  });
});

test("stops cleanly, starts again, and knows everything from before", async () => {
  const before = await costOf("by-nats");
  assert.equal(await andon.stop(), 0);
  assert.match(await andon.cli("agents", "list"), /my-agent/);
  await andon.restart();
  assert.deepEqual(await costOf("by-nats"), before);
});
