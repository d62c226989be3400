declare module "wasm-metering" {
  interface MeteringOptions {
    meterType?: "i32" | "i64" | "f32" | "f64";
    costTable?: { code: { code: Record<string, number>; local: object }; type: object };
    moduleStr?: string;
    fieldStr?: string;
  }
  const metering: { meterWASM(wasm: Buffer, options?: MeteringOptions): Uint8Array<ArrayBuffer> };
  export default metering;
}
