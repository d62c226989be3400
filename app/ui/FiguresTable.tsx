import { DataTable, type DataTableProps } from "@shopify/polaris";
import { useEffect, useRef } from "react";

interface FiguresTableProps extends DataTableProps {
  /** What the table is about, for a screen reader that lands on it. */
  readonly label: string;
}

/** Polaris keeps a heading on one line, which makes a column as wide as its longest words. */
const HEADING = { display: "inline-block", maxInlineSize: "9rem", whiteSpace: "normal" } as const;

/**
 * A table of figures that a keyboard can scroll. Where it is wider than the window Polaris scrolls it in a box of its
 * own, which takes no focus and so cannot be reached without a pointer.
 */
export function FiguresTable({ label, headings, ...table }: FiguresTableProps) {
  const around = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = around.current?.querySelector(".Polaris-DataTable__ScrollContainer");
    if (!box) return;
    const follow = () => {
      if (box.scrollWidth > box.clientWidth) {
        box.setAttribute("tabindex", "0");
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", label);
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      }
    };
    const observer = new ResizeObserver(follow);
    observer.observe(box);
    return () => observer.disconnect();
  }, [label]);
  return (
    <div ref={around}>
      <DataTable
        {...table}
        headings={headings.map((heading, index) => (
          <span key={index} style={HEADING}>
            {heading}
          </span>
        ))}
      />
    </div>
  );
}
