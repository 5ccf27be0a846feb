import type { Attributes, LogRecord, MetricPoint, Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { type Said, saidBy, tellStarted } from "../tell.ts";
import { id, name, text } from "../values.ts";

export const VENDOR = "claude-code";

/** A record that means something: the session it is of exists. */
export function open(record: LogRecord | Span | MetricPoint, timeMs: number, found: Findings): Said {
  const { attributes } = record;
  const said = saidBy(VENDOR, record, timeMs, {
    sessionId: id(attributes, "session.id"),
    promptId: id(attributes, "prompt.id"),
    subagentId: id(attributes, "agent_id"),
    claims: attributes,
  });
  tellStarted(said, found, VENDOR, VERSION);
  return said;
}

/** The resource attribute that holds the version. Scopes have one of their own. */
export const VERSION = "service.version";

/** The part of the conversation that spent it, in the words that logs, spans and metrics use for it. */
export function sourceOf(attributes: Attributes): "main" | "subagent" | "auxiliary" | undefined {
  const query = text(attributes, "query_source") ?? text(attributes, "query_source_safe");
  if (query === undefined) return undefined;
  if (query.startsWith("agent") || query === "subagent") return "subagent";
  return query === "main" || query === "sdk" || query.startsWith("repl_main_thread") ? "main" : "auxiliary";
}

/** A model's context size is written behind its name in some places and not in others; the bill knows one model. */
export const withoutSize = (model: string | undefined): string | undefined => model?.replace(/\[[^\]]*\]$/, "");

const ROUTES: Readonly<Record<string, string | undefined>> = {
  firstParty: undefined,
  bedrock: "bedrock",
  vertex: "vertex",
  foundry: "azure",
};

/** Who made the model and over whom it was called; directly, when the maker's own service answers. */
export function providerOf(attributes: Attributes): {
  provider: string;
  route: string | undefined;
  model: string | undefined;
  requestModel: string | undefined;
} {
  const provider = name(attributes, "anthropic.provider");
  const requested = name(attributes, "model");
  const model = withoutSize(requested);
  return {
    provider: "anthropic",
    route: provider === undefined ? undefined : provider in ROUTES ? ROUTES[provider] : provider,
    model,
    requestModel: requested === model ? undefined : requested,
  };
}
