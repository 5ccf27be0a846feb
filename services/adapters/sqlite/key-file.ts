import { randomBytes, randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type DataKey, SEAL_BYTES, seal, unseal } from "../../domain/seal.ts";
import type { ToUnseal } from "../../ports/key-vault.ts";
import type { PackedSealed, PackedTexts } from "./key-calls.ts";
import { createMasterKey, readMasterKey, unwrap, wrap } from "./master-key.ts";
import { openDatabase } from "./open-database.ts";
import { attempt } from "./sqlite-errors.ts";
import { removeForGood, sweepIfDue } from "./sweep.ts";
import { transact } from "./transact.ts";

/** Number by which a file says that it holds keys: "AnKy" as four bytes. */
const KEYS_ID = 0x416e4b79;
const SECRET_BYTES = 32;
/** Scopes whose key is kept at hand: a session needs its key with every event. */
const KEYS_AT_HAND = 1_000;
const PROOF = "proof of the master key";

/** Wrapped keys in one SQLite file. Lives in a thread; no key leaves it. */
export class KeyFile implements Disposable {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #master: Buffer;
  /** By scope, the newest last. */
  readonly #atHand = new Map<string, DataKey>();

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

  /** Keys that are new are made in one transaction for all calls, and wait for the disk once. */
  seal(calls: readonly PackedTexts[]): readonly (PackedSealed | Error)[] {
    const missing = [...new Set(calls.flatMap(({ scopes }) => scopes))].filter((scope) => !this.#atHand.has(scope));
    const spoilt = missing.length > 0 ? attempt(() => this.#fetch(missing)) : new Map<string, Error>();
    if (spoilt instanceof Error) return calls.map(() => spoilt);
    const sealed = calls.map((call) => call.scopes.map((scope) => spoilt.get(scope)).find(Boolean) ?? this.#sealAll(call));
    for (const scope of this.#atHand.keys()) {
      if (this.#atHand.size <= KEYS_AT_HAND) break;
      this.#atHand.delete(scope);
    }
    return sealed;
  }

  unseal(keyId: string, associated: string, bytes: Uint8Array): Uint8Array | Error | null {
    const key = this.#open(keyId);
    return key === null || key instanceof Error ? key : unseal(key, associated, bytes);
  }

  /** Each key is opened once. */
  unsealMany(items: readonly ToUnseal[]): readonly (Uint8Array | null)[] | Error {
    const keys = new Map<string, DataKey | null>();
    for (const { keyId } of items) {
      if (keys.has(keyId)) continue;
      const key = this.#open(keyId);
      if (key instanceof Error) return key;
      keys.set(keyId, key);
    }
    return items.map(({ keyId, associated, bytes }) => {
      const key = keys.get(keyId);
      return key ? unseal(key, associated, bytes) : null;
    });
  }

  #open(keyId: string): DataKey | Error | null {
    const row = this.#db.prepare("SELECT wrapped FROM keys WHERE id = ?").get(keyId);
    return row ? this.#unwrap(keyId, row["wrapped"] as Uint8Array) : null;
  }

  /** Takes the keys of these scopes to hand, and makes those that do not exist. Answers the scopes whose key is spoilt. */
  #fetch(scopes: readonly string[]): Map<string, Error> {
    const find = this.#db.prepare("SELECT id, wrapped FROM keys WHERE scope = ?");
    const insert = this.#db.prepare("INSERT INTO keys (id, scope, wrapped) VALUES (?, ?, ?)");
    const found = transact(this.#db, () =>
      scopes.map((scope): [string, DataKey | Error] => {
        const row = find.get(scope);
        if (row) return [scope, this.#unwrap(row["id"] as string, row["wrapped"] as Uint8Array)];
        const key: DataKey = { id: randomUUID(), secret: randomBytes(SECRET_BYTES) };
        insert.run(key.id, scope, wrap(this.#master, key.id, key.secret));
        return [scope, key];
      }),
    );
    const spoilt = new Map<string, Error>();
    for (const [scope, key] of found) {
      if (key instanceof Error) spoilt.set(scope, key);
      else this.#atHand.set(scope, key);
    }
    return spoilt;
  }

  #sealAll({ scopes, associated, shapes, data }: PackedTexts): PackedSealed {
    const keys = scopes.map((scope) => this.#atHand.get(scope) as DataKey);
    const lengths = new Uint32Array(associated.length);
    const commitments: string[] = [];
    const all = new Uint8Array(data.length + associated.length * SEAL_BYTES);
    let from = 0;
    let to = 0;
    associated.forEach((about, nth) => {
      const key = keys[shapes[nth * 2] as number] as DataKey;
      const { bytes, commitment } = seal(key, about, data.subarray(from, (from += shapes[nth * 2 + 1] as number)));
      all.set(bytes, to);
      to += bytes.length;
      lengths[nth] = bytes.length;
      commitments.push(commitment);
    });
    return { keyIds: keys.map(({ id }) => id), commitments, lengths, data: all };
  }

  destroy(calls: readonly (readonly string[])[]): readonly (Error | null)[] {
    const gone = new Set(calls.flat());
    for (const [scope, { id }] of this.#atHand) if (gone.has(id)) this.#atHand.delete(scope);
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
