import { expect, test } from "vitest";
import { dark, theme } from "../src/session";
import { systemLikes } from "./system";

const shown = () => [dark.value, document.documentElement.dataset["theme"]];

test("the page is dark where the system is, until one of both is chosen", () => {
  expect(shown()).toEqual([false, "auto"]);
  systemLikes(true);
  expect(shown()).toEqual([true, "auto"]);
  theme.value = "light";
  expect(shown()).toEqual([false, "light"]);
  systemLikes(false);
  theme.value = "dark";
  expect(shown()).toEqual([true, "dark"]);
  theme.value = "auto";
  expect(shown()).toEqual([false, "auto"]);
});
