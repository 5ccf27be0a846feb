import type { Context } from "hono";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { LIMITS } from "../../schemas/primitives.ts";
import { nestsDeeperThan } from "../domain/json-depth.ts";
import type { BodyRoom } from "./body-room.ts";
import { type Failure, fail } from "./problems.ts";
import { withBody } from "./read-body.ts";

export type Json = { readonly kind: "json"; readonly value: unknown } | { readonly kind: "not_json" | "too_deep"; readonly reason: string };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads JSON text that anybody may have sent: its depth is checked before the parser, which recurses, sees it. */
export function parseJson(bytes: Uint8Array): Json {
  if (nestsDeeperThan(bytes, LIMITS.jsonDepth)) return { kind: "too_deep", reason: `JSON may nest ${LIMITS.jsonDepth} levels` };
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { kind: "not_json", reason: "the body is not UTF-8" };
  }
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    return { kind: "not_json", reason: `the body is not JSON${placeOf(error)}` };
  }
}

/** The engine's message quotes the text it choked on; only the position may leave. */
function placeOf(error: unknown): string {
  const position = /position (\d+)/.exec(String(error))?.[1];
  return position === undefined ? "" : ` (at character ${position})`;
}

/** Without parameters, lower case: `application/json`. */
export const mediaTypeOf = (context: Context): string =>
  (context.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

export const unsupportedType = (expected: readonly string[]): Failure =>
  fail(415, "unsupported_type", "The body's content-type is not one that is understood here.", {
    hint: `Send one of: ${expected.join(", ")}.`,
    at: "content-type",
    headers: { accept: expected.join(", ") },
  });

/** How a route reads the JSON body that its schema describes. */
export function jsonReader(schema: TSchema): (context: Context, room: BodyRoom) => Promise<{ kind: "json"; value: unknown } | Failure> {
  const checker = Compile(schema);
  return async (context, room) => {
    if (mediaTypeOf(context) !== "application/json") return unsupportedType(["application/json"]);
    return withBody(context, room, async (bytes) => {
      const json = parseJson(bytes);
      if (json.kind !== "json") return fail(400, json.kind, `${json.reason}.`, { hint: "Send one JSON document in UTF-8." });
      if (checker.Check(json.value)) return json;
      const [first] = checker.Errors(json.value);
      return fail(422, "invalid_body", `The body does not fit: ${first?.message ?? "it does not match the schema"}.`, {
        at: first?.instancePath ?? "",
        hint: "The schema is in /api/v1/openapi.json.",
      });
    });
  };
}
