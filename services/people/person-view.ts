import type { StoredEvent } from "../../schemas/event.ts";
import type { Role } from "../../schemas/person.ts";
import { isLive, newPart, newSecret, openedBy, partIn } from "../domain/people/credential.ts";
import { isAdmin, type PersonState } from "../domain/people/people.ts";
import { foldPerson } from "../domain/people/people-fold.ts";
import { byName, sameName } from "../domain/same-name.ts";
import { FoldedView } from "../folded-view.ts";

/** Who is behind a token, as they are now. */
export interface PresentPerson {
  readonly personId: string;
  readonly tokenId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
}

/** All people as the event store has them, in memory. */
export class PersonView extends FoldedView<PersonState> {
  readonly #listeners = new Set<() => void>();

  constructor() {
    super(foldPerson);
  }

  override apply(event: StoredEvent, stream: string, revision: number): void {
    super.apply(event, stream, revision);
    for (const listener of this.#listeners) listener();
  }

  /** @returns how to stop listening */
  whenChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Those who may sign in, by name. */
  list(): readonly PersonState[] {
    return this.values()
      .filter(({ removedAt }) => removedAt === null)
      .toSorted(byName);
  }

  nameTaken(name: string, by: string): boolean {
    const wanted = sameName(name);
    return this.list().some((person) => person.personId !== by && sameName(person.name) === wanted);
  }

  hasAdminBeside(personId: string): boolean {
    return this.list().some((person) => person.personId !== personId && isAdmin(person.roles));
  }

  authenticate(token: string, nowMs: number): PresentPerson | null {
    const part = partIn(TOKEN, token);
    const person = part === null ? null : this.get(`${ID}${part}`);
    const opened = person && openedBy(person.tokens, token, nowMs);
    return person && opened && presentOf(person, opened.tokenId);
  }

  /** Of whoever signed in with this token; null when it no longer opens. */
  present(personId: string, tokenId: string, nowMs: number): PresentPerson | null {
    const person = this.get(personId);
    const token = person?.tokens.find((each) => each.tokenId === tokenId);
    return person && token && isLive(token, nowMs) ? presentOf(person, tokenId) : null;
  }
}

const ID = "psn_";
const TOKEN = "andon_person";

/** @param random 16 bytes */
export const newPersonId = (random: Uint8Array): string => `${ID}${newPart(random)}`;

/** @param random 32 bytes: the secret */
export const newToken = (personId: string, random: Uint8Array): string => newSecret(TOKEN, personId.slice(ID.length), random);

const presentOf = ({ personId, name, roles, teams }: PersonState, tokenId: string): PresentPerson => ({
  personId,
  tokenId,
  name,
  roles,
  teams,
});
