import type { DecisionRecord } from "../../schemas/decision.ts";
import { canonicalJson, sha256Of } from "../domain/canonical-json.ts";
import type { Composed, Evaluation } from "../domain/decision/compose.ts";
import { answerTo } from "../domain/decision/decide.ts";
import type { DecisionInput } from "../domain/decision/input.ts";
import type { PolicyEngine } from "../ports/policy-engine.ts";
import { kindsOf } from "./draft.ts";
import type { PolicyBook } from "./policy-book.ts";
import { type RecordDeps, readData } from "./record.ts";

export interface ReplayDeps extends RecordDeps {
  readonly engine: PolicyEngine;
  readonly book: PolicyBook;
}

export type Remade =
  | { readonly kind: "remade"; readonly composed: Composed; readonly evaluation: Evaluation; readonly input: DecisionInput }
  /** What it was made of is not here any more: its input was erased, or bytes are not what their digest says. */
  | { readonly kind: "lost"; readonly reason: string };

export type Replayed =
  | {
      readonly kind: "replayed";
      /** Whether the answer is the recorded one. */
      readonly same: boolean;
      /** In which parts it is not. */
      readonly differs: readonly string[];
      readonly composed: Composed;
    }
  | { readonly kind: "lost"; readonly reason: string };

/** Makes a recorded decision again from its digests and compares. */
export async function replayDecision(deps: ReplayDeps, record: DecisionRecord): Promise<Replayed> {
  const remade = await remake(deps, record);
  if (remade.kind === "lost") return remade;
  const { composed, evaluation } = remade;
  const differs = differences(record, composed, evaluation);
  return { kind: "replayed", same: differs.length === 0, differs, composed };
}

/** The answer to a recorded decision's input, by its own policies and settings. */
export async function remake(deps: ReplayDeps, record: DecisionRecord): Promise<Remade> {
  const json = await openInput(deps, record);
  if (json === null) return { kind: "lost", reason: "its input was erased" };
  if (sha256Of(json) !== record.input) return { kind: "lost", reason: "its input is not what was recorded" };
  const data = await readData(deps.store, record.data);
  if (data === null || sha256Of(data) !== record.data) return { kind: "lost", reason: "its settings are not what was recorded" };
  // Without its bundle the engine fails now as it may have failed then.
  await deps.book.shelf.take(record.policy);
  const [evaluation] = await deps.engine.evaluate([{ policy: record.policy, data: { digest: record.data, json: data }, input: json }]);
  if (!evaluation) throw new Error("the engine gave no answer");
  const input = JSON.parse(json) as DecisionInput;
  return { kind: "remade", composed: answerTo(input, evaluation), evaluation, input };
}

type Sealing = Pick<RecordDeps, "payloads" | "vault">;

/** The input of a decision as it was sealed; null when it or its key is gone. */
export async function openInput(deps: Sealing, record: DecisionRecord): Promise<string | null> {
  const [input = null] = await openInputs(deps, [record]);
  return input;
}

/** The same for many, in their order. */
export async function openInputs({ payloads, vault }: Sealing, records: readonly DecisionRecord[]): Promise<readonly (string | null)[]> {
  const stored = await payloads.getMany(records.map(({ sealed }) => sealed.payloadId ?? ""));
  // Nothing was sealed with the key that has no name.
  const items = stored.map((each) => ({ keyId: each?.keyId ?? "", associated: each?.id ?? "", bytes: each?.bytes ?? NOTHING }));
  const texts = await vault.unsealMany(items);
  return texts.map((text) => text && Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("utf8"));
}

const NOTHING = new Uint8Array();

function differences(record: DecisionRecord, composed: Composed, evaluation: Evaluation): readonly string[] {
  const reasons = composed.reasons.map(({ page: _, ...reason }) => reason);
  const engine = evaluation.kind === "evaluated" ? "evaluated" : evaluation.cause;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["engine", record.engine, engine],
    ["effect", record.effect, composed.effect],
    ["reasons", record.reasons, reasons],
    ["obligations", record.obligations, kindsOf(composed)],
    ["coveredBy", record.coveredBy, composed.coveredBy],
  ];
  return pairs.filter(([, one, other]) => canonicalJson(one) !== canonicalJson(other)).map(([name]) => name);
}
