import type { Static, TObject } from "typebox";
import type { EventSchema, StoredEvent } from "../../schemas/event.ts";
import {
  PolicyBundleActivated,
  PolicyBundlePublished,
  PolicyBundleRolledBack,
  type PolicyScope,
  PolicySettingsSet,
} from "../../schemas/policy.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import { type BundlePlaces, foldBundles, noBundles } from "../domain/decision/bundle-places.ts";
import type { DecisionScope } from "../domain/decision/input.ts";
import { faultsInSettings, type SettingFault } from "../domain/decision/settings.ts";
import { type Actor, platformEvent } from "../domain/envelope.ts";
import { stableId } from "../domain/ids.ts";
import { type Following, followCategory } from "../follow.ts";
import type { EventStore } from "../ports/event-store.ts";
import { BundleShelf, type ShelfDeps } from "./bundle-shelf.ts";
import { SettingsBook } from "./settings-book.ts";

export interface PolicyBookDeps extends ShelfDeps {
  readonly store: EventStore;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

export type PolicyAnswer<Value = unknown> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "refused"; readonly reason: string; readonly faults?: readonly SettingFault[] };

export interface Placement {
  readonly stage: "shadow" | "canary" | "active";
  readonly teams?: readonly string[];
  readonly percent?: number;
}

const BUNDLES = "policy-bundles";

