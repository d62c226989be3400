import type { IndexTable } from "@shopify/polaris";
import { useIndexResourceState } from "@shopify/polaris";
import { startTransition, useCallback, useEffect, useMemo, useState, type ComponentProps } from "react";

type OnSelectionChange = NonNullable<ComponentProps<typeof IndexTable>["onSelectionChange"]>;

/**
 * Which rows of an `IndexTable` are marked; a row that leaves the table leaves its mark behind. `marked` holds at once:
 * the heading's box, the count and what is decided follow it. Where more than one row changes, `drawn`, by which the rows
 * are drawn, follows after the next frame, so that the click on "all" is answered before every row has been drawn anew.
 *
 * @param ids of the rows in order; the same array for as long as they are the same rows
 */
export function useMarkedRows(ids: readonly string[]) {
  const resources = useMemo(() => ids.map((id) => ({ id })), [ids]);
  const {
    selectedResources,
    allResourcesSelected,
    handleSelectionChange,
    clearSelection: clear,
    removeSelectedResources: forget,
  } = useIndexResourceState(resources);
  const marked = useMemo(() => selectedResources.filter((id) => ids.includes(id)), [selectedResources, ids]);
  // Polaris keeps what was ever marked: a row that comes back would be decided with the others.
  useEffect(() => {
    const gone = selectedResources.filter((id) => !ids.includes(id));
    if (gone.length > 0) forget(gone);
  }, [selectedResources, ids, forget]);
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
  const isAllMarked = allResourcesSelected && marked.length === ids.length;
  return { marked, isAllMarked, drawn, change, clear };
}
