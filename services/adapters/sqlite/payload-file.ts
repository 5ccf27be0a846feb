import type { DatabaseSync, StatementSync } from "node:sqlite";
import { limitLog } from "./limit-log.ts";
import { openDatabase } from "./open-database.ts";
import type { PackedPayloads } from "./payload-calls.ts";
import { attempt } from "./sqlite-errors.ts";
import { removeForGood, sweepIfDue } from "./sweep.ts";
import { transact } from "./transact.ts";

/** Number by which a file says that it holds payloads: "AnPy" as four bytes. */
const PAYLOADS_ID = 0x416e5079;

/** Sealed payloads in one SQLite file. Lives in a thread. */
export class PayloadFile implements Disposable {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #limitLog: () => void;
  readonly #insert: StatementSync;
  readonly #count: StatementSync;

  constructor(file: string) {
    this.#file = file;
    this.#db = openDatabase({ file, schema: "payloads", applicationId: PAYLOADS_ID, secureDelete: true });
    this.#limitLog = limitLog(this.#db, file);
    this.#insert = this.#db.prepare("INSERT INTO payloads (id, key_id, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    this.#count = this.#db.prepare("UPDATE totals SET payloads = payloads + ?, bytes = bytes + ?");
    sweepIfDue(this.#db, file);
  }

  /** One transaction for all calls. A call that wants to change a stored payload is refused as a whole, alone. */
  put(calls: readonly PackedPayloads[]): readonly (Error | null)[] {
    const results = attempt(() => transact(this.#db, () => calls.map((call) => this.#putAll(call))));
    if (results instanceof Error) return calls.map(() => results);
    this.#limitLog();
    return results;
  }

  #putAll({ ids, keyIds, lengths, data }: PackedPayloads): Error | null {
    this.#db.exec("SAVEPOINT call");
    let at = 0;
    let added = 0;
    let addedBytes = 0;
    for (const [nth, id] of ids.entries()) {
      const end = at + (lengths[nth] as number);
      const bytes = data.subarray(at, end);
      const keyId = keyIds[nth] as string;
      if (this.#insert.run(id, keyId, bytes).changes !== 0) {
        added += 1;
        addedBytes += bytes.length;
      } else if (!this.#holds(id, keyId, bytes)) {
        this.#db.exec("ROLLBACK TO call; RELEASE call");
        return new Error("a payload with this id and other bytes is stored already; nothing of this call was stored");
      }
      at = end;
    }
    this.#count.run(added, addedBytes);
    this.#db.exec("RELEASE call");
    return null;
  }

  #holds(id: string, keyId: string, bytes: Uint8Array): boolean {
    return this.#db.prepare("SELECT 1 FROM payloads WHERE id = ? AND key_id = ? AND bytes = ?").get(id, keyId, bytes) !== undefined;
  }

  get(id: string): { keyId: string; bytes: Uint8Array } | null {
    const row = this.#db.prepare("SELECT key_id, bytes FROM payloads WHERE id = ?").get(id);
    return row ? { keyId: row["key_id"] as string, bytes: row["bytes"] as Uint8Array } : null;
  }

  getMany(ids: readonly string[]): readonly ({ keyId: string; bytes: Uint8Array } | null)[] {
    const find = this.#db.prepare("SELECT key_id, bytes FROM payloads WHERE id = ?");
    return ids.map((id) => {
      const row = find.get(id);
      return row ? { keyId: row["key_id"] as string, bytes: row["bytes"] as Uint8Array } : null;
    });
  }

  delete(calls: readonly (readonly string[])[]): readonly (Error | null)[] {
    const result = removeForGood(this.#db, this.#file, "payloads", calls.flat());
    return calls.map(() => result);
  }

  status(): { payloads: number; bytes: number } {
    const row = this.#db.prepare("SELECT payloads, bytes FROM totals").get();
    return { payloads: Number(row?.["payloads"]), bytes: Number(row?.["bytes"]) };
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