/** Which policies decide, with which settings: the event store's category `policy`, in memory. */
export class PolicyBook implements Following {
  readonly settings = new SettingsBook();
  readonly shelf: BundleShelf;
  readonly #deps: PolicyBookDeps;
  #places: BundlePlaces = noBundles;
  #bundleEvents = 0;
  /** Last revision of each scope's settings that was taken. */
  readonly #settingsSeen = new Map<string, number>();
  #following: Following | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(deps: PolicyBookDeps) {
    this.#deps = deps;
    this.shelf = new BundleShelf(deps);
  }

  /** Resolves once everything that is stored is known; then follows what other processes store. */
  static async open(deps: PolicyBookDeps): Promise<PolicyBook> {
    const book = new PolicyBook(deps);
    book.#following = await followCategory(deps.store, "policy", (event, { stream, revision }) => book.#apply(event, stream, revision));
    return book;
  }

  get places(): BundlePlaces {
    return this.#places;
  }

  get broken(): Promise<never> {
    return (this.#following as Following).broken;
  }

  /** What became of bundles, in order, with who did it and when. */
  async history(): Promise<readonly StoredEvent[]> {
    const recorded = await this.#deps.store.readStream(BUNDLES, 0, this.#bundleEvents);
    return recorded.map(({ body }) => JSON.parse(body) as StoredEvent);
  }

  /** Keeps a bundle, checked and signed. It decides nothing until it gets a place. */
  publish(bytes: Uint8Array, from: "shipped" | "console" | "cli", by: Actor, note?: string): Promise<PolicyAnswer<{ digest: string }>> {
    return this.#inTurn(async () => {
      const opened = await this.shelf.open(bytes);
      if (opened.kind === "refused") return opened;
      const { digest, signedBy, policies } = opened.bundle;
      if (this.#isPublished(digest)) return { kind: "done", value: { digest } };
      const stored = await this.shelf.put(opened.bundle, bytes);
      const names = policies.map(({ policy }) => policy);
      const data = { digest, signedBy, bytes: bytes.length, policies: names, from, ...stored, ...(note !== undefined && { note }) };
      await this.#record(PolicyBundlePublished, data, by);
      return { kind: "done", value: { digest } };
    });
  }

  place(digest: string, { stage, teams, percent }: Placement, by: Actor, reason?: string): Promise<PolicyAnswer<BundlePlaces>> {
    return this.#inTurn(async () => {
      if (!this.#isPublished(digest)) return refused("no bundle with this digest was published");
      if (stage === "canary" && (teams ?? []).length === 0 && percent === undefined) {
        return refused("a canary needs teams or a percentage: say for whom it decides");
      }
      if (!(await this.shelf.take(digest))) return refused("the bundle's bytes are not here any more, or are not what was published");
      const data = {
        digest,
        stage,
        ...(stage === "canary" && teams && { teams: [...teams] }),
        ...(stage === "canary" && percent !== undefined && { percent }),
        ...(reason !== undefined && { reason }),
      };
      await this.#record(PolicyBundleActivated, data, by);
      return { kind: "done", value: this.#places };
    });
  }

  /** The bundle that was active before decides again. */
  rollBack(reason: string, by: Actor): Promise<PolicyAnswer<BundlePlaces>> {
    return this.#inTurn(async () => {
      const { active, before } = this.#places;
      const to = before.at(-1);
      if (active === null || to === undefined) return refused("no bundle was active before this one");
      if (!(await this.shelf.take(to))) return refused("the bytes of the bundle before are not here any more");
      await this.#record(PolicyBundleRolledBack, { from: active, to, reason }, by);
      return { kind: "done", value: this.#places };
    });
  }

  /** @param place where the scope lies: what is around it must not be loosened */
  set(
    scope: PolicyScope,
    place: DecisionScope,
    policy: string,
    values: Readonly<Record<string, unknown>>,
    by: Actor,
    reason?: string,
  ): Promise<PolicyAnswer> {
    return this.#inTurn(async () => {
      const { active } = this.#places;
      const bundle = active === null ? null : await this.shelf.take(active);
      const declared = bundle?.policies.find((each) => each.policy === policy);
      if (!declared) return refused("there is no such policy in the active bundle");
      const faults = faultsInSettings(declared, this.settings.chain(place, scope.kind), scope, values);
      if (faults.length > 0)
        return { kind: "refused", reason: faults.map(({ setting, message }) => `${setting}: ${message}`).join("; "), faults };
      const data = { scope, policy, settings: canonicalJson(values), ...(reason !== undefined && { reason }) };
      const at = new Date(this.#deps.now()).toISOString();
      const stream = `policy-settings.${scope.kind}.${scope.name}`;
      const revision = await this.#append(stream, PolicySettingsSet, data, by, at, "any");
      this.#apply({ type: PolicySettingsSet.type, data } as unknown as StoredEvent, stream, revision);
      return { kind: "done", value: data };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#following?.[Symbol.asyncDispose]();
  }

  #isPublished(digest: string): boolean {
    return this.#places.published.some((each) => each.digest === digest);
  }

  /** Repetitions of what this process stored itself come back from the store. */
  #apply(event: StoredEvent, stream: string, revision: number): void {
    if (event.type === PolicySettingsSet.type && revision > (this.#settingsSeen.get(stream) ?? -1)) {
      this.#settingsSeen.set(stream, revision);
      this.settings.apply(event.data as Static<typeof PolicySettingsSet.data>);
    }
    if (stream !== BUNDLES || revision !== this.#bundleEvents) return;
    this.#bundleEvents += 1;
    this.#places = foldBundles(this.#places, event);
  }

  async #record<Data extends TObject>(schema: EventSchema<Data>, data: Static<Data>, by: Actor): Promise<void> {
    const at = new Date(this.#deps.now()).toISOString();
    const revision = this.#bundleEvents;
    await this.#append(BUNDLES, schema, data, by, at, revision === 0 ? "none" : revision - 1);
    this.#apply({ type: schema.type, data } as unknown as StoredEvent, BUNDLES, revision);
  }

  async #append<Data extends TObject>(
    stream: string,
    schema: EventSchema<Data>,
    data: Static<Data>,
    actor: Actor,
    at: string,
    expected: "any" | "none" | number,
  ): Promise<number> {
    const { store, now, random } = this.#deps;
    const id = stableId(now(), stream, Buffer.from(random(16)).toString("hex"));
    const event = platformEvent(schema, data, { actor, id, subject: stream, at });
    const [outcome] = await store.append([{ stream, expected, events: [event] }]);
    if (outcome?.kind !== "appended")
      throw new Error("the policies were changed by another process at the same moment: look again, then repeat");
    return outcome.revision;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}

const refused = (reason: string): { readonly kind: "refused"; readonly reason: string } => ({ kind: "refused", reason });
