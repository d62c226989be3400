/** Words of a title, each once: lower case, only letters with their marks and digits. */
export function wordsOf(title: string): Set<string> {
  return new Set(toWords(title));
}

/**
 * The words of a product's name without the variant options after a hyphen: two garments are not similar because both
 * are "Navy / M". Options contain " / " or only variant words; other text after the hyphen is part of the name.
 */
export function nameWordsOf(title: string): Set<string> {
  return new Set(toNameWords(title));
}

/** Splits at the last hyphen or dash with spaces around it. */
const OPTIONS = /^(.*\S)\s+[-–]\s+(.*)$/u;

/** `nameWordsOf` in title order, with repeats. */
export function toNameWords(title: string): string[] {
  const [, name = "", options = ""] = OPTIONS.exec(title) ?? [];
  const named = toWords(name);
  const isVariant = options.includes(" / ") || !toWords(options).some(isProductWord);
  return named.length > 0 && isVariant ? named : toWords(title);
}

function toWords(title: string): string[] {
  return title.toLowerCase().match(WORD) ?? [];
}

/**
 * Gives compounds one spelling in all titles: if the catalogue has a "door mat", a "doormat" becomes a "door mat" too.
 */
export function splitCompounds<T extends { readonly title: string }>(items: readonly T[]): T[] {
  const parts = new Map<string, string>();
  for (const { title } of items)
    for (const [, first, second] of title.toLowerCase().matchAll(TWO_WORDS))
      if (first!.length >= LEAST_LETTERS && second!.length >= LEAST_LETTERS)
        parts.set(toSingular(`${first}${second}`), `${first} ${second}`);
  return items.map((item) => ({
    ...item,
    title: item.title.replace(WORD, (word) => parts.get(toSingular(word.toLowerCase())) ?? word),
  }));
}

/** Shorter words are adjacent by accident: "in" and "to" do not make "into". */
const LEAST_LETTERS = 3;
/** One word of a title. */
export const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const TWO_WORDS = /(?<![\p{L}\p{M}\p{N}])([\p{L}\p{M}]+)[ -](?=([\p{L}\p{M}]+))/gu;

