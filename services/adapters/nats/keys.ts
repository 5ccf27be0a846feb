import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAccount, createOperator, fromSeed, type KeyPair } from "@nats-io/nkeys";
import { privateFolder, writePrivate } from "./private-file.ts";

/** Everything the local server trusts, and the key its files are encrypted with. */
export interface BusKeys {
  readonly operator: KeyPair;
  readonly system: KeyPair;
  /** Account of the platform: it owns the stream. */
  readonly platform: KeyPair;
  /** Account of the agents. */
  readonly agents: KeyPair;
  readonly storage: string;
}

interface KeyFile {
  operator: string;
  system: string;
  platform: string;
  agents: string;
  storage: string;
}

/**
 * The keys of this folder; made on the first start. They are never made again while stored messages exist: new ones could
 * not open them, and every agent's credential would be void.
 */
export async function loadKeys(folder: string, store: string): Promise<BusKeys> {
  const path = join(folder, "keys.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (existsSync(join(store, "jetstream"))) {
      throw new Error(
        `${path} is missing, but the messages it opens are in ${store}. Put the file back from a backup, or remove ${store} to give them up.`,
      );
    }
    await privateFolder(folder);
    const made: KeyFile = {
      operator: seedOf(createOperator()),
      system: seedOf(createAccount()),
      platform: seedOf(createAccount()),
      agents: seedOf(createAccount()),
      storage: randomBytes(32).toString("base64url"),
    };
    text = JSON.stringify(made, null, 2);
    await writePrivate(path, `${text}\n`);
  }
  return readKeys(text, path);
}

function readKeys(text: string, path: string): BusKeys {
  try {
    const file = JSON.parse(text) as KeyFile;
    if (typeof file.storage !== "string" || file.storage === "") throw new Error("no storage key");
    return {
      operator: keyOf(file.operator),
      system: keyOf(file.system),
      platform: keyOf(file.platform),
      agents: keyOf(file.agents),
      storage: file.storage,
    };
  } catch {
    throw new Error(`${path} cannot be read as the bus' keys. Put the file back from a backup.`);
  }
}

export const seedOf = (pair: KeyPair): string => Buffer.from(pair.getSeed()).toString("ascii");
export const keyOf = (seed: string): KeyPair => fromSeed(Buffer.from(seed.trim(), "ascii"));
