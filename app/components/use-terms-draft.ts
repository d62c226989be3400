import { useState } from "react";
import type { TermsDraft } from "./BundleTermsForm.tsx";

/** The terms as the server holds them. */
interface SavedTerms {
  readonly title: string;
  readonly discountPercent: number;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly quantities: readonly number[];
  readonly letsShopperChoose: boolean;
}

/** What is typed, over what is saved. Once the server holds what was typed, the draft is no longer dirty by itself. */
export function useTermsDraft(terms: SavedTerms) {
  const saved = toDraft(terms);
  const [typed, setTyped] = useState<Partial<TermsDraft>>({});
  const draft = { ...saved, ...typed };
  return {
    draft,
    isDirty: JSON.stringify(draft) !== JSON.stringify(saved),
    change: (changes: Partial<TermsDraft>) => setTyped((before) => ({ ...before, ...changes })),
    discard: () => setTyped({}),
  };
}

function toDraft({ discountPercent, quantities, ...terms }: SavedTerms): TermsDraft {
  const { title, startsOn, endsOn, letsShopperChoose } = terms;
  return {
    title,
    discountPercent: String(discountPercent),
    startsOn,
    endsOn,
    letsShopperChoose,
    quantities: quantities.map(String),
  };
}
