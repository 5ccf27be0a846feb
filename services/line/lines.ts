import type { StoredEvent } from "../../schemas/event.ts";
import type { LinePull, LineScope } from "../../schemas/line.ts";
import type { Actor } from "../domain/envelope.ts";
import type { LineCircumstances, LineCommand, LineRefusal } from "../domain/line/commands.ts";
import { findAndon } from "../domain/line/fold.ts";
import { decideLine } from "../domain/line/line.ts";
import { judgePull, type Observation, type PullSettings, type PullVerdict } from "../domain/line/pull-rules.ts";
import { type LineEntry, type LineRequest, lineEntries } from "../domain/line/reach.ts";
import { lineStream } from "../domain/line/scope.ts";
import { type Colour, colourOf, type Line, overdue, targetsOf } from "../domain/line/state.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventStore, RecordedEvent } from "../ports/event-store.ts";
import type { LineBroadcast } from "../ports/line-broadcast.ts";
import { makeRecorder } from "../stream-recorder.ts";
import { type Heard, type Hearing, hear } from "./hear.ts";
import { type Broadcast, LineView } from "./line-view.ts";
import { makeTeller } from "./tell.ts";

export interface LinesDeps {
  readonly store: EventStore;
  readonly broadcast: LineBroadcast;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Ids of the people who answer for a scope. Empty: nobody is named, any person may. */
  readonly ownersOf: (scope: LineScope) => readonly string[];
  /** The next larger scope; null: there is none. */
  readonly widerOf: (scope: LineScope) => LineScope | null;
  /** Working time for each change that is needed, in milliseconds; null: not known. */
  readonly taktOf: (scope: LineScope) => number | null;
  /** Runtimes that are connected in a scope, as `<agentId>/<runtimeId>`. */
  readonly runtimesIn: (scope: LineScope) => readonly string[];
  readonly settings: () => PullSettings;
  /** Told when a state could not be broadcast. */
  readonly trouble: (message: string) => void;
}

export type NewPull = Pick<LinePull, "scope" | "symptom" | "evidence" | "note" | "causeClass"> & {
  /** Stop at once, if the one who pulls could answer the pull as well. */
  readonly stops?: boolean;
};

/** A step of a line's way; see the state machine in the domain. */
export type LineStep = Exclude<LineCommand, { kind: "pull" | "tick" | "escalate" }>;

export type LineAnswer = { readonly kind: "done"; readonly line: Line; readonly andonId: string } | LineRefusal;

/** Who has heard how a line stands. */
export interface Delivery extends Broadcast {
  /** Connected, and not a word from them yet. */
  readonly missing: readonly string[];
}

export interface Lines extends Following {
  /** Every line whose cord was ever pulled, with its light. */
  list(): readonly (Line & { readonly colour: Colour })[];
  get(scope: LineScope): Line | null;
  /** The lines that are not normal and contain a request, and which of them hold it back. Memory alone. */
  entries(request: LineRequest): readonly LineEntry[];
  /** Anyone may, at any time. Pulled already: the answer names that pull. */
  pull(pull: NewPull, by: Actor): Promise<LineAnswer>;
  step(scope: LineScope, step: LineStep, by: Actor): Promise<LineAnswer>;
  /** Calls the owner of the next larger scope. `widen`: stops that scope as well. */
  escalate(scope: LineScope, andonId: string, widen: boolean, by: Actor): Promise<LineAnswer>;
  /** Judges what was counted, and pulls if the rule is on. */
  observe(observed: Observation): Promise<PullVerdict & { readonly andonId: string | null }>;
  /** Records what the clock asks for, and tells again what could not be told. @param nowMs milliseconds */
  tick(nowMs: number): Promise<void>;
  hear(hearing: Hearing, by: Actor): Promise<Heard>;
  /** About the newest state of a line; null: its cord was never pulled. */
  delivery(scope: LineScope): Delivery | null;
}

