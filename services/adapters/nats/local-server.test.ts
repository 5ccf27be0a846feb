import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connectAgent } from "../../testing/bus-agent.ts";
import { bytes, eventually, Reader, textOf } from "../../testing/contracts/event-bus.reader.ts";
import { newestServer, oldestServer } from "../../testing/nats-servers.ts";
import { openNatsEventBus } from "./event-bus.ts";
import { LocalServer } from "./local-server.ts";
import { anyFreePort, greet } from "./ports.ts";
import { StreamKeyGuard } from "./stream-keys.ts";

const binary = await newestServer();
const oldest = await oldestServer();
const holder = fileURLToPath(import.meta.resolve("../../testing/hold-bus.ts"));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "andon-local-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = () => openNatsEventBus({ kind: "local", binary, dir });
const pidOf = async () => Number(await readFile(join(dir, "nats-server.pid"), "utf8"));

/** Another process that runs the server of this folder. */
async function hold(): Promise<ChildProcess> {
  const args = ["--disable-warning=ExperimentalWarning", holder, binary.path, binary.version, dir];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("the local nats-server", () => {
  test("what it stores is encrypted, and only its owner can read keys and settings", async () => {
    await using bus = await open();
    const words = "a sentence that must not be readable on the disk";
    await bus.publish("agt_a", "session", bytes(words.repeat(50)), "m1");
    const files = await filesUnder(join(dir, "store"));
    assert.ok(files.some((file) => file.endsWith(".blk")));
    for (const file of files) assert.ok(!(await readFile(file)).includes("must not be readable"), file);

    for (const file of [...(await filesUnder(join(dir, "keys"))), join(dir, "nats-server.conf")]) {
      assert.equal((await stat(file)).mode & 0o777, 0o600, file);
    }
    assert.equal((await stat(dir)).mode & 0o777, 0o700);
    const config = await readFile(join(dir, "nats-server.conf"), "utf8");
    const { storage, platform } = JSON.parse(await readFile(join(dir, "keys", "keys.json"), "utf8")) as Record<string, string>;
    assert.ok(storage && platform && !config.includes(storage) && !config.includes(platform));
    assert.match(config, /sync_interval: always/);
  });

  test("acknowledged messages leave the disk", async () => {
    await using bus = await open();
    await Promise.all(Array.from({ length: 200 }, (_, nth) => bus.publish("agt_a", "session", Buffer.alloc(1024, nth), `m${nth}`)));
    await using reader = new Reader(bus);
    for (const delivery of await reader.take(200)) delivery.ack();
    await eventually("the stream is empty", async () => / 0 bytes on disk/.test((await bus.status()).detail));
  });

  test("messages, credentials and the port are there after a restart", async () => {
    const first = await open();
    const issued = await first.issueCredential("agt_a", null);
    assert.ok(issued.kind === "issued");
    await first.publish("agt_a", "session", bytes("kept"), "m1");
    const server = await pidOf();
    await first[Symbol.asyncDispose]();
    assert.ok(gone(server));

    await using second = await open();
    await using agent = await connectAgent(issued.credential);
    await agent.ask("andon.events.agt_a.session", "and another");
    await using reader = new Reader(second);
    assert.deepEqual((await reader.take(2)).map(textOf), ["kept", "and another"]);
  });

  test("killing the platform with -9 leaves no server behind", async () => {
    const platform = await hold();
    const server = await pidOf();
    assert.ok(!gone(server));
    platform.kill("SIGKILL");
    await eventually("the server ends", () => gone(server));
  });

  test("a server that was left behind all the same is stopped, and its messages are kept", async () => {
    {
      await using bus = await open();
      await bus.publish("agt_a", "session", bytes("kept"), "m1");
    }
    const left = spawn(binary.path, ["-c", join(dir, "nats-server.conf")], { stdio: "ignore" });
    const port = Number(await readFile(join(dir, "port"), "utf8"));
    await eventually("it runs", async () => (await greet("127.0.0.1", port, 500))?.jetstream === true);
    const ended = new Promise((resolve) => left.once("exit", resolve));
    const said: string[] = [];
    await using bus = await openNatsEventBus({ kind: "local", binary, dir, onTrouble: (message) => said.push(message) });
    await ended;
    assert.deepEqual(said.length, 1);
    await using reader = new Reader(bus);
    assert.equal(textOf(await reader.one()), "kept");
  });

  test("a pid file that names somebody else's process harms nobody", async () => {
    const other = spawn("sleep", ["60"], { stdio: "ignore" });
    try {
      await writeFile(join(dir, "nats-server.pid"), String(other.pid));
      await using bus = await open();
      assert.equal((await bus.status()).state, "up");
      assert.ok(!gone(other.pid as number));
    } finally {
      other.kill();
    }
  });

  test("it starts again whenever it dies, and says so", async () => {
    const said: string[] = [];
    await using bus = await openNatsEventBus({ kind: "local", binary, dir, onTrouble: (message) => said.push(message) });
    for (const round of [1, 2]) {
      const before = await pidOf();
      process.kill(before, "SIGKILL");
      await bus.publish("agt_a", "session", bytes(`after ${round}`), `m${round}`);
      assert.notEqual(await pidOf(), before);
    }
    const status = await bus.status();
    assert.equal(status.state, "up");
    assert.ok(status.warnings.some((warning) => warning.includes("started again 2 times")));
    assert.equal(said.filter((message) => message.includes("SIGKILL")).length, 2);
  });

  test("what the old supported version stored opens in the new one", {
    skip: oldest ? false : "no 2.9 server on this system",
  }, async () => {
    assert.ok(oldest);
    {
      await using bus = await openNatsEventBus({ kind: "local", binary: oldest, dir });
      const status = await bus.status();
      assert.ok(status.warnings.some((warning) => warning.includes("power cut")));
      for (let nth = 0; nth < 20; nth++) await bus.publish("agt_a", "session", bytes(`m${nth}`), `m${nth}`);
    }
    await using bus = await open();
    await using reader = new Reader(bus);
    const deliveries = await reader.take(20);
    for (const delivery of deliveries) delivery.ack();
    assert.equal(new Set(deliveries.map(textOf)).size, 20);
    await eventually("all are gone", async () => (await bus.status()).waiting === 0);
  });
});

test("an old server that was killed while it opened its stream opens it the next time", {
  skip: oldest ? false : "no 2.9 server here",
}, async () => {
  assert.ok(oldest);
  const openOld = () => openNatsEventBus({ kind: "local", binary: oldest, dir });
  {
    await using bus = await openOld();
    await bus.publish("agt_a", "session", bytes("kept"), "m1");
  }
  // What such a kill leaves: a start that was begun, and no key.
  await new StreamKeyGuard(join(dir, "store"), join(dir, "keys", "streams")).beforeStart();
  const key = (await filesUnder(join(dir, "store"))).find((file) => file.endsWith("ANDON_EVENTS/meta.key"));
  assert.ok(key);
  await rm(key);
  await using bus = await openOld();
  await using reader = new Reader(bus);
  assert.equal(textOf(await reader.one()), "kept");
});

describe("a local nats-server that cannot start says why", () => {
  const start = (more: object = {}) => LocalServer.start({ binary, dir, ...more });

  test("its port is taken", async () => {
    const port = (await anyFreePort("127.0.0.1")) as number;
    const other = createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    await assert.rejects(start({ port }), new RegExp(`Port ${port} is taken`));
    other.close();
  });

  test("its keys are missing, or broken, while messages are stored", async () => {
    await (await open())[Symbol.asyncDispose]();
    const keys = join(dir, "keys", "keys.json");
    await writeFile(keys, "{}");
    await assert.rejects(start(), /cannot be read as the bus' keys/);
    await rm(keys);
    await assert.rejects(start(), /keys\.json is missing/);
  });

  test("its list of revoked credentials cannot be read", async () => {
    await (await open())[Symbol.asyncDispose]();
    await writeFile(join(dir, "keys", "revocations.json"), "{");
    await assert.rejects(start(), /revoked credentials would work again/);
  });

  test("the program is no server", async () => {
    await assert.rejects(start({ binary: { path: "/bin/false", version: "2.12.0" } }), /\/bin\/false\) does not start/);
    await assert.rejects(start({ binary: { path: join(dir, "nothing"), version: "2.12.0" } }), /does not start.*ENOENT/);
  });
});
