import { InlineStack, Text } from "@shopify/polaris";
import { scaleOf } from "./chart-scale.ts";
import { ChartLegend, SERIES_COLORS } from "./ChartFigure.tsx";

interface BarsChartProps {
  /** What the parts of each bar are, in their order. */
  readonly parts: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    /** What the bar says, in words. */
    readonly text: string;
    /** Laid end to end; what is below zero is left out. */
    readonly values: readonly number[];
    /** Between what the end of the bar may lie. */
    readonly range?: readonly [low: number, high: number];
  }[];
}

/** Lying bars, each below its name, so that a long one has room on a phone. */
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
