import type { IndexTable } from "@shopify/polaris";
import { useIndexResourceState } from "@shopify/polaris";
import { startTransition, useCallback, useEffect, useMemo, useState, type ComponentProps } from "react";

type OnSelectionChange = NonNullable<ComponentProps<typeof IndexTable>["onSelectionChange"]>;

/**
 * Which rows of an `IndexTable` are marked. `marked` holds at once: the heading's box, the count and what is decided
 * follow it. Where more than one row changes, `drawn`, by which the rows are drawn, follows after the next frame, so that
 * the click on "all" is answered before every row has been drawn anew.
 *
 * @param ids of the rows in order
 */
export function useMarkedRows(ids: readonly string[]) {
  const {
    selectedResources: marked,
    allResourcesSelected: isAllMarked,
    handleSelectionChange,
    clearSelection: clear,
  } = useIndexResourceState(ids.map((id) => ({ id })));
  const [followed, setFollowed] = useState<readonly string[]>(marked);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => startTransition(() => setFollowed(marked)));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [marked]);

  const drawnIds = Math.abs(marked.length - followed.length) > 1 ? followed : marked;
  const drawn = useMemo(() => new Set(drawnIds), [drawnIds]);
  const change = useCallback<OnSelectionChange>(
    (type, isMarking, selection, position) => {
      // A row that is not drawn anew yet asks for what it already is.
      const isMark = typeof selection === "string" ? !marked.includes(selection) : isMarking;
      handleSelectionChange(type, isMark, selection, position);
    },
    [marked, handleSelectionChange],
  );
  return { marked, isAllMarked, drawn, change, clear };
}
