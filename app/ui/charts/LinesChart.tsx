import { Text } from "@shopify/polaris";
import { scaleOf } from "./chart-scale.ts";
import { ChartLegend, SERIES_COLORS } from "./ChartFigure.tsx";

interface LinesChartProps {
  readonly series: readonly {
    readonly name: string;
    /** Null where there is none. */
    readonly values: readonly (number | null)[];
    /** Drawn thin and broken: what bounds another line. */
    readonly isBound?: boolean;
  }[];
  /** Of each step, in order. */
  readonly labels: readonly string[];
  readonly formatValue: (value: number) => string;
}

const BOUND_COLOR = "#8a8a8a";
const HEIGHT = "12rem";
const AXIS = { display: "flex", justifyContent: "space-between" } as const;

/**
 * Lines over steps. The drawing is stretched to the width that there is and the words beside it are not, so that it
 * needs no measuring: the server draws it as the browser does.
 */
export function LinesChart({ series, labels, formatValue }: LinesChartProps) {
  const drawn = series.flatMap(({ values }) => values.flatMap((value) => value ?? []));
  const { ticks, toPercent } = scaleOf(drawn);
  const colorOf = (index: number) =>
    series[index]!.isBound ? BOUND_COLOR : SERIES_COLORS[index % SERIES_COLORS.length]!;
  const widest = 100 / Math.max(1, labels.length - 1);
  const toPoints = (values: readonly (number | null)[]) =>
    values
      .flatMap((value, step) => (value === null ? [] : [`${step * widest},${100 - toPercent(value)}`]))
      .join(" ");
  const shown = new Set([0, Math.floor((labels.length - 1) / 2), labels.length - 1]);
  return (
    <>
      <div style={{ display: "flex", gap: "var(--p-space-200)", blockSize: HEIGHT }}>
        <div style={{ ...AXIS, flexDirection: "column-reverse", textAlign: "end" }}>
          {ticks.map((tick) => (
            <Text as="span" key={tick} tone="subdued" variant="bodySm" numeric>
              {formatValue(tick)}
            </Text>
          ))}
        </div>
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          // Half a line of text at each end: there the first and the last figure of the axis have their middle.
          style={{
            flex: 1,
            minInlineSize: 0,
            marginBlock: "0.5rem",
            blockSize: "calc(100% - 1rem)",
            overflow: "visible",
          }}
        >
          {ticks.map((tick) => (
            <path
              key={tick}
              d={`M0 ${100 - toPercent(tick)}H100`}
              stroke={tick === 0 ? "#616161" : "#e3e3e3"}
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {series.map(({ name, values, isBound }, index) => (
            <polyline
              key={name}
              points={toPoints(values)}
              fill="none"
              stroke={colorOf(index)}
              strokeWidth={isBound ? 1 : 2}
              {...(isBound ? { strokeDasharray: "4 3" } : {})}
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {labels.map((label, step) => (
            <rect key={step} x={(step - 0.5) * widest} width={widest} height="100" fill="transparent">
              <title>
                {[
                  label,
                  ...series.flatMap(({ name, values }) =>
                    values[step] === null || values[step] === undefined
                      ? []
                      : [`${name}: ${formatValue(values[step])}`],
                  ),
                ].join("\n")}
              </title>
            </rect>
          ))}
        </svg>
      </div>
      <div style={AXIS}>
        {labels.map((label, step) =>
          shown.has(step) ? (
            <Text as="span" key={step} tone="subdued" variant="bodySm">
              {label}
            </Text>
          ) : null,
        )}
      </div>
      {series.length > 1 ? (
        <ChartLegend entries={series.map(({ name }, index) => ({ name, color: colorOf(index) }))} />
      ) : null}
    </>
  );
}
