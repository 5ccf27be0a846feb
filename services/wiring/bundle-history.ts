import type { Static } from "typebox";
import type { StoredEvent } from "../../schemas/event.ts";
import { PolicyBundleActivated, PolicyBundlePublished, PolicyBundleRolledBack } from "../../schemas/policy.ts";
import type { BundleItem, BundleList, Stage } from "../../schemas/policy-api.ts";
import type { PolicyBook } from "../decide/policy-book.ts";
import type { BundlePlaces } from "../domain/decision/bundle-places.ts";

/** Nobody reads further back on a screen; the events stay. */
const MOST_MOVES = 200;

type Move = BundleList["moves"][number];

/** Bundles and what became of them, the latest first. */
export async function bundleHistory(book: PolicyBook): Promise<BundleList> {
  const { places } = book;
  const events = (await book.history()).toReversed();
  return {
    items: events.flatMap((event) => itemOf(event, places)),
    canary: places.canary && { ...places.canary, teams: [...places.canary.teams] },
    canRollBack: places.before.length > 0,
    moves: events.flatMap(moveOf).slice(0, MOST_MOVES),
  };
}

const happened = ({ recordedat, actorkind, actorid }: StoredEvent) => ({ at: recordedat, by: { kind: actorkind, id: actorid } });

function itemOf(event: StoredEvent, places: BundlePlaces): BundleItem[] {
  if (event.type !== PolicyBundlePublished.type) return [];
  const { digest, from, note, bytes, policies } = event.data as Static<typeof PolicyBundlePublished.data>;
  const { at: publishedAt, by } = happened(event);
  return [{ digest, from, note: note ?? null, bytes, policies, publishedAt, by, stage: stageOf(places, digest) }];
}

function moveOf(event: StoredEvent): Move[] {
  if (event.type === PolicyBundleRolledBack.type) {
    const { to, reason } = event.data as Static<typeof PolicyBundleRolledBack.data>;
    return [{ ...happened(event), kind: "rolled_back", digest: to, stage: "active", teams: [], percent: null, reason }];
  }
  if (event.type !== PolicyBundleActivated.type) return [];
  const { digest, stage, teams = [], percent = null, reason = null } = event.data as Static<typeof PolicyBundleActivated.data>;
  return [{ ...happened(event), kind: "placed", digest, stage, teams, percent, reason }];
}

/** Which place a bundle has, if any. */
const stageOf = ({ active, canary, shadow }: BundlePlaces, digest: string): Stage | null =>
  digest === active ? "active" : digest === canary?.digest ? "canary" : digest === shadow ? "shadow" : null;
