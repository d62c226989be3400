import { LineChart, PolarisVizProvider } from "@shopify/polaris-viz";
import "@shopify/polaris-viz/build/esm/styles.css";
import { ChartLegend, SERIES_COLORS } from "./ChartLegend.tsx";

interface LinesChartProps {
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Names the first point 1, the next 2 and so on. */
  readonly toLabel: (number: number) => string;
  readonly formatValue: (value: number) => string;
}

/** A line's points take the focus, and the table says the same to a keyboard; React 18 knows no property for it. */
const OUT_OF_REACH = { inert: "" };

/** Lines over steps. Loaded by itself when it is first drawn, like all charts. */
export default function LinesChart({ series, toLabel, formatValue }: LinesChartProps) {
  const labelFormatter = (value: string | number | null) =>
    value === null ? "" : formatValue(Number(value));
  return (
    <div style={{ blockSize: "100%" }} {...OUT_OF_REACH}>
      <PolarisVizProvider>
        <LineChart
          isAnimated={false}
          theme="Light"
          showLegend={series.length > 1}
          renderLegendContent={() => <ChartLegend names={series.map(({ name }) => name)} />}
          data={series.map(({ name, values }, index) => ({
            name,
            color: SERIES_COLORS[index % SERIES_COLORS.length]!,
            data: values.map((value, index) => ({ key: toLabel(index + 1), value })),
          }))}
          yAxisOptions={{ labelFormatter }}
          tooltipOptions={{ valueFormatter: labelFormatter }}
        />
      </PolarisVizProvider>
    </div>
  );
}
