import { BarChart, PolarisVizProvider } from "@shopify/polaris-viz";
import "@shopify/polaris-viz/build/esm/styles.css";
import { ChartLegend, SERIES_COLORS } from "./ChartLegend.tsx";

interface BarsChartProps {
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly label: string; readonly value: number | null }[];
  }[];
  /** Lying bars leave room for long names; one on another show what a whole is made of. */
  readonly shape?: "upright" | "lying" | "stacked";
  readonly formatValue?: (value: number) => string;
}

/** Bars by name. Loaded by itself when it is first drawn: the charts weigh as much as all the rest of a page. */
export default function BarsChart({ series, shape = "upright", formatValue }: BarsChartProps) {
  const labelFormatter = (value: string | number | null) =>
    value === null ? "" : formatValue ? formatValue(Number(value)) : String(value);
  const axis = formatValue ? { labelFormatter } : {};
  return (
    <PolarisVizProvider>
      <BarChart
        isAnimated={false}
        theme="Light"
        direction={shape === "lying" ? "horizontal" : "vertical"}
        type={shape === "stacked" ? "stacked" : "default"}
        showLegend={series.length > 1}
        renderLegendContent={() => <ChartLegend names={series.map(({ name }) => name)} />}
        data={series.map(({ name, points }, index) => ({
          name,
          color: SERIES_COLORS[index % SERIES_COLORS.length]!,
          data: points.map(({ label, value }) => ({ key: label, value })),
        }))}
        {...(shape === "lying" ? { xAxisOptions: axis } : { yAxisOptions: axis })}
        tooltipOptions={{ valueFormatter: labelFormatter }}
      />
    </PolarisVizProvider>
  );
}
