import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = fileURLToPath(new URL("../webgpu/node_modules", import.meta.url));
const DRIVER = "vk_swiftshader_icd.json";

/** Where Chromium keeps its software driver for Vulkan, with the loader for it. */
function findDriverFolder(): string | undefined {
  const own = process.env["CHROMIUM_PATH"];
  const folders = ["/usr/lib/chromium", ...(own && existsSync(own) ? [dirname(realpathSync(own))] : [])];
  return folders.find((folder) => existsSync(join(folder, DRIVER)));
}

/**
 * The environment of a process in which WebGPU is installed and computes in software, by the driver that Chromium
 * brings along. On systems without Vulkan it computes on what they have.
 *
 * @returns null where the packages or the driver are missing
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
