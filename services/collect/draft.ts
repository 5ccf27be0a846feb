import type { Attribution, Content } from "../../schemas/event.ts";

/**
 * What a translator makes of one or more records of a vendor: an event without identity. The collector adds the
 * credential's identity, handles the content, and puts it on the bus.
 */
export interface Draft {
  /** Without prefix and version, always the newest version: `session.tool.called`. */
  readonly name: string;
  /**
   * What makes this the same event when it is delivered again, in another batch or encoding. The collector turns
   * (agent, name, identity) into the CloudEvents id. MUST NOT contain the time of receipt.
   */
  readonly identity: readonly string[];
  /**
   * The same event can be told by several records, so that its time depends on which of them came first: then the time is
   * no part of its id. All of them MUST give the same data.
   */
  readonly undated?: true;
  /** Milliseconds since 1970, when it happened. */
  readonly timeMs: number;
  /** Matches the schema of `name`, without `content`. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly content?: readonly Content[];
  readonly attribution?: Attribution;
  readonly vendor: string;
  readonly traceparent?: string;
}

export interface Translation {
  readonly drafts: readonly Draft[];
  /** Records that carry nothing for us, by name: `plugin_loaded`. Counted, never an error. */
  readonly ignored: ReadonlyMap<string, number>;
  /** Records that should have meant something and could not be read. */
  readonly refused: readonly { readonly reason: string; readonly at: string; readonly record: unknown }[];
}
