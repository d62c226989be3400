/** Words that tell variants of one product apart: what is left of two such titles says nothing of their use. */
const VARIANT_WORDS: ReadonlySet<string> = new Set(
  [
    // colours and patterns
    "black white red blue green yellow pink purple violet orange brown grey gray beige cream ivory gold silver",
    "bronze turquoise teal navy lilac mint rose coral burgundy charcoal natural clear multi multicolour multicolor",
    "coloured colored pastel neon dark light pale bright striped stripe stripes spotty spots spot polkadot dotted",
    "floral flowers retrospot check checked plain tartan paisley",
    // materials
    "wood wooden glass metal steel iron brass copper tin zinc ceramic porcelain china stone marble cotton linen wool",
    "silk leather felt paper cardboard plastic rubber acrylic enamel wicker bamboo velvet canvas fabric",
    // sizes, amounts and units
    "mini small medium large big giant jumbo tall short long wide narrow slim xs s m l xl xxl xxxl size sizes",
    "single double triple twin pack packs pk pcs pieces piece set sets box of ml cl g gr kg mg oz lb lbs cm mm",
    "inch inches ft litre liter one two three four five six seven eight nine ten twelve dozen half full",
    // people and versions
    "men mens women womens man woman boy boys girl girls kids child children baby adult unisex",
    "new old vintage classic original deluxe premium basic edition version design assorted asstd left right",
    // joining words
    "a an and the with without in on for to by from or n w",
  ]
    .join(" ")
    .split(" "),
);

/**
 * Whether the word may name what a product is: not a number, size, amount, colour, material or joining word.
 *
 * Known weakness: English only; in another language every word without a digit counts as a name.
 * @param word lower case, letters and digits
 */
export function isProductWord(word: string): boolean {
  return !/\p{N}/u.test(word) && word.length > 1 && !VARIANT_WORDS.has(word);
}
