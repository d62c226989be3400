import { useTranslation } from "#app/locales/use-translation.ts";
import type { ReactNode } from "react";
import { FiguresTable } from "./FiguresTable.tsx";
import { Text, InlineStack } from "@shopify/polaris";

interface ChartFigureProps {
  /** Accessible name of the table. */
  readonly label: string;
  readonly chart: ReactNode;
  readonly headings: readonly string[];
  /** The first cell is the row's heading. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A chart, with the same figures in a collapsible table for screen readers. */
export function ChartFigure({ label, chart, headings, rows }: ChartFigureProps) {
  const { t } = useTranslation("common");
  return (
    <div>
      <div data-chart aria-hidden>
        {chart}
      </div>
      <details>
        <summary style={{ cursor: "pointer", paddingBlock: "var(--p-space-200)" }}>
          {t("chart.table")}
        </summary>
        <FiguresTable label={label} headings={headings} rows={rows} />
      </details>
    </div>
  );
}

const SERIES_COLORS = ["#005bd3", "#29845a", "#d9a300", "#8e0b6f"] as const;

interface ChartLegendProps {
  readonly entries: readonly { readonly name: string; readonly color: string }[];
}

function ChartLegend({ entries }: ChartLegendProps) {
  return (
    <div style={{ display: "flex", flexWrap: "wrap", gap: "var(--p-space-100) var(--p-space-400)" }}>
      {entries.map(({ name, color }) => (
        <span key={name} style={{ display: "flex", alignItems: "center", gap: "var(--p-space-150)" }}>
          <span
            style={{ background: color, blockSize: "0.5rem", inlineSize: "0.5rem", borderRadius: "50%" }}
          />
          {name}
        </span>
      ))}
    </div>
  );
}

/** Maps values to positions between the lower and the upper edge of a chart. */
interface ChartScale {
  /** Values of the grid lines, ascending. The first and the last are the edges. */
  readonly ticks: readonly number[];
  /** From 0 at the lower edge to 100 at the upper edge. */
  readonly toPercent: (value: number) => number;
}

/** A few lines are easier to read than many. */
const SCALE_STEPS = 4;

/** A scale that includes the values and zero, in steps of 1, 2 or 5 times a power of ten. */
export function scaleOf(values: readonly number[]): ChartScale {
  const low = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  // Zeros alone also need a scale.
  const high = highest > low ? highest : 1;
  const rough = (high - low) / SCALE_STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  // Multiples of integers, so that rounding errors do not add up.
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { ticks, toPercent: (value) => ((value - first * step) / ((last - first) * step)) * 100 };
}

interface LinesChartProps {
  readonly series: readonly {
    readonly name: string;
    /** Null if there is no value. */
    readonly values: readonly (number | null)[];
    /** A thin, dashed line: the bound of another line. */
    readonly isBound?: boolean;
  }[];
  /** Label of each step, in order. */
  readonly labels: readonly string[];
  readonly formatValue: (value: number) => string;
}

const BOUND_COLOR = "#8a8a8a";
const HEIGHT = "12rem";
const AXIS = { display: "flex", justifyContent: "space-between" } as const;

/**
 * A line chart. The drawing stretches to the available width and the text does not, so nothing is measured and the
 * server renders the same as the browser.
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
          // Half a text line at each end, because the axis labels are centred on the edges.
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

interface BarsChartProps {
  /** Names of the parts of each bar, in order. */
  readonly parts: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    readonly text: string;
    /** Stacked; negative values are left out. */
    readonly values: readonly number[];
    /** Interval of the end of the bar. */
    readonly range?: readonly [low: number, high: number];
  }[];
}

/** Horizontal bars below their labels, so that long labels fit on a phone. */
export function BarsChart({ parts, rows }: BarsChartProps) {
  const { toPercent } = scaleOf(
    rows.flatMap(({ values, range }) => [
      values.reduce((sum, value) => sum + Math.max(0, value), 0),
      ...(range ?? []),
    ]),
  );
  return (
    <>
      {rows.map(({ label, text, values, range }, row) => (
        <div key={row} style={{ marginBlockEnd: "var(--p-space-200)" }}>
          <InlineStack align="space-between" gap="200">
            <Text as="span">{label}</Text>
            <Text as="span" tone="subdued" numeric>
              {text}
            </Text>
          </InlineStack>
          <div style={{ position: "relative", display: "flex", blockSize: "0.75rem" }}>
            {values.map((value, part) => (
              <div
                key={part}
                title={parts[part]}
                style={{
                  background: SERIES_COLORS[part % SERIES_COLORS.length],
                  inlineSize: `${toPercent(Math.max(0, value))}%`,
                }}
              />
            ))}
            {range ? (
              <div
                style={{
                  position: "absolute",
                  insetInlineStart: `${toPercent(range[0])}%`,
                  inlineSize: `${toPercent(range[1]) - toPercent(range[0])}%`,
                  insetBlock: "0.2rem",
                  borderInline: "2px solid #303030",
                  background: "linear-gradient(#303030, #303030) center / 100% 2px no-repeat",
                }}
              />
            ) : null}
          </div>
        </div>
      ))}
      {parts.length > 1 ? (
        <ChartLegend
          entries={parts.map((name, part) => ({ name, color: SERIES_COLORS[part % SERIES_COLORS.length]! }))}
        />
      ) : null}
    </>
  );
}
