import type { ImpactRun } from "../../schemas/policy-api.ts";
import { type ReplayManyDeps, type ReplayPeriod, replayMany } from "./replay-many.ts";

/** Reports are large; the last ones are kept. */
const MOST_KEPT = 8;

export type StartedRun =
  | { readonly kind: "started"; readonly run: ImpactRun }
  | { readonly kind: "missing" | "busy"; readonly reason: string };

/** Replays of history against bundles that are not in force yet: one at a time, the last of each bundle at hand. */
export class ImpactRuns implements AsyncDisposable {
  readonly #deps: ReplayManyDeps;
  readonly #runs = new Map<string, ImpactRun>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(deps: ReplayManyDeps) {
    this.#deps = deps;
  }

  get(digest: string): ImpactRun | null {
    return this.#runs.get(digest) ?? null;
  }

  /** Starts and does not wait for the end: `get` says how far it is. */
  async start(digest: string, period: ReplayPeriod): Promise<StartedRun> {
    const candidate = await this.#deps.book.shelf.take(digest);
    if (!candidate) return { kind: "missing", reason: "there is no bundle with this digest" };
    if (this.#running) return { kind: "busy", reason: "another impact report is being made; wait until it is done" };
    const begun: ImpactRun = {
      digest,
      ...period,
      state: "running",
      decisions: 0,
      passed: 0,
      elapsedMs: 0,
      report: null,
      reason: null,
    };
    this.#keep(begun);
    let latest = begun;
    const keep = (more: Partial<ImpactRun>): void => this.#keep((latest = { ...latest, ...more }));
    this.#running = replayMany(this.#deps, candidate, period, keep, this.#stop.signal)
      .then(
        (report) => keep({ state: "done", report: structuredClone(report) as unknown as NonNullable<ImpactRun["report"]> }),
        (error: unknown) => keep({ state: "failed", reason: error instanceof Error ? error.message : "it ended for no known reason" }),
      )
      .finally(() => {
        this.#running = null;
      });
    return { kind: "started", run: begun };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #keep(run: ImpactRun): void {
    this.#runs.delete(run.digest);
    this.#runs.set(run.digest, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_KEPT && oldest !== undefined) this.#runs.delete(oldest);
  }
}
