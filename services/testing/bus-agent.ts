import { connect, credsAuthenticator, headers, type Msg, type NatsConnection } from "@nats-io/transport-node";
import type { BusCredential } from "../ports/event-bus.ts";

/** An agent with its credential and any NATS client: it may try whatever the protocol lets it say. */
export interface BusAgent extends AsyncDisposable {
  /** What the server refused, in its words. */
  readonly refusals: readonly string[];
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<unknown>;
  say(
    subject: string,
    text: string,
    options?: { readonly reply?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** Publishes with a reply subject in its inbox: the bus answers once it has stored the message. */
  ask(
    subject: string,
    payload: string | Uint8Array,
    fields?: Readonly<Record<string, string>>,
  ): Promise<{ stream: string; seq: number; duplicate?: boolean }>;
  /** Everything that arrives on a subject, as text; empty when the subscription was refused. */
  hear(subject: string): Promise<readonly string[]>;
}

/** Rejects when the server does not let the agent in. */
export async function connectAgent(credential: BusCredential): Promise<BusAgent> {
  const nc = await connect({
    servers: [...credential.servers],
    authenticator: credsAuthenticator(Buffer.from(credential.credentials, "utf8")),
    inboxPrefix: credential.inboxPrefix,
    reconnect: false,
    timeout: 3_000,
  });
  const refusals: string[] = [];
  void collectRefusals(nc, refusals);
  return {
    refusals,
    closed: nc.closed(),
    async say(subject, text, { reply, headers: fields } = {}) {
      nc.publish(subject, text, { ...(reply !== undefined && { reply }), ...(fields && { headers: headersOf(fields) }) });
      await nc.flush();
    },
    async ask(subject, payload, fields) {
      const answer = await nc.request(subject, payload, { timeout: 5_000, ...(fields && { headers: headersOf(fields) }) });
      return answer.json();
    },
    async hear(subject) {
      const heard: string[] = [];
      nc.subscribe(subject, {
        callback: (error: Error | null, msg: Msg) => {
          if (error) refusals.push(error.message);
          else heard.push(msg.string());
        },
      });
      await nc.flush();
      return heard;
    },
    [Symbol.asyncDispose]: () => nc.close(),
  };
}

async function collectRefusals(nc: NatsConnection, refusals: string[]): Promise<void> {
  for await (const event of nc.status()) if (event.type === "error") refusals.push(event.error.message);
}

function headersOf(fields: Readonly<Record<string, string>>) {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}
