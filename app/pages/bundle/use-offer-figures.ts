import { useEffect, useState } from "react";
import type { OfferFigures } from "./read-offer-figures.server.ts";
import type { TermsDraft } from "./terms/terms-draft.ts";

/** Figures of what is typed are asked for once it rests. */
const REST_MS = 400;

interface Asking {
  /** The offer that is being edited; null for a new one. */
  readonly bundleId: string | null;
  /** Not of what is as it is saved: the page knows that. */
  readonly isAsked: boolean;
}

/**
 * What the server knows of the offer being typed; null until it said so. The router does not ask: it would load the
 * page anew after each answer, and end a move that has only begun.
 */
export function useOfferFigures(
  { offer, components }: TermsDraft,
  { bundleId, isAsked }: Asking,
): OfferFigures | null {
  const [figures, setFigures] = useState<OfferFigures | null>(null);
  const question = JSON.stringify({
    bundleId,
    offer,
    components: components.map(({ variantGid, quantity, isGift }) => ({ variantGid, quantity, isGift })),
  });
  useEffect(() => {
    if (!isAsked) return setFigures(null);
    const leaving = new AbortController();
    const ask = async () => {
      try {
        const init = { method: "POST", body: question, signal: leaving.signal };
        const answer = await fetch("/app/offers/figures", init);
        if (answer.ok) setFigures(((await answer.json()) as { figures: OfferFigures | null }).figures);
      } catch {
        // The network failed, or the next key aborted while the answer was read: the figures stay.
      }
    };
    const timer = setTimeout(() => void ask(), REST_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [question, isAsked]);
  return figures;
}
