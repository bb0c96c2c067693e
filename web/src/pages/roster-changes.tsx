/** Changes of the roster: overrides at once, swaps after a leader has agreed. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { fromLocal, instant, toLocal } from "../format";
import { t } from "../i18n";
import { cityNow } from "../session";
import { Doing } from "../ui/doing";
import { ChoiceField, Submit, TextField, useForm, type Form } from "../ui/form";
import { ROLES, roleName, type DutyRole, type Roster } from "./roster";

type Props = { roster: Roster; edit: boolean; changed: () => void };
type Slot = { day: string; shift: string; role: DutyRole };
const HOUR_MS = 3_600_000;

const roles = () => ROLES.map((each): [string, string] => [each, roleName(each)]);
const nameIn = (roster: Roster, id: string | null) => roster.people.find((each) => each.id === id)?.name ?? id ?? t("nobody");

export function Overrides({ roster, edit, changed }: Props) {
  return (
    <section class="panel">
      <h2>{t("overrides")}</h2>
      {roster.overrides.length === 0 ? <p class="note">{t("none")}</p> : null}
      <ul class="plain">
        {roster.overrides.map((each) => (
          <li key={each.id} data-override={each.id}>
            {roleName(each.role)}: {nameIn(roster, each.replaces)} → <strong>{nameIn(roster, each.person)}</strong>,{" "}
            {instant(each.start)} – {instant(each.end)} <small>{each.reason}</small>{" "}
            {edit ? (
              <Doing
                work={() => api.DELETE("/api/v1/duty/overrides/{override_id}", { params: { path: { override_id: each.id } } })}
                done={changed}
              >
                {t("withdraw")}
              </Doing>
            ) : null}
          </li>
        ))}
      </ul>
      {edit ? <NewOverride roster={roster} changed={changed} /> : null}
    </section>
  );
}

function NewOverride({ roster, changed }: Omit<Props, "edit">) {
  const begin = cityNow.value ?? new Date().toISOString();
  const [role, setRole] = useState<string>("officer");
  const [person, setPerson] = useState("");
  const [replaces, setReplaces] = useState("");
  const [start, setStart] = useState(toLocal(begin));
  const [end, setEnd] = useState(toLocal(new Date(Date.parse(begin) + 8 * HOUR_MS).toISOString()));
  const [reason, setReason] = useState("");
  const form = useForm(
    () => {
      const body = {
        role: role as DutyRole,
        start: fromLocal(start),
        end: fromLocal(end),
        person: person || null,
        replaces: replaces || null,
        reason,
      };
      return taken(api.POST("/api/v1/duty/overrides", { body }));
    },
    () => {
      setReason("");
      changed();
    },
  );
  const people = roster.people.map((each): [string, string] => [each.id, each.name]);
  return (
    <form class="filters" onSubmit={form.submit} aria-label={t("newOverride")} noValidate>
      <ChoiceField form={form} name="role" label={t("role")} value={role} set={setRole} choices={roles()} />
      <ChoiceField form={form} name="replaces" label={t("replaces")} value={replaces} set={setReplaces} choices={[["", t("everybody")], ...people]} />
      <ChoiceField form={form} name="person" label={t("standsIn")} value={person} set={setPerson} choices={[["", t("nobody")], ...people]} />
      <TextField form={form} name="start" label={t("from")} type="datetime-local" value={start} set={setStart} />
      <TextField form={form} name="end" label={t("until")} type="datetime-local" value={end} set={setEnd} />
      <TextField form={form} name="reason" label={t("reason")} value={reason} set={setReason} wide />
      <Submit form={form}>{t("newOverride")}</Submit>
    </form>
  );
}

export function Swaps({ roster, edit, changed }: Props) {
  return (
    <section class="panel">
      <h2>{t("swaps")}</h2>
      {roster.swaps.length === 0 ? <p class="note">{t("none")}</p> : null}
      <ul class="plain">
        {roster.swaps.map((swap) => (
          <li key={swap.id} data-swap={swap.id}>
            <strong>{t(`swap.${swap.state}`)}</strong> {nameIn(roster, swap.giver)} → {nameIn(roster, swap.taker)}:{" "}
            {slotText(roster, swap.gives)}
            {swap.returns ? ` ⇄ ${slotText(roster, swap.returns)}` : ""} <small>{swap.reason}</small>
            {swap.decided_by ? (
              <small>
                {nameIn(roster, swap.decided_by)}, {instant(swap.decided_at)}
              </small>
            ) : null}
            {edit && swap.state === "requested" ? <Decision roster={roster} swap={swap} changed={changed} /> : null}
          </li>
        ))}
      </ul>
      {edit ? <NewSwap roster={roster} changed={changed} /> : null}
    </section>
  );
}

function slotText(roster: Roster, slot: Schemas["SwapOut"]["gives"]): string {
  const shift = roster.shifts.find((each) => each.id === slot.shift)?.title ?? slot.shift;
  return `${slot.day} ${shift} ${roleName(slot.role)}`;
}

/** A leader decides, and says who; the giver may take it back. */
function Decision({ roster, swap, changed }: { roster: Roster; swap: Schemas["SwapOut"]; changed: () => void }) {
  const others = roster.people.filter((each) => each.id !== swap.giver && each.id !== swap.taker);
  const [by, setBy] = useState(others[0]?.id ?? "");
  const decide = (state: "approved" | "refused" | "withdrawn") => () =>
    taken(
      api.POST("/api/v1/duty/swaps/{swap_id}/decision", {
        params: { path: { swap_id: swap.id } },
        body: { state, by: state === "withdrawn" ? swap.giver : by },
      }),
    );
  return (
    <div class="chips">
      <label>
        {t("decidedBy")}{" "}
        <select
          value={by}
          onChange={(event) => {
            setBy(event.currentTarget.value);
          }}
        >
          {others.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <Doing work={decide("approved")} done={changed}>
        {t("approve")}
      </Doing>
      <Doing work={decide("refused")} done={changed}>
        {t("refuse")}
      </Doing>
      <Doing work={decide("withdrawn")} done={changed}>
        {t("withdraw")}
      </Doing>
    </div>
  );
}

function NewSwap({ roster, changed }: Omit<Props, "edit">) {
  const people = roster.people.map((each): [string, string] => [each.id, each.name]);
  const first: Slot = { day: toLocal(cityNow.value ?? new Date().toISOString()).slice(0, 10), shift: roster.shifts[0]?.id ?? "", role: "officer" };
  const [giver, setGiver] = useState(people[0]?.[0] ?? "");
  const [taker, setTaker] = useState(people[1]?.[0] ?? "");
  const [gives, setGives] = useState(first);
  const [back, setBack] = useState(false);
  const [returns, setReturns] = useState(first);
  const [reason, setReason] = useState("");
  const form = useForm(
    () => taken(api.POST("/api/v1/duty/swaps", { body: { giver, gives, taker, returns: back ? returns : null, reason } })),
    () => {
      setReason("");
      changed();
    },
  );
  return (
    <form class="filters" onSubmit={form.submit} aria-label={t("newSwap")} noValidate>
      <ChoiceField form={form} name="giver" label={t("giver")} value={giver} set={setGiver} choices={people} />
      <SlotFields roster={roster} form={form} name="gives" label={t("gives")} slot={gives} set={setGives} />
      <ChoiceField form={form} name="taker" label={t("taker")} value={taker} set={setTaker} choices={people} />
      <label class="check">
        <input
          type="checkbox"
          checked={back}
          onChange={(event) => {
            setBack(event.currentTarget.checked);
          }}
        />{" "}
        {t("inReturn")}
      </label>
      {back ? <SlotFields roster={roster} form={form} name="returns" label={t("returns")} slot={returns} set={setReturns} /> : null}
      <TextField form={form} name="reason" label={t("reason")} value={reason} set={setReason} wide />
      <Submit form={form}>{t("newSwap")}</Submit>
    </form>
  );
}

type SlotProps = { roster: Roster; form: Form; name: string; label: string; slot: Slot; set: (slot: Slot) => void };

function SlotFields({ roster, form, name, label, slot, set }: SlotProps) {
  const shifts = roster.shifts.map((each): [string, string] => [each.id, each.title]);
  return (
    <>
      <TextField form={form} name={`${name}.day`} label={label} type="date" value={slot.day} set={(day) => { set({ ...slot, day }); }} />
      <ChoiceField form={form} name={`${name}.shift`} label={t("shift")} value={slot.shift} set={(shift) => { set({ ...slot, shift }); }} choices={shifts} />
      <ChoiceField
        form={form} name={`${name}.role`} label={t("role")} value={slot.role}
        set={(role) => { set({ ...slot, role: role as DutyRole }); }} choices={roles()}
      />
    </>
  );
}
