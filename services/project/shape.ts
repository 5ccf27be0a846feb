/** Events of a segment. Restarting folds the open segment again, so this bounds what a restart costs. */
export const SEGMENT_EVENTS = 200_000;

/** To be raised with every change to the folds or the tables: the projection is then made anew. */
const FOLDS = 2;

export const shapeOf = (segmentEvents: number): string => `${FOLDS}/${segmentEvents}`;
