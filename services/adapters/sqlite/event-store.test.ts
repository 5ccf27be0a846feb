import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventStore } from "../../ports/event-store.ts";
import { eventStoreContract } from "../../testing/contracts/event-store.contract.ts";
import { openSqliteEventStore } from "./event-store.ts";

eventStoreContract("sqlite", {
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "andon-events-"));
    const file = join(folder, "events.db");
    let store: EventStore = await openSqliteEventStore({ file });
    return {
      stores: [store, store],
      reopen: async () => {
        await store[Symbol.asyncDispose]();
        store = await openSqliteEventStore({ file });
        return store;
      },
      [Symbol.asyncDispose]: async () => {
        await store[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  },
  product: "SQLite",
  version: /^3\.5\d\.\d+$/,
});
