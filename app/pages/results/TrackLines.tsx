import { LineChart, PolarisVizProvider } from "@shopify/polaris-viz";
import "@shopify/polaris-viz/build/esm/styles.css";

interface TrackPoint {
  readonly day: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface TrackLinesProps {
  readonly points: readonly TrackPoint[];
  readonly names: Readonly<Record<"value" | "low" | "high", string>>;
}

const LINE = { value: "rgb(0, 91, 211)", low: "rgb(138, 138, 138)", high: "rgb(138, 138, 138)" } as const;

/** The value day by day between its bounds. Loaded by itself, as every chart is. */
export default function TrackLines({ points, names }: TrackLinesProps) {
  return (
    <PolarisVizProvider>
      <LineChart
        isAnimated={false}
        theme="Light"
        data={(["value", "low", "high"] as const).map((line) => ({
          name: names[line],
          color: LINE[line],
          ...(line === "value" ? {} : { isComparison: true }),
          data: points.map(({ day, ...at }) => ({ key: day, value: at[line] })),
        }))}
      />
    </PolarisVizProvider>
  );
}
