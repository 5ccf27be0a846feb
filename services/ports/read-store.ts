import type { Position } from "./event-store.ts";

/** The projection knows what the tables mean; the store only knows names and columns. */
export interface Rows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/**
 * How far a projection has come. Written after the rows it stands for; a crash in between is healed by projecting the
 * same events again, because every row replaces its earlier self.
 */
export interface Checkpoint {
  /** Everything up to here is in closed segments. */
  readonly position: Position | null;
  /** Number of the segment that starts after `position`. Rows carry it, so that a segment can be written again. */
  readonly segment: number;
  /** Version of the folds that wrote the rows. Rows of another version are made anew. */
  readonly shape: string;
  /** Ledger totals over all closed segments: compared with the rollup at the start to notice lost data. */
  readonly totals: Readonly<Record<string, string>>;
}

export interface ReadStoreStatus {
  readonly state: "up" | "degraded" | "down";
  readonly product: string;
  readonly version: string;
  readonly detail: string;
}

/** Answers to questions. Never the truth: it can be dropped and rebuilt from the event store. */
export interface ReadStore extends AsyncDisposable {
  /** Creates what is missing. Idempotent. */
  migrate(): Promise<void>;
  /** Drops everything that was projected. */
  reset(): Promise<void>;
  /** Rows first, then the checkpoint if there is one. */
  write(rows: readonly Rows[], checkpoint?: Checkpoint): Promise<void>;
  checkpoint(): Promise<Checkpoint | null>;
  /**
   * Runs a parametrised, read-only query with a time limit. Wide integers come back as strings.
   * @param sql with `{name:Type}` placeholders; values never become part of the text. No SETTINGS and no FORMAT.
   * @param seconds time limit; 10 unless said otherwise
   */
  query<Row>(sql: string, params?: Readonly<Record<string, unknown>>, seconds?: number): Promise<readonly Row[]>;
  status(): Promise<ReadStoreStatus>;
}
