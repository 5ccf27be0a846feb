import { encodeAccount, encodeOperator, encodeUser, fmtCreds, type User } from "@nats-io/jwt";
import { createUser, type KeyPair } from "@nats-io/nkeys";
import type { BusKeys } from "./keys.ts";
import { STREAM_SUBJECT } from "./subjects.ts";

/** Public user keys and the second up to which what was issued for them is void. */
export type Revocations = Readonly<Record<string, number>>;

export interface ServerTrust {
  readonly operator: string;
  readonly system: AccountJwt;
  readonly platform: AccountJwt;
  readonly agents: AccountJwt;
}

interface AccountJwt {
  readonly id: string;
  readonly jwt: string;
}

const UNLIMITED = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
const EVENTS = { name: "events", subject: STREAM_SUBJECT, type: "service" as const };

/**
 * What the server's configuration says about whom to trust. Users are not in it: a new agent needs no reload. Signing takes
 * tens of milliseconds, so keep the answer.
 *
 * Agents live in an account of their own that reaches the stream through one import. In the stream's account they could
 * name any subject as the reply of a publish, and JetStream would send its acknowledgement there with its own rights:
 * that forges messages of other agents, and on old servers purges the stream.
 */
export async function serverTrust(keys: BusKeys, revoked: Revocations): Promise<ServerTrust> {
  const [system, platform, agents] = [keys.system, keys.platform, keys.agents].map((key) => key.getPublicKey()) as [string, string, string];
  const signer = keys.operator;
  return {
    operator: await encodeOperator("andon", signer, { system_account: system }),
    system: { id: system, jwt: await encodeAccount("SYS", keys.system, { limits: UNLIMITED }, { signer }) },
    platform: {
      id: platform,
      jwt: await encodeAccount("ANDON", keys.platform, { limits: { ...UNLIMITED, ...STORAGE }, exports: [EVENTS] }, { signer }),
    },
    agents: { id: agents, jwt: await agentsJwt(keys, revoked) },
  };
}

/** The agents' account. Signed again whenever a credential is revoked. */
export function agentsJwt({ agents, platform, operator }: BusKeys, revocations: Revocations): Promise<string> {
  const imports = [{ ...EVENTS, account: platform.getPublicKey() }];
  const claims = { limits: UNLIMITED, disallow_bearer: true, imports, revocations: { ...revocations } };
  return encodeAccount("AGENTS", agents, claims, { signer: operator });
}

export interface Signer {
  readonly account: string;
  /** The account's own key or one of its signing keys. */
  readonly key: KeyPair;
}

/** A new user of the account, as a credentials file's text. The secret half exists nowhere else. */
export async function newUser(
  signer: Signer,
  name: string,
  rights: Partial<User>,
  expires: string | null,
): Promise<{ user: string; credentials: string }> {
  const pair = createUser();
  const options = expires === null ? {} : { exp: Math.floor(Date.parse(expires) / 1000) };
  const own = signer.key.getPublicKey() === signer.account;
  const jwt = own
    ? await encodeUser(name, pair, signer.key, rights, options)
    : await encodeUser(name, pair, signer.account, rights, { ...options, signer: signer.key });
  return { user: pair.getPublicKey(), credentials: Buffer.from(fmtCreds(jwt, pair)).toString("utf8") };
}
