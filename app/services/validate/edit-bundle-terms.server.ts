import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { editBundle } from "./edit-bundle.server.ts";
import { readTypedTerms, type FieldMessage } from "./typed-terms.server.ts";

type TermsOutcome =
  | { readonly ok: true; readonly warnings: readonly FieldMessage[] }
  | { readonly ok: false; readonly message: string; readonly problems: readonly FieldMessage[] };

interface TermsRequest {
  readonly shop: string;
  readonly bundleId: string;
  readonly decidedBy: string;
  readonly now: Date;
  readonly words: Words;
  /** What `termsFormIn` reads, of an honest page, the fields that were changed; anything of another. */
  readonly typed: unknown;
}

/** Changes of a bundle what the merchant typed anew, or says beside which field what is wrong and changes nothing. */
export async function editBundleTerms(
  deps: Deps,
  { typed, words, ...where }: TermsRequest,
): Promise<TermsOutcome> {
  const read = await readTypedTerms(deps, { shop: where.shop, typed, words });
  if (!read.ok) return { ok: false, message: words.t("server:correctFields"), problems: read.problems };
  const edited = await editBundle(deps, { ...where, changes: read.value });
  if (edited.ok) return { ok: true, warnings: edited.value.warnings.map(read.toMessage) };
  if (!edited.problems) return { ok: false, message: words.t("server:notChanged"), problems: [] };
  const problems = edited.problems.map(read.toMessage);
  return { ok: false, message: words.t("server:correctFields"), problems };
}
