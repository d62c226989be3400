import { afterEach, beforeEach, expect, vi } from "vitest";

/** A test that calls console.error fails, unless it mocks console.error because it expects the error. */
let printed: unknown[][] = [];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, "error").mockImplementation((...line) => {
    printed.push(line);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(printed, "console.error was called").toEqual([]);
});
