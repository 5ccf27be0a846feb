import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { LineScope } from "../../schemas/line.ts";
import { PULL_SETTINGS } from "../domain/line/pull-rules.ts";
import { type Lines, openLines } from "../line/lines.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { LineBroadcast } from "../ports/line-broadcast.ts";

const TICK_MS = 1_000;

interface Parts {
  readonly store: EventStore;
  readonly broadcast: LineBroadcast;
  /** Name of the organisation: the widest scope. */
  readonly org: string;
  readonly trouble: (message: string) => void;
}

/** Lines of this organisation. Nobody is named as owner of a scope, so any person with the permission may answer for it. */
export const linesOf = ({ store, broadcast, org, trouble }: Parts): Promise<Lines> =>
  openLines({
    store,
    broadcast,
    now: Date.now,
    random: randomBytes,
    ownersOf: () => [],
    widerOf: ({ kind }: LineScope) => (kind === "org" ? null : { kind: "org", name: org }),
    taktOf: () => null,
    runtimesIn: () => [],
    settings: () => PULL_SETTINGS,
    trouble,
  });

/** Records what the clock asks of lines, every second, until the signal aborts. */
export async function keepTicking(lines: Lines, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await lines.tick(Date.now());
    await sleep(TICK_MS, undefined, { signal }).catch(() => {});
  }
}
