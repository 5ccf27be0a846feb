import { ErrorRaised, PromptSubmitted, SessionEnded, SessionStarted, ToolCalled } from "../../schemas/session.ts";
import type { Rows } from "../ports/read-store.ts";
import { movementOf } from "./fold-costs.ts";
import type { ReadEvent } from "./read-event.ts";
import { cellsOf, noSums, plus, SUMS, type Sums, sumsFrom } from "./sums.ts";

const MODELS = 32;

/** A session after its first `revision + 1` events; -1: before any. Moments are as ClickHouse writes them. */
export interface SessionState {
  readonly agent: string;
  readonly session: string;
  revision: number;
  /** When the first event was recorded. */
  opened: string;
  started: string;
  last: string;
  heard: string;
  team: string;
  feature: string;
  vendor: string;
  repo: string;
  branch: string;
  ticket: string;
  change_kind: string;
  models: readonly string[];
  outcome: string;
  prompts: number;
  model_calls: number;
  tool_calls: number;
  errors: number;
  sums: Sums;
}

const FIELDS = [
  "agent",
  "session",
  "revision",
  "opened",
  "started",
  "last",
  "heard",
  "team",
  "feature",
  "vendor",
  "repo",
  "branch",
  "ticket",
  "change_kind",
  "models",
  "outcome",
  "prompts",
  "model_calls",
  "tool_calls",
  "errors",
] as const;

/** Columns of the table, in order. */
export const SESSION_COLUMNS = [...FIELDS, ...SUMS] as const;

/** A session of which nothing was seen. */
export const newSession = (agent: string, session: string): SessionState => ({
  agent,
  session,
  revision: -1,
  opened: "",
  started: "",
  last: "",
  heard: "",
  team: "",
  feature: "",
  vendor: "",
  repo: "",
  branch: "",
  ticket: "",
  change_kind: "",
  models: [],
  outcome: "open",
  prompts: 0,
  model_calls: 0,
  tool_calls: 0,
  errors: 0,
  sums: noSums,
});

/** Takes the session's next event. Everything it holds is a function of the events so far, so a stored row goes on from there. */
export function foldSession(state: SessionState, event: ReadEvent): void {
  state.revision = event.recorded.revision;
  if (state.opened === "") {
    state.opened = event.taken;
    state.started = event.time;
    state.last = event.time;
  }
  if (event.taken > state.heard) state.heard = event.taken;
  const movement = movementOf(event);
  if (movement) {
    state.sums = plus(state.sums, movement.sums);
    const because = event.envelope.data?.["because"];
    if (because === "request") state.model_calls += 1;
    if (because === "replaced") state.model_calls -= 1;
    seeModel(state, movement.dimensions[2] ?? "");
    return;
  }
  if (event.time < state.started) state.started = event.time;
  if (event.time > state.last) state.last = event.time;
  place(state, event);
  count(state, event);
}

/** What an event says last about where the work belongs. */
function place(state: SessionState, { envelope }: ReadEvent): void {
  const { team, feature, vendor, repo, branch, ticket, changekind } = envelope;
  if (team) state.team = team;
  if (feature) state.feature = feature;
  if (vendor) state.vendor = vendor;
  if (repo) state.repo = repo;
  if (branch) state.branch = branch;
  if (ticket) state.ticket = ticket;
  if (changekind) state.change_kind = changekind;
}

function count(state: SessionState, { recorded, envelope }: ReadEvent): void {
  switch (recorded.type) {
    case PromptSubmitted.type:
      state.prompts += 1;
      break;
    case ToolCalled.type:
      state.tool_calls += 1;
      break;
    case ErrorRaised.type:
      state.errors += 1;
      break;
    case SessionStarted.type:
      state.outcome = "open";
      break;
    case SessionEnded.type: {
      const outcome = envelope.data?.["outcome"];
      state.outcome = typeof outcome === "string" ? outcome : "unknown";
      break;
    }
  }
}

function seeModel(state: SessionState, model: string): void {
  if (model !== "" && state.models.length < MODELS && !state.models.includes(model)) state.models = [...state.models, model];
}

export const sessionRows = (states: Iterable<SessionState>): Rows => ({
  table: "sessions",
  columns: SESSION_COLUMNS,
  values: Array.from(states, (state) => [...FIELDS.map((field) => state[field]), ...cellsOf(state.sums)]),
});

/** @param row of the table, all columns */
export function sessionFrom(row: Readonly<Record<string, unknown>>): SessionState {
  const fields = Object.fromEntries(FIELDS.map((field) => [field, row[field]])) as unknown as Omit<SessionState, "sums">;
  return { ...fields, sums: sumsFrom(row) };
}
