import { nameOf } from "../telemetry.ts";
import { BrowserSessions } from "./auth/browser-sessions.ts";
import { BodyRoom } from "./body-room.ts";
import type { ApiDeps } from "./deps.ts";
import { LiveFeed } from "./live/feed.ts";
import { RATES, RateLimit, type Rates } from "./rate-limits.ts";

/** What the API keeps between requests. */
export interface Held {
  readonly sessions: BrowserSessions;
  readonly room: BodyRoom;
  readonly live: LiveFeed;
  readonly limits: { readonly ingest: RateLimit; readonly people: RateLimit; readonly signIns: RateLimit; readonly strangers: RateLimit };
}

export function hold(deps: ApiDeps, rates: Rates = RATES): Held {
  return {
    sessions: new BrowserSessions(deps.now),
    room: new BodyRoom(),
    live: new LiveFeed(deps.events, (error) => deps.log("error", "the live feed lost the event store", { error: nameOf(error) })),
    limits: {
      ingest: new RateLimit(rates.ingest, "requests with this key"),
      people: new RateLimit(rates.people, "requests"),
      signIns: new RateLimit(rates.signIns, "sign-ins that failed"),
      strangers: new RateLimit(rates.strangers, "requests with a credential that is not valid"),
    },
  };
}
