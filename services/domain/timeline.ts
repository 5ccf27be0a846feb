import type { SessionDetail, TimelineStep } from "../../schemas/api.ts";
import { CostComputed, type CostMovement, CostRecomputed, CostSourceFound } from "../../schemas/cost.ts";
import { readEventData } from "../../schemas/registry.ts";
import type { Usage } from "../../schemas/session.ts";
import { CostSums, tokensOf } from "./cost/cost-sums.ts";
import { type Counted, SessionLedger } from "./cost/ledger.ts";
import { type Recorded, stepOf } from "./timeline-step.ts";

/** Steps after this one are wanted. Steps are ordered by when they happened, then by when they were stored. */
export interface Place {
  readonly timeMs: number;
  readonly revision: number;
}

interface Report {
  readonly eventId: string;
  readonly usage: Usage;
  readonly sums: CostSums;
}

interface Candidate extends Place {
  readonly recorded: Recorded;
}

/**
 * A session as it is shown: its events in the order in which they happened, each report of usage with what of it counted.
 * Takes a stream's events one by one, from the first to the last; keeps the wanted steps and the reports, not the rest.
 *
 * Who a movement belongs to is found by letting the ledger decide again: the same reports in the same order give the same
 * movements, and each knows the report whose tokens it moves.
 */
export class Timeline {
  readonly #after: Place | null;
  readonly #limit: number;
  #wanted: Candidate[] = [];
  readonly #ledger = new SessionLedger();
  readonly #reports = new Map<string, Report>();
  readonly #byUsage = new Map<Usage, Report>();
  /** Ledger entry → the report whose tokens it moves. */
  readonly #owners = new Map<string, Report>();
  /** Call key → the report of it that counts; model → the last call. */
  readonly #winners = new Map<string, Report>();
  readonly #lastCall = new Map<string, Report>();
  #itemisedBy: string | null = null;

  /** @param limit how many steps are wanted after `after`; null: from the first */
  constructor(after: Place | null, limit: number) {
    this.#after = after;
    this.#limit = limit;
  }

  add(recorded: Recorded): void {
    const { event, id } = recorded;
    if (event.type === CostComputed.type || event.type === CostRecomputed.type) {
      this.#ownerOf(event.data as CostMovement)?.sums.add(event.data as CostMovement);
      return;
    }
    if (event.type === CostSourceFound.type) {
      this.#itemisedBy ??= id;
      this.#own(this.#ledger.itemise(id));
    }
    const read = readEventData(event.type, event.data);
    if (read.kind === "ok" && read.schema.name === "session.usage.recorded") this.#observe(recorded, read.data as unknown as Usage);
    this.#want(recorded);
  }

  answer(): { readonly steps: TimelineStep[]; readonly sources: SessionDetail["sources"]; readonly next: Place | null } {
    this.#trim();
    const page = this.#wanted.slice(0, this.#limit);
    const last = page.at(-1);
    return {
      steps: page.map(({ recorded }) => this.#step(recorded)),
      sources: this.#sources(),
      next: this.#wanted.length > this.#limit && last ? { timeMs: last.timeMs, revision: last.revision } : null,
    };
  }

  #observe({ id, event }: Recorded, usage: Usage): void {
    const report: Report = { eventId: id, usage, sums: new CostSums() };
    this.#reports.set(id, report);
    this.#byUsage.set(usage, report);
    this.#own(this.#ledger.observe({ eventId: id, time: event.time, usage, where: {} }));
    if (usage.kind !== "request") return;
    this.#lastCall.set(modelOf(usage), report);
    const winner = this.#winners.get(usage.key);
    if (!winner || winner.usage.via.rank < usage.via.rank) this.#winners.set(usage.key, report);
  }

  #own(moved: readonly Counted[]): void {
    for (const { entry, usage } of moved) {
      const owner = this.#byUsage.get(usage);
      if (owner) this.#owners.set(entry, owner);
    }
  }

  /** A movement that an older ledger made may have another entry than today's: then it belongs to the report that caused it. */
  #ownerOf({ entry }: CostMovement): Report | undefined {
    return this.#owners.get(entry) ?? this.#reports.get(entry.split(":")[0] ?? "");
  }

  #want(recorded: Recorded): void {
    const timeMs = Date.parse(recorded.event.time);
    const candidate = { timeMs, revision: recorded.revision, recorded };
    if (this.#after && inOrder(candidate, this.#after) <= 0) return;
    this.#wanted.push(candidate);
    if (this.#wanted.length > 2 * this.#limit + 64) this.#trim();
  }

  /** Keeps one more than wanted: it tells that there is more. */
  #trim(): void {
    this.#wanted.sort(inOrder);
    this.#wanted = this.#wanted.slice(0, this.#limit + 1);
  }

  #step(recorded: Recorded): TimelineStep {
    const report = this.#reports.get(recorded.id);
    if (!report) return stepOf(recorded, null, null);
    const counted = this.#counts(report);
    return stepOf(recorded, counted ? report.sums.shown() : null, counted ? null : this.#coverOf(report));
  }

  /** A call counts when no better report of it came, a counter when something of it is still in the total. */
  #counts({ usage, sums, eventId }: Report): boolean {
    if (usage.kind === "request") return sums.movements > 0 && this.#winners.get(usage.key)?.eventId === eventId;
    return sums.total !== 0;
  }

  #coverOf({ usage, eventId }: Report): string | null {
    const cover = usage.kind === "request" ? this.#winners.get(usage.key) : this.#lastCall.get(modelOf(usage));
    if (cover) return cover.eventId === eventId ? null : cover.eventId;
    return this.#itemisedBy;
  }

  #sources(): SessionDetail["sources"] {
    const sources = new Map<string, SessionDetail["sources"][number]>();
    const series = new Map<string, number>();
    for (const { usage, sums } of this.#reports.values()) {
      const { signal, name } = usage.via;
      const key = `${signal}\n${name}`;
      const source = sources.get(key) ?? { signal, name, reports: 0, reported: 0, counted: 0 };
      sources.set(key, source);
      const tokens = tokensOf(usage.tokens);
      source.reports += 1;
      source.counted += sums.total;
      if (usage.temporality === "cumulative") {
        const one = `${key}\n${usage.key}\n${usage.since ?? ""}`;
        const before = series.get(one) ?? 0;
        series.set(one, Math.max(before, tokens));
        source.reported += Math.max(0, tokens - before);
      } else source.reported += tokens;
    }
    return [...sources.values()];
  }
}

const inOrder = (a: Place, b: Place): number => a.timeMs - b.timeMs || a.revision - b.revision;
const modelOf = (usage: Usage): string => (usage.model ?? "").toLowerCase();
