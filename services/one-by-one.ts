/**
 * Runs work in the order in which it comes, each after the one before it has ended: for decisions that read more than the
 * stream they write to.
 */
export function oneByOne(): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  let turn: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };
}
