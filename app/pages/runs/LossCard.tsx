import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { ChartFigure } from "#app/ui/charts/ChartFigure.tsx";
import { LinesChart } from "#app/ui/charts/LinesChart.tsx";
import type { RunPage } from "./read-run-page.server.ts";

/** How the error of the networks fell while they trained, also while they still do. */
export function LossCard({ losses }: Pick<RunPage, "losses">) {
  const { t, i18n } = useTranslation("learning");
  const longest = Math.max(...losses.map(({ values }) => values.length));
  const format = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 4 });
  const change = new Intl.NumberFormat(i18n.language, {
    style: "unit",
    unit: "percent",
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
  // The chart's axis always holds zero: beside it, errors that fall by a few hundredths would be flat lines.
  const series = losses.map(({ task, changePercents }) => ({
    name: t(`run.task.${task}`),
    values: changePercents,
  }));
  const rows = Array.from({ length: longest }, (_, index) => [
    index + 1,
    ...losses.map(({ values }) => (values[index] === undefined ? "" : format.format(values[index]))),
  ]);
  return (
    <TitledCard title={t("losses.title")} note={t("losses.text")}>
      <ChartFigure
        label={t("losses.title")}
        chart={
          <LinesChart
            series={series}
            labels={rows.map(([pass]) => String(pass))}
            formatValue={(value) => change.format(value)}
          />
        }
        headings={[t("losses.pass"), ...series.map(({ name }) => name)]}
        rows={rows}
      />
    </TitledCard>
  );
}
