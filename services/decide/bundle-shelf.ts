import type { KeyVault } from "../ports/key-vault.ts";
import type { PayloadStore } from "../ports/payload-store.ts";
import type { OpenBundle, OpenedBundle, PolicyBundle } from "../ports/policy-bundle.ts";
import type { PolicyEngine } from "../ports/policy-engine.ts";

export interface ShelfDeps {
  readonly payloads: PayloadStore;
  readonly vault: KeyVault;
  readonly open: OpenBundle;
  /** Where bundles that are asked for are loaded. */
  readonly engine: Pick<PolicyEngine, "load" | "unload">;
}

export interface Stored {
  readonly payloadId: string;
  readonly keyId: string;
  readonly commitment: string;
}

/** Names the key that seals bundles: it is never destroyed, so that decisions can be replayed for ever. */
const SCOPE = "policies";
/** Old bundles are wanted for replays alone. */
const MOST_LOADED = 8;

/** Bundles of policies by their digest: kept sealed, checked whenever they are taken out, and loaded into the engine. */
export class BundleShelf {
  readonly #deps: ShelfDeps;
  readonly #loaded = new Map<string, Promise<PolicyBundle | null>>();

  constructor(deps: ShelfDeps) {
    this.#deps = deps;
  }

  /** Checks bytes without keeping them. */
  async open(bytes: Uint8Array): Promise<OpenedBundle> {
    const opened = await this.#deps.open(bytes);
    if (opened.kind === "refused") return opened;
    const loaded = await this.#deps.engine.load(opened.bundle);
    return loaded.kind === "loaded" ? opened : { kind: "refused", reason: `its policies cannot be evaluated: ${loaded.reason}` };
  }

  /** Resolves once the bytes are durable. */
  async put(bundle: PolicyBundle, bytes: Uint8Array): Promise<Stored> {
    const payloadId = payloadOf(bundle.digest);
    const [sealed] = await this.#deps.vault.seal([{ scope: SCOPE, associated: payloadId, text: bytes }]);
    if (!sealed) throw new Error("the vault did not seal a bundle");
    const { keyId, commitment } = sealed;
    await this.#deps.payloads.put([{ id: payloadId, keyId, bytes: sealed.bytes }]);
    return { payloadId, keyId, commitment };
  }

  /** The bundle, loaded into the engine; null when it is not here or is not what its digest says. */
  async take(digest: string): Promise<PolicyBundle | null> {
    const known = this.#loaded.get(digest);
    const taking = known ?? this.#fetch(digest);
    // Put back at the end: the map's order is the order of use.
    this.#loaded.delete(digest);
    this.#loaded.set(digest, taking);
    if (!known) this.#forgetOldest();
    const bundle = await taking.catch((error: unknown) => {
      this.#loaded.delete(digest);
      throw error;
    });
    if (!bundle) this.#loaded.delete(digest);
    return bundle;
  }

  /** The bytes as they were published, not checked; null when they are not here any more. */
  async bytes(digest: string): Promise<Uint8Array | null> {
    const { payloads, vault } = this.#deps;
    const payloadId = payloadOf(digest);
    const stored = await payloads.get(payloadId);
    return stored && (await vault.unseal(stored.keyId, payloadId, stored.bytes));
  }

  async #fetch(digest: string): Promise<PolicyBundle | null> {
    const bytes = await this.bytes(digest);
    const opened = bytes ? await this.open(bytes) : null;
    return opened?.kind === "bundle" && opened.bundle.digest === digest ? opened.bundle : null;
  }

  #forgetOldest(): void {
    if (this.#loaded.size <= MOST_LOADED) return;
    const [oldest] = this.#loaded.keys();
    if (oldest === undefined) return;
    this.#loaded.delete(oldest);
    void this.#deps.engine.unload(oldest);
  }
}

const payloadOf = (digest: string): string => `bundle.${digest}`;
