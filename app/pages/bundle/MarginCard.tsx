import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { BarsChart, ChartFigure } from "#app/ui/charts.tsx";
import type { BundlePage } from "./read-bundle-page.server.ts";

const PARTS = ["goods", "profit", "discount"] as const;

/** Where the full price of one set goes at several discounts: the goods, the profit, the shopper. */
export function MarginCard({ rows }: { readonly rows: BundlePage["margins"] }) {
  const { t } = useTranslation("bundle");
  const named = rows.map(({ discount, isCurrent, isBelowFloor, ...row }) => ({
    ...row,
    label: [
      discount,
      ...(isCurrent ? [t("margin.current")] : []),
      ...(isBelowFloor ? [t("margin.belowFloor")] : []),
    ].join(" · "),
  }));
  return (
    <TitledCard title={t("margin.title")} note={t("margin.text")}>
      <ChartFigure
        label={t("margin.label")}
        chart={
          <BarsChart
            parts={PARTS.map((part) => t(`margin.part.${part}`))}
            rows={named.map(({ label, profit, parts }) => ({
              label,
              text: profit,
              values: PARTS.map((part) => parts[part]),
            }))}
          />
        }
        headings={["discount", "price", "profit", "margin"].map((column) => t(`margin.${column}`))}
        rows={named.map(({ label, price, profit, margin }) => [label, price, profit, margin])}
      />
    </TitledCard>
  );
}
