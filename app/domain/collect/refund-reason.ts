/** Why goods or money were given back, if stated. */
export const REFUND_REASONS = [
  "not_shipped",
  "size",
  "damaged",
  "not_as_described",
  "wrong_item",
  "late",
  "unwanted",
  "other",
  "unsaid",
] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

interface Signs {
  /** Beginnings of words, so that endings do not matter. */
  readonly words: string;
  /** Matched anywhere, for Chinese and Japanese, which do not separate words. */
  readonly anywhere: string;
}

/** Signs of each reason in a note, in the languages of the app; the first match counts. */
const SIGNS: Partial<Readonly<Record<RefundReason, Signs>>> = {
  wrong_item: {
    words:
      "wrong (?:item|product|colou?r|article)|incorrect item|falsche[rns]? (?:artikel|produkt|ware|farbe)|" +
      "(?:art[ií]culo|producto) (?:equivocado|incorrecto)|mauvais (?:article|produit)|erreur d.article",
    anywhere: "错发|发错|寄错|商品違い|誤配送|間違った商品",
  },
  size: {
    words:
      "size|sizing|fit(?:s|ting)?\\b|too (?:small|big|large|tight|short|long)|gr(?:ö|oe)(?:ß|ss)e|" +
      "zu (?:klein|groß|gross|eng|kurz|lang)|talla|tama[ñn]o|taille|trop (?:petit|grand|court|long)",
    anywhere: "尺码|尺寸|大小不|サイズ",
  },
  damaged: {
    words:
      "damag|broke|defect|faulty|leak|crack|scratch|kaputt|besch(?:ä|ae)dig|defekt|mangel|" +
      "da[ñn]ad|rot[oa]\\b|averiad|defectuos|cass[ée]|endommag|d[ée]fectueu|ab[iî]m",
    anywhere: "损坏|破损|坏了|瑕疵|质量|破損|不良|壊れ|故障",
  },
  not_as_described: {
    words:
      "not as (?:described|expected|pictured)|different (?:from|than)|not like the (?:picture|photo)|quality|" +
      "nicht wie (?:beschrieben|erwartet|abgebildet)|anders als|qualit(?:ä|ae)t|no (?:es|era) como|calidad|" +
      "pas conforme|non conforme|diff[ée]rent|qualit[ée]",
    anywhere: "不符|説明と違|イメージと違",
  },
  late: {
    words:
      "late\\b|delay|never arriv|not (?:arrived|received|delivered)|lost in|lost package|versp(?:ä|ae)t|" +
      "zu sp(?:ä|ae)t|nicht (?:angekommen|erhalten|geliefert)|tarde\\b|retras|no (?:lleg|recib)|retard|" +
      "jamais (?:arriv|re[çc]u)|pas re[çc]u",
    anywhere: "太晚|延迟|没收到|未收到|遅れ|届かな|未着",
  },
  unwanted: {
    words:
      "changed? (?:her|his|their|my|of)? ?mind|no longer (?:need|want)|unwanted|duplicate|ordered (?:twice|by mistake)|" +
      "(?:don.?t|did ?n.?t|does ?n.?t) (?:like|want|need)|nicht mehr|gef(?:ä|ae)llt nicht|doppelt|widerruf|" +
      "ya no|cambi[oó] de (?:opini[oó]n|idea)|no (?:le |me )?gust|duplicad|chang[ée] d.avis|plus besoin|" +
      "ne (?:pla[iî]t|convient) pas|en double",
    anywhere: "不想要|不喜欢|不需要|拍错|重复|不要になっ|気が変わ|重複",
  },
};
const SIGN_OF = Object.entries(SIGNS).map(
  ([reason, { words, anywhere }]) =>
    [reason as RefundReason, new RegExp(`(?:^|[^\\p{L}])(?:${words})|${anywhere}`, "iu")] as const,
);

/**
 * The reason of a refund, from the staff's note. The note itself is never stored, because it can name the shopper.
 *
 * @param note the staff's note; null without one
 * @param isShipped false if all goods were taken back before they shipped
 * @returns `unsaid` without a note, `other` for a note without any of the reasons
 * Known weakness: matches words, not sentences: "not damaged" is damaged. Shopify's own return reasons need the scope
 *   to read returns, which the app does not request.
 */
export function readRefundReason(note: string | null, { isShipped }: { isShipped: boolean }): RefundReason {
  if (!isShipped) return "not_shipped";
  if (note === null || note.trim() === "") return "unsaid";
  return SIGN_OF.find(([, sign]) => sign.test(note))?.[0] ?? "other";
}
