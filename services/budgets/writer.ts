import type { StoredEvent } from "../../schemas/event.ts";
import { decideBudget } from "../domain/budget/budget.ts";
import type { BudgetCommand, BudgetDecision, BudgetRefusal } from "../domain/budget/commands.ts";
import { carryOut } from "../domain/budget/crossing.ts";
import { type BudgetState, draftOf } from "../domain/budget/state.ts";
import { type Actor, platformEvent } from "../domain/envelope.ts";
import type { Fact } from "../domain/fact.ts";
import { stableId } from "../domain/ids.ts";
import type { FoldedView } from "../folded-view.ts";
import type { EventStore, NewEvent } from "../ports/event-store.ts";

/** What waits while one append is on its way is written by the next, together. */
const JOBS_PER_ROUND = 200;
const PAGE = 1000;

export interface WriterDeps {
  readonly store: EventStore;
  readonly view: FoldedView<BudgetState>;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

/** Commands by budget, each list in its order. */
export type Parts = ReadonlyMap<string, readonly BudgetCommand[]>;

export interface Written {
  /** Empty: all of it is as wanted. */
  readonly refusals: readonly (BudgetRefusal & { readonly budgetId: string })[];
}

interface Job {
  readonly by: Actor;
  /** What takes a part back when another part of the same job is refused; null: each part stands for itself. */
  readonly undo: BudgetCommand | null;
  todo: Map<string, readonly BudgetCommand[]>;
  readonly written: string[];
  readonly refusals: (BudgetRefusal & { budgetId: string })[];
  readonly done: (written: Written) => void;
  readonly failed: (error: unknown) => void;
}

interface Draft {
  state: BudgetState | null;
  readonly facts: Fact[];
  readonly jobs: Set<Job>;
}

export interface BudgetWriter {
  /** Each part for itself. */
  submit(parts: Parts, by: Actor): Promise<Written>;
  /** All parts or none: what was written before another budget refused is undone, and only then the answer comes. */
  submitAll(parts: Parts, undo: BudgetCommand, by: Actor): Promise<Written>;
  /** Takes into the view what other processes have stored. */
  catchUp(budgetId: string): Promise<void>;
}

export const streamOf = (budgetId: string): string => `budget-${budgetId}`;

/**
 * Decides on drafts of the newest states, appends from the revisions that were decided on, and lets a state change only
 * with what is stored. Where another process was faster, only the parts that failed are decided again, on what it stored.
 */
export function makeBudgetWriter({ store, view, now, random }: WriterDeps): BudgetWriter {
  const waiting: Job[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const jobs = waiting.slice(0, JOBS_PER_ROUND);
      await round(jobs).catch((error: unknown) => {
        // What is stored of them is unknown; a reservation among it expires by itself.
        for (const job of jobs) {
          job.todo = new Map();
          job.failed(error);
        }
      });
      const open = jobs.filter((job) => job.todo.size > 0);
      for (const job of jobs) if (job.todo.size === 0) job.done({ refusals: job.refusals });
      waiting.splice(0, jobs.length, ...open);
    }
    running = false;
  }

  async function round(jobs: readonly Job[]): Promise<void> {
    const nowMs = now();
    const drafts = new Map<string, Draft>();
    for (const job of jobs) plan(job, drafts, nowMs);
    const writes = [...drafts].filter(([, { facts }]) => facts.length > 0);
    if (writes.length === 0) return;
    const appends = writes.map(([budgetId, { facts, state }]) => {
      const stream = streamOf(budgetId);
      const before = view.eventsOf(stream);
      const events = facts.map((fact) => eventOf(fact, budgetId, state, nowMs));
      return { before, append: { stream, expected: before === 0 ? ("none" as const) : before - 1, events } };
    });
    const outcomes = await store.append(appends.map(({ append }) => append));
    for (const [nth, [budgetId, draft]] of writes.entries()) {
      // Meanwhile the view may have heard of these events, or of others: only `before` says where they belong.
      const { before, append } = appends[nth] as (typeof appends)[number];
      if (outcomes[nth]?.kind === "appended") {
        append.events.forEach(({ body }, later) => void view.apply(JSON.parse(body) as StoredEvent, append.stream, before + later));
        for (const job of draft.jobs) settled(job, budgetId);
        continue;
      }
      await catchUp(budgetId);
      if (view.eventsOf(append.stream) === before) throw new Error("the event store refused an event and shows no other in its place");
    }
  }

  function plan(job: Job, drafts: Map<string, Draft>, nowMs: number): void {
    const drafted = (budgetId: string): Draft => {
      let draft = drafts.get(budgetId);
      if (!draft) {
        const state = view.get(budgetId);
        drafts.set(budgetId, (draft = { state: state && draftOf(state), facts: [], jobs: new Set() }));
      }
      return draft;
    };
    const circumstances = { nowMs, by: job.by };
    if (job.undo && job.refusals.length === 0) {
      const refused = [...job.todo].flatMap(([budgetId, [command]]) =>
        refusalIn(decideBudget(drafted(budgetId).state, command as BudgetCommand, circumstances), budgetId),
      );
      if (refused.length > 0) {
        job.refusals.push(...refused);
        job.todo = new Map(job.written.map((budgetId) => [budgetId, [job.undo as BudgetCommand]]));
      }
    }
    for (const [budgetId, commands] of [...job.todo]) {
      const draft = drafted(budgetId);
      let writes = false;
      for (const command of commands) {
        const { decision, state } = carryOut(draft.state, command, circumstances);
        const refused = refusalIn(decision, budgetId);
        job.refusals.push(...refused);
        if (refused.length > 0) break;
        if (decision.kind !== "acts") continue;
        draft.state = state;
        draft.facts.push(...decision.facts);
        writes = true;
      }
      if (writes) draft.jobs.add(job);
      else job.todo.delete(budgetId);
    }
  }

  function eventOf({ schema, data, actor }: Fact, budgetId: string, state: BudgetState | null, nowMs: number): NewEvent {
    const id = stableId(nowMs, budgetId, Buffer.from(random(16)).toString("hex"));
    const team = state?.scope.kind === "team" ? state.scope.name : undefined;
    return platformEvent(schema, data, { actor, id, subject: budgetId, at: new Date(nowMs).toISOString(), team });
  }

  async function catchUp(budgetId: string): Promise<void> {
    const stream = streamOf(budgetId);
    for (;;) {
      const newer = await store.readStream(stream, view.eventsOf(stream), PAGE);
      for (const recorded of newer) view.apply(JSON.parse(recorded.body) as StoredEvent, stream, recorded.revision);
      if (newer.length < PAGE) return;
    }
  }

  function add(parts: Parts, undo: BudgetCommand | null, by: Actor): Promise<Written> {
    if (parts.size === 0) return Promise.resolve({ refusals: [] });
    const { promise, resolve: done, reject: failed } = Promise.withResolvers<Written>();
    waiting.push({ by, undo, todo: new Map(parts), written: [], refusals: [], done, failed });
    if (!running) void run();
    return promise;
  }

  return { submit: (parts, by) => add(parts, null, by), submitAll: add, catchUp };
}

function settled(job: Job, budgetId: string): void {
  job.todo.delete(budgetId);
  job.written.push(budgetId);
}

const refusalIn = (decision: BudgetDecision, budgetId: string): (BudgetRefusal & { budgetId: string })[] =>
  decision.kind === "acts" || decision.kind === "quiet" ? [] : [{ ...decision, budgetId }];
