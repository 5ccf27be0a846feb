import { setTimeout as sleep } from "node:timers/promises";
import { credsAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";

const TRY_FOR_MS = 5_000;

export type SystemAnswer = { readonly kind: "answered"; readonly text: string } | { readonly kind: "failed"; readonly reason: string };

/** One question to the servers' system account, over a connection of its own. Tries again while a server restarts. */
export async function askSystem(servers: readonly string[], credentials: string, subject: string, body: string): Promise<SystemAnswer> {
  const deadline = Date.now() + TRY_FOR_MS;
  for (;;) {
    try {
      return await ask(servers, credentials, subject, body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : "no answer";
      if (Date.now() > deadline) return { kind: "failed", reason: `the bus' system account did not answer: ${reason}` };
      await sleep(100);
    }
  }
}

async function ask(servers: readonly string[], credentials: string, subject: string, body: string): Promise<SystemAnswer> {
  const nc = await connect({
    servers: [...servers],
    authenticator: credsAuthenticator(Buffer.from(credentials, "utf8")),
    name: "andon system",
    reconnect: false,
    timeout: 2_000,
  });
  try {
    const answer = (await nc.request(subject, body, { timeout: 2_000 })).string();
    if (!answer.startsWith("{")) return { kind: "answered", text: answer };
    const { error } = JSON.parse(answer) as { error?: { description?: string } };
    return error
      ? { kind: "failed", reason: `the server refused: ${error.description ?? "no reason given"}` }
      : { kind: "answered", text: answer };
  } finally {
    await nc.close();
  }
}
