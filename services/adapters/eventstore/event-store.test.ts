import { randomUUID } from "node:crypto";
import type { EventStore } from "../../ports/event-store.ts";
import { eventStoreContract } from "../../testing/contracts/event-store.contract.ts";
import { STAND_IN_VERSION, StandInServer } from "../../testing/eventstore/server.ts";
import { openEventStoreDb } from "./event-store.ts";

const skips = {
  "an id of another stream conflicts": "the server keeps no index of ids over all streams; within a stream ids are unique",
};

/** Two clients of the same streams. On a server that others use too, every test has streams of its own. */
async function openTwo(connectionString: string, namespace: string, done: () => Promise<void>) {
  const opened: EventStore[] = [];
  const open = async (): Promise<EventStore> => {
    const store = await openEventStoreDb({ connectionString, namespace });
    opened.push(store);
    return store;
  };
  return {
    stores: [await open(), await open()] as const,
    reopen: async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      return open();
    },
    [Symbol.asyncDispose]: async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      await done();
    },
  };
}

eventStoreContract("EventStoreDB, stand-in server", {
  open: async () => {
    const server = await StandInServer.start();
    return openTwo(`esdb://127.0.0.1:${server.port}?tls=false`, "andon.", () => server[Symbol.asyncDispose]());
  },
  product: "EventStoreDB",
  version: new RegExp(`^${STAND_IN_VERSION}$`),
  skips,
});

const url = process.env["EVENTSTORE_URL"];
if (url) {
  eventStoreContract("EventStoreDB, real server", {
    open: () => openTwo(url, `andon-test-${randomUUID()}.`, async () => {}),
    product: process.env["EVENTSTORE_PRODUCT"] ?? "EventStoreDB",
    version: /^[1-9]\d*\.\d+\.\d+/,
    skips,
  });
}
