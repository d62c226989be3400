import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LOCALES, type Locale } from "#app/locales/translate.ts";

/** Texts that a merchant reads from the first order to the result. Expert pages have their own files. */
const MAIN_PATH = [
  ...["home", "bundles", "bundle", "offer", "edit", "evidence", "results", "common", "publishing"],
  ...["automation", "settings", "plan", "activity", "help", "tour", "server", "messages", "run"],
];
/** Keys of those files that only expert pages show. */
const FOR_EXPERTS = /^(server:(method|demand|fact|dropped|calibration)\b|messages:row\.|run:(?!step\.))/;

/** Terms of statistics and engineering, in any language. */
const ANYWHERE =
  /\b(EASE|RP3beta|Croston|SBA|TSB|SLIST|ndcg|AUC|WebAssembly|TensorFlow|GPU|CPU|transformer|tensor|backend|webhook|payload|JSON|GraphQL|API|cron|p-value|A\/B|lift|uplift|holdout|cohort|epoch|loss)\b/i;

/** Per language: terms of statistics and engineering that a shop owner would not understand. */
const BANNED: Readonly<Record<Locale, RegExp>> = {
  en: /\b(interval|confidence|confident|significan\w*|statistic\w*|supported?\b(?! team)|held[ -]out|baseline|metrics?|medians?|samples?|control group|models?|algorithms?|workers?|replay\w*|calibrat\w*|probabilit\w*|varian(ce|z)|deviation|regress\w*|percentiles?|quantiles?|correlat\w*|coefficient|randomi[sz]\w*|hypothes\w*|elasticit\w*|neural|multiply-add\w*|true (value|number|figure)|was drawn|were drawn|sessions?|pixel|queue|servers?)\b/i,
  de: /Intervall|Konfidenz|signifikan|statisti|Stichprobe|Median|Modell|Algorithm|Kontrollgruppe|Wahrscheinlichkeit|Varianz|Abweichung|Regression|Korrelation|Hypothese|Elastizität|neuronal|wahre[nr]? Wert|wahre[nr]? Zahl|ausgelost|Auslosung|\bgezogen|Pixel|Warteschlange|Metrik|Kennzahl|Server/i,
  es: /intervalo|confianza|significativ|estadístic|muestra(s|l)\b|mediana|modelo|algoritmo|grupo de control|probabilidad|varianza|desviación|regresión|correlación|hipótesis|elasticidad|neuronal|valor (real|verdadero)|sorte(o|ad)|píxel|procesos? de trabajo|métrica|servidor/i,
  fr: /intervalle|confiance|significati|statisti|échantillon|médiane|modèle|algorithme|groupe témoin|probabilité|variance|écart[- ]type|régression|corrélation|hypothèse|élasticité|neuron|vraie (valeur|)|tirage|\btiré|pixel|métrique|serveur/i,
  ja: /区間|信頼(区間|度)|有意|統計|標本|サンプル|中央値|モデル|アルゴリズム|対照群|確率|分散|偏差|回帰|相関|仮説|弾力性|ニューラル|真の値|抽選|ピクセル|ワーカー|指標|サーバー?/,
  "zh-CN":
    /区间|置信|显著|统计学|样本|中位数|模型|算法|对照组|概率|方差|偏差|回归|相关性|假说|弹性|神经|真实值|抽签|像素|工作进程|指标|服务器/,
};

/** Other forms of address than the chosen one, and synonyms of glossary terms. */
const OTHER_WORDS: Readonly<Record<Locale, RegExp | null>> = {
  en: null,
  de: /genehmig|[a-zäöüß]n Sie\b|[a-zäöü,] Ihre?[mnrs]?\b|\bIhnen\b|Eure?\b/,
  es: /\busted(es)?\b|paquete|\b(conjuntos|espere|envíe|elija|excluya|revise|introduzca)\b/i,
  fr: /(?<!\p{L})(tu|toi|ton|tes)(?!\p{L})/iu,
  ja: /バンドル|ショップ/,
  "zh-CN": /捆绑|你/,
};

describe.each(LOCALES)("merchant texts in %s", (locale) => {
  const texts = MAIN_PATH.flatMap((namespace) =>
    Object.entries(
      JSON.parse(readFileSync(`app/locales/${locale}/${namespace}.json`, "utf8")) as Record<string, string>,
    ).map(([key, text]) => [`${namespace}:${key}`, text.replaceAll(/\{\{\w+\}\}/g, "")] as const),
  ).filter(([key]) => !FOR_EXPERTS.test(key));

  it("use one form of address and one word per thing, as in app/locales/GLOSSARY.md", () => {
    const other = OTHER_WORDS[locale];
    expect(texts.filter(([, text]) => other?.test(text))).toEqual([]);
  });

  it("contain no term of statistics or engineering", () => {
    expect(texts.filter(([, text]) => ANYWHERE.test(text) || BANNED[locale].test(text))).toEqual([]);
  });
});
