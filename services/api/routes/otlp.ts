import { Type } from "typebox";
import type { Signal } from "../deps.ts";
import { claimsOf } from "../ingest/claims.ts";
import { orUnavailable } from "../ingest/or-unavailable.ts";
import { MEDIA_TYPES, otlpFailure, takenResponse } from "../ingest/otlp-answer.ts";
import { fail, unavailable } from "../problems.ts";
import { withBody } from "../read-body.ts";
import { mediaTypeOf, unsupportedType } from "../read-json.ts";
import { type Route, route } from "../route.ts";

const receive = (signal: Signal): Route =>
  route({
    id: `receive_${signal}`,
    method: "post",
    path: `/v1/${signal}`,
    summary: `OTLP/HTTP ${signal} of an agent, as protobuf or JSON. What can be read is taken; the rest is counted in partialSuccess.`,
    access: "agent",
    takes: Object.keys(MEDIA_TYPES),
    answer: Type.Object({}),
    gives: ["application/x-protobuf"],
    failure: otlpFailure,
    async handle({ caller, context, held }, { collector, log }) {
      const encoding = MEDIA_TYPES[mediaTypeOf(context)];
      if (!encoding) return unsupportedType(Object.keys(MEDIA_TYPES));
      if (caller.kind !== "agent") throw new Error("telemetry without an agent");
      const { agentId } = caller;
      const claims = claimsOf(context);
      const taken = await withBody(context, held.room, (bytes) =>
        orUnavailable(() => collector.otlp(agentId, signal, encoding, bytes, claims), log),
      );
      switch (taken.kind) {
        case "failure":
          return taken;
        case "unavailable":
          return unavailable(taken.reason);
        case "unreadable":
          return fail(400, "unreadable", `The ${signal} cannot be read: ${taken.reason}.`, { at: taken.at });
        case "accepted":
          return { kind: "response", response: takenResponse(signal, encoding, taken.rejected, taken.message) };
      }
    },
  });

export const otlpRoutes: readonly Route[] = [receive("logs"), receive("metrics"), receive("traces")];
