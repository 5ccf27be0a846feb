import { randomUUID } from "node:crypto";
import type { Context, Hono } from "hono";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { nameOf } from "../telemetry.ts";
import { addressOf } from "./address.ts";
import { refusal } from "./auth/authorise.ts";
import type { Caller } from "./auth/caller.ts";
import { forged } from "./auth/forgery.ts";
import { identify } from "./auth/identify.ts";
import type { ApiDeps } from "./deps.ts";
import type { Held } from "./held.ts";
import { type Failure, fail, problemResponse } from "./problems.ts";
import { queryReader } from "./query.ts";
import { addressKey } from "./rate-limits.ts";
import { jsonReader } from "./read-json.ts";
import type { Reply, Route } from "./route.ts";

type Input = { readonly kind: "input"; readonly query: unknown; readonly params: unknown; readonly body: unknown } | Failure;

const NOTHING = Type.Object({});

/** Puts a route into the application: credential, limits, input, handler, answer, in this order and for every route alike. */
export function mount(app: Hono, route: Route, deps: ApiDeps, held: Held): void {
  const read = inputReader(route, held);
  const respond = responder(route);
  app.on(route.method.toUpperCase(), honoPath(route.path), async (context) => {
    const started = performance.now();
    let caller: Caller = { kind: "nobody", presented: false };
    const work = async (): Promise<Reply<unknown>> => {
      caller = await identify(context, held.sessions, deps);
      const refused = (await admit(route, caller, context, deps, held)) ?? forged(context, caller);
      if (refused) return refused;
      const input = await read(context);
      if (input.kind === "failure") return input;
      const { query, params, body } = input;
      return route.handle({ query, params, body, caller, context, held } as never, deps);
    };
    const reply = await work().catch((error: unknown) => unexpected(error, route, deps));
    const response = respond(reply, context);
    const ms = performance.now() - started;
    deps.answered({ method: context.req.method, route: route.path, status: response.status, ms, by: caller.kind });
    return response;
  });
}

/** `/sessions/{id}` as the router writes it. */
const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

/** Credential and rate. Whoever has a valid credential is never held up by those who guess. */
async function admit(route: Route, caller: Caller, context: Context, deps: ApiDeps, { limits }: Held): Promise<Failure | null> {
  const refused = refusal(route.access, caller);
  if (caller.kind === "agent") return (await limits.ingest.count(caller.keyId)) ?? refused;
  if (caller.kind === "person") return (await limits.people.count(caller.personId)) ?? refused;
  if (!refused || !caller.presented) return refused;
  return (await limits.strangers.count(addressKey(addressOf(context, deps.behindProxy)))) ?? refused;
}

function inputReader(route: Route, held: Held): (context: Context) => Promise<Input> {
  const readQuery = queryReader(route.query ?? NOTHING);
  const params = route.params && Compile(route.params);
  const readBody = route.body && jsonReader(route.body);
  return async (context) => {
    const query = readQuery(new URL(context.req.url).searchParams);
    if (query.kind === "failure") return query;
    const given = context.req.param();
    if (params && !params.Check(given)) {
      return fail(400, "bad_path", "A part of the path is not a valid id.", { at: `path${params.Errors(given)[0]?.instancePath ?? ""}` });
    }
    const body = readBody ? await readBody(context, held.room) : { kind: "json" as const, value: undefined };
    if (body.kind === "failure") return body;
    return { kind: "input", query: query.value, params: given, body: body.value };
  };
}

function responder(route: Route): (reply: Reply<unknown>, context: Context) => Response {
  return (reply, context) => {
    switch (reply.kind) {
      case "response":
        return reply.response;
      case "failure":
        return (route.failure ?? problemResponse)(reply, context);
      case "ok":
        return new Response(JSON.stringify(reply.value), {
          status: reply.status ?? route.status ?? 200,
          headers: { "content-type": "application/json", "cache-control": "no-store", ...reply.headers },
        });
    }
  };
}

/** A bug, or an engine that cannot be reached. The log knows more; the answer only says where to look. */
function unexpected(error: unknown, route: Route, { log }: ApiDeps): Failure {
  const instance = `urn:uuid:${randomUUID()}`;
  log("error", "a request failed", { route: route.path, instance, error: nameOf(error) });
  return fail(500, "internal", "The platform failed on this request.", {
    hint: "Try again. If it happens again, look for the instance in the platform's log, and at /api/v1/health.",
    instance,
  });
}
