import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sample, to } from "../../testing/contracts/event-store.samples.ts";
import { StandInServer } from "../../testing/eventstore/server.ts";
import { openEventStoreDb } from "./event-store.ts";

const SECRET = "geheim-s3cr3t";

for (const [what, connectionString, message] of [
  ["another scheme", `http://admin:${SECRET}@localhost:2113`, /must look like esdb:/],
  ["no host", `esdb://admin:${SECRET}@`, /must look like esdb:/],
  ["a port that is none", `esdb://admin:${SECRET}@localhost:port`, /must look like esdb:/],
  ["an unknown option", `esdb://admin:${SECRET}@127.0.0.1:2113?tsl=true`, /option nobody knows/],
  ["an option with a wrong value", `esdb://admin:${SECRET}@localhost:2113?tls=maybe`, /must look like esdb:/],
  ["switching off the check of certificates", `esdb://admin:${SECRET}@127.0.0.1:2113?tlsVerifyCert=false`, /tlsCAFile/],
  ["an IP address over TLS", `esdb://admin:${SECRET}@127.0.0.1:2113`, /host name/],
  ["an IP address over TLS among other hosts", `esdb://admin:${SECRET}@one.example:2113,10.0.0.7:2113?tls=true`, /host name/],
  ["a certificate file that is not there", `esdb://admin:${SECRET}@localhost:2113?tls=true&tlsCAFile=/no/such.pem`, /certificate file/],
] as const) {
  test(`a connection string with ${what} is refused without showing it`, async () => {
    await assert.rejects(openEventStoreDb({ connectionString }), (error: Error) => {
      assert.match(error.message, message);
      assert.ok(!`${error.stack} ${String(error.cause)}`.includes(SECRET));
      return true;
    });
  });
}

test("a server that is not there is reported after a while, with what to check", async () => {
  const server = await StandInServer.start();
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const opening = openEventStoreDb({ connectionString: `esdb://admin:${SECRET}@127.0.0.1:${port}?tls=false`, patienceMs: 300 });
  await assert.rejects(
    opening,
    (error: Error) => /cannot be reached.*Check host, port, tls/.test(error.message) && !String(error.stack).includes(SECRET),
  );
});

function certificateIn(folder: string): boolean {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  try {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        key,
        "-out",
        cert,
        ...subject,
      ],
      { stdio: "ignore" },
    );
    return true;
  } catch {
    return false;
  }
}

test("over TLS it checks the server's certificate and sends its credentials", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "andon-tls-"));
  try {
    if (!certificateIn(folder)) return context.skip("openssl is not available");
    const cert = join(folder, "cert.pem");
    await using server = await StandInServer.start({ tls: { cert: await readFile(cert), key: await readFile(join(folder, "key.pem")) } });
    await using store = await openEventStoreDb({
      connectionString: `esdb://admin:${SECRET}@localhost:${server.port}?tls=true&tlsCAFile=${encodeURIComponent(cert)}`,
    });
    await store.append([to("session-1", sample())]);
    assert.equal((await store.readStream("session-1", 0, 10)).length, 1);
    const wanted = `Basic ${Buffer.from(`admin:${SECRET}`).toString("base64")}`;
    assert.ok(server.seen.every(({ headers }) => headers["authorization"] === wanted));
    const untrusted = openEventStoreDb({ connectionString: `esdb://localhost:${server.port}?tls=true`, patienceMs: 300 });
    await assert.rejects(untrusted, /cannot be reached/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
