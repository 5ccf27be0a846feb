import { setImmediate as breathe } from "node:timers/promises";
import type { DecisionRecord } from "../../schemas/decision.ts";
import type { StoredEvent } from "../../schemas/event.ts";
import { sha256Of } from "../domain/canonical-json.ts";
import { answerTo } from "../domain/decision/decide.ts";
import { type ImpactReport, ImpactTally } from "../domain/decision/impact.ts";
import type { DecisionInput } from "../domain/decision/input.ts";
import type { Position, RecordedEvent } from "../ports/event-store.ts";
import type { PolicyBundle } from "../ports/policy-bundle.ts";
import type { PolicyEngine } from "../ports/policy-engine.ts";
import type { PolicyBook } from "./policy-book.ts";
import type { RecordDeps } from "./record.ts";
import { openInputs } from "./replay.ts";

export interface ReplayManyDeps extends RecordDeps {
  readonly book: PolicyBook;
  /** Where candidates are evaluated: one that loops or swells must not hold up decisions. */
  readonly sandbox: PolicyEngine;
}

/** Half-open, RFC 3339 UTC with milliseconds: from <= recorded < to. */
export interface ReplayPeriod {
  readonly from: string;
  readonly to: string;
}

export interface ReplayProgress {
  readonly decisions: number;
  /** Of all decisions that are stored, how many were passed, wanted or not. */
  readonly passed: number;
  readonly elapsedMs: number;
}

const PAGE = 1000;

/**
 * What a bundle would have decided on the recorded decisions of a period, with the settings that hold now. Stores nothing.
 * @throws DOMException AbortError when the signal aborts
 */
export async function replayMany(
  deps: ReplayManyDeps,
  candidate: PolicyBundle,
  period: ReplayPeriod,
  onProgress: (progress: ReplayProgress) => void,
  signal: AbortSignal,
): Promise<ImpactReport> {
  const loaded = await deps.sandbox.load(candidate);
  if (loaded.kind === "unusable") throw new Error(`the candidate cannot be evaluated: ${loaded.reason}`);
  const started = performance.now();
  const tally = new ImpactTally();
  let [decisions, passed] = [0, 0];
  for await (const page of pages(deps, signal)) {
    const records = page.map(({ body }) => JSON.parse(body) as StoredEvent<DecisionRecord>).filter((event) => isWithin(event, period));
    await replayPage(
      deps,
      candidate,
      records.map(({ data }) => data),
      tally,
    );
    decisions += records.length;
    passed += page.length;
    onProgress({ decisions, passed, elapsedMs: performance.now() - started });
    await breathe();
  }
  return tally.report(Date.parse(period.to) - Date.parse(period.from));
}

const isWithin = ({ recordedat }: StoredEvent, { from, to }: ReplayPeriod): boolean => from <= recordedat && recordedat < to;

async function* pages({ store }: RecordDeps, signal: AbortSignal): AsyncGenerator<readonly RecordedEvent[]> {
  let after: Position | null = null;
  for (;;) {
    signal.throwIfAborted();
    const page = await store.readAll(after, PAGE, { categories: ["decision"] });
    if (page.events.length > 0) yield page.events;
    if (page.atEnd) return;
    after = page.next;
  }
}

async function replayPage(deps: ReplayManyDeps, candidate: PolicyBundle, records: readonly DecisionRecord[], tally: ImpactTally) {
  const inputs = await openInputs(deps, records);
  const found: { record: DecisionRecord; input: DecisionInput; json: string }[] = [];
  for (const [nth, record] of records.entries()) {
    const json = inputs[nth] ?? null;
    if (json === null || sha256Of(json) !== record.input) tally.lose();
    else found.push({ record, json, input: JSON.parse(json) as DecisionInput });
  }
  const { book, sandbox } = deps;
  const questions = found.map(({ json, input }) => ({
    policy: candidate.digest,
    data: book.settings.effective(candidate.digest, candidate.policies, input.scope),
    input: json,
  }));
  const evaluations = await sandbox.evaluate(questions);
  for (const [nth, evaluation] of evaluations.entries()) {
    const { record, input } = found[nth] as (typeof found)[number];
    tally.add(record, answerTo(input, evaluation), evaluation);
  }
}
