import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { BarsChart } from "#app/ui/charts/BarsChart.tsx";
import { ChartFigure } from "#app/ui/charts/ChartFigure.tsx";

export interface MarginRow {
  readonly discount: string;
  readonly price: string;
  readonly profit: string;
  readonly margin: string;
  readonly isCurrent: boolean;
  readonly isBelowFloor: boolean;
  /** The parts of the full price, in units of the currency; a loss is a negative profit. */
  readonly parts: { readonly goods: number; readonly discount: number; readonly profit: number };
}

const PARTS = ["goods", "profit", "discount"] as const;

/** Where the full price of one set goes at several discounts: the goods, the profit, the shopper. */
export function MarginCard({ rows }: { readonly rows: readonly MarginRow[] }) {
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
