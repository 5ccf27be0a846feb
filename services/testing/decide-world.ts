import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecisionAnswer, DecisionRequest } from "../../schemas/decision.ts";
import type { PolicySettings } from "../../schemas/policy-settings.ts";
import { openMemoryEventStore } from "../adapters/memory/event-store.ts";
import { openOpaEngine } from "../adapters/opa/engine.ts";
import { openSqliteKeyVault } from "../adapters/sqlite/key-vault.ts";
import { openSqlitePayloadStore } from "../adapters/sqlite/payload-store.ts";
import { type DecideDeps, type Decided, makeDecide } from "../decide/decide.ts";
import { PolicyBook } from "../decide/policy-book.ts";
import { DecisionRecorder } from "../decide/record.ts";
import { SessionDenials } from "../decide/session-denials.ts";
import type { Settle, StateSources } from "../decide/state.ts";
import type { AskingAgent } from "../domain/decision/input.ts";
import type { EventStore } from "../ports/event-store.ts";
import type { OpenBundle } from "../ports/policy-bundle.ts";
import type { PolicyEngine } from "../ports/policy-engine.ts";
import { readPolicy } from "./policies/read-policy.ts";

/** Nothing is known: no line is stopped, no budget limits, nothing was approved, no autonomy was earned. */
export const neutralState: StateSources = {
  line: () => [],
  budgets: () => [],
  approval: () => null,
  autonomy: () => ({ level: 0, state: "none" }),
  holdback: () => null,
  departmentOf: () => null,
};

const settleNothing: Settle = async () => ({ kind: "settled", approval: null });

export const AT = Date.parse("2026-11-21T12:00:00Z");
export const ADMIN = { kind: "human", id: "admin" } as const;
export const AGENT: AskingAgent = { agentId: "agt_one", name: "One", team: "payments", vendor: "claude-code", feature: null };

const TOOLS: PolicySettings = {
  policy: "tools",
  title: "Tools",
  settings: { forbidden: { title: "Forbidden", help: "Tools not to be used.", type: "string_set", tighten: "union", default: ["Nuke"] } },
};

/** Another bundle with the same policies: bytes are `bundle <anything>`. */
export const bundleOf = (name: string): Uint8Array => Buffer.from(`bundle ${name}`);

/** Takes the sample policies for what any `bundle …` holds. */
const openBundle: OpenBundle = async (bytes) => {
  const text = Buffer.from(bytes).toString();
  if (!text.startsWith("bundle ")) return { kind: "refused", reason: "it is not signed" };
  const digest = Buffer.from(text.slice(7)).toString("hex").padEnd(64, "0");
  const { wasm } = readPolicy(text === "bundle broken" ? "fails" : "sample");
  const rules = ["destructive_command", "forbidden_tool", "install", "network"].map((rule) => ({ policy: "tools", rule }));
  return { kind: "bundle", bundle: { digest, signedBy: "test-key", wasm, policies: [TOOLS], rules } };
};

export interface DecideWorld extends AsyncDisposable {
  readonly deps: DecideDeps;
  readonly store: EventStore;
  readonly book: PolicyBook;
  now: number;
  /** Asks as an agent does. */
  ask(request: unknown, agent?: AskingAgent): Promise<Decided>;
  /** Asks for a tool call and takes the answer for granted. */
  call(resource?: object, more?: Partial<DecisionRequest>, agent?: AskingAgent): Promise<DecisionAnswer>;
  /** Types of all stored events. */
  stored(): Promise<string[]>;
}

/** The decision path on its real parts, in a temporary folder, with the sample policies active. */
export async function decideWorld(more: Partial<DecideDeps> = {}, open: () => PolicyEngine = openOpaEngine): Promise<DecideWorld> {
  const stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "andon-decide-"));
  stack.defer(() => rm(dir, { recursive: true }));
  const store = more.store ?? openMemoryEventStore();
  const payloads = stack.use(await openSqlitePayloadStore({ file: join(dir, "payloads.db") }));
  const vault = stack.use(await openSqliteKeyVault({ file: join(dir, "vault.db"), masterKeyFile: join(dir, "vault.key") }));
  const engine = stack.use(open());
  const now = (): number => world.now;
  const book = stack.use(await PolicyBook.open({ store, payloads, vault, open: openBundle, engine, now, random: randomBytes }));
  const denials = stack.use(await SessionDenials.open(store));
  const recorder = new DecisionRecorder({ store, payloads, vault });
  const trouble = (error: unknown): void => void troubles.push(error);
  const troubles: unknown[] = [];
  const org = { name: "acme", zone: "America/Sao_Paulo" };
  const parts = {
    store,
    payloads,
    vault,
    engine,
    book,
    denials,
    recorder,
    sources: neutralState,
    settle: settleNothing,
    org,
    now,
    random: randomBytes,
  };
  const deps: DecideDeps = { ...parts, trouble, ...more };
  const decide = makeDecide(deps);
  const ask = (request: unknown, agent = AGENT): Promise<Decided> => decide({ request, agent, door: "http" });
  const world: DecideWorld = {
    deps,
    store,
    book,
    now: AT,
    ask,
    async call(resource = {}, asked = {}, agent = AGENT) {
      const decided = await ask(
        { action: "tool.call", resource: { tool: "Bash", class: "execute", command: "ls", ...resource }, ...asked },
        agent,
      );
      if (decided.kind !== "decided") throw new Error(`not decided: ${JSON.stringify(decided)} ${String(troubles[0] ?? "")}`);
      return decided.answer;
    },
    async stored() {
      const { events } = await store.readAll(null, 100_000);
      return events.map(({ type }) => type.replace(/^andon\.|\.v1$/g, ""));
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
  const published = await book.publish(bundleOf("first"), "shipped", ADMIN);
  if (published.kind === "refused") throw new Error(published.reason);
  await book.place(published.value.digest, { stage: "active" }, ADMIN);
  return world;
}
