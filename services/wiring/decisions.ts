import { createPublicKey, hash, type KeyObject, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openGuardedEngine } from "../adapters/opa/guarded.ts";
import { openOpaSandbox } from "../adapters/opa/sandbox.ts";
import type { AgentRegistry } from "../agents/registry.ts";
import type { Approvals } from "../approvals/approvals.ts";
import type { Config } from "../config.ts";
import { type DecideDeps, makeDecide } from "../decide/decide.ts";
import { ImpactRuns } from "../decide/impact-runs.ts";
import { PolicyBook } from "../decide/policy-book.ts";
import { DecisionRecorder } from "../decide/record.ts";
import { SessionDenials } from "../decide/session-denials.ts";
import type { BundlePlaces } from "../domain/decision/bundle-places.ts";
import type { AskingAgent } from "../domain/decision/input.ts";
import { type DataFolder, policyKey } from "../kit/data-folder.ts";
import { type Log, nameOf } from "../telemetry.ts";
import { bundleTexts } from "./bundle-texts.ts";
import { decisionSettlement, decisionSources } from "./decision-state.ts";
import type { Engines } from "./engines.ts";
import { approvalsOf } from "./open-approvals.ts";
import type { Drafting } from "./policy-drafts.ts";
import { policyTools } from "./policy-tools.ts";
import type { UseCases } from "./use-cases.ts";

/** The decision path: policies, what they know, and who asks. */
export interface Decisions {
  readonly decide: ReturnType<typeof makeDecide>;
  readonly deps: DecideDeps;
  readonly approvals: Approvals;
  /** What new policies are made and tried with. */
  readonly workshop: Omit<Drafting, "book"> & { readonly impacts: ImpactRuns };
  /** Who asks, by the credential; null: nobody who is registered. */
  readonly identify: (agentId: string) => AskingAgent | null;
  /** Each rejects when its view can no longer be kept up to date. */
  readonly broken: readonly Promise<never>[];
}

interface Opening {
  readonly root: string;
  readonly config: Config;
  readonly folder: DataFolder;
  readonly engines: Engines;
  readonly useCases: Pick<UseCases, "registry" | "people" | "lines" | "budgets" | "autonomy" | "holdback">;
  readonly log: Log;
  readonly stack: AsyncDisposableStack;
}

const SHIPPER = { kind: "service", id: "andon" } as const;

export async function openDecisions({ root, config, folder, engines, useCases, log, stack }: Opening): Promise<Decisions> {
  const { store, payloads, vault } = engines;
  const now = Date.now;
  const key = await policyKey(folder);
  const keyId = idOf(key);
  const engine = stack.use(openGuardedEngine());
  const open = policyTools.bundleOpener(new Map([[keyId, createPublicKey(key)]]));
  const book = stack.use(await PolicyBook.open({ store, payloads, vault, open, engine, now, random: randomBytes }));
  const denials = stack.use(await SessionDenials.open(store));
  const shipped = await readFile(join(root, "policies", "shipped.tar.gz"));
  await ship(book, await policyTools.signBundle(shipped, { id: keyId, key }), log);
  const { registry, people, lines, budgets, autonomy, holdback } = useCases;
  const policies = (): readonly string[] => digestsAtWork(book.places);
  const approvals = stack.use(await approvalsOf({ store, people, policies }));
  const deps: DecideDeps = {
    store,
    payloads,
    vault,
    engine,
    book,
    denials,
    recorder: new DecisionRecorder({ store, payloads, vault }),
    sources: decisionSources({ lines, approvals, budgets, autonomy, holdback }),
    settle: decisionSettlement({ lines, approvals, budgets, denials }),
    org: config.org,
    now,
    random: randomBytes,
    trouble: (error) => log("error", "a decision could not be written down", { error: nameOf(error) }),
  };
  const workshop = {
    compiler: stack.use(policyTools.openPolicyCompiler()),
    texts: bundleTexts(book, join(root, "policies")),
    sign: (bundle: Uint8Array) => policyTools.signBundle(bundle, { id: keyId, key }),
    impacts: stack.use(new ImpactRuns({ store, payloads, vault, book, sandbox: stack.use(openOpaSandbox()) })),
  };
  const broken = [book.broken, denials.broken, approvals.broken];
  return { decide: makeDecide(deps), deps, approvals, workshop, identify: (agentId) => askingOf(registry, agentId), broken };
}

/** A release's policies take the place of an earlier release's, never of an organisation's own. */
async function ship(book: PolicyBook, bytes: Uint8Array, log: Log): Promise<void> {
  const published = await book.publish(bytes, "shipped", SHIPPER);
  if (published.kind === "refused") throw new Error(`The policies of this release cannot be used: ${published.reason}.`);
  const { digest } = published.value;
  const { active } = book.places;
  const shippedBefore = book.places.published.some((each) => each.digest === active && each.from === "shipped");
  if (active === digest) return;
  if (active !== null && !shippedBefore) {
    log("info", "this release has other policies than those in force", { shipped: digest, active });
    return;
  }
  const placed = await book.place(digest, { stage: "active" }, SHIPPER, "the policies of this release");
  if (placed.kind === "refused") throw new Error(`The policies of this release cannot be put in force: ${placed.reason}.`);
}

/** An approval is worth something as long as the policies that asked for it decide for anybody. */
const digestsAtWork = ({ active, canary }: BundlePlaces): readonly string[] =>
  [active, canary?.digest ?? null].filter((digest) => digest !== null);

/** Names a key by what everybody may know of it. */
const idOf = (key: KeyObject): string => `key_${hash("sha256", createPublicKey(key).export({ type: "spki", format: "der" })).slice(0, 16)}`;

function askingOf(registry: AgentRegistry, agentId: string): AskingAgent | null {
  const found = registry.identify(agentId);
  return found && { agentId, name: found.agent, team: found.team, vendor: found.vendor ?? null, feature: found.feature ?? null };
}
