import type { Context } from "hono";
import { Type } from "typebox";
import { answerHook, unanswerable } from "../../hooks/answer-hook.ts";
import { USUAL_FAILURE } from "../../hooks/failure.ts";
import { hookVendors } from "../../hooks/vendors.ts";
import { nameOf } from "../../telemetry.ts";
import { placeOf } from "../ingest/claims.ts";
import { originOf } from "../origin.ts";
import { type Failure, problemResponse } from "../problems.ts";
import { withBody } from "../read-body.ts";
import { parseJson } from "../read-json.ts";
import { type Reply, type Route, route } from "../route.ts";

/** Vendors let a tool run when their own wait is over: 15 seconds in the settings we print, 8 in the hook command. */
const PATIENCE_MS = 5000;

const Vendor = Type.Union([...hookVendors.keys()].map((name) => Type.Literal(name)));
const Event = Type.Optional(
  Type.String({ pattern: "^[A-Za-z]{1,64}$", description: "the vendor's name of the event, for payloads that do not say it" }),
);

const answer = route({
  id: "answer_hook",
  method: "post",
  path: "/api/v1/hooks/{vendor}",
  summary:
    "A coding agent's hook: takes the vendor's payload and answers in the vendor's own form. Always 200, whatever went wrong: " +
    "on other statuses some vendors let the tool run, so a failure is an answer too.",
  access: "agent",
  params: Type.Object({ vendor: Vendor }),
  query: Type.Object({ event: Event }),
  takes: ["application/json"],
  answer: Type.Object({}),
  failure: deny,
  async handle({ params, query, caller, context, held }, { hooks, log, behindProxy }) {
    const vendor = hookVendors.get(params.vendor);
    if (!vendor || caller.kind !== "agent") throw new Error("a hook of nobody");
    const read = await withBody(context, held.room, async (bytes) => ({ kind: "read" as const, json: parseJson(bytes) }));
    if (read.kind === "failure") return read;
    const { json } = read;
    const body = await answerHook(vendor, query.event ?? null, json.kind === "json" ? json : { kind: "unreadable", reason: json.reason }, {
      decide: (request) => hooks.decide(caller.agentId, { ...request, context: { ...request.context, ...placeOf(context) } }),
      rules: { ...hooks.rules, console: originOf(context, behindProxy) },
      patienceMs: PATIENCE_MS,
      trouble: (why, error) =>
        log("warn", "a hook got no decision", { vendor: vendor.vendor, why, ...(error !== undefined && { error: nameOf(error) }) }),
    });
    return said(body);
  },
});

const said = (body: string): Reply<never> => ({ kind: "response", response: asJson(body) });

const asJson = (body: string): Response =>
  new Response(body, { status: 200, headers: { "content-type": "application/json", "cache-control": "no-store" } });

/** Without a valid key, under too much load, or in a failure of ours: a tool is denied, in words its vendor understands. */
function deny(failure: Failure, context: Context): Response {
  const vendor = hookVendors.get(context.req.param("vendor") ?? "");
  if (!vendor) return problemResponse(failure);
  const { detail, title, hint } = failure.problem;
  const why = [detail ?? title, hint].filter(Boolean).join(" ");
  return asJson(unanswerable(vendor, context.req.query("event") ?? null, why, USUAL_FAILURE));
}

const readScript = route({
  id: "read_hook_script",
  method: "get",
  path: "/api/v1/hooks/andon-hook.sh",
  summary: "The hook command, for agents whose hooks are commands: a shell script that needs curl.",
  access: "open",
  answer: Type.Object({}),
  gives: ["text/x-shellscript"],
  handle: (_call, { hooks }) => ({
    kind: "response",
    response: new Response(hooks.script, { headers: { "content-type": "text/x-shellscript; charset=utf-8", "cache-control": "no-cache" } }),
  }),
});

export const hookRoutes: readonly Route[] = [answer, readScript];
