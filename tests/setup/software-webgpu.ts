import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = fileURLToPath(new URL("../webgpu/node_modules", import.meta.url));
const DRIVER = "vk_swiftshader_icd.json";

/** Finds the folder of Chromium's software driver for Vulkan and its loader. */
function findDriverFolder(): string | undefined {
  const own = process.env["CHROMIUM_PATH"];
  const folders = ["/usr/lib/chromium", ...(own && existsSync(own) ? [dirname(realpathSync(own))] : [])];
  return folders.find((folder) => existsSync(join(folder, DRIVER)));
}

/**
 * The environment of a process with WebGPU's packages that computes in software, with the driver of Chromium. On
 * systems other than Linux it uses the system's own device.
 *
 * @returns null if the packages or the driver are missing
 */
export function openSoftwareWebGpu(): NodeJS.ProcessEnv | null {
  if (!existsSync(join(PACKAGES, "webgpu"))) return null;
  const env = { ...process.env, NODE_PATH: PACKAGES };
  if (process.platform !== "linux") return env;
  const folder = findDriverFolder();
  if (folder === undefined) return null;
  const libraries = [folder, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(delimiter);
  return { ...env, VK_DRIVER_FILES: join(folder, DRIVER), LD_LIBRARY_PATH: libraries };
}
