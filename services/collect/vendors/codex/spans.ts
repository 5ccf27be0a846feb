import type { Span } from "../../otlp/model.ts";
import type { Findings } from "../../vendor.ts";
import { tell } from "../tell.ts";
import { disjoint, notANumber, RANK } from "../usage.ts";
import { count, id, present } from "../values.ts";
import { codexSaid, modelOf } from "./vendor.ts";

const COUNT = "codex.turn.token_usage.";
const COUNTS = ["input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens", "reasoning_output_tokens"].map(
  (name) => COUNT + name,
);

/** Codex sends hundreds of spans for every turn; two of them tell something that is not told better elsewhere. */
export function readSpan(span: Span, found: Findings, body: readonly Span[]): void {
  if (span.name === "session_task.turn") turn(span, found, body);
  else if (span.name === "session_loop") loop(span, found);
  else found.ignore("codex span");
}

/**
 * The tokens of a whole turn. A span names neither the conversation nor, call by call, anything that the log of the same
 * call has too, so spans cannot be matched with logs one by one. They count like a counter of their session instead: next
 * to the logs they are a check that fills in what was lost, and alone they are the session's total.
 */
function turn(span: Span, found: Findings, body: readonly Span[]): void {
  const { attributes } = span;
  const broken = notANumber(attributes, COUNTS);
  if (broken !== undefined) {
    found.refuse(`${broken} is not a number; send token counts as integers`, `/attributes/${broken}`, span);
    return;
  }
  const input = count(attributes, `${COUNT}input_tokens`);
  const output = count(attributes, `${COUNT}output_tokens`);
  if (!input && !output) {
    found.ignore("codex turn without tokens");
    return;
  }
  const turnId = id(attributes, "turn.id", "turn_id");
  const sessionId = conversationOf(span, turnId, body);
  const said = codexSaid(span, span.endMs, span.endMs, { sessionId, promptId: turnId, claims: attributes });
  tell(said, found, {
    name: "session.usage.recorded",
    identity: [span.traceId, span.spanId, turnId ?? ""],
    data: present({
      ...said.base,
      kind: "counter",
      key: "session_task.turn",
      via: { signal: "span", name: "session_task.turn", rank: RANK.span },
      temporality: "delta",
      ...modelOf(attributes),
      convention: "inclusive",
      ...disjoint({
        input,
        cacheRead: count(attributes, `${COUNT}cached_input_tokens`),
        cacheWrite: count(attributes, `${COUNT}cache_write_input_tokens`),
        output,
        reasoning: count(attributes, `${COUNT}reasoning_output_tokens`),
      }),
      process: said.process,
    }),
  });
}

/** A conversation's loop ends when it is closed or its process stops. */
function loop(span: Span, found: Findings): void {
  const sessionId = id(span.attributes, "thread_id", "conversation.id");
  if (sessionId === undefined) {
    found.ignore("codex span");
    return;
  }
  const said = codexSaid(span, span.endMs, span.endMs, { sessionId, claims: span.attributes });
  tell(said, found, { name: "session.ended", identity: [span.traceId, span.spanId], data: { ...said.base, outcome: "unknown" } });
}

interface Conversations {
  readonly ofTurn: ReadonlyMap<string, string>;
  /** Only where all spans of the trace agree: sub-agents work inside the trace of their parent. */
  readonly ofTrace: ReadonlyMap<string, string | null>;
}

const known = new WeakMap<readonly Span[], Conversations>();

/** The spans around a turn end with it and name the conversation, so they are nearly always in the same body. */
function conversationOf(span: Span, turnId: string | undefined, body: readonly Span[]): string | undefined {
  let conversations = known.get(body);
  if (!conversations) known.set(body, (conversations = find(body)));
  const named = id(span.attributes, "conversation.id") ?? (turnId === undefined ? undefined : conversations.ofTurn.get(turnId));
  return named ?? conversations.ofTrace.get(span.traceId) ?? undefined;
}

function find(body: readonly Span[]): Conversations {
  const ofTurn = new Map<string, string>();
  const ofTrace = new Map<string, string | null>();
  for (const { attributes, traceId } of body) {
    const conversation = id(attributes, "conversation.id");
    if (conversation === undefined) continue;
    const turnId = id(attributes, "turn.id", "turn_id");
    if (turnId !== undefined) ofTurn.set(turnId, conversation);
    const other = ofTrace.get(traceId);
    ofTrace.set(traceId, other === undefined || other === conversation ? conversation : null);
  }
  return { ofTurn, ofTrace };
}
