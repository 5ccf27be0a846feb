import type { DataOf } from "../../schemas/event.ts";
import type { HoldbackCaseAdded } from "../../schemas/holdback.ts";
import type { Expectation, NewCase } from "../../schemas/holdback-api.ts";
import { canonicalJson, sha256Of } from "../domain/canonical-json.ts";
import { canaryDigest, canaryOf, plantCanary } from "../domain/holdback/canary.ts";
import type { SealedRef } from "../domain/holdback/state.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { PayloadStore } from "../ports/payload-store.ts";

export interface SealingDeps {
  readonly payloads: PayloadStore;
  readonly vault: KeyVault;
}

/** What is sealed of a case. */
export interface OpenedCase {
  readonly canary: string;
  readonly input: string;
  readonly expect: Expectation;
  readonly timeLimitMs: number;
}

const USUAL_TIME_MS = 10_000;

const scopeOf = (suite: string): string => `holdback-${suite}`;

/** Durable when it resolves: what points at a case can be stored. */
export async function sealTexts(
  { payloads, vault }: SealingDeps,
  suite: string,
  items: readonly { readonly id: string; readonly kind: string; readonly text: string }[],
): Promise<readonly SealedRef[]> {
  const sealed = await vault.seal(items.map(({ id, text }) => ({ scope: scopeOf(suite), associated: id, text })));
  await payloads.put(sealed.map(({ keyId, bytes }, nth) => ({ id: items[nth]?.id ?? "", keyId, bytes })));
  return sealed.map(({ keyId, commitment }, nth) => {
    const { id = "", kind = "", text = "" } = items[nth] ?? {};
    return { kind, length: text.length, commitment, payloadId: id, keyId };
  });
}

/** @param caseIds one for each case */
export async function sealCases(
  deps: SealingDeps,
  suite: string,
  canaryKey: Uint8Array,
  cases: readonly NewCase[],
  caseIds: readonly string[],
): Promise<DataOf<typeof HoldbackCaseAdded>[]> {
  const made = cases.map((each, nth) => {
    const caseId = caseIds[nth] ?? "";
    const canary = canaryOf(canaryKey, caseId);
    const { name, input, expect, timeLimitMs = USUAL_TIME_MS } = each;
    const text = canonicalJson({ canary, input: plantCanary(input, canary), expect, timeLimitMs, ...(name !== undefined && { name }) });
    return { caseId, canary, text, class: each.class, kind: each.kind };
  });
  const refs = await sealTexts(
    deps,
    suite,
    made.map(({ caseId, text }) => ({ id: `${scopeOf(suite)}.${caseId}`, kind: "holdback_case", text })),
  );
  return made.map(({ caseId, canary, text, ...rest }, nth) => ({
    ...{ suite, caseId, ...rest },
    digest: sha256Of(text),
    canary: canaryDigest(canary),
    sealed: refs[nth] as SealedRef,
  }));
}

/** @throws Error when what was sealed cannot be opened: lost, erased or changed */
export async function openTexts({ payloads, vault }: SealingDeps, refs: readonly SealedRef[]): Promise<readonly Buffer[]> {
  const found = await payloads.getMany(refs.map(({ payloadId = "" }) => payloadId));
  const toOpen = found.map((payload) => {
    if (!payload) throw new Error("a sealed case is missing");
    return { keyId: payload.keyId, associated: payload.id, bytes: payload.bytes };
  });
  return (await vault.unsealMany(toOpen)).map((text) => {
    if (!text) throw new Error("a sealed case cannot be opened");
    return Buffer.from(text);
  });
}
