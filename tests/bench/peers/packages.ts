/** The packages of this folder, for a benchmark outside of it. */
export { AutoETS, initSync } from "@bsull/augurs/ets";
export { FPGrowth } from "node-fpgrowth";

export const ETS_MODULE = import.meta.resolve("@bsull/augurs/ets");
