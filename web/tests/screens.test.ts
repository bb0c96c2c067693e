import { expect, test } from "vitest";
import { screensOf } from "../src/ui/screens";

test("a page that fits is one screen, and what is cut off below is another", () => {
  expect([screensOf(1000, 1000), screensOf(1001, 1000), screensOf(1920, 1000), screensOf(1921, 1000)]).toEqual([1, 2, 2, 3]);
});
