/** Groups of product codes that shoppers buy together, with the chance that one leads to each of the others. */
export const COMPLEMENTS: readonly { readonly codes: readonly string[]; readonly strength: number }[] = [
  { codes: ["HAIR-01", "HAIR-02"], strength: 0.42 },
  { codes: ["KITC-01", "KITC-02"], strength: 0.45 },
  { codes: ["KITC-03", "KITC-04"], strength: 0.25 },
  { codes: ["KITC-05", "KITC-06"], strength: 0.35 },
  { codes: ["KITC-07", "KITC-08"], strength: 0.35 },
  { codes: ["KITC-09", "KITC-10"], strength: 0.4 },
  { codes: ["SKIN-01", "SKIN-02", "SKIN-03"], strength: 0.28 },
  { codes: ["SKIN-05", "SKIN-06"], strength: 0.35 },
  { codes: ["SKIN-07", "SKIN-08"], strength: 0.2 },
  { codes: ["BATH-01", "BATH-03"], strength: 0.33 },
  { codes: ["BATH-02", "BATH-04"], strength: 0.3 },
  { codes: ["BATH-05", "BATH-06"], strength: 0.3 },
  { codes: ["CAND-01", "CAND-03"], strength: 0.24 },
  { codes: ["CAND-05", "CAND-06"], strength: 0.32 },
  { codes: ["CAND-07", "CAND-08"], strength: 0.3 },
  { codes: ["DINE-01", "DINE-02", "DINE-03"], strength: 0.3 },
  { codes: ["DINE-08", "DINE-09"], strength: 0.32 },
  { codes: ["DINE-10", "DINE-11", "DINE-12"], strength: 0.26 },
  { codes: ["BEDR-05", "BEDR-06", "BEDR-07"], strength: 0.25 },
  { codes: ["GARD-01", "GARD-02", "GARD-03"], strength: 0.33 },
  { codes: ["GARD-05", "GARD-06"], strength: 0.38 },
  { codes: ["GARD-10", "GARD-11"], strength: 0.34 },
  { codes: ["LIVE-01", "LIVE-02"], strength: 0.4 },
  { codes: ["LIVE-05", "LIVE-06"], strength: 0.42 },
  { codes: ["LIVE-07", "LIVE-08"], strength: 0.28 },
  { codes: ["LIVE-09", "LIVE-10"], strength: 0.33 },
  { codes: ["GIFT-01", "GIFT-02", "GIFT-03"], strength: 0.34 },
  { codes: ["GIFT-04", "GIFT-05"], strength: 0.22 },
];

/** Substitutes: a basket contains at most one of each group, and a complement can be any of them. */
export const SUBSTITUTES: readonly (readonly string[])[] = [
  ["HAIR-01", "HAIR-03", "HAIR-12"],
  ["BATH-01", "BATH-02"],
  ["BATH-03", "BATH-04"],
  ["CAND-01", "CAND-02", "CAND-10"],
  ["SKIN-03", "SKIN-10"],
  ["DINE-06", "DINE-03"],
];

/**
 * Yearly peaks: day of the year, width of the bell in days (one standard deviation), peak relative to off-season
 * demand. Spread so that something peaks in the four weeks after any day.
 */
export const SEASONS: readonly {
  readonly code: string;
  readonly peakDayOfYear: number;
  readonly widthDays: number;
  readonly amplitude: number;
}[] = [
  { code: "GIFT-12", peakDayOfYear: 2, widthDays: 16, amplitude: 9 },
  { code: "BEDR-09", peakDayOfYear: 12, widthDays: 28, amplitude: 6 },
  { code: "GIFT-07", peakDayOfYear: 40, widthDays: 9, amplitude: 18 },
  { code: "GARD-02", peakDayOfYear: 66, widthDays: 20, amplitude: 5 },
  { code: "GARD-01", peakDayOfYear: 78, widthDays: 24, amplitude: 5 },
  { code: "GARD-03", peakDayOfYear: 80, widthDays: 22, amplitude: 5 },
  { code: "GIFT-08", peakDayOfYear: 95, widthDays: 12, amplitude: 14 },
  { code: "GARD-05", peakDayOfYear: 110, widthDays: 24, amplitude: 4 },
  { code: "GARD-06", peakDayOfYear: 112, widthDays: 24, amplitude: 4 },
  { code: "GIFT-09", peakDayOfYear: 126, widthDays: 10, amplitude: 10 },
  { code: "GARD-09", peakDayOfYear: 140, widthDays: 26, amplitude: 5 },
  { code: "DINE-10", peakDayOfYear: 168, widthDays: 26, amplitude: 7 },
  { code: "DINE-12", peakDayOfYear: 172, widthDays: 26, amplitude: 7 },
  { code: "SKIN-05", peakDayOfYear: 186, widthDays: 26, amplitude: 8 },
  { code: "SKIN-06", peakDayOfYear: 196, widthDays: 24, amplitude: 8 },
  { code: "GIFT-10", peakDayOfYear: 200, widthDays: 26, amplitude: 8 },
  { code: "HAIR-05", peakDayOfYear: 220, widthDays: 24, amplitude: 5 },
  { code: "KITC-12", peakDayOfYear: 240, widthDays: 14, amplitude: 7 },
  { code: "LIVE-08", peakDayOfYear: 262, widthDays: 20, amplitude: 5 },
  { code: "GARD-10", peakDayOfYear: 278, widthDays: 20, amplitude: 9 },
  { code: "GARD-11", peakDayOfYear: 280, widthDays: 20, amplitude: 8 },
  { code: "GIFT-11", peakDayOfYear: 294, widthDays: 10, amplitude: 20 },
  { code: "GARD-12", peakDayOfYear: 310, widthDays: 24, amplitude: 5 },
  { code: "SKIN-10", peakDayOfYear: 325, widthDays: 30, amplitude: 6 },
  { code: "GIFT-06", peakDayOfYear: 332, widthDays: 10, amplitude: 24 },
  { code: "LIVE-12", peakDayOfYear: 335, widthDays: 12, amplitude: 14 },
  { code: "CAND-10", peakDayOfYear: 340, widthDays: 20, amplitude: 9 },
  { code: "GIFT-04", peakDayOfYear: 344, widthDays: 12, amplitude: 18 },
  { code: "GIFT-05", peakDayOfYear: 344, widthDays: 14, amplitude: 8 },
  { code: "BEDR-08", peakDayOfYear: 346, widthDays: 24, amplitude: 6 },
  { code: "GIFT-01", peakDayOfYear: 350, widthDays: 14, amplitude: 9 },
];

/** Sold out at the end of the history despite demand; the first is an alternative to the second. */
export const SOLD_OUT: readonly string[] = ["BATH-01", "CAND-01", "DINE-03"];
