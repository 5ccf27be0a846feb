import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { findNatsServer } from "./find-nats-server.ts";

/** Programs on a PATH of our own: what they answer is all that the search sees. */
describe("finding a nats-server", () => {
  let folder: string;
  let bin: string;
  let tools: string;
  let said: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "andon-find-"));
    bin = join(folder, "bin");
    tools = join(folder, "tools");
    said = [];
    await mkdir(bin);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const program = async (name: string, script: string, where = bin) => {
    await writeFile(join(where, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(where, name), 0o755);
  };
  const server = (version: string) => `echo "nats-server: v${version}"`;
  const find = () => findNatsServer({ tools, progress: (line) => said.push(line), env: { PATH: bin } });
  const built = '/bin/cp "$0.result" "$GOBIN/nats-server"';

  test("a recent one on the PATH is taken as it is", async () => {
    await program("nats-server", server("2.10.0"));
    await program("go", "exit 1");
    assert.deepEqual(await find(), { path: join(bin, "nats-server"), version: "2.10.0" });
    assert.deepEqual(said, []);
  });

  test("an old one on the PATH gives way to one built with Go, which is kept", async () => {
    await program("nats-server", server("2.9.10"));
    await program("go", built);
    await program("go.result", server("2.12.15"));
    const first = await find();
    assert.deepEqual(first, { path: join(tools, "nats-server"), version: "2.12.15" });
    assert.ok(said.length > 0);
    await program("go", "exit 1");
    assert.deepEqual(await find(), first);
  });

  test("an old one runs when nothing better can be built, and the build is not tried at every start", async () => {
    await program("nats-server", server("2.9.10"));
    await program("go", `echo tried >>"${folder}/tries"; echo no network >&2; exit 1`);
    const old = { path: join(bin, "nats-server"), version: "2.9.10" };
    assert.deepEqual(await find(), old);
    assert.ok(said.some((line) => line.includes("no network")));
    assert.deepEqual(await find(), old);
    assert.equal(await readFile(join(folder, "tries"), "utf8"), "tried\n");
  });

  test("without Go the system's package is unpacked, not installed", async () => {
    await program("apt-get", 'test "$1" = download && echo archive >nats-server_2.9.10_amd64.deb');
    await program("dpkg-deb", `/bin/mkdir -p "$3/usr/sbin" && /bin/cp "${bin}/packaged" "$3/usr/sbin/nats-server"`);
    await program("packaged", server("2.9.10"));
    assert.deepEqual(await find(), { path: join(tools, "nats-server"), version: "2.9.10" });
  });

  test("one that is too old or does not run is no server", async () => {
    await program("nats-server", server("2.8.4"));
    await mkdir(tools);
    await program("nats-server", "exit 127", tools);
    await assert.rejects(find(), /2\.10 or newer/);
  });

  test("nothing to be had: the message says what to do", async () => {
    await assert.rejects(find(), /https:\/\/github\.com\/nats-io\/nats-server\/releases/);
  });

  test("two at once build once", async () => {
    await program("go", `echo built >>"${folder}/builds"; /bin/sleep 0.4; ${built}`);
    await program("go.result", server("2.12.15"));
    const [one, other] = await Promise.all([find(), find()]);
    assert.deepEqual(one, other);
    assert.equal(await readFile(join(folder, "builds"), "utf8"), "built\n");
  });

  test("the lock of a process that died holds nobody up", async () => {
    const lock = join(tools, "nats-server.lock");
    await mkdir(lock, { recursive: true });
    // Above every system's largest process id.
    await writeFile(join(lock, "pid"), "99999999");
    await program("go", built);
    await program("go.result", server("2.12.15"));
    assert.equal((await find()).version, "2.12.15");
  });
});
