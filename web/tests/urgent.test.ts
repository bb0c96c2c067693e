import { expect, test } from "vitest";
import { urgent, type Alert } from "../src/api/open-alerts";
import { happenings } from "../src/pages/device-arrivals";

const alert = (over: Partial<Alert>) => ({ severity: "critical", state: "firing", quiet: false, asked: null, ...over }) as Alert;

test("urgent is what is critical and nobody has said to be on it, also while its state is unknown", () => {
  expect(urgent([alert({}), alert({ state: "unknown" })])).toHaveLength(2);
  const others: Partial<Alert>[] = [{ severity: "major" }, { state: "acknowledged" }, { state: "shelved" }, { state: "recovered" }, { quiet: true }];
  expect(urgent(others.map(alert))).toEqual([]);
  expect(urgent([alert({ asked: { kind: "acknowledge" } as Alert["asked"] })])).toEqual([]);
});

test("a fault that is told again and again is told once, and once more when it is gone", () => {
  const reading = (at: string, faults: string[], events: { type: string; phase: string }[] = []) => ({ at, faults, events });
  const told = happenings([reading("1", ["leak"], [{ type: "switchedOn", phase: "once" }]), reading("2", ["leak"]), reading("3", [])] as never);
  expect(told.map(({ at, what, phase }) => `${at} ${what} ${phase}`)).toEqual(["3 leak faultOver", "1 leak fault", "1 switchedOn once"]);
});