/** Approximate: "hearts" becomes "heart". */
export function toSingular(word: string): string {
  return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

/*
 * Words that distinguish variants of one product, in the languages of the merchant's pages; the rest of a title says
 * how a product is used. Omits words that also name a product in the language: Japanese "茶" is tea and brown.
 */

/** Colours in English and German, which put them before the noun. */
const COLOURS_IN_FRONT = toSet(
  "black white red blue green yellow pink purple violet orange brown grey gray beige cream ivory gold silver",
  "bronze turquoise teal navy lilac mint rose coral burgundy charcoal natural",
  "schwarz weiß weiss rot blau grün gruen gelb rosa lila violett braun grau silber türkis",
);
/** Colours in the other languages of the merchant's pages. */
const COLOURS = toSet(
  "negro negra blanco blanca rojo roja azul verde amarillo amarilla morado morada naranja marrón gris plata dorado",
  "dorada plateado plateada",
  "noir noire blanc blanche rouge bleu bleue vert verte jaune marron gris grise argent doré dorée argenté argentée",
  "赤 青 白 黒 緑 黄 黄色 紫 茶色 灰色 金 銀 桃色 水色 紺 橙 ピンク ブラック ホワイト レッド ブルー グリーン イエロー",
  "オレンジ パープル ブラウン グレー ベージュ ネイビー シルバー ゴールド",
  "红 红色 蓝 蓝色 白色 黑 黑色 绿 绿色 紫色 粉 粉色 棕色 橙色 金色 银色",
);
/** Patterns, shades and materials. */
const FABRICS = toSet(
  "clear multi multicolour multicolor coloured colored pastel neon dark light pale bright bunt hell dunkel",
  "striped stripe stripes spotty spots spot polkadot dotted floral flowers retrospot check checked plain tartan paisley",
  "wood wooden glass metal steel iron brass copper zinc ceramic porcelain china stone marble cotton linen wool",
  "silk leather felt paper cardboard plastic rubber acrylic enamel wicker bamboo velvet canvas fabric",
  "holz glas papier metall stahl eisen kupfer baumwolle leinen wolle seide leder filz keramik porzellan kunststoff",
  "madera vidrio cristal acero hierro cobre cerámica porcelana algodón lino lana seda cuero piel plástico",
  "bois verre métal acier cuivre céramique porcelaine coton laine soie cuir feutre velours plastique",
  "木製 陶器 ガラス 綿 麻 革 絹",
  "木 玻璃 陶瓷 棉 皮",
);
/** Sizes, amounts, units, people, versions and joining words. */
const MEASURES = toSet(
  "mini small medium large big giant jumbo tall short long wide narrow slim xs s m l xl xxl xxxl size sizes",
  "single double triple twin pack packs pk pcs pieces piece set sets box of ml cl g gr kg mg oz lb lbs cm mm",
  "inch inches ft litre liter one two three four five six seven eight nine ten twelve dozen half full",
  "men mens women womens man woman boy boys girl girls kids child children baby adult unisex",
  "new old vintage classic original deluxe premium basic edition version design assorted asstd left right",
  "a an and the with without in on for to by from or n w",
  "klein kleine kleiner kleines groß große großer großes gross grosse mittel mittlere lang kurz breit schmal",
  "größe groesse stück stk packung zoll eins zwei drei vier fünf sechs damen herren kinder jungen mädchen neu alt",
  "ein eine der das und mit ohne im für von aus",
  "pequeño pequeña grande mediano mediana largo larga corto corta talla tamaño unidades pieza piezas",
  "paquete pulgadas litro litros uno dos tres cuatro cinco seis hombre mujer niño niña niños niñas bebé adulto nuevo",
  "nueva un una el la los las y con sin en para de del por",
  "petit petite grand grande moyen moyenne longue courte taille lot pièce pièces paquet pouces deux trois quatre cinq",
  "homme femme garçon fille enfant bébé adulte nouveau nouvelle ancien le les d et avec sans pour du des une",
  "大 中 小 特大 長 短 サイズ 個 枚 袋 セット パック ミニ メンズ レディース キッズ 子供 大人 男性 女性 新 旧",
  "大号 中号 小号 加大 长 款 装 件 套 个 男 女 男款 女款 儿童 成人",
);

function toSet(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(" ")));
}

/**
 * Whether the word can name a product: not a number, size, amount, colour, material or joining word, and no single
 * letter, except in a script whose signs are words.
 *
 * Known weakness: in a language not listed, every word without a digit counts as a name.
 * @param word lower case, letters and digits
 */
export function isProductWord(word: string): boolean {
  return isDescriptive(word) && !isColour(word) && !FABRICS.has(word);
}

/** Whether the word names a product or describes its look or material. @param word as in `isProductWord` */
export function isDescriptive(word: string): boolean {
  if (/\p{N}/u.test(word) || MEASURES.has(word)) return false;
  return word.length > 1 || /\p{Script=Han}/u.test(word);
}

/** @param word as in `isProductWord` */
function isColour(word: string): boolean {
  return COLOURS_IN_FRONT.has(word) || COLOURS.has(word);
}

/** Colours that go with every other. */
const PALE = toSet(
  "white cream ivory natural beige weiß weiss blanco blanca blanc blanche 白 ホワイト ベージュ 白色",
);

/** Whether the word is a colour that can clash with others. @param word as in `isProductWord` */
export function isStrongColour(word: string): boolean {
  return isColour(word) && !PALE.has(word);
}

/** Whether the word is a colour in a language that puts it before the noun. */
export function standsInFront(word: string): boolean {
  return COLOURS_IN_FRONT.has(word);
}
