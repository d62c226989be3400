import { useEffect, useState } from "react";
import type { OfferFigures } from "./read-offer-figures.server.ts";
import type { TermsDraft } from "./terms/terms-draft.ts";

/** Debounce of the request. */
const REST_MS = 400;
/** Old figures are shown at most this long. */
const STALE_MS = 1_500;
/** Delay before a retry. */
const RETRY_MS = 5_000;

interface Asking {
  /** The edited offer; null for a new one. */
  readonly bundleId: string | null;
  /** False while nothing is changed, because the page has those figures. */
  readonly isAsked: boolean;
}

interface AskedFigures {
  readonly figures: OfferFigures | null;
  /** Whether there are no figures, because the fields are invalid or the server did not answer. */
  readonly isUnknown: boolean;
  /** Whether the last request failed. */
  readonly hasFailed: boolean;
}

const NONE: AskedFigures = { figures: null, isUnknown: false, hasFailed: false };

/**
 * Fetches the figures of an unsaved offer. Does not use the router, which would reload the page's data after each
 * answer and interrupt a navigation.
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
        // A 403 body has no figures, because this person lacks the right.
        if (!answer.ok && answer.status !== 403) throw new Error(answer.statusText);
        const { figures } = (await answer.json()) as Pick<AskedFigures, "figures">;
        clearTimeout(staleness);
        setAsked({ figures, isUnknown: figures === null, hasFailed: false });
      } catch {
        // A newer request has replaced this one.
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
