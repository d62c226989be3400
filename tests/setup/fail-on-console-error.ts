import { afterEach, beforeEach, expect, vi } from "vitest";

/** A test that prints an error is a failing test, unless it says that it expects one by mocking console.error. */
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
