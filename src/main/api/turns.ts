/** One change after the other: what reads the configuration and writes it back must not meet itself half-way. */

/** Runs one task at a time, in the order asked; a failed task does not stop the next. */
export type InTurn = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** A new queue of turns. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task, task);
    last = turn.catch(() => undefined);
    return turn;
  };
}
