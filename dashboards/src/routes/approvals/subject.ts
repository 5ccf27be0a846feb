import { m } from "#lib/paraglide/messages.js";
import type { ApprovalSubject } from "../../../../schemas/approval-api.ts";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface Parts {
  /** Blocks of text as they were asked: a command, a prompt. */
  readonly blocks: readonly { readonly label: string; readonly text: string }[];
  readonly lists: readonly { readonly label: string; readonly items: readonly string[] }[];
  /** Lines that a change adds and takes away. */
  readonly lines: { readonly added: number; readonly removed: number } | null;
  /** Everything else by its name, so that nothing that is asked stays unseen. */
  readonly facts: readonly Fact[];
}

const BLOCKS: Readonly<Record<string, () => string>> = { command: m.subject_command, text: m.subject_text };
const LISTS: Readonly<Record<string, () => string>> = { paths: m.subject_paths, urls: m.subject_urls };

/** What is asked, in the order in which people read it. Nothing is left out. */
export function partsOf(resource: object): Parts {
  const blocks: { label: string; text: string }[] = [];
  const lists: { label: string; items: string[] }[] = [];
  const rest: [string, unknown][] = [];
  const counts: Record<string, number> = {};
  for (const [name, value] of Object.entries(resource)) {
    const block = BLOCKS[name];
    const list = LISTS[name];
    if (block && typeof value === "string") blocks.push({ label: block(), text: value });
    else if (list && Array.isArray(value)) lists.push({ label: list(), items: value.map(String) });
    else if ((name === "added" || name === "removed") && typeof value === "number") counts[name] = value;
    else rest.push([name, value]);
  }
  const { added, removed } = counts;
  const lines = added === undefined && removed === undefined ? null : { added: added ?? 0, removed: removed ?? 0 };
  return { blocks, lists, lines, facts: rest.flatMap(([name, value]) => factsOf(name, value)) };
}

/** Objects become `sandbox.network`, so that each fact has a line of its own. */
export function factsOf(name: string, value: unknown): readonly Fact[] {
  if (typeof value !== "object" || value === null) return [{ name, value: String(value) }];
  if (Array.isArray(value))
    return [{ name, value: value.map((each) => (typeof each === "object" ? JSON.stringify(each) : each)).join(", ") }];
  if (Object.keys(value).length === 0) return [{ name, value: "{}" }];
  return Object.entries(value).flatMap(([inner, each]) => factsOf(`${name}.${inner}`, each));
}

/** The one thing that names it best: the command, the first path, or all of it. */
export function gist({ resource }: ApprovalSubject): string {
  const { blocks, lists, facts } = partsOf(resource);
  return blocks[0]?.text ?? lists[0]?.items.join("\n") ?? facts.map(({ name, value }) => `${name}: ${value}`).join("\n");
}
