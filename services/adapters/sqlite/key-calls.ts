import type { DataKey } from "../../domain/seal.ts";

export type KeyCalls = {
  readonly keyFor: readonly [string, DataKey];
  readonly open: readonly [string, DataKey | null];
  readonly destroy: readonly [readonly string[], null];
};
