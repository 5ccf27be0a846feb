import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { connectAgent } from "../../testing/bus-agent.ts";
import { eventually } from "../../testing/contracts/event-bus.reader.ts";
import { openCluster } from "../../testing/nats-bus.ts";
import { newestServer } from "../../testing/nats-servers.ts";
import { openNatsEventBus } from "./event-bus.ts";
import { writeOwnServer } from "./own-server.ts";
import { anyFreePort } from "./ports.ts";

const binary = await newestServer();

test("without a signing key nobody gets a credential, and it is said what is missing", async () => {
  await using cluster = await openCluster(binary);
  const { credentials } = cluster.files;
  await using bus = await openNatsEventBus({ kind: "cluster", servers: [cluster.url], credentials, signingKey: null });
  const issued = await bus.issueCredential("agt_a", null);
  assert.ok(issued.kind === "unavailable");
  assert.match(issued.reason, /NATS_SIGNING_KEY/);
});

test("without the operator's key a credential cannot be revoked here, and it is said how it can", async () => {
  await using cluster = await openCluster(binary);
  const { credentials, signingKey } = cluster.files;
  await using bus = await openNatsEventBus({ kind: "cluster", servers: [cluster.url], credentials, signingKey });
  const issued = await bus.issueCredential("agt_a", null);
  assert.ok(issued.kind === "issued");
  const revoked = await bus.revokeCredential(issued.credential.user);
  assert.ok(revoked.kind === "unavailable");
  assert.ok(revoked.reason.includes(`nsc revocations add-user --user-public-key ${issued.credential.user}`));
});

test("agents in the platform's own account work, with a standing warning", async () => {
  await using cluster = await openCluster(binary);
  const { credentials, signingKey } = cluster.files;
  const keys = JSON.parse(await readFile(join(dirname(signingKey), "keys.json"), "utf8")) as { platform: string };
  const shared = join(dirname(signingKey), "shared.nk");
  await writeFile(shared, `${keys.platform}\n`);
  await using bus = await openNatsEventBus({ kind: "cluster", servers: [cluster.url], credentials, signingKey: shared });
  assert.ok((await bus.status()).warnings.some((warning) => warning.includes("share the platform's account")));
  const issued = await bus.issueCredential("agt_a", null);
  assert.ok(issued.kind === "issued");
  await using agent = await connectAgent(issued.credential);
  await agent.ask("andon.events.agt_a.session", "hello");
  await agent.say("andon.events.agt_b.session", "forged");
  assert.equal((await bus.status()).waiting, 1);
});

test("a cluster that is not there, or does not know us, is said at the start", async () => {
  const port = (await anyFreePort("127.0.0.1")) as number;
  const nowhere = { kind: "cluster" as const, servers: [`nats://127.0.0.1:${port}`], credentials: null, signingKey: null };
  await assert.rejects(openNatsEventBus(nowhere), new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached`));
  await using cluster = await openCluster(binary);
  await assert.rejects(openNatsEventBus({ ...nowhere, servers: [cluster.url] }), /cannot be reached: .*authorization/i);
});

test("every file that the platform is given is private", async () => {
  await using cluster = await openCluster(binary);
  for (const file of Object.values(cluster.files)) assert.equal((await stat(file)).mode & 0o777, 0o600, file);
});

test("writing the server's files again keeps its keys, its accounts and what was revoked", async () => {
  await using cluster = await openCluster(binary);
  const issued = await cluster.bus.issueCredential("agt_a", null);
  assert.ok(issued.kind === "issued");
  assert.equal((await cluster.bus.revokeCredential(issued.credential.user)).kind, "revoked");
  const { config, signingKey } = cluster.files;
  const before = { config: await readFile(config, "utf8"), key: await readFile(signingKey, "utf8") };
  const listen = /^listen: "(.*)"$/m.exec(before.config)?.[1] ?? "";
  await writeOwnServer(dirname(config), { listen, store: join(dirname(config), "store") });
  const nameless = (text: string) => text.replace(/^server_name: .*$/m, "");
  assert.equal(nameless(await readFile(config, "utf8")), nameless(before.config));
  assert.equal(await readFile(signingKey, "utf8"), before.key);
  await cluster.killServer();
  await eventually("the server is back", async () => (await cluster.bus.status()).state === "up");
  await assert.rejects(connectAgent(issued.credential), /authorization/i);
});
