import { afterEach, expect, test } from "vitest";
import { age, ahead, fromLocal, quantity, toLocal } from "../src/format";
import { lang, session } from "../src/session";

const inZone = (zone: string) => {
  session.value = { ...({} as NonNullable<typeof session.value>), zone };
};

afterEach(() => {
  session.value = null;
});

test("an instant goes into a form and out again in the city's zone", () => {
  inZone("Asia/Shanghai");
  expect(toLocal("2026-11-25T16:30:12Z")).toBe("2026-11-26T00:30");
  expect(fromLocal("2026-11-26T00:30")).toBe("2026-11-25T16:30:00.000Z");
});

test("where clocks are changed, both sides of the change come out right", () => {
  inZone("Europe/Berlin");
  expect(fromLocal("2026-03-29T01:30")).toBe("2026-03-29T00:30:00.000Z");
  expect(fromLocal("2026-03-29T03:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(toLocal("2026-10-25T10:00:00Z")).toBe("2026-10-25T11:00");
});

test("what is no time stays as it was typed, so that the service can say what is wrong", () => {
  expect(fromLocal("soon")).toBe("soon");
});

test("what is counted has a word in each language", () => {
  lang.value = "zh";
  expect(quantity(25, "{underpass}")).toBe("25 处");
  lang.value = "en";
  expect(quantity(25, "{underpass}")).toBe("25 underpasses");
});

test("when something is sent is said as how far ahead it is: the city's time may be another one than the wall's", () => {
  lang.value = "en";
  const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  expect(ahead(later(7 * 60 - 5))).toBe("in 7 minutes");
  expect(ahead(later(-5))).toBe("now");
  expect(age(125)).toBe("2 minutes ago");
  lang.value = "zh";
  expect(ahead(later(7 * 60 - 5))).toBe("7分钟后");
  expect(ahead(later(-5))).toBe("现在");
});
