import { randomBytes, randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { DataKey } from "../../domain/seal.ts";
import { createMasterKey, readMasterKey, unwrap, wrap } from "./master-key.ts";
import { openDatabase } from "./open-database.ts";
import { attempt } from "./sqlite-errors.ts";
import { removeForGood, sweepIfDue } from "./sweep.ts";
import { transact } from "./transact.ts";

/** Number by which a file says that it holds keys: "AnKy" as four bytes. */
const KEYS_ID = 0x416e4b79;
const SECRET_BYTES = 32;
const PROOF = "proof of the master key";

/** Wrapped keys in one SQLite file. Lives in a thread; the master key never leaves it. */
export class KeyFile implements Disposable {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #master: Buffer;

  constructor(file: string, masterKeyFile: string) {
    this.#file = file;
    this.#db = openDatabase({ file, schema: "keys", applicationId: KEYS_ID, secureDelete: true });
    try {
      this.#master = masterOf(this.#db, file, masterKeyFile);
      sweepIfDue(this.#db, file);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** One transaction for all scopes: keys that are asked for together wait for the disk once. */
  keyFor(scopes: readonly string[]): readonly (DataKey | Error)[] {
    const find = this.#db.prepare("SELECT id, wrapped FROM keys WHERE scope = ?");
    const insert = this.#db.prepare("INSERT INTO keys (id, scope, wrapped) VALUES (?, ?, ?)");
    const keys = attempt(() =>
      transact(this.#db, () =>
        scopes.map((scope) => {
          const row = find.get(scope);
          if (row) return this.#unwrap(row["id"] as string, row["wrapped"] as Uint8Array);
          const key: DataKey = { id: randomUUID(), secret: randomBytes(SECRET_BYTES) };
          insert.run(key.id, scope, wrap(this.#master, key.id, key.secret));
          return key;
        }),
      ),
    );
    return keys instanceof Error ? scopes.map(() => keys) : keys;
  }

  open(id: string): DataKey | Error | null {
    const row = this.#db.prepare("SELECT wrapped FROM keys WHERE id = ?").get(id);
    return row ? this.#unwrap(id, row["wrapped"] as Uint8Array) : null;
  }

  destroy(calls: readonly (readonly string[])[]): readonly (Error | null)[] {
    const result = removeForGood(this.#db, this.#file, "keys", calls.flat());
    return calls.map(() => result);
  }

  #unwrap(id: string, wrapped: Uint8Array): DataKey | Error {
    const secret = unwrap(this.#master, id, wrapped);
    return secret
      ? { id, secret }
      : new Error(`key ${id} in ${this.#file} was changed after it was stored: restore the vault from a backup`);
  }

  [Symbol.dispose](): void {
    this.#master.fill(0);
    this.#db.close();
  }
}

/** The key that belongs to this vault. A new one is made only for a new vault: for an old one it would open nothing. */
function masterOf(db: DatabaseSync, file: string, masterKeyFile: string): Buffer {
  const proof = db.prepare("SELECT proof FROM master").get()?.["proof"] as Uint8Array | undefined;
  const master = readMasterKey(masterKeyFile);
  if (proof) {
    if (!master)
      throw new Error(`the master key ${masterKeyFile} is missing; without it the keys in ${file} stay locked: restore it from a backup`);
    if (!unwrap(master, PROOF, proof))
      throw new Error(`the master key in ${masterKeyFile} does not belong to ${file}: restore the one it was made with`);
    return master;
  }
  const made = master ?? createMasterKey(masterKeyFile);
  db.prepare("INSERT INTO master (proof) VALUES (?)").run(wrap(made, PROOF, randomBytes(SECRET_BYTES)));
  return made;
}
