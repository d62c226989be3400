/**
 * Whether a training has gone on long enough without a better loss on what is held out. A loss that only equals the
 * best is not better.
 *
 * @param losses after each epoch; without any there is nothing to stop on
 * @param patience epochs without a better loss after which it ends, at least 1
 * @see Prechelt 1998, "Early Stopping – But When?"
 */
export function isOutOfPatience(losses: readonly number[], patience: number): boolean {
  return losses.length > 0 && epochsSinceBest(losses) >= patience;
}

function epochsSinceBest(losses: readonly number[]): number {
  return losses.length - 1 - losses.indexOf(Math.min(...losses));
}
