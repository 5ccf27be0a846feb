import type { StoredEvent } from "../../schemas/event.ts";
import type { Role } from "../../schemas/person.ts";
import type { Actor } from "../domain/envelope.ts";
import { digestOf } from "../domain/people/credential.ts";
import { decidePerson, type PersonCommand, type PersonRefusal, type PersonState } from "../domain/people/people.ts";
import { type Following, followCategory } from "../follow.ts";
import { oneByOne } from "../one-by-one.ts";
import type { RecordedEvent } from "../ports/event-store.ts";
import { makeRecorder, type RecorderDeps } from "../stream-recorder.ts";
import { newPersonId, newToken, PersonView, type PresentPerson } from "./person-view.ts";

export interface NewPerson {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Empty: of every team. */
  readonly teams: readonly string[];
}

export type PersonAnswer = { readonly kind: "done"; readonly person: PersonState } | PersonRefusal;

export type TokenAnswer =
  | {
      readonly kind: "issued";
      readonly person: PersonState;
      readonly tokenId: string;
      /** Shown to a person once; only its digest is kept. */
      readonly token: string;
    }
  | PersonRefusal;

/** Who may sign in, under which name, in which roles, with which tokens. */
export interface PeopleRegistry extends Following {
  /** Those who were not removed. */
  list(): readonly PersonState[];
  register(person: NewPerson, by: Actor): Promise<PersonAnswer>;
  change(personId: string, change: Partial<NewPerson>, by: Actor): Promise<PersonAnswer>;
  /** @param expires RFC 3339; null: works until it is revoked */
  issueToken(personId: string, expires: string | null, by: Actor): Promise<TokenAnswer>;
  revokeToken(personId: string, tokenId: string, reason: string | undefined, by: Actor): Promise<PersonAnswer>;
  remove(personId: string, reason: string | undefined, by: Actor): Promise<PersonAnswer>;
  /** null: no such token, or none any more. */
  authenticate(token: string): PresentPerson | null;
  /** Who signed in with this token, as they are now; null when it no longer opens. */
  present(personId: string, tokenId: string): PresentPerson | null;
  /** Calls whenever anything about people was stored, here or elsewhere. @returns how to stop */
  whenChanged(listener: () => void): () => void;
}

/** Resolves once everything that is stored is known; then follows what other processes store. */
export async function openPeopleRegistry(deps: RecorderDeps): Promise<PeopleRegistry> {
  const { store, now, random } = deps;
  const view = new PersonView();
  const take = (event: StoredEvent, { stream, revision }: RecordedEvent) => view.apply(event, stream, revision);
  const following = await followCategory(store, "person", take);
  const record = makeRecord(deps, view);

  return {
    list: () => view.list(),
    authenticate: (token) => view.authenticate(token, now()),
    present: (personId, tokenId) => view.present(personId, tokenId, now()),
    whenChanged: (listener) => view.whenChanged(listener),
    register: ({ name, roles, teams }, by) =>
      record({ kind: "register", personId: newPersonId(random(16)), name, roles: [...roles], teams: [...teams] }, by),
    change: (personId, { name, roles, teams }, by) => {
      const changes = { ...(name !== undefined && { name }), ...(roles && { roles: [...roles] }), ...(teams && { teams: [...teams] }) };
      return record({ kind: "change", personId, ...changes }, by);
    },
    async issueToken(personId, expires, by) {
      if (!view.get(personId)) return { kind: "unknown_person", reason: "no person has this id" };
      const token = newToken(personId, random(32));
      const tokenId = `tok_${Buffer.from(random(9)).toString("hex")}`;
      const sha256 = digestOf(token).toString("hex");
      const answer = await record({ kind: "issue_token", personId, tokenId, sha256, ...(expires && { expires }) }, by);
      return answer.kind === "done" ? { kind: "issued", person: answer.person, tokenId, token } : answer;
    },
    revokeToken: (personId, tokenId, reason, by) =>
      record({ kind: "revoke_token", personId, tokenId, ...(reason !== undefined && { reason }) }, by),
    remove: (personId, reason, by) => record({ kind: "remove", personId, ...(reason !== undefined && { reason }) }, by),
    broken: following.broken,
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}

/**
 * Writes to a person's stream what its decider lets through. Names are unique and one administrator stays, over all people,
 * so one at a time.
 */
function makeRecord(deps: RecorderDeps, view: PersonView) {
  const { record } = makeRecorder(deps, view);
  const inTurn = oneByOne();
  return (command: PersonCommand, by: Actor): Promise<PersonAnswer> =>
    inTurn(async () => {
      const { personId } = command;
      const answer = await record<PersonRefusal>(`person-${personId}`, personId, (atMs) => {
        const name = "name" in command ? command.name : undefined;
        const decision = decidePerson(view.get(personId), command, {
          at: new Date(atMs).toISOString(),
          by,
          nameTaken: name !== undefined && view.nameTaken(name, personId),
          otherAdmins: view.hasAdminBeside(personId),
        });
        return decision.kind === "acts" ? { kind: "acts", facts: [decision.fact] } : decision;
      });
      return answer.kind === "recorded" ? { kind: "done", person: view.get(personId) as PersonState } : answer;
    });
}
