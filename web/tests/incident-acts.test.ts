import { expect, test } from "vitest";
import type { Case } from "../src/api/incidents";
import { asked, offered, timeOf, wordsOf, type Act } from "../src/pages/incident-acts";

const UNIT = "市城管局";

function file(state: Case["state"], tasks: Case["tasks"][number]["state"][] = [], more: object = {}): Case {
  const parts = tasks.map((each, n) => ({ unit: n === 0 ? UNIT : `单位${n}`, state: each }));
  return { id: "20261125-0001", state, tasks: parts, checklist: [], closed_at: null, ...more } as unknown as Case;
}

const names = (found: Case) => offered(found).map((each) => each.act);

test("a new case file is dispatched, closed as nothing, or a mistake", () => {
  expect(names(file("new"))).toEqual(["dispatch", "close", "mistake", "comment"]);
});

test("the next step of the course comes first, and nothing that would be refused is offered", () => {
  expect(names(file("dispatched", ["dispatched"]))).toEqual([
    "accept", "begin", "feedback", "dispatch", "send_back", "extend", "suspend", "mistake", "comment",
  ]);
  expect(names(file("handling", ["handling"]))).not.toContain("send_back");
  expect(names(file("handling", ["suspended"]))).toEqual(["resume", "dispatch", "extend", "mistake", "comment"]);
  expect(names(file("reported", ["reported"]))).toEqual(["check", "redo", "dispatch", "mistake", "comment"]);
  expect(names(file("checking", ["reported"]))[0]).toBe("close");
  expect(names(file("new", ["returned"]))).toEqual(["dispatch", "mistake", "comment"]);
});

test("a unit is offered only where its own part allows it", () => {
  const found = offered(file("dispatched", ["handling", "dispatched"]));
  expect(found.find((each) => each.act === "send_back")?.units).toEqual(["单位1"]);
  expect(found.find((each) => each.act === "extend")?.units).toEqual([UNIT, "单位1"]);
});

test("a case file with an open checklist cannot be closed, a closed one takes comments only", () => {
  expect(names(file("new", [], { checklist: [{ done_at: null }] }))).not.toContain("close");
  expect(names(file("closed", ["reported"], { closed_at: "2026-11-25T02:00:00Z" }))).toEqual(["comment"]);
});

test("what is asked of the service has the words and the instant that the act needs", () => {
  const at = "2026-11-26T02:00:00.000Z";
  expect(asked("extend", UNIT, "夜间不能施工", at)).toEqual({ action: "extend", unit: UNIT, due: at, reason: "夜间不能施工" });
  expect(asked("suspend", UNIT, "等备件", at)).toEqual({ action: "suspend", unit: UNIT, until: at, reason: "等备件" });
  for (const act of ["accept", "feedback", "send_back", "mistake", "close", "check", "comment", "redo"] as Act[]) {
    const body: object = asked(act, UNIT, "说", "");
    const words = wordsOf(act);
    if (words) expect(body, act).toHaveProperty(words, "说");
    expect(timeOf(act), act).toBeNull();
  }
});
