import { eventStoreContract } from "../../testing/contracts/event-store.contract.ts";
import { openMemoryEventStore } from "./event-store.ts";

const keepsNothing = "memory ends with its owner";

eventStoreContract("memory", {
  open: async () => {
    const store = openMemoryEventStore();
    return { stores: [store, store], reopen: async () => store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  },
  product: "memory",
  version: /^26\./,
  skips: {
    "appends that were asked for before closing are finished": keepsNothing,
    "after opening again everything is there and goes on": keepsNothing,
  },
});
