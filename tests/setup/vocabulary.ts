/** A word that was a second name for a thing, and the field's term for it. */
interface Banned {
  /** Regular expression for identifiers, and for file and job names in camel case. */
  readonly name: string;
  /** Regular expression for all text of the sources with comments, if the word has no everyday use. */
  readonly text?: string;
  readonly instead: string;
}

/**
 * One term for one thing. The linter checks identifiers; `vocabulary.test.ts` checks file names, job names and text.
 */
export const BANNED: readonly Banned[] = [
  { name: "[wW]itness", text: "\\bwitness", instead: "effective sample size" },
  { name: "(^a|A)side(?![a-z])", text: "\\baside\\b", instead: "worker thread" },
  { name: "[mM]eanwhile", instead: "conflict" },
  { name: "[tT]aken_?[oO]ut", text: "\\b(taken|took) out of\\b", instead: "removed" },
  {
    name: "[lL]esson|(^t|T)each|(^t|T)aught",
    text: "\\blessons?\\b|\\bteach|\\btaught\\b",
    instead: "calibration, training settings or training window",
  },
  { name: "[fF]oret[eo]l", text: "\\bforet[eo]l", instead: "forecast" },
  { name: "(^|_)told|Told|(^|_)TOLD|^untold", instead: "stated or reported" },
  {
    name: "(^s|S)tanding(?![a-z])",
    text: "\\bstanding (method|verdict)",
    instead: "rights, verdict or incumbent",
  },
  {
    name: "[mM]eeting|^(met|reached|seen)(Visitors|Orders|Buyers|Units|Ratio|\\w*Minor)|[oO]ffers?Seen|SeenOffer",
    instead: "impression or exposure",
  },
  {
    name: "(^l|L)ook(?!up)|(^|_)LOOK",
    text: "\\bnext looks?\\b(?! at)",
    instead: "view, interim analysis or poll",
  },
  { name: "[lL]ikeness|LIKENESS", text: "\\blikeness\\b", instead: "similarity" },
  { name: "(^s|S)upposed|SUPPOSED", instead: "prior" },
  { name: "^(un)?heard|Heard|^hear[A-Z]", instead: "observed" },
];

/** Phrases that hide who does what. No source has them in a comment, a title or a text. */
export const OBSCURE_PHRASES =
  /\b(as it stands|to be had|in vain|which is what|what stands|by the way of|though it be)\b/i;

/** Names that stored rows use, and where. */
export const STORED: Readonly<Record<string, string>> = {
  likenessRatio: "a value of the message partStandIn",
};

/** Sources with a banned word in a quotation of others or of stored rows. */
export const QUOTING: ReadonlySet<string> = new Set([
  "tests/setup/vocabulary.ts",
  // Sentences that earlier versions stored, as the migration finds them.
  "tests/integration/runs/stored-messages.test.ts",
]);
