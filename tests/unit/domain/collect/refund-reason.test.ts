import { describe, expect, it } from "vitest";
import { readRefundReason } from "#app/domain/collect/refund-reason.ts";

describe("readRefundReason", () => {
  it.each([
    ["", "unsaid"],
    ["   ", "unsaid"],
    [null, "unsaid"],
    ["agreed on the phone with Mrs Miller", "other"],
    ["chocolate bar, plates", "other"],
    ["it broke during shipping", "damaged"],
    ["wrong size", "size"],
    ["Wrong item sent", "wrong_item"],
    ["Zu klein, bitte umtauschen", "size"],
    ["Ware beschädigt", "damaged"],
    ["nicht wie beschrieben", "not_as_described"],
    ["Talla incorrecta", "size"],
    ["llegó tarde", "late"],
    ["jamais arrivé", "late"],
    ["le client a changé d'avis", "unwanted"],
    ["サイズが合わない", "size"],
    ["商品有瑕疵", "damaged"],
  ])("reads “%s” as %s", (note, reason) => {
    expect(readRefundReason(note, { isShipped: true })).toBe(reason);
  });

  it("is not_shipped whatever the note, if nothing was shipped", () => {
    expect(readRefundReason("too late", { isShipped: false })).toBe("not_shipped");
  });
});

describe("refund note in the app's languages", () => {
  it.each([
    [
      "wrong_item",
      "wrong product, incorrect item, falscher Artikel, falsche Farbe, artículo equivocado, producto incorrecto, mauvais article, erreur d'article, 错发了, 商品違いでした",
    ],
    [
      "size",
      "size M, sizing, it fits badly, no fit, too small, too tight, Größe, Groesse, zu eng, zu lang, talla, tamaño, taille, trop grand, 尺码不对, サイズ違い",
    ],
    [
      "damaged",
      "damaged, defect, faulty, leaks, cracked, scratched, kaputt, beschädigt, beschaedigt, mangelhaft, dañado, roto, averiado, defectuoso, cassé, endommagé, défectueux, abîmé, 坏了, 壊れた",
    ],
    [
      "not_as_described",
      "not as described, not as expected, different from the shop, not like the photo, poor quality, nicht wie erwartet, anders als gedacht, Qualität, Qualitaet, no es como dice, calidad, pas conforme, différent, qualité, 与描述不符, 説明と違う",
    ],
    [
      "late",
      "late, delayed, never arrived, not received, lost in transit, verspätet, zu spät, nicht angekommen, tarde, retraso, no llegó, retard, jamais reçu, pas reçu, 没收到, 届かない",
    ],
    [
      "unwanted",
      "changed my mind, changed her mind, changed mind, no longer needed, unwanted, duplicate, ordered twice, don't want it, didn't like it, nicht mehr, gefällt nicht, doppelt, Widerruf, ya no, cambió de idea, no me gusta, duplicado, changé d'avis, plus besoin, ne plaît pas, en double, 不想要了, 不要になった",
    ],
  ])("gives %s wherever the words are in the note", (reason, notes) => {
    for (const note of notes.split(", ")) {
      expect([note, readRefundReason(note, { isShipped: true })]).toEqual([note, reason]);
      expect(readRefundReason(`Order 7: ${note.toUpperCase()}!`, { isShipped: true })).toBe(reason);
    }
  });

  it.each([
    "unfit",
    "resized",
    "chocolate",
    "translated to staff",
    "carrot",
    "umbroke",
    "protector",
    "encrypto",
  ])("is not matched inside another word, as in “%s”", (word) => {
    expect(readRefundReason(word, { isShipped: true })).toBe("other");
  });
});
