import type { CSSProperties } from "react";

interface ProgressProps {
  /** 0 to 100. */
  readonly percent: number;
  /** Whether it is a way to something good, rather than work to be waited for. */
  readonly isGood?: boolean;
  /** The id of what says whose progress it is. */
  readonly labelledBy?: string;
}

/** How far something is, in Polaris' own styles; its component brings a library of transitions along. */
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
