import { BarChart, PolarisVizProvider } from "@shopify/polaris-viz";
import "@shopify/polaris-viz/build/esm/styles.css";

interface MonthBarsProps {
  readonly name: string;
  readonly months: readonly { readonly label: string; readonly orders: number }[];
}

/** A bar a month. Loaded by itself when it is first drawn: the charts weigh as much as all the rest of a page. */
export default function MonthBars({ name, months }: MonthBarsProps) {
  return (
    <PolarisVizProvider>
      <BarChart
        isAnimated={false}
        theme="Light"
        showLegend={false}
        data={[{ name, data: months.map(({ label, orders }) => ({ key: label, value: orders })) }]}
      />
    </PolarisVizProvider>
  );
}
