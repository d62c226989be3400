/** Colours of a chart's series, in their order. */
export const SERIES_COLORS = ["#005bd3", "#29845a", "#d9a300", "#8e0b6f"] as const;

interface ChartLegendProps {
  readonly entries: readonly { readonly name: string; readonly color: string }[];
}

/** What each colour stands for. */
export function ChartLegend({ entries }: ChartLegendProps) {
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