/** Resolves once everything that is stored is known; then follows what other processes store. */
export async function openLines(deps: LinesDeps): Promise<Lines> {
  const { store, now, random, ownersOf, widerOf, taktOf, runtimesIn, settings, trouble } = deps;
  const view = new LineView();
  const take = (event: StoredEvent, { stream, revision }: RecordedEvent) => view.apply(event, stream, revision);
  const following = await followCategory(store, "line", take);
  const recorder = makeRecorder(deps, view);
  const teller = makeTeller(view, deps.broadcast, trouble);

  const circumstances = (scope: LineScope, andonId: string, by: Actor, at: number): LineCircumstances => {
    const line = view.get(scope);
    const above = line && findAndon(line, andonId)?.escalatedTo;
    return { at, by, owners: above ? [...ownersOf(scope), ...ownersOf(above)] : ownersOf(scope), wider: widerOf(scope) };
  };
  const decide = (scope: LineScope, command: LineCommand, by: Actor, at: number) =>
    decideLine(view.get(scope), command, circumstances(scope, command.andonId, by, at));
  const record = async (scope: LineScope, command: LineCommand, by: Actor): Promise<LineAnswer> => {
    const told = view.lastBroadcast(scope)?.message.broadcastId;
    const answer = await recorder.record<LineRefusal>(lineStream(scope), command.andonId, (at) => decide(scope, command, by, at));
    if (answer.kind !== "recorded") return answer;
    if (view.lastBroadcast(scope)?.message.broadcastId !== told) teller.tell(scope);
    const line = view.get(scope) as Line;
    const andonId = command.kind === "pull" ? (line.active?.andonId ?? command.andonId) : command.andonId;
    return { kind: "done", line, andonId };
  };
  const pull = ({ scope, ...said }: NewPull, by: Actor, more: { rule?: string; widens?: boolean } = {}): Promise<LineAnswer> => {
    const andonId = `adn_${Buffer.from(random(12)).toString("hex")}`;
    return record(scope, { kind: "pull", andonId, scope, ...said, ...targetsOf(taktOf(scope)), ...more }, by);
  };

  return {
    list: () => view.list().map((line) => ({ ...line, colour: colourOf(line, now()) })),
    get: (scope) => view.get(scope),
    entries: (request) => lineEntries(view.disturbed, request, now()),
    pull: (wanted, by) => pull(wanted, by),
    step: (scope, step, by) => record(scope, step, by),
    async escalate(scope, andonId, widen, by) {
      const command: LineCommand = { kind: "escalate", andonId, widened: widen };
      const wider = widerOf(scope);
      if (widen && !wider) return { kind: "invalid", reason: "there is no larger scope to stop" };
      const decision = decide(scope, command, by, now());
      if (widen && wider && decision.kind === "acts") {
        // The stop first: a crash in between leaves too much stopped, not too little.
        const widened = await pull({ scope: wider, symptom: "widened", evidence: [andonId] }, by, { widens: true });
        if (widened.kind !== "done") return widened;
      }
      return record(scope, command, by);
    },
    async observe(observed) {
      const verdict = judgePull(observed, settings());
      if (!verdict.pulls) return { ...verdict, andonId: null };
      const { scope, rule, evidence } = observed;
      const wanted = { scope, symptom: rule, ...(evidence && { evidence: evidence.slice(0, 20) }) };
      const answer = await pull(wanted, { kind: "policy", id: rule }, { rule });
      if (answer.kind !== "done") throw new Error(`the cord could not be pulled by a rule: ${answer.reason}`);
      return { ...verdict, andonId: answer.andonId };
    },
    async tick(nowMs) {
      const late = [...view.disturbed.values()].flat().filter((andon) => overdue(andon, nowMs) !== null);
      const clock: Actor = { kind: "service", id: "line" };
      for (const { scope, andonId } of late) await record(scope, { kind: "tick", andonId }, clock);
      teller.retry();
    },
    hear: (hearing, by) => hear(hearing, by, { store, now, view, recorder }),
    delivery(scope) {
      const last = view.lastBroadcast(scope);
      return last && { ...last, missing: runtimesIn(scope).filter((runtime) => !last.acknowledged.has(runtime)) };
    },
    broken: following.broken,
    async [Symbol.asyncDispose]() {
      await following[Symbol.asyncDispose]();
      await teller[Symbol.asyncDispose]();
    },
  };
}
