import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { BarsChart, ChartFigure } from "#app/ui/charts.tsx";
import type { BundlePage } from "./read-bundle-page.server.ts";

const PARTS = ["goods", "profit", "discount", "tax"] as const;

/** How the full price of a set splits at several discounts: goods, profit, discount and tax. */
export function MarginCard({ rows }: { readonly rows: BundlePage["margins"] }) {
  const { t } = useTranslation("bundle");
  const isTaxed = rows.some(({ parts }) => parts.tax > 0);
  const drawn = PARTS.filter((part) => part !== "tax" || isTaxed);
  const named = rows.map(({ discount, isCurrent, isBelowFloor, ...row }) => ({
    ...row,
    label: [
      discount,
      ...(isCurrent ? [t("margin.current")] : []),
      ...(isBelowFloor ? [t("margin.belowFloor")] : []),
    ].join(" · "),
  }));
  return (
    <TitledCard
      title={t("margin.title")}
      note={joinSentences([t("margin.text"), isTaxed ? t("expected.beforeTax") : null], t)}
    >
      <ChartFigure
        label={t("margin.label")}
        chart={
          <BarsChart
            parts={drawn.map((part) => t(`margin.part.${part}`))}
            rows={named.map(({ label, profit, parts }) => ({
              label,
              text: profit,
              values: drawn.map((part) => parts[part]),
            }))}
          />
        }
        headings={["discount", "price", "profit", "margin"].map((column) => t(`margin.${column}`))}
        rows={named.map(({ label, price, profit, margin }) => [label, price, profit, margin])}
      />
    </TitledCard>
  );
}
