import type { TObject } from "typebox";
import { Compile } from "typebox/compile";
import {
  ChangeDeploy,
  ChangeMerge,
  DECISION_LIMITS,
  DecisionRequest,
  ModelCall,
  PromptSubmit,
  ToolCall,
} from "../../../schemas/decision.ts";
import { faultOf } from "../../../schemas/fault.ts";
import { canonicalJson, sha256Of } from "../canonical-json.ts";

export type ReadRequest =
  | { readonly kind: "request"; readonly request: DecisionRequest }
  /** `at` is a JSON pointer. Nothing is quoted. */
  | { readonly kind: "invalid"; readonly at: string; readonly reason: string };

const whole = Compile(DecisionRequest);
/** Actions whose resource has a known form. Others are between those who ask and the policies that cover them. */
const resources = new Map(
  Object.entries({
    "tool.call": ToolCall,
    "model.call": ModelCall,
    "prompt.submit": PromptSubmit,
    "change.merge": ChangeMerge,
    "change.deploy": ChangeDeploy,
  } as Record<string, TObject>).map(([action, schema]) => [action, Compile(schema)]),
);

/** Checks what an agent asks. */
export function readRequest(value: unknown): ReadRequest {
  if (!whole.Check(value)) return invalid("", whole.Errors(value));
  const resource = resources.get(value.action);
  if (resource && !resource.Check(value.resource)) return invalid("/resource", resource.Errors(value.resource));
  return textOf(classified(value));
}

/** Policies judge a tool by what it does. Whoever does not say so runs whatever it has a command for. */
function classified(request: DecisionRequest): DecisionRequest {
  const { action, resource } = request;
  if (action !== "tool.call" || "class" in resource) return request;
  return { ...request, resource: { ...resource, class: "command" in resource ? "execute" : "other" } };
}

function invalid(within: string, errors: Parameters<typeof faultOf>[0]): ReadRequest {
  const { at, message } = faultOf(errors);
  return { kind: "invalid", at: `${within}${at}`, reason: message };
}

function textOf(request: DecisionRequest): ReadRequest {
  let text: string;
  try {
    text = canonicalJson(request);
  } catch {
    return { kind: "invalid", at: "", reason: "it has a text with half of a surrogate pair, which JSON cannot carry: send valid Unicode" };
  }
  // The rest of the input is the platform's own and small.
  const most = DECISION_LIMITS.inputBytes - 32 * 1024;
  if (Buffer.byteLength(text) > most) {
    return { kind: "invalid", at: "", reason: `it has more than ${most} bytes: leave out what no policy needs, such as whole files` };
  }
  return { kind: "request", request };
}

/**
 * What is asked, as a digest: what an approval is bound to. Not the id, the session or how it is to be answered: the same
 * thing asked again after an approval is the same.
 */
export const requestDigest = ({ action, resource, context = {} }: DecisionRequest, agentId: string): string =>
  sha256Of(canonicalJson({ agentId, action, resource, context }));
