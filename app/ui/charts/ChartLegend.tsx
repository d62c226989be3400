/** Colours of a chart's series, in their order; those that Polaris Viz takes by itself, so that the legend can name them. */
export const SERIES_COLORS = ["#13acf0", "#6b44e8", "#597ff0", "#d63fa6"] as const;

/**
 * What each colour stands for. The library's own legend takes the keyboard's focus, which it must not where a chart is
 * hidden from screen readers.
 */
export function ChartLegend({ names }: { readonly names: readonly string[] }) {
  return (
    <div style={{ display: "flex", flexWrap: "wrap", justifyContent: "center", gap: "var(--p-space-400)" }}>
      {names.map((name, index) => (
        <span key={name} style={{ display: "flex", alignItems: "center", gap: "var(--p-space-150)" }}>
          <span
            style={{
              background: SERIES_COLORS[index % SERIES_COLORS.length],
              blockSize: "0.5rem",
              inlineSize: "0.5rem",
              borderRadius: "50%",
            }}
          />
          {name}
        </span>
      ))}
    </div>
  );
}
