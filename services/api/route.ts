import type { Context } from "hono";
import type { Static, TObject, TSchema } from "typebox";
import type { Permission } from "../domain/people/permissions.ts";
import type { Caller } from "./auth/caller.ts";
import type { ApiDeps } from "./deps.ts";
import type { Held } from "./held.ts";
import type { Failure } from "./problems.ts";

/** Who may call: anybody, an agent with its key, or a person who holds this permission. */
export type Access = "open" | "agent" | Permission;

interface Call<Query, Params, Body> {
  readonly query: Query;
  readonly params: Params;
  readonly body: Body;
  readonly caller: Caller;
  readonly context: Context;
  readonly held: Held;
}

interface Extras {
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the route's own. */
  readonly status?: number;
}

export type Reply<Answer> =
  | ({ readonly kind: "ok"; readonly value: Answer } & Extras)
  /** A stream, bytes, or an answer in another protocol's form. */
  | { readonly kind: "response"; readonly response: Response }
  | Failure;

export const ok = <Answer>(value: Answer, extras: Extras = {}): Reply<Answer> => ({ kind: "ok", value, ...extras });

interface Definition<Query extends TObject, Params extends TObject, Body extends TSchema, Answer extends TSchema> {
  /** Operation id in the OpenAPI document. */
  readonly id: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: Query;
  readonly params?: Params;
  /** JSON that is read and checked before the handler runs. */
  readonly body?: Body;
  /** Media types that the handler reads itself. */
  readonly takes?: readonly string[];
  readonly answer: Answer;
  readonly status?: number;
  /** Media types of the answer besides JSON. */
  readonly gives?: readonly string[];
  /** How failures are said: problem+json unless another protocol has its own form. */
  readonly failure?: (failure: Failure, context: Context) => Response;
  readonly handle: (
    call: Call<Static<Query>, Static<Params>, Static<Body>>,
    deps: ApiDeps,
  ) => Promise<Reply<Static<Answer>>> | Reply<Static<Answer>>;
}

/** A route with its types forgotten: what the application and the OpenAPI document are built from. */
export interface Route extends Omit<Definition<TObject, TObject, TSchema, TSchema>, "handle"> {
  readonly handle: (call: never, deps: ApiDeps) => Promise<Reply<unknown>> | Reply<unknown>;
}

export const route = <Query extends TObject, Params extends TObject, Body extends TSchema, Answer extends TSchema>(
  definition: Definition<Query, Params, Body, Answer>,
): Route => definition as unknown as Route;
