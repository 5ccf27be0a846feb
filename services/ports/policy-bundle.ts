import type { PolicySettings } from "../../schemas/policy-settings.ts";

/** A rule that a policy can object with, for explanations. */
export interface BundleRule {
  readonly policy: string;
  readonly rule: string;
}

/** What is in a bundle of policies. */
export interface PolicyBundle {
  /** SHA-256 over all of it: names the policies in every decision they make. */
  readonly digest: string;
  /** Id of the key that signed the digest. */
  readonly signedBy: string;
  /** OPA's WebAssembly. */
  readonly wasm: Uint8Array;
  /** Each policy with its settings, those without any included. */
  readonly policies: readonly PolicySettings[];
  readonly rules: readonly BundleRule[];
}

export type OpenedBundle =
  | { readonly kind: "bundle"; readonly bundle: PolicyBundle }
  /** It is not a bundle, its signature is missing, wrong or of a key that is not trusted, or something in it is malformed. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Opens the bytes of a bundle. MUST check the signature over everything it returns before it looks at any of it, and MUST
 * refuse a bundle without one. Never rejects because of what the bytes are.
 */
export type OpenBundle = (bytes: Uint8Array) => Promise<OpenedBundle>;
