import { Badge, Text, List } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { RunPage } from "./read-runs.server.ts";
import { ChartFigure, LinesChart } from "#app/ui/charts.tsx";

interface CandidateTableProps {
  readonly title: string;
  readonly explanation: string;
  readonly headings: readonly string[];
  readonly rows: RunPage["trends"];
  /** Shown instead of an empty table. */
  readonly whenEmpty: string;
}

/** The methods compared on later orders, and the chosen one. */
export function CandidateTable({ title, explanation, headings, rows, whenEmpty }: CandidateTableProps) {
  const { t } = useTranslation("learning");
  return (
    <TitledCard title={title} note={explanation}>
      {rows.length === 0 ? (
        <Text as="p">{whenEmpty}</Text>
      ) : (
        <FiguresTable
          label={title}
          textColumns={[0, headings.length + 1]}
          headings={[t("candidates.method"), ...headings, t("candidates.inUse")]}
          rows={rows.map(({ name, figures, isChosen }) => [
            name,
            ...figures,
            isChosen ? (
              <Badge key={name} tone="success">
                {t("candidates.used")}
              </Badge>
            ) : null,
          ])}
        />
      )}
    </TitledCard>
  );
}

/** The training loss of the network, also while it trains; a loss is never 0. */
export function LossCard({ losses }: Pick<RunPage, "losses">) {
  const { t, i18n } = useTranslation("learning");
  const format = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 4 });
  const change = new Intl.NumberFormat(i18n.language, {
    style: "unit",
    unit: "percent",
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
  // The axis includes zero, where small decreases would be flat lines. So the chart shows the change in percent.
  const name = t("run.task");
  const values = losses.map((loss) => (loss / losses[0]! - 1) * 100);
  return (
    <TitledCard title={t("losses.title")} note={t("losses.text")}>
      <ChartFigure
        label={t("losses.title")}
        chart={
          <LinesChart
            series={[{ name, values }]}
            labels={losses.map((_, index) => String(index + 1))}
            formatValue={(value) => change.format(value)}
          />
        }
        headings={[t("losses.pass"), name]}
        rows={losses.map((loss, index) => [index + 1, format.format(loss)])}
      />
    </TitledCard>
  );
}

export function RefusalList({
  refused,
  total,
}: {
  readonly refused: RunPage["refused"];
  readonly total: number;
}) {
  const { t } = useTranslation("learning");
  if (total === 0) return null;
  return (
    <TitledCard
      title={t("refused.title")}
      note={
        total > refused.length
          ? t("refused.some", { count: total, shown: refused.length })
          : t("refused.all", { count: total })
      }
    >
      <List>
        {refused.map(({ components, reason }, index) => (
          <List.Item key={index}>
            <Text as="span" fontWeight="medium">
              {components.join(" + ")}
            </Text>
            {`: ${reason}`}
          </List.Item>
        ))}
      </List>
    </TitledCard>
  );
}
