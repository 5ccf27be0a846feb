import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../../schemas/api.ts";
import { type Config, type Flags, readConfig } from "../config.ts";
import type { Actor } from "../domain/envelope.ts";
import { openDataFolder, readRunning } from "../kit/data-folder.ts";
import type { EventStore } from "../ports/event-store.ts";
import { openStore } from "../wiring/engines.ts";

/** Whoever can read the data folder acts as its administrator. */
export const OPERATOR: Actor = { kind: "human", id: "admin" };

/** Asks the running platform, as its administrator. */
export type Call = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** What work on a stopped platform is given; what it opens it hands to the stack. */
export interface Stopped {
  readonly store: EventStore;
  readonly stack: AsyncDisposableStack;
  /** Where the platform will be reached. */
  readonly origin: string;
}

interface Ways<Answer> {
  readonly running: (call: Call) => Promise<Answer>;
  readonly stopped: (open: Stopped) => Promise<Answer>;
}

/** Does something through the running platform, or in the store itself while nothing runs. */
export async function onPlatform<Answer>(flags: Flags, ways: Ways<Answer>): Promise<Answer> {
  const config = readConfig(process.env, flags);
  const running = await readRunning(config.data);
  return running ? ways.running(await callTo(config, running.url)) : whileStopped(config, ways.stopped);
}

async function callTo(config: Config, url: string): Promise<Call> {
  const token = (await readFile(join(config.data, "admin.token"), "utf8")).trim();
  return async <Answer>(method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(new URL(path, url), request).catch(() => {
      throw new Error(`Andon at ${url} does not answer. Is it still starting?`);
    });
    const answer = (await response.json()) as Answer & Problem;
    if (!response.ok) throw new Error([answer.detail ?? answer.title, answer.hint].filter(Boolean).join(" "));
    return answer;
  };
}

/** The store is locked by us meanwhile: a platform that starts in this moment is told so. */
async function whileStopped<Answer>(config: Config, work: Ways<Answer>["stopped"]): Promise<Answer> {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openStore({ config, folder: await openDataFolder(config.data) }));
  return await work({ store, stack, origin: `http://${config.host}:${config.port}` });
}
