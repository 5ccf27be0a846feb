import type { Health, HealthPart } from "../../schemas/api.ts";
import type { StoredEvent } from "../../schemas/event.ts";
import type { Config } from "../config.ts";
import type { Position } from "../ports/event-store.ts";
import { nameOf } from "../telemetry.ts";
import type { Decisions } from "./decisions.ts";
import type { Engines } from "./engines.ts";
import type { Figures } from "./figures.ts";
import type { UseCases } from "./use-cases.ts";

interface Parts {
  readonly version: string;
  readonly startedAt: string;
  readonly config: Config;
  readonly engines: Engines;
  readonly useCases: UseCases;
  readonly decisions: Decisions;
  readonly figures: Figures;
  readonly warnings: readonly string[];
}

/** The projection may be this far behind before it counts as degraded. */
const LATE_MS = 10_000;

type State = HealthPart["state"];

/** Asks every part how it is. A part that cannot answer is down; the others still say what they know. */
export async function readHealth({ version, startedAt, config, engines, useCases, decisions, figures, warnings }: Parts): Promise<Health> {
  const parts = await Promise.all([
    part("event store", async () => {
      const { product, version: of } = await engines.store.identify();
      return { product, version: of, detail: config.store.kind === "sqlite" ? "every write is on disk before it is answered" : "cluster" };
    }),
    part("bus", async () => {
      const status = await engines.bus.status();
      return { ...status, warnings: [...status.warnings], figures: { waitingMessages: status.waiting } };
    }),
    part("ingest", async () => ({ product: "andon", version, detail: "since the start", figures: figures.ingest })),
    part("collect", async () => ({ product: "andon", version, detail: "since the start", figures: figures.collect })),
    part("analytics", async () => engines.reads.status()),
    part("projection", () => projection(engines, figures, version)),
    part("payloads", async () => ({
      product: "SQLite",
      version: "",
      detail: config.capture === "sealed" ? "content is kept sealed" : "content is dropped, sizes are kept",
      figures: { ...(await engines.payloads.status()) },
    })),
    part("policies", () => policies(decisions)),
    part("prices", async () => prices(useCases, version)),
    part("api", async () => ({
      product: "andon",
      version,
      detail: "",
      warnings: [...warnings],
      state: warnings.length > 0 ? "degraded" : "up",
    })),
  ]);
  const worst = (["down", "degraded"] as const).find((state) => parts.some((each) => each.state === state));
  return { state: worst ?? "up", version, startedAt, parts };
}

function prices({ prices: { book } }: UseCases, version: string) {
  const rows = book.rows().length;
  const state: State = rows === 0 ? "degraded" : "up";
  return { product: "andon", version, state, detail: rows === 0 ? "no price is known: all use is unpriced" : "", figures: { rows } };
}

async function policies({ deps: { engine, book } }: Decisions) {
  const { active, canary, shadow } = book.places;
  const { modules: _, ...figures } = await engine.status();
  const bundle = active === null ? null : await book.shelf.take(active);
  const others = [canary && "a canary", shadow && "a shadow"].filter((each) => each !== null).join(" and ");
  const detail = bundle
    ? `${bundle.policies.length} policies in force${others && `, with ${others}`}`
    : "no policies can be loaded: everything is denied";
  const state: State = bundle ? "up" : "down";
  return { product: "Open Policy Agent", version: (active ?? "").slice(0, 12), state, detail, figures };
}

async function projection({ store }: Engines, { projection: known }: Figures, version: string) {
  const head = await store.head();
  const behind = known !== null && head !== null && known.position !== head;
  const lagMs = behind ? await waitedMs(store, known.position) : 0;
  const state: State = lagMs > LATE_MS ? "degraded" : "up";
  const detail =
    known === null
      ? "not running in this process"
      : known.phase === "live"
        ? "up to date"
        : `${known.phase}: ${known.events} events so far`;
  return { product: "andon", version, state, detail, figures: { events: known?.events ?? 0, lagMs } };
}

/** How long the first event after a position has waited to be projected: an idle platform is not late with its next event. */
async function waitedMs(store: Engines["store"], position: Position | null): Promise<number> {
  const { events } = await store.readAll(position, 1);
  const [first] = events;
  return first ? Math.max(0, Date.now() - Date.parse((JSON.parse(first.body) as StoredEvent).recordedat)) : 0;
}

async function part(name: string, ask: () => Promise<Partial<HealthPart> & Pick<HealthPart, "product" | "version">>): Promise<HealthPart> {
  const silent = { state: "up" as const, detail: "", warnings: [], figures: {} };
  try {
    const { product, version, state, detail, warnings, figures } = await ask();
    return {
      name,
      product,
      version,
      state: state ?? silent.state,
      detail: detail ?? "",
      warnings: warnings ?? [],
      figures: figures ?? {},
    };
  } catch (error) {
    return { ...silent, name, product: "", version: "", state: "down", detail: nameOf(error) };
  }
}
