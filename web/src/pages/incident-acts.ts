/** What may be done with a case file as it stands: what the service would refuse is not offered. */

import type { Action, Case } from "../api/incidents";

type TaskState = Case["tasks"][number]["state"];
type UnitAct = "accept" | "begin" | "resume" | "feedback" | "redo" | "send_back" | "extend" | "suspend";
export type Act = UnitAct | "check" | "close" | "dispatch" | "mistake" | "comment";
export type Offered = { act: Act; /** Whose part it may be about. */ units: readonly string[] };

/** In which states of its part a unit may do something, as the service's life cycle has it. */
const FROM: Record<UnitAct, readonly TaskState[]> = {
  accept: ["dispatched"],
  begin: ["dispatched", "accepted"],
  resume: ["suspended"],
  feedback: ["dispatched", "accepted", "handling"],
  redo: ["reported"],
  send_back: ["dispatched", "accepted"],
  extend: ["dispatched", "accepted", "handling", "suspended"],
  suspend: ["dispatched", "accepted", "handling"],
};

/** What may be done now, the next step of the course first. Of a closed case file only comments are taken. */
export function offered(file: Case): readonly Offered[] {
  const comment: Offered = { act: "comment", units: [] };
  if (file.closed_at) return [comment];
  const of = (act: UnitAct): Offered => ({
    act,
    units: [...new Set(file.tasks.filter((task) => FROM[act].includes(task.state)).map((task) => task.unit))],
  });
  const whole = (act: Act, allowed: boolean): Offered[] => (allowed ? [{ act, units: [] }] : []);
  const parts = (acts: readonly UnitAct[]) => acts.map(of).filter(({ units }) => units.length > 0);
  const ticked = file.checklist.every((line) => line.done_at !== null);
  const close = whole("close", ticked && (file.tasks.length === 0 || file.state === "checking"));
  const dispatch = whole("dispatch", true);
  return [
    ...parts(["accept", "begin", "resume", "feedback"]),
    ...whole("check", file.state === "reported"),
    ...(file.tasks.length === 0 ? [...dispatch, ...close] : [...close, ...parts(["redo"]), ...dispatch]),
    ...parts(["send_back", "extend", "suspend"]),
    ...whole("mistake", true),
    comment,
  ];
}

/** Which words an act needs, as the service names them; null: none. */
export function wordsOf(act: Act): "note" | "reason" | "text" | null {
  if (act === "comment") return "text";
  if (act === "dispatch" || act === "feedback" || act === "close") return "note";
  return ["redo", "send_back", "extend", "suspend", "mistake"].includes(act) ? "reason" : null;
}

/** Which instant an act needs; null: none. */
export function timeOf(act: Act): "due" | "until" | null {
  return act === "extend" ? "due" : act === "suspend" ? "until" : null;
}

/** What is asked of the service. */
export function asked(act: Act, unit: string, words: string, at: string): Action {
  switch (act) {
    case "dispatch":
      return { action: act, unit, note: words || null };
    case "accept":
    case "begin":
    case "resume":
      return { action: act, unit };
    case "feedback":
      return { action: act, unit, note: words };
    case "redo":
    case "send_back":
      return { action: act, unit, reason: words };
    case "extend":
      return { action: act, unit, due: at, reason: words };
    case "suspend":
      return { action: act, unit, until: at, reason: words };
    case "check":
      return { action: act };
    case "close":
      return { action: act, note: words };
    case "mistake":
      return { action: act, reason: words };
    case "comment":
      return { action: act, text: words, attachments: [] };
  }
}
