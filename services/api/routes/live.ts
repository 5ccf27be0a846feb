import { Type } from "typebox";
import { aPerson, personOf } from "../auth/caller.ts";
import { unavailable } from "../problems.ts";
import { type Route, route } from "../route.ts";

export const liveRoutes: readonly Route[] = [
  route({
    id: "follow_live",
    method: "get",
    path: "/api/v1/live",
    summary:
      "Server-sent events: {position, type, agent, session, time} of everything that is stored. Goes on after Last-Event-ID; " +
      "`reset` says that too much was missed and the screen should load anew.",
    access: "read",
    query: Type.Object({
      after: Type.Optional(Type.String({ maxLength: 80, description: "a position to go on after, when there is no Last-Event-ID" })),
    }),
    answer: Type.Object({}),
    gives: ["text/event-stream"],
    handle({ caller, context, query, held }, deps) {
      const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" };
      if (context.req.method === "HEAD") return { kind: "response", response: new Response(null, { headers }) };
      const { via, ...holder } = aPerson(caller);
      const allowed = (): boolean => personOf(holder, via, deps) !== null;
      const client = held.live.open(context.req.header("last-event-id") ?? query.after ?? null, allowed);
      if (!client) return unavailable("There are too many open live connections.", 10);
      return { kind: "response", response: new Response(client.stream, { headers }) };
    },
  }),
];
