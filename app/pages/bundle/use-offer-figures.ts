import { useEffect, useState } from "react";
import type { OfferFigures } from "./read-offer-figures.server.ts";
import type { TermsDraft } from "./terms/terms-draft.ts";

/** Figures of what is typed are asked for once it rests. */
const REST_MS = 400;
/** So long those of what was typed before may stand. */
const STALE_MS = 1_500;
/** Figures that could not be worked out are asked for again. */
const RETRY_MS = 5_000;

interface Asking {
  /** The offer that is being edited; null for a new one. */
  readonly bundleId: string | null;
  /** Not of what is as it is saved: the page knows that. */
  readonly isAsked: boolean;
}

interface AskedFigures {
  readonly figures: OfferFigures | null;
  /** Whether there are none because the fields are no terms, or the server does not say. */
  readonly isUnknown: boolean;
  /** Whether they could not be had when they were asked for last. */
  readonly hasFailed: boolean;
}

const NONE: AskedFigures = { figures: null, isUnknown: false, hasFailed: false };

/**
 * What the server knows of the offer being typed. The router does not ask: it would load the page anew after each
 * answer, and end a move that has only begun.
 */
export function useOfferFigures(
  { offer, components }: TermsDraft,
  { bundleId, isAsked }: Asking,
): AskedFigures {
  const [asked, setAsked] = useState(NONE);
  const question = JSON.stringify({
    bundleId,
    offer,
    components: components.map(({ variantGid, quantity, isGift }) => ({ variantGid, quantity, isGift })),
  });
  useEffect(() => {
    if (!isAsked) return setAsked(NONE);
    const leaving = new AbortController();
    const ask = async () => {
      try {
        const init = { method: "POST", body: question, signal: leaving.signal };
        const answer = await fetch("/app/offers/figures", init);
        // 403 tells that they are not for this person, as no figures.
        if (!answer.ok && answer.status !== 403) throw new Error(answer.statusText);
        const { figures } = (await answer.json()) as Pick<AskedFigures, "figures">;
        clearTimeout(staleness);
        setAsked({ figures, isUnknown: figures === null, hasFailed: false });
      } catch {
        // What the next key aborted, the next question answers.
        if (leaving.signal.aborted) return;
        setAsked({ figures: null, isUnknown: true, hasFailed: true });
        timer = setTimeout(() => void ask(), RETRY_MS);
      }
    };
    let timer = setTimeout(() => void ask(), REST_MS);
    const staleness = setTimeout(() => {
      setAsked((before) => ({ ...before, figures: null, isUnknown: true }));
    }, STALE_MS);
    return () => {
      clearTimeout(timer);
      clearTimeout(staleness);
      leaving.abort();
    };
  }, [question, isAsked]);
  return asked;
}
