import type { CSSProperties } from "react";

interface ProgressProps {
  /** 0 to 100. */
  readonly percent: number;
  /** Progress toward a good result, not a wait. */
  readonly isGood?: boolean;
  readonly labelledBy?: string;
}

/** A progress bar in Polaris styles. Polaris' own component includes a transition library. */
export function Progress({ percent, isGood = false, labelledBy }: ProgressProps) {
  const value = Math.max(0, Math.min(100, percent));
  const tone = isGood ? "toneSuccess" : "toneHighlight";
  return (
    <div className={`Polaris-ProgressBar Polaris-ProgressBar--sizeSmall Polaris-ProgressBar--${tone}`}>
      <progress
        className="Polaris-ProgressBar__Progress"
        value={value}
        max={100}
        aria-labelledby={labelledBy}
      />
      <div
        className="Polaris-ProgressBar__Indicator Polaris-ProgressBar__IndicatorAppearDone"
        style={{ "--pc-progress-bar-percent": value / 100 } as CSSProperties}
      />
    </div>
  );
}
